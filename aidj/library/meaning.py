"""What the fields of a tag mean, for every format at once.

The names are those of the MusicBrainz Picard tag mapping and of the taggers that differ from it. A value that makes no
sense is left out: the tags of a library are twenty years of other people's typing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from aidj.library.id3 import PCNT_FIELD, POPM_FIELD
from aidj.library.tags import RawTags
from aidj.model import PartialDate
from aidj.names import match_key

REFERENCE_LUFS = -18.0
"""What ReplayGain 2 levels to."""
R128_STEPS_PER_DB = 256
R128_OFFSET_DB = 5.0
"""R128 tags level to -23 LUFS (RFC 7845 section 5.2.1)."""
_OLD_REFERENCE_DB = 89.0  # the same level in the words of ReplayGain 1

POPM_STARS = ((1.0, 64.0, 128.0, 196.0, 255.0), (0.2, 0.4, 0.6, 0.8, 1.0))
"""What players write for one to five stars, as Windows began it; half stars lie between."""

_LAST_YEAR = 2100
_MOST_PLAYS = 1_000_000
_ALBUM_KINDS = ("releasetype", "musicbrainzalbumtype")
_VARIOUS = frozenset({"variousartists", "various", "va"})
_MARKER_PREFIX = "liq"
_MAX_MARKER_CHARS = 40
_NUMBER = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_LRC = re.compile(r"^\[\d+:\d\d", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the tags of one file say. Fields are as in `aidj.model.Track`."""

    title: str | None = None
    artist: str | None = None
    artists: tuple[str, ...] = ()
    """The names one by one, where the tags give them so."""
    album: str | None = None
    album_artist: str | None = None
    disc_number: int | None = None
    track_number: int | None = None
    genres: tuple[str, ...] = ()
    released: PartialDate | None = None
    first_released: PartialDate | None = None
    recording_mbid: str | None = None
    release_mbid: str | None = None
    artist_mbids: tuple[str, ...] = ()
    isrc: str | None = None
    bpm: float | None = None
    key: str | None = None
    track_gain_db: float | None = None
    album_gain_db: float | None = None
    explicit: bool | None = None
    composer: str | None = None
    label: str | None = None
    lyrics: str | None = None
    work: str | None = None
    """As tagged, like the next three; what a track is a movement of, `aidj.library.works` decides."""
    grouping: str | None = None
    movement: str | None = None
    movement_number: int | None = None
    moods: tuple[str, ...] = ()
    compilation: bool = False
    rating: float | None = None
    play_count: int | None = None
    markers: tuple[tuple[str, str], ...] = ()
    """Fields in which a radio program keeps cue points (Liquidsoap's ``liq_cue_in`` and so on), as they stand."""


def understand(raw: RawTags) -> Meaning:
    """Return what the fields mean."""
    artist_mbids = _mbids(raw, "musicbrainzartistid")
    artist, artists = _artist(raw, artist_mbids)
    album_artist = _first(raw, "albumartist")
    return Meaning(
        title=_first(raw, "title"),
        artist=artist or album_artist,
        artists=artists,
        album=_first(raw, "album"),
        album_artist=album_artist,
        disc_number=_count(_first(raw, "disc", "discnumber")),
        track_number=_count(_first(raw, "track", "tracknumber")),
        genres=_genres(raw.get("genre", ())),
        released=_released(raw),
        first_released=_most_exact(_all(raw, "tdor", "originaldate"))
        or _most_exact(_all(raw, "tory", "originalyear", "originalreleasedate", "originalreleaseyear")),
        recording_mbid=next(iter(_mbids(raw, "musicbrainztrackid", "musicbrainzrecordingid")), None),
        release_mbid=next(iter(_mbids(raw, "musicbrainzalbumid", "musicbrainzreleaseid")), None),
        artist_mbids=artist_mbids,
        isrc=_isrc(_all(raw, "isrc")),
        bpm=_within(_number(_first(raw, "bpm", "tempo")), 20.0, 500.0),
        key=(_first(raw, "initialkey", "key", "tkey") or "")[:16] or None,
        track_gain_db=_gain_db(raw, "track"),
        album_gain_db=_gain_db(raw, "album"),
        explicit={"1": True, "4": True, "2": False}.get(_first(raw, "itunesadvisory", "rtng") or ""),
        composer=", ".join(raw.get("composer", ())) or None,
        label=_first(raw, "label", "publisher", "organization"),
        lyrics=_lyrics(_all(raw, "lyrics", "syncedlyrics", "unsyncedlyrics")),
        work=_first(raw, "work"),
        grouping=_first(raw, "grouping", "contentgroup"),
        movement=_movement(raw),
        movement_number=_count(_first(raw, "movementnumber", "movement")),
        moods=_genres(tuple(part for value in _all(raw, "mood", "tmoo") for part in value.split("/"))),
        compilation=_compilation(raw, album_artist),
        rating=rating_of(raw),
        play_count=_play_count(raw),
        markers=_markers(raw),
    )


