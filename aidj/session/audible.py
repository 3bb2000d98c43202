"""What becomes audible when: the cues of what plays, turned into events and notes as the frames are read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from aidj.session.events import Event, Underrun

_MOST_EVENTS = 20_000
"""Kept for a reader who does not come for them; what is older is lost."""
_UNDERRUN_S = 1.0
"""Silence that lasts is told in pieces of about this length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What becomes audible at a frame of a timeline."""

    frame: int
    event: Event | None = None
    note: object = None
    """For whoever plans and records."""
    song: int | None = None
    """The place of the song among the entries of the plan that begins here."""


class Audible:
    """Keeps what has become audible until it is asked for. Serves one thread at a time.

    Frames are those that were read, where they are not said to be of a timeline.

    Attributes
    ----------
    song : int or None
        The place of the song that began last among the entries of the plan; None before the first.
    """

    def __init__(self, rate: int) -> None:
        self.song: int | None = None
        self._rate = rate
        self._cues: deque[Cue] = deque()
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._notes: deque[tuple[object, int]] = deque()
        self._missing_frames = 0

    @property
    def has_notes(self) -> bool:
        """Whether there are notes that nobody has come for."""
        return bool(self._notes)

    def expect(self, cues: Iterable[Cue], *, from_frame: int = 0) -> None:
        """Take what is to come from a frame of the timeline on, in the order of its frames, in place of what was."""
        before = [cue for cue in self._cues if cue.frame < from_frame]
        self._cues = deque([*before, *(cue for cue in cues if cue.frame >= from_frame)])

    def sounded(self, from_frame: int, to_frame: int, *, at: int) -> int:
        """Take the cues of a part of the timeline that is heard from frame `at` on; return how many notes they hold."""
        self._end_underrun(at)
        n_notes = 0
        while self._cues and self._cues[0].frame < to_frame:
            cue = self._cues.popleft()
            frame = at + max(0, cue.frame - from_frame)
            if cue.song is not None:
                self.song = cue.song
            if cue.event is not None:
                self._events.append(replace(cue.event, frame=frame))
            if cue.note is not None:
                self._notes.append((cue.note, frame))
                n_notes += 1
        return n_notes

    def note(self, note: object, *, at: int) -> None:
        """Leave a note for whoever plans and records."""
        self._notes.append((note, at))

    def missed(self, n_frames: int, *, at: int) -> None:
        """Take note that nothing was ready for so many frames from frame `at` on."""
        self._missing_frames += n_frames
        if self._missing_frames >= _UNDERRUN_S * self._rate:
            self._end_underrun(at + n_frames)

    def tell(self, event: Event, *, at: int) -> None:
        """Let something happen at frame `at`, behind all that was read."""
        self._end_underrun(at)
        self._events.append(replace(event, frame=at))

    def events(self, up_to_frame: int | None) -> tuple[Event, ...]:
        """Return what has happened before a frame, in order, each once; None for all of it."""
        found: list[Event] = []
        while self._events and (up_to_frame is None or self._events[0].frame < up_to_frame):
            found.append(self._events.popleft())
        return tuple(found)

    def notes(self) -> list[tuple[object, int]]:
        """Return the notes that were passed, each once, with the frame as it was read."""
        found = list(self._notes)
        self._notes.clear()
        return found

    def _end_underrun(self, at: int) -> None:
        """Tell of the silence before frame `at` that was not told of, if there is any."""
        if self._missing_frames:
            self._events.append(Underrun(frame=at - self._missing_frames, frames=self._missing_frames))
            self._missing_frames = 0
