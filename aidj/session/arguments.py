"""Checks of what a program passes to a session: a mistake is told where it is made, not where it is heard."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from pathlib import Path

from aidj.session.planning import MAX_MINUTES


def check_type(name: str, value: object, *kinds: type, or_none: bool = False) -> None:
    """Raise TypeError unless a value is of one of these types, or None where that will do."""
    if isinstance(value, kinds) or (or_none and value is None):
        return
    allowed = [kind.__name__ for kind in kinds] + ["None"] * or_none
    raise TypeError(f"{name} is {' or '.join(allowed)}, not {type(value).__name__}")


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise ValueError unless a value is one of these words."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} is one of {', '.join(choices)}, not {value!r}")


def check_paths(name: str, value: object) -> None:
    """Raise TypeError unless a value is several paths; a single one is none."""
    if not isinstance(value, list | tuple) or not all(isinstance(path, Path) for path in value):
        raise TypeError(f"{name} is a list of pathlib.Path, not {value!r}")


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return a whole number within a range, numpy's too. Raises TypeError or ValueError where it is none."""
    if not isinstance(value, Integral):
        raise TypeError(f"{name} is a whole number from {low} to {high}, not {value!r}")
    if not low <= int(value) <= high:
        raise ValueError(f"{name} is from {low} to {high}, not {value}")
    return int(value)


def number(name: str, value: object) -> float:
    """Return a number, numpy's too. Raises TypeError where it is none."""
    if not isinstance(value, Real):
        raise TypeError(f"{name} is a number, not {value!r}")
    return float(value)


def check_minutes(value: object) -> None:
    """Raise TypeError or ValueError unless a value is None, or a length that a session can have."""
    if value is not None and not 0 < number("minutes", value) <= MAX_MINUTES:
        raise ValueError(f"minutes is more than 0 and at most {MAX_MINUTES:g}, not {value}")
