"""What a song is before it sounds: players, sections and their patterns, as data.

A bar's pattern is a string whose characters divide the bar into equal steps; ``|`` divides bars, and the bars go round
until the section ends. What a character means depends on the player's role:

============ =====================================================================================================
``drums``    lanes divided by ``/``: ``kick x...x... / snare ....x...``; ``X`` accent, ``x`` plain, ``o`` soft
``chords``   ``x`` strike (``X`` accent, ``o`` soft, ``u`` strummed upwards), ``-`` hold, ``.`` silence
``bass``     ``1 3 5 6 7`` of the chord, ``8`` the octave, ``a`` a semitone below the next root, ``-``, ``.``
``arp``      ``0`` to ``9``: the chord's voices from the lowest up, going on in the next octave; ``-``, ``.``
``tune``     not steps but notes: ``5/1.5 6/.5 r/2 |``: scale degree (or ``r``), beats (one where left out)
``voice``    a tune, ``//``, then its words: ``lit-tle lamp / of mine``; ``~`` carries a syllable to the next note
============ =====================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aidj.model import Ending

Role = Literal["drums", "chords", "bass", "arp", "tune", "voice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One instrument of a song, where it stands, and how it is treated."""

    instrument: str
    """A name from `instruments.PATCHES`, `drums.KITS` or `voice_synth.SINGERS`, by role."""
    role: Role
    gain_db: float = 0.0
    pan: float = 0.0
    """-1 left to 1 right."""
    octave: int = 4
    """Where degree 1 of a tune lies; chords and arpeggios are voiced around it, the bass from its C up."""
    reverb: float = 0.2
    """Share sent to the room, 0 to 1."""
    delay: float = 0.0
    """Share sent to the echo, 0 to 1."""
    duck: float = 0.0
    """How far each kick presses it down, 0 to 1."""
    drive: float = 0.0
    """Distortion; 0 for none."""
    tremolo: float = 0.0
    """Depth of a slow left-right movement, 0 to 1."""
    strum_s: float = 0.0
    """Time between the strings of a strummed chord."""
    late_s: float = 0.0
    """How far it lies behind the beat."""
    human_s: float = 0.003
    """Spread of its timing."""
    gate: float = 0.95
    """How much of its written length a note sounds."""
    harmony: tuple[int, ...] = ()
    """Further voices, in scale steps above the tune."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of a song."""

    name: str
    chords: str
    """Bars divided by ``|``; two chords in a bar share it: ``Am | F G``."""
    parts: Mapping[str, str]
    """Player to pattern; who is not named is silent."""
    fill: str | None = None
    """Drum lanes for the last bar, in place of what the drums play."""
    gain_db: float = 0.0

    def bars(self) -> list[list[str]]:
        """Return the chord names of each bar."""
        return [bar.split() for bar in self.chords.split("|")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SongSpec:
    """A song's music, complete: `compose.compose_song` makes the same samples from the same spec."""

    slug: str
    seed: int
    bpm: float
    key: str
    players: Mapping[str, Player]
    sections: tuple[Section, ...]
    ending: Ending
    beats_per_bar: int = 4
    swing: float = 0.5
    """Where the off-beat of a pair lies: 0.5 straight, 0.667 triplets."""
    swing_unit_beats: float = 0.5
    lead_in_s: float = 0.1
    """Digital silence before the first beat."""
    lead_out_s: float = 0.3
    """Digital silence after the last sound."""
    fade_bars: int = 0
    """For a faded ending: its length."""
    tail_s: float = 0.0
    """For a long tail: how long the last bar rings, falling 2.2 dB a second."""
    loudness_lufs: float = -14.0
    room_s: float = 1.6
    """Reverberation time of the room, -60 dB."""
    echo_beats: float = 0.75
    tilt_db: float = 0.0
    """Treble against bass in the master."""
    glue: float = 0.5
    """How hard the master is compressed, 0 to 1."""
    vinyl: bool = False
    """Crackle from the first beat to the end."""

    @property
    def beat_s(self) -> float:
        """Length of a beat."""
        return 60.0 / self.bpm

    @property
    def n_bars(self) -> int:
        """Bars in the whole song."""
        return sum(len(section.bars()) for section in self.sections)
