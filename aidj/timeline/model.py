"""A session as clips on a line: who sounds from which frame to which, and how loud.

Conventions: positions are integer frames at the timeline's one rate; gains are linear factors unless named ``_db``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.model import Joined, LinkKind, Rotation, Speech, Word

_FLOOR = 1e-4
"""-80 dB stands for silence where a ramp moves in decibels, which cannot reach zero."""

Shape = Literal["quarter_sine", "linear", "smooth_db"]
"""How a ramp moves: along a quarter sine of amplitude (equal power), a straight line (equal gain, for what is the same
on both sides), or a raised cosine of decibels."""


def frames_of(seconds: float, rate: int) -> int:
    """Return the frame that is nearest to a moment, or how many frames a stretch has."""
    return round(seconds * rate)


def on_frame(seconds: float, rate: int) -> float:
    """Return the moment of the nearest frame, in seconds."""
    return round(seconds * rate) / rate


@dataclass(frozen=True, slots=True)
class Ramp:
    """A change of gain between two frames of the timeline; before it the one gain holds, after it the other."""

    start_frames: int
    end_frames: int
    from_gain: float
    to_gain: float
    shape: Shape

    def constant(self, start_frames: int, n_frames: int) -> float | None:
        """Return the gain where it does not change within a stretch of the timeline, else None."""
        if start_frames >= self.end_frames:
            return self.to_gain
        if start_frames + n_frames <= self.start_frames:
            return self.from_gain
        return None

    def gains(self, start_frames: int, n_frames: int) -> NDArray[np.float32]:
        """Evaluate the ramp over a stretch of the timeline, shape (n_frames,)."""
        length = max(1, self.end_frames - self.start_frames)
        at = np.arange(start_frames, start_frames + n_frames)
        x = np.clip((at - self.end_frames) / length + 1.0, 0.0, 1.0)
        if self.shape == "quarter_sine":
            rising = self.to_gain >= self.from_gain
            low, high = min(self.from_gain, self.to_gain), max(self.from_gain, self.to_gain)
            gains = low + (high - low) * (np.sin(x * np.pi / 2) if rising else np.cos(x * np.pi / 2))
        elif self.shape == "linear":
            gains = self.from_gain + (self.to_gain - self.from_gain) * x
        else:
            a, b = np.log(max(self.from_gain, _FLOOR)), np.log(max(self.to_gain, _FLOOR))
            gains = np.exp(a + (b - a) * (1 - np.cos(x * np.pi)) / 2)
        # Exactly what `constant` says, where the two meet.
        gains[x <= 0.0] = self.from_gain
        gains[x >= 1.0] = self.to_gain
        return np.asarray(gains, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TempoStep:
    """From a frame of the timeline on, a source runs faster or slower, at its own pitch."""

    start_frames: int
    rate: float
    """Frames of the source for each frame of the timeline, 0.9 to 1.1; 1 is the native tempo."""


Filter = Literal["low_shelf", "peak", "high_shelf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A part of the spectrum with a gain of its own that moves over time; where it is 1 nothing is touched."""

    filter: Filter
    frequency_hz: float
    """The corner of a shelf, or the middle of a peak."""
    width_octaves: float = 1.0
    """Of a peak."""
    ramps: tuple[Ramp, ...]
    """Their gains multiply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One source sounding for a while."""

    source: Path | Speech
    """A sound file, or a speech."""
    then: tuple[Path, ...] = ()
    """Files that go on where the source ends, without a break: an album run, to the sample."""
    lane: Literal["music", "voice"]
    start_frames: int
    """Where it begins on the timeline."""
    n_frames: int
    source_start_frames: int = 0
    """Where it begins in its source, at the timeline's rate."""
    gain: float = 1.0
    ramps: tuple[Ramp, ...] = ()
    """Their gains multiply."""
    tempo: tuple[TempoStep, ...] = ()
    """In order; before the first the tempo is native. Empty for a source that is not stretched."""
    bands: tuple[Band, ...] = ()
    """Applied before the gain."""

    @property
    def end_frames(self) -> int:
        """The first frame after it."""
        return self.start_frames + self.n_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is heard from when to when, as a listener would say it: the source of everything beside the audio."""

    kind: Literal["song", "link"]
    start_s: float
    end_s: float
    title: str
    """The song's title; for a link, what a chapter list should call it."""
    artist: str = ""
    album: str | None = None
    isrc: str | None = None
    recording_mbid: str | None = None
    composer: str | None = None
    path: Path | None = None
    rotation: Rotation | None = None
    why: str = ""
    joined: Joined | None = None
    """How a song was begun after the one before it; None for the first, and after speech or silence alone."""
    link_kind: LinkKind | None = None
    text: str = ""
    """What is said, for a link."""
    words: tuple[Word, ...] = ()
    presenter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A whole session, ready to be mixed."""

    rate: int
    n_frames: int
    clips: tuple[Clip, ...]
    """In order of their start."""
    marks: tuple[Mark, ...] = ()
    """In the order of the session's entries: a link that is spoken over an opening stands before its song."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_frames / self.rate
