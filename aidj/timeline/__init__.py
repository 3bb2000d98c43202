"""When does each sample sound? Songs and speech become clips with gain envelopes, in frames. Pure."""

from aidj.timeline.layout import Layout, lay_out
from aidj.timeline.model import Band, Clip, Mark, Ramp, TempoStep, Timeline
from aidj.timeline.pins import TIMING_NOTE
from aidj.timeline.placed import Song, Talk
from aidj.timeline.seams import PEAK_CEILING_DBTP, song_gain_db

__all__ = [
    "PEAK_CEILING_DBTP",
    "TIMING_NOTE",
    "Band",
    "Clip",
    "Layout",
    "Mark",
    "Ramp",
    "Song",
    "Talk",
    "TempoStep",
    "Timeline",
    "lay_out",
    "song_gain_db",
]
