"""What a set can be about: themes that can be said in words, and that are true of every song in the set.

A theme is found in the songs there are to choose from: in their tags (a decade, a genre, a mood), in the listener's
past (a season, an artist's year, artists come back to), in what is new. Where none carries a whole set, the rotation
that holds most of it names it.

A theme is kept as its kind and its value, ``decade`` and ``1990``, so that a presenter of any language can name it; the
words here are the English ones, for the plan and for whoever reads it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from aidj.model import Candidate
from aidj.names import match_key, version_hints
from aidj.sequencing.features import Features
from aidj.sequencing.rules import Contender, lead_of

ThemeKind = Literal[
    "new_this_week", "comeback", "artist_year", "season", "decade", "genre", "mood", "energy", "pace", "rotation"
]

FEWEST_MEMBERS = 8
FEWEST_ARTISTS = 6
"""A theme needs so many songs, by so many artists, to choose a set from."""
NEW_THIS_WEEK_DAYS = 7
PACE_SPAN = 1.08
"""Tempi within this factor of one another are about the same pace."""

_ROTATIONS: Mapping[str, str] = {
    "new_release": "new songs",
    "forgotten_favourite": "songs you have not heard for a long time",
    "current_favourite": "songs you play these days",
    "deep_cut": "songs from the depths of your library",
    "request": "songs you asked for",
}
_OTHERS = "+others"
_WORDS: Mapping[ThemeKind, str | Mapping[str, str]] = {
    "new_this_week": "songs new this week, between ones you know",
    "comeback": "artists you have come back to lately",
    "artist_year": "songs of your {value}, when you played {artist} more than anyone else",
    "season": "songs you played in {season}",
    "decade": "songs from the {value}s",
    "genre": "songs from the {value} shelf",
    "mood": "songs marked as {value}",
    "energy": {"calm": "the calmer side of your library", "lively": "the livelier side of your library"},
    "pace": {"walking": "songs at a walking pace", "dancing": "songs at a dancing pace"},
    "rotation": {
        **_ROTATIONS,
        **{f"{rotation}{_OTHERS}": f"{words}, and a few others" for rotation, words in _ROTATIONS.items()},
        "old_and_new": "favourites of yours, old and new",
        "own_shelves": "songs from your own shelves",
        "discover": "songs to discover",
        "old_and_discover": "old favourites and things to discover",
        "favourites_and_discover": "favourites and discoveries",
    },
}
"""By kind; where the kind has few values, one by one."""

_Group = tuple[ThemeKind, str, list[Contender]]
"""Kind and value of what could be a theme, and its songs."""

_NO_GENRE = frozenset(
    map(match_key, ("Other", "Unknown", "Misc", "Miscellaneous", "None", "Genre", "Various", "Music"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What a set is about."""

    kind: ThemeKind
    value: str = ""
    """Which one of its kind: ``1990``, ``indie rock``, ``summer 2016``, ``calm``, ``forgotten_favourite+others``."""
    artist: str = ""
    """Whom it names: of an artist's year."""
    members: frozenset[str]
    """Ids of the tracks it is true of."""
    needed: frozenset[str] = frozenset()
    """Ids of which the set must have some, so that the words hold."""
    n_needed: int = 0

    @property
    def words(self) -> str:
        """The theme in words, as they follow "here are"."""
        return theme_words(self.kind, self.value, self.artist) or ""


def theme_words(kind: str, value: str, artist: str = "") -> str | None:
    """Return a theme in English words, as they follow "here are"; None where there is no such theme."""
    known = _WORDS.get(cast(ThemeKind, kind))
    if known is None or isinstance(known, Mapping):
        return known.get(value) if known else None
    if "{" not in known:
        return None if value or artist else known
    season = _season_words(value) if kind == "season" else ""
    if not value or season is None or ("{artist}" in known) != bool(artist):
        return None
    return _filled(known, {"value": value, "artist": artist, "season": season})


def _filled(words: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], words)


def told_season(season: str) -> str | None:
    """Return a season as presenters are told of it: as selection has it, ``summer 2016`` or ``winter 2015/2016``.

    None for a winter within one year, as the south has them: presenters count on that a winter goes on into the next.
    """
    return None if season.startswith("winter") and "/" not in season else season


def _season_words(season: str) -> str | None:
    match = re.fullmatch(r"(winter|spring|summer|autumn) (\d{4})(?:/(\d{4}|\d{2}))?", season)
    if not match:
        return None
    name, year, until = match.groups()
    return f"the {name} of {year} to {int(year) + 1}" if until or name == "winter" else f"the {name} of {year}"


def themes_of(pool: Sequence[Contender], features: Mapping[str, Features]) -> tuple[Theme, ...]:
    """Return the themes that could carry a set, in a stable order; those of the rotations are not among them.

    Parameters
    ----------
    features : mapping of track id to Features
        What is known of each song; a song that is missing there has no mood and no pace.
    """
    return (*_new_this_week(pool), *_artist_years(pool), *_large_enough(_groups(pool, features)))


def measured_themes(pool: Sequence[Contender], features: Mapping[str, Features]) -> tuple[Theme, ...]:
    """Return the themes that only measuring tells: the calmer and the livelier songs."""
    return tuple(_large_enough(_energies(pool, features)))


def _large_enough(groups: Sequence[_Group]) -> list[Theme]:
    return [
        Theme(kind=kind, value=value, members=frozenset(c.id for c in members))
        for kind, value, members in groups
        if len(members) >= FEWEST_MEMBERS and len({lead_of(c.candidate.track) for c in members}) >= FEWEST_ARTISTS
    ]


