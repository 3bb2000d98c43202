"""Frames handed out in real time by the clock, for outputs that would take them as fast as they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pacer:
    """Says when the next frames are due: at most `ahead_s` before they would sound.

    Frames that come too late make everything after them later; they are not caught up with in a burst.

    Parameters
    ----------
    rate : int
        Hz.
    ahead_s : float
        How far writing may run ahead of the sound, in seconds.
    clock : callable
        Seconds; only differences count.
    """

    def __init__(self, rate: int, ahead_s: float, clock: Callable[[], float] = time.monotonic):
        self._rate = rate
        self._ahead_s = ahead_s
        self._clock = clock
        self._lock = threading.Lock()
        self._handed = 0
        self._sounds_until: float | None = None
        self._stopped_lead_s: float | None = None
        self.underruns = 0
        """How often frames came after the ones before them had already sounded."""

    def due_in_s(self, n_frames: int) -> float:
        """Return the seconds until so many more frames may be handed out; 0 if now, infinite while paused."""
        if self._stopped_lead_s is not None:
            return float("inf")
        return max(0.0, self.lead_s + n_frames / self._rate - max(self._ahead_s, n_frames / self._rate))

    def hand_out(self, n_frames: int) -> None:
        """Count frames that are handed out now."""
        with self._lock:
            now = self._clock()
            if self._sounds_until is None:
                self._sounds_until = now
            elif self._sounds_until < now and self._stopped_lead_s is None:
                self.underruns += 1
                self._sounds_until = now
            self._sounds_until += n_frames / self._rate
            self._handed += n_frames

    def pause(self) -> None:
        """Stop the clock."""
        with self._lock:
            if self._stopped_lead_s is None:
                self._stopped_lead_s = self._lead_s()

    def resume(self) -> None:
        """Let the clock go on."""
        with self._lock:
            if self._stopped_lead_s is not None and self._sounds_until is not None:
                self._sounds_until = self._clock() + self._stopped_lead_s
            self._stopped_lead_s = None

    @property
    def lead_s(self) -> float:
        """Seconds of sound handed out and not yet sounded."""
        with self._lock:
            return self._lead_s() if self._stopped_lead_s is None else self._stopped_lead_s

    @property
    def sounded_frames(self) -> int:
        """Frames that have sounded by the clock."""
        return self._handed - min(self._handed, round(self.lead_s * self._rate))

    def _lead_s(self) -> float:
        return 0.0 if self._sounds_until is None else max(0.0, self._sounds_until - self._clock())
