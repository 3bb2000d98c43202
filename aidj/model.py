"""The values that travel through the house. Frozen; changed with `dataclasses.replace`.

Conventions: seconds are floats and end in ``_s``; loudness is in LUFS, gains in dB; times of the day are
timezone-aware UTC datetimes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rotation = Literal["new_release", "forgotten_favourite", "current_favourite", "deep_cut", "request"]
"""The shelf a pick comes from."""

ROTATIONS: tuple[Rotation, ...] = (
    "new_release",
    "forgotten_favourite",
    "current_favourite",
    "deep_cut",
    "request",
)

LinkKind = Literal["opening", "intro", "back_announce", "set_change", "jump", "closing"]
"""What a spoken link is for."""

LINK_KINDS: tuple[LinkKind, ...] = ("opening", "intro", "back_announce", "set_change", "jump", "closing")

ListenKind = Literal["listen", "skip", "short", "podcast", "audiobook", "incognito"]
"""How a play counts: heard (half of it or four minutes), skipped by hand, too short to count, or not music."""

Ending = Literal["cold", "fade", "sustained", "long_tail"]
"""How a recording ends: cut at body level, a mastered fade, a held sound, or a decay of more than 15 s."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a recording is like. Made by the analysis room from its samples."""

    version: int
    duration_s: float
    loudness_lufs: float
    """Integrated loudness, BS.1770-4; -inf for silence."""
    true_peak_dbtp: float
    cue_in_s: float
    """The first sound that matters."""
    cue_out_s: float
    """The end of the last sound that matters."""
    start_next_s: float
    """Where the ending has fallen far enough for the next song to begin."""
    ending: Ending
    intro_end_s: float | None = None
    """The post: the first singing, counted from the file's start; None where unknown."""
    marker_sources: Mapping[str, str] = field(default_factory=dict)
    """Where each marker comes from: ``detected``, ``tag``, ``lyrics`` or ``sidecar``."""
    levels_lufs: NDArray[np.float32] = field(compare=False)
    """K-weighted level of each 100 ms of the file, shape (n,)."""
    peaks_dbtp: NDArray[np.float32] = field(compare=False)
    """True peak of each 100 ms, shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A track that could be played now, from which shelf, and why. Made by selection."""

    track: Track
    rotation: Rotation
    score: float
    """Comparable within one rotation only; higher is better."""
    terms: Mapping[str, float | int | str]
    """What the score and the sentence are made of: ``listens``, ``days_heard``, ``days_silent``, …"""
    why: str
    """The same in words."""
    propensity: float = 1.0
    """How likely the noise was to put it where it stands in its rotation, given those before it, 0 to 1."""
    together: tuple[Track, ...] = ()
    """The tracks that play as one, in order, this one among them: a work's movements, songs that run into each other,
    an album; empty for a song on its own."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What is played: the tracks that belong together, or the one."""
        return self.together or (self.track,)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Tracks that could not be chosen, and for which one reason."""

    reason: str
    tracks: int
    example: str = ""
    """One of them, as "artist – title"."""


@dataclass(frozen=True, slots=True)
class Word:
    """When one word of a speech sounds."""

    start_s: float
    start_char: int
    """Offset into the spoken text."""
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A spoken text. Made by a voice."""

    text: str
    samples: NDArray[np.float32] = field(compare=False, repr=False)
    """Mono, shape (n_frames,), range -1.0 to 1.0."""
    rate: int
    words: tuple[Word, ...] = ()
    """Empty where the engine gives no word times."""
    engine: str
    voice: str
    synthetic: bool = True

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRef:
    """How a plan names a track: by content, by place, and by what a person calls it."""

    id: str | None = None
    path: Path | None = None
    artist: str = ""
    title: str = ""
    album: str | None = None
    duration_s: float | None = None


TransitionKind = Literal["gapless", "segue", "crossfade", "gap"]
"""How one song becomes the next: at once, when it has faded, over each other, or after silence."""

TRANSITION_KINDS: tuple[TransitionKind, ...] = ("gapless", "segue", "crossfade", "gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A wish how a song begins after the one before it."""

    kind: TransitionKind
    length_s: float | None = None
    """Of a crossfade or a gap; None leaves it to the songs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A song's place in a plan."""

    track: TrackRef
    rotation: Rotation = "request"
    why: str = ""
    score: float | None = None
    terms: Mapping[str, float | int | str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    """The rules that gave way for it, in words."""
    propensity: float | None = None
    """How likely the noise was to bring it up, 0 to 1: what evaluating the choice later needs."""
    plays_s: float | None = None
    """How long it is expected to sound before the next song begins; None where unknown."""
    transition: Transition | None = None
    """How the song before becomes this one; None leaves it to the timeline."""
    pinned_s: float | None = None
    """When it must begin, counted from the session's start; None where it just follows."""
    starts_s: float | None = None
    """Where it starts in the rendered session; None until rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The place of a spoken link in a plan, and the facts it may use."""

    kind: LinkKind
    facts: Mapping[str, str | int] = field(default_factory=dict)
    text: str | None = None
    """What is said; None until written. A text written by hand is spoken as it is."""
    line: str | None = None
    """Id of the line the text was made from; None for a text written by hand."""
    speech_s: float | None = None
    """Length of the speech; None until spoken."""
    starts_s: float | None = None
    """Where it starts in the rendered session; None until rendered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A few songs with one theme, and the links between them."""

    theme: str
    """In words, as they follow "here are": "songs you have not heard for a long time"."""
    theme_kind: str = ""
    """What kind of theme it is, such as ``decade`` or ``season``."""
    order_cost: Mapping[str, float] = field(default_factory=dict)
    """What the order of the songs costs: ``total``, and the parts that add up to it."""
    entries: tuple[Item | Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rotation's part in a session."""

    target: float
    """Of all songs, 0 to 1, as habit, default and dials have it among rotations that have songs."""
    pool: int
    """Songs to choose from."""
    songs: int
    """Songs chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """On what a choice rests."""

    basis: str = ""
    """What is known of the listener, in words."""
    shares: Mapping[Rotation, Share] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A session as a document: what plays, in which order, why, and where something is said."""

    title: str
    planned_at: datetime
    """The moment the session was planned for, with its zone."""
    seed: int
    minutes: float
    """The length asked for."""
    presenter: str
    """Name of the presenter, or the path of a presenter file."""
    target_lufs: float = -16.0
    """The loudness of every song."""
    settings: Mapping[str, str | int | float] = field(default_factory=dict)
    """What was asked for beyond the length: dials, a query, an arc; empty for the usual."""
    notes: tuple[str, ...] = ()
    """What could not be had, and which rule gave way, in words."""
    mix: Mix | None = None
    """How the choice was made; None for a plan written by hand."""
    sets: tuple[Set, ...]

    def items(self) -> tuple[Item, ...]:
        """Return all songs in order."""
        return tuple(entry for part in self.sets for entry in part.entries if isinstance(entry, Item))

    def links(self) -> tuple[Link, ...]:
        """Return all links in order."""
        return tuple(entry for part in self.sets for entry in part.entries if isinstance(entry, Link))
