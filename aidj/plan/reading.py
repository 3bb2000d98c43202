"""From a document to a plan: read strictly, since it is meant to be edited by hand.

Times are seconds. A mistake is reported with the line it stands on and, for a misspelt key, the nearest known one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml

from aidj.errors import PlanError
from aidj.model import LINK_KINDS, ROTATIONS, Item, Link, LinkKind, Plan, Rotation, Set, TrackRef
from aidj.plan.nodes import Nodes, compose, shown
from aidj.plan.writing import SCHEMA

_MAX_BYTES = 8 << 20
_MAKE_ONE = "make one with: aidj plan -o session.yaml"
_CAUSES: Mapping[type[BaseException], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "that is a folder",
    PermissionError: "you may not read it",
}


def load_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises
    ------
    PlanError
        If it cannot be read, is no plan, or has a mistake; with file, line, key, and what to do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise PlanError(
            f"The plan cannot be read ({getattr(error, 'strerror', None) or error})",
            where=str(path),
            cause=_CAUSES.get(type(error), "the name is wrong, or the disk does not answer"),
            hint=_MAKE_ONE,
        ) from error
    if len(data) > _MAX_BYTES:
        raise PlanError("The file is far too large for a plan", where=str(path), cause="it is something else")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PlanError(
            "The file is not UTF-8 text",
            where=f"{path}, line {line}",
            cause="it is something else than a plan, or an editor has saved it in another encoding",
            hint="save it as UTF-8",
        ) from error
    return parse_plan(text, str(path))


def parse_plan(text: str, where: str = "plan") -> Plan:
    """Read a plan from its text; `where` names it in messages. Raises PlanError as `load_plan` does."""
    root = compose(text, where)
    if root is None:
        raise PlanError("The plan is empty", where=where, hint=_MAKE_ONE)
    return _Reader(Nodes(where)).plan(root)


class _Reader:
    """What a plan may hold, and where."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def plan(self, node: yaml.Node) -> Plan:
        nodes = self._nodes
        known = {"schema", *_names(Plan)}
        fields = nodes.fields(node, "the plan", known, required=("schema", "planned_at", "sets"))
        schema = nodes.value(fields["schema"], "schema", str)
        if schema != SCHEMA:
            raise nodes.error(
                f"The schema is {shown(schema)}; this aidj reads {SCHEMA!r}",
                fields["schema"],
                cause="the file is something else, or another version of aidj wrote it",
            )
        return Plan(
            title=nodes.get(fields, "title", str, "Session"),
            planned_at=nodes.moment(fields["planned_at"], "planned_at"),
            seed=nodes.get(fields, "seed", int, 0),
            minutes=nodes.get(fields, "minutes", float, 0.0, _not_negative),
            presenter=nodes.get(fields, "presenter", str, ""),
            target_lufs=nodes.get(fields, "target_lufs", float, -16.0, _loudness),
            notes=tuple(nodes.value(note, "notes", str) for note in nodes.elements(fields.get("notes"), "notes")),
            sets=tuple(self._set(part) for part in nodes.elements(fields["sets"], "sets")),
        )

    def _set(self, node: yaml.Node) -> Set:
        fields = self._nodes.fields(node, "a set", _names(Set), required=("entries",))
        entries = tuple(self._entry(entry) for entry in self._nodes.elements(fields["entries"], "entries"))
        return Set(theme=self._nodes.get(fields, "theme", str, ""), entries=entries)

    def _entry(self, node: yaml.Node) -> Item | Link:
        nodes = self._nodes
        fields = nodes.fields(node, "an entry", {"link", *_names(Item)})
        if "link" in fields:
            if extra := [key for key in fields if key != "link"]:
                raise nodes.error(
                    f"An entry is either a link or a song; this link also has {extra[0]!r}",
                    fields[extra[0]],
                    hint="make two entries of it, each with its own dash",
                )
            return self._link(fields["link"])
        if "track" not in fields:
            raise nodes.error("An entry needs either 'link' or 'track'", node)
        return Item(
            track=self._track(fields["track"]),
            rotation=cast(Rotation, nodes.choice(fields, "rotation", ROTATIONS, "request")),
            why=nodes.get(fields, "why", str, ""),
            score=nodes.optional(fields, "score", float),
            terms=nodes.names(fields.get("terms"), "terms", numbers=(int, float)),
            rules=tuple(nodes.value(rule, "rules", str) for rule in nodes.elements(fields.get("rules"), "rules")),
            plays_s=nodes.optional(fields, "plays_s", float, _not_negative),
            starts_s=nodes.optional(fields, "starts_s", float, _not_negative),
        )

    def _link(self, node: yaml.Node) -> Link:
        nodes = self._nodes
        fields = nodes.fields(node, "a link", _names(Link), required=("kind",))
        return Link(
            kind=cast(LinkKind, nodes.choice(fields, "kind", LINK_KINDS, "")),
            facts=nodes.names(fields.get("facts"), "facts", numbers=(int,)),
            text=nodes.optional(fields, "text", str),
            line=nodes.optional(fields, "line", str),
            speech_s=nodes.optional(fields, "speech_s", float, _not_negative),
            starts_s=nodes.optional(fields, "starts_s", float, _not_negative),
        )

    def _track(self, node: yaml.Node) -> TrackRef:
        nodes = self._nodes
        fields = nodes.fields(node, "a track", _names(TrackRef))
        path = nodes.optional(fields, "path", str, _file_name)
        track = TrackRef(
            id=nodes.optional(fields, "id", str),
            path=Path(path) if path else None,
            artist=nodes.get(fields, "artist", str, ""),
            title=nodes.get(fields, "title", str, ""),
            album=nodes.optional(fields, "album", str),
            duration_s=nodes.optional(fields, "duration_s", float, _not_negative),
        )
        if not (track.id or track.path or track.title):
            raise nodes.error("A track needs an id, a path, or an artist and title", node)
        return track


def _names(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(kind))


def _not_negative(value: float) -> str | None:
    return "cannot be negative" if value < 0 else None


def _loudness(value: float) -> str | None:
    return None if -40 <= value <= -8 else "should lie between -40 and -8 LUFS"


def _file_name(value: str) -> str | None:
    return "cannot hold a zero character" if "\0" in value else None
