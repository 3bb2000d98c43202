"""aidj: an AI DJ that runs on your own machine, with your own music and your own listening history.

The names below are the public ones. They are loaded when they are first used, so that `import aidj` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from aidj.errors import AidjError
    from aidj.history import History, read_history
    from aidj.home import Home, open_home
    from aidj.library import Library
    from aidj.mixing import mix
    from aidj.model import Analysis, Candidate, Item, Link, Listen, Opinion, Plan, Set, Speech, Track, Transition
    from aidj.output import MemoryOutput, Output, to_pydub
    from aidj.plan import load_plan, save_plan
    from aidj.selection import MixSettings, Outcome, Query
    from aidj.session import (
        Answered,
        Ended,
        Event,
        LinkStarted,
        Paused,
        PlanChanged,
        Problem,
        Realised,
        Rendered,
        Resumed,
        Session,
        SetChanged,
        Skipped,
        TrackStarted,
        Underrun,
        Wishes,
        Word,
        plan_session,
        realise,
        render,
        replan,
    )
    from aidj.timeline import Timeline
    from aidj.voice import SilentVoice, ToneVoice, Voice

_HOMES = {
    "AidjError": "errors",
    "Analysis": "model",
    "Answered": "session",
    "Candidate": "model",
    "Ended": "session",
    "Event": "session",
    "History": "history",
    "Home": "home",
    "Item": "model",
    "Library": "library",
    "Link": "model",
    "LinkStarted": "session",
    "Listen": "model",
    "MemoryOutput": "output",
    "MixSettings": "selection",
    "Opinion": "model",
    "Outcome": "selection",
    "Output": "output",
    "Paused": "session",
    "Plan": "model",
    "PlanChanged": "session",
    "Problem": "session",
    "Query": "selection",
    "Realised": "session",
    "Rendered": "session",
    "Resumed": "session",
    "Session": "session",
    "Set": "model",
    "SetChanged": "session",
    "SilentVoice": "voice",
    "Skipped": "session",
    "Speech": "model",
    "Timeline": "timeline",
    "ToneVoice": "voice",
    "Track": "model",
    "TrackStarted": "session",
    "Transition": "model",
    "Underrun": "session",
    "Voice": "voice",
    "Wishes": "session",
    "Word": "session",
    "load_plan": "plan",
    "mix": "mixing",
    "open_home": "home",
    "plan_session": "session",
    "read_history": "history",
    "realise": "session",
    "render": "session",
    "replan": "session",
    "save_plan": "plan",
    "to_pydub": "output",
}

__all__ = [
    "AidjError",
    "Analysis",
    "Answered",
    "Candidate",
    "Ended",
    "Event",
    "History",
    "Home",
    "Item",
    "Library",
    "Link",
    "LinkStarted",
    "Listen",
    "MemoryOutput",
    "MixSettings",
    "Opinion",
    "Outcome",
    "Output",
    "Paused",
    "Plan",
    "PlanChanged",
    "Problem",
    "Query",
    "Realised",
    "Rendered",
    "Resumed",
    "Session",
    "Set",
    "SetChanged",
    "SilentVoice",
    "Skipped",
    "Speech",
    "Timeline",
    "ToneVoice",
    "Track",
    "TrackStarted",
    "Transition",
    "Underrun",
    "Voice",
    "Wishes",
    "Word",
    "__version__",
    "load_plan",
    "mix",
    "open_home",
    "plan_session",
    "read_history",
    "realise",
    "render",
    "replan",
    "save_plan",
    "to_pydub",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'aidj' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"aidj.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
