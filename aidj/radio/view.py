"""The screen of the radio: what plays and why, what is said, what comes next, how loud it is, and the keys.

Everything has its place by the size of the screen alone (`aidj.radio.layout`); a value that changes moves no other.
Words, signs and lengths tell everything; colours only repeat it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len

from aidj.radio.cleaning import clean, safe
from aidj.radio.helping import KeyHelp, key_bar, key_list
from aidj.radio.layout import Layout, layout
from aidj.radio.meter import SILENCE, Level
from aidj.radio.noting import entry, notes
from aidj.radio.painting import Line, Screenful
from aidj.radio.playing_now import playing_now
from aidj.radio.rows import EMPTY, Row, apart, clock, crop, filled, fit, wrapped
from aidj.radio.signs import ASCII, BLOCKS, Signs
from aidj.radio.state import Coming, RadioState
from aidj.radio.styles import ROTATION_STYLES

if TYPE_CHECKING:
    from aidj.radio.art import Picture

_ROTATION_CELLS = 19
_LENGTH_CELLS = 7
_MOST_COMING = 10
_NARROW = 70
_MUTED_DB = -60.0
_LINGERS_S = 6.0
"""How long what was said can still be read."""


def art_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the columns and lines that a picture has on a screen of (columns, lines); (0, 0) for none."""
    return layout(max(1, size[0]), max(1, size[1]), True).art


def screen(
    state: RadioState,
    *,
    frame: int,
    rate: int,
    level: Level | None,
    size: tuple[int, int],
    keys: Sequence[KeyHelp] = (),
    show_keys: bool = False,
    typed: str | None = None,
    cursor: int | None = None,
    art: Picture | None = None,
    has_art: bool = False,
    blocks: bool = True,
    title: str = "aidj radio",
) -> Screenful:
    """Return what is to be shown.

    Parameters
    ----------
    frame, rate : int
        The frame that is heard now, and frames per second.
    level : Level, optional
        How loud it is there.
    size : (int, int)
        Columns and lines of the terminal.
    keys : sequence of KeyHelp
        Those that matter most come first: at the bottom there may be room for some only.
    show_keys : bool
        Whether the list of all keys is shown.
    typed : str, optional
        What has been typed of a request so far; None while none is typed.
    cursor : int, optional
        Where in it the cursor stands, in characters; by default at its end.
    art : Picture, optional
        The picture of the song, made for `art_size`.
    has_art : bool
        Whether there can be pictures at all, so that there is room for one.
    blocks : bool
        Whether the terminal can show more than ASCII (see `aidj.radio.signs.NEEDED`).
    """
    where = layout(max(1, size[0]), max(1, size[1]), has_art)
    signs = BLOCKS if blocks else ASCII
    fits = art is not None and (art.columns, art.lines) <= where.art != (0, 0)
    if show_keys or not fits or state.coming(frame, rate) is not None:
        art = None
    view = _View(state, frame, rate, level or SILENCE, where, signs)
    seen = state if typed is None else replace(state, message=None, lost=False)  # what is typed stands in their place
    told = notes(seen, frame, rate, where.used_columns, where.of("note"), where.most_notes, signs)
    if typed is not None:
        told = [entry(typed, cursor, where.used_columns), *told[1:]]
    top = [*[view.header(title)] * where.of("theme"), *[EMPTY] * where.of("gap_theme")]
    bottom = [
        *[EMPTY] * where.of("gap_note"),
        *told,
        *key_bar(keys, where.used_columns, where.of("keys"), is_list_open=show_keys),
    ]
    room = max(0, where.lines - len(top) - len(bottom))  # a long answer covers the last of what comes next
    body = _lines(key_list(keys, where.used_columns, room, signs)) if show_keys else view.body(room, art)
    lines = [*_lines(top), *body, *_lines(bottom)]
    return Screenful(
        columns=where.columns,
        lines=tuple(lines[-where.lines :]),
        picture=art,
        picture_line=where.now_line,
    )


