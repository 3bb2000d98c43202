"""The plan as a YAML document: written with a stable order of keys, read strictly, meant to be edited by hand.

Times are seconds. A mistake is reported with the line it stands on and, for a misspelt key, the nearest known one.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from aidj.errors import PlanError
from aidj.model import LINK_KINDS, ROTATIONS, Item, Link, LinkKind, Plan, Rotation, Set, TrackRef

SCHEMA = "aidj.plan/1"
_MAX_BYTES = 64 << 20


# Writing -------------------------------------------------------------------------------------------------------------


def dump_plan(plan: Plan) -> str:
    """Return the document of a plan: the same plan gives the same text, byte for byte."""
    document = {"schema": SCHEMA, **_plain(dataclasses.replace(plan, sets=()))}
    document["sets"] = [
        {"theme": part.theme, "entries": [_entry_document(entry) for entry in part.entries]} for part in plan.sets
    ]
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file, whole or not at all.

    Raises
    ------
    PlanError
        If the file cannot be written.
    """
    text = dump_plan(plan)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                file.write(text)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PlanError(
            f"The plan cannot be written ({error.strerror or error})",
            where=str(path),
            cause="the folder does not exist, is full, or is not yours to write to",
            hint="choose another place with -o",
        ) from error


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # entries indented below their key read better


