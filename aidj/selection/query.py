"""What one asks for beyond the usual mix, and which tracks answer to it.

A query is a small value: everything in it is data, neither pattern nor path. Within a part, any of its values will do;
the parts hold together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aidj.errors import QueryError
from aidj.model import ROTATIONS, Plays, Rotation, Track
from aidj.names import match_key
from aidj.selection.habits import distinct_days
from aidj.selection.holidays import holidays_of
from aidj.selection.hygiene import is_kept_out
from aidj.selection.search import Features, Mask, Search, span_of

MAX_TEXTS, MAX_CHARS, MAX_MINUTES = 200, 300, 1440.0
_BY_TEXT = ("genres", "artists", "like", "albums", "works", "titles", "moods")
SHELVES: tuple[Rotation, ...] = tuple(rotation for rotation in ROTATIONS if rotation != "request")
"""The rotations that can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """What is not wanted. Raises QueryError where a text is empty."""

    genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    """Of the recording, as in `Query`."""

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is wanted; an empty query wants anything. Raises QueryError where a value is out of its range."""

    genres: tuple[str, ...] = ()
    """By words: "rock" is in "Indie Rock"; "hip hop" is "Hip-Hop"."""
    moods: tuple[str, ...] = ()
    """By the files' MOOD tags; where a song has none, by energy and tempo (`aidj.selection.moods.MOODS`)."""
    artists: tuple[str, ...] = ()
    """Whole names, guests included; a composer of works by the last name too."""
    like: tuple[str, ...] = ()
    """Artists by their whole names: they, and whoever shares the genres that tell them from the rest of the library."""
    albums: tuple[str, ...] = ()
    """Whole names, editions aside."""
    works: tuple[str, ...] = ()
    """Words that all stand in a work's name or composer: "beethoven symphony 7"."""
    titles: tuple[str, ...] = ()
    """Words that all stand in the title."""
    tempo_bpm: tuple[float, float] | None = None
    energy: tuple[float, float] | None = None
    """0 to 1."""
    years: tuple[int, int] | None = None
    """Of the recording: when it first came out, where known, and else when this edition did."""
    heard: Literal["never", "before"] | None = None
    heard_in: tuple[int, int] | None = None
    """Years of the listener's own past, in local time: what was heard in them."""
    rotations: tuple[Rotation, ...] = ()
    """Only from these shelves; any where empty. Kept by `select`, which knows who stands on them."""
    without: Without = field(default_factory=Without)
    minutes: float | None = None
    """Length of the session; None for the usual."""
    whole_album: bool = False
    """Albums from end to end."""
    whole_work: bool = True
    """A work of several movements plays whole."""

    def __post_init__(self) -> None:
        _check(self)


def mistake_in(key: str, value: Any) -> str | None:
    """Say what is wrong with the value of a field, as what follows its name in a sentence; None if nothing is."""
    check = _CHECKS.get(key)
    return check(value) if check and value is not None else None


def _check(value: Query | Without) -> None:
    for one in fields(value):
        if wrong := mistake_in(one.name, getattr(value, one.name)):
            raise QueryError(f"In the query, {one.name!r} {wrong}")


def _texts(values: Sequence[str]) -> str | None:
    if len(values) > MAX_TEXTS:
        return f"has {len(values)} values; {MAX_TEXTS} are taken at most"
    for text in values:
        if not match_key(text):
            return "has a value without any letter"
        if len(text) > MAX_CHARS:
            return f"has a value of {len(text)} characters; {MAX_CHARS} are taken at most"
        if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
            return "has a value with a line end or a control character in it"
    return None


def _range(low: float, high: float, unit: str) -> Callable[[tuple[float, float]], str | None]:
    def check(value: tuple[float, float]) -> str | None:
        if not all(low <= number <= high for number in value):
            return f"lies between {low:g} and {high:g}{unit}"
        return "begins with the smaller of its two numbers" if value[0] > value[1] else None

    return check


def _shelves(values: Sequence[str]) -> str | None:
    wrong = [value for value in values if value not in SHELVES]
    return f"is made of {', '.join(SHELVES)}, and not of {wrong[0]!r}" if wrong else None


_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    **dict.fromkeys(_BY_TEXT, _texts),
    "tempo_bpm": _range(20, 400, " beats per minute"),
    "energy": _range(0, 1, ""),
    "years": _range(1000, 9998, ""),
    "heard_in": _range(1970, 9998, ""),
    "heard": lambda value: None if value in ("never", "before") else "is either 'never' or 'before'",
    "rotations": _shelves,
    "minutes": lambda value: None if 0 < value <= MAX_MINUTES else f"is more than 0 and at most {MAX_MINUTES:g}",
}


# --- matching ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Which tracks answer to a query, and how that came about."""

    mask: Mask = field(compare=False)
    """Shape (n_tracks,)."""
    named: Mask = field(compare=False)
    """Those of them that the query means although a hygiene rule may keep them out, shape (n_tracks,): by title, work
    or album, by a genre such as "Christmas", or by artist, unless they belong to a holiday."""
    days_heard_in: NDArray[np.int64] = field(compare=False)
    """On how many days (UTC) each was heard in the years of `Query.heard_in`, shape (n_tracks,); 0 if none are asked
    for. What ranks "my favourites of 2016"."""
    notes: tuple[str, ...] = ()
    """What could not be had or could not be judged, a sentence for each, without its full stop."""
    steps: tuple[str, ...] = ()
    """Each part of the query, how many songs answer to it, and how many are left."""


