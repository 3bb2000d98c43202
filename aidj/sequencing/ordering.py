"""The best order of the songs of a set: what an order costs, and the cheapest one.

The cost of an order is the sum of what each song costs in its place, what each costs right after the one before it, and
what the first and the last cost at the set's edges. Up to 15 songs the cheapest order is found exactly, by dynamic
programming over subsets (Bellman 1962; Held and Karp 1962): a song's place is the number of songs before it, so that
costs of places are free of charge. Above that, a greedy order is improved by local search.

Costs are kept as multiples of 2^-24. Sums below 2^29 are then exact in any sequence of additions, so orders that cost
the same compare as equal, and a small difference is never lost beside a penalty of millions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.keys import CLASH, compatibility
from aidj.model import Key
from aidj.sequencing.features import Features

Floats = NDArray[np.float64]
Arc = Literal["arch", "up", "down", "steady"]
"""How the energy moves through a set: up to a peak at two thirds and down again, up, down, or no matter how."""
ARCS: tuple[Arc, ...] = ("arch", "up", "down", "steady")

EXACT_UP_TO = 15
"""Songs up to which the order is exact: time and memory double with every song (15: about 0.1 s and 4 MB)."""

TEMPO_WEIGHT, TEMPO_SCALE, TEMPO_CAP = 1.0, 0.06, 3.0
"""A twelfth of an octave is a step of 1.4; beyond 0.18 octaves all tempi are equally far."""
KEY_WEIGHT = 1.2
ENERGY_WEIGHT, ENERGY_SCALE = 0.7, 0.2
ERA_WEIGHT, ERA_SCALE_YEARS, ERA_CAP = 0.2, 10.0, 3.0
ARTIST_WEIGHT = 6.0
ARC_WEIGHT, ARC_SCALE = 0.6, 0.2

_ARC_POINTS: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "arch": ((0.0, 0.65, 1.0), (35.0, 90.0, 50.0)),
    "up": ((0.0, 1.0), (20.0, 90.0)),
    "down": ((0.0, 1.0), (90.0, 20.0)),
}
"""Where in the set (0 to 1) the energy should be which percentile of the set's energies."""
_GRID = 2.0**24
_STARTS = 5
"""Greedy orders that the local search improves."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Term:
    """One reason why an order costs something; None is no cost. Infinite entries are forbidden."""

    pair: Floats | None = None
    """Cost of song j right after song i, shape (n, n); the diagonal does not matter."""
    position: Floats | None = None
    """Cost of song i at place k, counted from 0, shape (n, n)."""
    first: Floats | None = None
    """Cost of song i as the first, after what came before the set, shape (n,)."""
    end: Floats | None = None
    """Cost of song i as the last, before what comes after the set, shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Costs:
    """What any order of n songs costs, by term and in all; made by `Costs.of` or `costs_of`."""

    n: int
    terms: Mapping[str, Term]
    pair: Floats
    position: Floats
    first: Floats
    end: Floats

    @classmethod
    def of(cls, n: int, terms: Mapping[str, Term]) -> Costs:
        """Add terms up.

        Raises
        ------
        ValueError
            If an array has another shape than `Term` says, or an entry that is not a number or minus infinity.
        """
        kept = {
            name: Term(
                pair=_kept(term.pair, (n, n), name, ignore_diagonal=True),
                position=_kept(term.position, (n, n), name),
                first=_kept(term.first, (n,), name),
                end=_kept(term.end, (n,), name),
            )
            for name, term in terms.items()
        }
        return cls(
            n=n,
            terms=kept,
            pair=_summed((n, n), [term.pair for term in kept.values()]),
            position=_summed((n, n), [term.position for term in kept.values()]),
            first=_summed((n,), [term.first for term in kept.values()]),
            end=_summed((n,), [term.end for term in kept.values()]),
        )

    def plus(self, name: str, term: Term) -> Costs:
        """Return these costs with one more term, such as the penalties of a separation rule."""
        if name in self.terms:
            raise ValueError(f"There is a term {name!r} already")
        return Costs.of(self.n, {**self.terms, name: term})


