"""Live sound as a stream of bytes, read by this program and by real ones."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from live_sound import Tone

from aidj.errors import OutputError
from aidj.output.pcm import Form, PcmSink, WavSink
from aidj.output.playing import Played, play

RATE = 44100
N_FRAMES = RATE // 2
SAMPLES = Tone().samples(N_FRAMES)
PLAY_FOR_EVER = """
import sys, threading
from pathlib import Path
from aidj.output.pcm import WavSink
from aidj.output.playing import play
from live_sound import Tone
print(play(Tone(), WavSink(sys.stdout.buffer), stop=threading.Event()).end, file=sys.stderr)
"""


def run_to_end(sink: PcmSink, n_frames: int = N_FRAMES) -> Played:
    return play(Tone(n_frames=n_frames), sink, stop=threading.Event())


def needs(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


@pytest.mark.parametrize(("form", "kind", "scale"), [("s16le", "<i2", 32768.0), ("f32le", "<f4", 1.0)])
def test_raw_samples_are_the_source_and_nothing_else(form: Form, kind: str, scale: float) -> None:
    file = io.BytesIO()
    played = run_to_end(PcmSink(file, form=form, paced=False))
    assert played == Played(end="ended", n_frames=N_FRAMES, heard_frames=N_FRAMES, underruns=0)
    heard = np.frombuffer(file.getvalue(), kind).reshape(-1, 2) / scale
    np.testing.assert_allclose(heard, SAMPLES, atol=0 if form == "f32le" else 0.5 / scale)


@pytest.mark.parametrize(("form", "subtype"), [("s16le", "PCM_16"), ("f32le", "FLOAT")])
def test_a_wav_file_has_its_length_filled_in(tmp_path: Path, form: Form, subtype: str) -> None:
    path = tmp_path / "session.wav"
    path.write_bytes(b"something longer that was there before" * 10000)
    run_to_end(WavSink(path, form=form, paced=False))
    with soundfile.SoundFile(str(path)) as file:
        assert (file.frames, file.samplerate, file.channels, file.subtype) == (N_FRAMES, RATE, 2, subtype)
        np.testing.assert_allclose(file.read(dtype="float32"), SAMPLES, atol=1 / 32768)
    assert int.from_bytes(path.read_bytes()[4:8], "little") == path.stat().st_size - 8


def test_a_folder_that_does_not_exist_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="make the folder first"):
        run_to_end(PcmSink(tmp_path / "none" / "session.pcm"))


def test_a_terminal_gets_no_samples() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    with pytest.raises(OutputError, match="mpv"):
        run_to_end(PcmSink(Terminal()))


def test_a_full_disk_is_an_error_that_says_so() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OutputError, match="disk is full"):
        run_to_end(PcmSink(Path("/dev/full"), paced=False))


def test_a_stream_is_paced_and_what_lies_in_the_pipe_is_not_heard() -> None:
    read_end, write_end = os.pipe()
    with open(read_end, "rb"), open(write_end, "wb") as file:  # noqa: PTH123 - a descriptor
        sink, stop = PcmSink(file), threading.Event()
        player = threading.Thread(target=play, args=(Tone(), sink), kwargs={"stop": stop})
        player.start()
        time.sleep(0.8)
        # Nobody reads. At most a pipe full was written, and none of it has been heard.
        assert sink.heard_frames == 0
        assert 0.1 < sink.latency_s < 1.0
        stop.set()
        player.join(5)
        assert not player.is_alive(), "a reader that does not read must not hold up the end"


def test_a_reader_that_leaves_ends_it_even_while_paused() -> None:
    read_end, write_end = os.pipe()
    with open(write_end, "wb") as file:  # noqa: PTH123 - a descriptor
        sink, ends = PcmSink(file), []
        player = threading.Thread(target=lambda: ends.append(play(Tone(), sink, stop=threading.Event()).end))
        player.start()
        os.read(read_end, 4000)
        sink.pause()
        time.sleep(0.3)
        os.close(read_end)
        player.join(5)
    assert ends == ["closed"]


def test_a_fifo_waits_for_its_reader_and_can_be_stopped_before(tmp_path: Path) -> None:
    fifo = tmp_path / "session.fifo"
    os.mkfifo(fifo)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    assert play(Tone(), PcmSink(fifo), stop=stop).n_frames == 0

    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(fifo.read_bytes()))
    threading.Timer(0.2, reader.start).start()
    assert run_to_end(PcmSink(fifo, paced=False)).end == "ended"
    reader.join(5)
    assert len(heard[0]) == N_FRAMES * 4


def test_ffmpeg_takes_a_stream_of_unknown_length_to_its_end(tmp_path: Path) -> None:
    out = tmp_path / "out.flac"
    command = [needs("ffmpeg"), "-v", "error", "-i", "-", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        assert run_to_end(WavSink(ffmpeg.stdin, paced=False)).end == "ended"
        ffmpeg.stdin.close()
        assert ffmpeg.wait(20) == 0
    samples, rate = soundfile.read(str(out), dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(samples, SAMPLES, atol=1 / 32768)


def test_ffmpeg_takes_raw_samples(tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    form = ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]
    command = [needs("ffmpeg"), "-v", "error", *form, "-i", "-", "-c:a", "pcm_f32le", str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        run_to_end(PcmSink(ffmpeg.stdin, form="f32le", paced=False))
        ffmpeg.stdin.close()
        assert ffmpeg.wait(20) == 0
    np.testing.assert_array_equal(soundfile.read(str(out), dtype="float32")[0], SAMPLES)


def test_sox_takes_a_stream_of_unknown_length_to_its_end(tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    with subprocess.Popen([needs("sox"), "-V1", "-t", "wav", "-", str(out)], stdin=subprocess.PIPE) as sox:
        assert sox.stdin is not None
        run_to_end(WavSink(sox.stdin, paced=False))
        sox.stdin.close()
        assert sox.wait(20) == 0
    np.testing.assert_allclose(soundfile.read(str(out), dtype="float32")[0], SAMPLES, atol=1 / 32768)


def test_mpv_plays_a_stream_to_its_end() -> None:
    command = [needs("mpv"), "--no-config", "--no-video", "--ao=null", "--no-terminal", "--term-status-msg=", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as mpv:
        assert mpv.stdin is not None
        began_s = time.monotonic()
        assert run_to_end(WavSink(mpv.stdin), RATE).end == "ended"
        mpv.stdin.close()
        assert mpv.wait(20) == 0
    assert time.monotonic() - began_s >= 0.9


@pytest.mark.parametrize("reader", [["head", "-c", "100000"], ["mpv", "--no-config", "--ao=null", "--length=0.5", "-"]])
def test_a_program_behind_stdout_that_quits_ends_it_cleanly(reader: list[str]) -> None:
    needs(reader[0])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    writer = subprocess.Popen(
        [sys.executable, "-c", PLAY_FOR_EVER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    with writer:
        subprocess.run(reader, stdin=writer.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert writer.stderr.read().decode().split() == ["closed"]
        assert writer.wait(10) == 0
