"""Cue points of recordings made here, whose truth is known by construction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.analysis import measure_loudness
from aidj.analysis.analyse import analyse_file
from aidj.analysis.cues import Cues, find_cues
from aidj.analysis.loudness import levels_loudness
from aidj.demo import scores
from aidj.demo.compose import compose_song
from aidj.demo.score import SongSpec
from aidj.errors import AudioError
from aidj.model import Analysis, Ending
from aidj.output import write_audio_file

RATE = 16000
CLOSE_S = 0.15


def body(seconds: float, level_dbfs: float = -18.0) -> np.ndarray:
    """Noise as steady as a loud song."""
    noise = np.random.default_rng(round(seconds * 1000)).standard_normal((round(seconds * RATE), 2))
    return (noise * 10 ** (level_dbfs / 20)).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros((round(seconds * RATE), 2), np.float32)


def falling(seconds: float, decibels: float) -> np.ndarray:
    """Noise that falls evenly in decibels."""
    samples = body(seconds)
    return samples * (10 ** (np.linspace(0, -decibels, len(samples)) / 20)).astype(np.float32)[:, None]


def analysed(tmp_path: Path, *parts: np.ndarray) -> Analysis:
    path = tmp_path / "made.wav"
    soundfile.write(path, np.concatenate(parts), RATE, subtype="FLOAT")
    return analyse_file(path)


def test_silence_at_either_end_is_left_out(tmp_path: Path) -> None:
    found = analysed(tmp_path, silence(1.5), body(10), silence(3))
    assert found.cue_in_s == pytest.approx(1.5, abs=CLOSE_S)
    assert found.cue_out_s == pytest.approx(11.5, abs=CLOSE_S)
    assert found.start_next_s == pytest.approx(11.5, abs=CLOSE_S)
    assert found.ending == "cold"
    assert found.duration_s == pytest.approx(14.5)
    assert len(found.levels_lufs) == len(found.peaks_dbtp) == 145
    assert set(found.marker_sources.values()) == {"detected"}


@pytest.mark.parametrize("level_dbfs", [-12.0, -40.0, -55.0])
def test_a_quiet_recording_is_not_silence(tmp_path: Path, level_dbfs: float) -> None:
    found = analysed(tmp_path, silence(1), body(8, level_dbfs), silence(1))
    assert found.cue_in_s == pytest.approx(1, abs=CLOSE_S)
    assert found.cue_out_s == pytest.approx(9, abs=CLOSE_S)
    assert found.ending == "cold"


def test_a_mastered_fade(tmp_path: Path) -> None:
    found = analysed(tmp_path, body(20), falling(12, 60), silence(2))
    assert found.ending == "fade"
    assert found.start_next_s == pytest.approx(20 + 12 * 8 / 60, abs=0.3)
    assert found.cue_out_s == pytest.approx(20 + 12 * 42 / 60, abs=0.5)  # unweighted, white noise is 2 dB softer


def test_a_long_decay_is_let_ring(tmp_path: Path) -> None:
    found = analysed(tmp_path, body(20), falling(40, 60))
    assert found.ending == "long_tail"
    assert found.start_next_s == pytest.approx(20 + 40 * 15 / 60, abs=1.0)
    assert found.cue_out_s == pytest.approx(20 + 40 * 42 / 60, abs=1.0)


def test_a_held_sound_at_the_end(tmp_path: Path) -> None:
    found = analysed(tmp_path, body(20), falling(1.0, 12), body(1.5, -32.0))
    assert found.ending == "sustained"
    assert found.start_next_s == pytest.approx(20.7, abs=0.3)
    assert found.cue_out_s == pytest.approx(22.5, abs=CLOSE_S)


def test_a_quiet_classical_recording_with_a_loud_moment(tmp_path: Path) -> None:
    found = analysed(tmp_path, silence(0.8), body(20, -46), body(4, -26), body(15, -46), silence(2))
    assert found.cue_in_s == pytest.approx(0.8, abs=CLOSE_S)
    assert found.cue_out_s == pytest.approx(39.8, abs=CLOSE_S)


def test_nothing_but_silence(tmp_path: Path) -> None:
    found = analysed(tmp_path, silence(4))
    assert (found.cue_in_s, found.cue_out_s, found.start_next_s, found.ending) == (0.0, 4.0, 4.0, "cold")
    assert found.loudness_lufs == found.true_peak_dbtp == float("-inf")


@pytest.mark.parametrize("seconds", [0.01, 0.2, 0.35, 1.0])
def test_very_short_files(tmp_path: Path, seconds: float) -> None:
    found = analysed(tmp_path, body(seconds))
    assert 0 <= found.cue_in_s <= found.start_next_s <= found.cue_out_s <= found.duration_s
    assert found.duration_s == pytest.approx(seconds)


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("rate", [8000, 96000])
def test_any_channels_and_rates(tmp_path: Path, channels: int, rate: int) -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal((3 * rate, channels))
    path = tmp_path / "made.wav"
    soundfile.write(path, np.concatenate([np.zeros((rate, channels)), noise]), rate)
    found = analyse_file(path)
    assert found.cue_in_s == pytest.approx(1, abs=CLOSE_S)
    assert found.cue_out_s == pytest.approx(4, abs=CLOSE_S)
    assert -40 < found.loudness_lufs < -5


def test_samples_that_are_no_numbers_spoil_nothing(tmp_path: Path) -> None:
    clean = body(5)
    spoilt = clean.copy()
    spoilt[RATE : RATE + 20] = np.nan
    spoilt[2 * RATE] = np.inf
    spoilt[3 * RATE] = -3e38
    for samples in (clean, spoilt):
        found = analysed(tmp_path, samples)
        assert found.loudness_lufs == pytest.approx(analysed(tmp_path, clean).loudness_lufs, abs=0.1)
        assert np.isfinite(found.levels_lufs).all()


@pytest.mark.parametrize("suffix", [".flac", ".mp3"])
def test_a_file_that_breaks_off_is_measured_as_far_as_it_goes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"made{suffix}"
    write_audio_file(path, [np.repeat(body(6), 2, axis=0)], rate=32000, n_frames=6 * 32000)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    found = analyse_file(path)
    assert found.duration_s == pytest.approx(4, abs=0.5)
    assert found.cue_out_s == pytest.approx(found.duration_s, abs=CLOSE_S)


def test_a_file_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "made.wav"
    soundfile.write(path, np.zeros((0, 2)), RATE)
    with pytest.raises(AudioError, match="no sound"):
        analyse_file(path)


def notes(seconds: float, level_dbfs: float = -18.0, every_s: float = 0.5, ring_s: float = 0.4) -> np.ndarray:
    """Struck chords that ring on, at about a level."""
    t = np.arange(round(seconds * RATE)) / RATE
    pitch = 220 * 2 ** (np.floor(t / every_s) * 5 % 12 / 12)
    chord = sum(np.sin(2 * np.pi * np.cumsum(pitch * ratio) / RATE) for ratio in (1.0, 1.26, 1.5))
    wave = chord * np.exp(-(t % every_s) / ring_s) * 10 ** (level_dbfs / 20)
    return np.stack([wave, 0.8 * wave], axis=1).astype(np.float32)


def hiss(seconds: float, level_dbfs: float) -> np.ndarray:
    return body(seconds, level_dbfs)


def cues_of(*parts: np.ndarray, under: float | None = None) -> Cues:
    """Find the cues of parts in a row, over hiss of a level if asked for."""
    samples = np.concatenate(parts)
    if under is not None:
        samples = samples + hiss(len(samples) / RATE, under)[: len(samples)]
    loudness = measure_loudness(samples, RATE)
    return find_cues(
        loudness.levels_lufs, loudness.integrated_lufs, len(samples) / RATE, moments_db=loudness.moments_db
    )


@pytest.mark.parametrize("blank_s", [5.5, 20.0])
@pytest.mark.parametrize("under", [None, -58.0])
def test_a_hidden_track_is_not_the_recordings_end(blank_s: float, under: float | None) -> None:
    found = cues_of(notes(60), silence(blank_s), notes(30), silence(1), under=under)
    assert found.blank_s is not None
    assert found.blank_s == pytest.approx((60, 60 + blank_s), abs=0.6)
    assert found.cue_out_s == pytest.approx(60, abs=0.6)
    assert found.start_next_s <= found.cue_out_s <= found.blank_s[0] + 0.1


def test_a_rest_a_prelude_and_soft_playing_are_no_blanks() -> None:
    assert cues_of(notes(30), silence(4), notes(30)).blank_s is None
    spoken = cues_of(notes(5), silence(7), notes(60))
    assert spoken.blank_s is None
    assert spoken.cue_out_s == pytest.approx(72, abs=0.3)
    soft = cues_of(notes(30), notes(20, -64, every_s=1.0, ring_s=0.2), notes(30), under=-85)
    assert soft.blank_s is None
    assert soft.cue_out_s == pytest.approx(80, abs=0.3)


@pytest.mark.parametrize("below_lu", [30, 40, 46])
def test_a_pianissimo_ending_and_beginning_are_music(below_lu: float) -> None:
    soft = notes(25, -14 - below_lu, every_s=1.5, ring_s=0.5)
    found = cues_of(silence(1), hiss(2, -86), soft, notes(30, -14), soft, hiss(4, -86), under=-90)
    assert found.cue_in_s == pytest.approx(3, abs=0.5)
    assert 81.2 <= found.cue_out_s <= 83.5  # the last chord is struck at 81
    assert found.start_next_s >= 81.0


def test_what_is_played_softly_at_the_end_is_no_tail() -> None:
    found = cues_of(notes(60, -14), notes(20, -36), silence(1))
    assert found.start_next_s == pytest.approx(80, abs=0.7)
    assert found.ending in ("cold", "sustained")


@pytest.mark.parametrize("level_dbfs", [-52.0, -70.0])
def test_hiss_after_the_music_is_left_out(level_dbfs: float) -> None:
    found = cues_of(silence(0.5), hiss(6, level_dbfs), notes(60), hiss(8, level_dbfs), silence(1))
    assert found.cue_in_s == pytest.approx(6.5, abs=0.2)
    assert found.cue_out_s == pytest.approx(66.5, abs=0.2)


def test_clicks_in_the_vinyl_are_no_music() -> None:
    groove = hiss(6, -55)
    for at in np.random.default_rng(3).integers(0, len(groove) - 20, 9):
        groove[at : at + 20] += 0.05
    found = cues_of(groove, notes(60), groove)
    assert found.cue_in_s == pytest.approx(6, abs=0.2)
    assert found.cue_out_s == pytest.approx(66, abs=0.3)


def test_applause_is_part_of_the_recording_and_the_last_chord_is_complete() -> None:
    rng = np.random.default_rng(4)
    n = 14 * RATE
    claps = np.convolve(rng.random(n) < 90 / RATE, np.exp(-np.arange(200) / 40), "same") * rng.standard_normal(n)
    t = np.arange(n) / RATE
    applause = (0.12 * claps * np.minimum(1, t / 0.8) * np.minimum(1, (14 - t) / 6))[:, None].repeat(2, axis=1)
    last_chord = notes(3, -14, every_s=3, ring_s=0.8)
    found = cues_of(notes(60, -16), last_chord, applause.astype(np.float32))
    assert found.start_next_s >= 62.0
    assert found.cue_out_s > 72


def test_a_live_track_that_ends_open_is_cold() -> None:
    found = cues_of(notes(40), body(20, -20))
    assert found.ending == "cold"
    assert found.cue_out_s == found.start_next_s == 60.0


def test_an_offset_changes_nothing() -> None:
    parts = (silence(1), notes(40), silence(2))
    offset = tuple(part + np.float32(0.15) for part in parts)
    plain, shifted = cues_of(*parts), cues_of(*offset)
    assert shifted.ending == plain.ending
    assert shifted.cue_out_s == pytest.approx(plain.cue_out_s, abs=CLOSE_S)
    assert shifted.start_next_s == pytest.approx(plain.start_next_s, abs=CLOSE_S)


@pytest.mark.parametrize("power", [1.0, 1.7, 3.0])
@pytest.mark.parametrize("length_s", [6.0, 20.0])
def test_a_fader_is_told_from_a_decay(power: float, length_s: float) -> None:
    samples = notes(60)
    left = np.clip((60 - np.arange(len(samples)) / RATE) / length_s, 0, 1) ** power
    found = cues_of(samples * left[:, None].astype(np.float32), silence(1))
    assert found.ending == "fade"
    assert found.fade_starts_s == pytest.approx(60 - length_s, abs=0.25 * length_s)
    fallen_db = -20 * power * np.log10((60 - found.start_next_s) / length_s)
    assert 5 < fallen_db < 12


@pytest.mark.parametrize("ring_s", [0.25, 0.6, 1.0])
def test_a_last_chord_that_rings_on_is_sustained(ring_s: float) -> None:
    found = cues_of(notes(50, ring_s=0.25), notes(9, ring_s=ring_s, every_s=9), silence(1))
    assert found.ending == "sustained"
    assert found.fade_starts_s is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 20), st.floats(-90, 0), st.floats(-90, 0)), min_size=1, max_size=8),
    st.integers(0, 99),
)
def test_markers_are_in_order_whatever_the_sound(parts: list[tuple[float, float, float]], seed: int) -> None:
    levels = np.concatenate([np.linspace(a, b, max(1, round(s * 10))) for s, a, b in parts])
    levels = (levels + np.random.default_rng(seed).normal(0, 1, len(levels))).astype(np.float32)
    duration_s = len(levels) / 10
    found = find_cues(levels, levels_loudness(levels), duration_s)
    assert 0 <= found.cue_in_s <= found.start_next_s <= found.cue_out_s <= duration_s
    assert found.start_next_s >= (found.cue_in_s + found.cue_out_s) / 2 - 1e-6
    assert (found.fade_starts_s is not None) == (found.ending == "fade")
    if found.fade_starts_s is not None:
        assert found.cue_in_s <= found.fade_starts_s <= found.start_next_s
    if found.blank_s is not None:
        assert found.cue_out_s <= found.blank_s[0] < found.blank_s[1]


@pytest.mark.parametrize("ending", ["cold", "fade", "sustained", "long_tail"])
@pytest.mark.parametrize("spec", [scores.NEON_UMBRELLA, scores.LOST_MITTEN], ids=lambda spec: spec.slug)
def test_composed_songs(spec: SongSpec, ending: Ending) -> None:
    made = replace(
        spec,
        sections=(spec.sections[0], *spec.sections[-2:]),
        ending=ending,
        fade_bars=6 if ending == "fade" else 0,
        tail_s=26.0 if ending == "long_tail" else 0.0,
        lead_in_s=0.35,
        lead_out_s=0.9,
    )
    song = compose_song(made)
    truth = song.truth
    loudness = measure_loudness(song.samples, song.rate)
    found = find_cues(loudness.levels_lufs, loudness.integrated_lufs, truth.duration_s, moments_db=loudness.moments_db)
    assert found.ending == ending
    assert found.cue_in_s == pytest.approx(truth.cue_in_s, abs=CLOSE_S)
    assert found.cue_out_s == pytest.approx(truth.cue_out_s, abs=CLOSE_S)
    assert found.blank_s is None
    if truth.fade_start_s is not None and truth.fade_end_s is not None:
        length_s = truth.fade_end_s - truth.fade_start_s
        assert found.fade_starts_s == pytest.approx(truth.fade_start_s, abs=0.25 * length_s)
        assert truth.fade_start_s < found.start_next_s < truth.fade_end_s
    elif ending == "cold":
        assert found.start_next_s == pytest.approx(truth.release_s, abs=CLOSE_S)
