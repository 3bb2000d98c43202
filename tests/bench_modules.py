"""The modules of scripts/benches, which are no package, for the tests of what they count."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

FOLDER = str(Path(__file__).resolve().parents[1] / "scripts" / "benches")


def bench_module(name: str) -> ModuleType:
    """Load a module by its file's name; the modules import each other by theirs."""
    if FOLDER not in sys.path:
        sys.path.append(FOLDER)
    return importlib.import_module(name)
