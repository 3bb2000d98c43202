from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.audio import StereoReader, open_source, to_stereo
from aidj.errors import AudioError
from aidj.output import write_audio_file


def noise(n_frames: int, channels: int = 2, seed: int = 1) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((n_frames, channels))).astype(np.float32)


def read_all(path: Path, rate: int, start_frames: int = 0) -> np.ndarray:
    reader = StereoReader(path, rate, start_frames)
    samples = reader.read(10**9)
    assert len(reader.read(100)) == 0
    reader.close()
    return samples


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    paths = {}
    for name, rate in (("wav", 44100), ("mp3", 44100), ("m4a", 48000), ("low.wav", 22050)):
        paths[name] = folder / f"song.{name}"
        samples = noise(rate)
        write_audio_file(paths[name], [samples], rate=rate, n_frames=len(samples))
    return paths


@pytest.mark.parametrize("name", ["wav", "mp3", "m4a", "low.wav"])
def test_any_reads_give_the_same_samples(files: dict[str, Path], name: str) -> None:
    whole = read_all(files[name], 44100)

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.integers(1, 30_000), min_size=1, max_size=8))
    def check(sizes: Sequence[int]) -> None:
        reader = StereoReader(files[name], 44100)
        at = 0
        for size in sizes:
            block = reader.read(size)
            assert len(block) == min(size, len(whole) - at)
            assert (block == whole[at : at + size]).all()
            at += len(block)
        reader.close()

    check()


@pytest.mark.parametrize("start_frames", [1, 999, 20_000, 43_000])
@pytest.mark.parametrize("name", ["wav", "mp3", "m4a", "low.wav"])
def test_starting_anywhere_is_exact(files: dict[str, Path], name: str, start_frames: int) -> None:
    whole = read_all(files[name], 44100)
    part = read_all(files[name], 44100, start_frames)
    assert len(part) == len(whole) - start_frames
    assert np.abs(part - whole[start_frames:]).max() < 2e-6


def test_starting_behind_the_end_gives_nothing(files: dict[str, Path]) -> None:
    for rate in (44100, 48000):
        assert len(read_all(files["wav"], rate, 10**6)) == 0


@pytest.mark.parametrize("native", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_resampling_keeps_length_and_level(tmp_path: Path, native: int, rate: int) -> None:
    t = np.arange(native) / native
    tone = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)[:, None]
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone, native, subtype="FLOAT")
    samples = read_all(path, rate)
    assert abs(len(samples) - rate) <= 1
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(len(samples)) / rate)
    inside = slice(rate // 10, -rate // 10)
    assert np.abs(samples[inside] - expected[inside, None]).max() < 1e-4


@pytest.mark.parametrize("n_frames", [1, 17, 9600])
def test_very_short_files(tmp_path: Path, n_frames: int) -> None:
    path = tmp_path / "short.wav"
    soundfile.write(path, noise(n_frames), 48000, subtype="FLOAT")
    assert len(read_all(path, 48000)) == n_frames
    assert abs(len(read_all(path, 44100)) - n_frames * 44100 / 48000) <= 1


def test_one_channel_is_heard_from_both_sides() -> None:
    mono = noise(100, 1)
    np.testing.assert_array_equal(to_stereo(mono), np.repeat(mono, 2, axis=1))


SIDE = np.sqrt(0.5)


@pytest.mark.parametrize(
    ("channels", "left", "right"),
    [
        (2, [1, 0], [0, 1]),
        (3, [1, 0, SIDE], [0, 1, SIDE]),
        (4, [1, 0, SIDE, 0], [0, 1, 0, SIDE]),
        (5, [1, 0, SIDE, SIDE, 0], [0, 1, SIDE, 0, SIDE]),
        (6, [1, 0, SIDE, 0, SIDE, 0], [0, 1, SIDE, 0, 0, SIDE]),
        (8, [1, 0, SIDE, 0, SIDE, 0, SIDE, 0], [0, 1, SIDE, 0, 0, SIDE, 0, SIDE]),
    ],
)
def test_surround_is_folded_after_bs_775(channels: int, left: list[float], right: list[float]) -> None:
    samples = noise(100, channels)
    folded = to_stereo(samples)
    assert folded.dtype == np.float32
    np.testing.assert_allclose(folded, samples @ np.array([left, right]).T, atol=1e-6)


@pytest.mark.parametrize("container", [".wav", ".flac", ".ogg"])
def test_the_channels_of_a_surround_file_are_told_apart(tmp_path: Path, container: str) -> None:
    # Only the low-frequency channel and the back left sound: Ogg stores them in another order than WAV.
    t = np.arange(48000) / 48000
    samples = np.zeros((48000, 6), np.float32)
    order = [0, 2, 1, 4, 5, 3] if container == ".ogg" else range(6)
    samples[:, 3] = 0.5 * np.sin(2 * np.pi * 60 * t)
    samples[:, 4] = 0.5 * np.sin(2 * np.pi * 1000 * t)
    path = tmp_path / f"surround{container}"
    soundfile.write(path, samples[:, list(order)], 48000)
    stereo = read_all(path, 48000)[5000:-5000]
    assert np.sqrt(2 * (stereo[:, 0] ** 2).mean()) == pytest.approx(0.5 * SIDE, rel=0.05)
    assert np.abs(stereo[:, 1]).max() < 0.02


def test_more_channels_than_anybody_names(tmp_path: Path) -> None:
    path = tmp_path / "many.wav"
    soundfile.write(path, noise(1000, 16), 48000)
    assert read_all(path, 48000).shape == (1000, 2)


def test_what_came_before_a_break_is_returned_first(tmp_path: Path) -> None:
    class Broken:
        def __init__(self, path: Path) -> None:
            self.path, self.rate, self.channels, self.n_frames, self.left = path, 48000, 2, None, 3

        def read(self, n_frames: int) -> np.ndarray:
            if not self.left:
                raise AudioError("broken")
            self.left -= 1
            return noise(n_frames)

        def skip(self, n_frames: int) -> None: ...
        def close(self) -> None: ...

    path = tmp_path / "song.wav"
    soundfile.write(path, noise(10), 48000)
    for rate in (48000, 44100):
        reader = StereoReader(path, rate)
        reader._source.close()
        reader._source = Broken(path)
        got = reader.read(10**6)
        assert len(got) == pytest.approx(3 * 16384 * rate / 48000, abs=1)
        with pytest.raises(AudioError):
            reader.read(1)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        StereoReader(tmp_path / "gone.flac", 44100)
    with pytest.raises(AudioError):
        open_source(tmp_path)
