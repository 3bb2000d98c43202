"""The radio while it runs: sound on a thread of its own, the screen and the keys on the main one."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from aidj.model import TalkLevel
from aidj.output import Played, Sink, play
from aidj.radio.controls import SOFTEST_DB, Controls
from aidj.radio.faces import Face
from aidj.radio.keyboard import Keyboard
from aidj.radio.keys import Press
from aidj.radio.meter import Metered
from aidj.radio.notes import Notes
from aidj.radio.noting import GONE
from aidj.radio.remote import Remote
from aidj.radio.rescue import Rescue
from aidj.radio.signals import Signals
from aidj.radio.state import RadioState, after, with_message, with_plan
from aidj.radio.tally import Heard, Tally
from aidj.session import Event, Paused, Problem, Resumed, Session

FRAMES_PER_S = 10
"""How often the screen is drawn."""
LAST_FADE_S = 3.0
"""How long a session may take to fade out and end when it is told to, before it is faded out from here."""

_OWN_FADE_S = 0.3
"""How long it goes on once it is turned down from here."""
_SETTLE_S = 2.0
"""After the program was stopped, its device needs so long until it asks for sound again."""
_QUIET_S = 0.25
"""What a sound device holds: how long before the program stops its sound has to."""


class Desktop(Protocol):
    """Somebody else who shows what plays: the desktop's media controls."""

    def show(self, state: RadioState, frame: int) -> None:
        """Take what is heard at a frame."""


class Lent(Protocol):
    """What is given back for a while: a terminal."""

    def take(self) -> None:
        """Take it."""

    def give_back(self) -> None:
        """Give it back."""


