"""The JSON Schema of a plan, for editors and other programs; made from the values that a plan is read into.

The schema says of a document's form what `parse_plan` says: which keys there are, which must be, of which kind their
values are and which numbers make sense. Like the reader it takes a number or a truth for a text: a title such as 1999
needs no quotes.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from aidj.model import Item, Joined, LeftOut, Link, Mix, Plan, Set, Share, TrackRef, Transition
from aidj.plan.form import (
    BEATMIX_BARS,
    CLOCK,
    LIMITS,
    MOMENT,
    NO_ZERO,
    REQUIRED,
    SCHEMA,
    VERSION,
    WITH_BARS,
    WITH_LENGTH,
)

SCHEMA_FILE = Path(__file__).with_name(f"aidj.plan-{VERSION}.json")
"""The published schema; it lies in the package."""

_NAMES: Mapping[type, str] = {
    Set: "set",
    Item: "song",
    Link: "link",
    TrackRef: "track",
    Transition: "transition",
    Joined: "joined",
    Mix: "mix",
    Share: "share",
    LeftOut: "left_out",
}
_TEXT = {"type": ["string", "number", "boolean"]}
_NULL = {"type": "null"}


def plan_schema() -> dict[str, Any]:
    """Return the schema as plain values, in the 2020-12 dialect of JSON Schema."""
    plan = _object(Plan)
    plan["properties"] = {"schema": {"const": SCHEMA, "description": "The form of the document."}, **plan["properties"]}
    definitions = {name: _object(kind) for kind, name in _NAMES.items()}
    song, track, transition = definitions["song"], definitions["track"], definitions["transition"]
    pinned_s = song["properties"]["pinned_s"]
    pinned_s |= {"type": [*pinned_s["type"], "string"], "pattern": CLOCK}
    track["properties"]["path"]["pattern"] = NO_ZERO
    track["anyOf"] = [
        {"required": [key], "properties": {key: {"not": {"enum": [None, ""]}}}} for key in ("id", "path", "title")
    ]
    transition["allOf"] = [
        {"anyOf": [{"properties": {"kind": {"enum": list(kinds)}}}, {"properties": {key: _NULL}}]}
        for key, kinds in (("length_s", WITH_LENGTH), ("bars", WITH_BARS))
    ] + [{"anyOf": [{"properties": {"length_s": _NULL}}, {"properties": {"bars": _NULL}}]}]
    transition["if"] = {"properties": {"kind": {"const": "beatmix"}}, "required": ["kind"]}
    transition["then"] = {"properties": {"bars": {"enum": [*BEATMIX_BARS, None]}}}
    definitions["entry"] = {
        "if": {"type": "object", "required": ["link"]},
        "then": {
            "type": "object",
            "properties": {"link": {"$ref": "#/$defs/link"}},
            "required": ["link"],
            "additionalProperties": False,
        },
        "else": {"$ref": "#/$defs/song"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:aidj:plan:{VERSION}",
        "title": f"A plan of aidj, version {VERSION}",
        **plan,
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the schema as the published file has it."""
    return json.dumps(plan_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(kind: type) -> dict[str, Any]:
    required = REQUIRED.get(kind, ())
    hints = get_type_hints(kind)
    sentences = _docstrings(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        form = _form(hints[field.name], kind, field.name)
        if field.name not in required:
            form = _or_null(form)
        if field.name in sentences:
            form["description"] = sentences[field.name]
        properties[field.name] = form
    return {
        "type": "object",
        "description": inspect.getdoc(kind),
        "properties": properties,
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }


def _form(hint: Any, kind: type, key: str) -> dict[str, Any]:
    """Return the form of a field's type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _form_of_union([a for a in arguments if a is not NoneType], kind, key)
    if origin is tuple:
        items = {"$ref": "#/$defs/entry"} if key == "entries" else _form(arguments[0], kind, "")
        return _or_null({"type": "array", "items": items})
    if origin is Literal:
        return {"enum": list(arguments)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _form_of_mapping(arguments[0], arguments[1], kind)
    if hint in _NAMES:
        return {"$ref": f"#/$defs/{_NAMES[hint]}"}
    if hint is datetime:
        return {"type": "string", "pattern": MOMENT}
    if hint in (int, float):
        return {"type": "integer" if hint is int else "number", **_limits(kind, key)}
    return dict(_TEXT)


def _form_of_union(kinds: list[Any], kind: type, key: str) -> dict[str, Any]:
    if str in kinds:  # a text or a number: whatever stands there has a meaning
        return dict(_TEXT)
    (only,) = kinds
    return _form(only, kind, key)


def _form_of_mapping(keys: Any, values: Any, kind: type) -> dict[str, Any]:
    if get_origin(keys) is Literal:
        form = _form(values, kind, "")
        return {"type": "object", "properties": dict.fromkeys(get_args(keys), form), "additionalProperties": False}
    return {"type": "object", "additionalProperties": _or_null(_form(values, kind, ""))}


def _or_null(form: dict[str, Any]) -> dict[str, Any]:
    if "type" in form:
        kinds = form["type"] if isinstance(form["type"], list) else [form["type"]]
        return {**form, "type": [*kinds, *({"null"} - set(kinds))]}
    return {"enum": [*form["enum"], None]} if "enum" in form else {"anyOf": [form, _NULL]}


def _limits(kind: type, key: str) -> dict[str, float]:
    limits = LIMITS.get((kind, key))
    if limits is None:
        return {}
    return {"minimum": limits.low} | ({} if limits.high is None else {"maximum": limits.high})


def _docstrings(kind: type) -> dict[str, str]:
    """Return the text below each field of a dataclass, which is kept nowhere but in its source."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    texts = {}
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            assert isinstance(text.value, ast.Constant)
            texts[field.target.id] = " ".join(str(text.value.value).split())
    return texts
