"""The words of a request in one language: data from ``voices/asking/<language>.yaml``.

A phrase is a few words: ``a|an`` is either, ``the?`` may be missing, ``-`` is a dash that stands there, and
``{n} {year} {decade} {tens} {ordinal} {clock}`` are a number, a year, a decade ("90s"), a bare decade ("90"), an
ordinal and a time of day. Phrases are parted by commas. Nothing in them is a pattern of any other kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aidj.asking.tokens import Token
from aidj.errors import QueryError
from aidj.script import Entry, read_document, voices_folder
from aidj.selection import plain_words

SCHEMA = "aidj.asking/1"
MEANINGS = (
    *("filler", "and", "or", "but", "then", "not", "less", "more", "very", "instead", "anew"),
    *("by", "like", "artist", "album", "title", "work", "genre"),
    *("decade", "decade_early", "decade_mid", "decade_late"),
    *("year", "years", "since", "before", "last_years", "this_year", "last_year"),
    *("never_heard", "heard_before", "heard_in", "heard_from_to", "heard_last_year", "heard_this_year"),
    *("current_favourite", "forgotten_favourite", "favourites", "new_release", "deep_cut"),
    *("minutes", "hours", "hours_and_half", "half_hour", "until", "whole_album"),
    *("bpm", "bpm_from_to", "bpm_over", "bpm_under"),
    *("faster", "slower", "livelier", "calmer", "older", "newer", "shorter", "longer"),
    *("symphony", "concerto", "sonata", "quartet"),
    *("no_count", "no_length", "no_sung", "no_language", "no_singer"),
)
"""What a phrase can mean."""
FORMS = ("symphony", "concerto", "sonata", "quartet")
TOLD = ("moods", "tempos", "genres", "activities")
"""Parts whose words stand for a value: a mood, a tempo, a genre, an occasion."""
_SLOTS = frozenset({"n", "year", "decade", "tens", "ordinal", "clock"})
_MAX_CHARS = 4000
_JOINING = ("y", "e", "et", "and")
"""Between tens and units, in any of the languages."""
_TWO, _FOUR = re.compile(r"\d{2}", re.ASCII), re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a phrase."""

    words: frozenset[str] = frozenset()
    slot: str = ""
    dash: bool = False
    optional: bool = False


