"""The commands that make, show and render sessions."""

from __future__ import annotations

import argparse
import shlex
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aidj.cli.explaining import show_mix
from aidj.cli.plotting import plot_seams
from aidj.cli.reports import show_import
from aidj.cli.screen import Screen
from aidj.cli.sources import bring_in, home_of, scan_folders
from aidj.cli.tables import show_plan
from aidj.cli.wishing import given_wishes, talk_wish, wishes_of
from aidj.config import load_settings
from aidj.durations import clock
from aidj.errors import HistoryError, OutputError, PlanError
from aidj.history import read_history
from aidj.home import Home, open_home
from aidj.model import Item, Plan, Rotation, TalkSettings
from aidj.output import preferred_rate
from aidj.plan import SCHEMA_FILE, load_plan, save_plan
from aidj.script import LlmWriter, Writer
from aidj.session import DEFAULT_PRESENTER, Rendered, Wishes, as_set, plan_session
from aidj.session import render as render_plan
from aidj.voice import presenter_for

_DRY_RUN_MINUTES = 60.0
_DEMO_DIALS: Mapping[Rotation, float] = {"new_release": 3.0, "deep_cut": 0.5}
"""In a session of five songs every kind of song should have its place."""


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
        scan_folders(home, [songs.music_folder], now, screen)
        show_import(screen, home.history.add(read_history(songs.history_file)))
        wishes = Wishes(minutes=options.minutes, dials=_DEMO_DIALS, talk=talk_wish(options, TalkSettings()))
        plan = _plan(home, options, screen, now, [songs.music_folder], wishes)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"The folder cannot be made ({error.strerror})", where=str(out)) from error
        rendered = _render(home, plan, out / f"session.{options.format}", screen)
    show_plan(screen, rendered.plan)
    screen.say()
    _say_files(screen, rendered)
    screen.say(
        f"  {songs.music_folder}: the songs, composed by this program; truth.json beside them says what they hold"
    )
    screen.say(f"  {songs.history_file}: the invented listening history")
    _say_how_to_render_again(screen, rendered, home_folder, out / f"again.{options.format}")
    _say_problems(screen, rendered)
    return 0


def plan(options: argparse.Namespace, screen: Screen) -> int:
    """Plan a session and write it down, or only show what it would be."""
    if options.schema:
        screen.raw(SCHEMA_FILE.read_text(encoding="utf-8"))
        return 0
    only_shown = options.dry_run or (options.explain_mix and not options.output)
    path = options.output or Path("session.yaml")
    if path.exists() and not options.force and not only_shown:
        raise PlanError(
            "There is a file of that name already",
            where=str(path),
            cause="an earlier plan, perhaps edited by hand",
            hint="choose another name with -o, or replace it with --force",
        )
    now = options.date or datetime.now().astimezone()
    with home_of(options) as home:
        bring_in(home, options, now, screen)
        document = _plan(home, options, screen, now, options.music)
        if not only_shown:
            save_plan(document, path)
        show_plan(screen, document)
        if not only_shown:
            _remember(home, document, screen)
    if options.explain_mix:
        show_mix(screen, document)
    if only_shown:
        screen.say("\nNothing was written. To keep such a session: aidj plan -o session.yaml")
    else:
        screen.say(f"\nWritten to {path}. Edit it if you like, then: aidj render {path} -o mix.mp3")
    return 0


def show(options: argparse.Namespace, screen: Screen) -> int:
    """Show a plan, and draw its seams where asked."""
    document = load_plan(options.plan)
    show_plan(screen, document)
    if options.plot:
        with home_of(options) as home:
            plot_seams(home, document, options.plot, screen)
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
    with home_of(options) as home:
        settings = load_settings(home.folder)
        writer = LlmWriter(settings.writer, personal=settings.talk.personal) if settings.writer else None
        bring_in(home, options, now, screen)
        if options.plan:
            document = as_wished(load_plan(options.plan), options, home, screen)
            document = as_set(home, document, settings.handover, settings.leave_alone, settings.talk)
        else:
            document = _plan(home, options, screen, now, options.music)
        with ExitStack() as beside:
            if options.analyze:
                beside.enter_context(home.analyses.in_background(home.library.tracks()))
            rendered = _render(home, document, options.output, screen, writer)
        show_plan(screen, rendered.plan)
        screen.say()
        _say_files(screen, rendered)
        _say_problems(screen, rendered)
        _remember(home, rendered.plan, screen)
    return 0


