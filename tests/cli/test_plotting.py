"""`aidj show PLAN --plot FILE`: pictures of a plan's seams."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from songs import make_library

from aidj.cli import main


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plan of some songs with links, and the data folder."""
    base = tmp_path_factory.mktemp("plots")
    music, plan = make_library(base / "music", count=6, seconds=31), base / "s.yaml"
    code = main(["plan", "--music", str(music), "--data", str(base / "data"), "--minutes", "2", "-q", "-o", str(plan),
                 "--date", "2026-11-21T20:00:00+00:00"])  # fmt: skip
    assert code == 0
    return plan, base / "data"


def test_a_plan_that_was_never_rendered_is_drawn(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, data = planned
    before = plan.read_bytes()
    assert main(["show", str(plan), "--data", str(data), "--plot", str(tmp_path / "seams.png"), "-q"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Test Artist" in said  # the table comes as well
    assert "seams.png" in said.replace(" ", "")
    assert (tmp_path / "seams.png").read_bytes().startswith(b"\x89PNG")
    assert plan.read_bytes() == before


def test_what_cannot_be_drawn_is_said_before_anything_is_spoken(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, data = planned
    assert main(["show", str(plan), "--data", str(data), "--plot", str(tmp_path / "seams.mp3"), "-q"]) == 1
    assert ".png, .svg or .pdf" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["show", str(plan), "--data", str(data), "--plot", str(tmp_path / "seams.png"), "-q"]) == 1
    assert 'pip install "aidj[plot]"' in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())
