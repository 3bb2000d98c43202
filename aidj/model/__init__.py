"""The values that travel through the house. Frozen; changed with `dataclasses.replace`.

Conventions: seconds are floats and end in ``_s``; loudness is in LUFS, gains in dB; times of the day are
timezone-aware UTC datetimes.
"""

from aidj.model.choice import ROTATIONS, Candidate, LeftOut, Rotation
from aidj.model.listening import Elsewhere, Listen, Listener, ListenKind, Offers, Opinion, Plays, Standing, Verdict
from aidj.model.music import PartialDate, Track
from aidj.model.recording import Analysis, Ending, Key, MarkerSource, Rhythm, Singing, Tonality
from aidj.model.session import (
    LINK_KINDS,
    TRANSITION_KINDS,
    Item,
    Joined,
    Link,
    LinkKind,
    Mix,
    Plan,
    Set,
    Share,
    TrackRef,
    Transition,
    TransitionKind,
)
from aidj.model.speech import Pause, Phonemes, Speech, SpokenText, Word
from aidj.model.talk import (
    MANNERS,
    TALK_LEVELS,
    TALK_LIMITS_DB,
    TALK_PLACEMENTS,
    TALK_SHARES,
    Manner,
    TalkLevel,
    TalkPlacement,
    TalkSettings,
    WriterSettings,
)

__all__ = [
    "LINK_KINDS",
    "MANNERS",
    "ROTATIONS",
    "TALK_LEVELS",
    "TALK_LIMITS_DB",
    "TALK_PLACEMENTS",
    "TALK_SHARES",
    "TRANSITION_KINDS",
    "Analysis",
    "Candidate",
    "Elsewhere",
    "Ending",
    "Item",
    "Joined",
    "Key",
    "LeftOut",
    "Link",
    "LinkKind",
    "Listen",
    "ListenKind",
    "Listener",
    "Manner",
    "MarkerSource",
    "Mix",
    "Offers",
    "Opinion",
    "PartialDate",
    "Pause",
    "Phonemes",
    "Plan",
    "Plays",
    "Rhythm",
    "Rotation",
    "Set",
    "Share",
    "Singing",
    "Speech",
    "SpokenText",
    "Standing",
    "TalkLevel",
    "TalkPlacement",
    "TalkSettings",
    "Tonality",
    "Track",
    "TrackRef",
    "Transition",
    "TransitionKind",
    "Verdict",
    "Word",
    "WriterSettings",
]
