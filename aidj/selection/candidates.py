"""From a library and a listener to candidates: which shelf a song stands on, how high, and why.

Four rotations, and each song, whatever its versions, stands on one of them at most:

- ``new_release``: came out within the last 90 days and is no re-issue, or was added within them and not with the bulk
  of the library; never heard, skipped or played, and offered four times at most;
- ``forgotten_favourite``: heard on three days or more, silent for 90 days or more, the last play no skip. Long silence
  is a condition here and never a score: the longer a song is silent, the less likely it is wanted. Half of the places
  are for those silent for more than a year, else all would have been silent for just a little longer than 90 days;
- ``current_favourite``: heard on two days or more, the last time within 90 days, the last play no skip;
- ``deep_cut``: anything else, from the artists and albums one loves first, and last what was heard often and is no
  favourite all the same (a binge of one weekend, or skipped in the end).

A song without listens that is rated high, or that a player counted often, counts as a favourite too.

What was offered, heard or skipped a short time ago rests: it keeps its rotation but comes behind all others there, and
says so in its terms. Ranks are drawn with a little noise, so that another seed gives another session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from aidj.model import Candidate, LeftOut, Listener, Plays, Rotation, Track
from aidj.selection import wording
from aidj.selection.admission import admit
from aidj.selection.catalogue import Catalogue
from aidj.selection.drawing import draw
from aidj.selection.habits import known_plays, z_scores
from aidj.selection.opinions import Verdicts
from aidj.selection.query import Matches, Query, matching
from aidj.selection.ranking import Loves, Parts, parts_of
from aidj.selection.relistening import Past, fitted_half_life_days
from aidj.selection.resting import Resting, resting
from aidj.selection.search import Features
from aidj.selection.seasons import Belonging, belonging_of
from aidj.selection.settings import MixSettings
from aidj.selection.shares import own_shares, target_shares
from aidj.selection.songs import Songs
from aidj.selection.terms import facts_of

SHELVES: tuple[Rotation, ...] = ("new_release", "forgotten_favourite", "current_favourite", "deep_cut")
RESTING_SCORE = -100.0
"""Scores of what rests begin here, and end one above: the nearer to the end of its rest, the higher."""

LEAST_NOISE = 1e-3
"""Less than this is none: scores are kept to six places."""
HEARD_THEN = 4.0
"""Weight of the days heard in the years that a query asks for, beside all that is usual."""

_NOWHERE = -1
_NEW, _FORGOTTEN, _CURRENT, _DEEP = range(4)
_OFTEN = 3
_LONG_AGO_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What could be played now."""

    candidates: tuple[Candidate, ...]
    """Rotation by rotation, best first in each; the forgotten favourites by turns from the last year and from before,
    best first in each of the two. What rests comes last in its rotation."""
    shares: Mapping[Rotation, float]
    """Each rotation's part of the songs, 0 to 1: the listener's own mix, the default and the dials."""
    pools: Mapping[Rotation, int]
    """How many songs each rotation has that do not rest; where all rest, how many it has."""
    left_out: tuple[LeftOut, ...]
    basis: str
    """What is known of the listener, in words."""
    notes: tuple[str, ...]
    half_life_days: float
    """How fast this listener's plays of a song fade, as fitted to their own past weeks."""


