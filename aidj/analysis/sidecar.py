"""The sidecar: ``Song.flac.aidj.yaml`` beside a sound file, where a person says what the detectors got wrong.

::

    cue_in_s: 1.2
    intro_end_s: 14.0
    sung_s: [[14.0, 31.5], [40.2, 66.0]]
    leave_alone: true

Every key is optional; what is not there stays as measured. It wins over everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from aidj.analysis.markers import HandSet, contradiction
from aidj.errors import ConfigError
from aidj.files import read_document, write_text
from aidj.keys import name_of, parse_key
from aidj.model import Ending, Key
from aidj.nodes import Fields, Nodes, compose

SUFFIX = ".aidj.yaml"
ENDINGS: tuple[Ending, ...] = get_args(Ending)
METRES = range(2, 13)
_MAX_BYTES = 1 << 18
_MAX_TIME_S = 1e6
_LIMITS: Mapping[str, tuple[float, float]] = {"bpm": (20, 400), "gain_db": (-30, 30)}
_TIMES = ("cue_in_s", "cue_out_s", "start_next_s", "intro_end_s", "fade_starts_s", "first_beat_s")
KEYS = (*(field.name for field in fields(HandSet)), "instrumental")
"""What can be set, in the order in which it is written."""

_HEAD = """\
# {name}
# What you set here wins over what aidj measures and over tags; without its line a value is the measured one.
# Seconds count from the start of the file. To see them all: aidj cue FILE
# Keys: cue_in_s, cue_out_s, start_next_s, intro_end_s (first singing), ending ({endings}),
# fade_starts_s, bpm, first_beat_s (begins a bar), beats_per_bar, key, sung_s ([[from, to], ...]) or
# instrumental: true, gain_db (in place of levelling), leave_alone: true (never stretched or filtered)
"""


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a sound file lies, whether there is one or not."""
    return path.with_name(path.name + SUFFIX)


def read_sidecar(path: Path) -> HandSet | None:
    """Return what the sidecar of a sound file says; None where there is none.

    Raises
    ------
    ConfigError
        If it cannot be read or has a mistake: with its line and field.
    """
    beside = sidecar_of(path)
    try:
        if not beside.exists():
            return None
    except (OSError, ValueError):  # a name that becomes too long
        return None
    return parse_sidecar(read_document(beside, "sidecar", kind=ConfigError, max_bytes=_MAX_BYTES), str(beside))


def parse_sidecar(text: str, where: str = "sidecar") -> HandSet:
    """Read a sidecar from its text. Raises ConfigError as `read_sidecar` does."""
    root = compose(text, where, ConfigError)
    if root is None:
        return HandSet()
    nodes = Nodes(where, ConfigError)
    given = nodes.fields(root, "a sidecar", KEYS)
    values: dict[str, Any] = {
        name: nodes.optional(given, name, float, _between(0, _MAX_TIME_S, " s")) for name in _TIMES
    }
    values |= {name: nodes.optional(given, name, float, _between(*limits)) for name, limits in _LIMITS.items()}
    values["beats_per_bar"] = nodes.optional(
        given,
        "beats_per_bar",
        int,
        lambda value: None if value in METRES else f"should lie between 2 and 12, not {value}",
    )
    if nodes.optional(given, "ending", str) is not None:
        values["ending"] = cast(Ending, nodes.choice(given, "ending", ENDINGS, "cold"))
    values["key"] = _key(nodes, given)
    values["leave_alone"] = _truth(nodes, given, "leave_alone")
    values["sung_s"] = _sung_s(nodes, given)
    hand = HandSet(**values)
    if wrong := contradiction(hand):
        raise nodes.error(f"'{wrong.field}' {wrong.wrong}", given.get(wrong.field, root), hint="correct one of the two")
    return hand


def write_sidecar(path: Path, hand: HandSet, *, force: bool = False) -> Path:
    """Write what is set by hand beside a sound file, whole or not at all.

    If a sidecar is there already, only those lines are changed whose values are given; the others, comments too, stay
    as they were.

    Parameters
    ----------
    path : Path
        The sound file.
    hand : HandSet
        What to set; None leaves what the file says.
    force : bool
        Whether to replace a sidecar that is there, with all that it says.

    Returns
    -------
    Path
        The sidecar.

    Raises
    ------
    ConfigError
        If it cannot be written, the one that is there has a mistake, or what it says then contradicts itself.
    """
    beside = sidecar_of(path)
    old: str | None = None
    if not force and beside.exists():
        old = read_document(beside, "sidecar", kind=ConfigError, max_bytes=_MAX_BYTES)
        parse_sidecar(old, str(beside))
    head = _HEAD.format(name=path.name.replace("\n", " "), endings=", ".join(ENDINGS))
    text = _merged(head if old is None else old, _lines(hand))
    parse_sidecar(text, str(beside))  # nothing is written that would not be read
    write_text(beside, text, kind=ConfigError)
    return beside


