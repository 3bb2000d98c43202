"""The order of a set: costs as they are defined, and never a dearer order than there is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from aidj.model import Key
from aidj.sequencing.features import Features
from aidj.sequencing.ordering import (
    ARCS,
    EXACT_UP_TO,
    Arc,
    Costs,
    Term,
    best_order,
    cost_terms,
    costs_of,
    greedy_orders,
    local_search,
    total_cost,
)

Floats = NDArray[np.float64]


def made_up(n: int, seed: int, *, unknown: float = 0.0, edges: bool = False) -> list[Features]:
    """Return made-up songs; with `edges`, such as open and close otherwise than they are as a whole."""
    rng = np.random.default_rng(seed)

    def songs() -> Features:
        key = Key(int(rng.integers(1, 13)), minor=bool(rng.random() < 0.4))
        song = Features(
            bpm=float(rng.uniform(60, 180)), key=key, energy=float(rng.random()), year=int(rng.integers(1960, 2026))
        )
        gone = {name: None for name in ("bpm", "key", "energy", "year") if rng.random() < unknown}
        if edges and rng.random() < 0.7:
            song = replace(song, opening_key=Key(int(rng.integers(1, 13)), minor=True), opening_energy=rng.random())
        if edges and rng.random() < 0.7:
            song = replace(song, closing_key=Key(int(rng.integers(1, 13)), minor=False), closing_energy=rng.random())
        return replace(song, **gone)

    return [songs() for _ in range(n)]


def any_costs(n: int, seed: int, kind: str) -> Costs:
    """Return costs without any structure: reals, many ties, forbidden entries, penalties, negative ones."""
    rng = np.random.default_rng(seed)

    def entries(*shape: int) -> Floats:
        values = rng.uniform(0, 10, shape)
        if kind == "ties":
            return rng.integers(0, 3, shape).astype(np.float64) / 10
        if kind == "forbidden":
            return np.where(rng.random(shape) < 0.35, np.inf, values)
        if kind == "penalties":
            return values / 1000 + rng.choice([0, 0, 1e3, 1e6], shape)
        return values - 5 if kind == "negative" else values

    return Costs.of(
        n,
        {
            "a": Term(pair=entries(n, n), first=entries(n)),
            "b": Term(position=entries(n, n), end=entries(n)),
        },
    )


def brute_force(costs: Costs) -> tuple[tuple[int, ...], float]:
    """Try every order, written as plainly as can be; the first of the cheapest in lexicographic sequence."""
    best: tuple[tuple[int, ...], float] | None = None
    for order in itertools.permutations(range(costs.n)):
        cost = sum(float(costs.position[song, place]) for place, song in enumerate(order))
        cost += sum(float(costs.pair[a, b]) for a, b in itertools.pairwise(order))
        if order:
            cost += float(costs.first[order[0]]) + float(costs.end[order[-1]])
        if best is None or cost < best[1]:
            best = order, cost
    assert best is not None
    return best


KINDS = st.sampled_from(["reals", "ties", "forbidden", "penalties", "negative"])
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=120, deadline=None)
@given(n=st.integers(0, 6), seed=SEEDS, kind=KINDS)
def test_the_order_is_that_of_brute_force(n: int, seed: int, kind: str) -> None:
    costs = any_costs(n, seed, kind)
    order, cost = brute_force(costs)
    found = best_order(costs)
    assert total_cost(found, costs) == cost
    if np.isfinite(cost):
        assert found == order, "of equally good orders it is the lowest"


@pytest.mark.parametrize("kind", ["reals", "ties", "forbidden", "penalties", "negative"])
@pytest.mark.parametrize("n", [7, 8])
def test_the_order_of_seven_and_eight_is_that_of_brute_force(n: int, kind: str) -> None:
    costs = any_costs(n, 8, kind)
    order, cost = brute_force(costs)
    assert best_order(costs) == order
    assert total_cost(order, costs) == cost


@pytest.mark.parametrize("arc", ARCS)
@pytest.mark.parametrize("unknown", [0.0, 0.4])
@pytest.mark.parametrize("edges", [False, True])
def test_the_order_of_songs_is_that_of_brute_force(arc: Arc, unknown: float, edges: bool) -> None:
    before, *features = made_up(8, 5, unknown=unknown, edges=edges)
    costs = costs_of(features, before=before, arc=arc)
    assert np.allclose(costs.pair, costs.pair.T) == (not edges), "joins are directed where songs end otherwise"
    assert best_order(costs) == brute_force(costs)[0]


@settings(max_examples=60, deadline=None)
@given(n=st.integers(0, 22), seed=SEEDS, kind=KINDS)
def test_every_song_once_and_never_worse_than_greedy(n: int, seed: int, kind: str) -> None:
    costs = any_costs(n, seed, kind)
    order = best_order(costs)
    assert sorted(order) == list(range(n))
    if n:
        # Two orders that both need something forbidden cost infinity both.
        assert total_cost(order, costs) <= total_cost(greedy_orders(costs)[0], costs)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 10), seed=SEEDS, kind=KINDS)
def test_another_numbering_of_the_songs_costs_the_same(n: int, seed: int, kind: str) -> None:
    costs = any_costs(n, seed, kind)
    names = np.random.default_rng(seed).permutation(n)
    terms = {
        name: Term(
            pair=None if term.pair is None else term.pair[np.ix_(names, names)],
            position=None if term.position is None else term.position[names],
            first=None if term.first is None else term.first[names],
            end=None if term.end is None else term.end[names],
        )
        for name, term in costs.terms.items()
    }
    renamed = Costs.of(n, terms)
    assert total_cost(best_order(renamed), renamed) == total_cost(best_order(costs), costs)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(2, 20), seed=SEEDS, kind=KINDS)
def test_local_search_never_makes_an_order_dearer(n: int, seed: int, kind: str) -> None:
    costs = any_costs(n, seed, kind)
    start = np.random.default_rng(seed).permutation(n).tolist()
    order = local_search(start, costs)
    assert sorted(order) == list(range(n))
    assert total_cost(order, costs) <= total_cost(start, costs)
    assert local_search(order, costs) == order, "no move is left"


def test_local_search_comes_close_to_the_exact_order() -> None:
    gaps = []
    for n, seed in itertools.product((12, 13, 14, 15), range(6)):
        before, *features = made_up(n + 1, 100 * n + seed)
        costs = costs_of(features, before=before)
        exact = total_cost(best_order(costs), costs)
        near = min(total_cost(local_search(order, costs), costs) for order in greedy_orders(costs)[:5])
        assert near >= exact
        gaps.append(near / exact - 1)
    assert np.mean(gaps) < 0.01
    assert max(gaps) < 0.06


def test_above_fifteen_songs_the_order_is_found_by_search() -> None:
    """A line of songs in steps, told in disorder: there is one best order, and it is known."""
    n = 2 * EXACT_UP_TO
    years = np.random.default_rng(3).permutation(n)
    costs = Costs.of(
        n, {"steps": Term(pair=np.abs(years[:, None] - years[None, :]).astype(float), first=(years > 0) * 5.0)}
    )
    assert years[list(best_order(costs))].tolist() == list(range(n))


@pytest.mark.parametrize("n", [9, 15, 24])
def test_a_single_way_through_what_is_forbidden_is_found(n: int) -> None:
    way = np.random.default_rng(n).permutation(n)
    pair = np.full((n, n), np.inf)
    pair[way[:-1], way[1:]] = 1.0
    costs = Costs.of(n, {"way": Term(pair=pair)})
    assert best_order(costs) == tuple(way)


def test_where_everything_is_forbidden_as_little_as_possible_is_broken() -> None:
    """Four songs by one artist among six: they cannot all be parted, and one join is the least."""
    same = np.array([1, 1, 1, 1, 0, 0], bool)
    pair = np.where(same[:, None] & same[None, :], np.inf, 1.0)
    order = best_order(Costs.of(6, {"artist": Term(pair=pair)}))
    assert sum(same[a] and same[b] for a, b in itertools.pairwise(order)) == 1


@pytest.mark.parametrize("n", [8, 15, 20])
@pytest.mark.parametrize("penalty", [1e3, 1e6])
def test_small_costs_are_not_lost_beside_penalties(n: int, penalty: float) -> None:
    """The same penalty on every join and place leaves the best order what it is, to a millionth."""
    rng = np.random.default_rng(n)
    small = Costs.of(n, {"small": Term(pair=rng.uniform(0, 1e-4, (n, n)), position=rng.uniform(0, 1e-4, (n, n)))})
    everywhere = Term(pair=np.full((n, n), penalty), position=np.full((n, n), penalty), first=np.full(n, penalty))
    large = small.plus("rule", everywhere)
    order = best_order(small)
    assert best_order(large) == order
    assert total_cost(order, large) - 2 * n * penalty == total_cost(order, small)


def test_one_broken_rule_less_outweighs_every_small_cost() -> None:
    n = 8
    rng = np.random.default_rng(0)
    broken = rng.random((n, n)) < 0.4
    costs = costs_of(made_up(n, 4)).plus("rule", Term(pair=broken * 1e6))
    fewest = min(sum(broken[a, b] for a, b in itertools.pairwise(o)) for o in itertools.permutations(range(n)))
    assert cost_terms(best_order(costs), costs)["rule"] == fewest * 1e6


def test_the_terms_add_up() -> None:
    before, *features = made_up(9, 1)
    costs = costs_of(features, before=before, artists=[{f"artist {i % 4}"} for i in range(8)], before_artists={"x"})
    order = best_order(costs)
    terms = cost_terms(order, costs)
    assert list(terms) == ["total", "tempo", "key", "energy", "era", "artist", "arc"]
    assert terms["total"] == pytest.approx(sum(value for name, value in terms.items() if name != "total"), abs=1e-9)
    assert terms["total"] == pytest.approx(total_cost(order, costs), abs=1e-3)
    assert all(value == round(value, 4) for value in terms.values())


# --- the costs of songs -----------------------------------------------------------------------------------------------


def join(a: Features, b: Features) -> dict[str, float]:
    return cost_terms((0, 1), costs_of([a, b], arc="steady"))


@pytest.mark.parametrize(
    ("bpm", "other", "cost"),
    [(100, 100, 0), (100, 100 * 2**0.03, 0.5), (100, 100 * 2**0.06, 1), (100, 120, 3), (70, 140, 0), (60, 240, 0),
     (141, 70, np.log2(141 / 140) / 0.06), (100, 150, 3)],
)  # fmt: skip
def test_tempo_is_folded_at_the_octave(bpm: float, other: float, cost: float) -> None:
    for pair in ((bpm, other), (other, bpm)):
        terms = join(Features(bpm=pair[0]), Features(bpm=pair[1]))
        assert terms["tempo"] == terms["total"] == pytest.approx(cost, abs=1e-4)


def test_key_energy_and_era() -> None:
    eight = Key(8, minor=True)
    costs = [join(Features(key=eight), Features(key=Key(n, minor=True)))["key"] for n in (8, 9, 7, 10, 12, 2)]
    assert costs == pytest.approx([0, 0.1333, 0.1333, 0.6, 1.2, 1.2])
    costs = [join(Features(key=eight), Features(key=Key(n, minor=False)))["key"] for n in (8, 9, 7, 10)]
    assert costs == pytest.approx([0.1333, 0.7333, 0.7333, 1.2])
    assert join(Features(energy=0.3), Features(energy=0.5))["energy"] == pytest.approx(0.7)
    assert join(Features(year=1970), Features(year=1985))["era"] == pytest.approx(0.3)
    assert join(Features(year=1920), Features(year=2020))["era"] == pytest.approx(0.6)


def test_a_join_compares_how_one_song_closes_with_how_the_next_opens() -> None:
    rising = Features(
        key=Key(8, minor=True),
        closing_key=Key(2, minor=True),
        energy=0.4,
        opening_energy=0.1,
        closing_energy=0.9,
    )
    bright = Features(key=Key(2, minor=True), energy=0.9)
    assert join(rising, bright)["total"] == 0.0
    assert join(bright, rising)["key"] == pytest.approx(1.2)
    assert join(bright, rising)["energy"] == pytest.approx(0.7 * 0.8 / 0.2)
    assert best_order(costs_of([bright, rising], arc="steady")) == (1, 0)
    assert best_order(costs_of([rising, bright], before=Features(energy=0.9), arc="steady")) == (0, 1)
    assert best_order(costs_of([rising, Features(energy=0.2)], before=rising, arc="steady")) == (1, 0)


def test_missing_values_are_neutral() -> None:
    """Songs of which nothing is known cost nothing anywhere, and leave the others' order alone."""
    for arc in ARCS:
        costs = costs_of([Features(), *made_up(3, 1), Features()], before=Features(), arc=arc)
        for values in (costs.pair[0], costs.pair[:, 4], costs.position[0], costs.first):
            assert not values.any()
    assert best_order(costs_of([Features()] * 6)) == (0, 1, 2, 3, 4, 5)


