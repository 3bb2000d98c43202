"""A thousand sessions over a simulated year of daily listening: would a listener keep the mix on?

    AIDJ_HISTORIES=FOLDER scripts/bench sessions

FOLDER holds one history per listener as for `scripts/bench relisten`; without one a made-up history is used, and its
figures mean little. AIDJ_SESSIONS takes another number of sessions than 1,000: the year then ends earlier.

`sessions_lived.py` says how it is lived. Beside the program stand three plainer ways to choose, each with a year of
its own: uniform shuffle, `beet random --time` (the real one, from PyPI, in a throwaway environment), and drawing by
play count. Three sessions of each year are planned again by processes with other hash seeds, from a shuffled library.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import sessions_counted as counting
import sessions_lived as living
import sessions_world as worlds
from measuring import Row
from rich.console import Console
from rich.table import Table
from sessions_lived import Session
from sessions_world import Sitting, World

from aidj.model import Listener
from aidj.plan import dump_plan
from aidj.selection import SHELVES
from aidj.sequencing.themes import ThemeKind

HERE = str(Path(__file__).resolve())
MADE_UP = "made-up"
PROGRAM = "aidj"
WAYS = (PROGRAM, "uniform shuffle", "beet random", "most played")
AGAIN = (0.1, 0.5, 0.9)
"""Which sessions are planned again: where in the year."""
HASH_SEEDS = ("1", "4321")
OFTEN = 8

BEETS = """
import json, random, sys
from beets.library import Item, Library
from beetsplug.random import random_objs

with open(sys.argv[1]) as file:
    given = json.load(file)
library = Library(sys.argv[3])
with library.transaction():
    for number, (title, artist, album, length) in enumerate(given["tracks"]):
        library.add(Item(title=title, artist=artist, album=album, length=length, track=number, path=b"/%d" % number))
items = sorted(library.items(), key=lambda item: item.id)
found = []
for seed, size, minutes in given["sittings"]:
    random.seed(seed)
    found.append([item.id - 1 for item in random_objs(items[:size], "albumartist", 1, minutes, False)])
with open(sys.argv[2], "w") as file:
    json.dump(found, file)
"""
"""What `beet random --time MINUTES` does, many times over the same open library (checked with beets 2.14)."""


@dataclass(frozen=True)
class Year:
    """What a way to choose made of a history's year; `figures` by measure."""

    way: str
    figures: dict[str, float]


@dataclass(frozen=True)
class Found:
    """Everything found on one history."""

    history: str
    tracks: int
    listens: int
    sessions: int
    years: tuple[Year, ...]
    shares: dict[str, tuple[float, ...]]
    """Of each rotation: its part, its target, that in the first and the last month (percent), the mean and the largest
    distance over the months (points), and the songs there were to choose from in its poorest month."""
    off: float
    """The largest distance of all, points."""
    relaxed: dict[str, int]
    breaks: dict[str, int]
    themes: dict[str, int]
    again: int
    """Sessions planned again that came out the same, of `2 * len(AGAIN)`."""


SHARES = (
    "part, %",
    "target, %",
    "first month's",
    "last month's",
    "off, mean",
    "off, worst month",
    "poorest pool, songs",
)
NOT_HERE = ("request",)
"""Kinds of theme that only a query brings."""


def rows() -> list[Row]:
    """Live the years, print a table for each history, and return what the issue asks for."""
    folder, sessions = os.environ.get("AIDJ_HISTORIES"), int(os.environ.get("AIDJ_SESSIONS", "1000"))
    console = Console(width=None if sys.stdout.isatty() else 140)
    histories = [MADE_UP]
    if folder:
        histories = sorted(str(p.resolve()) for p in Path(folder).iterdir() if p.name.endswith((".csv", ".csv.gz")))
        if not histories:
            raise SystemExit(f"{folder}: no .csv or .csv.gz files there; name a folder of histories in AIDJ_HISTORIES.")
    else:
        console.print("A made-up history (name a folder of real ones in AIDJ_HISTORIES): its figures mean little.")
    with tempfile.TemporaryDirectory() as work:
        beets, why_not = _beets(Path(work))
        if why_not:
            console.print(f"beet random is not measured: {why_not}")

        def live(number: int) -> Found:
            out = Path(work) / f"found{number}"
            command = [sys.executable, HERE, "year", histories[number], str(sessions), beets, str(out)]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr[-3000:])
            found = pickle.loads(out.read_bytes())
            assert isinstance(found, Found)
            return found

        with ThreadPoolExecutor(max_workers=2) as pool:  # each is a process of its own
            everything = list(pool.map(live, range(len(histories))))
    result: list[Row] = []
    for found in everything:
        _print(console, found)
        result += _rows(found, why_not)
    return result


