"""How loud a voice is, over all it says, and its peaks held under a ceiling.

Conventions: mono float32, shape (n_frames,); the loudness is that of the voice on both channels of a stereo programme.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Samples = NDArray[np.float32]

_SHORTEST_MEASURED_S = 1.0
_SILENT_PEAK = 1e-5
_LIMITER_STEP_S = 0.001
_LIMITER_REACH = 5


def voice_lufs(clips: Sequence[_Samples], rate: int) -> float:
    """Return the integrated loudness of clips taken together, gated as one (BS.1770-4); -inf for silence."""
    from aidj.analysis import integrated_loudness

    peak = max((float(np.abs(clip).max(initial=0.0)) for clip in clips), default=0.0)
    if peak < _SILENT_PEAK:
        return float("-inf")
    said = np.concatenate(clips) / np.float32(peak)  # a very quiet voice would lie below the measure's own gate
    shortest = round(_SHORTEST_MEASURED_S * rate)
    if len(said) < shortest:  # the standard measures blocks of 400 ms: what is shorter stands there repeatedly
        said = np.tile(said, -(-shortest // len(said)))
    return integrated_loudness(np.ascontiguousarray(said[:, None]), rate) + 20 * float(np.log10(peak))


def hold_peaks(samples: _Samples, rate: int, ceiling: float) -> _Samples:
    """Hold peaks under a ceiling with a gain that moves smoothly and begins to fall 5 ms before each peak.

    The gain that each millisecond needs is lowered to the least of its neighbours within 5 ms and then averaged over
    as many, so it is never above what any of its samples needs.
    """
    if not len(samples) or np.abs(samples).max() <= ceiling:
        return samples
    step = max(1, round(_LIMITER_STEP_S * rate))
    n_steps = -(-len(samples) // step)
    blocks = np.zeros(n_steps * step, np.float32)
    blocks[: len(samples)] = np.abs(samples)
    needed = np.minimum(1.0, ceiling / np.maximum(blocks.reshape(n_steps, step).max(axis=1), 1e-9))
    reach = _LIMITER_REACH + 1  # one more, for the straight line between two milliseconds
    window = np.lib.stride_tricks.sliding_window_view(np.pad(needed, reach, mode="edge"), 2 * reach + 1)
    kernel = np.hanning(2 * _LIMITER_REACH + 3)[1:-1]
    smooth = np.convolve(np.pad(window.min(axis=1), _LIMITER_REACH, mode="edge"), kernel / kernel.sum(), "valid")
    middles = (np.arange(n_steps) + 0.5) * step
    gain = np.interp(np.arange(len(samples)), middles, smooth)
    return np.clip(samples * gain.astype(np.float32), -ceiling, ceiling)
