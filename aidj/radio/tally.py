"""What came of a session that was listened to."""

from __future__ import annotations

from dataclasses import dataclass

from aidj.session import Ended, Event, LinkStarted, Problem, Skipped, TrackStarted


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard, and how it ended.

    Parameters
    ----------
    heard_s : float
        How long there was sound, pauses taken out.
    songs, skipped : int
        How many songs began, and how many were left before their end.
    warnings : tuple of str
        What went wrong, each once.
    reason : str
        Why it ended; empty if the listener ended it.
    by_signal : bool
        Whether it ended because of Ctrl-C, a closed window or `kill`.
    """

    heard_s: float
    songs: int
    skipped: int
    warnings: tuple[str, ...]
    reason: str
    by_signal: bool

    @property
    def has_failed(self) -> bool:
        """Whether it ended because something went wrong."""
        return bool(self.reason) and self.reason in self.warnings

    def summary(self) -> str:
        """Return it in a line, such as "42 minutes, 11 songs, 2 skipped."."""
        minutes = round(self.heard_s / 60)
        length = f"{minutes} minutes" if self.heard_s >= 90 else f"{round(self.heard_s)} seconds"
        if minutes >= 60:
            length = f"{minutes // 60} h {minutes % 60:02d} min"
        songs = "1 song" if self.songs == 1 else f"{self.songs} songs"
        parts = [length, songs, *([f"{self.skipped} skipped"] if self.skipped else [])]
        why = f" It ended: {self.reason.rstrip('.')}." if self.reason and not self.has_failed else ""
        return f"{', '.join(parts)}.{why}"


class Tally:
    """Counts while it is listened."""

    def __init__(self) -> None:
        self.is_leaving = False
        """Whether the listener has had enough: the last song is not one that was skipped."""
        self.reason = ""
        self.began: int | None = None
        """The first frame that was heard of it, pauses taken out: before, it was made ready."""
        self._songs = self._skipped = 0
        self._warnings: dict[str, None] = {}

    def count(self, event: Event, *, heard_frames: int, sounded_frame: int) -> None:
        """Take an event, and its frame with pauses taken out; a song that began behind what was heard is none."""
        if self.began is None and isinstance(event, TrackStarted | LinkStarted):
            self.began = sounded_frame
        match event:
            case TrackStarted():
                self._songs += event.frame < heard_frames
            case Skipped():
                self._skipped += not self.is_leaving
            case Problem():
                self._warnings[event.text] = None
            case Ended():
                self.reason = event.reason

    def heard(self, heard_s: float, *, by_listener: bool, by_signal: bool) -> Heard:
        """Return the result."""
        return Heard(
            heard_s=heard_s,
            songs=self._songs,
            skipped=self._skipped,
            warnings=tuple(self._warnings),
            reason="" if by_listener else self.reason,
            by_signal=by_signal,
        )