@dataclass(frozen=True, slots=True)
class _View:
    state: RadioState
    frame: int
    rate: int
    level: Level
    layout: Layout
    signs: Signs

    def header(self, title: str) -> Row:
        """Return the set's theme, and how the radio is set."""
        width, theme = self.layout.used_columns, clean(self.state.theme)
        if width < _NARROW:
            return ((fit(theme or title, width, self.signs.more), "bold"),)
        settings = f"talk {self.state.talk}{self.signs.dot}{_volume(self.state.volume_db)}"
        name = f"{title}{self.signs.dot}" if theme else title
        room = width - cell_len(name) - cell_len(settings) - 2
        return apart(((name, "dim"), (fit(theme, room, self.signs.more), "bold")), ((settings, "dim"),), width)

    def body(self, room: int, art: Picture | None) -> list[Line]:
        """Return everything between the theme and the notes."""
        where = self.layout
        indent = 0 if art is None else art.columns + 2
        now = playing_now(self.state, self.frame, self.rate, self.level, where, where.left_columns - indent, self.signs)
        left = [
            *(Line(row=row, indent=indent) for row in now),  # only what stands beside a picture gives way to it
            *_lines([EMPTY] * where.of("gap_words")),
            *_lines(self.words(where.left_columns, where.of("words"))),
        ]
        coming = [
            *[EMPTY] * where.of("gap_next"),
            *[(("Next", "bold"),)] * where.of("heading_next"),
            *self.next(where.next_columns, where.of("next")),
        ]
        if where.is_wide:
            pairs = zip_longest(left, coming)
            lines = [self._beside(line or Line(row=EMPTY), row or EMPTY) for line, row in pairs]
        else:
            lines = [*left, *_lines(coming)]
        return (lines + _lines([EMPTY] * room))[:room]

    def words(self, width: int, lines: int) -> list[Row]:
        """Return what the presenter says, up to the word that is heard now; once it is said, dim for a while."""
        said, silent_s = self.state.said, self.state.silent_s(self.frame, self.rate)
        if said is None or not said.link.text or lines <= 0 or silent_s > _LINGERS_S:
            return [EMPTY] * lines
        text = safe(said.link.text)
        spoken = len(safe(said.link.text[: self.state.spoken_chars(self.frame, self.rate)]))
        ranges = wrapped(text, width - cell_len(self.signs.gutter))
        now = max((n for n, (start, _) in enumerate(ranges) if start < spoken), default=0)
        page = now // lines * lines  # pages are turned: lines that move cannot be read
        is_over = silent_s > 0
        rows: list[Row] = []
        for n, (start, end) in enumerate(ranges[page : now + 1], page):
            heard = text[start : min(end, spoken)]
            word = heard.rfind(" ") + 1 if n == now else len(heard)
            if not heard:
                continue
            if is_over:
                rows.append(((self.signs.gutter, "dim"), (heard, "dim")))
            else:
                rows.append(((self.signs.gutter, "cyan"), (heard[:word], ""), (heard[word:], "bold")))
        return rows + [EMPTY] * (lines - len(rows))

    def next(self, width: int, lines: int) -> list[Row]:
        """Return the songs that come next, and the theme of a set before its first one."""
        rows: list[Row] = []
        each = 1
        if self.layout.is_wide:
            each = 3 if lines >= 3 * _MOST_COMING else 2
        upcoming = self.state.upcoming
        if self.state.coming(self.frame, self.rate) is not None:
            upcoming = upcoming[1:]  # the first one stands in the place of the song that plays
        for coming in upcoming[:_MOST_COMING]:
            part = [*self._coming(coming, width), EMPTY][:each]
            theme: list[Row] = []
            if coming.theme and len(rows) + len(part) < lines:
                theme = [((fit(f"  {clean(coming.theme)}", width, self.signs.more), "italic"),)]
            if len(rows) + len(theme) + len(part) > lines:
                break
            rows += theme + part
        return rows + [EMPTY] * (lines - len(rows))

    def _coming(self, coming: Coming, width: int) -> list[Row]:
        artist, name = clean(coming.artist), clean(coming.title)
        song = f"  {artist}{self.signs.dash}{name}" if artist else f"  {name}"
        length: Row = ((f" {clock(coming.plays_s) if coming.plays_s else '':>{_LENGTH_CELLS}}", "dim"),)
        rotation, style = coming.rotation.replace("_", " "), ROTATION_STYLES.get(coming.rotation, "")
        why = f": {clean(coming.why)}" if coming.why else ""
        if not self.layout.is_wide and width >= _NARROW:
            length = ((f" {rotation:<{_ROTATION_CELLS}}", style), *length)
        left = width - sum(len(text) for text, _ in length)
        first = (*filled(((fit(song, left - 1, self.signs.more), ""),), left), *length)
        second = (("    ", ""), (rotation, style), (fit(why, width - 4 - len(rotation), self.signs.more), "dim"))
        rows = [first, second] if self.layout.is_wide else [first]
        return [crop(row, width) for row in rows]

    def _beside(self, line: Line, row: Row) -> Line:
        """Return a line with a row at the right of it."""
        if not row:
            return line
        left = filled(line.row, self.layout.columns_before_next - line.indent)
        return Line(row=(*left, *row), indent=line.indent)


def _lines(rows: Sequence[Row]) -> list[Line]:
    return [Line(row=row) for row in rows]


def _volume(volume_db: float) -> str:
    if volume_db <= _MUTED_DB:
        return "muted"
    return f"volume {volume_db:+.0f} dB" if round(volume_db) else "full volume"
