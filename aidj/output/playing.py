"""Playing: live sound from what makes it to where it goes.

A source is pulled only when its sink has room, so that what the listener asks for is heard soon: between the source and
the ear lies what the sink holds (`Sink.latency_s`) and nothing else.

Conventions: blocks are float32, shape (n_frames, 2). `frames` count those of the source, not silence put in between.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.errors import OutputError

BLOCK_FRAMES = 1024
_WAIT_S = 0.1
"""How long a sink is waited for before `stop` is looked at again."""


class Source(Protocol):
    """What can be played: a live session, a tone."""

    @property
    def rate(self) -> int:
        """Frames per second, in Hz."""

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Return the next frames, shape (n_frames, 2); fewer than asked for, or silence, only where it has ended."""

    @property
    def ended(self) -> bool:
        """Whether all there is has been read."""


class Sink(Protocol):
    """Where live sound can go. `play` calls the methods in this order, from one thread; the rest is for any thread."""

    def open(self, rate: int) -> None:
        """Get ready for frames at this rate, in Hz. Raises OutputError if that is impossible."""

    def ready(self, n_frames: int, timeout_s: float) -> bool:
        """Wait until so many frames can be written, at most for so long; return whether they can.

        While paused or lost they cannot. Raises SinkClosed once nobody listens any more.
        """

    def write(self, block: NDArray[np.float32]) -> None:
        """Take a block, no longer than `ready` has allowed. Does not wait."""

    def drain(self, timeout_s: float) -> bool:
        """After the last block: wait until everything is heard, at most for so long; return whether it is."""

    def close(self) -> None:
        """Let go of the device or the file. May be called twice, and without `open`."""

    def pause(self) -> None:
        """Stop the sound where it is, softly; nothing is lost."""

    def resume(self) -> None:
        """Go on after `pause`."""

    @property
    def heard_frames(self) -> int:
        """Frames of the source that have left the loudspeaker, as far as can be known. Never runs ahead of the ear."""

    @property
    def latency_s(self) -> float:
        """Seconds from now until a frame that is read now is heard."""

    @property
    def underruns(self) -> int:
        """How often the sound broke off because the source was late."""

    @property
    def lost(self) -> bool:
        """Whether the device has gone. Nothing is pulled until it is back."""


class SinkClosed(Exception):  # noqa: N818 - no error: whoever listened has left
    """The other end has been closed: a player that quit, a pipe without a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How playing came to its end.

    Parameters
    ----------
    end : {"ended", "stopped", "closed", "lost"}
        The source ended, `stop` was set, nobody listened any more, or the device went while the last frames sounded.
    n_frames : int
        Frames read from the source.
    heard_frames : int
        Those of them that were heard.
    underruns : int
        How often the sound broke off.
    """

    end: Literal["ended", "stopped", "closed", "lost"]
    n_frames: int
    heard_frames: int
    underruns: int


def play(source: Source, sink: Sink, *, stop: threading.Event, block_frames: int = BLOCK_FRAMES) -> Played:
    """Play a source until it ends, `stop` is set or the sink is closed from outside; then close the sink.

    Returns within about 0.4 s of `stop`, unless the source is busy for longer.

    Parameters
    ----------
    source : Source
        Read from this thread only.
    sink : Sink
        Not yet open. `pause`, `resume` and the figures may be used from other threads meanwhile.
    stop : threading.Event
        Set it, from any thread, to end.
    block_frames : int
        How many frames are read at a time.

    Raises
    ------
    OutputError
        If the sink cannot be opened or written to, or the source hands out something that is no block of frames.
        What the source itself raises comes through as it is.
    """
    if block_frames < 1:
        raise ValueError("a block has at least one frame")
    n_frames = 0
    end: Literal["ended", "stopped", "closed", "lost"] = "stopped"
    try:
        sink.open(source.rate)
        while not stop.is_set():
            if not sink.ready(block_frames, _WAIT_S):
                continue
            block = _checked(source.read(block_frames), block_frames)
            n_frames += len(block)
            sink.write(block)
            if source.ended or len(block) < block_frames:
                end = _drained(sink, stop)
                break
    except SinkClosed:
        end = "closed"
    finally:
        sink.close()
    return Played(end=end, n_frames=n_frames, heard_frames=sink.heard_frames, underruns=sink.underruns)


def _drained(sink: Sink, stop: threading.Event) -> Literal["ended", "stopped", "lost"]:
    while not stop.is_set():
        if sink.drain(_WAIT_S):
            return "ended"
        if sink.lost:
            return "lost"
    return "stopped"


def _checked(block: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    if block.ndim != 2 or block.shape[1] != CHANNELS or len(block) > most:
        raise OutputError(
            f"The source gave samples of the shape {block.shape}",
            cause=f"a block is frames x 2 channels, here at most {most} frames",
        )
    if not np.isfinite(block).all():
        block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(block, dtype=np.float32)
