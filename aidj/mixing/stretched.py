"""A source at a tempo that changes on the way, at its own pitch.

Conventions: frames of the clip count from its first one; what a filter hears before that has negative numbers.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.mixing.ahead import Ahead, OpenAt, open_with_lead
from aidj.mixing.split import SHARED_HZ, Split, first_heard, low_step
from aidj.mixing.vocoder import OVERLAP, Vocoder
from aidj.timeline import TempoStep

_WINDOW_S = 0.093
"""Windows for the bass, whose tones lie close together. Above it, where the drums are, they are half as long."""
_SETTLE_HOPS = 8
"""Hops of long windows made for nothing before the first one heard, where a clip begins in the middle of a stretch."""
_PLAIN_HOPS = 16
"""So many hops are passed on together where nothing has to be made."""


def window_frames(rate: int) -> int:
    """Return the length of the longest window at a sample rate."""
    return 1 << round(math.log2(_WINDOW_S * rate))


class FrameMap:
    """Which source frame sounds at which frame of a clip: the integral of the rates, to the nearest frame.

    Parameters
    ----------
    steps : Sequence of TempoStep
        In order, in frames of the clip. Before the first the tempo is native; what holds at the clip's first frame
        holds before it as well.
    source_start_frames : int
        The source frame at the clip's first frame.
    """

    def __init__(self, steps: Sequence[TempoStep], source_start_frames: int) -> None:
        past = [step.rate for step in steps if step.start_frames <= 0]
        self._starts = [0]
        self._rates = [past[-1] if past else 1.0]
        # How far the source is ahead of the clip, where each rate begins: at the native tempo it stays exactly so.
        self._leads = [float(source_start_frames)]
        for step in steps:
            if step.start_frames > 0 and step.rate != self._rates[-1]:
                self._leads.append(self._lead(step.start_frames))
                self._starts.append(step.start_frames)
                self._rates.append(step.rate)

    def _lead(self, frame: int) -> float:
        index = max(0, bisect_right(self._starts, frame) - 1)
        return self._leads[index] + (self._rates[index] - 1) * (frame - self._starts[index])

    def source_frame(self, frame: int) -> int:
        """Return the source frame that sounds at a frame of the clip."""
        return frame + round(self._lead(frame))

    def native_since(self, frame: int) -> float:
        """Return for how many frames up to here the tempo has been native; infinity if always."""
        index = max(0, bisect_right(self._starts, frame - 1) - 1)
        if self._rates[index] != 1.0:
            return 0
        return frame - self._starts[index] if index else float("inf")

    @property
    def is_native(self) -> bool:
        """Whether the tempo is never changed."""
        return self._rates == [1.0]


class Stretched:
    """Reads a source after a frame map: the source's own samples where the tempo is native and has been for a while.

    Two bands are stretched on their own after the same map and added up. Everything is made in hops of the long windows
    that are counted from the clip's first frame, so the reads do not matter.

    Parameters
    ----------
    open_at : OpenAt
        Opens the source.
    tempo : FrameMap
        From frames of the clip to frames of the source.
    rate : int
        Frames per second.
    first_frame : int
        The frame of the clip that is read first; may be negative.
    """

    def __init__(self, open_at: OpenAt, tempo: FrameMap, rate: int, first_frame: int = 0) -> None:
        self._tempo = tempo
        long = window_frames(rate)
        self._hop_frames = hop_frames = long // OVERLAP
        self._hop = first_frame // hop_frames
        earliest = first_heard(tempo.source_frame((self._hop - _SETTLE_HOPS - OVERLAP) * hop_frames) - long)
        self._source = Ahead(open_with_lead(open_at, earliest), earliest, _PLAIN_HOPS * hop_frames + 4 * long)
        split = Split(self._source, rate, 2 * long)
        low = Vocoder(split.low, long, rate, step=low_step(rate))
        high = Vocoder(split.high, long // 2, rate, below=low, shared_hz=SHARED_HZ)
        self._bands = _Stretching(low, tempo), _Stretching(high, tempo)
        self._return_frames = max(band.vocoder.return_frames for band in self._bands)
        self._next_hop: int | None = None
        self._ready = np.zeros((0, CHANNELS), np.float32)
        self._ended = False
        self._drop = first_frame - self._hop * hop_frames

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none.

        Raises
        ------
        AudioError
            If the source breaks off; whatever came before has been returned by then.
        """
        parts = [self._ready]
        have = len(self._ready)
        while have < n_frames and not self._ended:
            part = self._next_hops()
            # A lead that begins within a hop is cut off its front.
            part, self._drop = part[self._drop :], max(0, self._drop - len(part))
            parts.append(part)
            have += len(part)
        joined = np.concatenate(parts)
        out, self._ready = joined[:n_frames], joined[n_frames:]
        if len(out) == 0 and n_frames > 0 and self._source.failure is not None:
            raise self._source.failure
        return out

    def _next_hops(self) -> NDArray[np.float32]:
        """Return what comes next: a hop, or many where nothing has to be made."""
        start = self._hop * self._hop_frames
        n_hops = _PLAIN_HOPS if self._is_plain(self._hop, _PLAIN_HOPS) else 1
        if self._is_plain(self._hop, n_hops):
            self._next_hop = None
            place = self._tempo.source_frame(start)
            out = self._source.get(place, place + n_hops * self._hop_frames)
        else:
            out = self._stretch(self._hop)
        self._hop += n_hops
        end = self._source.end_frame
        if end is not None and self._tempo.source_frame(start + len(out)) > end:
            out = out[: sum(self._tempo.source_frame(start + i) < end for i in range(len(out)))]
            self._ended = True
        return out

    def _is_plain(self, hop: int, n_hops: int = 1) -> bool:
        """Tell whether all windows that cover some hops would give back the source."""
        first, last = hop + 1 - OVERLAP // 2, hop + n_hops - 1 + OVERLAP // 2
        since_first = (last - first) * self._hop_frames
        return self._tempo.native_since(last * self._hop_frames) >= since_first + self._return_frames

    def _stretch(self, hop: int) -> NDArray[np.float32]:
        """Return a hop of which all windows are made."""
        if self._next_hop is None:
            self._next_hop = hop if self._is_plain(hop - 1) else hop - _SETTLE_HOPS
            for band in self._bands:
                band.begin(self._next_hop * self._hop_frames)
        for _ in range(self._next_hop, hop + 1):
            low, high = (band.next_frames(self._hop_frames) for band in self._bands)
        self._next_hop = hop + 1
        return (low + high).T

    def close(self) -> None:
        """Give the source back."""
        self._source.close()


