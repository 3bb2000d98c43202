"""What it takes to play a recording: how loud it is, and where it begins and ends.

A part of every analysis; by itself, a look at a recording that is to be played at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.cues import find_cues
from aidj.analysis.loudness import LoudnessMeter
from aidj.audio import open_source, printable, to_stereo
from aidj.errors import AudioError
from aidj.model import Analysis

ANALYSER_VERSION = 6
"""Raised whenever the same file would get other values: stored analyses of another version are made again."""

_BLOCK_FRAMES = 65536
_log = logging.getLogger(__name__)


class Meter(Protocol):
    """Listens to a recording while it streams by, once."""

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take the next frames, shape (n, 2)."""

    def finish(self, n_frames: int) -> Analysis:
        """Return what was heard. The meter is used up."""


def glance_file(path: Path) -> Analysis:
    """Measure of a sound file what it takes to play it: less than half the work of `analyse_file`.

    Of beats, keys, singing and energy nothing is known then. All else is as `analyse_file` has it. Raises as that does.
    """
    return heard(path, GlanceMeter)


Result = Analysis | AudioError


def measured(path: Path, measure: Callable[[Path], Analysis]) -> Result:
    """Return what measuring one file gives; never raises."""
    try:
        return measure(path)
    except AudioError as error:
        return error
    except Exception as error:  # one strange file must not end the pass over a whole library
        _log.exception("%s: the analysis failed", printable(path))
        return AudioError(
            f"The file cannot be measured ({type(error).__name__}: {error})",
            where=printable(path),
            cause="a mistake in aidj that this file brings to light",
            hint="report it, with the file if you may",
        )


def heard(path: Path, meter_of: Callable[[int], Meter]) -> Analysis:
    """Return what a meter hears in a sound file.

    A file whose data break off is measured as far as it can be decoded.

    Parameters
    ----------
    meter_of : callable
        Makes the meter, of frames per second.

    Raises
    ------
    AudioError
        If the file cannot be opened, or nothing in it can be decoded.
    """
    source = open_source(path)
    n_frames = 0
    try:
        meter = meter_of(source.rate)
        try:
            while len(block := source.read(_BLOCK_FRAMES)):
                n_frames += len(block)
                meter.add(to_stereo(block))
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
    return meter.finish(n_frames)


class GlanceMeter:
    """Hears how loud a recording is, and where it begins and ends."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._loudness = LoudnessMeter(rate)

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take the next frames, shape (n, 2)."""
        self._loudness.add(samples)

    def finish(self, n_frames: int) -> Analysis:
        """Return what was heard. The meter is used up."""
        loudness = self._loudness.finish()
        levels_lufs, loudness_lufs, duration_s = loudness.levels_lufs, loudness.integrated_lufs, n_frames / self._rate
        cues = find_cues(levels_lufs, loudness_lufs, duration_s, moments_db=loudness.moments_db)
        return Analysis(
            version=ANALYSER_VERSION,
            duration_s=duration_s,
            rate=self._rate,
            loudness_lufs=loudness_lufs,
            loudness_range_lu=loudness.loudness_range_lu,
            true_peak_dbtp=loudness.true_peak_dbtp,
            cue_in_s=cues.cue_in_s,
            cue_out_s=cues.cue_out_s,
            start_next_s=cues.start_next_s,
            ending=cues.ending,
            fade_starts_s=cues.fade_starts_s,
            marker_sources=dict.fromkeys(("cue_in", "cue_out", "start_next", "ending"), "detected"),
            levels_lufs=levels_lufs,
            peaks_dbtp=loudness.peaks_dbtp,
        )
