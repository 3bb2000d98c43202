"""One recording: from a file to an `Analysis`."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.cues import find_cues
from aidj.analysis.energy import EnergyMeter
from aidj.analysis.loudness import LoudnessMeter
from aidj.analysis.reduced import Reducer
from aidj.analysis.rhythm import RhythmMeter
from aidj.analysis.singing import SingingMeter, post_of
from aidj.analysis.tonality import TonalityMeter
from aidj.audio import open_source, printable, to_stereo
from aidj.errors import AudioError
from aidj.model import Analysis

ANALYSER_VERSION = 6
"""Raised whenever the same file would get other values: stored analyses of another version are made again."""

_BLOCK_FRAMES = 65536
_log = logging.getLogger(__name__)


def analyse_file(path: Path) -> Analysis:
    """Measure a sound file.

    A file whose data break off is measured as far as it can be decoded.

    Raises
    ------
    AudioError
        If it cannot be opened, or nothing in it can be decoded.
    """
    source = open_source(path)
    n_frames = 0
    try:
        detectors = _Detectors(source.rate)
        try:
            while len(block := source.read(_BLOCK_FRAMES)):
                n_frames += len(block)
                detectors.add(to_stereo(block))
        except AudioError as error:
            if n_frames == 0:
                raise
            _log.warning("%s Measured up to there.", error)
    finally:
        source.close()
    if n_frames == 0:
        raise AudioError(
            "The file holds no sound",
            where=printable(path),
            cause="it was cut short",
            hint="play it in another program; if that fails as well, replace the file",
        )
    return detectors.finish(n_frames, source.rate)


class _Detectors:
    """All that listens to a recording while it streams by, once."""

    def __init__(self, rate: int) -> None:
        self._loudness = LoudnessMeter(rate)
        self._reducer = Reducer(rate)
        self._rhythm = RhythmMeter(self._reducer.rate)
        self._tonality = TonalityMeter(self._reducer.rate)
        self._singing = SingingMeter(self._reducer.rate)
        self._energy = EnergyMeter(self._reducer.rate)

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take the next frames, shape (n, 2)."""
        self._loudness.add(samples)
        self._hear(self._reducer.add(samples))

    def _hear(self, middle_side: NDArray[np.float32]) -> None:
        if len(middle_side):
            for meter in (self._rhythm, self._tonality, self._singing, self._energy):
                meter.add(middle_side)

    def finish(self, n_frames: int, rate: int) -> Analysis:
        """Return what was heard."""
        self._hear(self._reducer.finish())
        loudness = self._loudness.finish()
        levels_lufs, loudness_lufs, duration_s = loudness.levels_lufs, loudness.integrated_lufs, n_frames / rate
        cues = find_cues(levels_lufs, loudness_lufs, duration_s, moments_db=loudness.moments_db)
        singing = self._singing.finish()
        intro_end_s = post_of(singing) if singing else None
        names = ("cue_in", "cue_out", "start_next", "ending", *(["intro_end"] if intro_end_s is not None else []))
        return Analysis(
            version=ANALYSER_VERSION,
            duration_s=duration_s,
            rate=rate,
            loudness_lufs=loudness_lufs,
            loudness_range_lu=loudness.loudness_range_lu,
            true_peak_dbtp=loudness.true_peak_dbtp,
            cue_in_s=cues.cue_in_s,
            cue_out_s=cues.cue_out_s,
            start_next_s=cues.start_next_s,
            ending=cues.ending,
            fade_starts_s=cues.fade_starts_s,
            intro_end_s=intro_end_s,
            marker_sources=dict.fromkeys(names, "detected"),
            levels_lufs=levels_lufs,
            peaks_dbtp=loudness.peaks_dbtp,
            energy=self._energy.finish(levels_lufs, loudness_lufs),
            rhythm=self._rhythm.finish(),
            tonality=self._tonality.finish(cues.cue_in_s, cues.cue_out_s),
            singing=singing,
        )
