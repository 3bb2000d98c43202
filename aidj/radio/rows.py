"""Rows of a screen: pieces of text with their styles, cut and filled to so many cells.

A cell is what one Latin letter takes up; Chinese, Japanese and Korean characters and most emoji take two.
Everything here expects text that has been through `aidj.radio.cleaning`.
"""

from __future__ import annotations

import math
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from aidj import durations

Piece = tuple[str, str]
"""A text and its style, in the words of rich."""
Row = tuple[Piece, ...]

EMPTY: Row = ()
_LONGEST_S = 99 * 3600.0 + 3599


def cells(row: Row) -> int:
    """Return how many cells a row takes up."""
    return sum(cell_len(text) for text, _ in row)


@lru_cache(1024)
def fit(text: str, width: int, more: str = "…") -> str:
    """Return a text cut to a width in cells, with a sign where something is left out."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    if cell_len(more) > width:
        more = ""
    return set_cell_size(text, width - cell_len(more)).rstrip() + more


def crop(row: Row, width: int) -> Row:
    """Return as much of a row as fits into a width."""
    kept: list[Piece] = []
    for text, style in row:
        if width <= 0:
            break
        text = text if cell_len(text) <= width else set_cell_size(text, width)
        kept.append((text, style))
        width -= cell_len(text)
    return tuple(kept)


def filled(row: Row, width: int) -> Row:
    """Return a row of exactly so many cells."""
    row = crop(row, width)
    missing = width - cells(row)
    return (*row, (" " * missing, "")) if missing > 0 else row


def apart(left: Row, right: Row, width: int) -> Row:
    """Return a row with one part at each end; the right one gives way where both do not fit."""
    space = width - cells(left) - cells(right)
    if space < 1:
        return crop(left, width)
    return (*left, (" " * space, ""), *right)


@lru_cache(128)
def wrapped(text: str, width: int) -> tuple[tuple[int, int], ...]:
    """Return where the lines of a text begin and end, broken between words, or within those wider than a line."""
    if width <= 0:
        return ()
    lines: list[tuple[int, int]] = []
    start = end = used = 0  # of the line being filled
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        stop = text.find(" ", at)
        stop = len(text) if stop < 0 else stop
        word = cell_len(text[at:stop])
        space = cell_len(text[end:at]) if used else 0
        if used and used + space + word <= width:
            end, used = stop, used + space + word
        else:
            if used:
                lines.append((start, end))
            while word > width:
                piece = _longest(text, at, stop, width)
                lines.append((at, piece))
                at, word = piece, cell_len(text[piece:stop])
            start, end, used = at, stop, word
        at = stop
    if used:
        lines.append((start, end))
    return tuple(lines)


def _longest(text: str, start: int, stop: int, width: int) -> int:
    """Return where a piece of a word ends that fits into a width; at least one character is taken."""
    end = start + 1
    while end < stop and cell_len(text[start : end + 1]) <= width:
        end += 1
    return end


def clock(seconds: float) -> str:
    """Return minutes and seconds, with hours where there are any; never more than have passed."""
    return durations.clock(min(max(seconds, 0.0), _LONGEST_S) if math.isfinite(seconds) else 0.0)
