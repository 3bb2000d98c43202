"""ID3v2.4 tags with chapters.

Version 2.4, because it has UTF-8 and one frame for a date of any precision, and because the readers of chapter frames
(podcast players, FFmpeg, mutagen) take them from either version.

Sources: ID3v2.4.0 "Main structure" and "Native frames" (id3.org, 2000); "ID3v2 Chapter Frame Addendum" 1.0 (2005).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aidj.output.chapters import Chapter
from aidj.output.text import many_lines, one_line

_TEXT_FRAMES = {
    "title": b"TIT2",
    "artist": b"TPE1",
    "album": b"TALB",
    "albumartist": b"TPE2",
    "date": b"TDRC",
    "originaldate": b"TDOR",
    "genre": b"TCON",
    "tracknumber": b"TRCK",
    "discnumber": b"TPOS",
    "composer": b"TCOM",
    "isrc": b"TSRC",
    "bpm": b"TBPM",
    "initialkey": b"TKEY",
    "label": b"TPUB",
    "copyright": b"TCOP",
    "encoder": b"TSSE",
}
_LANGUAGE = b"und"
_UTF8 = b"\x03"
_NO_OFFSET = b"\xff\xff\xff\xff"
_TOP_LEVEL_ORDERED, _ORDERED = 0x03, 0x01
_MAX_CHILDREN = 255
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?.*")


def id3_tag(tags: Mapping[str, str], chapters: Sequence[Chapter] = ()) -> bytes:
    """Return a whole ID3v2.4 tag; nothing where there is nothing to say.

    Parameters
    ----------
    tags : mapping
        Values by lower-case key (``title``, ``artist``, ``date``, …); a key without a frame of its own becomes a
        user-defined text frame named in capitals.
    chapters : sequence of Chapter
        In order of their start.
    """
    frames = b"".join(_tag_frame(key, value) for key, value in tags.items() if value.strip())
    if chapters:
        frames += _contents(len(chapters))
        frames += b"".join(_chapter(index, chapter) for index, chapter in enumerate(chapters))
    if not frames:
        return b""  # readers take a tag without frames for a damaged one
    return b"ID3\x04\x00\x00" + _syncsafe(len(frames)) + frames


def _tag_frame(key: str, value: str) -> bytes:
    if key == "comment":
        return _frame(b"COMM", _UTF8 + _LANGUAGE + b"\0" + many_lines(value).encode())
    if key == "lyrics":
        return _frame(b"USLT", _UTF8 + _LANGUAGE + b"\0" + many_lines(value).encode())
    text = one_line(value, 10_000)
    if key in _TEXT_FRAMES and not (key in ("date", "originaldate") and not _DATE.fullmatch(text)):
        return _frame(_TEXT_FRAMES[key], _UTF8 + text.encode())
    return _frame(b"TXXX", _UTF8 + one_line(key).upper().encode() + b"\0" + text.encode())


def _contents(n_chapters: int) -> bytes:
    """Return the table(s) of contents; one holds 255 entries, so a longer list becomes a table of tables."""
    ids = [_element_id(index) for index in range(n_chapters)]
    if n_chapters <= _MAX_CHILDREN:
        return _table(b"toc", _TOP_LEVEL_ORDERED, ids)
    parts = [ids[start : start + _MAX_CHILDREN] for start in range(0, n_chapters, _MAX_CHILDREN)]
    names = [b"toc%d" % index for index in range(len(parts))]
    tables = b"".join(_table(name, _ORDERED, part) for name, part in zip(names, parts, strict=True))
    return _table(b"toc", _TOP_LEVEL_ORDERED, names) + tables


def _table(name: bytes, flags: int, children: Sequence[bytes]) -> bytes:
    return _frame(b"CTOC", name + b"\0" + bytes([flags, len(children)]) + b"".join(child + b"\0" for child in children))


def _chapter(index: int, chapter: Chapter) -> bytes:
    times = b"".join(min(0xFFFFFFFE, round(s * 1000)).to_bytes(4, "big") for s in (chapter.start_s, chapter.end_s))
    title = _frame(b"TIT2", _UTF8 + one_line(chapter.title).encode())
    return _frame(b"CHAP", _element_id(index) + b"\0" + times + _NO_OFFSET * 2 + title)


def _element_id(index: int) -> bytes:
    return b"chp%d" % index


def _frame(name: bytes, body: bytes) -> bytes:
    return name + _syncsafe(len(body)) + b"\0\0" + body


def _syncsafe(number: int) -> bytes:
    if number >= 1 << 28:
        raise ValueError("an ID3 tag holds less than 256 MB")
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
