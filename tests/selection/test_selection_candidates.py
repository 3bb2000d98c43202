from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import DAY_S, NOW, history, library, offers, plays, track

from aidj.model import (
    Candidate,
    Elsewhere,
    LeftOut,
    Listener,
    Offers,
    Opinion,
    PartialDate,
    Plays,
    Standing,
    Track,
    Verdict,
)
from aidj.selection import HYGIENE_RULES, SHELVES, Catalogue, MixSettings, Selection, select
from aidj.selection.query import Query
from aidj.selection.resting import RESTING_SHARE

QUIET = MixSettings(noise=0.0)
OLD = [(0, 400), (0, 410), (0, 420)]
Row = tuple[int, float] | tuple[int, float, str]


def listener(rows: Iterable[Row] = (), *, offered: Iterable[tuple[int, float]] = (), **fields: object) -> Listener:
    return replace(Listener(plays=plays(rows), offers=offers(offered)), **fields)  # type: ignore[arg-type]


def said(verdict: Verdict, *, days: float | None = None, **what: str) -> Opinion:
    until = None if days is None else NOW + timedelta(days=days)
    return Opinion(verdict=verdict, said_at=NOW - timedelta(days=9), until=until, **what)  # type: ignore[arg-type]


def selection(
    tracks: Sequence[Track], who: Listener, *, seed: int = 1, mix: MixSettings = QUIET, limit: int = 10_000
) -> Selection:
    found = select(tracks, who, now=NOW, rng=np.random.default_rng(seed), settings=mix, limit=limit)
    assert len({candidate.track.id for candidate in found.candidates}) == len(found.candidates)
    return found


def chosen(tracks: Sequence[Track], who: Listener, **options: object) -> dict[str, Candidate]:
    return {c.track.id: c for c in selection(tracks, who, **options).candidates}  # type: ignore[arg-type]


def only(song: Track, *rows: Row, mix: MixSettings = QUIET) -> Candidate:
    return chosen([song], listener(rows), mix=mix)[song.id]


def parts_of(candidate: Candidate) -> dict[str, float]:
    return {name: float(value) for name, value in candidate.terms.items() if name.startswith("score_")}


# Which shelf ----------------------------------------------------------------------------------------------------------


def test_a_song_never_heard_is_a_deep_cut() -> None:
    found = chosen([track(), track(1)], listener([(1, 5)]))
    candidate = found[track().id]
    assert (candidate.rotation, candidate.why) == ("deep_cut", "in the library, not heard yet")
    assert candidate.terms["listens"] == 0


def test_with_no_history_nobody_knows_what_was_heard() -> None:
    candidate = only(track())
    assert (candidate.rotation, candidate.why) == ("deep_cut", "in the library; no listens are known")
    assert candidate.terms == {}


def test_a_song_loved_once_and_silent_is_a_forgotten_favourite() -> None:
    candidate = only(track(), (0, 90.5), (0, 100), (0, 100.01), (0, 120))
    assert candidate.rotation == "forgotten_favourite"
    assert candidate.why == "4 listens on 3 days, none for 90 days"
    assert {name: value for name, value in candidate.terms.items() if "score" not in name} == {
        "listens": 4,
        "days_heard": 3,
        "days_silent": 90,
        "first_heard": "2026-07-24",
        "last_heard": "2026-08-23",
        "artist_listens": 4,
    }


@pytest.mark.parametrize(
    ("rows", "rotation"),
    [
        ([(0, 89), (0, 100), (0, 120)], "current_favourite"),  # not silent for long enough
        ([(0, 100), (0, 100.01), (0, 100.02)], "deep_cut"),  # much heard, but on one day
        ([(0, 100), (0, 110)], "deep_cut"),  # two days are too few
        ([(0, 1), (0, 3.5)], "current_favourite"),
        ([(0, 1), (0, 2)], "deep_cut"),  # two days running and no more: a binge
        ([(0, 3)], "deep_cut"),
        ([(0, 3, "skip"), (0, 4, "short")], "deep_cut"),
        ([*OLD, (0, 200, "skip")], "deep_cut"),  # what was skipped the last time is no favourite
        ([(0, 10), (0, 20), (0, 5, "skip")], "deep_cut"),
        ([*OLD, (0, 500, "skip")], "forgotten_favourite"),  # an older skip is forgiven
    ],
)
def test_the_rotation_follows_the_habit(rows: list[tuple[int, float]], rotation: str) -> None:
    assert only(track(), *rows).rotation == rotation


def test_the_binge_rule_can_be_switched_off() -> None:
    rows = [(0, 1), (0, 2)]
    without = replace(QUIET, hygiene=QUIET.hygiene - {"binge"})
    assert only(track(), *rows).terms["binge"] == 1
    assert only(track(), *rows, mix=without).rotation == "current_favourite"