def _all(raw: RawTags, *fields: str) -> tuple[str, ...]:
    return tuple(value for field in fields for value in raw.get(field, ()))


def _first(raw: RawTags, *fields: str) -> str | None:
    return next(iter(_all(raw, *fields)), None)


def _artist(raw: RawTags, mbids: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Return the printed credit and, if the tags part them, the names in it."""
    values, names = raw.get("artist", ()), raw.get("artists", ())
    if not values:
        return None, ()
    if not names and (len(values) > 1 or len(mbids) == 1):  # one id: "Earth, Wind & Fire" is one artist
        names = values
    if len(names or values) == 1:
        text = (names or values)[0]
        slashed = text.split("/")  # how ID3v2.3 parts values; only as many ids tell it from "AC/DC"
        parts = slashed if len(slashed) == len(mbids) else text.split(";") if names else [text]
        parted = tuple(part.strip() for part in parts if part.strip())
        names = parted if names or len(parted) > 1 else ()
    return ", ".join(values), names


def _genres(values: tuple[str, ...]) -> tuple[str, ...]:
    parts = (part.strip() for value in values for part in value.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part and not part.isdecimal()))


def _released(raw: RawTags) -> PartialDate | None:
    said = _most_exact(_all(raw, "tdrl", "releasedate")) or _most_exact(_all(raw, "year", "date"))
    if said and not said.month:
        day_month = _first(raw, "tdat", "tda") or ""  # ID3v2.3 keeps DDMM beside the year
        if re.fullmatch(r"\d{4}", day_month):
            return PartialDate.parse(f"{said.year:04d}-{day_month[2:]}-{day_month[:2]}")
    return said


def _most_exact(values: tuple[str, ...]) -> PartialDate | None:
    """Return the date that is known most exactly, among those of the first year that is given."""
    dates = [found for value in values if (found := _date(value))]
    same_year = (found for found in dates if found.year == dates[0].year)
    return max(same_year, key=lambda found: (bool(found.month), bool(found.day)), default=None)


def _date(value: str) -> PartialDate | None:
    found = PartialDate.parse(value) or PartialDate.parse(value[:4])
    return found if found and found.year <= _LAST_YEAR else None


def _count(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,4})(?!\d)", value or "")
    return (int(match[1]) or None) if match else None


def _number(value: str | None) -> float | None:
    match = _NUMBER.match(value or "")
    return float(match[1].replace(",", ".")) if match else None


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and math.isfinite(value) and low <= value <= high else None


def _mbids(raw: RawTags, *fields: str) -> tuple[str, ...]:
    found = (match.lower() for value in _all(raw, *fields) for match in _UUID.findall(value))
    return tuple(dict.fromkeys(found))


def _isrc(values: tuple[str, ...]) -> str | None:
    tidy = (re.sub(r"[\s-]", "", value).upper() for value in values)
    return next((value for value in tidy if _ISRC.fullmatch(value)), None)


def _gain_db(raw: RawTags, scope: str) -> float | None:
    """Return the gain to -18 LUFS that ReplayGain or, in Opus files, R128 tags ask for."""
    steps = _first(raw, f"r128{scope}gain")
    if steps and re.fullmatch(r"\s*[-+]?\d{1,5}\s*", steps) and -32768 <= int(steps) <= 32767:
        return int(steps) / R128_STEPS_PER_DB + R128_OFFSET_DB
    gain_db = _within(_number(_first(raw, f"replaygain{scope}gain")), -60.0, 60.0)
    if gain_db is None:
        return None
    words = _first(raw, "replaygainreferenceloudness") or ""
    reference = _number(words)
    if reference is not None and "LUFS" in words.upper():
        return gain_db + REFERENCE_LUFS - reference
    return gain_db + _OLD_REFERENCE_DB - reference if reference and 60 < reference < 110 else gain_db


def _movement(raw: RawTags) -> str | None:
    """Return a movement's title; ``MOVEMENT`` is its number, but not for every tagger."""
    return _first(raw, "movementname") or next((v for v in raw.get("movement", ()) if _count(v) is None), None)


def _compilation(raw: RawTags, album_artist: str | None) -> bool:
    said = _first(raw, "compilation", "tcmp", "cpil", "itunescompilation")
    if said is not None:
        return said.casefold() in ("1", "true", "yes")
    kinds = {kind.strip().casefold() for value in _all(raw, *_ALBUM_KINDS) for kind in re.split("[;/+]", value)}
    return "compilation" in kinds or match_key(album_artist or "") in _VARIOUS


def rating_of(raw: RawTags) -> float | None:
    """Return the listener's rating, above 0 to 1; None where there is none, for 0 is how players write that.

    Each player has its own scale. FMPS_RATING is 0 to 1, an MP4 ``rate`` 0 to 100. A ``RATING`` is stars where it is a
    whole number up to 5 (or a half above 1), hundredths above 5, and 0 to 1 with a decimal point; ``RATING:name`` is 0
    to 1. ID3's popularimeter has a step of 0 to 255 for each star (`POPM_STARS`).
    """
    for field, values in sorted(raw.items(), key=lambda item: item[0] != "fmpsrating"):
        text = values[0]
        value = max((_number(one) or 0.0 for one in values), default=0.0) if field == POPM_FIELD else _number(text)
        if not value or value < 0:
            continue
        if field == "rating":
            found = value / 100 if value > 5 else value / 5 if value > 1 or "." not in text else value
        elif field == "rate":
            found = value / 100
        elif field == "fmpsrating" or field.startswith("rating"):
            found = value
        elif field == POPM_FIELD:
            found = float(np.interp(value, *POPM_STARS))
        else:
            continue
        if found <= 1:
            return found
    return None


def _play_count(raw: RawTags) -> int | None:
    """Return the highest play count that a player left."""
    texts = [*_all(raw, "fmpsplaycount", PCNT_FIELD, "playcount")]
    texts += [plays for one in raw.get(POPM_FIELD, ()) for plays in one.split()[1:2]]
    counts = (_within(_number(text), 1, _MOST_PLAYS) for text in texts)
    return max((int(count) for count in counts if count), default=None)


def _markers(raw: RawTags) -> tuple[tuple[str, str], ...]:
    found = ((field, values[0]) for field, values in sorted(raw.items()) if field.startswith(_MARKER_PREFIX))
    return tuple((field, value) for field, value in found if len(value) <= _MAX_MARKER_CHARS)


def _lyrics(values: tuple[str, ...]) -> str | None:
    """Return the lyrics, those with times first."""
    return next((value for value in values if _LRC.search(value)), values[0] if values else None)