def write_template(path: Path, hand: HandSet, *, force: bool = False) -> Path:
    """Write values beside a sound file as comments, for a person to take over one by one.

    Not as values: they would all count as certain then, and speech would be laid over what was only guessed to be free
    of singing.

    Raises
    ------
    ConfigError
        If there is a sidecar already (unless by force), or it cannot be written.
    """
    beside = sidecar_of(path)
    if beside.exists() and not force:
        raise ConfigError(
            "There is a sidecar already",
            where=str(beside),
            cause="somebody has set values by hand",
            hint="change single values with --set, or replace it with --force",
        )
    lines = [f"#{line}" for line in _lines(hand).values()]
    head = _HEAD.format(name=path.name.replace("\n", " "), endings=", ".join(ENDINGS))
    text = head + "# Measured; take the # away from what should hold:\n" + "".join(f"{line}\n" for line in lines)
    write_text(beside, text, kind=ConfigError)
    return beside


def merged(old: HandSet, new: HandSet) -> HandSet:
    """Return what holds if something more is set."""
    return replace(old, **{f.name: value for f in fields(new) if (value := getattr(new, f.name)) is not None})


# --- reading ----------------------------------------------------------------------------------------------------------


def _between(low: float, high: float, unit: str = "") -> Callable[[float], str | None]:
    return lambda value: None if low <= value <= high else f"should lie between {low:g} and {high:g}{unit}"


def _key(nodes: Nodes, given: Fields) -> Key | None:
    text = nodes.optional(given, "key", str)
    if text is None:
        return None
    key = parse_key(text)
    if key is None:
        raise nodes.error(
            f"'key' should be a musical key, not {text[:40]!r}",
            given["key"],
            hint="write it as A minor, Am, Eb major, or as on the Camelot wheel: 8A",
        )
    return key


def _truth(nodes: Nodes, given: Fields, name: str) -> bool | None:
    return None if nodes.optional(given, name, str) is None else nodes.boolean(given, name, default=False)


def _sung_s(nodes: Nodes, given: Fields) -> tuple[tuple[float, float], ...] | None:
    instrumental = _truth(nodes, given, "instrumental")
    ranges: list[tuple[float, float]] = []
    for node in nodes.elements(given.get("sung_s"), "sung_s"):
        pair = [nodes.value(one, "sung_s", float, _between(0, _MAX_TIME_S, " s")) for one in _pair(nodes, node)]
        start, end = pair
        if start >= end:
            raise nodes.error(f"'sung_s' has a stretch that ends ({end:g}) before it begins ({start:g})", node)
        if ranges and start < ranges[-1][1]:
            wrong = f"'sung_s' has a stretch that begins ({start:g}) before the one above it ends ({ranges[-1][1]:g})"
            raise nodes.error(wrong, node, hint="write them in order, without overlap")
        ranges.append((start, end))
    if ranges and instrumental:
        raise nodes.error("'instrumental' says that nobody sings, but sung_s says when", given["instrumental"])
    return () if instrumental else tuple(ranges) or None


def _pair(nodes: Nodes, node: yaml.Node) -> list[yaml.Node]:
    pair = nodes.elements(node, "sung_s")
    if len(pair) != 2:
        raise nodes.error("'sung_s' is a list of pairs, from and to", node, hint="write it as [[12.1, 15.0], [20, 31]]")
    return pair


# --- writing ----------------------------------------------------------------------------------------------------------


def _lines(hand: HandSet) -> dict[str, str]:
    """Return the line of each key that is set."""
    lines: dict[str, str] = {}
    for name in KEYS[:-1]:
        value = getattr(hand, name)
        if value is None:
            continue
        if name == "sung_s":
            shown = ", ".join(f"[{_number(start)}, {_number(end)}]" for start, end in value)
            lines["instrumental" if not value else name] = "instrumental: true" if not value else f"sung_s: [{shown}]"
        elif isinstance(value, bool):
            lines[name] = f"{name}: {'true' if value else 'false'}"
        elif isinstance(value, Key):
            lines[name] = f"{name}: {value}  # {name_of(value)}"
        else:
            lines[name] = f"{name}: {_number(value) if isinstance(value, float) else value}"
    return lines


def _number(value: float) -> str:
    """Return a number to the millisecond; YAML needs the point to see a number in it."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) >= 0.0005 else "0"


_TOP_KEY = re.compile(r"#?([A-Za-z_]+)\s*:")
"""A key, or one that `write_template` has left as a comment (people put a blank behind their #)."""


def _merged(old: str, lines: Mapping[str, str]) -> str:
    """Return a sidecar's text in which these keys have these lines; what else stands there is left as it is.

    What contradicts a new line (stretches of singing in instrumental music) becomes a comment.
    """
    gone = {*lines, *({"sung_s", "instrumental"} if {"sung_s", "instrumental"} & set(lines) else ())}
    kept: list[str] = []
    waiting = dict(lines)
    dropping = contradicted = False
    for line in old.splitlines():
        match = _TOP_KEY.match(line)
        if match:
            dropping = match[1] in gone
            contradicted = dropping and match[1] not in lines and not line.startswith("#")
            if dropping and match[1] in waiting:
                kept.append(waiting.pop(match[1]))
        elif not line.startswith((" ", "\t", "-", "[", "]")):
            dropping = contradicted = False
        if not dropping:
            kept.append(line)
        elif contradicted:
            kept.append(f"# {line}")
    return "\n".join([*kept, *waiting.values()]) + "\n"
