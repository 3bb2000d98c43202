from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from aidj.audio import Source, open_source
from aidj.errors import AudioError
from aidj.output import write_audio_file

RATE = 44100


def sweep(seconds: float, rate: int = RATE) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    left = 0.4 * np.sin(2 * np.pi * (200 + 400 * t) * t)
    return np.stack([left, 0.3 * np.sin(2 * np.pi * 660 * t)], axis=1).astype(np.float32)


def read_all(source: Source, n_frames: int = 10_000) -> np.ndarray:
    blocks = [np.zeros((0, source.channels), np.float32)]
    while len(block := source.read(n_frames)):
        blocks.append(block)
    source.close()
    return np.concatenate(blocks)


def untagged_mp3(samples: np.ndarray, *, vbr: bool) -> bytes:
    """lameenc writes no Xing header: as from a radio capture or an old ripper."""
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    if vbr:
        encoder.set_vbr(4)
        encoder.set_vbr_quality(2)
    else:
        encoder.set_bit_rate(128)
    data = encoder.encode((samples * 32767).astype("<i2").tobytes())
    return bytes(data + encoder.flush())


@pytest.mark.parametrize(
    ("suffix", "tolerance"), [(".wav", 1e-4), (".flac", 1e-4), (".mp3", 0.03), (".m4a", 0.05), (".opus", 0.1)]
)
def test_every_format_decodes_to_its_samples_and_its_length(tmp_path: Path, suffix: str, tolerance: float) -> None:
    rate = 48000 if suffix == ".opus" else RATE
    samples = sweep(2.0, rate)[:-77]
    path = tmp_path / f"song{suffix}"
    write_audio_file(path, [samples], rate=rate, n_frames=len(samples))
    source = open_source(path)
    assert (source.rate, source.channels, source.n_frames) == (rate, 2, len(samples))
    decoded = read_all(source)
    assert decoded.dtype == np.float32
    assert decoded.shape == samples.shape
    inside = slice(2000, -2000)
    assert np.abs(decoded[inside] - samples[inside]).max() < tolerance


@pytest.mark.parametrize("suffix", [".ogg", ".aiff"])
def test_formats_that_are_only_read(tmp_path: Path, suffix: str) -> None:
    samples = sweep(1.0)
    path = tmp_path / f"song{suffix}"
    soundfile.write(path, samples, RATE)
    decoded = read_all(open_source(path))
    assert len(decoded) == len(samples)
    assert np.abs(decoded - samples).max() < 0.1


@pytest.mark.parametrize("n_frames", [1, 1000, 65536])
def test_m4a_length_does_not_depend_on_the_reads(tmp_path: Path, n_frames: int) -> None:
    samples = sweep(0.2)
    path = tmp_path / "song.m4a"
    write_audio_file(path, [samples], rate=RATE, n_frames=len(samples))
    assert len(read_all(open_source(path), n_frames)) == len(samples)


@pytest.mark.parametrize("vbr", [False, True])
def test_mp3_without_a_length_is_read_to_its_end(tmp_path: Path, vbr: bool) -> None:
    noise = 0.3 * np.random.default_rng(1).standard_normal((RATE * 5, 2)).clip(-3, 3)
    samples = np.concatenate([noise, np.zeros((RATE * 10, 2))])
    path = tmp_path / "song.mp3"
    path.write_bytes(untagged_mp3(samples, vbr=vbr))
    n_frames = len(read_all(open_source(path)))
    assert len(samples) <= n_frames <= len(samples) + 4 * 1152


def test_skipping_leaves_out_exactly_that_much(tmp_path: Path) -> None:
    samples = sweep(2.0)
    for suffix in (".mp3", ".m4a", ".flac"):
        path = tmp_path / f"song{suffix}"
        write_audio_file(path, [samples], rate=RATE, n_frames=len(samples))
        whole = read_all(open_source(path))
        source = open_source(path)
        source.skip(70_001)
        np.testing.assert_array_equal(read_all(source), whole[70_001:])
        beyond = open_source(path)
        beyond.skip(10**9)
        assert len(beyond.read(10)) == 0
        beyond.close()