def rotation_theme(songs: Sequence[Candidate]) -> Theme:
    """Name what a set is about by the rotation that holds most of it, or by what two of them have in common."""
    return Theme(kind="rotation", value=_rotation_value(songs), members=frozenset(song.track.id for song in songs))


def _rotation_value(songs: Sequence[Candidate]) -> str:
    counts = {rotation: sum(song.rotation == rotation for song in songs) for rotation in _ROTATIONS}
    most = max(counts.values())
    leaders = [rotation for rotation, count in counts.items() if count == most]
    if len(leaders) == 1:
        return leaders[0] if most == len(songs) else f"{leaders[0]}{_OTHERS}"
    known = counts["forgotten_favourite"] + counts["current_favourite"]
    if known == len(songs):
        return "old_and_new"
    if not any(name in song.terms for song in songs for name in ("listens", "rating", "play_count")):
        return "own_shelves"  # nobody knows what was heard
    if known == 0:
        return "discover"
    return "old_and_discover" if counts["forgotten_favourite"] else "favourites_and_discover"


def _groups(pool: Sequence[Contender], features: Mapping[str, Features]) -> list[_Group]:
    groups: dict[tuple[ThemeKind, str], list[Contender]] = defaultdict(list)
    spellings: dict[str, str] = {}
    for contender in pool:
        track, terms = contender.candidate.track, contender.candidate.terms
        if (decade := decade_of(contender.candidate)) is not None:
            groups["decade", str(decade)].append(contender)
        for genre in track.genres[:3]:
            key = match_key(genre)
            if key and key not in _NO_GENRE and len(genre) <= 30:
                spellings[key] = min(spellings.get(key, _plain_genre(genre)), _plain_genre(genre))
                groups["genre", key].append(contender)
        for mood in track.moods[:3]:
            groups["mood", mood.casefold()].append(contender)
        if isinstance(season := terms.get("season"), str) and (told := told_season(season)):
            groups["season", told].append(contender)
        if "artist_came_back" in terms:
            groups["comeback", ""].append(contender)
    named: list[_Group] = [
        (kind, spellings[value] if kind == "genre" else value, members) for (kind, value), members in groups.items()
    ]
    return [*named, *_paces(pool, features)]


def decade_of(candidate: Candidate) -> int | None:
    """Return the first year of the decade a recording is from; None unless its tags are sure of it."""
    track = candidate.track
    if track.first_released:
        return track.first_released.year // 10 * 10
    if track.released is None or track.compilation:
        return None
    if "remaster" in version_hints(track.title) | version_hints(track.album or ""):
        return None  # the date is the edition's
    return track.released.year // 10 * 10


def _plain_genre(genre: str) -> str:
    text = " ".join(genre.split())
    return text.lower() if text.istitle() else text


def _energies(pool: Sequence[Contender], features: Mapping[str, Features]) -> list[_Group]:
    """Return the quietest and the loudest third, where energy is known of most songs."""
    known = [(energy, c) for c in pool if c.id in features and (energy := features[c.id].energy) is not None]
    if len(known) < max(3 * FEWEST_MEMBERS, len(pool) // 2):
        return []
    known.sort(key=lambda pair: (pair[0], pair[1].id))
    third = len(known) // 3
    if known[-third][0] - known[third - 1][0] < 0.15:
        return []  # all about alike
    return [
        ("energy", "calm", [c for _, c in known[:third]]),
        ("energy", "lively", [c for _, c in known[-third:]]),
    ]


def _paces(pool: Sequence[Contender], features: Mapping[str, Features]) -> list[_Group]:
    """Return the songs around a slow, a middle and a fast tempo, where tempi are known."""
    known = [(bpm, c) for c in pool if c.id in features and (bpm := features[c.id].bpm) is not None]
    found: list[_Group] = []
    for centre, value in ((80.0, "walking"), (124.0, "dancing")):
        near = [c for bpm, c in known if max(bpm / centre, centre / bpm) <= PACE_SPAN]
        found.append(("pace", value, near))
    return found


def _new_this_week(pool: Sequence[Contender]) -> list[Theme]:
    new = [c for c in pool if c.candidate.rotation == "new_release" and _new_days(c) <= NEW_THIS_WEEK_DAYS]
    if len({lead_of(c.candidate.track) for c in new}) < 2:
        return []
    needed = frozenset(c.id for c in new)
    return [
        Theme(
            kind="new_this_week",
            members=needed
            | {c.id for c in pool if c.candidate.terms.get("listens") or "play_count" in c.candidate.terms},
            needed=needed,
            n_needed=2,
        )
    ]


def _new_days(contender: Contender) -> float:
    days = [
        float(value)
        for name in ("new_days", "added_days")
        if isinstance(value := contender.candidate.terms.get(name), int | float)
    ]
    return min(days, default=float("inf"))


def _artist_years(pool: Sequence[Contender]) -> list[Theme]:
    """Return past years with whom one played most in them, where there is a song of theirs from that year."""
    years: dict[tuple[int, str], list[Contender]] = defaultdict(list)
    for contender in pool:
        year, artist = contender.candidate.terms.get("heard_most_in"), contender.candidate.terms.get("year_artist")
        if isinstance(year, int) and isinstance(artist, str):
            years[year, artist].append(contender)
    found = []
    for (year, artist), members in years.items():
        own = frozenset(c.id for c in members if match_key(artist) in c.artists)
        if (
            own
            and len(members) >= FEWEST_MEMBERS
            and len({lead_of(c.candidate.track) for c in members}) >= FEWEST_ARTISTS
        ):
            found.append(
                Theme(
                    kind="artist_year",
                    value=str(year),
                    artist=artist,
                    members=frozenset(c.id for c in members),
                    needed=own,
                    n_needed=1,
                )
            )
    return found
