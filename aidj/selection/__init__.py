"""What could be played now? From tracks and plays to candidates with a rotation, a score and reasons. Pure."""

from aidj.selection.candidates import MixSettings, select
from aidj.selection.habits import Habits, day_base_level, habits_of

__all__ = ["Habits", "MixSettings", "day_base_level", "habits_of", "select"]