class _Stretching:
    """Adds up a vocoder's windows."""

    def __init__(self, vocoder: Vocoder, tempo: FrameMap) -> None:
        self.vocoder = vocoder
        self._tempo = tempo
        self._window = 0
        self._sum = np.zeros((CHANNELS, vocoder.size), np.float32)

    def begin(self, frame: int) -> None:
        """Make nothing before a frame of the clip, a multiple of the hop."""
        self.vocoder.forget()
        self._sum[:] = 0
        # Window k reaches from half its length before frame k * hop to half its length behind it.
        self._window = frame // self.vocoder.hop + 1 - OVERLAP // 2
        for _ in range(OVERLAP - 1):
            self._add_window()

    def next_frames(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next frames, shape (2, n_frames); a multiple of the hop."""
        hop = self.vocoder.hop
        parts = []
        for _ in range(n_frames // hop):
            self._add_window()
            parts.append(self._sum[:, :hop].copy())
        return np.concatenate(parts, axis=1)

    def _add_window(self) -> None:
        hop = self.vocoder.hop
        at = self._window * hop
        self._sum[:, :-hop] = self._sum[:, hop:]
        self._sum[:, -hop:] = 0
        self._sum += self.vocoder.window(self._tempo.source_frame(at), self._tempo.native_since(at) >= hop)
        self._window += 1
