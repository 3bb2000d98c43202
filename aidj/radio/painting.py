"""A screen as rows, and how it reaches the terminal: only the rows that have changed are written.

Nothing is cleared before it is written, so nothing flickers; pictures are sent once, and not touched again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import ControlType, Segment

from aidj.radio.rows import Row, cells, crop, filled

if TYPE_CHECKING:
    from aidj.radio.art import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a screen, and how many cells at its left belong to a picture."""

    row: Row
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenful:
    """All that a terminal shows. A rich renderable: as many lines as it is high, each as wide as it is."""

    columns: int
    lines: tuple[Line, ...]
    picture: Picture | None = None
    picture_line: int = 0
    """Where the picture begins; it stands at the left."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        last = len(self.lines) - 1
        for number, line in enumerate(self.lines):
            row = filled(((" " * line.indent, ""), *line.row), self.columns)
            yield from _segments(console, row)
            if number < last:
                yield Segment.line()


class Painter:
    """Writes screens to a terminal whose alternate screen is on, and remembers what is there."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: Screenful | None = None

    def forget(self) -> None:
        """Write everything the next time: somebody else has written to the terminal."""
        self._shown = None

    def paint(self, screenful: Screenful) -> bool:
        """Make the terminal show a screen; return whether anything had to be written."""
        shown = self._shown
        if screenful == shown:
            return False
        written: list[Segment] = []
        if shown is None or (shown.columns, len(shown.lines)) != (screenful.columns, len(screenful.lines)):
            shown = None
            written.append(Control.clear().segment)
        was, now = (None if s is None else (s.picture, s.picture_line) for s in (shown, screenful))
        for number, line in enumerate(screenful.lines):
            if shown is None or was != now:  # the cells of a picture are written over, too
                written += self._written(number, _unindented(line), screenful.columns)
            elif line != shown.lines[number]:
                written += self._written(number, line, screenful.columns)
        if was != now:
            if self._shown is not None and self._shown.picture is not None:
                written += self._shown.picture.removed()
            if screenful.picture is not None:
                written += screenful.picture.placed(screenful.picture_line)
        self._shown = screenful
        self._console.print(_Written(written), end="", crop=False)
        return True

    def _written(self, number: int, line: Line, columns: int) -> Iterator[Segment]:
        yield Control.move_to(line.indent, number).segment
        row = crop(line.row, columns - line.indent)
        yield from _segments(self._console, row)
        if cells(row) < columns - line.indent:
            yield Control((ControlType.ERASE_IN_LINE, 0)).segment


@dataclass(frozen=True, slots=True)
class _Written:
    """Segments as they are: rich neither wraps nor pads them."""

    segments: list[Segment]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self.segments


def shows(console: Console, text: str) -> bool:
    """Return whether the terminal's encoding has the characters of a text."""
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def encodable(console: Console, text: str) -> str:
    """Return a text with a question mark for what the terminal's encoding does not have."""
    if text.isascii() or console.encoding.startswith("utf"):
        return text
    try:
        return text.encode(console.encoding, "replace").decode(console.encoding)
    except LookupError:
        return text.encode("ascii", "replace").decode("ascii")


def _segments(console: Console, row: Row) -> Iterator[Segment]:
    for text, style in row:
        yield Segment(encodable(console, text), console.get_style(style) if style else None)


def _unindented(line: Line) -> Line:
    return Line(row=((" " * line.indent, ""), *line.row)) if line.indent else line
