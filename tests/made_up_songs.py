"""Recordings and speech that exist as figures only, for the tests of the timeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aidj.analysis.cues import find_cues
from aidj.analysis.loudness import levels_loudness
from aidj.model import Analysis, Item, Link, Rhythm, Singing, Speech, Track, TrackRef, Transition
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


def grid(
    made: Analysis,
    bpm: float,
    *,
    first_s: float = 0.0,
    beats_per_bar: int = 4,
    confidence: float = 0.9,
    phrase: int = 8,
) -> Analysis:
    """The same recording with beats at one tempo from a moment on; phrases of so many bars."""
    beats_s = np.arange(first_s, made.duration_s, 60 / bpm)
    downbeats = np.arange(0, len(beats_s), beats_per_bar, dtype=np.int32)
    rhythm = Rhythm(
        bpm=bpm,
        beats_s=beats_s,
        beats_per_bar=beats_per_bar,
        downbeats=downbeats,
        phrases=downbeats[::phrase] if phrase else downbeats[:0],
        confidence=confidence,
        downbeat_confidence=confidence,
    )
    return replace(made, rhythm=rhythm)


def sung(made: Analysis, *ranges_s: tuple[float, float], confidence: float = 1.0) -> Analysis:
    """The same recording with singing in these stretches."""
    return replace(
        made, singing=Singing(ranges_s=np.array(ranges_s).reshape(-1, 2), confidence=confidence, source="lyrics")
    )


def song(
    made: Analysis,
    name: str = "song",
    *,
    transition: Transition | None = None,
    pinned_s: float | None = None,
    album: str | None = None,
    number: int | None = None,
    run: tuple[Analysis, ...] = (),
    untouched: bool = False,
    classical: bool = False,
) -> Song:
    track = Track(
        id=name,
        path=Path(f"{name}.flac"),
        title=name,
        artist="Nobody",
        album=album,
        track_number=number,
        duration_s=made.duration_s,
        added_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    item = Item(track=TrackRef(id=name), transition=transition, pinned_s=pinned_s)
    return Song(item=item, track=track, analysis=made, run=run, untouched=untouched, classical=classical)


def talk(seconds: float) -> Talk:
    samples = np.full(round(seconds * RATE), 0.1, np.float32)
    speech = Speech(text="words", samples=samples, rate=RATE, engine="made", voice="up")
    return Talk(link=Link(kind="intro"), speech=speech, presenter="Nobody")
