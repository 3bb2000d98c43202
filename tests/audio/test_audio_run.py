"""An album run, taken apart and put together again: nothing is lost, added, or heard at the joints."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.audio import RunReader, StereoReader, open_source
from aidj.errors import AudioError
from aidj.output import write_audio_file
from tests.songs import RATE, pulse

SPLITS = (RATE * 2 + 311, RATE * 5 + 4_567)
"""Where the continuous piece is cut: on no boundary of any encoder's frames."""
SECONDS = 8.0


@pytest.fixture(scope="module")
def piece() -> np.ndarray:
    return pulse(SECONDS, seed=5)


def parts(piece: np.ndarray) -> list[np.ndarray]:
    return np.split(piece, SPLITS)


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    if path.suffix == ".wav":
        soundfile.write(path, samples, rate, subtype="FLOAT")
    elif path.suffix == ".ogg":
        soundfile.write(path, samples, rate, format="OGG", subtype="VORBIS")
    else:
        write_audio_file(path, [samples], rate=rate, n_frames=len(samples))
    return path


def encoded(folder: Path, piece: np.ndarray, suffix: str, rate: int = RATE) -> list[Path]:
    return [write(folder / f"{number}{suffix}", part, rate) for number, part in enumerate(parts(piece))]


def read_all(paths: list[Path], rate: int = RATE, start_frames: int = 0) -> np.ndarray:
    reader = RunReader(paths, rate, start_frames)
    samples = reader.read(10**9)
    assert len(reader.read(10)) == 0
    reader.close()
    return samples


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_lossless_files_are_the_piece_bit_for_bit(tmp_path: Path, piece: np.ndarray, suffix: str) -> None:
    whole = StereoReader(write(tmp_path / f"whole{suffix}", piece), RATE).read(10**9)
    np.testing.assert_array_equal(read_all(encoded(tmp_path, piece, suffix)), whole)


