"""How much of each rotation: the listener's own habit, blended with a default, turned by dials and by what happens.

Natural listening is about a third songs new to the person, half what is current, a sixth what comes back after three
months or more (measured on eight histories of several years). The listener's own mix of the last 90 days pulls away
from that as its listens become many: ``q = (n q_own + 200 q_default) / (n + 200)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.model import Rotation
from aidj.selection.habits import DAY_S

DEFAULT_MIX: Mapping[str, float] = {"new": 1 / 3, "current": 1 / 2, "rediscovery": 1 / 6}
DEFAULT_WEIGHT = 200.0
"""The default counts as much as so many listens."""
OWN_DAYS = 90
"""The listener's own mix is that of so many days; and a song silent for as long is rediscovered."""

USUAL_SONGS = 12
"""Songs of a usual session."""
PLENTY = 100
"""In a library of fewer songs every shelf is small, and none makes up for another."""

EARLY_SKIP_S = 30.0
"""A skip within so many seconds is about the song, not about its length."""
AFTER_SKIP, AFTER_TWO_SKIPS, AFTER_LIKE = 0.7, 0.5, 1.2
"""Factors on a rotation's share. Our own choice: nobody has measured them."""

_SHARED: tuple[Rotation, ...] = ("new_release", "forgotten_favourite", "current_favourite", "deep_cut")
_SIBLINGS: Mapping[Rotation, Rotation] = {"new_release": "deep_cut", "deep_cut": "new_release"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMix:
    """How a listener's lately heard songs divide by themselves."""

    new: float
    """Part of the listens that were the first ever of their song, 0 to 1."""
    current: float
    rediscovery: float
    """Part of the listens that came after 90 days of silence or more."""
    listens: int
    """How many listens that rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened to one song of a session."""

    rotation: Rotation
    played_s: float
    skipped: bool = False
    liked: bool = False

    @property
    def early_skip(self) -> bool:
        """Skipped within the first half minute."""
        return self.skipped and self.played_s < EARLY_SKIP_S


def own_shares(
    song: NDArray[np.integer[Any]],
    listened_at: NDArray[np.int64],
    now: datetime,
    *,
    unasked: NDArray[np.bool_] | None = None,
) -> OwnMix:
    """Divide the listens of the last 90 days by how long their song had been silent before.

    Listens of a history's own first 90 days are left out: then everything seems new, because nothing older is known.

    Parameters
    ----------
    song : ndarray, shape (n,)
        What was heard, any numbers.
    listened_at : ndarray, shape (n,)
        When, unix seconds UTC, in any order; what is after `now` is left out.
    unasked : ndarray of bool, shape (n,), optional
        Which listens no session had offered; only they are counted, else the mix would feed on itself.
    """
    now_s = now.timestamp()
    past = listened_at <= now_s
    song, at = song[past], listened_at[past]
    asked_for = np.zeros(len(at), np.bool_) if unasked is None else ~unasked[past]
    if len(at) == 0:
        return OwnMix(new=0.0, current=0.0, rediscovery=0.0, listens=0)
    origin = int(at.min())
    since = max(now_s - OWN_DAYS * DAY_S, origin + OWN_DAYS * DAY_S)
    concerned = np.zeros(int(song.max()) + 1, np.bool_)
    concerned[song[at >= since]] = True
    kept = concerned[song]  # the rest of the history says nothing of these songs
    span = int(at.max()) - origin + 1
    key = song[kept].astype(np.int64) * span + (at[kept] - origin)  # by song, then time
    order = np.argsort(key, kind="stable")
    song, at = key[order] // span, key[order] % span + origin
    lately = (at >= since) & ~asked_for[kept][order]
    first = np.ones(len(at), np.bool_)
    first[1:] = song[1:] != song[:-1]
    silent_s = np.diff(at, prepend=at[:1])
    listens = int(lately.sum())
    new = int((lately & first).sum())
    back = int((lately & ~first & (silent_s >= OWN_DAYS * DAY_S)).sum())
    most = max(listens, 1)
    return OwnMix(new=new / most, current=(listens - new - back) / most, rediscovery=back / most, listens=listens)


def target_shares(
    own: OwnMix, *, dials: Mapping[Rotation, float] | None = None, pools: Mapping[Rotation, int]
) -> dict[Rotation, float]:
    """Return each rotation's part of the songs, 0 to 1; together 1, or all 0 where no rotation has songs.

    What is new to the listener comes from new releases and deep cuts in equal parts. A rotation without songs leaves
    its part to the other of these two, else to all in proportion to theirs. So does one with only a few songs, beside
    others that have many, with what it cannot give: no session should take more than about half of a shelf.

    Parameters
    ----------
    dials : mapping, optional
        A factor for each rotation; 1 where not named. If all rotations that have songs are turned to 0, the dials are
        not heard: something has to play.
    pools : mapping
        How many songs each rotation has to choose from.
    """
    blended = {
        name: (own.listens * getattr(own, name) + DEFAULT_WEIGHT * default) / (own.listens + DEFAULT_WEIGHT)
        for name, default in DEFAULT_MIX.items()
    }
    usual: dict[Rotation, float] = {
        "new_release": blended["new"] / 2,
        "forgotten_favourite": blended["rediscovery"],
        "current_favourite": blended["current"],
        "deep_cut": blended["new"] / 2,
    }
    turned = {rotation: share * (dials or {}).get(rotation, 1.0) for rotation, share in usual.items()}
    if not any(turned[rotation] > 0 and pools.get(rotation, 0) > 0 for rotation in _SHARED):
        turned = usual
    shares = dict(turned)
    for rotation, sibling in _SIBLINGS.items():
        if pools.get(rotation, 0) == 0 and pools.get(sibling, 0) > 0 and turned[sibling] > 0:
            shares[sibling] += turned[rotation]
    for rotation in _SHARED:
        if pools.get(rotation, 0) == 0:
            shares[rotation] = 0.0
    shares = _together_one(shares)
    if sum(pools.values()) >= PLENTY:
        for rotation in _SHARED:
            shares[rotation] = min(shares[rotation], pools.get(rotation, 0) / (2 * USUAL_SONGS))
    return _together_one(shares)


def after_feedback(shares: Mapping[Rotation, float], outcomes: Sequence[Outcome]) -> dict[Rotation, float]:
    """Return the shares for the next set, after what happened to the songs of this one.

    A skip within 30 s takes its rotation down to 0.7 of its share; two or more of them in a row take each of their
    rotations down to half, once; a like raises its rotation to 1.2. Then the shares are made one again.
    """
    turned = dict(shares)
    run: list[Rotation] = []

    def end_run() -> None:
        for rotation in dict.fromkeys(run):
            if rotation in turned:
                turned[rotation] *= AFTER_SKIP if len(run) == 1 else AFTER_TWO_SKIPS
        run.clear()

    for outcome in outcomes:
        if outcome.early_skip:
            run.append(outcome.rotation)
        else:
            end_run()
        if outcome.liked and outcome.rotation in turned:
            turned[outcome.rotation] *= AFTER_LIKE
    end_run()
    return _together_one(turned)


def needs_new_plan(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether the last two songs were both skipped within 30 s: what is planned does not fit the moment."""
    return len(outcomes) >= 2 and outcomes[-1].early_skip and outcomes[-2].early_skip


def _together_one(shares: Mapping[Rotation, float]) -> dict[Rotation, float]:
    total = sum(shares.values())
    return {rotation: share / total if total > 0 else 0.0 for rotation, share in shares.items()}