def test_long_silence_is_a_condition_and_never_a_score() -> None:
    tracks = [track(number) for number in range(3)]
    rows = [(0, 100 + day) for day in range(5)] + [(1, 300 + day) for day in range(5)] + [(2, 100), (2, 101), (2, 103)]
    found = chosen(tracks, listener(rows))
    scores = {number: found[tracks[number].id].score for number in range(3)}
    assert scores[0] > scores[1]
    assert scores[0] > scores[2]


def test_forgotten_favourites_come_by_turns_from_the_last_year_and_from_before() -> None:
    tracks = [track(number, artist=f"Nobody {number}") for number in range(20)]
    rows = [(number, 100 + day) for number in range(14) for day in range(3 + number)]
    rows += [(number, 700 + day) for number in range(14, 20) for day in range(3 + number)]
    found = selection(tracks, listener(rows)).candidates
    far = [int(candidate.terms["days_silent"]) > 365 for candidate in found]
    assert far == [False, True] * 6 + [False] * 8
    for stratum in (True, False):
        scores = [candidate.score for candidate, is_far in zip(found, far, strict=True) if is_far == stratum]
        assert scores == sorted(scores, reverse=True)


def test_what_was_heard_often_and_is_no_favourite_comes_last() -> None:
    tracks = [track(number, artist="Nobody") for number in range(4)]
    rows = [(0, 900 + day) for day in range(20)] + [(0, 800, "skip")] + [(1, 500)]
    order = [candidate.track.id for candidate in selection(tracks, listener(rows)).candidates]
    assert order[-1] == tracks[0].id
    assert set(order) == {song.id for song in tracks}


# What is new ----------------------------------------------------------------------------------------------------------


def test_a_new_release_says_so() -> None:
    new = track(released=PartialDate(2026, 11, 20))
    candidate = chosen([new, track(1)], listener([(1, 5)]))[new.id]
    assert (candidate.rotation, candidate.why) == ("new_release", "came out 1 day ago, not heard yet")
    assert (candidate.terms["listens"], candidate.terms["new_days"]) == (0, 1)
    assert only(new).why == "came out 1 day ago"
    month = only(track(released=PartialDate(2026, 10)))
    assert (month.why, month.terms["released"]) == ("came out in 2026-10", "2026-10")


def test_a_file_newly_added_is_new_whatever_its_age() -> None:
    tracks = [track(number, added_at=NOW - timedelta(days=900)) for number in range(3)]
    tracks[1] = replace(tracks[1], added_at=NOW - timedelta(days=3))
    found = chosen(tracks, listener())
    assert [found[song.id].rotation for song in tracks] == ["deep_cut", "new_release", "deep_cut"]
    assert found[tracks[1].id].why == "added to the library 3 days ago"
    assert found[tracks[1].id].terms == {"added_days": 3}


@pytest.mark.parametrize(
    ("rows", "rotation"),
    [
        ([(0, 3)], "deep_cut"),
        ([(0, 3, "skip")], "deep_cut"),
        ([(0, 3, "short")], "new_release"),
        ([(0, 3), (0, 5), (0, 9)], "current_favourite"),
    ],
)
def test_a_song_is_new_until_heard_or_skipped(rows: list[Row], rotation: str) -> None:
    assert only(track(released=PartialDate(2026, 11, 1)), *rows).rotation == rotation


def test_a_song_with_an_old_version_in_the_library_is_not_new() -> None:
    old = track(0, artist="Nobody", title="A Song", released=PartialDate(1990))
    new = track(1, artist="Nobody", title="A Song (Live)", released=PartialDate(2026, 11, 1))
    assert only(new).rotation == "new_release"
    assert [c.rotation for c in selection([old, new], listener()).candidates] == ["deep_cut"]


def test_a_new_release_is_offered_again_soon_but_not_for_ever() -> None:
    tracks = [track(number, artist=f"Nobody {number}", released=PartialDate(2026, 11, 1)) for number in range(8)]
    offered = [(0, 4.0), (1, 6.0), (2, 6.0), (2, 12.0), (3, 40), (3, 30), (3, 20), (3, 10)]
    found = chosen(tracks, listener(offered=sorted(offered, key=lambda row: -row[1])))
    assert found[tracks[0].id].terms["resting"] == "offered 4 days ago"
    assert "resting" not in found[tracks[1].id].terms
    assert found[tracks[2].id].terms["offers"] == 2
    assert found[tracks[3].id].rotation == "deep_cut"
    assert [found[song.id].rotation for song in tracks[:3]] == ["new_release"] * 3


def test_new_songs_by_artists_of_whom_one_plays_new_things_come_first() -> None:
    tracks = [track(n, artist=f"Nobody {n % 4}", released=PartialDate(2026, 11, 1)) for n in range(4)]
    tracks += [track(n, artist=f"Nobody {n % 4}") for n in range(4, 24)]
    explored = [(n, 20.0 + n) for n in range(4, 24, 4)]  # five songs by the first, once each, lately
    repeated = [(5, 20.0 + n) for n in range(5)]  # one song by the second, five times
    found = [c.track.artist for c in selection(tracks, listener(explored + repeated)).candidates if "new" in c.rotation]
    assert found[:2] == ["Nobody 0", "Nobody 1"]


