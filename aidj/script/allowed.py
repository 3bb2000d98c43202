"""What facts allow to be said: which names, phrases, numbers and dates, and of which song."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aidj.model import PartialDate
from aidj.script.facts import SEASONS, Facts
from aidj.script.slots import SLOTS
from aidj.script.words import Words

ARTISTS = ("artist", "previous_artist", "next_artist")
TITLES = ("title", "previous_title", "next_title", "work", "movement")
BELONGINGS = ("album", "previous_album", "guests", "composer", "label")
"""What belongs to a song beside its artist and its title."""
OF_THE_LISTENER = ("gap", "since", "first_heard", "season", "heard_year")
"""Times at which something was heard, not made."""

_OWN_WORDS = ("genre", "theme")
_PHRASES = (
    *("gap", "age", "out", "since", "first_heard", "season", "greeting", "today", "weekday", "length"),
    *_OWN_WORDS,
)
_SONG_OF = {
    **dict.fromkeys(("artist", "title", "album", "guests", "composer", "work", "movement", "label"), ("this",)),
    **dict.fromkeys(("previous_artist", "previous_title", "previous_album"), ("previous",)),
    **dict.fromkeys(("next_artist", "next_title"), ("next",)),
    "shared_label": ("this", "previous"),
}
_YEAR_DAYS, _MONTH_DAYS = 365.25, 30.44
_APOSTROPHES = str.maketrans({"'": "’", "‘": "’", "ʼ": "’", "´": "’", "`": "’", "\u00a0": " ", "\u202f": " "})


def tidy(text: str) -> str:
    """Return a text with one kind of apostrophe and of space, so that two spellings of it are equal."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


@dataclass(frozen=True, slots=True)
class Dates:
    """Points in time that facts hold, by what happened then."""

    released: tuple[PartialDate, ...]
    heard: tuple[PartialDate, ...]


class Allowed:
    """Everything that some facts allow in a language."""

    def __init__(self, facts: Facts, words: Words) -> None:
        self._facts = facts
        self.names: Mapping[str, frozenset[str]] = _by_text(_names(facts, words))
        """Names and titles with the slots that they fill."""
        self.phrases: Mapping[str, frozenset[str]] = _by_text(_phrases(facts, words))
        """Other words of slots, such as spans of time, with the slots that they fill."""
        self.dates = _dates(facts)
        self.decades = _decades(facts, self.dates)
        """First years of decades."""

    def has(self, *slots: str) -> bool:
        """Whether there is something to fill any of these slots."""
        return any(SLOTS[slot].meaning(self._facts) is not None for slot in slots)

    def counts(self, unit: str | None) -> frozenset[int]:
        """Return the numbers of a unit that facts hold; for None of any."""
        names = _COUNTS.get(unit, ()) if unit else tuple(name for group in _COUNTS.values() for name in group)
        return frozenset(value for name in names if isinstance(value := self._facts.get(name), int))

    def spans(self, unit: str) -> list[float]:
        """Return how long something took or takes, in a unit of time."""
        days = [float(value) for name in ("days_silent", "new_days") if isinstance(value := self._facts.get(name), int)]
        minutes = self._facts.get("minutes")
        length = [float(minutes)] if isinstance(minutes, int) else []
        per = {"days": 1.0, "weeks": 7.0, "months": _MONTH_DAYS, "years": _YEAR_DAYS}
        if unit in per:
            return [value / per[unit] for value in days]
        return [value / (60.0 if unit == "hours" else 1.0) for value in length if unit in ("minutes", "hours")]

    def years(self, *, released: bool = True, heard: bool = True) -> frozenset[int]:
        """Return the years that may be named, as those of a release, or of listening."""
        years = {date.year for date in (*self.dates.released * released, *self.dates.heard * heard)}
        if released and isinstance(shared := self._facts.get("shared_year"), int):
            years.add(shared)
        if heard:
            years |= set(_heard_years(self._facts))
        return frozenset(years)

    def is_season(self, name: str) -> bool:
        """Whether facts speak of this season."""
        told = [self._facts.get("season"), self._facts.get("theme_value") if self._theme("season") else None]
        return any(isinstance(value, str) and value.split(" ")[0] == name for value in told)

    def _theme(self, kind: str) -> bool:
        return self._facts.get("theme_kind") == kind

    def songs(self, slots: frozenset[str]) -> frozenset[str]:
        """Return which songs a name belongs to: ``this``, ``previous``, ``next``."""
        return frozenset(song for slot in slots for song in _SONG_OF.get(slot, ()))


_COUNTS: Mapping[str, tuple[str, ...]] = {
    "plays": ("listens", "artist_listens"),
    "days": ("days_heard", "days_silent", "new_days"),
    "songs": ("songs", "songs_played"),
    "artists": ("artists_played",),
    "years": ("anniversary", "turns"),
    "minutes": ("minutes",),
}


def _by_text(pairs: Iterator[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for text, slot in pairs:
        if text := tidy(text):
            found[text].add(slot)
    return {text: frozenset(slots) for text, slots in found.items()}


def _names(facts: Facts, words: Words) -> Iterator[tuple[str, str]]:
    for slot, kind in SLOTS.items():
        if not kind.is_name or not isinstance(name := kind.meaning(facts), str):
            continue
        yield name, slot
        yield name.rstrip("."), slot  # a line drops one of two full stops
        if slot in (*ARTISTS, "guests") and " & " in name:
            yield name.replace(" & ", f" {words.conjunction} "), slot
        if slot == "guests":
            yield from ((part, slot) for part in name.split(" & "))
    if isinstance(named := facts.get("theme_artist"), str):
        yield named, "season_artist"


def _phrases(facts: Facts, words: Words) -> Iterator[tuple[str, str]]:
    for slot in _PHRASES:
        for form in ("", *words.forms):
            if said := words.say(slot, form, facts):
                yield said, slot
    if isinstance(theme := facts.get("theme"), str) and not facts.get("theme_kind"):
        yield theme, "theme"


def _dates(facts: Facts) -> Dates:
    def date(name: str) -> PartialDate | None:
        value = facts.get(name)
        return PartialDate.parse(value) if isinstance(value, str) else None

    first, this = date("first_released"), date("released")
    is_reissue = first is not None and this is not None and first.year < this.year
    made = (first, None if is_reissue else this)
    # Without a first release the edition's date may be that of a reissue: only a new one's is sure.
    if first is None and not isinstance(facts.get("new_days"), int):
        made = (None, None)
    heard = (date("last_heard"), date("first_heard"))
    return Dates(tuple(filter(None, made)), tuple(filter(None, heard)))


def _heard_years(facts: Facts) -> Iterator[int]:
    texts = [facts.get("season")]
    if facts.get("theme_kind") in ("season", "artist_year"):
        texts.append(facts.get("theme_value"))
    if isinstance(year := facts.get("heard_year"), int):
        yield year
    for text in texts:
        if isinstance(text, str):
            years = text.removeprefix(next((s for s in SEASONS if text.startswith(s)), "")).strip()
            yield from (int(part) for part in years.split("/") if part.isdecimal() and len(part) == 4)


def _decades(facts: Facts, dates: Dates) -> frozenset[int]:
    found = {date.year // 10 * 10 for date in dates.released}
    if facts.get("theme_kind") == "decade" and str(facts.get("theme_value")).isdecimal():
        found.add(int(str(facts.get("theme_value"))))
    if isinstance(shared := facts.get("shared_year"), int):
        found.add(shared // 10 * 10)
    return frozenset(found)