def as_wished(document: Plan, options: argparse.Namespace, home: Home, screen: Screen) -> Plan:
    """Apply to a finished plan what can still be changed, and say what cannot."""
    late = [f"--{name}" for name in ("seed", "date") if getattr(options, name) is not None] + given_wishes(options)
    if options.talk not in (None, "silent"):
        late.append(f"--talk {options.talk}")
    if late:
        screen.note(f"{', '.join(late)} has no effect on a plan that is made already.")
    if presenter := asked_presenter(options, home):
        document = replace(document, presenter=presenter)
    said = {"talk_placement": options.talk_placement} if options.talk_placement else {}
    if options.impersonal:
        said["personal"] = "off"
    document = replace(document, settings={**document.settings, **said})
    if options.talk == "silent":
        sets = [
            replace(part, entries=tuple(entry for entry in part.entries if isinstance(entry, Item)))
            for part in document.sets
        ]
        document = replace(document, sets=tuple(sets))
    return document


def asked_presenter(options: argparse.Namespace, home: Home) -> str | None:
    """Return who is asked to speak, by name or by language; None where nobody is."""
    if options.language:
        return presenter_for(options.language, extra_folders=(home.voices_folder,))
    presenter: str | None = options.presenter
    return presenter


def _plan(
    home: Home,
    options: argparse.Namespace,
    screen: Screen,
    now: datetime,
    folders: list[Path] | None,
    wishes: Wishes | None = None,
) -> Plan:
    settings = load_settings(home.folder)
    wishes = wishes or wishes_of(options, now, lambda: home.library.tracks(folders), settings)
    minutes = wishes.minutes
    if minutes is None and getattr(options, "dry_run", False):
        minutes = _DRY_RUN_MINUTES
    with screen.progress() as step:
        return plan_session(
            home,
            minutes=minutes,
            wishes=wishes,
            mix=settings.mix,
            now=now,
            seed=options.seed,
            folders=folders,
            presenter=asked_presenter(options, home) or settings.presenter or DEFAULT_PRESENTER,
            progress=lambda done, of, track: step("Measuring", done, of),
        )


def _render(home: Home, document: Plan, path: Path, screen: Screen, writer: Writer | None = None) -> Rendered:
    with screen.progress() as step:
        return render_plan(home, document, path, writer=writer, progress=step)


def _say_problems(screen: Screen, rendered: Rendered) -> None:
    for warning in rendered.warnings:
        screen.problem(warning)


def _remember(home: Home, document: Plan, screen: Screen) -> None:
    """Remember what a session offers; the session is written already, and stays where that fails."""
    try:
        home.history.remember(document)
    except HistoryError as error:
        screen.problem(f"What was offered is not remembered. {error}")


def _say_files(screen: Screen, rendered: Rendered) -> None:
    mix, *others = rendered.files
    screen.say(f"{clock(round(rendered.timeline.duration_s))} minutes of radio: {mix}", style="bold")
    screen.say("Hear it in any player; chapters are inside. Beside it:")
    for path in others:
        screen.say(f"  {path}: {_FILE_WORDS.get(path.name.removeprefix(mix.stem), 'more about the mix')}")


def _say_how_to_render_again(screen: Screen, rendered: Rendered, data: Path, output: Path) -> None:
    plan = next(path for path in rendered.files if path.name.endswith(".plan.yaml"))
    words = ["aidj", "render", plan.as_posix(), "--data", data.as_posix(), "-o", output.as_posix()]
    screen.say(f"To render it again, once it is edited:\n  {shlex.join(words)}")


_FILE_WORDS = {
    ".plan.yaml": "the session as a document; edit it and render it again",
    ".cue": "the cue sheet",
    ".vtt": "what the presenter says, with times",
    ".m3u8": "the songs as a playlist of your own files",
    ".tracks.json": "chapters for podcast players",
}
