"""A live session: how soon it sounds, how soon a skip is heard, what it takes beside mpv, and whether it breaks off.

AIDJ_BENCH_PARTS picks some of: first, skips, cpu, underruns. AIDJ_BENCH_MINUTES is how long the last one listens to
each of two libraries (10; the CPU is measured over a fifth of that), AIDJ_BENCH_TRACKS the size of the large library
(100000), which is kept in AIDJ_BENCH_FOLDER or in the system's temporary folder. AIDJ_REAL_MUSIC names a folder of
songs to play for the last two; without it they are the demo's. What is not there is left out with a line that says so.

Sound keeps its own time and goes nowhere: for the CPU as in `--output null`, as mpv does; to break off, through
miniaudio's silent device, as to a loudspeaker.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from live_first import LISTENER, first_rows
from live_library import kept_folder, listeners_of
from live_processes import Watched, busy_core, environment, in_terminal, run, watched
from measuring import Row

from aidj.demo import make_demo_library
from aidj.home import open_home

PARTS = ("first", "skips", "cpu", "underruns")
SMALL, LARGE = 100, 100_000
MINUTES = 10.0
SKIPS = 30
SKIP_EVERY_S = 60.0
BLOCK_FRAMES = 1024
CPU_RATIO = 1.5
UI_SHARE = 0.05
SETTLED_S = 30.0
"""By then a session has begun and planned, and only plays."""
SONGS, SHORTEST_S = 30, 60.0
"""So many real songs are measured and played."""


def rows() -> list[Row]:
    """Measure everything that can be measured here."""
    wanted = os.environ.get("AIDJ_BENCH_PARTS", ",".join(PARTS)).split(",")
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder))
        parts: dict[str, Callable[[], list[Row]]] = {
            "first": bench.first,
            "skips": bench.skips,
            "cpu": bench.cpu,
            "underruns": bench.underruns,
        }
        return [row for name in PARTS if name in wanted for row in parts[name]()]


class _Bench:
    def __init__(self, work: Path) -> None:
        self._work = work
        self._large = int(os.environ.get("AIDJ_BENCH_TRACKS", LARGE))
        self._seconds = 60 * float(os.environ.get("AIDJ_BENCH_MINUTES", MINUTES))
        self._env = environment(kept_folder())
        self._songs: Path | None = None

    def first(self) -> list[Row]:
        return first_rows((SMALL, self._large), self._work, self._env)

    def skips(self) -> list[Row]:
        found = []
        for size in (SMALL, self._large):
            printed, _ = run([LISTENER, "skips", str(listeners_of(size).measured), "1", str(SKIPS)], self._env)
            found += skip_rows(f"{size:,} tracks", json.loads(printed))
        return found

    def cpu(self) -> list[Row]:
        if not Path("/proc/self/task").exists():
            print("skipped: CPU of a playing session, as there is no /proc to read it from")
            return []
        home, seconds = self._played(), self._seconds / 5
        listener = [sys.executable, LISTENER, "plays", str(home), "1", "null", str(seconds + 5), "0"]
        with subprocess.Popen(listener, stdout=subprocess.PIPE, env=self._env) as process:
            ours = watched(process.pid, seconds, SETTLED_S)
            printed, _ = process.communicate()
        files = json.loads(printed)["files"]
        theirs: Watched | None = None
        if shutil.which("mpv"):
            options = ("--no-config", "--no-video", "--ao=null", "--really-quiet", "--loop-playlist")
            with subprocess.Popen(["mpv", *options, *files], stdin=subprocess.DEVNULL) as player:
                theirs = watched(player.pid, seconds, SETTLED_S)
                player.terminate()
        else:
            print("skipped: mpv, which is not installed")
        radio = [sys.executable, "-m", "aidj", "radio", "--output", "null", "--private", "--data", str(home)]
        with in_terminal(radio, self._env) as pid:
            shown = watched(pid, seconds, SETTLED_S)
        return [*share_rows(f"{len(files)} songs in {seconds:.0f} s", ours, theirs), *screen_rows(shown)]

    def underruns(self) -> list[Row]:
        found = []
        for of, home in (("songs", self._played()), (f"{self._large:,} tracks", listeners_of(self._large).measured)):
            with busy_core():
                arguments = [LISTENER, "plays", str(home), "2", "device", str(self._seconds), str(SKIP_EVERY_S)]
                told = json.loads(run(arguments, self._env)[0])
            heard = f"{of}, {told['heard_s'] / 60:.1f} min, one core busy, a skip a minute"
            for what, key in (("device ran dry", "breaks"), ("nothing was ready", "underruns")):
                found.append(Row(f"{heard}: {what}", told[key], "", "0", "", None, told[key] == 0))
        return found

    def _played(self) -> Path:
        """Return a data folder with songs to play, all of them measured; real ones are measured in the first run."""
        if self._songs is not None:
            return self._songs
        real = os.environ.get("AIDJ_REAL_MUSIC")
        home = kept_folder() / "live-real" if real else self._work / "played"
        music = (
            Path(real) if real else make_demo_library(self._work / "demo", today=datetime.now(UTC).date()).music_folder
        )
        with open_home(home) as opened:
            opened.library.scan([music], now=datetime.now(UTC))
            songs = [track for track in opened.library.tracks([music]) if track.duration_s >= SHORTEST_S]
            chosen = songs[:: max(1, len(songs) // SONGS)][:SONGS]
            opened.analyses.measure(chosen)
            left_out = {track.path for track in opened.library.tracks()} - {track.path for track in chosen}
            opened.connection.executemany(
                "UPDATE library_files SET missing = 1 WHERE path = ?", [(os.fsencode(path),) for path in left_out]
            )
        self._songs = home
        return home


def skip_rows(of: str, told: dict[str, list[list[int]]]) -> list[Row]:
    """Return what is to be said of skips: for each, frames until the song was left and until the next one began."""
    blocks = np.array(told["frames"], float).reshape(-1, 2) / BLOCK_FRAMES
    if not len(blocks):
        raise RuntimeError(f"{of}: no song could be skipped")
    found = []
    for column, what in enumerate(("the song is left", "the next song begins")):
        for word, value in (("median", np.median(blocks[:, column])), ("worst", blocks[:, column].max())):
            found.append(
                Row(
                    f"{of}: skip() until {what}, {word} of {len(blocks)}", float(value), "blocks", "", "", None, ok=True
                )
            )
    for what in ("underruns", "problems"):
        count = float(told[what])  # type: ignore[arg-type]
        found.append(Row(f"{of}: {what} meanwhile", count, "", "0", "", None, count == 0))
    return found


def share_rows(of: str, ours: Watched, theirs: Watched | None) -> list[Row]:
    """Return the CPU of a session with all its processes, from its start and once it only plays, beside mpv's."""
    found = []
    for what, name in (("share", "from the start"), ("settled_share", "once it plays")):
        value, peer = getattr(ours, what), getattr(theirs, what) if theirs else None
        peer_percent = None if peer is None else 100 * peer
        found.append(Row(f"{of}: CPU of one core, {name}", 100 * value, "%", "", "mpv, %", peer_percent, ok=True))
        if peer:
            ratio, reach = value / peer, f"<= {CPU_RATIO}"
            found.append(Row(f"{of}: CPU beside mpv, {name}", ratio, "x", reach, "mpv", 1.0, ratio <= CPU_RATIO))
    return found


def screen_rows(shown: Watched) -> list[Row]:
    """Return the share of the thread that draws; the sound has threads of its own."""
    share, name = shown.settled_main_share, "aidj radio at 80x24: its screen, CPU of one core"
    return [
        Row(
            name, 100 * share, "%", f"< {100 * UI_SHARE:g}", "all of it, %", 100 * shown.settled_share, share < UI_SHARE
        )
    ]
