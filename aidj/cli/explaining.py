"""Why a song is in a plan, and how the mix came about."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.cli.tables import ROTATION_STYLES, by_hand, joined_words
from aidj.errors import PlanError
from aidj.model import Item, Plan, Set, TrackRef
from aidj.names import match_key
from aidj.plan import load_plan

_TERMS: Mapping[str, str] = {
    "listens": "listens",
    "days_heard": "days on which it was heard",
    "days_silent": "days since it was last heard",
    "first_heard": "first heard",
    "last_heard": "last heard",
    "new_days": "days since it came out",
    "released": "came out",
    "added_days": "days since it was added to the library",
    "rating": "your rating, 0 to 1",
    "play_count": "plays, as your player counts them",
    "said_by": "who says so",
    "versions": "versions of it in the library",
    "offers": "times it was offered before",
    "skipped_last": "skipped when last played",
    "binge": "heard within two days only",
    "resting": "resting, taken for want of others",
    "liked": "you like it",
    "season": "heard most in",
    "heard_most_in": "heard most in the year",
    "year_artist": "whom you played most in that year",
    "artist_listens": "listens of the artist, all songs",
    "artist_came_back": "you have come back to the artist lately",
}
_PARTS: Mapping[str, str] = {
    "days_heard_lately": "days on which it was heard, the late ones more",
    "days_heard": "days on which it was heard",
    "plays_lately": "plays, fading with your own half-life",
    "last_month_of_it": "plays in the last month that it was heard in",
    "run": "heard on several days of the same weeks",
    "month": "heard in the same months as what you play now",
    "week": "heard in the same sessions as what you played this week",
    "artist": "how much you play the artist, or who goes with them",
    "album": "how much you play the album",
    "hour": "heard at the hours at which you listen now",
    "spacing": "it came back after long pauses before",
    "worn_out": "heard much just before it fell silent",
    "recency": "how new it is",
    "standing": "ratings and play counts",
    "no_favourite": "heard often and no favourite",
    "heard_then": "heard in the years you asked for",
    "liked": "you like it",
    "noise": "chance",
}
_COSTS: Mapping[str, str] = {
    "total": "in all",
    "tempo": "changes of tempo",
    "key": "changes of key",
    "energy": "changes of energy",
    "era": "jumps between decades",
    "arc": "distance from the wished course of energy",
    "artist": "artists too close to each other",
}


def why(options: argparse.Namespace, screen: Screen) -> int:
    """Say why a song is in a plan."""
    document = load_plan(options.plan)
    number = find_item(document, " ".join(options.item))
    item = document.items()[number - 1]
    part = next(part for part in document.sets if any(entry is item for entry in part.entries))
    screen.say(f"{number}  {name_of(item.track)}", style="bold")
    screen.say(item.why or "Put in by hand, or asked for: no reason is given.")
    rows = [("rotation", item.rotation.replace("_", " "))]
    if edits := by_hand(item):
        rows.append(("begins", edits))
    if item.joined is not None:
        rows.append(("follows by", joined_words(item.joined)))
        rows += [("", words) for words in item.joined.why]
    if item.score is not None:
        rows.append(("score", f"{item.score:g} (comparable within its rotation only)"))
    if item.propensity is not None:
        rows.append(("propensity", f"{item.propensity:.2g}: how likely chance was to bring it up where it stands"))
    rows += [("gave way for it", rule) for rule in item.rules]
    rows += _of_the_mix(document, item)
    screen.table(_pairs(rows))
    if item.terms:
        screen.say("\nWhat it was chosen by", style="bold")
        screen.table(_pairs([(_term(name), _shown(value)) for name, value in item.terms.items()]))
    _say_set(screen, part, item)
    return 0


def show_mix(screen: Screen, plan: Plan) -> None:
    """Print on what a plan rests: shares, pools, and what was left out and why."""
    screen.say("\nThe mix", style="bold")
    if plan.mix is None:
        screen.say("The plan says nothing of how it was chosen: it was written by hand, or by an older version.")
        return
    if plan.mix.basis:
        screen.say(f"It rests on {plan.mix.basis}.")
    songs = sum(share.songs for share in plan.mix.shares.values())
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("rotation", overflow="fold")
    for heading in ("wanted", "got", "songs", "to choose from"):
        table.add_column(heading, justify="right")
    for rotation, share in plan.mix.shares.items():
        got = share.songs / songs if songs else 0.0
        table.add_row(
            Text(rotation.replace("_", " "), style=ROTATION_STYLES.get(rotation, "")),
            *(f"{share.target:.0%}", f"{got:.0%}", f"{share.songs:,}", f"{share.pool:,}"),
        )
    screen.table(table)
    screen.say("\nLeft out" if plan.mix.left_out else "\nNothing was left out.", style="bold")
    left = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    left.add_column(justify="right")
    left.add_column(overflow="fold")
    for part in plan.mix.left_out:
        example = f", such as {part.example}" if part.example else ""
        left.add_row(f"{part.tracks:,}", Text(plain(f"{part.reason}{example}")))
    if plan.mix.left_out:
        screen.table(left)


def find_item(plan: Plan, asked: str) -> int:
    """Return the number of a song in a plan, given it or a part of the artist's name and the title.

    Raises
    ------
    PlanError
        If none or several answer to it.
    """
    items = plan.items()
    if asked.isdecimal() and 1 <= int(asked) <= len(items):
        return int(asked)
    names = [name_of(item.track) for item in items]
    key = match_key(asked)
    found = [n for n, name in enumerate(names, start=1) if key and key in match_key(name)]
    exact = [n for n in found if match_key(items[n - 1].track.title) == key]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        listed = "; ".join(f"{n}  {names[n - 1]}" for n in found[:10])
        raise PlanError(f"'{asked}' may mean {len(found)} songs of the plan", hint=f"give its number: {listed}")
    near = difflib.get_close_matches(asked, [*names, *(item.track.title for item in items)], n=1)
    raise PlanError(
        f"The plan has no song '{asked}'",
        cause=f"it has {len(items)} songs" if asked.isdecimal() else None,
        hint=f"did you mean '{near[0]}'?" if near else "look at the numbers with: aidj show PLAN",
    )


def name_of(track: TrackRef) -> str:
    """Return a song's artist and title, or what else is known of it."""
    return " – ".join(filter(None, (track.artist, track.title))) or str(track.path or track.id)


