"""MP3 files: a tag, an information frame, and what the worker process encodes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.output import mp3_worker
from aidj.output.chapters import Chapter
from aidj.output.id3 import id3_tag
from aidj.output.mp3_frames import information_bytes, information_frame, read_stream
from aidj.output.samples import to_int16

BIT_RATES = {1: 96, 2: 192}
"""kbit/s by number of channels."""


def write_mp3(
    path: Path,
    blocks: Iterator[NDArray[np.float32]],
    *,
    rate: int,
    channels: int,
    n_frames: int,
    tags: Mapping[str, str],
    chapters: Sequence[Chapter],
) -> None:
    """Write an MP3 file of a constant bit rate that decodes to exactly `n_frames` frames.

    The encoder runs in another process and appends to the same file, while this one makes the next blocks.

    Raises
    ------
    OutputError
        If the encoder fails or is ended from outside.
    OSError
        If the file cannot be written.
    """
    bit_rate = BIT_RATES[channels]
    tag = id3_tag(tags, chapters)
    head_bytes = information_bytes(rate, bit_rate)
    with path.open("r+b", buffering=0) as file:
        file.write(tag + bytes(head_bytes))
        _encode(blocks, file.fileno(), rate, channels, bit_rate)
    try:
        with path.open("r+b") as file:
            file.seek(len(tag) + head_bytes)
            stream = read_stream(file, head_bytes)
            file.seek(len(tag))
            file.write(information_frame(stream, n_samples=n_frames, rate=rate, bit_rate=bit_rate))
    except ValueError as error:
        raise OutputError(f"The MP3 encoder failed: {error}", cause="it was ended, or the disk is full") from error


def _encode(blocks: Iterator[NDArray[np.float32]], descriptor: int, rate: int, channels: int, bit_rate: int) -> None:
    # By its file and with -P: the worker needs nothing of this package, and nothing here must shadow what it imports.
    command = [sys.executable, "-P", mp3_worker.__file__, str(rate), str(channels), str(bit_rate)]
    with tempfile.TemporaryFile() as messages:
        worker = _started(command, descriptor, messages.fileno())
        assert worker.stdin is not None
        try:
            with suppress(BrokenPipeError):  # it is gone; its exit code and its last words say why
                for block in blocks:
                    worker.stdin.write(to_int16(block).astype("<i2").tobytes())
                worker.stdin.close()
        except BaseException:
            worker.kill()
            raise
        finally:
            with suppress(OSError):
                worker.stdin.close()
            code = worker.wait()
        if code:
            messages.seek(0)
            last = messages.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise OutputError(
                f"The MP3 encoder ended with code {code}" + (f" ({last[0]})" if last else ""),
                cause="the disk is full, or lameenc does not work here" if last else "it was ended from outside",
                hint="free some space, or write .flac or .m4a instead" if last else "try again",
            )


def _started(command: list[str], output: int, messages: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=messages)
    except OSError as error:
        raise OutputError(
            f"The MP3 encoder cannot be started ({error})",
            where=command[0],
            cause="Python cannot run itself here",
            hint="write .flac or .m4a instead",
        ) from error
