from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import DAY_S, NOW, history, library, plays, track

from aidj.model import Candidate, PartialDate, Plays, Track
from aidj.selection import MixSettings, select

QUIET = MixSettings(noise=0.0)
OLD = [(0, 400), (0, 410), (0, 420)]


def chosen(tracks: Sequence[Track], past: Plays, seed: int = 1, mix: MixSettings = QUIET) -> dict[str, Candidate]:
    found = select(tracks, past, now=NOW, rng=np.random.default_rng(seed), settings=mix)
    assert len({candidate.track.id for candidate in found}) == len(found)
    return {candidate.track.id: candidate for candidate in found}


def only(song: Track, *rows: tuple[int, float] | tuple[int, float, str], mix: MixSettings = QUIET) -> Candidate:
    return chosen([song], plays(rows), mix=mix)[song.id]


# Which shelf ----------------------------------------------------------------------------------------------------------


def test_a_song_never_heard_is_a_deep_cut() -> None:
    candidate = only(track())
    assert (candidate.rotation, candidate.why) == ("deep_cut", "in the library, not heard yet")
    assert candidate.terms == {"listens": 0}


def test_a_song_loved_once_and_silent_is_a_forgotten_favourite() -> None:
    candidate = only(track(), (0, 90.5), (0, 100), (0, 100.01), (0, 120))
    assert candidate.rotation == "forgotten_favourite"
    assert candidate.why == "4 listens on 3 days, none for 90 days"
    assert candidate.terms == {
        "listens": 4,
        "days_heard": 3,
        "days_silent": 90,
        "first_heard": "2026-07-24",
        "last_heard": "2026-08-23",
    }


@pytest.mark.parametrize(
    ("rows", "rotation"),
    [
        ([(0, 89), (0, 100), (0, 120)], "current_favourite"),  # not silent for long enough
        ([(0, 100), (0, 100.01), (0, 100.02)], "deep_cut"),  # much heard, but on one day
        ([(0, 100), (0, 110)], "deep_cut"),  # two days are too few
        ([(0, 1), (0, 3)], "current_favourite"),
        ([(0, 3)], "deep_cut"),
        ([(0, 3, "skip"), (0, 4, "short")], "deep_cut"),
        ([*OLD, (0, 200, "skip")], "deep_cut"),  # what was skipped the last time is no favourite
        ([*OLD, (0, 500, "skip")], "forgotten_favourite"),  # an older skip is forgiven
    ],
)
def test_the_rotation_follows_the_habit(rows: list[tuple[int, float]], rotation: str) -> None:
    assert only(track(), *rows).rotation == rotation


def test_long_silence_is_a_condition_and_never_a_score() -> None:
    tracks = [track(number) for number in range(3)]
    rows = [(0, 100 + day) for day in range(5)] + [(1, 1000 + day) for day in range(5)] + [(2, 100), (2, 101), (2, 102)]
    scores = {number: chosen(tracks, plays(rows))[tracks[number].id].score for number in range(3)}
    assert scores[0] > scores[1]
    assert scores[0] > scores[2]


# What is new ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("released", "why"),
    [
        (PartialDate(2026, 11, 21), "came out today, not heard yet"),
        (PartialDate(2026, 11, 20), "came out 1 day ago, not heard yet"),
        (PartialDate(2026, 8, 23), "came out 90 days ago, not heard yet"),
        (PartialDate(2026, 10), "came out in 2026-10, not heard yet"),
    ],
)
def test_what_came_out_lately_is_new(released: PartialDate, why: str) -> None:
    candidate = only(track(released=released))
    assert (candidate.rotation, candidate.why) == ("new_release", why)
    assert ("new_days" in candidate.terms) == (released.precision == "day")


