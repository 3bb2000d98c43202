"""The names in the listener's own library, to be recognised in a request whatever their case, accents and typos."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aidj.model import Track
from aidj.names import match_key, song_key
from aidj.selection import artist_names, mistake_in, plain_words, runs

Kind = Literal["genre", "artist", "album", "work", "title", "mood"]
KINDS: tuple[Kind, ...] = ("genre", "artist", "album", "work", "title", "mood")
"""In the order in which a name that is several things is taken."""
FIELDS: Mapping[Kind, str] = {
    "genre": "genres",
    "artist": "artists",
    "album": "albums",
    "work": "works",
    "title": "titles",
    "mood": "moods",
}
"""The field of a query for each kind of name."""

_MISSPELT: tuple[Kind, ...] = ("artist", "album", "genre", "work")
_ALIKE = 0.82
"""The least likeness of a misspelt name, as difflib measures it."""
_SHORTEST, _LONGEST = 4, 80
"""A shorter key is no misspelling of anything, and a longer one not worth the time."""
_SHARED = 0.4
"""So many of its letter pairs a misspelt name keeps at least."""
_MOST_KEPT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A name that something is a misspelling, or the last part, of."""

    kind: Kind
    names: tuple[str, ...]
    """As the library spells them; several where it cannot be told which."""
    partly: bool = False
    """It is the end of a longer name: Bowie."""


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a library. Make it with `Names.of`, once for many requests."""

    known: Mapping[Kind, Mapping[str, str]]
    """By kind and `aidj.names.match_key`: the name as the library spells it."""
    owners: Mapping[tuple[Kind, str], tuple[str, ...]]
    """By album or title, and key: whose they are."""
    endings: Mapping[str, tuple[str, ...]]
    """The artists whose name ends so, by key: "bowie"; and the composers of a last name."""
    works: tuple[str, ...]
    """The name of each work with its composer, as plain words."""
    pairs: Mapping[Kind, Mapping[str, Sequence[str]]]
    """By kind and two letters: the keys in which they stand side by side, so that few names are compared."""
    looked_up: dict[tuple[str, tuple[Kind, ...]], Near | None] = field(default_factory=dict, compare=False, repr=False)
    """What `near` has found; a request is read in several languages."""

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> Names:
        """Collect the names of some tracks; about a second for 100,000."""
        known: dict[Kind, dict[str, str]] = {kind: {} for kind in KINDS}
        owners: dict[tuple[Kind, str], dict[str, None]] = defaultdict(dict)
        endings: dict[str, dict[str, None]] = defaultdict(dict)
        works: dict[str, None] = {}

        def add(kind: Kind, name: str | None, *keys: str) -> None:
            if name and mistake_in(FIELDS[kind], (name,)) is None:
                for key in keys or (match_key(name),):
                    if key:
                        known[kind].setdefault(key, name)

        seen: set[object] = set()
        for track in tracks:
            for name in artist_names(track):
                if name not in seen:
                    seen.add(name)
                    add("artist", name)
                    for ending in _endings(name):
                        endings[ending][name] = None
            for kind, called in _called(track):
                if called:
                    key = song_key(called)
                    add(kind, called, match_key(called), key)
                    owners[kind, key][track.lead] = None
            add("work", track.work)
            if track.work:
                works[plain_words(f"{track.work} {track.composer or ''}")] = None
            for tag in (tag for tag in track.genres if ("genre", tag) not in seen):
                seen.add(("genre", tag))
                add("genre", tag)
                for run in runs(plain_words(tag)):
                    known["genre"].setdefault(run, run)
            for tag in track.moods:
                add("mood", tag)
        return cls(
            known=known,
            owners={key: tuple(names) for key, names in owners.items()},
            endings={key: tuple(names) for key, names in endings.items()},
            works=tuple(works),
            pairs={kind: _by_pair(known[kind]) for kind in _MISSPELT},
        )

    def exact(self, text: str, kinds: Collection[Kind] = KINDS) -> list[tuple[Kind, str]]:
        """Return what has this very name, by kind, whatever its case, accents and signs; a possessive is dropped."""
        keys = [match_key(text)]
        if text.endswith(("'s", "’s")):
            keys.append(match_key(text[:-2]))
        for key in filter(None, keys):
            found = [(kind, self.known[kind][key]) for kind in KINDS if kind in kinds and key in self.known[kind]]
            if found:
                return found
        return []

    def near(self, text: str, kinds: Collection[Kind] = _MISSPELT) -> Near | None:
        """Return what a text may be a misspelling or the last part of; None where nothing is like it."""
        key = match_key(text)
        asked = key, tuple(kinds)
        if asked not in self.looked_up:
            if len(self.looked_up) > _MOST_KEPT:
                self.looked_up.clear()
            self.looked_up[asked] = self._near(key, kinds)
        return self.looked_up[asked]

    def album_with(self, text: str) -> str | None:
        """Return the only album in whose name some words stand side by side; None where there is none, or several."""
        words = f" {plain_words(text)} "
        if len(words) < _SHORTEST + 2:
            return None
        found = {name for name in self.known["album"].values() if words in f" {plain_words(name)} "}
        return found.pop() if len(found) == 1 else None

    def _near(self, key: str, kinds: Collection[Kind]) -> Near | None:
        if not _SHORTEST <= len(key) <= _LONGEST:
            return None
        if "artist" in kinds and key in self.endings:
            return Near(kind="artist", names=self.endings[key], partly=True)
        best: tuple[float, Kind, list[str]] | None = None
        for kind in (kind for kind in _MISSPELT if kind in kinds):
            likely = self._likely(key, kind)
            close = difflib.get_close_matches(key, likely, n=3, cutoff=_ALIKE)
            if close and (best is None or _ratio(key, close[0]) > best[0]):
                top = _ratio(key, close[0])
                best = top, kind, [other for other in close if _ratio(key, other) == top]
        if best is None:
            return None
        names = dict.fromkeys(self.known[best[1]][close] for close in sorted(best[2]))
        return Near(kind=best[1], names=tuple(names))

    def _likely(self, key: str, kind: Kind) -> list[str]:
        """Return the keys that share a good part of their letter pairs with a key, sorted."""
        pairs = {key[at : at + 2] for at in range(len(key) - 1)}
        shared = Counter(known for pair in pairs for known in self.pairs[kind].get(pair, ()))
        return sorted(
            known
            for known, count in shared.items()
            if count >= _SHARED * len(pairs) and abs(len(known) - len(key)) <= 1 + len(key) // 5
        )

    def forms(self, spellings: Iterable[str], number: int) -> list[str]:
        """Return how the library spells a numbered work: of symphony, sinfonie and 7, "sinfonie 7"."""
        asked = [f"{spelling} {number}" for spelling in dict.fromkeys(spellings)]
        words = [frozenset(work.split()) for work in self.works]
        return [one for one in asked if any(set(one.split()) <= some for some in words)]


def _by_pair(keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        if _SHORTEST - 1 <= len(key) <= _LONGEST:
            for pair in {key[at : at + 2] for at in range(len(key) - 1)}:
                found[pair].append(key)
    return dict(found)


def _called(track: Track) -> tuple[tuple[Kind, str | None], ...]:
    return ("album", track.album), ("title", track.title)


def _endings(name: str) -> Iterator[str]:
    words = plain_words(name).split()
    first = 2 if words[:1] == ["the"] else 1
    yield from ("".join(words[start:]) for start in range(first, len(words)))


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, one).ratio()
