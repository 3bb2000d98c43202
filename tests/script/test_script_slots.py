"""When a slot may be said, in the words of English."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.script import FACTS, SLOTS, load_words
from aidj.script.spans import gap_span
from aidj.script.validating import FULL_FACTS

ENGLISH = load_words("en")


@pytest.mark.parametrize(
    ("slot", "facts", "words"),
    [
        ("title", {"title": "  Low\n Tide "}, "Low Tide"),
        ("title", {"title": " "}, None),
        ("title", {}, None),
        ("listens", {"listens": 12}, "twelve"),
        ("listens", {"listens": 41}, "41"),
        ("listens", {"listens": 1}, None),
        ("songs", {"songs": 5}, "five"),
        ("artist_listens", {"artist_listens": 312}, "312"),
        ("gap", {"days_silent": 59}, None),
        ("gap", {"days_silent": 60}, "about two months"),
        ("gap", {"days_silent": 243}, "about eight months"),
        ("gap", {"days_silent": 365}, "a year"),
        ("gap", {"days_silent": 417}, "more than a year"),
        ("gap", {"days_silent": 548}, "about a year and a half"),
        ("gap", {"days_silent": 700}, "nearly two years"),
        ("gap", {"days_silent": 1096}, "three years"),
        ("gap", {"days_silent": 900}, "about two and a half years"),
        ("since", {"last_heard": "2023-04-11"}, "since April 2023"),
        ("since", {"last_heard": "2023"}, None),
        ("since", {"last_heard": "2023-04-11", "days_silent": 12}, None),
        ("first_heard", {"first_heard": "2019-05-04"}, "May 2019"),
        ("first_heard", {"first_heard": "2019"}, None),
        ("season", {"season": "summer 2016"}, "the summer of 2016"),
        ("season", {"season": "summer 2015/16"}, "the summer of 2015 to 2016"),  # in the south
        ("season", {"season": "winter 2018"}, "the winter of 2018 to 2019"),
        ("season", {"season": "winter 1999/00"}, "the winter of 1999 to 2000"),
        ("season", {"season": "winter 2018/21"}, None),
        ("heard_year", {"heard_year": 2016}, "2016"),
        ("heard_year", {"heard_year": 16}, None),
        ("shared_year", {"shared_year": 1998}, "1998"),
        ("season_artist", {"year_artist": "Night Ferry"}, "Night Ferry"),
        ("year", {"first_released": "1971-03"}, "1971"),
        ("year", {"released": "2011"}, None),  # an edition's year is not the song's
        ("anniversary", {"anniversary": 7, "first_released": "2019-11-24"}, "seven"),
        ("anniversary", {"anniversary": 7, "first_released": "2019-11"}, None),  # the week is not known
        ("anniversary", {"anniversary": 1}, None),
        ("turns", {"turns": 30}, "30"),
        ("turns", {"turns": 25}, "25"),
        ("turns", {"turns": 31}, None),
        ("turns", {"turns": 5}, None),
        ("age", {"new_days": 12, "released": "2026-11-10"}, "twelve days"),
        ("age", {"new_days": 1}, "a day"),
        ("age", {"new_days": 0}, None),
        ("age", {"new_days": 90}, "about three months"),
        ("age", {"new_days": 12, "released": "2026-11"}, None),  # counted from a day nobody knows
        ("age", {"new_days": 12, "released": "2026-11-10", "first_released": "1971"}, None),
        ("age", {"new_days": 400}, None),
        ("out", {"new_days": 0}, "today"),
        ("out", {"new_days": 1}, "yesterday"),
        ("out", {"new_days": 7}, "a week ago"),
        ("out", {"new_days": 21}, "three weeks ago"),
        ("out", {"new_days": 30}, "about four weeks ago"),
        ("greeting", {"daypart": "night"}, "hello"),
        ("today", {"daypart": "night"}, "tonight"),
        ("today", {"daypart": "morning"}, "this morning"),
        ("weekday", {"weekday": "Sunday"}, "Sunday"),
        ("weekday", {"weekday": "Someday"}, None),
        ("length", {"minutes": 31}, "half an hour"),
        ("length", {"minutes": 5}, None),
        ("length", {"minutes": 20}, "twenty minutes"),
        ("length", {"minutes": 88}, "an hour and a half"),
        ("length", {"minutes": 100}, "an hour and a half"),
        ("length", {"minutes": 150}, "two and a half hours"),
        ("length", {"minutes": 240}, "four hours"),
        ("genre", {"genre": "Other"}, None),
        ("genre", {"genre": "17"}, None),
        ("genre", {"genre": "Indie Rock"}, "Indie Rock"),
        ("theme", {"theme": "songs for Ann"}, "songs for Ann"),  # in the listener's own words
        ("theme", {"theme": "…", "theme_kind": "decade", "theme_value": "1990"}, "songs from the 1990s"),
        ("theme", {"theme": "…", "theme_kind": "decade"}, None),
        ("theme", {"theme": "…", "theme_kind": "energy", "theme_value": "sleepy"}, None),
        ("theme", {"theme": "…", "theme_kind": "season", "theme_value": "soon"}, None),
        ("theme", {"theme": "…", "theme_kind": "artist_year", "theme_value": "2016"}, None),
        ("theme", {"theme": "…", "theme_kind": "weather", "theme_value": "rain"}, None),
    ],
)
def test_slot_words(slot, facts, words):
    assert ENGLISH.say(slot, "", facts) == words


def test_no_facts_no_words():
    assert {ENGLISH.say(slot, "", {}) for slot in SLOTS} == {None}


def test_all_facts_all_words():
    assert [slot for slot in SLOTS if not ENGLISH.say(slot, "", FULL_FACTS)] == []


def test_every_slot_tells_a_fact_that_there_is():
    assert {kind.tells for kind in SLOTS.values()} <= FACTS.keys()


@settings(deadline=None)
@given(st.integers(45, 20_000))
def test_gap_never_says_one_of_many_nor_twelve_months(days):
    words = ENGLISH.say("gap", "", {"days_silent": days}) or "a month"
    assert not words.endswith(("one years", "one months", "twelve months"))
    assert ("a " in words) == words.endswith(("a year", "a month", "a year and a half", "a half years"))


@settings(deadline=None)
@given(st.integers(45, 20_000))
def test_gap_is_true(days):
    span, years = gap_span(days), days / 365.25
    number = span.values.get("n", 0)
    if span.key == "spans.more_than_years":
        assert number < years
    if span.key == "spans.nearly_years":
        assert number > years
    if span.key == "spans.years":
        assert abs(number - years) <= 0.05


@pytest.mark.parametrize(
    ("album", "words"),
    [
        ("Tide", "Tide"),
        ("Single", None),
        ("Unknown Album", None),
        ("Slow Boat - Single", None),
        ("Singles Going Slow", "Singles Going Slow"),
        ("marrow", None),
        ("Slow boat", None),
    ],
)
def test_an_album_is_one_with_a_name_of_its_own(album, words):
    facts = {"artist": "Marrow", "title": "Slow Boat", "album": album}
    assert ENGLISH.say("album", "", facts) == words
    before = {f"previous_{name}": value for name, value in facts.items()}
    assert ENGLISH.say("previous_album", "", before) == words
