"""Speech made ready for a programme: the radio sound, at the programme's rate and at one loudness for each voice.

A voice is levelled once, by the first that it says in a session, not clip by clip: a short "and now" keeps its place
beside a long sentence, and nothing has to be said beforehand only to be measured.

Conventions: mono float32, shape (n_frames,); the loudness is that of the voice on both channels of a stereo programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aidj.model import Speech, Word
from aidj.voice.compressor import compress, fast_length, soften_sibilants, weighed
from aidj.voice.level import hold_peaks, voice_lufs
from aidj.voice.presenters import SpeechSound
from aidj.voice.steps import powers

_Samples = NDArray[np.float32]

PEAK_CEILING_DB = -3.0

_HIGH_PASS_HZ = 85.0
_CLARITY = ((250.0, 1.0, -2.0), (3500.0, 0.7, 3.0))
"""Middle in Hz, Q and gain in dB of what makes a recorded or learnt voice clearer."""
_TRIM_DB = -50.0
_LEAD_S, _TAIL_S = 0.02, 0.06
_FADE_IN_S, _FADE_OUT_S = 0.01, 0.04
_MEASURE_LUFS = -16.0
"""A first guess at how loud it will be."""
_THRESHOLD_LU = -8.0
"""A voice is compressed above this, relative to its loudness."""


@dataclass(frozen=True, slots=True)
class _Level:
    """How a voice comes to its loudness: the loudness of its first speech as it came, and its gain once compressed."""

    came_lufs: float
    gain_db: float


class VoiceProcessor:
    """What stands between a voice and the mix of one programme.

    In this order: high-pass at 85 Hz, and for natural voices -2 dB at 250 Hz and +3 dB at 3.5 kHz; silence before and
    after cut off (below -50 dB of the loudest 10 ms), leaving 20 and 60 ms; resampled to the programme's rate; for
    natural voices sharp sibilants softened; compressed 3:1; its edges faded over 10 and 40 ms; brought to the target
    with its peaks held at -3 dBFS. Silence stays silence, at its length.

    Parameters
    ----------
    rate : int
        Frames per second of the programme.
    target_lufs : float
        Integrated loudness (BS.1770-4) of the first speech of each voice, to which `SpeechSound.level_db` is added.
    sound : SpeechSound, optional
        How the voice is brought into the mix.
    """

    def __init__(self, *, rate: int, target_lufs: float, sound: SpeechSound | None = None) -> None:
        self._rate = rate
        self._sound = sound or SpeechSound()
        self._target_lufs = target_lufs + self._sound.level_db
        self._levels: dict[tuple[str, str], _Level] = {}

    def ready(self, speech: Speech) -> Speech:
        """Return a speech as it goes into the mix; its word times move with it.

        The first of a voice (an engine's, by its name) sets the level of all that it says afterwards.
        """
        shaped = _shaped(speech, self._rate, self._sound)
        voice = speech.engine, speech.voice
        level = self._levels.get(voice)
        came_lufs = level.came_lufs if level else voice_lufs(shaped.samples, self._rate)
        if not np.isfinite(came_lufs):
            return shaped
        compressed = compress(shaped.samples, self._rate, came_lufs + _THRESHOLD_LU)
        _fade(compressed, self._rate)
        if level is None:
            level = self._levels[voice] = _Level(came_lufs, self._gain_db(compressed, _MEASURE_LUFS - came_lufs))
        return replace(shaped, samples=_held(compressed, self._rate, level.gain_db))

    def _gain_db(self, compressed: _Samples, gain_db: float) -> float:
        """Return the gain that brings a voice to the target, from a first guess on."""
        for _ in range(4):  # holding the peaks takes some loudness away again; a few rounds settle it
            missing_db = self._target_lufs - voice_lufs(_held(compressed, self._rate, gain_db), self._rate)
            if not np.isfinite(missing_db) or abs(missing_db) < 0.05:
                break
            gain_db += missing_db
        return gain_db


def _shaped(speech: Speech, rate: int, sound: SpeechSound) -> Speech:
    """Return a speech filtered, cut and at the programme's rate, as loud as it came."""
    natural = sound.preset == "natural"
    samples = np.where(np.isfinite(speech.samples), speech.samples, 0).astype(np.float32, copy=False)
    first, last = 0, len(samples)
    if len(samples) and np.abs(samples).max() > 0:
        samples = _filtered(samples, speech.rate, _CLARITY if natural else ())
        first, last = _sounding(samples, speech.rate)
    samples = _resample(samples[first:last], speech.rate, rate)
    if natural:
        samples = soften_sibilants(samples, rate)
    cut_s, length_s = first / speech.rate, len(samples) / rate
    words = tuple(
        Word(min(max(0.0, word.start_s - cut_s), length_s), word.start_char, word.length) for word in speech.words
    )
    return replace(speech, samples=samples, rate=rate, words=words)


def _held(samples: _Samples, rate: int, gain_db: float) -> _Samples:
    return hold_peaks(samples * np.float32(10 ** (gain_db / 20)), rate, 10 ** (PEAK_CEILING_DB / 20))


def _filtered(samples: _Samples, rate: int, bells: Sequence[tuple[float, float, float]]) -> _Samples:
    """Fourth-order Butterworth high-pass, and bells, by magnitude alone."""
    padded = fast_length(len(samples) + rate // 2)  # room for the filter to ring out instead of wrapping round
    f = np.fft.rfftfreq(padded, 1 / rate)
    magnitude = 1 / np.sqrt(1 + (_HIGH_PASS_HZ / np.maximum(f, 1e-9)) ** 8)
    for middle_hz, q, gain_db in bells:
        # The analogue peaking filter (s^2 + s A/Q + 1) / (s^2 + s / (A Q) + 1), A being the root of its gain.
        x, root = f / middle_hz, 10 ** (gain_db / 40)
        magnitude *= np.hypot(1 - x**2, x * root / q) / np.hypot(1 - x**2, x / (root * q))
    return weighed(samples, magnitude, padded)


def _sounding(samples: _Samples, rate: int) -> tuple[int, int]:
    """Return the frames between which there is sound, with a little room on both sides."""
    step = max(1, rate // 100)
    power = powers(samples, step)
    loud = np.flatnonzero(power > power.max() * 10 ** (_TRIM_DB / 10))
    first = max(0, int(loud[0]) * step - round(_LEAD_S * rate))
    return first, min(len(samples), (int(loud[-1]) + 1) * step + round(_TAIL_S * rate))


def _resample(samples: _Samples, source_rate: int, rate: int) -> _Samples:
    if source_rate == rate or not len(samples):
        return samples
    import soxr

    return np.asarray(soxr.resample(samples, source_rate, rate, quality="HQ"), dtype=np.float32)


def _fade(samples: _Samples, rate: int) -> None:
    """Fade the edges, in place."""
    n_in, n_out = (min(round(seconds * rate), len(samples) // 2) for seconds in (_FADE_IN_S, _FADE_OUT_S))
    samples[:n_in] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(n_in) / max(1, n_in))
    samples[len(samples) - n_out :] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(n_out) + 1) / max(1, n_out))
