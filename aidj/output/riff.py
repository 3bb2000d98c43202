"""Chapters and tags behind the samples of a WAV file.

Sources: "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991) for ``cue ``,
``LIST/adtl`` and ``LIST/INFO``; EBU Tech 3306 for RF64. Texts are UTF-8, as today's readers expect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aidj.output.chapters import Chapter
from aidj.output.id3 import id3_tag
from aidj.output.text import many_lines, one_line

_INFO_KEYS = {
    "title": b"INAM",
    "artist": b"IART",
    "album": b"IPRD",
    "date": b"ICRD",
    "genre": b"IGNR",
    "comment": b"ICMT",
    "copyright": b"ICOP",
    "tracknumber": b"ITRK",
    "encoder": b"ISFT",
}


def append_chunks(path: Path, tags: Mapping[str, str], chapters: Sequence[Chapter], rate: int) -> None:
    """Append cue points, their labels, INFO tags and an ID3 tag to a finished WAV or RF64 file, in place.

    The ID3 tag holds what INFO has no name for, and the rest again.

    Raises
    ------
    ValueError
        If the file is neither.
    """
    chunks = b""
    if chapters:
        chunks += _cue_points(chapters, rate) + _labels(chapters)
    if tags:
        # No chapters here: readers would list them twice.
        chunks += _info(tags) + _chunk(b"id3 ", id3_tag(tags))
    if not chunks:
        return
    with path.open("r+b") as file:
        head = file.read(28)
        if head[:4] not in (b"RIFF", b"RF64") or head[8:12] != b"WAVE":
            raise ValueError("not a WAV file")
        end = file.seek(0, 2)
        if end % 2:
            chunks = b"\0" + chunks
        file.write(chunks)
        size = end + len(chunks) - 8
        if head[:4] == b"RIFF":
            file.seek(4)
            file.write(size.to_bytes(4, "little"))
        else:
            file.seek(20)  # the 64-bit size, first in the ds64 chunk that comes first in an RF64 file
            file.write(size.to_bytes(8, "little"))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def _cue_points(chapters: Sequence[Chapter], rate: int) -> bytes:
    body = len(chapters).to_bytes(4, "little")
    for number, chapter in enumerate(chapters, start=1):
        frame = min(0xFFFFFFFF, round(chapter.start_s * rate)).to_bytes(4, "little")
        body += number.to_bytes(4, "little") + frame + b"data" + bytes(8) + frame
    return _chunk(b"cue ", body)


def _labels(chapters: Sequence[Chapter]) -> bytes:
    body = b"adtl"
    for number, chapter in enumerate(chapters, start=1):
        body += _chunk(b"labl", number.to_bytes(4, "little") + one_line(chapter.title).encode() + b"\0")
    return _chunk(b"LIST", body)


def _info(tags: Mapping[str, str]) -> bytes:
    body = b"INFO"
    for key, name in _INFO_KEYS.items():
        value = tags.get(key, "")
        if value.strip():
            text = many_lines(value) if key == "comment" else one_line(value, 10_000)
            body += _chunk(name, text.encode() + b"\0")
    return _chunk(b"LIST", body)
