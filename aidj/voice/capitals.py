"""Words in capitals: names are said as words, initialisms letter by letter, and "R.E.M." in the same way as "NWA".

Words in which capitals come and go are said as words as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from aidj.voice.mapped import MappedText

_MAX_INITIALISM = 4
"""Longer ones without a vowel are hardly ever spelled by people either, but nobody could say them otherwise."""

_CAPITALS = re.compile(r"(?<![\w.'])[^\W\d_a-z]{2,}(?![\w])")
_V_FOR_U = re.compile(r"(?<=[BCDFGHJKLMNPQRSTWXZ])V(?=[BCDFGHJKLMNPQRSTWXZ])")
_ANY_WORD = re.compile(r"[^\W\d_]{4,}")
_CASE_CHANGE = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[a-zß-ÿ])")
_MOST_CHANGES = 3
"""As in McCartney; a word that begins small has one less, as in iPod."""
_BEFORE_DIGITS = re.compile(r"(?<![\w.])([A-Z]{2,3})-?(?=\d)")
_DOTTED = re.compile(r"(?<![\w.])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![\w]))?")


def is_initialism(word: str, known: Collection[str]) -> bool:
    """Tell whether people spell a word in capitals: a known one, or a short one that no mouth could say."""
    if word in known:
        return True
    vowels = any(_is_vowel(letter) for letter in word) or "Y" in word[1:]
    return len(word) <= _MAX_INITIALISM and not vowels


def say_capitals(text: MappedText, initialisms: Collection[str]) -> MappedText:
    """Return a text without words in capitals: "ABBA" becomes "Abba", and "TLC" "T.L.C", which voices spell."""

    def word(match: re.Match[str]) -> str:
        letters = match[0]
        if not letters.isupper() or not unicodedata.name(letters[0], "").startswith("LATIN"):
            return letters
        if is_initialism(letters, initialisms) and not _within_capitals(match, initialisms):
            return ".".join(letters)
        if len(letters) > _MAX_INITIALISM:
            letters = _V_FOR_U.sub("U", letters)  # CHVRCHES
        return letters[0] + letters[1:].lower()

    text = text.sub(_DOTTED, _dotted).sub(_BEFORE_DIGITS, lambda match: ".".join(match[1]) + " ")  # UB40
    return text.sub(_CAPITALS, word).sub(_ANY_WORD, _calmed)


def _within_capitals(match: re.Match[str], known: Collection[str]) -> bool:
    """Tell whether a short word like AM or US stands in a text that is all capitals: WHO AM I."""
    if len(match[0]) > 2 or not any(map(_is_vowel, match[0])):
        return False
    beside = (*match.string[: match.start()].split()[-1:], *match.string[match.end() :].split()[:1])
    words = (word.strip(".,;:?!") for word in beside)
    return any(word.isupper() and not is_initialism(word, known) for word in words)


def _calmed(match: re.Match[str]) -> str:
    """Write a word with ordinary capitals if its own are play: tUnE, oOoOO."""
    word = match[0]
    usual = _MOST_CHANGES - word[0].islower()
    return word[0] + word[1:].lower() if len(_CASE_CHANGE.findall(word)) > usual else word


def _dotted(match: re.Match[str]) -> str:
    """Write dotted initialisms in one way, without the last dot unless a sentence may end there."""
    letters = match[0].rstrip(".")
    after = match.string[match.end() :].lstrip(" ")[:1]
    ends = match[0].endswith(".") and (not after or after.isupper())
    return letters.upper() + ("." if ends else "")


def _is_vowel(letter: str) -> bool:
    return unicodedata.normalize("NFD", letter)[0] in "AEIOUÆØŒ"
