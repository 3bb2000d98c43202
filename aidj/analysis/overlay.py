"""What a person says of a recording, laid over what was measured: lyrics with times, then tags, then the sidecar."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from aidj.analysis.analyse import with_post
from aidj.analysis.markers import apply, from_tags
from aidj.analysis.sidecar import read_sidecar, sidecar_of
from aidj.audio import printable
from aidj.errors import ConfigError
from aidj.model import Analysis

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
