"""Why a song is in a plan, and how the mix came about, as a person reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from songs import make_library

from aidj.cli import main
from aidj.home import open_home
from aidj.plan import load_plan, plan_schema

GOLDEN = Path(__file__).parents[1] / "golden" / "plan.yaml"
WHEN = ["--date", "2026-11-21T20:00:00+00:00"]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return " ".join((out + err).split())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("explaining")
    assert main(["scan", str(make_library(base / "music")), "--data", str(base / "data"), "-q"]) == 0
    return base / "data"


@pytest.mark.parametrize("item", [["1"], ["yes"], ["glass & gravel", "–", "yes"], ["Gravel"]])
def test_why_tells_all_that_the_plan_knows(item: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", str(GOLDEN), *item]) == 0
    text = said(capsys)
    for expected in (
        "1 Glass & Gravel – Yes",
        "41 listens on 23 days, none for 417 days",
        "forgotten favourite: 1 of 2 songs, 17% wanted, 40 to choose from",
        "1.7312",
        "0.0012",
        "days since it was last heard 417",
        "Song 1 of 2 in the set: songs from the 1990s (decade)",
        "changes of tempo 0.75",
        "in all 1.25",
    ):
        assert expected in text


def test_why_tells_of_rules_and_of_edits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", str(GOLDEN), "2"]) == 0
    text = said(capsys)
    assert "gave way for it the same artist again after less than 3 songs" in text
    assert "crossfade of 6 s" in text
    assert main(["why", str(GOLDEN), "1999"]) == 0
    text = said(capsys)
    assert "gapless, pinned to 10:00" in text
    assert "no reason is given" in text


@pytest.mark.parametrize(
    ("item", "says"),
    [("4", "it has 3 songs"), ("0", "it has 3 songs"), ("Yess", "did you mean 'Yes'")],
)
def test_why_of_what_is_not_there(item: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", str(GOLDEN), item]) == 1
    assert says in said(capsys)


def test_why_of_what_may_be_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "s.yaml"
    songs = "".join(f"      - track: {{artist: Nobody, title: {title}}}\n" for title in ("Rain", "Rain Again", "Sun"))
    plan.write_text(f"schema: aidj.plan/2\nplanned_at: 2026-11-21T20:00:00+00:00\nsets:\n  - entries:\n{songs}")
    assert main(["why", str(plan), "nobody"]) == 1
    assert "may mean 3 songs" in said(capsys)
    assert main(["why", str(plan), "rain"]) == 0, "a whole title goes before a part of one"
    assert said(capsys).startswith("1 Nobody – Rain Put in by hand")


def test_show_has_numbers_themes_and_edits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(GOLDEN)]) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()]
    assert ["1", "0:04"] in [row[:2] for row in rows]
    assert ["3", "~10:00"] in [row[:2] for row in rows]
    assert "songs of your 2014" in out
    assert "(gapless," in out
    assert "10:00)" in out


def test_the_mix_is_explained(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.yaml"
    plan = ["plan", "--data", str(data), "--minutes", "4", *WHEN, "-q"]
    assert main([*plan, "--explain-mix", "-o", str(path)]) == 0
    mix = load_plan(path).mix
    text = said(capsys)
    assert "Written to" in text
    assert mix is not None
    assert mix.basis in text
    for rotation, share in mix.shares.items():
        assert f"{rotation.replace('_', ' ')} {share.target:.0%}" in text
    for part in mix.left_out:
        assert part.reason in text


def test_a_dry_run_leaves_no_trace(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def offered() -> int:
        with open_home(data) as home:
            return int(home.connection.execute("SELECT count(*) FROM offers").fetchone()[0])

    before = offered()
    for option in ("--dry-run", "--explain-mix"):
        assert main(["plan", "--data", str(data), "--minutes", "3", *WHEN, "-q", option]) == 0
        assert "Nothing was written" in said(capsys)
        assert list(tmp_path.iterdir()) == []
        assert offered() == before
    assert main(["plan", "--data", str(data), "--minutes", "3", *WHEN, "-q", "-o", "s.yaml"]) == 0
    assert offered() > before
    said(capsys)


def test_a_dry_run_is_an_hour_long(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--data", str(data), "--dry-run", *WHEN, "-q"]) == 0
    assert "60 minutes were asked for" in said(capsys), "and the library is shorter"


def test_the_schema_is_printed_for_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == plan_schema()


def test_wishes_reach_the_plan(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.yaml"
    wishes = ["--artist", "Test Artist 1", "--artist", "Test Artist 2", "--new", "2x", "--allow", "holiday"]
    assert main(["plan", "--data", str(data), "--minutes", "2", *wishes, *WHEN, "-q", "-o", str(path)]) == 0
    plan = load_plan(path)
    assert {item.track.artist for item in plan.items()} <= {"Test Artist 1", "Test Artist 2"}
    assert plan.settings["dial_new_release"] == 2.0
    said(capsys)
    assert main(["render", str(path), "--data", str(data), "--genre", "jazz", "-q", "-o", str(tmp_path / "m.wav")]) == 0
    assert "--genre has no effect" in said(capsys)