def matching(query: Query, tracks: Sequence[Track], *, plays: Plays, now: datetime, features: Features) -> Matches:
    """Return which tracks answer to a query; pure.

    Tempo, energy and moods are wishes that can only be judged where something is known: a track of which nothing is
    known does not answer to them, unless it is so with all tracks; then the wish is reported and left out.

    Parameters
    ----------
    tracks : sequence of Track
        The library; `plays.track` points into it.
    plays : Plays
        The history; what lies after `now` is left out.
    now : datetime
        The moment to choose for; its zone says when a year begins.
    features : mapping from a track's id to (bpm, energy)
        What was measured. A tempo that was not is taken from the tags.
    """
    search = Search(tracks, features)
    keep = np.ones(len(tracks), np.bool_)
    steps: list[str] = []

    def narrow(what: str, mask: Mask | None, *, out: bool = False) -> None:
        nonlocal keep
        if mask is None:
            steps.append(f"{what}: could not be judged, and was left aside")
            return
        before = int(keep.sum())
        keep = keep & (~mask if out else mask)
        left = int(keep.sum())
        steps.append(f"{what}: {_songs(int(mask.sum()))}, {left} left")
        if before and not left and len(tracks) and (out or mask.any()):
            of = f"the {_songs(before)} found so far" if before < len(tracks) else "the library"
            search.notes.append(f"{what}: nothing is left of {of}")

    for part in _BY_TEXT:
        if values := getattr(query, part):
            narrow(_listed(part, values), search.find(part, values))
    named = _named(query, tracks, search)
    if query.tempo_bpm:
        narrow(f"tempo {span_of(query.tempo_bpm)} bpm", search.within("tempo", search.bpm, query.tempo_bpm))
    if query.energy:
        narrow(f"energy {span_of(query.energy)}", search.within("energy", search.energy, query.energy))
    if query.years:
        narrow(f"recorded in {span_of(query.years)}", search.recorded_in(query.years))
    past = plays.heard & (plays.listened_at <= now.timestamp())
    track, at = plays.track[past], plays.listened_at[past]
    if query.heard:
        heard = np.bincount(track, minlength=len(tracks)) > 0
        mask = heard if query.heard == "before" else ~heard
        narrow("heard before" if query.heard == "before" else "never heard", mask)
        if not mask.any() and len(tracks):
            search.notes.append(
                "nothing in the library was heard yet, as far as the history says"
                if query.heard == "before"
                else "everything in the library was heard already"
            )
    days_heard_in = np.zeros(len(tracks), np.int64)
    if query.heard_in:
        days_heard_in = _days_heard_in(query.heard_in, track, at, len(tracks), now.tzinfo or UTC)
        narrow(f"heard in {span_of(query.heard_in)}", days_heard_in > 0)
        if not days_heard_in.any() and len(tracks):
            search.notes.append(f"the history has no listen to these songs in {span_of(query.heard_in)}")
    for part in _BY_TEXT:
        if values := getattr(query.without, part, ()):
            narrow(f"without {_listed(part, values)}", search.find(part, values), out=True)
    if query.without.years:
        narrow(f"not recorded in {span_of(query.without.years)}", search.recorded_in(query.without.years), out=True)
    return Matches(
        mask=keep,
        named=named & keep,
        days_heard_in=days_heard_in,
        notes=tuple(dict.fromkeys(search.notes)),
        steps=tuple(steps),
    )


def _named(query: Query, tracks: Sequence[Track], search: Search) -> Mask:
    """Return the tracks that are meant whatever the hygiene rules say, shape (n_tracks,)."""
    named = np.zeros(len(tracks), np.bool_)
    asked = {
        "titles": query.titles,
        "works": query.works,
        "albums": query.albums,
        "genres": tuple(genre for genre in query.genres if is_kept_out(genre)),
    }
    for part, values in asked.items():
        if values and (mask := search.find(part, values)) is not None:
            named |= mask
    if query.artists and (mask := search.find("artists", query.artists)) is not None:
        for index in np.flatnonzero(mask & ~named).tolist():
            track = tracks[index]
            named[index] = not holidays_of(track.title, track.album, track.artist, track.genres)
    return named


def _days_heard_in(
    years: tuple[int, int], track: NDArray[np.int32], at: NDArray[np.int64], n_tracks: int, zone: tzinfo
) -> NDArray[np.int64]:
    """Count the days on which each track was heard in some years of local time, shape (n_tracks,)."""
    start = datetime(years[0], 1, 1, tzinfo=zone).timestamp()
    end = datetime(years[1] + 1, 1, 1, tzinfo=zone).timestamp()
    within = (at >= start) & (at < end)
    return np.bincount(distinct_days(track[within], at[within])[0], minlength=n_tracks).astype(np.int64)


def _listed(part: str, values: Sequence[str]) -> str:
    return f"{part.removesuffix('s')} {' or '.join(repr(value) for value in values)}"


def _songs(count: int) -> str:
    return "1 song" if count == 1 else f"{count} songs"
