"""Programs that run beside the bench: what they take, and how they are ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measuring import Cost

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PROC = Path("/proc")


def environment(kept: Path) -> dict[str, str]:
    """Return the environment of a program that was installed: what it imports was compiled once.

    Parameters
    ----------
    kept : Path
        A folder for compiled modules; the repository's own stays as it is.
    """
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "PYTHONPYCACHEPREFIX": str(kept / "compiled"), "OPENBLAS_NUM_THREADS": "1", "TERM": "xterm-256color"}


def run(arguments: Sequence[str], env: Mapping[str, str]) -> tuple[str, Cost]:
    """Run Python to its end; return what it printed, and what it and all its children took.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    begun_s = time.monotonic()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env=dict(env))
    assert process.stdout is not None
    printed = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    cost = Cost(
        cpu_s=usage.ru_utime + usage.ru_stime, wall_s=time.monotonic() - begun_s, peak_mb=usage.ru_maxrss / unit
    )
    return printed, cost


@dataclass(frozen=True)
class Taken:
    """CPU seconds of a process and of all below it, up to a moment."""

    all_s: float
    own_s: float
    """Of the process alone."""
    main_thread_s: float
    """Of its first thread."""
    at_s: float
    """When that was, on the monotonic clock."""


def taken_by(pid: int) -> Taken:
    """Read what a process and its children have taken so far, those that have ended included. On Linux only."""
    at_s = time.monotonic()
    own_s, ended_s = _times(_PROC / str(pid) / "stat")
    main_s, _ = _times(_PROC / str(pid) / "task" / str(pid) / "stat")
    below_s = sum(sum(_times(_PROC / str(child) / "stat")) for child in _below(pid))
    return Taken(all_s=own_s + ended_s + below_s, own_s=own_s, main_thread_s=main_s, at_s=at_s)


def _below(pid: int) -> Iterator[int]:
    parents: dict[int, list[int]] = {}
    for stat in _PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    waiting = list(parents.get(pid, ()))
    while waiting:
        child = waiting.pop()
        yield child
        waiting += parents.get(child, ())


def _times(stat: Path) -> tuple[float, float]:
    """Return CPU seconds of a process or thread, and of its children that have ended."""
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0.0
    own, ended = (int(fields[n]) + int(fields[n + 1]) for n in (11, 13))
    return own / _TICKS, ended / _TICKS


@dataclass(frozen=True)
class Watched:
    """What a process and its children have taken: since it was started, and since it had settled."""

    begun_s: float
    settled: Taken
    end: Taken

    @property
    def share(self) -> float:
        """Of one core, from the start."""
        return self.end.all_s / (self.end.at_s - self.begun_s)

    @property
    def settled_share(self) -> float:
        """Of one core, once it had settled."""
        return (self.end.all_s - self.settled.all_s) / self._settled_for_s

    @property
    def settled_main_share(self) -> float:
        """The same of its first thread alone."""
        return (self.end.main_thread_s - self.settled.main_thread_s) / self._settled_for_s

    @property
    def _settled_for_s(self) -> float:
        return self.end.at_s - self.settled.at_s


def watched(pid: int, seconds: float, settled_s: float) -> Watched:
    """Watch a process that has just been started for some seconds; by half of them at the latest it has settled."""
    begun_s = time.monotonic()
    settled_s = min(settled_s, seconds / 2)
    time.sleep(settled_s)
    settled = taken_by(pid)
    time.sleep(seconds - settled_s)
    return Watched(begun_s=begun_s, settled=settled, end=taken_by(pid))


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep one core busy with another process."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def in_terminal(
    arguments: Sequence[str], env: Mapping[str, str], *, columns: int = 80, rows: int = 24
) -> Iterator[int]:
    """Run a program in a terminal of this size that somebody looks at; yield its process id. Not on Windows."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=dict(env), start_new_session=True, close_fds=True
    )
    os.close(theirs)
    looking = threading.Thread(target=_look, args=(ours,), daemon=True)
    looking.start()
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        looking.join(5)
        os.close(ours)


def _look(terminal: int) -> None:
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        return  # the program has ended
