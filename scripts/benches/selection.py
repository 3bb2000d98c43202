"""Choosing what could be played, over three sizes of library and history: seconds, memory, growth; beside a shuffle."""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measuring import Row, cost_of

from aidj.model import Listener
from aidj.selection import Catalogue, select

HERE = str(Path(__file__).resolve())
SIZES = ((10_000, 100_000), (31_000, 310_000), (100_000, 1_000_000))
ROUNDS = 5
STEPS = {
    "catalogue": "Catalogue.of, once per library",
    "first": "select, the first time with a catalogue",
    "select": "select, with a catalogue",
    "again": "select, with catalogue and half-life",
    "shuffle": "uniform shuffle",
}


def rows() -> list[Row]:
    """Measure; each size in a process of its own, for its memory."""
    found: list[Row] = []
    times: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size, plays in SIZES:
            result = Path(folder) / "times.json"
            data = cost_of(HERE, "data", str(size), str(plays), str(result))
            whole = cost_of(HERE, "whole", str(size), str(plays), str(result))
            taken = json.loads(result.read_text(encoding="utf-8"))
            times.append(taken)
            what = f"{size:,} tracks, {plays:,} plays"
            for step in ("catalogue", "first", "select", "again"):
                reach = {"catalogue": 2.0, "select": 1.0}.get(step) if size == SIZES[-1][0] else None
                found.append(
                    Row(
                        f"{what}: {STEPS[step]}",
                        taken[step],
                        "s",
                        f"about {reach:g}" if reach else "",
                        STEPS["shuffle"],
                        taken["shuffle"],
                        reach is None or taken[step] <= 2 * reach,
                    )
                )
            found.append(
                Row(f"{what}: memory", whole.peak_mb, "MB", "", "the tracks and plays alone", data.peak_mb, True)
            )
    sizes = [math.log(size) for size, _ in SIZES]
    for step in ("catalogue", "select"):
        growth = float(np.polyfit(sizes, [math.log(taken[step]) for taken in times], 1)[0])
        shuffle = float(np.polyfit(sizes, [math.log(taken["shuffle"]) for taken in times], 1)[0])
        found.append(
            Row(f"growth: {STEPS[step]}", growth, "exponent", "<= 1.2", STEPS["shuffle"], shuffle, growth <= 1.2)
        )
    return found


def _measure(size: int, plays: int, *, whole: bool) -> dict[str, float]:
    """Return the seconds of each step: of the first and only time, or the median of a few."""
    sys.path.insert(0, str(Path(HERE).parents[2] / "tests"))
    from made_up import NOW, history, library

    tracks = library(size, artists=size // 20, seed=1)
    listener = Listener(plays=history(size, plays, seed=1))
    if not whole:
        return {}
    taken: dict[str, list[float]] = {step: [] for step in STEPS}

    def timed(step: str, work: object) -> object:
        assert callable(work)
        begun = time.perf_counter()
        result = work()
        taken[step].append(time.perf_counter() - begun)
        return result

    rng = np.random.default_rng(1)
    catalogue = timed("catalogue", lambda: Catalogue.of(tracks))
    assert isinstance(catalogue, Catalogue)
    found = timed("first", lambda: select(tracks, listener, now=NOW, rng=rng, catalogue=catalogue))
    half_life = found.half_life_days  # type: ignore[attr-defined]
    for _ in range(ROUNDS):
        timed("select", lambda: select(tracks, listener, now=NOW, rng=rng, catalogue=catalogue))
        timed(
            "again",
            lambda: select(tracks, listener, now=NOW, rng=rng, catalogue=catalogue, half_life_days=half_life),
        )
        timed("shuffle", lambda: [tracks[i] for i in rng.permutation(size)])
    return {step: float(np.median(seconds)) for step, seconds in taken.items()}


if __name__ == "__main__":
    kind, n_tracks, n_plays, to = sys.argv[1:]
    measured = _measure(int(n_tracks), int(n_plays), whole=kind == "whole")
    Path(to).write_text(json.dumps(measured), encoding="utf-8")
