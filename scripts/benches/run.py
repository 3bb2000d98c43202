"""The benchmarks: each is a module here with a function `rows() -> list[Row]`.

Speeds are ratios against a peer measured in the same run: the machines are shared, and absolute times mean little.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run one benchmark; print its table, and write its rows where asked."""
    sys.path.insert(0, str(HERE))
    names = sorted(path.stem for path in HERE.glob("*.py") if "\ndef rows(" in path.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", choices=names, help="what to measure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows here as well")
    options = parser.parse_args()
    rows = importlib.import_module(options.name).rows()
    table = Table(title=f"bench {options.name}", title_justify="left")
    for column in ("measure", "value", "unit", "reach", "peer", "peer value", "ok"):
        table.add_column(column, justify="right" if "value" in column else "left")
    for row in rows:
        peer_value = "" if row.peer_value is None else f"{row.peer_value:.3g}"
        table.add_row(
            row.measure, f"{row.value:.3g}", row.unit, row.reach, row.peer, peer_value, "yes" if row.ok else "NO"
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