def test_listens_of_songs_that_are_not_in_the_library_tell_whom_one_plays() -> None:
    tracks = [track(n, artist=f"Nobody {n}", released=PartialDate(2026, 11, 1)) for n in range(6)]
    at = np.array([int(NOW.timestamp()) - 5 * DAY_S])
    elsewhere = Elsewhere(artist=np.array([1], np.int32), listened_at=at, names=("somebodyelse", "nobody4"))
    who = Listener(plays=replace(Plays.none(), elsewhere=elsewhere))
    found = selection(tracks, who)
    assert found.candidates[0].track.artist == "Nobody 4"
    assert found.basis == "tags and dates alone; none of your 1 listen is of these tracks"


# Songs, not files -----------------------------------------------------------------------------------------------------


def test_the_versions_of_a_song_stand_together_behind_the_one_heard_most() -> None:
    studio = track(5, artist="Nobody", title="A Song")
    live = track(2, artist="Nobody", title="A Song (Live)")
    remaster = track(3, artist="Nobody", title="A Song - 2011 Remaster")
    tracks = [live, remaster, studio]
    found = selection(tracks, listener())
    assert [c.track for c in found.candidates] == [remaster], "the studio recording, the first by id"
    assert found.left_out[0].tracks == 2
    rows = [(0, 100), (0, 110), (0, 120), (2, 130)]
    (candidate,) = selection(tracks, listener(rows)).candidates
    assert candidate.track == live
    assert (candidate.terms["listens"], candidate.terms["versions"]) == (4, 3)
    (candidate,) = selection(tracks, listener([*rows, (1, 0.1)])).candidates
    assert candidate.terms["resting"] == "played 2 hours ago"


def test_a_version_that_may_not_be_chosen_makes_room_for_another() -> None:
    tracks = [
        track(0, artist="Nobody", title="A Song", duration_s=20.0),
        track(1, artist="Nobody", title="A Song (Live)"),
        track(2),
    ]
    assert tracks[1].id in chosen(tracks, listener([(0, 5), (0, 9)]))


# What rests -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(0, 0.4)], "played 9 hours ago"),
        ([(0, 0.01)], "played less than an hour ago"),
        ([(0, 0.6)], None),
        ([(0, 0.4, "short")], "played 9 hours ago"),
        ([(0, 179, "skip")], "skipped 179 days ago"),
        ([(0, 181, "skip")], None),
        ([(0, 100, "skip"), (0, 90)], None),
        ([(0, -2, "skip")], None),
    ],
)
def test_what_was_just_played_or_skipped_rests(rows: list[Row], words: str | None) -> None:
    candidate = only(track(), *rows)
    assert candidate.terms.get("resting") == words
    assert ("little else is left" in candidate.why) == (words is not None)
    assert (candidate.score < -50) == (words is not None)


def test_a_song_that_was_offered_rests_in_every_version() -> None:
    tracks = [track(0, artist="Nobody", title="A Song"), track(1, artist="Nobody", title="A Song (Live)")]
    tracks += [track(number) for number in range(2, 8)]
    found = selection(tracks, listener([(0, 100), (0, 110)], offered=[(2, 31.0), (1, 12.5)])).candidates
    assert [c.terms["resting"] for c in found if "resting" in c.terms] == ["offered 12 days ago"]
    assert found[-1].track == tracks[0]
    assert found[-1].propensity == 1.0


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 40])
def test_offers_let_no_more_than_three_eighths_rest(size: int) -> None:
    tracks = [track(number) for number in range(size)]
    found = selection(tracks, listener(offered=[(n, 20.0 - n / 4) for n in range(size)])).candidates
    rest = [c.track.id for c in found if "resting" in c.terms]
    assert len(rest) == int(RESTING_SHARE * size)
    assert set(rest) == {song.id for song in tracks[size - len(rest) :]}, "those offered last"
    assert [c.track.id for c in found][size - len(rest) :] == rest, "behind all others, the best rested first"


def rests(tracks: list[Track], rows: list[Row], offered: list[tuple[int, float]]) -> bool:
    return "resting" in chosen(tracks, listener(rows, offered=offered))[tracks[0].id].terms


def test_each_offer_makes_the_next_rest_longer() -> None:
    tracks = [track(number) for number in range(20)]
    rows: list[Row] = [(0, 400), (0, 410), (0, 420)]
    assert rests(tracks, rows, [(0, 29)])
    assert not rests(tracks, rows, [(0, 31)])
    assert rests(tracks, rows, [(0, 31), (0, 70)])  # twice: 45 days
    assert not rests(tracks, rows, [(0, 46), (0, 90)])
    assert rests(tracks, rows, [(0, 170), *((0, 175.0 + 10 * n) for n in range(12))])  # never more than six rests
    assert not rests(tracks, rows, [(0, 181), *((0, 185.0 + 10 * n) for n in range(12))])
    assert not rests(tracks, rows, [(0, 31), (0, 400)])  # what is more than a year ago is forgotten
    # What the listener has played unasked since begins anew; what was heard because it was offered does not.
    assert not rests(tracks, [*rows, (0, 50)], [(0, 31), (0, 70)])
    assert rests(tracks, [*rows, (0, 69.9)], [(0, 31), (0, 70)])


