"""How loud it is at the frame that is heard: measured while the sound is read, asked for when it sounds."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.output import Source

_HOP_S = 0.05
_RMS_S = 0.3
"""As long as a needle of old took to get there: shorter ones tremble."""
_PEAK_S = 1.5
_KEPT_S = 30.0
"""More than any sink holds between what is read and what is heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How loud something is, in dB below full scale; minus infinity is silence."""

    rms_db: float
    """Root mean square of both channels over the last 0.3 s; a full-scale sine has -3."""
    peak_db: float
    """The highest sample of the last 1.5 s."""


SILENCE = Level(rms_db=-math.inf, peak_db=-math.inf)


class Metered:
    """A source that remembers how loud was what has been read from it.

    `read` is for one thread, `level` for any.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._hop_frames = max(1, round(_HOP_S * source.rate))
        self._lock = threading.Lock()
        self._hops: deque[tuple[int, float, float]] = deque(maxlen=round(_KEPT_S / _HOP_S))
        """(end frame, mean square, peak) of hops, the newest last."""
        self._frame = 0
        self._sum, self._peak, self._in_hop = 0.0, 0.0, 0

    @property
    def rate(self) -> int:
        """Frames per second, in Hz."""
        return self._source.rate

    @property
    def ended(self) -> bool:
        """Whether all there is has been read."""
        return self._source.ended

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Return what the source returns."""
        block = self._source.read(n_frames)
        at = 0
        while at < len(block):
            part = block[at : at + self._hop_frames - self._in_hop]
            self._measure(part)
            at += len(part)
        return block

    def level(self, frame: int) -> Level:
        """Return the level where a frame is heard; silence where nothing is known of it."""
        rms_frames, peak_frames = round(_RMS_S * self.rate), round(_PEAK_S * self.rate)
        squares: list[float] = []
        peak = 0.0
        with self._lock:
            for end, square, highest in reversed(self._hops):
                if end <= frame - peak_frames:
                    break
                if end - self._hop_frames < frame:
                    peak = max(peak, highest)
                    if end > frame - rms_frames:
                        squares.append(square)
        if not squares:
            return SILENCE
        return Level(rms_db=_db(math.sqrt(sum(squares) / len(squares))), peak_db=_db(peak))

    def _measure(self, part: NDArray[np.float32]) -> None:
        flat = part.reshape(-1)
        square = float(np.dot(flat, flat)) if len(flat) else 0.0
        highest = max(float(flat.max(initial=0.0)), -float(flat.min(initial=0.0)))
        self._sum += square if math.isfinite(square) else 0.0
        self._peak = max(self._peak, highest if math.isfinite(highest) else 0.0)
        self._in_hop += len(part)
        self._frame += len(part)
        if self._in_hop >= self._hop_frames:
            channels = part.shape[1]
            with self._lock:
                self._hops.append((self._frame, self._sum / (self._in_hop * channels), self._peak))
            self._sum, self._peak, self._in_hop = 0.0, 0.0, 0


def _db(amplitude: float) -> float:
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf
