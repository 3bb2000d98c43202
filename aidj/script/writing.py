"""From facts to a link: one to three lines that belong together, short enough for the place where they will stand.

Pure: what is written depends on the arguments and the state of ``rng`` alone.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aidj.errors import ScriptError
from aidj.model import LINK_KINDS, LinkKind, Manner
from aidj.names import match_key, title_key
from aidj.script.documents import nearest
from aidj.script.facts import FACTS, Facts, check_facts
from aidj.script.lines import Line, Lines
from aidj.script.memory import Recent, Said

LINK_S = (8.0, 18.0)
"""How long a link takes as a rule: at least so long where there is something to say, and at most."""
LINK_MAX_S = 25.0
"""What would take longer, because of long names, is not said."""

_MAX_LINE_CHARS = 500
_SHORTEST_S = 0.5
_HELD_BACK = 3
"""So many lines of a kind are kept for links that have nothing else to say."""

_NAMES = (
    *("artist", "title", "album", "guests", "composer", "work", "movement"),
    *("previous_artist", "previous_title", "previous_album", "next_artist", "next_title", "year_artist"),
)
"""Facts that are names of somebody or something: each is heard once in a link."""
_OWN_NAMES = (
    frozenset({"artist", "title"}),
    frozenset({"artist", "composer"}),
    frozenset({"work", "title"}),
    frozenset({"movement", "title"}),
    frozenset({"previous_artist", "previous_title"}),
    frozenset({"next_artist", "next_title"}),
)
"""Names that may be the same within one line: a song called like the band."""
_SAME_NEWS: Mapping[str, str] = {
    "last_heard": "days_silent",
    "new_days": "released",
    "anniversary": "first_released",
    "turns": "first_released",
    "year_artist": "season",
}
"""Facts that tell what another one tells."""
_NEWS_OF_THEME: Mapping[object, str] = {"genre": "genre", "season": "season", "artist_year": "season"}
"""What a theme of a kind tells beside itself: behind songs of a genre, a song's genre is none."""
_NAME_CHARS = len(" abc ")
"""Shorter names, such as "It", stand in texts that do not mean them."""
_WORD = re.compile(r"\w+")
_PREVIOUS = "previous_"
_OF_THE_ARTIST = frozenset({"artist_listens"})


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A text to be said, and what it was made from."""

    text: str
    line_ids: tuple[str, ...]
    facts_told: frozenset[str]
    """Names of the facts in it."""


class Writer(Protocol):
    """Who words links instead of the lines, such as a language model; what it writes is checked before it is said."""

    @property
    def name(self) -> str:
        """What a plan calls it; not the id of any line."""

    def write(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> str | None:
        """Return a text, or None where there is none to be had.

        MUST NOT raise, and MUST come back in a bounded time. `facts` is all that it may know; ``lines`` show how the
        presenter talks; the text should take between ``seconds`` to say.
        """


@dataclass(frozen=True, slots=True)
class _Shape:
    """Of which lines a link is made, by their kinds."""

    before: tuple[LinkKind, ...]
    core: tuple[LinkKind, ...]
    """The first of these that has something to say."""
    after: tuple[LinkKind, ...]


_SHAPES: Mapping[LinkKind, _Shape] = {
    "opening": _Shape((), ("opening", "intro"), ("intro",)),
    "intro": _Shape(("back_announce",), ("intro", "back_announce"), ()),
    "back_announce": _Shape((), ("back_announce", "intro"), ("intro",)),
    "set_change": _Shape(("back_announce",), ("set_change", "intro", "back_announce"), ("intro",)),
    "jump": _Shape((), ("jump", "intro"), ("intro",)),
    "closing": _Shape(("back_announce",), ("closing", "back_announce"), ()),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A line with its slots filled."""

    line: Line
    text: str
    told: Set[str]
    """The names of the facts in it."""
    news: Set[str]
    """What these facts tell: two of them may tell the same."""
    length_s: float

    @property
    def first_word(self) -> str:
        return beginning_of(self.text).partition(" ")[0]

    @property
    def words(self) -> str:
        return _words(self.text)


