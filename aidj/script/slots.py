"""What can stand in braces in a line, and when: only what the facts carry, and what is sensible to say.

Each slot is one small function from facts to a meaning, or to None where the facts do not carry it; `Words` has the
words of a language for that meaning. Lines with a slot that is None are not said. A slot never repeats an uncertain
thing as a certain one: a year comes from the first release, never from an edition; a date known to the month does not
become "three days ago".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aidj.model import PartialDate
from aidj.names import match_key
from aidj.script.facts import DAYPARTS, WEEKDAYS, Facts, season_of
from aidj.script.spans import Phrase, age_span, gap_span, length_span


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week."""

    number: int
    """0 is Monday."""


Meaning = str | int | Phrase | PartialDate | Weekday | None
"""A text that is said as it stands, a number, a phrase, a month, a weekday; None is not said."""


@dataclass(frozen=True, slots=True)
class SlotKind:
    """What a slot means."""

    meaning: Callable[[Facts], Meaning]
    tells: str
    """The fact that has been told where this slot was said."""
    is_name: bool = False
    """Whether it is said as somebody wrote it, wherever it stands."""
    has_forms: bool = False
    """Whether a language may have several forms for its words."""
    is_count: bool = False
    """Whether it is a number of things."""


_MIN_GAP_DAYS = 60
_MAX_AGE_DAYS = 365
_MIN_MINUTES = 10
_NO_GENRE = frozenset({"other", "unknown", "misc", "miscellaneous", "none", "genre", "various", "n/a"})

_NO_ALBUM = frozenset(
    {"single", "singles", "album", "unknown", "unknown album", "no album", "none", "n/a", "misc", "other", "various"}
    | {"[unknown]", "<unknown>", "(single)", "youtube", "soundcloud", "bandcamp", "downloads"}
)
_SINGLE = re.compile(r"\s[-–]\s*single$|[(\[]single[)\]]$", re.IGNORECASE)


def _text(facts: Facts, name: str) -> str | None:
    value = facts.get(name)
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _number(facts: Facts, name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) else None


def _date(facts: Facts, name: str) -> PartialDate | None:
    return PartialDate.parse(_text(facts, name))


def _name(fact: str) -> SlotKind:
    return SlotKind(lambda facts: _text(facts, fact), fact, is_name=True)


def _count(fact: str) -> SlotKind:
    def meaning(facts: Facts) -> Meaning:
        number = _number(facts, fact)
        return number if number is not None and number >= 1 else None

    return SlotKind(meaning, fact, is_count=True)


def _year_of(fact: str) -> SlotKind:
    def meaning(facts: Facts) -> Meaning:
        year = _number(facts, fact)
        return str(year) if year is not None and 1000 <= year <= 9999 else None

    return SlotKind(meaning, fact)


def _genre(facts: Facts) -> Meaning:
    genre = _text(facts, "genre")
    if genre is None or genre.casefold() in _NO_GENRE or len(genre) > 30 or not any(c.isalpha() for c in genre):
        return None
    return genre


def _album(fact: str, *own_names: str) -> SlotKind:
    """Return the slot of an album; one that is called like its song or its artist is not worth a word."""

    def meaning(facts: Facts) -> Meaning:
        album = _text(facts, fact)
        if album is None or album.casefold() in _NO_ALBUM or _SINGLE.search(album):
            return None
        names = {match_key(name) for own in own_names if (name := _text(facts, own))}
        return None if match_key(album) in names else album

    return SlotKind(meaning, fact, is_name=True)


def _year(facts: Facts) -> Meaning:
    first = _date(facts, "first_released")
    return str(first.year) if first else None


def _anniversary(facts: Facts) -> Meaning:
    first, years = _date(facts, "first_released"), _number(facts, "anniversary")
    return years if years and (first is None or first.precision == "day") else None


def _turns(facts: Facts) -> Meaning:
    years = _number(facts, "turns")
    return years if years and years >= 10 and years % 5 == 0 else None


def _is_reissue(facts: Facts) -> bool:
    first, this = _date(facts, "first_released"), _date(facts, "released")
    return bool(first and this and first.year < this.year)


def _days_out(facts: Facts) -> int | None:
    released = _date(facts, "released")
    if _is_reissue(facts) or (released and released.precision != "day"):
        return None
    days = _number(facts, "new_days")
    return days if days is not None and days <= _MAX_AGE_DAYS else None


def _age(facts: Facts) -> Meaning:
    days = _days_out(facts)
    return age_span(days) if days else None


def _out(facts: Facts) -> Meaning:
    days = _days_out(facts)
    if days is None:
        return None
    return {0: Phrase("out_today"), 1: Phrase("out_yesterday")}.get(days) or Phrase("ago", {"span": age_span(days)})


def _gap(facts: Facts) -> Meaning:
    days = _number(facts, "days_silent")
    return gap_span(days) if days is not None and days >= _MIN_GAP_DAYS else None


def _since(facts: Facts) -> Meaning:
    last, days = _date(facts, "last_heard"), _number(facts, "days_silent")
    if last is None or last.month is None or (days is not None and days < _MIN_GAP_DAYS):
        return None
    return Phrase("since", {"month": last})


