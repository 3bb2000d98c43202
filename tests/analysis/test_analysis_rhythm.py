"""Tempo, beats, bars and phrases, on songs whose beats are known; mir_eval judges the beats."""

from collections.abc import Iterator
from dataclasses import replace

import mir_eval
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_up_rhythms import RATE, MadeRhythm, breathing, steady, unsteady_songs
from numpy.typing import NDArray

from aidj.analysis.reduced import Reducer
from aidj.analysis.rhythm import RhythmMeter
from aidj.demo import SONGS, compose_song
from aidj.model import STEADY_CONFIDENCE, Rhythm

STYLES = ("rock", "house", "hip hop", "shuffle", "jazz", "drum and bass", "fast punk", "piano waltz", "slow waltz")
"""Some of the helper's styles; the others take as long and tell as much."""
OFF_BEAT = (("ska", 160.0), ("funk", 104.0), ("country", 96.0), ("reggae", 74.0), ("ballad", 64.0), ("jungle", 180.0))
"""Whose off-beats are as loud as the beats, or which some tap at half or double the tempo."""
CLEAR_SECTIONS = ("rock", "house", "hip hop", "drum and bass")
"""Where instruments enter and leave with the sections."""
UNSTEADY = (
    *("drifting rock", "drifting house", "ramping house", "rubato hip hop", "rubato piano waltz"),
    *("change house", "change double", "drone", "bells", "noise"),
)


def blocks(samples: NDArray[np.float32], rate: int, size: int = 65536) -> Iterator[NDArray[np.float32]]:
    reducer = Reducer(rate)
    for start in range(0, len(samples), size):
        yield reducer.add(samples[start : start + size])
    yield reducer.finish()


def measure(samples: NDArray[np.float32], rate: int = RATE) -> Rhythm | None:
    meter = RhythmMeter(Reducer(rate).rate)
    for block in blocks(samples, rate):
        meter.add(block)
    return meter.finish()


