"""A simulated year of daily listening, planned session by session, and what can be counted in it.

A real history is cut a year before its end. The library is every recording of it, one track each, and grows as it did:
a recording that was first heard after the cut is added on that day. What a history does not say is drawn: lengths,
years, genres, tempi, loudness. From the cut on, what is listened to is what the sessions play; a tenth of the deep cuts
and forgotten favourites is skipped within half a minute.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from aidj.library.credits import lone_names, names_of
from aidj.model import Listener, Offers, PartialDate, Plan, Plays, Rotation, Track
from aidj.names import match_key, song_key
from aidj.selection import Catalogue, Selection, select
from aidj.sequencing import ChosenSet, Context, Features, choose_sets, features_of, joined, shortlist, works, write_plan
from aidj.sequencing.rules import artists_of

DAY_S = 86400
YEAR_DAYS = 365
SESSIONS_A_YEAR = 1000
MINUTES = (30, 45, 60, 90)
HOURS = (8, 13, 19)
"""When sessions begin, each up to 90 minutes later."""
SCAN_DAYS = 3
"""The library is scanned so often; a recording's own day stays the day it was added on."""
SKIPPED = 0.1
SKIPPED_AFTER_S = 20
SEED = 3
GENRES = 14

Row = tuple[int, str, str, str]
"""When (unix seconds), artist, album, title."""


# --- the world --------------------------------------------------------------------------------------------------------


def read_rows(path: Path) -> list[Row]:
    """Read a history with the columns ``ts,artist,album,track``, oldest first."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        rows = [
            (int(float(row["ts"])), row["artist"], row.get("album") or "", row["track"])
            for row in csv.DictReader(file)
            if not row.get("ms_played") or float(row["ms_played"]) >= 30_000
        ]
    return sorted(rows, key=lambda row: row[0])


def made_up_rows(seed: int = 1, days: int = 1100) -> list[Row]:
    """Return the history of a listener nobody is: new albums all the time, the best of them again and again."""
    rng = np.random.default_rng(seed)
    albums = 1600
    love = rng.pareto(1.2, albums) + 0.2
    found = np.sort(rng.integers(0, days, albums) * (rng.random(albums) < 0.7))
    heat = np.zeros(albums)
    rows: list[Row] = []
    for day in range(days):
        heat *= 0.93
        known = love * (found <= day)
        heat[rng.choice(albums, 3, p=known / known.sum())] += 1.0
        for hour in HOURS:
            at = (15000 + day) * DAY_S + hour * 3600 + int(rng.integers(3600))
            album = int(rng.choice(albums, p=heat / heat.sum()))
            for song in np.unique((10 * rng.random(7) ** 2).astype(int)).tolist():
                rows.append((at, f"Made-up Artist {album // 3}", f"Album {album}", f"Song {album} {song}"))
                at += 230
    return rows


@dataclass(frozen=True)
class World:
    """A library as it will be at the end of the year, in the order in which it grows, and the past before the year."""

    name: str
    tracks: tuple[Track, ...]
    added_s: NDArray[np.int64] = field(compare=False)
    features: dict[str, Features] = field(compare=False)
    song: NDArray[np.int64] = field(compare=False)
    """The song of each track, all versions being one, shape (n_tracks,)."""
    artists: tuple[frozenset[str], ...]
    heard: NDArray[np.int32] = field(compare=False)
    """The real listens before the year: of which track, shape (n,) ..."""
    heard_at: NDArray[np.int64] = field(compare=False)
    """... and when, unix seconds, ascending."""
    begins_s: int

    @classmethod
    def of(cls, name: str, rows: Sequence[Row], seed: int = SEED) -> World:
        """Build it; everything that is drawn depends on the history and the seed alone."""
        begins_s = -(-(rows[-1][0] - YEAR_DAYS * DAY_S) // DAY_S) * DAY_S  # the next midnight
        known = lone_names({artist for _, artist, _, _ in rows})
        numbers: dict[tuple[str, str], int] = {}
        firsts: list[Row] = []
        heard = np.zeros(len(rows), np.int32)
        for i, row in enumerate(rows):
            number = heard[i] = numbers.setdefault((match_key(row[1]), match_key(row[3])), len(numbers))
            if number == len(firsts):
                firsts.append(row)
            elif row[2] and not firsts[number][2]:
                firsts[number] = (*firsts[number][:2], row[2], firsts[number][3])
        drawn = _Drawn(np.random.default_rng(seed))
        tracks = tuple(_track(number, row, drawn, known) for number, row in enumerate(firsts))
        energy = np.clip(drawn.rng.normal(0.62, 0.15, len(tracks)), 0, 1)
        songs: dict[tuple[str, str, str], int] = {}
        past = int(np.searchsorted([row[0] for row in rows], begins_s))
        return cls(
            name=name,
            tracks=tracks,
            added_s=np.array([row[0] for row in firsts], np.int64),
            features={
                track.id: replace(features_of(track, None), energy=float(energy[i])) for i, track in enumerate(tracks)
            },
            song=np.array([songs.setdefault(_song(track), len(songs)) for track in tracks]),
            artists=tuple(artists_of(track) for track in tracks),
            heard=heard[:past],
            heard_at=np.array([row[0] for row in rows[:past]], np.int64),
            begins_s=begins_s,
        )

    def size_on(self, at_s: float) -> int:
        """Return how many tracks the library has at a moment: the first so many, those before the last scan."""
        scanned_s = at_s - (at_s - self.begins_s) % (SCAN_DAYS * DAY_S)
        return int(np.searchsorted(self.added_s, scanned_s))


_NO_SONG = frozenset(("intro", "outro", "interlude", "prelude", "skit", "untitled"))
"""Titles that say nothing: two of one artist are the same recording only on one album."""


def _song(track: Track) -> tuple[str, str, str]:
    """Return a key under which all versions of a recording are one: a judge's own, not the program's."""
    title = song_key(track.title)
    return (
        match_key(track.lead),
        title,
        (match_key(track.album or "") if title in _NO_SONG else ""),
    )


class _Drawn:
    """What is drawn once per album or artist."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._years: dict[str, int | None] = {}
        self._genres: dict[str, tuple[str, ...]] = {}

    def year(self, album: str, latest: int) -> int | None:
        """Two albums in ten have none; recordings are older than their first listen, some much older."""
        if album not in self._years:
            known = self.rng.random() < 0.8
            age = 1 + int(self.rng.exponential(9.0))
            self._years[album] = max(1955, latest - age) if known else None
        return self._years[album]

    def genre(self, artist: str) -> tuple[str, ...]:
        if artist not in self._genres:
            number = int(GENRES * self.rng.random() ** 2)
            self._genres[artist] = (f"Genre {number}",) if self.rng.random() < 0.7 else ()
        return self._genres[artist]


