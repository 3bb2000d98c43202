"""From facts to a line: which can be said, and which of them is.

Pure: what is picked depends on the arguments and the state of ``rng`` alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence, Set
from dataclasses import dataclass

from aidj.errors import ScriptError
from aidj.model import LinkKind
from aidj.script.documents import nearest
from aidj.script.facts import Facts, check_facts
from aidj.script.lines import LINE_FILES, Line, Lines
from aidj.script.slots import SLOTS

MAX_TEXT_CHARS = 500
"""A longer line (a title can be very long) is not said at all."""

_ENDS = (".", "?", "!", "…")


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A text to be said, and the line it was made from."""

    text: str
    line_id: str


def write_line(
    kind: LinkKind,
    facts: Facts,
    *,
    lines: Lines,
    rng: random.Random,
    used: Set[str],
    max_chars: int | None = None,
) -> WrittenLine | None:
    """Pick a line of this kind whose slots and conditions the facts fulfil, and fill it.

    Parameters
    ----------
    kind : LinkKind
        What the link is for.
    facts : Facts
        What is known, see `FACTS`.
    lines : Lines
        What can be said.
    rng : random.Random
        Where chance comes from; asked once, if anything can be said.
    used : set of str
        Ids of lines that have been said; they are not said again.
    max_chars : int, optional
        The longest text that fits.

    Returns
    -------
    WrittenLine or None
        None where no line is left that could be said.

    Raises
    ------
    ScriptError
        For facts or a kind that do not exist.
    """
    if kind not in LINE_FILES:
        like = nearest(kind, LINE_FILES)
        raise ScriptError(f"There is no kind of link “{kind}”", hint=f"did you mean “{like}”?" if like else None)
    check_facts(facts)
    limit = MAX_TEXT_CHARS if max_chars is None else min(max_chars, MAX_TEXT_CHARS)
    return _pick(lines.by_kind.get(kind, ()), facts, rng, used, limit)


def disclosure(lines: Lines, rng: random.Random) -> WrittenLine:
    """Pick a sentence which says that the presenter's voice is synthetic.

    Raises
    ------
    ScriptError
        If the language has none.
    """
    line = _pick(lines.by_kind.get("disclosure", ()), {}, rng, frozenset(), MAX_TEXT_CHARS)
    if line is None:
        raise ScriptError(
            "No line says that the voice is synthetic",
            where=f"lines/{lines.language}/disclosure.yaml",
            cause="the file is missing, or all its lines have weight 0 or need facts",
            hint="write one line without slots",
        )
    return line


def _pick(
    lines: Sequence[Line], facts: Facts, rng: random.Random, used: Set[str], max_chars: int
) -> WrittenLine | None:
    words = {name: slot(facts) for name, slot in SLOTS.items()}
    texts: list[WrittenLine] = []
    weights: list[float] = []
    for line in lines:
        if line.id in used or line.weight <= 0 or not _applies(line, facts):
            continue
        text = _fill(line, words)
        if text is not None and len(text) <= max_chars:
            texts.append(WrittenLine(text, line.id))
            weights.append(line.weight)
    return rng.choices(texts, weights)[0] if texts else None


def _applies(line: Line, facts: Facts) -> bool:
    return all(facts.get(name) in allowed for name, allowed in line.when.items())


def _fill(line: Line, words: dict[str, str | None]) -> str | None:
    """Put the slots' words into the template; None where one is missing."""
    text = ""
    for index, part in enumerate(line.parts):
        if index % 2:
            word = words[part]
            if word is None:
                return None
            text += word
        elif index and part.startswith(".") and text.endswith(_ENDS):
            text += part[1:]  # a title that ends its own sentence: "Who Are You?", "R.E.M."
        else:
            text += part
    return text
