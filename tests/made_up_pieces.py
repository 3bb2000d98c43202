"""Pieces in any key for tests of what the analysers hear: functional harmony with a tune, composed from a seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aidj.demo.score import Player, Section, SongSpec
from aidj.keys import tonic_of
from aidj.model import Key

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)

# Semitones above the tonic, and the chord's quality. The first ones go round as pop songs do; those that end on the
# tonic close as chorales do.
_LOOPS_MAJOR = ("0 9m 5 7", "0 7 9m 5", "0 5 0 7", "0 2m 5 7", "0 4m 5 7", "0 10 5 0", "0 0 5 7")
_LOOPS_MINOR = ("0m 8 3 10", "0m 5m 0m 7", "0m 10 8 7", "0m 8 5m 7", "0m 3 10 5m", "0m 10 8 10")
_CADENCES_MAJOR = ("0 5 7 0", "9m 2m 77 0", "5 2m 77 0", "0 27 77 0", "4m 9m 77 0", "97 2m 77 0")
_CADENCES_MINOR = ("0m 5m 7 0m", "8 5m 77 0m", "3 2m7b5 77 0m", "0m 27 77 0m", "10 3 77 0m")

CHORDS = ("warm_pad", "strings", "accordion", "organ", "soft_organ", "epiano", "piano", "nylon", "steel", "stab")
BASSES = ("synth_bass", "sub_bass", "upright_bass", "electric_bass", "chip_bass")
LEADS = ("lead", "flute", "brass", "vibes", "square_lead", "felt_piano", "music_box", "electric_guitar")
KITS = ("machine", "rock", "brushes", "dusty", "chip")


def name_in_score(key: Key) -> str:
    """Return a key as scores have it, ``F#m``."""
    return f"{_NAMES[tonic_of(key)]}{'m' if key.minor else ''}"


def piece(
    key: Key,
    *,
    seed: int,
    bars: int = 16,
    bpm: float = 110.0,
    cadences: bool = True,
    sevenths: bool = False,
    drums: str | None = None,
    then: Key | None = None,
) -> SongSpec:
    """Return a piece in a key, for chords, bass and a tune; with a kit if wanted.

    Parameters
    ----------
    cadences : bool
        Whether phrases close on the tonic; without, four chords go round.
    sevenths : bool
        Whether all chords have a seventh, as in jazz.
    then : Key, optional
        What it modulates to in its last third.
    """
    rng = np.random.default_rng(seed)
    players = {
        "chords": Player(instrument=str(rng.choice(CHORDS)), role="chords", gain_db=-5),
        "bass": Player(instrument=str(rng.choice(BASSES)), role="bass", octave=1, gain_db=-3, reverb=0.02),
        "tune": Player(instrument=str(rng.choice(LEADS)), role="tune", gain_db=-4, octave=4),
    }
    if drums:
        players["drums"] = Player(instrument=drums, role="drums", gain_db=2, reverb=0.1)
    first = bars if then is None else bars * 2 // 3 // 4 * 4
    sections = _sections(key, first, rng, key, cadences=cadences, sevenths=sevenths, drums=bool(drums))
    if then is not None:
        sections += _sections(then, bars - first, rng, key, cadences=cadences, sevenths=sevenths, drums=bool(drums))
    return SongSpec(
        slug=f"piece-{seed}",
        seed=seed,
        bpm=bpm,
        key=name_in_score(key),
        players=players,
        sections=tuple(sections),
        ending="sustained",
    )


def _sections(
    key: Key, bars: int, rng: np.random.Generator, home: Key, *, cadences: bool, sevenths: bool, drums: bool
) -> list[Section]:
    loops = _LOOPS_MINOR if key.minor else _LOOPS_MAJOR
    closes = _CADENCES_MINOR if key.minor else _CADENCES_MAJOR
    loop = str(rng.choice(loops)).split()
    made = []
    for phrase in range(-(-bars // 4)):
        chords = str(rng.choice(closes)).split() if cadences and (phrase % 2 or rng.random() < 0.5) else loop
        if cadences and chords is loop:
            chords = str(rng.choice(loops)).split()
        chords = chords[: bars - 4 * phrase]
        parts = {
            "chords": str(rng.choice(("x---------------", "x-------x-------", "x---x---x---x---"))),
            "bass": str(rng.choice(("1-------5-------", "1---1---5---1---", "1-----1-5-1-3-5-"))),
            "tune": _tune(key, chords, rng, home),
        }
        if drums:
            parts["drums"] = "kick x.......x.x..... / snare ....x.......x... / hat x.x.x.x.x.x.x.x."
        names = " | ".join(_chord(chord, key, sevenths=sevenths) for chord in chords)
        made.append(Section(name=f"phrase {phrase}", chords=names, parts=parts))
    return made


def _root(chord: str) -> tuple[int, str]:
    """Read "9m" or "77" (a seventh on 7): semitones above the tonic, quality."""
    digits = chord[:2] if chord[:2] in ("10", "11") else chord[:1]
    return int(digits), chord[len(digits) :]


def _chord(chord: str, key: Key, *, sevenths: bool) -> str:
    root, quality = _root(chord)
    if sevenths and quality in ("", "m"):
        quality = "m7" if quality else "7" if root in (7, 2, 10) else "maj7"
    return f"{_NAMES[(tonic_of(key) + root) % 12]}{quality}"


def _tune(key: Key, chords: Sequence[str], rng: np.random.Generator, home: Key) -> str:
    """Walk along the scale, with a note of the chord at the start of each bar; degrees are those of the score's key."""
    scale = _MINOR if key.minor else _MAJOR
    bars = []
    at = int(rng.integers(0, 5))
    for chord in chords:
        root, quality = _root(chord)
        tones = {(root + step) % 12 for step in ((0, 3, 7) if quality.startswith("m") else (0, 4, 7))}
        rhythm = str(rng.choice(("1 1 1 1", "2 1 1", "1.5 .5 1 1", ".5 .5 1 2", "1 .5 .5 1 1", "4"))).split()
        notes = []
        for number, beats in enumerate(rhythm):
            at += int(rng.integers(-2, 3))
            at = min(9, max(-2, at))
            pitch = scale[at % 7] + 12 * (at // 7)
            if number == 0:
                pitch = min((p for p in range(-5, 18) if p % 12 in tones), key=lambda p: (abs(p - pitch), p))
            elif quality in ("", "7") and root == 7 and key.minor and pitch % 12 == 10:
                pitch += 1  # the leading note
            notes.append(f"{_degree(pitch + tonic_of(key) - tonic_of(home), minor=home.minor)}/{beats}")
        bars.append(" ".join(notes))
    return " | ".join(bars)


def _degree(pitch: int, *, minor: bool) -> str:
    """Write a pitch, in semitones above the score's tonic, as a degree of its scale."""
    scale = _MINOR if minor else _MAJOR
    octave, within = divmod(pitch, 12)
    if within in scale:
        sharp, step = "", scale.index(within)
    else:
        sharp, step = "#", scale.index(within - 1)
    return f"{sharp}{step + 1}" + ("'" * octave if octave > 0 else "," * -octave)
