"""Finding tracks by what a query says: names, words, tags, and what was measured; each miss is noted in words."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aidj.model import Track
from aidj.names import match_key, song_key
from aidj.selection.moods import MOODS, Feel
from aidj.selection.words import plain_words, plain_words_of, runs

Mask = NDArray[np.bool_]
Features = Mapping[str, tuple[float | None, float | None]]
"""By a track's id: its tempo in bpm and its energy, 0 to 1; None where unknown."""


class Search:
    """Finds tracks by one value after another, and notes what it does not find."""

    def __init__(self, tracks: Sequence[Track], features: Features) -> None:
        self._tracks = tracks
        known = [features.get(track.id, (None, None)) for track in tracks]
        bpm = [
            measured if measured is not None else track.bpm for (measured, _), track in zip(known, tracks, strict=True)
        ]
        self.bpm = np.array([np.nan if value is None else value for value in bpm])
        self.energy = np.array([np.nan if energy is None else energy for _, energy in known])
        self.notes: list[str] = []
        self._found: dict[tuple[str, tuple[str, ...]], Mask | None] = {}
        self._by_part: Mapping[str, Callable[[Sequence[str]], Mask | None]] = {
            "genres": self._genres,
            "artists": self._artists,
            "like": self._like,
            "albums": self._albums,
            "works": self._works,
            "titles": self._titles,
            "moods": self._moods,
        }

    def find(self, part: str, values: tuple[str, ...]) -> Mask | None:
        """Return the tracks to which any value of a part such as ``genres`` fits; None if that cannot be told."""
        if (part, values) not in self._found:
            self._found[part, values] = self._by_part[part](values)
        return self._found[part, values]

    def within(self, what: str, values: NDArray[np.float64], span: tuple[float, float]) -> Mask | None:
        """Return the tracks whose value lies in a range; None where it is known of no track."""
        if not np.isfinite(values).any():
            self.notes.append(f"the {what} of no song is known yet, so the wish for {span_of(span)} was left aside")
            return None
        mask = np.asarray((values >= span[0]) & (values <= span[1]))
        if not mask.any():
            self.notes.append(f"no song has a {what} of {span_of(span)}")
        return mask

    def recorded_in(self, years: tuple[int, int]) -> Mask:
        """Return the tracks first released in some years, both included."""
        dates = [track.first_released or track.released for track in self._tracks]
        mask = np.array([date is not None and years[0] <= date.year <= years[1] for date in dates], np.bool_)
        if not mask.any() and self._tracks:
            found = [date.year for date in dates if date]
            known = f"the dated songs are from {span_of((min(found), max(found)))}" if found else "no song has a date"
            self.notes.append(f"nothing in the library was recorded in {span_of(years)}; {known}")
        return mask

    def _genres(self, values: Sequence[str]) -> Mask:
        return self._tagged("genre", values, [track.genres for track in self._tracks])

    def _tagged(self, what: str, values: Sequence[str], tags: Sequence[tuple[str, ...]]) -> Mask:
        """Return the tracks with a tag in which any of the values stands, as whole words."""
        known = dict.fromkeys(tag for some in tags for tag in some)
        keys = {tag: frozenset(_spelling(run) for run in runs(plain_words(tag))) | {match_key(tag)} for tag in known}
        wanted: set[str] = set()
        for value in values:
            key = _spelling(match_key(value))
            found = {tag for tag in known if key in keys[tag] or match_key(value) in keys[tag]}
            if not found and self._tracks:
                self.notes.append(
                    f"nothing in the library is tagged with the {what} '{value}'{_nearest_tags(value, known)}"
                )
            wanted |= found
        return np.array([not wanted.isdisjoint(some) for some in tags], np.bool_)

    def _artists(self, values: Sequence[str]) -> Mask:
        names = [frozenset(map(match_key, artist_names(track))) for track in self._tracks]
        return self._by_key(values, names, "nobody called '{}' is in the library", self._artist_spellings)

    def _artist_spellings(self) -> Mapping[str, str]:
        return {match_key(name): name for track in self._tracks for name in artist_names(track)}

    def _like(self, values: Sequence[str]) -> Mask:
        """Return the tracks of each artist, and those that share the genres that tell them from the rest.

        Genres weigh by how rare they are in the library (inverse document frequency); half of the artist's weight has
        to be shared, so that "rock" beside "shoegaze" makes no likeness.
        """
        tags = [frozenset(map(match_key, track.genres)) for track in self._tracks]
        counts = Counter(tag for some in tags for tag in some)
        mask = np.zeros(len(tags), np.bool_)
        for value in values:
            own = self._artists([value])
            tagged = [tags[index] for index in np.flatnonzero(own).tolist() if tags[index]]
            carried = Counter(tag for some in tagged for tag in some)
            weights = {
                tag: math.log1p(len(tags) / counts[tag]) for tag, n in carried.items() if n * _MAIN_GENRE >= len(tagged)
            }
            if own.any() and not weights:
                self.notes.append(f"no song by '{value}' has a genre, so nothing else can be told to be like them")
            enough = sum(weights.values()) / 2
            alike = [bool(weights) and sum(weights.get(tag, 0.0) for tag in some) >= enough for some in tags]
            mask |= own | np.array(alike, np.bool_)
        return mask

    def _albums(self, values: Sequence[str]) -> Mask:
        keys = [
            frozenset({match_key(track.album), song_key(track.album)}) if track.album else _NONE
            for track in self._tracks
        ]
        return self._by_key(values, keys, "no album in the library is called '{}'", self._album_spellings)

    def _album_spellings(self) -> Mapping[str, str]:
        return {match_key(track.album): track.album for track in self._tracks if track.album}

    def _by_key(
        self,
        values: Sequence[str],
        keys: Sequence[frozenset[str]],
        none: str,
        spellings: Callable[[], Mapping[str, str]],
    ) -> Mask:
        mask = np.zeros(len(keys), np.bool_)
        for value in values:
            key = match_key(value)
            found = np.array([key in some for some in keys], np.bool_)
            if not found.any() and self._tracks:
                known = spellings()
                near = [known[match] for match in difflib.get_close_matches(key, known, n=3, cutoff=0.7)]
                self.notes.append(none.format(value) + _nearest(near))
            mask |= found
        return mask

    def _works(self, values: Sequence[str]) -> Mask:
        texts = [f"{track.work} {track.composer or ''}" if track.work else "" for track in self._tracks]
        return self._by_words("no work in the library has the words '{}'", values, texts)

    def _titles(self, values: Sequence[str]) -> Mask:
        return self._by_words("no title in the library has the words '{}'", values, [t.title for t in self._tracks])

    def _by_words(self, none: str, values: Sequence[str], texts: Sequence[str]) -> Mask:
        plain = plain_words_of(texts)
        words = [frozenset(plain[text].split()) for text in texts]
        mask = np.zeros(len(texts), np.bool_)
        for value in values:
            asked = frozenset(plain_words(value).split())
            if asked:
                found = np.array([asked <= some for some in words], np.bool_)
            else:  # "÷"
                found = np.array([match_key(value) == match_key(text) for text in texts], np.bool_)
            if not found.any() and self._tracks:
                partly = sorted(
                    {text for some, text in zip(words, texts, strict=True) if asked & some},
                    key=lambda text: (-difflib.SequenceMatcher(None, text.casefold(), value.casefold()).ratio(), text),
                )
                self.notes.append(none.format(value) + _nearest(partly[:3]))
            mask |= found
        return mask

    def _moods(self, values: Sequence[str]) -> Mask | None:
        """Return the tracks of a mood: tagged so, or, where no mood is tagged, of its energy and tempo."""
        tags = [track.moods for track in self._tracks]
        untagged = np.array([not some for some in tags], np.bool_)
        mask = np.zeros(len(tags), np.bool_)
        judged = False
        for value in values:
            feel = MOODS.get(match_key(value))
            measured = untagged & self._feels(feel) if feel else np.zeros(len(tags), np.bool_)
            can_measure = feel is not None and self._known(feel)
            notes = len(self.notes)
            tagged = self._tagged("mood", [value], tags)
            del self.notes[notes:]
            judged = judged or can_measure or not untagged.all()
            if not (tagged | measured).any() and self._tracks:
                self.notes.append(_no_mood(value, tags, feel, can_measure))
            mask |= tagged | measured
        return mask if judged else None

    def _known(self, feel: Feel) -> bool:
        known = np.ones(len(self._tracks), np.bool_)
        for values, span in ((self.bpm, feel.tempo_bpm), (self.energy, feel.energy)):
            known &= np.isfinite(values) if span else True
        return bool(known.any())

    def _feels(self, feel: Feel) -> Mask:
        mask = np.ones(len(self._tracks), np.bool_)
        for values, span in ((self.bpm, feel.tempo_bpm), (self.energy, feel.energy)):
            if span:
                mask &= (values >= span[0]) & (values <= span[1])
        return mask


