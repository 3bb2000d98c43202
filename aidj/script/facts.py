"""What a line can be made from: a closed list of facts, plain data that the planner puts into each link.

Plans are edited by hand, so facts are checked before anything is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from aidj.errors import ScriptError
from aidj.model import ROTATIONS, PartialDate
from aidj.script.documents import nearest

Facts = Mapping[str, object]
"""Names of `FACTS` with their values; every one may be missing."""

FACTS: Mapping[str, type] = MappingProxyType(
    {
        # the song this link is about
        "artist": str,
        "title": str,
        "album": str,
        "guests": str,
        "genre": str,
        "released": str,
        "first_released": str,
        "new_days": int,
        "rotation": str,
        # what the listener's history says of it
        "listens": int,
        "days_heard": int,
        "days_silent": int,
        "last_heard": str,
        "first_heard": str,
        # its neighbours
        "previous_artist": str,
        "previous_title": str,
        "previous_album": str,
        "next_artist": str,
        "next_title": str,
        # the set and the session
        "theme": str,
        "songs": int,
        "minutes": int,
        "daypart": str,
        "weekday": str,
        "presenter": str,
        "songs_played": int,
        "artists_played": int,
    }
)
"""Every fact and its type. ``new_days`` are days since the release; ``released``, ``first_released`` are dates as exact
as they are known; ``theme`` is the set's theme in words; ``songs`` are those of the coming set; ``minutes`` the length
of the whole session."""

DAYPARTS = ("morning", "afternoon", "evening", "night")
"""What ``daypart`` can be."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""What ``weekday`` can be."""

_ONE_OF: Mapping[str, tuple[str, ...]] = {"rotation": ROTATIONS, "daypart": DAYPARTS, "weekday": WEEKDAYS}
_DATES = ("released", "first_released", "last_heard", "first_heard")
_DATE_FORM = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def check_facts(facts: Facts) -> None:
    """Hold facts against `FACTS`.

    Raises
    ------
    ScriptError
        For an unknown name (with the nearest known one), a value of the wrong type, a date that is none, a rotation,
        daypart or weekday that does not exist, or a negative number.
    """
    for name, value in facts.items():
        kind = FACTS.get(name)
        if kind is None:
            like = nearest(str(name), FACTS)
            hint = f"did you mean “{like}”?" if like else f"known facts are {', '.join(FACTS)}"
            raise ScriptError("The fact is unknown", where=f"fact “{name}”", cause="a typing mistake", hint=hint)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _wrong_type(name, kind, value)
        if isinstance(value, int) and value < 0:
            raise ScriptError(f"A number of them cannot be negative, as {value} is", where=f"fact “{name}”")
        if isinstance(value, str):
            _check_text(name, value)


def _wrong_type(name: str, kind: type, value: object) -> ScriptError:
    wanted = "a text" if kind is str else "a whole number"
    quoted = kind is str and isinstance(value, int | float | date | datetime)
    return ScriptError(
        f"It must be {wanted}, not {value!r}",
        where=f"fact “{name}”",
        cause="in YAML a date or a number is a text only in quotes" if quoted else None,
        hint=f'write {name}: "{value}"' if quoted else f"write {name}: {'…' if kind is str else 12}",
    )


def _check_text(name: str, value: str) -> None:
    allowed = _ONE_OF.get(name)
    if allowed and value not in allowed:
        like = nearest(value, allowed)
        hint = f"did you mean “{like}”?" if like else f"it can be {', '.join(allowed)}"
        raise ScriptError(f"There is no {name} “{value}”", where=f"fact “{name}”", hint=hint)
    if name in _DATES:
        exact = PartialDate.parse(value) if _DATE_FORM.fullmatch(value) else None
        if exact is None or str(exact) != value:
            raise ScriptError(
                f"“{value}” is no date", where=f"fact “{name}”", hint="write YYYY, YYYY-MM or YYYY-MM-DD, in quotes"
            )
