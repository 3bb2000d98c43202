"""What a request comes to, and what energy can say of an occasion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aidj.asking.wishes import Left, Wish
from aidj.model import Rotation
from aidj.selection import Query
from aidj.sequencing import Direction

MAX_CHARS = 300
"""No more of a request is read."""
USUAL_MINUTES = 30.0
"""What "shorter" starts from, where no length was asked for."""

Span = tuple[float, float]
Shape = tuple[tuple[float, Direction], ...]

TEMPOS: Mapping[str, Span] = {"slow": (20.0, 90.0), "medium": (90.0, 130.0), "fast": (130.0, 400.0)}
"""In beats per minute; as `aidj.selection.MOODS` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What an occasion asks of the music."""

    energy: Span
    shape: Shape = ()
    """Where the energy goes, each part as a share of the session."""


ACTIVITIES: Mapping[str, Activity] = {
    "run": Activity(energy=(0.45, 1.0), shape=((0.2, "up"), (0.6, "steady"), (0.2, "down"))),
    "workout": Activity(energy=(0.55, 1.0), shape=((0.2, "up"), (0.65, "steady"), (0.15, "down"))),
    "party": Activity(energy=(0.5, 1.0), shape=((0.4, "up"), (0.6, "steady"))),
    "walk": Activity(energy=(0.3, 0.8)),
    "focus": Activity(energy=(0.0, 0.55), shape=((1.0, "steady"),)),
    "dinner": Activity(energy=(0.0, 0.55)),
    "sleep": Activity(energy=(0.0, 0.35), shape=((1.0, "down"),)),
}
"""Ours; only what energy can honestly say of an occasion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a request means, and what of it could not be understood."""

    texts: tuple[str, ...]
    """The request and its follow-ups, as they were written."""
    language: str
    """In whose words it was read."""
    query: Query
    shape: Shape = ()
    """Where the energy goes, each part as a share of the session."""
    dials: Mapping[Rotation, float] = field(default_factory=dict)
    readings: tuple[Wish, ...] = ()
    """What each phrase was taken for."""
    left: tuple[Left, ...] = ()
    """What was not understood, or cannot be done."""
    notes: tuple[str, ...] = ()
    """What is doubtful, a sentence each, without its full stop."""
    step: tuple[str, int] | None = None
    """The last turn that was asked for, such as ("tempo", 1): what a mere "more" means."""

    @property
    def arc(self) -> tuple[tuple[float, Direction], ...]:
        """Return where the energy goes, in minutes."""
        minutes = self.query.minutes or USUAL_MINUTES
        return tuple((round(minutes * share, 2), direction) for share, direction in self.shape)

    @property
    def unknown(self) -> tuple[Left, ...]:
        """Return the words of the last text that nobody understood, apart from what only cannot be done."""
        return tuple(left for left in self.left if not left.understood)

    @property
    def nothing(self) -> bool:
        """Return whether nothing at all was understood."""
        return not self.readings
