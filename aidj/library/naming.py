"""What a file's path says about it, for files whose tags do not."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from aidj.library.folders import below
from aidj.library.text import decode_name
from aidj.names import match_key

UNKNOWN_ARTIST = "Unknown artist"

_DASH = re.compile(r"\s+[-–—]\s+")
_DISC_AND_NUMBER = re.compile(r"(\d{1,2})-(\d{2})(?:\s*[-.–—_]\s*|\s+)(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})(\s*[-.)–—_]\s*|\s+)(?=\S)")
_NUMBER_ALONE = re.compile(r"\d{1,3}")
_DISC_FOLDER = re.compile(r"(?:cd|disc|disk|dvd)[\s_.-]*(\d{1,2})\b.*", re.IGNORECASE)
_ALBUM_YEAR = re.compile(
    r"^(?:[\[(]?(?:19|20)\d\d[\])]?\s*(?:[-–—]\s*|(?<=[\])])\s*))(?=\S)|\s*[\[(](?:19|20)\d\d[\])]$"
)
_DOWNLOAD = re.compile(
    r"\s*\[[\w-]{11}\]$|\s*[\[(](?:official )?(?:music |lyrics? |audio )?(?:video|audio)(?: hd| hq)?[\])]$",
    re.IGNORECASE,
)
_NO_ARTIST = frozenset(map(match_key, ("Various Artists", "Various", "VA", "V.A.", "Compilations", "Unknown Artist")))
_HIGHEST_BARE_NUMBER = 40  # "12 Title" is the twelfth song of an album, "99 Luftballons" is a title


@dataclass(frozen=True, slots=True)
class PathName:
    """What a path says."""

    title: str
    artist: str | None = None
    album: str | None = None
    disc_number: int | None = None
    track_number: int | None = None


def name_from_path(path: bytes, root: bytes) -> PathName:
    """Read ``Artist/Album/01 - Title``, ``Artist - Title``, ``Artist/01 Title`` and the like.

    Only folders below the scanned one count: what lies above it says nothing about music. A name that fits no pattern
    is all title; the title is never empty.
    """
    relative = path[len(below(root)) :] if path.startswith(below(root)) else os.path.basename(path)  # noqa: PTH119
    *folders, name = [decode_name(part) for part in relative.split(os.sep.encode())]
    folders = [folder for folder in folders if folder]
    disc_number = None
    if folders and (match := _DISC_FOLDER.fullmatch(folders[-1])):
        disc_number = int(match[1]) or None
        folders.pop()
    stem = name[: name.rfind(".")] if "." in name else name
    if " " not in stem.strip():
        stem = stem.replace("_", " ")
    stem = _DOWNLOAD.sub("", stem.strip()) or stem.strip()

    folder_artist, album = _from_folders(folders)
    rest, number, disc_in_name = _without_number(stem)
    parts = [part.strip() for part in _DASH.split(rest) if part.strip()]
    artist = folder_artist
    if len(parts) >= 3 and number is None and _NUMBER_ALONE.fullmatch(parts[1]):
        number = int(parts[1])  # Artist - 01 - Title
        parts.pop(1)
    elif len(parts) >= 4 and number is None and _NUMBER_ALONE.fullmatch(parts[2]):
        number = int(parts[2])  # Artist - Album - 01 - Title
        album = album or parts[1]
        del parts[1:3]
    if len(parts) >= 2 and (
        artist is None or len(folders) < 2 or match_key(parts[0]) in (match_key(artist), match_key(album or ""))
    ):
        if match_key(parts[0]) != match_key(album or "") or artist is None:
            if album is None and artist is not None and match_key(artist) != match_key(parts[0]):
                album = artist  # Album/Artist - Title
            artist = parts[0]
        parts.pop(0)
        title = " - ".join(parts)
    else:
        title = rest
    return PathName(
        title=title or stem or "Untitled",
        artist=artist,
        album=album,
        disc_number=disc_number or disc_in_name,
        track_number=number or None,
    )


def _from_folders(folders: list[str]) -> tuple[str | None, str | None]:
    if not folders:
        return None, None
    album: str | None = None
    artist: str | None
    if len(folders) >= 2:
        artist, album = folders[-2], folders[-1]
    else:
        parts = _DASH.split(folders[0])
        artist, album = (parts[0], " - ".join(parts[1:])) if len(parts) > 1 else (folders[0], None)
        if album and re.fullmatch(r"\d{4}", artist):  # "1994 - Album"
            artist = None
    if artist and match_key(artist) in _NO_ARTIST:
        artist = None
    if album:
        album = _ALBUM_YEAR.sub("", album) or album
    return artist, album


def _without_number(stem: str) -> tuple[str, int | None, int | None]:
    """Return (what is left, track number, disc number)."""
    if match := _DISC_AND_NUMBER.match(stem):
        return stem[match.end() :], int(match[2]) or None, int(match[1]) or None
    if match := _NUMBER.match(stem):
        number, mark = match[1], match[2].strip()
        bare = len(number) == 2 and int(number) <= _HIGHEST_BARE_NUMBER
        if mark or number.startswith("0") or bare:
            return stem[match.end() :], int(number) or None, None
    return stem, None, None