def test_a_small_library_says_that_songs_come_again_sooner() -> None:
    tracks = [track(number) for number in range(8)]
    some = selection(tracks, listener(offered=[(number, 3.0 + number) for number in range(3)]))
    assert not some.notes
    many = selection(tracks, listener(offered=[(number, 3.0 + number) for number in range(6)]))
    assert many.notes == ("Songs come again after 6 days already, not 30: there are too few of them.",)


def test_a_plan_for_this_very_moment_does_not_stand_in_its_own_way() -> None:
    tracks = library(40, artists=9, seed=1)
    again = offers([(number, 0.0) for number in range(12)])
    assert selection(tracks, listener()) == selection(tracks, listener(offers=again))


# What the listener says -----------------------------------------------------------------------------------------------


def test_a_ban_holds_for_all_versions_an_album_or_an_artist_as_a_guest_too() -> None:
    tracks = [
        track(0, artist="Nobody A", title="A Song"),
        track(1, artist="Nobody A", title="A Song (Live at Home)"),
        track(2, artist="Nobody A", title="Another", album="The Album"),
        track(3, artist="Nobody B", guests=["Nobody C"], title="With a Guest"),
        track(4, artist="Nobody D", title="Last", album="The Album"),
    ]
    song = chosen(tracks, listener(opinions=(said("ban", artist="nobody a", title="A SONG"),)))
    assert set(song) == {tracks[n].id for n in (2, 3, 4)}
    album = chosen(tracks, listener(opinions=(said("ban", artist="Nobody A", album="The Album (Deluxe Edition)"),)))
    assert set(album) == {tracks[n].id for n in (0, 3, 4)}
    guest = chosen(tracks, listener(opinions=(said("ban", artist="Nobody C"),)))
    assert set(guest) == {tracks[n].id for n in (0, 2, 4)}
    found = selection(tracks, listener(opinions=(said("ban", artist="Nobody A"),)))
    assert (found.left_out[0].tracks, found.left_out[0].reason) == (3, "you asked never to hear it again")
    assert found.left_out[0].example.startswith("Nobody A – ")


def test_a_rest_lasts_until_it_is_over() -> None:
    tracks = [track(0, artist="Nobody A"), track(1, artist="Nobody B"), track(2, artist="Nobody C")]
    opinions = (
        said("rest", artist="Nobody A", days=5),
        said("rest", artist="Nobody B", days=-1),
        said("rest", artist="Nobody C"),
    )
    found = selection(tracks, listener(opinions=opinions))
    assert [c.track for c in found.candidates] == [tracks[1]]
    assert [out.reason for out in found.left_out] == [
        "you asked to let it rest until 2026-11-26",
        "you asked to let it rest",
    ]


def test_the_last_word_counts() -> None:
    first, last = said("ban", artist="Nobody A"), said("like", artist="NOBODY A")
    last = replace(last, said_at=last.said_at + timedelta(days=1))
    for order in itertools.permutations((first, last)):
        assert only_one(track(0, artist="Nobody A"), order).terms["score_liked"] == 0.5


def only_one(song: Track, opinions: tuple[Opinion, ...]) -> Candidate:
    (candidate,) = selection([song], listener(opinions=opinions)).candidates
    return candidate


def test_a_liked_song_stands_half_a_step_higher() -> None:
    tracks = [track(number, artist="Nobody") for number in range(10)]
    rows = [(n, 100.0 + n + d) for n in range(10) for d in range(3)]
    plain = chosen(tracks, listener(rows))
    liked = chosen(tracks, listener(rows, opinions=(said("like", artist="Nobody", title=tracks[7].title),)))
    for song in tracks:
        difference = liked[song.id].score - plain[song.id].score
        assert difference == pytest.approx(0.5 if song is tracks[7] else 0.0, abs=2e-6)
    assert liked[tracks[7].id].why.endswith(", liked")


# What players and tags say --------------------------------------------------------------------------------------------


def standing(size: int, rows: Mapping[int, tuple[float, int, float]]) -> Standing:
    made = Standing.unknown(size)
    for number, (rating, count, days) in rows.items():
        made.rating[number], made.play_count[number] = rating, count
        made.last_played[number] = NOW.timestamp() - days * DAY_S
    return made


