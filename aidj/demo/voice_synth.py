"""Singing by formant synthesis: a voiced source and noise behind the resonances of a vocal tract.

The tract's resonances change with the vowels of the words, consonants come just before the beat so that the vowel sits
on it, and the pitch glides, wavers and settles as a singer's does. Formant frequencies: Peterson & Barney (1952), the
averages of women and men.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.demo.effects import RATE, Samples
from aidj.demo.theory import hz

_FRAME, _HOP = 1024, 256
_STEP_S = _HOP / RATE
_PAD_S = 0.2

# Vowel -> F1, F2, F3 of women, then of men, Hz.
_VOWELS = {
    "i": ((310, 2790, 3310), (270, 2290, 3010)),
    "I": ((430, 2480, 3070), (390, 1990, 2550)),
    "e": ((610, 2330, 2990), (530, 1840, 2480)),
    "ae": ((860, 2050, 2850), (660, 1720, 2410)),
    "a": ((850, 1220, 2810), (730, 1090, 2440)),
    "o": ((590, 920, 2710), (570, 840, 2410)),
    "U": ((470, 1160, 2680), (440, 1020, 2240)),
    "u": ((370, 950, 2670), (300, 870, 2240)),
    "uh": ((760, 1400, 2780), (640, 1190, 2390)),
    "er": ((500, 1640, 1960), (490, 1350, 1690)),
}
# Spelling -> where the vowel begins and where it ends; the longest that fits counts.
_SPELLINGS = {
    "igh": ("a", "I"), "eye": ("a", "I"), "ough": ("o", "U"), "oo": ("u", "u"), "ou": ("a", "U"), "ow": ("o", "U"),
    "oa": ("o", "U"), "oy": ("o", "I"), "oi": ("o", "I"), "ee": ("i", "i"), "ea": ("i", "i"), "ey": ("e", "I"),
    "ay": ("e", "I"), "ai": ("e", "I"), "ie": ("i", "i"), "ew": ("u", "u"), "ue": ("u", "u"), "aw": ("o", "o"),
    "au": ("o", "o"), "ar": ("a", "a"), "or": ("o", "o"), "er": ("er", "er"), "ir": ("er", "er"), "ur": ("er", "er"),
    "a": ("ae", "ae"), "e": ("e", "e"), "i": ("I", "I"), "o": ("o", "o"), "u": ("uh", "uh"), "y": ("i", "i"),
}  # fmt: skip
_LONG = {"a": ("e", "I"), "i": ("a", "I"), "o": ("o", "U"), "u": ("u", "u"), "e": ("i", "i"), "y": ("a", "I")}
_SYLLABLE = re.compile(r"([^aeiouy]*|y)([aeiouy]+[wy]?(?:gh)?|[aeiou]r)?(.*)")
_SOUNDS = re.compile(r"sh|ch|th|ng|[a-z]")


@dataclass(frozen=True, slots=True)
class _Consonant:
    length_s: float
    voice: float
    noise: float = 0.0
    noise_hz: float = 5000.0
    formants: tuple[int, int, int] | None = None
    burst: bool = False


_NASAL = _Consonant(0.07, 0.4, formants=(260, 1150, 2200))
_CONSONANTS = {
    **dict.fromkeys(("m", "n", "ng"), _NASAL),
    "l": _Consonant(0.065, 0.5, formants=(360, 1150, 2700)),
    "r": _Consonant(0.065, 0.55, formants=(430, 1250, 1700)),
    "w": _Consonant(0.07, 0.5, formants=(310, 700, 2300)),
    "y": _Consonant(0.06, 0.55, formants=(290, 2300, 3000)),
    "s": _Consonant(0.1, 0.0, 0.5, 7000),
    "z": _Consonant(0.08, 0.3, 0.3, 6500),
    **dict.fromkeys(("sh", "ch", "j"), _Consonant(0.09, 0.0, 0.5, 3600)),
    **dict.fromkeys(("f", "th"), _Consonant(0.075, 0.0, 0.16, 5500)),
    "v": _Consonant(0.06, 0.4, 0.12, 4500),
    "h": _Consonant(0.06, 0.05, 0.2, 1800),
    **dict.fromkeys(("p", "t", "k", "c", "q", "x"), _Consonant(0.06, 0.0, 0.45, 4200, burst=True)),
    **dict.fromkeys(("b", "d", "g"), _Consonant(0.05, 0.12, 0.25, 2500, burst=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Singer:
    """A voice: whose tract, how breathy, how much vibrato, how many people."""

    man: bool = False
    tract: float = 1.0
    """Formants are multiplied by it; smaller is a larger head."""
    breath: float = 0.03
    vibrato_cents: float = 28.0
    vibrato_hz: float = 5.5
    people: int = 1
    width: float = 0.0
    """How far apart several people stand, 0 to 1."""


SINGERS = {
    "alto": Singer(),
    "bright": Singer(tract=1.06, breath=0.045, vibrato_cents=22, people=2, width=0.35),
    "whisper": Singer(tract=1.02, breath=0.11, vibrato_cents=14, people=1),
    "tenor": Singer(man=True, vibrato_cents=24, vibrato_hz=5.2),
    "shouter": Singer(man=True, tract=1.08, breath=0.05, vibrato_cents=18, people=2, width=0.2),
    "choir": Singer(tract=0.98, breath=0.05, vibrato_cents=30, people=3, width=0.8),
}


@dataclass(frozen=True, slots=True)
class SungNote:
    """A syllable on a pitch. ``~`` as the syllable carries on the one before."""

    start_s: float
    end_s: float
    midi: int
    syllable: str


def _split(syllable: str) -> tuple[list[_Consonant], tuple[str, str], list[_Consonant]]:
    """Take a syllable apart: consonants before, vowel from and to, consonants after."""
    text = re.sub(r"[^a-z]", "", syllable.lower())
    silent_e = len(text) > 2 and text[-1] == "e" and text[-2] not in "aeiou"
    match = _SYLLABLE.fullmatch(text[:-1] if silent_e else text)
    before, core, after = (match[1], match[2] or "", match[3] or "") if match else ("", "a", "")
    if silent_e and core in _LONG:
        vowel = _LONG[core]
    elif not after and core in ("i", "o", "e", "y") and len(before) <= 2:
        vowel = _LONG[core]  # I, go, me, my
    elif core + after[:1] in _SPELLINGS:
        vowel, after = _SPELLINGS[core + after[:1]], after[1:]
    else:
        vowel = next((_SPELLINGS[core[:n]] for n in range(len(core), 0, -1) if core[:n] in _SPELLINGS), ("a", "a"))
    return (
        [_CONSONANTS[s] for s in _SOUNDS.findall(before) if s in _CONSONANTS],
        vowel,
        [_CONSONANTS[s] for s in _SOUNDS.findall(after.replace("ll", "l").replace("ss", "s")) if s in _CONSONANTS],
    )


def onset_s(syllable: str) -> float:
    """Return how long before its note a syllable's consonants begin."""
    return sum(consonant.length_s for consonant in _split(syllable)[0])


