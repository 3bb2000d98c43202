import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.model import PartialDate
from aidj.script.slots import SLOTS
from aidj.script.wording import duration_words, gap_words, month_words, number_words, session_words


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
        ("year", {"first_released": "1971-03"}, "1971"),
        ("year", {"released": "2011"}, None),  # an edition's year is not the song's
        ("age", {"new_days": 12, "released": "2026-11-10"}, "twelve days"),
        ("age", {"new_days": 0}, None),
        ("age", {"new_days": 12, "released": "2026-11"}, None),  # counted from a day nobody knows
        ("age", {"new_days": 12, "released": "2026-11-10", "first_released": "1971"}, None),
        ("age", {"new_days": 400}, None),
        ("out", {"new_days": 0}, "today"),
        ("out", {"new_days": 1}, "yesterday"),
        ("out", {"new_days": 7}, "a week ago"),
        ("out", {"new_days": 21}, "three weeks ago"),
        ("out", {"new_days": 30}, "about four weeks ago"),
        ("greeting", {"daypart": "night"}, "Hello"),
        ("today", {"daypart": "night"}, "tonight"),
        ("today", {"daypart": "morning"}, "this morning"),
        ("length", {"minutes": 31}, "half an hour"),
        ("length", {"minutes": 5}, None),
        ("length", {"minutes": 88}, "an hour and a half"),
        ("length", {"minutes": 240}, "four hours"),
        ("genre", {"genre": "Other"}, None),
        ("genre", {"genre": "17"}, None),
        ("genre", {"genre": "Indie Rock"}, "Indie Rock"),
    ],
)
def test_slot_words(slot, facts, words):
    assert SLOTS[slot](facts) == words


def test_no_facts_no_words():
    assert {slot({}) for slot in SLOTS.values()} == {None}


@settings(deadline=None)
@given(st.integers(45, 20_000))
def test_gap_never_says_one_of_many_nor_twelve_months(days):
    words = gap_words(days)
    assert not words.endswith(("one years", "one months", "twelve months"))
    assert ("a " in words) == words.endswith(("a year", "a month", "a year and a half", "a half years"))


@settings(deadline=None)
@given(st.integers(45, 20_000))
def test_gap_is_true(days):
    words, years = gap_words(days), days / 365.25
    if words.startswith("more than"):
        counted = words.split()[2]
        number = 1 if counted == "a" else next(n for n in range(2, 60) if number_words(n) == counted)
        assert number < years
    if words.startswith("nearly"):
        counted = words.split()[1]
        number = 1 if counted == "a" else next(n for n in range(2, 60) if number_words(n) == counted)
        assert number > years


def test_other_wording():
    assert duration_words(1) == "a day"
    assert duration_words(10) == "ten days"
    assert duration_words(90) == "about three months"
    assert month_words(PartialDate(2023, 12)) == "December 2023"
    assert session_words(150) == "two and a half hours"
    assert session_words(100) == "an hour and a half"
    assert number_words(21) == "21"