def _plain(value: Any) -> dict[str, Any]:
    return {field.name: _plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain_value(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, float):
        return round(value, 4)
    return value


def _entry_document(entry: Item | Link) -> dict[str, Any]:
    if isinstance(entry, Link):
        return {"link": _plain(entry)}
    fields = _plain(entry)
    fields["track"] = {key: value for key, value in _plain(entry.track).items() if value not in (None, "")}
    return {key: value for key, value in fields.items() if value not in (None, [], {})}


# Reading -------------------------------------------------------------------------------------------------------------


def load_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises
    ------
    PlanError
        If it cannot be read, is no plan, or has a mistake; with file, line, key, and what to do.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PlanError("The file is far too large for a plan", where=str(path))
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise PlanError(
            f"The plan cannot be read ({error.strerror or error})",
            where=str(path),
            cause="there is no such file",
            hint="make one with: aidj plan -o session.yaml",
        ) from error
    return parse_plan(text, str(path))


def parse_plan(text: str, where: str = "plan") -> Plan:
    """Read a plan from its text; `where` names it in messages. Raises PlanError as `load_plan` does."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise PlanError(
            f"This is not valid YAML ({getattr(error, 'problem', None) or 'it cannot be parsed'})",
            where=f"{where}, line {mark.line + 1}" if mark else where,
            cause="a missing quote, a wrong indentation, or a tab",
            hint="compare the line with its neighbours",
        ) from error
    if node is None:
        raise PlanError("The plan is empty", where=where, hint="make one with: aidj plan -o session.yaml")
    return _Reader(where).plan(node)


T = TypeVar("T")
Check = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""


class _Reader:
    """Walks the YAML nodes, which know their lines, and builds the values."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._loader = yaml.SafeLoader("")

    def plan(self, node: yaml.Node) -> Plan:
        fields = self._fields(node, "the plan", {"schema", *_names(Plan)}, required=("schema", "sets"))
        schema = self._value(fields["schema"], "schema", str)
        if schema != SCHEMA:
            raise self._error(
                f"The schema is {schema!r}; this aidj reads {SCHEMA!r}",
                fields["schema"],
                cause="the file is something else, or another version of aidj wrote it",
            )
        return Plan(
            title=self._get(fields, "title", str, "Session"),
            planned_at=self._time(fields.get("planned_at")),
            seed=self._get(fields, "seed", int, 0),
            minutes=self._get(fields, "minutes", float, 0.0, _not_negative),
            presenter=self._get(fields, "presenter", str, ""),
            target_lufs=self._get(fields, "target_lufs", float, -16.0, _loudness),
            notes=tuple(self._value(note, "notes", str) for note in self._list(fields.get("notes"), "notes")),
            sets=tuple(self._set(part) for part in self._list(fields["sets"], "sets")),
        )

    def _set(self, node: yaml.Node) -> Set:
        fields = self._fields(node, "a set", set(_names(Set)), required=("entries",))
        entries = tuple(self._entry(entry) for entry in self._list(fields["entries"], "entries"))
        return Set(theme=self._get(fields, "theme", str, ""), entries=entries)

    def _entry(self, node: yaml.Node) -> Item | Link:
        fields = self._fields(node, "an entry", {"link", *_names(Item)})
        if "link" in fields:
            if extra := sorted(fields.keys() - {"link"}):
                raise self._error(
                    f"An entry is either a link or a song; this link also has {extra[0]!r}",
                    fields[extra[0]],
                    hint="make two entries of it, each with its own dash",
                )
            return self._link(fields["link"])
        if "track" not in fields:
            raise self._error("An entry needs either 'link' or 'track'", node)
        return Item(
            track=self._track(fields["track"]),
            rotation=cast(Rotation, self._get(fields, "rotation", str, "request", _one_of(ROTATIONS))),
            why=self._get(fields, "why", str, ""),
            score=self._optional(fields, "score", float),
            terms=self._mapping(fields.get("terms"), "terms"),
            rules=tuple(self._value(rule, "rules", str) for rule in self._list(fields.get("rules"), "rules")),
            plays_s=self._optional(fields, "plays_s", float, _not_negative),
            starts_s=self._optional(fields, "starts_s", float, _not_negative),
        )

    def _link(self, node: yaml.Node) -> Link:
        fields = self._fields(node, "a link", set(_names(Link)), required=("kind",))
        return Link(
            kind=cast(LinkKind, self._value(fields["kind"], "kind", str, _one_of(LINK_KINDS))),
            facts=self._mapping(fields.get("facts"), "facts"),
            text=self._optional(fields, "text", str),
            line=self._optional(fields, "line", str),
            speech_s=self._optional(fields, "speech_s", float, _not_negative),
            starts_s=self._optional(fields, "starts_s", float, _not_negative),
        )

    def _track(self, node: yaml.Node) -> TrackRef:
        fields = self._fields(node, "a track", set(_names(TrackRef)))
        path = self._optional(fields, "path", str)
        track = TrackRef(
            id=self._optional(fields, "id", str),
            path=Path(path) if path else None,
            artist=self._get(fields, "artist", str, ""),
            title=self._get(fields, "title", str, ""),
            album=self._optional(fields, "album", str),
            duration_s=self._optional(fields, "duration_s", float, _not_negative),
        )
        if not (track.id or track.path or track.title):
            raise self._error("A track needs an id, a path, or an artist and title", node)
        return track

    # The small pieces -------------------------------------------------------------------------------------------------

    def _fields(
        self, node: yaml.Node, what: str, known: set[str], required: Sequence[str] = ()
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(f"Here {what} is expected, as 'key: value' lines", node)
        fields: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key not in known:
                near = difflib.get_close_matches(str(key), sorted(known), n=1)
                raise self._error(
                    f"{what[0].upper()}{what[1:]} has no key {key!r}",
                    key_node,
                    cause="a misspelling" if near else None,
                    hint=f"did you mean {near[0]!r}?" if near else f"known keys are: {', '.join(sorted(known))}",
                )
            if key in fields:
                raise self._error(f"The key {key!r} stands here twice", key_node)
            fields[key] = value_node
        for key in required:
            if key not in fields:
                raise self._error(f"{what[0].upper()}{what[1:]} needs the key {key!r}", node)
        return fields

    def _list(self, node: yaml.Node | None, key: str) -> list[yaml.Node]:
        if node is None or self._is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(f"{key!r} is a list; each element starts with a dash", node)
        return list(node.value)

    def _mapping(self, node: yaml.Node | None, key: str) -> dict[str, Any]:
        if node is None or self._is_null(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise self._error(f"{key!r} is a list of 'name: value' lines", node)
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            value = self._scalar(value_node, key)
            if not isinstance(value, str | int | float):
                value = str(value_node.value)  # an unquoted date is meant as the text it shows
            values[str(key_node.value)] = value
        return values

    def _get(self, fields: Mapping[str, yaml.Node], key: str, kind: type[T], default: T, *checks: Check) -> T:
        value = self._optional(fields, key, kind, *checks)
        return default if value is None else value

    def _optional(self, fields: Mapping[str, yaml.Node], key: str, kind: type[T], *checks: Check) -> T | None:
        node = fields.get(key)
        if node is None or self._is_null(node):
            return None
        return self._value(node, key, kind, *checks)

    def _value(self, node: yaml.Node, key: str, kind: type[T], *checks: Check) -> T:
        value: Any = self._scalar(node, key)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if kind is str and not isinstance(value, str):
            value = str(node.value)  # a title such as 1999 or Yes needs no quotes here
        if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
            raise self._error(f"{key!r} should be {_KINDS[kind]}, not {node.value!r}", node)
        for check in checks:
            if wrong := check(value):
                raise self._error(f"{key!r} {wrong}", node)
        return value

    def _scalar(self, node: yaml.Node, key: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(f"{key!r} should be a single value", node)
        try:
            return self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            raise self._error(f"{key!r} has a value that cannot be read: {node.value!r}", node) from error

    def _is_null(self, node: yaml.Node) -> bool:
        return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"

    def _time(self, node: yaml.Node | None) -> datetime:
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise self._error("'planned_at' should be a moment with its zone, such as 2026-11-21T20:00:00+01:00", node)
        return moment

    def _error(
        self, what: str, node: yaml.Node | None, *, cause: str | None = None, hint: str | None = None
    ) -> PlanError:
        line = f", line {node.start_mark.line + 1}" if node is not None else ""
        return PlanError(what, where=f"{self._where}{line}", cause=cause, hint=hint)


_KINDS: Mapping[type, str] = {str: "a text", int: "a whole number", float: "a number"}


def _names(kind: type) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]


def _not_negative(value: float) -> str | None:
    return "cannot be negative" if value < 0 else None


def _loudness(value: float) -> str | None:
    return None if -40 <= value <= -8 else "should lie between -40 and -8 LUFS"


def _one_of(known: Sequence[str]) -> Check:
    def check(value: str) -> str | None:
        return None if value in known else f"should be one of {', '.join(known)}, not {value!r}"

    return check
