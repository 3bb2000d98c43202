"""When does each sample sound? Songs and speech become clips with gain envelopes, in frames. Pure."""

from aidj.timeline.gains import PEAK_CEILING_DBTP, common_target_lufs, run_gain_db, song_gain_db
from aidj.timeline.handover import HANDOVER_MODES, Handover, parse_handover
from aidj.timeline.layout import Layout, lay_out
from aidj.timeline.model import Band, Clip, Filter, Mark, Ramp, TempoStep, Timeline
from aidj.timeline.pins import TIMING_NOTE
from aidj.timeline.placed import Song, Talk
from aidj.timeline.unsung import room_s

__all__ = [
    "HANDOVER_MODES",
    "PEAK_CEILING_DBTP",
    "TIMING_NOTE",
    "Band",
    "Clip",
    "Filter",
    "Handover",
    "Layout",
    "Mark",
    "Ramp",
    "Song",
    "Talk",
    "TempoStep",
    "Timeline",
    "common_target_lufs",
    "lay_out",
    "parse_handover",
    "room_s",
    "run_gain_db",
    "song_gain_db",
]
