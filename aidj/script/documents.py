"""YAML files that people write by hand: read strictly, and complained about by line.

`yaml.safe_load` forgets where a value stood and lets a later key overwrite an earlier one. Here the node tree is
walked instead, so that every complaint names a line and the nearest known name, and nothing is passed over.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from aidj.errors import AidjError, ConfigError
from aidj.script.folders import voices_folder

_MAX_BYTES = 1_000_000
_TEXT = "tag:yaml.org,2002:str"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelled most like this one, or None where none is alike."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A mapping of a document: keys with their values, which remember where they stand."""

    path: Path
    line: int
    """Counted from 1."""
    values: dict[str, yaml.Node]
    error: type[AidjError]

    def fail(
        self, what: str, *, key: str | None = None, cause: str | None = None, hint: str | None = None
    ) -> AidjError:
        """Return (not raise) the error that names this entry's file and line, or those of one of its keys."""
        node = self.values.get(key) if key else None
        line = node.start_mark.line + 1 if node is not None else self.line
        return self.error(what, where=f"{self.path}:{line}", cause=cause, hint=hint)

    def value(self, key: str) -> object:
        """Return a plain value (text, number, yes or no, None, date, or a list of them); None where it is missing."""
        node = self.values.get(key)
        return None if node is None else _plain(node, self)

    def text(self, key: str, *, max_chars: int = 300, required: bool = True) -> str:
        """Return a text, stripped; "" where it is missing and not required."""
        value = self.value(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str):
            missing = "is missing" if value is None else f"must be a text, not {value!r}"
            raise self.fail(f"“{key}” {missing}", key=key, hint=f'write {key}: "…"')
        value = " ".join(value.split())
        if not value:
            raise self.fail(f"“{key}” is empty", key=key, hint=f'write {key}: "…"')
        if len(value) > max_chars:
            raise self.fail(f"“{key}” has {len(value)} characters; {max_chars} are allowed", key=key, hint="shorten it")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number within a range."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(f"“{key}” must be a whole number from {low} to {high}, not {value!r}", key=key)
        return value

    def mapping(self, key: str) -> Entry | None:
        """Return the mapping under a key; None where it is missing or something else."""
        node = self.values.get(key)
        return _entry(node, self.path, self.error) if isinstance(node, yaml.MappingNode) else None

    def entries(self, key: str, *, required: Iterable[str], optional: Iterable[str] = ()) -> list[Entry]:
        """Return the mappings of the list under a key, each held against its known keys."""
        node = self.values.get(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(f"“{key}” must be a list", key=key)
        known = (tuple(required), tuple(optional))
        found = [_entry(item, self.path, self.error) for item in node.value]
        for entry in found:
            entry.check_keys(*known)
        return found

    def check_keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Raise the document's error for an unknown or a missing key."""
        required = tuple(required)
        known = (*required, *optional)
        for key in self.values:
            if key not in known:
                like = nearest(key, known)
                hint = f"did you mean “{like}”?" if like else f"known keys are {', '.join(known)}"
                raise self.fail(f"The key “{key}” is unknown", key=key, cause="a typing mistake", hint=hint)
        for key in required:
            if key not in self.values:
                raise self.fail(f"The key “{key}” is missing", hint=f"add {key}: …")


def _plain(node: yaml.Node, entry: Entry) -> object:
    if isinstance(node, yaml.SequenceNode):
        return [_scalar(item, entry) for item in node.value]
    return _scalar(node, entry)


def _scalar(node: yaml.Node, entry: Entry) -> object:
    if isinstance(node, yaml.ScalarNode):
        if node.tag == _TEXT:
            return node.value
        try:
            return yaml.constructor.SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError, AttributeError):  # the last: a wrong date, inside PyYAML
            pass
    line = node.start_mark.line + 1
    raise entry.error("A plain value was expected here", where=f"{entry.path}:{line}", hint="put the text in quotes")


def _entry(node: yaml.Node, path: Path, error: type[AidjError]) -> Entry:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise error("A mapping (key: value) was expected here", where=f"{path}:{line}")
    values: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else repr(key.value)
        if name in values:
            raise error(f"The key “{name}” stands here twice", where=f"{path}:{key.start_mark.line + 1}")
        values[name] = value
    return Entry(path, line, values, error)


def _composed(text: str, path: Path) -> yaml.Node | None:
    """Return the node tree of a text.

    libyaml is ten times as fast, but dies of deep nesting instead of complaining; so it reads only what came with the
    program, where it is there at all.
    """
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None and _came_with_aidj(path):
        with contextlib.suppress(yaml.YAMLError):  # the other one says better what is wrong
            return yaml.compose(text, Loader=fast)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _came_with_aidj(path: Path) -> bool:
    try:
        return path.is_relative_to(voices_folder())
    except ConfigError:
        return False


def read_document(path: Path, schema: str, error: type[AidjError]) -> Entry:
    """Read a YAML file whose top is a mapping with this schema.

    Parameters
    ----------
    path : Path
        The file.
    schema : str
        What its ``schema`` key must say, such as ``aidj.lines/2``.
    error : type[AidjError]
        What to raise for everything that is wrong with it.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise error(f"The file is larger than {_MAX_BYTES:,} bytes", where=str(path), cause="the wrong file")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"The file cannot be read ({problem})", where=str(path), hint="save it as UTF-8 text") from problem
    try:
        node = _composed(text, path)
    except RecursionError as problem:
        raise error("The file is nested too deeply", where=str(path)) from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        reason = getattr(problem, "problem", None) or getattr(problem, "reason", None) or "unreadable"
        raise error(
            f"This is not valid YAML ({reason})",
            where=where,
            cause="a text with a colon, a brace or a quote that is not in quotes itself",
            hint="put the whole text in double quotes",
        ) from problem
    if node is None:
        raise error("The file is empty", where=str(path), hint=f"begin it with schema: {schema}")
    entry = _entry(node, path, error)
    found = entry.values.get("schema")
    if not isinstance(found, yaml.ScalarNode) or found.value != schema:
        said = found.value if isinstance(found, yaml.ScalarNode) else "nothing"
        raise entry.fail(f"The schema must be {schema}; the file says {said}", key="schema", hint=f"schema: {schema}")
    return entry
