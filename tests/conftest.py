"""What several rooms' tests share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from songs import make_library, make_measured_home

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
"""The moment every test's session is for."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one test run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Have a folder made by whichever process of a test run needs it first; the others wait for it."""
    lock = folder.with_suffix(".lock")
    try:
        lock.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 300
        while not (lock / "done").exists():
            assert time.monotonic() < deadline, f"{folder.name} did not come about"
            time.sleep(0.2)
        return folder
    make(folder)
    (lock / "done").touch()
    return folder


@pytest.fixture(scope="session")
def demo_data(shared_folder: Path) -> Path:
    """A data folder with the demo library composed in it; made once per run."""
    from aidj.demo import make_demo_library

    return made_once(shared_folder / "demo-data", lambda data: make_demo_library(data / "demo", today=NOW.date()))


@pytest.fixture(scope="session")
def measured_home(shared_folder: Path) -> Path:
    """The data folder of sixteen measured songs of half a minute, in the folder ``music`` beside it; made once per run.

    Copy it to play with it, and leave the songs where they are: others play them too.
    """
    return _measured_home(shared_folder / "songs", count=16, seconds=34.0)


@pytest.fixture(scope="session")
def measured_short_songs(shared_folder: Path) -> Path:
    """The same with twelve songs of 20 seconds."""
    return _measured_home(shared_folder / "short-songs", count=12, seconds=20.0)


def _measured_home(folder: Path, *, count: int, seconds: float) -> Path:
    def make(folder: Path) -> None:
        make_measured_home(folder / "home", make_library(folder / "music", count=count, seconds=seconds), now=NOW)

    return made_once(folder, make) / "home"


@pytest.fixture(scope="session")
def real_music() -> Path:
    """The folder of real songs, or a skip with the reason."""
    folder = os.environ.get("AIDJ_REAL_MUSIC")
    if not folder:
        pytest.skip("AIDJ_REAL_MUSIC names no folder of real songs")
    path = Path(folder)
    assert path.is_dir(), f"AIDJ_REAL_MUSIC={folder} is no folder"
    return path
