"""The radio as it runs: a real session into a silent sink whose clock goes fast, and keys pressed when it is time."""

from __future__ import annotations

import io
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console

from aidj.errors import OutputError
from aidj.home import open_home
from aidj.model import Plan
from aidj.output import Device, DeviceSink, NullSink
from aidj.output.playing import SinkClosed
from aidj.radio.controls import Controls
from aidj.radio.faces import LineFace, ScreenFace
from aidj.radio.keyboard import NoKeyboard
from aidj.radio.keys import KeyDecoder, Press
from aidj.radio.meter import Level
from aidj.radio.plain import PlainLog
from aidj.radio.rescue import Rescue
from aidj.radio.running import Radio
from aidj.radio.signals import Signals
from aidj.radio.state import RadioState
from aidj.radio.tally import Heard
from aidj.radio.terminal import Terminal
from aidj.session import Event, Problem, Session, TrackStarted, plan_session
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
FASTER = 10.0
"""How much faster than real time the sinks here play."""
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def folder(measured_short_songs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that nothing is written into."""
    return Path(shutil.copytree(measured_short_songs, tmp_path_factory.mktemp("radio") / "home"))


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    with open_home(folder) as home:
        return plan_session(home, minutes=1, now=NOW, seed=3)


@pytest.fixture
def session(folder: Path, plan: Plan) -> Iterator[Session]:
    with Session(folder, plan, voice=ToneVoice(), clock=lambda: NOW, rate=RATE, private=True) as session:
        yield session


def fast_sink() -> NullSink:
    return NullSink(clock=lambda: FASTER * time.monotonic())


class Face:
    """Keeps what it is shown."""

    def __init__(self) -> None:
        self.state = RadioState()
        self.controls: Controls | None = None
        self.events: list[Event] = []
        self.said: list[str] = []
        self.loudest = -np.inf
        self.ahead = 0
        self.forgotten = 0
        self.closed = False
        self.frame = 0

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def say(self, text: str) -> None:
        self.said.append(text)

    def show(self, state: RadioState, controls: Controls, frame: int, level: Callable[[int], Level]) -> None:
        self.state, self.controls, self.frame = state, controls, frame
        self.loudest = max(self.loudest, level(frame).rms_db)
        if state.playing is not None:
            self.ahead = max(self.ahead, state.playing.since - state.sounded(frame))

    def forget(self) -> None:
        self.forgotten += 1

    def close(self) -> None:
        self.closed = True

    @property
    def title(self) -> str:
        return self.state.playing.track.title if self.state.playing else ""


Step = tuple[Callable[[], object], str]


class Script:
    """A keyboard on which each key is pressed once something is so; fails where that does not come about."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self._until_s = time.monotonic() + PATIENCE_S
        self.by_line_calls: list[bool] = []

    def read(self, timeout_s: float) -> list[Press]:
        if self.steps and self.steps[0][0]():
            self._until_s = time.monotonic() + PATIENCE_S
            keys = self.steps.pop(0)[1]
            decoder = KeyDecoder()
            return decoder.feed(keys.encode()) + decoder.flush()
        assert not self.steps or time.monotonic() < self._until_s, f"the moment for {self.steps[0][1]!r} did not come"
        time.sleep(min(timeout_s, 0.02))
        return []

    def by_line(self, wanted: bool) -> None:
        self.by_line_calls.append(wanted)

    def begin(self) -> None:
        pass

    def end(self) -> None:
        pass


def run(session: Session, face: Face, *steps: Step, sink: NullSink | None = None, **fields: object) -> Heard:
    keyboard = Script(*steps)
    heard = Radio(session, sink or fast_sink(), face, keyboard, Signals(), **fields).run()  # type: ignore[arg-type]
    assert not keyboard.steps, "it ended before all keys were pressed"
    assert face.closed
    return heard


def test_a_session_is_played_to_its_end_and_summed_up(session: Session) -> None:
    face = Face()
    heard = run(session, face)
    songs = [event.track.title for event in face.events if isinstance(event, TrackStarted)]
    assert heard.songs == len(songs) >= 2
    assert len(set(songs)) == len(songs)
    assert (heard.skipped, heard.by_signal) == (0, False)
    assert heard.reason == face.state.ended != ""
    assert heard.heard_s == pytest.approx(60, abs=25)
    assert face.ahead <= 0, "nothing is shown before it is heard"
    assert face.loudest > -40, "the meter follows the music"


def test_keys_reach_the_session_and_are_answered_at_once(session: Session) -> None:
    face = Face()
    first: list[str] = []

    def playing() -> bool:
        return bool(face.title)

    def remember() -> bool:
        first.append(face.title)
        return True

    def another() -> bool:
        return face.title not in ("", first[0])

    heard = run(
        session,
        face,
        (lambda: True, "n"),
        (lambda: "Nothing plays yet." in face.said and playing() and remember(), "n"),
        (lambda: face.said[-1] == f"Skipping “{first[0]}” …" and another(), "l"),
        (lambda: face.state.playing is not None and face.state.playing.liked, "-"),
        (lambda: face.state.volume_db == -3, "+"),
        (lambda: face.state.volume_db == 0, "t"),
        (lambda: face.state.talk == "rare", "T"),
        (lambda: face.state.talk == "normal", "h"),
        (lambda: face.said[-1] in ("Hushed.", "Nothing is being said."), "?"),
        (lambda: face.controls is not None and face.controls.shows_keys, "?"),
        (lambda: face.controls is not None and not face.controls.shows_keys, "i"),
        (lambda: face.state.playing is not None and face.said[-1].startswith(face.state.playing.item.why), "x"),
        (lambda: face.state.message is not None and "this recording" in face.state.message.text, "x"),
        (lambda: face.said[-1] == "Nothing is banned.", "\x0c"),
        (lambda: face.forgotten == 1, "q"),
    )
    assert heard.songs == 2
    assert heard.skipped == 1
    assert heard.reason == ""
    assert face.said[-1] == "Ending …"


def test_it_ends_after_this_song_when_asked(session: Session) -> None:
    face = Face()
    heard = run(session, face, (lambda: face.title, "Q"))
    assert "It ends after this song." in face.said
    assert (heard.songs, heard.skipped) == (1, 0)
    assert heard.reason


def test_another_set_and_a_ban_change_what_comes(session: Session) -> None:
    face = Face()
    banned: list[str] = []

    def playing() -> bool:
        if face.state.playing is not None and face.state.upcoming and not banned:
            banned.append(face.state.playing.track.lead)
            return True
        return False

    run(
        session,
        face,
        (playing, "x"),
        (lambda: True, "a"),
        (lambda: face.state.playing is not None and face.state.playing.track.lead != banned[0], "c"),
        (lambda: any(type(event).__name__ == "PlanChanged" for event in face.events), "q"),
    )
    assert f"Never again: {banned[0]}. Leaving it …" in face.said
    assert all(coming.artist != banned[0] for coming in face.state.upcoming)


def test_a_pause_holds_the_sound_and_is_no_listening_time(session: Session) -> None:
    face, sink = Face(), fast_sink()
    stood: list[tuple[int, float]] = []

    def at() -> tuple[int, float]:
        return sink.heard_frames, face.state.position_s(sink.heard_frames, RATE)

    def paused() -> bool:
        if not face.state.paused:
            return False
        stood.append(at())
        return len(stood) > 20

    heard = run(
        session,
        face,
        (lambda: face.state.position_s(sink.heard_frames, RATE) > 2, " "),
        (paused, " "),
        (lambda: not face.state.paused and sink.heard_frames > stood[0][0] + RATE, "q"),
        sink=sink,
    )
    frames, positions = zip(*stood, strict=True)
    assert max(frames) - min(frames) <= 1024, "nothing sounds, but for a block that was on its way"
    assert len(set(positions)) == 1, "and the clock stands"
    assert 3 <= heard.heard_s < 40
    assert face.said[0] == "Paused. Space goes on."


def test_a_skip_while_paused_is_heard_when_it_goes_on(session: Session) -> None:
    face = Face()
    first: list[str] = []

    def paused() -> bool:
        first.append(face.title)
        return face.state.paused

    def has_said() -> bool:
        return face.said[-1] == f"Skipping “{first[-1]}”, as soon as you go on (space)."

    heard = run(
        session,
        face,
        (lambda: bool(face.title), " "),
        (paused, "n"),
        (has_said, " "),
        (lambda: face.title not in ("", first[-1]), "q"),
    )
    assert (heard.songs, heard.skipped) == (2, 1)


def test_quitting_while_paused_needs_no_fade(session: Session) -> None:
    face = Face()
    began_s: list[float] = []

    def paused() -> bool:
        began_s.append(time.monotonic())
        return face.state.paused

    run(session, face, (lambda: bool(face.title), " "), (paused, "q"))
    assert time.monotonic() - began_s[-1] < 5


def test_what_other_threads_and_signals_ask_for(session: Session) -> None:
    face, signals = Face(), Signals()
    radio = Radio(session, fast_sink(), face, NoKeyboard(), signals)

    def ask() -> None:
        wait_for(lambda: face.title)
        first = face.title
        radio.remote.skip()
        wait_for(lambda: face.title != first)
        radio.remote.pause()
        wait_for(lambda: face.state.paused and radio.remote.paused)
        radio.remote.resume()
        wait_for(lambda: not face.state.paused)
        radio.remote.volume(-12.0)
        wait_for(lambda: face.state.volume_db == -12.0)
        signals.ends += 1

    asking = Asking(ask)
    heard = radio.run()
    asking.check()
    assert (heard.by_signal, heard.songs) == (True, 2)


def test_a_request_is_typed_and_sent(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    face = Face()
    asked: list[object] = []
    monkeypatch.setattr(session, "request", asked.append)

    def line() -> str:
        return face.controls.line.text if face.controls and face.controls.line else ""

    run(
        session,
        face,
        (lambda: face.title, "/"),
        (lambda: face.controls and face.controls.line, "qx nn"),
        (lambda: line() == "qx nn", "\x15mëllow"),
        (lambda: line() == "mëllow", "\r"),
        (lambda: face.said[-1] == "Asking for “mëllow” …", "r"),
        (lambda: face.controls and face.controls.line, "\x1b[A"),
        (lambda: line() == "mëllow", "\x15\r"),
        (lambda: face.said[-1] == "Nothing is asked for.", "q"),
    )
    assert asked == ["mëllow"], "no letter of it was taken for a key"


def test_warnings_are_shown_and_kept(session: Session) -> None:
    face = Face()

    def warn() -> bool:
        if face.title:
            logging.getLogger("aidj.somewhere").warning("A file is odd")
        return bool(face.title)

    heard = run(session, face, (warn, "l"), (lambda: any(isinstance(event, Problem) for event in face.events), "q"))
    assert heard.warnings == ("A file is odd",)
    assert [note.text for note in face.state.warnings] == ["A file is odd"]


def test_a_sink_that_cannot_be_opened_is_an_error_and_a_closed_one_an_end(session: Session) -> None:
    class Broken(NullSink):
        def open(self, rate: int) -> None:
            raise OutputError("There is no sound device")

    class Closed(NullSink):
        def write(self, block: NDArray[np.float32]) -> None:
            raise SinkClosed

    with pytest.raises(OutputError, match="no sound device"):
        run(session, face := Face(), sink=Broken())
    assert face.closed
    assert run(session, Face(), sink=Closed()).reason == ""


def test_the_real_faces_show_it(session: Session) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, height=24, legacy_windows=False, _environ={})
    keyboard = Script((lambda: "skip" in out.getvalue() and "Test Song" in out.getvalue(), "q"))
    with Terminal(console, keyboard, full_screen=True) as terminal:
        face = ScreenFace(console, terminal, rate=RATE)
        Radio(session, fast_sink(), face, keyboard, Signals(), terminal=terminal).run()
    assert "Ending …" in out.getvalue()


def test_lines_wait_while_a_request_is_typed(session: Session) -> None:
    out = io.StringIO()
    console = Console(file=out, width=100, _environ={})
    log = PlainLog(console, stamps=False)
    logger = logging.getLogger("aidj.somewhere")
    warned: list[str] = []

    def warn() -> bool:
        logger.warning("A file is odd")
        warned.append(out.getvalue())
        return len(warned) > 10

    keyboard = Script(
        (lambda: "Test Song" in out.getvalue(), "/"),
        (lambda: "Request" in out.getvalue(), "x"),
        (warn, "\x1b"),
        (lambda: "A file is odd" in out.getvalue(), "w"),
        (lambda: "Now" in out.getvalue(), "?"),
        (lambda: "hush" in out.getvalue().lower() or "being said" in out.getvalue(), "q"),
    )
    face = LineFace(log, keyboard, rate=RATE, ask=lambda text: console.print(text, end=""))
    Radio(session, fast_sink(), face, keyboard, Signals()).run()
    assert "A file is odd" not in warned[-1]
    assert keyboard.by_line_calls == [True, False]
    assert out.getvalue().splitlines()[-1]


@pytest.mark.parametrize(
    ("heard_s", "songs", "skipped", "reason", "line"),
    [
        (3.4, 0, 0, "", "3 seconds, 0 songs."),
        (42 * 60, 11, 2, "", "42 minutes, 11 songs, 2 skipped."),
        (3 * 3600 + 61, 1, 0, "the plan is over", "3 h 01 min, 1 song. It ended: the plan is over."),
        (89, 1, 0, "A file broke.", "89 seconds, 1 song."),
    ],
)
def test_the_line_at_the_end(heard_s: float, songs: int, skipped: int, reason: str, line: str) -> None:
    heard = Heard(
        heard_s=heard_s, songs=songs, skipped=skipped, warnings=("A file broke.",), reason=reason, by_signal=False
    )
    assert heard.summary() == line
    assert heard.has_failed == (reason == "A file broke.")


# A device that goes ---------------------------------------------------------------------------------------------------

OWN = Device(number=1, name="Headphones", id="made-up:1", is_default=True)
OTHER = Device(number=2, name="Loudspeaker", id="made-up:2", is_default=False)


class Pulled(DeviceSink):
    """miniaudio's silent device, which can be pulled out like headphones."""

    def __init__(self) -> None:
        super().__init__(silent=True)
        self.there: Sequence[Device] = (OWN, OTHER)
        self.reopened: list[str] = []

    def pull(self) -> None:
        self.there = (OTHER,)
        with self._control:
            self._stopped = True
            self._close_device(gently=False)

    def reopen(self, device: str | int | None = None) -> None:
        self.reopened.append(str(device))
        if device not in [there.id for there in self.there]:
            raise OutputError("There is no such device")
        super().reopen()

    def listed(self) -> Sequence[Device]:
        if not self.there:
            raise OutputError("There is no sound device")
        return self.there


@pytest.mark.parametrize("comes_back", [True, False])
def test_headphones_that_are_pulled_pause_it(session: Session, comes_back: bool) -> None:
    face, sink = Face(), Pulled()
    stood: list[int] = []

    def pulled() -> bool:
        if sink.heard_frames < RATE // 2:
            return False
        sink.pull()
        return True

    def lost() -> bool:
        if face.state.lost:
            stood.append(sink.heard_frames)
        if len(stood) < 30:
            return False
        if comes_back:
            sink.there = (OWN, OTHER)
        return True

    def back() -> bool:
        return not face.state.lost and sink.heard_frames > stood[-1] + RATE // 4

    run(
        session,
        face,
        (pulled, "l"),
        (lost, "i" if comes_back else " "),
        (back, "q"),
        sink=sink,  # type: ignore[arg-type]
        rescue=Rescue(sink, listed=sink.listed, try_s=0.2),
    )
    assert stood[5:] == stood[5:6] * len(stood[5:]), "nothing is heard meanwhile"
    assert sink.reopened[-1] == (OWN.id if comes_back else OTHER.id)
    assert any("device has gone" in text for text in face.said)
    assert any("there again" in text for text in face.said)


def test_where_no_device_is_left_it_says_so(session: Session) -> None:
    face, sink = Face(), Pulled()

    def pulled() -> bool:
        if sink.heard_frames < RATE // 2:
            return False
        sink.pull()
        sink.there = ()
        return True

    run(
        session,
        face,
        (pulled, "l"),
        (lambda: face.state.lost, " "),
        (lambda: any("There is no sound device" in text for text in face.said), "q"),
        sink=sink,  # type: ignore[arg-type]
        rescue=Rescue(sink, listed=sink.listed, try_s=0.2),
    )
    assert sink.reopened == []


class Asking:
    """A thread that asks for things, whose failure is not lost."""

    def __init__(self, task: Callable[[], None]) -> None:
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(task,))
        self._thread.start()

    def _run(self, task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:
            self._error = error

    def check(self) -> None:
        self._thread.join(PATIENCE_S)
        if self._error is not None:
            raise self._error


def wait_for(true: Callable[[], object]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.01)
