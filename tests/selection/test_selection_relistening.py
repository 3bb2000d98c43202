from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import DAY_S, NOW

import aidj
from aidj.selection import relistening
from aidj.selection.relistening import (
    HALF_LIVES_DAYS,
    Past,
    Scores,
    fitted_half_life_days,
    rediscovery_scores,
    relisten_scores,
)

N_ITEMS, N_ARTISTS, N_ALBUMS = 8, 4, 3
NOW_S = int(NOW.timestamp())
Row = tuple[int, float]
"""(item, days ago)"""


def past(
    rows: Sequence[Row],
    *,
    n_items: int = N_ITEMS,
    artist_of: Sequence[int] | None = None,
    album_of: Sequence[int] | None = None,
) -> Past:
    """Return a past; items have artists of their own and no album unless said otherwise."""
    order = sorted((NOW_S - 1 - int(days * DAY_S), item) for item, days in rows)
    artists = np.arange(n_items) if artist_of is None else np.array(artist_of)
    return Past(
        item=np.array([item for _, item in order], np.int64),
        at=np.array([at for at, _ in order], np.int64),
        now_s=float(NOW_S),
        n_items=n_items,
        artist_of=artists.astype(np.int64),
        n_artists=int(artists.max(initial=-1)) + 1,
        album_of=np.full(n_items, -1, np.int64) if album_of is None else np.array(album_of, np.int64),
    )


def both(history: Past, candidates: Sequence[int]) -> list[Scores]:
    numbers = np.array(candidates, np.int64)
    return [rediscovery_scores(history, numbers), relisten_scores(history, numbers, half_life_days=30)]


rows = st.lists(
    st.tuples(st.integers(0, N_ITEMS - 1), st.sampled_from([0.0, 0.01, 0.02, 3.0, 100.0]) | st.floats(0, 4000)),
    max_size=60,
)
artists = st.lists(st.integers(0, N_ARTISTS - 1), min_size=N_ITEMS, max_size=N_ITEMS)
albums = st.lists(st.integers(-1, N_ALBUMS - 1), min_size=N_ITEMS, max_size=N_ITEMS)
chosen = st.lists(st.integers(0, N_ITEMS - 1), max_size=N_ITEMS, unique=True)


@settings(max_examples=80)
@given(rows, artists, albums, chosen)
def test_the_terms_add_up_and_are_finite(
    history: list[Row], artist_of: list[int], album_of: list[int], candidates: list[int]
) -> None:
    for scores in both(past(history, artist_of=artist_of, album_of=album_of), candidates):
        assert scores.total.shape == (len(candidates),)
        assert np.isfinite(scores.total).all()
        assert all(term.shape == (len(candidates),) for term in scores.terms.values())
        assert np.allclose(sum(scores.terms.values()), scores.total)


@settings(max_examples=40)
@given(rows, artists, albums, st.permutations(range(N_ITEMS)), st.permutations(range(N_ARTISTS)))
def test_how_items_and_artists_are_numbered_makes_no_difference(
    history: list[Row], artist_of: list[int], album_of: list[int], items: list[int], names: list[int]
) -> None:
    """Ties in time are left out: which of two came first at one moment is the caller's to say."""
    history = [(item, days + 0.001 * number) for number, (item, days) in enumerate(history)]
    one = past(history, artist_of=artist_of, album_of=album_of)
    back = np.argsort(items)
    other = Past(
        item=np.array(items, np.int64)[one.item],
        at=one.at,
        now_s=one.now_s,
        n_items=N_ITEMS,
        artist_of=np.array([names[artist_of[old]] for old in back.tolist()], np.int64),
        n_artists=N_ARTISTS,
        album_of=one.album_of[back],
    )
    for mine, theirs in zip(both(one, range(N_ITEMS)), both(other, items), strict=True):
        assert np.allclose(mine.total, theirs.total, atol=1e-6)


@settings(max_examples=40)
@given(rows, artists, albums)
def test_what_came_210_days_later_gives_the_same_scores(
    history: list[Row], artist_of: list[int], album_of: list[int]
) -> None:
    """210 days are whole weeks, fortnights and 30-day periods: nothing else of the calendar may matter."""
    one = past(history, artist_of=artist_of, album_of=album_of)
    shift = 210 * DAY_S
    later = Past(
        item=one.item,
        at=one.at + shift,
        now_s=one.now_s + shift,
        n_items=one.n_items,
        artist_of=one.artist_of,
        n_artists=one.n_artists,
        album_of=one.album_of,
    )
    for mine, theirs in zip(both(one, range(N_ITEMS)), both(later, range(N_ITEMS)), strict=True):
        assert np.allclose(mine.total, theirs.total, atol=1e-6)
    assert fitted_half_life_days(one) == fitted_half_life_days(later)