def _smooth(values: NDArray[np.float64], width_s: float) -> NDArray[np.float64]:
    width = max(1, round(width_s / _STEP_S)) | 1
    window = np.hanning(width + 2)[1:-1]
    window /= window.sum()
    padded = np.pad(values, [(width // 2, width // 2)] + [(0, 0)] * (values.ndim - 1), mode="edge")
    if values.ndim == 1:
        return np.convolve(padded, window, "valid")
    return np.stack([np.convolve(column, window, "valid") for column in padded.T], axis=1)


@dataclass(slots=True)
class _Tract:
    """What the voice does, a row each 5.8 ms."""

    midi: NDArray[np.float64]
    formants: NDArray[np.float64]
    voice: NDArray[np.float64]
    noise: NDArray[np.float64]
    noise_hz: NDArray[np.float64]


def _articulate(notes: Sequence[SungNote], singer: Singer, zero_s: float, n_steps: int) -> _Tract:
    tract = _Tract(
        midi=np.full(n_steps, float(notes[0].midi)),
        formants=np.tile(np.array(_VOWELS["uh"][singer.man], float), (n_steps, 1)),
        voice=np.zeros(n_steps),
        noise=np.zeros(n_steps),
        noise_hz=np.full(n_steps, 4000.0),
    )

    def span(start_s: float, end_s: float) -> slice:
        first = max(0, round((start_s - zero_s) / _STEP_S))
        return slice(first, max(first + 1, round((end_s - zero_s) / _STEP_S)))

    def consonant(sound: _Consonant, start_s: float, end_s: float) -> None:
        where = span(start_s, end_s)
        if sound.formants:
            tract.formants[where] = sound.formants
        tract.voice[where] = sound.voice
        tract.noise_hz[where] = sound.noise_hz
        tract.noise[where] = 0.0 if sound.burst else sound.noise
        if sound.burst:  # closed first, then let go
            tract.noise[span(end_s - 0.016, end_s)] = sound.noise

    vowel = ("a", "a")
    for i, note in enumerate(notes):
        tract.midi[span(note.start_s, n_steps * _STEP_S + zero_s)] = note.midi
        carried = note.syllable == "~"
        before, vowel, after = ([], (vowel[1], vowel[1]), []) if carried else _split(note.syllable)
        start_s, end_s = note.start_s, note.end_s
        following = notes[i + 1] if i + 1 < len(notes) else None
        turn_s = start_s + 0.6 * (end_s - start_s)
        tract.formants[span(start_s, turn_s)] = _VOWELS[vowel[0]][singer.man]
        tract.formants[span(turn_s, end_s)] = _VOWELS[vowel[1]][singer.man]
        tract.voice[span(start_s, end_s)] = 1.0
        if following and following.syllable != "~" and not _split(following.syllable)[0] and not after:
            tract.voice[span(end_s - 0.02, end_s)] = 0.6
        room_s = (end_s - start_s) * 0.4
        for sound in reversed(after[:2]):
            length_s = min(sound.length_s, room_s / 2)
            consonant(sound, end_s - length_s, end_s)
            end_s -= length_s
        for sound in reversed(before):
            consonant(sound, start_s - sound.length_s, start_s)
            start_s -= sound.length_s
    return tract


def _one(notes: Sequence[SungNote], singer: Singer, zero_s: float, n_steps: int, rng: np.random.Generator) -> Samples:
    tract = _articulate(notes, singer, zero_s, n_steps)
    steps_s = zero_s + np.arange(n_steps) * _STEP_S
    # Pitch: a scoop into the phrase, glides, a vibrato that comes late on long notes, a slow wander.
    since = np.full(n_steps, 9.0)
    for note in notes:
        here = steps_s >= note.start_s
        since[here] = steps_s[here] - note.start_s
    wander = _smooth(rng.standard_normal(n_steps), 0.25) * 0.28
    speed = singer.vibrato_hz * (1 + 0.04 * rng.standard_normal())
    waver = np.sin(2 * np.pi * speed * steps_s + rng.uniform(0, 6.28)) * np.clip((since - 0.22) / 0.3, 0, 1)
    scoop = -0.8 * np.exp(-np.maximum(steps_s - notes[0].start_s, 0) / 0.05)
    semitones = _smooth(tract.midi, 0.09) + wander + scoop + waver * singer.vibrato_cents / 100
    n = n_steps * _HOP
    f0 = np.interp(np.arange(n) / _HOP, np.arange(n_steps), 440.0 * 2 ** ((semitones - 69) / 12))
    # The source: harmonics falling about 7.5 dB per octave, and breath.
    count = int(10000 / hz(max(note.midi for note in notes) + 1))
    spectrum = np.zeros(1025, complex)
    h = np.arange(1, count + 1)
    spectrum[1 : count + 1] = -1024j * h**-1.25 * np.exp(1j * rng.uniform(-0.5, 0.5, count))
    table = np.fft.irfft(spectrum).astype(np.float32)
    cycles = np.cumsum(f0) / RATE
    source = table[(cycles * 2048).astype(np.int64) & 2047]
    pulse = 0.6 + 0.4 * np.cos(2 * np.pi * (cycles % 1.0))
    source += (singer.breath * rng.standard_normal(n) * pulse).astype(np.float32)
    hiss = rng.standard_normal(n).astype(np.float32)
    # The tract, applied frame by frame in the spectrum.
    window = np.sqrt(np.hanning(_FRAME + 1)[:-1]).astype(np.float32)
    edge = np.zeros(_FRAME, np.float32)
    frames = [
        np.lib.stride_tricks.sliding_window_view(np.concatenate([edge[: _FRAME // 2], part, edge]), _FRAME)[::_HOP]
        for part in (source, hiss)
    ]
    f = np.fft.rfftfreq(_FRAME, 1 / RATE)[None, :]
    formants = _smooth(tract.formants, 0.07) * singer.tract
    formants[:, 0] = np.maximum(formants[:, 0], 440.0 * 2 ** ((semitones - 69) / 12) * 1.05)
    scale = (1.0 if singer.man else 1.12) * singer.tract
    response = np.ones((n_steps, f.shape[1]))
    for k, width_hz in enumerate((75.0, 95.0, 130.0, 190.0, 260.0)):
        at = formants[:, k, None] if k < 3 else np.array([[3450.0, 4400.0]])[:, k - 3 : k - 2] * scale
        response *= at**2 / np.sqrt((at**2 - f**2) ** 2 + (width_hz * f) ** 2)
    response *= 1 + (f / 1900.0) ** 1.6  # radiation and a forward, sung tone
    audible = (f[0] > 150) & (f[0] < 5000)
    slope = (np.maximum(f[0], 100) / 300.0) ** -1.25
    response /= np.sqrt(np.mean((response * slope)[:, audible] ** 2, axis=1))[:, None]
    voiced = _smooth(tract.voice, 0.03)[:, None] * np.exp(-0.12 * rng.random())
    hissed = _smooth(tract.noise, 0.012)[:, None] * np.exp(
        -(np.log2(np.maximum(f, 60) / tract.noise_hz[:, None]) ** 2) * 2
    )
    mixed = np.fft.rfft(frames[0][:n_steps] * window, axis=1) * (response * voiced)
    mixed += np.fft.rfft(frames[1][:n_steps] * window, axis=1) * (hissed * 0.24)
    shaped = np.fft.irfft(mixed, axis=1).astype(np.float32) * window
    out = np.zeros(n + 2 * _FRAME, np.float32)
    for k in range(_FRAME // _HOP):  # overlap-add, a quarter of the frames' length at a time
        out[k * _HOP : k * _HOP + n] += shaped[:, k * _HOP : (k + 1) * _HOP].ravel()
    return out[_FRAME // 2 : _FRAME // 2 + n] * np.float32(0.5)


def sing(notes: Sequence[SungNote], singer: Singer, rng: np.random.Generator) -> tuple[float, Samples]:
    """Sing one phrase.

    Returns
    -------
    tuple
        When its samples begin, in the notes' own seconds (before the first note, for its consonants), and the samples,
        shape (n, 2).
    """
    first_s = notes[0].start_s - onset_s(notes[0].syllable)
    zero_s = first_s - _PAD_S
    n_steps = int((notes[-1].end_s + _PAD_S - zero_s) / _STEP_S) + 1
    out = np.zeros((n_steps * _HOP, 2), np.float32)
    places = np.linspace(-singer.width, singer.width, singer.people) if singer.people > 1 else np.zeros(1)
    for place in places:
        late_s = rng.normal(0, 0.008) if singer.people > 1 else 0.0
        shifted = [SungNote(x.start_s + late_s, x.end_s + late_s, x.midi, x.syllable) for x in notes]
        angle = (place + 1) * np.pi / 4
        voice = _one(shifted, singer, zero_s, n_steps, rng) / np.float32(np.sqrt(singer.people))
        out[:, 0] += voice * np.float32(np.cos(angle))
        out[:, 1] += voice * np.float32(np.sin(angle))
    # Smoothing and the frames' width reach back a little: nothing sounds before it should.
    t = zero_s + np.arange(len(out)) / RATE
    out *= np.clip((t - first_s) / 0.01, 0, 1).astype(np.float32)[:, None]
    return zero_s, out
