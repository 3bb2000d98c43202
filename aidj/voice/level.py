"""How loud a voice is, and its peaks held under a ceiling.

Conventions: mono float32, shape (n_frames,); the loudness is that of the voice on both channels of a stereo programme.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.voice.steps import in_steps, mean_over, on_frames

_Samples = NDArray[np.float32]

_SHORTEST_MEASURED_S = 1.0
_SILENT_PEAK = 1e-5
_LIMITER_STEP_S = 0.001
_LIMITER_REACH = 5


def voice_lufs(samples: _Samples, rate: int) -> float:
    """Return the integrated loudness of a voice (BS.1770-4); -inf for silence."""
    from aidj.analysis import integrated_loudness

    peak = peak_of(samples)
    if peak < _SILENT_PEAK:
        return float("-inf")
    said = samples / np.float32(peak)  # a very quiet voice would lie below the measure's own gate
    shortest = round(_SHORTEST_MEASURED_S * rate)
    if len(said) < shortest:  # the standard measures blocks of 400 ms: what is shorter stands there repeatedly
        said = np.tile(said, -(-shortest // len(said)))
    return integrated_loudness(said[:, None], rate) + 20 * float(np.log10(peak))


def hold_peaks(samples: _Samples, rate: int, ceiling: float) -> _Samples:
    """Hold peaks under a ceiling with a gain that moves smoothly and begins to fall 5 ms before each peak.

    The gain that each millisecond needs is lowered to the least of its neighbours within 5 ms and then averaged over
    as many, so it is never above what any of its samples needs.
    """
    if peak_of(samples) <= ceiling:
        return samples
    step = max(1, round(_LIMITER_STEP_S * rate))
    rows = in_steps(samples, step)
    highest = np.maximum(rows.max(axis=1), -rows.min(axis=1))
    needed = np.minimum(1.0, ceiling / np.maximum(highest, 1e-9))
    reach = _LIMITER_REACH + 1  # one more, for the straight line between two milliseconds
    window = np.lib.stride_tricks.sliding_window_view(np.pad(needed, reach, mode="edge"), 2 * reach + 1)
    least = window.min(axis=1).astype(np.float64)
    gain = on_frames(mean_over(least, 2 * _LIMITER_REACH), step, len(samples))
    gain *= samples
    return np.clip(gain, -ceiling, ceiling, out=gain)


def peak_of(samples: _Samples) -> float:
    """Return the highest of all magnitudes; 0 for no samples."""
    return max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