def write_link(
    kind: LinkKind,
    facts: Facts,
    *,
    lines: Lines,
    rng: random.Random,
    length_s: Callable[[str], float],
    recent: Recent | None = None,
    manner: Manner | None = None,
    seconds: tuple[float, float] = LINK_S,
    untold: Set[str] = frozenset(),
) -> WrittenLink | None:
    """Compose what is said at a link.

    No name and no fact is heard twice in it, and no two of its lines begin with the same word. Behind a line about the
    song before, the next one begins with a name. What does not fit is
    left out line by line; a sentence is never cut.

    Parameters
    ----------
    kind : LinkKind
        What the link is for.
    facts : Facts
        What may be told, see `FACTS`.
    lines : Lines
        What can be said.
    rng : random.Random
        Where chance comes from.
    length_s : callable
        Says how many seconds a text takes to say.
    recent : Recent, optional
        What was said lately: its lines and its facts are not said again, and where there is a choice the link begins
        otherwise than the ones before, and a session otherwise than the last ones.
    manner : Manner, optional
        How the presenter words things; None takes lines of every manner.
    seconds : (low, high)
        How long the link may be. One that has only longer things to say takes the shortest of them, up to `LINK_MAX_S`.
    untold : set of str
        Names of facts that no line may tell: what they are about counts nevertheless.

    Returns
    -------
    WrittenLink or None
        None where no line is left that could be said.

    Raises
    ------
    ScriptError
        For facts or a kind that do not exist.
    """
    if kind not in LINK_KINDS:
        like = nearest(kind, LINK_KINDS)
        raise ScriptError(f"There is no kind of link “{kind}”", hint=f"did you mean “{like}”?" if like else None)
    check_facts(facts)
    return _Writing(facts, lines, rng, length_s, recent or Recent(), manner, seconds, untold).link(_SHAPES[kind])


def disclosure(lines: Lines, rng: random.Random) -> WrittenLink:
    """Pick a sentence which says that the presenter's voice is synthetic.

    Raises
    ------
    ScriptError
        If the language has none.
    """
    parts = _Writing({}, lines, rng, lambda text: 0.0, Recent(), None, LINK_S).sayable("disclosure")
    if not parts:
        raise ScriptError(
            "No line says that the voice is synthetic",
            where=f"lines/{lines.language}/disclosure.yaml",
            cause="the file is missing, or all its lines have weight 0 or need facts",
            hint="write one line without slots",
        )
    part = _drawn(parts, rng)
    return WrittenLink(part.text, (part.line.id,), frozenset())


def as_said(
    kind: LinkKind,
    text: str,
    line_ids: Iterable[str],
    facts_told: Iterable[str],
    facts: Facts,
    lines: Lines,
    at: datetime,
) -> Said:
    """Return what later links need to know of one that was said."""
    ids = tuple(line_ids)
    disclosing = {line.id for line in lines.by_kind.get("disclosure", ())}
    return Said(
        said_at=at,
        kind=kind,
        lines=tuple(line_key(lines.language, line_id) for line_id in ids),
        facts=told_once(facts_told, facts),
        beginning=beginning_of(text),
        disclosed=not disclosing.isdisjoint(ids),
    )


def line_key(language: str, line_id: str) -> str:
    """Return the name under which a line is remembered: its language and id."""
    return f"{language}/{line_id}"


def told_once(names: Iterable[str], facts: Facts) -> frozenset[str]:
    """Return the keys of those facts that are told once in a while only: what is told, and of which song or artist.

    The value is no part of a key: forty-one listens today and forty-two next week are the same news.
    """
    artist = match_key(str(facts.get("artist", "")))
    song = f"{artist}/{title_key(str(facts.get('title', '')))}"
    keys = set()
    for name in names:
        if name in facts and FACTS[name].once:
            about = artist if name in _OF_THE_ARTIST else song
            keys.add(f"{_SAME_NEWS.get(name, name)}@{about}")
    return frozenset(keys)


def beginning_of(text: str) -> str:
    """Return the first two words of a text, without case and signs."""
    words = (match_key(word) for word in text.split())
    return " ".join([word for word in words if word][:2])


