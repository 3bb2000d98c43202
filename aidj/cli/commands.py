"""What each command does: a few calls into the library, and a few sentences about the result."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.cli.tables import clock, show_import, show_plan, show_scan
from aidj.errors import AidjError, OutputError, PlanError
from aidj.history import read_history
from aidj.home import Home, default_data_folder, open_home
from aidj.model import Item, Plan, Track
from aidj.output import preferred_rate
from aidj.plan import load_plan, save_plan
from aidj.session import DEFAULT_PRESENTER, Rendered, plan_session
from aidj.session import render as render_plan

_MINUTES = 30.0


def demo(options: argparse.Namespace, screen: Screen) -> int:
    """Compose a library, plan a session from it, and render it."""
    from aidj.demo import make_demo_library

    out: Path = options.out
    data = options.data or out / "data"
    now = options.date or datetime.now().astimezone()
    with screen.progress() as step:
        songs = make_demo_library(
            data / "demo", today=now.date(), progress=lambda done, of, what: step("Composing", done, of)
        )
    # A home of its own: an invented history has no business in a real one, nor an older one in a newer.
    home_folder = data / "demo-home"
    if songs.made:
        shutil.rmtree(home_folder, ignore_errors=True)
    with open_home(home_folder) as home:
        _scan(home, [songs.music_folder], now, screen)
        show_import(screen, home.history.add(read_history(songs.history_file)))
        plan = _plan(home, options, screen, now, [songs.music_folder])
        rendered = _render(home, plan, out / f"session.{options.format}", screen)
    show_plan(screen, rendered.plan)
    screen.say()
    _say_files(screen, rendered)
    screen.say(
        f"  {songs.music_folder}: the songs, composed by this program; truth.json beside them says what they hold"
    )
    screen.say(f"  {songs.history_file}: the invented listening history")
    return 0


def scan(options: argparse.Namespace, screen: Screen) -> int:
    """Read the tags of folders."""
    with _home(options) as home:
        _scan(home, options.folders, datetime.now().astimezone(), screen)
        found = home.library.tracks(options.folders)
    if not found:
        screen.problem("No music was found there. Look at the folder's name; a hidden folder is not looked into.")
    return 0 if found else 1


def import_history(options: argparse.Namespace, screen: Screen) -> int:
    """Import histories; one bad file does not keep the others out."""
    failed = 0
    with _home(options) as home:
        for path in options.files:
            failed += not _import(home, path, screen, options.zone)
        tracks = home.library.tracks()
        if tracks:
            _say_matches(home, tracks, screen)
        else:
            screen.say("To match the listens with your files, scan your music: aidj scan ~/Music")
    return 1 if failed == len(options.files) else 0


def unmatched(options: argparse.Namespace, screen: Screen) -> int:
    """List what was listened to and is not in the library."""
    with _home(options) as home:
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


def plan(options: argparse.Namespace, screen: Screen) -> int:
    """Plan a session and write it down."""
    path = options.output or Path("session.yaml")
    if path.exists() and not options.force:
        raise PlanError(
            "There is a file of that name already",
            where=str(path),
            cause="an earlier plan, perhaps edited by hand",
            hint="choose another name with -o, or replace it with --force",
        )
    now = options.date or datetime.now().astimezone()
    with _home(options) as home:
        _bring_in(home, options, now, screen)
        document = _plan(home, options, screen, now, options.music)
    save_plan(document, path)
    show_plan(screen, document)
    screen.say(f"\nWritten to {path}. Edit it if you like, then: aidj render {path} -o mix.mp3")
    return 0


def show(options: argparse.Namespace, screen: Screen) -> int:
    """Show a plan."""
    show_plan(screen, load_plan(options.plan))
    return 0


def render(options: argparse.Namespace, screen: Screen) -> int:
    """Render a plan, or plan and render."""
    preferred_rate(options.output.suffix)  # a format that cannot be written is said before the work, not after it
    try:
        is_folder = options.output.is_dir()
    except OSError as error:
        raise OutputError(f"The file cannot be written ({error.strerror})", where=str(options.output)) from error
    if is_folder:
        raise OutputError("There is a folder of that name", where=str(options.output), hint="give a file name with -o")
    now = options.date or datetime.now().astimezone()
    with _home(options) as home:
        _bring_in(home, options, now, screen)
        if options.plan:
            document = _as_wished(load_plan(options.plan), options, screen)
        else:
            document = _plan(home, options, screen, now, options.music)
        rendered = _render(home, document, options.output, screen)
    show_plan(screen, rendered.plan)
    screen.say()
    _say_files(screen, rendered)
    return 0


def _as_wished(document: Plan, options: argparse.Namespace, screen: Screen) -> Plan:
    """Apply to a finished plan what can still be changed, and say what cannot."""
    late = [f"--{name}" for name in ("minutes", "seed", "date") if getattr(options, name) is not None]
    if late:
        screen.note(f"{', '.join(late)} has no effect on a plan that is made already.")
    if options.presenter:
        document = replace(document, presenter=options.presenter)
    if options.silent:
        sets = [
            replace(part, entries=tuple(entry for entry in part.entries if isinstance(entry, Item)))
            for part in document.sets
        ]
        document = replace(document, sets=tuple(sets))
    return document


def _home(options: argparse.Namespace) -> Home:
    return open_home(options.data or default_data_folder())


def _bring_in(home: Home, options: argparse.Namespace, now: datetime, screen: Screen) -> None:
    """Scan and import what the call names."""
    if options.music:
        _scan(home, options.music, now, screen)
    for path in options.history or ():
        _import(home, path, screen)


def _scan(home: Home, folders: list[Path], now: datetime, screen: Screen) -> None:
    with screen.progress() as step:
        report = home.library.scan(folders, now=now, progress=lambda done, of, path: step("Scanning", done, of))
    show_scan(screen, report)


def _import(home: Home, path: Path, screen: Screen, zone: str | None = None) -> bool:
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


def _plan(home: Home, options: argparse.Namespace, screen: Screen, now: datetime, folders: list[Path] | None) -> Plan:
    with screen.progress() as step:
        return plan_session(
            home,
            minutes=_MINUTES if options.minutes is None else options.minutes,
            now=now,
            seed=options.seed,
            folders=folders,
            presenter=options.presenter or DEFAULT_PRESENTER,
            talk=not options.silent,
            progress=lambda done, of, track: step("Measuring", done, of),
        )


def _render(home: Home, document: Plan, path: Path, screen: Screen) -> Rendered:
    with screen.progress() as step:
        rendered = render_plan(home, document, path, progress=step)
    for warning in rendered.warnings:
        screen.problem(warning)
    return rendered


def _say_files(screen: Screen, rendered: Rendered) -> None:
    mix, *others = rendered.files
    screen.say(f"{clock(rendered.timeline.duration_s)} minutes of radio: {mix}", style="bold")
    screen.say("Hear it in any player; chapters are inside. Beside it:")
    for path in others:
        screen.say(f"  {path}: {_FILE_WORDS.get(path.name.removeprefix(mix.stem), 'more about the mix')}")


_FILE_WORDS = {
    ".plan.yaml": "the session as a document; edit it and render it again",
    ".cue": "the cue sheet",
    ".vtt": "what the presenter says, with times",
    ".m3u8": "the songs as a playlist of your own files",
    ".tracks.json": "chapters for podcast players",
}
