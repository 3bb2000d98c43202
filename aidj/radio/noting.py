"""The lines above the keys: a request that is typed, what a key has done, answers and warnings."""

from __future__ import annotations

from rich.cells import cell_len

from aidj.radio.cleaning import clean, safe
from aidj.radio.rows import EMPTY, Row, crop, fit, wrapped
from aidj.radio.signs import Signs
from aidj.radio.state import RadioState

_MESSAGE_S, _ANSWER_S, _WARNING_S = 5.0, 20.0, 30.0
"""How long something is shown, in seconds; in the second half of it, dim."""
_LABEL = "Request: "


def notes(state: RadioState, frame: int, rate: int, width: int, lines: int, signs: Signs) -> list[Row]:
    """Return what has been told lately: what a key has done in the first line, below it answers, then warnings."""

    def fading(since: int, length_s: float) -> str | None:
        """Return the style of what came at a frame; None once it is not shown any more."""
        age_s = (frame - since) / rate
        return None if age_s > length_s else "dim" if age_s > length_s / 2 else ""

    first: Row = EMPTY
    if state.lost:
        first = (("! The sound device has gone. The radio waits for it to come back.", "bold red"),)
    elif state.message is not None and (style := fading(state.message.frame, _MESSAGE_S)) is not None:
        first = ((fit(clean(state.message.text), width, signs.more), style),)
    rest: list[Row] = []
    if state.answer is not None and (style := fading(state.answer.frame, _ANSWER_S)) is not None:
        text = clean(f"{state.answer.asked}: {state.answer.text}")
        rest += [((text[start:end], style),) for start, end in wrapped(text, width)]
    for note in reversed(state.warnings):
        if (style := fading(note.frame, _WARNING_S)) is not None:
            text = fit(clean(note.text), width - 2, signs.more)
            rest.append((("! ", f"bold red {style}".rstrip()), (text, style)))
    rows = rest if lines == 1 and not first else [first, *rest]
    return ([crop(row, width) for row in rows] + [EMPTY] * lines)[:lines]


def entry(typed: str, cursor: int | None, width: int) -> Row:
    """Return the line in which a request is typed, with its cursor always in sight.

    Parameters
    ----------
    cursor : int, optional
        Characters before it; None for the end.
    """
    room = max(2, width - cell_len(_LABEL))
    at = len(safe(typed[: len(typed) if cursor is None else max(0, cursor)]))
    text = safe(typed)
    before, under, after = text[:at], text[at : at + 1] or " ", text[at + 1 :]
    start = 0
    while start < len(before) and cell_len(before[start:]) + cell_len(under) > room:
        start += 1
    row: Row = ((_LABEL, "bold"), (before[start:], ""), (under, "reverse"), (after, ""))
    return crop(row, width)
