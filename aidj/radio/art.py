"""Album art in terminals that can show it: by kitty's graphics protocol, or as sixels.

The work is done by textual-image and Pillow (the extra ``art``); without them, or in any other terminal, there are no
pictures. Which terminal it is, is told by the environment: asking the terminal itself would mean waiting for an answer
that may never come, between the keys the listener presses.
"""

from __future__ import annotations

import importlib
import logging
import os
import struct
import sys
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from rich.console import Console
from rich.control import Control
from rich.segment import Segment

from aidj.radio.pictures import picture_of

logger = logging.getLogger(__name__)

Protocol = Literal["kitty", "sixel"]
Wanted = Literal["auto", "kitty", "sixel", "none"]

_SIXEL_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "mintty"})
_SIXEL_TERMS = ("foot", "mlterm", "contour", "yaft")
_KONSOLE_WITH_SIXELS = 220400
_KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtProtocol:
    """How a terminal shows pictures."""

    name: Protocol
    console: Console = field(repr=False)
    cell_pixels: tuple[int, int]
    """Width and height of a cell when the radio began."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A picture ready for the terminal, of so many cells."""

    columns: int
    lines: int
    protocol: ArtProtocol = field(repr=False)
    image: Any = field(repr=False)
    """textual-image's renderable."""
    sixels: str = field(default="", repr=False)

    def placed(self, line: int) -> list[Segment]:
        """Return what shows it at the left of the screen from a line on. For kitty, its data is sent at once."""
        if self.sixels:
            return [Control.move_to(0, line).segment, Segment(self.sixels, None, Control.home().segment.control)]
        console = self.protocol.console
        options = console.options.update(width=self.columns, height=self.lines)
        placed: list[Segment] = []
        for number, row in enumerate(Segment.split_lines(console.render(self.image, options))):
            placed += [Control.move_to(0, line + number).segment, *row]
        return placed

    def removed(self) -> list[Segment]:
        """Return what takes it away; the text written over it has hidden it already."""
        self.image.cleanup()
        return []


def art_protocol(
    console: Console, wanted: Wanted = "auto", environ: Mapping[str, str] = os.environ
) -> ArtProtocol | None:
    """Return how pictures are shown on a console; None where they are not.

    Call it before anything else reads the keys: nothing is asked of the terminal, but for a moment there is none.

    Parameters
    ----------
    wanted : {"auto", "kitty", "sixel", "none"}
        ``auto`` goes by what the environment says of the terminal.
    """
    name = protocol_of(environ) if wanted == "auto" else None if wanted == "none" else wanted
    if name is None or not console.is_terminal or console.is_dumb_terminal or console.no_color:
        return None
    if name == "kitty" and console.color_system != "truecolor":
        return None  # the colour of its cells says which picture they belong to
    cell_pixels = _cell_pixels(console)
    if cell_pixels is None or not _is_installed():
        return None
    return ArtProtocol(name=name, console=console, cell_pixels=cell_pixels)


def protocol_of(environ: Mapping[str, str]) -> Protocol | None:
    """Return the protocol of the terminal that an environment tells of; None where it tells of none that is known."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if environ.get("TMUX") or term.startswith(("tmux", "screen")):
        return None  # what lies between passes pictures on only where it was told to
    if "kitty" in term or "ghostty" in term or environ.get("KITTY_WINDOW_ID"):
        return "kitty"
    konsole = environ.get("KONSOLE_VERSION", "")
    if konsole.isdecimal() and int(konsole[:9]) >= _KONSOLE_WITH_SIXELS:
        return "sixel"
    return "sixel" if program in _SIXEL_PROGRAMS or term.startswith(_SIXEL_TERMS) else None


class Pictures:
    """The pictures of songs, made on a thread of their own.

    Parameters
    ----------
    protocol : ArtProtocol
        Of the terminal they are made for.
    """

    def __init__(self, protocol: ArtProtocol) -> None:
        self._protocol = protocol
        self._worker = ThreadPoolExecutor(1, "aidj-pictures")
        self._made: dict[tuple[Path, int, int], Future[Picture | None]] = {}

    def of(self, path: Path, columns: int, lines: int) -> Picture | None:
        """Return the picture of a song for a place of so many cells; None until it is ready, or where there is none."""
        if columns <= 0 or lines <= 0 or _cell_pixels(self._protocol.console) != self._protocol.cell_pixels:
            return None  # after a zoom the library would still reckon with the cells as they were
        key = (path, columns, lines)
        if key not in self._made:
            for old in list(self._made)[: 1 - _KEPT]:
                self._made.pop(old).cancel()
            self._made[key] = self._worker.submit(_made, self._protocol, *key)
        made = self._made[key]
        return made.result() if made.done() and not made.cancelled() else None

    def close(self) -> None:
        """Make no more."""
        self._worker.shutdown(wait=False, cancel_futures=True)


def _made(protocol: ArtProtocol, path: Path, columns: int, lines: int) -> Picture | None:
    width, height = protocol.cell_pixels
    try:
        picture = picture_of(path, (columns * width, lines * height))
        if picture is None:
            return None
        columns = max(1, min(columns, round(picture.width / width)))
        lines = max(1, min(lines, round(picture.height / height)))
        renderer = importlib.import_module(f"textual_image.renderable.{'tgp' if protocol.name == 'kitty' else 'sixel'}")
        image = renderer.Image(picture, width=columns, height=lines)
        sixels = _sixels(image, columns, lines) if protocol.name == "sixel" else ""
        return Picture(columns=columns, lines=lines, protocol=protocol, image=image, sixels=sixels)
    except Exception as error:  # a picture is never worth an end of the radio
        logger.info("%s: its picture cannot be shown (%s)", os.fsdecode(path), error)
        return None


def _sixels(image: Any, columns: int, lines: int) -> str:
    """Return the sixels of a picture without what the library puts around them to find its way on a page."""
    console = Console(width=columns, height=lines + 1, force_terminal=True, file=sys.stderr)
    rendered = console.render(image, console.options.update(height=lines + 1))
    return next(segment.text for segment in rendered if segment.text.startswith("\x1bP"))


def _is_installed() -> bool:
    """Import the library without letting it ask the terminal what it can do, which it does wherever it sees one."""
    stdout = sys.__stdout__
    try:
        sys.__stdout__ = None  # type: ignore[misc]
        importlib.import_module("textual_image.renderable")
    except ImportError:
        return False
    finally:
        sys.__stdout__ = stdout  # type: ignore[misc]
    return True


def _cell_pixels(console: Console) -> tuple[int, int] | None:
    """Return the width and height of a cell as the terminal's driver knows them; None where it does not."""
    try:
        fcntl, termios = importlib.import_module("fcntl"), importlib.import_module("termios")
        size = fcntl.ioctl(console.file.fileno(), termios.TIOCGWINSZ, bytes(8))
    except (ImportError, OSError, ValueError):
        return None
    lines, columns, width, height = cast(tuple[int, int, int, int], struct.unpack("HHHH", size))
    if not columns or not lines or width < columns or height < lines:
        return None
    return width // columns, height // lines
