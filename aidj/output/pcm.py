"""Samples as a stream of bytes, for another program: raw PCM or WAV into a pipe, a FIFO or a file.

A program that reads is often faster than the sound, and would pull hours of the session ahead of the listener; so the
stream is paced by the clock unless it is asked not to be.
"""

from __future__ import annotations

import errno
import io
import os
import select
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.errors import OutputError
from aidj.files import cannot_write
from aidj.output.null import NullSink
from aidj.output.playing import SinkClosed
from aidj.output.samples import to_int16

Form = Literal["s16le", "f32le"]

_SAMPLE_BYTES: dict[Form, int] = {"s16le": 2, "f32le": 4}
_UNKNOWN_BYTES = 0xFFFFFFFF
"""What WAV headers say, by custom, where the length is not known beforehand."""
_CLOSED = (errno.EPIPE, errno.ESHUTDOWN, *((errno.EINVAL,) if sys.platform == "win32" else ()))


class PcmSink:
    """Writes raw interleaved samples, two channels, little-endian.

    Parameters
    ----------
    target : Path or binary file
        A file's name (made anew), a FIFO's name (its reader is waited for), or an open file such as
        `sys.stdout.buffer`, which stays open.
    form : {"s16le", "f32le"}
        16-bit integers, or float32, which is not clipped.
    paced : bool
        In real time, about 0.3 s ahead; otherwise as fast as the other end takes it.
    """

    def __init__(self, target: Path | BinaryIO, *, form: Form = "s16le", paced: bool = True):
        if form not in _SAMPLE_BYTES:
            raise ValueError(f"no form of samples: {form!r}")
        self._target = target
        self._form: Form = form
        self._frame_bytes = _SAMPLE_BYTES[form] * CHANNELS
        self._pace = NullSink(paced=paced)
        self._file: BinaryIO | None = None
        self._poll: select.poll | None = None
        self._unwritten = b""
        self._rate = 1

    def open(self, rate: int) -> None:
        """See `Sink.open`. A FIFO is opened later, as soon as somebody reads it.

        Raises
        ------
        OutputError
            If the file cannot be made, or is a terminal.
        """
        self._rate = rate
        self._pace.open(rate)
        self._unwritten = self._header(rate)
        if not isinstance(self._target, Path):
            if self._target.isatty():
                raise OutputError(
                    "Samples are not for a terminal",
                    cause="the output goes to no other program",
                    hint="pass it on to a player, as in `| mpv -`, or into a file, as in `> session.wav`",
                )
            self._start(self._target)
        elif not self._target.is_fifo():
            try:
                self._start(self._target.open("wb", buffering=0))
            except OSError as error:
                raise cannot_write(self._target, error) from error

    def ready(self, n_frames: int, timeout_s: float) -> bool:
        """See `Sink.ready`."""
        until_s = time.monotonic() + timeout_s
        if not self._opened(timeout_s) or not self._flush(timeout_s):
            return False
        if self._pace.ready(n_frames, max(0.0, until_s - time.monotonic())):
            return True
        self._check_reader()
        return False

    def write(self, block: NDArray[np.float32]) -> None:
        """See `Sink.write`. What does not fit into the pipe is kept until `ready`."""
        self._pace.write(block)
        samples = to_int16(block).astype("<i2") if self._form == "s16le" else block.astype("<f4")
        self._unwritten += samples.tobytes()
        self._flush(0)

    def drain(self, timeout_s: float) -> bool:
        """See `Sink.drain`."""
        until_s = time.monotonic() + timeout_s
        flushed = self._opened(timeout_s) and self._flush(timeout_s)
        return flushed and self._pace.drain(max(0.0, until_s - time.monotonic()))

    def close(self) -> None:
        """See `Sink.close`."""
        self._pace.close()
        if self._file is None:
            return
        file, self._file = self._file, None
        with suppress(OSError, ValueError):
            self._complete(file)
        if isinstance(self._target, Path):
            with suppress(OSError):
                file.close()

    def pause(self) -> None:
        """See `Sink.pause`: nothing is written for now, and the reader waits."""
        self._pace.pause()

    def resume(self) -> None:
        """See `Sink.resume`."""
        self._pace.resume()

    @property
    def heard_frames(self) -> int:
        """See `Sink.heard_frames`: by the clock, less what is in the pipe. A reader's own buffer is unknown."""
        return max(0, min(self._pace.heard_frames, self._pace.n_frames - self._queued_frames))

    @property
    def latency_s(self) -> float:
        """See `Sink.latency_s`; without the reader's own buffer."""
        return max(self._pace.latency_s, self._queued_frames / self._rate)

    @property
    def underruns(self) -> int:
        """See `Sink.underruns`."""
        return self._pace.underruns

    @property
    def lost(self) -> bool:
        """See `Sink.lost`: never; a reader that goes ends the stream."""
        return False

    def _header(self, rate: int) -> bytes:
        return b""

    def _complete(self, file: BinaryIO) -> None:
        """Do what is left to do before the file is closed."""

    def _start(self, file: BinaryIO) -> None:
        file.flush()
        self._file = file
        try:
            self._fd = file.fileno()
        except (io.UnsupportedOperation, AttributeError):
            self._fd = -1
        if self._fd >= 0 and hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(self._fd, select.POLLOUT)

    def _opened(self, timeout_s: float) -> bool:
        if self._file is not None:
            return True
        assert isinstance(self._target, Path)
        try:
            # To open a FIFO the usual way would wait, deaf to everything, until somebody reads it.
            fd = os.open(self._target, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise cannot_write(self._target, error) from error
            time.sleep(timeout_s)
            return False
        os.set_blocking(fd, True)
        self._start(os.fdopen(fd, "wb", buffering=0))
        return True

    def _flush(self, timeout_s: float) -> bool:
        """Write what is left, at most for so long; return whether all of it is written."""
        until_s = time.monotonic() + timeout_s
        while self._unwritten:
            if self._file is None:
                return False
            try:
                if self._poll is None:
                    n_bytes = self._file.write(self._unwritten)
                elif self._poll.poll(1000 * max(0.0, until_s - time.monotonic())):
                    # A pipe with any room takes this much without blocking.
                    n_bytes = os.write(self._fd, self._unwritten[: select.PIPE_BUF])
                else:
                    return False
            except OSError as error:
                if error.errno in _CLOSED:
                    self._unwritten = b""
                    raise SinkClosed from error
                raise cannot_write(self._called, error) from error
            self._unwritten = self._unwritten[n_bytes:]
        return True

    def _check_reader(self) -> None:
        if self._poll is not None and any(events & select.POLLERR for _, events in self._poll.poll(0)):
            raise SinkClosed

    @property
    def _queued_frames(self) -> int:
        n_bytes = len(self._unwritten)
        if self._poll is not None and self._file is not None:
            with suppress(OSError, ImportError, ValueError):
                import fcntl
                import termios

                n_bytes += struct.unpack("i", fcntl.ioctl(self._fd, termios.FIONREAD, b"\0" * 4))[0]
        return -(-n_bytes // self._frame_bytes)

    @property
    def _called(self) -> Path:
        return self._target if isinstance(self._target, Path) else Path(str(getattr(self._target, "name", "stream")))


class WavSink(PcmSink):
    """Writes a WAV stream whose header leaves the length open; in a file the length is filled in at the end.

    Parameters are those of `PcmSink`. A stream longer than 4 GiB (6.7 hours of 16-bit at 44100 Hz) goes on all the
    same; players that believe the header stop there.
    """

    def _header(self, rate: int) -> bytes:
        return wav_header(self._form, rate, None)

    def _complete(self, file: BinaryIO) -> None:
        if isinstance(self._target, Path) and file.seekable():
            n_bytes = file.tell() - len(self._header(self._rate))
            if 0 <= n_bytes < _UNKNOWN_BYTES - 1024:
                file.seek(0)
                file.write(wav_header(self._form, self._rate, n_bytes))


def wav_header(form: Form, rate: int, n_bytes: int | None) -> bytes:
    """Return everything of a WAV file before its samples.

    Parameters
    ----------
    form : {"s16le", "f32le"}
        The samples, two channels.
    rate : int
        Hz.
    n_bytes : int or None
        Of all samples; None if not known.
    """
    width = _SAMPLE_BYTES[form]
    kind, extension = (1, b"") if form == "s16le" else (3, struct.pack("<H", 0))
    block = width * CHANNELS
    chunks = struct.pack("<HHIIHH", kind, CHANNELS, rate, rate * block, block, 8 * width) + extension
    chunks = b"fmt " + struct.pack("<I", len(chunks)) + chunks
    if form == "f32le":
        n_frames = _UNKNOWN_BYTES if n_bytes is None else n_bytes // block
        chunks += b"fact" + struct.pack("<II", 4, n_frames)
    riff_bytes = _UNKNOWN_BYTES if n_bytes is None else 4 + len(chunks) + 8 + n_bytes
    data_bytes = _UNKNOWN_BYTES if n_bytes is None else n_bytes
    return b"RIFF" + struct.pack("<I", riff_bytes) + b"WAVE" + chunks + b"data" + struct.pack("<I", data_bytes)
