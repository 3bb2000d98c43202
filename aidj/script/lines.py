"""What can be said, by occasion: templates with slots, read from ``lines/<language>/<kind>.yaml``."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from aidj.errors import ScriptError
from aidj.model import LINK_KINDS, MANNERS, Manner
from aidj.script.documents import Entry, nearest, read_document
from aidj.script.facts import FACTS, Facts, check_facts
from aidj.script.folders import language_folders
from aidj.script.grammar import Choice, Template, Vocabulary
from aidj.script.slots import SLOTS
from aidj.script.wording import WORDS_FILE, read_words, template_of
from aidj.script.words import Words, line_vocabulary

LINE_FILES = (*LINK_KINDS, "disclosure")
"""The files of a language: one for each kind of link, and what says that the voice is synthetic."""

SCHEMA = "aidj.lines/2"
MAX_TEMPLATE_CHARS = 400
_OF_THE_SONG = ("library.tag", "history")
"""Where the facts about a song that follows come from."""
_JOINING = ("+", "/")
"""What joins the ids of the lines of a link in a plan, and a language with an id where lines are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: a template, and when it may be said."""

    id: str
    template: Template
    weight: float = 1.0
    """How often it is picked, beside others; 0 is never."""
    when: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    """For each of these facts, the values that it may have."""
    manners: frozenset[Manner] = frozenset(MANNERS)
    """The manners of speaking that it suits."""
    is_added: bool = False
    """Whether it is not one that the language comes with."""

    @property
    def facts(self) -> frozenset[str]:
        """The facts it tells, those of its alternatives and those it depends on among them."""
        return _told_by(self.template.slots) | self.when.keys()

    @property
    def names_first(self) -> bool:
        """Whether it names the song that follows, or its artist, before it says anything of it.

        A line that begins with "It has been two years" is heard as said of the song before, if that was just named.
        """
        for node in self.template.walk():
            if not isinstance(node, str | Choice) and FACTS[tells := SLOTS[node.name].tells].source in _OF_THE_SONG:
                return tells in ("artist", "title")
        return True

    def fill(self, facts: Facts, words: Words, rng: random.Random | None = None) -> str | None:
        """Return the line with words for its slots, or None where these facts cannot say it.

        Parameters
        ----------
        facts : Facts
            Checked facts, see `check_facts`.
        rng : random.Random, optional
            What chooses among its alternatives; without it the first possible one is taken.
        """
        if any(facts.get(name) not in allowed for name, allowed in self.when.items()):
            return None
        return self.template.fill(WordsOfFacts(words, facts), rng)


@lru_cache(1 << 12)
def _told_by(slots: frozenset[str]) -> frozenset[str]:
    return frozenset(SLOTS[slot].tells for slot in slots)


@dataclass(frozen=True, slots=True)
class WordsOfFacts:
    """The words that some facts have in a language: what templates are filled from."""

    language: Words
    facts: Facts

    def words(self, slot: str, form: str) -> str | None:
        """Return the words of a slot in a form."""
        return self.language.say(slot, form, self.facts)

    def counted(self, slot: str, form: str) -> tuple[int, str] | None:
        """Return the plural option of a number, and the number in words."""
        return self.language.count(slot, self.facts, form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Everything a presenter can say in one language."""

    language: str
    words: Words
    by_kind: Mapping[str, tuple[Line, ...]]
    """For each of `LINE_FILES`, its lines, in the order of their files."""


def load_lines(language: str, extra_folders: Sequence[Path] = ()) -> Lines:
    """Read the lines of a language, from the voices that come with aidj and from folders of the same shape.

    A line in a later folder replaces an earlier one of the same id and kind; with ``weight: 0`` it is never said.

    Parameters
    ----------
    language : str
        A code such as ``en``; ``en-gb`` is served by ``en`` where it has no lines of its own.
    extra_folders : sequence of Path
        Folders that hold ``lines/<language>/<kind>.yaml``, or a whole language.

    Raises
    ------
    ScriptError
        If no folder has the language, or a file has a mistake; the message names file and line.
    """
    folders = language_folders(language, extra_folders)
    for folder in folders:
        _check_file_names(folder)
    words = read_words(folders)
    vocabulary = line_vocabulary(words)
    kinds: dict[str, dict[str, Line]] = {kind: {} for kind in LINE_FILES}
    for folder in folders:
        seen: dict[str, str] = {}
        for kind in LINE_FILES:
            path = folder / f"{kind}.yaml"
            if path.is_file():
                added = folder != folders[0]
                read = _read_file(path, kind, vocabulary, seen)
                kinds[kind].update((line.id, replace(line, is_added=added)) for line in read)
    return Lines(
        language=folders[0].name,
        words=words,
        by_kind=MappingProxyType({kind: tuple(lines.values()) for kind, lines in kinds.items()}),
    )


