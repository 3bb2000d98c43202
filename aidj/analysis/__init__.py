"""What is this recording like? From samples to markers, loudness, beats, keys, singing and energy."""

from aidj.analysis.glance import ANALYSER_VERSION
from aidj.analysis.grid import constant_beats
from aidj.analysis.loudness import LEVELS_PER_SECOND, integrated_loudness, levels_loudness, measure_loudness
from aidj.analysis.markers import TAGS, HandSet, apply
from aidj.analysis.overlay import with_hand_set
from aidj.analysis.sidecar import (
    KEYS,
    merged,
    parse_sidecar,
    read_sidecar,
    sidecar_of,
    write_sidecar,
    write_template,
)
from aidj.analysis.store import Analyses
from aidj.analysis.tables import END_S, TABLES, Summary, mean_energy
from aidj.analysis.true_peak import true_peaks

__all__ = [
    "ANALYSER_VERSION",
    "END_S",
    "KEYS",
    "LEVELS_PER_SECOND",
    "TABLES",
    "TAGS",
    "Analyses",
    "HandSet",
    "Summary",
    "apply",
    "constant_beats",
    "integrated_loudness",
    "levels_loudness",
    "mean_energy",
    "measure_loudness",
    "merged",
    "parse_sidecar",
    "read_sidecar",
    "sidecar_of",
    "true_peaks",
    "with_hand_set",
    "write_sidecar",
    "write_template",
]
