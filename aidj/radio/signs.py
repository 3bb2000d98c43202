"""What is drawn beside words, for terminals that have the characters and for those that do not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """The signs of one kind of terminal."""

    playing: str
    paused: str
    liked: str
    more: str
    """Where something is left out."""
    dash: str
    dot: str
    gutter: str
    """Before what the presenter says."""
    done: str
    head: str
    """Half a cell of `done`."""
    rest: str
    level: tuple[str, ...]
    """Growing parts of a cell, the whole one last."""
    peak: str


BLOCKS = Signs(
    playing="♪ ",
    paused="‖ ",
    liked="♥ liked",
    more="…",
    dash=" – ",
    dot=" · ",
    gutter="▌ ",
    done="━",
    head="╸",
    rest="─",
    level=("▄",),
    peak="│",
)
ASCII = Signs(
    playing="> ",
    paused="= ",
    liked="(liked)",
    more="...",
    dash=" - ",
    dot=", ",
    gutter="| ",
    done="=",
    head=">",
    rest="-",
    level=("#",),
    peak="|",
)
NEEDED = "".join((*BLOCKS.level, "♪‖♥…–·▌━╸─│"))
"""What the encoding of a terminal has to have for `BLOCKS`."""
