"""From habits to candidates: which shelf a track stands on, how high, and why.

Four rotations, and each track stands on one of them at most:

- ``new_release``: came out within the last 90 days, is neither a re-issue nor a remaster, and was hardly heard yet;
- ``forgotten_favourite``: heard on three days or more, silent for 90 days or more, and not skipped the last time.
  Long silence is a condition here and never a score: the longer a song is silent, the less likely it is wanted;
- ``current_favourite``: heard on two days or more, the last time within 90 days;
- ``deep_cut``: anything else, those by artists one plays first.

What was played a few hours ago, or skipped the last time, rests: it keeps its rotation but comes behind all others
there, and says so in its terms.

Ranks are drawn with a little noise (Gumbel, s = 0.2), so that another seed gives another session.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import cast

import numpy as np
from numpy.typing import NDArray

from aidj.model import Candidate, PartialDate, Plays, Rotation, Track
from aidj.names import match_key, version_hints
from aidj.selection.habits import (
    DAY_S,
    Habits,
    base_level,
    day_base_level,
    distinct_days,
    habits_of,
    z_scores,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixSettings:
    """What counts as new, forgotten and current."""

    new_days: int = 90
    new_max_listens: int = 2
    forgotten_days: int = 90
    forgotten_min_days_heard: int = 3
    current_min_days_heard: int = 2
    rest_hours: float = 12.0
    """A track played within so many hours rests: it is only taken when nothing else is left."""
    skip_rest_days: float = 180.0
    """A track whose last play was a skip rests so long."""
    noise: float = 0.2
    """Scale of the Gumbel noise on the scores."""
    min_duration_s: float = 30.0
    """Shorter tracks (jingles, skits, silences) are not offered, unless there are no others."""


_ROTATIONS: tuple[Rotation, ...] = ("new_release", "forgotten_favourite", "current_favourite", "deep_cut")
_RESTING = -100.0


def select(
    tracks: Sequence[Track],
    plays: Plays,
    *,
    now: datetime,
    rng: np.random.Generator,
    settings: MixSettings | None = None,
) -> tuple[Candidate, ...]:
    """Return every track that could be played now, best first within each rotation.

    Parameters
    ----------
    tracks : sequence of Track
        The library; `plays.track` points into it. Its order does not matter to the result.
    plays : Plays
        The history of these tracks.
    now : datetime
        The moment to choose for, with a zone.
    rng : numpy.random.Generator
        Source of the noise.
    """
    settings = settings or MixSettings()
    if not tracks:
        return ()
    habits = habits_of(plays, len(tracks), now)
    past = plays.heard & (plays.listened_at <= now.timestamp())
    track_of, at = distinct_days(plays.track[past], plays.listened_at[past])
    levels = {
        "forgotten_favourite": base_level(track_of, at, len(tracks), now, decay=1.0),
        "current_favourite": base_level(track_of, at, len(tracks), now, decay=0.5),
    }
    artist_level = _artist_levels(tracks, track_of, at, now)
    today = now.date()
    new_days = np.array([_days_since_release(track, today, settings) for track in tracks])
    rotations = _rotations(tracks, habits, new_days, settings)
    resting = _resting(habits, now, settings)
    # Noise goes by track id, so that neither the order of the library nor the folder layout changes the draw.
    order = np.array(sorted(range(len(tracks)), key=lambda index: tracks[index].id))
    noise = np.zeros(len(tracks))
    noise[order] = rng.gumbel(scale=settings.noise, size=len(tracks)) if settings.noise else 0.0

    columns = _Columns.of(habits, new_days, resting)
    candidates: list[Candidate] = []
    for rotation in _ROTATIONS:
        members = order[rotations[order] == rotation]
        if len(members) == 0:
            continue
        score = 0.5 * z_scores(artist_level[members])
        if rotation in levels:
            score = z_scores(levels[rotation][members]) + 0.3 * z_scores(artist_level[members])
        elif rotation == "new_release":
            score = score + z_scores(-new_days[members])
        score = score + noise[members] + np.where(resting[members], _RESTING, 0.0)
        for index, value in zip(members.tolist(), np.round(score, 6).tolist(), strict=True):
            track = tracks[index]
            terms = columns.terms(index, track)
            why = _why(rotation, terms)
            candidates.append(Candidate(track=track, rotation=rotation, score=value, terms=terms, why=why))
    return tuple(sorted(candidates, key=lambda candidate: (-candidate.score, candidate.track.id)))


def _artist_levels(
    tracks: Sequence[Track], track_of: NDArray[np.int64], at: NDArray[np.int64], now: datetime
) -> NDArray[np.float64]:
    """How much each track's lead artist is in the listener's mind; -inf for an artist never heard."""
    keys = [match_key(track.artists[0] if track.artists else track.artist) for track in tracks]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    artist = np.array([numbers[key] for key in keys])
    levels = day_base_level(artist[track_of], at, len(numbers), now, decay=0.5)
    return np.asarray(levels[artist])


def _days_since_release(track: Track, today: date, settings: MixSettings) -> float:
    """Days since a new release came out, at most; inf for what is not new, not sure, or a re-issue."""
    released, first = track.released, track.first_released
    if released is None or released.year < today.year - 1 - settings.new_days // 365:
        return float("inf")
    came_out = released.earliest()
    days = (today - came_out).days
    if not 0 <= days <= settings.new_days:
        return float("inf")
    if released.precision == "year" and today.month > 3:
        return float("inf")  # a bare year says too little once the year is well under way
    if first and (came_out - _latest(first)).days > settings.new_days:
        return float("inf")
    if "remaster" in version_hints(track.title) | version_hints(track.album or ""):
        return float("inf")  # such files seldom say when the recording first came out
    return float(days)


def _latest(when: PartialDate) -> date:
    """Return the last day that a date can mean."""
    if when.day:
        return when.earliest()
    month = when.month or 12
    return date(when.year, month, monthrange(when.year, month)[1])


def _rotations(
    tracks: Sequence[Track], habits: Habits, new_days: NDArray[np.float64], settings: MixSettings
) -> NDArray[np.str_]:
    rotations = np.full(len(tracks), "deep_cut", dtype="<U24")
    silent = habits.days_silent
    current = (habits.days_heard >= settings.current_min_days_heard) & (silent < settings.forgotten_days)
    rotations[current] = "current_favourite"
    forgotten = (
        (habits.days_heard >= settings.forgotten_min_days_heard)
        & (silent >= settings.forgotten_days)
        & ~habits.last_was_skip
    )
    rotations[forgotten] = "forgotten_favourite"
    rotations[np.isfinite(new_days) & (habits.listens <= settings.new_max_listens)] = "new_release"
    short = np.array([track.duration_s < settings.min_duration_s for track in tracks])
    if not short.all():  # somebody may own nothing but miniatures
        rotations[short] = ""
    return rotations


def _resting(habits: Habits, now: datetime, settings: MixSettings) -> NDArray[np.bool_]:
    since_s = now.timestamp() - np.nan_to_num(habits.last_played, nan=-np.inf)
    just_played = since_s < settings.rest_hours * 3600
    just_skipped = habits.last_was_skip & (since_s < settings.skip_rest_days * 86400)
    return np.asarray(just_played | just_skipped)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What the terms are made of, as lists: reading single numbers out of arrays is slow."""

    listens: list[int]
    days_heard: list[int]
    days_silent: list[int]
    first_heard: list[str]
    last_heard: list[str]
    new_days: list[float]
    resting: list[bool]
    last_was_skip: list[bool]

    @classmethod
    def of(cls, habits: Habits, new_days: NDArray[np.float64], resting: NDArray[np.bool_]) -> _Columns:
        return cls(
            listens=habits.listens.tolist(),
            days_heard=habits.days_heard.tolist(),
            days_silent=np.where(habits.listens > 0, habits.days_silent, 0).astype(np.int64).tolist(),
            first_heard=_days(habits.first_heard),
            last_heard=_days(habits.last_heard),
            new_days=new_days.tolist(),
            resting=resting.tolist(),
            last_was_skip=habits.last_was_skip.tolist(),
        )

    def terms(self, index: int, track: Track) -> dict[str, float | int | str]:
        terms: dict[str, float | int | str] = {"listens": self.listens[index]}
        if self.listens[index]:
            terms["days_heard"] = self.days_heard[index]
            terms["days_silent"] = self.days_silent[index]
            terms["first_heard"] = self.first_heard[index]
            terms["last_heard"] = self.last_heard[index]
        if isfinite(self.new_days[index]) and track.released:
            if track.released.precision == "day":
                terms["new_days"] = int(self.new_days[index])
            else:
                terms["released"] = str(track.released)
        if self.last_was_skip[index]:
            terms["skipped_last"] = 1
        if self.resting[index]:
            terms["resting"] = 1
        return terms