def _kept(values: Floats | None, shape: tuple[int, ...], name: str, *, ignore_diagonal: bool = False) -> Floats | None:
    if values is None:
        return None
    values = np.array(values, np.float64)
    if values.shape != shape:
        raise ValueError(f"Term {name!r}: shape {values.shape} instead of {shape}")
    if ignore_diagonal:
        np.fill_diagonal(values, 0.0)
    if np.isnan(values).any() or (values == -np.inf).any():
        raise ValueError(f"Term {name!r}: a cost must be a number or plus infinity")
    return np.asarray(np.round(values * _GRID) / _GRID)


def _summed(shape: tuple[int, ...], arrays: Sequence[Floats | None]) -> Floats:
    total = np.zeros(shape)
    for values in arrays:
        if values is not None:
            total += values
    return total


# --- what an order costs ----------------------------------------------------------------------------------------------


def costs_of(
    features: Sequence[Features],
    *,
    before: Features | None = None,
    arc: Arc = "arch",
    artists: Sequence[Collection[str]] | None = None,
    before_artists: Collection[str] = (),
) -> Costs:
    """Return the costs of ordering songs by tempo, key, energy, era and artist.

    A join is judged by how one song ends and the next begins, so that it may cost more one way round than the other.
    What is not known costs nothing, and no term is ever forbidden. A set of one has nothing to be ordered, but costs
    its join to what came before.

    Parameters
    ----------
    features : sequence of Features, length n
        The songs of the set.
    before : Features, optional
        The last song before the set; for tracks that play as one, the last of them.
    arc : {"arch", "up", "down", "steady"}
        Where the energy goes, as percentiles of the set's own: from the 35th up to the 90th at 65 % of the set and down
        to the 50th; from the 20th to the 90th; from the 90th to the 20th; or wherever, in small steps only.
    artists : sequence of collections of str, optional
        The artists of each song; neighbours that share one cost 6. None leaves the term out.
    before_artists : collection of str
        Those of the song before the set.

    Notes
    -----
    The terms are ``tempo`` (octaves between the tempi, folded at the octave, / 0.06, at most 3), ``key`` (from 0 for
    the same to 1 for a clash, by `aidj.keys.compatibility` of the closing key with the next song's opening key; weight
    1.2), ``energy`` (difference between closing and opening / 0.2; weight 0.7), ``era`` (decades, at most 3; weight
    0.2), ``arc`` (the square of the distance to it / 0.2; weight 0.6) and ``artist``. The weights are priors: measured
    listeners hardly care, so what they are for is avoiding the bad joins.
    """
    n = len(features)
    all_songs = [*features, before or Features()]
    leaving = _column([song.leaves_at for song in all_songs])
    entering = _column([song.enters_at for song in all_songs])
    pairs = {
        "tempo": _tempo(_column([song.bpm for song in all_songs])),
        "key": np.array([[_key(a.leaves_in, b.enters_in) for b in all_songs] for a in all_songs]),
        "energy": ENERGY_WEIGHT * _apart(leaving, entering) / ENERGY_SCALE,
        "era": _era(_column([song.year for song in all_songs])),
    }
    if artists is not None:
        everybody = [frozenset(names) for names in (*artists, before_artists)]
        shared = [[not names.isdisjoint(others) for others in everybody] for names in everybody]
        pairs["artist"] = ARTIST_WEIGHT * np.array(shared, np.float64)
    terms = {name: Term(pair=values[:n, :n], first=values[n, :n]) for name, values in pairs.items()}
    terms["arc"] = Term(position=_arc(_column([song.energy for song in features]), arc))
    return Costs.of(n, terms)


