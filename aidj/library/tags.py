"""What the tags of a file say, in the file's own words: a field's name and its values, whatever the format.

tinytag reads; where it gives up, or cannot decode a text, FFmpeg's libraries (through PyAV) are asked instead.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from aidj.library.duration import av_name, skip_id3
from aidj.library.id3 import plain_tags
from aidj.library.text import clean, clean_lines

logger = logging.getLogger(__name__)

RawTags = Mapping[str, tuple[str, ...]]
"""Values by field, never empty; names are lower-case letters and digits: ``musicbrainzalbumid``, ``tdor``."""

_MUSICBRAINZ_OWNER = "http://musicbrainz.org"
_MANY_LINES = frozenset({"lyrics", "unsyncedlyrics", "syncedlyrics"})
_MAX_VALUES = 100
_MAX_RAW_CHARS = 10_000  # longer ones are pictures in the wrong place, or sound after a damaged length
_NOT_ALNUM = re.compile(r"[^0-9a-z]+")
_AV_NAMES = {"date": "year", "tbpm": "bpm", "tsrc": "isrc", "tkey": "initialkey", "tracknumber": "track"}
_UNDECODED = "\ufffd"


def read_tags(path: bytes, file: BinaryIO) -> RawTags:
    """Return what the tags say; empty where there are none, or they are beyond repair.

    Parameters
    ----------
    path : bytes
        Where the file lies, for its suffix and for the log.
    file : BinaryIO
        The same file, open; its position is moved.
    """
    from tinytag import TinyTag, TinyTagException

    try:
        offset = skip_id3(file)
        file.seek(offset)
        lead = file.read(12)
        file.seek(0)
        if _has_own_tags(lead):
            tag = TinyTag.get(file_obj=file, duration=False)
        else:
            tag = TinyTag.get("plain.mp3", file_obj=plain_tags(file), duration=False)
    except (TinyTagException, OSError, ValueError) as error:
        logger.info("%s: the tags are damaged (%s), asking FFmpeg", os.fsdecode(path), error)
        return _read_with_av(path)
    fields = [
        (name, (str(value),))
        for name in ("title", "artist", "album", "albumartist", "composer", "genre", "track", "disc", "year")
        if (value := getattr(tag, name)) is not None
    ]
    raw = _collected([*fields, *tag.other.items()])
    if any(_UNDECODED in value for values in raw.values() for value in values):
        raw = _redecoded(raw, _read_with_av(path, encoding="cp1252"))
    if len(raw.get("artist", ())) > 1:
        raw = _artists_apart(raw, _read_with_av(path))
    return raw


def _has_own_tags(lead: bytes) -> bool:
    """Tell whether the format keeps its tags inside, other than MPEG audio, which has them before and behind."""
    return lead[:4] in (b"fLaC", b"OggS", b"RIFF", b"FORM") or lead[4:8] == b"ftyp"


def _collected(fields: Iterable[tuple[str, Iterable[str]]]) -> RawTags:
    """Bring names to one form and values to text; several values of a field stay in their order."""
    raw: dict[str, dict[str, None]] = {}
    for name, values in fields:
        if name.startswith("_") and name != "_year":  # tinytag's mark for a free field that repeats a standard one
            continue
        for value in values:
            field, text = _NOT_ALNUM.sub("", name.lower()), value
            if field == "ufid":
                owner, _, text = value.partition("\0")
                if owner != _MUSICBRAINZ_OWNER:
                    continue
                field = "musicbrainztrackid"
            if field not in _MANY_LINES and len(text) > _MAX_RAW_CHARS:
                continue
            parts = [clean_lines(text.replace("\0", "\n"))] if field in _MANY_LINES else map(clean, text.split("\0"))
            kept = raw.setdefault(field, {})
            kept.update((part, None) for part in parts if part and len(kept) < _MAX_VALUES)
    return {field: tuple(values) for field, values in raw.items() if values}


def _read_with_av(path: bytes, encoding: str = "utf-8") -> RawTags:
    import av

    try:
        with av.open(av_name(path), "r", metadata_encoding=encoding, metadata_errors="replace") as container:
            found = dict(container.metadata)
            for stream in container.streams.audio[:1]:  # Ogg keeps its tags with the stream
                found = {**stream.metadata, **found}
    except (av.FFmpegError, OSError, ValueError) as error:
        logger.info("%s: no tags can be read (%s)", os.fsdecode(path), error)
        return {}
    fields = []
    for name, value in found.items():
        plain = _NOT_ALNUM.sub("", name.lower())
        plain = "lyrics" if plain.startswith("lyrics") else _AV_NAMES.get(plain, plain)
        fields.append((plain, (value,)))
    return _collected(fields)


def _redecoded(raw: RawTags, second: RawTags) -> RawTags:
    """Replace values that did not decode by those of a second reading."""
    return {
        field: second[field] if any(_UNDECODED in value for value in values) and field in second else values
        for field, values in raw.items()
    }


def _artists_apart(raw: RawTags, second: RawTags) -> RawTags:
    """Part the values of ``artist`` (the credit) from those of ``artists`` (its names), which tinytag puts together."""

    def said(field: str) -> set[str]:
        return {part.strip() for value in second.get(field, ()) for part in (value, *value.split(";"))}

    values = raw["artist"]
    credit = tuple(value for value in values if value in said("artist"))
    if not credit:
        return raw
    if not said("artists"):
        return {**raw, "artist": credit}
    # FFmpeg gives only the first of several free-form values: the others are what is left over.
    left_out = (said("artist") | said("author")) - said("artists")
    return {**raw, "artist": credit, "artists": tuple(value for value in values if value not in left_out)}
