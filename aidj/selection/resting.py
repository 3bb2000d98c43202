"""What rests for a while: offered, played or skipped a short time ago. It is used only when nothing else is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.model import Offers
from aidj.selection.catalogue import Catalogue
from aidj.selection.habits import DAY_S, HOUR_S, Habits
from aidj.selection.settings import MixSettings

RestReason = Literal["", "offered", "played", "skipped"]
REASONS: Sequence[RestReason] = ("", "offered", "played", "skipped")

RESTING_SHARE = 3 / 8
"""No more than this part of the songs rests because it was offered, else small libraries would have nothing left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Earlier offers by song, any version, as columns of shape (n_songs,)."""

    count: NDArray[np.int64] = field(compare=False)
    last_at: NDArray[np.float64] = field(compare=False)
    """Unix seconds UTC; NaN where it was never offered."""

    @classmethod
    def of(cls, offers: Offers, catalogue: Catalogue, now: datetime) -> Offered:
        """Count the offers of sessions planned for a moment before `now`."""
        before = offers.offered_at < now.timestamp()
        song = catalogue.song[catalogue.place[offers.track[before]]]
        last_at = np.full(catalogue.n_songs, np.nan)
        np.fmax.at(last_at, song, offers.offered_at[before].astype(np.float64))
        return cls(count=np.bincount(song, minlength=catalogue.n_songs).astype(np.int64), last_at=last_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """Which songs rest, as columns of shape (n_songs,)."""

    reason: NDArray[np.int8] = field(compare=False)
    """Index into `REASONS`; 0 for what does not rest."""
    since_s: NDArray[np.float64] = field(compare=False)
    """Seconds since what it rests from."""
    rested: NDArray[np.float64] = field(compare=False)
    """How much of its rest is over, 0 to 1; 1 for what does not rest."""


def resting(
    habits: Habits,
    offered: Offered,
    *,
    last_played: NDArray[np.float64],
    new: NDArray[np.bool_],
    among: NDArray[np.bool_],
    now: datetime,
    settings: MixSettings,
) -> Resting:
    """Work out what rests.

    Parameters
    ----------
    last_played : ndarray, shape (n_songs,)
        The last play of any kind, as far as anything tells; NaN where there was none.
    new : ndarray of bool, shape (n_songs,)
        New releases: they come again after `settings.new_rest_days`.
    among : ndarray of bool, shape (n_songs,)
        The songs to choose from.
    """
    now_s = now.timestamp()
    reason = np.zeros(len(new), np.int8)
    since_s, rested = np.full(len(new), np.inf), np.ones(len(new))

    def let_rest(
        why: RestReason, which: NDArray[np.bool_], at: NDArray[np.float64], for_s: NDArray[np.float64]
    ) -> None:
        ago_s = now_s - at[which]
        reason[which], since_s[which], rested[which] = REASONS.index(why), ago_s, ago_s / for_s[which]

    with np.errstate(invalid="ignore"):  # a comparison with NaN is false, as it should be
        offer_s = np.where(new, settings.new_rest_days, settings.repeat_days) * DAY_S
        lately = among & (now_s - offered.last_at < offer_s)
        let_rest(
            "offered", _latest_few(lately, offered.last_at, int(RESTING_SHARE * among.sum())), offered.last_at, offer_s
        )
        played_s = np.full(len(new), settings.rest_hours * HOUR_S)
        let_rest("played", now_s - last_played < played_s, last_played, played_s)
        skip_s = np.full(len(new), settings.skip_rest_days * DAY_S)
        skipped = habits.last_was_skip & (now_s - habits.last_played < skip_s)
        let_rest("skipped", skipped, habits.last_played, skip_s)
    return Resting(reason=reason, since_s=since_s, rested=rested)


def _latest_few(which: NDArray[np.bool_], at: NDArray[np.float64], most: int) -> NDArray[np.bool_]:
    """Keep those of the latest moments, at most so many."""
    numbers = np.flatnonzero(which)
    if len(numbers) <= most:
        return which
    kept = np.zeros_like(which)
    kept[numbers[np.argsort(-at[numbers], kind="stable")[:most]]] = True
    return kept
