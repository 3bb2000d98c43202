"""Songs of two minutes in less than four kilobytes each, for libraries with many thousands of files that all play.

A FLAC frame may hold a predictor, the first samples, and a residual of no bits: a note is a recurrence of the second
order that rings and dies away, `x[n] = (a x[n-1] + b x[n-2]) >> 13`, and two samples to begin with. One note a second,
mono, 16 bit. See RFC 9639.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

RATE = 44100
NOTE_FRAMES = RATE
SHORTEST_S, LONGEST_S = 96, 140

_SHIFT = 13
_DECAY = -(1 << _SHIFT) + 1
"""Just under one: a note falls by 23 dB in its second."""
_SCALE_HZ = (329.6, 370.0, 415.3, 493.9, 554.4, 659.3, 740.0, 830.6, 987.8)
_LEVEL = 9000


def notes_of(seed: int) -> list[tuple[int, int, int]]:
    """Compose a song: for each second the coefficient of a note and its first two samples."""
    rng = np.random.default_rng(seed)
    notes = []
    for _ in range(int(rng.integers(SHORTEST_S, LONGEST_S + 1))):
        w = 2 * math.pi * float(rng.choice(_SCALE_HZ)) / RATE
        level = _LEVEL * float(rng.uniform(0.6, 1.0))
        first, second = (round(level * math.sin(w * n)) for n in (0, 1))
        notes.append((round(2 * math.cos(w) * (1 << _SHIFT)), first, second))
    return notes


def samples_of(notes: list[tuple[int, int, int]]) -> NDArray[np.int16]:
    """Return the samples of a song, mono: what every decoder has to make of its file."""
    out = np.empty((len(notes), NOTE_FRAMES), np.int16)
    for row, (coefficient, older, newer) in zip(out, notes, strict=True):
        row[:2] = older, newer
        for n in range(2, NOTE_FRAMES):
            older, newer = newer, (coefficient * newer + _DECAY * older) >> _SHIFT
            row[n] = newer
    return out.reshape(-1)


def frames_of(notes: list[tuple[int, int, int]]) -> bytes:
    """Return the frames of a song, as they stand in a FLAC file behind what is told of it."""
    return b"".join(_frame(number, *note) for number, note in enumerate(notes))


def flac_of(frames: bytes, seconds: int, tags: Mapping[str, str]) -> bytes:
    """Return a whole FLAC file."""
    info = (RATE << 44) | (0 << 41) | (15 << 36) | (seconds * NOTE_FRAMES)  # one channel, 16 bits
    stream_info = struct.pack(">HH6x", NOTE_FRAMES, NOTE_FRAMES) + info.to_bytes(8, "big") + bytes(16)
    comments = [f"{name}={value}".encode() for name, value in tags.items()]
    vendor = b"aidj"
    vorbis = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments))
    vorbis += b"".join(struct.pack("<I", len(comment)) + comment for comment in comments)
    return b"fLaC" + _block(0, stream_info) + _block(0x80 | 4, vorbis) + frames


def _block(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + len(content).to_bytes(3, "big") + content


def _frame(number: int, coefficient: int, first: int, second: int) -> bytes:
    # Blocks of one size, which is told in 16 bits; 44.1 kHz; mono; 16 bit.
    header = bytes([0xFF, 0xF8, 0x79, 0x08]) + chr(number).encode() + struct.pack(">H", NOTE_FRAMES - 1)
    bits = [
        (0b0_100001_0, 8),  # a linear predictor of order 2, no wasted bits
        (first, 16),
        (second, 16),
        (15 - 1, 4),  # bits of a coefficient
        (_SHIFT, 5),
        (coefficient, 15),
        (_DECAY, 15),
        (0, 2 + 4),  # residual in one partition
        (0b1111, 4),  # which is not coded but stands there
        (0, 5),  # in so many bits a sample
    ]
    value, length = 0, 0
    for field, width in bits:
        value, length = value << width | field & (1 << width) - 1, length + width
    padding = -length % 8
    subframe = (value << padding).to_bytes((length + padding) // 8, "big")
    frame = header + bytes([_crc(header, 0x07, 8)]) + subframe
    return frame + _crc(frame, 0x8005, 16).to_bytes(2, "big")


def _crc(data: bytes, polynomial: int, width: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << width - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> width - 1 else 0)) & (1 << width) - 1
    return value
