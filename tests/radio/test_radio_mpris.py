"""The radio on a private bus, asked and steered by programs that know nothing of it: playerctl, gdbus, busctl."""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.model import Item, Link, Track, TrackRef
from aidj.radio.controls import Controls
from aidj.radio.mpris import Mpris, slider_of, volume_db_of
from aidj.radio.remote import Remote
from aidj.radio.state import RadioState, after
from aidj.session import Ended, LinkStarted, Paused, Resumed, Session, TrackStarted
from aidj.voice import ToneVoice

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="MPRIS is of Linux desktops")

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
BLOCK = RATE // 10
NAME = "org.mpris.MediaPlayer2.aidj"
PATH = "/org/mpris/MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
PATIENCE_S = 60.0


def needed(program: str) -> str:
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not installed")
    return found


def wait_for(what: Callable[[], object], wanted: object = True) -> None:
    until = time.monotonic() + PATIENCE_S
    while (seen := what()) != wanted:
        assert time.monotonic() < until, f"{seen!r} did not become {wanted!r}"
        time.sleep(0.02)


class Desktop:
    """A private bus, and what programs on it say."""

    def __init__(self, address: str, daemon: subprocess.Popen[str]) -> None:
        self.address, self.daemon = address, daemon
        self._environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address, "LC_ALL": "C.UTF-8"}

    def run(self, *command: str) -> str:
        needed(command[0])
        done = subprocess.run(
            command, env=self._environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        return (done.stdout + done.stderr).strip()

    def playerctl(self, *command: str) -> str:
        return self.run("playerctl", "--player", "aidj", *command)

    def get(self, name: str, interface: str = PLAYER) -> str:
        return self.call("org.freedesktop.DBus.Properties.Get", interface, name)

    def position_s(self) -> float:
        """As it is on the bus; playerctl would add the time since it was asked."""
        return int(self.get("Position").removeprefix("(<int64 ").removesuffix(">,)")) / 1e6

    def call(self, method: str, *values: str) -> str:
        return self.run(
            *("gdbus", "call", "--session", "--dest", NAME, "--object-path", PATH, "--method", method), *values
        )

    def names(self) -> set[str]:
        bus = ("--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus")
        listed = self.run("gdbus", "call", "--session", *bus, "--method", "org.freedesktop.DBus.ListNames")
        return set(re.findall(r"org\.mpris\.[\w.]+", listed))

    def monitor(self) -> Heard:
        needed("gdbus")
        return Heard(["gdbus", "monitor", "--session", "--dest", NAME, "--object-path", PATH], self._environ)


class Heard:
    """The signals that a program on the bus is sent, as lines."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        wait_for(lambda: any("owned by" in line for line in self.lines))

    def __enter__(self) -> Heard:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        self._thread.join(PATIENCE_S)

    def of(self, *words: str) -> list[str]:
        return [line for line in self.lines if all(word in line for word in words)]

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self.lines.append(line)


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    daemon = subprocess.Popen(
        [needed("dbus-daemon"), "--session", "--nofork", "--print-address=1", f"--address=unix:path={tmp_path}/bus"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert daemon.stdout
    with daemon.stdout as lines:
        yield Desktop(lines.readline().strip(), daemon)
        daemon.terminate()
        daemon.wait(PATIENCE_S)


class Radio:
    """A session that is read as fast as it goes, and shown as the radio does it."""

    def __init__(self, session: Session, mpris: Mpris) -> None:
        self.session, self.mpris = session, mpris
        self.state = RadioState()

    def play(self, seconds: float) -> None:
        until = self.session.frame + round(seconds * RATE)
        while self.session.frame < until and not self.session.ended:
            self.step()

    def until(self, wanted: Callable[[RadioState], object]) -> None:
        """Go on, without hurry, until the state is so."""
        end = time.monotonic() + PATIENCE_S
        while not wanted(self.state):
            assert time.monotonic() < end, f"it did not happen: {self.state}"
            self.step()
            time.sleep(0.002)

    def step(self) -> None:
        self.session.read(BLOCK, wait=True)
        for event in self.session.events():
            self.state = after(self.state, event)
        self.mpris.show(self.state, self.session.frame)

    @property
    def title(self) -> str:
        return self.state.playing.track.title if self.state.playing else ""


@pytest.fixture
def session(measured_home: Path, tmp_path: Path) -> Iterator[Session]:
    home = shutil.copytree(measured_home, tmp_path / "home")
    with Session(home, minutes=4, voice=ToneVoice(), clock=lambda: NOW, rate=RATE, seed=3) as session:
        yield session


@pytest.fixture(scope="module")
def idle(measured_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session that nobody reads."""
    home = shutil.copytree(measured_home, tmp_path_factory.mktemp("idle") / "home")
    with Session(home, minutes=4, voice=ToneVoice(), clock=lambda: NOW, rate=RATE, seed=3) as session:
        yield session


@pytest.fixture
def radio(session: Session, desktop: Desktop) -> Iterator[Radio]:
    with Mpris(session, address=desktop.address) as mpris:
        wait_for(desktop.names, {NAME})
        yield Radio(session, mpris)
    wait_for(desktop.names, set())


def started(title: str = "Test Song", path: Path = Path("/music/song.flac"), **fields: object) -> TrackStarted:
    track = Track(id="1", path=path, title=title, artist="Test Artist", duration_s=200.0, added_at=NOW)
    return TrackStarted(frame=0, item=Item(track=TrackRef()), track=replace(track, **fields), plays_s=180.0)  # type: ignore[arg-type]


# What the desktop sees ------------------------------------------------------------------------------------------------


def test_a_widget_shows_the_song_that_is_heard(radio: Radio, desktop: Desktop) -> None:
    assert "NoTrack" in desktop.get("Metadata")
    radio.until(lambda state: state.playing)
    playing = radio.state.playing
    assert playing
    wait_for(lambda: desktop.playerctl("metadata", "title"), playing.track.title)
    radio.play(12)
    assert desktop.playerctl("status") == "Playing"
    shown = desktop.playerctl("metadata", "--format", "{{artist}}|{{album}}|{{xesam:url}}|{{mpris:length}}").split("|")
    assert shown == [
        playing.track.artist,
        playing.track.album,
        playing.track.path.as_uri(),
        str(round(1e6 * playing.plays_s)),
    ]
    position_s = radio.state.position_s(radio.session.frame, RATE)
    assert 11 < position_s < 13
    assert desktop.position_s() == pytest.approx(position_s, abs=1e-5)


def test_every_property_of_the_specification_is_there(radio: Radio, desktop: Desktop) -> None:
    radio.until(lambda state: state.playing)
    shown = desktop.run("busctl", f"--address={desktop.address}", "introspect", "--no-pager", NAME, PATH)
    members = {line.split()[0].lstrip("."): line.split()[2] for line in shown.splitlines()[1:]}
    bools = "CanQuit CanRaise HasTrackList CanGoNext CanGoPrevious CanPlay CanPause CanSeek CanControl"
    assert {
        **dict.fromkeys(["Quit", "Raise", "Next", "Previous", "Pause", "PlayPause", "Stop", "Play"], "-"),
        "Seek": "x",
        "SetPosition": "ox",
        "OpenUri": "s",
        "Seeked": "x",
        **dict.fromkeys(bools.split(), "b"),
        **dict.fromkeys(["Identity", "DesktopEntry", "PlaybackStatus"], "s"),
        **dict.fromkeys(["SupportedUriSchemes", "SupportedMimeTypes"], "as"),
        **dict.fromkeys(["Rate", "MinimumRate", "MaximumRate", "Volume"], "d"),
        "Metadata": "a{sv}",
        "Position": "x",
    }.items() <= members.items()
    assert "'aidj'" in desktop.get("Identity", "org.mpris.MediaPlayer2")
    assert "true" in desktop.get("CanGoNext")
    assert "false" in desktop.get("CanSeek")


def test_what_changes_is_told_and_nothing_else(radio: Radio, desktop: Desktop) -> None:
    radio.until(lambda state: state.playing)
    first = radio.title
    wait_for(lambda: desktop.playerctl("metadata", "title"), first)
    with desktop.monitor() as heard:
        radio.play(10)
        radio.session.skip()
        radio.until(lambda state: state.begun == 2)
        wait_for(lambda: bool(heard.of("PropertiesChanged", "Metadata", radio.title)))
        wait_for(lambda: len(heard.of("Seeked")), 1)
        radio.session.pause()
        radio.until(lambda state: state.paused)
        wait_for(lambda: bool(heard.of("PropertiesChanged", "'PlaybackStatus': <'Paused'>")))
        radio.session.resume()
        radio.until(lambda state: not state.paused)
        wait_for(lambda: bool(heard.of("PropertiesChanged", "'PlaybackStatus': <'Playing'>")))
        assert len(heard.of("PropertiesChanged")) == 3
        assert first not in "".join(heard.lines)


def test_a_song_from_its_beginning_again_is_told(radio: Radio, desktop: Desktop) -> None:
    radio.until(lambda state: state.playing)
    radio.play(15)
    title = radio.title
    before = desktop.get("Metadata")
    with desktop.monitor() as heard:
        assert desktop.playerctl("previous") == ""
        radio.until(lambda state: state.begun == 2)
        assert radio.title == title
        wait_for(lambda: bool(heard.of("Seeked")))
        wait_for(lambda: bool(heard.of("PropertiesChanged", "mpris:trackid")))
    assert desktop.get("Metadata") != before
    assert desktop.position_s() < 10


def test_the_presenter_does_not_take_the_songs_place(idle: Session, desktop: Desktop) -> None:
    song = after(RadioState(), started("Test Song"))
    talk = after(song, LinkStarted(frame=500, link=Link(kind="intro", text="This is a test.")))
    with Mpris(idle, address=desktop.address) as mpris:
        mpris.show(song, 100)
        wait_for(lambda: desktop.playerctl("metadata", "title"), "Test Song")
        with desktop.monitor() as heard:
            mpris.show(talk, 600)
            mpris.show(replace(talk, volume_db=-60.0), 700)
            wait_for(lambda: bool(heard.of("PropertiesChanged", "Volume")))
            assert len(heard.of("PropertiesChanged")) == 1
        assert desktop.playerctl("metadata", "title") == "Test Song"


# What the desktop asks ------------------------------------------------------------------------------------------------


def test_media_keys_reach_the_session(radio: Radio, desktop: Desktop) -> None:
    radio.until(lambda state: state.playing)
    radio.play(5)
    desktop.playerctl("next")
    radio.until(lambda state: state.begun == 2)
    desktop.playerctl("pause")
    assert radio.session.paused
    radio.until(lambda state: state.paused)
    wait_for(lambda: desktop.playerctl("status"), "Paused")
    stands = desktop.position_s()
    radio.play(5)
    assert desktop.position_s() == stands
    desktop.playerctl("play")
    assert not radio.session.paused
    desktop.playerctl("play-pause")
    desktop.playerctl("play-pause")  # before anything of it is heard
    assert not radio.session.paused
    radio.until(lambda state: not state.paused)
    wait_for(lambda: desktop.playerctl("status"), "Playing")
    desktop.playerctl("stop")
    radio.until(lambda state: state.ended)
    assert radio.session.ended
    wait_for(lambda: desktop.playerctl("status"), "Stopped")
    assert "false" in desktop.get("CanGoNext")


def test_what_it_cannot_do_is_left(radio: Radio, desktop: Desktop) -> None:
    radio.until(lambda state: state.playing)
    title = radio.title
    assert "NotSupported" in desktop.call(f"{PLAYER}.OpenUri", "file:///etc/passwd")
    assert desktop.call(f"{PLAYER}.Seek", "5000000") == "()"
    assert desktop.call(f"{PLAYER}.SetPosition", "/aidj/song/1", "5000000") == "()"
    assert desktop.call("org.mpris.MediaPlayer2.Raise") == "()"
    assert "Error" in desktop.call(f"{PLAYER}.Next", "7")
    radio.play(2)
    assert (radio.title, radio.state.begun) == (title, 1)
    assert desktop.playerctl("metadata", "title") == title


def test_a_radio_is_steered_as_if_by_its_keys(idle: Session, desktop: Desktop) -> None:
    remote, controls, state = Remote(idle), Controls(idle), RadioState()
    with Mpris(remote, address=desktop.address) as mpris:
        wait_for(desktop.names, {NAME})
        for asked, shown in (("0.5", "0.500"), ("7", "1.000"), ("-3", "0.000"), ("nan", "0.000")):
            desktop.call("org.freedesktop.DBus.Properties.Set", PLAYER, "Volume", f"<@d {asked}>")
            state = remote.carry_out(controls, state, 0)
            mpris.show(state, 0)
            wait_for(lambda: desktop.playerctl("volume")[:5], shown)
        desktop.call("org.mpris.MediaPlayer2.Quit")
        assert not controls.leaving
        remote.carry_out(controls, state, 0)
        assert controls.leaving == "now"


def test_a_song_with_a_picture_shows_it(idle: Session, desktop: Desktop, tmp_path: Path) -> None:
    pillow = pytest.importorskip("PIL.Image")
    (tmp_path / "album").mkdir()
    pillow.new("RGB", (900, 600), "red").save(tmp_path / "album" / "Cover.png")
    state = after(RadioState(), started(path=tmp_path / "album" / "song.flac"))
    with Mpris(idle, address=desktop.address) as mpris:
        mpris.show(state, 0)
        wait_for(lambda: desktop.playerctl("metadata", "mpris:artUrl").startswith("file:///"))
        shown = Path(desktop.playerctl("metadata", "mpris:artUrl").removeprefix("file://"))
        with pillow.open(shown) as picture:
            assert (picture.format, picture.size) == ("JPEG", (512, 341))
        mpris.show(after(state, started()), 0)
        wait_for(lambda: "artUrl" in desktop.get("Metadata"), False)
    wait_for(shown.parent.exists, False)


# What goes wrong ------------------------------------------------------------------------------------------------------


def test_a_second_radio_has_a_name_of_its_own(radio: Radio, session: Session, desktop: Desktop) -> None:
    with Mpris(session, address=desktop.address):
        wait_for(desktop.names, {NAME, f"{NAME}.instance{os.getpid()}"})


def test_without_a_bus_there_is_a_line_in_the_log(
    idle: Session, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="aidj")
    for address in (f"unix:path={tmp_path}/none", "nonsense", "unix:path=", "tcp:host=127.0.0.1,port=1"):
        caplog.clear()
        with Mpris(idle, address=address) as mpris:
            wait_for(lambda: len(caplog.messages), 1)
            mpris.show(after(RadioState(), started()), 100)
        assert caplog.messages[0].startswith("No media keys: ")
        assert caplog.records[0].exc_info is None


def test_without_the_library_there_is_a_line_in_the_log(
    idle: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="aidj")
    monkeypatch.delitem(sys.modules, "aidj.radio.mpris_bus", raising=False)
    monkeypatch.setitem(sys.modules, "dbus_fast", None)
    with Mpris(idle):
        wait_for(lambda: len(caplog.messages), 1)
    assert "`mpris`" in caplog.messages[0]


def test_a_bus_that_says_nothing_keeps_nobody_waiting(idle: Session, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{tmp_path}/silent")
        silent.listen()
        silent.settimeout(PATIENCE_S)
        mpris = Mpris(idle, address=f"unix:path={tmp_path}/silent")
        with silent.accept()[0]:
            mpris.show(after(RadioState(), started()), 100)
            mpris.close()
            assert not any(thread.name == "aidj-mpris" for thread in threading.enumerate())


def test_a_bus_that_goes_away_is_a_line_in_the_log(
    radio: Radio, desktop: Desktop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="aidj")
    radio.until(lambda state: state.playing)
    desktop.daemon.terminate()
    wait_for(lambda: len(caplog.messages), 1)
    begun = radio.state.begun
    radio.session.skip()
    radio.until(lambda state: state.begun > begun)
    assert caplog.messages[0].startswith("No media keys: ")


def test_tags_cannot_break_the_bus(idle: Session, desktop: Desktop) -> None:
    path = Path(os.fsdecode(b"/music/\xff \n%s [b].flac"))
    nasty = started("A\0B\n\x1b[31m \ud800 <b>&amp;", path, artists=("\0", "Test\x07 Artist"), album="\u202e")
    with Mpris(idle, address=desktop.address) as mpris:
        wait_for(desktop.names, {NAME})
        mpris.show(after(RadioState(), nasty), 0)
        wait_for(lambda: "A" in desktop.playerctl("metadata", "title"))
        assert desktop.playerctl("metadata", "title").isprintable()
        assert "<b>" in desktop.playerctl("metadata", "title")
        assert "/%FF%20%0A%25s%20%5Bb%5D.flac" in desktop.playerctl("metadata", "xesam:url")
        assert desktop.names() == {NAME}


def test_the_state_alone_says_what_is_shown(idle: Session, desktop: Desktop) -> None:
    state = after(RadioState(), started())
    with Mpris(idle, address=desktop.address) as mpris:
        wait_for(desktop.names, {NAME})
        for shown, status in (
            (state, "Playing"),
            (after(state, Paused(frame=9)), "Paused"),
            (after(after(state, Paused(frame=9)), Resumed(frame=20)), "Playing"),
            (replace(state, lost=True), "Paused"),
            (after(state, Ended(frame=30, reason="over")), "Stopped"),
        ):
            mpris.show(shown, 30)
            wait_for(lambda: desktop.playerctl("status"), status)
        mpris.show(state, 1000 * RATE)
        assert desktop.position_s() == 180.0


@given(st.floats(min_value=0.1, max_value=1.0))
def test_a_slider_stays_where_it_was_pushed(slider: float) -> None:
    shown = slider_of(volume_db_of(slider))
    assert shown == pytest.approx(slider) or slider < 0.1 + 1e-9


@given(st.floats())
def test_any_number_is_a_volume(slider: float) -> None:
    assert -60.0 <= volume_db_of(slider) <= 0.0
    assert 0.0 <= slider_of(volume_db_of(slider)) <= 1.0
