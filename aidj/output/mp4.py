"""Tags of an M4A file: the list of items that FFmpeg's muxer left, written anew with every tag in it.

FFmpeg stores either its dozen known tags as items, or all tags in a list that music players do not read; so it is
asked for none, and the list is made here.

Sources: ISO/IEC 14496-12 (boxes); "QuickTime File Format Specification: Metadata" (Apple); the item names that iTunes
writes, as listed in the documentation of AtomicParsley and mutagen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from aidj.output.text import many_lines, one_line

_TEXT_ITEMS = {
    "title": b"\xa9nam",
    "artist": b"\xa9ART",
    "album": b"\xa9alb",
    "albumartist": b"aART",
    "date": b"\xa9day",
    "genre": b"\xa9gen",
    "comment": b"\xa9cmt",
    "composer": b"\xa9wrt",
    "lyrics": b"\xa9lyr",
    "copyright": b"cprt",
    "encoder": b"\xa9too",
}
_NUMBER_PAIRS = {"tracknumber": (b"trkn", 8), "discnumber": (b"disk", 6)}
_LONG_KEYS = ("comment", "lyrics")
_BINARY, _UTF8, _INTEGER = 0, 1, 21
_HEAD = 8


def set_tags(path: Path, tags: Mapping[str, str]) -> None:
    """Replace the tags of a finished file whose index stands at its end, in place.

    Raises
    ------
    ValueError
        If the file is not laid out as FFmpeg's muxer lays it out.
    """
    with path.open("r+b") as file:
        start, moov = _last_box(file)
        if moov[4:8] != b"moov":
            raise ValueError("the index of the M4A file is not at its end")
        items = _box(b"ilst", b"".join(_item(key, value) for key, value in tags.items() if value.strip()))
        handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
        meta = _box(b"meta", bytes(4) + handler + items)
        children = []
        others = b""
        for name, box in _boxes(moov[_HEAD:]):
            if name == b"udta":
                others = b"".join(child for kind, child in _boxes(box[_HEAD:]) if kind != b"meta")
            else:
                children.append(box)
        file.seek(start)
        file.write(_box(b"moov", b"".join(children) + _box(b"udta", meta + others)))
        file.truncate()


def _last_box(file: BinaryIO) -> tuple[int, bytes]:
    """Return the position and the bytes of the last box of a file, reading no other."""
    end = file.seek(0, 2)
    place = 0
    while True:
        file.seek(place)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < _HEAD or place + size > end:
            raise ValueError("the M4A file is damaged")
        if place + size == end:
            file.seek(place)
            return place, file.read(size)
        place += size


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + _HEAD <= len(body):
        size = int.from_bytes(body[place : place + 4], "big")
        if size < _HEAD:
            return
        yield body[place + 4 : place + 8], body[place : place + size]
        place += size


def _item(key: str, value: str) -> bytes:
    text = many_lines(value) if key in _LONG_KEYS else one_line(value, 10_000)
    if key in _TEXT_ITEMS:
        return _box(_TEXT_ITEMS[key], _data(_UTF8, text.encode()))
    numbers = [int(part) if part.isdecimal() and int(part) < 1 << 16 else 0 for part in f"{text}/0".split("/")[:2]]
    if key in _NUMBER_PAIRS and numbers[0]:
        item, length = _NUMBER_PAIRS[key]
        pair = bytes(2) + b"".join(number.to_bytes(2, "big") for number in numbers)
        return _box(item, _data(_BINARY, pair.ljust(length, b"\0")))
    if key == "bpm":
        try:
            return _box(b"tmpo", _data(_INTEGER, round(float(text)).to_bytes(2, "big")))
        except (ValueError, OverflowError):
            pass  # kept as text below
    name = one_line(key) if key == "initialkey" else one_line(key).upper()  # DJ programs look for the small letters
    return _box(
        b"----",
        _box(b"mean", bytes(4) + b"com.apple.iTunes")
        + _box(b"name", bytes(4) + name.encode())
        + _data(_UTF8, text.encode()),
    )


def _data(kind: int, value: bytes) -> bytes:
    return _box(b"data", kind.to_bytes(4, "big") + bytes(4) + value)


def _box(name: bytes, body: bytes) -> bytes:
    return (_HEAD + len(body)).to_bytes(4, "big") + name + body
