"""How likely is each song to be wanted again? Scores from the listening history alone, as sums of explained terms.

Two questions, two formulas:

- `rediscovery_scores`: which of the songs silent for months would this person come back to unasked?
- `relisten_scores`: which songs will this person play within a week?

Both start from the base level of the ACT-R memory model as Reiter-Haas et al. (RecSys 2021) use it for music, with the
days of a song counted once, and add associations with what was heard in the last weeks. Silence earns nothing: the
longer a song is silent, the less likely it is wanted. Each term is standardised over the candidates and clipped to ±4,
so that the same few round weights fit libraries and listeners of any size. The weights are fixed; only the half-life
of the second formula is the listener's own (`fitted_half_life_days`).

`scripts/bench relisten` prints how well both foretell a history, beside plainer methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.selection.habits import DAY_S, HOUR_S, base_level, distinct_days, z_scores

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HALF_LIVES_DAYS = (7.0, 30.0, 90.0, 180.0, 365.0, 730.0, 1500.0)
DEFAULT_HALF_LIFE_DAYS = 30.0
_SESSION_GAP_S = 1800


@dataclass(frozen=True, kw_only=True)
class Past:
    """Everything heard before one moment, as columns, oldest first; and what both formulas ask of it, worked out once.

    Without slots, which would leave no place to keep that.
    """

    item: Ints
    """Shape (n_plays,): which item (song) was heard. Songs heard but not owned are items too."""
    at: Ints
    """Shape (n_plays,): when it began, unix seconds, ascending, all before `now_s`."""
    now_s: float
    n_items: int
    artist_of: Ints
    """Shape (n_items,): number of each item's artist."""
    n_artists: int
    album_of: Ints
    """Shape (n_items,): number of each item's album, -1 where it is not known."""

    @cached_property
    def days(self) -> tuple[Ints, Ints]:
        """The `distinct_days` of the items."""
        return distinct_days(self.item, self.at)

    @cached_property
    def context(self) -> Floats:
        """How much each play stands for what is heard now, see `context_of`."""
        return context_of(self)

    @cached_property
    def months(self) -> Floats:
        """How strongly each item goes with what is heard now, through the months in which both were heard."""
        return association(self.item, self.n_items, self.context, periods(self, days=30, phases=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One number per candidate, and what it is made of."""

    total: Floats
    """Shape (n_candidates,): higher is more likely wanted. Comparable within one call only."""
    terms: Mapping[str, Floats]
    """Weighted parts that add up to `total`, each of shape (n_candidates,)."""


def rediscovery_scores(past: Past, candidates: Ints) -> Scores:
    """Rank songs that were silent for a long time by how likely the listener returns to them within a month.

    Which songs count as silent is the caller's filter (90 days is usual). The terms:

    - ``days_heard_lately``: the days it was heard, recent ones counting more: half power law, half exponential;
    - ``month``: it was heard in the same months as what is heard now;
    - ``artist``: its artist was heard in the same sessions as the artists heard now;
    - ``album``: the days on which anything of its album was heard;
    - ``hour``: it was heard at the hours at which this person listens now;
    - ``spacing``: long pauses between its days. Silence says little of a song that always came back after a while;
    - ``worn_out``: heard on many days just before it fell silent. Such a song was dropped rather than forgotten.
    """
    now = datetime.fromtimestamp(past.now_s, UTC)
    item, at = past.days
    age_days = (past.now_s - at) / DAY_S
    power_law = base_level(item, at, past.n_items, now, decay=1.0)
    half_year = np.bincount(item[age_days < 180], minlength=past.n_items)
    raw = {
        "month": (0.3, past.months),
        "artist": (0.3, artist_association(past, past.context, [sessions(past)])),
        "album": (0.2, _album_level(past, now)),
        "hour": (0.2, _hour_match(past, item, at)),
        "spacing": (0.2, _spacing(item, at, past.n_items)),
        "worn_out": (-0.1, np.log1p(half_year)),
    }
    exponential = _log(np.bincount(item, 0.5 ** (age_days / 365), past.n_items), 1e-6)
    terms = {"days_heard_lately": 0.5 * _z(power_law[candidates]) + 0.5 * _z(exponential[candidates])}
    return _scores(terms, raw, candidates)


def relisten_scores(past: Past, candidates: Ints, *, half_life_days: float) -> Scores:
    """Rank songs by how likely the listener plays them within the next seven days.

    The terms:

    - ``plays_lately``: plays, each counting half as much every `half_life_days`;
    - ``days_heard``: the days it was heard, recent ones counting a little more;
    - ``run``: heard on several days of the same weeks rather than once in a while;
    - ``last_month_of_it``: plays within 30 days of its last one;
    - ``month``: it was heard in the same months as what is heard now;
    - ``week``: it was heard in the same sessions as what was heard this week;
    - ``artist``: its artist was heard in the same fortnights as the artists heard now.

    Parameters
    ----------
    half_life_days : float
        The listener's own, from `fitted_half_life_days`.
    """
    now = datetime.fromtimestamp(past.now_s, UTC)
    item, at = past.days
    week_item, week_at = _first_of_each_week(item, at)
    age_days = (past.now_s - past.at) / DAY_S
    last = np.zeros(past.n_items, np.int64)
    last[past.item] = past.at  # in order of time: the last write wins
    burst = np.bincount(past.item[last[past.item] - past.at < 30 * DAY_S], minlength=past.n_items)
    this_week = np.where(age_days < 7, 1.0, 0.0)
    days = base_level(item, at, past.n_items, now, decay=0.5)
    weeks = base_level(week_item, week_at, past.n_items, now, decay=0.5)
    heard = np.isfinite(days)
    plays_lately = np.bincount(past.item, 0.5 ** (age_days / half_life_days), past.n_items)
    raw = {
        "plays_lately": (1.0, _log(plays_lately, 1e-6)),
        "days_heard": (0.5, base_level(item, at, past.n_items, now, decay=0.3)),
        "run": (0.2, np.where(heard, days, 0.0) - np.where(heard, weeks, 0.0)),
        "last_month_of_it": (0.2, np.log1p(burst)),
        "month": (0.3, past.months),
        "week": (0.25, association(past.item, past.n_items, this_week, [sessions(past)])),
        "artist": (0.5, artist_association(past, past.context, periods(past, days=14, phases=2))),
    }
    return _scores({}, raw, candidates)


def fitted_half_life_days(past: Past, *, weeks: int = 40, min_weeks: int = 2) -> float:
    """Return the half-life at which decayed plays best foretold this listener's own past weeks.

    Up to `weeks` weeks, evenly spread over the history after its first 60 days, are foretold from what lay before
    each; the half-life with the highest mean NDCG@100 wins, the shorter one of two equals.

    Returns
    -------
    float
        One of `HALF_LIVES_DAYS`; 30 where fewer than `min_weeks` weeks can be judged.
    """
    if len(past.at) == 0:
        return DEFAULT_HALF_LIFE_DAYS
    heard, item = np.unique(past.item, return_inverse=True)
    half_lives_s = np.array(HALF_LIVES_DAYS) * DAY_S
    step_s = max(7.0, (past.now_s - past.at[0]) / DAY_S / weeks) * DAY_S
    at = past.at.astype(np.float64)  # as the starts are: else it would be made so for every week
    starts = np.arange(past.now_s - 7 * DAY_S, past.at[0] + 60 * DAY_S, -step_s)[::-1]
    decayed = np.zeros((len(half_lives_s), len(heard)))
    gained = np.zeros(len(half_lives_s))
    judged, known_to, before = 0, 0, float(past.at[0])
    for start in starts.tolist():
        here, end = np.searchsorted(at, [start, start + 7 * DAY_S])
        fresh, age_s = item[known_to:here], start - at[known_to:here]
        for row, half_life_s in zip(decayed, half_lives_s, strict=True):
            row *= 0.5 ** ((start - before) / half_life_s)
            row += np.bincount(fresh, 0.5 ** (age_s / half_life_s), len(heard))
        known_to, before = int(here), start
        wanted = np.zeros(len(heard), np.bool_)
        wanted[item[here:end]] = True
        wanted &= decayed[-1] > 0
        if end - here < 10 or wanted.sum() < 3:
            continue
        gained += [_ndcg(row, wanted, 100) for row in decayed]
        judged += 1
    return HALF_LIVES_DAYS[int(gained.argmax())] if judged >= min_weeks else DEFAULT_HALF_LIFE_DAYS


def _scores(terms: dict[str, Floats], raw: Mapping[str, tuple[float, Floats]], candidates: Ints) -> Scores:
    terms = terms | {name: weight * _z(values[candidates]) for name, (weight, values) in raw.items()}
    return Scores(total=np.sum(list(terms.values()), axis=0), terms=terms)


def _z(values: Floats) -> Floats:
    """Standardise; what differs by rounding errors only is equal, or they would be blown up to whole units."""
    values = np.round(values, 9)
    return z_scores(values) if len(values) and (values != values[0]).any() else np.zeros(len(values))


def _log(values: NDArray[Any], floor: float) -> Floats:
    return np.asarray(np.log(values + floor))


def context_of(past: Past) -> Floats:
    """How much each play of the last 30 days stands for what is heard now: half as much every ten days."""
    age_days = (past.now_s - past.at) / DAY_S
    return np.where(age_days < 30, 0.5 ** (age_days / 10), 0.0)


def sessions(past: Past) -> Ints:
    """Number the sessions: half an hour without a new song ends one."""
    return np.cumsum(np.diff(past.at, prepend=past.at[:1]) > _SESSION_GAP_S)


def periods(past: Past, *, days: int, phases: int) -> list[Ints]:
    """Number periods of so many days, several times over, each time beginning a little later.

    With one phase, two plays a day apart may fall into different periods, and two a month apart into the same.
    """
    day = past.at // DAY_S
    return [(day + phase * days // phases) // days for phase in range(phases)]


def association(node: Ints, n_nodes: int, context: Floats, groupings: list[Ints]) -> Floats:
    """How strongly each node goes with the nodes heard now, through the groups in which both were heard.

    A random walk of two steps from the context (to a group in which the node was heard, to a node heard in that group),
    divided by the square root of the node's plays, so that what is played all the time does not go with everything:
    ``ln(sum over groups G of i of 1/|G| sum over j in G of context_j / n_j, / sqrt(n_i))``, mean over the groupings.

    Parameters
    ----------
    node, context : ndarray, shape (n_plays,)
        What was heard in each play, and how much that play stands for now.
    groupings : list of ndarray, each of shape (n_plays,)
        The group of each play; groups need not be numbered from 0.

    Returns
    -------
    ndarray, shape (n_nodes,)
    """
    if len(node) == 0:
        return np.zeros(n_nodes)
    plays = np.maximum(np.bincount(node, minlength=n_nodes), 1)
    share = (np.bincount(node, context, n_nodes) / plays)[node]
    reached = np.zeros(len(node))
    for grouping in groupings:
        group = grouping - grouping[0]  # in order of time, so the first is the smallest
        reached += (np.bincount(group, share) / np.maximum(np.bincount(group), 1))[group]
    walked = np.bincount(node, reached, n_nodes) / len(groupings)
    return _log(walked / np.sqrt(plays), 1e-7)


def artist_association(past: Past, context: Floats, groupings: list[Ints]) -> Floats:
    """Return the `association` of each item's artist, shape (n_items,)."""
    levels = association(past.artist_of[past.item], past.n_artists, context, groupings)
    return np.asarray(levels[past.artist_of])


def _album_level(past: Past, now: datetime) -> Floats:
    """Base level of each item's album; an item without an album is one of its own."""
    n_albums = int(past.album_of.max(initial=-1)) + 1
    album_of = np.where(past.album_of >= 0, past.album_of, n_albums + np.arange(past.n_items))
    album, at = distinct_days(album_of[past.item], past.at)
    return np.asarray(base_level(album, at, n_albums + past.n_items, now, decay=0.5)[album_of])


def _hour_match(past: Past, item: Ints, at: Ints) -> Floats:
    """How well the hours of an item's days fit those of the last 60 days, drawn to the mean by three days.

    Hours are those of the plays' clock (UTC): only their likeness counts, so the zone does not matter.
    """
    hour = past.at // HOUR_S % 24
    ever = _hours(hour)
    now = _hours(hour[past.now_s - past.at < 60 * DAY_S])
    days = np.bincount(item, minlength=past.n_items)
    match = np.bincount(item, now[at // HOUR_S % 24], past.n_items)
    return np.asarray((match + 3 * (now * ever).sum()) / (days + 3))


def _hours(hour: Ints) -> Floats:
    """Share of each hour of the day, smoothed over its neighbours."""
    counts = np.bincount(hour, minlength=24) + 1.0
    counts = counts + np.roll(counts, 1) + np.roll(counts, -1)
    return np.asarray(counts / counts.sum())


def _spacing(item: Ints, at: Ints, n_items: int) -> Floats:
    """Mean logarithm of the days between an item's days, drawn to the mean of all by two pauses."""
    same = item[1:] == item[:-1]
    days = np.log(np.maximum(np.diff(at)[same] / DAY_S, 0.5))
    count = np.bincount(item[1:][same], minlength=n_items)
    mean = days.mean() if len(days) else 0.0
    return np.asarray((np.bincount(item[1:][same], days, n_items) + 2 * mean) / (count + 2))


def _first_of_each_week(item: Ints, at: Ints) -> tuple[Ints, Ints]:
    """Keep the first of each item's days in each week; `distinct_days` gives them in order."""
    week = at // (7 * DAY_S)
    first = np.ones(len(at), np.bool_)
    first[1:] = (item[1:] != item[:-1]) | (week[1:] != week[:-1])
    return item[first], at[first]


def _ndcg(scores: Floats, wanted: NDArray[np.bool_], places: int) -> float:
    """Normalised discounted cumulative gain of the best places, each wanted item gaining one."""
    places = min(places, len(scores))
    best = np.argpartition(-scores, places - 1)[:places]
    best = best[np.argsort(-scores[best], kind="stable")]
    discount = 1 / np.log2(np.arange(places) + 2)
    ideal = discount[: min(places, int(wanted.sum()))].sum()
    return float((wanted[best] * discount).sum() / ideal)