_NUMBER = Part(slot="n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A phrase and what it means."""

    parts: tuple[Part, ...]
    meaning: str
    """One of `MEANINGS` or `TOLD`."""
    value: str = ""
    """For `TOLD`: which mood, genre …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A phrase that stands in a request."""

    end: int
    """The token behind it."""
    meaning: str
    value: str = ""
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words of one language."""

    language: str
    rules: tuple[Rule, ...]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    decades: Mapping[str, int]
    """Decades in words, as the tens of their first year: nineties is 90."""
    endings: tuple[str, ...]
    """What makes a number a decade: the "s" of 90s."""
    forms: Mapping[str, tuple[str, ...]]
    """How works are called: symphony, sinfonie …"""
    counted: frozenset[str]
    """What songs are called behind a number of them."""

    def phrases(self, words: Sequence[Token], at: int) -> Iterator[Found]:
        """Yield every phrase that begins at a token; none for what stands in quotes."""
        if words[at].quoted:
            return
        for rule in self.rules:
            found = self._match(rule.parts, words, at)
            if found and found[0] > at:
                yield Found(end=found[0], meaning=rule.meaning, value=rule.value, numbers=found[1])

    def count(self, words: Sequence[Token], at: int) -> int | None:
        """Return the token behind a number at a token; None where none stands there."""
        return max((end for end, _ in self._takes(_NUMBER, words, at)), default=None)

    def _match(self, parts: tuple[Part, ...], words: Sequence[Token], at: int) -> tuple[int, tuple[float, ...]] | None:
        """Return the longest match of some parts, and the numbers in it."""
        if not parts:
            return at, ()
        part, rest = parts[0], parts[1:]
        if part.dash:
            return self._match(rest, words, at) if at < len(words) and words[at].dash else None
        best: tuple[int, tuple[float, ...]] | None = None
        for end, numbers in self._takes(part, words, at):
            behind = self._match(rest, words, end)
            if behind and (best is None or behind[0] > best[0]):
                best = behind[0], (*numbers, *behind[1])
        return best if best or not part.optional else self._match(rest, words, at)

    def _takes(self, part: Part, words: Sequence[Token], at: int) -> Iterator[tuple[int, tuple[float, ...]]]:
        if at >= len(words) or words[at].quoted:
            return
        word = words[at].word
        if not part.slot:
            if word in part.words:
                yield at + 1, ()
        elif part.slot == "n":
            yield from self._counts(words, at)
        else:
            for end, joined in _joined(words, at) if part.slot == "decade" else ((at + 1, word),):
                number = self._number(part.slot, joined)
                if number is not None:
                    yield end, (number,)

    def _counts(self, words: Sequence[Token], at: int) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Yield numbers in digits or words: 45, 1.5, forty five, cuarenta y cinco."""
        word = words[at].word
        if re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?", word, re.ASCII):
            yield at + 1, (float(word),)
            return
        for end, joined in _joined(words, at):
            if end > at + 1 and joined in self.numbers:
                yield end, (float(self.numbers[joined]),)
        if (tens := self.numbers.get(word)) is None:
            return
        for end in (at + 1, at + 2):
            if end >= len(words) or words[end].stop or (end > at + 1 and words[at + 1].word not in _JOINING):
                continue
            unit = self.numbers.get(words[end].word)
            if unit is not None and tens >= 20 and tens % 10 == 0 and 0 < unit < 20:
                yield end + 1, (float(tens + unit),)
        yield at + 1, (float(tens),)

    def _number(self, slot: str, word: str) -> float | None:
        if slot == "year":
            return float(word) if _FOUR.fullmatch(word) and 1500 <= int(word) <= 2100 else None
        if slot == "clock":
            hours, _, minutes = word.partition(":")
            return int(hours) * 60.0 + int(minutes) if minutes and int(hours) < 24 and int(minutes) < 60 else None
        if slot == "ordinal":
            digits = next((word.removesuffix(end) for end in _ORDINAL_ENDINGS if word.endswith(end)), word)
            known = self.ordinals.get(word)
            return float(known) if known else float(digits) if re.fullmatch(r"\d{1,3}", digits, re.ASCII) else None
        if slot == "decade":
            for ending in self.endings:
                if word.endswith(ending) and (first := _first_year(word.removesuffix(ending))) is not None:
                    return first
            tens = self.decades.get(word)
            return None if tens is None else _first_year(f"{tens:02d}")
        return _first_year(word)


def _joined(words: Sequence[Token], at: int) -> Iterator[tuple[int, str]]:
    """Yield a word, and it with the words that hang on it by dashes: quatre, quatrevingt, quatrevingtdix."""
    word = words[at].word
    yield at + 1, word
    for end in range(at + 1, min(len(words), at + 3)):
        if not words[end].dash:
            return
        word += words[end].word
        yield end + 1, word


_ORDINAL_ENDINGS = ("st", "nd", "rd", "th", "eme", "e", "er", "o", "a")


def _first_year(digits: str) -> float | None:
    """Return the first year of a decade: of 90, 1990; of 00 and 10, this century's."""
    if not digits.endswith("0"):
        return None
    if _FOUR.fullmatch(digits):
        return float(digits) if 1500 <= int(digits) <= 2090 else None
    if _TWO.fullmatch(digits):
        return float(digits) + (2000 if int(digits) <= 20 else 1900)
    return None


def languages(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the languages in which something can be asked."""
    roots = [voices_folder(), *folders]
    return tuple(sorted({path.stem for root in roots for path in (root / "asking").glob("*.yaml")}))


def load_vocabulary(language: str, folders: Sequence[Path] = ()) -> Vocabulary:
    """Read the words of a language; those of a user's own voices folders come to the ones that aidj brings.

    Raises
    ------
    QueryError
        If there are none, or a file has a mistake; with file, line, and what to do.
    """
    return _load(language.casefold().split("-")[0], tuple(folders))


@lru_cache(32)
def _load(language: str, folders: tuple[Path, ...]) -> Vocabulary:
    if language not in languages(folders):
        known = ", ".join(languages(folders))
        raise QueryError(f"Nothing can be asked in the language '{language}'", hint=f"there are {known}")
    rules: list[Rule] = []
    numbers: dict[str, int] = {}
    ordinals: dict[str, int] = {}
    decades: dict[str, int] = {}
    endings: list[str] = []
    paths = [root / "asking" / f"{language}.yaml" for root in (voices_folder(), *folders)]
    for path in filter(Path.is_file, paths):
        entry = read_document(path, SCHEMA, QueryError)
        entry.check_keys(("schema", "phrases"), ("numbers", "ordinals", "decades", "decade_endings", *TOLD))
        numbers |= _whole(entry, "numbers")
        ordinals |= _whole(entry, "ordinals")
        decades |= _whole(entry, "decades")
        endings += plain_words(entry.text("decade_endings", required=False)).split()
        phrases = _section(entry, "phrases")
        phrases.check_keys((), MEANINGS)
        rules += [rule for key in phrases.values for rule in _rules(phrases, key, key)]
        for part in TOLD:
            if part in entry.values:
                section = _section(entry, part)
                rules += [rule for key in section.values for rule in _rules(section, key, part, key)]
    forms = {
        form: tuple(dict.fromkeys(word for rule in rules if rule.meaning == form for word in _form_words(rule)))
        for form in FORMS
    }
    return Vocabulary(
        language=language,
        rules=tuple(rules),
        numbers=numbers,
        ordinals=ordinals,
        decades=decades,
        endings=tuple(endings),
        forms=forms,
        counted=frozenset(word for rule in rules if rule.meaning == "no_count" for word in rule.parts[-1].words),
    )


def _form_words(rule: Rule) -> Iterator[str]:
    """Yield the names of a form: the first words in its phrases beside the number."""
    wordy = [part.words for part in rule.parts if part.words and not part.optional]
    yield from sorted(wordy[0]) if wordy else ()


def _section(entry: Entry, key: str) -> Entry:
    section = entry.mapping(key)
    if section is None:
        raise entry.fail(f"“{key}” must be a list of 'name: words' lines", key=key)
    return section


def _whole(entry: Entry, key: str) -> dict[str, int]:
    if key not in entry.values:
        return {}
    section = _section(entry, key)
    return {plain_words(word): section.whole(word, 0, 9999) for word in section.values}


def _rules(section: Entry, key: str, meaning: str, value: str = "") -> Iterator[Rule]:
    for phrase in section.text(key, max_chars=_MAX_CHARS).split(","):
        parts: list[Part] = []
        for word in phrase.split():
            bare = word.removesuffix("?")
            if word == "-":
                parts.append(Part(dash=True))
            elif bare.startswith("{"):
                if (slot := bare.strip("{}")) not in _SLOTS:
                    raise section.fail(f"There is no {bare}", key=key, hint=f"there are {', '.join(sorted(_SLOTS))}")
                parts.append(Part(slot=slot, optional=bare != word))
            else:
                words = frozenset(plain_words(one).replace(" ", "") for one in bare.split("|"))
                parts.append(Part(words=words, optional=bare != word))
        if parts and not all(part.optional for part in parts):
            yield Rule(parts=tuple(parts), meaning=meaning, value=value)