def _days(seconds: NDArray[np.float64]) -> list[str]:
    """Return the day (UTC) of each moment; of a moment that is not known, some day."""
    days = (np.nan_to_num(seconds) // DAY_S).astype("datetime64[D]")
    return cast(list[str], np.datetime_as_string(days).tolist())


def _why(rotation: Rotation, terms: dict[str, float | int | str]) -> str:
    listens = int(terms["listens"])
    heard = f"{listens} listen{'' if listens == 1 else 's'}"
    if rotation == "new_release":
        why = f"{_came_out(terms)}, {heard if listens else 'not heard yet'}"
    elif rotation == "forgotten_favourite":
        why = f"{heard} on {terms['days_heard']} days, none for {terms['days_silent']} days"
    elif rotation == "current_favourite":
        why = f"{heard} on {terms['days_heard']} days, the last one {_ago(terms)}"
    elif listens:
        why = f"{heard}, the last one {_ago(terms)}"
    else:
        why = "in the library, not heard yet"
    if "skipped_last" in terms:
        why += ", skipped the last time"
    if "resting" in terms:
        why += "; taken although it was played or skipped a short while ago, because little else is left"
    return why


def _came_out(terms: dict[str, float | int | str]) -> str:
    if "new_days" not in terms:
        return f"came out in {terms['released']}"
    days = terms["new_days"]
    return "came out today" if days == 0 else f"came out {days} day{'' if days == 1 else 's'} ago"


def _ago(terms: dict[str, float | int | str]) -> str:
    days = terms["days_silent"]  # counted in full days: "yesterday" would be a guess
    return "less than a day ago" if days == 0 else "a day ago" if days == 1 else f"{days} days ago"
