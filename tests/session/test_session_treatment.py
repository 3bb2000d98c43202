"""What a plan's settings say of how it is treated, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.home import open_home
from aidj.model import LINK_KINDS, TALK_LEVELS, TALK_LIMITS_DB, TALK_PLACEMENTS, Plan, TalkSettings
from aidj.plan import dump_plan, parse_plan
from aidj.session import as_set
from aidj.session.treatment import talk_of, talk_settings
from aidj.timeline import Handover

decibels = {name: st.floats(*limits).map(lambda value: round(value, 4)) for name, limits in TALK_LIMITS_DB.items()}
talks = st.builds(
    TalkSettings,
    level=st.sampled_from(TALK_LEVELS),
    kinds_off=st.frozensets(st.sampled_from(LINK_KINDS)),
    personal=st.booleans(),
    disclose=st.booleans(),
    placement=st.sampled_from(TALK_PLACEMENTS),
    **decibels,
)


def plan_with(settings: dict[str, str | int | float]) -> Plan:
    return Plan(
        title="Session",
        planned_at=datetime(2026, 11, 21, 20, 0, tzinfo=UTC),
        seed=1,
        minutes=30.0,
        presenter="ella",
        settings=settings,
        sets=(),
    )


@given(talks)
def test_what_was_asked_comes_back_from_the_document(talk: TalkSettings) -> None:
    plan = parse_plan(dump_plan(plan_with({**talk_settings(talk)})))
    assert talk_of(plan, TalkSettings()) == talk


def test_the_usual_needs_no_word() -> None:
    assert talk_settings(TalkSettings()) == {}
    assert talk_settings(TalkSettings(level="chatty", personal=False, placement="gap", duck_db=-15.0)) == {
        "talk": "chatty",
        "talk_placement": "gap",
        "personal": "off",
        "duck_db": -15.0,
    }


@given(talks)
def test_a_plan_that_says_nothing_or_nonsense_is_as_usual(usual: TalkSettings) -> None:
    assert talk_of(plan_with({}), usual) == usual
    nonsense: dict[str, str | int | float] = {
        **dict.fromkeys(("talk", "talk_placement", "personal", "disclose"), "perhaps"),
        **dict.fromkeys(TALK_LIMITS_DB, 99),
    }
    assert talk_of(plan_with(nonsense), usual) == usual
    assert talk_of(plan_with(dict.fromkeys(nonsense, 1e300) | {"duck_db": "much"}), usual) == usual


@pytest.mark.parametrize(
    ("written", "talk"),
    [
        ("{talk: chatty, personal: off}", TalkSettings(level="chatty", personal=False)),
        ("{talk: Silent, disclose: no}", TalkSettings(level="silent", disclose=False)),
        ("{talk_off: 'jump, intro, nothing'}", TalkSettings(kinds_off=frozenset({"jump", "intro"}))),
        ("{duck_db: -15, dip_db: '0'}", TalkSettings(duck_db=-15.0, dip_db=0.0)),
    ],
)
def test_settings_written_by_hand(written: str, talk: TalkSettings) -> None:
    plan = parse_plan(f"schema: aidj.plan/2\nplanned_at: 2026-11-21T20:00:00+00:00\nsettings: {written}\nsets: []\n")
    assert talk_of(plan, TalkSettings()) == talk


def test_a_plans_word_wins_over_the_listeners_settings(tmp_path: Path) -> None:
    kept = TalkSettings(level="chatty", kinds_off=frozenset({"jump"}), placement="gap", personal=False, duck_db=-15.0)
    with open_home(tmp_path) as home:
        plan = as_set(home, plan_with({"talk_placement": "over", "transition": "cut"}), Handover(), None, kept)
        assert plan.settings == {"talk_placement": "over", "personal": "off", "duck_db": -15.0, "transition": "cut"}
        assert as_set(home, plan_with({}), Handover(), None).settings == {}
