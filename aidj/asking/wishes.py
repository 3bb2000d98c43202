"""What a request asks for, wish by wish, and what of it is left over."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | float | tuple[float, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One thing that a request asks for."""

    field: str
    """A field of a query, or a meaning of the vocabulary."""
    value: Value
    phrase: str
    """The words of the request."""
    mode: str = ""
    """``not``, ``less``, ``more``, or nothing."""
    note: str = ""
    """What is doubtful about it."""
    guessed: bool = False
    """Taken for a misspelling, or for part of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Words that could not be understood, or not be done."""

    phrase: str
    reason: str
    understood: bool = False
    """Whether it is clear what is meant, and only cannot be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """What a text asks for."""

    language: str
    wishes: tuple[Wish, ...]
    left: tuple[Left, ...]
    notes: tuple[str, ...]
    """Names that phrases went before."""
    also: bool
    """It begins with "and": what follows comes to what was asked before."""

    @property
    def poorness(self) -> tuple[int, int]:
        """How many words were left over, and how many were guessed at."""
        guessed = sum(len(wish.phrase.split()) for wish in self.wishes if wish.guessed)
        return sum(len(left.phrase.split()) for left in self.left), guessed
