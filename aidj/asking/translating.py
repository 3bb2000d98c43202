"""A door for another reader of requests, such as a language model: it may only answer with a query document.

What it answers is read like any other document from outside: strictly, as data, and refused with the line where it is
wrong. It sees the request and nothing of the library or the history.
"""

from __future__ import annotations

from typing import Protocol

from aidj.selection import Query, parse_query

MAX_ANSWER_CHARS = 4000


class Translator(Protocol):
    """Turns a request in words into the text of a query document (`aidj.selection.parse_query`)."""

    def translate(self, text: str, *, language: str) -> str:
        """Return a query document as YAML."""
        ...


def translated(text: str, translator: Translator, *, language: str) -> Query:
    """Return what a translator makes of a request.

    Raises
    ------
    QueryError
        If its answer is no query document.
    """
    answer = translator.translate(text, language=language)
    return parse_query(answer[:MAX_ANSWER_CHARS], "the answer of the translator")
