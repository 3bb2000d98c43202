from __future__ import annotations

from dataclasses import replace

import pytest
from made_up import candidate, track

from aidj.model import Candidate
from aidj.sequencing.rules import (
    ALBUM_NEAR,
    ARTIST_GAP,
    ARTIST_IN_SET,
    ARTIST_NEAR,
    ARTIST_RUNNING,
    FORGOTTEN_RUN,
    NEW_AFTER_NEW,
    RELAXATIONS,
    RESTING,
    Contender,
    Rules,
    artists_of,
    songs_of,
)


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


@pytest.mark.parametrize(
    ("before", "in_set", "broken"),
    [
        ([], 0, ()),
        (["B", "C", "D"], 3, ()),
        (["A", "B", "C", "D"], 3, ()),
        (["A", "B", "C"], 2, ()),  # three apart, and that is enough
        (["A", "B"], 0, (ARTIST_NEAR,)),
        (["A", "B"], 1, (ARTIST_NEAR,)),
        (["A", "B"], 2, (ARTIST_IN_SET,)),
        (["A", "B", "C", "D", "E"], 5, (ARTIST_IN_SET,)),  # a set may be longer than the gap
        (["B", "A"], 2, (ARTIST_RUNNING,)),
        (["B", "A"], 0, (ARTIST_RUNNING,)),
        (["A", "A", "B"], 1, (ARTIST_NEAR,)),
    ],
)
def test_which_rule_an_artist_breaks(before: list[str], in_set: int, broken: tuple[int, ...]) -> None:
    rules = Rules(artist_gap=3, album_gap=0, known_first=False)
    (again,) = line("A")
    assert rules.broken_by(again, line(*before), in_set) == broken
    words = rules.in_words(broken, again)
    assert words == tuple(RELAXATIONS[index].format(artist_gap=3, album_gap=0) for index in broken)


def test_a_forgotten_favourite_does_not_follow_another() -> None:
    rules = Rules(artist_gap=3, album_gap=0)
    first, second = (Contender.of(candidate(number, "forgotten_favourite")) for number in (1, 2))
    other = Contender.of(candidate(3, "current_favourite"))
    assert rules.broken_by(second, [first], 1) == (FORGOTTEN_RUN,)
    assert rules.broken_by(second, [first], 0) == (FORGOTTEN_RUN,)  # across sets, too
    assert rules.broken_by(second, [first, other], 2) == ()
    assert rules.broken_by(other, [first], 1) == ()
    same_artist = Contender.of(candidate(4, "forgotten_favourite", artist="Nobody 1"))
    assert rules.broken_by(same_artist, [first], 1) == (FORGOTTEN_RUN, ARTIST_RUNNING)


def test_a_song_never_heard_comes_after_a_known_one() -> None:
    rules = Rules(album_gap=0)
    new, deep, known = (
        Contender.of(candidate(1, "new_release")),
        Contender.of(candidate(2, "deep_cut")),
        Contender.of(candidate(3, "current_favourite")),
    )
    assert rules.broken_by(new, [], 0) == (NEW_AFTER_NEW,)  # a session begins with something known
    assert rules.broken_by(new, [known], 1) == ()
    assert rules.broken_by(deep, [known, new], 2) == (NEW_AFTER_NEW,)
    assert Rules.for_pool([new, deep, known]).known_first
    assert not Rules.for_pool([new, deep]).known_first  # where nothing is known, there is nothing to lead in


def test_albums_keep_their_distance() -> None:
    rules = Rules(artist_gap=0, album_gap=3, known_first=False)
    one, again = (Contender.of(candidate(number, artist=str(number), album="Same Album")) for number in (1, 2))
    others = [Contender.of(candidate(10 + n, artist=str(n), album=f"Other {n}")) for n in range(2)]
    assert rules.broken_by(again, [one], 1) == (ALBUM_NEAR,)
    assert rules.broken_by(again, [one, others[0]], 2) == (ALBUM_NEAR,)
    assert rules.broken_by(again, [one, *others], 3) == ()


def test_what_rests_says_so() -> None:
    terms = {"listens": 3, "resting": "offered 12 days ago"}
    resting = Contender.of(replace(candidate(1, "current_favourite"), terms=terms))
    rules = Rules()
    assert rules.broken_by(resting, [], 0) == (RESTING,)
    assert rules.in_words((RESTING,), resting) == (f"{RELAXATIONS[RESTING]}: offered 12 days ago",)


def test_tracks_that_belong_together_count_for_all_of_them() -> None:
    both = replace(candidate(1), together=(track(1, artist="A"), track(2, artist="B")))
    assert Contender.of(both).artists == {"a", "b"}
    assert len(Contender.of(both).songs) == 2


@pytest.mark.parametrize(("artists", "gap"), [(1, 0), (2, 1), (3, 1), (9, 4), (16, ARTIST_GAP), (90, ARTIST_GAP)])
def test_the_gap_fits_the_number_of_artists(artists: int, gap: int) -> None:
    pool = line(*(f"Artist {number % artists}" for number in range(100)))
    assert Rules.for_pool(pool).artist_gap == gap


def test_a_candidate_is_looked_up_once() -> None:
    resting: Candidate = candidate(1, "forgotten_favourite", resting=True)
    contender = Contender.of(resting)
    assert (contender.forgotten, contender.resting) == (True, True)