def _track(number: int, row: Row, drawn: _Drawn, known: frozenset[str]) -> Track:
    at, artist, album, title = row
    main, guests = names_of(artist, title, known=known)
    added_at = datetime.fromtimestamp(at, UTC)
    year = drawn.year(f"{artist}\0{album}", added_at.year) if album else None
    return Track(
        id=f"{number * 0x9E3779B97F4A7C15 % (1 << 64):016x}{number:016x}",  # in another order than they were added
        path=Path(f"/music/{number:06d}.flac"),
        title=title,
        artist=artist,
        artists=main,
        guests=guests,
        album=album or None,
        genres=drawn.genre(artist),
        released=PartialDate(year) if year else None,
        bpm=float(np.clip(drawn.rng.normal(118, 26), 60, 200)) if drawn.rng.random() < 0.3 else None,
        duration_s=round(float(np.clip(235 * np.exp(0.35 * drawn.rng.normal()), 35, 1500)), 2),
        added_at=added_at,
    )


@dataclass(frozen=True)
class Sitting:
    """When somebody sits down to listen, and for how long."""

    number: int
    at_s: int
    minutes: int

    @property
    def now(self) -> datetime:
        """The moment of planning."""
        return datetime.fromtimestamp(self.at_s, UTC)

    @property
    def seed(self) -> int:
        """What the program takes where no seed is named: the date."""
        return int(self.now.strftime("%Y%m%d"))


