"""ID3v2 tags in their plainest form, for a reader that knows no other.

tinytag passes over what the standard allows and old taggers used: unsynchronisation (ID3v2.4 section 6.1), extended
headers, frames that are compressed or carry a length, and frame sizes that iTunes wrote without the synchsafe bits.
Here the text frames are taken out of all that and written again as a small ID3v2.3 tag without any flags; ratings and
play counts, which are no text, become text.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

MAX_TEXT_FRAME_BYTES = 1 << 20
_WANTED = (
    *(b"UFID", b"UFI", b"USLT", b"ULT", b"SYLT", b"SLT"),
    *(b"MVNM", b"MVIN", b"GRP1", b"GP1"),  # Apple's own: a movement's name and number, and the grouping
    *(b"POPM", b"POP", b"PCNT", b"CNT"),
)
POPM_FIELD, PCNT_FIELD = "popularimeter", "playcounter"
"""The fields that ratings (``196 7``: step of 255, plays) and play counts become, which tinytag leaves out."""
_V1_BYTES = 128


def plain_tags(file: BinaryIO) -> BinaryIO:
    """Return the tags at the beginning (ID3v2) and the end (ID3v1) of a file as a file of their own."""
    file.seek(0)
    result = io.BytesIO()
    header = file.read(10)
    if header[:3] == b"ID3" and len(header) == 10:
        frames = b"".join(_written(name, content, header[3]) for name, content in _frames(file, header))
        major = 2 if header[3] == 2 else 3
        padding = bytes(16)
        result.write(b"ID3" + bytes([major, 0, 0]) + _synchsafe(len(frames) + len(padding)) + frames + padding)
    size = file.seek(0, os.SEEK_END)
    if size >= _V1_BYTES:
        file.seek(size - _V1_BYTES)
        last = file.read(_V1_BYTES)
        if last[:3] == b"TAG":
            result.write(last)
    result.seek(0)
    return result


def _frames(file: BinaryIO, header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, content) of the frames that hold text; stops where the tag breaks off."""
    major, flags, size = header[3], header[5], _from_synchsafe(header[6:10])
    tag: BinaryIO = file
    if flags & 0x80 and major < 4:  # in 2.4 each frame says so for itself
        tag = io.BytesIO(file.read(size).replace(b"\xff\x00", b"\xff"))
        size, begin = len(tag.getbuffer()), 0
    else:
        begin = 10
    end = begin + size
    position = begin
    if flags & 0x40 and major > 2:
        tag.seek(begin)
        raw = tag.read(4)
        position += _from_synchsafe(raw) if major == 4 else 4 + int.from_bytes(raw, "big")
    name_bytes, header_bytes = (3, 6) if major == 2 else (4, 10)
    while position + header_bytes < end:
        tag.seek(position)
        head = tag.read(header_bytes)
        name = head[:name_bytes]
        if len(head) < header_bytes or not name.isalnum():
            return
        length = int.from_bytes(head[name_bytes : 2 * name_bytes], "big")
        if major == 4:
            length = _frame_length(tag, position, length, end)
        position += header_bytes + length
        if position > end:
            return
        if length <= MAX_TEXT_FRAME_BYTES and (name[:1] == b"T" or name in _WANTED):
            tag.seek(position - length)
            content = tag.read(length)
            if len(content) < length:
                return
            if major > 2:
                content = _unpacked(content, head[9] | (flags & 0x80 and major == 4 and 0x02), major)
            if content and not _is_other_than_lyrics(name, content):
                yield name, content


def _is_other_than_lyrics(name: bytes, content: bytes) -> bool:
    """Return whether a frame holds texts with times that nobody sings: chords, events, pictures."""
    # Encoding, language (3), format of the stamps, content type: 0 other, 1 lyrics, 2 transcription, 3 movement, ...
    return name in (b"SYLT", b"SLT") and len(content) > 5 and content[5] > 2


def _frame_length(tag: BinaryIO, position: int, raw: int, end: int) -> int:
    """Return the length of an ID3v2.4 frame: synchsafe, unless only the plain number leads to another frame."""
    safe = _from_synchsafe(raw.to_bytes(4, "big"))
    if raw < 0x80 or _leads_on(tag, position + 10 + safe, end) or not _leads_on(tag, position + 10 + raw, end):
        return safe
    return raw


def _leads_on(tag: BinaryIO, position: int, end: int) -> bool:
    if position >= end:
        return position == end
    tag.seek(position)
    name = tag.read(4)
    return name == bytes(4)[: len(name)] or (len(name) == 4 and name.isalnum() and name.upper() == name)


def _unpacked(content: bytes, flags: int, major: int) -> bytes:
    """Undo what the second flag byte of a frame says was done to its content; empty if that is impossible."""
    if major == 4:
        packed, secret, skip, unsync = flags & 0x08, flags & 0x04, (flags & 0x40) >> 6, flags & 0x02
        skip += 4 if flags & 0x01 else 0
    else:
        packed, secret, skip, unsync = flags & 0x80, flags & 0x40, (flags & 0x20) >> 5, 0
        skip += 4 if packed else 0
    if secret:
        return b""
    content = content[skip:]
    if unsync:
        content = content.replace(b"\xff\x00", b"\xff")
    if packed:
        try:
            content = zlib.decompressobj().decompress(content, MAX_TEXT_FRAME_BYTES)
        except zlib.error:
            return b""
    return content


def _written(name: bytes, content: bytes, major: int) -> bytes:
    if name in (b"POPM", b"POP", b"PCNT", b"CNT"):
        name, content = b"TXX" if major == 2 else b"TXXX", _as_text(name, content)
    if major == 2:
        return name + len(content).to_bytes(3, "big") + content
    return name + len(content).to_bytes(4, "big") + bytes(2) + content


def _as_text(name: bytes, content: bytes) -> bytes:
    """Return a rating (ID3v2.4 section 4.17: whose, step, plays) or play counter (4.16) as a free text field."""
    if name in (b"PCNT", b"CNT"):
        field, words = PCNT_FIELD, str(int.from_bytes(content[:8], "big"))
    else:
        _, _, rated = content.partition(b"\0")
        field, words = POPM_FIELD, f"{rated[0] if rated else 0} {int.from_bytes(rated[1:9], 'big')}"
    return b"\0" + field.encode() + b"\0" + words.encode()


def _from_synchsafe(raw: bytes) -> int:
    number = 0
    for byte in raw:
        number = number << 7 | byte & 0x7F
    return number


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
