"""The frames of an MP3 stream, and the information frame in front of them that makes it gapless.

Sources: ISO/IEC 11172-3 (frame headers); "Mp3 Info Tag rev 1 specifications", Gabriel Bouvigne (fields of the
LAME tag, and its CRC-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES = 1152
"""Samples per channel in a frame of MPEG-1 layer III."""

ENCODER_DELAY = 576
"""Samples that LAME puts before the first one. Decoders add 529 of their own and know that (measured: 1105)."""

RATES = (44100, 48000, 32000)
"""MPEG-1's rates, in the order of their codes."""

_BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_TOC_ENTRIES = 100
_MONO = 3


@dataclass(frozen=True, slots=True)
class Stream:
    """What a walk over the frames found out."""

    header: bytes
    """The first frame's header."""
    n_frames: int
    n_bytes: int
    toc: bytes
    """100 places in the stream, in 256ths of its length."""
    crc: int
    """CRC-16 of all frames."""


def frame_bytes(header: bytes) -> int:
    """Return the length of the frame that begins with these four bytes.

    Raises
    ------
    ValueError
        If they are no MPEG-1 layer III header.
    """
    bits = int.from_bytes(header, "big")
    bit_rate, rate = _BIT_RATES[bits >> 12 & 15], bits >> 10 & 3
    if len(header) < 4 or bits >> 17 != 0xFFFA >> 1 or not bit_rate or rate == 3:
        raise ValueError("the MP3 encoder wrote something that is no MP3 frame")
    return FRAME_SAMPLES // 8 * bit_rate * 1000 // RATES[rate] + (bits >> 9 & 1)


def read_stream(file: BinaryIO, information_bytes: int) -> Stream:
    """Walk over the frames from the file's position to its end.

    Parameters
    ----------
    file : binary file
        At the first frame.
    information_bytes : int
        Length of the information frame in front, which counts in the table of places.

    Raises
    ------
    ValueError
        If there is no frame, or one is cut short.
    """
    header, crc, total, starts, left = b"", 0, 0, [], b""
    while chunk := file.read(1 << 20):
        crc = crc16(chunk, crc)
        left += chunk
        place = 0
        while place + 4 <= len(left):
            length = frame_bytes(left[place : place + 4])
            if place + length > len(left):
                break
            header = header or left[place : place + 4]
            starts.append(total + place)
            place += length
        total, left = total + place, left[place:]
    if left or not starts:
        raise ValueError("the MP3 encoder stopped in the middle of a frame")
    share = [starts[len(starts) * entry // _TOC_ENTRIES] + information_bytes for entry in range(_TOC_ENTRIES)]
    toc = bytes(min(255, 256 * start // (total + information_bytes)) for start in share)
    return Stream(header, len(starts), total, toc, crc)


def information_bytes(rate: int, bit_rate: int) -> int:
    """Return the length of the information frame: that of an audio frame without padding."""
    return FRAME_SAMPLES // 8 * bit_rate * 1000 // rate


def information_frame(stream: Stream, *, n_samples: int, rate: int, bit_rate: int) -> bytes:
    """Return the frame to put in front: how many frames follow, where they are, and which samples are real.

    Parameters
    ----------
    stream : Stream
        The frames that follow.
    n_samples : int
        Samples per channel that were encoded.
    rate, bit_rate : int
        Hz and kbit/s.

    Raises
    ------
    ValueError
        If the frames cannot hold that many samples, or hold far more.
    """
    padding = stream.n_frames * FRAME_SAMPLES - ENCODER_DELAY - n_samples
    if not 0 <= padding < 1 << 12:
        raise ValueError(f"the MP3 encoder returned {stream.n_frames} frames for {n_samples} samples")
    length = information_bytes(rate, bit_rate)
    mono = stream.header[3] >> 6 == _MONO
    codes = _BIT_RATES.index(bit_rate) << 4 | RATES.index(rate) << 2
    header = bytes([stream.header[0], stream.header[1], codes, stream.header[3]])
    frame = header + bytes(17 if mono else 32) + b"Info" + (0x0F).to_bytes(4, "big")
    frame += stream.n_frames.to_bytes(4, "big") + min(0xFFFFFFFF, stream.n_bytes + length).to_bytes(4, "big")
    frame += stream.toc + (57).to_bytes(4, "big")  # quality: 100 - 10 * 4 (default VBR) - 3 (noise shaping)
    frame += b"LAME3.100" + bytes([0x01])  # revision 0, constant bit rate
    frame += bytes(1 + 4 + 2 + 2 + 1)  # low-pass, peak, two gains, flags: not stated
    frame += bytes([min(255, bit_rate)]) + (ENCODER_DELAY << 12 | padding).to_bytes(3, "big")
    source_rate = 0 if rate < 44100 else 1 if rate == 44100 else 2
    stereo_mode = 0 if mono else 3
    frame += bytes([source_rate << 6 | stereo_mode << 2, 0, 0, 0])
    frame += min(0xFFFFFFFF, stream.n_bytes + length).to_bytes(4, "big") + stream.crc.to_bytes(2, "big")
    frame += crc16(frame).to_bytes(2, "big")
    return frame + bytes(length - len(frame))


def _byte_table() -> NDArray[np.uint16]:
    table = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ 0xA001, table >> 1).astype(np.uint16)
    return table


_TABLE = _byte_table()
_ROW_BYTES = 256


def crc16(data: bytes, crc: int = 0) -> int:
    """Return the reflected CRC-16 of 0x8005, continuing from `crc`.

    The CRC of a long text is the XOR of the CRCs of its parts, each carried over the zeros behind it; so the rows of a
    matrix are worked on at once, and only then combined.
    """
    whole = len(data) // _ROW_BYTES * _ROW_BYTES
    rows = np.frombuffer(data, np.uint8, whole).reshape(-1, _ROW_BYTES)
    if len(rows):
        crcs = np.zeros(len(rows), np.uint16)
        for column in rows.T:
            crcs = crcs >> 8 ^ _TABLE[(crcs ^ column) & 0xFF]
        over_a_row = _over_zeros()
        for row in crcs.tolist():
            crc = over_a_row[crc] ^ row
    for byte in data[whole:]:
        crc = crc >> 8 ^ int(_TABLE[(crc ^ byte) & 0xFF])
    return crc


_carried: list[int] = []


def _over_zeros() -> list[int]:
    """Return what each possible CRC becomes over one row of zeros."""
    if not _carried:
        crcs = np.arange(1 << 16, dtype=np.uint16)
        for _ in range(_ROW_BYTES):
            crcs = crcs >> 8 ^ _TABLE[crcs & 0xFF]
        _carried.extend(crcs.tolist())
    return _carried
