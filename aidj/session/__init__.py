"""The whole way, wired: from a data folder to a plan, and from a plan to a mixed programme."""

from aidj.session.planning import DEFAULT_PRESENTER, plan_session
from aidj.session.realising import Realised, realise
from aidj.session.rendering import Rendered, render
from aidj.session.replanning import replan
from aidj.session.treatment import as_set
from aidj.session.wishes import DIRECTIONS, Arc, Wishes

__all__ = [
    "DEFAULT_PRESENTER",
    "DIRECTIONS",
    "Arc",
    "Realised",
    "Rendered",
    "Wishes",
    "as_set",
    "plan_session",
    "realise",
    "render",
    "replan",
]