@pytest.mark.parametrize(("wrong", "right"), [(".wav", ".mp3"), (".mp3", ".m4a"), (".m4a", ".flac"), (".wma", ".wav")])
def test_a_wrong_suffix_does_not_matter(tmp_path: Path, wrong: str, right: str) -> None:
    samples = sweep(1.0)
    made = tmp_path / f"made{right}"
    write_audio_file(made, [samples], rate=RATE, n_frames=len(samples))
    path = made.rename(tmp_path / f"song{wrong}")
    assert len(read_all(open_source(path))) == len(samples)


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    samples = sweep(0.5)
    samples[100] = np.nan
    samples[200, 0] = np.inf
    samples[300, 1] = -np.inf
    samples[400] = 1e30
    path = tmp_path / "song.wav"
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    decoded = read_all(open_source(path))
    assert np.isfinite(decoded).all()
    assert (decoded[[100, 400]] == 0).all()
    assert decoded[200, 0] == decoded[300, 1] == 0
    np.testing.assert_array_equal(decoded[500:], samples[500:])


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".m4a", ".wav"])
def test_a_damaged_middle_costs_only_itself(tmp_path: Path, suffix: str) -> None:
    samples = (0.2 * np.random.default_rng(1).standard_normal((RATE * 8, 2))).astype(np.float32)
    path = tmp_path / f"song{suffix}"
    write_audio_file(path, [samples], rate=RATE, n_frames=len(samples))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    path.write_bytes(data)
    lengths = {len(read_all(open_source(path), n_frames)) for n_frames in (1000, 16384, 65536)}
    assert len(lengths) == 1
    assert len(samples) - RATE <= lengths.pop() <= len(samples)


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".wav", ".opus"])
def test_a_file_cut_short_gives_what_it_has(tmp_path: Path, suffix: str) -> None:
    samples = (0.2 * np.random.default_rng(1).standard_normal((48000 * 4, 2))).astype(np.float32)
    path = tmp_path / f"song{suffix}"
    write_audio_file(path, [samples], rate=48000, n_frames=len(samples))
    whole = read_all(open_source(path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    source = open_source(path)
    frames = [np.zeros((0, 2), np.float32)]
    try:
        while len(block := source.read(65536)):
            frames.append(block)
    except AudioError:
        pass
    source.close()
    decoded = np.concatenate(frames)
    assert 1.5 * 48000 < len(decoded) < 2.5 * 48000
    n_frames = len(decoded) - 5000
    assert np.abs(decoded[:n_frames] - whole[:n_frames]).max() < 1e-4


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always text there")
@pytest.mark.parametrize("suffix", [".wav", ".m4a"])
def test_names_that_are_no_text(tmp_path: Path, suffix: str) -> None:
    samples = sweep(0.3)
    made = tmp_path / f"made{suffix}"
    write_audio_file(made, [samples], rate=RATE, n_frames=len(samples))
    path = made.rename(tmp_path / (os.fsdecode(b"caf\xe9 \xff") + suffix))
    assert len(read_all(open_source(path))) == len(samples)
    path.write_bytes(b"no music")
    with pytest.raises(AudioError) as caught:
        open_source(path)
    str(caught.value).encode()


def test_what_is_no_sound_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "text.flac").write_text("not music at all\n" * 100)
    (tmp_path / "junk.m4a").write_bytes(np.random.default_rng(3).bytes(50_000))
    (tmp_path / "list.m4a").write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/song.aac\n")
    for name in ("folder.mp3", "empty.mp3", "text.flac", "junk.m4a", "list.m4a", "gone.wav"):
        with pytest.raises(AudioError) as caught:
            open_source(tmp_path / name)
        assert name in str(caught.value)
        assert caught.value.cause


@pytest.mark.parametrize("rate", [1, 100, 3000])
def test_a_rate_that_makes_no_music_is_refused(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, np.zeros((1000, 2), np.float32), rate)
    with pytest.raises(AudioError, match="Hz"):
        open_source(path)
