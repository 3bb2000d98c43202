"""What `aidj talk` shows of a plan's links, of what would leave the machine, and of how the presenter is set."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from made_up_endpoint import endpoint, says
from songs import make_library

from aidj.cli import main
from aidj.home import open_home
from aidj.model import WriterSettings
from aidj.plan import load_plan
from aidj.script import LlmWriter
from aidj.session import realise
from aidj.voice import SilentVoice

GOLDEN = Path(__file__).parents[1] / "golden" / "plan.yaml"
WHEN = ["--date", "2026-11-21T20:00:00+00:00"]
WRITER = "talk:\n  writer: {url: %s, model: a-model}\n"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return " ".join((out + err).split())


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data folder with a small library in it, and a plan from it."""
    base = tmp_path_factory.mktemp("talking")
    music = make_library(base / "music")
    call = ["plan", "--music", str(music), "--data", str(base / "data"), "--minutes", "8", *WHEN, "-q"]
    assert main([*call, "-o", str(base / "s.yaml")]) == 0
    return base / "data", base / "s.yaml"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """No connection leaves this process; whoever tries fails, and is listed."""
    tried: list[object] = []

    def refuse(*args: object, **more: object) -> None:
        tried.append(args)
        raise OSError("no network here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return tried


def test_each_link_with_its_place_its_text_and_its_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["talk", str(GOLDEN), "--data", str(tmp_path)]) == 0
    text = said(capsys)
    for expected in (
        "1 opening, before song 1 (Glass & Gravel – Yes), at 0:00",
        "“Good evening: this is Vera.",
        "presenter Vera plan",
        "weekday Saturday calendar",
        "artist Glass & Gravel library.tag",
        "2 set change, before song 3 (!!! – 1999)",
        "Written by hand",
        "listens 41 history personal",
        "3 closing, after the last song",
        "Not written yet",
    ):
        assert expected in text
    assert "\t" not in text


def test_a_written_link_shows_only_the_facts_that_it_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "s.yaml"
    facts = "{artist: Marrow, title: Slow Boat, listens: 41, daypart: evening}"
    plan.write_text(
        "schema: aidj.plan/2\nplanned_at: 2026-11-21T20:00:00+00:00\npresenter: ella\nsets:\n  - entries:\n"
        f"      - link: {{kind: intro, facts: {facts}, text: 'Next, Slow Boat, by Marrow.', "
        "line: en/intro-plain-next}\n"
        f"      - link: {{kind: intro, facts: {facts}, text: 'Slow Boat.', line: 'en/writer:a-model'}}\n"
        "      - track: {artist: Marrow, title: Slow Boat}\n"
    )
    assert main(["talk", str(plan), "--data", str(tmp_path / "data")]) == 0
    first, second = said(capsys).split("2 intro")
    assert "From the lines of “en”: intro-plain-next. It rests on:" in first
    assert "title Slow Boat library.tag" in first
    assert "listens" not in first
    assert "by the model a-model" in second
    assert "listens 41 history personal" in second


def test_how_the_presenter_is_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text("talk: {level: rare, personal: false, presenter: otto, kinds_off: [jump]}\n")
    assert main(["talk", "--data", str(tmp_path)]) == 0
    text = said(capsys)
    for expected in (
        "rare: a few links an hour",
        "never said jump",
        "off: nothing of it is said",
        "(otto)",
        "language en",
        "then captions",
        "nothing leaves this machine",
        "0 links said in earlier sessions",
    ):
        assert expected in text


def test_an_engine_that_cannot_be_used_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    presenter = tmp_path / "p.yaml"
    presenter.write_text(
        "schema: aidj.presenter/2\nname: Nemo\nlanguage: tlh\nlicence: CC0\norigin: made up\nengine: espeak\n"
    )
    (tmp_path / "config.yaml").write_text(f"talk: {{presenter: '{presenter}'}}\n")
    assert main(["talk", "--data", str(tmp_path)]) == 0
    text = said(capsys)
    assert "speech engines captions" in text
    assert "left out: espeak" in text


def test_a_writer_that_cannot_be_asked_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text(WRITER % "http://api.example.com/v1")
    assert main(["talk", "--data", str(tmp_path)]) == 0
    assert "would go unencrypted to api.example.com" in said(capsys)


def test_what_is_shown_is_what_is_sent(planned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    data, plan = planned
    with endpoint(says("Nothing that holds, from Zork.")) as served:
        (data / "config.yaml").write_text(WRITER % served.url)
        assert main(["talk", str(plan), "--show-payload", "--data", str(data), "-q"]) == 0
        assert served.requests == [], "nothing is sent to show it"
        shown, notes = capsys.readouterr()
        assert "Nothing was sent." in notes
        with open_home(data) as home:
            writer = LlmWriter(WriterSettings(url=served.url, model="a-model"))
            realise(home, load_plan(plan), rate=1000, voice=SilentVoice(), writer=writer)
    first = [request.body for request in served.requests if b"refused" not in request.body]
    assert shown.encode() == b"".join(body + b"\n" for body in first)
    assert len(first) == len(load_plan(plan).links()) >= 2
    assert all(json.loads(line)["model"] == "a-model" for line in shown.splitlines())
    assert not re.search(r"\.flac|\.mp3|/music|" + re.escape(str(data.parent)), shown)


def test_what_is_shown_of_a_plan_whose_songs_are_not_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.yaml").write_text(WRITER % "http://localhost:1/v1")
    assert main(["talk", str(GOLDEN), "--show-payload", "--data", str(tmp_path)]) == 0
    shown, notes = capsys.readouterr()
    bodies = [json.loads(line) for line in shown.splitlines()]
    asked = [json.loads(body["messages"][1]["content"])["facts"] for body in bodies]
    assert len(asked) == 2, "no model is asked for what was written by hand"
    assert "Vera" in asked[0].values()
    assert "not here" in notes


def test_nothing_leaves_without_a_writer(
    planned: tuple[Path, Path], no_network: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    data, plan = planned
    (data / "config.yaml").write_text("talk: {level: chatty}\n")
    assert main(["talk", str(plan), "--show-payload", "--data", str(data), "-q"]) == 0
    assert "no writer is set" in said(capsys)
    assert main(["talk", str(plan), "--data", str(data)]) == 0
    assert main(["talk", "--data", str(data)]) == 0
    with open_home(data) as home:
        realised = realise(home, load_plan(plan), rate=1000, voice=SilentVoice())
    assert any(link.text for link in realised.plan.links())
    assert no_network == []


def test_the_block_would_catch_a_writer(no_network: list[object], lines_of_english: object) -> None:
    writer = LlmWriter(WriterSettings(url="http://localhost:9/v1", model="m", timeout_s=2.0))
    assert writer.write("intro", {}, lines=lines_of_english, manner=None, seconds=(0, 9)) is None
    assert no_network


@pytest.fixture
def lines_of_english() -> object:
    from aidj.script import load_lines

    return load_lines("en")


def test_forgetting(planned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    data, plan = planned
    (data / "config.yaml").unlink(missing_ok=True)
    with open_home(data) as home:
        realised = realise(home, load_plan(plan), rate=1000, voice=SilentVoice())
        home.said.record("a session", realised.said)
        remembered = home.said.count()
    assert remembered >= 2
    assert main(["talk", "--forget", "--data", str(data)]) == 0
    assert f"Forgotten: {remembered} links" in said(capsys)
    with open_home(data) as home:
        assert home.said.count() == 0
    assert main(["talk", str(plan), "--forget", "--data", str(data)]) == 1
    assert "leave PLAN out" in said(capsys)