def _column(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _apart(values: Floats, following: Floats | None = None) -> Floats:
    """Return how far each value is from each of those that may follow, shape (n, n); 0 where one is not known."""
    following = values if following is None else following
    return np.nan_to_num(np.abs(values[:, None] - following[None, :]), nan=0.0)


def _tempo(bpm: Floats) -> Floats:
    octaves = _apart(np.log2(bpm)) % 1.0  # 70 and 140 beat together
    folded = np.minimum(octaves, 1.0 - octaves)
    return np.asarray(TEMPO_WEIGHT * np.minimum(folded / TEMPO_SCALE, TEMPO_CAP))


def _key(leaving: Key | None, entering: Key | None) -> float:
    if leaving is None or entering is None:
        return 0.0
    return KEY_WEIGHT * (1.0 - compatibility(leaving, entering)) / (1.0 - CLASH)


def _era(years: Floats) -> Floats:
    return np.asarray(ERA_WEIGHT * np.minimum(_apart(years) / ERA_SCALE_YEARS, ERA_CAP))


def _arc(energy: Floats, arc: Arc) -> Floats | None:
    known = energy[np.isfinite(energy)]
    if arc == "steady" or len(known) == 0:
        return None
    places, percentiles = _ARC_POINTS[arc]
    n = len(energy)
    wanted = np.interp(np.arange(n) / max(1, n - 1), places, np.percentile(known, percentiles))
    off = np.nan_to_num((energy[:, None] - wanted[None, :]) / ARC_SCALE, nan=0.0)
    return np.asarray(ARC_WEIGHT * off**2)


def cost_terms(order: Sequence[int], costs: Costs) -> dict[str, float]:
    """Return what an order costs by term, and as ``total``; rounded to 4 decimals, the total being that of the parts.

    A forbidden entry that had to be used makes its term and the total infinite.
    """
    parts = {
        name: round(_cost(order, term.pair, term.position, term.first, term.end), 4)
        for name, term in costs.terms.items()
    }
    return {"total": round(sum(parts.values()), 4), **parts}


def total_cost(order: Sequence[int], costs: Costs) -> float:
    """Return what an order costs, unrounded."""
    return _cost(order, costs.pair, costs.position, costs.first, costs.end)


def _cost(
    order: Sequence[int], pair: Floats | None, position: Floats | None, first: Floats | None, end: Floats | None
) -> float:
    songs = np.asarray(order, np.intp)
    cost = 0.0
    if len(songs) == 0:
        return cost
    if pair is not None:
        cost += float(pair[songs[:-1], songs[1:]].sum())
    if position is not None:
        cost += float(position[songs, np.arange(len(songs))].sum())
    if first is not None:
        cost += float(first[songs[0]])
    if end is not None:
        cost += float(end[songs[-1]])
    return cost


# --- the cheapest order -----------------------------------------------------------------------------------------------


def best_order(costs: Costs) -> tuple[int, ...]:
    """Return the cheapest order of the songs as their indices: exact up to 15 songs, very nearly so above.

    Of orders that cost the same the exact search returns the lexicographically lowest one, so that songs stay as they
    are given where nothing speaks for another order; above 15 songs it is the lowest of what the local search ends with
    from the five best greedy orders. Forbidden entries are used only where it cannot be helped, and then as few as
    possible (above 15 songs: as few as the search finds).
    """
    if costs.n <= 1:
        return tuple(range(costs.n))
    allowed = _without_infinity(costs)
    if costs.n <= EXACT_UP_TO:
        return _exact_order(allowed)
    improved = [local_search(order, allowed) for order in greedy_orders(costs)[:_STARTS]]
    return min(improved, key=lambda order: (total_cost(order, allowed), order))


def _without_infinity(costs: Costs) -> Costs:
    """Put a price on what is forbidden: more than any order costs that uses none of it."""
    arrays = (costs.pair, costs.position, costs.first, costs.end)
    if all(np.isfinite(values).all() for values in arrays):
        return costs
    largest = max(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) for values in arrays)
    price = 2.0 ** np.ceil(np.log2(1.0 + 4.0 * (costs.n + 1) * largest))  # twice the spread of 2n + 2 entries
    pair, position, first, end = (np.where(np.isfinite(values), values, price) for values in arrays)
    return Costs(n=costs.n, terms={}, pair=pair, position=position, first=first, end=end)


@lru_cache(maxsize=4)
def _subsets(n: int) -> tuple[NDArray[np.intp], ...]:
    """Return all sets of songs as bit masks, by size."""
    masks = np.arange(1 << n)
    sizes = sum((masks >> song) & 1 for song in range(n))
    return tuple(np.flatnonzero(sizes == size) for size in range(n + 1))


