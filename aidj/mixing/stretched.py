"""A source at a tempo that changes on the way, at its own pitch.

Conventions: frames of the clip count from its first one; what a filter hears before that has negative numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.mixing.ahead import Ahead, OpenAt, open_with_lead
from aidj.mixing.vocoder import OVERLAP, Vocoder
from aidj.timeline import TempoStep

_SETTLE_HOPS = 8
"""Windows made for nothing before the first one heard, where a clip begins in the middle of a stretch."""
_PLAIN_HOPS = 16
"""So many hops are passed on together where nothing has to be made."""


class TempoMap:
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
    """Reads a source after a tempo map: the source's own samples where the tempo is native and has been for a while.

    Everything is made in hops that are counted from the clip's first frame, so the reads do not matter.

    Parameters
    ----------
    open_at : OpenAt
        Opens the source.
    tempo : TempoMap
        From frames of the clip to frames of the source.
    rate : int
        Frames per second.
    first_frame : int
        The frame of the clip that is read first; may be negative.
    """

    def __init__(self, open_at: OpenAt, tempo: TempoMap, rate: int, first_frame: int = 0) -> None:
        self._tempo = tempo
        self._vocoder = vocoder = Vocoder(self._source_frames, rate)
        self._hop = first_frame // vocoder.hop
        earliest = tempo.source_frame((self._hop - _SETTLE_HOPS - OVERLAP) * vocoder.hop) - vocoder.size
        self._source = Ahead(open_with_lead(open_at, earliest), earliest, 3 * vocoder.size)
        # Windows are added up here until all that cover a frame are in; from the hop after the last one made.
        self._sum = np.zeros((vocoder.size, CHANNELS), np.float32)
        self._next_window: int | None = None
        self._ready = np.zeros((0, CHANNELS), np.float32)
        self._ended = False
        self._drop = first_frame - self._hop * vocoder.hop

    def _source_frames(self, start: int, stop: int) -> NDArray[np.float32]:
        return self._source.get(start, stop)

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
        vocoder = self._vocoder
        start = self._hop * vocoder.hop
        n_hops = _PLAIN_HOPS if self._is_plain(self._hop, _PLAIN_HOPS) else 1
        if self._is_plain(self._hop, n_hops):
            self._next_window = None
            place = self._tempo.source_frame(start)
            out = self._source.get(place, place + n_hops * vocoder.hop)
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
        size = self._vocoder.hop
        first, last = hop + 1 - OVERLAP // 2, hop + n_hops - 1 + OVERLAP // 2
        since_first = (last - first) * size
        return self._tempo.native_since(last * size) >= since_first + (self._vocoder.return_windows + 1) * size

    def _stretch(self, hop: int) -> NDArray[np.float32]:
        """Return a hop of which all windows are made."""
        vocoder, size = self._vocoder, self._vocoder.hop
        if self._next_window is None:
            self._next_window = hop + 1 - OVERLAP // 2
            if not self._is_plain(hop - 1):
                self._next_window -= _SETTLE_HOPS
            self._sum[:] = 0
            vocoder.forget()
        # Window k reaches from half its length before frame k * size to half its length behind it.
        for number in range(self._next_window, hop + OVERLAP // 2 + 1):
            at = number * size
            native = self._tempo.native_since(at) >= size
            self._sum[:-size] = self._sum[size:]
            self._sum[-size:] = 0
            self._sum += vocoder.window(self._tempo.source_frame(at), native)
        self._next_window = hop + OVERLAP // 2 + 1
        return self._sum[:size].copy()

    def close(self) -> None:
        """Give the source back."""
        self._source.close()
