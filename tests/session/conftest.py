"""Libraries of short songs: real files, real data files; four that were scanned, and sixteen that are measured too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from short_sessions import NOW
from songs import make_library

from aidj.home import Home, open_home


@pytest.fixture(scope="package")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("music"), count=4)


@pytest.fixture
def home(music: Path, tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        opened.library.scan([music], now=NOW)
        yield opened


@pytest.fixture
def folder(measured_home: Path, tmp_path: Path) -> Path:
    """A copy of the data folder of sixteen songs, to play with."""
    return Path(shutil.copytree(measured_home, tmp_path / "home"))
