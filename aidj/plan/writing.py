"""From a plan to its document, with a stable order of keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from aidj.errors import PlanError
from aidj.files import cannot_write, write_text
from aidj.model import Item, Joined, LeftOut, Link, Mix, Plan, Set
from aidj.plan.form import REQUIRED, SCHEMA

_DECIMALS = 4
_DIGITS = 4
_LAST = ("mix", "sets")
"""What is long stands at the end of the plan; the songs, which one came to edit, last of all."""


def dump_plan(plan: Plan) -> str:
    """Return the document of a plan: the same plan gives the same text, byte for byte.

    Times and scores are rounded to four decimals, propensities to four digits; everything else comes back from
    `parse_plan` as it was. What is empty is left out, but for the text of a link, which invites one to write it.
    """
    head = {key: value for key, value in _plain(dataclasses.replace(plan, sets=())).items() if key not in _LAST}
    if not plan.settings:
        del head["settings"]
    document = {"schema": SCHEMA, **head}
    if plan.mix is not None:
        document["mix"] = _mix_document(plan.mix)
    document["sets"] = [_set_document(part) for part in plan.sets]
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


class _OnOneLine(dict[str, Any]):
    """Values that are read at a glance, written as {a: 1, b: 2}."""


_Dumper.add_representer(
    _OnOneLine, lambda dumper, values: dumper.represent_mapping("tag:yaml.org,2002:map", values, flow_style=True)
)


def _plain(value: Any) -> dict[str, Any]:
    return {field.name: _plain_value(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return _OnOneLine((key, _plain_value(item)) for key, item in value.items())
    if isinstance(value, tuple):
        return [_plain_value(item) for item in value]
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return value


def _mix_document(mix: Mix) -> dict[str, Any]:
    shares = {rotation: _OnOneLine(_plain(share)) for rotation, share in mix.shares.items()}
    left_out = [_OnOneLine(_filled(_plain(part), keep=REQUIRED[LeftOut])) for part in mix.left_out]
    return _filled({"basis": mix.basis, "shares": shares, "left_out": left_out})


def _set_document(part: Set) -> dict[str, Any]:
    head = _filled(_plain(dataclasses.replace(part, entries=())))
    return {**head, "entries": [_entry_document(entry) for entry in part.entries]}


def _entry_document(entry: Item | Link) -> dict[str, Any]:
    if isinstance(entry, Link):
        fields = _plain(entry)
        return {"link": {key: value for key, value in fields.items() if key == "text" or value not in (None, {})}}
    fields = _plain(dataclasses.replace(entry, transition=None, joined=None))  # which keep their places
    fields["track"] = _filled(_plain(entry.track))
    if entry.propensity is not None:
        fields["propensity"] = float(f"{entry.propensity:.{_DIGITS}g}")
    if entry.transition is not None:
        fields["transition"] = _OnOneLine(_filled(_plain(entry.transition)))
    if entry.joined is not None:
        fields["joined"] = _OnOneLine(_filled(_plain(entry.joined), keep=REQUIRED[Joined]))
    return _filled(fields)


def _filled(fields: Mapping[str, Any], keep: Collection[str] = ()) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key in keep or value not in (None, "", [], {})}
