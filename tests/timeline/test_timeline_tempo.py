"""Tempo maps: which moment of a file sounds when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.timeline.tempo import NATIVE, TempoMap

maps = st.lists(st.tuples(st.floats(0.01, 20), st.floats(0.9, 1.1)), max_size=20).map(
    lambda steps: TempoMap(
        tuple(sum(length for length, _ in steps[:i]) for i in range(len(steps))), tuple(rate for _, rate in steps)
    )
)


@given(maps, st.floats(-10, 200))
def test_the_two_ways_are_each_others_inverse(tempo: TempoMap, at_s: float) -> None:
    assert tempo.session_s(tempo.file_s(at_s)) == pytest.approx(at_s, abs=1e-6)


@given(maps, st.floats(0, 100), st.floats(0.001, 100))
def test_time_never_runs_backwards_nor_faster_than_a_tenth(tempo: TempoMap, at_s: float, later_s: float) -> None:
    passed_s = tempo.file_s(at_s + later_s) - tempo.file_s(at_s)
    assert 0.9 * later_s - 1e-6 <= passed_s <= 1.1 * later_s + 1e-6


def test_native_is_the_identity() -> None:
    assert NATIVE.file_s(12.5) == 12.5
    assert NATIVE.session_s(12.5) == 12.5
    assert NATIVE.ends_s == 0.0


def test_a_faster_start_is_ahead_ever_after() -> None:
    tempo = TempoMap((0.0, 10.0), (1.05, 1.0))
    assert tempo.file_s(5.0) == pytest.approx(5.25)
    assert tempo.file_s(30.0) == pytest.approx(30.5)
    assert tempo.session_s(30.5) == pytest.approx(30.0)