@pytest.mark.parametrize(
    "released",
    [
        None,
        PartialDate(2026, 8, 22),
        PartialDate(2026, 11, 22),
        PartialDate(2027),
        PartialDate(9999, 12, 31),
        PartialDate(2026, 8),
        PartialDate(2026),  # in November a bare year says too little
        PartialDate(2025, 11, 21),
    ],
)
def test_what_is_old_or_unsure_or_not_out_yet_is_not_new(released: PartialDate | None) -> None:
    assert only(track(released=released)).rotation == "deep_cut"


def test_a_bare_year_counts_early_in_the_year_and_claims_no_day() -> None:
    song = track(released=PartialDate(2026))
    for month, rotation in ((1, "new_release"), (3, "new_release"), (4, "deep_cut")):
        now = NOW.replace(month=month)
        (candidate,) = select([song], Plays.none(), now=now, rng=np.random.default_rng(1))
        assert candidate.rotation == rotation
        assert "new_days" not in candidate.terms
        assert "days ago" not in candidate.why


@pytest.mark.parametrize(
    ("fields", "is_new"),
    [
        ({"first_released": PartialDate(1973)}, False),
        ({"first_released": PartialDate(2025)}, False),
        ({"first_released": PartialDate(2026, 3, 1)}, False),
        ({"first_released": PartialDate(2026, 9, 1)}, True),  # the single came a little earlier
        ({"first_released": PartialDate(2026)}, True),
        ({"title": "Old Song (2026 Remaster)"}, False),
        ({"album": "Old Album (Remastered)"}, False),
        ({"title": "New Song (Live)"}, True),
    ],
)
def test_a_reissue_is_not_new(fields: dict[str, object], is_new: bool) -> None:
    candidate = only(track(released=PartialDate(2026, 11, 1), **fields))
    assert (candidate.rotation == "new_release") == is_new


def test_a_new_song_that_was_heard_often_is_a_current_favourite() -> None:
    song = track(released=PartialDate(2026, 11, 1))
    assert only(song, (0, 3), (0, 4)).rotation == "new_release"
    assert only(song, (0, 3), (0, 4), (0, 5)).rotation == "current_favourite"


# What rests -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "rests"),
    [
        ([(0, 0.4)], True),
        ([(0, 0.6)], False),
        ([(0, 0.4, "short")], True),
        ([(0, 179, "skip")], True),
        ([(0, 181, "skip")], False),
        ([(0, 100, "skip"), (0, 90)], False),
        ([(0, -2, "skip")], False),
    ],
)
def test_what_was_just_played_or_skipped_rests(rows: list[tuple[int, float, str]], rests: bool) -> None:
    candidate = only(track(), *rows)
    assert ("resting" in candidate.terms) == rests
    assert ("little else is left" in candidate.why) == rests
    assert (candidate.score < -50) == rests


def test_a_skip_is_told() -> None:
    candidate = only(track(), *OLD, (0, 200, "skip"))
    assert candidate.why == "3 listens, the last one 400 days ago, skipped the last time"


# The whole ------------------------------------------------------------------------------------------------------------


def test_an_empty_library_and_an_empty_history() -> None:
    assert select([], Plays.none(), now=NOW, rng=np.random.default_rng(1)) == ()
    tracks = library(50, artists=9, seed=1)
    assert len(chosen(tracks, Plays.none())) == 50


def test_short_tracks_are_not_offered() -> None:
    tracks = [track(0, duration_s=29.9), track(1, duration_s=30.0)]
    assert list(chosen(tracks, Plays.none())) == [tracks[1].id]
    assert list(chosen(tracks[:1], Plays.none())) == [tracks[0].id], "unless there are no others"


def test_plays_in_the_future_are_a_wrong_clock_and_left_out() -> None:
    rows = [(0, 100.0), (0, 110.0), (0, 120.0), (1, 5.0)]
    tracks = [track(0), track(1)]
    assert chosen(tracks, plays([*rows, (0, -1, "skip"), (1, -400)])) == chosen(tracks, plays(rows))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 120), st.integers(0, 1500), st.floats(0, 1))
