"""What selection says of a choice, in words made from the same terms that the plan keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aidj.model import Rotation

Terms = Mapping[str, float | int | str]


def why(rotation: Rotation, terms: Terms) -> str:
    """Return why a song could be played now, in one sentence without its full stop."""
    listens = int(terms.get("listens", 0))
    if listens and rotation in ("forgotten_favourite", "current_favourite"):
        text = f"{heard(listens)} on {several(int(terms['days_heard']), 'day')}, "
        silent = int(terms["days_silent"])
        text += f"none for {silent} days" if rotation == "forgotten_favourite" else f"the last one {ago(silent)}"
    elif listens:
        text = f"{heard(listens)}, the last one {ago(int(terms['days_silent']))}"
    elif rotation == "new_release":
        text = _how_new(terms) + (", not heard yet" if "listens" in terms else "")
    elif said := _as_players_say(terms):
        text = said
    else:
        text = "in the library, not heard yet" if "listens" in terms else "in the library; no listens are known"
    if "liked" in terms:
        text += ", liked"
    if "skipped_last" in terms:
        text += ", skipped the last time"
    if "resting" in terms:
        text += f"; taken although it was {terms['resting']}, because little else is left"
    return text


def heard(listens: int) -> str:
    """Return ``1 listen`` or ``41 listens``."""
    return several(listens, "listen")


def several(number: int, what: str) -> str:
    """Return a number of things, as ``1 day`` or ``2,041 days``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def ago(days: int) -> str:
    """Return how long ago something was, in days counted in full: "yesterday" would be a guess."""
    return "less than a day ago" if days <= 0 else f"{several(days, 'day')} ago"


def rests_because(reason: str, since_s: float) -> str:
    """Return why a song rests: ``offered 12 days ago``, ``played 3 hours ago``."""
    hours = int(since_s // 3600)
    if hours >= 24:
        return f"{reason} {ago(hours // 24)}"
    return f"{reason} {several(hours, 'hour')} ago" if hours else f"{reason} less than an hour ago"


def rests_until(until_s: float, now: datetime) -> str:
    """Return what the listener asked for; `until_s` is inf for a rest without an end."""
    try:
        day = datetime.fromtimestamp(until_s, UTC).astimezone(now.tzinfo).date()
    except (OverflowError, ValueError, OSError):
        return "you asked to let it rest"
    return f"you asked to let it rest until {day.isoformat()}"


def basis(
    listens: int, heard_tracks: int, first_s: float, last_s: float, *, elsewhere: int, rated: bool, of_a_player: bool
) -> str:
    """Return on what a choice rests.

    Parameters
    ----------
    listens, heard_tracks : int
        Listens of the library's tracks, and of how many of them.
    first_s, last_s : float
        The first and the last of them, unix seconds UTC.
    elsewhere : int
        Listens of what is not in the library.
    rated : bool
        Ratings or play counts are known.
    of_a_player : bool
        They come from a player's own database, not from tags.
    """
    if listens:
        first, last = (datetime.fromtimestamp(at, UTC).year for at in (first_s, last_s))
        years = f"{first}" if first == last else f"{first} to {last}"
        return f"{heard(listens)} of {heard_tracks:,} of your tracks, {years}"
    none_known = f"none of your {heard(elsewhere)} is of these tracks" if elsewhere else "no listens are known"
    if rated:
        return f"ratings and play counts {'of a player' if of_a_player else 'in the tags'}; {none_known}"
    return f"tags and dates alone; {none_known}"


def _how_new(terms: Terms) -> str:
    if "new_days" in terms:
        days = int(terms["new_days"])
        return "came out today" if days == 0 else f"came out {ago(days)}"
    if "released" in terms:
        return f"came out in {terms['released']}"
    days = int(terms["added_days"])
    return "added to the library today" if days == 0 else f"added to the library {ago(days)}"


def _as_players_say(terms: Terms) -> str:
    said = []
    if "rating" in terms:
        said.append(f"rated {round(float(terms['rating']) * 5, 1):g} of 5")
    if "play_count" in terms:
        said.append(f"played {'once' if terms['play_count'] == 1 else several(int(terms['play_count']), 'time')}")
    if said and "days_silent" in terms:
        said.append(f"the last time {ago(int(terms['days_silent']))}")
    if not said:
        return ""
    return f"{', '.join(said)}, {'as a player says' if terms.get('said_by') == 'player' else 'as its tags say'}"
