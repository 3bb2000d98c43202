"""The part of a live session that sounds: what is planned is mixed, block by block, as it is read.

It is given a timeline at a time and never waits for files of its own: nothing here touches the data file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.session.audible import Audible, Cue
from aidj.session.events import Event, Paused, Resumed
from aidj.session.fader import Fader
from aidj.timeline import Timeline

if TYPE_CHECKING:
    from aidj.mixing import LiveMixer

LOUDEST_DB = 0.0
"""The mix is limited already: louder than it is would clip."""
SILENT_DB = -60.0
"""From here down nothing is heard at all."""

_PAUSE_FADE_S = 0.03
_VOLUME_FADE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SongBroke:
    """A note: a song has fallen silent, as its file cannot be read any further."""

    paths: tuple[Path, ...]
    """Of that file, and of those that were to follow it without a gap."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Programmed:
    """A timeline ready to be played."""

    timeline: Timeline
    cues: tuple[Cue, ...]
    """In the order of their frames."""
    sure_frames: int
    """Up to this frame nothing that is still missing can change it."""
    is_whole: bool
    """Whether the session is over where the timeline ends."""
    is_sure: bool
    """Whether nothing is missing: it is whole, and everything in it has been spoken."""


class Player:
    """What sounds now. Every method may be called from any thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._changed = threading.Condition(threading.RLock())
        self._mixer: LiveMixer | None = None
        self._programmed: Programmed | None = None
        self._audible = Audible(rate)
        self._frame = 0
        self._paused = False
        self._sounding = Fader(1.0, round(_PAUSE_FADE_S * rate))
        self._volume = Fader(1.0, round(_VOLUME_FADE_S * rate))
        self._ended = False
        self._waiting = 0
        self._awaited = 0
        self._limit: int | None = None
        self._changes = 0

    # What is heard ----------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> int:
        """How many frames have been read."""
        return self._frame

    def read_s(self) -> float:
        """Return how long the session has gone on: how many seconds have been read."""
        return self._frame / self.rate

    @property
    def song(self) -> int | None:
        """The place of the song that began last among the entries of the plan; None before the first."""
        return self._audible.song

    @property
    def ended(self) -> bool:
        """Whether everything has been read."""
        return self._ended

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (n_frames, 2); silence while paused and behind the end."""
        if n_frames < 0:
            raise ValueError("there is no reading backwards")
        out = np.zeros((n_frames, CHANNELS), np.float32)
        with self._changed:
            done = 0
            while done < n_frames:
                done += self._next(out[done:])
            self._volume.apply(out)
            # Whoever plans is woken for what it has to do something about, not by each of forty blocks a second.
            if self._audible.has_notes or self._limit is not None or self._left_frames() == 0:
                self._notify()
        return out

    def wait_until_sure(self, n_frames: int, timeout_s: float) -> bool:
        """Wait until the next n_frames frames are known for certain; return whether they are."""
        with self._changed:
            self._awaited += 1
            self._notify()
            try:
                return self._changed.wait_for(lambda: self._is_sure(n_frames), timeout_s)
            finally:
                self._awaited -= 1

    @property
    def is_awaited(self) -> bool:
        """Whether a reader waits for what is to come, however long that takes."""
        return self._awaited > 0

    def events(self, up_to_frame: int | None = None) -> tuple[Event, ...]:
        """Return what has become audible before a frame, each once; by default all that was read."""
        with self._changed:
            return self._audible.events(up_to_frame)

    # What is wanted ---------------------------------------------------------------------------------------------------

    def pause(self, paused: bool) -> None:
        """Stop where it is, or go on from there."""
        with self._changed:
            if paused != self._paused and not self._ended:
                self._tell(Paused(frame=0) if paused else Resumed(frame=0))
            self._paused = paused
            self._sounding.to(0.0 if paused else 1.0)
            if self._left_frames() == 0:
                self._sounding.finish()  # nothing sounds that could fade

    @property
    def paused(self) -> bool:
        """Whether it was stopped where it is."""
        return self._paused

    def set_volume(self, volume_db: float) -> None:
        """Change the volume over a tenth of a second."""
        if not volume_db <= LOUDEST_DB:
            raise ValueError(f"the volume is at most {LOUDEST_DB:g} dB")
        with self._changed:
            self._volume.to(10 ** (volume_db / 20) if volume_db > SILENT_DB else 0.0)

    # What is planned --------------------------------------------------------------------------------------------------

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everything where it is for a moment: whoever reads waits."""
        with self._changed:
            yield

    def decided_frame(self) -> int:
        """Return the first frame of the timeline that can still change."""
        with self._changed:
            if self._mixer is None:
                return 0
            return self._mixer.frame + self._mixer.committed_frames

    def left_s(self) -> float:
        """Return how many seconds are left of all that is ready."""
        with self._changed:
            return self._left_frames() / self.rate

    def is_dry(self) -> bool:
        """Return whether all that was ready has been played, and more was to come."""
        with self._changed:
            return self._left_frames() == 0 and not self._ended

    def begin(self, programmed: Programmed) -> None:
        """Play a timeline from its beginning, after silence."""
        from aidj.mixing import LiveMixer

        with self._changed:
            self._let_go()
            self._mixer = LiveMixer(programmed.timeline)
            self._programmed = programmed
            self._audible.expect(programmed.cues)
            self._notify()

    def swap(self, programmed: Programmed, *, from_frame: int) -> bool:
        """Play another timeline from a frame on; return False, and change nothing, if it comes too late."""
        with self._changed:
            if self._mixer is None or self.decided_frame() > from_frame:
                return False
            self._mixer.replace(programmed.timeline)
            self._programmed = programmed
            self._audible.expect(programmed.cues, from_frame=from_frame)
            self._notify()
            return True

    def be_sure(self, frames: int, *, is_sure: bool) -> None:
        """Wait no longer for what was missing, see `Programmed`."""
        with self._changed:
            if self._programmed is not None:
                self._programmed = replace(self._programmed, sure_frames=frames, is_sure=is_sure)
            self._notify()

    def end(self, event: Event) -> None:
        """End here: nothing comes any more."""
        with self._changed:
            if not self._ended:
                self._ended = True
                self._tell(event)
            self._notify()

    def close(self) -> None:
        """Give all files back; nothing can be read after that but silence."""
        with self._changed:
            self._ended = True
            self._let_go()
            self._notify()

    def _let_go(self) -> None:
        if self._mixer is not None:
            self._mixer.close()
            self._mixer = None

    def tell(self, event: Event) -> None:
        """Let something happen now."""
        with self._changed:
            if not self._ended:
                self._tell(event)

    def notes(self) -> list[tuple[object, int]]:
        """Return what was passed since the last time, with the frame as it was read.

        Each is to be taken off with `busy` once it is done with.
        """
        with self._changed:
            return self._audible.notes()

    def busy(self, more: int) -> None:
        """Count what has still to be done before the future is certain."""
        with self._changed:
            self._waiting += more
            self._notify()

    def limit(self, frame: int | None) -> None:
        """Let whoever waits with `wait_until_sure` go on from before a frame only; None lifts that.

        A block that begins before it may be read as a whole, however long it is.
        """
        with self._changed:
            self._limit = frame
            self._changed.notify_all()  # the readers alone: this is nothing to wake the one who plans for

    def wait_for_change(self, seen: int, timeout_s: float) -> int:
        """Wait until something has been read or asked for since; return what to pass as `seen` the next time."""
        with self._changed:
            self._changed.wait_for(lambda: self._changes != seen, timeout_s)
            return self._changes

    def _tell(self, event: Event) -> None:
        self._audible.tell(event, at=self._frame)

    def _notify(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def _is_sure(self, n_frames: int) -> bool:
        if self._ended or self._paused:
            return True
        if self._limit is not None and self._frame >= self._limit:
            return False
        if self._waiting or self._mixer is None or self._programmed is None:
            return False
        return self._programmed.is_sure or self._mixer.frame + n_frames <= self._programmed.sure_frames

    def _left_frames(self) -> int:
        if self._mixer is None or self._programmed is None or self._ended:
            return 0
        return max(0, self._programmed.timeline.n_frames - self._mixer.frame)

    def _next(self, out: NDArray[np.float32]) -> int:
        """Fill the beginning of a block; return how many frames."""
        if self._paused and self._sounding.is_silent:
            self._frame += len(out)
            return len(out)
        left = self._left_frames()
        if left == 0:
            self._silence(len(out))
            return len(out)
        assert self._mixer is not None
        n_frames = min(len(out), left, self._sounding.frames_left or len(out))
        from_frame = self._mixer.frame
        out[:n_frames] = self._mixer.read(n_frames)
        for clip, why in self._mixer.broken():
            paths = (clip.source, *clip.then) if isinstance(clip.source, Path) else ()
            self._audible.note(SongBroke(paths=paths, why=why), at=self._frame)
            self._waiting += 1
        self._sounding.apply(out[:n_frames])
        self._pass(from_frame, from_frame + n_frames)
        self._frame += n_frames
        if n_frames == left and self._programmed is not None and self._programmed.is_whole:
            self._pass(from_frame + n_frames, from_frame + n_frames + 1)
            self._ended = True
        return n_frames

    def _silence(self, n_frames: int) -> None:
        self._sounding.finish()
        if self._mixer is not None and not self._ended and not self._paused:
            self._audible.missed(n_frames, at=self._frame)
        self._frame += n_frames

    def _pass(self, from_frame: int, to_frame: int) -> None:
        self._waiting += self._audible.sounded(from_frame, to_frame, at=self._frame)  # until they are written down
