"""From habits to candidates: which shelf a track stands on, how high, and why.

Four rotations, and each track stands on one of them at most:

- ``new_release``: came out within the last 90 days, is no re-issue, and was hardly heard yet;
- ``forgotten_favourite``: heard on three days or more, silent for 90 days or more, and not skipped the last time.
  Long silence is a condition here and never a score: the longer a song is silent, the less likely it is wanted;
- ``current_favourite``: heard on two days or more, the last time within 90 days;
- ``deep_cut``: anything else, those by artists one plays first.

Ranks are drawn with a little noise (Gumbel, s = 0.2), so that another seed gives another session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import Candidate, Plays, Rotation, Track
from aidj.names import match_key
from aidj.selection.habits import Habits, day_base_level, habits_of, z_scores


@dataclass(frozen=True, slots=True, kw_only=True)
class MixSettings:
    """What counts as new, forgotten and current."""

    new_days: int = 90
    new_max_listens: int = 2
    forgotten_days: int = 90
    forgotten_min_days_heard: int = 3
    current_min_days_heard: int = 2
    rest_hours: float = 12.0
    """A track played within so many hours is only taken when nothing else is left."""
    skip_rest_days: float = 180.0
    """A track whose last play was a skip rests so long."""
    noise: float = 0.2
    """Scale of the Gumbel noise on the scores."""
    min_duration_s: float = 30.0
    """Shorter tracks (jingles, skits, silences) are not offered."""


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
    artist_level = _artist_levels(tracks, plays, now)
    past = plays.heard & (plays.listened_at <= now.timestamp())
    track_of, at = plays.track[past], plays.listened_at[past]
    levels = {
        "forgotten_favourite": day_base_level(track_of, at, len(tracks), now, decay=1.0),
        "current_favourite": day_base_level(track_of, at, len(tracks), now, decay=0.5),
    }
    today = now.date()
    new_days = np.array([_days_since_release(track, today, settings) for track in tracks])
    rotations = _rotations(tracks, habits, new_days, settings)
    resting = _resting(habits, now, settings)
    # Noise goes by track id, so that neither the order of the library nor the folder layout changes the draw.
    order = np.array(sorted(range(len(tracks)), key=lambda index: tracks[index].id))
    noise = np.zeros(len(tracks))
    noise[order] = rng.gumbel(scale=settings.noise, size=len(tracks)) if settings.noise else 0.0

    candidates: list[Candidate] = []
    for rotation in ("new_release", "forgotten_favourite", "current_favourite", "deep_cut"):
        members = order[rotations[order] == rotation]
        if len(members) == 0:
            continue
        score = 0.5 * z_scores(artist_level[members])
        if rotation in levels:
            score = z_scores(levels[rotation][members]) + 0.3 * z_scores(artist_level[members])
        elif rotation == "new_release":
            score = score + z_scores(-new_days[members])
        score = score + noise[members] + np.where(resting[members], _RESTING, 0.0)
        for index, value in zip(members, score, strict=True):
            terms = _terms(int(index), habits, new_days, bool(resting[index]))
            candidates.append(
                Candidate(
                    track=tracks[index],
                    rotation=rotation,
                    score=round(float(value), 6),
                    terms=terms,
                    why=_why(rotation, terms),
                )
            )
    return tuple(sorted(candidates, key=lambda candidate: (-candidate.score, candidate.track.id)))


def _artist_levels(tracks: Sequence[Track], plays: Plays, now: datetime) -> NDArray[np.float64]:
    """How much each track's lead artist is in the listener's mind; -inf for an artist never heard."""
    keys = [match_key(track.artists[0] if track.artists else track.artist) for track in tracks]
    numbers = {key: number for number, key in enumerate(sorted(set(keys)))}
    artist = np.array([numbers[key] for key in keys], np.int32)
    past = plays.heard & (plays.listened_at <= now.timestamp())
    levels = day_base_level(artist[plays.track[past]], plays.listened_at[past], len(numbers), now, decay=0.5)
    return levels[artist]


def _days_since_release(track: Track, today: date, settings: MixSettings) -> float:
    """Days since a new release came out; inf for what is not new, not sure, or a re-issue."""
    released = track.released
    if released is None:
        return float("inf")
    if track.first_released and track.first_released.year < released.year - 1:
        return float("inf")
    if released.precision == "year" and (released.year != today.year or today.month > 3):
        return float("inf")  # a bare year says too little once the year is well under way
    days = (today - released.earliest()).days
    return float(days) if 0 <= days <= settings.new_days else float("inf")


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
    rotations[np.array([track.duration_s < settings.min_duration_s for track in tracks])] = ""
    return rotations


def _resting(habits: Habits, now: datetime, settings: MixSettings) -> NDArray[np.bool_]:
    since_s = now.timestamp() - np.nan_to_num(habits.last_played, nan=-np.inf)
    just_played = since_s < settings.rest_hours * 3600
    just_skipped = habits.last_was_skip & (since_s < settings.skip_rest_days * 86400)
    return np.asarray(just_played | just_skipped)


def _terms(index: int, habits: Habits, new_days: NDArray[np.float64], resting: bool) -> dict[str, float | int | str]:
    terms: dict[str, float | int | str] = {"listens": int(habits.listens[index])}
    if terms["listens"]:
        terms["days_heard"] = int(habits.days_heard[index])
        terms["days_silent"] = int(habits.days_silent[index])
        terms["first_heard"] = _day(habits.first_heard[index])
        terms["last_heard"] = _day(habits.last_heard[index])
    if np.isfinite(new_days[index]):
        terms["new_days"] = int(new_days[index])
    if resting:
        terms["resting"] = 1
    return terms


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).date().isoformat()


def _why(rotation: Rotation, terms: dict[str, float | int | str]) -> str:
    listens = int(terms["listens"])
    heard = f"{listens} listen{'' if listens == 1 else 's'}"
    if rotation == "new_release":
        days = int(terms["new_days"])
        came_out = "came out today" if days == 0 else f"came out {days} day{'' if days == 1 else 's'} ago"
        why = f"{came_out}, {heard if listens else 'not heard yet'}"
    elif rotation == "forgotten_favourite":
        why = f"{heard} on {terms['days_heard']} days, none for {terms['days_silent']} days"
    elif rotation == "current_favourite":
        why = f"{heard} on {terms['days_heard']} days, the last one {_ago(int(terms['days_silent']))}"
    elif listens:
        why = f"only {heard} so far, the last one {_ago(int(terms['days_silent']))}"
    else:
        why = "in the library, not heard yet"
    if terms.get("resting"):
        why += "; taken although it was played or skipped a short while ago, because little else is left"
    return why


def _ago(days: int) -> str:
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
