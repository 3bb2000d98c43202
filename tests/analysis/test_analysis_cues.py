"""Cue points of recordings made here, whose truth is known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from aidj.analysis import analyse_file
from aidj.errors import AudioError
from aidj.model import Analysis
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
    assert found.cue_out_s == pytest.approx(20 + 12 * 42 / 60, abs=0.3)


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
