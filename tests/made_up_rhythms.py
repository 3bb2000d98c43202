"""Songs whose beats are known because they were made that way: steady ones of many styles, and ones no grid fits.

Steady songs are composed like the demo's; the others are those, played back at a speed that changes, or sounds without
a pulse. A beat's truth is the moment for which it was written, through the same change of speed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aidj.demo import Player, Section, SongSpec, compose_song

RATE = 44100


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRhythm:
    """A recording and the truth about its beats."""

    name: str
    samples: NDArray[np.float32]
    """Stereo, shape (n, 2), at `RATE`."""
    bpm: float
    """0 where there is no one tempo."""
    beats_s: NDArray[np.float64]
    downbeats_s: NDArray[np.float64]
    sections_s: NDArray[np.float64]
    """Where each section begins."""
    beats_per_bar: int
    steady: bool
    """Whether another song could be laid on its beats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    bpm: float
    players: Mapping[str, Player]
    light: Mapping[str, str]
    """What is played in the quieter sections."""
    full: Mapping[str, str]
    verse: str = "Am | F | C | G | Am | F | Dm | E"
    chorus: str = "F | C | G | Am | F | C | G | G"
    beats_per_bar: int = 4
    swing: float = 0.5
    swing_unit_beats: float = 0.5


def _kit(kit: str, gain_db: float = -2.0, human_s: float = 0.003) -> Player:
    return Player(instrument=kit, role="drums", gain_db=gain_db, reverb=0.1, human_s=human_s)


def _bass(sound: str) -> Player:
    return Player(instrument=sound, role="bass", octave=1, gain_db=-4, reverb=0.03)


def _chords(sound: str, gain_db: float = -6.0, octave: int = 4) -> Player:
    return Player(instrument=sound, role="chords", octave=octave, gain_db=gain_db, reverb=0.25, human_s=0.004)


_BREAK = "kick x.........x..... / snare ....X..o.o..X..o / hat x.x.x.x.x.x.x.x."

