from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import candidate, track

from aidj.model import Candidate
from aidj.sequencing.dividing import divided
from aidj.sequencing.rules import ARTIST_GAP, RELAXATIONS, Contender, Rules, artists_of, songs_of


def line(*artists: str) -> list[Contender]:
    return [Contender.of(candidate(number, artist=artist)) for number, artist in enumerate(artists)]


@pytest.mark.parametrize(
    ("title", "artist", "same"),
    [
        ("Harbour", "The Tides", True),
        ("Harbour (Live)", "Tides", True),
        ("Harbour - 2011 Remaster", "The Tides", True),
        ("harbour (feat. Somebody)", "THE TIDES", True),
        ("Harbour (Acoustic Version)", "The Tides", True),
        ("Harbour", "Other People", False),
        ("Harbours", "The Tides", False),
    ],
)
def test_versions_are_the_same_song(title: str, artist: str, same: bool) -> None:
    original, other = track(1, title="Harbour", artist="The Tides"), track(2, title=title, artist=artist)
    assert (not songs_of(original).isdisjoint(songs_of(other))) == same


def test_identifiers_and_any_main_artist_make_the_same_song() -> None:
    one = track(1, recording_mbid="AB-1", isrc="XX-AI1-26-00001")
    assert songs_of(one) & songs_of(track(2, artist="Anybody", recording_mbid="ab-1"))
    assert songs_of(one) & songs_of(track(3, artist="Anybody", isrc="xxai12600001"))
    assert not songs_of(one) & songs_of(track(4, artist="Anybody", recording_mbid="ab-2"))
    duet, swapped = (track(number, title="Duet", artists=names) for number, names in ((5, ("A", "B")), (6, ("B", "A"))))
    assert songs_of(duet) & songs_of(swapped)


def test_guests_count_as_artists() -> None:
    assert artists_of(track(1, artist="The Tides", guests=["Ozan Quill"])) == {"tides", "ozanquill"}
    assert artists_of(track(1, artist="")) == frozenset()


def rule(index: int, gap: int = 3) -> tuple[str, ...]:
    return (RELAXATIONS[index].format(gap=gap),)


@pytest.mark.parametrize(
    ("before", "in_set", "broken"),
    [
        ([], 0, ()),
        (["B", "C", "D"], 3, ()),
        (["A", "B", "C", "D"], 3, ()),
        (["A", "B", "C"], 0, rule(1)),
        (["A", "B", "C"], 2, rule(1)),
        (["A", "B", "C"], 3, rule(2)),
        (["A", "B", "C", "D", "E"], 5, rule(2)),  # a set may be longer than the gap
        (["B", "A"], 2, rule(3)),
        (["B", "A"], 0, rule(3)),
        (["A", "A", "B"], 1, rule(1)),
    ],
)
def test_which_rule_an_artist_breaks(before: list[str], in_set: int, broken: tuple[str, ...]) -> None:
    rules = Rules(artist_gap=3)
    (again,) = line("A")
    assert rules.in_words(rules.broken_by(again, line(*before), in_set)) == broken
    assert rules.relaxation(again, line(*before), in_set) == (
        0 if not broken else 1 + RELAXATIONS.index(broken[0].replace("3", "{gap}"))
    )


def test_a_forgotten_favourite_does_not_follow_another() -> None:
    rules = Rules(artist_gap=3)
    first, second = (Contender.of(candidate(number, "forgotten_favourite")) for number in (1, 2))
    other = Contender.of(candidate(3))
    assert rules.broken_by(second, [first], 1) == (0,)
    assert rules.broken_by(second, [first], 0) == (0,)  # across sets, too
    assert rules.broken_by(second, [first, other], 2) == ()
    assert rules.broken_by(other, [first], 1) == ()
    same_artist = Contender.of(candidate(4, "forgotten_favourite", artist="Nobody 1"))
    assert rules.broken_by(same_artist, [first], 1) == (0, 3)
    assert rules.relaxation(same_artist, [first], 1) == 4


@pytest.mark.parametrize(("artists", "gap"), [(1, 0), (2, 1), (3, 1), (9, 4), (16, ARTIST_GAP), (90, ARTIST_GAP)])
def test_the_gap_fits_the_number_of_artists(artists: int, gap: int) -> None:
    pool = line(*(f"Artist {number % artists}" for number in range(100)))
    assert Rules.for_pool(pool).artist_gap == gap


# Dividing -------------------------------------------------------------------------------------------------------------


def starts_of(sizes: list[int]) -> list[int]:
    return [sum(sizes[:number]) for number in range(len(sizes))]


@given(
    st.lists(st.integers(4, 6), max_size=6), st.lists(st.integers(0, 12), min_size=1, max_size=3), st.integers(1, 30)
)
def test_sets_have_four_to_six_songs(kept: list[int], tail: list[int], artists: int) -> None:
    sizes = kept + tail
    songs = line(*(f"Artist {number * 7 % artists}" for number in range(sum(sizes))))
    found = divided(songs, starts_of(sizes))
    assert sum(found) == len(songs)
    if len(songs) < 8:
        assert found == ([len(songs)] if songs else [])
    else:
        assert all(4 <= size <= 6 for size in found)
        untouched = max(0, len(kept) - 2)  # seven songs over may need one set more, or two
        assert found[:untouched] == kept[:untouched]
    if all(4 <= size <= 6 for size in sizes):
        assert found == sizes or len(songs) < 8


def test_a_very_long_rest_is_divided_evenly() -> None:
    assert set(divided(line(*map(str, range(501))), [0])) == {5, 6}


def test_the_artists_decide_where_to_divide() -> None:
    songs = line("A", "B", "C", "D", "A", "E", "F", "G", "H")
    assert divided(songs, [0]) == [4, 5]
    songs = line("A", "B", "C", "D", "E", "F", "G", "H", "E")
    assert divided(songs, [0]) == [5, 4]


def test_a_candidate_is_looked_up_once() -> None:
    resting: Candidate = candidate(1, "forgotten_favourite", resting=True)
    contender = Contender.of(resting)
    assert (contender.forgotten, contender.resting) == (True, True)
