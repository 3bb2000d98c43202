"""How well the relistening scores foretell what a listener really played, beside plainer methods.

    AIDJ_HISTORIES=FOLDER scripts/bench relisten
    python scripts/benches/relisten.py [FOLDER]

FOLDER holds one history per listener, ``*.csv`` or ``*.csv.gz``, with the columns ``ts`` (unix seconds), ``artist``,
``album``, ``track`` and, if there is one, ``ms_played``. Without a folder a made-up history is used: it shows that the
benchmark runs, and little else.

The history is cut at moments 30 days apart (14 for the coming week of a listener of less than two years). A method sees
what lies before the cut and ranks the candidates:

- rediscovery: songs heard three times or more and silent for 90, 180 or 365 days; wanted: those played within 30 days;
- relisten: all songs heard; wanted: those played within 7 days.

A cut counts if the listener was active around it, with 50 candidates and three wanted among them. NDCG@20 is the
discounted gain of the first 20, R20 the wanted among them as a share of what 20 can hold, AUC the chance that a wanted
song stands before another. All are means over cuts, then over listeners.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from measuring import Row
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sessions_world import read_rows

from aidj.names import match_key, title_key
from aidj.selection.habits import day_base_level, z_scores
from aidj.selection.relistening import (
    Past,
    artist_association,
    association,
    context_of,
    fitted_half_life_days,
    periods,
    rediscovery_scores,
    relisten_scores,
    sessions,
)

DAY_S = 86400
TASKS = (("rediscovery", 90), ("rediscovery", 180), ("rediscovery", 365), ("relisten", 0))
METRICS = ("NDCG@20", "R20", "AUC")


@dataclass(frozen=True)
class Listener:
    """One history, as a past without end."""

    name: str
    past: Past

    @property
    def days(self) -> float:
        """Return how long it is."""
        return float(self.past.at[-1] - self.past.at[0]) / DAY_S

    def before(self, moment_s: float) -> Past:
        """Return what was heard before that moment."""
        n = int(np.searchsorted(self.past.at, moment_s))
        whole = self.past
        return Past(
            item=whole.item[:n],
            at=whole.at[:n],
            now_s=moment_s,
            n_items=whole.n_items,
            artist_of=whole.artist_of,
            n_artists=whole.n_artists,
            album_of=whole.album_of,
        )


def rows() -> list[Row]:
    """Print a table for each task, and return how the program's scores stand beside the reference formula."""
    folder = os.environ.get("AIDJ_HISTORIES")
    return _measured(Path(folder) if folder else None)


def _measured(folder: Path | None) -> list[Row]:
    console = Console(width=None if sys.stdout.isatty() else 140)
    listeners = read_histories(folder) if folder else [made_up()]
    if folder:
        console.print(f"{len(listeners)} histories of {folder}")
    else:
        console.print("A made-up history (name a folder of real ones in AIDJ_HISTORIES): its figures mean little.")
    found = []
    for task, gap_days in TASKS:
        what = f"{task}, silent >= {gap_days} d" if gap_days else f"{task} within 7 d"
        table = Table(title=what, title_justify="left")
        for column in ("method", *METRICS, *(f"NDCG@20 {one.name}" for one in listeners)):
            table.add_column(column, justify="left" if column == "method" else "right")
        per_listener = [measure(one, task, gap_days) for one in listeners]
        means = {}
        for method in METHODS:
            each = np.array([figures[method] for figures in per_listener])
            means[method] = np.nanmean(each, axis=0) if np.isfinite(each).any() else np.full(len(METRICS), np.nan)
            table.add_row(method, *(f"{x:.3f}" for x in means[method]), *(f"{x:.3f}" for x in each[:, 0]))
        console.print(table)
        ours, theirs = float(means["ours"][0]), float(means["F3 reference formula"][0])
        found.append(Row(f"{what}: NDCG@20", ours, "", ">= F3", "F3 reference formula", theirs, ours >= theirs))
    return found


# ------------------------------------------------------------------------------------------------------- the methods


def _ours(past: Past, candidates: NDArray[np.int64], task: str) -> NDArray[np.float64]:
    if task == "rediscovery":
        return rediscovery_scores(past, candidates).total
    return relisten_scores(past, candidates, half_life_days=fitted_half_life_days(past)).total


