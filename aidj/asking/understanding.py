"""From a request in words to a query, and from a follow-up to another one. Offline, and the same every time.

Where another reader stands behind it (`aidj.asking.Translator`), that one is asked for the words that were left over,
and for nothing else: what the grammar has understood stands.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from aidj.asking.admitting import Admission, Words, shown
from aidj.asking.merging import Merging
from aidj.asking.names import Names
from aidj.asking.parsing import parse
from aidj.asking.saying import said_of
from aidj.asking.translating import Translator, translated
from aidj.asking.understood import MAX_CHARS, Understood
from aidj.asking.vocabulary import FORMS, languages, load_vocabulary
from aidj.asking.wishes import Left, Parse
from aidj.errors import AidjError
from aidj.selection import Query, plain_words

_LOG = logging.getLogger(__name__)


def read_request(
    text: str,
    *,
    language: str,
    library_names: Names,
    now: datetime,
    folders: Sequence[Path] = (),
    refine: Understood | None = None,
    translator: Translator | None = None,
) -> Understood:
    """Read a request, or a follow-up; any text gives an answer, if only that it was not understood.

    Parameters
    ----------
    text : str
        "an hour of mellow jazz"; or behind another request "less upbeat", "older", "hold the …".
    language : str
        The presenter's, such as ``en``; another one is taken where its words understand more of the text.
    library_names : Names
        What artists, albums, works and genres there are.
    now : datetime
        For "last year", "until 23:00"; with its zone.
    folders : sequence of Path
        A user's own voices folders.
    refine : Understood, optional
        What was asked before, which this text changes. What it does not name stays; what it names anew takes the place
        of what was asked in its kind before (another genre, other years), unless it begins with "and" or "more"; what
        is left out adds up.
    translator : Translator, optional
        Who reads the words that are not understood offline. It may take as long as its own time limit, twice.
    """
    if refine is None:
        before = Understood(texts=(text,), language=language, query=Query())
    else:
        before = replace(refine, texts=(*refine.texts, text), readings=(), left=(), notes=())
    first = refine is None
    own_folders = tuple(folders)
    read = _best_parse(text[:MAX_CHARS], before.language, library_names, own_folders)
    merging = Merging(before, now, add=first or read.also, first=first)
    if len(text) > MAX_CHARS:
        merging.notes.append(f"only the first {MAX_CHARS} characters were read")
    merging.notes += read.notes
    for wish in read.wishes:
        merging.take(wish)
    unknown = tuple(dict.fromkeys(read.left))  # the same is told once
    if unknown and translator is not None:
        unknown = _translated(unknown, before.texts, translator, merging, library_names, _words(own_folders))
    return replace(
        merging.done(),
        language=read.language if read.wishes else before.language,
        left=tuple(dict.fromkeys((*unknown, *merging.left))),
    )


def _translated(
    unknown: tuple[Left, ...],
    texts: Sequence[str],
    translator: Translator,
    merging: Merging,
    names: Names,
    words: Words,
) -> tuple[Left, ...]:
    """Let a translator read what was not understood; return what is not understood even so."""
    phrase = ", ".join(left.phrase for left in unknown)
    try:
        query = translated(texts, translator)
    except Exception as problem:  # of a server, or of another package: it costs its reading only
        _LOG.info("%s gave no reading of %r", translator.name, phrase, exc_info=True)
        why = problem.what if isinstance(problem, AidjError) else str(problem) or type(problem).__name__
        merging.notes.append(f"no reading of “{phrase}” came from {translator.name} ({shown(why)})")
        return unknown
    admission = Admission(query, names, words)
    added = merging.add(admission.wishes(phrase))
    merging.notes += admission.notes
    if not added:
        merging.notes.append(f"“{phrase}” meant nothing to {translator.name} either")
        return unknown
    merging.notes.append(f"“{phrase}” was read by {translator.name}: {said_of(added)}")
    return ()


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


@lru_cache(8)
def _words(folders: tuple[Path, ...]) -> Words:
    """Return the genres and moods that some language has words for."""
    rules = [rule for code in languages(folders) for rule in load_vocabulary(code, folders).rules]
    words: Mapping[str, dict[str, str]] = {"genres": {}, "moods": {}}
    for rule in rules:
        if rule.meaning in words:
            words[rule.meaning].setdefault(plain_words(rule.value), rule.value)
    return words