def sittings(world: World, sessions: int = SESSIONS_A_YEAR, seed: int = SEED) -> list[Sitting]:
    """Return a year's sittings, 2.7 a day; with fewer sessions the year ends earlier."""
    rng = np.random.default_rng(seed)
    days = max(1, -(-sessions * YEAR_DAYS // SESSIONS_A_YEAR))
    slots = np.sort(rng.choice(len(HOURS) * days, sessions, replace=False)).tolist()
    return [
        Sitting(
            number=number,
            at_s=world.begins_s
            + slot // len(HOURS) * DAY_S
            + HOURS[slot % len(HOURS)] * 3600
            + int(rng.integers(90 * 60)),
            minutes=int(rng.choice(MINUTES)),
        )
        for number, slot in enumerate(slots)
    ]


# --- the diary --------------------------------------------------------------------------------------------------------


class Diary:
    """Everything heard, skipped and offered so far; columns that only ever grow, so that any moment is a prefix."""

    def __init__(self, world: World, room: int) -> None:
        past = len(world.heard)
        self.track = np.zeros(past + room, np.int32)
        self.at = np.zeros(past + room, np.int64)
        self.skipped = np.zeros(past + room, np.bool_)
        self.track[:past], self.at[:past] = world.heard, world.heard_at
        self.n = self._past = past
        self.offered = np.zeros(room, np.int32)
        self.offered_at = np.zeros(room, np.int64)
        self.listens = np.bincount(world.heard, minlength=len(world.tracks))
        self.last_s = np.full(len(world.tracks), -np.inf)
        np.maximum.at(self.last_s, world.heard, world.heard_at)

    @property
    def n_offers(self) -> int:
        """How many songs were offered; each was heard or skipped."""
        return self.n - self._past

    def add(self, session: Session) -> None:
        """Write a session down: every song an offer, and a listen or a skip."""
        at_s = session.sitting.at_s
        for track, length_s, skipped in zip(session.tracks, session.lengths_s, session.skipped, strict=True):
            self.offered[self.n_offers], self.offered_at[self.n_offers] = track, session.sitting.at_s
            self.track[self.n], self.at[self.n], self.skipped[self.n] = track, at_s, skipped
            self.n += 1
            if not skipped:
                self.listens[track] += 1
                self.last_s[track] = at_s
            at_s += SKIPPED_AFTER_S if skipped else int(length_s)

    def listener(self, n: int | None = None) -> Listener:
        """Return what was known after so many plays; by default now."""
        n = self.n if n is None else n
        offers = n - self._past
        return Listener(
            plays=Plays(
                track=self.track[:n], listened_at=self.at[:n], skipped=self.skipped[:n], heard=~self.skipped[:n]
            ),
            offers=Offers(track=self.offered[:offers], offered_at=self.offered_at[:offers]),
        )


@dataclass(frozen=True)
class Session:
    """What was played at a sitting."""

    sitting: Sitting
    tracks: tuple[int, ...]
    lengths_s: tuple[float, ...]
    skipped: tuple[bool, ...]
    known: tuple[str, ...]
    """Of each song before the session: ``never`` heard, silent for 90 days (``back``), or heard since (``current``)."""
    plan_s: float
    """What the choice took."""
    n_before: int
    """Plays in the diary before it."""
    rotations: tuple[Rotation, ...] = ()
    """Of each song; empty for ways to choose that know none, and so is the rest."""
    unheard: tuple[bool, ...] = ()
    """Whether the plan takes the song for one never heard."""
    rules: tuple[tuple[str, ...], ...] = ()
    sets: tuple[int, ...] = ()
    """Songs of each set."""
    themes: tuple[tuple[str, str], ...] = ()
    """Kind and words of each set's theme."""
    shares: dict[Rotation, float] = field(default_factory=dict)
    pools: dict[Rotation, int] = field(default_factory=dict)


# --- ways to choose ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picked:
    """What a way to choose has chosen: indices of tracks, and, from the program, its sets."""

    tracks: tuple[int, ...]
    sets: tuple[ChosenSet, ...] = ()
    selection: Selection | None = None


Way = Callable[[Sitting, Diary], Picked]
"""A way to choose: from a sitting and the diary to songs."""


class Program:
    """The program's own way, as `aidj.session.planning` wires it, without sound."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._catalogue: Catalogue | None = None
        self._half_life: tuple[int, float] | None = None
        self._number = {track.id: i for i, track in enumerate(world.tracks)}

    def __call__(self, sitting: Sitting, diary: Diary) -> Picked:
        """Choose; what is known of the library is kept as long as it does not grow, the half-life for a day."""
        tracks = self._world.tracks[: self._world.size_on(sitting.at_s)]
        if self._catalogue is None or len(self._catalogue) != len(tracks):
            self._catalogue = Catalogue.of(tracks)
        day = sitting.at_s // DAY_S
        known = self._half_life[1] if self._half_life and self._half_life[0] == day else None
        selection, sets = choose(
            tracks, diary.listener(), sitting, self._world.features, catalogue=self._catalogue, half_life_days=known
        )
        self._half_life = day, selection.half_life_days
        ids = [track.id for part in sets for song in part.songs for track in song.candidate.tracks]
        return Picked(tracks=tuple(self._number[each] for each in ids), sets=sets, selection=selection)


def choose(
    tracks: Sequence[Track],
    listener: Listener,
    sitting: Sitting,
    features: dict[str, Features],
    *,
    catalogue: Catalogue | None = None,
    half_life_days: float | None = None,
) -> tuple[Selection, tuple[ChosenSet, ...]]:
    """Choose the songs of a session."""
    select_seed, _, set_seed = np.random.SeedSequence(sitting.seed).spawn(3)
    set_number = int(set_seed.generate_state(1)[0])
    selection = select(
        tracks,
        listener,
        now=sitting.now,
        rng=np.random.default_rng(select_seed),
        catalogue=catalogue,
        half_life_days=half_life_days,
        limit=400,
    )
    candidates = joined(selection.candidates, works(tracks))
    context = Context.of(candidates)
    picks = shortlist(candidates, sitting.minutes, shares=selection.shares, seed=set_number, context=context)
    sets = choose_sets(
        picks,
        {pick.track.id: sum(track.duration_s for track in pick.tracks) for pick in picks},
        music_s=sitting.minutes * 60,
        shares=selection.shares,
        features={pick.track.id: features[pick.track.id] for pick in picks},
        seed=set_number,
        context=context,
    )
    return selection, sets


def document(tracks: Sequence[Track], listener: Listener, sitting: Sitting, features: dict[str, Features]) -> Plan:
    """Return the whole plan of a session, for comparing."""
    _, sets = choose(tracks, listener, sitting, features)
    _, link_seed, _ = np.random.SeedSequence(sitting.seed).spawn(3)
    return write_plan(
        sets,
        {track.id: track.duration_s for track in tracks},
        minutes=sitting.minutes,
        now=sitting.now,
        seed=sitting.seed,
        presenter="ella",
        presenter_name="Ella",
        target_lufs=-16.0,
        rng=np.random.default_rng(link_seed),
    )


def shuffle(world: World) -> Way:
    """Return uniform shuffle: any track is as likely as any other, until the time is filled."""

    def way(sitting: Sitting, _: Diary) -> Picked:
        rng = np.random.default_rng([SEED, sitting.number])
        return Picked(tracks=_filled(world, rng.permutation(world.size_on(sitting.at_s)), sitting))

    return way


def most_played(world: World) -> Way:
    """Return drawing by play count without replacement."""

    def way(sitting: Sitting, diary: Diary) -> Picked:
        rng = np.random.default_rng([SEED, sitting.number])
        listens = diary.listens[: world.size_on(sitting.at_s)]
        with np.errstate(divide="ignore"):
            keys = np.log(listens) + rng.gumbel(size=len(listens))
        order = np.argsort(-keys, kind="stable")
        return Picked(tracks=_filled(world, order[np.isfinite(keys[order])], sitting))

    return way


def as_listed(picks: Sequence[Sequence[int]]) -> Way:
    """Return a way that was gone elsewhere: the tracks of each sitting, by its number."""
    return lambda sitting, _: Picked(tracks=tuple(picks[sitting.number]))


def _filled(world: World, order: NDArray[np.int64], sitting: Sitting) -> tuple[int, ...]:
    """Take songs in order; stop where the end is nearest to the time asked for."""
    length_s = np.cumsum([world.tracks[i].duration_s for i in order[:200].tolist()])
    count = int(np.argmin(np.abs(length_s - sitting.minutes * 60))) + 1
    return tuple(order[:count].tolist())


def year(
    world: World, way: Way, moments: Sequence[Sitting], tell: Callable[[int], None] | None = None
) -> tuple[Diary, list[Session]]:
    """Live a year: choose, listen, write down, sitting by sitting."""
    diary = Diary(world, room=sum(sitting.minutes for sitting in moments) + 100 * len(moments))
    sessions = []
    for sitting in moments:
        begun = perf_counter()
        picked = way(sitting, diary)
        session = _listened(world, sitting, diary, picked, perf_counter() - begun)
        diary.add(session)
        sessions.append(session)
        if tell:
            tell(sitting.number)
    return diary, sessions


def _listened(world: World, sitting: Sitting, diary: Diary, picked: Picked, plan_s: float) -> Session:
    # One place per track: a work's movements share what was said of the work.
    chosen = [song for part in picked.sets for song in part.songs for _ in song.candidate.tracks]
    rotations = tuple(song.candidate.rotation for song in chosen)
    luck = np.random.default_rng([SEED, sitting.number, 1]).random(len(picked.tracks))
    risky = [rotation in ("deep_cut", "forgotten_favourite") for rotation in rotations] or [False] * len(picked.tracks)
    silent_s = sitting.at_s - diary.last_s[list(picked.tracks)]
    return Session(
        sitting=sitting,
        tracks=picked.tracks,
        lengths_s=tuple(world.tracks[i].duration_s for i in picked.tracks),
        skipped=tuple(bool(may and x < SKIPPED) for may, x in zip(risky, luck, strict=True)),
        known=tuple("never" if np.isinf(s) else "back" if s >= 90 * DAY_S else "current" for s in silent_s.tolist()),
        plan_s=plan_s,
        n_before=diary.n,
        rotations=rotations,
        unheard=tuple(
            song.candidate.terms.get("listens") == 0 and song.candidate.rotation in ("new_release", "deep_cut")
            for song in chosen
        ),
        rules=tuple(song.rules for song in chosen),
        sets=tuple(sum(len(song.candidate.tracks) for song in part.songs) for part in picked.sets),
        themes=tuple((part.theme.kind, part.theme.words) for part in picked.sets),
        shares=dict(picked.selection.shares) if picked.selection else {},
        pools=dict(picked.selection.pools) if picked.selection else {},
    )


# --- what can be counted ----------------------------------------------------------------------------------------------

ARTIST_GAP, ALBUM_GAP, REPEAT_DAYS = 8, 8, 30
RULES = (
    "never heard follows",
    "forgotten favourite follows",
    "same album again",
    "same artist again",
    "again sooner",
    "twice in a set",
    "twice running",
)
"""What each of `aidj.sequencing.rules.RELAXATIONS` says, in the same order."""
_NEW, _FORGOTTEN, _ALBUM, _ARTIST, _REST, _IN_SET, _RUNNING = RULES
_ARTIST_RULES = (_ARTIST, _IN_SET, _RUNNING)


@dataclass(frozen=True)
class Break:
    """A rule that does not hold in a place, and no relaxation recorded there says so."""

    rule: str
    session: int
    place: int
    """Of the later song."""
    size: float
    """Songs or days between the two."""


@dataclass(frozen=True)
class Gaps:
    """How near songs come to their like: each a smallest distance where no rule was recorded, and what broke."""

    artist: int
    album: int
    repeats: int
    """Songs whose recording, in any version, an earlier session had within 30 days, unrecorded."""
    breaks: tuple[Break, ...]


def gaps(world: World, sessions: Sequence[Session]) -> Gaps:
    """Hold every session against the separation rules, by its songs alone."""
    breaks: list[Break] = []
    last: dict[int, int] = {}
    smallest = {"artist": 10**6, "album": 10**6}
    for session in sessions:
        at_s, number = session.sitting.at_s, session.sitting.number
        set_of = np.repeat(np.arange(len(session.sets)), session.sets).tolist() or list(range(len(session.tracks)))
        here: set[int] = set()
        for place, track in enumerate(session.tracks):
            recorded = " ".join(session.rules[place]) if session.rules else ""
            song = int(world.song[track])
            if song in here:
                breaks.append(Break("twice in a session", number, place, 0))
            elif song in last and at_s - last[song] < REPEAT_DAYS * DAY_S and _REST not in recorded:
                breaks.append(Break("within 30 days", number, place, (at_s - last[song]) / DAY_S))
            here.add(song)
            if (distance := _nearest(session.tracks, place, lambda i: world.artists[i])) and not any(
                rule in recorded for rule in _ARTIST_RULES
            ):
                smallest["artist"] = min(smallest["artist"], distance)
                if distance < ARTIST_GAP:
                    breaks.append(Break("artist gap", number, place, distance))
                if set_of[place] == set_of[place - distance] and session.sets:
                    breaks.append(Break("artist twice in a set", number, place, distance))
            if (distance := _nearest(session.tracks, place, lambda i: _album(world, i))) and _ALBUM not in recorded:
                smallest["album"] = min(smallest["album"], distance)
                if distance < ALBUM_GAP:
                    breaks.append(Break("album gap", number, place, distance))
            if session.rotations and place:
                pair = session.rotations[place - 1 : place + 1]
                if pair == ("forgotten_favourite",) * 2 and _FORGOTTEN not in recorded:
                    breaks.append(Break("forgotten after forgotten", number, place, 1))
                if all(session.unheard[place - 1 : place + 1]) and _NEW not in recorded:
                    breaks.append(Break("new after new", number, place, 1))
        last.update(dict.fromkeys(here, at_s))
    repeats = sum(each.rule in ("twice in a session", "within 30 days") for each in breaks)
    return Gaps(artist=smallest["artist"], album=smallest["album"], repeats=repeats, breaks=tuple(breaks))


def _album(world: World, track: int) -> frozenset[str]:
    found = world.tracks[track]
    # As the rules have it: an album is its title and its album artist, and a history knows no album artist.
    return frozenset({match_key(found.album)}) - {""} if found.album else frozenset()


def _nearest(tracks: Sequence[int], place: int, keys: Callable[[int], frozenset[str]]) -> int:
    """Return how many songs ago something with one of the same keys was played; 0 for never."""
    own = keys(tracks[place])
    for songs_ago in range(1, place + 1):
        if not own.isdisjoint(keys(tracks[place - songs_ago])):
            return songs_ago
    return 0


def relaxed(sessions: Sequence[Session]) -> dict[str, int]:
    """Return in how many sessions each rule is recorded to have given way."""
    found = Counter(
        rule for session in sessions for rule in RULES if any(rule in text for texts in session.rules for text in texts)
    )
    return {rule: found[rule] for rule in RULES}


@dataclass(frozen=True)
class Month:
    """A twelfth of the year: what part of the songs each rotation had, and should have had, in percent."""

    had: dict[Rotation, float]
    target: dict[Rotation, float]
    pools: dict[Rotation, float]
    """The mean number of songs to choose from."""
    songs: int

    def off(self, rotation: Rotation) -> float:
        """Return how far a rotation was from its target, in points."""
        return self.had[rotation] - self.target[rotation]


def months(world: World, sessions: Sequence[Session]) -> list[Month]:
    """Return the shares of each twelfth; the target is the mean of the selections', weighted by their songs."""
    parts: dict[int, list[Session]] = {}
    for session in sessions:
        parts.setdefault((session.sitting.at_s - world.begins_s) * 12 // (YEAR_DAYS * DAY_S), []).append(session)
    found = []
    for _, part in sorted(parts.items()):
        songs = sum(len(session.tracks) for session in part)
        rotations = sorted({rotation for session in part for rotation in session.shares})
        had = Counter(rotation for session in part for rotation in session.rotations)
        found.append(
            Month(
                had={rotation: 100 * had[rotation] / songs for rotation in rotations},
                target={
                    rotation: 100 * sum(s.shares.get(rotation, 0.0) * len(s.tracks) for s in part) / songs
                    for rotation in rotations
                },
                pools={rotation: float(np.mean([s.pools.get(rotation, 0) for s in part])) for rotation in rotations},
                songs=songs,
            )
        )
    return found


def minutes_errors_s(sessions: Sequence[Session]) -> NDArray[np.float64]:
    """Return how far each session is from the time asked for, seconds, shape (n_sessions,)."""
    return np.array([abs(sum(s.lengths_s) - 60 * s.sitting.minutes) for s in sessions])


def distinct_artists(world: World, session: Session) -> int:
    """Return how many artists have the lead in a session."""
    return len({match_key(t.lead) for t in (world.tracks[i] for i in session.tracks)})


def reordered(listener: Listener, order: NDArray[np.int64]) -> Listener:
    """Return what is known of a listener for a library in another order: its track ``i`` was ``order[i]``."""
    to = np.empty(len(order), np.int32)
    to[order] = np.arange(len(order), dtype=np.int32)
    return replace(
        listener,
        plays=replace(listener.plays, track=to[listener.plays.track]),
        offers=replace(listener.offers, track=to[listener.offers.track]),
    )
