"""Plans and reports as tables and sentences for a person."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.history import ImportReport
from aidj.library import ScanReport
from aidj.model import Item, Link, Plan

_LISTED = 20
_LINK_S = 6.0
_ROTATION_STYLES = {
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
    """Print a plan: start, song, rotation and why; links in between."""
    widths = _widths(screen.width)
    screen.say(plan.title, style="bold")
    screen.table(_row(widths, "start", "song", "rotation", "why", style="dim"))
    at_s = 0.0
    for part in plan.sets:
        screen.say(f"\n{part.theme}", style="bold")
        for entry in part.entries:
            known = entry.starts_s is not None
            at_s = entry.starts_s if entry.starts_s is not None else at_s
            start = clock(at_s) if known else f"~{clock(at_s)}"
            if isinstance(entry, Link):
                said = entry.text or f"({entry.kind.replace('_', ' ')}, written when it is rendered)"
                if entry.text and known is False and plan_is_rendered(plan):
                    said += " (not spoken)"
                screen.table(_link_row(start, said))
                at_s += 0.0 if known else entry.speech_s or _LINK_S
            else:
                screen.table(_row(widths, start, *_song_cells(entry)))
                at_s += entry.plays_s or entry.track.duration_s or 0.0
    for note in plan.notes:
        screen.note(note)


def plan_is_rendered(plan: Plan) -> bool:
    """Say whether a plan has been rendered: then its songs know where they start."""
    return any(item.starts_s is not None for item in plan.items())


def _widths(columns: int) -> tuple[int, int, int, int]:
    start, rotation = 8, 19
    rest = max(24, min(columns, 140) - start - rotation - 3)
    return start, rest // 2, rotation, rest - rest // 2


def _row(widths: tuple[int, ...], *cells: str | Text, style: str = "") -> Table:
    table = Table.grid(padding=(0, 1))
    for index, width in enumerate(widths):
        table.add_column(width=width, justify="right" if index == 0 else "left", overflow="fold")
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), style=style)
    return table


def _link_row(start: str, said: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=8, justify="right")
    table.add_column(overflow="fold")
    table.add_row(start, Text(plain(said), style="italic dim"))
    return table


def _song_cells(item: Item) -> tuple[Text, Text, Text]:
    artist = (f"{plain(item.track.artist)} – ", "") if item.track.artist else ("", "")
    song = Text.assemble(artist, (plain(item.track.title or item.track.path or ""), "bold"))
    rotation = Text(item.rotation.replace("_", " "), style=_ROTATION_STYLES.get(item.rotation, ""))
    why = Text(plain(item.why))
    for rule in item.rules:
        why.append(f" (gave way: {plain(rule)})", style="yellow")
    return song, rotation, why


def show_scan(screen: Screen, report: ScanReport) -> None:
    """Print what a scan found, and the files that could not be read."""
    playable = report.added + report.updated + report.unchanged - len(report.unreadable)
    screen.say(
        f"{playable:,} tracks can be played. "
        f"Files: {report.added:,} new, {report.updated:,} changed, {report.unchanged:,} as before"
        + _also(report.missing, "missing")
        + _also(report.returned, "back again")
        + _also(report.moved, "moved")
        + _also(report.duplicates, "copies of another file")
        + "."
    )
    if report.named_by_path:
        screen.note(
            f"{len(report.named_by_path):,} files have no artist or title in their tags; named after their path:"
        )
        _list(screen, [str(path) for path in report.named_by_path])
    for folder in report.unreachable:
        screen.problem(f"{folder.path} could not be looked into: {folder.reason}.")
    if report.unreadable:
        screen.problem(f"{len(report.unreadable):,} files could not be read:")
        _list(screen, [f"{file.path}: {file.reason}" for file in report.unreadable], _LISTED * 5)


def show_import(screen: Screen, report: ImportReport) -> None:
    """Print what an import did."""
    kinds = ", ".join(f"{count:,} {_KIND_WORDS.get(kind, kind)}" for kind, count in report.by_kind.items() if count)
    span = (
        f" from {report.first_at:%Y-%m-%d} to {report.last_at:%Y-%m-%d}" if report.first_at and report.last_at else ""
    )
    screen.say(f"{report.format}: {report.n_read:,} plays{span} ({kinds}).")
    screen.say(f"{report.n_added:,} added, {report.n_already_there:,} known before.")
    for note in report.notes:
        screen.note(note)
    if report.n_left_out:
        screen.problem(f"{report.n_left_out:,} rows could not be used, the first of them:")
        _list(screen, [f"{problem.where}: {problem.why}" for problem in report.problems])


_KIND_WORDS = {
    "listen": "listens",
    "skip": "skips",
    "short": "too short to count",
    "podcast": "podcast episodes",
    "audiobook": "audiobook chapters",
    "incognito": "incognito plays, not kept",
}


def _also(count: int, what: str) -> str:
    return f", {count:,} {what}" if count else ""


def _list(screen: Screen, lines: list[str], limit: int = _LISTED) -> None:
    for line in lines[:limit]:
        screen.note(f"  {line}")
    if len(lines) > limit:
        screen.note(f"  … and {len(lines) - limit:,} more")