def test_without_listens_ratings_and_play_counts_decide() -> None:
    nan = math.nan
    tracks = [track(number, artist=f"Nobody {number}") for number in range(7)]
    rows = {0: (1.0, 0, 400.0), 1: (nan, 9, 20.0), 2: (1.0, 0, nan), 3: (0.2, 2, 200.0), 4: (nan, 5, 90.0)}
    found = selection(tracks, listener(standing=standing(7, rows)))
    by_id = {c.track.id: c for c in found.candidates}
    rotations = [by_id[song.id].rotation for song in tracks]
    assert rotations == [
        *("forgotten_favourite", "current_favourite", "deep_cut", "deep_cut", "forgotten_favourite"),
        *("deep_cut", "deep_cut"),
    ]
    assert next(c.track for c in found.candidates if c.rotation == "deep_cut") == tracks[2]
    assert by_id[tracks[0].id].why == "rated 5 of 5, the last time 400 days ago, as a player says"
    assert by_id[tracks[1].id].why == "played 9 times, the last time 20 days ago, as a player says"
    assert "listens" not in by_id[tracks[1].id].terms, "how often it was heard is not known to be never"
    assert found.basis == "ratings and play counts of a player; no listens are known"


def test_what_the_tags_say_counts_without_a_player() -> None:
    tracks = [track(0), track(1, rating=1.0), track(2, play_count=7)]
    found = selection(tracks, listener())
    assert {c.track.id for c in found.candidates[:2]} == {tracks[1].id, tracks[2].id}
    by_id = {c.track.id: c for c in found.candidates}
    assert by_id[tracks[1].id].why == "rated 5 of 5, as its tags say"
    assert by_id[tracks[2].id].why == "played 7 times, as its tags say"
    assert found.basis == "ratings and play counts in the tags; no listens are known"


def test_beside_listens_a_rating_adds_a_little() -> None:
    tracks = [track(number, artist=f"Nobody {number}") for number in range(6)]
    rows = [(n, 100.0 + d) for n in range(6) for d in range(3)]
    rated = [replace(tracks[0], rating=0.2), *tracks[1:5], replace(tracks[5], rating=1.0)]
    order = [c.track.id for c in selection(rated, listener(rows)).candidates]
    assert (order[0], order[-1]) == (tracks[5].id, tracks[0].id)


def test_a_player_that_played_it_lately_ends_the_silence() -> None:
    rows = [(0, 400.0), (0, 410.0), (0, 420.0)]
    said_lately = standing(1, {0: (math.nan, 4, 10.0)})
    assert selection([track()], listener(rows)).candidates[0].rotation == "forgotten_favourite"
    candidate = selection([track()], listener(rows, standing=said_lately)).candidates[0]
    assert (candidate.rotation, candidate.terms["days_silent"]) == ("current_favourite", 10)


# Chance ---------------------------------------------------------------------------------------------------------------


def test_propensities_are_those_of_the_draw() -> None:
    """20,000 sessions: how often each song comes first, and second after the likeliest, against what is said."""
    tracks = [track(number, artist=f"Nobody {number}") for number in range(5)]
    who = listener([(n, 100.0 + 3 * d) for n in range(5) for d in range(3 + n)])
    catalogue, mix, rounds = Catalogue.of(tracks), MixSettings(noise=0.7), 20_000
    firsts: dict[str, list[float]] = {}
    seconds: dict[tuple[str, str], list[float]] = {}
    rng = np.random.default_rng(4)
    for _ in range(rounds):
        found = select(tracks, who, now=NOW, rng=rng, settings=mix, catalogue=catalogue, limit=2).candidates
        one, two = found
        firsts.setdefault(one.track.id, []).append(one.propensity)
        seconds.setdefault((one.track.id, two.track.id), []).append(two.propensity)
    assert sum(drawn[0] for drawn in firsts.values()) == pytest.approx(1.0, abs=1e-5)
    for drawn in (*firsts.values(), *seconds.values()):
        assert max(drawn) - min(drawn) < 1e-9, "the same place after the same songs is as likely every time"
    for first, drawn in firsts.items():
        assert_drawn(len(drawn), rounds, drawn[0])
        after = {two: times for (one, two), times in seconds.items() if one == first}
        assert sum(times[0] for times in after.values()) == pytest.approx(1.0, abs=1e-5)
        for times in after.values():
            assert_drawn(len(times), len(drawn), times[0])


def assert_drawn(times: int, rounds: int, likely: float) -> None:
    """Four and a half standard deviations: with thirty comparisons, wrong in one run of five thousand (and seeded)."""
    assert abs(times - rounds * likely) <= 4.5 * math.sqrt(rounds * likely * (1 - likely)) + 1


def test_without_noise_nothing_is_left_to_chance() -> None:
    tracks, past = library(50, artists=9, seed=1), history(50, 400, seed=1)
    assert {c.propensity for c in selection(tracks, Listener(plays=past)).candidates} == {1.0}


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    tracks, who = library(200, artists=40, seed=3), Listener(plays=history(200, 3000, seed=3))
    one, same, other = (selection(tracks, who, seed=seed, mix=MixSettings()) for seed in (1, 1, 2))
    assert one == same
    assert [c.track.id for c in one.candidates] != [c.track.id for c in other.candidates]