_NONE: frozenset[str] = frozenset()
_MAIN_GENRE = 3
"""A genre is an artist's own where one song in so many carries it."""
_SAME_GENRE: Mapping[str, str] = {"rnb": "randb", "rb": "randb", "dnb": "drumandbass", "drumnbass": "drumandbass"}


def _spelling(key: str) -> str:
    return _SAME_GENRE.get(key, key)


def artist_names(track: Track) -> Collection[str]:
    """Return everybody whose name a track answers to."""
    names = [*(track.artists or (track.artist,)), track.artist, *track.guests]
    if track.work and track.composer:
        names += [track.composer, *track.composer.split()[-1:]]
    return names


def _no_mood(value: str, tags: Sequence[tuple[str, ...]], feel: Feel | None, can_measure: bool) -> str:
    """Say why no song has a mood."""
    known = dict.fromkeys(tag for some in tags for tag in some)
    if not known and not can_measure:
        why = "and its energy and tempo are not known yet" if feel else "and energy and tempo do not tell that mood"
        return f"no song has a mood in its tags, {why}, so the wish for '{value}' was left aside"
    measured = ", and none measures so" if can_measure else ""
    return f"nothing in the library is tagged with the mood '{value}'{measured}{_nearest_tags(value, known)}"


def _nearest_tags(value: str, known: Collection[str]) -> str:
    """Name the tags that share a word with a value, or are spelt nearly like it."""
    words = plain_words(value).split()
    sharing = [tag for tag in known if not set(words).isdisjoint(plain_words(tag).split())]
    sharing.sort(
        key=lambda tag: (len(tag.split()), -max(words.index(w) for w in words if w in plain_words(tag).split()))
    )
    spelt = {plain_words(tag): tag for tag in known}
    near = [spelt[match] for match in difflib.get_close_matches(plain_words(value), spelt, n=3, cutoff=0.7)]
    return _nearest(list(dict.fromkeys([*near, *sharing]))[:3])


def _nearest(names: Sequence[str]) -> str:
    return f"; nearest: {', '.join(repr(name) for name in names)}" if names else ""


def span_of(span: tuple[float, float]) -> str:
    """Return a range in words."""
    low, high = (f"{value:g}" for value in span)
    return low if low == high else f"{low} to {high}"
