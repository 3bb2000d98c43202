"""Documents of older versions still load, and newer ones are refused."""

from __future__ import annotations

import pytest
import yaml

from aidj.errors import PlanError
from aidj.nodes import Nodes, compose
from aidj.plan import dump_plan, parse_plan
from aidj.plan.form import SCHEMA, VERSION
from aidj.plan.upgrades import STEPS, upgrade

FIRST = """\
schema: aidj.plan/1
title: Saturday evening
planned_at: '2026-11-21T20:00:00+00:00'
seed: 20261121
minutes: 30.0
presenter: ella
target_lufs: -16.0
notes: []
sets:
  - theme: songs you have not heard for a long time
    entries:
      - link:
          kind: opening
          facts: {weekday: Saturday, minutes: 30}
          text: null
          line: null
          speech_s: null
          starts_s: null
      - track: {id: abc, artist: Nobody, title: Nothing}
        rotation: forgotten_favourite
        score: 1.5
        terms: {listens: 41}
        plays_s: 200.0
"""


def test_a_plan_of_the_first_version_loads_and_is_written_as_one_of_today() -> None:
    plan = parse_plan(FIRST)
    assert plan == parse_plan(FIRST.replace("aidj.plan/1", SCHEMA))
    assert plan.items()[0].transition is None
    assert dump_plan(plan).startswith(f"schema: {SCHEMA}\n")


def test_a_mistake_in_an_old_plan_is_shown_on_its_line() -> None:
    with pytest.raises(PlanError, match="did you mean 'rotation'") as raised:
        parse_plan(FIRST.replace("rotation:", "rotatoin:"), "old.yaml")
    assert raised.value.where == "old.yaml, line 20"


def test_there_is_a_step_from_every_version() -> None:
    assert sorted(STEPS) == list(range(1, VERSION))


def test_steps_follow_each_other() -> None:
    def renamed(old: str, new: str) -> object:
        def step(document: yaml.MappingNode) -> None:
            for key, _ in document.value:
                key.value = new if key.value == old else key.value

        return step

    root = compose("schema: aidj.plan/1\na: 5\n", "x", PlanError)
    assert root is not None
    upgrade(root, Nodes("x", PlanError), steps={1: renamed("a", "b"), 2: renamed("b", "c")}, to=3)  # type: ignore[dict-item]
    assert yaml.safe_load(yaml.serialize(root)) == {"schema": "aidj.plan/3", "c": 5}
