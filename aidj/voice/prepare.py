"""Speech made ready for a programme: the radio sound, at the programme's rate and at one loudness for each voice.

A voice is levelled once, over all that it says in a session and gated as one, not clip by clip: a short "and now" keeps
its place beside a long sentence, and nothing has to be said beforehand only to be measured.

Conventions: mono float32, shape (n_frames,); the loudness is that of the voice on both channels of a stereo programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aidj.model import Speech, Word
from aidj.voice.compressor import compress, fast_length, soften_sibilants
from aidj.voice.level import hold_peaks, voice_lufs
from aidj.voice.presenters import SpeechSound

_Samples = NDArray[np.float32]

PEAK_CEILING_DB = -3.0

_HIGH_PASS_HZ = 85.0
_CLARITY = ((250.0, 1.0, -2.0), (3500.0, 0.7, 3.0))
"""Middle in Hz, Q and gain in dB of what makes a recorded or learnt voice clearer."""
_TRIM_DB = -50.0
_LEAD_S, _TAIL_S = 0.02, 0.06
_FADE_IN_S, _FADE_OUT_S = 0.01, 0.04
_MEASURE_LUFS, _THRESHOLD_DB = -16.0, -24.0
"""A voice is compressed above the second where its loudness is the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceLevel:
    """How a voice comes to its loudness."""

    before_db: float = 0.0
    """Gain before the compressor."""
    after_db: float = 0.0
    """Gain after it."""


def prepare_speeches(
    speeches: Sequence[Speech], *, rate: int, target_lufs: float, sound: SpeechSound | None = None
) -> list[Speech]:
    """Return what is said in a session as it goes into the mix, in the same order; word times move with it.

    In this order: high-pass at 85 Hz, and for natural voices -2 dB at 250 Hz and +3 dB at 3.5 kHz; silence before and
    after cut off (below -50 dB of the loudest 10 ms), leaving 20 and 60 ms; resampled to ``rate``; for natural voices
    sharp sibilants softened; compressed 3:1; its edges faded over 10 and 40 ms; every voice brought to the target with
    its peaks held at -3 dBFS. Silence stays silence, at its length.

    Parameters
    ----------
    speeches : sequence of Speech
        As voices made them.
    rate : int
        Frames per second of the programme.
    target_lufs : float
        Integrated loudness of each voice over all that it says (BS.1770-4), to which `SpeechSound.level_db` is added.
    sound : SpeechSound, optional
        How the voice is brought into the mix.
    """
    sound = sound or SpeechSound()
    shaped = [_shaped(speech, rate, sound) for speech in speeches]
    said_by: dict[tuple[str, str], list[_Samples]] = {}
    for speech in shaped:
        said_by.setdefault((speech.engine, speech.voice), []).append(speech.samples)
    levels = {voice: _level_of(clips, rate, target_lufs + sound.level_db) for voice, clips in said_by.items()}
    return [_levelled(speech, levels[speech.engine, speech.voice]) for speech in shaped]


def prepare_speech(
    speech: Speech,
    *,
    rate: int,
    target_lufs: float,
    sound: SpeechSound | None = None,
    level: VoiceLevel | None = None,
) -> Speech:
    """Return one speech as it goes into the mix, as `prepare_speeches` does.

    Parameters
    ----------
    level : VoiceLevel, optional
        The level of its voice, as `prepare_first` has it; by default that of this speech alone.
    """
    sound = sound or SpeechSound()
    shaped = _shaped(speech, rate, sound)
    return _levelled(shaped, level or _level_of([shaped.samples], rate, target_lufs + sound.level_db))


def prepare_first(
    speech: Speech, *, rate: int, target_lufs: float, sound: SpeechSound | None = None
) -> tuple[Speech, VoiceLevel]:
    """Return the first speech of a voice as it goes into the mix, and the level that all others of it get.

    For a session whose links are not all known yet.
    """
    sound = sound or SpeechSound()
    shaped = _shaped(speech, rate, sound)
    level = _level_of([shaped.samples], rate, target_lufs + sound.level_db)
    return _levelled(shaped, level), level


def _shaped(speech: Speech, rate: int, sound: SpeechSound) -> Speech:
    """Return a speech filtered, cut and at the programme's rate, as loud as it came."""
    natural = sound.preset == "natural"
    samples = np.nan_to_num(speech.samples.astype(np.float32, copy=False), posinf=0.0, neginf=0.0)
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


def _level_of(clips: Sequence[_Samples], rate: int, target_lufs: float) -> VoiceLevel:
    came_lufs = voice_lufs(clips, rate)
    if not np.isfinite(came_lufs):
        return VoiceLevel()
    before_db = _MEASURE_LUFS - came_lufs
    compressed = [_compressed(clip, rate, before_db) for clip in clips]
    after_db = 0.0
    for _ in range(4):  # holding the peaks takes some loudness away again; a few rounds settle it
        held = [_held(clip, rate, after_db) for clip in compressed]
        missing_db = target_lufs - voice_lufs(held, rate)
        if not np.isfinite(missing_db) or abs(missing_db) < 0.05:
            break
        after_db += missing_db
    return VoiceLevel(before_db=before_db, after_db=after_db)


def _levelled(speech: Speech, level: VoiceLevel) -> Speech:
    samples = _held(_compressed(speech.samples, speech.rate, level.before_db), speech.rate, level.after_db)
    return replace(speech, samples=samples)


def _compressed(samples: _Samples, rate: int, before_db: float) -> _Samples:
    return _fade(compress(samples * np.float32(10 ** (before_db / 20)), rate, _THRESHOLD_DB), rate)


def _held(samples: _Samples, rate: int, after_db: float) -> _Samples:
    return hold_peaks(samples * np.float32(10 ** (after_db / 20)), rate, 10 ** (PEAK_CEILING_DB / 20))


def _filtered(samples: _Samples, rate: int, bells: Sequence[tuple[float, float, float]]) -> _Samples:
    """Fourth-order Butterworth high-pass, and bells, by magnitude alone: no phase shift, the whole clip at once."""
    padded = fast_length(len(samples) + rate // 2)  # room for the filter to ring out instead of wrapping round
    f = np.fft.rfftfreq(padded, 1 / rate)
    magnitude = (f / _HIGH_PASS_HZ) ** 4 / np.sqrt(1 + (f / _HIGH_PASS_HZ) ** 8)
    for middle_hz, q, gain_db in bells:
        # The analogue peaking filter (s^2 + s A/Q + 1) / (s^2 + s / (A Q) + 1), A being the root of its gain.
        x, root = f / middle_hz, 10 ** (gain_db / 40)
        magnitude *= np.hypot(1 - x**2, x * root / q) / np.hypot(1 - x**2, x / (root * q))
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, padded) * magnitude, padded)[: len(samples)], np.float32)


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
