"""YAML nodes, which know the line they stand on, brought to plain values; a mistake says where it is and what to do.

For documents that are edited by hand and come back as frozen values: plans, queries, settings.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import yaml

from aidj.errors import AidjError

T = TypeVar("T")
Fields = Mapping[str, yaml.Node]
Check = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""

_KINDS: Mapping[type, str] = {str: "a text", int: "a whole number", float: "a number"}
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "merge", "value"})
_MOST_SHOWN = 60


_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):  # a few of them, nested, could stand for millions of songs
            mark = cast(Any, self).get_event().start_mark
            raise yaml.MarkedYAMLError(problem="a reference with *, which is not taken here", problem_mark=mark)
        return super().compose_node(parent, index)


def compose(text: str, where: str, kind: type[AidjError]) -> yaml.Node | None:
    """Return the root of a document; None if it is empty. Raises an error of that kind where it is not YAML."""
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _not_yaml(error, text, where, kind) from error
    return root


def _not_yaml(error: Exception, text: str, where: str, kind: type[AidjError]) -> AidjError:
    problem, line = "it cannot be parsed", None
    if isinstance(error, yaml.MarkedYAMLError):
        problem = error.problem or problem
        marks = [error.problem_mark, error.context_mark]
        if "end of stream" in problem:  # a quote or bracket never closed: where it opens is what helps
            marks.reverse()
        line = next((mark.line + 1 for mark in marks if mark), None)
    elif isinstance(error, yaml.reader.ReaderError):
        problem = "a character that no text should have"
        line = text.count("\n", 0, error.position) + 1
    elif isinstance(error, RecursionError):
        problem = "too many brackets inside each other"
    return kind(
        f"This is not valid YAML ({problem})",
        where=f"{where}, line {line}" if line else where,
        cause="a missing quote, a wrong indentation, or a tab",
        hint="compare the line with its neighbours; a text that holds any of : # * & ! @ % [ { belongs in quotes",
    )


class Nodes:
    """Reads values out of nodes.

    Parameters
    ----------
    where : str
        The document's name, for messages.
    kind : type of AidjError
        What everything here raises.
    """

    def __init__(self, where: str, kind: type[AidjError]) -> None:
        self._where = where
        self._kind = kind
        self._numbers = yaml.constructor.SafeConstructor()

    def fields(self, node: yaml.Node, what: str, known: Collection[str], required: Sequence[str] = ()) -> Fields:
        """Return the values of a mapping whose keys are known, each there once."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(f"Here {what} is expected, as 'key: value' lines", node)
        fields: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key not in known:
                near = nearest(key, known)
                raise self.error(
                    f"{what[0].upper()}{what[1:]} has no key {shown(key)}",
                    key_node,
                    cause="a misspelling" if near else None,
                    hint=near or f"known keys are: {', '.join(sorted(known))}",
                )
            if key in fields:
                raise self.error(f"The key {key!r} stands here twice", key_node, hint="take one of them out")
            fields[key] = value_node
        for key in required:
            if key not in fields:
                raise self.error(f"{what[0].upper()}{what[1:]} needs the key {key!r}", node)
        return fields

    def elements(self, node: yaml.Node | None, key: str) -> list[yaml.Node]:
        """Return the elements of a list; none where it is missing or null."""
        if node is None or _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(f"{key!r} is a list; each element starts with a dash", node)
        return list(node.value)

    def names(self, node: yaml.Node | None, what: str, numbers: Collection[type]) -> dict[str, Any]:
        """Read names with texts and numbers of these types; a name without a value counts as not there."""
        if node is None or _is_null(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise self.error(f"{what!r} is a list of 'name: value' lines", node)
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in values:
                raise self.error(f"{shown(key)} stands in {what!r} twice", key_node, hint="take one of them out")
            value = self._scalar(value_node, key)
            if not _is_null(value_node):
                # What looks like a date, a truth or another kind of number is meant as the text it shows.
                values[key] = value if type(value) in numbers else value_node.value
        return values

    def get(self, fields: Fields, key: str, kind: type[T], default: T, *checks: Check) -> T:
        """Return a value, or the default where it is missing or null."""
        value = self.optional(fields, key, kind, *checks)
        return default if value is None else value

    def optional(self, fields: Fields, key: str, kind: type[T], *checks: Check) -> T | None:
        """Return a value, or None where it is missing or null."""
        node = fields.get(key)
        return None if node is None or _is_null(node) else self.value(node, key, kind, *checks)

    def value(self, node: yaml.Node, key: str, kind: type[T], *checks: Check) -> T:
        """Return a text, a whole number or a finite number."""
        value: Any = self._scalar(node, key)
        if kind is float and type(value) is int:
            value = float(value)
        if kind is str:
            value = node.value  # a title such as 1999, Yes or 2026-02-30 needs no quotes here
        if type(value) is not kind:
            raise self.error(f"{key!r} should be {_KINDS[kind]}, not {shown(node.value)}", node)
        for check in checks:
            if wrong := check(value):
                raise self.error(f"{key!r} {wrong}", node)
        return value

    def choice(self, fields: Fields, key: str, known: Sequence[str], default: str) -> str:
        """Return one of the known texts."""
        value = self.get(fields, key, str, default)
        if value not in known:
            wrong = f"{key!r} should be one of {', '.join(known)}, not {shown(value)}"
            raise self.error(wrong, fields[key], hint=nearest(value, known))
        return value

    def boolean(self, fields: Fields, key: str, default: bool) -> bool:
        """Return a truth (true, yes, on, false, no, off), or the default where it is missing or null."""
        node = fields.get(key)
        if node is None or _is_null(node):
            return default
        truth = _TRUTHS.get(node.value.lower()) if isinstance(node, yaml.ScalarNode) else None
        if truth is None:
            raise self.error(f"{key!r} should be yes or no, not {shown(str(node.value))}", node)
        return truth

    def moment(self, node: yaml.Node, key: str) -> datetime:
        """Return a moment with its zone."""
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            wrong = f"{key!r} should be a moment with its zone, not {shown(text)}"
            raise self.error(wrong, node, hint="write it like 2026-11-21T20:00:00+01:00")
        return moment

    def error(self, what: str, node: yaml.Node, *, cause: str | None = None, hint: str | None = None) -> AidjError:
        """Return the error that points to a node."""
        return self._kind(what, where=f"{self._where}, line {node.start_mark.line + 1}", cause=cause, hint=hint)

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error("A key should be a single word", node)
        return str(node.value)

    def _scalar(self, node: yaml.Node, key: str) -> str | int | float:
        """Return a number that can be counted with, or the text as it stands."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(f"{shown(key)} should be a single value", node)
        kind = node.tag.removeprefix(_TAG)
        if kind not in _PLAIN_TAGS:
            raise self.error(
                f"{shown(key)} has a value of an unknown kind",
                node,
                cause="it begins with !, which means a kind of value to YAML",
                hint="put the value in quotes",
            )
        number: int | float | None = None
        try:
            if kind == "int":
                number = self._numbers.construct_yaml_int(node)
            elif kind == "float":
                number = self._numbers.construct_yaml_float(node)
            if number is not None and math.isfinite(number):
                return number
        except (ValueError, OverflowError, IndexError):
            pass  # no number after all, or one of thousands of digits
        return str(node.value)


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return a hint for a misspelt word; None if nothing is like it."""
    near = difflib.get_close_matches(word[:_MOST_SHOWN], sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else None


def shown(text: str) -> str:
    """Return a text as it can stand in a message."""
    return repr(text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}...")


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == f"{_TAG}null"
