"""A request cut into words, each of which remembers where it stood."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aidj.selection import plain_words

_PIECE = re.compile(
    r"[\"“”„«‹](?P<marks>[^\"“”„«»‹›\n]+)[\"“”»›]"
    r"|(?<!\w)['‘’](?P<ticks>(?!\d)[^'‘’\n]{2,}(?:['’]\w[^'‘’\n]*)*)['’](?!\w)"
    r"|(?P<clock>\d{1,2}:\d{2})"
    r"|(?P<word>\d+[.,]\d{1,2}(?!\d)|\w+(?:['’ʼ]\w+)*)"
)
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|un|all|coll|dall|dell|nell|quell|sull)['’ʼ]")
_STOP = re.compile(r"[,;:.!?()\n]")
_DASH = re.compile(r"\s*[-–—]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a request, or what stands in quotes."""

    start: int
    """Where it stands in the text, in characters; quotes are not part of it."""
    end: int
    word: str
    """Lower case, without accents and signs; "" for what stands in quotes."""
    quoted: bool = False
    stop: bool = False
    """A comma or another stop stands before it."""
    dash: bool = False
    """Nothing but a dash stands between it and the word before."""


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a text into words. What stands in quotes is one token, and never a word of the grammar."""
    found: list[Token] = []
    behind = 0
    for match in _PIECE.finditer(text):
        between = text[behind : match.start()]
        stop, dash = bool(_STOP.search(between)), bool(found) and bool(_DASH.fullmatch(between))
        behind = match.end()
        kind = "marks" if match["marks"] else "ticks" if match["ticks"] else None
        if kind:
            found.append(Token(start=match.start(kind), end=match.end(kind), word="", quoted=True, stop=stop))
            continue
        start, end = match.span()
        elided = _ELIDED.match(text[start:end].casefold())
        cut = start + elided.end() if elided and start + elided.end() < end else start
        for first, last in ((start, cut), (cut, end)):
            word = (match["clock"] or _plain(text[first:last])) if first < last else ""
            if word:
                found.append(Token(start=first, end=last, word=word, stop=stop, dash=dash))
                stop = dash = False
    return tuple(found)


def _plain(word: str) -> str:
    """Return one word as the grammar knows it; a decimal keeps its point."""
    if re.fullmatch(r"\d+[.,]\d{1,2}", word, re.ASCII):
        return word.replace(",", ".")
    return plain_words(re.sub("['’ʼ]", "", word)).replace(" ", "")
