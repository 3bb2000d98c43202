"""Keeping a name's respelling in a user's own pronunciation file: one entry changes, all else stays, comments too."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from aidj.errors import ConfigError
from aidj.files import cannot_write, write_text
from aidj.voice.pronunciation import SCHEMA, Saying, plain_name, read_pronunciation


def keep_saying(path: Path, saying: Saying) -> None:
    """Write how a name is said into a pronunciation file, which is made if there is none.

    An entry of the same name is replaced, upper and lower case being one.

    Raises
    ------
    ConfigError
        If the file has a mistake, or cannot be written.
    """
    entry = _entry(saying)
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path.parent, error, kind=ConfigError) from error
        text = f"schema: {SCHEMA}\nlanguage: {path.stem}\nentries:\n  - {entry}\n"
    else:
        read_pronunciation(path)  # complains by line where something is wrong
        text = _with_entry(path.read_text(encoding="utf-8-sig"), saying.name, entry)
    write_text(path, text, kind=ConfigError)
    read_pronunciation(path)


def forget_saying(path: Path, name: str) -> bool:
    """Take a name out of a pronunciation file; return whether it stood there.

    Raises
    ------
    ConfigError
        If the file has a mistake, or cannot be written.
    """
    if not path.exists():
        return False
    read_pronunciation(path)
    text = path.read_text(encoding="utf-8-sig")
    changed = _without_entry(text, name)
    if changed is None:
        return False
    write_text(path, changed, kind=ConfigError)
    return True


def _entry(saying: Saying) -> str:
    fields = (("match", saying.name), ("say", saying.say), ("ipa", saying.ipa), ("lang", saying.language))
    parts = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields if value]
    return "{" + ", ".join([*parts, *(["exact: true"] if saying.exact else [])]) + "}"


def _with_entry(text: str, name: str, entry: str) -> str:
    entries = _entries(text)
    if entries is None:
        return f"{text.rstrip()}\nentries:\n  - {entry}\n"
    for item in entries.value:
        if _is_of(item, name):
            return text[: item.start_mark.index] + entry + text[_end(item) :]
    if not entries.value:
        return text[: entries.start_mark.index] + f"\n  - {entry}" + text[entries.end_mark.index :]
    end = _end(entries.value[-1])
    if entries.flow_style:
        return f"{text[:end]}, {entry}{text[end:]}"
    end = _line_end(text, end)
    return f"{text[:end].rstrip(chr(10))}\n{' ' * entries.start_mark.column}- {entry}\n{text[end:]}"


def _without_entry(text: str, name: str) -> str | None:
    entries = _entries(text)
    places = [at for at, item in enumerate(entries.value) if _is_of(item, name)] if entries is not None else []
    if entries is None or not places:
        return None
    items = entries.value
    at = places[0]
    if len(items) == 1:
        return text[: entries.start_mark.index].rstrip() + " []\n" + text[_line_end(text, _end(items[0])) :]
    if entries.flow_style:
        if at + 1 < len(items):
            return text[: items[at].start_mark.index] + text[items[at + 1].start_mark.index :]
        return text[: _end(items[at - 1])] + text[_end(items[at]) :]
    start = text.rfind("\n", 0, items[at].start_mark.index) + 1
    return text[:start] + text[_line_end(text, _end(items[at])) :]


def _entries(text: str) -> yaml.SequenceNode | None:
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(top, yaml.MappingNode)  # the file has been read before
    return next((value for key, value in top.value if key.value == "entries"), None)


def _is_of(item: yaml.MappingNode, name: str) -> bool:
    match = next(value.value for key, value in item.value if key.value == "match")
    return plain_name(match).casefold() == plain_name(name).casefold()


def _end(node: yaml.Node) -> int:
    """Return where an entry ends. The mark of a block mapping stands behind the comments that follow it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        return max(int(value.end_mark.index) for _, value in node.value)
    return int(node.end_mark.index)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1
