"""What could be played, from which rotation, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aidj.model.music import Track

Rotation = Literal["new_release", "forgotten_favourite", "current_favourite", "deep_cut", "request"]
"""The shelf a pick comes from."""


ROTATIONS: tuple[Rotation, ...] = (
    "new_release",
    "forgotten_favourite",
    "current_favourite",
    "deep_cut",
    "request",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A track that could be played now, from which shelf, and why. Made by selection."""

    track: Track
    rotation: Rotation
    score: float
    """Comparable within one rotation only; higher is better."""
    terms: Mapping[str, float | int | str]
    """What the score and the sentence are made of: ``listens``, ``days_heard``, ``days_silent``, …"""
    why: str
    """The same in words."""
    propensity: float = 1.0
    """How likely the noise was to put it where it stands in its rotation, given those before it, 0 to 1."""
    together: tuple[Track, ...] = ()
    """The tracks that play as one, in order, this one among them: a work's movements, songs that run into each other,
    an album; empty for a song on its own."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What is played: the tracks that belong together, or the one."""
        return self.together or (self.track,)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Tracks that could not be chosen, and for which one reason."""

    reason: str
    tracks: int
    example: str = ""
    """One of them, as "artist – title"."""
