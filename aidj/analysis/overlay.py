"""What a person says of a recording, laid over what was measured: lyrics with times, then tags, then the sidecar."""

from __future__ import annotations

import codecs
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from aidj.analysis.lyrics import sung_ranges_s
from aidj.analysis.markers import apply, from_tags
from aidj.analysis.sidecar import read_sidecar, sidecar_of
from aidj.audio import printable
from aidj.errors import ConfigError
from aidj.model import Analysis, MarkerSource, Singing

_LRC_BYTES = 1 << 20
_log = logging.getLogger(__name__)


def with_hand_set(
    analysis: Analysis,
    path: Path,
    *,
    lyrics: str | None = None,
    markers: Mapping[str, str] | None = None,
    sidecar: bool = True,
) -> Analysis:
    """Return an analysis with everything that is set by hand, the most trusted last.

    Tags or a sidecar that cannot be true are left out: with a line in the log, as music goes on whatever somebody has
    mistyped.

    Parameters
    ----------
    path : Path
        The sound file; beside it lie its ``.lrc`` and its sidecar.
    lyrics : str, optional
        The lyrics in its tags.
    markers : mapping of str to str, optional
        Its marker tags; see `aidj.analysis.markers.TAGS`.
    sidecar : bool
        Whether to look for a sidecar.
    """
    analysis = with_post(analysis, path, lyrics)
    if markers:
        try:
            analysis = apply(analysis, from_tags(markers, printable(path)), "tag", printable(path))
        except ConfigError as error:
            _log.info("The marker tags are not used. %s", error)
    try:
        if sidecar and (hand := read_sidecar(path)):
            analysis = apply(analysis, hand, "sidecar", printable(sidecar_of(path)))
    except ConfigError as error:
        _log.warning("The sidecar is not used. %s", error)
    return analysis


def with_post(analysis: Analysis, path: Path, lyrics: str | None) -> Analysis:
    """Add where it is sung, from an ``.lrc`` file beside the sound file or else from embedded lyrics with times.

    Lyrics that begin after the recording's end belong to another one, and are not used.
    """
    for text in (_lyrics_beside(path), lyrics):
        ranges_s = sung_ranges_s(text, analysis.duration_s) if text else np.zeros((0, 2))
        if len(ranges_s) and ranges_s[0, 0] <= analysis.cue_out_s:
            singing = Singing(ranges_s=ranges_s, confidence=1.0, source="lyrics")
            sources: dict[str, MarkerSource] = {**analysis.marker_sources, "intro_end": "lyrics"}
            return replace(analysis, singing=singing, intro_end_s=float(ranges_s[0, 0]), marker_sources=sources)
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
