"""What happens in a live session, each with the frame at which it becomes audible.

Frames count what was read from the session, pauses included: a player that has sounded so many frames shows what has
happened up to there, and is never ahead of the sound.
"""

from __future__ import annotations

from dataclasses import dataclass

from aidj.model import Item, Link, Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens at a frame."""

    frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackStarted(Event):
    """A song begins."""

    item: Item
    """Its place in the plan: why it was chosen, and in which rotation."""
    track: Track
    plays_s: float
    """How long it will be heard, as it is planned now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStarted(Event):
    """The presenter begins to speak."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Event):
    """A word of a link is spoken."""

    text: str
    start_char: int
    """Offset into the text of the link."""
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChanged(Event):
    """A set begins."""

    theme: str
    """In words, as they follow "here are"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(Event):
    """Other songs come next than before."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Event):
    """A song was left before its end."""

    item: Item
    after_s: float
    """How much of it was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """The sound stops where it is. Frames go on being counted; nothing else happens until `Resumed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The sound goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """What was asked for in words has been understood, or not."""

    asked: str
    text: str
    """What was understood, and what could not be done, in words for the listener."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Underrun(Event):
    """Nothing was ready to be played: silence.

    Told when it is over, when something else happens, or after a second; if it goes on then, another one follows.
    """

    frames: int
    """How long it was, from `frame` on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Event):
    """Something could not be done; the session goes on without it."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The last thing that happens."""

    reason: str
