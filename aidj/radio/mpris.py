"""Media keys and desktop widgets on Linux: the radio as a player on the session bus (MPRIS 2.2).

Everything that has to do with D-Bus happens on a thread of its own. No bus, a bus that goes away, a library that is not
installed: each is a line in the log, and the radio plays on.

Specification: https://specifications.freedesktop.org/mpris/latest/
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

from aidj.radio.cleaning import clean
from aidj.radio.pictures import picture_of

if TYPE_CHECKING:
    from aidj.radio.state import Playing, RadioState

log = logging.getLogger(__name__)

Status = Literal["Playing", "Paused", "Stopped"]

_CLOSE_S = 5.0
_COVER_PIXELS = (512, 512)
_SILENT_DB = -60.0
_CUBE_DB = 60.0
"""What ten times as far on a slider is in dB, where the gain is its cube."""


class Steered(Protocol):
    """What media keys and widgets act on: a `Session`, or the `Remote` of a radio that shows what was asked."""

    @property
    def rate(self) -> int:
        """Frames per second."""

    @property
    def paused(self) -> bool:
        """Whether it was told to stand still."""

    def skip(self) -> None:
        """Go on to the next song."""

    def previous(self) -> None:
        """Go back."""

    def pause(self) -> None:
        """Stand still."""

    def resume(self) -> None:
        """Go on after `pause`."""

    def volume(self, volume_db: float, /) -> None:
        """Change the volume: 0 dB is full, -60 dB silent."""

    def stop(self) -> None:
        """End the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song as widgets show it; what is unknown is empty."""

    number: int
    """Another one each time a song begins."""
    title: str
    artists: tuple[str, ...]
    album: str
    length_us: int
    """How long it will be heard, in microseconds; 0 where unknown."""
    url: str
    art_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the desktop knows of the radio."""

    status: Status = "Playing"
    song: Song | None = None
    volume: float = 1.0
    """How far a slider is pushed, 0 to 1; see `slider_of`."""


class Mpris:
    """The radio on the session bus, from when it is made until `close`. Nothing here raises, or waits for the bus.

    Parameters
    ----------
    steered : Steered
        What media keys and widgets act on; called from the thread of the bus.
    address : str, optional
        The bus; by default that of the desktop.
    """

    def __init__(self, steered: Steered, *, address: str | None = None) -> None:
        self.steered = steered
        self._address = address
        self._state: RadioState | None = None
        self._position_us = 0
        self._lock = threading.Lock()
        self._wake: Callable[[], object] | None = None
        self._leave: Callable[[], object] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="aidj-mpris", daemon=True)
        self._thread.start()

    @property
    def position_us(self) -> int:
        """How much of the song has been heard, in microseconds."""
        return self._position_us

    def show(self, state: RadioState, frame: int) -> None:
        """Tell what is heard at a frame. To be called as often as the screen is drawn: mostly little is to do.

        While the presenter speaks the song stays shown: speech lies over a song or between two, and a widget whose
        title changed for five seconds would only flicker.
        """
        self._position_us = round(1e6 * min(state.position_s(frame, self.steered.rate), state.length_s()))
        if self._state is None or _seen(state) != _seen(self._state):
            self._state = state
            self._stir()

    def close(self) -> None:
        """Leave the bus."""
        with self._lock:
            self._closed = True
            if self._leave is not None:
                self._leave()
        self._thread.join(_CLOSE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stir(self) -> None:
        """Let the thread of the bus look at what has changed; while there is none, it will look when it begins."""
        with self._lock:
            if self._wake is not None:
                self._wake()

    def _run(self) -> None:
        try:
            with suppress(asyncio.CancelledError):  # closed
                asyncio.run(self._serve())
        except ImportError as error:
            log.info("No media keys: %s. They come with the extra `mpris` of aidj", error)
        except Exception as error:  # whatever a bus does to us, the music goes on
            log.info("No media keys: %s", f"{type(error).__name__}: {error}".rstrip(": "))

    async def _serve(self) -> None:
        from aidj.radio.mpris_bus import Bus

        loop, task, stirred = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()
        assert task is not None
        # What breaks in the background would be written to the terminal by asyncio itself.
        loop.set_exception_handler(lambda _, context: log.debug("On the session bus: %s", context["message"]))
        with self._lock:
            if self._closed:
                return
            self._wake = lambda: loop.call_soon_threadsafe(stirred.set)
            self._leave = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            async with Bus(self, self._address) as bus:
                with TemporaryDirectory(prefix="aidj-cover-") as folder:
                    while True:
                        stirred.clear()
                        if self._state is not None:
                            bus.show(_shown(self._state, bus.shown, Path(folder)))
                        await bus.wait(stirred)
        finally:
            with self._lock:  # the loop ends here, and can be called no more
                self._wake = self._leave = None


def slider_of(volume_db: float) -> float:
    """Return how far a slider is pushed for a volume, 0 to 1.

    By the cube, as sound servers and desktops have it: half of the way sounds about half as loud.
    """
    return 0.0 if volume_db <= _SILENT_DB else float(min(1.0, 10 ** (volume_db / _CUBE_DB)))


def volume_db_of(slider: float) -> float:
    """Return the volume that a slider means, -60 to 0 dB, for whatever number a desktop sends."""
    if not slider > 0.0:  # below zero means zero, by the specification; no number means silence
        return _SILENT_DB
    return max(_SILENT_DB, _CUBE_DB * log10(min(1.0, slider)))


def _seen(state: RadioState) -> tuple[object, ...]:
    """Return what of a state reaches the desktop."""
    return state.begun, state.length_s(), state.volume_db, state.paused, state.lost, state.ended


def _shown(state: RadioState, before: Shown, folder: Path) -> Shown:
    status: Status = "Stopped" if state.ended is not None else "Paused" if state.paused or state.lost else "Playing"
    song = before.song
    if state.playing is not None and (song is None or song.number != state.begun):
        song = _song(state.playing, state.begun, folder)
    return Shown(status=status, song=song, volume=slider_of(state.volume_db))


def _song(playing: Playing, number: int, folder: Path) -> Song:
    track = playing.track
    return Song(
        number=number,
        title=clean(track.title),
        artists=tuple(clean(name) for name in (*track.artists, *track.guests) or (track.artist,) if clean(name)),
        album=clean(track.album or ""),
        length_us=max(0, round(1e6 * playing.plays_s)),
        url=track.path.absolute().as_uri(),
        art_url=_cover_url(track.path, folder / f"{number}.jpg"),
    )


def _cover_url(song: Path, target: Path) -> str:
    """Write a song's picture to a file, in place of the last song's; empty where it has none."""
    if (picture := picture_of(song, _COVER_PIXELS)) is None:
        return ""
    for old in target.parent.iterdir():
        old.unlink()
    picture.save(target, "JPEG")
    return target.as_uri()
