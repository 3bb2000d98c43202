"""One recording: from a file to an `Analysis`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.energy import EnergyMeter
from aidj.analysis.glance import GlanceMeter, heard
from aidj.analysis.reduced import Reducer
from aidj.analysis.rhythm import RhythmMeter
from aidj.analysis.singing import SingingMeter, post_of
from aidj.analysis.tonality import TonalityMeter
from aidj.model import Analysis, MarkerSource


def analyse_file(path: Path) -> Analysis:
    """Measure a sound file.

    A file whose data break off is measured as far as it can be decoded.

    Raises
    ------
    AudioError
        If it cannot be opened, or nothing in it can be decoded.
    """
    return heard(path, _Detectors)


class _Detectors:
    """All that listens to a recording while it streams by, once."""

    def __init__(self, rate: int) -> None:
        self._glance = GlanceMeter(rate)
        self._reducer = Reducer(rate)
        self._rhythm = RhythmMeter(self._reducer.rate)
        self._tonality = TonalityMeter(self._reducer.rate)
        self._singing = SingingMeter(self._reducer.rate)
        self._energy = EnergyMeter(self._reducer.rate)

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take the next frames, shape (n, 2)."""
        self._glance.add(samples)
        self._hear(self._reducer.add(samples))

    def _hear(self, middle_side: NDArray[np.float32]) -> None:
        if len(middle_side):
            for meter in (self._rhythm, self._tonality, self._singing, self._energy):
                meter.add(middle_side)

    def finish(self, n_frames: int) -> Analysis:
        """Return what was heard."""
        self._hear(self._reducer.finish())
        glance = self._glance.finish(n_frames)
        singing = self._singing.finish()
        intro_end_s = post_of(singing) if singing else None
        found: dict[str, MarkerSource] = {"intro_end": "detected"} if intro_end_s is not None else {}
        return replace(
            glance,
            intro_end_s=intro_end_s,
            marker_sources={**glance.marker_sources, **found},
            energy=self._energy.finish(glance.levels_lufs, glance.loudness_lufs),
            rhythm=self._rhythm.finish(),
            tonality=self._tonality.finish(glance.cue_in_s, glance.cue_out_s),
            singing=singing,
        )
