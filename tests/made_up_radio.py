"""States of the radio for tests, and a terminal small enough to read that does what a painter writes."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console

from aidj.model import Item, Link, PartialDate, Plan, Rotation, Set, Track, TrackRef
from aidj.radio.state import RadioState, after, with_plan
from aidj.session import LinkStarted, SetChanged, TrackStarted, Word

RATE = 1000
TEXT = "That was Paper Lanterns by Marble Harbour. Here are songs you have not heard for a long time."
_MOMENT = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def made_track(name: str = "Paper Lanterns", artist: str = "Marble Harbour", **other: object) -> Track:
    fields: dict[str, object] = {"album": "Tin Weather", "released": PartialDate(1994), "path": Path("/music/a.ogg")}
    return Track(
        id=f"{artist}/{name}", title=name, artist=artist, duration_s=222.0, added_at=_MOMENT, **(fields | other)
    )  # type: ignore[arg-type]


def made_item(
    track: Track, rotation: Rotation = "forgotten_favourite", why: str = "41 listens, none for 417 days"
) -> Item:
    ref = TrackRef(id=track.id, artist=track.artist, title=track.title, duration_s=track.duration_s)
    return Item(track=ref, rotation=rotation, why=why, plays_s=200.0)


def made_plan(*sets: tuple[str, tuple[Item | Link, ...]]) -> Plan:
    parts = tuple(Set(theme=theme, entries=entries) for theme, entries in sets)
    return Plan(title="A plan", planned_at=_MOMENT, seed=1, minutes=60, presenter="host", sets=parts)


TRACKS = tuple(made_track(f"Song {n}", f"Artist {n}") for n in range(12))
ITEMS = tuple(made_item(track) for track in TRACKS)
PLAN = made_plan(("songs of the sea", ITEMS[:3]), ("songs from the nineties", ITEMS[3:]))


def playing(track: Track = TRACKS[0], item: Item = ITEMS[0], at: int = 0, plays_s: float = 200.0) -> RadioState:
    """Return the state right after the first song has begun."""
    state = after(RadioState(), SetChanged(frame=at, theme="songs of the sea"))
    state = after(state, TrackStarted(frame=at, item=item, track=track, plays_s=plays_s))
    return with_plan(state, PLAN)


def speaking(state: RadioState, at: int, n_words: int, text: str = TEXT) -> RadioState:
    """Return a state in which so many words of a link have been said, one every tenth of a second."""
    state = after(state, LinkStarted(frame=at, link=Link(kind="intro", text=text, speech_s=8.0)))
    for n, match in enumerate(list(re.finditer(r"\S+", text))[:n_words]):
        word = Word(frame=at + n * RATE // 10, text=match[0], start_char=match.start(), length=len(match[0]))
        state = after(state, word)
    return state


def console(columns: int = 80, lines: int = 24, **other: object) -> Console:
    """Return a console that keeps what it would send to a terminal."""
    settings: dict[str, object] = {"force_terminal": True, "color_system": "truecolor", "legacy_windows": False}
    settings |= {"file": io.StringIO(), "_environ": {}, **other}
    return Console(width=columns, height=lines, **settings)  # type: ignore[arg-type]


def sent(screen: Console) -> str:
    """Return what has been sent since the last time."""
    file = screen.file
    assert isinstance(file, io.StringIO)
    text = file.getvalue()
    file.seek(0)
    file.truncate()
    return text


_TOKEN = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|([^\x1b]+)", re.DOTALL)


class SmallTerminal:
    """What a terminal shows after what was sent to it; it knows what a painter needs, and refuses the rest."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns = columns
        self.rows = [[" "] * columns for _ in range(lines)]
        self._x = self._y = 0

    def take(self, text: str) -> None:
        at = 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            assert token, f"not understood: {text[at : at + 20]!r}"
            at = token.end()
            if token[3] is not None:
                self._write(token[3])
            elif token[2] == "H":
                line, _, column = token[1].partition(";")
                self._y, self._x = int(line or 1) - 1, int(column or 1) - 1
            elif token[2] == "J":
                assert token[1] == "2"
                self.rows = [[" "] * self.columns for _ in self.rows]
            elif token[2] == "K":
                self.rows[self._y][self._x :] = [" "] * (self.columns - self._x)
            else:
                assert token[2] == "m", f"not understood: {token[0]!r}"

    def _write(self, text: str) -> None:
        for char in text:
            width = cell_len(char)
            assert self._x + width <= self.columns, "written beyond the edge"
            if width:
                self.rows[self._y][self._x : self._x + width] = [char, *[""] * (width - 1)]
                self._x += width
            elif self._x:
                self.rows[self._y][self._x - 1] += char

    def text(self) -> list[str]:
        """Return the lines, as they are read."""
        return ["".join(row).rstrip() for row in self.rows]


def lines_of(text: str) -> list[str]:
    """Return the lines of a printed screen without their styles."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n")]


def widths_of(text: str) -> set[int]:
    """Return how many cells the lines of a printed screen take up."""
    return {cell_len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n")}