def _check_file_names(folder: Path) -> None:
    known = [WORDS_FILE, *(f"{kind}.yaml" for kind in LINE_FILES)]
    for path in sorted(folder.glob("*.y*ml")):
        if path.name not in known:
            like = nearest(path.name, known)
            hint = f"did you mean {like}?" if like else f"known kinds are {', '.join(LINE_FILES)}"
            raise ScriptError("There is no kind of line of this name", where=str(path), hint=hint)


def _read_file(path: Path, kind: str, vocabulary: Vocabulary, seen: dict[str, str]) -> Iterator[Line]:
    top = read_document(path, SCHEMA, ScriptError)
    top.check_keys(("schema", "kind", "lines"))
    if top.value("kind") != kind:
        raise top.fail(f"The kind must be {kind}, as the file is called", key="kind", hint=f"kind: {kind}")
    for entry in top.entries("lines", required=("id", "text"), optional=("weight", "when", "manner")):
        line = _read_line(entry, vocabulary)
        if line.id in seen:
            raise entry.fail(f"The id “{line.id}” is used twice, first in {seen[line.id]}", key="id")
        seen[line.id] = f"{path.name}:{entry.line}"
        yield line


def _read_line(entry: Entry, vocabulary: Vocabulary) -> Line:
    return Line(
        id=_read_id(entry),
        template=template_of(entry, "text", vocabulary, max_chars=MAX_TEMPLATE_CHARS),
        weight=_read_weight(entry),
        when=MappingProxyType(_read_when(entry)),
        manners=_read_manners(entry),
    )


def _read_id(entry: Entry) -> str:
    line_id = entry.text("id", max_chars=80)
    if sign := next((sign for sign in _JOINING if sign in line_id), None):
        raise entry.fail(
            f"The id “{line_id}” has a “{sign}” in it",
            key="id",
            cause="plans join ids with it",
            hint="write “-” instead",
        )
    return line_id


def _read_manners(entry: Entry) -> frozenset[Manner]:
    if "manner" not in entry.values:
        return frozenset(MANNERS)
    value = entry.value("manner")
    manners = value if isinstance(value, list) else [value]
    for manner in manners:
        if manner not in MANNERS:
            like = nearest(str(manner), MANNERS)
            hint = f"did you mean “{like}”?" if like else f"manners are {', '.join(MANNERS)}"
            raise entry.fail(f"There is no manner “{manner}”", key="manner", hint=hint)
    if not manners:
        raise entry.fail("“manner” names none", key="manner", hint="leave it out for every manner")
    return frozenset(manners)


def _read_weight(entry: Entry) -> float:
    weight = entry.value("weight")
    if weight is None and "weight" not in entry.values:
        return 1.0
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1000:
        raise entry.fail(f"“weight” must be a number from 0 to 1000, not {weight!r}", key="weight")
    return float(weight)


def _read_when(entry: Entry) -> dict[str, tuple[object, ...]]:
    if "when" not in entry.values:
        return {}
    conditions = entry.mapping("when")
    if conditions is None:
        raise entry.fail("“when” must be facts with their values", key="when", hint="when: {rotation: new_release}")
    found: dict[str, tuple[object, ...]] = {}
    for name in conditions.values:
        value = conditions.value(name)
        allowed = tuple(value) if isinstance(value, list) else (value,)
        if name not in FACTS:
            like = nearest(name, FACTS)
            hint = f"did you mean “{like}”?" if like else f"known facts are {', '.join(FACTS)}"
            raise conditions.fail(f"The fact “{name}” is unknown", key=name, cause="a typing mistake", hint=hint)
        if not allowed:
            raise conditions.fail(f"“{name}” has no value that would do", key=name)
        for one in allowed:
            try:
                check_facts({name: one})
            except ScriptError as problem:
                raise conditions.fail(problem.what, key=name, cause=problem.cause, hint=problem.hint) from problem
        found[name] = allowed
    return found