@pytest.mark.parametrize(
    ("history", "candidates"),
    [
        pytest.param([], [], id="nothing at all"),
        pytest.param([], [0, 1, 2], id="no plays"),
        pytest.param([(0, 100.0)], [], id="no candidates"),
        pytest.param([(0, 100.0)], [5, 6], id="never heard"),
        pytest.param([(0, 100.0), (1, 3.0)], [0], id="one candidate"),
        pytest.param([(0, 0.5), (1, 0.5), (2, 0.5)], [0, 1, 2], id="the same moment"),
        pytest.param([(number % 3, number / 1000) for number in range(200)], [0, 1, 2], id="one day"),
    ],
)
def test_poor_histories_have_scores(history: list[Row], candidates: list[int]) -> None:
    for scores in both(past(history), candidates):
        assert scores.total.shape == (len(candidates),)
        assert np.isfinite(scores.total).all()
    assert fitted_half_life_days(past(history)) == 30


def test_candidates_that_nothing_tells_apart_score_the_same() -> None:
    history = past([(item, 100 + day) for item in range(4) for day in (0, 20, 50)])
    for scores in both(history, [0, 1, 2, 3]):
        assert scores.total.tolist() == [0, 0, 0, 0]


def terms(history: Past, score: Callable[[Past, np.ndarray], Scores], name: str, n: int = 2) -> list[float]:
    return score(history, np.arange(n)).terms[name].tolist()


def this_week(history: Past, candidates: np.ndarray) -> Scores:
    return relisten_scores(history, candidates, half_life_days=30)


def test_days_count_and_not_plays() -> None:
    history = past([(0, 200 + minute / 1440) for minute in range(40)] + [(1, 200 + day) for day in range(4)])
    assert np.argmax(rediscovery_scores(history, np.arange(2)).total) == 1


def test_of_two_equal_songs_the_one_silent_for_longer_is_wanted_less() -> None:
    history = past([(0, days) for days in (600, 620, 640)] + [(1, days) for days in (300, 320, 340)])
    assert np.argmax(rediscovery_scores(history, np.arange(2)).total) == 1


def test_a_song_that_was_dropped_is_worn_out() -> None:
    history = past([(0, days) for days in (100, 101, 102, 103)] + [(1, days) for days in (300, 301, 302, 303)])
    worn = terms(history, rediscovery_scores, "worn_out")
    assert worn[0] < 0 < worn[1]


def test_a_song_that_always_came_back_after_a_while_has_spacing() -> None:
    history = past([(0, days) for days in (400, 399, 398)] + [(1, days) for days in (400, 300, 200)])
    spacing = terms(history, rediscovery_scores, "spacing")
    assert spacing[0] < 0 < spacing[1]


@pytest.mark.parametrize("score", [rediscovery_scores, this_week])
def test_the_months_in_which_the_songs_of_today_were_heard_before_lift_the_others_heard_then(
    score: Callable[[Past, np.ndarray], Scores],
) -> None:
    history = past([(2, 1), (2, 400), (1, 401), (3, 800), (0, 801)])
    month = terms(history, score, "month")
    assert month[0] < 0 < month[1]


@pytest.mark.parametrize("score", [rediscovery_scores, this_week])
def test_the_artist_heard_now_lifts_its_other_songs(score: Callable[[Past, np.ndarray], Scores]) -> None:
    history = past([(0, 700), (1, 500), (2, 2)], n_items=3, artist_of=[0, 1, 1])
    artist = terms(history, score, "artist")
    assert artist[0] < 0 < artist[1]


def test_an_album_heard_often_lifts_its_songs() -> None:
    others = [(2, float(days)) for days in range(100, 160, 10)]
    history = past([(0, 200), (1, 200.01), *others], n_items=3, album_of=[0, 1, 1])
    album = terms(history, rediscovery_scores, "album")
    assert album[0] < 0 < album[1]


def test_songs_of_the_hours_at_which_one_listens_now_come_first() -> None:
    noon = (NOW_S % DAY_S - 12 * 3600) / DAY_S  # days back to the last noon
    history = past(
        [(2, noon + day) for day in range(20)]
        + [(0, noon + 0.5 + day) for day in (200, 210, 220)]
        + [(1, noon + day) for day in (200, 210, 220)]
    )
    hour = terms(history, rediscovery_scores, "hour")
    assert hour[0] < 0 < hour[1]


def test_a_run_of_days_is_more_than_the_same_days_apart() -> None:
    run = terms(past([(0, days) for days in (1, 11, 21)] + [(1, days) for days in (1, 2, 3)]), this_week, "run")
    assert run[0] < 0 < run[1]


