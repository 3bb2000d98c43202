"""What the listener sees: a whole screen, drawn ten times a second, or a line for each thing that happens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from rich.console import Console

from aidj.radio.controls import KEYS, KEYS_OF_LINES, Controls
from aidj.radio.keyboard import Keyboard
from aidj.radio.meter import Level
from aidj.radio.painting import Painter, shows
from aidj.radio.signs import NEEDED
from aidj.radio.state import RadioState
from aidj.radio.terminal import Terminal
from aidj.radio.view import art_size, screen
from aidj.session import Event, Paused, Resumed

if TYPE_CHECKING:
    from aidj.radio.art import Pictures
    from aidj.radio.plain import PlainLog


class Face(Protocol):
    """Shows the radio."""

    def tell(self, event: Event) -> None:
        """Take what has become audible."""

    def say(self, text: str) -> None:
        """Take what is said to the listener: what a key has done."""

    def show(self, state: RadioState, controls: Controls, frame: int, level: Callable[[int], Level]) -> None:
        """Show what is heard at a frame; called ten times a second, and after each key."""

    def forget(self) -> None:
        """Draw everything anew the next time."""

    def close(self) -> None:
        """Let go of what goes on beside."""


class ScreenFace:
    """The whole screen of a terminal.

    Parameters
    ----------
    terminal : Terminal
        Taken over in full.
    rate : int
        Frames per second of the session.
    pictures : Pictures, optional
        Album art, where the terminal can show it.
    """

    def __init__(self, console: Console, terminal: Terminal, *, rate: int, pictures: Pictures | None = None) -> None:
        self._terminal = terminal
        self._rate = rate
        self._pictures = pictures
        self._painter = Painter(console)
        self._blocks = shows(console, NEEDED)

    def tell(self, event: Event) -> None:
        """See `Face.tell`: the state holds all of it."""

    def say(self, text: str) -> None:
        """See `Face.say`: the state holds it."""

    def show(self, state: RadioState, controls: Controls, frame: int, level: Callable[[int], Level]) -> None:
        """See `Face.show`."""
        size = self._terminal.size()
        picture = None
        if self._pictures is not None and state.playing is not None and all(art_size(size)):
            picture = self._pictures.of(state.playing.track.path, *art_size(size))
        screenful = screen(
            state,
            frame=frame,
            rate=self._rate,
            level=level(frame),
            size=size,
            keys=KEYS,
            show_keys=controls.shows_keys,
            typed=controls.line.text if controls.line else None,
            cursor=controls.line.cursor if controls.line else None,
            art=picture,
            has_art=self._pictures is not None,
            blocks=self._blocks,
        )
        self._painter.paint(screenful)

    def forget(self) -> None:
        """See `Face.forget`."""
        self._painter.forget()

    def close(self) -> None:
        """See `Face.close`."""
        if self._pictures is not None:
            self._pictures.close()


class LineFace:
    """A line for each thing that happens. While a request is typed the lines wait, so that none breaks into it.

    Parameters
    ----------
    log : PlainLog
        Where lines go.
    ask : callable
        Prints what stands before a typed request, without an end of line.
    """

    def __init__(self, log: PlainLog, keyboard: Keyboard, *, rate: int, ask: Callable[[str], None]) -> None:
        self._log = log
        self._keyboard = keyboard
        self._rate = rate
        self._ask = ask
        self._typing = False
        self._waiting: deque[Callable[[], None]] = deque()

    def tell(self, event: Event) -> None:
        """See `Face.tell`. A pause has been said already when its key was pressed."""
        if not isinstance(event, Paused | Resumed):
            self._do(lambda: self._log.tell(event))

    def say(self, text: str) -> None:
        """See `Face.say`."""
        self._do(lambda: self._log.say(text))

    def show(self, state: RadioState, controls: Controls, frame: int, level: Callable[[int], Level]) -> None:
        """See `Face.show`."""
        typing = controls.line is not None
        if typing != self._typing:
            self._typing = typing
            self._keyboard.by_line(typing)
            if typing:
                self._ask("Request (Enter sends it; nothing, and Enter, leaves): ")
        if controls.shows_keys:
            controls.shows_keys = False
            self._do(lambda: self._log.keys(KEYS_OF_LINES))
        if controls.asks_where:
            controls.asks_where = False
            self._do(lambda: self._log.where(state, frame, self._rate))
        while self._waiting and not self._typing:
            self._waiting.popleft()()

    def forget(self) -> None:
        """See `Face.forget`: lines stay where they are."""

    def close(self) -> None:
        """See `Face.close`."""
        self._typing = False
        while self._waiting:
            self._waiting.popleft()()

    def _do(self, line: Callable[[], None]) -> None:
        if self._typing:
            self._waiting.append(line)
        else:
            line()