class Radio:
    """A session that is heard, shown and steered until it ends.

    Parameters
    ----------
    session : Session
        What plays; to be closed by whoever made it.
    sink : Sink
        Where it goes; not yet open.
    face : Face
        What shows it; closed in the end.
    keyboard : Keyboard
        Where keys come from.
    signals : Signals
        Entered.
    terminal : object with `take` and `give_back`, optional
        What is given back while the program is stopped.
    rescue : Rescue, optional
        Looks after a device that can go.
    volume_db : float
        The volume to begin with; at most 0.
    talk : TalkLevel
        How much the session says.
    """

    def __init__(
        self,
        session: Session,
        sink: Sink,
        face: Face,
        keyboard: Keyboard,
        signals: Signals,
        *,
        terminal: Lent | None = None,
        rescue: Rescue | None = None,
        volume_db: float = 0.0,
        talk: TalkLevel = "normal",
    ) -> None:
        self._session = session
        self._sink = sink
        self._face = face
        self._keyboard = keyboard
        self._signals = signals
        self._terminal = terminal
        self._rescue = rescue
        self.remote = Remote(session)
        self.desktop: Desktop | None = None
        self._metered = Metered(session)
        self._controls = Controls(session)
        self._state = RadioState(volume_db=volume_db, talk=talk)
        if volume_db < 0:
            session.volume(volume_db)
        self._stop = threading.Event()
        self._over = threading.Event()
        self._played: Played | None = None
        self._failure: BaseException | None = None
        self._is_held = False
        """Whether the sink stands still because the session does."""
        self._leaving_s: float | None = None
        self._faded_at: int | None = None
        """The frame up to which it is read, once it was turned down for good."""
        self._settled_s = 0.0
        self._tally = Tally()

    def run(self) -> Heard:
        """Play until it ends, and return what came of it.

        Raises
        ------
        OutputError
            If there is nowhere to play, and whatever else made the sound stop.
        """
        sound = threading.Thread(target=self._sound, name="aidj-sound", daemon=True)
        sound.start()
        notes = Notes()
        try:
            with notes:
                self._run(notes)
        finally:
            self._stop.set()
            sound.join(LAST_FADE_S)
            self._face.close()
            if self._rescue is not None:
                self._rescue.close()
        if self._failure is not None:
            raise self._failure
        return self._heard()

    def _sound(self) -> None:
        try:
            self._played = play(self._metered, self._sink, stop=self._stop)
        except BaseException as error:  # told on the main thread, once the terminal is the shell's again
            self._failure = error
        finally:
            self._over.set()

    def _run(self, notes: Notes) -> None:
        next_s = time.monotonic()
        while not self._over.is_set():
            self._follow(notes.taken())
            self._obey()
            self._show()
            next_s = max(next_s + 1 / FRAMES_PER_S, time.monotonic())
            self._wait_for_keys(next_s)
        self._follow(notes.taken(), everything=True)
        self._show()

    # What has become audible ------------------------------------------------------------------------------------------

    def _follow(self, noted: Sequence[str], *, everything: bool = False) -> None:
        heard = self._sink.heard_frames
        for event in self._session.events(None if everything else heard):
            if isinstance(event, Paused | Resumed):
                continue  # shown by `_hold`, at once
            self._take(event, heard)
        for text in noted:
            self._take(Problem(frame=heard, text=text), heard)
        if (plan := self._session.plan) is not None:
            self._state = with_plan(self._state, plan)
        self._look_after_the_device()

    def _take(self, event: Event, heard: int) -> None:
        self._tally.count(event, heard_frames=heard, sounded_frame=self._state.sounded(event.frame))
        self._state = after(self._state, event)
        self._face.tell(event)

    def _look_after_the_device(self) -> None:
        lost = time.monotonic() > self._settled_s and (
            self._rescue.look() if self._rescue is not None else self._sink.lost
        )
        if lost != self._state.lost:
            self._state = replace(self._state, lost=lost)
            self._say(GONE if lost else "The sound device is there again.")
        if self._rescue is not None and (problem := self._rescue.problem()):
            self._say(problem)

    # What is asked ----------------------------------------------------------------------------------------------------

    def _wait_for_keys(self, until_s: float) -> None:
        while (left_s := until_s - time.monotonic()) > 0 and not self._over.is_set():
            try:
                presses = self._keyboard.read(left_s)
            except OSError:  # the window has been closed
                self._signals.ends += 1
                time.sleep(left_s)
                return
            for press in presses:
                self._press(press)
            if presses:
                self._obey()
                self._show()

    def _press(self, press: Press) -> None:
        if self._state.lost and self._rescue is not None and self._controls.line is None and press.name == " ":
            self._rescue.go_on()
            self._say("Going on with the sound device there is …")
            return
        self._state = self._controls.press(press, self._state, self._sink.heard_frames)

    def _obey(self) -> None:
        """Do what keys, other threads and the system ask for."""
        frame = self._sink.heard_frames
        self._state = self.remote.carry_out(self._controls, self._state, frame)
        if self._signals.ends and self._controls.leaving != "now":
            self._controls.leave("now")
        if self._signals.suspends:
            self._suspend()
        if self._signals.is_back:
            self._signals.is_back = False
            if self._terminal is not None:
                self._terminal.take()
            self._face.forget()
        if self._controls.wants_redraw:
            self._controls.wants_redraw = False
            self._face.forget()
        for text in self._controls.said():
            self._say(text)
        self._hold()
        if self._controls.leaving == "now":
            self._end()

    def _hold(self) -> None:
        """Let the sink stand still while the session does: at once, and not once all that is on its way has sounded."""
        paused = self._session.paused
        if paused == self._is_held:
            return
        self._is_held = paused
        frame = self._sink.heard_frames
        if paused:
            self._sink.pause()
            self._state = after(self._state, Paused(frame=frame))
        else:
            self._sink.resume()
            self._state = after(self._state, Resumed(frame=frame))

    def _suspend(self) -> None:
        self._sink.pause()
        time.sleep(_QUIET_S)
        if self._terminal is not None:
            self._terminal.give_back()
        self._signals.suspend()  # and here it stands until the shell says to go on
        self._signals.is_back = True
        self._settled_s = time.monotonic() + _SETTLE_S
        if not self._is_held:
            self._sink.resume()

    def _end(self) -> None:
        """End once the last fade has been heard, or where that takes too long."""
        if self._leaving_s is None:
            self._leaving_s = time.monotonic()
            self._tally.is_leaving = True
        waited_s = time.monotonic() - self._leaving_s
        is_silent = self._is_held or self._state.lost or not (self._state.playing or self._state.said)
        if is_silent or self._signals.ends > 1:
            self._stop.set()  # there is nothing to be faded out, or no time to
        elif self._faded_at is not None:
            if self._session.frame >= self._faded_at or waited_s > 2 * LAST_FADE_S:
                self._stop.set()
        elif waited_s > LAST_FADE_S:
            self._session.volume(SOFTEST_DB)
            self._faded_at = self._session.frame + round(_OWN_FADE_S * self._session.rate)

    # What is shown ----------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self._state = with_message(self._state, text, self._sink.heard_frames)
        self._face.say(text)

    def _show(self) -> None:
        frame = self._sink.heard_frames
        state = self._state
        if question := self._controls.prompt(state):
            state = with_message(state, question, frame)
        try:
            self._face.show(state, self._controls, frame, self._metered.level)
        except OSError:  # the window has been closed: nobody sees it any more
            self._signals.ends += 1
        if self.desktop is not None:
            self.desktop.show(state, frame)

    def _heard(self) -> Heard:
        sounded = self._state.sounded(self._sink.heard_frames)
        since = sounded if self._tally.began is None else self._tally.began
        is_closed = self._played is not None and self._played.end == "closed"
        return self._tally.heard(
            max(0, sounded - since) / self._session.rate,
            by_listener=is_closed or self._controls.leaving == "now",
            by_signal=self._signals.ends > 0,
        )
