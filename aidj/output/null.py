"""Sound that goes nowhere, in its own time: for tests, and for a session that nobody listens to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aidj.output.pacing import Pacer

_AHEAD_S = 0.3


class NullSink:
    """Takes frames and forgets them.

    Parameters
    ----------
    paced : bool
        At the speed at which they would sound; otherwise as fast as they come.
    clock : callable
        Seconds, for the pace.
    """

    def __init__(self, *, paced: bool = True, clock: Callable[[], float] = time.monotonic):
        self._paced = paced
        self._clock = clock
        self._running = threading.Event()
        self._running.set()
        self._pacer: Pacer | None = None
        self.n_frames = 0
        """Frames written so far."""

    def open(self, rate: int) -> None:
        """See `Sink.open`."""
        self.n_frames = 0
        self._pacer = Pacer(rate, _AHEAD_S, self._clock) if self._paced else None
        if self._pacer is not None and not self._running.is_set():
            self._pacer.pause()

    def ready(self, n_frames: int, timeout_s: float) -> bool:
        """See `Sink.ready`."""
        if not self._running.wait(timeout_s):
            return False
        return self._pacer is None or wait_until_due(self._pacer, n_frames, timeout_s)

    def write(self, block: NDArray[np.float32]) -> None:
        """See `Sink.write`."""
        self.n_frames += len(block)
        if self._pacer is not None:
            self._pacer.hand_out(len(block))

    def drain(self, timeout_s: float) -> bool:
        """See `Sink.drain`."""
        if self._pacer is None:
            return True
        if self._running.wait(timeout_s):
            time.sleep(min(timeout_s, self._pacer.lead_s))
        return self._pacer.lead_s <= 0

    def close(self) -> None:
        """See `Sink.close`."""
        if self._pacer is not None:
            self._pacer.pause()  # what has not sounded by now never will

    def pause(self) -> None:
        """See `Sink.pause`."""
        self._running.clear()
        if self._pacer is not None:
            self._pacer.pause()

    def resume(self) -> None:
        """See `Sink.resume`."""
        if self._pacer is not None:
            self._pacer.resume()
        self._running.set()

    @property
    def heard_frames(self) -> int:
        """See `Sink.heard_frames`."""
        return self.n_frames if self._pacer is None else self._pacer.sounded_frames

    @property
    def latency_s(self) -> float:
        """See `Sink.latency_s`."""
        return 0.0 if self._pacer is None else self._pacer.lead_s

    @property
    def underruns(self) -> int:
        """See `Sink.underruns`."""
        return 0 if self._pacer is None else self._pacer.underruns

    @property
    def lost(self) -> bool:
        """See `Sink.lost`: never."""
        return False


def wait_until_due(pacer: Pacer, n_frames: int, timeout_s: float) -> bool:
    """Wait until so many frames may be handed out, at most for so long; return whether they may."""
    wait_s = pacer.due_in_s(n_frames)
    if wait_s > 0:
        time.sleep(min(wait_s, timeout_s))
    return wait_s <= timeout_s
