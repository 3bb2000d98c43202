"""A query as a document: short YAML, read strictly, since it is written by hand.

::

    genres: [hip hop, jazz]
    decade: 1990s                # years: [1990, 1999]
    tempo_bpm: [80, 100]
    heard: before
    without: {artist: Nobody In Particular}
    minutes: 45

Where a list of texts is meant, a single one will do, under the name in the singular too (``genre: jazz``).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from aidj.errors import QueryError
from aidj.files import read_document
from aidj.nodes import Fields, Nodes, compose, nearest, shown
from aidj.selection.query import SHELVES, Query, Without, mistake_in

_MAX_BYTES = 1 << 20
_HINT = "write it like 'genres: [jazz]', or 'artist: ...'; docs/how-it-chooses.md lists all keys"
_TEXTS = ("genres", "moods", "artists", "like", "albums", "works", "titles", "rotations")
_SINGULAR = {plural.removesuffix("s"): plural for plural in _TEXTS}
_NUMBERS: Mapping[str, type] = {"tempo_bpm": float, "energy": float, "years": int, "heard_in": int}
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_DECADE = re.compile(r"(\d{4}|\d{2})['’]?s?", re.ASCII)
_KNOWN = frozenset({*_SINGULAR, *(field.name for field in dataclasses.fields(Query)), "decade", "year"})


def load_query(path: Path) -> Query:
    """Read a query from a file. Raises QueryError with file, line, key, and what to do."""
    text = read_document(path, "query", kind=QueryError, max_bytes=_MAX_BYTES)
    return parse_query(text, str(path))


def parse_query(text: str, where: str = "query") -> Query:
    """Read a query from its text; `where` names it in messages. Raises QueryError as `load_query` does."""
    root = compose(text, where, QueryError)
    if root is None:
        raise QueryError("The query is empty", where=where, hint=_HINT)
    return Query(**_Reader(Nodes(where, QueryError)).query(root))


def query_of(node: yaml.Node, nodes: Nodes) -> Query:
    """Read a query that stands within another document. Raises the error of `nodes`, with the line."""
    return Query(**_Reader(nodes).query(node))


def dump_query(query: Query) -> str:
    """Return the document of a query, with what differs from the usual; `parse_query` gives the query back."""
    document = _document(query)
    if without := _document(query.without):
        document["without"] = without
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100)


def _document(value: Query | Without) -> dict[str, Any]:
    usual = type(value)()
    document: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if held != getattr(usual, field.name) and field.name != "without":
            document[field.name] = list(held) if isinstance(held, tuple) else held
    return document


class _Reader:
    """What a query may hold, and where."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def query(self, root: yaml.Node) -> dict[str, Any]:
        """Return the fields that are given, each of them right."""
        nodes = self._nodes
        fields = self._plural(nodes.fields(root, "the query", _KNOWN))
        given: dict[str, Any] = {}
        for key in _TEXTS:
            given[key] = self._texts(fields, key)
        for key, kind in _NUMBERS.items():
            given[key] = self._span(fields, key, kind)
        if (node := fields.get("decade")) and not _is_null(node):
            if given["years"] is not None:
                raise nodes.error("'decade' and 'years' say the same", node, hint="take one of them out")
            given["years"] = self._decade(node)
        given["heard"] = nodes.optional(fields, "heard", str, lambda value: mistake_in("heard", value))
        given["minutes"] = nodes.optional(fields, "minutes", float, lambda value: mistake_in("minutes", value))
        for key in ("whole_album", "whole_work"):
            if key in fields and not _is_null(fields[key]):
                given[key] = nodes.boolean(fields, key, False)
        if (node := fields.get("without")) and not _is_null(node):
            given["without"] = self._without(node)
        return given

    def _without(self, node: yaml.Node) -> Without:
        keys = [field.name for field in dataclasses.fields(Without) if field.name in _TEXTS]
        known = {*keys, *(one for one, many in _SINGULAR.items() if many in keys), "year", "years"}
        fields = self._plural(self._nodes.fields(node, "'without'", known))
        years = self._span(fields, "years", int)
        return Without(**{key: self._texts(fields, key) for key in keys}, years=years)

    def _plural(self, fields: Fields) -> dict[str, yaml.Node]:
        """Bring the keys to the plural."""
        found: dict[str, yaml.Node] = {}
        for key, node in fields.items():
            name = {**_SINGULAR, "year": "years"}.get(key, key)
            if name in found:
                raise self._nodes.error(f"{key!r} and {name!r} say the same", node, hint="make one list of them")
            found[name] = node
        return found

    def _texts(self, fields: Fields, key: str) -> tuple[str, ...]:
        node = fields.get(key)
        if node is None or _is_null(node):
            return ()
        each = [node] if isinstance(node, yaml.ScalarNode) else self._nodes.elements(node, key)
        texts = []
        for one in each:
            text = self._nodes.value(one, key, str)
            if wrong := mistake_in(key, (text,)):
                hint = nearest(text, SHELVES) if key == "rotations" else None
                raise self._nodes.error(f"{key!r} {wrong}", one, hint=hint)
            texts.append(text)
        if wrong := mistake_in(key, texts):
            raise self._nodes.error(f"{key!r} {wrong}", node)
        return tuple(texts)

    def _span(self, fields: Fields, key: str, kind: type) -> tuple[Any, Any] | None:
        """Read two numbers; one year stands for itself."""
        node = fields.get(key)
        if node is None or _is_null(node):
            return None
        if isinstance(node, yaml.ScalarNode) and kind is int:
            year = self._nodes.value(node, key, int)
            numbers = [year, year]
        elif isinstance(node, yaml.SequenceNode) and len(node.value) == 2:
            numbers = [self._nodes.value(one, key, kind) for one in node.value]
        else:
            example = "[2014, 2016]" if kind is int else "[0.2, 0.6]" if key == "energy" else "[110, 126]"
            raise self._nodes.error(f"{key!r} needs two numbers, from and to", node, hint=f"write {key}: {example}")
        span = (numbers[0], numbers[1])
        if wrong := mistake_in(key, span):
            raise self._nodes.error(f"{key!r} {wrong}", node)
        return span

    def _decade(self, node: yaml.Node) -> tuple[int, int]:
        text = self._nodes.value(node, "decade", str)
        match = _DECADE.fullmatch(text.strip().casefold())
        if not match or int(match[1]) % 10:
            raise self._nodes.error(
                f"'decade' should be a decade, not {shown(text)}", node, hint="write it like 1980s; or give 'years'"
            )
        start = int(match[1])
        if start < 100:  # "80s"; this century's are those up to the twenties
            start += 2000 if start <= 20 else 1900
        span = (start, start + 9)
        if wrong := mistake_in("years", span):
            raise self._nodes.error(f"'decade' {wrong}", node)
        return span


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
