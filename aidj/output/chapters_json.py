"""Podcast chapters as JSON (Podcasting 2.0, "JSON Chapters Format" 1.2.0), links included as silent entries."""

from __future__ import annotations

import json

from aidj.output.chapters import chapters_of
from aidj.output.text import one_line
from aidj.timeline.model import Timeline


def chapters_json(timeline: Timeline, *, title: str, file_name: str) -> str:
    """Return the songs as chapters, and the links with ``"toc": false``: known to players, not in the list."""
    entries: list[dict[str, object]] = [
        {"startTime": round(chapter.start_s, 3), "endTime": round(chapter.end_s, 3), "title": chapter.title}
        for chapter in chapters_of(timeline)
    ]
    for mark in timeline.marks:
        if mark.kind == "link" and mark.text.strip():
            start_s = min(max(0.0, mark.start_s), timeline.duration_s)
            end_s = min(max(start_s, mark.end_s), timeline.duration_s)
            name = one_line(mark.title) or one_line(mark.presenter) or "Presenter"
            entries.append({"startTime": round(start_s, 3), "endTime": round(end_s, 3), "title": name, "toc": False})
    entries.sort(key=lambda entry: (entry["startTime"], entry.get("toc", True)))
    document = {
        "version": "1.2.0",
        "title": one_line(title) or "Mix",
        "author": "aidj",
        "fileName": one_line(file_name, 255),
        "chapters": entries,
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
