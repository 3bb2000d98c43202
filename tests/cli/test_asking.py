"""Requests in words on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from songs import make_library

from aidj.cli import main
from aidj.plan import load_plan
from aidj.selection import load_query, parse_query


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("asking")
    assert main(["scan", str(make_library(base / "music", count=8)), "--data", str(base / "data"), "-q"]) == 0
    return base / "data"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return " ".join((out + err).split())


def test_explaining_says_what_was_understood_and_what_not(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = "an hour by test artist 1 from the nineties, more new releases, 20 songs, quux"
    assert main(["ask", request, "--explain", "--data", str(data)]) == 0
    text = said(capsys)
    for expected in (
        "(read as en)",
        "“test artist 1” artist: Test Artist 1",
        "“nineties” recorded in the ten years from: 1990",
        "artist 'Test Artist 1': 2 songs, 2 left",
        "recorded in 1990 to 1999: 4 songs, 1 left",
        "60 minutes",
        "new releases 2x",
        "1 song answers to it, of 8.",
        "Left out of the request: “20 songs” (a number of songs cannot be asked for; ask for minutes)",
        "Left out of the request: “quux”",
    ):
        assert expected in text


def test_the_request_is_a_document(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["ask", "for", "a", "45", "minute", "run,", "no", "jazz", "--data", str(data)]
    assert main(asked) == 0
    out, err = capsys.readouterr()
    assert parse_query(out).minutes == 45
    assert '--arc "9 up, 27 steady, 9 down"' in err
    path = tmp_path / "request.yaml"
    assert main([*asked, "--then", "shorter", "-o", str(path)]) == 0
    assert load_query(path).minutes == 30
    assert f'aidj plan --request {path} --arc "6 up, 18 steady, 6 down"' in said(capsys)
    assert main([*asked, "-o", str(path)]) == 1, "a document that is there is not replaced"
    assert main([*asked, "-o", str(path), "--force"]) == 0


def test_the_presenter_s_language_comes_first(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "langsame Lieder", "--explain", "--data", str(data)]) == 0
    assert "read as de" in said(capsys)
    assert main(["ask", "90 bpm", "--language", "de", "--explain", "--data", str(data)]) == 0
    assert "read as de" in said(capsys)


def test_nothing_understood_is_an_error(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["ask", "quux"], ["plan", "--ask", "quux", "--dry-run"]):
        assert main([*command, "--data", str(data)]) == 1
        assert "was not understood" in said(capsys)


def test_a_session_is_planned_from_words(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "session.yaml"
    request = "two minutes of test artist 1 and Test Artist 2, hold the quux"
    assert main(["plan", "--ask", request, "-o", str(path), "--data", str(data), "--silent"]) == 0
    plan = load_plan(path)
    assert plan.minutes == 2
    assert {item.track.artist for item in plan.items()} <= {"Test Artist 1", "Test Artist 2"}
    assert "“quux”" in said(capsys)
