"""Lengths and moments of time in words, as people read them off a clock."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Return whole minutes and seconds, with hours where there are any: "3:07", "1:02:03". At least 0.

    What has not passed as a whole second does not count; who wants the nearest one rounds before.
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
