"""From a query document that somebody else wrote to wishes that come to the grammar's own.

A document may ask for names that are nowhere. They have to be where the grammar would find them too: artists, albums,
songs and works in the library; genres and moods there, or among the words that requests are made of.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from aidj.asking.names import Kind, Names
from aidj.asking.wishes import Value, Wish
from aidj.names import match_key
from aidj.selection import MOODS, Query, plain_words

Words = Mapping[str, Mapping[str, str]]
"""The genres and the moods for which there are words: by plain words, how they are asked for."""

_KINDS: Mapping[str, Kind] = {
    "genres": "genre",
    "moods": "mood",
    "artists": "artist",
    "like": "artist",
    "albums": "album",
    "works": "work",
    "titles": "title",
}
_SPANS: Mapping[str, str] = {
    "tempo_bpm": "bpm_from_to",
    "energy": "energy",
    "years": "years",
    "heard_in": "heard_from_to",
}
_HEARD: Mapping[str, str] = {"never": "never_heard", "before": "heard_before"}
_MOST_SHOWN = 120


class Admission:
    """Reads what a query document asks for, as wishes.

    Parameters
    ----------
    query : Query
        The document.
    names : Names
        Of the listener's library.
    words : Words
        The genres and moods for which there are words.
    """

    def __init__(self, query: Query, names: Names, words: Words) -> None:
        self._query, self._names, self._words = query, names, words
        self.notes: list[str] = []
        """What was not taken as it stood, a sentence each, without its full stop."""

    def wishes(self, phrase: str) -> Iterator[tuple[str, Wish]]:
        """Yield each field of a query that the document names, and the wish for it; `phrase` is what it was made of."""
        query = self._query

        def wish(field: str, value: Value = (), mode: str = "") -> Wish:
            return Wish(field=field, value=value, phrase=phrase, mode=mode, guessed=True)

        for part in _KINDS:
            if names := self._known(part, getattr(query, part)):
                yield part, wish(part, names)
        for part, meaning in _SPANS.items():
            if span := getattr(query, part):
                yield part, wish(meaning, tuple(float(number) for number in span))
        if query.heard:
            yield "heard", wish(_HEARD[query.heard])
        if query.rotations:
            yield "rotations", wish("rotations", tuple(query.rotations))
        if query.minutes:
            yield "minutes", wish("minutes", (query.minutes,))
        if query.whole_album:
            yield "whole_album", wish("whole_album")
        for part in _KINDS:
            if names := self._known(part, getattr(query.without, part, ())):
                yield part, wish(part, names, "not")
        if query.without.years:
            low, high = query.without.years
            yield "without years", wish("years", (float(low), float(high)), "not")

    def _known(self, part: str, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names among some that there are, as the library spells them."""
        found: dict[str, None] = {}
        for value in values:
            names = self._found(_KINDS[part], part, value)
            if not names:
                self.notes.append(f"“{shown(value)}” was passed over: nothing in the library is called so")
            elif len(names) > 1 or match_key(names[0]) != match_key(value):
                self.notes.append(f"“{shown(value)}” was taken for {' or '.join(names)}")
            found |= dict.fromkeys(names)
        return tuple(found)

    def _found(self, kind: Kind, part: str, value: str) -> tuple[str, ...]:
        if usual := self._words.get(part, {}).get(plain_words(value)):
            return (usual,)
        if kind == "mood" and match_key(value) in MOODS:
            return (match_key(value),)
        if exact := self._names.exact(value, (kind,)):
            return (exact[0][1],)
        if kind == "work":
            words = plain_words(value)
            if words and any(set(words.split()) <= set(work.split()) for work in self._names.works):
                return (words,)
        if kind in ("mood", "title"):
            return ()
        near = self._names.near(value, (kind,))
        return near.names[:3] if near else ()


def shown(text: str) -> str:
    """Return a text from elsewhere as it can stand in a note."""
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return plain if len(plain) <= _MOST_SHOWN else f"{plain[:_MOST_SHOWN]}…"
