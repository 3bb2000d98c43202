"""A beginning that is planned at once: one or two songs out of a few, while the rest of the session is still planned.

However large the library is, a few of its songs are looked at, those that need no measuring any more if there are any,
and planned as any session is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from aidj.errors import AidjError
from aidj.home import Home
from aidj.model import Plan, Track
from aidj.session.edits import without_length
from aidj.session.planning import plan_session
from aidj.session.replanning import beginning_of
from aidj.session.setup import Setup
from aidj.session.wishes import Wishes

_LOOKED_AT = 240
"""So many songs are looked at."""
_ATTEMPTS = 3
"""Where none was ever measured, one is glanced at while the listener waits; so many are tried."""
_WHOLE_SONG_S = 90.0
"""What is shorter may be no song at all."""
_MINUTES = 3.0
_SONGS = 1


def opener(
    home: Home, setup: Setup, wishes: Wishes, *, now: datetime, besides: Collection[str] = (), number: int = 0
) -> Plan | None:
    """Return a plan with one song, and what is said before it; None where only the whole library can answer.

    Parameters
    ----------
    wishes : Wishes
        What is asked for.
    besides : collection of str
        Ids of tracks that have been played.
    number : int
        How many were begun so before.
    """
    if wishes.query is not None and (wishes.query.whole_album or wishes.query.whole_work):
        return None
    seed = int(now.strftime("%Y%m%d")) if setup.seed is None else setup.seed
    try:
        few = _ready(home, home.library.sample(_LOOKED_AT, seed=seed + number, folders=setup.folders), besides)
        if not few:
            return None
        plan = plan_session(
            home,
            minutes=_MINUTES,
            now=now,
            seed=seed + number,
            presenter=setup.presenter,
            wishes=wishes,
            mix=setup.mix,
            few=few,
        )
    except AidjError:
        return None  # the whole library may know better, or say better why not
    return without_length(beginning_of(plan, _SONGS))


def _ready(home: Home, tracks: Sequence[Track], besides: Collection[str]) -> tuple[Track, ...]:
    """Return the tracks that can begin at once; where none was measured, one that was glanced at."""
    free = [track for track in tracks if track.id not in besides]
    missing = {track.id for track in home.analyses.missing(free)}
    measured = tuple(track for track in free if track.id not in missing)
    if measured:
        return measured
    quickest = sorted(free, key=lambda track: (track.duration_s < _WHOLE_SONG_S, track.duration_s))
    return next(((track,) for track in quickest[:_ATTEMPTS] if home.analyses.glance(track) is None), ())
