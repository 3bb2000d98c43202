"""What is this recording like? From samples to cue points, loudness and the post."""

from aidj.analysis.analyse import ANALYSER_VERSION, analyse_file
from aidj.analysis.loudness import LEVELS_PER_SECOND, integrated_loudness, levels_loudness, measure_loudness, true_peaks
from aidj.analysis.store import TABLES, Analyses

__all__ = [
    "ANALYSER_VERSION",
    "LEVELS_PER_SECOND",
    "TABLES",
    "Analyses",
    "analyse_file",
    "integrated_loudness",
    "levels_loudness",
    "measure_loudness",
    "true_peaks",
]
