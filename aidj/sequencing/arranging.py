"""Put the songs of a set in order: the flow of tempo, key, energy and years, under the rules of separation.

A rule that is broken costs more than any flow could gain, in the order in which the rules give way; so the cheapest
order breaks the least, and what it breaks is what could not be helped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.sequencing.features import Features
from aidj.sequencing.ordering import Arc, Costs, Term, best_order, cost_terms, costs_of
from aidj.sequencing.rules import (
    ALBUM_NEAR,
    ARTIST_NEAR,
    ARTIST_RUNNING,
    FORGOTTEN_RUN,
    NEW_AFTER_NEW,
    Contender,
    Rules,
)

Direction = Literal["up", "down", "steady"]
"""Where the energy of a session goes for a while."""

_PENALTIES = {NEW_AFTER_NEW: 1e3, FORGOTTEN_RUN: 1e4, ALBUM_NEAR: 1e5, ARTIST_NEAR: 1e6, ARTIST_RUNNING: 1e7}
_LOW, _HIGH = 20.0, 90.0
"""Percentiles of the library's energy between which an arc moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a session in which the energy moves one way."""

    minutes: float
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """Songs in their order."""

    songs: tuple[Contender, ...]
    cost: Mapping[str, float]


def arc_of(stretches: Sequence[Stretch], at_s: float) -> Arc:
    """Return the shape that a set has which lies around this second of the session."""
    for stretch in stretches:
        at_s -= stretch.minutes * 60
        if at_s <= 0:
            return stretch.direction
    return stretches[-1].direction if stretches else "arch"


def wanted_energy(stretches: Sequence[Stretch], at_s: float, energies: Sequence[float]) -> float | None:
    """Return the energy an arc asks for at a second of the session; None where no energies are known.

    It rises from the 20th to the 90th percentile of what there is, and falls back.
    """
    if not energies:
        return None
    low, high = np.percentile(energies, (_LOW, _HIGH))
    begins = {"up": low, "down": high, "steady": (low + high) / 2}
    level = begins[stretches[0].direction if stretches else "steady"]
    for stretch in stretches:
        target = {"up": high, "down": low, "steady": level}[stretch.direction]
        share = min(1.0, at_s / (stretch.minutes * 60))
        if share < 1.0:
            return float(level + share * (target - level))
        level = target
        at_s -= stretch.minutes * 60
    return float(level)


def arrange(
    songs: Sequence[Contender],
    features: Mapping[str, Features],
    *,
    before: Sequence[Contender],
    rules: Rules,
    arc: Arc = "arch",
) -> Arranged:
    """Return the songs of one set in the cheapest order, and what it costs.

    Parameters
    ----------
    before : sequence of Contender
        All songs before the set, in order.
    """
    known = [features.get(song.id, Features()) for song in songs]
    previous = features.get(before[-1].id, Features()) if before else None
    costs = _with_rules(costs_of(known, before=previous, arc=arc), songs, before, rules)
    order = best_order(costs)
    return Arranged(songs=tuple(songs[place] for place in order), cost=cost_terms(order, costs))


def _with_rules(costs: Costs, songs: Sequence[Contender], before: Sequence[Contender], rules: Rules) -> Costs:
    n = len(songs)
    pair, position = np.zeros((n, n)), np.zeros((n, n))
    for j, song in enumerate(songs):
        for i, other in enumerate(songs):
            if i != j:
                pair[i, j] = _running(other, song, rules)
        if before:
            position[j, 0] += _running(before[-1], song, rules)
        elif song.unheard and rules.known_first:
            position[j, 0] += _PENALTIES[NEW_AFTER_NEW]
        position[j] += _too_soon(song, before, n, rules)
    return costs.plus("rules", Term(pair=pair, position=position))


def _running(one: Contender, other: Contender, rules: Rules) -> float:
    """Return what it costs that one song follows another directly."""
    cost = 0.0
    if one.unheard and other.unheard and rules.known_first:
        cost += _PENALTIES[NEW_AFTER_NEW]
    if one.forgotten and other.forgotten:
        cost += _PENALTIES[FORGOTTEN_RUN]
    if not one.artists.isdisjoint(other.artists):
        cost += _PENALTIES[ARTIST_RUNNING]
    if rules.album_gap > 1 and not one.albums.isdisjoint(other.albums):
        cost += _PENALTIES[ALBUM_NEAR]
    return cost


def _too_soon(song: Contender, before: Sequence[Contender], n_places: int, rules: Rules) -> NDArray[np.float64]:
    """Return what each place costs because its artist or album was there shortly before the set, shape (n_places,)."""
    cost = np.zeros(n_places)
    places = np.arange(n_places)
    for gap, kind, penalty in ((rules.artist_gap, "artists", ARTIST_NEAR), (rules.album_gap, "albums", ALBUM_NEAR)):
        for songs_ago, other in enumerate(reversed(before[-gap:] if gap else ()), start=1):
            if not getattr(song, kind).isdisjoint(getattr(other, kind)):
                cost += np.where(places + songs_ago < gap, _PENALTIES[penalty], 0.0)
                break
    return cost
