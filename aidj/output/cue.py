"""Cue sheets: the songs of a mix as tracks of a disc.

The format is a convention (CDRWIN, EAC): at most 99 tracks, 75 frames to a second, strings of at most 80 characters
in quotes that cannot be escaped, and no overlaps. So a track begins where its song becomes the louder one, in the
middle of a crossfade.
"""

from __future__ import annotations

import re

from aidj.output.tags import has_synthetic_speech
from aidj.output.text import one_line
from aidj.timeline.model import Mark, Timeline

MAX_TRACKS = 99
_MAX_CHARS = 80
_PER_S = 75
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")


def cue_sheet(timeline: Timeline, *, title: str, file_name: str) -> str:
    """Return a cue sheet that names the songs of a mix.

    Parameters
    ----------
    title : str
        Of the whole mix.
    file_name : str
        The sound file's, without a folder.
    """
    kind = "MP3" if file_name.lower().endswith(".mp3") else "WAVE"
    lines = ["REM GENERATOR aidj"]
    if has_synthetic_speech(timeline):
        lines.append("REM COMMENT " + _quoted("The presenter's voice is synthetic speech"))
    lines += [f"PERFORMER {_quoted('aidj')}", f"TITLE {_quoted(title)}", f"FILE {_quoted(file_name, 255)} {kind}"]
    places = _places(timeline)
    if len(places) > MAX_TRACKS:
        lines.insert(1, f"REM {len(places) - MAX_TRACKS} more songs do not fit: a cue sheet has {MAX_TRACKS} tracks")
    for number, (song, frame) in enumerate(places[:MAX_TRACKS], start=1):
        lines.append(f"  TRACK {number:02d} AUDIO")
        lines.append(f"    TITLE {_quoted(song.title or 'Untitled')}")
        if one_line(song.artist):
            lines.append(f"    PERFORMER {_quoted(song.artist)}")
        isrc = re.sub(r"[-\s]", "", song.isrc or "").upper()
        if _ISRC.fullmatch(isrc):
            lines.append(f"    ISRC {isrc}")
        minutes, rest = divmod(frame, 60 * _PER_S)
        lines.append(f"    INDEX 01 {minutes:02d}:{rest // _PER_S:02d}:{rest % _PER_S:02d}")
    return "\n".join(lines) + "\n"


def _places(timeline: Timeline) -> list[tuple[Mark, int]]:
    """Return each song and where its track begins, in 75ths of a second, ascending from 0."""
    songs = [mark for mark in timeline.marks if mark.kind == "song"]
    places: list[tuple[Mark, int]] = []
    for index, song in enumerate(songs):
        start_s = song.start_s
        if index:
            overlap_s = min(songs[index - 1].end_s, song.end_s) - start_s
            start_s += max(0.0, overlap_s) / 2
        frame = max(0, round(min(start_s, timeline.duration_s) * _PER_S)) if places else 0
        if not places or frame > places[-1][1]:
            places.append((song, frame))
    return places


def _quoted(text: str, limit: int = _MAX_CHARS) -> str:
    return '"' + one_line(text, limit).replace('"', "'") + '"'
