"""The settings a listener keeps: ``config.yaml`` in the data folder, read strictly, every key optional.

::

    mix:
      forgotten_days: 120        # any number of `MixSettings`
      dials: {new_release: 2}    # factors on the share of a rotation
      rules_off: [holiday]       # what should not be kept out
      hemisphere: south
    seams:
      transition: auto           # or crossfade, "crossfade 8", "4 bars", cut, gap, -3 (silence), 0 (off)
      beatmix: true
      leave_alone: {genre: jazz} # a query: songs into which nothing is ever mixed
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from aidj.errors import ConfigError
from aidj.files import read_document
from aidj.model import ROTATIONS, Rotation
from aidj.nodes import Nodes, compose
from aidj.selection import HYGIENE_RULES, MAX_DIAL, HygieneRule, MixSettings, Query, query_of
from aidj.timeline import Handover, parse_handover

FILE_NAME = "config.yaml"

_MAX_BYTES = 1 << 20
_LIMITS: Mapping[str, tuple[float, float]] = {
    "new_days": (1, 3650),
    "new_offers": (1, 1000),
    "new_rest_days": (0, 3650),
    "forgotten_days": (1, 36500),
    "forgotten_min_days_heard": (1, 1000),
    "current_min_days_heard": (1, 1000),
    "rest_hours": (0, 87600),
    "repeat_days": (0, 3650),
    "skip_rest_days": (0, 36500),
    "noise": (0, 10),
    "min_duration_s": (0, 3600),
}
"""What a number may be: beyond that it is a mistake, and not a taste."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that a listener has set."""

    mix: MixSettings = field(default_factory=MixSettings)
    handover: Handover = field(default_factory=Handover)
    """How songs hand over to each other."""
    leave_alone: Query | None = None
    """The songs into which nothing may be mixed."""


def load_settings(folder: Path) -> Settings:
    """Return the settings of a data folder; the usual ones where it holds none.

    Raises
    ------
    ConfigError
        If the file cannot be read or has a mistake: with its line, and the nearest known key.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return Settings()
    text = read_document(path, "settings file", kind=ConfigError, max_bytes=_MAX_BYTES)
    return parse_settings(text, str(path))


def parse_settings(text: str, where: str = FILE_NAME) -> Settings:
    """Read settings from their text. Raises ConfigError as `load_settings` does."""
    root = compose(text, where, ConfigError)
    if root is None:
        return Settings()
    nodes = Nodes(where, ConfigError)
    top = {
        key: node
        for key, node in nodes.fields(root, "the settings", {"mix", "seams"}).items()
        if node.value not in ("", [])
    }
    settings = Settings(mix=_mix(nodes, top["mix"])) if "mix" in top else Settings()
    if "seams" not in top:
        return settings
    fields = nodes.fields(top["seams"], "the seams", {"transition", "beatmix", "leave_alone"})
    beatmix = nodes.boolean(fields, "beatmix", True)
    text = nodes.get(fields, "transition", str, "auto", _is_handover)
    leave_alone = query_of(fields["leave_alone"], nodes) if "leave_alone" in fields else None
    return dataclasses.replace(settings, handover=parse_handover(text, beatmix=beatmix), leave_alone=leave_alone)


def _mix(nodes: Nodes, node: yaml.Node) -> MixSettings:
    fields = nodes.fields(node, "the mix", {*_LIMITS, "dials", "rules_off", "hemisphere"})
    changed: dict[str, Any] = {}
    kinds = {field.name: int if isinstance(field.default, int) else float for field in dataclasses.fields(MixSettings)}
    for name, limits in _LIMITS.items():
        if (value := nodes.optional(fields, name, kinds[name], _between(*limits))) is not None:
            changed[name] = value
    if "dials" in fields:
        dials = nodes.fields(fields["dials"], "the list of dials", ROTATIONS)
        changed["dials"] = {
            cast(Rotation, name): nodes.value(node, name, float, _between(0, MAX_DIAL)) for name, node in dials.items()
        }
    off = [
        nodes.value(node, "rules_off", str, _is_rule) for node in nodes.elements(fields.get("rules_off"), "rules_off")
    ]
    changed["hygiene"] = frozenset(HYGIENE_RULES) - frozenset(cast(list[HygieneRule], off))
    changed["hemisphere"] = cast(
        Literal["north", "south"], nodes.choice(fields, "hemisphere", ("north", "south"), "north")
    )
    return MixSettings(**changed)


def _between(low: float, high: float) -> Any:
    return lambda value: None if low <= value <= high else f"should lie between {low:g} and {high:g}"


def _is_handover(text: str) -> str | None:
    try:
        parse_handover(text)
    except ValueError as error:
        return str(error)
    return None


def _is_rule(value: str) -> str | None:
    return None if value in HYGIENE_RULES else f"holds {value!r}; the rules are: {', '.join(HYGIENE_RULES)}"
