"""The order of a set: what other ways of ordering cost above the exact one, and how long each takes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from measuring import Row

from aidj.sequencing.features import Features, Key
from aidj.sequencing.ordering import Costs, best_order, costs_of, greedy_orders, local_search, total_cost

SIZES = (8, 10, 12, 15)
SETS = 40
SEED = 3
STARTS = 5


@dataclass
class Way:
    """A way to order songs, and what it has cost so far."""

    order: Callable[[Costs], Sequence[int]]
    costs: list[float] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def take(self, costs: Costs) -> None:
        """Order one set."""
        begun = time.perf_counter()
        order = self.order(costs)
        self.ms.append(1000 * (time.perf_counter() - begun))
        self.costs.append(total_cost(order, costs))

    def percent_above(self, best: Way) -> float:
        """Return how much more all sets cost than in the best way."""
        return 100 * (sum(self.costs) / sum(best.costs) - 1)


def rows() -> list[Row]:
    """Measure on made-up songs: tempi, energies and years as they are spread in a mixed library, any key."""
    rng = np.random.default_rng(SEED)
    found = [_beside_brute_force(rng)]
    for n in SIZES:
        exact, greedy = Way(best_order), Way(lambda costs: greedy_orders(costs)[0])
        search, chance = Way(_searched), Way(lambda costs: rng.permutation(costs.n).tolist())
        best_order(made_up_costs(n, rng))  # its tables are made once
        for _ in range(SETS):
            costs = made_up_costs(n, rng)
            for way in (exact, greedy, search, chance):
                way.take(costs)
        peers = (("random order", chance), ("greedy, all starts", greedy), ("greedy + local search", search))
        for name, way in peers:
            least = min(theirs - ours for theirs, ours in zip(way.costs, exact.costs, strict=True))
            found.append(
                Row(
                    f"{n} songs: {name}, above exact",
                    way.percent_above(exact),
                    "%",
                    ">= 0, every set",
                    "",
                    None,
                    least >= 0,
                )
            )
        ours, theirs = float(np.median(exact.ms)), float(np.median(search.ms))
        reach = 100.0 if n == max(SIZES) else 20.0
        row = Row(f"{n} songs: exact", ours, "ms", f"<= {reach:g}", "greedy + local search, ms", theirs, ours <= reach)
        found.append(row)
        found.append(Row(f"{n} songs: greedy alone", float(np.median(greedy.ms)), "ms", "", "", None, True))
    return found


def made_up_costs(n: int, rng: np.random.Generator) -> Costs:
    """Return the costs of a set of songs nobody recorded, after another one."""

    def song() -> Features:
        return Features(
            bpm=float(np.clip(rng.normal(118, 26), 60, 200)),
            key=Key(int(rng.integers(1, 13)), minor=bool(rng.random() < 0.4)),
            energy=float(rng.beta(3.5, 2.5)),
            year=int(2026 - min(60, rng.exponential(16))),
        )

    return costs_of([song() for _ in range(n)], before=song())


def _searched(costs: Costs) -> Sequence[int]:
    """What `best_order` does above 15 songs."""
    orders = [local_search(order, costs) for order in greedy_orders(costs)[:STARTS]]
    return min(orders, key=lambda order: total_cost(order, costs))


def _beside_brute_force(rng: np.random.Generator) -> Row:
    """Every order of eight songs, one by one."""
    gaps = []
    for _ in range(3):
        costs = made_up_costs(8, rng)
        cheapest = min(total_cost(order, costs) for order in itertools.permutations(range(8)))
        gaps.append(total_cost(best_order(costs), costs) - cheapest)
    worst = max(abs(gap) for gap in gaps)
    return Row("8 songs: exact, beside the best of all 40320 orders", worst, "", "= 0", "", None, worst == 0.0)