def _first_heard(facts: Facts) -> Meaning:
    first = _date(facts, "first_heard")
    return first if first and first.month else None


def _season(value: str | None) -> Phrase | None:
    found = season_of(value) if value else None
    if found is None:
        return None
    name, year, until = found
    years: object = Phrase("years", {"year": str(year), "year2": str(until)}) if until else str(year)
    return Phrase(f"seasons.{name}", {"years": years})


def _part_of_day(key: str) -> Callable[[Facts], Meaning]:
    def meaning(facts: Facts) -> Meaning:
        daypart = _text(facts, "daypart")
        return Phrase(f"{key}.{daypart}") if daypart in DAYPARTS else None

    return meaning


def _weekday(facts: Facts) -> Meaning:
    day = _text(facts, "weekday")
    return Weekday(WEEKDAYS.index(day)) if day in WEEKDAYS else None


def _length(facts: Facts) -> Meaning:
    minutes = _number(facts, "minutes")
    return length_span(minutes) if minutes is not None and minutes >= _MIN_MINUTES else None


_CHOSEN_THEMES: Mapping[str, tuple[str, ...]] = {
    "energy": ("calm", "lively"),
    "pace": ("walking", "dancing"),
    "rotation": (
        *("new_release", "forgotten_favourite", "current_favourite", "deep_cut", "request"),
        *("new_release+others", "forgotten_favourite+others", "current_favourite+others", "deep_cut+others"),
        *("request+others", "old_and_new", "own_shelves", "discover", "old_and_discover", "favourites_and_discover"),
    ),
}
"""Kinds of themes of which there are only so many; each has words of its own."""

THEME_KEYS = (
    *("decade", "genre", "mood", "season", "comeback", "new_this_week", "artist_year"),
    *(f"{kind}.{value}" for kind, values in _CHOSEN_THEMES.items() for value in values),
)
"""Every theme that a language has words for."""


def _theme(facts: Facts) -> Meaning:
    if _text(facts, "theme") is None:
        return None
    kind, value = _text(facts, "theme_kind"), _text(facts, "theme_value")
    if kind is None:
        return _text(facts, "theme")
    if kind in ("comeback", "new_this_week"):
        return Phrase(f"themes.{kind}")
    if value is None:
        return None
    if kind in _CHOSEN_THEMES:
        return Phrase(f"themes.{kind}.{value}") if value in _CHOSEN_THEMES[kind] else None
    if kind == "season":
        season = _season(value)
        return Phrase("themes.season", {"season": season}) if season else None
    if kind == "artist_year":
        artist = _text(facts, "theme_artist")
        return Phrase("themes.artist_year", {"year": value, "artist": artist}) if artist else None
    return Phrase(f"themes.{kind}", {kind: value}) if kind in ("decade", "genre", "mood") else None


SLOTS: Mapping[str, SlotKind] = MappingProxyType(
    {
        **{
            name: _name(name)
            for name in (
                "artist", "title", "guests", "composer", "work", "movement", "label", "presenter",
                "previous_artist", "previous_title", "next_artist", "next_title", "shared_label",
            )
        },
        "album": _album("album", "artist", "title"),
        "previous_album": _album("previous_album", "previous_artist", "previous_title"),
        "season_artist": _name("year_artist"),
        **{
            name: _count(name)
            for name in ("listens", "days_heard", "songs", "songs_played", "artists_played", "artist_listens")
        },
        "anniversary": SlotKind(_anniversary, "anniversary", is_count=True),
        "turns": SlotKind(_turns, "turns", is_count=True),
        "genre": SlotKind(_genre, "genre"),
        "year": SlotKind(_year, "first_released"),
        "heard_year": _year_of("heard_year"),
        "shared_year": _year_of("shared_year"),
        "gap": SlotKind(_gap, "days_silent", has_forms=True),
        "age": SlotKind(_age, "new_days", has_forms=True),
        "out": SlotKind(_out, "new_days", has_forms=True),
        "since": SlotKind(_since, "last_heard", has_forms=True),
        "first_heard": SlotKind(_first_heard, "first_heard", has_forms=True),
        "season": SlotKind(lambda facts: _season(_text(facts, "season")), "season", has_forms=True),
        "greeting": SlotKind(_part_of_day("greetings"), "daypart", has_forms=True),
        "today": SlotKind(_part_of_day("today"), "daypart", has_forms=True),
        "weekday": SlotKind(_weekday, "weekday"),
        "length": SlotKind(_length, "minutes", has_forms=True),
        "theme": SlotKind(_theme, "theme", has_forms=True),
    }
)  # fmt: skip
"""Every slot. Numbers said alone are at least "two"; ``year`` is that of the first release; ``age`` "three weeks" and
``out`` "three weeks ago" (or "today") count from an exact release date within a year; ``gap`` "more than a year" and
``since`` "since March 2023" say how long a song has been silent; ``season`` "the summer of 2016" when it was heard
most; ``length`` "half an hour"."""
