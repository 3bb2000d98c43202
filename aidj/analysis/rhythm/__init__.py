"""How does the music move? Tempo, beats, bars and phrases of a recording, and whether its pulse can be relied on."""

from aidj.analysis.rhythm.meter import RhythmMeter

__all__ = ["RhythmMeter"]
