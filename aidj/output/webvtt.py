"""WebVTT transcripts: what is said between the songs, and when.

Source: "WebVTT: The Web Video Text Tracks Format" (W3C).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aidj.model import Word
from aidj.output.tags import has_synthetic_speech
from aidj.output.text import clock, one_line
from aidj.timeline.model import Mark, Timeline

MAX_CHARS = 65
"""Longest line of a cue, as podcast players want it."""

_SHORTEST_S = 0.001
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+")


def webvtt(timeline: Timeline) -> str:
    """Return the links of a timeline as a WebVTT file, one cue for a sentence or a part of it."""
    blocks = ["WEBVTT"]
    if has_synthetic_speech(timeline):
        blocks.append("NOTE\nThe voice in these cues is synthetic speech, made by a computer.")
    for mark in timeline.marks:
        if mark.kind == "link" and mark.text.strip():
            blocks += _cues(mark)
    return "\n\n".join(blocks) + "\n"


def _cues(mark: Mark) -> list[str]:
    spans = _spans(mark.text)
    starts = [_time_of(mark, start) for start, _ in spans]
    cues = []
    earliest_s = max(0.0, mark.start_s)
    for index, (start, end) in enumerate(spans):
        text = _escaped(mark.text[start:end])
        begin_s = max(earliest_s, starts[index])
        end_s = max(begin_s + _SHORTEST_S, starts[index + 1] if index + 1 < len(spans) else mark.end_s)
        earliest_s = end_s
        if text:
            speaker = _escaped(mark.presenter)
            voice = f"<v {speaker}>" if speaker else ""
            cues.append(f"{clock(begin_s)} --> {clock(end_s)}\n{voice}{text}")
    return cues


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where each cue's text begins and ends: sentences, and what is longer split between words."""
    spans = []
    start = 0
    for end in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
        while end - start > MAX_CHARS:
            cut = text.rfind(" ", start + 1, start + MAX_CHARS + 1) + 1 or start + MAX_CHARS
            spans.append((start, cut))
            start = cut
        if text[start:end].strip():
            spans.append((start, end))
        start = end
    return spans


def _time_of(mark: Mark, char: int) -> float:
    """Return when a character of the text is said: by the word it belongs to, else by its share of the text."""
    if _usable(mark.words, mark):
        before = [word for word in mark.words if word.start_char <= char]
        after = [word for word in mark.words if word.start_char >= char]
        word = after[0] if after else before[-1]
        return mark.start_s + word.start_s
    return mark.start_s + (mark.end_s - mark.start_s) * char / len(mark.text)


def _usable(words: Sequence[Word], mark: Mark) -> bool:
    length_s = mark.end_s - mark.start_s
    return bool(words) and all(
        0 <= word.start_s <= length_s and 0 <= word.start_char < len(mark.text) for word in words
    )


def _escaped(text: str) -> str:
    return one_line(text, 1000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