def test_every_candidate_says_why(seed: int, size: int, listens: int, noise: float) -> None:
    tracks = library(size, artists=max(1, size // 4), seed=seed, shortest_s=10)
    past = history(size, listens, seed=seed)
    found = chosen(tracks, past, seed, MixSettings(noise=noise))
    assert set(found) == ({song.id for song in tracks if song.duration_s >= 30} or {song.id for song in tracks})
    for candidate in found.values():
        assert candidate.why
        assert candidate.rotation in ("new_release", "forgotten_favourite", "current_favourite", "deep_cut")
        assert math.isfinite(candidate.score)
        assert candidate.terms["listens"] >= 0  # type: ignore[operator]
        for name, value in candidate.terms.items():
            assert type(value) in (int, str), name
        if candidate.rotation == "forgotten_favourite":
            assert int(candidate.terms["days_heard"]) >= 3
            assert int(candidate.terms["days_silent"]) >= 90
        if "last_heard" in candidate.terms:
            assert "2000" < str(candidate.terms["first_heard"]) <= str(candidate.terms["last_heard"]) <= "2026-11-21"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 100), st.integers(0, 800))
def test_neither_the_order_of_the_library_nor_its_place_matters(seed: int, size: int, listens: int) -> None:
    tracks, past = library(size, artists=max(1, size // 4), seed=seed), history(size, listens, seed=seed)
    order = np.random.default_rng(seed).permutation(size)
    shuffled = [tracks[number] for number in order]
    place = np.argsort(order).astype(np.int32)
    again = Plays(track=place[past.track], listened_at=past.listened_at, skipped=past.skipped, heard=past.heard)
    one, two = (
        select(library_, history_, now=NOW, rng=np.random.default_rng(seed))
        for library_, history_ in ((tracks, past), (shuffled, again))
    )
    assert one == two
    for rotation in {candidate.rotation for candidate in one}:
        scores = [candidate.score for candidate in one if candidate.rotation == rotation]
        assert scores == sorted(scores, reverse=True)


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    tracks, past = library(200, artists=40, seed=3), history(200, 3000, seed=3)
    one, same, other = (select(tracks, past, now=NOW, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == same
    assert [c.track.id for c in one] != [c.track.id for c in other]


def test_the_noise_moves_neighbours_and_not_the_world() -> None:
    tracks = [track(number, artist=f"Nobody {number}") for number in range(100)]
    past = plays((number, 100 + day) for number in range(100) for day in range(3 + number))
    loved = {song.id for song in tracks[50:]}
    quiet, noisy = (list(chosen(tracks, past, mix=MixSettings(noise=noise)))[:20] for noise in (0.0, 0.2))
    assert set(quiet) <= loved
    assert len(set(noisy) & loved) >= 18
    assert noisy != quiet


def test_the_artists_one_plays_come_first_among_deep_cuts() -> None:
    tracks = [track(number, artist="Played" if number % 2 else "Unplayed") for number in range(20)]
    past = plays([(1, 5.0), (3, 2.0)])
    found = [candidate for candidate in chosen(tracks, past).values() if candidate.terms["listens"] == 0]
    assert [candidate.track.artist for candidate in found] == ["Played"] * 8 + ["Unplayed"] * 10


def test_the_moment_may_be_in_any_zone() -> None:
    tracks, past = library(50, artists=9, seed=1), history(50, 400, seed=1)
    there = NOW.astimezone(timezone(timedelta(hours=2)))
    one, two = (select(tracks, past, now=now, rng=np.random.default_rng(1)) for now in (NOW, there))
    assert one == two


def test_a_large_library_costs_no_loop_over_its_plays() -> None:
    tracks, past = library(2000, artists=300, seed=1), history(2000, 200_000, seed=1, days=20 * 365)
    assert int(past.listened_at[0]) < NOW.timestamp() - 19 * 365 * DAY_S
    assert len(select(tracks, past, now=NOW, rng=np.random.default_rng(1))) == 2000
