"""Plans as tables for a person."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.model import Item, Link, Plan, Transition

_LINK_S = 6.0
ROTATION_STYLES = {
    "new_release": "green",
    "forgotten_favourite": "magenta",
    "current_favourite": "cyan",
    "deep_cut": "blue",
    "request": "white",
}


def clock(seconds: float) -> str:
    """Return minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def show_plan(screen: Screen, plan: Plan) -> None:
    """Print a plan: number, start, song, rotation and why; the theme before each set, links in between."""
    widths = _widths(screen.width)
    screen.say(plan.title, style="bold")
    screen.table(_row(widths, "#", "start", "song", "rotation", "why", style="dim"))
    at_s = 0.0
    number = 0
    for part in plan.sets:
        screen.say(f"\n{part.theme}", style="bold")
        for entry in part.entries:
            known = entry.starts_s is not None
            pinned_s = entry.pinned_s if isinstance(entry, Item) else None
            at_s = next((s for s in (entry.starts_s, pinned_s) if s is not None), at_s)
            start = clock(at_s) if known else f"~{clock(at_s)}"
            if isinstance(entry, Link):
                said = entry.text or f"({entry.kind.replace('_', ' ')}, written when it is rendered)"
                if entry.text and known is False and plan_is_rendered(plan):
                    said += " (not spoken)"
                screen.table(_link_row(start, said))
                at_s += 0.0 if known else entry.speech_s or _LINK_S
            else:
                number += 1
                screen.table(_row(widths, str(number), start, *_song_cells(entry)))
                at_s += entry.plays_s or entry.track.duration_s or 0.0
    for note in plan.notes:
        screen.note(note)


def plan_is_rendered(plan: Plan) -> bool:
    """Say whether a plan has been rendered: then its songs know where they start."""
    return any(item.starts_s is not None for item in plan.items())


def _widths(columns: int) -> tuple[int, int, int, int, int]:
    number, start, rotation = 3, 8, 19
    rest = max(24, min(columns, 140) - number - start - rotation - 4)
    return number, start, rest // 2, rotation, rest - rest // 2


def _row(widths: tuple[int, ...], *cells: str | Text, style: str = "") -> Table:
    table = Table.grid(padding=(0, 1))
    for index, width in enumerate(widths):
        table.add_column(width=width, justify="right" if index < 2 else "left", overflow="fold")
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), style=style)
    return table


def _link_row(start: str, said: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=3)
    table.add_column(width=8, justify="right")
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
    if item.pinned_s is not None:
        edits.append(f"pinned to {clock(item.pinned_s)}")
    return ", ".join(edits)


def _transition_words(transition: Transition) -> str:
    length = "" if transition.length_s is None else f" of {transition.length_s:g} s"
    return f"{'after a ' if transition.kind == 'gap' else ''}{transition.kind}{length}"
