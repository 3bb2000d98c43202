"""What may take the place of what is heard: a timeline that sounds the same up to there."""

from __future__ import annotations

from pathlib import Path

from aidj.session.on_air import same_before
from aidj.timeline import Band, Clip, Ramp, Timeline

RATE = 8000


def banded(*starts: int, from_gain: float = 1.0) -> Timeline:
    """A clip with a band whose gain begins to move at these frames."""
    ramps = tuple(
        Ramp(start_frames=start, end_frames=start + 10, from_gain=from_gain, to_gain=0.5, shape="linear")
        for start in starts
    )
    bands = (Band(filter="peak", frequency_hz=1000.0, ramps=ramps),) if ramps else ()
    clip = Clip(source=Path("song.flac"), lane="music", start_frames=0, n_frames=1000, bands=bands)
    return Timeline(rate=RATE, n_frames=1000, clips=(clip,))


def test_a_band_that_is_still_to_move_changes_nothing_that_is_heard() -> None:
    assert same_before(banded(500), banded(), 400)
    assert same_before(banded(), banded(600), 400)
    assert not same_before(banded(300), banded(), 400)
    assert not same_before(banded(500, from_gain=0.7), banded(), 400)
