"""A session as an internet radio has it, heard by a listener who knows nothing but HTTP."""

from __future__ import annotations

import http.client
import shutil
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("mopidy", reason="Mopidy is not installed")

from aidj.mopidy.stream import TITLE_BYTES, Stream, title_block
from aidj.session import Session
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
PATIENCE_S = 60.0


def begun(library: Path, folder: Path) -> Stream:
    home = shutil.copytree(library, folder / "home")
    return Stream(Session(home, minutes=4, voice=ToneVoice(), clock=lambda: NOW, rate=RATE, seed=3))


@pytest.fixture(scope="module")
def stream(measured_short_songs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stream]:
    """One that goes on from test to test: it has one listener at a time, as it should."""
    with begun(measured_short_songs, tmp_path_factory.mktemp("going-on")) as stream:
        yield stream


@pytest.fixture
def new_stream(measured_short_songs: Path, tmp_path: Path) -> Iterator[Stream]:
    with begun(measured_short_songs, tmp_path) as stream:
        yield stream


class Listener:
    """Somebody who has opened the stream."""

    def __init__(self, url: str, *, titles: bool = True) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)
        self._connection.request("GET", parts.path, headers={"Icy-MetaData": "1"} if titles else {})
        self.answer = self._connection.getresponse()
        self.titles: list[str] = []
        self.sound = b""

    def next(self) -> bool:
        """Hear on to the next place for a title; return whether there was more."""
        self.sound += (piece := self.answer.read(TITLE_BYTES))
        if len(piece) < TITLE_BYTES:
            return False
        if told := self.answer.read(16 * self.answer.read(1)[0]):
            self.titles.append(told.rstrip(b"\0").decode().removeprefix("StreamTitle='").removesuffix("';"))
        return True

    def until(self, wanted: Callable[[Listener], object]) -> Listener:
        until = time.monotonic() + PATIENCE_S
        while not wanted(self):
            assert time.monotonic() < until
            assert self.next()
        return self

    @property
    def loud(self) -> bool:
        """Whether the last tenth of a second sounds."""
        return bool(np.abs(np.frombuffer(self.sound[-4000:], "<i2")).max() > 100)


def test_it_is_a_wav_with_titles(stream: Stream) -> None:
    heard = Listener(stream.url)
    assert (heard.answer.status, heard.answer.getheader("icy-metaint")) == (200, str(TITLE_BYTES))
    assert heard.answer.getheader("Content-Type") == "audio/x-wav"
    heard.until(lambda heard: heard.titles and heard.loud)
    assert heard.titles == [stream.title]
    assert heard.titles[0].startswith("Test Artist ")
    assert heard.sound[:4] + heard.sound[8:16] == b"RIFFWAVEfmt "
    assert struct.unpack("<HHIIHH", heard.sound[20:36]) == (1, 2, RATE, 4 * RATE, 4, 16)


def test_who_wants_no_titles_gets_sound_alone(stream: Stream) -> None:
    heard = Listener(stream.url, titles=False)
    assert heard.answer.getheader("icy-metaint") is None
    sound = heard.answer.read(10 * TITLE_BYTES)
    assert sound[:4] == b"RIFF"
    assert b"StreamTitle" not in sound


def test_a_skip_is_heard_and_told(stream: Stream) -> None:
    heard = Listener(stream.url).until(lambda heard: heard.titles and heard.loud)
    stream.session.skip()
    heard.until(lambda heard: len(heard.titles) == 2 and heard.loud)
    assert len(set(heard.titles)) == 2


def test_a_new_listener_goes_on_where_the_last_one_was(stream: Stream) -> None:
    first = Listener(stream.url).until(lambda heard: heard.titles)
    second = Listener(stream.url).until(lambda heard: heard.titles and heard.loud)
    while first.next():
        pass  # what was on its way; then it is over
    assert second.titles[0] == first.titles[-1]
    second.next()


def test_a_broken_connection_goes_on_at_its_byte(stream: Stream) -> None:
    parts = urlsplit(stream.url)

    def opened(**headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE_S)
        connection.request("GET", parts.path, headers={"Icy-MetaData": "1", **headers})
        return connection.getresponse()

    first = opened()
    whole = first.read(5 * TITLE_BYTES)
    second = opened(Range="bytes=30001-")
    assert (second.status, (second.getheader("Content-Range") or "").split("-")[0]) == (206, "bytes 30001")
    again = second.read(5 * TITLE_BYTES)
    assert again.startswith(whole[30001:])
    third = opened(Range=f"bytes={30001 + len(again) - 7}-")
    assert third.read(7) == again[-7:]
    for far in (10**9, 10**17):
        assert opened(Range=f"bytes={far}-").status == 200


def test_nothing_is_sent_or_lost_while_paused(stream: Stream) -> None:
    heard = Listener(stream.url).until(lambda heard: heard.titles)
    stream.pause()
    frame = -1
    until = time.monotonic() + PATIENCE_S
    while frame != stream.session.frame:  # a block may have been under way
        assert time.monotonic() < until
        frame = stream.session.frame
        time.sleep(0.3)
    next_one = Listener(stream.url)  # who comes now waits, too
    time.sleep(0.3)
    assert stream.session.frame == frame
    stream.resume()
    next_one.until(lambda heard: heard.titles)
    assert next_one.titles == heard.titles
    assert stream.session.frame > frame


def test_it_is_over_when_the_session_is(new_stream: Stream) -> None:
    heard = Listener(new_stream.url).until(lambda heard: heard.titles)
    assert not new_stream.ended
    new_stream.session.stop()
    while heard.next():
        pass
    assert new_stream.ended


def test_closing_lets_a_listener_go_who_does_not_listen(new_stream: Stream) -> None:
    """A paused player reads nothing; whoever sends to it stands still, and has to be freed."""
    heard = Listener(new_stream.url)
    time.sleep(0.5)
    closing = threading.Thread(target=new_stream.close)
    closing.start()
    closing.join(PATIENCE_S)
    assert not closing.is_alive()
    while heard.next():
        pass


@pytest.mark.parametrize("path", ["/", "/x.wav", "/../../etc/passwd", "/%s%s", "/%C3%A9"])
def test_nobody_gets_in_who_does_not_know_the_address(stream: Stream, path: str) -> None:
    parts = urlsplit(stream.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE_S)
    connection.putrequest("GET", path)
    connection.endheaders()
    assert connection.getresponse().status == 404


@given(st.text())
def test_a_title_stays_inside_its_block(title: str) -> None:
    block = title_block(title)
    assert len(block) == 1 + 16 * block[0]
    text = block[1:].rstrip(b"\0").decode()
    assert text.startswith("StreamTitle='")
    assert text.endswith("';")
    assert "';" not in text[13:-2]
    assert len(block) < 1100


def test_a_title_is_told_as_it_is() -> None:
    assert title_block("Test Artist 1 - Test's Song") == b"\x03StreamTitle='Test Artist 1 - Test's Song';".ljust(
        49, b"\0"
    )
