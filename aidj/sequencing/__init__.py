"""In what order? From candidates to sets of songs and the links between them. Pure."""

from aidj.sequencing.facts import Placed, true_facts
from aidj.sequencing.fill import Chosen, choose_songs
from aidj.sequencing.links import write_plan
from aidj.sequencing.shortlist import SHARES, expected_length_s, shortlist

__all__ = [
    "SHARES",
    "Chosen",
    "Placed",
    "choose_songs",
    "expected_length_s",
    "shortlist",
    "true_facts",
    "write_plan",
]
