"""Chapters: what a player's list of contents shows, made from the songs of a timeline."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aidj.output.text import heading
from aidj.timeline.model import Timeline

SHORTEST_S = 0.001
"""Chapters are kept in milliseconds; a shorter one cannot be stored."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named stretch of a file.

    Parameters
    ----------
    start_s, end_s : float
        Seconds from the start of the file.
    title : str
        One line of text.
    """

    start_s: float
    end_s: float
    title: str


def chapters_of(timeline: Timeline) -> tuple[Chapter, ...]:
    """Return one chapter per song, without gaps: the first starts at 0, the last ends with the timeline.

    What is said between two songs belongs to the chapter of the first one. Songs that begin at the same millisecond
    as the song before them have no chapter of their own.
    """
    songs = [mark for mark in timeline.marks if mark.kind == "song"]
    chapters: list[Chapter] = []
    end_s = timeline.duration_s
    for song in reversed(songs):
        start_s = max(0.0, song.start_s)
        if end_s - start_s >= SHORTEST_S:
            chapters.append(Chapter(start_s, end_s, heading(song.artist, song.title)))
            end_s = start_s
    if chapters:
        chapters[-1] = replace(chapters[-1], start_s=0.0)
    return tuple(reversed(chapters))
