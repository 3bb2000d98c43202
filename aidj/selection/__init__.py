"""What could be played now? From tracks and a listener to candidates with a rotation, a score and reasons. Pure."""

from aidj.selection.candidates import SHELVES, Selection, select
from aidj.selection.catalogue import Catalogue
from aidj.selection.habits import Habits, day_base_level, habits_of
from aidj.selection.moods import MOODS, Feel
from aidj.selection.query import Matches, Query, Without, matching, mistake_in
from aidj.selection.query_document import dump_query, load_query, parse_query, query_of
from aidj.selection.search import Features, artist_names, span_of
from aidj.selection.seasons import Belonging, belonging_of
from aidj.selection.settings import HYGIENE_RULES, MAX_DIAL, HygieneRule, MixSettings
from aidj.selection.shares import (
    DEFAULT_MIX,
    Outcome,
    OwnMix,
    after_feedback,
    needs_new_plan,
    own_shares,
    target_shares,
)
from aidj.selection.words import plain_words, runs

__all__ = [
    "DEFAULT_MIX",
    "HYGIENE_RULES",
    "MAX_DIAL",
    "MOODS",
    "SHELVES",
    "Belonging",
    "Catalogue",
    "Features",
    "Feel",
    "Habits",
    "HygieneRule",
    "Matches",
    "MixSettings",
    "Outcome",
    "OwnMix",
    "Query",
    "Selection",
    "Without",
    "after_feedback",
    "artist_names",
    "belonging_of",
    "day_base_level",
    "dump_query",
    "habits_of",
    "load_query",
    "matching",
    "mistake_in",
    "needs_new_plan",
    "own_shares",
    "parse_query",
    "plain_words",
    "query_of",
    "runs",
    "select",
    "span_of",
    "target_shares",
]
