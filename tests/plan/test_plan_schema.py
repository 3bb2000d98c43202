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


class EditorsLoader(yaml.SafeLoader):
    """Reads YAML as editors do: to them a moment without quotes is a text."""


EditorsLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def document(text: str) -> Any:
    return yaml.load(text, EditorsLoader)


def is_read(text: str) -> bool:
    try:
        parse_plan(text)
    except PlanError:
        return False
    return True


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
    ("rotation: deep_cut", "rotation: deep"), ("kind: gap,", "kind: jumpcut,"), ("kind: gap,", "kind: gapless,"),
    ("kind: gap, length_s: 3", "kind: gap, bars: 3"),
    ("length_s: 3", "length_s: -3"), ("pinned_s: 600", "pinned_s: -1"), ("target: 1", "target: 2"),
    ("tracks: 1", "tracks: -1"),
    ("schema: aidj.plan/2", "schema: aidj.plan/3"), ("score: 1", "propensity: 2"),
    # what must be there is missing
    ("schema: aidj.plan/2\n", ""), ("planned_at: '2026-11-21T20:00:00+01:00'\n", ""), ("sets:", "notes: []\nx:"),
    ("track: {title: Nothing, artist: Nobody, duration_s: 200}", "track:"), ("reason: x", "reason:"),
    ("seed: 7", "notes: [null]"), ("rotation: deep_cut", "rules: ['', null]"),
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


MOMENTS = {
    True: ("2026-11-21T20:00:00+01:00", "2026-11-21T20:00Z", "2026-11-21 20:00:59.5-03:30", "2028-02-29T00:00:00+00:00",
           "1971-01-01T00:00:00Z", "9000-12-31T23:59:59.999999-14:00", "1972-01-01T00:00:00-00:44:30"),
    False: ("yesterday", "2026-11-21", "2026-11-21T20:00:00", "2026-11-21T24:00:00Z", "2026-13-01T00:00:00Z",
            "2026-11-31T20:00:00Z", "2026-02-30T20:00:00Z", "2026-11-21T20:60Z", "2026-11-21T20:00:00+24:00",
            "20261121T200000Z", "2026-W47-6T20:00:00Z", "2026-11-21T20Z", "2026-11-21T20:00:00,5Z",
            "2026-11-21x20:00:00Z", "1970-12-31T23:59:59Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:00-10:00",
            "2026-11-21T20:00:00+01:00 ", "", "null", "5", "[]", "{}"),
}  # fmt: skip


@pytest.mark.parametrize(("right", "written"), [(right, text) for right, texts in MOMENTS.items() for text in texts])
@pytest.mark.parametrize("quote", ["", "'"])
def test_both_know_the_same_moments(right: bool, written: str, quote: str) -> None:
    if not quote and written.endswith(" "):
        pytest.skip("without quotes the blank is none of it")
    text = SMALL.replace("'2026-11-21T20:00:00+01:00'", f"{quote}{written}{quote}")
    assert is_read(text) == right
    assert SCHEMA.is_valid(document(text)) == right


WHOLE = {
    "schema": "aidj.plan/2",
    "title": "Evening",
    "planned_at": "2026-11-21T20:00:00+01:00",
    "seed": 7,
    "minutes": 20.5,
    "presenter": "ella",
    "target_lufs": -16,
    "settings": {"new": 2},
    "notes": ["a note"],
    "mix": {
        "basis": "nothing",
        "shares": {"deep_cut": {"target": 1, "pool": 3, "songs": 1}},
        "left_out": [{"reason": "x", "tracks": 1, "example": "y"}],
    },
    "sets": [
        {
            "theme": "a few",
            "theme_kind": "few",
            "order_cost": {"total": 1},
            "entries": [
                {"link": {"kind": "opening", "facts": {"songs": 5}, "text": "hello", "line": "a", "speech_s": 1}},
                {
                    "track": {"id": "a", "path": "/a.flac", "artist": "b", "title": "c", "album": "d", "duration_s": 9},
                    "rotation": "deep_cut",
                    "why": "so",
                    "score": 1,
                    "terms": {"listens": 3},
                    "rules": ["a rule"],
                    "propensity": 0.5,
                    "plays_s": 8,
                    "transition": {"kind": "gap", "length_s": 3},
                    "pinned_s": 600,
                    "starts_s": 600,
                },
                {"track": {"id": "a"}},
                {"track": {"path": "/a.flac"}},
                {"track": {"title": "c"}, "transition": {"kind": "segue"}},
            ],
        }
    ],
}
STRANGE = (
    *(None, "", " ", "x", "null", "0", "1:30", "1:75", "a\0b", "gap"),
    *(0, -1, 2, 7.0, 0.5, 1.5, -20, 10**30, True, False),
    *([], {}, [None], [""], [[]], [{}], ["x"], [0], {"x": None}, {"x": ""}, {"x": 1}, {"x": []}, {"kind": None}),
    *({"kind": "gap"}, {"kind": "gap", "length_s": None}, {"kind": "segue", "length_s": None}, {"link": None}),
    *({"title": None}, {"title": ""}, {"title": 0}, {"id": "", "path": None}, {"track": None}, {"entries": []}),
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document, as the keys and indices that lead to it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(place for key, held in inside for place in places(held, (*way, key)))]


def spoilt_at(value: Any, way: tuple[Any, ...], strange: Any) -> Any:
    if not way:
        return strange
    spoilt = value.copy()
    spoilt[way[0]] = spoilt_at(value[way[0]], way[1:], strange)
    return spoilt


@pytest.mark.parametrize("way", places(WHOLE), ids=lambda way: "/".join(map(str, way)) or "all")
def test_both_say_the_same_of_anything_anywhere(way: tuple[Any, ...]) -> None:
    assert is_read(json.dumps(WHOLE))
    differing = []
    for strange in STRANGE:
        spoilt = spoilt_at(WHOLE, way, strange)
        if is_read(json.dumps(spoilt)) != SCHEMA.is_valid(spoilt):
            differing.append(strange)
    assert differing == []