@pytest.mark.parametrize("suffix", [".ogg", ".opus", ".mp3", ".m4a"])
def test_lossy_files_have_the_exact_length_and_no_worse_joints(tmp_path: Path, piece: np.ndarray, suffix: str) -> None:
    rate = 48000 if suffix == ".opus" else RATE  # Opus knows no other
    paths = encoded(tmp_path, piece, suffix, rate)
    joined = read_all(paths, rate)
    assert len(joined) == len(piece)
    error = (joined - piece).astype(np.float64) ** 2
    around = 400
    at_joints = max(error[joint - around : joint + around].mean() for joint in SPLITS)
    windows = error[: len(error) // (2 * around) * 2 * around].reshape(-1, 2 * around * 2).mean(axis=1)
    assert at_joints <= 3 * np.quantile(windows, 0.95)
    steps = np.abs(np.diff(joined, axis=0)).max(axis=1)
    for joint in SPLITS:
        assert (
            np.corrcoef(joined[joint - around : joint + around, 0], piece[joint - around : joint + around, 0])[0, 1]
            > 0.97
        )
        assert steps[joint - 3 : joint + 3].max() <= 1.2 * steps.max()


def test_a_run_at_another_rate_has_no_seam(tmp_path: Path, piece: np.ndarray) -> None:
    whole = StereoReader(write(tmp_path / "whole.wav", piece), 48000).read(10**9)
    np.testing.assert_array_equal(read_all(encoded(tmp_path, piece, ".wav"), 48000), whole)


def test_files_of_several_rates_begin_where_they_should(tmp_path: Path) -> None:
    t = np.arange(4 * 48000)
    paths, begins = [], [0.0]
    for number, rate in enumerate((44100, 48000, 48000, 22050, 44100)):
        n_frames = rate + 1001 * number
        tone = 0.3 * np.sin(2 * np.pi * 500 * (t[:n_frames] / rate + begins[-1]))
        paths.append(write(tmp_path / f"{number}.wav", np.stack([tone, tone], axis=1).astype(np.float32), rate))
        begins.append(begins[-1] + n_frames / rate)
    out = read_all(paths)
    assert len(out) == pytest.approx(begins[-1] * RATE, abs=2)
    exact = 0.3 * np.sin(2 * np.pi * 500 * np.arange(len(out)) / RATE)
    error = np.abs(out[:, 0] - exact)
    for begin, end in itertools.pairwise(begins):
        inside = slice(round((begin + 0.01) * RATE), round((end - 0.01) * RATE))
        assert error[inside].max() < 0.3 * 2 * np.pi * 500 / RATE * 1.5  # a frame and a half


def test_one_channel_beside_two(tmp_path: Path, piece: np.ndarray) -> None:
    paths = [write(tmp_path / "a.wav", piece[:1000]), write(tmp_path / "b.wav", piece[1000:3000, :1])]
    out = read_all(paths)
    np.testing.assert_array_equal(out[:1000], piece[:1000])
    np.testing.assert_array_equal(out[1000:], np.repeat(piece[1000:3000, :1], 2, axis=1))


@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_any_start_and_any_reads(tmp_path: Path, piece: np.ndarray, suffix: str) -> None:
    paths = encoded(tmp_path, piece, suffix)
    whole = read_all(paths)

    @settings(max_examples=8, deadline=None)
    @given(st.integers(0, len(piece) + 1000), st.lists(st.integers(2000, 90_000), min_size=1, max_size=4))
    def check(start_frames: int, sizes: list[int]) -> None:
        reader = RunReader(paths, RATE, start_frames)
        got, turn = [], 0
        while len(block := reader.read(sizes[turn % len(sizes)])):
            got.append(block)
            turn += 1
        reader.close()
        np.testing.assert_array_equal(np.concatenate([whole[:0], *got]), whole[start_frames:])

    check()


def test_starting_in_a_later_file_of_another_rate(tmp_path: Path, piece: np.ndarray) -> None:
    paths = [write(tmp_path / "a.wav", piece[:RATE]), write(tmp_path / "b.wav", piece[: 2 * 48000], 48000)]
    whole = read_all(paths)
    for start_frames in (500, RATE, RATE + 12_345):
        part = read_all(paths, start_frames=start_frames)
        assert len(part) == len(whole) - start_frames
        assert np.abs(part - whole[start_frames:]).max() < 2e-6


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".wav"])
def test_a_file_that_breaks_off_is_silent_for_the_rest_of_its_length(
    tmp_path: Path, piece: np.ndarray, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    paths = encoded(tmp_path, piece, suffix)
    whole = read_all(paths)
    data = paths[1].read_bytes()
    paths[1].write_bytes(data[: len(data) // 2])
    with caplog.at_level(logging.WARNING, logger="aidj.audio.run"):
        out = read_all(paths)
    np.testing.assert_array_equal(out[: SPLITS[0]], whole[: SPLITS[0]])
    if (
        open_source(paths[1]).n_frames == SPLITS[1] - SPLITS[0]
    ):  # as FLAC and MP3 state it; a cut WAV tells its new length
        assert len(out) == len(whole)
        assert not out[SPLITS[1] - 5000 : SPLITS[1]].any()
        assert len([record for record in caplog.records if record.name == "aidj.audio.run"]) == 1
    last = len(piece) - SPLITS[1]
    np.testing.assert_array_equal(out[-last:], whole[-last:])


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_file_that_is_gone_is_left_out(
    tmp_path: Path, piece: np.ndarray, lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    paths = encoded(tmp_path, piece, ".wav")
    paths[lost].unlink()
    with caplog.at_level(logging.WARNING, logger="aidj.audio.run"):
        out = read_all(paths)
    np.testing.assert_array_equal(
        out, np.concatenate([part for number, part in enumerate(parts(piece)) if number != lost])
    )
    assert len(caplog.records) == 1
    assert f"{lost}.wav" in caplog.text


def test_a_run_of_which_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        RunReader([tmp_path / "a.flac", tmp_path / "b.flac"], RATE)
