"""A door for another reader of requests, such as a language model: it may only answer with a query document.

What it answers is read like any other document from outside: strictly, as data, and refused with the reason where it
is wrong. It sees the words that were asked, and nothing of the library or the history.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from aidj.asking.schema import MAX_VALUES
from aidj.errors import QueryError
from aidj.selection import Query, parse_query

MAX_ANSWER_CHARS = 4000
_WHERE = "the answer"
_FORM = "write one JSON object and nothing else"


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is no query document."""

    answer: str
    reason: str
    """What is wrong with it, and what to do; nothing of the library."""


class Translator(Protocol):
    """Turns a request in words into a query document, as `aidj.asking.QUERY_SCHEMA` describes it."""

    @property
    def name(self) -> str:
        """What it is called where the listener is told who read a request."""

    def translate(self, texts: Sequence[str], *, refused: Refused | None = None) -> str:
        """Return what the last text asks for, as a JSON object.

        Whatever it raises costs its reading and nothing else; the message says why.

        Parameters
        ----------
        texts : sequence of str
            What was asked, one after the other: a request, or a follow-up behind what was asked before.
        refused : Refused, optional
            Its answer a moment ago, and why that was refused.
        """


def translated(texts: Sequence[str], translator: Translator) -> Query:
    """Return what a translator makes of the last text; an answer that is refused goes back to it once.

    Raises
    ------
    QueryError
        If its second answer is no query document either.
    Exception
        Whatever the translator raises.
    """
    answer = translator.translate(texts)
    try:
        return read_answer(answer)
    except QueryError as problem:
        refused = Refused(answer[:MAX_ANSWER_CHARS], _reason(problem))
    return read_answer(translator.translate(texts, refused=refused))


def read_answer(answer: str) -> Query:
    """Read a query document as JSON. Raises QueryError where it is none."""
    if len(answer) > MAX_ANSWER_CHARS:
        raise QueryError(f"It is longer than {MAX_ANSWER_CHARS:,} characters", where=_WHERE, hint=_FORM)
    try:
        document = json.loads(answer, object_pairs_hook=_once, parse_constant=_no_number)
        if not isinstance(document, dict):
            raise QueryError("It is no JSON object", where=_WHERE, hint=_FORM)
        text = yaml.safe_dump(document, allow_unicode=True)
    except (ValueError, RecursionError) as problem:
        raise QueryError(f"It is no JSON ({problem})", where=_WHERE, hint=_FORM) from problem
    query = parse_query(text, _WHERE)
    for held in (query, query.without):
        for field in dataclasses.fields(held):
            value = getattr(held, field.name)
            if isinstance(value, tuple) and len(value) > MAX_VALUES:
                raise QueryError(
                    f"{field.name!r} has {len(value)} values", where=_WHERE, hint=f"at most {MAX_VALUES} are taken"
                )
    return query


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a key stands in it twice")
    return document


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _reason(problem: QueryError) -> str:
    return f"{problem.what}; {problem.hint}" if problem.hint else problem.what
