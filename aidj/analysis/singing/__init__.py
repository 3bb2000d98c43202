"""Where does somebody sing, to judge by the sound alone?

A meter takes middle and side as they stream by (`features`), weighs each moment (`evidence`) and draws its conclusions
(`verdict`): stretches of singing, for keeping two voices apart, and a confidence that says whether the first of them
may be taken for the post.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.singing.evidence import averages, fitted, log_odds
from aidj.analysis.singing.features import LOWEST_RATE, FrameMeter
from aidj.analysis.singing.verdict import is_instrumental, post_of, singing_of
from aidj.model import Singing

__all__ = ["SingingMeter", "is_instrumental", "post_of", "singing_of"]


class SingingMeter:
    """Finds where somebody sings while the sound streams by; keeps features, no samples.

    Parameters
    ----------
    rate : float
        Frames per second of what it is given, as `aidj.analysis.reduced.Reducer` makes it of files at 22.05, 44.1, 48
        or 96 kHz: 22.05 or 24 kHz. Below 19.6 kHz the consonants' bands are cut off, and it tells nothing.
    """

    def __init__(self, rate: float) -> None:
        self._frames = FrameMeter(rate) if rate >= LOWEST_RATE else None

    def add(self, middle_side: NDArray[np.float32]) -> None:
        """Take frames of middle and side, shape (n, 2), any number at once."""
        if self._frames:
            self._frames.add(middle_side)

    def finish(self) -> Singing | None:
        """Return where somebody sings; None where that cannot be told. The meter is used up."""
        if not self._frames:
            return None
        frames = self._frames.finish()
        hop_s = self._frames.hop_s
        return singing_of(log_odds(averages(frames, hop_s), fitted()), hop_s)