def _beets(work: Path) -> tuple[str, str]:
    """Return a Python that has beets, or why there is none."""
    python = work / "beets" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for command in (
        [sys.executable, "-m", "venv", str(work / "beets")],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "beets>=2.14,<3"],
        [str(python), "-c", "from beetsplug.random import random_objs"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            return "", f"it could not be installed ({said[-1] if said else 'no message'})"
    return str(python), ""


# --- one history, in a process of its own -----------------------------------------------------------------------------


def world_of(history: str) -> World:
    """Return the world of a history file, or of the made-up history."""
    if history == MADE_UP:
        return World.of(MADE_UP, worlds.made_up_rows())
    path = Path(history)
    return World.of(path.name.split(".")[0], worlds.read_rows(path))


def live_a_year(history: str, sessions: int, beets: str) -> tuple[Found, list[Session]]:
    """Live the year of one history in every way."""
    world = world_of(history)
    moments = worlds.sittings(world, sessions)
    diary, lived = living.year(world, living.Program(world), moments)
    gaps = counting.gaps(world, lived)
    years = [_year(PROGRAM, world, lived, gaps)]
    others: dict[str, living.Way] = {
        "uniform shuffle": living.shuffle(world),
        "most played": living.most_played(world),
    }
    if beets:
        others["beet random"] = living.as_listed(_of_beets(world, moments, beets))
    for name, way in others.items():
        _, other = living.year(world, way, moments)
        years.append(_year(name, world, other, counting.gaps(world, other)))
    months = counting.months(world, lived)
    shares: dict[str, tuple[float, ...]] = {
        rotation: (
            _weighted([month.had[rotation] for month in months], months),
            _weighted([month.target[rotation] for month in months], months),
            months[0].target[rotation],
            months[-1].target[rotation],
            float(np.mean([abs(month.off(rotation)) for month in months])),
            max(abs(month.off(rotation)) for month in months),
            min(month.pools[rotation] for month in months),
        )
        for rotation in SHELVES
    }
    found = Found(
        history=world.name,
        tracks=len(world.tracks),
        listens=len(world.heard),
        sessions=sessions,
        years=tuple(years),
        shares=shares,
        off=max(figures[5] for figures in shares.values()),
        relaxed=counting.relaxed(lived),
        breaks=dict(Counter(each.rule for each in gaps.breaks)),
        themes=_themes(lived),
        again=_planned_again(history, world, diary, lived),
    )
    return found, lived


def _themes(sessions: Sequence[Session]) -> dict[str, int]:
    counts = Counter(kind for session in sessions for kind, _ in session.themes)
    return {kind: counts[kind] for kind in sorted(get_args(ThemeKind), key=lambda kind: (-counts[kind], kind))}


def _weighted(values: Sequence[float], months: Sequence[counting.Month]) -> float:
    return float(np.average(values, weights=[month.songs for month in months]))


def _year(way: str, world: World, sessions: Sequence[Session], gaps: counting.Gaps) -> Year:
    errors_s = counting.minutes_errors_s(sessions)
    sets = [size for session in sessions for size in session.sets]
    known = Counter(each for session in sessions for each in session.known)
    songs = known.total()
    offered = Counter(track for session in sessions for track in session.tracks)
    added = range(world.size_on(world.begins_s), world.size_on(sessions[-1].sitting.at_s))
    plan_s = [session.plan_s for session in sessions]
    figures = {
        "songs per session": songs / len(sessions),
        "distinct artists per session": _mean([counting.distinct_artists(world, each) for each in sessions]),
        "smallest artist gap, songs": gaps.artist,
        "sessions with an artist gap < 8": len({each.session for each in gaps.breaks if each.rule == "artist gap"}),
        "smallest album gap, songs": gaps.album,
        "same recording within 30 days, songs": gaps.repeats,
        "minutes error, median, s": float(np.median(errors_s)),
        "minutes error, 95 %, s": float(np.percentile(errors_s, 95)),
        "minutes error, largest, s": float(errors_s.max()),
        "never heard before, % of songs": 100 * known["never"] / songs,
        "silent for 90 days or more, %": 100 * known["back"] / songs,
        "heard in the last 90 days, %": 100 * known["current"] / songs,
        "played 8 times or more in the year, % of songs": 100 * sum(n for n in offered.values() if n >= OFTEN) / songs,
        "recordings never played in the year, %": 100 * (1 - len(offered) / len(world.tracks)),
        "added in the year and never played, %": 100 * _mean([track not in offered for track in added]),
    }
    if way != PROGRAM:
        return Year(way, figures)
    words = [theme for session in sessions for _, theme in session.themes]
    twice = sum(len(names) > len(set(names)) for names in ([w for _, w in s.themes] for s in sessions))
    figures |= {
        "sets": len(sets),
        "sets of four to six songs, %": 100 * _mean([4 <= size <= 6 for size in sets]),
        "sets with two rotations or more, %": 100 * _mean(list(_mixed(sessions))),
        "different themes, in words": len(set(words)),
        "sessions with one theme twice": twice,
        "choosing, median, s": float(np.median(plan_s)),
        "choosing, 95 %, s": float(np.percentile(plan_s, 95)),
    }
    return Year(way, figures)


def _mixed(sessions: Sequence[Session]) -> list[bool]:
    found = []
    for session in sessions:
        at = 0
        for size in session.sets:
            found.append(len(set(session.rotations[at : at + size])) > 1)
            at += size
    return found


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _of_beets(world: World, moments: Sequence[Sitting], python: str) -> list[list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.json", Path(folder) / "found.json"
        tracks = [(track.title, track.artist, track.album or "", track.duration_s) for track in world.tracks]
        sat = [(each.number, world.size_on(each.at_s), each.minutes) for each in moments]
        given.write_text(json.dumps({"tracks": tracks, "sittings": sat}), encoding="utf-8")
        environment = {**os.environ, "BEETSDIR": folder}
        # A file, and a folder of its own to work in: beets copies what it brings up to date, even a ":memory:".
        command = [python, "-c", BEETS, str(given), str(found), str(Path(folder) / "library.db")]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)
        listed: list[list[int]] = json.loads(found.read_text(encoding="utf-8"))
        return listed


# --- the same again ---------------------------------------------------------------------------------------------------


def _planned_again(history: str, world: World, diary: living.Diary, lived: Sequence[Session]) -> int:
    """Return how many plans come out the same in processes with other hash seeds, of a shuffled library."""
    chosen = [lived[int(share * len(lived))] for share in AGAIN]
    mine = [_document(world, diary.listener(each.n_before), each.sitting, None) for each in chosen]
    same = 0
    with tempfile.TemporaryDirectory() as folder:
        moment = Path(folder) / "moment"
        moment.write_bytes(
            pickle.dumps([(diary.listener(each.n_before), each.sitting) for each in chosen], pickle.HIGHEST_PROTOCOL)
        )
        for seed in HASH_SEEDS:
            out = Path(folder) / f"plans{seed}"
            subprocess.run(
                [sys.executable, HERE, "again", history, str(moment), seed, str(out)],
                check=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            )
            theirs: list[str] = json.loads(out.read_text(encoding="utf-8"))
            same += sum(one == other for one, other in zip(mine, theirs, strict=True))
    return same


def plan_again(history: str, moment: Path, seed: int) -> list[str]:
    """Plan sessions from a shuffled library."""
    world = world_of(history)
    rng = np.random.default_rng(seed)
    return [_document(world, listener, sitting, rng) for listener, sitting in pickle.loads(moment.read_bytes())]


def _document(world: World, listener: Listener, sitting: Sitting, rng: np.random.Generator | None) -> str:
    size = world.size_on(sitting.at_s)
    order = np.arange(size) if rng is None else rng.permutation(size)
    listener = living.reordered(listener, order)
    return dump_plan(living.document([world.tracks[i] for i in order.tolist()], listener, sitting, world.features))


# --- what is printed --------------------------------------------------------------------------------------------------


def _print(console: Console, found: Found) -> None:
    console.print(
        f"\n[bold]{found.history}[/bold]: {found.sessions:,} sessions, {found.listens:,} listens before them, "
        f"{found.tracks:,} tracks at the end"
    )
    by_way = {each.way: each.figures for each in found.years}
    table = Table("measure", *(name for name in WAYS if name in by_way))
    for column in table.columns[1:]:
        column.justify = "right"
    for measure in by_way[PROGRAM]:
        table.add_row(measure, *(_figure(by_way[way].get(measure)) for way in WAYS if way in by_way))
    console.print(table)
    table = Table("rotation", *SHARES)
    for column in table.columns[1:]:
        column.justify = "right"
    for rotation, figures in found.shares.items():
        table.add_row(rotation, *map(_figure, figures))
    console.print(table)
    console.print("Sessions in which a rule gave way, and the plan says so:", _listed(found.relaxed))
    console.print("Rules that do not hold, and the plan does not say so (songs):", _listed(found.breaks))
    console.print("Sets by kind of theme:", _listed(found.themes))
    never = [kind for kind, count in found.themes.items() if not count and kind not in NOT_HERE]
    console.print("Kinds of theme that never came:", ", ".join(never) or "none")


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "none"


def _rows(found: Found, why_not: str) -> list[Row]:
    by_way = {each.way: each.figures for each in found.years}
    ours, name = by_way[PROGRAM], found.history
    shuffled = by_way["uniform shuffle"]
    fewest = shuffled["distinct artists per session"] - 1

    def beside(measure: str, unit: str, reach: str, ok: Callable[[float], bool], way: str = "uniform shuffle") -> Row:
        return Row(f"{name}: {measure}", ours[measure], unit, reach, way, by_way[way][measure], ok(ours[measure]))

    def alone(measure: str, value: float, unit: str, reach: str, ok: bool) -> Row:
        return Row(f"{name}: {measure}", value, unit, reach, "", None, ok)

    broken, plans = sum(found.breaks.values()), len(AGAIN) * len(HASH_SEEDS)
    new = [sum(found.shares[rotation][place] for rotation in ("new_release", "deep_cut")) for place in (2, 3)]
    mixed = ours["sets with two rotations or more, %"]
    result = [
        beside("distinct artists per session", "", ">= shuffle - 1", lambda x: x >= fewest),
        beside("smallest artist gap, songs", "songs", ">= 8", lambda x: x >= counting.ARTIST_GAP),
        beside("same recording within 30 days, songs", "songs", "= 0", lambda x: x == 0),
        alone("rules broken unrecorded", broken, "songs", "= 0", broken == 0),
        alone("a rotation off its target, worst month", found.off, "points", "<= 3", found.off <= 3),
        Row(
            f"{name}: part meant for what is new, last month",
            new[1],
            "%",
            ">= half the first month's",
            "first month",
            new[0],
            new[1] >= new[0] / 2,
        ),
        beside("minutes error, median, s", "s", "<= 10", lambda x: x <= 10),
        alone("sets with two rotations or more", mixed, "%", ">= 95", mixed >= 95),
        beside("played 8 times or more in the year, % of songs", "%", "", lambda _: True, "most played"),
        alone(
            "same seed, library shuffled, other hash seeds: same plans",
            found.again,
            "plans",
            f"= {plans}",
            found.again == plans,
        ),
    ]
    if why_not:
        result.append(alone(f"beet random is missing: {why_not}", float("nan"), "", "", False))
    else:
        never = "recordings never played in the year, %"
        result.append(beside(never, "%", "", lambda _: True, "beet random"))
    return result


def main(arguments: Sequence[str]) -> None:
    """Do what `rows` starts as processes of their own."""
    if arguments[:1] == ["year"]:
        _, history, sessions, beets, out = arguments
        # As "sessions" and not "__main__": the parent unpickles it under that name.
        import sessions as module

        found, _lived = module.live_a_year(history, int(sessions), beets)
        Path(out).write_bytes(pickle.dumps(found))
    elif arguments[:1] == ["again"]:
        _, history, moment, seed, out = arguments
        Path(out).write_text(json.dumps(plan_again(history, Path(moment), int(seed))), encoding="utf-8")
    else:
        print(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
