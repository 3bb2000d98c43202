"""What is true of a link in its place: facts about the song after it, its neighbours, its set and the session.

They are worked out when the plan is made, and again when its songs are committed: a song swapped by hand, or missing
from the disk, must not be announced by what stood there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aidj.model import LinkKind, PartialDate, Rotation, Set, Track
from aidj.names import match_key
from aidj.sequencing.rules import artists_of, lead_of
from aidj.sequencing.themes import theme_words, told_season

Facts = dict[str, str | int]

PERSONAL_FACTS = frozenset(
    {
        *("listens", "days_heard", "days_silent", "first_heard", "last_heard"),
        *("artist_listens", "season", "heard_year", "year_artist"),
    }
)
"""The facts that the listener's history tells; `impersonal` leaves them out."""

_PERSONAL_THEMES = frozenset({"comeback", "artist_year", "season", "new_this_week"})
_PERSONAL_ROTATIONS = frozenset({"forgotten_favourite", "current_favourite"})
_PERSONAL_MIXTURES = frozenset({*_PERSONAL_ROTATIONS, "old_and_new", "old_and_discover", "favourites_and_discover"})
"""The rotations, and the themes made of several, that tell what was heard often."""

_THEME_FACTS = ("theme", "theme_kind", "theme_value", "theme_artist")
_TAG_FACTS = (
    *("artist", "title", "album", "guests", "genre", "released", "first_released", "rotation"),
    *("composer", "work", "movement", "label", "anniversary", "turns"),
)
_HISTORY_FACTS: Mapping[str, str] = {
    **{name: name for name in ("listens", "days_heard", "days_silent", "first_heard", "last_heard", "new_days")},
    "heard_year": "heard_most_in",
    "year_artist": "year_artist",
}
"""Facts, and the terms of a candidate that they are."""
_NEIGHBOUR_FACTS = (
    *("previous_artist", "previous_title", "previous_album", "next_artist", "next_title"),
    *("shared_label", "shared_year"),
)
_CLOSING_FACTS = ("songs_played", "artists_played")
_PLACED = frozenset({*_TAG_FACTS, *_HISTORY_FACTS, "artist_listens", "season", *_NEIGHBOUR_FACTS, *_CLOSING_FACTS})

