"""What a recogniser hears: pocketsphinx, which brings its English model, for word errors and for when words begin.

It fails on the digital silence behind computed speech, so what it hears has a floor of pink noise 30 dB below it. It
breaks off far sooner than people do: its errors compare, they do not judge.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.model import Speech

FLOOR_DB = -30.0
_RATE = 16000
_FRAME_S = 0.01
_BOUNDARY_S = 0.0078
"""Where one frame gives way to the next: its windows are 25.6 ms long, so between the middles of two of them."""
_WORD = re.compile(r"[a-z']+")

Mono = NDArray[np.float32]


def words_of(text: str) -> list[str]:
    """Return a text as a recogniser writes it."""
    return _WORD.findall(text.casefold().replace("’", "'"))


def heard_words(samples: Mono, rate: int, *, floor: bool = True) -> list[str]:
    """Return the words that are recognised in speech."""
    decoder = _decoder()
    decoder.start_utt()
    decoder.process_raw(_pcm(samples, rate, floor), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return words_of(found.hypstr) if found else []


def word_errors(wanted: list[str], heard: list[str]) -> int:
    """Return how many words are wrong, missing or too many: the edit distance."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, start=1):
        previous, row[0] = row[0], i
        for j, other in enumerate(heard, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (word != other))
    return row[-1]


def aligned_s(speech: Speech) -> list[float] | None:
    """Return when each word of a speech begins, by forced alignment; None where it does not come to the end."""
    decoder, words = _aligner(), words_of(speech.text)
    if any(decoder.lookup_word(word) is None for word in words):
        return None
    pcm = _pcm(speech.samples, speech.rate, True)
    decoder.set_align_text(" ".join(words))
    try:
        _pass(decoder, pcm)
        decoder.set_alignment()  # a second pass, by the states of each phone
        _pass(decoder, pcm)
    except RuntimeError:
        return None
    found = [part for part in decoder.get_alignment() or () if not part.name.startswith(("<", "["))]
    if [re.sub(r"\(\d+\)$", "", part.name) for part in found] != words:
        return None
    return [part.start * _FRAME_S + _BOUNDARY_S for part in found]


def _pass(decoder: Any, pcm: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


@cache
def _decoder() -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(samprate=_RATE, loglevel="FATAL")


@cache
def _aligner() -> Any:
    import pocketsphinx

    return pocketsphinx.Decoder(samprate=_RATE, loglevel="FATAL", lm=None)


def _pcm(samples: Mono, rate: int, floor: bool) -> bytes:
    import soxr

    heard = np.asarray(soxr.resample(samples, rate, _RATE), np.float64)
    if floor:
        heard = heard + _pink(len(heard), float(np.sqrt(np.mean(heard**2))) * 10 ** (FLOOR_DB / 20))
    return bytes((heard * (20000 / max(1e-9, np.abs(heard).max()))).astype("<i2").tobytes())


def _pink(n_frames: int, rms: float) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal(n_frames))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), n_frames)
    return np.asarray(noise * rms / np.sqrt(np.mean(noise**2)))
