"""What is loud in a voice made less so: a gentle compressor, and a softener of sibilants.

Conventions: mono float32, shape (n_frames,); levels in dB of full scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.voice.steps import mean_over, on_frames, powers

_Samples = NDArray[np.float32]

RATIO = 3.0
KNEE_DB = 6.0
ATTACK_S, RELEASE_S = 0.005, 0.080
_STEP_S = 0.00067
"""Levels are taken so often: 32 frames at 48 000 Hz."""

_PITCH_S = 0.010
"""A period of a low voice: within it a level means nothing."""

SIBILANTS_HZ = (5000.0, 9000.0)
_SIBILANT_DB = -8.0
"""Sibilants above this, relative to the whole voice around them, are softened."""
_MOST_SOFTENED_DB = 6.0
_SYLLABLE_S = 0.08
_CONSONANT_S = 0.010
_LEAST, _NOTHING = 1e-12, 1e-24


def compress(samples: _Samples, rate: int, threshold_db: float) -> _Samples:
    """Return the voice with what is louder than a threshold lowered to a third of the excess, in decibels.

    A feed-forward compressor with a soft knee; the gain is smoothed in decibels, quickly down and slowly up (after
    Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design", JAES 60, 2012), on an envelope of steps.
    """
    step = max(1, round(_STEP_S * rate))
    levels_db = 10 * np.log10(np.maximum(mean_over(powers(samples, step), _PITCH_S / _STEP_S), _NOTHING))
    over_db = levels_db - threshold_db
    knee_db = np.clip(over_db + KNEE_DB / 2, 0.0, KNEE_DB) ** 2 / (2 * KNEE_DB)
    wanted_db = (1 / RATIO - 1) * np.where(over_db > KNEE_DB / 2, over_db, knee_db)
    gains = _gains(_smoothed_db(wanted_db, step / rate), step, len(samples))
    gains *= samples
    return gains


def _smoothed_db(wanted_db: NDArray[np.float64], step_s: float) -> NDArray[np.float64]:
    down, up = (float(np.exp(-step_s / seconds)) for seconds in (ATTACK_S, RELEASE_S))
    smooth: list[float] = []
    now = 0.0
    for wanted in wanted_db.tolist():
        keep = down if wanted < now else up
        now = keep * now + (1 - keep) * wanted
        smooth.append(now)
    return np.array(smooth)


def fast_length(length: int) -> int:
    """Return a length that an FFT takes quickly, no shorter and at most a quarter longer: 4 to 8 times a power of 2."""
    power = 1 << max(0, length.bit_length() - 3)
    return -(-length // power) * power


def weighed(samples: _Samples, magnitude: NDArray[np.float64], padded: int) -> _Samples:
    """Return the voice with each of its frequencies weighed: no shift of phase, the whole of it at once.

    Parameters
    ----------
    magnitude : ndarray of float64, shape (padded // 2 + 1,)
        A factor for each frequency of `numpy.fft.rfftfreq`.
    padded : int
        Length of the transform, see `fast_length`, with room for the filter to ring out instead of wrapping round.
    """
    spectrum = np.fft.rfft(samples, padded)  # in single precision, as the samples are
    spectrum *= magnitude.astype(np.float32)
    return np.asarray(np.fft.irfft(spectrum, padded)[: len(samples)], np.float32)


def soften_sibilants(samples: _Samples, rate: int) -> _Samples:
    """Return the voice with sharp s sounds lowered by up to 6 dB, and nothing else touched."""
    low_hz, high_hz = SIBILANTS_HZ
    if rate / 2 <= low_hz or not len(samples):
        return samples
    padded = fast_length(len(samples) + rate // 10)
    f = np.fft.rfftfreq(padded, 1 / rate)
    # Butterworth edges of the fourth order: no ringing to speak of, and no phase.
    edges = 1 / np.sqrt((1 + (low_hz / np.maximum(f, 1.0)) ** 8) * (1 + (f / high_hz) ** 8))
    sibilants = weighed(samples, edges, padded)
    step = max(1, round(_STEP_S * rate))
    sharp = mean_over(powers(sibilants, step), _CONSONANT_S / _STEP_S)
    whole = mean_over(powers(samples, step), _SYLLABLE_S / _STEP_S)
    over_db = 10 * np.log10((sharp + _LEAST) / (whole + _LEAST)) - _SIBILANT_DB
    softened_db = -np.clip(over_db * 0.5, 0.0, _MOST_SOFTENED_DB)
    gains = _gains(mean_over(softened_db, _CONSONANT_S / _STEP_S), step, len(samples))
    return samples + (gains - np.float32(1.0)) * sibilants


def _gains(steps_db: NDArray[np.float64], step: int, n_frames: int) -> NDArray[np.float32]:
    return on_frames(10 ** (steps_db / 20), step, n_frames)
