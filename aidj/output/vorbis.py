"""Vorbis comments, and a FLAC file's head around them.

Sources: "Ogg Vorbis I format specification: comment field and header specification" and "Chapter Extension"
(xiph.org); RFC 9639, section 8 (FLAC metadata blocks).
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from aidj.errors import OutputError
from aidj.output.chapters import Chapter
from aidj.output.text import clock, many_lines, one_line

_log = logging.getLogger(__name__)

MAX_CHAPTERS = 1000
"""The chapter extension numbers from 000 to 999."""

_STREAMINFO, _PADDING, _VORBIS_COMMENT = 0, 1, 4
_MAX_BLOCK = (1 << 24) - 1
_LONG_KEYS = ("comment", "lyrics")


def comment_fields(tags: Mapping[str, str], chapters: Sequence[Chapter] = ()) -> list[tuple[str, str]]:
    """Return tags and chapters as Vorbis comment fields: keys in capitals, values as they are to be stored."""
    fields = [
        (field_name(key), many_lines(value) if key in _LONG_KEYS else one_line(value, 10_000))
        for key, value in tags.items()
        if value.strip()
    ]
    if len(chapters) > MAX_CHAPTERS:
        _log.warning("only the first %d of %d chapters can be stored", MAX_CHAPTERS, len(chapters))
    for index, chapter in enumerate(chapters[:MAX_CHAPTERS]):
        fields.append((f"CHAPTER{index:03d}", clock(chapter.start_s)))
        fields.append((f"CHAPTER{index:03d}NAME", one_line(chapter.title)))
    return fields


def field_name(key: str) -> str:
    """Return a tag's key as a field name: capitals, printable ASCII without ``=``."""
    return re.sub(r"[^ -<>-}]", "_", key.upper())


def comment_block(fields: Sequence[tuple[str, str]], vendor: str) -> bytes:
    """Return a comment header without framing: lengths are 32 bits, least significant byte first."""
    entries = [vendor.encode(), *(f"{key}={value}".encode() for key, value in fields)]
    sized = [len(entry).to_bytes(4, "little") + entry for entry in entries]
    return sized[0] + len(fields).to_bytes(4, "little") + b"".join(sized[1:])


def copy_flac_with_comment(source: Path, target: Path, comment: bytes) -> None:
    """Copy a FLAC file, putting this comment block in place of its own; the audio frames are copied as they are.

    Raises
    ------
    OutputError
        If the comment is longer than the 16 MB that a metadata block holds.
    ValueError
        If `source` is no FLAC file.
    """
    if len(comment) > _MAX_BLOCK:
        raise OutputError("The tags do not fit into a FLAC file", cause="together they are longer than 16 MB")
    with source.open("rb") as old, target.open("wb") as new:
        blocks = [block for block in _blocks(old) if block[0] not in (_VORBIS_COMMENT, _PADDING)]
        if not blocks or blocks[0][0] != _STREAMINFO:
            raise ValueError("the FLAC encoder wrote no stream information")
        blocks.insert(1, (_VORBIS_COMMENT, comment))
        new.write(b"fLaC")
        for index, (kind, body) in enumerate(blocks):
            last = 0x80 if index == len(blocks) - 1 else 0
            new.write(bytes([last | kind]) + len(body).to_bytes(3, "big") + body)
        shutil.copyfileobj(old, new, 1 << 20)


def _blocks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the metadata blocks and leave the file at its first audio frame."""
    if file.read(4) != b"fLaC":
        raise ValueError("not a FLAC file")
    last = False
    while not last:
        head = file.read(4)
        if len(head) < 4:
            raise ValueError("a FLAC file without audio")
        last = bool(head[0] & 0x80)
        yield head[0] & 0x7F, file.read(int.from_bytes(head[1:], "big"))
