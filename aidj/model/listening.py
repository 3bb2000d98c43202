"""What is known of a listener: plays, opinions, offers, standing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ListenKind = Literal["listen", "skip", "short", "podcast", "audiobook", "incognito"]
"""How a play counts: heard (half of it or four minutes), skipped by hand, too short to count, or not music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """One play in a history. Made by the history importers."""

    listened_at: datetime
    """When it started, UTC."""
    artist: str
    title: str
    album: str | None = None
    duration_s: float | None = None
    """Length of the whole track, where the source says."""
    played_s: float | None = None
    """How much of it was played, where the source says."""
    kind: ListenKind = "listen"
    recording_mbid: str | None = None
    isrc: str | None = None
    spotify_id: str | None = None
    source: str
    """The format it came from, such as ``spotify-extended``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The listens that belong to no track of a library, as columns of equal length, oldest first: whom one plays."""

    artist: NDArray[np.int32] = field(compare=False)
    """Index into `names`, shape (n,)."""
    listened_at: NDArray[np.int64] = field(compare=False)
    """Start of the listen, unix seconds UTC, shape (n,), ascending."""
    names: tuple[str, ...] = ()
    """The `match_key` of each lead artist."""

    @classmethod
    def none(cls) -> Elsewhere:
        """Return no listens."""
        return cls(artist=np.zeros(0, np.int32), listened_at=np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plays:
    """The plays of a history that belong to tracks of a library, as columns of equal length, oldest first.

    Made by the history room; columns, because a long history has a million of them.
    """

    track: NDArray[np.int32] = field(compare=False)
    """Index into the sequence of tracks that was matched, shape (n,)."""
    listened_at: NDArray[np.int64] = field(compare=False)
    """Start of the play, unix seconds UTC, shape (n,), ascending."""
    skipped: NDArray[np.bool_] = field(compare=False)
    """Skipped by hand, shape (n,)."""
    heard: NDArray[np.bool_] = field(compare=False)
    """Counts as a listen (neither a skip nor too short), shape (n,)."""
    elsewhere: Elsewhere = field(default_factory=Elsewhere.none)
    """The listens that belong to none of the tracks."""

    @classmethod
    def none(cls) -> Plays:
        """Return an empty history."""
        return cls(
            track=np.zeros(0, np.int32),
            listened_at=np.zeros(0, np.int64),
            skipped=np.zeros(0, np.bool_),
            heard=np.zeros(0, np.bool_),
        )


Verdict = Literal["like", "ban", "rest"]
"""What a listener says of a song, an album or an artist: more of it, never again, or not for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the listener said, in names: it holds for every version and survives new files."""

    verdict: Verdict
    artist: str
    title: str | None = None
    """A song; None for a whole album, or for everything by the artist."""
    album: str | None = None
    said_at: datetime
    until: datetime | None = None
    """When a ``rest`` is over; None for always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What earlier sessions put before the listener, as columns of equal length, oldest first."""

    track: NDArray[np.int32] = field(compare=False)
    """Index into the sequence of tracks, shape (n,)."""
    offered_at: NDArray[np.int64] = field(compare=False)
    """The moment the session was planned for, unix seconds UTC, shape (n,), ascending."""

    @classmethod
    def none(cls) -> Offers:
        """Return no offers."""
        return cls(track=np.zeros(0, np.int32), offered_at=np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a player's own database and the files' tags say of each track, where no single listens are known."""

    rating: NDArray[np.float64] = field(compare=False)
    """0 to 1, NaN where unknown, shape (n_tracks,)."""
    play_count: NDArray[np.int64] = field(compare=False)
    """0 where unknown, shape (n_tracks,)."""
    last_played: NDArray[np.float64] = field(compare=False)
    """Unix seconds UTC, NaN where unknown, shape (n_tracks,)."""

    @classmethod
    def unknown(cls, n_tracks: int) -> Standing:
        """Return what is said of tracks of which nothing is said."""
        return cls(
            rating=np.full(n_tracks, np.nan),
            play_count=np.zeros(n_tracks, np.int64),
            last_played=np.full(n_tracks, np.nan),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """All that is known of a listener about the tracks of one library. Made by the history room."""

    plays: Plays = field(default_factory=Plays.none)
    offers: Offers = field(default_factory=Offers.none)
    opinions: tuple[Opinion, ...] = ()
    standing: Standing | None = None
    """None where neither tags nor a player say anything."""
