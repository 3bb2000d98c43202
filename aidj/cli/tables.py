"""Plans as tables for a person."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.durations import clock
from aidj.model import Item, Joined, Link, Plan, Transition

_LINK_S = 6.0
_CLOSE = 0.03
"""A plan whose lengths add up to the length asked for but for such a part of it is expected to become as long."""
ROTATION_STYLES = {
    "new_release": "green",
    "forgotten_favourite": "magenta",
    "current_favourite": "cyan",
    "deep_cut": "blue",
    "request": "white",
}


def show_plan(screen: Screen, plan: Plan) -> None:
    """Print a plan: number, start, song, rotation and why; the theme before each set, links in between."""
    starts = _starts(plan)
    widths = _widths(screen.width, songs=len(plan.items()), start=max(map(len, starts), default=0))
    screen.say(plan.title, style="bold")
    screen.table(_row(widths, "#", "start", "song", "rotation", "why", style="dim"))
    start = iter(starts)
    number = 0
    for part in plan.sets:
        screen.say(f"\n{part.theme}", style="bold")
        for entry in part.entries:
            if isinstance(entry, Link):
                said = entry.text or f"({entry.kind.replace('_', ' ')}, written when it is rendered)"
                if entry.text and entry.starts_s is None and plan_is_rendered(plan):
                    said += " (not spoken)"
                screen.table(_link_row(widths, next(start), said))
            else:
                number += 1
                screen.table(_row(widths, str(number), next(start), *_song_cells(entry)))
    for note in plan.notes:
        screen.note(note)


def _starts(plan: Plan) -> list[str]:
    """Return when each song and link starts, in order: as rendered, as pinned, or as may be expected."""
    scale = _scale(plan)
    at_s = 0.0
    starts = []
    for entry in _entries(plan):
        pinned_s = entry.pinned_s if isinstance(entry, Item) else None
        at_s = next((s for s in (entry.starts_s, pinned_s) if s is not None), at_s)
        at = clock(round(at_s))
        starts.append(at if entry.starts_s is not None else f"~{at}")
        if isinstance(entry, Item) or entry.starts_s is None:  # a link that is spoken may stand over music
            at_s += _length_s(entry) * scale
    return starts


def _scale(plan: Plan) -> float:
    """Return the factor that makes a plan fresh from the planner as long as was asked for.

    The planner has fitted its length by rehearsing it; here it is not known which links stand over music, so that their
    lengths alone would add up to more. What is far from the length asked for has been edited, or could not have it.
    """
    entries = _entries(plan)
    if any(item.starts_s is not None or item.pinned_s is not None or not item.plays_s for item in plan.items()):
        return 1.0
    natural_s, wanted_s = sum(map(_length_s, entries)), plan.minutes * 60
    return wanted_s / natural_s if natural_s and abs(natural_s - wanted_s) <= _CLOSE * wanted_s else 1.0


def _length_s(entry: Item | Link) -> float:
    if isinstance(entry, Link):
        return _LINK_S if entry.speech_s is None else entry.speech_s
    return entry.plays_s or entry.track.duration_s or 0.0


def _entries(plan: Plan) -> list[Item | Link]:
    return [entry for part in plan.sets for entry in part.entries]


def plan_is_rendered(plan: Plan) -> bool:
    """Say whether a plan has been rendered: then its songs know where they start."""
    return any(item.starts_s is not None for item in plan.items())


def _widths(columns: int, *, songs: int, start: int) -> tuple[int, int, int, int, int]:
    number, start = max(3, len(str(songs))), max(8, start)
    words = max(12, min(columns, 140) - number - start - 4)
    rotation = min(19, words // 3)
    rest = words - rotation
    return number, start, rest // 2, rotation, rest - rest // 2


def _row(widths: tuple[int, ...], *cells: str | Text, style: str = "") -> Table:
    table = Table.grid(padding=(0, 1))
    for index, width in enumerate(widths):
        table.add_column(width=width, justify="right" if index < 2 else "left", overflow="fold")
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), style=style)
    return table


def _link_row(widths: tuple[int, ...], start: str, said: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=widths[0])
    table.add_column(width=widths[1], justify="right")
    table.add_column(overflow="fold")
    table.add_row("", start, Text(plain(said), style="italic dim"))
    return table


def _song_cells(item: Item) -> tuple[Text, Text, Text]:
    artist = (f"{plain(item.track.artist)} – ", "") if item.track.artist else ("", "")
    song = Text.assemble(artist, (plain(item.track.title or item.track.path or ""), "bold"))
    if edits := by_hand(item):
        song.append(f" ({edits})", style="dim")
    rotation = Text(item.rotation.replace("_", " "), style=ROTATION_STYLES.get(item.rotation, ""))
    why = Text(plain(item.why))
    for rule in item.rules:
        why.append(f" (gave way: {plain(rule)})", style="yellow")
    return song, rotation, why


def by_hand(item: Item) -> str:
    """Return what a plan says of a song's beginning: its transition and the time it is pinned to."""
    edits = [_transition_words(item.transition)] if item.transition else []
    if item.transition and item.joined and item.joined.kind != item.transition.kind:
        edits[0] += f", which became a {item.joined.kind}"
    if item.pinned_s is not None:
        edits.append(f"pinned to {clock(round(item.pinned_s))}")
    return ", ".join(edits)


def joined_words(joined: Joined) -> str:
    """Return how a song was begun after the one before it."""
    if joined.overlap_s > 0.05:
        return f"{joined.kind}, {joined.overlap_s:.1f} s together"
    return joined.kind if joined.overlap_s > -0.05 else f"{joined.kind}, {-joined.overlap_s:.1f} s of silence"


def _transition_words(transition: Transition) -> str:
    length = "" if transition.length_s is None else f" of {transition.length_s:g} s"
    if transition.bars is not None:
        length = f" of {transition.bars:g} bars"
    return f"{'after a ' if transition.kind == 'gap' else ''}{transition.kind}{length}"
