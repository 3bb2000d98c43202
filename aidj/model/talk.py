"""How much is said, how personal it is, and where it stands: what a listener sets of the presenter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aidj.model.session import LinkKind

TalkLevel = Literal["silent", "rare", "normal", "chatty"]
"""How often something is said: never, a few times an hour, about once a set, every few songs."""

TALK_LEVELS: tuple[TalkLevel, ...] = ("silent", "rare", "normal", "chatty")

TALK_SHARES: Mapping[TalkLevel, tuple[float, float]] = {
    "silent": (0.0, 0.0),
    "rare": (0.005, 0.02),
    "normal": (0.015, 0.04),
    "chatty": (0.025, 0.07),
}
"""What part of a session of an hour or more is spoken, least and most, with songs of usual length."""

TalkPlacement = Literal["auto", "gap", "over"]
"""Where a link stands: the best of all places, only where no music sounds, or by preference over music."""

TALK_PLACEMENTS: tuple[TalkPlacement, ...] = ("auto", "gap", "over")

Manner = Literal["warm", "dry", "quick"]
"""How a presenter words things."""

MANNERS: tuple[Manner, ...] = ("warm", "dry", "quick")


TALK_LIMITS_DB: Mapping[str, tuple[float, float]] = {
    "duck_db": (-24.0, -6.0),
    "dip_db": (-12.0, 0.0),
    "voice_db": (-6.0, 6.0),
}
"""What the numbers of `TalkSettings` may be, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSettings:
    """What is said and where; the usual ones by default."""

    level: TalkLevel = "normal"
    kinds_off: frozenset[LinkKind] = frozenset()
    """Kinds of links that are never said."""
    personal: bool = True
    """Whether what the listener's history tells may be said."""
    disclose: bool = True
    """Whether the first link of a session says that the voice is synthetic."""
    placement: TalkPlacement = "auto"
    duck_db: float = -12.0
    """How far music is lowered under speech, -24 to -6."""
    dip_db: float = -6.0
    """How much further around 1.8 kHz, where consonants are; -12 to 0, and 0 is a flat duck."""
    voice_db: float = 0.0
    """The presenter's loudness relative to the songs', -6 to 6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """A language model that may word the links, at an endpoint that speaks the chat protocol of OpenAI."""

    url: str
    """Where its API begins, such as ``http://localhost:11434/v1``."""
    model: str
    key_env: str | None = None
    """The name of the environment variable that holds its key; None where it needs none."""
    timeout_s: float = 20.0
    """How long an answer may take, 1 to 600."""
    temperature: float = 0.7
    """How freely it words, 0 to 2."""