class _Writing:
    """One link being written."""

    def __init__(
        self,
        facts: Facts,
        lines: Lines,
        rng: random.Random,
        length_s: Callable[[str], float],
        recent: Recent,
        manner: Manner | None,
        seconds: tuple[float, float],
        untold: Set[str] = frozenset(),
    ) -> None:
        self._facts = facts
        self._told = {name: value for name, value in facts.items() if name not in untold}
        self._lines = lines
        self._rng = rng
        self._length_s = length_s
        self._recent = recent
        self._resting = recent.lines
        self._manner = manner
        self._low_s, self._high_s = seconds

    def link(self, shape: _Shape) -> WrittenLink | None:
        core = next((part for kind in shape.core if (part := self._core(kind))), None)
        if core is None:
            return None
        parts = [core]
        for kind in shape.after:
            if part := self._beside(kind, parts):
                parts.append(part)
        for kind in shape.before:
            if part := self._beside(kind, parts, opens=True):
                parts.insert(0, part)
        return WrittenLink(
            " ".join(part.text for part in parts),
            tuple(part.line.id for part in parts),
            frozenset(name for part in parts for name in part.told),
        )

    def _core(self, kind: LinkKind) -> _Part | None:
        """Return the line that makes the link what it is; the shortest one where all are too long."""
        parts = self.sayable(kind)
        if kind == "opening":
            parts = self._rotated(parts)
        fitting = [part for part in parts if part.length_s <= self._high_s]
        if not fitting:
            shortest = min(parts, key=lambda part: part.length_s, default=None)
            return shortest if shortest and shortest.length_s <= LINK_MAX_S else None
        return _drawn([part for part in fitting if self._begins_anew(part)] or fitting, self._rng)

    def _beside(self, kind: LinkKind, parts: list[_Part], *, opens: bool = False) -> _Part | None:
        """Return a line that goes with the others, if there is one and time for it."""
        left_s = self._high_s - sum(part.length_s for part in parts)
        sayable = self.sayable(kind)
        if len(sayable) <= _HELD_BACK:
            return None
        fitting = [
            part
            for part in sayable
            if part.length_s <= left_s
            and all(self._go_together(part, other) for other in parts)
            and all(_is_clear(part, other) if opens else _is_clear(other, part) for other in parts)
            and (not opens or self._begins_anew(part))
        ]
        return _drawn(fitting, self._rng) if fitting else None

    def sayable(self, kind: str) -> list[_Part]:
        """Return the lines of a kind that can be said here, each with its slots filled."""
        parts = []
        for line in self._lines.by_kind.get(kind, ()):
            if line.weight <= 0 or line_key(self._lines.language, line.id) in self._resting:
                continue
            if self._manner and self._manner not in line.manners:
                continue
            told = line.facts & self._told.keys()
            if self._names_twice(told) or not self._recent.facts.isdisjoint(told_once(told, self._facts)):
                continue
            text = line.fill(self._told, self._lines.words, self._rng)
            if text and len(text) <= _MAX_LINE_CHARS:
                parts.append(_Part(line, text, told, self._news(told), self._length_s(text)))
        return parts

    def _news(self, told: Set[str]) -> frozenset[str]:
        news = {_SAME_NEWS.get(name, name) for name in told}
        if not told.isdisjoint(("theme", "theme_kind")) and self._facts.get("theme_kind") in _NEWS_OF_THEME:
            news.add(_NEWS_OF_THEME[self._facts["theme_kind"]])
        return frozenset(news)

    def _rotated(self, parts: list[_Part]) -> list[_Part]:
        """Return the half of the openings that was not said for longest."""
        last = {key: place for place, key in enumerate(self._recent.openers)}
        by_use = sorted(parts, key=lambda part: last.get(line_key(self._lines.language, part.line.id), -1))
        return by_use[: (len(parts) + 1) // 2]

    def _begins_anew(self, part: _Part) -> bool:
        return beginning_of(part.text) not in self._recent.beginnings

    def _names_twice(self, told: Set[str]) -> bool:
        """Return whether two different things that a line names have the same name here."""
        named = {name: _words(str(self._facts[name])) for name in _NAMES if name in told}
        theme = _words(str(self._facts["theme"])) if "theme" in told else ""
        return any(words in theme for words in named.values()) or any(
            named[one] == named[two] and frozenset({one, two}) not in _OWN_NAMES
            for one, two in itertools.combinations(named, 2)
        )

    def _go_together(self, one: _Part, other: _Part) -> bool:
        if one.first_word == other.first_word or one.news & other.news:
            return False
        # A name may hide in another fact: the artist of this song in a theme, or as a guest in the song before.
        names = {_words(str(self._facts[name])) for name in _NAMES if name in one.told or name in other.told}
        return not any(name in one.words and name in other.words for name in names if len(name) >= _NAME_CHARS)


def _is_clear(one: _Part, following: _Part) -> bool:
    """Return whether it is heard of which song two lines speak, said in this order."""
    return following.line.names_first or not any(name.startswith(_PREVIOUS) for name in one.told)


def _words(text: str) -> str:
    """Return the words of a text, between spaces, so that a name is found in it as a whole."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _drawn(parts: list[_Part], rng: random.Random) -> _Part:
    """Draw a line by its weight; a longer one, which as a rule tells more, is drawn more often."""
    return rng.choices(parts, [part.line.weight * (part.length_s + _SHORTEST_S) for part in parts])[0]
