"""The part of a live session that sounds: blocks of samples, and what becomes audible in them.

It is given a timeline at a time and never waits for files of its own: nothing here touches the data file.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.model import Speech
from aidj.session.events import Event, Paused, Resumed, Underrun
from aidj.timeline import Timeline

if TYPE_CHECKING:
    from aidj.mixing import LiveMixer

LOUDEST_DB = 0.0
"""The mix is limited already: louder than it is would clip."""
SILENT_DB = -60.0
"""From here down nothing is heard at all."""

_PAUSE_FADE_S = 0.03
_VOLUME_FADE_S = 0.1
_MOST_EVENTS = 20_000
"""Kept for a reader who does not come for them; what is older is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What becomes audible at a frame of a timeline."""

    frame: int
    event: Event | None = None
    note: object = None
    """For whoever plans and records."""
    song: int | None = None
    """The place of the song among the entries of the plan that begins here."""


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
        self._cues: deque[Cue] = deque()
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._notes: deque[tuple[object, int]] = deque()
        self._frame = 0
        self._silent_since: int | None = None
        self._paused = False
        self._sounding = _Fader(1.0, round(_PAUSE_FADE_S * rate))
        self._volume = _Fader(1.0, round(_VOLUME_FADE_S * rate))
        self._ended = False
        self._waiting = 0
        self._limit: int | None = None
        self._changes = 0
        self._song: int | None = None

    # What is heard ----------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> int:
        """How many frames have been read."""
        return self._frame

    @property
    def song(self) -> int | None:
        """The place of the song that began last among the entries of the plan; None before the first."""
        return self._song

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
            if self._notes or self._limit is not None or self._left_frames() == 0:
                self._notify()
        return out

    def wait_until_sure(self, n_frames: int, timeout_s: float) -> bool:
        """Wait until the next n_frames frames are known for certain; return whether they are."""
        with self._changed:
            self._notify()
            return self._changed.wait_for(lambda: self._is_sure(n_frames), timeout_s)

    def events(self, up_to_frame: int | None = None) -> tuple[Event, ...]:
        """Return what has become audible before a frame, each once; by default all that was read."""
        found: list[Event] = []
        with self._changed:
            while self._events and (up_to_frame is None or self._events[0].frame < up_to_frame):
                found.append(self._events.popleft())
        return tuple(found)

    # What is wanted ---------------------------------------------------------------------------------------------------

    def pause(self, paused: bool) -> None:
        """Stop where it is, or go on from there."""
        with self._changed:
            if paused != self._paused and not self._ended:
                self._events.append(Paused(frame=self._frame) if paused else Resumed(frame=self._frame))
            self._paused = paused
            self._sounding.to(0.0 if paused else 1.0)

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
            self._cues = deque(programmed.cues)
            self._notify()

    def swap(self, programmed: Programmed, *, from_frame: int) -> bool:
        """Play another timeline from a frame on; return False, and change nothing, if it comes too late."""
        with self._changed:
            if self._mixer is None or self.decided_frame() > from_frame:
                return False
            self._mixer.replace(programmed.timeline)
            self._programmed = programmed
            self._cues = deque(cue for cue in programmed.cues if cue.frame >= self._mixer.frame)
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
                self._events.append(replace(event, frame=self._frame))
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
                self._events.append(replace(event, frame=self._frame))

    def notes(self) -> list[tuple[object, int]]:
        """Return what was passed since the last time, with the frame as it was read.

        Each is to be taken off with `busy` once it is done with.
        """
        with self._changed:
            found = list(self._notes)
            self._notes.clear()
        return found

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
        self._silent_since = None
        n_frames = min(len(out), left, self._sounding.frames_left or len(out))
        from_frame = self._mixer.frame
        out[:n_frames] = self._mixer.read(n_frames)
        self._sounding.apply(out[:n_frames])
        self._pass(from_frame, from_frame + n_frames)
        self._frame += n_frames
        if n_frames == left and self._programmed is not None and self._programmed.is_whole:
            self._pass(from_frame + n_frames, from_frame + n_frames + 1)
            self._ended = True
        return n_frames

    def _silence(self, n_frames: int) -> None:
        self._sounding.finish()
        if self._mixer is not None and not self._ended:
            last = self._events[-1] if self._events else None
            if self._silent_since is None:
                self._silent_since = self._frame
                self._events.append(Underrun(frame=self._frame, frames=n_frames))
            elif isinstance(last, Underrun) and last.frame == self._silent_since:
                self._events[-1] = replace(last, frames=last.frames + n_frames)
        self._frame += n_frames

    def _pass(self, from_frame: int, to_frame: int) -> None:
        while self._cues and self._cues[0].frame < to_frame:
            cue = self._cues.popleft()
            frame = self._frame + max(0, cue.frame - from_frame)
            if cue.song is not None:
                self._song = cue.song
            if cue.event is not None:
                self._events.append(replace(cue.event, frame=frame))
            if cue.note is not None:
                self._notes.append((cue.note, frame))
                self._waiting += 1  # until it is written down


class _Fader:
    """A gain that moves in a straight line."""

    def __init__(self, gain: float, fade_frames: int) -> None:
        self._gain = self._target = gain
        self._step = 1.0 / max(1, fade_frames)

    @property
    def is_silent(self) -> bool:
        return self._gain == 0.0 == self._target

    @property
    def frames_left(self) -> int:
        """How long it still moves."""
        return int(np.ceil(abs(self._target - self._gain) / self._step))

    def to(self, gain: float) -> None:
        self._target = gain

    def finish(self) -> None:
        self._gain = self._target

    def apply(self, block: NDArray[np.float32]) -> None:
        """Change a block in place."""
        if self._gain == self._target:
            if self._gain != 1.0:
                block *= np.float32(self._gain)
            return
        way = self._target - self._gain
        moved = np.minimum(np.arange(1, len(block) + 1) * self._step, abs(way)) * np.sign(way)
        block *= (self._gain + moved).astype(np.float32)[:, None]
        self._gain = self._target if len(block) >= self.frames_left else self._gain + float(moved[-1])


def same_before(old: Timeline, new: Timeline, frame: int) -> bool:
    """Return whether two timelines sound the same before a frame."""
    ours, theirs = (_before(timeline, frame) for timeline in (old, new))
    return ours == theirs


def _before(timeline: Timeline, frame: int) -> Sequence[object]:
    # A band touches nothing before its first ramp; what comes may need one, or none any more.
    return [
        (
            (clip.source.text, len(clip.source.samples)) if isinstance(clip.source, Speech) else clip.source,
            clip.start_frames,
            clip.source_start_frames,
            clip.gain,
            min(clip.end_frames, frame),
            [ramp for ramp in clip.ramps if ramp.start_frames < frame],
            [step for step in clip.tempo if step.start_frames < frame],
            [
                (band.filter, [ramp for ramp in band.ramps if ramp.start_frames < frame])
                for band in clip.bands
                if any(ramp.start_frames < frame or ramp.from_gain != 1.0 for ramp in band.ramps)
            ],
        )
        for clip in timeline.clips
        if clip.start_frames < frame
    ]
