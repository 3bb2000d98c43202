"""The mix of a session that is not over: read in real time, and replaced beyond the playhead."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.mixing.limiter import CEILING_DBTP, Limiter
from aidj.mixing.mixer import Sum
from aidj.timeline import Clip, Timeline

LIVE_BLOCK_FRAMES = 1024


class LiveMixer:
    """Gives the samples of a timeline in blocks of any length, and goes on with another timeline when told to.

    Without `replace` the samples are those of `mix`. A thread of its own opens the files before they are heard, so that
    a read waits for nothing but decoding. Safe to use from several threads.

    Parameters
    ----------
    timeline : Timeline
        What is heard.
    block_frames : int
        So many frames are made together, a multiple of 512: fewer mean that a change is heard sooner.
    ceiling_dbtp : float or None
        Where the true-peak limiter holds; None leaves it out.
    """

    def __init__(
        self,
        timeline: Timeline,
        *,
        block_frames: int = LIVE_BLOCK_FRAMES,
        ceiling_dbtp: float | None = CEILING_DBTP,
    ) -> None:
        self._rate = timeline.rate
        self._block = block_frames
        self._limiter = (
            Limiter(timeline.rate, ceiling_dbtp, chunk_frames=block_frames) if ceiling_dbtp is not None else None
        )
        self._opener = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aidj-opening")
        self._lock = threading.Lock()
        self._sum = Sum(timeline, self._opener)
        self._made: deque[NDArray[np.float32]] = deque()
        self._n_made = 0
        self._frame = 0

    @property
    def frame(self) -> int:
        """The playhead: the next frame to be read."""
        return self._frame

    @property
    def committed_frames(self) -> int:
        """How many frames from the playhead on are made already and cannot change: about a block and 12 ms at most."""
        with self._lock:
            return self._sum.frame - self._frame

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, float32, shape (n_frames, 2); silence behind the end."""
        out = np.empty((n_frames, CHANNELS), np.float32)
        with self._lock:
            while self._n_made < n_frames:
                self._make()
            at = 0
            while at < n_frames:
                block = self._made.popleft()
                taken = block[: n_frames - at]
                out[at : at + len(taken)] = taken
                at += len(taken)
                if len(taken) < len(block):
                    self._made.appendleft(block[len(taken) :])
            self._n_made -= n_frames
            self._frame += n_frames
        return out

    def broken(self) -> list[tuple[Clip, str]]:
        """Return the clips that fell silent since the last time because their files cannot be read, and why."""
        with self._lock:
            broken, self._sum.broken = self._sum.broken, []
            return broken

    def _make(self) -> None:
        if self._limiter is None:
            made = [self._sum.read(self._block)]
        else:
            made = list(self._limiter.put(self._sum.read(self._limiter.missing_frames)))
        self._made += made
        self._n_made += sum(map(len, made))

    def replace(self, timeline: Timeline) -> int:
        """Go on with another timeline from the first frame that is not made yet, and return that frame.

        Clips that are in both go on without being opened again, whatever their gains, bands and ends become. What is
        in the old one alone ends there: it has to be silent by then.

        Raises
        ------
        ValueError
            If the timeline has another rate.
        """
        if timeline.rate != self._rate:
            raise ValueError(f"a timeline at {timeline.rate} Hz cannot replace one at {self._rate} Hz")
        with self._lock:
            self._sum.replace(timeline)
            return self._sum.frame

    def close(self) -> None:
        """Give all files back; nothing can be read after that."""
        with self._lock:
            self._sum.close()
        self._opener.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
