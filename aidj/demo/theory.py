"""Notes, keys, chords, and how one chord moves to the next.

Pitches are MIDI numbers (60 = C4, 69 = A4 = 440 Hz), pitch classes 0 to 11 from C.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "9": (0, 4, 7, 10, 14),
    "m9": (0, 3, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "add9": (0, 4, 7, 14),
    "m7b5": (0, 3, 6, 10),
    "7b9": (0, 4, 7, 10, 13),
    "dim7": (0, 3, 6, 9),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "7sus4": (0, 5, 7, 10),
}
_CHORD = re.compile(r"([A-G])([#b]?)([a-z0-9]*)(?:/([A-G])([#b]?))?")
_DEGREE = re.compile(r"([#b]?)([1-7])([',]*)")


def hz(midi: float) -> float:
    """Return the frequency of a MIDI pitch in equal temperament."""
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def _pitch_class(letter: str, accidental: str) -> int:
    return (_LETTERS[letter] + {"#": 1, "b": -1, "": 0}[accidental]) % 12


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and a scale: major, or natural minor."""

    tonic: int
    minor: bool

    @classmethod
    def parse(cls, name: str) -> Key:
        """Read ``Eb``, ``F#m`` and the like; ValueError where it is no key."""
        match = re.fullmatch(r"([A-G])([#b]?)(m?)", name)
        if not match:
            raise ValueError(f"no key: {name!r}")
        return cls(_pitch_class(match[1], match[2]), bool(match[3]))

    def pitch(self, degree: str, octave: int, steps: int = 0) -> int:
        """Return the pitch of a scale degree such as ``5``, ``b7`` or ``3'`` (``'`` an octave up, ``,`` down).

        `octave` is where degree 1 lies; `steps` moves along the scale, for a second voice in parallel.
        """
        match = _DEGREE.fullmatch(degree)
        if not match:
            raise ValueError(f"no scale degree: {degree!r}")
        index = int(match[2]) - 1 + steps
        scale = _MINOR if self.minor else _MAJOR
        shift = {"#": 1, "b": -1, "": 0}[match[1]] + 12 * (match[3].count("'") - match[3].count(","))
        return 12 * (octave + 1) + self.tonic + scale[index % 7] + 12 * (index // 7) + shift


@dataclass(frozen=True, slots=True)
class Chord:
    """A root, the intervals above it in semitones, and the pitch class in the bass."""

    root: int
    intervals: tuple[int, ...]
    bass: int

    @classmethod
    def parse(cls, name: str) -> Chord:
        """Read ``Am7``, ``F#m``, ``C/E`` and the like; ValueError where it is no known chord."""
        match = _CHORD.fullmatch(name)
        if not match or match[3] not in _QUALITIES:
            raise ValueError(f"no chord: {name!r}")
        root = _pitch_class(match[1], match[2])
        return cls(root, _QUALITIES[match[3]], _pitch_class(match[4], match[5]) if match[4] else root)

    def interval(self, degree: int) -> int:
        """Return the semitones from the root to its third, fifth, sixth or seventh, as this chord has it."""
        within = {3: (3, 4, 5, 2), 5: (7, 6), 6: (9,), 7: (10, 11, 9)}[degree]
        found = next((step for step in within if step in self.intervals), None)
        return within[0] if found is None else found


def voice_chord(chord: Chord, low: int, high: int, before: Sequence[int] = ()) -> tuple[int, ...]:
    """Spread a chord between two pitches so that its voices move least from the chord before.

    All close positions and their drop-2 forms in the range are tried. The root of a five-note chord is left to
    the bass.
    """
    intervals = chord.intervals[1:] if len(chord.intervals) > 4 else chord.intervals
    classes = sorted({(chord.root + step) % 12 for step in intervals})
    centre = (low + high) / 2
    best: tuple[float, tuple[int, ...]] | None = None
    for start in range(low, high + 1):
        if start % 12 not in classes:
            continue
        first = classes.index(start % 12)
        close = [start]
        for other in classes[first + 1 :] + classes[:first]:
            close.append(close[-1] + (other - close[-1]) % 12)
        forms = [tuple(close)]
        if len(close) > 3:
            forms.append(tuple(sorted([close[-2] - 12, *close[:-2], close[-1]])))
        for form in forms:
            if form[0] < low or form[-1] > high:
                continue
            motion = sum(min(abs(note - old) for old in before) for note in form) if before else 0.0
            cost = motion + 0.4 * abs(sum(form) / len(form) - centre)
            if best is None or cost < best[0]:
                best = (cost, form)
    if best is None:
        raise ValueError(f"the chord does not fit between {low} and {high}")
    return best[1]
