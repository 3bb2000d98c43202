"""The commands that read what there is: music folders and listening histories."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from aidj.cli.reports import show_import, show_scan
from aidj.cli.screen import Screen, plain
from aidj.errors import AidjError
from aidj.history import read_history
from aidj.home import Home, default_data_folder, open_home
from aidj.model import Track


def scan(options: argparse.Namespace, screen: Screen) -> int:
    """Read the tags of folders."""
    with home_of(options) as home:
        scan_folders(home, options.folders, datetime.now().astimezone(), screen)
        found = home.library.tracks(options.folders)
    if not found:
        screen.problem("No music was found there. Look at the folder's name; a hidden folder is not looked into.")
    return 0 if found else 1


def import_history(options: argparse.Namespace, screen: Screen) -> int:
    """Import histories; one bad file does not keep the others out."""
    failed = 0
    with home_of(options) as home:
        for path in options.files:
            failed += not import_file(home, path, screen, options.zone)
        tracks = home.library.tracks()
        if tracks:
            _say_matches(home, tracks, screen)
        else:
            screen.say("To match the listens with your files, scan your music: aidj scan ~/Music")
    return 1 if failed == len(options.files) else 0


def unmatched(options: argparse.Namespace, screen: Screen) -> int:
    """List what was listened to and is not in the library."""
    with home_of(options) as home:
        rows = home.history.unmatched(home.library.tracks(), limit=max(1, options.limit))
    if not rows:
        screen.say("Everything in the history belongs to a file in the library, or there is no history yet.")
        return 0
    table = Table(box=None, padding=(0, 1))
    table.add_column("listens", justify="right")
    table.add_column("artist")
    table.add_column("title")
    for row in rows:
        table.add_row(f"{row.listens:,}", Text(plain(row.artist)), Text(plain(row.title)))
    screen.table(table)
    return 0


def home_of(options: argparse.Namespace) -> Home:
    """Open the data folder that a call names, or the usual one."""
    return open_home(options.data or default_data_folder())


def bring_in(home: Home, options: argparse.Namespace, now: datetime, screen: Screen) -> None:
    """Scan and import what the call names."""
    if options.music:
        scan_folders(home, options.music, now, screen)
    for path in options.history or ():
        import_file(home, path, screen)


def scan_folders(home: Home, folders: list[Path], now: datetime, screen: Screen) -> None:
    """Scan folders and say what was found."""
    with screen.progress() as step:
        report = home.library.scan(folders, now=now, progress=lambda done, of, path: step("Scanning", done, of))
    show_scan(screen, report)


def import_file(home: Home, path: Path, screen: Screen, zone: str | None = None) -> bool:
    """Import a history and say what was in it; return whether it could be read."""
    try:
        show_import(screen, home.history.add(read_history(path, device_zone=zone)))
    except AidjError as error:
        screen.error(error)
        return False
    return True


def _say_matches(home: Home, tracks: Sequence[Track], screen: Screen) -> None:
    report = home.history.match_report(tracks, limit=5)
    total = report.matched_listens + report.unmatched_listens
    share = report.matched_listens / total if total else 0.0
    screen.say(f"{report.matched_listens:,} of {total:,} listens ({share:.0%}) belong to files in the library.")
    if report.unmatched:
        names = "; ".join(f"{row.artist} – {row.title} ({row.listens})" for row in report.unmatched)
        screen.note(f"Most played without a file: {names}. More with: aidj unmatched")
