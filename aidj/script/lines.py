"""What can be said, by occasion: templates with slots, read from ``lines/<language>/<kind>.yaml``.

A template is cut into parts once, when it is read; nothing of it and nothing of the facts is ever evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aidj.errors import ScriptError
from aidj.model import LINK_KINDS
from aidj.script.documents import Entry, nearest, read_document
from aidj.script.facts import FACTS, check_facts
from aidj.script.folders import voices_folder
from aidj.script.slots import SLOTS

LINE_FILES = (*LINK_KINDS, "disclosure")
"""The files of a language: one for each kind of link, and what says that the voice is synthetic."""

SCHEMA = "aidj.lines/1"
MAX_TEMPLATE_CHARS = 300

_SLOT = re.compile(r"\{([^{}]*)\}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: a template, and when it may be said."""

    id: str
    parts: tuple[str, ...]
    """Plain text and slots by turns, beginning and ending with plain text: ``("That was ", "title", ".")``."""
    weight: float = 1.0
    """How often it is picked, beside others; 0 is never."""
    when: Mapping[str, tuple[object, ...]]
    """For each of these facts, the values that it may have."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of its slots."""
        return self.parts[1::2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Everything a presenter can say in one language."""

    language: str
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
        Folders that hold ``lines/<language>/<kind>.yaml``.

    Raises
    ------
    ScriptError
        If no folder has the language, or a file has a mistake; the message names file and line.
    """
    roots = [voices_folder(), *extra_folders]
    name = language.lower()
    folders = _folders(roots, name) or _folders(roots, name.split("-")[0])
    if not folders:
        known = sorted({path.name for root in roots for path in (root / "lines").glob("*") if path.is_dir()})
        raise ScriptError(
            f"There are no lines in the language “{language}”",
            where=str(roots[-1] / "lines"),
            hint=f"choose one of {', '.join(known)}, or write lines/{name}/intro.yaml in a folder of your own",
        )
    kinds: dict[str, dict[str, Line]] = {kind: {} for kind in LINE_FILES}
    for folder in folders:
        _check_file_names(folder)
        seen: dict[str, str] = {}
        for kind in LINE_FILES:
            path = folder / f"{kind}.yaml"
            if path.is_file():
                kinds[kind].update((line.id, line) for line in _read_file(path, kind, seen))
    return Lines(
        language=folders[0].name,
        by_kind=MappingProxyType({kind: tuple(lines.values()) for kind, lines in kinds.items()}),
    )


def _folders(roots: Iterable[Path], name: str) -> list[Path]:
    if not _LANGUAGE.fullmatch(name):
        return []
    return [folder for folder in (root / "lines" / name for root in roots) if folder.is_dir()]


def _check_file_names(folder: Path) -> None:
    for path in sorted(folder.glob("*.y*ml")):
        if path.stem not in LINE_FILES or path.suffix != ".yaml":
            like = nearest(path.name, [f"{kind}.yaml" for kind in LINE_FILES])
            hint = f"did you mean {like}?" if like else f"known kinds are {', '.join(LINE_FILES)}"
            raise ScriptError("There is no kind of line of this name", where=str(path), hint=hint)


def _read_file(path: Path, kind: str, seen: dict[str, str]) -> Iterable[Line]:
    top = read_document(path, SCHEMA, ScriptError)
    top.check_keys(("schema", "kind", "lines"))
    if top.value("kind") != kind:
        raise top.fail(f"The kind must be {kind}, as the file is called", key="kind", hint=f"kind: {kind}")
    for entry in top.entries("lines", required=("id", "text"), optional=("weight", "when")):
        line = _read_line(entry)
        if line.id in seen:
            raise entry.fail(f"The id “{line.id}” is used twice, first in {seen[line.id]}", key="id")
        seen[line.id] = f"{path.name}:{entry.line}"
        yield line


def _read_line(entry: Entry) -> Line:
    return Line(
        id=entry.text("id", max_chars=80),
        parts=_read_template(entry),
        weight=_read_weight(entry),
        when=MappingProxyType(_read_when(entry)),
    )


def _read_template(entry: Entry) -> tuple[str, ...]:
    parts = tuple(_SLOT.split(entry.text("text", max_chars=MAX_TEMPLATE_CHARS)))
    for slot in parts[1::2]:
        if slot not in SLOTS:
            like = nearest(slot, SLOTS)
            hint = f"did you mean {{{like}}}?" if like else f"known slots are {', '.join(SLOTS)}"
            raise entry.fail(f"The slot {{{slot}}} is unknown", key="text", cause="a typing mistake", hint=hint)
    if any(brace in text for text in parts[0::2] for brace in "{}"):
        raise entry.fail("A brace has no partner", key="text", hint="a slot is written {title}")
    return parts


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
