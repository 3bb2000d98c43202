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

LONGER_EACH_TIME = 0.5
LONGEST = 6.0
"""Each offer of the last year makes the next rest half a rest longer, up to six rests; so what a session has played for
a few months gives way to other songs. What the listener has played unasked since begins anew."""
OFFER_S = DAY_S
"""A listen within so many seconds of an offer is the offer's: it says nothing of what the listener plays unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Earlier offers by song, any version, as columns of shape (n_songs,)."""

    count: NDArray[np.int64] = field(compare=False)
    last_at: NDArray[np.float64] = field(compare=False)
    """Unix seconds UTC; NaN where it was never offered."""
    in_a_row: NDArray[np.int64] = field(compare=False)
    """Offers of the last year since the listener last played it unasked."""

    @classmethod
    def of(
        cls, offers: Offers, catalogue: Catalogue, now: datetime, *, song: NDArray[np.int64], at: NDArray[np.int64]
    ) -> Offered:
        """Count the offers of sessions planned for a moment before `now`.

        Parameters
        ----------
        song, at : ndarray, shape (n_listens,)
            What was listened to `unasked`, and when.
        """
        before = offers.offered_at < now.timestamp()
        offered = catalogue.song[catalogue.place[offers.track[before]]]
        offered_at = offers.offered_at[before].astype(np.float64)
        last_at = np.full(catalogue.n_songs, np.nan)
        np.fmax.at(last_at, offered, offered_at)
        unasked_at = np.full(catalogue.n_songs, -np.inf)
        np.maximum.at(unasked_at, song, at.astype(np.float64))
        counts = (offered_at > now.timestamp() - 365 * DAY_S) & (offered_at > unasked_at[offered])
        return cls(
            count=np.bincount(offered, minlength=catalogue.n_songs).astype(np.int64),
            last_at=last_at,
            in_a_row=np.bincount(offered[counts], minlength=catalogue.n_songs).astype(np.int64),
        )


def unasked(song: NDArray[np.int64], at: NDArray[np.int64], offers: Offers, catalogue: Catalogue) -> NDArray[np.bool_]:
    """Return which listens no session had offered in the day before them, shape (n_listens,).

    Parameters
    ----------
    song, at : ndarray, shape (n_listens,)
        What was listened to, and when, unix seconds UTC.
    """
    if len(offers.track) == 0 or len(song) == 0:
        return np.ones(len(song), np.bool_)
    offered = catalogue.song[catalogue.place[offers.track]]
    origin = int(min(at.min(), offers.offered_at.min()))
    span = int(max(at.max(), offers.offered_at.max())) - origin + 1
    keys = np.sort(offered * span + (offers.offered_at - origin))
    listened = song * span + (at - origin)
    place = np.searchsorted(keys, listened, side="right") - 1
    last = keys[np.maximum(place, 0)]
    same = (place >= 0) & (last // span == song)
    return np.asarray(~(same & (listened - last <= OFFER_S)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """Which songs rest, as columns of shape (n_songs,)."""

    reason: NDArray[np.int8] = field(compare=False)
    """Index into `REASONS`; 0 for what does not rest."""
    since_s: NDArray[np.float64] = field(compare=False)
    """Seconds since what it rests from."""
    rested: NDArray[np.float64] = field(compare=False)
    """How much of its rest is over, 0 to 1; 1 for what does not rest."""
    shortened_to_days: float | None
    """How long a song rests after an offer, where the library is too small for the rest that was set."""


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
        longer = np.minimum(1 + LONGER_EACH_TIME * np.maximum(offered.in_a_row - 1, 0), LONGEST)
        offer_s = np.where(new, settings.new_rest_days, settings.repeat_days * longer) * DAY_S
        lately = among & (now_s - offered.last_at < offer_s)
        few = _latest_few(lately, offered.last_at, int(RESTING_SHARE * among.sum()))
        woken = lately & ~few & ~new
        woken_days = float((now_s - offered.last_at[woken].max()) / DAY_S) if woken.any() else np.inf
        let_rest("offered", few, offered.last_at, offer_s)
        played_s = np.full(len(new), settings.rest_hours * HOUR_S)
        let_rest("played", now_s - last_played < played_s, last_played, played_s)
        skip_s = np.full(len(new), settings.skip_rest_days * DAY_S)
        skipped = habits.last_was_skip & (now_s - habits.last_played < skip_s)
        let_rest("skipped", skipped, habits.last_played, skip_s)
    shortened = woken_days if woken_days < settings.repeat_days else None
    return Resting(reason=reason, since_s=since_s, rested=rested, shortened_to_days=shortened)


def _latest_few(which: NDArray[np.bool_], at: NDArray[np.float64], most: int) -> NDArray[np.bool_]:
    """Keep those of the latest moments, at most so many."""
    numbers = np.flatnonzero(which)
    if len(numbers) <= most:
        return which
    kept = np.zeros_like(which)
    kept[numbers[np.argsort(-at[numbers], kind="stable")[:most]]] = True
    return kept
