"""One recording: from a file to an `Analysis`."""

from __future__ import annotations

import codecs
import logging
from dataclasses import replace
from pathlib import Path

from aidj.analysis.cues import find_cues
from aidj.analysis.loudness import LoudnessMeter
from aidj.analysis.lyrics import first_sung_s
from aidj.audio import open_source, printable, to_stereo
from aidj.errors import AudioError
from aidj.model import Analysis

ANALYSER_VERSION = 1
"""Raised whenever the same file would get other values: stored analyses of another version are made again."""

_BLOCK_FRAMES = 65536
_LRC_BYTES = 1 << 20
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
        meter = LoudnessMeter(source.rate)
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
    loudness = meter.finish()
    duration_s = n_frames / source.rate
    levels_lufs = loudness.levels_lufs
    cues = find_cues(levels_lufs, loudness.integrated_lufs, duration_s)
    return Analysis(
        version=ANALYSER_VERSION,
        duration_s=duration_s,
        loudness_lufs=loudness.integrated_lufs,
        true_peak_dbtp=loudness.true_peak_dbtp,
        cue_in_s=cues.cue_in_s,
        cue_out_s=cues.cue_out_s,
        start_next_s=cues.start_next_s,
        ending=cues.ending,
        marker_sources={"cue_in": "detected", "cue_out": "detected", "start_next": "detected"},
        levels_lufs=levels_lufs,
        peaks_dbtp=loudness.peaks_dbtp,
    )


def with_post(analysis: Analysis, path: Path, lyrics: str | None) -> Analysis:
    """Add the post, from an ``.lrc`` file beside the sound file or else from embedded lyrics with times."""
    for text in (_lyrics_beside(path), lyrics):
        at_s = first_sung_s(text) if text else None
        if at_s is not None and at_s <= analysis.cue_out_s:
            sources = {**analysis.marker_sources, "intro_end": "lyrics"}
            return replace(analysis, intro_end_s=at_s, marker_sources=sources)
    return analysis


def _lyrics_beside(path: Path) -> str | None:
    beside = path.with_suffix(".lrc")
    try:
        if not beside.is_file():
            return None
        with beside.open("rb") as file:
            data = file.read(_LRC_BYTES)
    except OSError as error:
        _log.warning("%s: its lyrics file cannot be read (%s)", printable(path), error.strerror)
        return None
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(encoding, errors="replace")
