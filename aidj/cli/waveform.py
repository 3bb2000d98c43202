"""A recording drawn in characters: its levels, what lies where, and labels below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, permutations

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from aidj.durations import clock
from aidj.model import Analysis

LEVELS_PER_SECOND = 10
_BLOCKS = " ▁▂▃▄▅▆▇█"
_ASCII_BLOCKS = " ..::||##"
_STEPS = len(_BLOCKS) - 1
_OUTSIDE, _BODY, _SUNG = "bright_black", "cyan", "magenta"
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Label:
    """Something to be pointed at."""

    at_s: float
    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A stretch of a recording on so many columns."""

    from_s: float
    to_s: float
    columns: int
    rows: int
    halving_lu: float
    """So much quieter is drawn half as high; 10 LU sound about half as loud."""
    ascii_only: bool = False

    def column(self, at_s: float) -> int:
        """Return where a moment lies; outside of 0 to columns - 1 if it is not in view."""
        return int(np.floor((at_s - self.from_s) / (self.to_s - self.from_s) * self.columns))

    def shows(self, at_s: float) -> bool:
        """Tell whether a moment is in view; the very end still is."""
        return self.from_s <= at_s <= self.to_s

    def place(self, at_s: float) -> int:
        """Return the column of a moment in view."""
        return min(self.columns - 1, max(0, self.column(at_s)))

    def bounds_s(self) -> NDArray[np.float64]:
        """Return where columns begin and end, shape (columns + 1,)."""
        return np.linspace(self.from_s, self.to_s, self.columns + 1)


def draw(analysis: Analysis, view: View, labels: Sequence[Label], *, beats: bool) -> list[Text]:
    """Return the lines of a picture: waveform, time, singing, beats or phrases, labels."""
    lines = _wave(analysis, view)
    lines.append(_time_axis(view))
    if analysis.singing is not None and len(analysis.singing.ranges_s):
        lines.append(_row("sung", _sung_line(analysis, view)))
    pulse = _beat_line(analysis, view) if beats else _phrase_line(analysis, view)
    if pulse is not None:
        lines.append(_row("beats" if beats else "phrases", pulse))
    return [*lines, *_label_lines(view, labels)]


MARGIN = 8
"""Columns in front of each line, for its name."""


def _row(name: str, content: Text) -> Text:
    return Text.assemble((f"{name:<{MARGIN}}", "dim"), content)


def _wave(analysis: Analysis, view: View) -> list[Text]:
    heights = _heights(analysis, view)
    middles_s = (view.bounds_s()[:-1] + view.bounds_s()[1:]) / 2
    styles = np.where(_sung_mask(analysis, view), _SUNG, _BODY)
    styles = np.where((middles_s < analysis.cue_in_s) | (middles_s >= analysis.cue_out_s), _OUTSIDE, styles)
    blocks = _ASCII_BLOCKS if view.ascii_only else _BLOCKS
    lines = []
    for row in range(view.rows - 1, -1, -1):
        filled = np.clip(heights - row * _STEPS, 0, _STEPS)
        content = Text()
        for count, style in zip(filled, styles, strict=True):
            content.append(blocks[int(count)], style=str(style))
        lines.append(_row("level" if row == view.rows - 1 else "", content))
    return lines


_LEAST_CEILING_LU = -12.0
"""The loudest place reaches to the top of a picture, but for one that is quiet as a whole."""


def _heights(analysis: Analysis, view: View) -> NDArray[np.int64]:
    """Return the level of each column in eighths of a row."""
    levels_lufs = analysis.levels_lufs.astype(np.float64)
    loudness = analysis.loudness_lufs
    if not np.isfinite(loudness) or not len(levels_lufs):
        return np.zeros(view.columns, np.int64)
    power = 10 ** (levels_lufs / 10)
    summed = np.concatenate([[0.0], np.cumsum(power)])
    bounds = np.clip(view.bounds_s() * LEVELS_PER_SECOND, 0, len(power))
    # Integral of the power over each column, so that a column may be wider or narrower than a level.
    whole = np.floor(bounds).astype(int)
    part = np.append(power, 0.0)[whole] * (bounds - whole)
    energy = np.diff(summed[whole] + part)
    width = np.maximum(np.diff(bounds), 1e-9)
    with np.errstate(divide="ignore"):
        level_lu = 10 * np.log10(np.maximum(energy / width, 1e-30)) - loudness
    share = 2 ** ((level_lu - max(_LEAST_CEILING_LU, level_lu.max())) / view.halving_lu)
    steps = np.clip(np.round(share * view.rows * _STEPS), 0, view.rows * _STEPS).astype(np.int64)
    return np.where(np.diff(bounds) > 0, steps, 0)


def _sung_mask(analysis: Analysis, view: View) -> NDArray[np.bool_]:
    mask = np.zeros(view.columns, bool)
    for start_s, end_s in analysis.singing.ranges_s if analysis.singing is not None else ():
        if end_s > view.from_s and start_s < view.to_s:
            mask[view.place(start_s) : view.place(end_s - 1e-6) + 1] = True
    return mask


def _sung_line(analysis: Analysis, view: View) -> Text:
    mark = "=" if view.ascii_only else "━"
    return Text("".join(mark if sung else " " for sung in _sung_mask(analysis, view)), style=_SUNG)


