"""Numbers in a text: in figures, in words, in both, with what they count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aidj.script.wordlists import Wordlists
from aidj.script.words import Words

FigureKind = Literal["number", "ordinal", "decade"]

_TOKEN = re.compile(r"\d{1,3}(?:[.,’\u00a0\u202f ]\d{3})+(?!\d)|\d+|[^\W\d_]+(?:[’-][^\W\d_]+)*|\S")
_ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th", "º", "ª", "°", "er", "ère", "e", "ème", "eme", "o", "a"})
_LOOK_AHEAD = 3
"""So many words after a number may stand before what it counts: "two more of these songs"."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number in figures, or a sign."""

    text: str
    start: int

    @property
    def is_word(self) -> bool:
        """Whether it consists of letters."""
        return self.text[0].isalpha()

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a text says."""

    text: str
    start: int
    """Offset into the text."""
    end: int
    value: float
    kind: FigureKind = "number"
    unit: str | None = None
    """What it counts, as `Wordlists` groups its units; None where no such word follows soon."""
    is_loose: bool = False
    """Whether its word is an article or a pronoun as well."""


def tokens_of(text: str) -> list[Token]:
    """Cut a text into words, numbers in figures, and signs."""
    return [Token(match.group(), match.start()) for match in _TOKEN.finditer(text)]


class NumberWords:
    """Finds the numbers in texts of one language."""

    def __init__(self, words: Words, lists: Wordlists) -> None:
        self._numbers: dict[str, float] = {}
        for value, word in [*enumerate(words.numbers), *words.numbers_f.items()]:
            if value:  # for none, languages have words that say much else: "no", "kein"
                self._numbers.setdefault(word.casefold(), value)
        self._numbers |= {word.casefold(): value for word, value in lists.table("numbers").items()}
        self._numbers |= _compounds(self._numbers, lists)
        self._ordinals = {word.casefold(): value for word, value in lists.table("ordinals").items()}
        self._decades = {word.casefold(): value for word, value in lists.table("decades").items()}
        self._parts = lists.words("number_parts")
        self._joiners = frozenset(lists.words("joiners"))
        self._loose = frozenset(lists.words("loose"))
        self._units = {word: unit for unit, group in lists.group("units").items() for word in group}

    def find(self, tokens: Sequence[Token]) -> Iterator[Figure]:
        """Yield the numbers in a text cut into tokens."""
        place = 0
        while place < len(tokens):
            figure, place = self._at(tokens, place)
            if figure is not None:
                yield figure

    def _at(self, tokens: Sequence[Token], place: int) -> tuple[Figure | None, int]:
        token = tokens[place]
        if token.text[0].isdecimal():
            return self._in_digits(tokens, place)
        if token.text[0].isnumeric() and not token.is_word:  # ½, ², Ⅳ
            return Figure(token.text, token.start, token.end, unicodedata.numeric(token.text[0])), place + 1
        if not token.is_word:
            return None, place + 1
        key = token.text.casefold()
        if key in self._decades:
            return Figure(token.text, token.start, token.end, self._decades[key], "decade"), place + 1
        if key in self._ordinals:
            return Figure(token.text, token.start, token.end, self._ordinals[key], "ordinal"), place + 1
        values = self._values(token)
        if not values:
            if any(part in key for part in self._parts):
                return Figure(token.text, token.start, token.end, -1), place + 1
            return None, place + 1
        last = place
        while True:
            following = last + 1
            if following < len(tokens) and tokens[following].text in self._joiners and _may_join(values):
                following += 1
            if following >= len(tokens) or not (more := self._values(tokens[following])):
                break
            if not _continues(values, more[0]):
                break
            values += more
            last = following
        text = " ".join(t.text for t in tokens[place : last + 1])
        is_loose = last == place and key in self._loose
        unit = self.unit_after(tokens, last + 1)
        return Figure(text, token.start, tokens[last].end, _sum(values), unit=unit, is_loose=is_loose), last + 1

    def _in_digits(self, tokens: Sequence[Token], place: int) -> tuple[Figure | None, int]:
        token = tokens[place]
        value = float(re.sub(r"\D", "", token.text))
        behind = tokens[place + 1] if place + 1 < len(tokens) else None
        if behind is not None and behind.start == token.end and behind.is_word:
            if behind.text.casefold() in ("s", "er", "ern") and value >= 20 and value % 10 == 0:
                return Figure(token.text + behind.text, token.start, behind.end, value, "decade"), place + 2
            if behind.text.casefold() in _ORDINAL_ENDS:
                return Figure(token.text + behind.text, token.start, behind.end, value, "ordinal"), place + 2
        unit = self.unit_after(tokens, place + 1)
        return Figure(token.text, token.start, token.end, value, unit=unit), place + 1

    def _values(self, token: Token) -> list[float]:
        """Return the numbers that a word holds: "forty-one" holds 40 and 1; none where it is something else."""
        if not token.is_word:
            return []
        key = token.text.casefold()
        if key in self._numbers:
            return [self._numbers[key]]
        parts = [part for part in key.split("-") if part not in self._joiners]
        if len(parts) > 1 and all(part in self._numbers for part in parts):
            return [self._numbers[part] for part in parts]
        return []

    def is_number(self, token: Token) -> bool:
        """Whether a word is a number."""
        return bool(self._values(token)) or token.text.casefold() in {*self._ordinals, *self._decades}

    def unit_after(self, tokens: Sequence[Token], place: int) -> str | None:
        """Return what is counted by the words from this place on, if a known unit follows soon."""
        for token in tokens[place : place + _LOOK_AHEAD]:
            if not token.is_word or (self._values(token) and token.text.casefold() not in self._loose):
                return None
            if (unit := self._units.get(token.text) or self._units.get(token.text.casefold())) is not None:
                return unit
        return None


def _compounds(numbers: Mapping[str, float], lists: Wordlists) -> dict[str, float]:
    """Return the numbers up to 99 of a language that writes them in one word."""
    found: dict[str, float] = {}
    tens = {word: value for word, value in numbers.items() if value % 10 == 0 and 20 <= value <= 90}
    for pattern in lists.words("compounds"):
        for ten, value in tens.items():
            for unit, ones in lists.table("units_in_compounds").items():
                word = pattern.replace("{ten-}", ten[:-1]).replace("{ten}", ten).replace("{unit}", unit)
                found[word] = value + ones
    return found


def _may_join(values: Sequence[float]) -> bool:
    return values[-1] >= 100 or (values[-1] >= 20 and values[-1] % 10 == 0)


def _continues(values: Sequence[float], following: float) -> bool:
    """Whether a number word goes on with another: "forty" with "one", "nineteen" with "ninety"."""
    last = values[-1]
    if following >= 100 or last >= 100:
        return following != last
    if last % 10 == 0 and last >= 20 and following < 20:
        return following < 10 or last in (60, 80)
    if last == 4 and following == 20:  # quatre-vingts
        return True
    return len(values) == 1 and 10 < last <= 20 and following >= 10


def _sum(values: Sequence[float]) -> float:
    total = current = 0.0
    for value in values:
        if value >= 100:
            current = max(current, 1) * value
            if value >= 1000:
                total, current = total + current, 0.0
        elif value == 20 and current == 4:
            current = 80
        elif 10 < current <= 20 and value >= 10:
            current = current * 100 + value
        else:
            current += value
    return total + current
