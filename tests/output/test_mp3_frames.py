import io
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.output import Chapter, mp3, write_audio_file
from aidj.output.id3 import id3_tag
from aidj.output.mp3_frames import crc16, frame_bytes, read_stream


def bitwise_crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


@given(st.binary(max_size=1500), st.integers(0, 1500))
def test_crc_is_that_of_the_definition_however_it_is_fed(data: bytes, cut: int) -> None:
    assert crc16(data) == bitwise_crc16(data)
    assert crc16(data[cut:], crc16(data[:cut])) == crc16(data)


def test_crc_of_the_check_string() -> None:
    assert crc16(b"123456789") == 0xBB3D


def test_frame_headers() -> None:
    assert frame_bytes(bytes.fromhex("fffbb064")) == 626
    assert frame_bytes(bytes.fromhex("fffbb264")) == 627
    for header in ("fff3b064", "fffbf064", "fffb0064", "fffbbc64", "00000000", "fffb"):
        with pytest.raises(ValueError, match="no MP3 frame"):
            frame_bytes(bytes.fromhex(header))


def test_a_stream_cut_in_a_frame_is_noticed() -> None:
    frame = bytes.fromhex("fffbb064") + bytes(622)
    assert read_stream(io.BytesIO(frame * 5), 626).n_frames == 5
    for data in (frame * 5 + frame[:100], b""):
        with pytest.raises(ValueError, match="middle of a frame"):
            read_stream(io.BytesIO(data), 626)


def test_toc_rises_from_the_first_frame() -> None:
    frame = bytes.fromhex("fffbb064") + bytes(622)
    stream = read_stream(io.BytesIO(frame * 5000), 626)
    assert list(stream.toc) == sorted(stream.toc)
    assert (stream.toc[0], stream.toc[50]) == (0, 128)


def blocks() -> Iterator[NDArray[np.float32]]:
    for _ in range(40):
        yield np.zeros((5000, 2), np.float32)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    real = mp3._started

    def remember(*arguments: object) -> object:
        started.append(real(*arguments))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(mp3, "_started", remember)

    def killing() -> Iterator[NDArray[np.float32]]:
        for index, block in enumerate(blocks()):
            if index == 3:
                started[0].send_signal(signal.SIGKILL)
                started[0].wait()
            yield block

    with pytest.raises(OutputError, match=r"mix\.mp3: The MP3 encoder ended with code -9.*ended from outside"):
        write_audio_file(tmp_path / "mix.mp3", killing(), rate=44100, n_frames=200_000)
    assert not list(tmp_path.iterdir())


def test_a_worker_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "worker.py"
    broken.write_text("raise MemoryError('no room for the encoder')")
    monkeypatch.setattr(mp3.mp3_worker, "__file__", str(broken))
    with pytest.raises(OutputError, match=r"ended with code 1.*no room for the encoder"):
        write_audio_file(tmp_path / "mix.mp3", blocks(), rate=44100, n_frames=200_000)
    broken.write_text("import sys; sys.stdin.buffer.read(); print('no frames')")
    with pytest.raises(OutputError, match="no MP3 frame"):
        write_audio_file(tmp_path / "mix.mp3", blocks(), rate=44100, n_frames=200_000)
    broken.unlink()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(OutputError, match="cannot be started"):
        write_audio_file(tmp_path / "mix.mp3", blocks(), rate=44100, n_frames=200_000)
    assert not list(tmp_path.iterdir())


def test_more_than_255_chapters_become_a_table_of_tables(tmp_path: Path) -> None:
    import mutagen.id3

    path = tmp_path / "tag.mp3"
    path.write_bytes(id3_tag({}, [Chapter(i, i + 1, f"Song {i}") for i in range(600)]))
    tag = mutagen.id3.ID3(path)
    assert len(tag.getall("CHAP")) == 600
    assert tag["CTOC:toc"].child_element_ids == ["toc0", "toc1", "toc2"]
    children = [name for part in range(3) for name in tag[f"CTOC:toc{part}"].child_element_ids]
    assert children == [f"chp{i}" for i in range(600)]
