"""What a listener asks of one session beyond a folder and a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aidj.model import Rotation, TalkSettings
from aidj.selection import HygieneRule, Query
from aidj.sequencing import Direction
from aidj.timeline import Handover

DIRECTIONS: tuple[Direction, ...] = ("up", "down", "steady")

Arc = tuple[tuple[float, Direction], ...]
"""Minutes, and where the energy goes in them, one after the other; empty leaves it to the songs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked of a session; the empty one is the usual session."""

    minutes: float | None = None
    """The length; None for the usual."""
    dials: Mapping[Rotation, float] = field(default_factory=dict)
    """Factors on the share of a rotation, 0 to 10; 1 where not named."""
    arc: Arc = ()
    """Its minutes add up to `minutes`."""
    query: Query | None = None
    """Which songs may come; None for all."""
    allow: frozenset[HygieneRule] = frozenset()
    """Rules that are switched off for this session."""
    handover: Handover = field(default_factory=Handover)
    """How songs hand over to each other."""
    leave_alone: Query | None = None
    """The songs into which nothing may be mixed."""
    talk: TalkSettings | None = None
    """What is said, and where; None for the usual, of which the plan then says nothing."""

    def __post_init__(self) -> None:
        """Fit length and arc together: an arc gives the length if none is asked, and is stretched to it otherwise."""
        total = sum(minutes for minutes, _ in self.arc)
        if not self.arc or total == self.minutes:
            return
        if self.minutes is None:
            object.__setattr__(self, "minutes", total)
        else:
            stretched = tuple((minutes * self.minutes / total, direction) for minutes, direction in self.arc)
            object.__setattr__(self, "arc", stretched)
