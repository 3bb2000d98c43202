"""One sound file read into a track."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from aidj.errors import LibraryError
from aidj.library.credits import names_of
from aidj.library.duration import measure_duration_s
from aidj.library.folders import FoundFile, absolute, to_path
from aidj.library.identity import content_id
from aidj.library.meaning import Meaning, understand
from aidj.library.naming import UNKNOWN_ARTIST, name_from_path
from aidj.library.problems import UnusableFileError, in_words
from aidj.library.tags import read_tags
from aidj.library.works import work_of
from aidj.model import Track

logger = logging.getLogger(__name__)

READER_VERSION = 3
"""Raised when files should be read again because more is made of them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_MUSIC_FILES_BEFORE = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What one file gave."""

    track: Track
    lyrics: str | None
    names_tagged: bool
    """Whether the artists' names stand one by one in the tags, so that the credit need not be split."""
    markers: tuple[tuple[str, str], ...] = ()
    """Tags with cue points, by name, as they stand."""


def read_file(found: FoundFile, now: datetime) -> ReadFile:
    """Read a file's identity, length and tags.

    Damaged tags cost the names, not the track: it is then named by its path.

    Raises
    ------
    UnusableFileError
        If the file cannot be opened, or holds no sound.
    """
    if found.size == 0:
        raise UnusableFileError("the file is empty", lasting=True)
    try:
        with open(found.path, "rb") as file:  # noqa: PTH123 (bytes paths throughout)
            track_id = content_id(file, found.size)
            duration_s = measure_duration_s(found.path, file)
            meaning = _meaning(found.path, file)
    except OSError as error:
        raise UnusableFileError(in_words(error), lasting=False) from error
    path_name = name_from_path(found.path, found.root)
    by_path = not (meaning.title and meaning.artist)
    title = meaning.title or path_name.title
    artist = meaning.artist or path_name.artist
    artists, guests = names_of(artist or "", title, meaning.artists)
    part = work_of(
        title,
        work=meaning.work,
        grouping=meaning.grouping,
        movement=meaning.movement,
        movement_number=meaning.movement_number,
        composer=meaning.composer,
        genres=meaning.genres,
    )
    track = Track(
        id=track_id,
        path=to_path(found.path),
        title=title,
        artist=artist or UNKNOWN_ARTIST,
        artists=artists,
        guests=guests,
        album=meaning.album or (path_name.album if by_path else None),
        album_artist=meaning.album_artist,
        disc_number=meaning.disc_number or (path_name.disc_number if by_path else None),
        track_number=meaning.track_number or (path_name.track_number if by_path else None),
        genres=meaning.genres,
        released=meaning.released,
        first_released=meaning.first_released,
        duration_s=duration_s,
        added_at=first_seen(found.mtime_ns, now),
        recording_mbid=meaning.recording_mbid,
        release_mbid=meaning.release_mbid,
        artist_mbids=meaning.artist_mbids,
        isrc=meaning.isrc,
        bpm=meaning.bpm,
        key=meaning.key,
        track_gain_db=meaning.track_gain_db,
        album_gain_db=meaning.album_gain_db,
        explicit=meaning.explicit,
        composer=meaning.composer,
        label=meaning.label,
        work=part.work if part else None,
        movement=part.movement if part else meaning.movement,
        movement_number=part.movement_number if part else meaning.movement_number,
        moods=meaning.moods,
        compilation=meaning.compilation,
        rating=meaning.rating,
        play_count=meaning.play_count,
        named_by="path" if by_path else "tags",
    )
    return ReadFile(track=track, lyrics=meaning.lyrics, names_tagged=bool(meaning.artists), markers=meaning.markers)


def read_alone(path: Path, now: datetime) -> ReadFile:
    """Read one file that need not be in any library.

    Raises
    ------
    LibraryError
        If it cannot be opened, or holds no sound.
    """
    name = absolute(path)
    try:
        status = os.stat(name)  # noqa: PTH116 (bytes paths throughout)
        found = FoundFile(name, os.path.dirname(name), status.st_size, status.st_mtime_ns)  # noqa: PTH120
        return read_file(found, now)
    except (OSError, ValueError, UnusableFileError) as error:
        reason = in_words(error) if isinstance(error, OSError) else getattr(error, "reason", str(error))
        raise LibraryError(
            f"The file cannot be read ({reason})",
            where=str(path),
            cause="the name is wrong, or it is no sound file",
            hint="name a sound file, or a song of the library",
        ) from error


def first_seen(mtime_ns: int, now: datetime) -> datetime:
    """Return the earlier of now and the file's own time, unless that is older than music files are."""
    try:
        own = _EPOCH + timedelta(microseconds=mtime_ns // 1000)
    except OverflowError:
        return now
    return own if _NO_MUSIC_FILES_BEFORE <= own < now else now


def _meaning(path: bytes, file: BinaryIO) -> Meaning:
    try:
        return understand(read_tags(path, file))
    except Exception:
        # Tags are other people's bytes read by other people's code: whatever goes wrong there, the music is good.
        logger.warning("%s: the tags cannot be read", os.fsdecode(path), exc_info=True)
        return Meaning()
