"""What is true of a link in its place: facts about the song after it, its neighbours and the session.

They are worked out when the plan is made, and again when its songs are committed: a song swapped by hand, or missing
from the disk, must not be announced by what stood there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aidj.model import LinkKind, Rotation, Track
from aidj.sequencing.rules import artists_of

Facts = dict[str, str | int]

_TAG_FACTS = ("artist", "title", "album", "guests", "genre", "released", "first_released", "rotation")
_HISTORY_FACTS = ("listens", "days_heard", "days_silent", "first_heard", "last_heard", "new_days")
_NEIGHBOUR_FACTS = ("previous_artist", "previous_title", "previous_album", "next_artist", "next_title")
_CLOSING_FACTS = ("songs_played", "artists_played")
_PLACED = frozenset({*_TAG_FACTS, *_HISTORY_FACTS, *_NEIGHBOUR_FACTS, *_CLOSING_FACTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A song in its place, with what selection knew of it."""

    track: Track
    rotation: Rotation
    terms: Mapping[str, float | int | str]


def true_facts(kind: LinkKind, told: Mapping[str, str | int], songs: Sequence[Placed], position: int) -> Facts:
    """Return the facts of a link that stands before `songs[position]`, or behind all songs.

    Parameters
    ----------
    told : mapping
        What else is known, such as the theme and the time of day; facts about songs in it are replaced.
    """
    facts: dict[str, str | int | None] = {name: value for name, value in told.items() if name not in _PLACED}
    if position > 0:
        before = songs[position - 1].track
        facts |= {"previous_artist": _artist(before), "previous_title": before.title, "previous_album": before.album}
    if position < len(songs):
        facts |= _song_facts(songs[position])
    if position + 1 < len(songs):
        after = songs[position + 1].track
        facts |= {"next_artist": _artist(after), "next_title": after.title}
    if kind == "closing":
        artists = frozenset().union(*(artists_of(song.track) for song in songs))
        facts |= {"songs_played": len(songs), "artists_played": len(artists)}
    return {name: value for name, value in facts.items() if value is not None}


def _artist(track: Track) -> str | None:
    """Return whom to name: guests have a fact of their own; None for a file that names nobody."""
    if not track.artists:
        return None
    return " and ".join(track.artists) if len(track.artists) < 3 else track.artist


def _song_facts(song: Placed) -> dict[str, str | int | None]:
    track = song.track
    return {
        "artist": _artist(track),
        "title": track.title,
        "album": track.album,
        "guests": " and ".join(track.guests) or None,
        "genre": track.genres[0] if track.genres else None,
        "released": str(track.released) if track.released else None,
        "first_released": str(track.first_released) if track.first_released else None,
        "rotation": song.rotation,
        **{name: value for name in _HISTORY_FACTS if isinstance(value := song.terms.get(name), int | str)},
    }
