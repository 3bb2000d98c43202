import numpy as np
import pytest

from aidj.voice.steps import in_steps, on_frames, powers


@pytest.mark.parametrize("step", [1, 15, 32])
@pytest.mark.parametrize("n_frames", [1, 14, 15, 31, 1000])
def test_values_of_steps_lie_on_straight_lines(n_frames, step):
    values = np.random.default_rng(n_frames).random(-(-n_frames // step))
    middles = (np.arange(len(values)) + 0.5) * step
    expected = np.interp(np.arange(n_frames), middles, values)
    made = on_frames(values, step, n_frames)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, expected, atol=1e-6)


def test_the_last_step_is_filled_up_with_silence():
    samples = np.full(10, 2.0, np.float32)
    assert in_steps(samples, 4).tolist() == [[2, 2, 2, 2], [2, 2, 2, 2], [2, 2, 0, 0]]
    assert powers(samples, 4).tolist() == [4.0, 4.0, 2.0]


def test_nothing_has_no_steps():
    nothing = np.zeros(0, np.float32)
    assert len(powers(nothing, 4)) == len(on_frames(np.zeros(0), 4, 0)) == 0
