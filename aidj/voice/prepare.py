"""Speech made ready for a programme: trimmed, without rumble, at the programme's rate and a known loudness.

Conventions: mono float32, shape (n_frames,); the loudness is that of the voice on both channels of a stereo programme.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aidj.model import Speech, Word

_Samples = NDArray[np.float32]

PEAK_CEILING_DB = -3.0

_HIGH_PASS_HZ = 85.0
_TRIM_DB = -50.0
_LEAD_S, _TAIL_S = 0.02, 0.06
_FADE_IN_S, _FADE_OUT_S = 0.01, 0.04
_SHORTEST_MEASURED_S = 1.0
_LIMITER_STEP_S = 0.001
_LIMITER_REACH = 5
_SILENT_PEAK = 1e-5


def prepare_speech(speech: Speech, *, rate: int, target_lufs: float) -> Speech:
    """Return the speech as it goes into a mix; its word times move with it.

    In this order: high-pass at 85 Hz; silence before and after cut off (below -50 dB of the loudest 10 ms), leaving 20
    and 60 ms; resampled to ``rate``; its edges faded over 10 and 40 ms; brought to ``target_lufs`` (BS.1770-4) with
    its peaks held at -3 dBFS by a look-ahead limiter. Silence stays silence, at its length.

    Parameters
    ----------
    speech : Speech
        As a voice made it.
    rate : int
        Frames per second of the programme.
    target_lufs : float
        Integrated loudness to reach.
    """
    samples = np.nan_to_num(speech.samples.astype(np.float32, copy=False), posinf=0.0, neginf=0.0)
    first, last = 0, len(samples)
    if len(samples) and np.abs(samples).max() > 0:
        samples = _high_pass(samples, speech.rate)
        first, last = _sounding(samples, speech.rate)
    samples = _level(_fade(_resample(samples[first:last], speech.rate, rate), rate), rate, target_lufs)
    cut_s, length_s = first / speech.rate, len(samples) / rate
    words = tuple(
        Word(min(max(0.0, word.start_s - cut_s), length_s), word.start_char, word.length) for word in speech.words
    )
    return replace(speech, samples=samples, rate=rate, words=words)


def _high_pass(samples: _Samples, rate: int) -> _Samples:
    """Fourth-order Butterworth magnitude, without phase shift, over the whole clip at once."""
    padded = len(samples) + rate // 2  # room for the filter to ring out instead of wrapping round
    spectrum = np.fft.rfft(samples, padded)
    f = np.fft.rfftfreq(padded, 1 / rate) / _HIGH_PASS_HZ
    spectrum *= f**4 / np.sqrt(1 + f**8)
    return np.asarray(np.fft.irfft(spectrum, padded)[: len(samples)], dtype=np.float32)


def _sounding(samples: _Samples, rate: int) -> tuple[int, int]:
    """Return the frames between which there is sound, with a little room on both sides."""
    step = max(1, rate // 100)
    n_steps = -(-len(samples) // step)
    blocks = np.zeros(n_steps * step, np.float32)
    blocks[: len(samples)] = samples
    power = (blocks.reshape(n_steps, step) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (_TRIM_DB / 10))
    first = max(0, int(loud[0]) * step - round(_LEAD_S * rate))
    return first, min(len(samples), (int(loud[-1]) + 1) * step + round(_TAIL_S * rate))


def _resample(samples: _Samples, source_rate: int, rate: int) -> _Samples:
    if source_rate == rate or not len(samples):
        return samples
    import soxr

    return np.asarray(soxr.resample(samples, source_rate, rate, quality="HQ"), dtype=np.float32)


def _fade(samples: _Samples, rate: int) -> _Samples:
    n_in, n_out = (min(round(seconds * rate), len(samples) // 2) for seconds in (_FADE_IN_S, _FADE_OUT_S))
    gain = np.ones(len(samples), np.float32)
    gain[:n_in] = 0.5 - 0.5 * np.cos(np.pi * np.arange(n_in) / max(1, n_in))
    gain[len(gain) - n_out :] = 0.5 + 0.5 * np.cos(np.pi * (np.arange(n_out) + 1) / max(1, n_out))
    return samples * gain


def _level(samples: _Samples, rate: int, target_lufs: float) -> _Samples:
    ceiling = 10 ** (PEAK_CEILING_DB / 20)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < _SILENT_PEAK:
        return samples
    samples = samples / np.float32(peak)  # a very quiet clip would lie below the measure's own gate
    levelled, gain_db = samples, 0.0
    for _ in range(4):  # the limiter takes some loudness away again; a few rounds settle it
        loudness = _loudness(levelled, rate)
        if not np.isfinite(loudness) or (gain_db and abs(target_lufs - loudness) < 0.05):
            break
        gain_db += target_lufs - loudness
        levelled = _limit(samples * np.float32(10 ** (gain_db / 20)), rate, ceiling)
    return levelled


def _loudness(samples: _Samples, rate: int) -> float:
    from aidj.analysis import integrated_loudness

    if not len(samples):
        return float("-inf")
    shortest = round(_SHORTEST_MEASURED_S * rate)
    if len(samples) < shortest:  # the standard measures blocks of 400 ms: a shorter clip stands there repeatedly
        samples = np.tile(samples, -(-shortest // len(samples)))
    return integrated_loudness(np.ascontiguousarray(samples[:, None]), rate)


def _limit(samples: _Samples, rate: int, ceiling: float) -> _Samples:
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
