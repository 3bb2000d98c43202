from datetime import date

import pytest

from aidj.errors import ScriptError
from aidj.script import FACTS, Fact, check_facts, facts_of, without_personal
from aidj.script.validating import FULL_FACTS

GOOD = {
    "artist": "Paper Lanterns",
    "released": "2026-11",
    "first_released": "1994",
    "last_heard": "2025-09-30",
    "rotation": "forgotten_favourite",
    "listens": 41,
    "daypart": "night",
    "weekday": "Sunday",
    "season": "winter 2018/19",
}


def test_good_facts_pass():
    check_facts({})
    check_facts(GOOD)
    check_facts(FULL_FACTS)
    assert FULL_FACTS.keys() == FACTS.keys()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"artits": "x"}, "“artist”"),
        ({"zzzzzz": "x"}, "known facts are"),
        ({"listens": "41"}, "whole number"),
        ({"listens": True}, "whole number"),
        ({"listens": 4.0}, "whole number"),
        ({"listens": -1}, "negative"),
        ({"title": 1984}, 'title: "1984"'),
        ({"title": None}, "a text"),
        ({"released": date(2026, 11, 13)}, 'released: "2026-11-13"'),
        ({"released": "13.11.2026"}, "no date"),
        ({"released": "2026-13"}, "no date"),
        ({"last_heard": "2026-02-30"}, "no date"),
        ({"rotation": "new_relaese"}, "“new_release”"),
        ({"daypart": "xyz"}, "morning"),
        ({"weekday": "sunday"}, "“Sunday”"),
        ({"season": "the summer of 2016"}, "no season"),
        ({"season": "winter 2018/20"}, "winter 2018/19"),
    ],
)
def test_bad_facts_are_named(facts, said):
    with pytest.raises(ScriptError) as caught:
        check_facts(facts)
    assert said in str(caught.value)
    assert next(iter(facts)) in str(caught.value)


def test_every_fact_is_text_or_number_and_says_what_it_means():
    assert {kind.type for kind in FACTS.values()} == {str, int}
    assert all(kind.meaning for kind in FACTS.values())
    assert {kind.source for kind in FACTS.values()} == {"library.tag", "history", "plan", "calendar"}


def test_what_the_history_says_is_personal_and_told_once():
    for kind in FACTS.values():
        assert kind.personal == (kind.source == "history")
        assert kind.once or not kind.personal
    assert [name for name in ("artist", "title", "theme", "daypart", "next_title") if FACTS[name].once] == []


def test_records():
    found = facts_of({"listens": 41, "artist": "Marrow", "rotation": "forgotten_favourite"})
    assert found == (
        Fact(name="artist", value="Marrow", source="library.tag", personal=False),
        Fact(name="rotation", value="forgotten_favourite", source="plan", personal=True),
        Fact(name="listens", value=41, source="history", personal=True),
    )
    with pytest.raises(ScriptError):
        facts_of({"artits": "x"})


def test_without_personal():
    kept = without_personal(FULL_FACTS)
    assert not any(FACTS[name].personal for name in kept)
    assert "rotation" not in kept  # a favourite is one of the listener's
    assert kept["theme"] == "songs from the 1990s"
    assert without_personal({"rotation": "new_release"}) == {"rotation": "new_release"}


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("", "", True),
        ("decade", "1990", True),
        ("energy", "calm", True),
        ("rotation", "deep_cut+others", True),
        ("rotation", "own_shelves", True),
        ("rotation", "forgotten_favourite+others", False),
        ("rotation", "old_and_new", False),
        ("season", "summer 2016", False),
        ("artist_year", "2016", False),
        ("comeback", "", False),
        ("new_this_week", "", False),
    ],
)
def test_a_theme_made_of_the_history_is_personal(kind, value, kept):
    facts = {"theme": "x", "theme_kind": kind, "theme_value": value, "theme_artist": "y"}
    assert ("theme" in without_personal(facts)) == kept
    assert without_personal(facts) in ({}, facts)
