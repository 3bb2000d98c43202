"""A playable file and what its tags say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as exactly as it is known: a year, a month or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    _FORM = re.compile(r"(\d{4})(?:[-/.]?(\d{2})(?:[-/.]?(\d{2}))?)?(?:[T ].*)?")

    @classmethod
    def parse(cls, text: str | None) -> PartialDate | None:
        """Read ``1994``, ``1994-05``, ``1994-05-03`` or the start of an ISO time; None where it is no date."""
        match = cls._FORM.fullmatch(text.strip()) if text else None
        if not match or not 1000 <= int(match[1]) <= 9999:
            return None
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        if not month or not 1 <= month <= 12:  # 1994-00-00 is how some taggers write "only the year"
            return cls(year)
        try:
            return cls(year, month, date(year, month, day).day) if day else cls(year, month)
        except ValueError:
            return cls(year, month)

    @property
    def precision(self) -> Literal["year", "month", "day"]:
        """How exactly the date is known."""
        return "day" if self.day else "month" if self.month else "year"

    def earliest(self) -> date:
        """Return the first day this date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month:
            text += f"-{self.month:02d}"
            if self.day:
                text += f"-{self.day:02d}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A playable file and what its tags say of it. Made by the library."""

    id: str
    """Identity of the file's content: stays the same when the file is moved or renamed."""
    path: Path
    title: str
    artist: str
    """The artist credit as printed, guests and all."""
    artists: tuple[str, ...] = ()
    """The main artists, one name each."""
    guests: tuple[str, ...] = ()
    """Guest artists, one name each."""
    album: str | None = None
    album_artist: str | None = None
    disc_number: int | None = None
    track_number: int | None = None
    genres: tuple[str, ...] = ()
    released: PartialDate | None = None
    """When this edition came out."""
    first_released: PartialDate | None = None
    """When the recording first came out, where a tag says so."""
    duration_s: float
    added_at: datetime
    """When the library first saw it (the file's own time, if that is earlier)."""
    recording_mbid: str | None = None
    release_mbid: str | None = None
    artist_mbids: tuple[str, ...] = ()
    isrc: str | None = None
    bpm: float | None = None
    key: str | None = None
    track_gain_db: float | None = None
    """ReplayGain or R128 track gain, converted to the -18 LUFS reference."""
    album_gain_db: float | None = None
    explicit: bool | None = None
    """None where nothing says."""
    composer: str | None = None
    label: str | None = None
    work: str | None = None
    """The work of several movements that it is part of, with its composer where known: one name for all movements."""
    movement: str | None = None
    movement_number: int | None = None
    moods: tuple[str, ...] = ()
    compilation: bool = False
    """Stands on an album of recordings gathered from elsewhere."""
    rating: float | None = None
    """The listener's own, as the file's tags keep it, 0 to 1."""
    play_count: int | None = None
    """Plays, as a player has counted them in the file's tags."""
    named_by: Literal["tags", "path"] = "tags"
    """Where artist and title come from."""

    @property
    def lead(self) -> str:
        """The first artist, as printed; the whole credit where it names nobody apart."""
        return self.artists[0] if self.artists else self.artist