def f_measure(truth_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> float:
    """The first 5 s left out, as is usual; a beat counts within 70 ms."""
    trim = mir_eval.beat.trim_beats
    return float(mir_eval.beat.f_measure(trim(truth_s), trim(found_s)))


def errors_s(truth_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """How late each found beat is against the nearest true one."""
    inside = found_s[(found_s > truth_s[0] - 0.1) & (found_s < truth_s[-1] + 0.1)]
    nearest = np.argmin(np.abs(truth_s[None] - inside[:, None]), axis=1)
    return np.asarray(inside - truth_s[nearest], dtype=np.float64)


@pytest.mark.parametrize("style", STYLES)
def test_steady_songs_of_many_styles(style: str) -> None:
    song = steady(style)
    found = measure(song.samples)
    assert found is not None
    assert found.bpm == pytest.approx(song.bpm, abs=0.02)
    assert f_measure(song.beats_s, found.beats_s) >= 0.95
    assert np.median(np.abs(errors_s(song.beats_s, found.beats_s))) <= 0.006
    assert found.confidence >= 0.7 > STEADY_CONFIDENCE
    assert found.beats_per_bar == song.beats_per_bar
    assert f_measure(song.downbeats_s, found.beats_s[found.downbeats]) >= 0.95
    assert set(found.phrases) <= set(found.downbeats)
    if style in CLEAR_SECTIONS:
        phrases_s = found.beats_s[found.phrases]
        assert all(np.min(np.abs(phrases_s - start_s)) < 0.07 for start_s in song.sections_s[1:])
        assert len(phrases_s) <= len(song.sections_s) + 2


def share_near(these_s: NDArray[np.float64], those_s: NDArray[np.float64]) -> float:
    """How many of these have one of those within 70 ms."""
    return float(np.mean(np.min(np.abs(these_s[:, None] - those_s), axis=1) < 0.07))


@pytest.mark.parametrize(("style", "bpm"), OFF_BEAT)
def test_bars_begin_where_they_are_said_to_at_whatever_octave(style: str, bpm: float) -> None:
    song = steady(style, bpm)
    found = measure(song.samples)
    assert found is not None
    octaves = np.log2(found.bpm / song.bpm)
    assert octaves == pytest.approx(round(octaves), abs=0.001)
    assert found.downbeat_confidence > 0.5
    downbeats_s = found.beats_s[found.downbeats]
    inside = downbeats_s[(downbeats_s > song.beats_s[0] - 0.1) & (downbeats_s < song.beats_s[-1] + 0.1)]
    if octaves < 0.5:
        assert share_near(inside, song.downbeats_s) >= 0.95
    if octaves > -0.5:
        assert share_near(song.downbeats_s, inside) >= 0.95


@pytest.mark.parametrize("name", UNSTEADY)
def test_nothing_is_laid_on_an_unsteady_song(name: str) -> None:
    found = measure(unsteady_songs()[name]().samples)
    assert found is None or found.confidence < 0.5 < STEADY_CONFIDENCE


@pytest.mark.parametrize("name", ["drifting rock", "ramping house"])
def test_beats_follow_a_band_that_is_not_steady(name: str) -> None:
    song = unsteady_songs()[name]()
    found = measure(song.samples)
    assert found is not None
    assert f_measure(song.beats_s, found.beats_s) >= 0.95


@pytest.mark.parametrize("slug", ["waltz-for-a-lost-mitten", "elevator-to-the-moon-garage"])
def test_demo_songs(slug: str) -> None:
    song = compose_song(next(song.spec for song in SONGS if song.spec.slug == slug))
    found = measure(song.samples, song.rate)
    assert found is not None
    beats_s = np.array(song.truth.beats_s)
    assert found.bpm == pytest.approx(song.truth.bpm, abs=0.02)
    assert f_measure(beats_s, found.beats_s) >= 0.95
    assert np.median(np.abs(errors_s(beats_s, found.beats_s))) <= 0.005
    assert found.beats_per_bar == song.truth.beats_per_bar
    assert f_measure(np.array(song.truth.downbeats_s), found.beats_s[found.downbeats]) >= 0.95
    assert found.confidence >= 0.7


def test_a_bar_of_five_is_not_taken_for_one_of_four() -> None:
    tram = compose_song(next(song.spec for song in SONGS if song.spec.beats_per_bar == 5))
    found = measure(tram.samples, tram.rate)
    assert found is not None
    assert found.confidence >= 0.7
    assert found.downbeat_confidence < 0.3


def test_a_band_without_a_click_is_followed_smoothly() -> None:
    song = breathing("rock")
    found = measure(song.samples)
    assert found is not None
    assert found.confidence >= 0.7
    assert f_measure(song.beats_s, found.beats_s) >= 0.95
    assert np.max(np.abs(errors_s(song.beats_s, found.beats_s))) <= 0.012
    lengths_s = np.diff(found.beats_s)
    assert np.max(np.abs(np.diff(lengths_s))) < 0.002


def clicks(rate: int, period_s: float, seconds: float, *, offset_s: float = 0.25) -> MadeRhythm:
    """Short bursts of noise over a thud, at exact times, over the hiss of a room."""
    rng = np.random.default_rng(1)
    t = np.arange(int(0.08 * rate)) / rate
    mono = 0.004 * rng.standard_normal(int(seconds * rate) + len(t))
    times_s = np.arange(offset_s, seconds - 0.2, period_s)
    for time_s in times_s:
        start = round(time_s * rate)
        burst = rng.standard_normal(len(t)) * np.exp(-t / 0.015) + np.sin(2 * np.pi * 60 * t) * np.exp(-t / 0.03)
        mono[start : start + len(t)] += 0.2 * burst
    none = np.zeros(0)
    samples = np.stack([mono, mono], axis=1).astype(np.float32)
    return MadeRhythm(
        name="clicks",
        samples=samples,
        bpm=60 / period_s,
        beats_s=times_s,
        downbeats_s=none,
        sections_s=none,
        beats_per_bar=4,
        steady=True,
    )


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
def test_beats_have_no_bias_at_any_rate(rate: int) -> None:
    song = clicks(rate, 0.47, 30.0)
    found = measure(song.samples, rate)
    assert found is not None
    assert found.confidence >= 0.7
    assert abs(np.median(errors_s(song.beats_s, found.beats_s))) <= 0.003


@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=6))
@settings(max_examples=5, deadline=None)
def test_the_size_of_blocks_changes_nothing(sizes: list[int]) -> None:
    sound = np.concatenate(list(blocks(clicks(RATE, 0.5, 12.0).samples, RATE)))
    whole, parts = RhythmMeter(RATE / 2), RhythmMeter(RATE / 2)
    whole.add(sound)
    at = turn = 0
    while at < len(sound):
        size = sizes[turn % len(sizes)] + 50
        parts.add(sound[at : at + size])
        at, turn = at + size, turn + 1
    one, other = whole.finish(), parts.finish()
    assert one is not None
    assert other is not None
    assert one == other
    np.testing.assert_array_equal(one.beats_s, other.beats_s)
    np.testing.assert_array_equal(one.downbeats, other.downbeats)


@given(
    period_s=st.floats(0.36, 0.85),
    offset_s=st.floats(0.0, 2.0),
)
@example(period_s=0.603515625, offset_s=0.0)  # 52 level frames less a little: the frames shift against the clicks
@settings(max_examples=5, deadline=None)
def test_clicks_of_any_tempo_lie_on_the_grid(period_s: float, offset_s: float) -> None:
    song = clicks(RATE, period_s, 30.0, offset_s=offset_s)
    found = measure(song.samples)
    assert found is not None
    assert np.max(np.abs(errors_s(song.beats_s, found.beats_s))) <= 0.007
    assert np.all(np.diff(found.beats_s) > 0)
    assert found.beats_s[0] >= 0.0


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5, 3.0])
def test_next_to_nothing_has_no_pulse_one_could_rely_on(seconds: float) -> None:
    song = clicks(RATE, 0.5, max(seconds, 0.3))
    found = measure(song.samples[: int(seconds * RATE)])
    assert found is None or found.confidence < 0.5


def test_silence_has_no_pulse() -> None:
    assert measure(unsteady_songs()["silence"]().samples) is None


def test_a_quiet_song_is_measured_as_a_loud_one() -> None:
    song = clicks(RATE, 0.5, 30.0)
    loud, quiet = measure(song.samples), measure(replace(song, samples=song.samples * np.float32(0.03)).samples)
    assert loud is not None
    assert quiet is not None
    assert quiet.confidence == pytest.approx(loud.confidence, abs=0.1)
    np.testing.assert_allclose(quiet.beats_s, loud.beats_s, atol=0.002)