def _beat_line(analysis: Analysis, view: View) -> Text | None:
    rhythm = analysis.rhythm
    if rhythm is None or not np.any(_in_view(rhythm.beats_s, view)):
        return None
    beat, bar = (".", "|") if view.ascii_only else ("·", "│")
    line = [" "] * view.columns
    for at_s in rhythm.beats_s[_in_view(rhythm.beats_s, view)]:
        line[view.place(at_s)] = beat
    bars_s = rhythm.beats_s[rhythm.downbeats]
    for at_s in bars_s[_in_view(bars_s, view)]:
        line[view.place(at_s)] = bar
    return Text("".join(line), style="green")


def _phrase_line(analysis: Analysis, view: View) -> Text | None:
    rhythm = analysis.rhythm
    if rhythm is None or not len(rhythm.phrases):
        return None
    line = [" "] * view.columns
    starts_s = rhythm.beats_s[rhythm.phrases]
    for at_s in starts_s[_in_view(starts_s, view)]:
        line[view.place(at_s)] = "|" if view.ascii_only else "│"
    return Text("".join(line), style="green")


def _in_view(times_s: NDArray[np.float64], view: View) -> NDArray[np.bool_]:
    return (times_s >= view.from_s) & (times_s < view.to_s)


def _time_axis(view: View) -> Text:
    span_s = view.to_s - view.from_s
    step_s = next((step for step in _TICKS_S if step / span_s * view.columns >= 10), _TICKS_S[-1])
    line = [" "] * (view.columns + MARGIN)
    at_s = np.ceil(view.from_s / step_s) * step_s
    while at_s <= view.to_s:
        words = ("'" if view.ascii_only else "╵") + clock(at_s)
        start = view.column(at_s)
        if start >= 0 and start + len(words) <= view.columns:
            line[MARGIN + start : MARGIN + start + len(words)] = words
        at_s += step_s
    return Text("".join(line).rstrip(), style="dim")


def _label_lines(view: View, labels: Sequence[Label]) -> list[Text]:
    """Set labels below their columns, each as high as it finds room, with a line that leads up to its moment."""
    stem, corner = ("|", "^") if view.ascii_only else ("│", "▲")
    shown = sorted((label for label in labels if view.shows(label.at_s)), key=lambda label: label.at_s)
    if not shown:
        return []
    columns = [view.place(label.at_s) for label in shown]
    rows = _arranged(shown, columns, view.columns)
    lines = [_line([(column, corner, label.style) for label, column in zip(shown, columns, strict=True)])]
    for row, here in enumerate(rows):
        stems = [(placed.column, stem, placed.label.style) for below in rows[row + 1 :] for placed in below]
        lines.append(_line([*stems, *((placed.start, placed.label.text, placed.label.style) for placed in here)]))
    return lines


@dataclass(frozen=True, slots=True)
class _Placed:
    label: Label
    column: int
    start: int
    end: int


_MOST_ORDERS = 120


def _arranged(labels: Sequence[Label], columns: Sequence[int], width: int) -> list[list[_Placed]]:
    """Return rows of labels such that no line runs through a text, if that can be had: in as few rows as possible."""
    pairs = list(zip(labels, columns, strict=True))
    best: tuple[int, int] | None = None
    for order in islice(permutations(reversed(pairs)), _MOST_ORDERS):
        rows: list[list[_Placed]] = []
        crossed = sum(not _put(label, column, rows, width) for label, column in order)
        if best is None or (crossed, len(rows)) < best:
            best, found = (crossed, len(rows)), rows
    return found


def _put(label: Label, column: int, rows: list[list[_Placed]], width: int) -> bool:
    """Put a label into the first row that has room for it, right or left of its moment, or else into a new row.

    Returns whether all lines to labels are free; if they cannot be, it stands in a new row all the same.
    """
    size = len(label.text)
    starts = [start for start in (column, column - size + 1) if 0 <= start <= width - size] or [max(0, width - size)]
    choices = [_Placed(label, column, start, start + size) for start in starts]
    for row, here in enumerate(rows):
        for placed in choices:
            if _fits(placed, here, rows[:row], rows[row + 1 :]):
                here.append(placed)
                return True
    for row in range(len(rows) + 1):
        for placed in choices:
            if _fits(placed, [], rows[:row], rows[row:]):
                rows.insert(row, [placed])
                return True
    rows.append(choices[:1])
    return False


def _fits(
    placed: _Placed, here: Sequence[_Placed], above: Sequence[Sequence[_Placed]], below: Sequence[Sequence[_Placed]]
) -> bool:
    """Tell whether a label has room in a row: beside the labels there, and no line through a text."""
    return (
        all(placed.end < other.start or other.end < placed.start for other in here)
        and not any(
            other.start <= placed.column < other.end and other.column != placed.column for other in chain(*above)
        )
        and not any(
            placed.start <= other.column < placed.end and other.column != placed.column for other in chain(*below)
        )
    )


def _line(pieces: Sequence[tuple[int, str, str]]) -> Text:
    """Return a line with texts at columns, each with its style."""
    cells: dict[int, tuple[str, str]] = {}
    for start, words, style in pieces:
        cells |= {start + place: (character, style) for place, character in enumerate(words)}
    line = Text(" " * MARGIN)
    for column in range(max(cells, default=-1) + 1):
        character, style = cells.get(column, (" ", ""))
        line.append(character, style=style)
    return line
