"""The rooms of the house: who may import whom, read from the source."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import aidj

ROOT = Path(aidj.__file__).parent
FOUNDATIONS = (
    *("errors", "processes", "model", "keys", "names", "nodes", "database", "files", "durations", "endpoints"),
    "audio",
)
ROOMS = (
    *("library", "history", "analysis", "selection", "sequencing", "plan", "script", "asking", "voice", "timeline"),
    *("mixing", "output", "scrobbling", "config", "demo", "home", "session", "radio", "mopidy", "cli"),
)
"""In the order in which data flows: a room imports from those before it."""
FILES = sorted(ROOT.rglob("*.py"))
PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (room, module, name) of everything a file imports from aidj, wherever in the file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            module = node.module or ""
            if module == "aidj":
                yield from ((alias.name, "aidj", alias.name) for alias in node.names if alias.name != "__version__")
            elif module.startswith("aidj."):
                yield from ((module.split(".")[1], module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("aidj."):
                    yield alias.name.split(".")[1], alias.name, ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_from_rooms_before_it(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    assert room in FOUNDATIONS + ROOMS, f"{room} has no place in the order of rooms"
    allowed = {room, *FOUNDATIONS, *(ROOMS[: ROOMS.index(room)] if room in ROOMS else ())}
    if room != "cli":
        allowed -= {"demo"} - {room}
    assert {name for name, _, _ in imports_of(path)} <= allowed


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_uses_only_what_another_shows(path: Path) -> None:
    for room, module, name in imports_of(path):
        if room == room_of(path) or room not in PACKAGES or room_of(path) in ("__init__", "__main__"):
            continue
        assert not name.startswith("_"), f"{module}.{name} is private"
        shown = getattr(importlib.import_module(f"aidj.{room}"), "__all__", None)
        if shown is not None and module != "aidj":
            assert name in shown, f"{module}.{name} is not in the face of {room}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_prints(path: Path) -> None:
    if room_of(path) == "cli":
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "input", "eval", "exec"), f"line {node.lineno}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_face_of_a_package_is_what_it_imports(package: str) -> None:
    tree = tree_of(ROOT / package / "__init__.py")
    shown: list[str] | None = None
    brought: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            shown = ast.literal_eval(node.value)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aidj"):
            brought |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            brought.add(node.name)
    if shown is None:
        assert not any(
            isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aidj.") for node in tree.body
        )
    else:
        assert len(shown) == len(set(shown))
        assert set(shown) == brought
