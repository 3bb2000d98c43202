"""What both sides of a plan's document agree on: its version, what must be there, and which numbers make sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aidj.model import Item, Joined, LeftOut, Link, Plan, Set, Share, TrackRef, Transition

VERSION = 2
SCHEMA = f"aidj.plan/{VERSION}"
"""The first line of every plan says this; another number is another form."""

REQUIRED: Mapping[type, tuple[str, ...]] = {
    Plan: ("schema", "planned_at", "sets"),
    Set: ("entries",),
    Item: ("track",),
    Link: ("kind",),
    Transition: ("kind",),
    Joined: ("kind", "overlap_s"),
    Share: ("target", "pool", "songs"),
    LeftOut: ("reason", "tracks"),
}
"""The keys that no document can do without; all others have a default."""

WITH_LENGTH = ("crossfade", "beatmix", "gap")
"""The transitions that may be given a length in seconds."""
WITH_BARS = ("crossfade", "beatmix")
"""The transitions that may be given a length in bars instead."""
BEATMIX_BARS = (4, 8, 16)
"""How many bars a beatmix may last."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The range of a number, its ends included; no upper end where `high` is None."""

    low: float
    high: float | None = None
    unit: str = ""

    def check(self, value: float) -> str | None:
        """Say what is wrong with a value, or None."""
        if self.low <= value and (self.high is None or value <= self.high):
            return None
        if self.high is None:
            return "cannot be negative"
        return f"should lie between {self.low:g} and {self.high:g}{self.unit and ' '}{self.unit}"


_NOT_NEGATIVE = Limits(0)

LIMITS: Mapping[tuple[type, str], Limits] = {
    (Plan, "minutes"): _NOT_NEGATIVE,
    (Plan, "target_lufs"): Limits(-40, -8, "LUFS"),
    (TrackRef, "duration_s"): _NOT_NEGATIVE,
    (Item, "propensity"): Limits(0, 1),
    (Item, "plays_s"): _NOT_NEGATIVE,
    (Item, "pinned_s"): _NOT_NEGATIVE,
    (Item, "cut_s"): _NOT_NEGATIVE,
    (Item, "starts_s"): _NOT_NEGATIVE,
    (Transition, "length_s"): _NOT_NEGATIVE,
    (Transition, "bars"): Limits(0, 64, "bars"),
    (Link, "speech_s"): _NOT_NEGATIVE,
    (Link, "cut_s"): _NOT_NEGATIVE,
    (Link, "starts_s"): _NOT_NEGATIVE,
    (Share, "target"): Limits(0, 1),
    (Share, "pool"): _NOT_NEGATIVE,
    (Share, "songs"): _NOT_NEGATIVE,
    (LeftOut, "tracks"): _NOT_NEGATIVE,
}
"""The numbers that have limits, by the value and the field they belong to."""

FIRST_YEAR, LAST_YEAR = 1971, 9000
"""The years for which something can be planned: zones and the weeks around a day must exist, too."""

MOMENT = (
    r"^(19(7[1-9]|[89][0-9])|[2-8][0-9]{3}|9000)"
    r"-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
    r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)$"
)
"""How the moment of the session is written: an ISO date and time with a zone, in one of these years.

That the 29th of February is in a leap year, it leaves to the reader.
"""

CLOCK = r"^([0-9]+:[0-5][0-9]|[0-9]+):[0-5][0-9](\.[0-9]+)?$"
"""How a moment of the session may be written instead of its seconds: 9:05, 75:00 or 1:15:00."""


NO_ZERO = r"^[^\u0000]*$"
"""No file's name holds a zero character."""


def clock_s(text: str) -> float | None:
    """Return the seconds of a moment written as ``m:ss`` or ``h:mm:ss``; None if it is not."""
    if not re.fullmatch(CLOCK, text):
        return None
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
