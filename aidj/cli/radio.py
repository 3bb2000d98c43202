"""The command that plays: a live session in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aidj.cli.screen import Screen, plain
from aidj.cli.sessions import as_wished, asked_presenter
from aidj.cli.sources import home_of, import_file, scan_folders
from aidj.cli.wishing import wishes_of
from aidj.config import load_settings
from aidj.errors import ConfigError, OutputError
from aidj.model import TalkLevel, TalkSettings, Track
from aidj.output import DeviceSink, NullSink, PcmSink, Sink, WavSink, devices
from aidj.plan import load_plan
from aidj.radio.art import Pictures, art_protocol
from aidj.radio.faces import Face, LineFace, ScreenFace
from aidj.radio.keyboard import NoKeyboard, keyboard_of
from aidj.radio.mpris import Mpris
from aidj.radio.rescue import Rescue
from aidj.radio.running import Radio
from aidj.radio.signals import Signals, is_in_foreground
from aidj.radio.tally import Heard
from aidj.radio.terminal import ErrorsAside, Terminal
from aidj.script import LlmWriter
from aidj.session import DEFAULT_PRESENTER, MAX_MINUTES, Session, as_set

_FILES = (".wav", ".pcm")


def radio(options: argparse.Namespace, screen: Screen) -> int:
    """Play a session until it ends or the listener does."""
    if options.devices:
        return _list_devices(screen)
    _check(options)
    with ExitStack() as until_the_end:
        if options.output == "pipe":
            sink = _pipe_sink(until_the_end.enter_context(_samples_only()), options.format or "wav")
        else:
            sink = _sink(options)
        session, talk = _session(options, screen)
        until_the_end.enter_context(session)
        heard, as_lines = _listen(options, session, sink, talk)
        return _say_what_came_of_it(heard, screen, as_lines=as_lines)


def _check(options: argparse.Namespace) -> None:
    """Raise ConfigError or OutputError for options that make no sense together, before anything is begun."""
    if options.minutes is not None and not 0 < options.minutes <= MAX_MINUTES:
        raise ConfigError(
            f"A session cannot be {options.minutes:g} minutes long",
            hint=f"choose more than 0 and at most {MAX_MINUTES:g}, or leave it out for one without an end",
        )
    if options.device is not None and options.output != "device":
        raise ConfigError(f"--device and --output {options.output} exclude each other", hint="take one of them out")
    if options.format is not None and options.output != "pipe":
        raise ConfigError("--format is for --output pipe", hint="a file's suffix says what is in it: .wav or .pcm")
    if options.output in ("device", "null", "pipe"):
        return
    path = Path(options.output)
    if path.suffix.lower() not in _FILES and not path.is_fifo():
        raise OutputError(
            f"A live session cannot be written as '{path.name}'",
            cause=f"live, there are {' and '.join(_FILES)}; the other outputs are device, null and pipe",
            hint=f"name it {path.stem or 'session'}.wav, or make a file to keep: aidj render -o {path.stem}.mp3",
        )
    if path.exists() and not path.is_fifo():
        raise OutputError("There is a file of that name already", where=str(path), hint="choose another name")


def _session(options: argparse.Namespace, screen: Screen) -> tuple[Session, TalkLevel]:
    """Return the session that was asked for, begun, and how much it says."""
    now = options.date or datetime.now().astimezone()
    with home_of(options) as home:
        settings = load_settings(home.folder)
        writer = LlmWriter(settings.writer, personal=settings.talk.personal) if settings.writer else None
        document = None

        def tracks() -> Sequence[Track]:
            # Only words that could be anybody's name need the music before the first song.
            if options.music:
                scan_folders(home, options.music, now, screen)
            return home.library.tracks(options.music)

        for path in options.history or ():
            import_file(home, path, screen)
        if options.plan:
            if options.music:
                scan_folders(home, options.music, now, screen)
            document = as_wished(load_plan(options.plan), options, home, screen)
            document = as_set(home, document, settings.handover, settings.leave_alone, settings.talk)
        wishes = wishes_of(options, now, tracks, settings)
        presenter = asked_presenter(options, home) or settings.presenter or DEFAULT_PRESENTER
    session = Session(
        home.folder,
        document,
        resume=options.resume,
        music=options.music or (),
        minutes=options.minutes,
        wishes=wishes,
        mix=settings.mix,
        folders=options.music,
        presenter=presenter,
        writer=writer,
        translator=settings.translator,
        scrobble=settings.scrobble,
        clock=lambda: now,
        seed=options.seed,
        private=options.private,
    )
    return session, (wishes.talk or TalkSettings()).level


def _listen(options: argparse.Namespace, session: Session, sink: Sink, talk: TalkLevel) -> tuple[Heard, bool]:
    """Run the radio in whatever terminal there is; return what came of it, and whether all was told as lines."""
    console = Console(highlight=False)
    has_terminal = _is_terminal(console)
    keyboard = keyboard_of(sys.stdin) if has_terminal else NoKeyboard()
    full_screen = has_terminal and not console.is_dumb_terminal and not options.plain
    with ExitStack() as meanwhile:
        signals = meanwhile.enter_context(Signals())
        if full_screen:
            meanwhile.enter_context(ErrorsAside(show=options.verbose))
        terminal = meanwhile.enter_context(Terminal(console, keyboard, full_screen=full_screen))
        face: Face
        if full_screen:
            protocol = art_protocol(console, options.art)
            face = ScreenFace(console, terminal, rate=session.rate, pictures=Pictures(protocol) if protocol else None)
        else:
            from aidj.radio.plain import PlainLog

            log = PlainLog(console, stamps=not has_terminal)
            face = LineFace(log, keyboard, rate=session.rate, ask=lambda text: console.print(text, end=""))
        device = Rescue(sink, options.device) if isinstance(sink, DeviceSink) else None
        radio = Radio(
            session,
            sink,
            face,
            keyboard,
            signals,
            terminal=terminal,
            rescue=device,
            volume_db=options.volume,
            talk=talk,
        )
        if sys.platform == "linux":
            radio.desktop = meanwhile.enter_context(Mpris(radio.remote))
        return radio.run(), not full_screen


def _is_terminal(console: Console) -> bool:
    """Return whether somebody sits in front of it: not where it runs in the background of a shell."""
    try:
        fd = console.file.fileno()
        return os.isatty(fd) and is_in_foreground(fd)
    except (OSError, ValueError):
        return False


def _say_what_came_of_it(heard: Heard, screen: Screen, *, as_lines: bool) -> int:
    for warning in heard.warnings:
        if not as_lines or warning == heard.reason:  # what was told as a line still stands there
            screen.problem(warning)
    if heard.songs or not heard.has_failed:
        screen.say(heard.summary())
    return 1 if heard.has_failed else 130 if heard.by_signal else 0


def _list_devices(screen: Screen) -> int:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("", "device", "id", ""):
        table.add_column(heading, overflow="fold")
    for device in devices():
        is_usual = "the system's default" if device.is_default else ""
        table.add_row(str(device.number), Text(plain(device.name)), Text(plain(device.id), style="dim"), is_usual)
    screen.table(table)
    screen.say("\nChoose one by its number, id or name: aidj radio --device NAME")
    return 0


def _sink(options: argparse.Namespace) -> Sink:
    if options.output == "device":
        return DeviceSink(options.device)
    if options.output == "null":
        return NullSink()
    path = Path(options.output)
    return PcmSink(path) if path.suffix.lower() == ".pcm" else WavSink(path)


def _pipe_sink(samples: BinaryIO, form: str) -> Sink:
    if form == "wav":
        return WavSink(samples)
    return PcmSink(samples, form="f32le" if form == "f32" else "s16le")


@contextmanager
def _samples_only() -> Iterator[BinaryIO]:
    """Give standard output to samples alone; whatever else is printed meanwhile goes to standard error."""
    sys.stdout.flush()
    with os.fdopen(os.dup(1), "wb", buffering=0) as samples:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.setmode(samples.fileno(), os.O_BINARY)
        os.dup2(2, 1)
        try:
            yield samples
        finally:
            sys.stdout.flush()
            os.dup2(samples.fileno(), 1)
