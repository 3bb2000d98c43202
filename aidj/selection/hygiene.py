"""Taste hygiene: what stays out of a mix although it lies among the music or was played often, rule by rule.

Judged from tags alone, and so that music is let through when in doubt: a song wrongly kept out is missed by somebody,
a rain sound let through is skipped. For each kind there are three sorts of evidence:

- a genre that says so decides;
- **sure** words in title, album or artist ("rain sounds", "Kinderlieder") decide, unless the genre is one of songs
  (rock, house, jazz, ...): then two of the three must say so;
- **hints** ("white noise", "children's songs") decide where two of the three give them, each in its own words, and no
  genre of songs speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.model import Plays, Track
from aidj.names import match_key
from aidj.selection import signs
from aidj.selection.holidays import Hemisphere, holidays_of, out_of_season
from aidj.selection.phrases import Phrases
from aidj.selection.settings import HygieneRule
from aidj.selection.signs import Kind
from aidj.selection.words import plain_words, plain_words_of

BINGE_HOURS = 48.0
"""What was only ever heard within so many hours is no favourite yet."""
_CHAPTERS_MIN = 5
_BOOK_MIN_S = 7200.0
"""An album with so many chapters, so long in all, is a book."""
_SPOKEN_MIN_S = 600.0
"""A track of a genre such as "Spoken Word", or a file made for books, is a reading from this length on; shorter ones
are poems and interludes."""
_BOOK_FILES = frozenset({".m4b", ".aax", ".aa"})


def set_aside(
    tracks: Sequence[Track],
    plays: Plays,
    *,
    now: datetime,
    rules: frozenset[HygieneRule],
    hemisphere: Hemisphere = "north",
) -> Mapping[HygieneRule, NDArray[np.bool_]]:
    """Return, for each rule that is on, which tracks it keeps out; pure.

    Parameters
    ----------
    tracks : sequence of Track
        The library; `plays.track` points into it.
    plays : Plays
        The history of these tracks.
    now : datetime
        The moment to choose for; its zone decides which day it is, and so which holiday.
    rules : frozenset of HygieneRule
        The rules that are on.
    hemisphere : {"north", "south"}
        When songs of snow are in season.

    Returns
    -------
    mapping from HygieneRule to ndarray of bool, shape (n_tracks,)
        Of ``binge``: the tracks that are no favourites, however often they were heard; they may still be played.
    """
    masks: dict[HygieneRule, NDArray[np.bool_]] = {rule: np.zeros(len(tracks), np.bool_) for rule in sorted(rules)}
    titles, albums = [track.title for track in tracks], [track.album or "" for track in tracks]
    plain = plain_words_of(chain(titles, albums, [track.lead for track in tracks]))
    if not rules.isdisjoint(_KINDS):
        told = _TEXTS.among(plain)
        for index in _perhaps_kept_out(tracks, told):
            for kind in _kinds_of(tracks[index], told):
                if kind in rules:
                    masks[kind][index] = True
    if "audiobook" in rules:
        masks["audiobook"] |= _chaptered(tracks, plain)
    if "holiday" in rules:
        masks["holiday"] = out_of_season(tracks, plain, now.date(), hemisphere)
    if "binge" in rules:
        masks["binge"] = binges(plays, len(tracks), now)
    return masks


def is_kept_out(genre: str) -> bool:
    """Whether a genre is one that some rule keeps out, now or at other times of the year: who asks for it means it."""
    return not _genre_labels((genre,)).isdisjoint(_KINDS) or bool(holidays_of("", None, "", (genre,)))


def binges(plays: Plays, n_tracks: int, now: datetime) -> NDArray[np.bool_]:
    """Return which tracks have listens, and all of them within `BINGE_HOURS`, shape (n_tracks,)."""
    counted = plays.heard & (plays.listened_at <= now.timestamp())
    track, at = plays.track[counted], plays.listened_at[counted]
    first, last = np.full(n_tracks, np.nan), np.full(n_tracks, np.nan)
    last[track] = at  # plays are in order of time: the last write wins
    first[track[::-1]] = at[::-1]
    return np.asarray(last - first <= BINGE_HOURS * 3600)  # NaN, where there is no listen, is not


# --- evidence ---------------------------------------------------------------------------------------------------------

_KINDS: tuple[Kind, ...] = ("sleep_noise", "children", "podcast", "audiobook")
_Sign = tuple[Kind, Literal["sure", "hint"]]
_GENRES: Phrases[str] = Phrases(
    {"spoken": signs.SPOKEN_GENRES, "song": signs.SONG_GENRES, **{kind: signs.GENRES[kind] for kind in _KINDS}}
)
_TEXTS = Phrases[_Sign](
    {(kind, "sure"): signs.SURE[kind] for kind in _KINDS} | {(kind, "hint"): signs.HINTS[kind] for kind in _KINDS}
)
_CHAPTERS = Phrases({"chapter": signs.CHAPTERS})
_ARTISTS: Mapping[str, Kind] = {match_key(name): kind for kind, names in signs.ARTISTS.items() for name in names}


def _perhaps_kept_out(tracks: Sequence[Track], told: Mapping[str, frozenset[_Sign]]) -> Iterator[int]:
    """Yield the numbers of the tracks that may be of any kind: few, as a rule."""
    genres = {genres for genres in {track.genres for track in tracks} if not _genre_labels(genres).isdisjoint(_KINDS)}
    artists = {lead for lead in {track.lead for track in tracks} if lead in told or match_key(lead) in _ARTISTS}
    for index, track in enumerate(tracks):
        if (
            track.title in told
            or track.album in told
            or track.genres in genres
            or track.duration_s >= _SPOKEN_MIN_S
            or track.lead in artists
        ):
            yield index


def _kinds_of(track: Track, told: Mapping[str, frozenset[_Sign]]) -> set[Kind]:
    """Return of which kinds a track is by its own tags; `told` holds all texts with any sign."""
    genre = _genre_labels(track.genres)
    kinds: set[Kind] = {kind for kind in _KINDS if kind in genre}
    artist = track.lead
    if kind := _ARTISTS.get(match_key(artist)):
        kinds.add(kind)
    album = track.album or ""
    if track.title in told or album in told or artist in told:
        texts = [(text, told[text]) for text in (track.title, album, artist) if text in told]
        kinds.update(kind for kind in _KINDS if _is_told(kind, texts, of_songs="song" in genre))
    if track.duration_s >= _SPOKEN_MIN_S and ("spoken" in genre or track.path.suffix.lower() in _BOOK_FILES):
        kinds.add("audiobook")
    return kinds


def _is_told(kind: Kind, told: Sequence[tuple[str, frozenset[_Sign]]], *, of_songs: bool) -> bool:
    """Whether title, album and artist together say enough."""
    sure = {plain_words(text) for text, labels in told if (kind, "sure") in labels}
    if of_songs:
        return len(sure) >= 2
    # A single, its album and its band often share one name: that is said once, not twice.
    hints = {plain_words(text) for text, labels in told if (kind, "hint") in labels}
    return bool(sure) or any(a not in b and b not in a for a, b in combinations(sorted(hints), 2))


@lru_cache(1 << 12)
def _genre_labels(genres: tuple[str, ...]) -> frozenset[str]:
    labels: set[str] = set()
    for genre in genres:
        labels |= _GENRES.labels(genre)
        if any(word.endswith(signs.SONG_GENRES_END) for word in plain_words(genre).split()):
            labels.add("song")
    return frozenset(labels)


def _chaptered(tracks: Sequence[Track], plain: Mapping[str, str]) -> NDArray[np.bool_]:
    """Return the tracks of long albums that consist of chapters and whose genre is none of songs, shape (n_tracks,)."""
    mask = np.zeros(len(tracks), np.bool_)
    titles = _CHAPTERS.among(plain)
    chapters = {index for index, track in enumerate(tracks) if track.title in titles}
    if len(chapters) < _CHAPTERS_MIN:
        return mask
    albums: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, track in enumerate(tracks):
        if track.album:
            albums[track.album, track.album_artist or track.artist].append(index)
    for members in albums.values():
        chaptered = chapters.intersection(members)
        if (
            len(chaptered) >= max(_CHAPTERS_MIN, len(members) / 2)
            and sum(tracks[index].duration_s for index in members) >= _BOOK_MIN_S
            and not any("song" in _genre_labels(tracks[index].genres) for index in members)
        ):
            mask[members] = True
    return mask