STYLES: Mapping[str, _Style] = {
    "rock": _Style(
        bpm=120,
        players={"drums": _kit("rock"), "bass": _bass("electric_bass"), "guitar": _chords("electric_guitar")},
        light={"drums": "hat x.x.x.x.x.x.x.x. / kick x.......x.......", "guitar": "x---x---"},
        full={
            "drums": "kick x.....x.x..x.... / snare ....x.......x... / hat x.x.x.x.x.x.x.x.",
            "bass": "11111111",
            "guitar": "x.xx.xx.",
        },
    ),
    "uneven tempo": _Style(
        bpm=92.74,
        players={"drums": _kit("rock"), "bass": _bass("electric_bass"), "guitar": _chords("steel", -4, 3)},
        light={"guitar": "x-xux-xu", "bass": "1---1---"},
        full={"drums": "kick x...x... / snare ..x...x. / hat xxxxxxxx", "bass": "1--11---", "guitar": "x-xux-xu"},
    ),
    "house": _Style(
        bpm=126,
        players={
            "drums": _kit("house"),
            "bass": _bass("synth_bass"),
            "stabs": _chords("stab"),
            "pad": _chords("warm_pad", -10),
        },
        light={"drums": "kick x...x...x...x...", "pad": "x---"},
        full={
            "drums": "kick x...x...x...x... / clap ....x.......x... / open ..x...x...x...x. / shaker xoxoxoxoxoxoxoxo",
            "bass": "..1...1...1...1.",
            "stabs": "..x..x....x..x..",
            "pad": "x---",
        },
    ),
    "hip hop": _Style(
        bpm=86,
        swing=0.58,
        swing_unit_beats=0.25,
        players={"drums": _kit("dusty", human_s=0.005), "bass": _bass("sub_bass"), "keys": _chords("epiano", -5)},
        light={"keys": "x-----x-", "drums": "rim ....x.......x..."},
        full={
            "drums": "kick x..x......x.x... / snare ....x.......x... / hat x.x.xxx.x.x.x.xx",
            "bass": "1--1----5-1-----",
            "keys": "x-----x-",
        },
    ),
    "shuffle": _Style(
        bpm=112,
        swing=0.667,
        players={"drums": _kit("rock"), "bass": _bass("upright_bass"), "piano": _chords("piano", -6)},
        verse="A7 | D7 | A7 | A7 | D7 | D7 | A7 | E7",
        chorus="A7 | D7 | A7 | A7 | D7 | D7 | E7 | A7",
        light={"piano": "x.xxx.xx", "bass": "1-3-5-6-"},
        full={"drums": "kick x...x... / snare ..x...x. / hat xxxxxxxx", "bass": "1-3-5-6-", "piano": ".x.x.x.x"},
    ),
    "jazz": _Style(
        bpm=164,
        swing=0.667,
        players={"drums": _kit("brushes", -3, 0.004), "bass": _bass("upright_bass"), "piano": _chords("piano", -6)},
        verse="Dm7 | G7 | Cmaj7 | A7 | Dm7 | G7 | Cmaj7 | Cmaj7",
        chorus="Fmaj7 | Fm6 | Em7 | A7 | Dm7 | G7 | C6 | A7",
        light={"bass": "1-3-5-a-", "drums": "ride x.xxx.xx / hat ..x...x."},
        full={
            "drums": "ride x.xxx.xx / hat ..x...x. / kick o...o...",
            "bass": "1-3-5-a-",
            "piano": ".x....x.|...x....",
        },
    ),
    "drum and bass": _Style(
        bpm=174,
        players={"drums": _kit("breaks", 0), "bass": _bass("reese"), "pad": _chords("warm_pad", -8)},
        light={"drums": "hat x.x.x.x.x.x.x.x.", "pad": "x---"},
        full={"drums": _BREAK + " / ride x...x...x...x...", "bass": "1-----1-..1---5-", "pad": "x---"},
    ),
    "jungle": _Style(
        bpm=168,
        players={"drums": _kit("breaks", 0), "bass": _bass("sub_bass"), "keys": _chords("epiano", -8)},
        light={"drums": "kick x.x.......x..... / snare ....X.......X...", "keys": "x-------"},
        full={
            "drums": "kick x.x.......xx.... / snare ....X..x.x..X..x / hat xxxxxxxxxxxxxxxx",
            "bass": "1-----5-",
            "keys": "x--x--x-",
        },
    ),
    "synth pop": _Style(
        bpm=140,
        players={
            "drums": _kit("machine"),
            "bass": _bass("synth_bass"),
            "arp": Player(instrument="pluck_synth", role="arp", octave=4, gain_db=-6),
        },
        light={"arp": "01230123", "bass": "1-------"},
        full={"drums": "kick x...x... / snare ..x...x. / hat xxxxxxxx", "bass": "18181818", "arp": "0123012301230123"},
    ),
    "fast punk": _Style(
        bpm=186,
        players={"drums": _kit("rock", 0), "bass": _bass("electric_bass"), "guitar": _chords("electric_guitar", -4, 3)},
        verse="A | A | D | D | E | D | A | A",
        chorus="D | A | E | A | D | A | E | E",
        light={"guitar": "xxxxxxxx", "bass": "11111111"},
        full={
            "drums": "kick x..xx... / snare ..x...x. / hat x.x.x.x. / crash x.......|........",
            "bass": "11111111",
            "guitar": "xxxxxxxx",
        },
    ),
    "ballad": _Style(
        bpm=70,
        players={
            "piano": Player(instrument="piano", role="arp", octave=4, gain_db=-3),
            "bass": _bass("upright_bass"),
            "drums": _kit("rock", -6),
        },
        light={"piano": "01232123", "bass": "1---"},
        full={
            "piano": "01232123",
            "bass": "1--5",
            "drums": "kick x.....x.x....... / snare ....o.......o... / hat o.x.o.x.o.x.o.x.",
        },
    ),
    "reggae": _Style(
        bpm=78,
        players={"drums": _kit("dusty"), "bass": _bass("electric_bass"), "guitar": _chords("electric_guitar", -5, 4)},
        light={"guitar": "..x...x...x...x.", "bass": "1--1----5--3----"},
        full={
            "drums": "kick ........x....... / rim ........x....... / hat x.x.x.x.x.x.x.x.",
            "guitar": "..x...x...x...x.",
            "bass": "1--1----5--3----",
        },
    ),
    "ska": _Style(
        bpm=152,
        players={"drums": _kit("rock"), "bass": _bass("electric_bass"), "guitar": _chords("electric_guitar", -4)},
        light={"guitar": ".x.x.x.x", "bass": "1-3-5-3-"},
        full={
            "drums": "kick x...x... / snare ..x...x. / hat .x.x.x.x",
            "bass": "1-3-5-6-",
            "guitar": ".x.x.x.x",
        },
    ),
    "funk": _Style(
        bpm=104,
        players={"drums": _kit("breaks", -1), "bass": _bass("electric_bass"), "keys": _chords("epiano", -6)},
        verse="Em7 | Em7 | A7 | A7 | Em7 | Em7 | A7 | B7",
        chorus="C | D | Em7 | Em7 | C | D | B7 | B7",
        light={"bass": "1..1..8.1.5.7.8.", "drums": "hat x.xxx.xxx.xxx.xx"},
        full={
            "drums": "kick x.x....x..x..... / snare ....x..o.o..x..o / hat x.xxx.xxx.xxx.xx",
            "bass": "1..1..8.1.5.7.8.",
            "keys": "...x..x....x..x.",
        },
    ),
    "country": _Style(
        bpm=104,
        players={"drums": _kit("brushes", 0), "bass": _bass("upright_bass"), "guitar": _chords("steel", -4, 3)},
        verse="C | F | C | G | C | F | G | C",
        chorus="F | F | C | C | G | G | C | C",
        light={"bass": "1-5-", "guitar": "..xu..xu"},
        full={
            "drums": "snare ooxoooxoooxoooxo / kick x...x...x...x...",
            "bass": "1-5-",
            "guitar": "..xu..xu",
        },
    ),
    "piano waltz": _Style(
        bpm=132,
        beats_per_bar=3,
        players={
            "left": _bass("upright_pluck"),
            "piano": _chords("piano", -6),
            "tune": Player(instrument="flute", role="tune", octave=5, gain_db=-4),
        },
        light={"left": "1--", "piano": ".xx"},
        full={"left": "1--", "piano": ".xx", "tune": "5/2 3 | 4 3 2 | 1/3 | r 5 6"},
    ),
    "band waltz": _Style(
        bpm=96,
        beats_per_bar=3,
        players={"drums": _kit("rock", -3), "bass": _bass("electric_bass"), "guitar": _chords("nylon", -4, 3)},
        light={"guitar": "x-x-x-", "bass": "1--"},
        full={"drums": "kick x..... / snare ..x.x. / hat x.x.x.", "bass": "1--|1-5", "guitar": "x-xux-"},
    ),
    "slow waltz": _Style(
        bpm=84,
        beats_per_bar=3,
        players={
            "accordion": _chords("accordion", -5),
            "bass": _bass("upright_bass"),
            "guitar": _chords("nylon", -5, 3),
        },
        light={"bass": "1--", "guitar": ".xx"},
        full={"bass": "1-5", "guitar": ".xx", "accordion": "x--"},
    ),
}


