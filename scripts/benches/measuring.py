"""What the benchmarks share: a row, and the cost of a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    measure: str
    value: float
    unit: str
    reach: str
    """What it should reach, in words."""
    peer: str
    """What it is measured beside, in the same run."""
    peer_value: float | None
    ok: bool


@dataclass(frozen=True)
class Cost:
    """What a process and all its children took."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    """Of the largest single process."""


def cost_of(*arguments: str) -> Cost:
    """Run a Python program with these arguments and return what it cost.

    Raises
    ------
    RuntimeError
        If it fails; with what it printed.
    """
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(printed.decode(errors="replace"))
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # ru_maxrss is in bytes on macOS, in KiB on Linux
    return Cost(cpu_s=usage.ru_utime + usage.ru_stime, wall_s=wall_s, peak_mb=usage.ru_maxrss / unit)