def test_the_song_before_the_set_counts() -> None:
    slow, fast = Features(bpm=80), Features(bpm=125)
    assert best_order(costs_of([slow, fast], before=Features(bpm=124), arc="steady")) == (1, 0)
    assert best_order(costs_of([slow, fast], before=Features(bpm=81), arc="steady")) == (0, 1)


def test_the_artist_of_the_song_before_does_not_go_on() -> None:
    costs = costs_of([Features()] * 3, artists=[{"a"}, {"b"}, {"b", "c"}], before_artists={"a"})
    assert best_order(costs) == (1, 0, 2)
    assert cost_terms((0, 1, 2), costs)["artist"] == 12.0


@pytest.mark.parametrize(("arc", "sign"), [("up", 1), ("down", -1)])
def test_energy_rises_or_falls(arc: Arc, sign: int) -> None:
    energies = np.random.default_rng(6).permutation(np.linspace(0.1, 0.9, 9))
    order = best_order(costs_of([Features(energy=float(e)) for e in energies], arc=arc))
    assert (np.diff(energies[list(order)]) * sign > 0).all()


def test_energy_arches() -> None:
    energies = np.random.default_rng(7).permutation(np.linspace(0.1, 0.9, 12))
    heard = energies[list(best_order(costs_of([Features(energy=float(e)) for e in energies], arc="arch")))]
    assert 5 <= int(np.argmax(heard)) <= 9, "the peak stands at about two thirds"
    assert heard[0] < np.median(energies) < heard.max()


