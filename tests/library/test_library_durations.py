from __future__ import annotations

import os
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import av
import lameenc
import numpy as np
import pytest
import soundfile as sf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidj.library.duration import measure_duration_s
from aidj.library.problems import UnusableFileError

Make = Callable[..., Path]


def measured_s(path: Path) -> float:
    with path.open("rb") as file:
        return measure_duration_s(os.fsencode(path), file)


def decoded_s(path: Path) -> float:
    """Decode all of it with FFmpeg, as far as it goes."""
    n_frames, rate = 0, 1
    with av.open(str(path)) as container:
        try:
            for frame in container.decode(audio=0):
                n_frames, rate = n_frames + frame.samples, frame.sample_rate
        except av.FFmpegError:
            pass
    return n_frames / rate


def lame(path: Path, *, vbr: bool, seconds: float = 6.0) -> Path:
    rng = np.random.default_rng(5)
    # Silence first: a guess from the first frames of a variable bit rate is then far off.
    samples = np.concatenate([np.zeros((44100, 2)), rng.standard_normal((round((seconds - 1) * 44100), 2)) * 3000])
    encoder = lameenc.Encoder()
    encoder.set_channels(2)
    encoder.set_in_sample_rate(44100)
    encoder.set_quality(7)
    if vbr:
        encoder.set_vbr(4)
        encoder.set_vbr_quality(4)
    else:
        encoder.set_bit_rate(128)
    path.write_bytes(bytes(encoder.encode(samples.astype("<i2").tobytes())) + bytes(encoder.flush()))
    return path


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".ogg", ".opus", ".wav", ".aiff", ".m4a", ".aac"])
@pytest.mark.parametrize("seconds", [0.2, 3.3])
def test_agrees_with_the_decoder(tmp_path: Path, make_sound: Make, suffix: str, seconds: float) -> None:
    path = make_sound(tmp_path / f"a{suffix}", seconds=seconds)
    tolerance_s = 0.05 if suffix in (".m4a", ".aac") else 0.0005
    expected_s = decoded_s(path) if suffix in (".m4a", ".aac") else sf.info(path).duration
    assert measured_s(path) == pytest.approx(expected_s, abs=tolerance_s)
    stated_s = seconds * 44100 / 48000 if suffix == ".opus" else seconds
    assert measured_s(path) == pytest.approx(stated_s, abs=0.05)


@pytest.mark.parametrize("vbr", [False, True])
def test_mp3_without_xing_tag(tmp_path: Path, vbr: bool) -> None:
    path = lame(tmp_path / "a.mp3", vbr=vbr)
    assert measured_s(path) == pytest.approx(len(sf.read(path)[0]) / 44100, abs=0.03)
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256) + path.read_bytes())
    assert measured_s(path) == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".ogg", ".wav", ".aiff", ".aac"])
def test_a_file_cut_short_is_as_long_as_what_is_left(
    tmp_path: Path, make_sound: Make, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = make_sound(tmp_path / f"a{suffix}", seconds=6)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    duration_s = measured_s(path)
    assert 2.0 < duration_s < 4.0
    assert duration_s == pytest.approx(decoded_s(path), abs=0.2)
    assert capfd.readouterr() == ("", "")


def test_m4a_cut_short_with_its_index_in_front(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    samples = np.random.default_rng(1).standard_normal((2, 44100 * 6)).astype(np.float32) * 0.1
    with av.open(str(path), "w", format="ipod", options={"movflags": "faststart"}) as output:
        stream = output.add_stream("aac", rate=44100)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate = 44100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)
    assert measured_s(path) == pytest.approx(6.0, abs=0.05)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert 2.0 < measured_s(path) < 4.0


def test_flac_of_unstated_length(tmp_path: Path, make_sound: Make) -> None:
    path = make_sound(tmp_path / "a.flac", seconds=2)
    data = bytearray(path.read_bytes())
    (word,) = struct.unpack_from(">Q", data, 18)
    struct.pack_into(">Q", data, 18, word & ~((1 << 36) - 1))
    path.write_bytes(data)
    assert measured_s(path) == pytest.approx(2.0, abs=0.1)


def test_wrong_suffix(tmp_path: Path, make_sound: Make) -> None:
    for kind in (".flac", ".m4a", ".ogg", ".mp3"):
        for suffix in (".mp3", ".flac", ".m4a"):
            path = tmp_path / f"a{suffix}"
            path.write_bytes(make_sound(tmp_path / f"b{kind}").read_bytes())
            assert measured_s(path) == pytest.approx(1.0, abs=0.05)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(head=st.sampled_from([b"", b"ID3", b"ID3\x04\x00\x00\x00\x00\x00\x05", b"fLaC", b"OggS", b"RIFF", b"\xff\xfb"]),
       rest=st.binary(max_size=400), suffix=st.sampled_from([".mp3", ".flac", ".m4a", ".aac", ".ogg"]))  # fmt: skip
def test_no_bytes_make_it_fail_in_another_way(tmp_path: Path, head: bytes, rest: bytes, suffix: str) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(head + rest)
    with suppress(UnusableFileError):
        assert measured_s(path) > 0
