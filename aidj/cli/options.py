"""Options that several commands take: each function adds one group of them to a parser."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

FIRST_YEAR, LAST_YEAR = 1971, 9000
"""The years for which something can be planned."""
TALK_LEVELS = ("silent", "rare", "normal", "chatty")
TALK_PLACEMENTS = ("auto", "gap", "over")
"""Both as `aidj.model` has them, which takes longer to load than help should."""

WISHES = (
    *("new", "forgotten", "current", "deep", "arc", "allow", "request", "ask"),
    *("genre", "artist", "album", "decade", "mood", "tempo", "energy", "years", "without", "only_new_to_me"),
    *("transition", "no_beatmix"),
)
"""The options that say what is wanted; `aidj.cli.wishing` reads them."""

Adds = argparse.ArgumentParser | argparse._ArgumentGroup
"""What options can be added to: a parser, or a titled group of its help."""


def always() -> argparse.ArgumentParser:
    """Return the options of every command, as a parser to be its parent."""
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("always")
    group.add_argument(
        "--data", type=Path, metavar="DIR", help="keep everything in this folder instead of the usual place"
    )
    group.add_argument("-q", "--quiet", action="store_true", help="no progress, only results and problems")
    group.add_argument("-v", "--verbose", action="store_true", help="say what happens inside")
    return common


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Add the folders and histories to read first."""
    group = parser.add_argument_group("where from")
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


def add_session(parser: argparse.ArgumentParser) -> None:
    """Add when and from which seed a session is planned, and all of `add_talk`."""
    group = parser.add_argument_group("the session")
    group.add_argument(
        "--seed", type=int, metavar="N", help="the same seed gives the same session (default: today's date)"
    )
    group.add_argument(
        "--date",
        type=moment,
        metavar="WHEN",
        help="plan as if it were then, such as 2026-11-21T20:00 (default: now)",
    )
    add_talk(group)


def add_talk(group: Adds) -> None:
    """Add who speaks, how much is said, where, and how personally."""
    who = group.add_mutually_exclusive_group()
    who.add_argument(
        "--presenter",
        metavar="NAME",
        help="who speaks: a name such as ella or otto, or a presenter file (default: ella)",
    )
    who.add_argument("--language", metavar="LANG", help="a presenter who speaks this language, such as de or fr")
    level = group.add_mutually_exclusive_group()
    level.add_argument("--talk", choices=TALK_LEVELS, help="how much is said (default: normal, once in a few songs)")
    level.add_argument(
        "--silent", action="store_const", const="silent", dest="talk", help="nothing is said, only music"
    )
    group.add_argument(
        "--talk-placement",
        choices=TALK_PLACEMENTS,
        help="where it is said: in gaps, rather over music, or as it fits best (default: auto)",
    )
    group.add_argument("--impersonal", action="store_true", help="nothing is said of what you have heard, or how often")


def add_length(parser: argparse.ArgumentParser, help_: str) -> None:
    """Add how long a session is, in minutes or until a time of the day; `help_` is for the minutes."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--minutes", type=float, metavar="N", help=help_)
    group.add_argument("--until", metavar="HH:MM", help="up to this time of the day instead")


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """Add all that `aidj.cli.wishing` reads, but for the length: see `WISHES`."""
    add_dials(parser)
    add_filters(parser)
    add_shape(parser)


def add_dials(parser: argparse.ArgumentParser) -> None:
    """Add how much there is of each rotation."""
    dials = parser.add_argument_group(
        "how much of what", "factors such as 2x (twice as much), 0.5x (half) or 0 (none), up to 10"
    )
    for name, what in (
        ("new", "new releases"),
        ("forgotten", "forgotten favourites"),
        ("current", "what you play now"),
        ("deep", "songs you hardly know by artists you like"),
    ):
        dials.add_argument(f"--{name}", metavar="X", help=what)


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add what alone is wanted: names, years, tempo, and the same in words."""
    wishes = parser.add_argument_group(
        "only", "what is wanted; options that differ hold together, of a repeated one any value will do"
    )
    for name, what in (
        ("genre", "such as jazz; hip hop is also in Hip-Hop/Rap"),
        ("artist", "whole name"),
        ("album", "whole name"),
        ("mood", "such as calm or energetic"),
    ):
        wishes.add_argument(f"--{name}", action="append", metavar=name.upper(), help=f"{what} (may be repeated)")
    wishes.add_argument("--decade", metavar="DECADE", help="recorded in it: 1990s, or 90s")
    wishes.add_argument("--years", metavar="LO-HI", help="recorded in these years: 1990-1995")
    wishes.add_argument("--tempo", metavar="LO-HI", help="beats per minute: 90-120, 120-")
    wishes.add_argument("--energy", metavar="LO-HI", help="from 0 to 1: 0.6-1")
    wishes.add_argument(
        "--without",
        action="append",
        metavar="TEXT",
        help="none of this artist or genre; genre:, artist:, album:, mood: or title: before it says which",
    )
    wishes.add_argument("--only-new-to-me", action="store_true", help="nothing you have heard before")
    wishes.add_argument("--request", type=Path, metavar="FILE", help="a query document that says all this and more")
    wishes.add_argument("--ask", metavar="TEXT", help='the same in words: "an hour of mellow jazz from the nineties"')


def add_shape(parser: argparse.ArgumentParser) -> None:
    """Add the energy over time, rules switched off, and how songs hand over."""
    shape = parser.add_argument_group("its shape")
    shape.add_argument("--arc", metavar="ARC", help='where the energy goes, in minutes: "30 up, 15 down"')
    shape.add_argument(
        "--allow", action="append", metavar="RULE", help="switch a rule off, such as holiday or children (repeatable)"
    )
    shape.add_argument(
        "--transition",
        metavar="HOW",
        help='how songs hand over: auto, crossfade, cut or gap, with seconds or bars: "crossfade 8", "4 bars", "gap 3"',
    )
    shape.add_argument("--no-beatmix", action="store_true", help="never lay songs beat on beat")


def moment(text: str) -> datetime:
    """Read a moment, with its zone: here, where none is given."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no moment; write it as 2026-11-21 or 2026-11-21T20:00") from None
    # Zones and the weeks around a day must exist, too: hence not as far as a date can go.
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"'{when.year:04d}' is no year to plan for; choose one from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return when.astimezone() if when.tzinfo is None else when


def count(text: str) -> int:
    """Read a number of processes."""
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes; from 1 to 64")
    return int(text)


def days(text: str) -> float:
    """Read a number of days."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 36500:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days; more than 0 and at most 36500")
    return number