def _spec(name: str, style: _Style, bpm: float) -> SongSpec:
    form = [
        ("intro", style.light, style.verse, 4),
        ("verse", style.full, style.verse, 8),
        ("chorus", style.full, style.chorus, 8),
        ("break", style.light, style.chorus, 4),
        ("chorus", style.full, style.chorus, 8),
    ]
    sections = [
        Section(name=title, chords=" | ".join(chords.split(" | ")[:n_bars]), parts=parts)
        for title, parts, chords, n_bars in form
    ]
    return SongSpec(
        slug=name.replace(" ", "-"),
        seed=len(name) + round(bpm),
        bpm=bpm,
        key="Am",
        players=style.players,
        sections=tuple(sections),
        ending="sustained",
        beats_per_bar=style.beats_per_bar,
        swing=style.swing,
        swing_unit_beats=style.swing_unit_beats,
        lead_in_s=0.37,
    )


@lru_cache(maxsize=3)
def steady(name: str, bpm: float | None = None) -> MadeRhythm:
    """Return a song of a style at its own or another tempo."""
    style = STYLES[name]
    song = compose_song(_spec(name, style, bpm or style.bpm))
    return MadeRhythm(
        name=name,
        samples=song.samples,
        bpm=song.truth.bpm,
        beats_s=np.array(song.truth.beats_s),
        downbeats_s=np.array(song.truth.downbeats_s),
        sections_s=np.array([start_s for _, start_s, _ in song.truth.sections]),
        beats_per_bar=style.beats_per_bar,
        steady=True,
    )