_JOINED = " & "
"""What stands between names: a sign that every language reads in its own word."""
_ANNIVERSARY_DAYS = 3
_ROUND_YEARS = frozenset({15, 25, 75, *range(10, 1000, 10)})
_OLD_ENOUGH_DAYS = 365
_NO_LABEL = frozenset(
    map(match_key, ("no label", "none", "unknown", "not on label", "self-released", "independent", "-"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A song in its place, with what selection knew of it."""

    track: Track
    rotation: Rotation
    terms: Mapping[str, float | int | str]


def true_facts(
    kind: LinkKind,
    told: Mapping[str, str | int],
    songs: Sequence[Placed],
    position: int,
    *,
    today: date,
    personal: bool = True,
) -> Facts:
    """Return the facts of a link that stands before `songs[position]`, or behind all songs.

    Parameters
    ----------
    told : mapping
        What else is known, such as the theme and the time of day; facts about songs in it are replaced.
    today : date
        The day of the session, in its own zone.
    personal : bool
        Whether what the listener's history tells is among them.
    """
    facts: dict[str, str | int | None] = {name: value for name, value in told.items() if name not in _PLACED}
    if position > 0:
        before = songs[position - 1].track
        facts |= {"previous_artist": _artist(before), "previous_title": before.title, "previous_album": before.album}
    if position < len(songs):
        facts |= _song_facts(songs[position], today)
    if 0 < position < len(songs):
        facts |= _shared(songs[position - 1].track, songs[position].track, today)
    if position + 1 < len(songs):
        after = songs[position + 1].track
        facts |= {"next_artist": _artist(after), "next_title": after.title}
    if kind == "closing":
        artists = frozenset().union(*(artists_of(song.track) for song in songs))
        facts |= {"songs_played": len(songs), "artists_played": len(artists)}
    known = {name: value for name, value in facts.items() if value is not None}
    return known if personal else impersonal(known)


def theme_facts(part: Set) -> Facts:
    """Return what a set is about: its theme in words, and kind and value where the words are still those of them.

    A theme that the listener has put into other words is theirs, and no kind and value stand beside it.
    """
    if not part.theme:
        return {}
    if theme_words(part.theme_kind, part.theme_value, part.theme_artist) != part.theme:
        return {"theme": part.theme}
    values = (part.theme, part.theme_kind, part.theme_value, part.theme_artist)
    return {name: value for name, value in zip(_THEME_FACTS, values, strict=True) if value}


def impersonal(facts: Mapping[str, str | int]) -> Facts:
    """Return facts without those that tell what the listener has heard, and how often."""
    kept = {name: value for name, value in facts.items() if name not in PERSONAL_FACTS}
    if kept.get("rotation") in _PERSONAL_ROTATIONS:
        del kept["rotation"]
    kind, value = kept.get("theme_kind"), str(kept.get("theme_value")).removesuffix("+others")
    if kind in _PERSONAL_THEMES or (kind == "rotation" and value in _PERSONAL_MIXTURES):
        kept = {name: value for name, value in kept.items() if name not in _THEME_FACTS}
    return kept


def anniversary_of(track: Track, today: date) -> int | None:
    """Return how many years ago a recording came out, where that is this week and its very day is known."""
    first = track.first_released
    if first is None or first.precision != "day":
        return None
    for year in (today.year - 1, today.year, today.year + 1):
        years = year - first.year
        if years >= 1 and abs(_day_in(year, first.earliest()) - today) <= timedelta(days=_ANNIVERSARY_DAYS):
            return years
    return None


def _turns(track: Track, today: date) -> int | None:
    """Return the round number of years that a recording turns this year."""
    first = track.first_released
    years = today.year - first.year if first else 0
    return years if years in _ROUND_YEARS else None


def _day_in(year: int, day: date) -> date:
    try:
        return day.replace(year=year)
    except ValueError:  # the 29th of February
        return date(year, 3, 1)


def _artist(track: Track) -> str | None:
    """Return whom to name: guests have a fact of their own; None for a file that names nobody."""
    if not track.artists:
        return None
    return _JOINED.join(track.artists) if len(track.artists) < 3 else track.artist


def _song_facts(song: Placed, today: date) -> dict[str, str | int | None]:
    track = song.track
    season = song.terms.get("season")
    history = {
        name: value
        for name, term in _HISTORY_FACTS.items()
        if isinstance(value := song.terms.get(term), int | str) and not isinstance(value, bool)
    }
    artist_listens = song.terms.get("artist_listens")
    return {
        "artist": _artist(track),
        "title": track.title,
        "album": track.album,
        "guests": _JOINED.join(track.guests) or None,
        "genre": track.genres[0] if track.genres else None,
        "released": str(track.released) if track.released else None,
        "first_released": str(track.first_released) if track.first_released else None,
        "rotation": song.rotation,
        "composer": track.composer,
        "work": _work(track),
        "movement": track.movement,
        "label": _label(track),
        "anniversary": anniversary_of(track, today),
        "turns": _turns(track, today),
        **history,
        # It is counted for the first artist alone, and "artist" names them all.
        "artist_listens": artist_listens if isinstance(artist_listens, int) and len(track.artists) == 1 else None,
        "season": told_season(season) if isinstance(season, str) else None,
    }


def _work(track: Track) -> str | None:
    """Return the work without its composer, who is a fact of their own."""
    composer, colon, work = (track.work or "").partition(": ")
    return work if colon and track.composer and match_key(composer) == match_key(track.composer) else track.work


def _label(track: Track) -> str | None:
    return track.label if track.label and match_key(track.label) not in _NO_LABEL else None


def _shared(before: Track, track: Track, today: date) -> dict[str, str | int | None]:
    """Return what two songs by different artists have in common."""
    if lead_of(before) == lead_of(track):
        return {}
    one, other = before.first_released, track.first_released
    label, label_before = _label(track), _label(before)
    same_label = label and label_before and match_key(label) == match_key(label_before)
    same_year = one and other and one.year == other.year and _is_old(one, today) and _is_old(other, today)
    return {
        "shared_label": label if same_label else None,
        "shared_year": other.year if other and same_year else None,
    }


def _is_old(released: PartialDate, today: date) -> bool:
    return released.year < today.year and (today - released.earliest()).days >= _OLD_ENOUGH_DAYS