def test_the_noise_moves_neighbours_and_not_the_world() -> None:
    tracks = [track(number, artist=f"Nobody {number}") for number in range(100)]
    who = listener((number, 100 + day) for number in range(100) for day in range(3 + number))
    loved = {song.id for song in tracks[50:]}
    quiet, noisy = (list(chosen(tracks, who, mix=MixSettings(noise=noise)))[:20] for noise in (0.0, 0.2))
    assert set(quiet) <= loved
    assert len(set(noisy) & loved) >= 18
    assert noisy != quiet


# The whole ------------------------------------------------------------------------------------------------------------


def test_an_empty_library_and_an_empty_history() -> None:
    nothing = selection([], listener())
    assert (nothing.candidates, nothing.basis) == ((), "tags and dates alone; no listens are known")
    assert set(nothing.shares.values()) == {0.0}
    tracks = library(50, artists=9, seed=1)
    found = selection(tracks, listener())
    assert len(found.candidates) == 50
    assert found.shares["new_release"] + found.shares["deep_cut"] == pytest.approx(1.0)


def test_short_tracks_are_not_offered() -> None:
    tracks = [track(0, duration_s=29.9), track(1, duration_s=30.0)]
    found = selection(tracks, listener())
    assert [c.track.id for c in found.candidates] == [tracks[1].id]
    assert found.left_out[0].reason == "shorter than 30 seconds"
    assert list(chosen(tracks[:1], listener())) == [tracks[0].id], "unless there are no others"


def test_wrong_clocks_and_records_kept_twice_change_nothing() -> None:
    rows: list[Row] = [(0, 100.0), (0, 110.0), (0, 120.0), (1, 5.0)]
    tracks = [track(0), track(1)]
    wrong = [(0, -1, "skip"), (1, -400), (0, NOW.timestamp() / DAY_S), (1, NOW.timestamp() / DAY_S - 0.1)]
    plain = selection(tracks, listener(rows))
    assert selection(tracks, listener([*rows, *wrong])) == plain
    assert selection(tracks, listener([*rows, *rows])) == plain
    late = offers([(0, 2.0), (0, -3.0)])
    assert selection(tracks, listener(rows, offers=late)) == selection(tracks, listener(rows, offered=[(0, 2.0)]))


def test_the_limit_takes_the_best_of_each_rotation() -> None:
    tracks, who = library(300, artists=40, seed=3), Listener(plays=history(300, 2000, seed=3))
    everything, few = selection(tracks, who, mix=MixSettings()), selection(tracks, who, mix=MixSettings(), limit=7)
    for rotation in SHELVES:
        all_of_it = [c for c in everything.candidates if c.rotation == rotation]
        assert [c for c in few.candidates if c.rotation == rotation] == all_of_it[:7]
    assert (few.pools, few.shares) == (everything.pools, everything.shares)


def test_dials_turn_the_shares() -> None:
    tracks, who = library(300, artists=40, seed=3), Listener(plays=history(300, 2000, seed=3))
    usual = selection(tracks, who).shares
    turned = selection(tracks, who, mix=replace(QUIET, dials={"current_favourite": 0.5, "forgotten_favourite": 0.0}))
    assert turned.shares["forgotten_favourite"] == 0.0
    ratio = turned.shares["deep_cut"] / turned.shares["current_favourite"]
    assert ratio == pytest.approx(2 * usual["deep_cut"] / usual["current_favourite"])


# A query --------------------------------------------------------------------------------------------------------------


def test_a_query_leaves_out_what_it_does_not_ask_for() -> None:
    tracks = [track(n, artist=f"Nobody {n % 3}") for n in range(12)]
    found = ask(tracks, listener(), Query(artists=("Nobody 1",)))
    assert {c.track.artist for c in found.candidates} == {"Nobody 1"}
    assert found.left_out == (
        LeftOut(reason="outside what you asked for", tracks=8, example="Nobody 0 – Made-up Song 0"),
    )


def test_a_query_for_a_live_version_gets_that_version() -> None:
    tracks = [track(0, artist="Nobody", title="A Song"), track(1, artist="Nobody", title="A Song (Live)")]
    rows = [(0, 100.0), (0, 110.0), (0, 120.0)]
    assert [c.track for c in ask(tracks, listener(rows), Query(titles=("live",))).candidates] == [tracks[1]]


def test_a_query_for_a_shelf_gets_that_shelf() -> None:
    tracks, who = library(100, artists=20, seed=3), Listener(plays=history(100, 900, seed=3))
    found = ask(tracks, who, Query(rotations=("current_favourite",)))
    assert {c.rotation for c in found.candidates} == {"current_favourite"}
    assert found.shares["current_favourite"] == 1.0
    assert found.left_out[-1].reason == "on another shelf than the one you asked for"
    assert found.left_out[-1].tracks + len(found.candidates) == 100


def test_what_a_query_names_is_let_in_whatever_the_hygiene_rules_say() -> None:
    tracks = [track(0, artist="Nobody", title="White Noise for Sleep", genres=("White Noise",)), track(1)]
    usual = selection(tracks, listener())
    assert [c.track for c in usual.candidates] == [tracks[1]]
    assert usual.left_out[0].reason == HYGIENE_RULES["sleep_noise"]
    assert [c.track for c in ask(tracks, listener(), Query(artists=("Nobody",))).candidates] == [tracks[0]]