def played_at(
    song: MadeRhythm, name: str, speed: Callable[[NDArray[np.float64]], NDArray[np.float64]], *, is_steady: bool = False
) -> MadeRhythm:
    """Play a song at a speed that changes: `speed` gives it for moments of the song, 1 as written."""
    step_s = 0.01
    written_s = np.arange(0, len(song.samples) / RATE + step_s, step_s)
    heard_s = np.concatenate([[0.0], np.cumsum(step_s / speed(written_s[:-1] + step_s / 2))])
    n_frames = int(heard_s[-1] * RATE)
    at = np.interp(np.arange(n_frames) / RATE, heard_s, written_s) * RATE
    frames = np.arange(len(song.samples))
    samples = np.stack([np.interp(at, frames, song.samples[:, side]) for side in (0, 1)], axis=1)

    def heard(moments_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.interp(moments_s, written_s, heard_s)

    return MadeRhythm(
        name=name,
        samples=samples.astype(np.float32),
        bpm=song.bpm if is_steady else 0.0,
        beats_s=heard(song.beats_s),
        downbeats_s=heard(song.downbeats_s),
        sections_s=heard(song.sections_s),
        beats_per_bar=song.beats_per_bar,
        steady=is_steady,
    )


def drifting(style: str, percent: float = 3.0) -> MadeRhythm:
    """A band that gets faster and slower again, a few times over a song."""
    song = steady(style)
    length_s = len(song.samples) / RATE
    return played_at(song, f"drifting {style}", lambda t: 1 + percent / 100 * np.sin(2 * np.pi * 1.5 * t / length_s))


def ramping(style: str, start: float, end: float) -> MadeRhythm:
    """A song that gets ever faster or slower."""
    song = steady(style)
    length_s = len(song.samples) / RATE
    return played_at(song, f"ramping {style}", lambda t: start + (end - start) * t / length_s)


def rubato(style: str, seed: int = 5) -> MadeRhythm:
    """A player who lingers and hurries, from bar to bar."""
    song = steady(style)
    rng = np.random.default_rng(seed)
    bars_s = song.downbeats_s
    speeds = np.exp(0.13 * rng.standard_normal(len(bars_s)))
    return played_at(song, f"rubato {style}", lambda t: np.interp(t, bars_s, speeds))


def breathing(style: str, percent: float = 0.25) -> MadeRhythm:
    """A good band without a click: its tempo wanders by a few thousandths."""
    song = steady(style)
    rng = np.random.default_rng(2)
    knots_s = np.arange(0, len(song.samples) / RATE + 30, 15.0)
    speeds = 1 + percent / 100 * rng.uniform(-1, 1, len(knots_s))
    return played_at(song, f"breathing {style}", lambda t: np.interp(t, knots_s, speeds), is_steady=True)


def tempo_change(first: str, second: str, second_bpm: float | None = None) -> MadeRhythm:
    """One song, and then another, in one recording."""
    a, b = steady(first), steady(second, second_bpm)
    n_frames = int((a.beats_s[-1] + (a.beats_s[-1] - a.beats_s[-2])) * RATE)
    return MadeRhythm(
        name=f"{first} {a.bpm:g}, then {second} {b.bpm:g}",
        samples=np.concatenate([a.samples[:n_frames], b.samples]),
        bpm=0.0,
        beats_s=np.concatenate([a.beats_s, b.beats_s + n_frames / RATE]),
        downbeats_s=np.concatenate([a.downbeats_s, b.downbeats_s + n_frames / RATE]),
        sections_s=np.concatenate([a.sections_s, b.sections_s + n_frames / RATE]),
        beats_per_bar=4,
        steady=False,
    )


def without_pulse(kind: str, seconds: float = 75.0) -> MadeRhythm:
    """``drone``, ``waves`` of noise, ``bells`` struck whenever, ``noise`` or ``silence``."""
    n_frames = int(seconds * RATE)
    t = np.arange(n_frames) / RATE
    rng = np.random.default_rng(len(kind))
    if kind == "silence":
        mono = np.zeros(n_frames)
    elif kind == "noise":
        mono = 0.1 * rng.standard_normal(n_frames)
    elif kind == "waves":
        swells = np.interp(t, np.sort(rng.uniform(0, seconds, 18)), rng.uniform(0.02, 1.0, 18))
        mono = 0.1 * swells * rng.standard_normal(n_frames)
    else:
        mono = np.zeros(n_frames)
        for note in (98.0, 146.8, 220.0, 233.1, 329.6):
            level = np.interp(t, np.linspace(0, seconds, 12), rng.uniform(0.0, 1.0, 12))
            mono += 0.06 * level * np.sin(2 * np.pi * note * (t + 0.002 * np.sin(2 * np.pi * 0.21 * t)))
        if kind == "bells":
            for at_s in np.sort(rng.uniform(0, seconds - 6, 60)):
                ring = np.arange(4 * RATE) / RATE
                bell = np.exp(-1.5 * ring) * np.sin(2 * np.pi * rng.choice([587.3, 659.3, 880.0, 1174.7]) * ring)
                mono[int(at_s * RATE) : int(at_s * RATE) + len(bell)] += 0.12 * rng.uniform(0.3, 1.0) * bell
    none = np.zeros(0)
    return MadeRhythm(
        name=kind,
        samples=np.stack([mono, mono], axis=1).astype(np.float32),
        bpm=0.0,
        beats_s=none,
        downbeats_s=none,
        sections_s=none,
        beats_per_bar=4,
        steady=False,
    )


def unsteady_songs() -> dict[str, Callable[[], MadeRhythm]]:
    """Return the makers of recordings on which no other should be laid, by name."""
    return {
        "drifting rock": lambda: drifting("rock"),
        "drifting house": lambda: drifting("house"),
        "drifting piano waltz": lambda: drifting("piano waltz"),
        "gently drifting synth pop": lambda: drifting("synth pop", 1.5),
        "ramping rock": lambda: ramping("rock", 0.9, 1.12),
        "ramping house": lambda: ramping("house", 1.03, 0.97),
        "ramping ballad": lambda: ramping("ballad", 0.95, 1.2),
        "rubato ballad": lambda: rubato("ballad"),
        "rubato piano waltz": lambda: rubato("piano waltz"),
        "rubato hip hop": lambda: rubato("hip hop"),
        "change rock": lambda: tempo_change("rock", "uneven tempo"),
        "change house": lambda: tempo_change("house", "house", 132.0),
        "change double": lambda: tempo_change("hip hop", "drum and bass"),
        **{kind: (lambda kind=kind: without_pulse(kind)) for kind in ("drone", "waves", "bells", "noise", "silence")},
    }
