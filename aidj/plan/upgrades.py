"""Older documents brought to the form of today, one small step per version.

The steps work on the YAML nodes, which keep their lines: a mistake in an old document is still shown where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import yaml

from aidj.nodes import Nodes, shown
from aidj.plan.form import SCHEMA, VERSION

Step = Callable[[yaml.MappingNode], None]
"""Changes a document of one version, in place, into one of the next; its `schema` is changed for it."""


def _to_2(document: yaml.MappingNode) -> None:
    """Transitions, pins, settings and the mix came in; nothing of version 1 has changed its form."""


STEPS: Mapping[int, Step] = {1: _to_2}
"""By the version that a step starts from."""


def upgrade(root: yaml.Node, nodes: Nodes, *, steps: Mapping[int, Step] = STEPS, to: int = VERSION) -> None:
    """Bring a document, in place, to the version of today; what names no version is left for the reader to refuse.

    Raises the error of `nodes` where the version is unknown or newer than this program.
    """
    node = _schema_node(root)
    if node is None or not isinstance(root, yaml.MappingNode):
        return
    name = nodes.value(node, "schema", str)  # refuses what is no single value
    match = re.fullmatch(r"aidj\.plan/([1-9][0-9]{0,5})", name)
    if match is None:
        raise nodes.error(
            f"The schema is {shown(name)}; this aidj reads {SCHEMA!r}", node, cause="the file is something else"
        )
    version = int(match[1])
    if version > to:
        raise nodes.error(
            f"The schema is {shown(name)}; this aidj reads up to {SCHEMA!r}",
            node,
            cause="a newer version of aidj wrote it",
            hint="bring aidj up to date: pip install --upgrade aidj",
        )
    for number in range(version, to):
        steps[number](root)
        node.value = f"aidj.plan/{number + 1}"


def _schema_node(root: yaml.Node) -> yaml.Node | None:
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == "schema"), None)
