"""Sum the clips of a timeline, block by block.

Conventions: blocks are float32, shape (n_frames, 2). A block's samples do not depend on where the blocks are cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.mixing.limiter import CEILING_DBTP, Limiter
from aidj.mixing.sounding import Sounding
from aidj.timeline import Clip, Timeline

BLOCK_FRAMES = 16384

_OPENED_AHEAD_S = 10.0
"""Files are opened so long before they are heard, where somebody else can do it meanwhile."""


def mix(
    timeline: Timeline, *, block_frames: int = BLOCK_FRAMES, ceiling_dbtp: float | None = CEILING_DBTP
) -> Iterator[NDArray[np.float32]]:
    """Yield the samples of a timeline, exactly `timeline.n_frames` of them.

    A clip whose file cannot be opened, or breaks off, is silent from there on and logged: the rest goes on.

    Parameters
    ----------
    block_frames : int
        Length of each block but the last where there is no limiter, which hands on chunks of its own length.
    ceiling_dbtp : float or None
        Where the true-peak limiter holds; None leaves it out.
    """
    if block_frames < 1:
        raise ValueError("a block has at least one frame")
    blocks = _sum(timeline, block_frames)
    return Limiter(timeline.rate, ceiling_dbtp).run(blocks) if ceiling_dbtp is not None else blocks


def _sum(timeline: Timeline, block_frames: int) -> Iterator[NDArray[np.float32]]:
    clips = Sum(timeline)
    try:
        while clips.frame < timeline.n_frames:
            yield clips.read(min(block_frames, timeline.n_frames - clips.frame))
    finally:
        clips.close()


class Sum:
    """The clips of a timeline, added up; the timeline can be replaced on the way.

    Parameters
    ----------
    timeline : Timeline
        What is heard.
    opener : Executor, optional
        Opens files before they are heard; without one, each is opened when it is.
    """

    def __init__(self, timeline: Timeline, opener: Executor | None = None) -> None:
        self.frame = 0
        """The next frame to be read."""
        self.broken: list[tuple[Clip, str]] = []
        """Clips that fell silent because their files cannot be read, and why. To be emptied."""
        self._rate = timeline.rate
        self._opener = opener
        self._waiting: list[Clip] = list(reversed(timeline.clips))
        self._coming: list[Sounding] = []
        """Those that will be heard next, in order, and are being opened."""
        self._sounding: list[Sounding] = []
        self._look_ahead()

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (n_frames, 2); silence where there is nothing."""
        start, stop = self.frame, self.frame + n_frames
        self._begin(stop)
        block: NDArray[np.float32] | None = None
        for clip in self._sounding:
            offset, samples = clip.sound(start, n_frames)
            if clip.failure is not None:
                self.broken.append((clip.clip, clip.failure))
                clip.failure = None
            if block is None and len(samples) == n_frames:
                block = samples  # nearly always one song sounds alone
                continue
            if block is None:
                block = np.zeros((n_frames, CHANNELS), np.float32)
            block[offset : offset + len(samples)] += samples
        self.frame = stop
        for clip in [clip for clip in self._sounding if clip.clip.end_frames <= stop]:
            clip.close()
            self._sounding.remove(clip)
        self._look_ahead()
        return block if block is not None else np.zeros((n_frames, CHANNELS), np.float32)

    def replace(self, timeline: Timeline) -> None:
        """Go on with another timeline from the next frame on; a clip that is in both is not opened again."""
        before = [*self._sounding, *self._coming]
        self._sounding, self._coming = [], []
        self._waiting = [clip for clip in reversed(timeline.clips) if clip.end_frames > self.frame]
        while self._waiting and self._waiting[-1].start_frames < self._opened_until():
            clip = self._waiting.pop()
            same = next((sounding for sounding in before if sounding.goes_on_as(clip)), None)
            if same is not None:
                before.remove(same)
                same.go_on_as(clip)
            begun = clip.start_frames < self.frame
            (self._sounding if begun else self._coming).append(same or self._open(clip))
        for sounding in before:
            sounding.close()

    def _begin(self, stop: int) -> None:
        """Let all clips sound that begin before a frame."""
        while self._coming and self._coming[0].clip.start_frames < stop:
            self._sounding.append(self._coming.pop(0))
        while self._waiting and self._waiting[-1].start_frames < stop:
            self._sounding.append(self._open(self._waiting.pop()))

    def _look_ahead(self) -> None:
        while self._opener and self._waiting and self._waiting[-1].start_frames < self._opened_until():
            self._coming.append(self._open(self._waiting.pop()))

    def _opened_until(self) -> int:
        return self.frame + (round(_OPENED_AHEAD_S * self._rate) if self._opener else 0)

    def _open(self, clip: Clip) -> Sounding:
        return Sounding(clip, self._rate, max(clip.start_frames, self.frame), self._opener)

    def close(self) -> None:
        """Give all files back."""
        for clip in (*self._sounding, *self._coming):
            clip.close()
        self._sounding, self._coming, self._waiting = [], [], []
