from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aidj.selection.drawing import draw

scores_of = arrays(np.float64, st.integers(1, 30), elements=st.floats(-20, 20))


def test_the_orders_come_as_often_as_their_propensities_say() -> None:
    """20,000 draws of four, all 24 orders against the products of their propensities: chi-square."""
    scores, scale, rounds = np.array([1.0, 0.6, 0.5, -0.2]), 0.5, 20_000
    rng = np.random.default_rng(7)
    counts: dict[tuple[int, ...], int] = dict.fromkeys(permutations(range(4)), 0)
    likely: dict[tuple[int, ...], float] = {}
    for _ in range(rounds):
        order, propensity = draw(scores, rng.gumbel(scale=scale, size=4), scale)
        counts[tuple(order.tolist())] += 1
        likely[tuple(order.tolist())] = float(propensity.prod())
    assert sum(likely.values()) == pytest.approx(1.0)
    chi_square = sum((counts[order] - rounds * p) ** 2 / (rounds * p) for order, p in likely.items())
    assert chi_square < 49.7, "the 0.1 % point of 23 degrees of freedom"


@given(scores_of, st.floats(0.01, 5), st.integers(0, 1000))
def test_a_propensity_is_the_softmax_among_those_left(scores: np.ndarray, scale: float, seed: int) -> None:
    noise = np.random.default_rng(seed).gumbel(scale=scale, size=len(scores))
    order, propensity = draw(scores, noise, scale)
    assert sorted(order.tolist()) == list(range(len(scores)))
    assert (np.diff((scores + noise)[order]) <= 0).all()
    for place, number in enumerate(order.tolist()):
        left = scores[order[place:]] / scale
        expected = 1.0 / sum(math.exp(min(other - scores[number] / scale, 700.0)) for other in left)
        assert propensity[place] == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert propensity[-1] == 1.0


def test_equal_scores_without_noise_stay_in_order() -> None:
    order, propensity = draw(np.array([1.0, 2.0, 1.0, 2.0]), np.zeros(4), 0.0)
    assert order.tolist() == [1, 3, 0, 2]
    assert propensity.tolist() == [1.0] * 4


def test_large_pools_and_far_scores_stay_finite() -> None:
    scores = np.concatenate([np.linspace(-400, 400, 50_000), np.full(50_000, 3.0)])
    noise = np.random.default_rng(1).gumbel(scale=0.2, size=len(scores))
    _, propensity = draw(scores, noise, 0.2)
    assert np.isfinite(propensity).all()
    assert propensity.min() > 0.0
    assert propensity.max() <= 1.0
