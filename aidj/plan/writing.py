"""From a plan to its document, with a stable order of keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from aidj.errors import PlanError
from aidj.files import cannot_write, write_text
from aidj.model import Item, Link, Plan

SCHEMA = "aidj.plan/1"
"""The first line of every plan says this; another number is another form."""

_DECIMALS = 4


def dump_plan(plan: Plan) -> str:
    """Return the document of a plan: the same plan gives the same text, byte for byte.

    Times and scores are rounded to four decimals; everything else comes back from `parse_plan` as it was.
    """
    document = {"schema": SCHEMA, **_plain(dataclasses.replace(plan, sets=()))}
    document["sets"] = [
        {"theme": part.theme, "entries": [_entry_document(entry) for entry in part.entries]} for part in plan.sets
    ]
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file, whole or not at all; its folder is made if need be.

    Raises
    ------
    PlanError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise cannot_write(path, error, kind=PlanError) from error
    write_text(path, dump_plan(plan), kind=PlanError)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # entries indented below their key read better

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML writes these line breaks as they are and reads them back as others, unless they are escaped.
    style = '"' if any(character in text for character in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


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
        return round(value, _DECIMALS)
    return value


def _entry_document(entry: Item | Link) -> dict[str, Any]:
    if isinstance(entry, Link):
        return {"link": _plain(entry)}
    fields = _plain(entry)
    fields["track"] = {key: value for key, value in _plain(entry.track).items() if value not in (None, "")}
    return {key: value for key, value in fields.items() if value not in (None, [], {})}