def test_the_arc_is_that_of_the_sets_own_energies() -> None:
    energies = np.linspace(0, 1, 21)
    position = costs_of([Features(energy=float(e)) for e in energies], arc="arch").position
    assert energies[position.argmin(axis=0)][[0, 13, 20]] == pytest.approx([0.35, 0.9, 0.5])
    assert position[0, 0] == pytest.approx(0.6 * (0.35 / 0.2) ** 2, abs=1e-6)


def test_steady_wants_small_steps() -> None:
    energies = [0.1, 0.9, 0.5, 0.3, 0.7]
    order = best_order(costs_of([Features(energy=e) for e in energies], arc="steady"))
    assert order in ((0, 3, 2, 4, 1), (1, 4, 2, 3, 0))


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_and_one_song_are_in_order(n: int) -> None:
    costs = costs_of(made_up(n, 0), artists=[{"a"}] * n)
    assert best_order(costs) == tuple(range(n))
    assert cost_terms(best_order(costs), costs)["total"] >= 0


@pytest.mark.parametrize(
    "term",
    [
        Term(pair=np.zeros((2, 3))),
        Term(first=np.zeros(2)),
        Term(first=np.full(3, np.nan)),
        Term(end=-np.full(3, np.inf)),
    ],
)
def test_costs_that_are_none_are_refused(term: Term) -> None:
    with pytest.raises(ValueError, match="'wrong'"):
        Costs.of(3, {"wrong": term})


def test_a_term_is_not_added_twice() -> None:
    costs = costs_of(made_up(3, 0))
    with pytest.raises(ValueError, match="tempo"):
        costs.plus("tempo", Term())
