"""The modules of scripts/benches, which are no package, for the tests of what they count."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parents[1] / "scripts" / "benches"


def bench_module(name: str) -> ModuleType:
    """Load a module by its file's name."""
    spec = importlib.util.spec_from_file_location(f"{name}_of_the_benches", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
