"""The line in which a request is typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from aidj.radio.keys import PASTED, Press

MOST_CHARACTERS = 200
_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """A line while it is typed.

    Parameters
    ----------
    text : str
        What stands there.
    cursor : int
        How many characters stand before the cursor.
    earlier : tuple of str
        What was asked for before, the latest last: the arrows up and down go through it.
    at : int
        Which of `earlier` is shown; its length for the line of one's own.
    """

    text: str = ""
    cursor: int = 0
    earlier: tuple[str, ...] = ()
    at: int = 0

    def after(self, press: Press) -> RequestLine:
        """Return the line after a key; one that means nothing here changes nothing."""
        if press.text:
            return self._typed(press.text if press.name != PASTED else " ".join(press.text.split()))
        match press.name:
            case "left":
                return replace(self, cursor=self._left())
            case "right":
                return replace(self, cursor=self._right())
            case "home" | "ctrl+a":
                return replace(self, cursor=0)
            case "end" | "ctrl+e":
                return replace(self, cursor=len(self.text))
            case "backspace":
                return self._without(self._left(), self.cursor)
            case "delete" | "ctrl+d":
                return self._without(self.cursor, self._right())
            case "ctrl+u":
                return self._without(0, self.cursor)
            case "ctrl+k":
                return self._without(self.cursor, len(self.text))
            case "ctrl+w":
                words = self.text[: self.cursor].rstrip().rpartition(" ")
                return self._without(len(words[0] + words[1]), self.cursor)
            case "up":
                return self._recalled(self.at - 1)
            case "down":
                return self._recalled(self.at + 1)
        return self

    def sent(self) -> RequestLine:
        """Return an empty line that remembers this one."""
        text = self.text.strip()
        earlier = (*(old for old in self.earlier if old != text), *((text,) if text else ()))[-_KEPT:]
        return RequestLine(earlier=earlier, at=len(earlier))

    def _typed(self, text: str) -> RequestLine:
        text = "".join(c for c in text if c.isprintable())[: MOST_CHARACTERS - len(self.text)]
        return replace(
            self, text=self.text[: self.cursor] + text + self.text[self.cursor :], cursor=self.cursor + len(text)
        )

    def _without(self, start: int, end: int) -> RequestLine:
        return replace(self, text=self.text[:start] + self.text[end:], cursor=start)

    def _recalled(self, at: int) -> RequestLine:
        if not 0 <= at <= len(self.earlier) or at == self.at:
            return self
        text = self.earlier[at] if at < len(self.earlier) else ""
        return replace(self, text=text, cursor=len(text), at=at)

    def _left(self) -> int:
        at = max(0, self.cursor - 1)
        while at > 0 and unicodedata.combining(self.text[at]):  # an accent goes with its letter
            at -= 1
        return at

    def _right(self) -> int:
        at = min(len(self.text), self.cursor + 1)
        while at < len(self.text) and unicodedata.combining(self.text[at]):
            at += 1
        return at
