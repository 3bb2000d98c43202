"""What a row of an export may contain, and how a play counts.

Everything in an export is data from outside: each value is checked for its type and range here, once, and a row that
fails is left out with a reason (`BadRow`), never guessed at.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from aidj.model import ListenKind

EARLIEST_S = 631_152_000  # 1990-01-01: an older time is a device without a clock
LATEST_S = 4_102_444_800  # 2100-01-01
MAX_NAME = 1000
MAX_PLAYED_S = 7 * 86_400.0

ENOUGH_S = 240.0
"""Four minutes of any recording are a listen."""
SHORTEST_S = 30.0
"""A listen where the full length is unknown."""


class BadRow(ValueError):  # noqa: N818 (it is a finding about the file, not an error of the program)
    """A row that cannot be used; its text is the reason, without any value that could name a person."""


def kind_of(
    played_s: float | None, *, duration_s: float | None = None, by_hand: bool = False, finished: bool = False
) -> ListenKind:
    """Tell how a play counts.

    A **listen** reached the recording's end, half of it, or four minutes; where its length is unknown, 30 s. Of what
    fell short, a **skip** was ended by hand, and the rest is **short**. A play of unknown length is a listen: the
    services that record no length record only plays that counted. The half-or-four-minutes rule is that of Last.fm
    and ListenBrainz.
    """
    if played_s is None or (finished and played_s >= 1.0):
        return "listen"
    enough_s = min(duration_s / 2, ENOUGH_S) if duration_s else SHORTEST_S
    if played_s >= enough_s:
        return "listen"
    return "skip" if by_hand else "short"


def name(value: object, what: str) -> str:
    """Return an artist or a title, cleaned.

    Raises
    ------
    BadRow
        If it is missing, no text, unreadable or absurdly long.
    """
    text = optional_name(value)
    if text is None:
        raise BadRow(f"no {what}")
    return text


def optional_name(value: object) -> str | None:
    """Return a name without control characters and doubled spaces; None if nothing is left."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRow("a name that is no text")
    if not value.isprintable():
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise BadRow("characters that cannot be read; the file is not UTF-8 there")
        value = "".join(char if char.isprintable() else " " for char in value)
    text = " ".join(value.split())
    if len(text) > MAX_NAME:
        raise BadRow(f"a name of {len(text)} characters")
    return text or None


def number(value: object, what: str, *, most: float) -> float:
    """Return a number from 0 to ``most``, also when it is written as text.

    Raises
    ------
    BadRow
        If it is none, or out of range.
    """
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,18}(\.\d{1,9})?\s*", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRow(f"no {what}")
    if not 0 <= value <= most:  # also false for NaN
        raise BadRow(f"a {what} out of range")
    return float(value)


def optional_number(value: object, *, most: float, unit_s: float = 1.0) -> float | None:
    """Return a length in seconds, or None where it is absent, zero or nonsense."""
    try:
        return number(value, "number", most=most / unit_s) * unit_s or None
    except BadRow:
        return None


def from_epoch(seconds: float) -> datetime:
    """Return the whole second of a unix time, UTC.

    Raises
    ------
    BadRow
        If it is before 1990 or after 2100.
    """
    if not EARLIEST_S <= seconds < LATEST_S:
        raise BadRow("no usable time (the device or service had no clock)")
    return datetime.fromtimestamp(int(seconds), UTC)


def epoch(value: object, *, offset_s: float = 0.0) -> datetime:
    """Read a unix time in seconds, milliseconds or microseconds (told apart by size), moved by an offset."""
    seconds = number(value, "time", most=1e17)
    while seconds >= LATEST_S:
        seconds /= 1000.0
    return from_epoch(seconds + offset_s)


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_DAY_FIRST = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?")


def written_time(text: str) -> datetime:
    """Read a time as people write it into tables: unix time, ISO 8601, or ``20 Nov 2020 09:35``; UTC unless it says.

    Raises
    ------
    BadRow
        If it is none of these.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return epoch(text)
    try:
        if match := _DAY_FIRST.fullmatch(text):
            day, month, year, hour, minute, second = match.groups(default="0")
            when = datetime(
                int(year),
                _MONTHS.find(month.casefold()) // 4 + 1,
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=UTC,
            )
        else:
            when = datetime.fromisoformat(text.removesuffix(" UTC"))
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return from_epoch(when.timestamp())
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadRow):
            raise
        raise BadRow("no time" if not text else "a time of unknown form") from None


_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_SPOTIFY = re.compile(r"(?:spotify:track:|https?://open\.spotify\.com/track/)?([0-9A-Za-z]{22})(?:\?.*)?")


def mbid(value: object) -> str | None:
    """Return a MusicBrainz id in its plain form, None for anything else."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if _MBID.fullmatch(text) else None


def isrc(value: object) -> str | None:
    """Return an ISRC without hyphens, None for anything else; of a list the first."""
    if isinstance(value, list):
        value = value[0] if value else None
    text = re.sub(r"[\s-]", "", value).upper() if isinstance(value, str) else ""
    return text if _ISRC.fullmatch(text) else None


def spotify_id(value: object) -> str | None:
    """Return the 22 characters of a Spotify track, given as id, URI or address; None for anything else."""
    match = _SPOTIFY.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1] if match else None
