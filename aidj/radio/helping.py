"""The keys: as many as there is room for at the bottom of the screen, and the list of them all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from aidj.radio.cleaning import clean
from aidj.radio.rows import EMPTY, Row, crop, filled, fit
from aidj.radio.signs import Signs

LIST_KEY = "?"
_BETWEEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHelp:
    """A key and what it does."""

    keys: str
    """As it is printed: "s", "space", "+ -"."""
    short: str = ""
    """A word or two for the bottom of the screen; empty for one that stands in the list only."""
    text: str
    """A few words for the list."""


def key_bar(keys: Sequence[KeyHelp], width: int, lines: int, *, is_list_open: bool) -> list[Row]:
    """Return the first keys, as many as there is room for; the one that opens the list is always among them."""
    if is_list_open:
        pairs = [(LIST_KEY, "close this list")]
    else:
        pairs = [(clean(key.keys), clean(key.short)) for key in keys if key.short]
    opening = [pair for pair in pairs if pair[0] == LIST_KEY]
    others = [pair for pair in pairs if pair[0] != LIST_KEY]
    # The list's own key ends the bar, so all that comes before it has to leave room.
    fitting = next(
        (rows for n in range(len(others), -1, -1) if len(rows := _laid([*others[:n], *opening], width)) <= lines),
        [],
    )
    return ([crop(row, width) for row in fitting] + [EMPTY] * lines)[:lines]


def key_list(keys: Sequence[KeyHelp], width: int, lines: int, signs: Signs) -> list[Row]:
    """Return all keys, in as many columns as it takes."""
    heading: list[Row] = [(("Keys", "bold"),)] if lines > len(keys) else []
    room = max(1, lines - len(heading))
    columns = max(1, math.ceil(len(keys) / room))
    each = width // columns
    label = min(max((cell_len(key.keys) for key in keys), default=0), max(1, each // 2))
    entries: list[Row] = []
    for key in keys:
        name = filled(((f"  {fit(clean(key.keys), label, '')}", "bold"),), label + 4)
        left = each - label - 4
        text = key.text if not key.short or cell_len(key.text) < left or columns == 1 else key.short
        entries.append(filled((*name, (fit(clean(text), left - (columns > 1), signs.more), "")), each))
    rows = heading + [sum(entries[n::room], EMPTY) for n in range(min(room, len(entries)))]
    return ([crop(row, width) for row in rows] + [EMPTY] * lines)[:lines]


def _laid(pairs: Sequence[tuple[str, str]], width: int) -> list[Row]:
    """Return keys laid out in as many rows as they take."""
    rows: list[Row] = []
    used = width + 1
    for key, short in pairs:
        need = cell_len(key) + 1 + cell_len(short)
        if not rows or used + _BETWEEN + need > width:
            rows.append(EMPTY)
            used = 0
        else:
            rows[-1] = (*rows[-1], (" " * _BETWEEN, ""))
            used += _BETWEEN
        rows[-1] = (*rows[-1], (key, "bold"), (f" {short}", "dim"))
        used += need
    return rows
