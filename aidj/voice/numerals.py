"""Roman numerals, where they are numerals: "Part II", "Symphony No. VII", "Henry VIII", but neither "I" nor "MIX"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aidj.voice.mapped import MappedText

_VALUES = {"I": 1, "V": 5, "X": 10}
_WELL_FORMED = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})", re.IGNORECASE)
_NO_NUMERALS = frozenset({"XX", "XXX"})
"""A band, a rating, kisses: a numeral only where a word before says so."""

_LONG = re.compile(r"(?P<before>[A-ZÀ-Þ][\w'-]*,?)(?P<gap>\s+)(?P<numeral>[IVX]{2,7})(?!\w|['-]\w)")


_MOVEMENT = re.compile(r"(?P<before>^|[:;,\u2013]\s*)(?P<numeral>[IVX]{1,6})(?=\.\s+\S)")
"""Symphony No. 5: III. Allegro"""


def roman(numeral: str) -> int | None:
    """Return the value of a numeral from I to XXXIX in upper or lower case; None if it is none."""
    if not numeral or not _WELL_FORMED.fullmatch(numeral):
        return None
    values = [_VALUES[letter] for letter in numeral.upper()]
    return sum(-one if one < following else one for one, following in zip(values, [*values[1:], 0], strict=True))


def say_numerals(
    text: MappedText, *, counted: Sequence[str], rulers: Sequence[str], ordinals: Sequence[str]
) -> MappedText:
    """Return a text with digits, or an ordinal, in the place of Roman numerals.

    Parameters
    ----------
    counted : sequence of str
        Words after which any numeral counts, even "I" and "x": part, act, symphony.
    rulers : sequence of str
        Names of kings and popes: what follows is an ordinal.
    ordinals : sequence of str
        The first, the second and so on, as they follow such a name; beyond them a plain number is said.
    """
    if rulers and ordinals:

        def reign(match: re.Match[str]) -> str:
            value = roman(match["numeral"]) or 0
            if not value or match["numeral"] in ("I", "V", "X"):  # "Louis I miss you"
                return match[0]
            said = ordinals[value - 1] if value <= len(ordinals) else str(value)
            return f"{match['before']} {said}"

        names = "|".join(map(re.escape, rulers))
        text = text.sub(re.compile(rf"(?<!\w)(?P<before>{names})\s+(?P<numeral>[IVX]{{1,7}})(?!\w|['-]\w)"), reign)
    if counted:
        words = "|".join(map(re.escape, counted))
        text = text.sub(
            re.compile(rf"(?<!\w)(?P<before>{words})\s+(?P<numeral>[ivx]{{1,7}})(?!\w|['-]\w)", re.IGNORECASE), _part
        )
    return text.sub(_MOVEMENT, _movement).sub(_LONG, _number)


def _part(match: re.Match[str]) -> str:
    numeral = match["numeral"]
    value = roman(numeral)
    goes_on = re.match(r"\s+[^\W\dA-ZÀ-Þ_]", match.string[match.end() :])
    if value is None or (numeral == "I" and goes_on):  # "the part I played"
        return match[0]
    return f"{match['before']} {value}"


def _movement(match: re.Match[str]) -> str:
    value = roman(match["numeral"])
    return match[0] if value is None else f"{match['before']}{value}"


def _number(match: re.Match[str]) -> str:
    value = None if match["numeral"] in _NO_NUMERALS else roman(match["numeral"])
    return match[0] if value is None else f"{match['before']}{match['gap']}{value}"