def select(
    tracks: Sequence[Track],
    listener: Listener,
    *,
    now: datetime,
    rng: np.random.Generator,
    settings: MixSettings | None = None,
    query: Query | None = None,
    features: Features | None = None,
    catalogue: Catalogue | None = None,
    half_life_days: float | None = None,
    limit: int = 400,
) -> Selection:
    """Choose what could be played now.

    Parameters
    ----------
    tracks : sequence of Track
        The library; what is known of the listener points into it. Its order does not matter to the result.
    listener : Listener
        Plays, offers, opinions, and what a player says. What lies after `now` is left out as a wrong clock.
    now : datetime
        The moment to choose for, with a zone.
    rng : numpy.random.Generator
        Source of the noise; one number is drawn per track.
    query : Query, optional
        Only what it asks for.
    features : mapping from a track's id to (bpm, energy), optional
        What was measured, for queries that ask for tempo, energy or mood.
    catalogue : Catalogue, optional
        `Catalogue.of(tracks)`, where it is at hand: choosing again is then several times faster.
    half_life_days : float, optional
        That of an earlier selection for the same listener, where the same to the day is not needed: it changes slowly,
        and fitting it is a quarter of the work.
    limit : int
        The most candidates per rotation.

    Raises
    ------
    ValueError
        If `now` has no zone, or the catalogue is one of other tracks.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    settings = settings or MixSettings()
    catalogue = Catalogue.of(tracks) if catalogue is None else catalogue
    if not catalogue.describes(tracks):
        raise ValueError("the catalogue is one of other tracks")
    scale = settings.noise if settings.noise >= LEAST_NOISE else 0.0
    noise = rng.gumbel(scale=scale, size=len(catalogue)) if scale else np.zeros(len(catalogue))

    plays = known_plays(listener.plays, catalogue.place, now)
    listens = np.bincount(plays.track[plays.heard], minlength=len(catalogue))
    verdicts = Verdicts.of(listener.opinions, catalogue, now)
    matches = None
    if query is not None:
        matches = _by_song(
            matching(query, catalogue.tracks, plays=plays, now=now, features=features or {}), query, listens, catalogue
        )
    admission = admit(catalogue, verdicts, matches, listens=listens, now=now, settings=settings)
    songs = Songs.of(
        catalogue,
        plays,
        listener,
        verdicts,
        admitted=admission.admitted,
        listens=listens,
        now=now,
        settings=settings,
    )
    shelves = _shelves(songs, settings)
    left_out = _with_versions(admission.left_out, admission.admitted, songs, catalogue)
    if query is not None and query.rotations:
        elsewhere = ~np.isin(shelves, [SHELVES.index(rotation) for rotation in query.rotations])
        left_out += _outside(
            elsewhere & (shelves != _NOWHERE), "on another shelf than the one you asked for", songs, catalogue
        )
        shelves[elsewhere] = _NOWHERE
    for shelf, rotation in enumerate(SHELVES):
        if settings.dials.get(rotation, 1.0) == 0:
            reason = f"none of this rotation is wanted ({rotation.replace('_', ' ')})"
            left_out += _outside(shelves == shelf, reason, songs, catalogue)
            shelves[shelves == shelf] = _NOWHERE
    rests = resting(
        songs.habits,
        songs.offered,
        last_played=songs.last_played,
        new=songs.new,
        among=shelves != _NOWHERE,
        now=now,
        settings=settings,
    )
    song_of, at = catalogue.song[plays.track[plays.heard]], plays.listened_at[plays.heard]
    past = Past(
        item=song_of,
        at=at,
        now_s=now.timestamp(),
        n_items=catalogue.n_songs,
        artist_of=catalogue.artist[songs.any_track],
        n_artists=len(catalogue.artist_keys),
        album_of=catalogue.album[songs.any_track],
    )
    half_life_days = fitted_half_life_days(past) if half_life_days is None else half_life_days
    loves = Loves.of(catalogue, plays, songs, now)
    no_favourite = (songs.habits.listens > _OFTEN) | (songs.habits.days_heard >= settings.forgotten_min_days_heard)

    ranks: dict[Rotation, _Ranked] = {}
    pools: dict[Rotation, int] = {}
    for shelf, rotation in enumerate(SHELVES):
        members = np.flatnonzero(shelves == shelf)
        pools[rotation] = int((rests.reason[members] == 0).sum())
        if len(members) == 0:
            continue
        parts = parts_of(
            rotation,
            members,
            catalogue=catalogue,
            songs=songs,
            loves=loves,
            past=past,
            half_life_days=half_life_days,
            shelved=~no_favourite[members],
        )
        if matches is not None and matches.days_heard_in.any():
            days_then = np.bincount(catalogue.song, weights=matches.days_heard_in, minlength=catalogue.n_songs)
            parts["heard_then"] = HEARD_THEN * z_scores(np.log1p(days_then[members]))
        strata = np.zeros(len(members), np.int64)
        if rotation == "forgotten_favourite":
            strata = (songs.days_silent[members] > _LONG_AGO_DAYS).astype(np.int64)
        ranks[rotation] = _ranked(members, parts, strata, noise[songs.face[members]], rests, scale, limit)
    faces = [songs.face[ranked.song] for ranked in ranks.values()]
    belonging = iter(
        belonging_of(catalogue, plays, np.concatenate(faces), now=now, hemisphere=settings.hemisphere) if faces else ()
    )
    candidates: list[Candidate] = []
    for rotation, ranked in ranks.items():
        past_of_each = list(islice(belonging, len(ranked.song)))
        candidates += _written(rotation, ranked, past_of_each, catalogue=catalogue, songs=songs, rests=rests)
    if not any(pools.values()):
        pools = {rotation: int((shelves == shelf).sum()) for shelf, rotation in enumerate(SHELVES)}
    own = own_shares(song_of, at, now, unasked=songs.unasked[plays.heard])
    return Selection(
        candidates=tuple(candidates),
        shares=target_shares(own, dials=settings.dials, pools=pools),
        pools=pools,
        left_out=left_out,
        basis=_basis(plays, listens, songs, now),
        notes=(*(matches.notes if matches is not None else ()), *_rest_notes(rests, settings)),
        half_life_days=half_life_days,
    )


def _by_song(matches: Matches, query: Query, listens: NDArray[np.int64], catalogue: Catalogue) -> Matches:
    """Look at all versions of a song where it matters whether it was heard."""
    heard = np.bincount(catalogue.song, weights=listens, minlength=catalogue.n_songs)[catalogue.song] > 0
    if query.heard == "never":
        return replace(matches, mask=matches.mask & ~heard)
    return matches


def _shelves(songs: Songs, settings: MixSettings) -> NDArray[np.int8]:
    """Return the index into `SHELVES` of each song, shape (n_songs,); `_NOWHERE` for what may not be chosen."""
    habits = songs.habits
    heard = habits.listens > 0
    standing = ~heard & songs.standing.favourite
    loved = ~habits.last_was_skip & ~songs.binge
    silent = songs.days_silent
    shelves = np.full(len(silent), _DEEP, np.int8)
    current = standing | (heard & (habits.days_heard >= settings.current_min_days_heard))
    shelves[loved & current & (silent < settings.forgotten_days)] = _CURRENT
    forgotten = standing | (heard & (habits.days_heard >= settings.forgotten_min_days_heard))
    shelves[loved & forgotten & (silent >= settings.forgotten_days) & np.isfinite(silent)] = _FORGOTTEN
    shelves[songs.new] = _NEW
    shelves[songs.face < 0] = _NOWHERE
    return shelves


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranked:
    """The songs of one shelf in the order in which they are offered, as columns of equal length."""

    song: NDArray[np.int64]
    score: NDArray[np.float64]
    propensity: NDArray[np.float64]
    parts: Mapping[str, NDArray[np.float64]]


def _ranked(
    members: NDArray[np.int64],
    parts: Parts,
    strata: NDArray[np.int64],
    noise: NDArray[np.float64],
    rests: Resting,
    scale: float,
    limit: int,
) -> _Ranked:
    """Draw the order: stratum against stratum by turns, then what rests, the best rested first."""
    # Rounded, so that a last bit that another processor computes otherwise does not turn the order round.
    score = np.round(np.sum(list(parts.values()), axis=0), 6)
    noise = np.round(noise, 6)
    propensity = np.ones(len(members))
    awake = rests.reason[members] == 0
    queues = []
    for stratum in np.unique(strata):
        queue = np.flatnonzero(awake & (strata == stratum))
        order, likely = draw(score[queue], noise[queue], scale)
        queue = queue[order]
        propensity[queue] = likely
        queues.append(queue)
    turns = np.concatenate([np.arange(len(queue)) for queue in queues])
    by_turns = np.concatenate(queues)[np.argsort(turns, kind="stable")]
    asleep = np.flatnonzero(~awake)
    rested = rests.rested[members[asleep]]
    asleep = asleep[np.argsort(-rested, kind="stable")]
    total = np.round(score + noise, 6)
    total[~awake] = RESTING_SCORE + rests.rested[members[~awake]]
    order = np.concatenate([by_turns, asleep])[:limit]
    return _Ranked(
        song=members[order],
        score=total[order],
        propensity=propensity[order],
        parts={f"score_{name}": values[order] for name, values in {**parts, "noise": noise}.items()},
    )


def _written(
    rotation: Rotation,
    ranked: _Ranked,
    belonging: Sequence[Belonging],
    *,
    catalogue: Catalogue,
    songs: Songs,
    rests: Resting,
) -> list[Candidate]:
    """Write candidates with their terms and their sentence.

    Terms are the facts of `aidj.selection.terms`, and the parts of the score, ``score_…``, which add up to it; a part
    of 0 is left out, and what rests has none.
    """
    facts = facts_of(ranked.song, catalogue, songs, rests)
    names = list(ranked.parts)
    columns = [np.round(values, 4).tolist() for values in ranked.parts.values()]
    found = []
    for i, (song, score, propensity, values) in enumerate(
        zip(
            ranked.song.tolist(),
            ranked.score.tolist(),
            ranked.propensity.tolist(),
            zip(*columns, strict=True),
            strict=True,
        )
    ):
        terms = facts[i] | belonging[i].terms()
        if "resting" not in terms:
            terms |= {name: value for name, value in zip(names, values, strict=True) if value}
        found.append(
            Candidate(
                track=catalogue.tracks[int(songs.face[song])],
                rotation=rotation,
                score=score,
                terms=terms,
                why=wording.why(rotation, terms),
                propensity=float(f"{propensity:.6g}"),
            )
        )
    return found


def _with_versions(
    left_out: tuple[LeftOut, ...], admitted: NDArray[np.bool_], songs: Songs, catalogue: Catalogue
) -> tuple[LeftOut, ...]:
    """Add the versions of a song for which another one stands."""
    behind = admitted.copy()
    behind[songs.face[songs.face >= 0]] = False
    numbers = np.flatnonzero(behind)
    if len(numbers) == 0:
        return left_out
    track = catalogue.tracks[int(numbers[0])]
    example = f"{track.artist} – {track.title}"
    return (
        *left_out,
        LeftOut(reason="another version of the song stands for it", tracks=len(numbers), example=example),
    )


def _outside(which: NDArray[np.bool_], reason: str, songs: Songs, catalogue: Catalogue) -> tuple[LeftOut, ...]:
    numbers = np.flatnonzero(which)
    if len(numbers) == 0:
        return ()
    track = catalogue.tracks[int(songs.face[numbers[np.argmax(songs.habits.listens[numbers])]])]
    example = f"{track.artist} – {track.title}"
    return (LeftOut(reason=reason, tracks=len(numbers), example=example),)


def _rest_notes(rests: Resting, settings: MixSettings) -> tuple[str, ...]:
    """Say where the library is too small for the rest between two offers of a song."""
    if rests.shortened_to_days is None:
        return ()
    words = wording.several(int(rests.shortened_to_days), "day")
    return (f"Songs come again after {words} already, not {settings.repeat_days:g}: there are too few of them.",)


def _basis(plays: Plays, listens: NDArray[np.int64], songs: Songs, now: datetime) -> str:
    at = plays.listened_at[plays.heard]
    return wording.basis(
        len(at),
        int((listens > 0).sum()),
        float(at[0]) if len(at) else 0.0,
        float(at[-1]) if len(at) else 0.0,
        elsewhere=int((plays.elsewhere.listened_at <= now.timestamp()).sum()),
        rated=bool(songs.standing.known.any()),
        of_a_player=songs.standing.of_a_player,
    )
