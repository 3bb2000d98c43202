"""A speech server that answers well or badly: a real one, in this process, over a real socket."""

import json
import os
import socket
import time

import numpy as np
import pytest
from made_up_endpoint import Answer, endpoint
from made_up_speech_server import spoken_answer

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice import Delivery, ToneEngine
from aidj.voice.http import HttpEngine, Server, server_problem

TEXT = "Good evening. You have not heard this song for more than a year."
EN = Delivery(language="en", voice="af")


@pytest.fixture
def engine_at():
    made = []

    def make(url, **more):
        made.append(HttpEngine("kokoro", Server(**{"url": url, "model": "m-1", "timeout_s": 1.0, **more})))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def say(engine, text=TEXT, delivery=EN):
    return engine.synthesise(SpokenText(text=text), delivery)


def test_it_speaks(engine_at):
    with endpoint(spoken_answer) as server:
        engine = engine_at(server.url)
        sound = say(engine)
        quick = say(engine, delivery=Delivery(language="en", voice="af", pace_wpm=200))
    assert sound.rate == 22_050
    assert sound.voice == "af"
    assert len(quick.samples) < 0.85 * len(sound.samples)
    wanted = ToneEngine().synthesise(SpokenText(text=TEXT), EN)
    np.testing.assert_allclose(sound.samples, wanted.samples, atol=1e-3)
    first = server.requests[0]
    assert first.path == "/v1/audio/speech"
    assert "Authorization" not in first.headers
    asked = {"model": "m-1", "voice": "af", "input": TEXT, "response_format": "wav", "speed": 1.0}
    assert json.loads(first.body) == asked


def test_bare_samples(engine_at):
    with endpoint(spoken_answer) as server:
        sound = say(engine_at(server.url, form="pcm", rate=22_050, pace_wpm=155))
    assert sound.rate == 22_050
    assert np.abs(sound.samples).max() > 0.1


def test_the_key_goes_along(engine_at, monkeypatch):
    with endpoint(spoken_answer) as server:
        engine = engine_at(server.url, key_env="MADE_UP_KEY")
        monkeypatch.delenv("MADE_UP_KEY", raising=False)
        assert "MADE_UP_KEY holds no key" in engine.probe(EN)
        with pytest.raises(VoiceError, match="MADE_UP_KEY holds no key"):
            say(engine)
        assert server.requests == []
        monkeypatch.setenv("MADE_UP_KEY", "s3cret")
        assert engine.probe(EN) is None
        say(engine)
    assert server.requests[0].headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in engine.version() + repr(engine.languages())


def test_voices(engine_at):
    with endpoint(spoken_answer) as server:
        engine = engine_at(server.url, voices={"en": ("af", "bm"), "pt-br": ("pf",)})
        assert engine.languages() == ("en", "pt-br")
        assert engine.voices("en-gb") == ("af", "bm")
        assert say(engine, delivery=Delivery(language="pt-br")).voice == "pf"
        assert "no voice for the language “xx”" in engine.probe(Delivery(language="xx"))
        assert engine_at(server.url).languages() == ("mul",)


def test_a_probe_sends_no_text(engine_at):
    with endpoint(spoken_answer) as server:
        assert engine_at(server.url).probe(EN) is None
    assert server.requests == []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    assert "cannot be used" in engine_at(nobody).probe(EN)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(b'{"error": "no"}', 500), "answered 500"),
        (Answer(b"", 401), "answered 401.*check the key"),
        (Answer(b"", 404), "answered 404.*/v1"),
        (Answer(b"", 307, {"Location": "http://127.0.0.1:9/"}), "points elsewhere"),
        (Answer(b'{"error": "no such voice"}'), "with application/json"),
        (Answer(b"<html>", headers={"Content-Type": "text/html"}), "with text/html"),
        (Answer(b"ID3", headers={"Content-Type": "audio/mpeg"}), "with audio/mpeg"),
        (Answer(b"garbage" * 99, headers={"Content-Type": "audio/wav"}), "no WAV file"),
        (Answer(b"", headers={"Content-Type": "audio/wav"}), "no WAV file"),
        (Answer(b"RIFF", headers={"Content-Type": "audio/wav", "Content-Length": "9999"}), "IncompleteRead"),
        (Answer(raw=b"\x00\xff not http at all\r\n\r\n"), "BadStatusLine"),
        (Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"), "HTTPException"),
        (Answer(raw=b""), "RemoteDisconnected"),
    ],
)
def test_what_goes_wrong_is_told(engine_at, answer, says):
    with endpoint(answer) as server:
        engine = engine_at(server.url)
        with pytest.raises(VoiceError, match=f"(?s){says}"):
            say(engine)
        assert len(server.requests) == 1


def test_a_huge_answer_is_not_taken(engine_at):
    huge = Answer(bytes(50_000_001), headers={"Content-Type": "audio/wav"})
    with endpoint(huge) as server, pytest.raises(VoiceError, match="longer than 50,000,000 bytes"):
        say(engine_at(server.url, timeout_s=20.0))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"late", delay_s=3),
        Answer(b"drop by drop " * 99, headers={"Content-Type": "audio/wav"}, drip_s=0.05),
    ],
)
def test_it_does_not_wait_for_ever(engine_at, answer):
    with endpoint(answer) as server:
        engine = engine_at(server.url)
        started = time.monotonic()
        with pytest.raises(VoiceError, match="no whole answer within 1 s"):
            say(engine)
        assert time.monotonic() - started < 30  # whatever the machine has to do beside


def test_after_all_that_it_speaks_again(engine_at):
    answers = [Answer(b"", 500), Answer(raw=b"?")]
    with endpoint(lambda request: answers.pop(0) if answers else spoken_answer(request)) as server:
        engine = engine_at(server.url)
        for _ in range(2):
            with pytest.raises(VoiceError):
                say(engine)
        assert len(say(engine).samples) > 20_000
        engine.close()
        assert len(say(engine).samples) > 20_000


def test_what_is_said_is_data(engine_at):
    with endpoint(spoken_answer) as server:
        say(engine_at(server.url), 'a"}, {"model": "x\r\nHost: y %s <speak> \0 \ud800 🎵 b')
    asked = json.loads(server.requests[0].body)
    assert asked["model"] == "m-1"
    assert asked["input"] == 'a" , "model": "x Host: y %s speak 🎵 b'


def test_no_proxy_of_the_surroundings_is_used(engine_at, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with endpoint(spoken_answer) as server:
        assert len(say(engine_at(server.url)).samples) > 20_000
    assert os.environ["http_proxy"]


def test_the_version_changes_with_what_is_asked_of_whom():
    usual = {"url": "http://localhost/v1", "model": "a"}
    changes = [{}, {"url": "http://localhost:1/v1"}, {"model": "b"}, {"form": "pcm"}, {"pace_wpm": 99}]
    assert len({HttpEngine("h", Server(**usual | change)).version() for change in changes}) == len(changes)


@pytest.mark.parametrize(
    "url", ["http://example.com", "http://8.8.8.8/v1", "file:///etc/passwd", "http://", "x", "http://a b/"]
)
def test_where_nothing_is_sent(url):
    assert server_problem(Server(url=url, model="m"))
