"""Extended M3U: the songs of a mix as a playlist of the listener's own files."""

from __future__ import annotations

from pathlib import Path

from aidj.output.text import heading, one_line
from aidj.timeline.model import Timeline


def m3u8(timeline: Timeline, *, title: str, folder: Path) -> str:
    """Return a playlist of the songs that are files.

    A file below `folder`, where the playlist will lie, is named relative to it, so that both can move together; any
    other by its full path. A path that a line of text cannot hold is written as a ``file:`` address.
    """
    lines = ["#EXTM3U", f"#PLAYLIST:{one_line(title) or 'Mix'}"]
    for mark in timeline.marks:
        if mark.kind == "song" and mark.path is not None:
            length_s = max(0, round(mark.end_s - mark.start_s))
            lines += [f"#EXTINF:{length_s},{heading(mark.artist, mark.title)}", _entry(mark.path, folder)]
    return "\n".join(lines) + "\n"


def _entry(path: Path, folder: Path) -> str:
    path, folder = path.absolute(), folder.absolute()
    below = path.is_relative_to(folder)
    text = path.relative_to(folder).as_posix() if below else str(path)
    if not text.isprintable() or text != text.strip() or "://" in text:
        return path.as_uri()
    return f"./{text}" if text.startswith("#") else text
