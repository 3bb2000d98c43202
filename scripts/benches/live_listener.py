"""A listener in a process of their own: opens a live session, reads it as it would sound, and prints what happened.

    python live_listener.py first HOME SEED             until the first sound
    python live_listener.py skips HOME SEED COUNT       skips so many songs
    python live_listener.py plays HOME SEED null|device SECONDS SKIP_EVERY_S
    python live_listener.py stretch HOME SEED           plans what an endless session begins with; no sound

Nothing is written down, so that a data folder stays as it is.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import numpy as np

from aidj.session import Session

BLOCK_FRAMES = 1024
SILENT = 1e-4
"""-80 dBFS."""
_SHORTEST_S, _LONGEST_S = 2.0, 6.0
"""How long a song is heard before it is skipped."""


def first(home: Path, seed: int) -> None:
    """Say how much CPU this process has taken, as soon as something sounds."""
    with Session(home, seed=seed, private=True) as session:
        pace = Pace(session.rate)
        while not _sounds(session.read(BLOCK_FRAMES)):
            if session.ended:
                raise SystemExit("; ".join(map(str, session.events())))
            pace.wait(session)
        told = {"cpu_s": time.process_time(), "frame": session.frame}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def skips(home: Path, seed: int, count: int) -> None:
    """Skip songs after a few seconds each; tell how long it took, in frames."""
    from aidj.session import Problem, Skipped, TrackStarted, Underrun

    rng = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    heard = {"underruns": 0, "problems": 0}
    asked = left = due = None
    with Session(home, seed=seed, private=True) as session:
        pace = Pace(session.rate)
        while len(found) < count and not session.ended:
            pace.wait(session)
            session.read(BLOCK_FRAMES)
            for event in session.events():
                if isinstance(event, Skipped) and asked is not None:
                    left = event.frame
                elif isinstance(event, TrackStarted):
                    if asked is not None and left is not None:
                        found.append((left - asked, event.frame - asked))
                    asked = left = None
                    due = event.frame + round(rng.uniform(_SHORTEST_S, _LONGEST_S) * session.rate)
                elif isinstance(event, Underrun):
                    heard["underruns"] += 1
                elif isinstance(event, Problem):
                    heard["problems"] += 1
                    sys.stderr.write(event.text + "\n")
            if due is not None and session.frame >= due:
                asked, due = session.frame, None
                session.skip()
    print(json.dumps({"frames": found, **heard}))


def plays(home: Path, seed: int, where: str, seconds: float, skip_every_s: float) -> None:
    """Play to nowhere, or through the silent sound device; tell what was heard, and how often it broke off."""
    from aidj.output import DeviceSink, NullSink, play
    from aidj.session import Ended, Problem, TrackStarted, Underrun

    stop, told = threading.Event(), threading.Event()
    files: list[str] = []
    events = {"underruns": 0, "underrun_frames": 0, "problems": 0}

    def look() -> None:
        next_s = time.monotonic() + (skip_every_s or 1e9)
        while not told.wait(0.25):
            _note(session.events())
            if time.monotonic() >= next_s:
                next_s += skip_every_s
                session.skip()

    def _note(happened: tuple[object, ...]) -> None:
        for event in happened:
            if isinstance(event, TrackStarted):
                files.append(str(event.track.path))
            elif isinstance(event, Underrun):
                events["underruns"] += 1
                events["underrun_frames"] += event.frames
            elif isinstance(event, Problem):
                events["problems"] += 1
                sys.stderr.write(event.text + "\n")
            elif isinstance(event, Ended):
                sys.stderr.write(f"ended: {event.reason}\n")

    with Session(home, seed=seed, private=True) as session:
        looking = threading.Thread(target=look)
        looking.start()
        ends = threading.Timer(seconds, stop.set)
        ends.daemon = True
        ends.start()
        try:
            played = play(session, DeviceSink(silent=True) if where == "device" else NullSink(), stop=stop)
        finally:
            told.set()
            looking.join()
            ends.cancel()
        _note(session.events())
        told_s = played.heard_frames / session.rate
    print(json.dumps({"files": files, "breaks": played.underruns, "heard_s": told_s, **events}))


def stretch(home: Path, seed: int) -> None:
    """Plan the first minutes of an endless session, as its planning process does; tell what that took."""
    from datetime import datetime

    from aidj.home import open_home
    from aidj.session.ahead import PlanFirst
    from aidj.session.planning import DEFAULT_PRESENTER
    from aidj.session.upcoming import FIRST_STRETCH_MINUTES
    from aidj.session.wishes import Wishes

    job = PlanFirst(
        minutes=FIRST_STRETCH_MINUTES,
        now=datetime.now().astimezone(),
        seed=seed,
        folders=None,
        presenter=DEFAULT_PRESENTER,
        wishes=Wishes(),
        mix=None,
        has_end=False,
    )
    begun = time.process_time()
    with open_home(home) as opened:
        songs = len(job.run(opened).items())
    print(json.dumps({"cpu_s": time.process_time() - begun, "songs": songs}))


class Pace:
    """Waits until the next block is due, as whoever plays it would."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._begun_s = time.monotonic()

    def wait(self, session: Session) -> None:
        """Wait until all that was read has sounded."""
        due_s = self._begun_s + session.frame / self._rate
        time.sleep(max(0.0, due_s - time.monotonic()))


def _sounds(block: np.ndarray) -> bool:
    return bool(len(block)) and float(np.abs(block).max()) > SILENT


if __name__ == "__main__":
    what, folder, number, *rest = sys.argv[1:]
    if what == "first":
        first(Path(folder), int(number))
    elif what == "skips":
        skips(Path(folder), int(number), int(rest[0]))
    elif what == "plays":
        plays(Path(folder), int(number), rest[0], float(rest[1]), float(rest[2]))
    else:
        stretch(Path(folder), int(number))
