"""The published schema is the one that is generated, and says of a document's form what the reader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from made_up_plans import plans

from aidj.errors import PlanError
from aidj.model import Plan
from aidj.plan import SCHEMA_FILE, dump_plan, parse_plan, plan_schema
from aidj.plan.schema import schema_text

GOLDEN = Path(__file__).parents[1] / "golden" / "plan.yaml"
SCHEMA = jsonschema.Draft202012Validator(plan_schema())


def document(text: str) -> Any:
    return yaml.safe_load(text)


def test_the_published_file_is_what_is_generated() -> None:
    """Otherwise: python -c "from aidj.plan.schema import *; SCHEMA_FILE.write_text(schema_text())"."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text()) == plan_schema()
    jsonschema.Draft202012Validator.check_schema(plan_schema())


@given(plans)
def test_every_plan_that_is_written_is_valid(plan: Plan) -> None:
    SCHEMA.validate(document(dump_plan(plan)))


def test_what_a_person_writes_is_valid() -> None:
    SCHEMA.validate(
        document("""
schema: aidj.plan/2
title: 1999
planned_at: '2026-11-21T20:00:00+01:00'
notes:
mix:
sets:
  - theme: yes
    entries:
      - link: {kind: opening, text: }
      - track: {artist: 311, title: 1999, id: }
        rotation:
        transition: {kind: crossfade}
        pinned_s: '1:05:30'
      - track: {path: /music/a.flac}
        transition:
        pinned_s: 10:00
""")
    )


SMALL = """\
schema: aidj.plan/2
planned_at: '2026-11-21T20:00:00+01:00'
seed: 7
minutes: 20
mix: {shares: {deep_cut: {target: 1, pool: 3, songs: 1}}, left_out: [{reason: x, tracks: 1}]}
sets:
  - theme: a few
    order_cost: {total: 1}
    entries:
      - link: {kind: opening, facts: {songs: 5}, text: hello}
      - track: {title: Nothing, artist: Nobody, duration_s: 200}
        rotation: deep_cut
        score: 1
        transition: {kind: gap, length_s: 3}
        pinned_s: 600
"""

WRONG = [
    # an unknown key
    ("seed: 7", "sead: 7"), ("theme: a", "themes: a"), ("kind: opening", "knd: opening, kind: intro"),
    ("rotation:", "rotatoin:"), ("artist: Nobody", "artits: Nobody"), ("length_s: 3", "lenght_s: 3"),
    ("deep_cut: {", "deep: {"), ("pool: 3", "pol: 3"), ("reason: x", "reason: x, why: y"), ("{shares", "{share"),
    ("- link: {", "- why: x\n        link: {"),
    # a wrong type
    ("seed: 7", "seed: seven"), ("seed: 7", "seed: 7.5"), ("minutes: 20", "minutes: long"),
    ("theme: a few", "theme: [a]"),
    ("facts: {songs: 5}", "facts: 5"), ("songs: 5", "songs: [5]"), ("score: 1", "score: high"),
    ("text: hello", "text: {}"),
    ("title: Nothing", "title: [Nothing]"), ("pinned_s: 600", "pinned_s: soon"), ("pinned_s: 600", "pinned_s: '1:99'"),
    ("transition: {kind: gap, length_s: 3}", "transition: gap"), ("pool: 3", "pool: many"), ("seed: 7", "notes: one"),
    ("order_cost: {total: 1}", "order_cost: {total: x}"), ("seed: 7", "settings: 5"),
    ("track: {title: Nothing, artist: Nobody, duration_s: 200}", "track: Nothing"),
    # a value that makes no sense
    ("minutes: 20", "minutes: -1"), ("minutes: 20", "target_lufs: 16"), ("kind: opening", "kind: greeting"),
    ("rotation: deep_cut", "rotation: deep"), ("kind: gap,", "kind: beatmix,"), ("kind: gap,", "kind: gapless,"),
    ("length_s: 3", "length_s: -3"), ("pinned_s: 600", "pinned_s: -1"), ("target: 1", "target: 2"),
    ("tracks: 1", "tracks: -1"),
    ("schema: aidj.plan/2", "schema: aidj.plan/3"), ("score: 1", "propensity: 2"),
    # what must be there is missing
    ("schema: aidj.plan/2\n", ""), ("planned_at: '2026-11-21T20:00:00+01:00'\n", ""), ("sets:", "notes: []\nx:"),
    ("kind: opening, ", ""), ("kind: gap, ", ""), (", songs: 1", ""), ("reason: x, ", ""),
    ("title: Nothing, ", ""),
    ("track: {title: Nothing, artist: Nobody, duration_s: 200}\n        rotation", "rotation"),
]  # fmt: skip


def test_the_document_that_is_spoilt_below_is_right() -> None:
    parse_plan(SMALL)
    SCHEMA.validate(document(SMALL))


@pytest.mark.parametrize(("there", "instead"), WRONG, ids=lambda text: text[:30])
def test_what_the_reader_refuses_the_schema_refuses(there: str, instead: str) -> None:
    assert there in SMALL
    spoilt = SMALL.replace(there, instead, 1)
    with pytest.raises(PlanError):
        parse_plan(spoilt)
    assert not SCHEMA.is_valid(document(spoilt))
