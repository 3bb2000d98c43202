"""Which row of a screen is for what: decided by its size alone, so that nothing moves when what is shown changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

_SMALL = """
song keys bar note words next words theme why artist next meter
words gap_next heading_next next gap_words next album next gap_theme note gap_note why next
"""
_LARGE = """
next words next next next note next next words keys next
pad pad pad pad pad words note next next next next gap_more next
"""
_ORDER = (*_SMALL.split(), *_LARGE.split())
"""What a screen gets with every line that it has more; what is left over stays empty."""

_WIDE_COLUMNS, _WIDE_LINES = 120, 22
"""From here on what comes next stands beside what plays now."""
_WIDEST = 180
_BETWEEN = 3
_MOST_NOTES = 12
_ART_COLUMNS, _ART_LINES = 60, 6
"""No picture is shown on a narrower screen, or where it would have fewer lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How many rows everything gets, and how wide it is."""

    columns: int
    lines: int
    rows: Mapping[str, int]
    """Rows of each part; parts that are not named get none."""
    left_columns: int
    """The width of what plays now and of what is said."""
    next_columns: int
    """The width of what comes next; it stands beside the rest where it is wide."""
    is_wide: bool = False

    def of(self, part: str) -> int:
        """Return how many rows a part gets."""
        return self.rows.get(part, 0)

    @property
    def now(self) -> int:
        """Rows for the song that plays."""
        return sum(map(self.of, ("song", "artist", "album", "why", "bar", "meter", "pad")))

    @property
    def used_columns(self) -> int:
        """Cells that anything is written in; lines as long as a very wide screen cannot be read."""
        return self.columns_before_next + self.next_columns if self.is_wide else self.columns

    @property
    def columns_before_next(self) -> int:
        """Cells at the left of what comes next, where it stands beside the rest."""
        return self.left_columns + _BETWEEN

    @property
    def now_line(self) -> int:
        """The line at which the song that plays begins."""
        return self.of("theme") + self.of("gap_theme")

    @property
    def most_notes(self) -> int:
        """Rows that notes may take where there is much to be told, over the last of what comes next."""
        return max(self.of("note"), min(_MOST_NOTES, self.lines * 2 // 5))

    @property
    def art(self) -> tuple[int, int]:
        """Columns and lines that a picture may have; (0, 0) where there is no place for one."""
        if self.columns < _ART_COLUMNS or self.now < _ART_LINES:
            return 0, 0
        return 2 * self.now, self.now  # a cell is about twice as high as it is wide


@lru_cache(16)
def layout(columns: int, lines: int, has_art: bool = False) -> Layout:
    """Return the layout of a screen of a size, with room for a picture where there can be one."""
    if columns >= _WIDE_COLUMNS and lines >= _WIDE_LINES:
        return _wide(columns, lines, has_art)
    order = (part for part in _ORDER if has_art or part != "pad")
    rows = Counter(islice(order, lines))
    return Layout(columns=columns, lines=lines, rows=rows, left_columns=columns, next_columns=columns)


def _wide(columns: int, lines: int, has_art: bool) -> Layout:
    used = min(columns, _WIDEST)
    left = used * 11 // 20
    frame = {"theme": 1, "gap_theme": 1, "gap_note": 1, "note": 3 if lines < 40 else 4, "keys": 1}
    pad = 5 if has_art and lines >= 30 else 0
    song = {"song": 1, "artist": 1, "album": 1, "why": 2, "bar": 1, "meter": 1, "pad": pad}
    body = lines - sum(frame.values())
    words = min(8, body - sum(song.values()) - 1)
    said = {"gap_words": 1, "words": words, "heading_next": 1, "next": body - 1}
    return Layout(
        columns=columns,
        lines=lines,
        rows={**frame, **song, **said},
        left_columns=left,
        next_columns=used - left - _BETWEEN,
        is_wide=True,
    )
