"""What the presenter says: link by link, on which facts, what would leave the machine, and how it is all set."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.table import Table
from rich.text import Text

from aidj.cli.explaining import name_of
from aidj.cli.screen import Screen, plain
from aidj.cli.sources import home_of
from aidj.config import FILE_NAME, Settings, load_settings
from aidj.durations import clock
from aidj.errors import AidjError, ConfigError, PlanError, ScriptError
from aidj.home import Home
from aidj.model import Item, Link, LinkKind, Manner, Plan, WriterSettings
from aidj.plan import load_plan
from aidj.script import (
    LINK_S,
    Facts,
    Lines,
    check_writer,
    facts_of,
    load_lines,
    request_body,
    without_personal,
)

_LEVELS = {
    "silent": "nothing is said",
    "rare": "a few links an hour",
    "normal": "about one link in a set",
    "chatty": "a link every few songs",
}
_BY_MODEL = "writer:"
_QUIET_RATE = 1000


def talk(options: argparse.Namespace, screen: Screen) -> int:
    """Show what is said in a plan, or how the presenter is set; forget what was said."""
    if options.plan is not None and options.forget:
        raise ConfigError(
            "--forget clears the memory of all sessions, and takes no plan", where="--forget", hint="leave PLAN out"
        )
    with home_of(options) as home:
        if options.forget:
            links = home.said.clear()
            screen.say(f"Forgotten: {links:,} {'link' if links == 1 else 'links'}. Every line may be said again.")
            return 0
        settings = load_settings(home.folder)
        if options.show_payload:
            return _show_payload(home, options.plan, settings, screen)
        if options.plan is None:
            _show_settings(home, settings, screen)
        else:
            _show_links(home, load_plan(options.plan), screen)
    return 0


# --- a plan's links ---------------------------------------------------------------------------------------------------


def _show_links(home: Home, plan: Plan, screen: Screen) -> None:
    links = list(_placed(plan))
    if not links:
        screen.say("Nothing is said in this plan: it has no links.")
        return
    lines = _lines_of(home, plan)
    for number, (link, place) in enumerate(links, start=1):
        at = f", at {clock(round(link.starts_s))}" if link.starts_s is not None else ""
        screen.say(f"{'' if number == 1 else chr(10)}{number}  {_spaced(link.kind)}, {place}{at}", style="bold")
        screen.say(f"“{link.text}”" if link.text else "Not written yet: that happens when the session is rendered.")
        if link.text:
            screen.say(_origin(link), style="dim")
        _show_facts(link, lines, screen)


def _placed(plan: Plan) -> Iterator[tuple[Link, str]]:
    """Yield each link with the place where it stands, in words."""
    entries = [entry for part in plan.sets for entry in part.entries]
    songs = 0
    for place, entry in enumerate(entries):
        if isinstance(entry, Item):
            songs += 1
            continue
        after = next((other for other in entries[place:] if isinstance(other, Item)), None)
        if after is not None:
            yield entry, f"before song {songs + 1} ({name_of(after.track)})"
        else:
            yield entry, "after the last song" if songs else "in a plan without songs"


def _origin(link: Link) -> str:
    if link.line is None:
        return "Written by hand; it is said as it stands."
    language, _, rest = link.line.partition("/")
    ids = rest.split("+")
    if any(line_id.startswith(_BY_MODEL) for line_id in ids):
        model = next(line_id for line_id in ids if line_id.startswith(_BY_MODEL)).removeprefix(_BY_MODEL)
        return f"Worded in “{language}” by the model {model}, and held against the facts."
    return f"From the lines of “{language}”: {', '.join(ids)}." if rest else f"From the line {link.line}."


def _show_facts(link: Link, lines: Lines | None, screen: Screen) -> None:
    try:
        facts = facts_of(link.facts)
    except ScriptError as error:
        screen.problem(f"Its facts cannot be read. {error}")
        return
    told = _told(link, lines)
    rests_on = [fact for fact in facts if told is None or fact.name in told]
    if not rests_on:
        screen.say("It rests on no fact." if link.text else "No fact is known for it.", style="dim")
        return
    screen.say("It may use:" if told is None else "It rests on:", style="dim")
    table = Table.grid(padding=(0, 2))
    for fact in rests_on:
        cells = (f"  {_spaced(fact.name)}", str(fact.value), fact.source, "personal" if fact.personal else "")
        table.add_row(*(Text(plain(cell)) for cell in cells))
    screen.table(table)


def _told(link: Link, lines: Lines | None) -> frozenset[str] | None:
    """Return the facts that the lines of a text tell; None where that cannot be said of it."""
    if not link.text or not link.line or lines is None:
        return None
    language, _, rest = link.line.partition("/")
    known = {line.id: line.facts for group in lines.by_kind.values() for line in group}
    ids = rest.split("+")
    if language != lines.language or any(line_id not in known for line_id in ids):
        return None
    return frozenset(name for line_id in ids for name in known[line_id])


def _lines_of(home: Home, plan: Plan) -> Lines | None:
    """Return the lines of a plan's presenter; None where there is no such presenter here."""
    from aidj.voice import load_presenter

    folders = (home.voices_folder,)
    try:
        return load_lines(load_presenter(plan.presenter, extra_folders=folders).language, folders)
    except (ConfigError, ScriptError):
        return None


