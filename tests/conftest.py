"""What several rooms' tests share."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def demo_data(shared_folder: Path) -> Path:
    """A data folder with the demo library composed in it; made once per run, whoever needs it first."""
    data, lock = shared_folder / "demo-data", shared_folder / "demo-data.lock"
    try:
        lock.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 300
        while not (lock / "done").exists():
            assert time.monotonic() < deadline, "the demo library did not come about"
            time.sleep(0.2)
        return data
    from aidj.demo import make_demo_library

    make_demo_library(data / "demo", today=NOW.date())
    (lock / "done").touch()
    return data


@pytest.fixture(scope="session")
def real_music() -> Path:
    """The folder of real songs, or a skip with the reason."""
    folder = os.environ.get("AIDJ_REAL_MUSIC")
    if not folder:
        pytest.skip("AIDJ_REAL_MUSIC names no folder of real songs")
    path = Path(folder)
    assert path.is_dir(), f"AIDJ_REAL_MUSIC={folder} is no folder"
    return path
