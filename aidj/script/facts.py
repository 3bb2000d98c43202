"""What a line can be made from: a closed list of facts, plain data that the planner puts into each link.

Plans are edited by hand, so facts are checked before anything is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from aidj.errors import ScriptError
from aidj.model import ROTATIONS, PartialDate
from aidj.script.documents import nearest

Facts = Mapping[str, object]
"""Names of `FACTS` with their values; every one may be missing."""

FactSource = Literal["library.tag", "history", "plan", "calendar"]
"""Who knows it: the tags of a file, the listener's history, the session itself, the clock."""


@dataclass(frozen=True, slots=True)
class FactKind:
    """What there is to know of a fact before its value is known."""

    type: type
    source: FactSource
    meaning: str
    personal: bool = False
    """Whether it tells something of the listener."""
    once: bool = False
    """Whether telling it again within a fortnight is a repetition. Names, titles and greetings are none."""


def _tag(meaning: str, kind: type = str, *, once: bool = True) -> FactKind:
    return FactKind(kind, "library.tag", meaning, once=once)


def _history(meaning: str, kind: type = int) -> FactKind:
    return FactKind(kind, "history", meaning, personal=True, once=True)


def _plan(meaning: str, kind: type = str, *, once: bool = False) -> FactKind:
    return FactKind(kind, "plan", meaning, once=once)


FACTS: Mapping[str, FactKind] = MappingProxyType(
    {
        # the song that follows
        "artist": _tag("who plays it", once=False),
        "title": _tag("what it is called", once=False),
        "album": _tag("the album that it is taken from"),
        "guests": _tag("who plays with them", once=False),
        "genre": _tag("its genre"),
        "composer": _tag("who wrote it"),
        "work": _tag("the work that it is a part of"),
        "movement": _tag("which part of the work it is"),
        "label": _tag("the label that brought it out"),
        "released": _tag("when this edition came out: YYYY, YYYY-MM or YYYY-MM-DD"),
        "first_released": _tag("when the recording first came out: YYYY, YYYY-MM or YYYY-MM-DD"),
        "new_days": _tag("days since its release", int),
        "anniversary": _tag("years since its first release, the day of which lies in this week", int),
        "turns": _tag("years since its first release, a round number reached this year", int),
        "rotation": _plan("the shelf that it comes from"),
        # what the listener's history says of it
        "listens": _history("how often it was heard"),
        "days_heard": _history("on how many days it was heard"),
        "days_silent": _history("days since it was last heard"),
        "last_heard": _history("when it was last heard: a date", str),
        "first_heard": _history("when it was first heard: a date", str),
        "artist_listens": _history("how often songs of its artist were heard"),
        "season": _history("when it was heard most: “summer 2016”, “winter 2018/19”", str),
        "heard_year": _history("the year in which it was heard most"),
        "year_artist": _history("whom the listener played most in that year", str),
        # its neighbours
        "previous_artist": _plan("who plays the song before"),
        "previous_title": _plan("what the song before is called"),
        "previous_album": _plan("the album of the song before", once=True),
        "next_artist": _plan("who plays the song after the one that follows"),
        "next_title": _plan("what the song after the one that follows is called"),
        "shared_label": _plan("the label of both this song and the one before", once=True),
        "shared_year": _plan("the year in which both this song and the one before first came out", int, once=True),
        # the set and the session
        "theme": _plan("what the set is about, in English words that can follow “here are”, or in the listener's own"),
        "theme_kind": _plan("what kind of theme it is; empty for one in words of the listener's own"),
        "theme_value": _plan("which one of its kind"),
        "theme_artist": _plan("the artist that the theme names"),
        "songs": _plan("how many songs the coming set has", int),
        "minutes": _plan("how long the whole session is", int),
        "songs_played": _plan("how many songs the session had", int),
        "artists_played": _plan("by how many artists they were", int),
        "presenter": _plan("the presenter's name"),
        "daypart": FactKind(str, "calendar", "morning, afternoon, evening or night"),
        "weekday": FactKind(str, "calendar", "Monday to Sunday"),
    }
)
"""Every fact there is."""

DAYPARTS = ("morning", "afternoon", "evening", "night")
"""What ``daypart`` can be."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""What ``weekday`` can be."""

