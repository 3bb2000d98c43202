"""From a request in words to a query, and from a follow-up to another one. Offline, and the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from aidj.asking.merging import Merging
from aidj.asking.names import Names
from aidj.asking.parsing import Parse, parse
from aidj.asking.understood import Understood
from aidj.asking.vocabulary import FORMS, languages, load_vocabulary
from aidj.selection import Query

MAX_CHARS = 300
"""No more of a request is read."""


def understand(
    text: str, *, language: str, library_names: Names, now: datetime, folders: Sequence[Path] = ()
) -> Understood:
    """Read a request; any text gives an answer, if only that it was not understood.

    Parameters
    ----------
    language : str
        The presenter's, such as ``en``; another one is taken where its words understand more of the text.
    library_names : Names
        What artists, albums, works and genres there are.
    now : datetime
        For "last year", "until 23:00"; with its zone.
    folders : sequence of Path
        A user's own voices folders.
    """
    start = Understood(texts=(text,), language=language, query=Query())
    return _follow(start, text, library_names, now, folders, first=True)


def refine(
    understood: Understood, text: str, *, library_names: Names, now: datetime, folders: Sequence[Path] = ()
) -> Understood:
    """Read a follow-up such as "less upbeat", "older", "hold the …"; what it does not name stays as it was.

    What is named anew takes the place of what was asked in its kind before (another genre, other years), unless it
    begins with "and" or "more"; what is left out adds up.
    """
    before = replace(understood, texts=(*understood.texts, text), readings=(), left=(), notes=())
    return _follow(before, text, library_names, now, folders, first=False)


def _follow(
    before: Understood, text: str, names: Names, now: datetime, folders: Sequence[Path], *, first: bool
) -> Understood:
    read = _best_parse(text[:MAX_CHARS], before.language, names, tuple(folders))
    merging = Merging(before, now, add=first or read.also, first=first)
    if len(text) > MAX_CHARS:
        merging.notes.append(f"only the first {MAX_CHARS} characters were read")
    merging.notes += read.notes
    for wish in read.wishes:
        merging.take(wish)
    language = read.language if read.wishes else before.language
    return replace(merging.done(), language=language, left=(*read.left, *merging.left))


def _best_parse(text: str, language: str, names: Names, folders: tuple[Path, ...]) -> Parse:
    """Read a text in the language that leaves the fewest words over, the presenter's first."""
    known = languages(folders)
    own = language.casefold().split("-")[0]
    best: Parse | None = None
    for code in sorted(known, key=lambda code: (code != own, code != "en", code)):
        read = parse(text, load_vocabulary(code, folders), names, _spellings(folders))
        if best is None or read.poorness < best.poorness:
            best = read
        if best.poorness == (0, 0):
            break
    assert best is not None
    return best


@lru_cache(8)
def _spellings(folders: tuple[Path, ...]) -> dict[str, tuple[str, ...]]:
    each = [load_vocabulary(code, folders).forms for code in languages(folders)]
    return {form: tuple(dict.fromkeys(word for forms in each for word in forms[form])) for form in FORMS}
