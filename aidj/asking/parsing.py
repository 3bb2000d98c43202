"""From the words of a request to single wishes, left to right: the longest phrase or name at each place is taken.

A phrase of the grammar wins over a name of the same length, so that a band called Slow does not stand in the way of
slow songs; in quotes, or behind a word such as "artist", it is the name. Nothing here raises on any text.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from aidj.asking.names import FIELDS, KINDS, Kind, Names, Near
from aidj.asking.tokens import Token, tokens
from aidj.asking.vocabulary import FORMS, TOLD, Found, Vocabulary
from aidj.asking.wishes import Left, Parse, Value, Wish
from aidj.names import match_key, song_key
from aidj.selection import mistake_in, plain_words

_EMPTY = frozenset({"filler", "very", "and", "or", "but", "then", "not", "less", "more", "instead", "by", "like"})
"""Meanings that ask for nothing by themselves."""
_BESIDE = _EMPTY | {
    *("artist", "album", "title", "minutes", "hours", "hours_and_half", "half_hour", "until"),
    *("no_count", "no_length", "no_sung", "no_language", "no_singer"),
}
"""Meanings that do not choose songs: beside them, one word may be a title."""
_MARKERS: dict[str, tuple[Kind, ...]] = {
    "by": ("artist",),
    "like": ("artist", "genre", "album", "title"),
    "artist": ("artist",),
    "album": ("album",),
    "title": ("title",),
    "work": ("work",),
    "genre": ("genre",),
}
_STRICT = frozenset({"artist", "album", "title", "work", "genre"})
_MODES = frozenset({"not", "less", "more"})
_MOST_WORDS = 8
_MOST_BETWEEN = 4
"""So many words may stand between a number and the songs that it counts."""
_MOST_GUESSES = 60
_TITLE: tuple[Kind, ...] = ("title",)
_LONG_TITLE = 3
"""A title of fewer words is taken for one in quotes, behind a word that says so, or where nothing else is asked for."""


def parse(text: str, vocabulary: Vocabulary, names: Names, spellings: dict[str, tuple[str, ...]]) -> Parse:
    """Read a text with the words of one language.

    Parameters
    ----------
    names : Names
        Of the listener's library.
    spellings : dict
        How a symphony, a sonata … are called, in all languages.
    """
    return _Scan(text, vocabulary, names, spellings).run()


class _Scan:
    def __init__(self, text: str, vocabulary: Vocabulary, names: Names, spellings: dict[str, tuple[str, ...]]) -> None:
        self._text, self._vocabulary, self._names, self._spellings = text, vocabulary, names, spellings
        self._tokens: Sequence[Token] = tokens(text)
        self._grammar: list[Found | None] = [self._best_phrase(at) for at in range(len(self._tokens))]
        self._wishes: list[Wish] = []
        self._left: list[Left] = []
        self._notes: list[str] = []
        self._mode = self._marker = ""
        self._marked_at = self._mode_at = self._noted_to = self._guesses = 0
        self._said: tuple[str, str, str] | None = None
        """Mode, marker and field of the wish before, which may go on after "and"."""
        self._joined = ""

    def run(self) -> Parse:
        at = 0
        while at < len(self._tokens):
            at = self._step(at)
        self._drop_mode(len(self._tokens))
        self._drop_marker(len(self._tokens))
        first = self._grammar[0] if self._tokens else None
        return Parse(
            language=self._vocabulary.language,
            wishes=tuple(self._wishes),
            left=tuple(self._left),
            notes=tuple(dict.fromkeys(self._notes)),
            also=first is not None and first.meaning in ("and", "more"),
        )

    def _step(self, at: int) -> int:
        """Read what stands at a token; return the token behind it."""
        token, phrase = self._tokens[at], self._grammar[at]
        if token.stop:
            self._drop_mode(at)
            self._drop_marker(at)
            self._joined = "and" if self._said and self._said[2] in ("artists", "albums", "like") else ""
            self._said = self._said if self._joined else None
        if token.quoted:
            return self._quoted(at)
        kinds = _MARKERS.get(self._marker, KINDS)
        name = self._best_name(at, kinds)
        if name is None and self._marker:  # "the album of Somebody"
            name = self._best_name(at, ("artist",) if self._marker in _STRICT else KINDS)
        length = phrase.end - at if phrase else 0
        if name and self._marker:
            chosen = phrase is None or name[0] >= phrase.end or self._marker in _STRICT or phrase.meaning in _EMPTY
        else:
            chosen = name is not None and name[0] - at > length and not self._is_said(at, name)
        if chosen and name:
            return self._take_name(at, name[0], name[1])
        if name and name[0] > self._noted_to and not self._is_empty(at, name[0]):
            self._note_also(at, name)
        if phrase is None:
            return self._unknown(at)
        return self._take_phrase(at, phrase)

    def _note_also(self, at: int, name: tuple[int, list[tuple[Kind, str]]]) -> None:
        """Say that a phrase went before a name."""
        also = [_A[kind] for kind, _ in name[1] if kind in _PROPER]
        if also:
            self._noted_to = name[0]
            words = self._words(at, name[0])
            self._notes.append(f"“{words}” is also {' and '.join(also)} here; put it in quotes to mean that")

    # --- phrases ------------------------------------------------------------------------------------------------------

    def _best_phrase(self, at: int) -> Found | None:
        """Return the longest phrase at a token; of equal ones that which says most."""
        found = self._vocabulary.phrases(self._tokens, at)
        best = max(found, key=lambda one: (one.end, one.meaning not in _EMPTY, one.meaning != "filler"), default=None)
        if best is None or best.meaning == "decade":
            return self._count_apart(at) or best
        return best

    def _count_apart(self, at: int) -> Found | None:
        """Return the number of songs at a token, where other words part it from them: ten sad songs."""
        end = self._vocabulary.count(self._tokens, at)
        if end is None:
            return None
        for place in range(end, min(len(self._tokens), end + _MOST_BETWEEN + 1)):
            token = self._tokens[place]
            if token.quoted or token.stop:
                return None
            if token.word in self._vocabulary.counted:
                return Found(end=end, meaning="no_count")
            if not any(True for _ in self._vocabulary.phrases(self._tokens, place)):
                return None
        return None

    def _is_empty(self, start: int, end: int) -> bool:
        """Tell whether words are all such as ask for nothing: "i want you"."""
        return all((found := self._grammar[at]) is not None and found.meaning in _EMPTY for at in range(start, end))

    def _is_said(self, start: int, name: tuple[int, list[tuple[Kind, str]]]) -> bool:
        """Tell whether a name is made of phrases alone, and so is one only in quotes; a genre ("hard rock") is not."""
        end, kinds = name[0], {kind for kind, _ in name[1]}
        if "genre" in kinds:
            return self._is_empty(start, end)
        at = start
        while at < end and (phrase := self._grammar[at]):
            at = phrase.end
        return at == end

    def _take_phrase(self, at: int, phrase: Found) -> int:
        meaning, words = phrase.meaning, self._words(at, phrase.end)
        if meaning in ("filler", "very", "instead"):
            return phrase.end
        if meaning in ("and", "or", "but"):
            self._drop_marker(at)
            self._joined = meaning if meaning != "but" and self._said else ""
            self._said = self._said if self._joined else None
            self._mode = "" if meaning == "but" else self._mode
            return phrase.end
        if meaning == "then":
            return self._then(phrase.end)
        if meaning in _MODES:
            self._mode, self._mode_at = meaning, at
            return phrase.end
        if meaning in _MARKERS:
            if self._marker not in _STRICT or meaning in (*_STRICT, "by"):
                self._marker, self._marked_at = meaning, at
            return phrase.end
        if meaning in TOLD:
            field = meaning if meaning != "activities" else "activity"
            value = phrase.value
            if meaning == "genres":
                value = self._own_word("genre", phrase.value, words)
            elif meaning == "moods":
                value = self._own_word("mood", phrase.value, words)
            self._wish(field, value, words)
        elif meaning in FORMS:
            number = int(phrase.numbers[0])
            spelt = self._names.forms(self._spellings.get(meaning, (meaning,)), number)
            if spelt:
                self._wish("works", tuple(spelt), words)
            else:
                self._leave(words, "no work in the library is called so")
        else:
            self._wish(meaning, phrase.numbers, words)
        self._marker = "album" if meaning == "whole_album" and phrase.end < len(self._tokens) else ""
        return phrase.end

    def _then(self, at: int) -> int:
        """Set aside what is to come after something else; return the token behind it."""
        end = len(self._tokens)
        asks = any((one := self._grammar[place]) is None or one.meaning not in _EMPTY for place in range(at, end))
        if not self._wishes or not asks:
            return at
        self._drop_mode(at)
        self._drop_marker(at)
        self._wishes.append(Wish(field="no_then", value="", phrase=self._words(at, end)))
        return end

    def _own_word(self, kind: Kind, usual: str, words: str) -> str:
        """Return the word for a genre or a mood that the library's tags know, the usual one first."""
        return (
            usual if self._names.exact(usual, (kind,)) or not self._names.exact(words, (kind,)) else _tag(words, usual)
        )

    # --- names --------------------------------------------------------------------------------------------------------

    def _best_name(self, at: int, kinds: Sequence[Kind]) -> tuple[int, list[tuple[Kind, str]]] | None:
        """Return the token behind the longest name at a token, and what has that name."""
        for end in range(min(len(self._tokens), at + _MOST_WORDS), at, -1):
            if any(token.quoted for token in self._tokens[at:end]):
                continue
            found = self._names.exact(self._words(at, end), kinds)
            last_name = match_key(self._words(at, end)) in self._names.endings
            if self._is_short_title(at, end, found) and (last_name or not self._alone(at, end)):
                found = [one for one in found if one[0] != "title"]
            if found:
                return end, found
        return None

    def _is_short_title(self, start: int, end: int, found: list[tuple[Kind, str]]) -> bool:
        """Tell whether a name is a title of few words, and no word says that it is one."""
        short = self._marker != "title" and end - start < _LONG_TITLE
        return short and any(kind == "title" for kind, _ in found)

    def _alone(self, start: int, end: int) -> bool:
        """Tell whether nothing beside some words chooses songs but the names of artists and other titles."""
        at = 0
        while at < len(self._tokens):
            phrase = self._grammar[at]
            if at == start:
                at = end
            elif self._tokens[at].quoted:
                at += 1
            elif named := self._short_name(at, start if at < start else len(self._tokens)):
                at = named
            elif phrase and phrase.meaning in _BESIDE:
                at = min(phrase.end, start) if at < start else phrase.end
            else:
                return False
        return True

    def _short_name(self, at: int, limit: int) -> int | None:
        """Return the token behind an artist's name, or a title that the grammar does not claim."""
        for end in range(min(limit, at + _MOST_WORDS), at, -1):
            if any(token.quoted for token in self._tokens[at:end]):
                continue
            kinds: tuple[Kind, ...] = ("artist",) if self._grammar[at] else ("artist", "title")
            if self._names.exact(self._words(at, end), kinds):
                return end
        return None

    def _quoted(self, at: int) -> int:
        text = self._words(at, at + 1)
        kinds = _MARKERS[self._marker] if self._marker in _STRICT else KINDS
        order: Sequence[Kind] = ("artist", "album", "work", "title", "genre", "mood")
        found = sorted(self._names.exact(text, kinds), key=lambda one: order.index(one[0]))
        if found:
            return self._take_name(at, at + 1, found)
        if near := self._near(text, kinds):
            return self._take_near(at, at + 1, near)
        self._leave(text, "nothing in the library has this name")
        self._marker = ""
        return at + 1

    def _take_name(self, start: int, end: int, found: list[tuple[Kind, str]]) -> int:
        kind, name = found[0]
        others = [other for other, _ in found[1:] if other not in (kind, "title", "mood")]
        words = self._words(start, end)
        if kind == "artist" and "album" in others and name in self._owners("album", words):
            others.remove("album")  # named after the band
        note = ""
        if others and not self._marker:
            note = f"“{words}” is also the name of {' and of '.join(_A[other] for other in others)} here"
        if kind == "artist" and (same := self._names.endings.get(match_key(name), ())) and len(same) > 1:
            note = f"“{words}” may be any of {', '.join(same[:5])}"
        if kind == "genre" and plain_words(name) != plain_words(words):
            name = _tag(words, name)
        guessed = kind == "title" and not self._tokens[start].quoted and self._is_short_title(start, end, found)
        if guessed:
            note = f"“{words}” was taken for the song {name}"
        self._wish_name(kind, (name,), words, note, guessed=guessed)
        return end

    def _take_near(self, start: int, end: int, near: Near) -> int:
        words = self._words(start, end)
        names = near.names[:10]
        listed = " or ".join(names[:3]) + (" …" if len(names) > 3 else "")
        note = f"“{words}” was taken for {listed}"
        self._wish_name(near.kind, names, words, note, guessed=True)
        return end

    def _wish_name(self, kind: Kind, names: tuple[str, ...], words: str, note: str, *, guessed: bool = False) -> None:
        field = FIELDS[kind]
        marker = self._marker or (self._said[1] if self._joined and self._said and self._said[1] == "like" else "")
        if marker == "like" and kind != "genre":
            if kind in ("album", "title"):
                names = tuple(self._owners(kind, words)[:1]) or names
                note = note or f"likeness is judged by the artist: {', '.join(names)}"
            field = "like"
        for name in names:
            self._wish(field, name, words, note, guessed=guessed)
            note = ""
            if len(names) > 1 and self._said:
                self._joined = "or"
        self._joined = ""
        self._marker = ""

    def _owners(self, kind: Kind, words: str) -> Sequence[str]:
        return self._names.owners.get((kind, song_key(words)), ())

    # --- what is neither ----------------------------------------------------------------------------------------------

    def _unknown(self, at: int) -> int:
        """Take a run of words that are neither a phrase nor a name: misspelt, part of a name, or not understood."""
        strict = self._marker in _STRICT or self._marker == "by"
        end = at + 1
        for place in range(at + 1, min(len(self._tokens), at + _MOST_WORDS)):
            token, phrase = self._tokens[place], self._grammar[place]
            if token.quoted or token.stop or self._best_name(place, KINDS):
                break
            if phrase is None:
                end = place + 1
            elif phrase.meaning != "filler":
                break
        kinds = _MARKERS[self._marker] if strict else KINDS
        if not strict and (meant := self._misspelt(at)):
            words = self._words(at, at + 1)
            self._wish(meant[1], meant[2], words, f"“{words}” was taken for “{meant[0]}”", guessed=True)
            return at + 1
        for stop in range(end, at, -1):
            if near := self._near(self._words(at, stop), kinds):
                return self._take_near(at, stop, near)
        for start in range(at + 1, end):
            if self._near(self._words(start, end), kinds):
                end = start  # the rest is a name after all
                break
        words = self._words(at, end)
        if album := self._album_with(at, end):
            self._wish_name("album", (album,), words, f"“{words}” was taken for the album {album}", guessed=True)
            return end
        reason = _NO_SUCH.get(self._marker, "not understood, and nothing in the library is called so")
        if not strict and self._names.exact(words, _TITLE):
            reason = "a song here is called so; put it in quotes to mean that"
        self._leave(words, reason)
        self._marker = self._mode = ""
        return end

    def _album_with(self, start: int, end: int) -> str | None:
        """Return the only album in whose name some words stand; they are a name, where written as one and alone."""
        named = self._words(start, start + 1)[:1].isupper() and not self._marker and self._alone(start, end)
        return self._names.album_with(self._words(start, end)) if named or self._marker == "album" else None

    def _near(self, text: str, kinds: Sequence[Kind]) -> Near | None:
        """Return what a text is a misspelling of, as often as a request of sensible length needs it."""
        self._guesses += 1
        return self._names.near(text, kinds) if self._guesses <= _MOST_GUESSES else None

    def _misspelt(self, at: int) -> tuple[str, str, str] | None:
        """Return the word of a mood, tempo or genre that a word is a misspelling of, with its field and value."""
        word = self._tokens[at].word
        if len(word) < 5:
            return None
        known = {
            next(iter(rule.parts[0].words)): rule
            for rule in self._vocabulary.rules
            if rule.meaning in TOLD and len(rule.parts) == 1 and len(rule.parts[0].words) == 1
        }
        near = difflib.get_close_matches(word, known, n=1, cutoff=0.85)
        if not near:
            return None
        rule = known[near[0]]
        return near[0], "activity" if rule.meaning == "activities" else rule.meaning, rule.value

    # --- small things -------------------------------------------------------------------------------------------------

    def _wish(self, field: str, value: Value, words: str, note: str = "", *, guessed: bool = False) -> None:
        mode = self._mode
        if not mode and self._joined and self._said and (self._said[2] == field or self._joined == "or"):
            mode = self._said[0]
        self._wishes.append(Wish(field=field, value=value, phrase=words, mode=mode, note=note, guessed=guessed))
        self._said = (mode, self._marker, field)
        self._joined = self._mode = ""

    def _drop_mode(self, at: int) -> None:
        """Forget a "without" behind which nothing came; a mere "more" asks for what was asked last."""
        words = self._words(self._mode_at, at)
        if self._mode == "more":
            self._wishes.append(Wish(field="again", value="", phrase=words))
        elif self._mode:
            self._leave(words, "nothing is named behind it")
        self._mode = ""

    def _drop_marker(self, at: int) -> None:
        """Forget a word such as "album" behind which no name came."""
        if self._marker in ("like", "title"):
            self._leave(self._words(self._marked_at, at), "nobody is named behind it")
        self._marker = ""

    def _leave(self, words: str, reason: str) -> None:
        if words:
            self._left.append(Left(phrase=words, reason=reason))

    def _words(self, start: int, end: int) -> str:
        """Return the words of some tokens as they were written."""
        if start >= end:
            return ""
        return self._text[self._tokens[start].start : self._tokens[end - 1].end]


def _tag(words: str, name: str) -> str:
    """Return the words of a request as a tag can be asked for; the name itself where they cannot stand in a query."""
    plain = plain_words(words)
    return plain if plain and mistake_in("genres", (plain,)) is None else name


_PROPER = ("artist", "album")
_A = {kind: f"an {kind}" if kind[0] in "aeiou" else f"a {kind}" for kind in KINDS}
_NO_SUCH = {
    "by": "nobody in the library is called so",
    "like": "nobody in the library is called so",
    "artist": "nobody in the library is called so",
    "album": "no album in the library is called so",
    "title": "no song in the library is called so",
    "work": "no work in the library is called so",
    "genre": "nothing in the library is tagged so",
}