def _reference(past: Past, candidates: NDArray[np.int64], task: str) -> NDArray[np.float64]:
    """F3: days counted once at decay 1 (0.5 for the week), and associations over hard 30-day bins and sessions."""
    context, months = context_of(past), periods(past, days=30, phases=1)
    month = z_scores(association(past.item, past.n_items, context, months)[candidates])
    if task == "rediscovery":
        artist = z_scores(artist_association(past, context, [sessions(past)])[candidates])
        return z_scores(_base(past, 1.0)[candidates]) + 0.3 * month + 0.3 * artist
    last = np.zeros(past.n_items)
    last[past.item] = past.at
    burst = np.bincount(past.item[last[past.item] - past.at < 30 * DAY_S], minlength=past.n_items)
    return z_scores(_base(past, 0.5)[candidates]) + 0.5 * month + 0.5 * z_scores(np.log1p(burst)[candidates])


def _base(past: Past, decay: float) -> NDArray[np.float64]:
    return day_base_level(past.item, past.at, past.n_items, datetime.fromtimestamp(past.now_s, UTC), decay)


def _act_r(past: Past, candidates: NDArray[np.int64], task: str) -> NDArray[np.float64]:
    hours = (past.now_s - past.at) / 3600
    return np.log(np.bincount(past.item, (hours + 1) ** -0.5, past.n_items)[candidates])


def _plays(past: Past) -> NDArray[np.int64]:
    return np.bincount(past.item, minlength=past.n_items)


def _silent_days(past: Past) -> NDArray[np.float64]:
    last = np.full(past.n_items, -np.inf)
    last[past.item] = past.at
    return (past.now_s - last) / DAY_S


METHODS: dict[str, Callable[[Past, NDArray[np.int64], str], NDArray[np.float64]]] = {
    "ours": _ours,
    "F3 reference formula": _reference,
    "ACT-R base level, d = 0.5": _act_r,
    "most played": lambda past, candidates, task: _plays(past)[candidates].astype(float),
    "count x days": lambda past, candidates, task: _plays(past)[candidates] * _silent_days(past)[candidates],
    "random": lambda past, candidates, task: np.zeros(len(candidates)),  # ties are broken at random
}


# ----------------------------------------------------------------------------------------------------- the judgement


def measure(listener: Listener, task: str, gap_days: float) -> dict[str, NDArray[np.float64]]:
    """Return the mean of the three metrics over a listener's cuts, for each method; NaN without cuts."""
    rng = np.random.default_rng(7)
    found: dict[str, list[tuple[float, ...]]] = {method: [] for method in METHODS}
    for past, candidates, wanted in cuts(listener, task, gap_days):
        for name, method in METHODS.items():
            found[name].append(judge(method(past, candidates, task), wanted, rng))
    return {name: np.mean(each, axis=0) if each else np.full(len(METRICS), np.nan) for name, each in found.items()}


def cuts(listener: Listener, task: str, gap_days: float) -> Iterator[tuple[Past, NDArray[np.int64], NDArray[np.bool_]]]:
    """Yield what was heard before each cut, the candidates, and which of them were played soon after."""
    whole, long = listener.past, listener.days > 720
    rediscovery = task == "rediscovery"
    horizon_days, least_plays = (30, 30) if rediscovery else (7, 10)
    step_days = 30 if rediscovery or long else 14
    warm_days = (365 if long else gap_days + 60) if rediscovery else (180 if long else 60)
    first, last = whole.at[0] + warm_days * DAY_S, whole.at[-1] - horizon_days * DAY_S
    for moment in np.arange(first, last + 1, step_days * DAY_S).tolist():
        recent, here, end = np.searchsorted(
            whole.at, [moment - 30 * DAY_S, moment, moment + horizon_days * DAY_S]
        ).tolist()
        if here - recent < 30 or end - here < least_plays:
            continue
        past = listener.before(moment)
        eligible = _plays(past) > 0
        if rediscovery:
            eligible = (_plays(past) >= 3) & (_silent_days(past) >= gap_days)
        candidates = np.flatnonzero(eligible)
        wanted = np.isin(candidates, whole.item[here:end])
        if len(candidates) >= 50 and wanted.sum() >= 3:
            yield past, candidates, wanted


