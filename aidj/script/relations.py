"""Who belongs to what, and what comes when: the ties between names that a text claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import zip_longest

from aidj.script.allowed import ARTISTS, BELONGINGS, OF_THE_LISTENER, TITLES, Allowed
from aidj.script.reading import Language, Mention, Reading, Sentence, is_mark
from aidj.script.wordlists import Phrases, any_of

NEEDED: Mapping[str, tuple[str, ...]] = {
    "composer": ("composer",),
    "label": ("label", "shared_label"),
    "guests": ("guests",),
    "album": ("album", "previous_album"),
    "shared_label": ("shared_label",),
    "shared_year": ("shared_year",),
}
"""Slots without which a text cannot speak of something: of a composer, an album."""
_FAR_CHARS = 25
_SIGNS = r"[\s,:;“”„«»\"’–—-]*"


class Ties:
    """The patterns of a language that tie names together."""

    def __init__(self, language: Language) -> None:
        self._lists = language.lists
        self._language = language

    @cached_property
    def by(self) -> re.Pattern[str]:
        """What stands between a title and who plays it."""
        return re.compile(rf"{_SIGNS}(?:{any_of(self._lists.words('by')).pattern}){_SIGNS}", re.IGNORECASE)

    @cached_property
    def with_(self) -> re.Pattern[str]:
        """What stands between an artist and a title."""
        return re.compile(rf"{_SIGNS}(?:{any_of(self._lists.words('with')).pattern}){_SIGNS}", re.IGNORECASE)

    @cached_property
    def after(self) -> re.Pattern[str]:
        """What stands before somebody who is only left behind: "after X"."""
        return re.compile(rf"(?:{any_of(self._lists.words('after')).pattern}){_SIGNS}$", re.IGNORECASE)

    @cached_property
    def before(self) -> re.Pattern[str]:
        """What stands before a title that is only looked forward to: "before X begins"."""
        return re.compile(
            rf"(?:{any_of(self._lists.words('before')).pattern})(?:\s+\w+){{0,2}}{_SIGNS}$", re.IGNORECASE
        )

    def tells_when(self, sentence: Sentence) -> bool:
        """Whether something in a sentence says that a song has been, or comes, or is left behind."""
        lists = ("was", "coming", "next", "after", "before")
        return any(any_of(self._lists.words(name)).search(sentence.text) for name in lists)

    @cached_property
    def was(self) -> Phrases:
        """What says that a song has been."""
        return any_of(self._lists.words("was"))

    @cached_property
    def no_direction(self) -> Phrases:
        """What only looks as if it said when something comes."""
        return any_of(self._lists.words("not_directions"))

    @cached_property
    def coming(self) -> Phrases:
        """What says that a song begins now."""
        return any_of(self._lists.words("coming"))

    @cached_property
    def next(self) -> Phrases:
        """What says, behind a name, that it comes now."""
        return any_of(self._lists.words("next"))

    @cached_property
    def released(self) -> Phrases:
        """What says that a time is that of a release."""
        return any_of(self._lists.words("released"))

    @cached_property
    def heard(self) -> Phrases:
        """What says that a time is one of listening."""
        return any_of(self._lists.words("heard"))

    @cached_property
    def needs(self) -> tuple[tuple[Phrases, str], ...]:
        """What speaks of a composer, a label, guests, an album."""
        return tuple((any_of(words), fact) for fact, words in self._lists.group("needs").items())


def wrong_ties(reading: Reading, allowed: Allowed, ties: Ties) -> Iterator[str]:
    """Yield what is wrong about how a text ties names to songs, and songs to their time."""
    before: Sentence | None = None
    for sentence, following in zip_longest(reading.sentences, reading.sentences[1:]):
        yield from _pairs(sentence, ties)
        yield from _neighbours(sentence, ties)
        yield from _belongings(before, sentence, following, ties)
        yield from _across(sentence, following, ties)
        yield from _directions(sentence, ties)
        yield from _times(sentence, ties)
        yield from _needs(sentence, allowed, ties)
        before = sentence


def _of(sentence: Sentence, *slots: str) -> list[Mention]:
    return [mention for mention in sentence.mentions if mention.is_sure and mention.slots & frozenset(slots)]


def _pairs(sentence: Sentence, ties: Ties) -> Iterator[str]:
    """A title stands with its own artist, or with none."""
    artists = [m for m in _of(sentence, *ARTISTS) if not m.slots & frozenset(TITLES)]
    here = [m for m in artists if not ties.after.search(sentence.text[: m.start])]
    for title in _of(sentence, *TITLES):
        if ties.before.search(sentence.text[: title.start]):
            continue
        if here and not any(title.songs & artist.songs for artist in artists) and not title.slots & {*ARTISTS}:
            yield f"“{title.text}” is not by {here[0].text}"


def _neighbours(sentence: Sentence, ties: Ties) -> Iterator[str]:
    for first, second in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        between = sentence.text[first.start + 1 : second.start]
        is_title, is_artist = first.slots & frozenset(TITLES), second.slots & {*ARTISTS, "season_artist", "presenter"}
        if is_title and is_artist and ties.by.fullmatch(between) and not _same_song(first, second):
            yield f"“{first.text}” is not by {second.text}"
        is_artist, is_title = first.slots & {*ARTISTS, "season_artist"}, second.slots & frozenset(TITLES)
        if is_artist and is_title and ties.with_.fullmatch(between) and not _same_song(first, second):
            yield f"“{second.text}” is not by {first.text}"


def _same_song(title: Mention, artist: Mention) -> bool:
    return bool(title.songs & artist.songs) or (bool(title.slots & {*ARTISTS}) and bool(artist.slots & {*TITLES}))


def _across(sentence: Sentence, following: Sentence | None, ties: Ties) -> Iterator[str]:
    """An artist in one sentence and a title in the next belong together, where nothing says that time goes on."""
    if following is None or ties.tells_when(sentence) or ties.tells_when(following):
        return
    artists, titles = _of(sentence, *ARTISTS), _of(following, *TITLES)
    if not artists or not titles or _of(sentence, *TITLES) or _of(following, *ARTISTS):
        return
    if not any(title.songs & artist.songs for title in titles for artist in artists):
        yield f"“{titles[0].text}” is not by {artists[0].text}"


def _belongings(before: Sentence | None, sentence: Sentence, following: Sentence | None, ties: Ties) -> Iterator[str]:
    """An album, guests, a composer or a label stand with a name of their own song, or with none.

    In a sentence of their own they belong to the song of the one before, or of the one that follows.
    """
    names, earlier = _of(sentence, *ARTISTS, *TITLES), list[Mention]()
    if not names and following is not None and not ties.tells_when(sentence):
        names = _of(following, *ARTISTS, *TITLES)
        earlier = _of(before, *ARTISTS, *TITLES) if before is not None else []
    for thing in _of(sentence, *BELONGINGS):
        if any(thing.songs & name.songs for name in earlier):
            continue
        if thing.slots & {*ARTISTS, *TITLES} or not names:
            continue
        titles = [name for name in names if name.slots & frozenset(TITLES)] or names
        if not any(thing.songs & name.songs for name in titles):
            yield f"“{thing.text}” has nothing to do with “{titles[0].text}”"


def _directions(sentence: Sentence, ties: Ties) -> Iterator[str]:
    """What is said to have been was before, and what is said to come comes."""
    for mention in _of(sentence, *ARTISTS, *TITLES):
        follows = ties.next.match(sentence.text[mention.start + 1 :].lstrip(" ”“»’"))
        if follows and not mention.songs & {"this", "next"}:
            yield f"“{mention.text} {follows.group()}”: {mention.text} has been played already"
    text = ties.no_direction.blanked(sentence.text)
    been = list(ties.was.finditer(text))
    marks = [(match.end(), match.group(), "previous") for match in been]
    marks += [
        (match.end(), match.group(), "this")
        for match in ties.coming.finditer(text)
        if not any(match.start() < other.end() and other.start() < match.end() for other in been)
    ]
    marks.sort()
    for number, (end, words, song) in enumerate(marks):
        until = marks[number + 1][0] if number + 1 < len(marks) else len(sentence.text)
        first = next((m for m in _of(sentence, *ARTISTS, *TITLES) if end <= m.start < until), None)
        if first is None or ties.after.search(sentence.text[end : first.start]):
            continue
        if first.start - end > _FAR_CHARS or ":" in sentence.text[end + 1 : first.start]:
            continue  # "That was overdue: …"
        if song == "previous" and "previous" not in first.songs:
            yield f"“{words} … {first.text}”: {first.text} has not been played before this"
        if song == "this" and not first.songs & {"this", "next"}:
            yield f"“{words} … {first.text}”: {first.text} has been played already"


def _times(sentence: Sentence, ties: Ties) -> Iterator[str]:
    """A time of listening is not one of a release."""
    if ties.released.search(sentence.text) and not ties.heard.search(sentence.text):
        for mention in _of(sentence, *OF_THE_LISTENER):
            if mention.slots <= frozenset(OF_THE_LISTENER):
                yield f"“{mention.text}” tells of listening, not of a release"


def _needs(sentence: Sentence, allowed: Allowed, ties: Ties) -> Iterator[str]:
    for pattern, fact in ties.needs:
        match = pattern.search(sentence.text)
        if match is None:
            continue
        slots = NEEDED[fact]
        if not allowed.has(*slots):
            yield f"“{match.group()}”: no {fact} is known"
            continue
        behind = sentence.text[match.end() :].lstrip(' ,:“”„«»"')
        named = next((m for m in sentence.mentions if behind and is_mark(behind[0]) and m.mark == behind[0]), None)
        if named is None and fact == "composer":  # "X wrote this"
            before = sentence.text[: match.start()].rstrip()
            named = next((m for m in sentence.mentions if m.start == len(before) - 1), None)
            if named is not None and not named.slots & {*ARTISTS}:
                named = None
        if named is not None and fact in ("composer", "guests") and not named.slots & frozenset(slots):
            yield f"“{match.group()}”: {named.text} is not the {fact}"