def test_favourites_of_a_year_are_those_heard_in_it() -> None:
    tracks = [track(number, artist=f"Nobody {number}") for number in range(6)]
    rows = [(n, 3600.0 - 9 * d) for n in range(6) for d in range(3 + n)]  # the summer of 2016 …
    rows += [(n, 400.0 + 9 * d) for n in range(6) for d in range(20 - 3 * n)]  # … and a year ago
    found = ask(tracks, listener(rows), Query(heard_in=(2016, 2017)))
    assert [c.track.id for c in found.candidates][:3] == [song.id for song in tracks[:2:-1]]


def ask(tracks: Sequence[Track], who: Listener, query: Query) -> Selection:
    return select(tracks, who, now=NOW, rng=np.random.default_rng(1), settings=QUIET, query=query)


# ----------------------------------------------------------------------------------------------------------------------


def test_the_basis_is_said() -> None:
    rows = [(0, 800.0), (0, 30.0), (1, 20.0)]
    assert (
        selection([track(n) for n in range(3)], listener(rows)).basis == "3 listens of 2 of your tracks, 2024 to 2026"
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 120), st.integers(0, 1500), st.floats(0, 1))
def test_every_candidate_says_why(seed: int, size: int, listens: int, noise: float) -> None:
    tracks = library(size, artists=max(1, size // 4), seed=seed, shortest_s=10)
    who = Listener(plays=history(size, listens, seed=seed), offers=made_offers(size, seed))
    found = selection(tracks, who, seed=seed, mix=MixSettings(noise=noise)).candidates
    songs = {candidate.track.id for candidate in found}
    assert songs == ({song.id for song in tracks if song.duration_s >= 30} or {song.id for song in tracks})
    assert [c.rotation for c in found] == sorted((c.rotation for c in found), key=SHELVES.index)
    for candidate in found:
        assert candidate.why
        assert math.isfinite(candidate.score)
        assert 0 < candidate.propensity <= 1
        for name, value in candidate.terms.items():
            assert type(value) in (int, float, str), name
        if "resting" not in candidate.terms:
            assert sum(parts_of(candidate).values()) == pytest.approx(candidate.score, abs=1e-3)
        if candidate.rotation == "forgotten_favourite":
            assert int(candidate.terms["days_heard"]) >= 3
            assert int(candidate.terms["days_silent"]) >= 90
        if "first_heard" in candidate.terms:
            assert "2000" < str(candidate.terms["first_heard"]) <= str(candidate.terms["last_heard"]) <= "2026-11-21"
    for _, shelf in itertools.groupby(found, key=lambda candidate: candidate.rotation):
        rests = ["resting" in candidate.terms for candidate in shelf]
        assert rests == sorted(rests), "what rests comes last"


def made_offers(size: int, seed: int) -> Offers:
    rng = np.random.default_rng(seed + 1)
    return offers(zip(rng.integers(0, size, size // 3).tolist(), (60 * rng.random(size // 3)).tolist(), strict=True))


OPINIONS = st.lists(
    st.builds(
        lambda verdict, artist, number, days: said(
            verdict, artist=f"Nobody {artist}", **({"title": f"Made-up Song {number}"} if number else {}), days=days
        ),
        st.sampled_from(["like", "ban", "rest"]),
        st.integers(0, 9),
        st.integers(0, 60) | st.just(0),
        st.none() | st.floats(-50, 50),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), OPINIONS)
def test_nothing_banned_or_asked_to_rest_is_ever_a_candidate(seed: int, opinions: list[Opinion]) -> None:
    tracks = library(60, artists=10, seed=seed)
    who = Listener(plays=history(60, 500, seed=seed), offers=made_offers(60, seed), opinions=tuple(opinions))
    # Of one thing the last word counts; all of these were said at one moment, so the last in order.
    last = {(opinion.artist, opinion.title): opinion for opinion in opinions}.values()
    found = selection(tracks, who, mix=MixSettings())
    for candidate in found.candidates:
        song = candidate.track
        for opinion in last:
            if opinion.verdict == "like" or (opinion.verdict == "rest" and opinion.until and opinion.until <= NOW):
                continue
            assert opinion.artist not in (*song.artists, *song.guests) or opinion.title not in (None, song.title)
    assert len(found.candidates) + sum(out.tracks for out in found.left_out) == 60


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 100), st.integers(0, 800))
def test_neither_the_order_of_the_library_nor_its_place_matters(seed: int, size: int, listens: int) -> None:
    tracks = versions_among(library(size, artists=max(1, size // 4), seed=seed), seed)
    rng = np.random.default_rng(seed)
    said_of = Standing(
        rating=np.where(rng.random(size) < 0.3, rng.random(size), np.nan),
        play_count=rng.integers(0, 9, size) * (rng.random(size) < 0.3),
        last_played=np.where(rng.random(size) < 0.3, NOW.timestamp() - 1e8 * rng.random(size), np.nan),
    )
    past = history(size, listens, seed=seed, days=4)  # often in the same second
    who = Listener(plays=past, offers=made_offers(size, seed), standing=said_of)
    order = rng.permutation(size)
    place = np.argsort(order).astype(np.int32)
    again = Listener(
        plays=replace(past, track=place[past.track]),
        offers=replace(who.offers, track=place[who.offers.track]),
        standing=Standing(
            rating=said_of.rating[order],
            play_count=said_of.play_count[order],
            last_played=said_of.last_played[order],
        ),
    )
    moved = [replace(tracks[number], path=Path("/elsewhere") / tracks[number].path.name) for number in order]
    one, two = (
        selection(library_, listener_, seed=seed, mix=MixSettings())
        for library_, listener_ in ((tracks, who), (moved, again))
    )
    home = {song.id: song for song in tracks}
    assert one == replace(two, candidates=tuple(replace(c, track=home[c.track.id]) for c in two.candidates))


def versions_among(tracks: list[Track], seed: int) -> list[Track]:
    rng = np.random.default_rng(seed)
    for number in range(1, len(tracks)):
        if rng.random() < 0.2:
            other = tracks[int(rng.integers(number))]
            tracks[number] = replace(
                tracks[number], title=f"{other.title} (Live)", artist=other.artist, artists=other.artists
            )
    return tracks


_CHOOSE = """
import numpy as np
from made_up import NOW, history, library
from aidj.model import Listener
from aidj.selection import select
found = select(library(120, artists=30, seed=5), Listener(plays=history(120, 900, seed=5)), now=NOW,
               rng=np.random.default_rng(1))
print([(c.track.id, c.score, c.propensity, dict(c.terms), c.why) for c in found.candidates], found.shares)
"""


def test_the_hash_seed_does_not_matter() -> None:
    def with_seed(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run([sys.executable, "-c", _CHOOSE], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert with_seed("1") == with_seed("2")


def test_the_moment_may_be_in_any_zone() -> None:
    tracks, who = library(50, artists=9, seed=1), Listener(plays=history(50, 400, seed=1))
    there = NOW.astimezone(timezone(timedelta(hours=2)))
    one, two = (select(tracks, who, now=now, rng=np.random.default_rng(1)) for now in (NOW, there))
    assert one == two
    with pytest.raises(ValueError, match="zone"):
        select(tracks, who, now=NOW.replace(tzinfo=None), rng=np.random.default_rng(1))


def test_a_catalogue_at_hand_changes_nothing_and_must_be_the_right_one() -> None:
    tracks, who = library(80, artists=9, seed=1), Listener(plays=history(80, 400, seed=1))
    catalogue = Catalogue.of(tracks)
    with_it = [select(tracks, who, now=NOW, rng=np.random.default_rng(1), catalogue=catalogue) for _ in range(2)]
    assert with_it == [select(tracks, who, now=NOW, rng=np.random.default_rng(1))] * 2
    with pytest.raises(ValueError, match="other tracks"):
        select(tracks[1:], who, now=NOW, rng=np.random.default_rng(1), catalogue=catalogue)


def test_the_half_life_of_an_earlier_selection_can_be_used_again() -> None:
    tracks, who = library(80, artists=9, seed=1), Listener(plays=history(80, 2000, seed=1))
    one = select(tracks, who, now=NOW, rng=np.random.default_rng(1))
    again, other = (
        select(tracks, who, now=NOW, rng=np.random.default_rng(1), half_life_days=days)
        for days in (one.half_life_days, one.half_life_days * 20)
    )
    assert again == one
    assert other.candidates != one.candidates


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 30), st.integers(0, 400))
def test_one_artist_only(seed: int, size: int, listens: int) -> None:
    tracks = library(size, artists=1, seed=seed)
    who = Listener(plays=history(size, listens, seed=seed), offers=made_offers(size, seed))
    assert len(selection(tracks, who, mix=MixSettings()).candidates) == size


def test_a_large_library_costs_no_loop_over_its_plays() -> None:
    tracks, past = library(2000, artists=300, seed=1), history(2000, 200_000, seed=1, days=20 * 365)
    assert int(past.listened_at[0]) < NOW.timestamp() - 19 * 365 * DAY_S
    assert len(selection(tracks, Listener(plays=past)).candidates) == 2000


def test_what_was_heard_in_another_version_is_not_new_to_one() -> None:
    tracks = [
        track(0, artist="Nobody", title="A Song"),
        track(1, artist="Nobody", title="A Song (Live)"),
        track(2, artist="Nobody", title="Another"),
    ]
    who = listener([(1, 100), (1, 110)])
    found = select(tracks, who, now=NOW, rng=np.random.default_rng(1), settings=QUIET, query=Query(heard="never"))
    assert [candidate.track.title for candidate in found.candidates] == ["Another"]
