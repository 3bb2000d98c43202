"""From a score to notes in seconds: patterns read out, chords voiced, swing and human timing laid over the grid."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from aidj.demo.score import Player, Section, SongSpec
from aidj.demo.theory import Chord, Key, voice_chord
from aidj.demo.voice_synth import SungNote, onset_s

_VELOCITY = {"X": 1.0, "x": 0.78, "u": 0.62, "o": 0.42}


@dataclass(frozen=True, slots=True)
class Note:
    """One note as it will sound. `drum` names a drum, and then `midi` means nothing."""

    start_s: float
    end_s: float
    midi: int
    velocity: float
    drum: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of singing without a breath, on the grid."""

    start_s: float
    end_s: float
    notes: tuple[SungNote, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """All notes of a song by player, what is sung, and where things are."""

    notes: dict[str, list[Note]]
    phrases: dict[str, list[Phrase]]
    lines: list[tuple[float, float, str]]
    """Sung lines: start, end, words."""
    sections: list[tuple[str, float, float]]
    end_s: float
    """The end of the last bar."""


class _Clock:
    """Beats of the score to seconds, swing included."""

    def __init__(self, spec: SongSpec):
        self.spec = spec

    def __call__(self, beat: float) -> float:
        unit = self.spec.swing_unit_beats
        if abs(beat % (2 * unit) - unit) < 1e-6:  # only the off-beat moves: written triplets already swing
            beat += (self.spec.swing - 0.5) * 2 * unit
        return self.spec.lead_in_s + beat * self.spec.beat_s


def _chord_at(section: Section, beat: float, beats_per_bar: int) -> tuple[int, str]:
    """Return which chord of the section sounds at a beat of it: its number counted through, and its name."""
    bars = section.bars()
    bar, within = divmod(beat + 1e-6, beats_per_bar)
    names = bars[min(int(bar), len(bars) - 1)]
    index = min(int(within * len(names) / beats_per_bar), len(names) - 1)
    return sum(len(names) for names in bars[: int(bar)]) + index, names[index]


def _steps(pattern: str, n_bars: int, beats_per_bar: int) -> list[tuple[float, float, str]]:
    """Read a step pattern over some bars: beat, length in beats with holds, character."""
    bars = [bar.strip().replace(" ", "") for bar in pattern.split("|")]
    flat: list[tuple[float, float, str]] = []
    for bar in range(n_bars):
        steps = bars[bar % len(bars)]
        length = beats_per_bar / len(steps)
        for i, char in enumerate(steps):
            if char == "-" and flat and flat[-1][2] != ".":
                flat[-1] = (flat[-1][0], flat[-1][1] + length, flat[-1][2])
            else:
                flat.append((bar * beats_per_bar + i * length, length, "." if char == "-" else char))
    return [step for step in flat if step[2] != "."]


def read_tune(text: str, beats_per_bar: int) -> list[tuple[float, float, str]]:
    """Read a tune: beat, length in beats, degree; rests left out; an empty bar goes on holding. ValueError
    where a bar is not full.
    """
    tune: list[tuple[float, float, str]] = []
    beat = 0.0
    bars = text.split("|")
    for number, bar in enumerate(bars):
        if bar.strip() and abs(beat - number * beats_per_bar) > 1e-6:
            raise ValueError(f"the bar before {bar.strip()!r} ends at beat {beat}, not {number * beats_per_bar}")
        for token in bar.split():
            degree, _, length = token.partition("/")
            if degree != "r":
                tune.append((beat, float(length or 1), degree))
            beat += float(length or 1)
    if abs(beat - len(bars) * beats_per_bar) > 1e-6:
        raise ValueError(f"the tune ends at beat {beat}, not {len(bars) * beats_per_bar}: {text!r}")
    return tune


def _drum_lanes(pattern: str) -> list[tuple[str, str]]:
    return [(drum, steps) for drum, _, steps in (lane.strip().partition(" ") for lane in pattern.split("/"))]


def _low(base: int, pitch_class: int) -> int:
    """Put a pitch class between the E above a C and the next E flat: where basses are at home."""
    return base + pitch_class + (12 if pitch_class < 4 else 0)


class _Arranger:
    def __init__(self, spec: SongSpec):
        self.spec, self.key, self.clock = spec, Key.parse(spec.key), _Clock(spec)
        self.rngs = {name: np.random.default_rng([spec.seed, zlib.crc32(name.encode())]) for name in spec.players}
        self.voicings: dict[str, tuple[int, ...]] = {}
        self.result = Arrangement({name: [] for name in spec.players}, {}, [], [], 0.0)

    def add(
        self, name: str, player: Player, beat: float, length: float, midi: int, velocity: float, **more: float
    ) -> None:
        rng = self.rngs[name]
        late = player.late_s + float(np.clip(rng.normal(0, player.human_s), -0.008, 0.008)) + more.get("after_s", 0.0)
        start_s = self.clock(beat)
        held_s = (self.clock(beat + length) - start_s) * player.gate - more.get("after_s", 0.0)
        velocity *= 1 + 0.06 * float(np.clip(rng.standard_normal(), -2, 2))
        start_s = max(0.0, start_s + late)
        self.result.notes[name].append(Note(start_s, start_s + max(held_s, 0.03), midi, velocity))

    def drums(self, name: str, player: Player, section: Section, first: float, pattern: str) -> None:
        per_bar, n_bars = self.spec.beats_per_bar, len(section.bars())
        plain_bars = n_bars - 1 if section.fill else n_bars
        passes = [(first, plain_bars, pattern)]
        if section.fill:
            passes.append((first + plain_bars * per_bar, 1, section.fill))
        rng = self.rngs[name]
        for begin, bars, lanes in passes:
            for drum, steps in _drum_lanes(lanes):
                for beat, _, char in _steps(steps, bars, per_bar):
                    late_s = player.late_s if drum != "kick" else 0.0
                    late_s += float(np.clip(rng.normal(0, player.human_s), -0.008, 0.008))
                    start_s = max(0.0, self.clock(begin + beat) + late_s)
                    velocity = _VELOCITY[char] * (1 + 0.07 * float(np.clip(rng.standard_normal(), -2, 2)))
                    self.result.notes[name].append(Note(start_s, start_s + 0.1, 0, velocity, drum))

    def voicing(self, name: str, player: Player, chord: Chord) -> tuple[int, ...]:
        centre = 12 * (player.octave + 1) + 4
        self.voicings[name] = voice_chord(chord, centre - 11, centre + 11, self.voicings.get(name, ()))
        return self.voicings[name]

    def steps(self, name: str, player: Player, section: Section, first: float, pattern: str) -> None:
        per_bar, bars = self.spec.beats_per_bar, section.bars()
        seen = -1
        tones: tuple[int, ...] = ()
        names = [chord for bar in bars for chord in bar]
        for beat, length, char in _steps(pattern, len(bars), per_bar):
            number, chord_name = _chord_at(section, beat, per_bar)
            chord = Chord.parse(chord_name)
            if player.role == "bass":
                base = 12 * (player.octave + 1)
                if char == "a":
                    midi = _low(base, Chord.parse(names[(number + 1) % len(names)]).bass) - 1
                elif char == "1":
                    midi = _low(base, chord.bass)
                else:
                    midi = _low(base, chord.root) + (12 if char == "8" else chord.interval(int(char)))
                self.add(name, player, first + beat, length, midi, 0.9 if beat % per_bar == 0 else 0.78)
                continue
            if number != seen:
                tones, seen = self.voicing(name, player, chord), number
            if player.role == "arp":
                octave, index = divmod(int(char), len(tones))
                accent = 0.9 if beat % 1 == 0 else 0.7
                self.add(name, player, first + beat, length, tones[index] + 12 * octave, accent)
                continue
            order = tones[::-1] if char == "u" else tones
            for i, midi in enumerate(order):
                self.add(name, player, first + beat, length, midi, _VELOCITY[char], after_s=i * player.strum_s)

    def tune(self, name: str, player: Player, first: float, text: str) -> None:
        for beat, length, degree in read_tune(text, self.spec.beats_per_bar):
            velocity = 0.9 if beat % self.spec.beats_per_bar == 0 else 0.8
            for steps in (0, *player.harmony):
                midi = self.key.pitch(degree, player.octave, steps)
                self.add(name, player, first + beat, length, midi, velocity * (0.7 if steps else 1.0))

    def sung(self, name: str, player: Player, first: float, text: str) -> None:
        melody, _, words = text.partition("//")
        tune = read_tune(melody, self.spec.beats_per_bar)
        lines = [line.split() for line in words.split("/")]
        syllables = [s for line in lines for word in line for s in word.split("-")]
        if len(syllables) != len(tune):
            raise ValueError(f"{len(tune)} notes, {len(syllables)} syllables: {words.strip()!r}")
        notes: list[tuple[float, float, str, str]] = [
            (self.clock(first + beat), self.clock(first + beat + length), degree, syllable)
            for (beat, length, degree), syllable in zip(tune, syllables, strict=True)
        ]
        at = 0
        for line in lines:
            count = sum(len(word.split("-")) for word in line)
            begin, stop = notes[at], notes[at + count - 1]
            spoken = " ".join(word.replace("-~", "").replace("-", "") for word in line)
            self.result.lines.append((begin[0] - onset_s(begin[3]), stop[1], spoken))
            at += count
        runs = [[notes[0]]]
        for note in notes[1:]:
            if note[0] - runs[-1][-1][1] > 0.2:
                runs.append([])
            runs[-1].append(note)
        for run in runs:
            for steps in (0, *player.harmony):
                sung = tuple(SungNote(a, b, self.key.pitch(d, player.octave, steps), s) for a, b, d, s in run)
                phrase = Phrase(run[0][0] - onset_s(run[0][3]), run[-1][1], sung)
                self.result.phrases.setdefault(name, []).append(phrase)

    def run(self) -> Arrangement:
        first = 0.0
        for section in self.spec.sections:
            for name, pattern in section.parts.items():
                player = self.spec.players[name]
                if player.role == "drums":
                    self.drums(name, player, section, first, pattern)
                elif player.role == "voice":
                    self.sung(name, player, first, pattern)
                elif player.role == "tune":
                    self.tune(name, player, first, pattern)
                else:
                    self.steps(name, player, section, first, pattern)
            last = first + len(section.bars()) * self.spec.beats_per_bar
            self.result.sections.append((section.name, self.clock(first), self.clock(last)))
            first = last
        done = self.result
        return Arrangement(done.notes, done.phrases, sorted(done.lines), done.sections, self.clock(first))


def arrange(spec: SongSpec) -> Arrangement:
    """Turn a song's score into notes. The same spec gives the same notes; ValueError where the score is wrong."""
    return _Arranger(spec).run()
