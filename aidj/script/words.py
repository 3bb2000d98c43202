"""The words that a language has for what slots mean: spans, months, greetings, themes, numbers.

They are data in ``lines/<language>/words.yaml``, small templates in the grammar of lines. Names of months and weekdays,
and which plural goes with a number, come from CLDR through Babel, which is loaded when it is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from aidj.model import PartialDate
from aidj.script.facts import Facts
from aidj.script.grammar import FEMININE, Template, Vocabulary
from aidj.script.slots import SLOTS, Weekday
from aidj.script.spans import Phrase

if TYPE_CHECKING:
    from babel import Locale

Worded = Mapping[str, Template]
"""A text in each form that it has; "" is the plain one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a language says what slots mean."""

    language: str
    locale: str
    """A locale of CLDR, such as ``pt_BR``."""
    plurals: tuple[str, ...]
    """The plural categories in the order of plural options."""
    numbers: tuple[str, ...]
    """Numbers in words, from zero; larger ones are said in figures."""
    numbers_f: Mapping[int, str]
    """Those that are others beside feminine things."""
    conjunction: str
    """What "&" between two names means in full: "and"."""
    forms: frozenset[str]
    texts: Mapping[str, Worded]
    """Phrases by the way of keys to them: ``spans.more_than_years``."""
    glue: tuple[str, ...] = ()
    """Words that may not stand right before a name."""
    synthetic: tuple[str, ...]
    """Beginnings of words, one of which says that a voice is synthetic."""

    def say(self, slot: str, form: str, facts: Facts) -> str | None:
        """Return the words of a slot in a form ("" is the plain one); None where the facts do not carry it."""
        kind = SLOTS[slot]
        meaning = kind.meaning(facts)
        if meaning is None or (kind.is_count and isinstance(meaning, int) and meaning < 2):
            return None  # what stands beside a number alone is in the plural
        return self._worded(meaning, form)

    def count(self, slot: str, facts: Facts, form: str = "") -> tuple[int, str] | None:
        """Return which plural option a number takes, counted from 0, and the number in words; None without it."""
        meaning = SLOTS[slot].meaning(facts)
        return (self.plural(meaning), self.number(meaning, form)) if isinstance(meaning, int) else None

    def number(self, number: int, form: str = "") -> str:
        """Return a number in words as far as the language file has them, in figures beyond."""
        if form == FEMININE and number in self.numbers_f:
            return self.numbers_f[number]
        return self.numbers[number] if 0 <= number < len(self.numbers) else str(number)

    def plural(self, number: int) -> int:
        """Return the plural option of a number, counted from 0; a category without an option is served by the last."""
        category = locale_of(self.locale).plural_form(number)
        return self.plurals.index(category) if category in self.plurals else len(self.plurals) - 1

    def phrase(self, key: str, form: str = "", **values: object) -> str:
        """Return a text of ``words.yaml`` with its slots filled."""
        texts = self.texts[key]
        template = texts.get(form) or texts[""]
        text = template.fill(_Values(self, values), begins=False)
        assert text is not None
        return text

    def month(self, when: PartialDate, form: str = "") -> str:
        """Return a month with its year: "March 2023".

        Not the season: the same month is spring for one listener and autumn for another.
        """
        from babel.dates import format_skeleton

        month = format_skeleton("yMMMM", when.earliest(), locale=locale_of(self.locale))
        return self.phrase("month", form, month=month) if "month" in self.texts else month

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week; 0 is Monday."""
        return str(locale_of(self.locale).days["format"]["wide"][number])

    def _worded(self, value: object, form: str) -> str:
        if isinstance(value, Phrase):
            return self.phrase(value.key, form, **value.values)
        if isinstance(value, PartialDate):
            return self.month(value, form)
        if isinstance(value, Weekday):
            return self.weekday(value.number)
        return self.number(value, form) if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class _Values:
    """The words for the slots of a phrase."""

    language: Words
    values: Mapping[str, object]

    def words(self, slot: str, form: str) -> str | None:
        return self.language._worded(self.values[slot], form)

    def counted(self, slot: str, form: str) -> tuple[int, str] | None:
        number = self.values[slot]
        assert isinstance(number, int)
        return self.language.plural(number), self.language.number(number, form)


@cache
def locale_of(name: str) -> Locale:
    """Return a locale of CLDR.

    Raises
    ------
    ValueError or babel.UnknownLocaleError
        For a name that is none.
    """
    from babel import Locale

    return Locale.parse(name)


def line_vocabulary(words: Words) -> Vocabulary:
    """Return what a line in this language may use."""

    return Vocabulary(
        slots=frozenset(SLOTS),
        names=frozenset(name for name, kind in SLOTS.items() if kind.is_name),
        formed=frozenset(name for name, kind in SLOTS.items() if kind.has_forms),
        counts=frozenset(name for name, kind in SLOTS.items() if kind.is_count),
        forms=words.forms,
        plurals=words.plurals,
    )
