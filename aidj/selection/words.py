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
_NO_WORD_ASCII = re.compile(r"[^a-z0-9\n]+")
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
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return {}
    plain = _plain("\n".join(text.replace("\n", " ") for text in distinct)).split("\n")
    return {text: words.strip() for text, words in zip(distinct, plain, strict=True)}


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
    return (_NO_WORD_ASCII if text.isascii() else _NO_WORD).sub(" ", text)


def runs(words: str) -> Iterator[str]:
    """Yield every run of neighbouring words, written as one: "hip hop" gives "hip", "hiphop" and "hop"."""
    parts = words.split()
    for start in range(len(parts)):
        run = ""
        for part in parts[start : start + _LONGEST_RUN]:
            run += part
            yield run
