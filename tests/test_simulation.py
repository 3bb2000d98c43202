"""The simulated year of the benchmarks: that it is lived as it says, and that its counting finds what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bench_modules import bench_module

worlds, living, counting = map(bench_module, ("sessions_world", "sessions_lived", "sessions_counted"))
DAY_S = worlds.DAY_S


@pytest.fixture(scope="module")
def world():
    return worlds.World.of("made-up", worlds.made_up_rows(days=760))


@pytest.fixture(scope="module")
def lived(world):
    moments = worlds.sittings(world, 8)
    diary, sessions = living.year(world, living.Program(world), moments)
    return diary, sessions


def _session(world, number: int, tracks, *, at_days: float = 0.0, **fields):
    sitting = worlds.Sitting(number=number, at_s=int(world.begins_s + at_days * DAY_S), minutes=30)
    blank = living.Session(
        sitting=sitting,
        tracks=tuple(tracks),
        lengths_s=tuple(world.tracks[i].duration_s for i in tracks),
        skipped=(False,) * len(tracks),
        known=("current",) * len(tracks),
        plan_s=0.0,
        n_before=0,
    )
    return replace(blank, **fields)


def _by_different_artists(world, count: int) -> list[int]:
    found: dict[frozenset[str], int] = {}
    for i, artists in enumerate(world.artists):
        found.setdefault(artists, i)
    return list(found.values())[:count]


def test_library_grows_on_the_days_on_which_recordings_were_first_heard(world):
    assert world.size_on(world.begins_s) < len(world.tracks)
    assert np.all(np.diff(world.added_s) >= 0)
    late = world.size_on(world.begins_s) + 3
    assert world.size_on(world.added_s[late] + worlds.SCAN_DAYS * DAY_S) > late >= world.size_on(world.added_s[late])


def test_the_past_ends_where_the_year_begins(world):
    assert len(world.heard)
    assert world.heard_at[-1] < world.begins_s <= world.added_s[-1]


def test_every_song_of_a_session_becomes_an_offer_and_a_play(world, lived):
    diary, sessions = lived
    songs = [track for session in sessions for track in session.tracks]
    assert diary.offered[: diary.n_offers].tolist() == songs
    listener = diary.listener()
    assert listener.plays.track[-len(songs) :].tolist() == songs
    assert np.all(np.diff(listener.plays.listened_at) >= 0)
    assert np.array_equal(listener.plays.skipped, ~listener.plays.heard)
    skips = [skipped for session in sessions for skipped in session.skipped]
    assert listener.plays.skipped[-len(songs) :].tolist() == skips


def test_only_what_is_new_or_forgotten_is_skipped(lived):
    _, sessions = lived
    for session in sessions:
        for rotation, skipped in zip(session.rotations, session.skipped, strict=True):
            assert not skipped or rotation in ("deep_cut", "forgotten_favourite")


def test_a_moment_of_the_diary_knows_nothing_of_later_sessions(lived):
    diary, sessions = lived
    then = diary.listener(sessions[3].n_before)
    assert len(then.offers.track) == sum(len(session.tracks) for session in sessions[:3])
    assert then.plays.listened_at[-1] < sessions[3].sitting.at_s


def test_the_program_keeps_its_rules_in_a_simulated_year(world, lived):
    _, sessions = lived
    assert counting.gaps(world, sessions).breaks == ()
    assert counting.minutes_errors_s(sessions).max() < 60


def test_a_year_can_be_lived_twice(world, lived):
    _, sessions = lived
    _, again = living.year(world, living.Program(world), worlds.sittings(world, 8)[:3])
    assert [session.tracks for session in again] == [session.tracks for session in sessions[:3]]


def test_a_listener_of_a_reordered_library_heard_the_same_tracks(world, lived):
    diary, _ = lived
    order = np.random.default_rng(1).permutation(len(world.tracks))
    listener, other = diary.listener(), living.reordered(diary.listener(), order)
    assert np.array_equal(order[other.plays.track], listener.plays.track)
    assert np.array_equal(order[other.offers.track], listener.offers.track)


def test_gaps_find_a_song_that_comes_again_within_a_month(world):
    tracks = _by_different_artists(world, 10)
    sessions = [_session(world, 0, tracks), _session(world, 1, tracks[:1], at_days=29)]
    assert counting.gaps(world, sessions).repeats == 1
    assert counting.gaps(world, [sessions[0], _session(world, 1, tracks[:1], at_days=31)]).repeats == 0
    recorded = replace(sessions[1], rules=(("again sooner than it should be: offered 29 days ago",),))
    assert counting.gaps(world, [sessions[0], recorded]).repeats == 0


def test_gaps_find_an_artist_who_comes_again_too_soon(world):
    tracks = _by_different_artists(world, 9)
    twin = next(i for i, a in enumerate(world.artists) if a == world.artists[tracks[0]] and i != tracks[0])
    near = _session(world, 0, [*tracks[:7], twin])
    found = counting.gaps(world, [near])
    assert found.artist == 7
    assert "artist gap" in {each.rule for each in found.breaks}
    far = counting.gaps(world, [_session(world, 0, [*tracks[:8], twin])])
    assert far.artist == 8
    assert "artist gap" not in {each.rule for each in far.breaks}
    told = replace(near, rules=((),) * 7 + (("the same artist again within 8 songs",),))
    assert "artist gap" not in {each.rule for each in counting.gaps(world, [told]).breaks}


def test_gaps_find_forgotten_favourites_in_a_row(world):
    tracks = _by_different_artists(world, 2)
    session = _session(
        world, 0, tracks, rotations=("forgotten_favourite",) * 2, unheard=(False, False), rules=((), ()), sets=(2,)
    )
    assert [each.rule for each in counting.gaps(world, [session]).breaks] == ["forgotten after forgotten"]


def test_the_short_names_of_the_rules_are_those_of_the_rules():
    from aidj.sequencing.rules import RELAXATIONS

    for name, text in zip(counting.RULES, RELAXATIONS, strict=True):
        assert name in text
        assert sum(name in other for other in RELAXATIONS) == 1


def test_months_compare_what_was_had_with_what_was_meant(world):
    tracks = _by_different_artists(world, 4)
    rotations = ("current_favourite",) * 3 + ("deep_cut",)
    session = _session(world, 0, tracks, rotations=rotations, shares={"current_favourite": 0.5, "deep_cut": 0.5})
    (month,) = counting.months(world, [session])
    assert month.off("current_favourite") == pytest.approx(25.0)
    assert month.off("deep_cut") == pytest.approx(-25.0)


@pytest.mark.parametrize("name", ["shuffle", "most_played"])
def test_plainer_ways_fill_the_time_from_the_library_of_the_day(world, name):
    moments = worlds.sittings(world, 6)
    _, sessions = living.year(world, getattr(living, name)(world), moments)
    for session in sessions:
        assert len(set(session.tracks)) == len(session.tracks) > 4
        assert max(session.tracks) < world.size_on(session.sitting.at_s)
    assert np.median(counting.minutes_errors_s(sessions)) < 150
