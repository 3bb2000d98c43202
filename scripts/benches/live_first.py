"""From Enter to the first sound: of a session, and of `aidj radio`, each in a fresh process."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from live_library import listeners_of
from live_processes import run, taken_by
from measuring import Row

from aidj.database import FILE_NAME

LISTENER = str(Path(__file__).resolve().parent / "live_listener.py")
ROUNDS = 5
REACH_S = 1.0
PROGRAMS = {"Session": (LISTENER, "first"), "aidj radio": ("-m", "aidj", "radio")}

_BLOCK_BYTES = 4 * 1024
_SILENT = 3
"""-80 dBFS, in 16 bits."""


def first_rows(sizes: Sequence[int], work: Path, env: Mapping[str, str]) -> list[Row]:
    """Measure libraries of these sizes, all of their songs measured and none; and what is planned meanwhile."""
    first_sound(PROGRAMS["aidj radio"], _fresh(listeners_of(sizes[0]).measured, work), seed=0, env=env)  # compiles
    found: list[Row] = []
    for size in sizes:
        made = listeners_of(size)
        found += _rows_of(f"{size:,} tracks", made.measured, work, env)
        found += _rows_of(f"{size:,} tracks, none measured", made.scanned, work, env)
        printed, cost = run([LISTENER, "stretch", str(made.measured), "1"], env)
        told = json.loads(printed)
        name = f"{size:,} tracks: planning the first {told['songs']} songs meanwhile"
        found += [
            Row(f"{name}, CPU", told["cpu_s"], "s", "", "its process, wall s", cost.wall_s, ok=True),
            Row(f"{name}, peak memory", cost.peak_mb, "MB", "", "", None, ok=True),
        ]
    return found


def _rows_of(of: str, home: Path, work: Path, env: Mapping[str, str]) -> list[Row]:
    """Begin a few times, each with another seed, and pay the bare cost of numpy beside each."""
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    bare = []
    for seed in range(1, ROUNDS + 1):
        bare.append(run(["-c", "import numpy"], env)[1])
        for name, program in PROGRAMS.items():
            costs[name].append(first_sound(program, _fresh(home, work), seed=seed, env=env))
    bare_s, bare_cpu_s = (statistics.median(getattr(cost, what) for cost in bare) for what in ("wall_s", "cpu_s"))
    found = []
    for name, pairs in costs.items():
        walls_s, cpus_s = zip(*pairs, strict=True)
        best_s, what, beside = min(walls_s), f"{of}: {name}, first sound", "python -c 'import numpy'"
        found += [
            Row(f"{what}, median", statistics.median(walls_s), "s", "", beside, bare_s, ok=True),
            Row(f"{what}, best", best_s, "s", f"<= {REACH_S:g}", beside, bare_s, best_s <= REACH_S),
            Row(f"{what}, CPU, median", statistics.median(cpus_s), "s", "", beside, bare_cpu_s, ok=True),
        ]
    return found


def _fresh(home: Path, work: Path) -> Path:
    """Return a data folder in which nothing is spoken yet; a copy where measuring would write into it."""
    shutil.rmtree(home / "speech", ignore_errors=True)
    if home.name == "measured":
        return home
    copy = work / "fresh"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    shutil.copyfile(home / FILE_NAME, copy / FILE_NAME)
    return copy


def first_sound(program: Sequence[str], home: Path, *, seed: int, env: Mapping[str, str]) -> tuple[float, float]:
    """Return wall seconds from the start of a program until something sounds, and its CPU seconds, children apart.

    The CPU is 0 where there is no /proc.

    Raises
    ------
    RuntimeError
        If it ends without a sound.
    """
    is_radio = "radio" in program
    wishes = ["--output", "pipe", "--format", "s16", "--private", "--seed", str(seed), "--data", str(home)]
    begun_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *program, *(wishes if is_radio else (str(home), str(seed)))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(env),
    )
    assert process.stdout is not None
    try:
        while block := process.stdout.read(_BLOCK_BYTES) if is_radio else process.stdout.readline():
            if not is_radio or np.abs(np.frombuffer(block, "<i2").astype(int)).max() > _SILENT:
                wall_s = time.monotonic() - begun_s
                return wall_s, taken_by(process.pid).own_s
        raise RuntimeError(f"{' '.join(program)} has ended without a sound")
    finally:
        process.terminate()
        process.communicate()
