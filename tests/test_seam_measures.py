"""The ears of scripts/bench mix: that they hear what is wrong with a seam, how much of it, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from bench_modules import bench_module
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

RATE = 44100
LOUDNESS = -20.0


measures = bench_module("seam_measures")


def song(
    seconds: float, *, starts_s: float = 0.0, of_s: float = 30.0, lufs: float = LOUDNESS, seed: int = 1
) -> NDArray[np.float32]:
    """Noise of a loudness between two moments of a stretch of time."""
    rng = np.random.default_rng(seed)
    line = np.zeros((round(of_s * RATE), 2), np.float32)
    sound = rng.standard_normal((round(seconds * RATE), 2)).astype(np.float32)
    sound *= np.float32(10 ** ((lufs + 3.01 - NOISE_LUFS) / 20))
    first = round(starts_s * RATE)
    line[first : first + len(sound)] = sound[: len(line) - first]
    return line


NOISE_LUFS = float(
    np.median(measures.levels_lufs(np.random.default_rng(9).standard_normal((RATE * 4, 2)).astype(np.float32), RATE))
    + 3.01
)


def fade(line: NDArray[np.float32], start_s: float, end_s: float, shape: str, *, out: bool) -> NDArray[np.float32]:
    x = np.clip((np.arange(len(line)) / RATE - start_s) / (end_s - start_s), 0, 1)
    gains = {"power": (np.sin(x * np.pi / 2), np.cos(x * np.pi / 2)), "straight": (x, 1 - x)}[shape][int(out)]
    return (line * gains[:, None]).astype(np.float32)


def around(before, after, mix=None, *, ends_s: float, starts_s: float, **more):
    mix = before + after if mix is None else mix
    return measures.Around(
        rate=RATE, mix=mix, before=before, after=after, before_ends_s=ends_s, after_starts_s=starts_s,
        loudness_lufs=LOUDNESS, **more,
    )  # fmt: skip


def test_levels_are_those_of_bs_1770() -> None:
    sine = 0.1 * np.sin(2 * np.pi * 997 * np.arange(2 * RATE) / RATE)
    levels = measures.levels_lufs(np.stack([sine, sine], axis=1).astype(np.float32), RATE)
    assert levels[10:-10] == pytest.approx(-20.0, abs=0.1)
    assert len(levels) == (2.0 - 0.1) * 50 + 1


@pytest.mark.parametrize(("gap_s", "is_hole"), [(0.3, False), (0.8, True), (3.0, True)])
def test_silence_between_songs_is_a_hole_if_it_lasts(gap_s: float, is_hole: bool) -> None:
    found = measures.measure_seam(
        around(song(12), song(10, starts_s=12 + gap_s, seed=2), ends_s=12, starts_s=12 + gap_s)
    )
    assert found.has_hole is is_hole
    assert found.hole_s == pytest.approx(gap_s - 0.1, abs=0.1)
    assert found.bump_lu < 0.5


def test_a_rest_within_a_song_is_its_own() -> None:
    after = song(3, starts_s=12, seed=2) + song(13, starts_s=17, seed=3)
    found = measures.quiet(around(song(12), after, ends_s=12, starts_s=12))
    assert found.fault_s == 0.0
    assert found.own_s == pytest.approx(1.9, abs=0.1)


@pytest.mark.parametrize(("starts_s", "fault_s"), [(12.0, 10.0), (7.0, 5.0), (2.0, 0.0)])
def test_a_soft_opening_is_at_fault_as_far_as_it_could_have_begun_earlier(starts_s: float, fault_s: float) -> None:
    soft_until_s = 26.0  # 14 s of the opening are left when the song before is over
    soft = song(soft_until_s - starts_s, starts_s=starts_s, lufs=-45, seed=2, of_s=40)
    after = soft + song(14, starts_s=soft_until_s, seed=3, of_s=40)
    found = measures.quiet(around(song(12, of_s=40), after, ends_s=12, starts_s=starts_s))
    assert found.fault_s == pytest.approx(fault_s, abs=0.15)
    assert found.own_s == pytest.approx(14.0 - fault_s, abs=0.25)


def test_a_song_faded_away_too_soon_leaves_a_hole_although_it_goes_on() -> None:
    before, after = song(20), song(10, starts_s=14, seed=2)
    mix = fade(before, 8, 10, "power", out=True) + after
    found = measures.quiet(around(before, after, mix, ends_s=10, starts_s=14))
    assert found.fault_s == pytest.approx(4.0, abs=0.3)


def test_on_an_album_silence_is_the_records_own() -> None:
    seam = around(song(12), song(16, starts_s=14, seed=2), ends_s=12, starts_s=14, by_nature=True)
    assert measures.quiet(seam) == measures.Quiet(fault_s=0.0, own_s=pytest.approx(1.9, abs=0.1))


def test_two_full_songs_at_once_are_a_bump_and_a_fade_at_equal_power_is_none() -> None:
    before, after = song(16), song(14, starts_s=10, seed=2)
    both = measures.measure_seam(around(before, after, ends_s=16, starts_s=10))
    assert both.has_bump
    assert both.bump_lu == pytest.approx(3.0, abs=0.5)
    mix = fade(before, 10, 16, "power", out=True) + fade(after, 10, 16, "power", out=False)
    faded = measures.measure_seam(around(before, after, mix, ends_s=16, starts_s=10))
    assert not faded.has_bump
    assert not faded.has_hole
    assert faded.sag_lu < 0.6


def test_a_straight_fade_sags() -> None:
    before, after = song(16), song(14, starts_s=10, seed=2)
    mix = fade(before, 10, 16, "straight", out=True) + fade(after, 10, 16, "straight", out=False)
    assert measures.sag_lu(around(before, after, mix, ends_s=16, starts_s=10)) == pytest.approx(3.0, abs=0.4)


def test_a_soft_song_that_comes_up_to_a_loud_one_is_no_bump() -> None:
    before, after = song(16), song(14, starts_s=10, lufs=LOUDNESS - 10, seed=2)
    assert measures.bump_lu(around(before, after, ends_s=16, starts_s=10)) < 1.0


def tone(of_s: float, hz: float = 110.0) -> NDArray[np.float32]:
    sound = 0.5 * np.cos(2 * np.pi * hz * np.arange(round(of_s * RATE)) / RATE)
    return np.stack([sound, sound], axis=1).astype(np.float32)


def test_a_cut_into_a_tone_is_a_step_and_a_short_fade_is_none() -> None:
    before, silence = tone(6), np.zeros((6 * RATE, 2), np.float32)
    mix = before.copy()
    mix[3 * RATE :] = 0
    assert measures.step(around(before, silence, mix, ends_s=3, starts_s=3)) == pytest.approx(0.5, abs=0.05)
    soft = fade(before, 2.98, 3, "power", out=True)
    assert measures.step(around(before, silence, soft, ends_s=3, starts_s=2.98)) < 0.005


def test_a_gain_that_jumps_in_the_middle_is_found_where_an_edge_is_said_to_be() -> None:
    before, silence = tone(6), np.zeros((6 * RATE, 2), np.float32)
    mix = before.copy()
    mix[2 * RATE :] *= 0.25
    seam = around(before, silence, mix, ends_s=5, starts_s=5, edges_s=(2.0,))
    assert measures.step(seam) == pytest.approx(0.375, abs=0.05)


def test_a_click_of_the_song_itself_is_no_step() -> None:
    before = tone(6)
    before[3 * RATE] = 0.9
    seam = around(before, np.zeros_like(before), before, ends_s=3, starts_s=3)
    assert measures.step(seam) == 0.0


@given(
    shift_ms=st.floats(-30, 30),
    bpm=st.floats(70, 180),
    double=st.booleans(),
    start_s=st.floats(0, 20),
)
def test_the_phase_error_is_the_shift(shift_ms: float, bpm: float, double: bool, start_s: float) -> None:
    before = np.arange(0, 60, 60 / bpm)
    after = np.arange(0, 60, 60 / bpm / (2 if double else 1)) + shift_ms / 1000
    errors = measures.phase_errors_s(before, after, start_s + 5, start_s + 15)
    assert len(errors) >= 10 / 60 * bpm - 2
    assert errors * 1000 == pytest.approx(abs(shift_ms), abs=1e-6)


def test_without_beats_there_is_no_phase() -> None:
    assert len(measures.phase_errors_s(np.zeros(0), np.arange(5.0), 0, 9)) == 0
    assert len(measures.phase_errors_s(np.arange(5.0), np.arange(5.0), 20, 29)) == 0


def test_spread_and_peak() -> None:
    assert measures.spread_lu([-16.0, -15.5, float("-inf"), -16.4]) == pytest.approx(0.9)
    assert measures.spread_lu([]) == 0.0
    swelling = fade(fade(tone(1), 0, 0.4, "power", out=False), 0.6, 1, "power", out=True)
    assert measures.true_peak_dbtp(swelling) == pytest.approx(-6.02, abs=0.05)
    assert measures.true_peak_dbtp(np.zeros((RATE, 2), np.float32)) == float("-inf")
