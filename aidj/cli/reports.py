"""What a scan found and an import did, in sentences for a person."""

from __future__ import annotations

from aidj.cli.screen import Screen
from aidj.history import ImportReport
from aidj.library import ScanReport

_LISTED = 20


def show_scan(screen: Screen, report: ScanReport) -> None:
    """Print what a scan found, and the files that could not be read."""
    screen.say(
        f"{report.playable:,} tracks can be played. "
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
    if report.n_counts:
        screen.say(f"{report.format}: {report.n_counts:,} songs with a play count or a rating.")
    if report.n_read or not report.n_counts:
        screen.say(f"{report.format}: {report.n_read:,} plays{span}{f' ({kinds})' if kinds else ''}.")
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
