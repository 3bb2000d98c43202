"""The lines above the keys: a request that is typed, what a key has done, answers and warnings."""

from __future__ import annotations

from rich.cells import cell_len

from aidj.radio.cleaning import clean, safe
from aidj.radio.playing_now import LOST
from aidj.radio.rows import EMPTY, Row, crop, fit, wrapped
from aidj.radio.signs import Signs
from aidj.radio.state import RadioState

_MESSAGE_S, _ANSWER_S, _WARNING_S = 5.0, 20.0, 30.0
"""How long something short is shown, in seconds; in the second half of it, dim."""
_READ_CHARS_PER_S = 10.0
"""How fast is read beside listening: what is longer is shown longer."""
_LABEL = "Request: "
GONE = "The sound device has gone. Connect it again, or press space to go on with another one."


def notes(state: RadioState, frame: int, rate: int, width: int, lines: int, most: int, signs: Signs) -> list[Row]:
    """Return what has been told lately: what a key has done, below it the answer to a request, then warnings.

    Parameters
    ----------
    lines, most : int
        How many rows are returned: as a rule the first, and up to the second where there is more to be read. An answer
        is shown in full before there is a place for warnings.
    """

    def told(text: str, since: int, least_s: float, sign: str = "") -> list[Row]:
        """Return what came at a frame in as many rows as it takes; none once it is not shown any more."""
        age_s, length_s = (frame - since) / rate, max(least_s, len(text) / _READ_CHARS_PER_S)
        if age_s > length_s:
            return []
        style = "dim" if age_s > length_s / 2 else ""
        starts: list[Row] = [((sign, f"bold red {style}".rstrip()),), ((" " * len(sign), ""),)] if sign else [EMPTY]
        parts = [text[start:end] for start, end in wrapped(text, width - len(sign))]
        return [(*starts[min(n, len(starts) - 1)], (part, style)) for n, part in enumerate(parts)]

    message = told(GONE, frame, _MESSAGE_S, LOST) if state.lost else []
    if state.message is not None and not (state.lost and state.message.text == GONE):
        message += told(clean(state.message.text), state.message.frame, _MESSAGE_S)
    answer: list[Row] = []
    if (asked := state.answer) is not None:
        answer = told(clean(f"{asked.asked}: {asked.text}"), asked.frame, _ANSWER_S)
        if len(answer) >= most:  # what was asked is known to who has asked
            answer = told(clean(asked.text), asked.frame, _ANSWER_S)
    if not message and lines > 1:
        message = [EMPTY]  # its place is kept, so that an answer that is read does not move
    rows = [*message[: max(1, most - len(answer))], *answer]
    for n, note in enumerate(reversed(state.warnings)):
        warning = told(clean(note.text), note.frame, _WARNING_S, LOST)
        left = (most if n == 0 else lines) - len(rows)  # only the latest one takes room from what comes next
        if len(warning) > left > 0:
            start, text = warning[left - 1][:-1], " ".join(row[-1][0] for row in warning[left - 1 :])
            warning[left - 1] = (*start, (fit(text, width - len(LOST), signs.more), warning[0][-1][1]))
        rows += warning[: max(0, left)]
    rows = rows[:most]
    return [crop(row, width) for row in rows] + [EMPTY] * (lines - len(rows))


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