# --- what would leave -------------------------------------------------------------------------------------------------


class _NothingSent:
    """A writer that writes nothing and sends nothing, and keeps what it would have sent."""

    name = "nobody"

    def __init__(self, settings: WriterSettings, *, personal: bool) -> None:
        self._settings = settings
        self._personal = personal
        self.bodies: list[bytes] = []

    def write(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> str | None:
        known = facts if self._personal else without_personal(facts)
        self.bodies.append(request_body(self._settings, kind, known, lines=lines, manner=manner, seconds=seconds))
        return None


def _show_payload(home: Home, path: Path | None, settings: Settings, screen: Screen) -> int:
    """Print the requests that rendering a plan would send: to standard output they alone, one on each line."""
    if settings.writer is None:
        screen.say(f"Nothing leaves this machine: no writer is set in {home.folder / FILE_NAME}.")
        return 0
    if path is None:
        raise ConfigError("--show-payload needs a plan", where="--show-payload", hint="aidj talk PLAN --show-payload")
    plan = load_plan(path)
    writer = _NothingSent(settings.writer, personal=settings.talk.personal)
    unwritten = replace(plan, sets=tuple(replace(part, entries=_unwritten(part.entries)) for part in plan.sets))
    try:
        _rehearse(home, unwritten, writer, settings, screen)
    except PlanError as error:
        screen.note(f"Its songs are not here, so these are the facts as they were planned. {error}")
        _from_plan(home, unwritten, writer)
    screen.note(
        f"Nothing was sent. Rendering sends {len(writer.bodies)} requests to {settings.writer.url}, these first; one "
        "whose answer is refused is sent once more, with the answer and the reasons."
    )
    for body in writer.bodies:
        screen.raw(body.decode("utf-8") + "\n")
    return 0


def _unwritten(entries: Iterable[Item | Link]) -> tuple[Item | Link, ...]:
    """Return a set's entries without texts, except those written by hand: no model is asked for these."""
    return tuple(
        replace(entry, text=None, line=None) if isinstance(entry, Link) and entry.line else entry for entry in entries
    )


def _rehearse(home: Home, plan: Plan, writer: _NothingSent, settings: Settings, screen: Screen) -> None:
    """Go the way that rendering goes, with a voice that says nothing, and render nothing."""
    from aidj.session import realise
    from aidj.voice import SilentVoice

    with screen.progress() as step:
        realise(home, plan, rate=_QUIET_RATE, voice=SilentVoice(), writer=writer, talk=settings.talk, progress=step)


def _from_plan(home: Home, plan: Plan, writer: _NothingSent) -> None:
    from aidj.voice import load_presenter

    folders = (home.voices_folder,)
    presenter = load_presenter(plan.presenter, extra_folders=folders)
    lines = load_lines(presenter.language, folders)
    for link in plan.links():
        if link.text is None:
            writer.write(link.kind, link.facts, lines=lines, manner=presenter.manner, seconds=LINK_S)


# --- how it is set ----------------------------------------------------------------------------------------------------


def _show_settings(home: Home, settings: Settings, screen: Screen) -> None:
    from aidj.session import DEFAULT_PRESENTER
    from aidj.voice import chain, load_presenter

    said = settings.talk
    rows = [
        ("how much", f"{said.level}: {_LEVELS[said.level]}"),
        ("never said", ", ".join(sorted(_spaced(kind) for kind in said.kinds_off)) or "nothing is left out"),
        (
            "personal",
            "on: what you heard, and how often, may be said" if said.personal else "off: nothing of it is said",
        ),
        ("synthetic voice", "said aloud once, at the start of a first session" if said.disclose else "not said aloud"),
        ("where it stands", f"{said.placement}; music is lowered by {-said.duck_db:g} dB under it"),
    ]
    name = settings.presenter or DEFAULT_PRESENTER
    try:
        presenter = load_presenter(name, extra_folders=(home.voices_folder,))
        engines = chain(presenter)
        usable = [engine.name for engine, _ in engines]
        rows += [
            ("presenter", f"{presenter.name} ({name}), {presenter.manner}"),
            ("language", presenter.language),
            ("speech engines", ", then ".join(usable)),
            *((f"left out: {engine}", why) for engine, why in engines.left_out.items()),
        ]
    except AidjError as error:
        rows.append(("presenter", str(error)))
    rows += [
        ("writer", _writer_words(settings)),
        ("remembered", f"{home.said.count():,} links said in earlier sessions"),
    ]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", overflow="fold")
    table.add_column(overflow="fold")
    for heading, value in rows:
        table.add_row(Text(plain(heading)), Text(plain(value)))
    screen.table(table)
    screen.say(f"\nSet in {home.folder / FILE_NAME} under talk:, or for one session with options of `aidj plan`.")


def _writer_words(settings: Settings) -> str:
    writer = settings.writer
    if writer is None:
        return "none: the lines are said, and nothing leaves this machine"
    try:
        check_writer(writer)
    except ConfigError as error:
        return f"{writer.model} cannot be asked. {error}"
    return f"{writer.model} at {writer.url}; see what it is sent with: aidj talk PLAN --show-payload"


def _spaced(name: str) -> str:
    return name.replace("_", " ")
