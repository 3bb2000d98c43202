from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.timeline import Ramp

SHAPES = ("quarter_sine", "linear", "smooth_db")
gain = st.one_of(st.just(0.0), st.floats(0.01, 4.0))


@given(st.integers(0, 100), st.integers(0, 300), gain, gain, st.sampled_from(SHAPES))
def test_a_ramp_reaches_its_ends_and_stays_between(start: int, length: int, a: float, b: float, shape: str) -> None:
    ramp = Ramp(start, start + length, a, b, shape)  # type: ignore[arg-type]
    gains = ramp.gains(start - 5, length + 10)
    assert gains.dtype == np.float32
    if length:
        assert (gains[:6] == np.float32(a)).all()
    assert (gains[length + 5 :] == np.float32(b)).all()
    assert gains.min() >= np.float32(min(a, b)) * (1 - 1e-6)
    assert gains.max() <= max(np.float32(max(a, b)), np.float32(1e-4)) * (1 + 1e-6)
    steps = np.diff(gains[5:] if a and b else gains[6:-5])
    assert (steps >= -1e-6).all() or (steps <= 1e-6).all()


@given(st.integers(-50, 400), st.integers(1, 300), st.sampled_from(SHAPES))
def test_pieces_of_a_ramp_are_the_ramp(start: int, n_frames: int, shape: str) -> None:
    ramp = Ramp(100, 200, 1.0, 0.25, shape)  # type: ignore[arg-type]
    whole = ramp.gains(-100, 1000)
    np.testing.assert_array_equal(ramp.gains(start, n_frames), whole[start + 100 : start + 100 + n_frames])
    constant = ramp.constant(start, n_frames)
    if constant is not None:
        assert (ramp.gains(start, n_frames) == np.float32(constant)).all()


def test_crossing_quarter_sines_keep_the_power() -> None:
    power = Ramp(0, 1000, 1.0, 0.0, "quarter_sine").gains(0, 1000) ** 2
    power += Ramp(0, 1000, 0.0, 1.0, "quarter_sine").gains(0, 1000) ** 2
    assert power == pytest.approx(1.0, abs=1e-5)


def test_crossing_lines_keep_the_amplitude() -> None:
    gains = Ramp(0, 1000, 1.0, 0.0, "linear").gains(0, 1000) + Ramp(0, 1000, 0.0, 1.0, "linear").gains(0, 1000)
    assert gains == pytest.approx(1.0, abs=1e-6)
    assert Ramp(0, 100, 0.2, 0.7, "linear").gains(50, 1)[0] == pytest.approx(0.45)