SEASONS = ("winter", "spring", "summer", "autumn")
"""What the ``season`` can begin with."""

_ONE_OF: Mapping[str, tuple[str, ...]] = {"rotation": ROTATIONS, "daypart": DAYPARTS, "weekday": WEEKDAYS}
_DATES = ("released", "first_released", "last_heard", "first_heard")
_DATE_FORM = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SEASON_FORM = re.compile(r"(winter|spring|summer|autumn) (\d{4})(?:/(\d{4}|\d{2}))?")

_PERSONAL_ROTATIONS = ("forgotten_favourite", "current_favourite")
_PERSONAL_THEMES = ("comeback", "artist_year", "season", "new_this_week")
_PERSONAL_ROTATION_THEMES = (*_PERSONAL_ROTATIONS, "old_and_new", "old_and_discover", "favourites_and_discover")
_THEME = ("theme", "theme_kind", "theme_value", "theme_artist")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that is known."""

    name: str
    value: str | int
    source: FactSource
    personal: bool
    """Whether it tells something of the listener: a shelf of favourites does, a shelf of new releases does not."""


def facts_of(facts: Facts) -> tuple[Fact, ...]:
    """Return checked facts as records, in the order of `FACTS`.

    Raises
    ------
    ScriptError
        As `check_facts`.
    """
    check_facts(facts)
    kept = without_personal(facts)
    return tuple(
        Fact(name=name, value=value, source=kind.source, personal=name not in kept)
        for name, kind in FACTS.items()
        if isinstance(value := facts.get(name), str | int)
    )


def without_personal(facts: Facts) -> dict[str, object]:
    """Return the facts that tell nothing of the listener: no history, no favourites, no theme made of either."""
    left_out = {name for name, kind in FACTS.items() if kind.personal}
    if facts.get("rotation") in _PERSONAL_ROTATIONS:
        left_out.add("rotation")
    if facts.get("theme_kind") in _PERSONAL_THEMES or _is_about_favourites(facts):
        left_out.update(_THEME)
    return {name: value for name, value in facts.items() if name not in left_out}


def _is_about_favourites(facts: Facts) -> bool:
    shelf = str(facts.get("theme_value")).removesuffix("+others")
    return facts.get("theme_kind") == "rotation" and shelf in _PERSONAL_ROTATION_THEMES


def check_facts(facts: Facts) -> None:
    """Hold facts against `FACTS`.

    Raises
    ------
    ScriptError
        For an unknown name (with the nearest known one), a value of the wrong type, a date that is none, a rotation,
        daypart, weekday or season that does not exist, or a negative number.
    """
    for name, value in facts.items():
        kind = FACTS.get(name)
        if kind is None:
            like = nearest(str(name), FACTS)
            hint = f"did you mean “{like}”?" if like else f"known facts are {', '.join(FACTS)}"
            raise ScriptError("The fact is unknown", where=f"fact “{name}”", cause="a typing mistake", hint=hint)
        if not isinstance(value, kind.type) or isinstance(value, bool):
            raise _wrong_type(name, kind.type, value)
        if isinstance(value, int) and value < 0:
            raise ScriptError(f"A number of them cannot be negative, as {value} is", where=f"fact “{name}”")
        if isinstance(value, str):
            _check_text(name, value)


def season_of(value: str) -> tuple[str, int, int | None] | None:
    """Read a ``season``: its name, its year, and the year it ends in where that is the next one; None if it is none.

    A winter goes on into the next year even where it does not say so.
    """
    match = _SEASON_FORM.fullmatch(value)
    if not match:
        return None
    name, year = match[1], int(match[2])
    if match[3] and int(match[3]) not in (year + 1, (year + 1) % 100):
        return None
    return name, year, year + 1 if match[3] or name == "winter" else None


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
    if name == "season" and season_of(value) is None:
        raise ScriptError(
            f"“{value}” is no season", where="fact “season”", hint="write “summer 2016”, or “winter 2018/19”"
        )
    if name in _DATES:
        exact = PartialDate.parse(value) if _DATE_FORM.fullmatch(value) else None
        if exact is None or str(exact) != value:
            raise ScriptError(
                f"“{value}” is no date", where=f"fact “{name}”", hint="write YYYY, YYYY-MM or YYYY-MM-DD, in quotes"
            )
