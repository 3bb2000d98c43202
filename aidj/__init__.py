"""aidj: an AI DJ that runs on your own machine, with your own music and your own listening history.

The names below are the public ones. They are loaded when they are first used, so that `import aidj` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from aidj.errors import AidjError
    from aidj.history import History, HistoryImporter, read_history
    from aidj.home import Home, open_home
    from aidj.library import Library
    from aidj.mixing import mix
    from aidj.model import (
        Analysis,
        Candidate,
        Item,
        Link,
        Listen,
        Opinion,
        Plan,
        Set,
        Speech,
        TalkSettings,
        Track,
        Transition,
    )
    from aidj.output import (
        Device,
        DeviceSink,
        MemoryOutput,
        NullSink,
        Output,
        PcmSink,
        Played,
        Sink,
        SinkClosed,
        Source,
        WavSink,
        choose_device,
        devices,
        play,
        to_pydub,
    )
    from aidj.plan import load_plan, save_plan
    from aidj.script import Writer
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
    from aidj.voice import Engine, SilentVoice, ToneVoice, Voice

_HOMES = {
    "AidjError": "errors",
    "Analysis": "model",
    "Answered": "session",
    "Candidate": "model",
    "Device": "output",
    "DeviceSink": "output",
    "Ended": "session",
    "Engine": "voice",
    "Event": "session",
    "History": "history",
    "HistoryImporter": "history",
    "Home": "home",
    "Item": "model",
    "Library": "library",
    "Link": "model",
    "LinkStarted": "session",
    "Listen": "model",
    "MemoryOutput": "output",
    "MixSettings": "selection",
    "NullSink": "output",
    "Opinion": "model",
    "Outcome": "selection",
    "Output": "output",
    "Paused": "session",
    "PcmSink": "output",
    "Plan": "model",
    "PlanChanged": "session",
    "Played": "output",
    "Problem": "session",
    "Query": "selection",
    "Realised": "session",
    "Rendered": "session",
    "Resumed": "session",
    "Session": "session",
    "Set": "model",
    "SetChanged": "session",
    "SilentVoice": "voice",
    "Sink": "output",
    "SinkClosed": "output",
    "Skipped": "session",
    "Source": "output",
    "Speech": "model",
    "TalkSettings": "model",
    "Timeline": "timeline",
    "ToneVoice": "voice",
    "Track": "model",
    "TrackStarted": "session",
    "Transition": "model",
    "Underrun": "session",
    "Voice": "voice",
    "WavSink": "output",
    "Wishes": "session",
    "Word": "session",
    "Writer": "script",
    "WriterSettings": "model",
    "choose_device": "output",
    "devices": "output",
    "load_plan": "plan",
    "mix": "mixing",
    "open_home": "home",
    "plan_session": "session",
    "play": "output",
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
    "Device",
    "DeviceSink",
    "Ended",
    "Engine",
    "Event",
    "History",
    "HistoryImporter",
    "Home",
    "Item",
    "Library",
    "Link",
    "LinkStarted",
    "Listen",
    "MemoryOutput",
    "MixSettings",
    "NullSink",
    "Opinion",
    "Outcome",
    "Output",
    "Paused",
    "PcmSink",
    "Plan",
    "PlanChanged",
    "Played",
    "Problem",
    "Query",
    "Realised",
    "Rendered",
    "Resumed",
    "Session",
    "Set",
    "SetChanged",
    "SilentVoice",
    "Sink",
    "SinkClosed",
    "Skipped",
    "Source",
    "Speech",
    "TalkSettings",
    "Timeline",
    "ToneVoice",
    "Track",
    "TrackStarted",
    "Transition",
    "Underrun",
    "Voice",
    "WavSink",
    "Wishes",
    "Word",
    "Writer",
    "WriterSettings",
    "__version__",
    "choose_device",
    "devices",
    "load_plan",
    "mix",
    "open_home",
    "plan_session",
    "play",
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
