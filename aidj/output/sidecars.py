"""What lies beside a mix: cue sheet, transcript, playlist, chapters."""

from __future__ import annotations

from pathlib import Path

from aidj.files import write_text
from aidj.timeline.model import Timeline


def sidecar_texts(timeline: Timeline, *, title: str, path: Path) -> dict[str, str]:
    """Return the text of each file beside the mix `path`, by its suffix; no transcript where nothing is said."""
    from aidj.output.chapters_json import chapters_json
    from aidj.output.cue import cue_sheet
    from aidj.output.playlist import m3u8
    from aidj.output.webvtt import webvtt

    texts = {
        ".cue": cue_sheet(timeline, title=title, file_name=path.name),
        ".m3u8": m3u8(timeline, title=title, folder=path.parent),
        ".tracks.json": chapters_json(timeline, title=title, file_name=path.name),
    }
    if any(mark.kind == "link" and mark.text.strip() for mark in timeline.marks):
        texts[".vtt"] = webvtt(timeline)
    return texts


def write_sidecars(path: Path, timeline: Timeline, *, title: str) -> tuple[Path, ...]:
    """Write the files beside the mix `path`, each whole or not at all, and return their paths.

    Raises
    ------
    OutputError
        If one cannot be written.
    """
    texts = sidecar_texts(timeline, title=title, path=path)
    written = []
    for suffix, text in texts.items():
        target = path.with_name(path.stem + suffix)
        write_text(target, text)
        written.append(target)
    return tuple(written)
