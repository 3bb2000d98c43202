"""A text that remembers, through every replacement, where each of its characters stands in the text it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MappedText:
    """A text and, for each of its characters, the span of the original text that it stands for.

    Spans never run backwards: neither their starts nor their ends ever decrease from one character to the next.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, original: str) -> MappedText:
        """Return the original text itself, each character standing for itself."""
        size = len(original)
        return cls(original, tuple(range(size)), tuple(range(1, size + 1)))

    def sub(self, pattern: re.Pattern[str], said: str | Callable[[re.Match[str]], str]) -> MappedText:
        """Return it with every match replaced, like `re.sub` (a template may use ``\\1``)."""
        matches = pattern.finditer(self.text)
        if isinstance(said, str):
            return self.replace((match.start(), match.end(), match.expand(said)) for match in matches)
        return self.replace((match.start(), match.end(), said(match)) for match in matches)

    def replace(self, places: Iterable[tuple[int, int, str]]) -> MappedText:
        """Return it with new characters at some places: start and end of each, in order, and what comes there.

        What old and new have in common at either end keeps its own places; what differs stands, all of it, for all that
        it replaces.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for low, high, new in places:
            old = self.text[low:high]
            if new == old:
                continue
            head = _common(old, new)
            tail = _common(old[head:][::-1], new[head:][::-1])
            pieces += (self.text[at : low + head], new[head : len(new) - tail])
            starts += self.starts[at : low + head]
            ends += self.ends[at : low + head]
            at = high - tail
            inserted = len(new) - head - tail
            if low + head < at:
                first, last = self.starts[low + head], self.ends[at - 1]
            else:  # nothing is replaced, so what is new stands for nothing
                first, last = self._gap(at)
            starts += [first] * inserted
            ends += [last] * inserted
        if not pieces:
            return self
        pieces.append(self.text[at:])
        return MappedText("".join(pieces), (*starts, *self.starts[at:]), (*ends, *self.ends[at:]))

    def _gap(self, at: int) -> tuple[int, int]:
        """Return the span of nothing before a character."""
        if not at:
            return (self.starts[0], self.starts[0]) if self.starts else (0, 0)
        last = self.ends[at - 1]
        return min(last, self.starts[at]) if at < len(self.starts) else last, last

    def cut(self, end: int) -> MappedText:
        """Return the part before a character."""
        return MappedText(self.text[:end], self.starts[:end], self.ends[:end])

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original text the characters from ``start`` up to ``end`` stand; any numbers will do."""
        size = len(self.text)
        if not size:
            return 0, 0
        start = min(max(start, 0), size - 1)
        end = min(max(end, start + 1), size)
        return self.starts[start], self.ends[end - 1]


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    size = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        size += 1
    return size
