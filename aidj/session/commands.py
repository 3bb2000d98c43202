"""What a listener can ask of a live session, as values: made on any thread, carried out by the one that plans.

A command that makes no sense cannot be made: it raises TypeError or ValueError for whoever asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aidj.model import TALK_LEVELS, TalkLevel
from aidj.selection import Query
from aidj.session.arguments import check_choice, check_minutes, check_type, whole
from aidj.session.wishes import Wishes

Banned = Literal["artist", "recording"]
BANNED: tuple[Banned, ...] = ("artist", "recording")

StopAfter = Literal["song", "set", "now"]
STOP_AFTER: tuple[StopAfter, ...] = ("song", "set", "now")

LONGEST_BAN_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Skip:
    """Go on to the next song."""


@dataclass(frozen=True, slots=True)
class Previous:
    """Play this song again from its beginning or, right after that, the one before."""


@dataclass(frozen=True, slots=True)
class Like:
    """More of this."""

    track_id: str | None = None
    """Which song; None for the one that sounded when it was asked."""

    def __post_init__(self) -> None:
        check_type("track_id", self.track_id, str, or_none=True)


@dataclass(frozen=True, slots=True)
class Dislike:
    """Not for a while, and not now."""

    track_id: str | None = None

    def __post_init__(self) -> None:
        check_type("track_id", self.track_id, str, or_none=True)


@dataclass(frozen=True, slots=True)
class Ban:
    """Not any more, and not now."""

    what: Banned
    days: int | None
    """For how long, 1 to 36,500; None for always."""
    track_id: str | None = None

    def __post_init__(self) -> None:
        check_choice("what is banned", self.what, BANNED)
        if self.days is not None:
            object.__setattr__(self, "days", whole("days", self.days, 1, LONGEST_BAN_DAYS))
        check_type("track_id", self.track_id, str, or_none=True)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Something else."""


@dataclass(frozen=True, slots=True)
class Request:
    """Go on with what is asked for."""

    wishes: str | Query | Wishes
    """Words are read as requests are, see `aidj.asking`."""

    def __post_init__(self) -> None:
        check_type("a request", self.wishes, str, Query, Wishes)
        if isinstance(self.wishes, Wishes):
            check_minutes(self.wishes.minutes)


@dataclass(frozen=True, slots=True)
class Hush:
    """Say no more now."""


@dataclass(frozen=True, slots=True)
class SetTalkLevel:
    """Say more, less or nothing from now on."""

    level: TalkLevel

    def __post_init__(self) -> None:
        check_choice("the talk level", self.level, TALK_LEVELS)


@dataclass(frozen=True, slots=True)
class Stop:
    """End the session."""

    after: StopAfter

    def __post_init__(self) -> None:
        check_choice("where a session stops", self.after, STOP_AFTER)


Command = Skip | Previous | Like | Dislike | Ban | ChangeSet | Request | Hush | SetTalkLevel | Stop
