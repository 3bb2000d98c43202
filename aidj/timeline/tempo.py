"""A song played faster or slower for a while: which moment of its file sounds when.

Conventions: seconds, counted from where the song begins to sound; a rate is seconds of the file for each second of the
session, so above 1 the song runs faster than it was recorded.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Rates in order: each holds from a moment of the session on, until the next; at first and at last the rate is 1.

    `starts_s` and `rates` have equal lengths; empty is the native tempo throughout.
    """

    starts_s: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()

    def file_s(self, session_s: float) -> float:
        """Return how much of the file has sounded after a time of the session."""
        file_s, at_s, rate = 0.0, 0.0, 1.0
        for start_s, next_rate in zip(self.starts_s, self.rates, strict=True):
            if session_s <= start_s:
                break
            file_s += (start_s - at_s) * rate
            at_s, rate = start_s, next_rate
        return file_s + (session_s - at_s) * rate

    def session_s(self, file_s: float) -> float:
        """Return when a moment of the file sounds: the inverse of `file_s`."""
        knots_s = [self.file_s(start_s) for start_s in self.starts_s]
        index = bisect_right(knots_s, file_s) - 1
        if index < 0:
            return file_s
        return self.starts_s[index] + (file_s - knots_s[index]) / self.rates[index]

    @property
    def ends_s(self) -> float:
        """When the native tempo is reached again."""
        return self.starts_s[-1] if self.starts_s else 0.0


NATIVE = TempoMap()
