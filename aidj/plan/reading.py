"""From a document to a plan: read strictly, since it is meant to be edited by hand.

Times are seconds. A mistake is reported with the line it stands on and, for a misspelt key, the nearest known one.
"""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from pathlib import Path
from typing import cast

import yaml

from aidj.errors import PlanError
from aidj.files import read_document
from aidj.model import (
    LINK_KINDS,
    ROTATIONS,
    TRANSITION_KINDS,
    Item,
    Joined,
    LeftOut,
    Link,
    LinkKind,
    Mix,
    Plan,
    Rotation,
    Set,
    Share,
    TrackRef,
    Transition,
    TransitionKind,
)
from aidj.nodes import Check, Fields, Nodes, compose
from aidj.plan.form import (
    BEATMIX_BARS,
    FIRST_YEAR,
    LAST_YEAR,
    LIMITS,
    MOMENT,
    REQUIRED,
    WITH_BARS,
    WITH_LENGTH,
    clock_s,
)
from aidj.plan.upgrades import upgrade

_MAX_BYTES = 8 << 20
_MAKE_ONE = "make one with: aidj plan -o session.yaml"


def load_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises
    ------
    PlanError
        If it cannot be read, is no plan, or has a mistake; with file, line, key, and what to do.
    """
    text = read_document(path, "plan", kind=PlanError, max_bytes=_MAX_BYTES, hint=_MAKE_ONE)
    return parse_plan(text, str(path))


def parse_plan(text: str, where: str = "plan") -> Plan:
    """Read a plan from its text; `where` names it in messages. Raises PlanError as `load_plan` does."""
    root = compose(text, where, PlanError)
    if root is None:
        raise PlanError("The plan is empty", where=where, hint=_MAKE_ONE)
    nodes = Nodes(where, PlanError)
    upgrade(root, nodes)
    return _Reader(nodes).plan(root)


class _Reader:
    """What a plan may hold, and where."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def plan(self, node: yaml.Node) -> Plan:
        nodes = self._nodes
        fields = nodes.fields(node, "the plan", {"schema", *_names(Plan)}, REQUIRED[Plan])
        return Plan(
            title=nodes.get(fields, "title", str, "Session"),
            planned_at=self._moment(fields["planned_at"], "planned_at"),
            seed=self._whole(fields["seed"], "seed") if self._given(fields, "seed") else 0,
            minutes=nodes.get(fields, "minutes", float, 0.0, *_limits(Plan, "minutes")),
            presenter=nodes.get(fields, "presenter", str, ""),
            target_lufs=nodes.get(fields, "target_lufs", float, -16.0, *_limits(Plan, "target_lufs")),
            settings=nodes.names(fields.get("settings"), "settings", numbers=(int, float)),
            notes=self._texts(fields, "notes"),
            mix=self._mix(fields["mix"]) if self._given(fields, "mix") else None,
            sets=tuple(self._set(part) for part in nodes.elements(fields["sets"], "sets")),
        )

    def _mix(self, node: yaml.Node) -> Mix:
        nodes = self._nodes
        fields = nodes.fields(node, "the mix", _names(Mix))
        shares: dict[Rotation, Share] = {}
        if self._given(fields, "shares"):
            by_rotation = nodes.fields(fields["shares"], "the list of shares", ROTATIONS)
            shares = {cast(Rotation, rotation): self._share(share) for rotation, share in by_rotation.items()}
        left_out = tuple(self._left_out(part) for part in nodes.elements(fields.get("left_out"), "left_out"))
        return Mix(basis=nodes.get(fields, "basis", str, ""), shares=shares, left_out=left_out)

    def _share(self, node: yaml.Node) -> Share:
        nodes = self._nodes
        fields = nodes.fields(node, "a share", _names(Share), REQUIRED[Share])
        return Share(
            target=nodes.value(fields["target"], "target", float, *_limits(Share, "target")),
            pool=self._whole(fields["pool"], "pool", *_limits(Share, "pool")),
            songs=self._whole(fields["songs"], "songs", *_limits(Share, "songs")),
        )

    def _left_out(self, node: yaml.Node) -> LeftOut:
        nodes = self._nodes
        fields = nodes.fields(node, "what was left out", _names(LeftOut), REQUIRED[LeftOut])
        return LeftOut(
            reason=self._text(fields["reason"], "reason"),
            tracks=self._whole(fields["tracks"], "tracks", *_limits(LeftOut, "tracks")),
            example=nodes.get(fields, "example", str, ""),
        )

    def _set(self, node: yaml.Node) -> Set:
        nodes = self._nodes
        fields = nodes.fields(node, "a set", _names(Set), REQUIRED[Set])
        return Set(
            theme=nodes.get(fields, "theme", str, ""),
            theme_kind=nodes.get(fields, "theme_kind", str, ""),
            theme_value=nodes.get(fields, "theme_value", str, ""),
            theme_artist=nodes.get(fields, "theme_artist", str, ""),
            order_cost=self._costs(fields),
            entries=tuple(self._entry(entry) for entry in nodes.elements(fields["entries"], "entries")),
        )

    def _costs(self, fields: Fields) -> dict[str, float]:
        costs = self._nodes.names(fields.get("order_cost"), "order_cost", numbers=(int, float))
        for name, value in costs.items():
            if isinstance(value, str):
                raise self._nodes.error(f"{name!r} in 'order_cost' should be a number", fields["order_cost"])
        return {name: float(value) for name, value in costs.items()}

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
            rules=self._texts(fields, "rules"),
            propensity=self._number(Item, fields, "propensity"),
            plays_s=self._number(Item, fields, "plays_s"),
            transition=self._transition(fields["transition"]) if self._given(fields, "transition") else None,
            joined=self._joined(fields["joined"]) if self._given(fields, "joined") else None,
            untouched=nodes.boolean(fields, "untouched", False) if self._given(fields, "untouched") else None,
            pinned_s=self._pinned_s(fields),
            cut_s=self._number(Item, fields, "cut_s"),
            starts_s=self._number(Item, fields, "starts_s"),
        )

    def _transition(self, node: yaml.Node) -> Transition:
        nodes = self._nodes
        fields = nodes.fields(node, "a transition", _names(Transition), REQUIRED[Transition])
        kind = cast(TransitionKind, nodes.choice(fields, "kind", TRANSITION_KINDS, ""))
        length_s = self._number(Transition, fields, "length_s")
        bars = self._number(Transition, fields, "bars")
        for key, value, kinds in (("length_s", length_s, WITH_LENGTH), ("bars", bars, WITH_BARS)):
            if value is not None and kind not in kinds:
                raise nodes.error(
                    f"A {kind} has no length" if kind not in WITH_LENGTH else f"A {kind} is not counted in bars",
                    fields[key],
                    hint=f"take '{key}' out; it belongs to: {', '.join(kinds)}",
                )
        if length_s is not None and bars is not None:
            raise nodes.error("A transition has one length", fields["bars"], hint="take 'length_s' or 'bars' out")
        if kind == "beatmix" and bars is not None and bars not in BEATMIX_BARS:
            raise nodes.error("A beatmix lasts 4, 8 or 16 bars", fields["bars"])
        return Transition(kind=kind, length_s=length_s, bars=bars)

    def _joined(self, node: yaml.Node) -> Joined:
        fields = self._nodes.fields(node, "what a transition became", _names(Joined), REQUIRED[Joined])
        return Joined(
            kind=cast(TransitionKind, self._nodes.choice(fields, "kind", TRANSITION_KINDS, "")),
            overlap_s=self._number(Joined, fields, "overlap_s") or 0.0,
            why=self._texts(fields, "why"),
        )

    def _pinned_s(self, fields: Fields) -> float | None:
        node = fields.get("pinned_s")
        if isinstance(node, yaml.ScalarNode) and (seconds := clock_s(node.value)) is not None:
            return seconds  # 10:00, with quotes or without: YAML itself reads some of these as numbers
        return self._number(Item, fields, "pinned_s")

    def _link(self, node: yaml.Node) -> Link:
        nodes = self._nodes
        fields = nodes.fields(node, "a link", _names(Link), REQUIRED[Link])
        return Link(
            kind=cast(LinkKind, nodes.choice(fields, "kind", LINK_KINDS, "")),
            facts=nodes.names(fields.get("facts"), "facts", numbers=(int,)),
            text=nodes.optional(fields, "text", str),
            line=nodes.optional(fields, "line", str),
            speech_s=self._number(Link, fields, "speech_s"),
            cut_s=self._number(Link, fields, "cut_s"),
            engine=nodes.optional(fields, "engine", str),
            voice=nodes.optional(fields, "voice", str),
            text_hash=nodes.optional(fields, "text_hash", str),
            starts_s=self._number(Link, fields, "starts_s"),
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
            duration_s=self._number(TrackRef, fields, "duration_s"),
        )
        if not (track.id or track.path or track.title):
            raise nodes.error("A track needs an id, a path, or an artist and title", node)
        return track

    def _moment(self, node: yaml.Node, key: str) -> datetime:
        moment = self._nodes.moment(node, key)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise self._nodes.error(f"{key!r} should lie between the years {FIRST_YEAR} and {LAST_YEAR}", node)
        if not re.fullmatch(MOMENT, str(node.value)):  # ISO 8601 has more ways to write one than other programs know
            raise self._nodes.error(
                f"{key!r} is written in an unusual way", node, hint="write it like 2026-11-21T20:00:00+01:00"
            )
        return moment

    def _whole(self, node: yaml.Node, key: str, *checks: Check) -> int:
        """Read a whole number; 7.0 is one, as it is in JSON."""
        if node.tag == "tag:yaml.org,2002:float":
            number = self._nodes.value(node, key, float, *checks)
            if number.is_integer():
                return int(number)
        return self._nodes.value(node, key, int, *checks)

    def _text(self, node: yaml.Node, key: str) -> str:
        """Read a text that has to be there."""
        if _is_null(node):
            raise self._nodes.error(f"A text is missing in {key!r}", node, hint="write one, or take the line out")
        return self._nodes.value(node, key, str)

    def _number(self, kind: type, fields: Fields, key: str) -> float | None:
        return self._nodes.optional(fields, key, float, *_limits(kind, key))

    def _texts(self, fields: Fields, key: str) -> tuple[str, ...]:
        return tuple(self._text(text, key) for text in self._nodes.elements(fields.get(key), key))

    @staticmethod
    def _given(fields: Fields, key: str) -> bool:
        """Say whether a key is there with more than null."""
        node = fields.get(key)
        return node is not None and not _is_null(node)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _names(kind: type) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(kind))


def _limits(kind: type, key: str) -> tuple[Check, ...]:
    limits = LIMITS.get((kind, key))
    return (limits.check,) if limits else ()


def _file_name(value: str) -> str | None:
    return "cannot hold a zero character" if "\0" in value else None