def judge(
    scores: NDArray[np.float64], wanted: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return NDCG@20, R20 and AUC of a ranking; equal scores stand in random order."""
    order = np.lexsort((rng.random(len(scores)), -scores))
    hits = wanted[order]
    n, discount = int(wanted.sum()), 1 / np.log2(np.arange(20) + 2)
    ndcg = (hits[:20] * discount).sum() / discount[: min(20, n)].sum()
    others_behind = (~hits)[::-1].cumsum()[::-1][hits].sum()
    return float(ndcg), float(hits[:20].sum() / min(20, n)), float(others_behind / (n * (len(hits) - n)))


# ----------------------------------------------------------------------------------------------------- the histories


def read_histories(folder: Path) -> list[Listener]:
    """Read the histories of a folder, one listener per file."""
    files = sorted(path for path in folder.iterdir() if path.name.endswith((".csv", ".csv.gz")))
    if not files:
        raise SystemExit(f"{folder}: no .csv or .csv.gz files there; name a folder of histories in AIDJ_HISTORIES.")
    return [Listener(path.name.split(".")[0], _numbered(_plays_of(path))) for path in files]


def _plays_of(path: Path) -> list[tuple[int, str, str, str]]:
    """Return (unix seconds, artist, title, album) of each play of 30 s or more, oldest first."""
    return [(at, match_key(artist), title_key(title), album) for at, artist, album, title in read_rows(path)]


def _numbered(plays: list[tuple[int, str, str, str]]) -> Past:
    """Number songs, artists and albums; a song's album is that of its first play. Double entries are left out."""
    items: dict[tuple[str, str], int] = {}
    artists: dict[str, int] = {}
    albums: dict[tuple[str, str], int] = {}
    artist_of: list[int] = []
    album_of: list[int] = []
    last: dict[int, int] = {}
    kept: list[tuple[int, int]] = []
    for at, artist, title, album in plays:
        item = items.setdefault((artist, title), len(items))
        if item == len(artist_of):
            artist_of.append(artists.setdefault(artist, len(artists)))
            album_of.append(albums.setdefault((artist, title_key(album)), len(albums)) if album else -1)
        if at - last.get(item, -DAY_S) >= 30:
            kept.append((item, at))
            last[item] = at
    item_column, at_column = np.array(kept, np.int64).T
    return Past(
        item=item_column,
        at=at_column,
        now_s=float(at_column[-1] + 1),
        n_items=len(items),
        artist_of=np.array(artist_of, np.int64),
        n_artists=len(artists),
        album_of=np.array(album_of, np.int64),
    )


def made_up(seed: int = 1, days: int = 1200) -> Listener:
    """Return a listener nobody is: a few albums at a time, each for some weeks, the best of them again and again."""
    rng = np.random.default_rng(seed)
    n_albums, songs = 400, 10
    love = rng.lognormal(0, 1, n_albums)
    heat = np.zeros(n_albums)
    plays: list[tuple[int, str, str, str]] = []
    for day in range(days):
        heat *= 0.93
        heat[rng.choice(n_albums, 2, p=love / love.sum())] += 1.0
        for sitting in range(3):
            at = (15000 + day) * DAY_S + (9 + 5 * sitting) * 3600 + int(rng.integers(3600))
            album = int(rng.choice(n_albums, p=heat / heat.sum()))
            whole = rng.random() < 0.4
            chosen = np.arange(songs) if whole else np.unique((songs * rng.random(5) ** 2).astype(int))
            for song in chosen.tolist():
                plays.append((at, f"made-up artist {album // 3}", f"song {album} {song}", f"album {album}"))
                at += 220
    return Listener("made-up", _numbered(sorted(plays)))


if __name__ == "__main__":
    if len(sys.argv) > 2 or sys.argv[1:] in (["-h"], ["--help"]):
        print(__doc__)
    else:
        _measured(Path(sys.argv[1]) if len(sys.argv) == 2 else None)
