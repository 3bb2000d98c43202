"""What a listener can ask of a live session, as values: made on any thread, carried out by the one that plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aidj.model import TalkLevel
from aidj.selection import Query
from aidj.session.wishes import Wishes

Banned = Literal["artist", "recording"]
BANNED: tuple[Banned, ...] = ("artist", "recording")

StopAfter = Literal["song", "set", "now"]
STOP_AFTER: tuple[StopAfter, ...] = ("song", "set", "now")


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


@dataclass(frozen=True, slots=True)
class Dislike:
    """Not for a while, and not now."""

    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class Ban:
    """Not any more, and not now."""

    what: Banned
    days: int | None
    """For how long; None for always."""
    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Something else."""


@dataclass(frozen=True, slots=True)
class Request:
    """Go on with what is asked for."""

    wishes: str | Query | Wishes
    """Words are read as requests are, see `aidj.asking`."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Say no more now."""


@dataclass(frozen=True, slots=True)
class SetTalkLevel:
    """Say more, less or nothing from now on."""

    level: TalkLevel


@dataclass(frozen=True, slots=True)
class Stop:
    """End the session."""

    after: StopAfter


Command = Skip | Previous | Like | Dislike | Ban | ChangeSet | Request | Hush | SetTalkLevel | Stop
