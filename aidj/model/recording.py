"""What a recording is like: made by the analysis room from its samples.

Conventions: seconds count from the start of the file; confidences and energies go from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ending = Literal["cold", "fade", "sustained", "long_tail"]
"""How a recording ends: cut at body level, a mastered fade, a held sound, or a decay of more than 15 s."""

MarkerSource = Literal["sidecar", "tag", "lyrics", "detected"]
"""Where a marker comes from, the most trusted first."""


STEADY_CONFIDENCE = 0.6
"""From this `Rhythm.confidence` on another recording can be laid on the beats."""

POST_CONFIDENCE = 0.9
"""From this `Singing.confidence` on the first range is the post. Below, the post is unknown."""


@dataclass(frozen=True, slots=True)
class Key:
    """A musical key by its place on the Camelot wheel, where neighbours share all notes but one."""

    number: int
    """1 to 12, in fifths; C major and its relative, A minor, have 8."""
    minor: bool

    def __str__(self) -> str:
        return f"{self.number}{'A' if self.minor else 'B'}"

    def steps_to(self, other: Key) -> int:
        """Return the distance on the wheel, 0 to 7: steps around it, and one between major and minor."""
        around = abs(self.number - other.number)
        return min(around, 12 - around) + (self.minor != other.minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The pulse of a recording."""

    bpm: float
    """Beats per minute at the octave people tap, over the steadiest part; exact to a hundredth where it is steady."""
    beats_s: NDArray[np.float64] = field(compare=False)
    """Every beat, shape (n,), ascending."""
    beats_per_bar: int
    """3 or 4."""
    downbeats: NDArray[np.int32] = field(compare=False)
    """Which beats begin a bar: indices into `beats_s`, shape (m,), ascending."""
    phrases: NDArray[np.int32] = field(compare=False)
    """Which downbeats begin a phrase (a section, as a rule after 4 or 8 bars): indices into `beats_s`, ascending;
    empty where the structure does not show."""
    confidence: float
    """How sure it is that the beats lie on a steady grid that another recording can be laid on."""
    downbeat_confidence: float
    """How sure it is that bars have this metre and begin on these beats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonality:
    """The keys of a recording; each None where nothing tonal is heard."""

    key: Key | None
    """Of the whole."""
    confidence: float
    opening: Key | None
    """Of the first half minute or so."""
    opening_confidence: float
    closing: Key | None
    """Of the last half minute or so."""
    closing_confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Singing:
    """Where somebody sings."""

    ranges_s: NDArray[np.float64] = field(compare=False)
    """Start and end of each stretch, shape (n, 2), ascending, not overlapping; (0, 2) for instrumental music."""
    confidence: float
    """How sure it is that all singing lies within the ranges, and the first range begins with it."""
    source: MarkerSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a recording is like. Made by the analysis room from its samples."""

    version: int
    duration_s: float
    """Length of what can be decoded: frames / rate, exactly."""
    rate: int = 44100
    """Frames per second of the file."""
    loudness_lufs: float
    """Integrated loudness, BS.1770-4; -inf for silence."""
    loudness_range_lu: float = 0.0
    """Loudness range, EBU Tech 3342."""
    true_peak_dbtp: float
    cue_in_s: float
    """The first sound that matters."""
    cue_out_s: float
    """The end of the last sound that matters."""
    start_next_s: float
    """Where the ending has fallen far enough for the next song to begin."""
    ending: Ending
    fade_starts_s: float | None = None
    """Where a mastered fade begins; None where the recording has none."""
    intro_end_s: float | None = None
    """The post: the first singing, counted from the file's start; None where unknown."""
    marker_sources: Mapping[str, MarkerSource] = field(default_factory=dict)
    """Where each marker comes from, by its name without the unit, such as ``cue_in``."""
    leave_alone: bool = False
    """Whether it must never be stretched, filtered or mixed into: the listener's word, from a sidecar."""
    gain_db: float | None = None
    """The gain set by hand; None brings the recording to the session's target."""
    levels_lufs: NDArray[np.float32] = field(compare=False)
    """K-weighted level of each 100 ms of the file, shape (n,)."""
    peaks_dbtp: NDArray[np.float32] = field(compare=False)
    """True peak of each 100 ms, shape (n,)."""
    energy: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32), compare=False)
    """How driving it is, one value per second, 0 (calm) to 1, shape (n,)."""
    rhythm: Rhythm | None = None
    """None where no pulse is heard."""
    tonality: Tonality | None = None
    singing: Singing | None = None
    """None where nothing tells."""
