"""What a plan says about itself: what was left out of the choice, what there was none of, and why it is so long."""

from __future__ import annotations

from aidj.durations import clock
from aidj.selection import Selection
from aidj.session.wishes import Wishes

_CLOSE_ENOUGH_S = 15.0


def left_out_in_words(selection: Selection) -> str:
    """Return how many tracks were left out of the choice, and why."""
    return "; ".join(f"{part.tracks:,} left out: {part.reason}" for part in selection.left_out)


def dial_notes(wishes: Wishes, selection: Selection) -> list[str]:
    """Say of which rotation there is none, although more of it was asked for."""
    return [
        f"More {rotation.replace('_', ' ')}s were asked for, but there are none just now."
        for rotation, dial in wishes.dials.items()
        if dial > 1 and selection.pools.get(rotation, 0) == 0
    ]


def length_notes(n_songs: int, minutes: float, expected_s: float) -> list[str]:
    """Say why a session becomes much shorter or longer than it was wanted."""
    error_s = expected_s - minutes * 60
    if abs(error_s) <= _CLOSE_ENOUGH_S:
        return []
    songs = "the one song" if n_songs == 1 else f"the {n_songs:,} songs"
    why = f"with {songs} to choose from, and none played twice," if error_s < 0 else "as no song is cut short,"
    return [f"{minutes:g} minutes were asked for; {why} it becomes about {clock(expected_s)}."]
