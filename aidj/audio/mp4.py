"""How long an MP4's sound is, to the frame.

An edit list says which part of the decoded sound is meant, but most programs write its length in milliseconds. The
media header counts frames: where the two agree but for that rounding, it knows better.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_CONTAINERS = (b"moov", b"trak", b"mdia", b"edts")
_MOST_BYTES = 1 << 16
_MOST_BOXES = 10000


def exact_frames(path: Path, rate: int, told_frames: int) -> int:
    """Return the length in frames.

    Parameters
    ----------
    rate : int
        Frames per second.
    told_frames : int
        What the edit list comes to, rounded to its own clock.
    """
    try:
        with path.open("rb") as file:
            found = dict(_boxes(file, 0, file.seek(0, 2), [_MOST_BOXES]))
        timescale, length = _media_header(found[b"mdhd"])
        clock, first = _first_edit(found[b"mvhd"], found[b"elst"])
    except (OSError, KeyError, struct.error):
        return told_frames
    exact = length - first
    rounded_by = rate / clock + 1
    return exact if timescale == rate and abs(exact - told_frames) <= rounded_by else told_frames


def _boxes(file: BinaryIO, start: int, end: int, left: list[int]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the small boxes of a file by name, those inside others too; of several the last one counts."""
    while start + 8 <= end and left[0] > 0:
        left[0] -= 1
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            head = 16
        size = end - start if size == 0 else size
        if size < head or start + size > end:
            return
        if name in _CONTAINERS:
            yield from _boxes(file, start + head, start + size, left)
        elif name in (b"mvhd", b"mdhd", b"elst") and size <= _MOST_BYTES:
            yield name, file.read(size - head)
        start += size


def _media_header(box: bytes) -> tuple[int, int]:
    """Return time scale and duration of an ``mdhd`` or ``mvhd``."""
    wide = box[:1] == b"\x01"
    timescale, duration = struct.unpack_from(">IQ" if wide else ">II", box, 20 if wide else 12)
    return timescale, duration


def _first_edit(mvhd: bytes, elst: bytes) -> tuple[int, int]:
    """Return the clock of the edit list, in ticks per second, and the frame that its one edit begins at."""
    clock, _ = _media_header(mvhd)
    wide = elst[:1] == b"\x01"
    (count,) = struct.unpack_from(">I", elst, 4)
    _, first = struct.unpack_from(">Qq" if wide else ">Ii", elst, 8)
    if count != 1 or first < 0 or clock == 0:
        raise KeyError("no single edit")
    return clock, first
