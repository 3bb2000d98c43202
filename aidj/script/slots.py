"""What can stand in braces in a line: words made from facts, and only when they are true and sensible.

Each slot is one small function from facts to words, or to None where the facts do not carry them. Lines with a slot
that is None are not said. A slot never repeats an uncertain thing as a certain one: a year comes from the first
release, never from an edition; a date known to the month does not become "three days ago".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from aidj.model import PartialDate
from aidj.script.facts import Facts
from aidj.script.wording import duration_words, gap_words, month_words, number_words, session_words

Slot = Callable[[Facts], str | None]

_MIN_GAP_DAYS = 60
_MAX_AGE_DAYS = 365
_NO_GENRE = frozenset({"other", "unknown", "misc", "miscellaneous", "none", "genre", "various", "n/a"})


def _text(facts: Facts, name: str) -> str | None:
    value = facts.get(name)
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _number(facts: Facts, name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) else None


def _date(facts: Facts, name: str) -> PartialDate | None:
    return PartialDate.parse(_text(facts, name))


def _as_it_is(name: str) -> Slot:
    return lambda facts: _text(facts, name)


def _several(name: str) -> Slot:
    """Words for a number of at least two, so that what follows can always be a plural."""

    def slot(facts: Facts) -> str | None:
        number = _number(facts, name)
        return number_words(number) if number is not None and number >= 2 else None

    return slot


def _genre(facts: Facts) -> str | None:
    genre = _text(facts, "genre")
    if genre is None or genre.casefold() in _NO_GENRE or len(genre) > 30 or not any(c.isalpha() for c in genre):
        return None
    return genre


def _year(facts: Facts) -> str | None:
    first = _date(facts, "first_released")
    return str(first.year) if first else None


def _is_reissue(facts: Facts) -> bool:
    first, this = _date(facts, "first_released"), _date(facts, "released")
    return bool(first and this and first.year < this.year)


def _days_out(facts: Facts) -> int | None:
    released = _date(facts, "released")
    if _is_reissue(facts) or (released and released.precision != "day"):
        return None
    days = _number(facts, "new_days")
    return days if days is not None and days <= _MAX_AGE_DAYS else None


def _age(facts: Facts) -> str | None:
    days = _days_out(facts)
    return duration_words(days) if days else None


def _out(facts: Facts) -> str | None:
    days = _days_out(facts)
    if days is None:
        return None
    return {0: "today", 1: "yesterday"}.get(days) or f"{duration_words(days)} ago"


def _gap(facts: Facts) -> str | None:
    days = _number(facts, "days_silent")
    return gap_words(days) if days is not None and days >= _MIN_GAP_DAYS else None


def _since(facts: Facts) -> str | None:
    last, days = _date(facts, "last_heard"), _number(facts, "days_silent")
    if last is None or last.month is None or (days is not None and days < _MIN_GAP_DAYS):
        return None
    return f"since {month_words(last)}"


def _first_heard(facts: Facts) -> str | None:
    first = _date(facts, "first_heard")
    return month_words(first) if first and first.month else None


def _greeting(facts: Facts) -> str | None:
    daypart = _text(facts, "daypart")
    return {  # "Good night" would be a farewell
        "morning": "Good morning",
        "afternoon": "Good afternoon",
        "evening": "Good evening",
        "night": "Hello",
    }.get(daypart or "")


def _today(facts: Facts) -> str | None:
    daypart = _text(facts, "daypart")
    return {"night": "tonight"}.get(daypart or "") or (f"this {daypart}" if daypart else None)


def _length(facts: Facts) -> str | None:
    minutes = _number(facts, "minutes")
    return session_words(minutes) if minutes is not None and minutes >= 10 else None


SLOTS: Mapping[str, Slot] = MappingProxyType(
    {
        **{
            name: _as_it_is(name)
            for name in (
                "artist", "title", "album", "guests", "theme", "weekday", "presenter", "previous_artist",
                "previous_title", "previous_album", "next_artist", "next_title",
            )
        },
        **{name: _several(name) for name in ("listens", "days_heard", "songs", "songs_played", "artists_played")},
        "genre": _genre,
        "year": _year,
        "age": _age,
        "out": _out,
        "gap": _gap,
        "since": _since,
        "first_heard": _first_heard,
        "greeting": _greeting,
        "today": _today,
        "length": _length,
    }
)  # fmt: skip
"""Every slot. Texts come out as they are; ``listens``, ``days_heard``, ``songs``, ``songs_played``, ``artists_played``
are at least "two"; ``year`` is that of the first release; ``age`` "three weeks" and ``out`` "three weeks ago" (or
"today") count from an exact release date within a year; ``gap`` "more than a year" and ``since`` "since March 2023" say
how long a song has been silent; ``first_heard`` "May 2019"; ``greeting`` "Good morning"; ``today`` "this morning",
"tonight"; ``length`` "half an hour"."""
