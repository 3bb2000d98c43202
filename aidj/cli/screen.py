"""The terminal: results to standard output, progress and problems to standard error."""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from aidj.errors import AidjError

Step = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""


def plain(text: object) -> str:
    """Return a text without control characters: names from tags must not steer a terminal."""
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs") else "\N{REPLACEMENT CHARACTER}"
        for c in str(text)
    )


class LogToScreen(logging.Handler):
    """Shows what the library logs, as notes."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message; where it comes from only matters below warnings."""
        origin = f"{record.name}: " if record.levelno < logging.WARNING else ""
        self._screen.note(f"{origin}{record.getMessage()}")


class Screen:
    """What the commands print through."""

    def __init__(self, *, quiet: bool = False, out: Console | None = None) -> None:
        self._out = out or Console(highlight=False)
        if not self._out.is_terminal and "COLUMNS" not in os.environ:
            self._out = Console(highlight=False, width=100)  # a file or a pipe has no width
        self._err = Console(stderr=True, highlight=False)
        self._quiet = quiet

    @property
    def width(self) -> int:
        """Columns of the terminal, or 100 where the output is a file or a pipe."""
        return self._out.width

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line of the result."""
        self._out.print(Text(plain(text), style=style), soft_wrap=True)

    def raw(self, text: str) -> None:
        """Print a text of our own for another program: nothing is wrapped, styled or added."""
        self._out.print(text, end="", markup=False, emoji=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        """Print a table."""
        self._out.print(table)

    def note(self, text: str) -> None:
        """Print something that is good to know."""
        self._err.print(Text(plain(text), style="yellow"), soft_wrap=True)

    def problem(self, text: str) -> None:
        """Print something that went wrong."""
        self._err.print(Text(plain(text), style="red"), soft_wrap=True)

    def error(self, error: AidjError) -> None:
        """Print an error, part by part."""
        head = f"{error.where}: {error.what}" if error.where else error.what
        self._err.print(Text.assemble(("Error: ", "bold red"), plain(head)), soft_wrap=True)
        if error.cause:
            self._err.print(Text(f"  Likely cause: {plain(error.cause)}"), soft_wrap=True)
        if error.hint:
            self._err.print(Text(f"  What to do: {plain(error.hint)}"), soft_wrap=True)

    def bars(self, *columns: ProgressColumn) -> Progress:
        """Return progress bars of one's own, to be used as a context manager; nothing shows where nobody looks."""
        disable = self._quiet or not self._err.is_terminal
        return Progress(*columns, console=self._err, transient=True, disable=disable)

    @property
    def takes_blocks(self) -> bool:
        """Whether the output can show block characters."""
        try:
            "▁█│━▲".encode(self._out.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def line(self, text: Text) -> None:
        """Print a line with styles of its own; it is cut and not wrapped where it is too long."""
        self._out.print(text, no_wrap=True, overflow="crop", crop=True)

    @contextmanager
    def progress(self) -> Iterator[Step]:
        """Give a function that shows how far long work has come."""
        columns = (
            TextColumn("{task.description:<12}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        tasks: dict[str, object] = {}
        with self.bars(*columns) as bars:

            def step(what: str, done: int, of: int) -> None:
                if what not in tasks:
                    tasks[what] = bars.add_task(what, total=of)
                bars.update(tasks[what], completed=done, total=of)  # type: ignore[arg-type]

            yield step
