"""Texts as plain words, so that a word can be looked for in them whatever its case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_ELISION = re.compile(r"\b([cdjlmnst]|qu)['’](?=\w)")
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_SPACES = {code: " " for code in range(128) if not (chr(code).islower() or chr(code).isdigit() or chr(code) == "\n")}
"""What is no word in ASCII: put in place of one sign after the other, faster than by a pattern."""
_NO_WORD = re.compile(r"(?:[^\w\n]|_)+")
_LONGEST_RUN = 6


@lru_cache(1 << 15)
def plain_words(text: str) -> str:
    """Return the words of a text, parted by single spaces: lower case, without accents and signs.

    "Noël" is "noel", "Children's" is "childrens", "l'été" is "l ete", "R&B" is "r and b". Empty where there is no word.
    """
    return " ".join(_plain(text).split())


def plain_words_of(texts: Iterable[str]) -> Mapping[str, str]:
    """Return the `plain_words` of many texts at once, several times faster than one by one."""
    distinct = dict.fromkeys(texts)
    found: dict[str, str] = {}
    for some in ([text for text in distinct if text.isascii()], [text for text in distinct if not text.isascii()]):
        if some:
            plain = _plain("\n".join(text.replace("\n", " ") for text in some)).split("\n")
            found |= {text: words.strip() for text, words in zip(some, plain, strict=True)}
    return found


def _plain(text: str) -> str:
    """Do the work for texts of several lines, which stay lines."""
    text = text.casefold()
    if not text.isascii():
        text = (
            unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
            .casefold()
            .translate(_LETTERS)
        )
    text = _APOSTROPHES.sub("", _ELISION.sub(r"\1 ", text)).replace("&", " and ")
    if not text.isascii():
        return _NO_WORD.sub(" ", text)
    text = text.translate(_SPACES)
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def runs(words: str) -> Iterator[str]:
    """Yield every run of neighbouring words, written as one: "hip hop" gives "hip", "hiphop" and "hop"."""
    parts = words.split()
    for start in range(len(parts)):
        run = ""
        for part in parts[start : start + _LONGEST_RUN]:
            run += part
            yield run