def _of_the_mix(plan: Plan, item: Item) -> list[tuple[str, str]]:
    share = plan.mix.shares.get(item.rotation) if plan.mix else None
    if plan.mix is None or share is None:
        return []
    songs = sum(part.songs for part in plan.mix.shares.values())
    chosen = f"{share.songs} of {songs} songs, {share.target:.0%} wanted, {share.pool:,} to choose from"
    return [("in the mix", f"{item.rotation.replace('_', ' ')}: {chosen}")]


def _say_set(screen: Screen, part: Set, item: Item) -> None:
    songs = [entry for entry in part.entries if isinstance(entry, Item)]
    place = next(n for n, entry in enumerate(songs, start=1) if entry is item)
    screen.say("\nWhy it stands here", style="bold")
    kind = f" ({_spaced(part.theme_kind)})" if part.theme_kind else ""
    screen.say(f"Song {place} of {len(songs)} in the set: {part.theme or 'no theme'}{kind}.")
    if part.order_cost:
        screen.say("What the order of the set costs; the least there is, or close to it:")
        screen.table(
            _pairs([(_COSTS.get(name, _spaced(name)), f"{cost:.2f}") for name, cost in part.order_cost.items()])
        )


def _term(name: str) -> str:
    if name.startswith("score_"):
        part = name.removeprefix("score_")
        return f"score: {_PARTS.get(part, _spaced(part))}"
    return _TERMS.get(name, _spaced(name))


def _pairs(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(plain(name)), Text(plain(value)))
    return table


def _shown(value: float | int | str) -> str:
    return f"{value:+.3f}" if isinstance(value, float) else str(value)


def _spaced(name: str) -> str:
    return name.replace("_", " ")
