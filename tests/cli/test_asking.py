"""Requests in words on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_up_endpoint import Answer, completion, endpoint
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


def test_what_only_cannot_be_done_is_told_from_what_is_not_understood(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "songs shorter than 3 minutes", "--data", str(data)]) == 1
    told = said(capsys)
    assert "cannot be done" in told
    assert "songs cannot be chosen by their length" in told
    assert "not understood" not in told


def test_a_session_is_planned_from_words(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "session.yaml"
    request = "two minutes of test artist 1 and Test Artist 2, hold the quux"
    assert main(["plan", "--ask", request, "-o", str(path), "--data", str(data), "--silent"]) == 0
    plan = load_plan(path)
    assert plan.minutes == 2
    assert {item.track.artist for item in plan.items()} <= {"Test Artist 1", "Test Artist 2"}
    assert "“quux”" in said(capsys)


# --- with a language model --------------------------------------------------------------------------------------------


@pytest.fixture
def connect(data: Path) -> Iterator[Callable[..., None]]:
    """Return what writes the settings of a language model, which are taken away again."""

    def write(url: str, *, llm: bool = True) -> None:
        writer = f"talk: {{writer: {{url: '{url}', model: a-model, timeout_s: 20}}}}\n"
        (data / "config.yaml").write_text(f"{writer}asking: {{llm: {str(llm).lower()}}}\n")

    yield write
    (data / "config.yaml").unlink(missing_ok=True)


def test_a_language_model_reads_what_is_left(
    data: Path, connect: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(completion('{"artists": ["Test Artist 1"], "minutes": 2}')) as served:
        connect(served.url)
        assert main(["ask", "quux flurble", "--explain", "--data", str(data)]) == 0
        text = said(capsys)
        assert "“quux flurble” artist: Test Artist 1" in text
        assert "was read by a-model: artist: Test Artist 1; minutes: 2" in text
        assert main(["ask", "test artist 1", "--explain", "--data", str(data)]) == 0
        assert len(served.requests) == 1, "what is understood here is asked of nobody"


def test_a_session_is_planned_from_what_it_reads(
    data: Path, connect: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "session.yaml"
    with endpoint(completion('{"artists": ["Test Artist 1"], "minutes": 2}')) as served:
        connect(served.url)
        assert main(["plan", "--ask", "quux flurble", "-o", str(path), "--data", str(data), "--silent"]) == 0
    plan = load_plan(path)
    assert plan.minutes == 2
    assert {item.track.artist for item in plan.items()} == {"Test Artist 1"}
    assert "read by a-model" in said(capsys)


def test_one_that_fails_is_told_and_the_rest_is_done(
    data: Path, connect: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(Answer(status=500)) as served:
        connect(served.url)
        assert main(["ask", "two minutes of quux", "--data", str(data)]) == 0
        out, err = capsys.readouterr()
        assert parse_query(out).minutes == 2
        assert "o reading of “quux” came from a-model (HTTP 500)" in " ".join(err.split())
        assert main(["plan", "--ask", "quux", "--dry-run", "--data", str(data)]) == 1
        assert "was not understood" in said(capsys)


def test_it_is_asked_only_where_the_listener_says_so(
    data: Path, connect: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(completion('{"minutes": 2}')) as served:
        connect(served.url, llm=False)
        assert main(["ask", "a minute of quux", "--data", str(data)]) == 0
        assert main(["ask", "quux", "--show-payload", "--data", str(data)]) == 0
        assert "Nothing leaves this machine" in said(capsys)
        assert served.requests == []


def test_what_would_be_sent_is_shown_and_is_what_is_sent(
    data: Path, connect: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(completion('{"minutes": 2}')) as served:
        connect(served.url)
        asked = [
            "ask",
            "quux \u001b[2J by test artist 1",
            "--then",
            "no jazz",
            "--then",
            "flurble",
            "--data",
            str(data),
        ]
        assert main([*asked, "--show-payload"]) == 0
        out, err = capsys.readouterr()
        assert served.requests == []
        assert f"Asking sends this to {served.url}" in " ".join(err.split())
        assert main(asked) == 0
        assert [json.loads(line) for line in out.splitlines()] == [json.loads(each.body) for each in served.requests]
        assert len(served.requests) == 2
        assert "\x1b" not in out
        capsys.readouterr()
        assert main(["ask", "test artist 1", "--show-payload", "--data", str(data)]) == 0
        assert "every word was understood here" in said(capsys)
