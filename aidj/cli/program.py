"""What can be called, and how: the parser, and the frame that every command runs in."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from aidj import __version__
from aidj.errors import AidjError

EPILOG = """\
for a first taste:      aidj demo
with your own music:    aidj render --music ~/Music --history my_spotify_data.zip --minutes 30 -o tonight.mp3
step by step:           aidj scan ~/Music
                        aidj import my_spotify_data.zip
                        aidj plan -o s.yaml
                        aidj render s.yaml -o mix.mp3
"""


def run(arguments: Sequence[str] | None = None) -> int:
    """Parse the arguments and run the command they name."""
    # One thread per matrix product: the products here are small, and other work runs beside them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = build_parser()
    options = parser.parse_args(arguments)
    if "command" not in options:
        parser.print_help()
        return 2
    from aidj.cli import commands
    from aidj.cli.screen import LogToScreen, Screen

    screen = Screen(quiet=options.quiet)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)  # leave no half file behind when told to stop, either
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING, handlers=[LogToScreen(screen)], force=True
    )
    try:
        return int(getattr(commands, options.command)(options, screen))
    except AidjError as error:
        screen.error(error)
        return 1
    except KeyboardInterrupt:
        screen.problem("Interrupted. What was stored up to now is kept.")
        return 130
    except BrokenPipeError:
        # The reader of a pipe has read enough; Python would complain about that once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("always")
    group.add_argument(
        "--data", type=Path, metavar="DIR", help="keep everything in this folder instead of the usual place"
    )
    group.add_argument("-q", "--quiet", action="store_true", help="no progress, only results and problems")
    group.add_argument("-v", "--verbose", action="store_true", help="say what happens inside")

    parser = argparse.ArgumentParser(
        prog="aidj",
        description="A personal radio from your own music and your own listening history, on your own machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"aidj {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, summary: str, description: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            parents=[common],
            help=summary,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(command=name.replace("import", "import_history"))
        return sub

    demo = command(
        "demo",
        "hear what it does, with music of its own",
        "Composes a small library of songs and an invented listening history, plans a session of about six\n"
        "minutes from them, and renders it. Needs no music of yours and touches nothing but the --out folder.",
    )
    demo.add_argument("--out", type=Path, default=Path("aidj-demo"), metavar="DIR", help="default: ./aidj-demo")
    demo.add_argument("--minutes", type=float, default=6.0, metavar="N", help="length of the session (default: 6)")
    _session_options(demo, with_sources=False)
    demo.add_argument(
        "--format", choices=("mp3", "opus", "flac", "m4a", "wav"), default="mp3", help="of the mix (default: mp3)"
    )

    scan = command(
        "scan",
        "read the tags of your music",
        "Looks through folders for MP3, FLAC, Ogg Vorbis, Opus, M4A/AAC, WAV and AIFF files and keeps a list of them.\n"
        "A second scan only opens files that have changed. Your files are never altered.",
    )
    scan.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")

    history = command(
        "import",
        "read a listening history",
        "Reads exports of listening histories; what kind of file it is, is found out by itself:\n"
        "  Spotify extended streaming history and account data (the ZIP as downloaded, or its JSON files),\n"
        "  ListenBrainz export (ZIP or JSONL), Last.fm CSV in its several shapes, .scrobbler.log.\n"
        "Importing the same file again adds nothing. Incognito plays, addresses and devices are not kept.",
    )
    history.add_argument("files", nargs="+", type=Path, metavar="FILE")
    history.add_argument("--zone", metavar="ZONE", help="zone of a player without one, such as Europe/Berlin")

    unmatched = command(
        "unmatched",
        "list what you listened to but do not own",
        "Lists the songs of your history that no file in the library belongs to, the most-played first.",
    )
    unmatched.add_argument("-n", type=int, default=25, dest="limit", metavar="N", help="how many (default: 25)")

    plan = command(
        "plan",
        "choose the songs and write them down",
        "Chooses songs and their order, and writes the session as a YAML document that you can read, edit by hand,\n"
        "and render later with: aidj render FILE -o mix.mp3",
    )
    _session_options(plan, with_sources=True)
    plan.add_argument("--minutes", type=float, metavar="N", help="length of the session (default: 30)")
    plan.add_argument("--force", action="store_true", help="replace a plan that is there already")
    plan.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: session.yaml)")

    show = command(
        "show",
        "show a plan as a table",
        "Shows each song of a plan with its start, the rotation it comes from, and why it was chosen.",
    )
    show.add_argument("plan", type=Path, metavar="PLAN")

    render = command(
        "render",
        "make a mixed programme, as a file",
        "Renders a plan, or plans a session first if none is given. The suffix of the output chooses the format:\n"
        ".mp3 .opus .flac .m4a .wav. Beside it: the plan, a cue sheet, chapters, a playlist and a transcript.",
    )
    render.add_argument("plan", nargs="?", type=Path, metavar="PLAN", help="a plan to render (default: make a new one)")
    _session_options(render, with_sources=True)
    render.add_argument("--minutes", type=float, metavar="N", help="length of a new one (default: 30)")
    render.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="such as tonight.mp3")
    return parser


def _session_options(parser: argparse.ArgumentParser, *, with_sources: bool) -> None:
    group = parser.add_argument_group("the session")
    if with_sources:
        group.add_argument(
            "--music",
            type=Path,
            action="append",
            metavar="DIR",
            help="scan this folder first and take only music below it (may be repeated; default: all that was scanned)",
        )
        group.add_argument(
            "--history", type=Path, action="append", metavar="FILE", help="import this history first (may be repeated)"
        )
    group.add_argument(
        "--seed", type=int, metavar="N", help="the same seed gives the same session (default: today's date)"
    )
    group.add_argument(
        "--date",
        type=_moment,
        metavar="WHEN",
        help="plan as if it were then, such as 2026-11-21T20:00 (default: now)",
    )
    group.add_argument(
        "--presenter",
        metavar="NAME",
        help="who speaks: ella, otto, or a presenter file (default: ella)",
    )
    group.add_argument("--silent", action="store_true", help="nothing is said, only music")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone() if moment.tzinfo is None else moment
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"'{text}' is no moment; write it as 2026-11-21 or 2026-11-21T20:00") from None
    return moment
