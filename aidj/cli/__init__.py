"""The command line."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `aidj` and return its exit code: 0 fine, 1 nothing useful could be done, 2 a wrong call, 130 interrupted."""
    from aidj.cli.program import run

    return run(arguments)