def test_the_half_life_decides_between_the_old_favourite_and_the_new_one() -> None:
    history = past([(0, 200 + day) for day in range(30)] + [(1, 3 + day) for day in range(3)])
    old, new = (relisten_scores(history, np.arange(2), half_life_days=days) for days in (1500, 7))
    assert np.argmax(old.terms["plays_lately"]) == 0
    assert np.argmax(new.terms["plays_lately"]) == 1


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3), st.floats(0, 1)), min_size=1),
)
def test_the_association_is_what_its_formula_says(plays: list[tuple[int, int, int, float]]) -> None:
    node, one, two, context = (list(column) for column in zip(*plays, strict=True))
    one, two = sorted(one), sorted(two)  # groups follow one another in time
    found = relistening.association(np.array(node), 5, np.array(context), [np.array(one), np.array(two)])
    for i in range(5):
        walked = 0.0
        for grouping in (one, two):
            for place, group in enumerate(grouping):
                if node[place] != i:
                    continue
                inside = [node[other] for other, g in enumerate(grouping) if g == group]
                mass = sum(sum(c for c, n in zip(context, node, strict=True) if n == j) / node.count(j) for j in inside)
                walked += mass / len(inside) / 2
        assert found[i] == pytest.approx(math.log(walked / math.sqrt(max(node.count(i), 1)) + 1e-7))


def listener(weeks: int, favourites: Callable[[int], Sequence[int]]) -> Past:
    """Return a listener who plays these songs in each week, each of them three times."""
    history = [
        (item, 7 * (weeks - week) - day - 0.01 * place - 0.5)
        for week in range(weeks)
        for place, item in enumerate(favourites(week))
        for day in (0, 2, 4)
    ]
    return past(history, n_items=600)


def test_who_changes_songs_with_the_weeks_has_a_short_half_life() -> None:
    """Each five songs are played for two weeks and never again."""
    fickle = listener(60, lambda week: [5 * (week // 2) + place for place in range(5)])
    assert fitted_half_life_days(fickle) == 7


def test_who_plays_the_same_lists_in_turn_has_a_long_half_life() -> None:
    """Eight lists take turns, and what is played beside them is never played again."""

    def favourites(week: int) -> list[int]:
        return [*range(5 * (week % 8), 5 * (week % 8) + 5), *range(100 + 5 * week, 105 + 5 * week)]

    assert fitted_half_life_days(listener(80, favourites)) >= 90


@settings(max_examples=25)
@given(st.integers(0, 1 << 20))
def test_the_half_life_is_the_best_of_those_tried_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    history = past([(int(12 * rng.random() ** 2), float(days)) for days in 150 * rng.random(400)], n_items=12)
    starts = [start for start in NOW_S - 7 * DAY_S * np.arange(1, 30) if start > history.at[0] + 60 * DAY_S]
    gained = []
    for half_life in HALF_LIVES_DAYS:
        found = []
        for start in starts:
            known = history.at < start
            ages = (start - history.at[known]) / DAY_S
            level = np.bincount(history.item[known], 0.5 ** (ages / half_life), 12)
            soon = history.item[(history.at >= start) & (history.at < start + 7 * DAY_S)]
            wanted = np.isin(np.arange(12), soon) & (level > 0)
            if len(soon) < 10 or wanted.sum() < 3:
                continue
            ranked = wanted[np.argsort(-level)]
            places = 1 / np.log2(np.arange(12) + 2)
            found.append((ranked * places).sum() / places[: wanted.sum()].sum())
        gained.append(np.mean(found))
    assert gained[HALF_LIVES_DAYS.index(fitted_half_life_days(history))] == pytest.approx(max(gained))


def test_the_benchmarks_scorer_is_the_same_function() -> None:
    path = Path(aidj.__file__).parents[1] / "scripts" / "relisten_scorer.py"
    spec = importlib.util.spec_from_file_location("relisten_scorer", path)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)

    rng = np.random.default_rng(4)
    history = past([(int(40 * rng.random() ** 2), float(days)) for days in 300 * rng.random(900)], n_items=40)
    view = SimpleNamespace(
        track=history.item,
        ts=history.at,
        t=history.now_s,
        n_tracks=history.n_items,
        n_artists=history.n_artists,
        artist_of=history.artist_of,
        album_of=history.album_of,
        cand=np.arange(40),
    )
    expected = relisten_scores(history, view.cand, half_life_days=fitted_half_life_days(history))
    assert np.array_equal(scorer.score(view), expected.total)

    silent = past([(item, 90 + 0.01 * number) for number, item in enumerate(history.item.tolist())], n_items=40)
    view.track, view.ts = silent.item, silent.at
    assert np.array_equal(scorer.score(view), rediscovery_scores(silent, view.cand).total)
