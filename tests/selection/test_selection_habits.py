from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import DAY_S, NOW, plays

from aidj.model import Plays
from aidj.selection import day_base_level, habits_of
from aidj.selection.habits import EARLIEST_S, known_plays, z_scores

rows = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.floats(-30, 4000, allow_nan=False),
        st.sampled_from(["listen", "skip", "short"]),
    ),
    max_size=60,
)


def slow_base_level(history: Plays, group: int, decay: float) -> float:
    """The same as the formula reads: the first play of each day, one by one."""
    firsts: dict[int, int] = {}
    for number, at in zip(history.track.tolist(), history.listened_at.tolist(), strict=True):
        if number == group:
            firsts[at // DAY_S] = min(at, firsts.get(at // DAY_S, at))
    total = sum(((NOW.timestamp() - at) / 3600 + 1) ** -decay for at in firsts.values())
    return math.log(total) if total else -math.inf


@given(rows, st.sampled_from([0.3, 0.5, 1.0]))
def test_the_base_level_is_what_its_formula_says(history: list[tuple[int, float, str]], decay: float) -> None:
    past = plays(row for row in history if row[1] >= 0)
    levels = day_base_level(past.track, past.listened_at, 5, NOW, decay)
    assert levels.shape == (5,)
    for group in range(5):
        assert levels[group] == pytest.approx(slow_base_level(past, group, decay), rel=1e-9)


def test_the_base_level_of_times_before_1970() -> None:
    past = plays([(0, 30_000), (1, 30_000), (1, 25_000), (0, 3)])
    for group in range(2):
        assert day_base_level(past.track, past.listened_at, 2, NOW, 1.0)[group] == pytest.approx(
            slow_base_level(past, group, 1.0)
        )


def test_forty_repeats_on_one_day_count_as_one() -> None:
    history = plays([(0, 10 + minute / 1440) for minute in range(40)] + [(1, 10 + 39 / 1440)])
    levels = day_base_level(history.track, history.listened_at, 2, NOW, 1.0)
    assert levels[0] == levels[1]


@given(rows)
def test_habits_are_counted_as_one_would_by_hand(history: list[tuple[int, float, str]]) -> None:
    habits = habits_of(plays(history), 5, NOW)
    for number in range(5):
        at = sorted((NOW.timestamp() - days * DAY_S, kind) for track, days, kind in history if track == number)
        mine = [(int(second), kind) for second, kind in at if int(second) <= NOW.timestamp()]
        heard = [second for second, kind in mine if kind == "listen"]
        assert habits.listens[number] == len(heard)
        assert habits.skips[number] == sum(kind == "skip" for _, kind in mine)
        assert habits.days_heard[number] == len({second // DAY_S for second in heard})
        if not mine:
            assert np.isnan(habits.last_played[number])
            assert not habits.last_was_skip[number]
        else:
            assert habits.last_played[number] == mine[-1][0]
        if not heard:
            assert np.isnan(habits.first_heard[number])
            assert np.isnan(habits.last_heard[number])
            assert habits.days_silent[number] == np.inf
        else:
            assert (habits.first_heard[number], habits.last_heard[number]) == (heard[0], heard[-1])
            assert habits.days_silent[number] == pytest.approx((NOW.timestamp() - heard[-1]) / DAY_S)


@given(rows, st.permutations(range(4)), st.randoms(use_true_random=False))
def test_plays_come_back_under_new_numbers_in_an_order_of_their_own(
    history: list[tuple[int, float, str]], numbers: list[int], chance: random.Random
) -> None:
    place = np.array(numbers)
    known = known_plays(plays(history), place, NOW)
    assert known.track.dtype == np.int32
    rows_known = list(zip(known.listened_at.tolist(), known.track.tolist(), known.skipped.tolist(), strict=True))
    assert rows_known == sorted(rows_known)
    made = plays(history)
    true = {
        (at, numbers[number], skipped, heard)
        for at, number, skipped, heard in zip(
            made.listened_at.tolist(), made.track.tolist(), made.skipped.tolist(), made.heard.tolist(), strict=True
        )
        if EARLIEST_S <= at <= NOW.timestamp()
    }
    assert len(known.track) == len(true)
    assert (
        set(
            zip(
                known.listened_at.tolist(),
                known.track.tolist(),
                known.skipped.tolist(),
                known.heard.tolist(),
                strict=True,
            )
        )
        == true
    )
    # Renumbering the tracks first and giving the new numbers back is the same.
    other = list(range(4))
    chance.shuffle(other)
    moved = [(other[number], days, kind) for number, days, kind in history]
    back = np.zeros(4, np.int64)
    back[other] = place
    again = known_plays(plays(moved), back, NOW)
    for name in ("track", "listened_at", "skipped", "heard"):
        assert np.array_equal(getattr(known, name), getattr(again, name)), name


def test_an_empty_history() -> None:
    habits = habits_of(Plays.none(), 3, NOW)
    assert habits.listens.tolist() == [0, 0, 0]
    assert np.isinf(habits.days_silent).all()
    assert np.isinf(day_base_level(Plays.none().track, Plays.none().listened_at, 2, NOW, 0.5)).all()


@settings(max_examples=60)
@given(st.lists(st.floats(-1e6, 1e6) | st.sampled_from([-math.inf, math.inf, math.nan]), min_size=1, max_size=30))
def test_z_scores_are_finite_and_keep_the_order(values: list[float]) -> None:
    scores = z_scores(np.array(values))
    assert np.isfinite(scores).all()
    assert np.abs(scores).max() <= 4
    finite = [(value, score) for value, score in zip(values, scores, strict=True) if math.isfinite(value)]
    assert [score for _, score in sorted(finite)] == sorted(score for _, score in finite)
