"""A simulated year of daily listening, planned session by session.

From the cut on, what is listened to is what the sessions play; a tenth of the deep cuts and forgotten favourites is
skipped within half a minute. `sessions_world.py` says of which library and past.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
from choosing import sets_of
from numpy.typing import NDArray
from sessions_world import DAY_S, SEED, Sitting, World

from aidj.model import Listener, Offers, Plan, Plays, Rotation, Track
from aidj.selection import Catalogue, Selection, select
from aidj.sequencing import ChosenSet, Features, write_plan

SKIPPED = 0.1
SKIPPED_AFTER_S = 20


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
    selection = select(
        tracks,
        listener,
        now=sitting.now,
        rng=np.random.default_rng(select_seed),
        catalogue=catalogue,
        half_life_days=half_life_days,
        limit=400,
    )
    seed = int(set_seed.generate_state(1)[0])
    return selection, sets_of(tracks, selection, sitting.minutes, seed=seed, features=lambda t: features[t.id])


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


def reordered(listener: Listener, order: NDArray[np.int64]) -> Listener:
    """Return what is known of a listener for a library in another order: its track ``i`` was ``order[i]``."""
    to = np.empty(len(order), np.int32)
    to[order] = np.arange(len(order), dtype=np.int32)
    return replace(
        listener,
        plays=replace(listener.plays, track=to[listener.plays.track]),
        offers=replace(listener.offers, track=to[listener.offers.track]),
    )
