"""What is measured of one link in a mix: how it is understood, what is done to the music, and how loud both are.

Conventions: moments are frames of the timeline at `RATE`; levels in dB are of the music with its duck against without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from voice_heard import Mono, heard_words, word_errors, words_of
from voice_session import RATE, Heard, Over

from aidj.analysis import integrated_loudness

DIP, LOW, HIGH = "at 1.8 kHz", "below 300 Hz", "above 8 kHz"
BANDS_HZ: Mapping[str, tuple[float, float]] = {DIP: (1600.0, 2000.0), LOW: (60.0, 300.0), HIGH: (8000.0, 14000.0)}

_STEP = round(0.05 * RATE)
_BEFORE, _AFTER = round(2.0 * RATE), round(3.0 * RATE)
_AUDIBLE_DB = -60.0
_MUSIC_DB = -45.0
_REACHED_DB = 0.5


@dataclass(frozen=True)
class Recognised:
    """Word errors of one link."""

    n_words: int
    dry: int
    mixed: int


@dataclass(frozen=True)
class Measured:
    """One link."""

    stoi: float
    over_music: bool
    """Whether music sounds under every second of it."""
    recognised: Recognised | None
    lowered_lu: float
    lowered_db: Mapping[str, float]
    """By band."""
    complete_s: float
    """How long before the first word the duck is complete."""
    gone_s: float
    """How long after the last word it is gone."""
    under_lufs: float
    """The lowered music under it."""
    edge_dbfs: float
    """The step where it begins or ends: a click, if it is high."""
    target_lufs: float
    """The loudness that its session has."""
    speech: Mono
    """Dry."""


def measure(heard: Heard, link: Over, *, recognise: bool) -> Measured:
    """Measure one link; `recognise` asks the recogniser too, which is slow."""
    from pystoi import stoi

    dry, mixed = link.speech.samples, heard.mixed[link.start : link.end]
    ducked, plain = heard.ducked[link.start : link.end], heard.plain[link.start : link.end]
    under_lufs, plain_lufs = integrated_loudness(ducked, RATE), integrated_loudness(plain, RATE)
    seconds = [plain[at : at + RATE] for at in range(0, max(1, len(plain) - RATE // 2), RATE)]
    complete_s, gone_s = _timing(heard, link)
    return Measured(
        stoi=float(stoi(dry, mixed, RATE)),
        over_music=all(_level_db(second) > _MUSIC_DB for second in seconds),
        recognised=_recognised(link.text, dry, mixed) if recognise else None,
        lowered_lu=under_lufs - plain_lufs,
        lowered_db={band: _lowered_db(heard, link.start, link.end, hz) for band, hz in BANDS_HZ.items()},
        complete_s=complete_s,
        gone_s=gone_s,
        under_lufs=under_lufs,
        edge_dbfs=max(-120.0, 2 * _db(float(max(abs(dry[0]), abs(dry[-1]))))),
        target_lufs=heard.target_lufs,
        speech=dry,
    )


def _recognised(text: str, dry: Mono, mixed: Mono) -> Recognised:
    words = words_of(text)
    errors = (word_errors(words, heard_words(samples, RATE)) for samples in (dry, mixed))
    return Recognised(len(words), *errors)


def _timing(heard: Heard, link: Over) -> tuple[float, float]:
    """Return how many seconds before the first word the duck is complete, and how many after the last it is gone."""
    first_word = link.start + (round(link.speech.words[0].start_s * RATE) if link.speech.words else 0)
    depth_db = _lowered_db(heard, link.start, link.end, BANDS_HZ[LOW])
    complete, gone = link.start - _BEFORE, link.end
    for at, gain_db in _gains_db(heard, complete, first_word + RATE):
        if gain_db > depth_db + _REACHED_DB:  # not yet: from the end of this stretch on, perhaps
            complete = at + _STEP
    for at, gain_db in _gains_db(heard, link.end, link.end + _AFTER):
        if gain_db < -_REACHED_DB:
            gone = at + _STEP
    return (first_word - complete) / RATE, (gone - link.end) / RATE


def _gains_db(heard: Heard, start: int, end: int) -> Iterator[tuple[int, float]]:
    """Yield how far the low notes are lowered in each stretch, where there are any."""
    for at in range(max(0, start), min(end, len(heard.plain) - _STEP), _STEP):
        if _level_db(heard.plain[at : at + _STEP]) > _AUDIBLE_DB:
            yield at, _lowered_db(heard, at, at + _STEP, BANDS_HZ[LOW])


def _lowered_db(heard: Heard, start: int, end: int, hz: tuple[float, float]) -> float:
    return _band_db(heard.ducked[start:end], hz) - _band_db(heard.plain[start:end], hz)


def _band_db(samples: NDArray[np.float32], hz: tuple[float, float]) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))[:, None], axis=0)) ** 2
    f = np.fft.rfftfreq(len(samples), 1 / RATE)
    return _db(float(spectrum[(f >= hz[0]) & (f <= hz[1])].sum()))


def _level_db(samples: NDArray[np.float32]) -> float:
    return _db(float(np.mean(samples.astype(np.float64) ** 2)))


def _db(power: float) -> float:
    return 10 * float(np.log10(max(power, 1e-20)))
