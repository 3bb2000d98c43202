"""The scores of the demo songs, one module each."""

from __future__ import annotations

from aidj.demo.scores.bakery import BAKERY
from aidj.demo.scores.bread_crumbs import BREAD_CRUMBS
from aidj.demo.scores.cafe_without_chairs import CAFE_WITHOUT_CHAIRS
from aidj.demo.scores.elevator import ELEVATOR
from aidj.demo.scores.fog import FOG
from aidj.demo.scores.homework import HOMEWORK
from aidj.demo.scores.kitchen_floor import KITCHEN_FLOOR
from aidj.demo.scores.left_shoe import LEFT_SHOE
from aidj.demo.scores.lost_mitten import LOST_MITTEN
from aidj.demo.scores.lullaby import LULLABY
from aidj.demo.scores.neon_umbrella import NEON_UMBRELLA
from aidj.demo.scores.pancakes import PANCAKES
from aidj.demo.scores.paper_boats import PAPER_BOATS
from aidj.demo.scores.tram import TRAM

__all__ = [
    "BAKERY",
    "BREAD_CRUMBS",
    "CAFE_WITHOUT_CHAIRS",
    "ELEVATOR",
    "FOG",
    "HOMEWORK",
    "KITCHEN_FLOOR",
    "LEFT_SHOE",
    "LOST_MITTEN",
    "LULLABY",
    "NEON_UMBRELLA",
    "PANCAKES",
    "PAPER_BOATS",
    "TRAM",
]
