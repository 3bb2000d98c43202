"""In what order? From candidates to sets of songs and the links between them. Pure."""

from aidj.sequencing.arranging import Direction, Stretch
from aidj.sequencing.context import Context
from aidj.sequencing.facts import PERSONAL_FACTS, Placed, impersonal, theme_facts, true_facts
from aidj.sequencing.features import Features, features_of
from aidj.sequencing.joining import joined
from aidj.sequencing.links import write_plan
from aidj.sequencing.sets import Chosen, ChosenSet, choose_sets
from aidj.sequencing.shortlist import expected_length_s, shortlist
from aidj.sequencing.themes import Theme, theme_words
from aidj.sequencing.together import begins_open, ends_open, follows, runs, runs_on, whole_album, works

__all__ = [
    "PERSONAL_FACTS",
    "Chosen",
    "ChosenSet",
    "Context",
    "Direction",
    "Features",
    "Placed",
    "Stretch",
    "Theme",
    "begins_open",
    "choose_sets",
    "ends_open",
    "expected_length_s",
    "features_of",
    "follows",
    "impersonal",
    "joined",
    "runs",
    "runs_on",
    "shortlist",
    "theme_facts",
    "theme_words",
    "true_facts",
    "whole_album",
    "works",
    "write_plan",
]
