"""The whole way, wired: from a data folder to a plan, and from a plan to a mixed programme, in a file or live."""

from aidj.session.events import (
    Answered,
    Ended,
    Event,
    LinkStarted,
    Paused,
    PlanChanged,
    Problem,
    Resumed,
    SetChanged,
    Skipped,
    TrackStarted,
    Underrun,
    Word,
)
from aidj.session.live import Session
from aidj.session.planning import DEFAULT_PRESENTER, MAX_MINUTES, known_features, plan_session
from aidj.session.realising import Realised, realise
from aidj.session.rendering import Rendered, render
from aidj.session.replanning import replan
from aidj.session.treatment import as_set
from aidj.session.wishes import DIRECTIONS, Arc, Wishes

__all__ = [
    "DEFAULT_PRESENTER",
    "DIRECTIONS",
    "MAX_MINUTES",
    "Answered",
    "Arc",
    "Ended",
    "Event",
    "LinkStarted",
    "Paused",
    "PlanChanged",
    "Problem",
    "Realised",
    "Rendered",
    "Resumed",
    "Session",
    "SetChanged",
    "Skipped",
    "TrackStarted",
    "Underrun",
    "Wishes",
    "Word",
    "as_set",
    "known_features",
    "plan_session",
    "realise",
    "render",
    "replan",
]