def _exact_order(costs: Costs) -> tuple[int, ...]:
    """Held-Karp from the end: what is still to pay once a set of songs has played, the last of them being known.

    Working backwards, the order is read off forwards, and taking the lowest of equally good songs at each step gives
    the lowest of the best orders.
    """
    n = costs.n
    songs = np.arange(n)
    to_pay = np.full((n, 1 << n), np.inf)  # [last song, songs that have played]
    to_pay[:, -1] = costs.end
    for size in range(n - 1, 0, -1):
        played = _subsets(n)[size]
        # Infinite for a song that has played: a set is never entered with a last song that is not in it.
        onwards = to_pay[songs[:, None], played[None, :] | (1 << songs)[:, None]] + costs.position[:, size, None]
        onwards[(played[None, :] >> songs[:, None]) & 1 == 1] = np.inf
        for last in range(n):
            with_last = np.flatnonzero((played >> last) & 1)
            to_pay[last, played[with_last]] = (onwards[:, with_last] + costs.pair[last, :, None]).min(axis=0)
    order = [int(np.argmin(costs.first + costs.position[:, 0] + to_pay[songs, 1 << songs]))]
    played_so_far = 1 << order[0]
    for place in range(1, n):
        onwards = costs.pair[order[-1]] + costs.position[:, place] + to_pay[songs, played_so_far | (1 << songs)]
        onwards[order] = np.inf
        order.append(int(np.argmin(onwards)))
        played_so_far |= 1 << order[-1]
    return tuple(order)


def greedy_orders(costs: Costs) -> tuple[tuple[int, ...], ...]:
    """Return the orders that begin with each song and go on with what is cheapest next, the cheapest of them first."""
    n = costs.n
    costs = _without_infinity(costs)
    songs = np.arange(n)
    orders = np.zeros((n, n), np.intp)
    orders[:, 0] = songs
    taken = np.eye(n, dtype=np.bool_)
    for place in range(1, n):
        onwards = costs.pair[orders[:, place - 1]] + costs.position[None, :, place]
        if place == n - 1:
            onwards = onwards + costs.end[None, :]
        orders[:, place] = np.argmin(np.where(taken, np.inf, onwards), axis=1)
        taken[songs, orders[:, place]] = True
    by_cost = np.argsort(_costs_of_orders(orders, costs), kind="stable")
    return tuple(tuple(order) for order in orders[by_cost].tolist())


def local_search(order: Sequence[int], costs: Costs) -> tuple[int, ...]:
    """Improve an order until no single move makes it cheaper; what comes back never costs more.

    Moves are: a stretch turned around (2-opt), a stretch of up to three songs elsewhere (or-opt), two songs exchanged.
    They are tried in a fixed sequence, those that begin at one place together, and the best of those is taken at once.
    """
    n = costs.n
    costs = _without_infinity(costs)
    current = np.asarray(order, np.intp)
    cost = float(_costs_of_orders(current[None, :], costs)[0])
    place, in_vain = 0, 0
    while in_vain < n:
        tried = current[_moves(n, place)]
        if len(tried):
            found = _costs_of_orders(tried, costs)
            best = int(np.argmin(found))
            if found[best] < cost:
                current, cost, in_vain = tried[best], float(found[best]), 0
                continue
        place, in_vain = (place + 1) % n, in_vain + 1
    return tuple(int(song) for song in current)


def _costs_of_orders(orders: NDArray[np.intp], costs: Costs) -> Floats:
    """Return the costs of many orders, shape (m, n), at once, shape (m,)."""
    joins = costs.pair[orders[:, :-1], orders[:, 1:]].sum(axis=1)
    places = costs.position[orders, np.arange(costs.n)].sum(axis=1)
    return np.asarray(joins + places + costs.first[orders[:, 0]] + costs.end[orders[:, -1]])


@lru_cache(maxsize=64)
def _moves(n: int, place: int) -> NDArray[np.intp]:
    """Return the moves that begin at a place, each as the indices of a new order in the old one, shape (m, n)."""
    old = list(range(n))
    moves: dict[tuple[int, ...], None] = {}
    for other in range(place + 1, n):
        moves[(*old[:place], *old[place : other + 1][::-1], *old[other + 1 :])] = None
        moves[(*old[:place], other, *old[place + 1 : other], place, *old[other + 1 :])] = None
    for length in (1, 2, 3):
        stretch, rest = old[place : place + length], old[:place] + old[place + length :]
        for to in range(len(rest) + 1):
            moves[(*rest[:to], *stretch, *rest[to:])] = None
    moves.pop(tuple(old), None)
    return np.array(list(moves), np.intp).reshape(-1, n)
