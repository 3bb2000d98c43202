"""Music lowered under speech: depth and moments of the ramps, and what they do to samples."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from aidj.mixing import mix
from aidj.timeline import Clip, Timeline
from aidj.timeline.ducking import ATTACK_S, DIP_HZ, MARGIN_S, MERGE_S, RELEASE_S, Duck, lowered, merged

RATE = 1000


def clip(start_s: float, seconds: float) -> Clip:
    return Clip(source=Path("a.flac"), lane="music", start_frames=round(start_s * RATE), n_frames=round(seconds * RATE))


def gains_db(made: Clip) -> np.ndarray:
    gains = np.ones(made.n_frames)
    for ramp in made.ramps:
        gains *= ramp.gains(made.start_frames, made.n_frames)
    return 20 * np.log10(gains)


def test_down_before_the_first_word_and_up_after_the_last() -> None:
    levels = gains_db(lowered(clip(0, 60), [Duck(start_s=20, end_s=30)], RATE))
    down, up = 20 - MARGIN_S, 30 + RELEASE_S
    assert levels[: round((down - ATTACK_S) * RATE)] == pytest.approx(0)
    assert levels[round(down * RATE) : 30 * RATE] == pytest.approx(-12, abs=1e-4)
    assert levels[round(up * RATE) + 1 :] == pytest.approx(0, abs=1e-4)
    assert (np.diff(levels[: 25 * RATE]) <= 1e-6).all(), "never up on the way down"
    assert (np.diff(levels[25 * RATE :]) >= -1e-6).all(), "never down on the way up"
    assert np.abs(np.diff(levels)).max() < 0.05, "smoothly"


def test_a_dip_moves_with_the_duck_and_a_flat_duck_has_none() -> None:
    (dip,) = lowered(clip(0, 60), [Duck(start_s=20, end_s=30, dip_db=-6.0)], RATE).bands
    assert (dip.filter, dip.frequency_hz) == ("peak", DIP_HZ)
    assert [(r.start_frames, r.end_frames) for r in dip.ramps] == [(19300, 19900), (30000, 30800)]
    assert dip.ramps[0].to_gain == pytest.approx(0.501, abs=1e-3)
    assert not lowered(clip(0, 60), [Duck(start_s=20, end_s=30, duck_db=-15, dip_db=0.0)], RATE).bands


def test_a_song_that_begins_or_ends_under_speech_does_so_lowered() -> None:
    begins = gains_db(lowered(clip(25, 30), [Duck(start_s=20, end_s=30)], RATE))
    assert begins[0] == pytest.approx(-12, abs=1e-4)
    assert begins[-1] == 0
    ends = gains_db(lowered(clip(0, 25), [Duck(start_s=20, end_s=30)], RATE))
    assert ends[-1] == pytest.approx(-12, abs=1e-4)


@pytest.mark.parametrize(("start_s", "seconds"), [(0, 19.9), (30, 20), (30.2, 20)])
def test_a_song_that_is_over_or_not_begun_is_left_as_it_is(start_s: float, seconds: float) -> None:
    song = clip(start_s, seconds)
    assert lowered(song, [Duck(start_s=20, end_s=30)], RATE) is song


def test_ducks_close_together_are_one_as_deep_as_the_deeper() -> None:
    shallow, deep = Duck(start_s=20, end_s=25), Duck(start_s=25 + MERGE_S - 0.1, end_s=30, duck_db=-15, dip_db=0.0)
    assert merged([deep, shallow]) == (Duck(start_s=20, end_s=30, duck_db=-15, dip_db=-6),)
    apart = Duck(start_s=25 + MERGE_S, end_s=30)
    assert merged([shallow, apart]) == (shallow, apart)
    levels = gains_db(lowered(clip(0, 60), merged([shallow, deep]), RATE))
    assert levels[20 * RATE : 30 * RATE] == pytest.approx(-15, abs=1e-4), "no bobbing"


stretches = st.tuples(st.floats(0, 100), st.floats(0.1, 10)).map(lambda drawn: Duck(start_s=drawn[0], end_s=sum(drawn)))


@given(st.lists(stretches, max_size=8))
def test_merged_ducks_cover_what_they_are_made_of_and_lie_apart(ducks: list[Duck]) -> None:
    made = merged(ducks)
    assert all(after.start_s - before.end_s >= MERGE_S for before, after in pairwise(made))
    for duck in ducks:
        assert any(one.start_s <= duck.start_s and duck.end_s <= one.end_s for one in made)
    assert merged(made) == made


# -- on samples -------------------------------------------------------------------------------------------------------


def mixed(timeline: Timeline, block_frames: int = 16384) -> np.ndarray:
    return np.concatenate(list(mix(timeline, block_frames=block_frames, ceiling_dbtp=None)))


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("duck") / "noise.wav"
    samples = 0.2 * np.random.default_rng(1).standard_normal((20 * 44100, 2))
    soundfile.write(path, samples.astype(np.float32), 44100, subtype="FLOAT")
    return path


def ducked(path: Path, *ducks: Duck) -> tuple[np.ndarray, np.ndarray, Timeline]:
    """The samples with and without ducks."""
    rate = 44100
    music = Clip(source=path, lane="music", start_frames=0, n_frames=20 * rate)
    plain = Timeline(rate=rate, n_frames=20 * rate, clips=(music,))
    timeline = Timeline(rate=rate, n_frames=20 * rate, clips=(lowered(music, merged(ducks), rate),))
    return mixed(timeline), mixed(plain), timeline


def change_db(with_duck: np.ndarray, without: np.ndarray, low_hz: float, high_hz: float) -> float:
    powers = []
    for samples in (with_duck, without):
        spectrum = np.abs(np.fft.rfft(samples[:, 0] * np.hanning(len(samples)))) ** 2
        f = np.fft.rfftfreq(len(samples), 1 / 44100)
        powers.append(spectrum[(f > low_hz) & (f < high_hz)].sum())
    return float(10 * np.log10(powers[0] / powers[1]))


def test_the_depth_and_the_dip_on_samples(noise: Path) -> None:
    lower, plain, _ = ducked(noise, Duck(start_s=5, end_s=12))
    under = slice(5 * 44100, 12 * 44100)
    for low_hz, high_hz, wanted_db in ((50, 400, -12), (1600, 2000, -18), (1100, 2900, -18), (8000, 16000, -12)):
        assert change_db(lower[under], plain[under], low_hz, high_hz) == pytest.approx(wanted_db, abs=0.3)
    # At its edges, an octave and a quarter away, about half of the dip is left.
    assert change_db(lower[under], plain[under], 720, 780) == pytest.approx(-14.5, abs=0.7)
    flat, plain, _ = ducked(noise, Duck(start_s=5, end_s=12, duck_db=-15, dip_db=0.0))
    assert change_db(flat[under], plain[under], 50, 16000) == pytest.approx(-15, abs=0.05)


def test_nothing_else_is_touched(noise: Path) -> None:
    lower, plain, _ = ducked(noise, Duck(start_s=5, end_s=8), Duck(start_s=12, end_s=14))
    before = round((5 - MARGIN_S - ATTACK_S) * 44100)
    np.testing.assert_array_equal(lower[:before], plain[:before])
    for start_s, end_s in ((8 + RELEASE_S + 0.01, 12 - MARGIN_S - ATTACK_S), (14 + RELEASE_S + 0.01, 20)):
        between = slice(round(start_s * 44100), round(end_s * 44100))
        # What goes down and up again differs by the rounding of two multiplications.
        np.testing.assert_allclose(lower[between], plain[between], rtol=1e-6, atol=1e-7)


def test_the_blocks_do_not_matter(noise: Path) -> None:
    lower, _, timeline = ducked(noise, Duck(start_s=5, end_s=8), Duck(start_s=12, end_s=14))
    np.testing.assert_array_equal(lower, mixed(timeline, block_frames=1013))
