"""The radio in lines: for a screen reader, a terminal that can do no more, and a log.

One line for each thing that happens, and none is ever changed afterwards. No signs that a screen reader would spell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from aidj.model import Rotation
from aidj.radio.cleaning import clean
from aidj.radio.helping import KeyHelp
from aidj.radio.painting import encodable
from aidj.radio.rows import clock as minutes
from aidj.radio.state import RadioState
from aidj.session import (
    Answered,
    Ended,
    Event,
    LinkStarted,
    Paused,
    PlanChanged,
    Problem,
    Resumed,
    SetChanged,
    Skipped,
    TrackStarted,
    Underrun,
)


def _now() -> datetime:
    return datetime.now().astimezone()


class PlainLog:
    """Prints what happens.

    Parameters
    ----------
    console : Console
        Where to.
    stamps : bool
        Whether every line begins with the time of day.
    clock : callable
        Tells it.
    """

    def __init__(self, console: Console, *, stamps: bool, clock: Callable[[], datetime] = _now) -> None:
        self._console = console
        self._stamps = stamps
        self._clock = clock
        self._warned = ""
        self._theme = ""

    def tell(self, event: Event) -> None:
        """Print what has happened, if it is worth a line."""
        if isinstance(event, Ended) and event.reason == self._warned:
            self.say("The session has ended.")  # why, was told just before
            return
        if isinstance(event, SetChanged):
            if event.theme == self._theme:
                return  # one set of a kind after the other
            self._theme = event.theme
        if isinstance(event, Problem):
            self._warned = event.text
        line = line_of(event)
        if line:
            self.say(line)

    def say(self, text: str) -> None:
        """Print a line: what a key has done, an answer."""
        stamp = f"{self._clock():%H:%M:%S} " if self._stamps else ""
        line = Text(encodable(self._console, f"{stamp}{clean(text)}"))
        self._console.print(line, soft_wrap=True, highlight=False)

    def where(self, state: RadioState, frame: int, rate: int) -> None:
        """Print what plays, how far it is, and what comes next."""
        if state.ended is not None:
            self.say(_ended(state.ended))
            return
        lost = " The sound device has gone; space tries another one." if state.lost else ""
        still = lost or (" Paused." if state.paused else "")
        coming = state.coming(frame, rate)
        if coming is not None:
            self.say(f"Coming up: {_song(coming.artist, coming.title)}. {_why(coming.rotation, coming.why)}.{still}")
        elif state.playing is None:
            self.say(f"Nothing plays yet.{still}")
            return
        else:
            song = _song(state.playing.track.artist, state.playing.track.title)
            far = minutes(state.position_s(frame, rate))
            length = f" of {minutes(state.length_s())}" if state.length_s() else ""
            item = state.playing.item
            self.say(f"Now: {song}, {far}{length}. {_why(item.rotation, item.why)}.{still}")
        if state.theme:
            self.say(f"Set: {state.theme}.")
        for following in state.upcoming[coming is not None :][:1]:
            self.say(f"Next: {_song(following.artist, following.title)}.")

    def keys(self, keys: Sequence[KeyHelp]) -> None:
        """Print what each key does."""
        for key in keys:
            self.say(f"Key {key.keys}: {key.text}.")


def line_of(event: Event) -> str:
    """Return what an event is in words; empty where it is not worth a line."""
    match event:
        case TrackStarted():
            song = _song(event.track.artist, event.track.title)
            return f"Now: {song}, {minutes(event.plays_s)} ({_why(event.item.rotation, event.item.why)})"
        case LinkStarted():
            return f"Presenter: {event.link.text}" if event.link.text else ""
        case SetChanged():
            return f"Set: {event.theme}"
        case PlanChanged():
            return f"Other songs come next: {event.why}"
        case Skipped():
            return f"Left after {minutes(event.after_s)}: {_song(event.item.track.artist, event.item.track.title)}"
        case Paused():
            return "Paused"
        case Resumed():
            return "Goes on"
        case Answered():
            return f"Asked for: {event.asked}. {event.text}"
        case Underrun():
            return "Warning: nothing was ready to be played for a moment"
        case Problem():
            return f"Warning: {event.text}"
        case Ended():
            return _ended(event.reason)
        case _:
            return ""


def _song(artist: str, title: str) -> str:
    return f"{artist}: {title}" if artist else title


def _why(rotation: Rotation, why: str) -> str:
    name = rotation.replace("_", " ")
    return f"{name}: {why}" if why else name


def _ended(reason: str) -> str:
    return f"The session has ended: {reason}"
