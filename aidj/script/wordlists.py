"""What the truth checker knows of a language: which words are numbers, dates, claims, and ties between songs and names.

Data in ``truth/<language>.yaml``, beside the words in which a presenter talks. A language without the file is still
checked for digits, for months and weekdays, and for names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from types import MappingProxyType

import yaml

from aidj.errors import ScriptError
from aidj.names import caseless
from aidj.script.documents import Entry, nearest, read_document
from aidj.script.folders import voices_folder

SCHEMA = "aidj.truth/1"

_LISTS = (
    *("joiners", "compounds", "number_parts", "loose", "not_numbers", "articles", "span_before", "span_after"),
    *(
        "not_ordinals",
        "many",
        "over",
        "under",
        "not_weekdays",
        "not_seasons",
        "not_directions",
        "by",
        "with",
        "was",
        "coming",
    ),
    *("next", "before", "after"),
    *("released", "heard", "claims", "common"),
)
_TABLES = ("numbers", "units_in_compounds", "ordinals", "decades", "months", "weekdays")
_GROUPS = ("units", "seasons", "dayparts", "needs", "only_if")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordlists:
    """The lists, tables and groups of ``truth/<language>.yaml``; each is empty where the file has none."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words and phrases by the name of their list."""
    tables: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Numbers by word: values, months from 1, weekdays from 0 (Monday), the tens of decades."""
    groups: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Words by what they stand for."""

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list by its name."""
        return self.lists.get(name, ())

    def table(self, name: str) -> Mapping[str, float]:
        """Return a table by its name."""
        return self.tables.get(name, {})

    def group(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Return a group by its name."""
        return self.groups.get(name, {})


@cache
def load_wordlists(language: str) -> Wordlists:
    """Read what there is for a language.

    Raises
    ------
    ScriptError
        If the file has a mistake; the message names its line.
    """
    path = voices_folder() / "truth" / f"{language}.yaml"
    if not path.is_file():
        return Wordlists()
    top = read_document(path, SCHEMA, ScriptError)
    top.check_keys(("schema", "language"), (*_LISTS, *_TABLES, *_GROUPS))
    return Wordlists(
        lists=MappingProxyType({name: _texts(top, name) for name in _LISTS if name in top.values}),
        tables=MappingProxyType({name: _table(top, name) for name in _TABLES if name in top.values}),
        groups=MappingProxyType({name: _group(top, name) for name in _GROUPS if name in top.values}),
    )


def _texts(entry: Entry, key: str) -> tuple[str, ...]:
    node = entry.values[key]
    # The nodes' own texts, not their YAML values: "no" and "on" are words here, quoted or not.
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.ScalarNode) for item in node.value):
        raise entry.fail(f"“{key}” must be a list of words", key=key)
    texts = [item.value for item in node.value]
    if key == "claims":  # many of them: a line of the file holds several
        texts = [part.strip(' "') for text in texts for part in text.split(", ")]
    return tuple(text for text in texts if text)


def _table(top: Entry, key: str) -> Mapping[str, float]:
    inner = top.mapping(key)
    if inner is None:
        raise top.fail(f"“{key}” must be words with their numbers", key=key)
    found: dict[str, float] = {}
    for word in inner.values:
        value = inner.value(word)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise inner.fail(f"“{word}” must have a number, not {value!r}", key=word)
        found[word] = value
    return MappingProxyType(found)


def _group(top: Entry, key: str) -> Mapping[str, tuple[str, ...]]:
    inner = top.mapping(key)
    if inner is None:
        raise top.fail(f"“{key}” must be names with lists of words", key=key)
    if (known := _NAMES.get(key)) is not None:
        for name in inner.values:
            if name not in known:
                like = nearest(name, known)
                hint = f"did you mean “{like}”?" if like else None
                raise inner.fail(f"“{name}” is unknown here", key=name, hint=hint)
    return MappingProxyType({name: _texts(inner, name) for name in inner.values})


_NAMES: Mapping[str, tuple[str, ...]] = {
    "units": ("plays", "days", "weeks", "months", "years", "minutes", "hours", "songs", "artists", "decades"),
    "seasons": ("winter", "spring", "summer", "autumn"),
    "dayparts": ("morning", "afternoon", "evening", "night"),
    "needs": ("composer", "label", "guests", "album", "shared_label", "shared_year"),
    "only_if": ("new_release", "forgotten_favourite", "request"),
}


class Phrases:
    """Words and phrases to look for in a text: whole words, the longest first.

    Few texts hold one of them, and whether one may do so is known long before a pattern is made: that waits for the
    first text that may.

    Parameters
    ----------
    phrases : iterable of str
        None of them empty.
    exact_case : bool
        Whether upper and lower case matter.
    """

    def __init__(self, phrases: Iterable[str], *, exact_case: bool = False) -> None:
        self._phrases = sorted(set(phrases), key=lambda text: (-len(text), text))
        self._exact_case = exact_case
        self._letters = tuple(_letters(phrase) for phrase in self._phrases)

    @cached_property
    def pattern(self) -> str:
        """What finds them, to be a part of another pattern."""
        parts = []
        for phrase in self._phrases:
            head = r"(?<!\w)" if phrase[0].isalnum() else ""
            tail = r"(?!\w)" if phrase[-1].isalnum() else ""
            parts.append(head + re.escape(phrase).replace(r"\ ", r"\s+") + tail)
        return "|".join(parts) or r"(?!)"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, 0 if self._exact_case else re.IGNORECASE)

    def _may_be_in(self, text: str) -> bool:
        letters = _letters(text)
        return any(phrase in letters for phrase in self._letters)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first of them."""
        return self._compiled.search(text) if self._may_be_in(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        """Return the one that a text begins with."""
        return self._compiled.match(text) if self._may_be_in(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the one that is the whole text."""
        return self._compiled.fullmatch(text) if self._may_be_in(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield all of them."""
        return self._compiled.finditer(text) if self._may_be_in(text) else iter(())

    def blanked(self, text: str) -> str:
        """Return a text with spaces in their places; offsets stay."""
        return self._compiled.sub(lambda match: " " * len(match.group()), text) if self._may_be_in(text) else text


@lru_cache(1 << 12)
def _letters(text: str) -> str:
    """Return a text without what makes no difference to where phrases are found: case, and how wide a space is."""
    return " ".join(caseless(text).split())


def any_of(phrases: Iterable[str], *, exact_case: bool = False) -> Phrases:
    """Return what finds any of these words or phrases; the same for the same ones."""
    return _any_of(tuple(phrases), exact_case)


@lru_cache(1 << 12)
def _any_of(phrases: tuple[str, ...], exact_case: bool) -> Phrases:
    return Phrases(phrases, exact_case=exact_case)
