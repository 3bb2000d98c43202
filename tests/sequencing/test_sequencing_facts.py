"""What is true of a link in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import track

from aidj.model import ROTATIONS, PartialDate, Rotation, Set
from aidj.script import FACTS, check_facts, without_personal
from aidj.sequencing import PERSONAL_FACTS, Placed, Theme, impersonal, theme_facts, true_facts
from aidj.sequencing.facts import Facts, anniversary_of

TODAY = date(2026, 11, 21)


def placed(
    number: int, rotation: Rotation = "deep_cut", terms: Mapping[str, float | int | str] | None = None, **fields: Any
) -> Placed:
    terms = {"listens": number, "score": 0.5} if terms is None else terms
    return Placed(track=track(number, **fields), rotation=rotation, terms=terms)


def of_song(song: Placed, *, today: date = TODAY, personal: bool = True) -> Facts:
    return true_facts("intro", {}, [song], 0, today=today, personal=personal)


def test_facts_are_those_of_the_place_and_not_of_the_plan() -> None:
    told: dict[str, str | int] = {
        "theme": "old songs",
        "title": "what stood there before",
        "listens": 99,
        "previous_artist": "gone",
        "season": "summer 2016",
        "shared_year": 1990,
        "anniversary": 3,
        "composer": "gone",
    }
    facts = true_facts("intro", told, [placed(3), placed(4)], 0, today=TODAY)
    assert facts["theme"] == "old songs"
    assert facts["title"] == "Made-up Song 3"
    assert facts["listens"] == 3
    assert facts["next_title"] == "Made-up Song 4"
    assert not {"previous_artist", "score", "season", "shared_year", "anniversary", "composer"} & facts.keys()


def test_what_is_not_known_is_no_fact() -> None:
    bare = placed(1, artist="", album=None, released=None)
    assert of_song(bare) == {"title": "Made-up Song 1", "rotation": "deep_cut", "listens": 1}
    assert true_facts("closing", {}, [], 0, today=TODAY) == {"songs_played": 0, "artists_played": 0}


def test_names_and_dates_as_facts() -> None:
    song = placed(
        1,
        artists=("A", "B"),
        guests=("C", "D"),
        genres=("Jazz", "Pop"),
        released=PartialDate(2020, 5),
        first_released=PartialDate(1990),
    )
    facts = of_song(song)
    assert (facts["artist"], facts["guests"], facts["genre"]) == ("A & B", "C & D", "Jazz")
    assert (facts["released"], facts["first_released"]) == ("2020-05", "1990")
    crowd = placed(2, artist="A, B & C", artists=("A", "B", "C"))
    assert of_song(crowd)["artist"] == "A, B & C"
    assert true_facts("closing", {}, [song, crowd], 2, today=TODAY)["artists_played"] == 4
    assert of_song(placed(3, artists=("Him and Her",)))["artist"] == "Him and Her"  # as the band writes itself


def test_classical_music_has_its_composer_and_work() -> None:
    movement = placed(
        1,
        composer="Nobody von Nowhere",
        work="Nobody von Nowhere: Symphony No. 0 in Q major",
        movement="Allegro ma non presto",
        label="Made-up Records",
    )
    facts = of_song(movement)
    assert (facts["composer"], facts["work"]) == ("Nobody von Nowhere", "Symphony No. 0 in Q major")
    assert (facts["movement"], facts["label"]) == ("Allegro ma non presto", "Made-up Records")
    by_another = replace(movement, track=replace(movement.track, composer="Somebody Else"))
    assert of_song(by_another)["work"] == "Nobody von Nowhere: Symphony No. 0 in Q major"
    assert "label" not in of_song(placed(1, label="[no label]"))


def test_what_the_history_tells() -> None:
    terms: dict[str, float | int | str] = {
        "listens": 41,
        "days_heard": 33,
        "days_silent": 417,
        "first_heard": "2014-05-02",
        "last_heard": "2025-09-30",
        "season": "winter 2015/2016",
        "heard_most_in": 2016,
        "year_artist": "Somebody",
        "artist_listens": 210,
    }
    facts = of_song(placed(1, "forgotten_favourite", terms))
    assert (facts["listens"], facts["days_silent"], facts["artist_listens"]) == (41, 417, 210)
    assert (facts["season"], facts["heard_year"], facts["year_artist"]) == ("winter 2015/2016", 2016, "Somebody")
    assert set(facts) >= PERSONAL_FACTS
    duo = placed(1, "forgotten_favourite", terms, artists=("A", "B"))
    assert "artist_listens" not in of_song(duo)  # it counts the first of them, and both would be named
    kept = of_song(placed(1, "forgotten_favourite", terms), personal=False)
    assert not set(kept) & {*PERSONAL_FACTS, "rotation"}
    assert (kept["title"], kept["artist"]) == ("Made-up Song 1", "Nobody 1")


def test_a_rotation_that_tells_nothing_of_the_past_may_be_told() -> None:
    rotations: dict[Rotation, bool] = {
        "new_release": True,
        "request": True,
        "forgotten_favourite": False,
        "current_favourite": False,
        "deep_cut": True,
    }
    for rotation, told in rotations.items():
        assert ("rotation" in of_song(placed(1, rotation), personal=False)) == told


@pytest.mark.parametrize(
    ("theme", "told"),
    [
        (Theme(kind="decade", value="1990", members=frozenset()), True),
        (Theme(kind="rotation", value="new_release+others", members=frozenset()), True),
        (Theme(kind="rotation", value="forgotten_favourite", members=frozenset()), False),
        (Theme(kind="rotation", value="current_favourite+others", members=frozenset()), False),
        (Theme(kind="rotation", value="old_and_new", members=frozenset()), False),
        (Theme(kind="season", value="summer 2016", members=frozenset()), False),
        (Theme(kind="artist_year", value="2014", artist="Nobody", members=frozenset()), False),
        (Theme(kind="comeback", members=frozenset()), False),
    ],
)
def test_a_theme_that_tells_of_the_past_is_personal(theme: Theme, told: bool) -> None:
    part = Set(theme=theme.words, theme_kind=theme.kind, theme_value=theme.value, theme_artist=theme.artist, entries=())
    facts = theme_facts(part)
    assert facts["theme"] == theme.words
    assert facts["theme_kind"] == theme.kind
    assert impersonal(facts) == (facts if told else {})
    assert impersonal(facts) == without_personal(facts)


def test_what_is_personal_is_so_for_whoever_words_it() -> None:
    assert {name for name, kind in FACTS.items() if kind.personal} == PERSONAL_FACTS
    for rotation in ROTATIONS:
        assert impersonal({"rotation": rotation}) == without_personal({"rotation": rotation})


def test_every_fact_is_one_that_lines_know() -> None:
    terms: dict[str, float | int | str] = {
        **dict.fromkeys(("listens", "days_heard", "days_silent", "new_days", "artist_listens", "heard_most_in"), 9),
        **dict.fromkeys(("first_heard", "last_heard"), "2016-07-01"),
        "year_artist": "Somebody",
        "season": "summer 2016",
    }
    tags = {
        "label": "Made-up Records",
        "composer": "Nobody",
        "work": "Nobody: Nothing",
        "movement": "I",
        "genres": ("x",),
        "first_released": PartialDate(2016, 11, 21),
        "guests": ["Somebody"],
    }
    songs = [placed(number, terms=terms, **tags) for number in range(3)]
    facts = {
        **true_facts("intro", {}, songs, 1, today=TODAY),
        **true_facts("closing", {}, songs, 3, today=TODAY),
        **theme_facts(Set(theme="songs from the 1990s", theme_kind="decade", theme_value="1990", entries=())),
    }
    check_facts(facts)
    told_by_the_plan = {"theme_artist", "songs", "minutes", "daypart", "weekday", "presenter"}
    assert set(FACTS) == {*facts, *told_by_the_plan}


def test_a_theme_in_words_of_ones_own_has_no_kind() -> None:
    part = Set(theme="songs from the 1990s", theme_kind="decade", theme_value="1990", entries=())
    assert theme_facts(part) == {"theme": "songs from the 1990s", "theme_kind": "decade", "theme_value": "1990"}
    assert theme_facts(replace(part, theme="songs for Ada")) == {"theme": "songs for Ada"}
    assert theme_facts(replace(part, theme_value="")) == {"theme": "songs from the 1990s"}
    assert theme_facts(replace(part, theme="")) == {}


@pytest.mark.parametrize(
    ("released", "today", "years"),
    [
        ("1994-11-21", date(2026, 11, 21), 32),
        ("1994-11-18", date(2026, 11, 21), 32),
        ("1994-11-24", date(2026, 11, 21), 32),
        ("1994-11-25", date(2026, 11, 21), None),
        ("1994-11-17", date(2026, 11, 21), None),
        ("1994-11", date(2026, 11, 21), None),
        ("1994", date(2026, 11, 21), None),
        ("2026-11-20", date(2026, 11, 21), None),
        ("2025-11-20", date(2026, 11, 21), 1),
        ("1994-12-30", date(2027, 1, 1), 32),
        ("1994-01-02", date(2026, 12, 31), 33),
        ("1996-02-29", date(2027, 2, 27), 31),
        ("2027-11-21", date(2026, 11, 21), None),
    ],
)
def test_an_anniversary_needs_the_very_day(released: str, today: date, years: int | None) -> None:
    song = placed(1, first_released=PartialDate.parse(released), released=PartialDate(1990))
    assert of_song(song, today=today).get("anniversary") == years
    assert "anniversary" not in of_song(placed(1, released=PartialDate.parse(released)), today=today)


@given(st.dates(date(1900, 1, 1), date(2040, 1, 1)), st.dates(date(1980, 1, 1), date(2040, 1, 1)))
def test_an_anniversary_is_a_birthday_within_three_days(born: date, today: date) -> None:
    song = track(1, first_released=PartialDate(born.year, born.month, born.day))
    years = anniversary_of(song, today)
    if years is None:
        days = (today - born).days
        near = min(days % 365.2425, 365.2425 - days % 365.2425)
        assert near > 2 or days < 180
    else:
        assert years >= 1
        assert abs((today - born).days - years * 365.2425) < 5


@pytest.mark.parametrize(
    ("year", "turns"),
    [(2016, 10), (2011, 15), (2001, 25), (1996, 30), (1976, 50), (1951, 75), (1906, 120), (1991, None), (2021, None)],
)
def test_a_round_number_of_years(year: int, turns: int | None) -> None:
    assert of_song(placed(1, first_released=PartialDate(year), released=None)).get("turns") == turns
    assert "turns" not in of_song(placed(1, released=PartialDate(year)))  # which may be the edition's


def shared(one: Placed, other: Placed) -> Facts:
    facts = true_facts("intro", {}, [one, other], 1, today=TODAY)
    return {name: value for name, value in facts.items() if name.startswith("shared")}


def test_what_two_neighbours_share() -> None:
    one = placed(1, label="Made-up Records", first_released=PartialDate(1994, 3))
    other = placed(2, label="made-up records", first_released=PartialDate(1994), released=PartialDate(2009))
    assert shared(one, other) == {"shared_label": "made-up records", "shared_year": 1994}
    assert shared(one, placed(2, label="Others", first_released=PartialDate(1995))) == {}
    assert shared(one, placed(1, label="Made-up Records", first_released=PartialDate(1994, 3))) == {}, "one artist"
    assert shared(placed(1, released=PartialDate(1994)), placed(2, released=PartialDate(1994))) == {}, "editions"
    late = PartialDate(2025, 12, 24), PartialDate(2026, 1, 1), PartialDate(2025, 1, 1)
    new, newer, older = (placed(number, first_released=day) for number, day in enumerate(late))
    assert shared(newer, replace(newer, track=track(5, first_released=late[1]))) == {}
    assert shared(older, new) == {}, "within the last twelve months"
    first = true_facts("opening", {}, [one, other], 0, today=TODAY)
    last = true_facts("closing", {}, [one, other], 2, today=TODAY)
    assert not {"shared_label", "shared_year"} & {*first, *last}
