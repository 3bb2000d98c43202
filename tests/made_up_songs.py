"""Recordings and speech that exist as figures only, for the tests of the timeline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aidj.analysis.cues import find_cues
from aidj.analysis.loudness import levels_loudness
from aidj.model import Analysis, Item, Link, Speech, Track, TrackRef, Transition
from aidj.timeline import Song, Talk

RATE = 8000


def analysis(*parts: tuple[float, float, float], post_s: float | None = None) -> Analysis:
    """A recording whose level goes in straight lines: (seconds, from LUFS, to LUFS) …"""
    levels = np.concatenate(
        [np.linspace(a, b, max(1, round(seconds * 10)), endpoint=False) for seconds, a, b in parts]
    ).astype(np.float32)
    loudness = levels_loudness(levels)
    duration_s = len(levels) / 10
    cues = find_cues(levels, loudness, duration_s)
    return Analysis(
        version=1,
        duration_s=duration_s,
        loudness_lufs=loudness,
        true_peak_dbtp=float(levels.max()) + 12,
        cue_in_s=cues.cue_in_s,
        cue_out_s=cues.cue_out_s,
        start_next_s=cues.start_next_s,
        ending=cues.ending,
        intro_end_s=None if post_s is None else min(post_s, cues.cue_out_s),
        levels_lufs=levels,
        peaks_dbtp=levels + 12,
    )


def song(
    made: Analysis,
    name: str = "song",
    *,
    transition: Transition | None = None,
    pinned_s: float | None = None,
) -> Song:
    track = Track(
        id=name,
        path=Path(f"{name}.flac"),
        title=name,
        artist="Nobody",
        duration_s=made.duration_s,
        added_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    item = Item(track=TrackRef(id=name), transition=transition, pinned_s=pinned_s)
    return Song(item=item, track=track, analysis=made)


def talk(seconds: float) -> Talk:
    samples = np.full(round(seconds * RATE), 0.1, np.float32)
    speech = Speech(text="words", samples=samples, rate=RATE, engine="made", voice="up")
    return Talk(link=Link(kind="intro"), speech=speech, presenter="Nobody")
