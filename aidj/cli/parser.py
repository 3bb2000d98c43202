"""What can be called, and how."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aidj import __version__

EPILOG = """\
for a first taste:      aidj demo
with your own music:    aidj render --music ~/Music --history my_spotify_data.zip --minutes 30 -o tonight.mp3
step by step:           aidj scan ~/Music
                        aidj import my_spotify_data.zip
                        aidj plan -o s.yaml
                        aidj render s.yaml -o mix.mp3
"""

FIRST_YEAR, LAST_YEAR = 1971, 9000
"""The years for which something can be planned."""
TALK_LEVELS = ("silent", "rare", "normal", "chatty")
TALK_PLACEMENTS = ("auto", "gap", "over")
"""Both as `aidj.model` has them, which takes longer to load than help should."""

Command = Callable[[str, str, str, str], argparse.ArgumentParser]
"""Adds a command: its name, the function that does it as "module.function", a summary, and a description."""


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

    def command(name: str, does: str, summary: str, description: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            parents=[common],
            help=summary,
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(command=does)
        return sub

    _sources(command)
    _sessions(command)
    _opinions(command)
    _saying(command)
    _asking(command)
    return parser


def _sources(command: Command) -> None:
    demo = command(
        "demo",
        "sessions.demo",
        "hear what it does, with music of its own",
        "Composes a small library of songs and an invented listening history, plans a session of about six\n"
        "minutes from them, and renders it. Needs no music of yours and touches nothing but the --out folder.",
    )
    demo.add_argument("--out", type=Path, default=Path("aidj-demo"), metavar="DIR", help="default: ./aidj-demo")
    demo.add_argument("--minutes", type=float, default=6.0, metavar="N", help="length of the session (default: 6)")
    _session_options(demo)
    demo.add_argument(
        "--format", choices=("mp3", "opus", "flac", "m4a", "wav"), default="mp3", help="of the mix (default: mp3)"
    )

    scan = command(
        "scan",
        "sources.scan",
        "read the tags of your music",
        "Looks through folders for MP3, FLAC, Ogg Vorbis, Opus, M4A/AAC, WAV and AIFF files and keeps a list of them.\n"
        "A second scan only opens files that have changed. Your files are never altered.",
    )
    scan.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")

    history = command(
        "import",
        "sources.import_history",
        "read a listening history",
        "Reads exports of listening histories; what kind of file it is, is found out by itself:\n"
        "  Spotify extended streaming history and account data (the ZIP as downloaded, or its JSON files),\n"
        "  ListenBrainz export (ZIP or JSONL), Last.fm CSV in its several shapes, .scrobbler.log;\n"
        "  play counts and ratings of a player: Library.xml (Apple), rhythmdb.xml, strawberry.db, clementine.db.\n"
        "Importing the same file again adds nothing. Incognito plays, addresses and devices are not kept.",
    )
    history.add_argument("files", nargs="+", type=Path, metavar="FILE")
    history.add_argument("--zone", metavar="ZONE", help="zone of a player without one, such as Europe/Berlin")

    analyze = command(
        "analyze",
        "analysing.analyze",
        "measure your music: cue points, loudness, beats, keys, singing",
        "Measures what each recording is like, once; a session would do it for the songs that it needs. It can be\n"
        "broken off with Ctrl-C at any time and goes on where it stopped. Your files are never altered.",
    )
    analyze.add_argument(
        "what", nargs="*", type=Path, metavar="FOLDER|FILE", help="only this (default: the whole library)"
    )
    analyze.add_argument("--again", action="store_true", help="measure anew what has been measured before")
    analyze.add_argument(
        "--workers", type=_count, metavar="N", help="processes to use (default: as many as there are processors)"
    )

    cue = command(
        "cue",
        "cueing.cue",
        "see where a recording begins, is sung, and ends; set it by hand",
        "Draws a recording with all its markers and says where each value comes from. What you set by hand goes into\n"
        "a sidecar, Song.flac.aidj.yaml beside the file, and wins over what is measured and over tags.",
    )
    cue.add_argument("song", nargs="+", metavar="SONG", help="a file, or part of its artist and title in the library")
    cue.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a value in the sidecar, such as cue_in=1.2 or key=Am (may be repeated)",
    )
    cue.add_argument(
        "--write", action="store_true", help="write a sidecar with all that is measured, commented out, to be edited"
    )
    cue.add_argument("--force", action="store_true", help="replace a sidecar that is there already")
    cue.add_argument("--plain", action="store_true", help="only letters and signs that every terminal has")

    unmatched = command(
        "unmatched",
        "sources.unmatched",
        "list what you listened to but do not own",
        "Lists the songs of your history that no file in the library belongs to, the most-played first.",
    )
    unmatched.add_argument("-n", type=int, default=25, dest="limit", metavar="N", help="how many (default: 25)")


def _sessions(command: Command) -> None:
    plan = command(
        "plan",
        "sessions.plan",
        "choose the songs and write them down",
        "Chooses songs and their order, and writes the session as a YAML document that you can read, edit by hand,\n"
        "and render later with: aidj render FILE -o mix.mp3",
    )
    _source_options(plan)
    _session_options(plan)
    _length_options(plan, "length of the session (default: 30)")
    _wish_options(plan)
    plan.add_argument("--force", action="store_true", help="replace a plan that is there already")
    plan.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to (default: session.yaml)")
    plan.add_argument(
        "--dry-run",
        action="store_true",
        help="only show what would be played in the next hour (or --minutes); nothing is written or remembered",
    )
    plan.add_argument(
        "--explain-mix", action="store_true", help="say how much of what was chosen, and what was left out and why"
    )
    plan.add_argument("--schema", action="store_true", help="print the JSON Schema of plans, for editors, and stop")

    show = command(
        "show",
        "sessions.show",
        "show a plan as a table",
        "Shows each song of a plan with its number, its start, the rotation it comes from, and why it was chosen.",
    )
    show.add_argument("plan", type=Path, metavar="PLAN")
    show.add_argument(
        "--plot",
        type=Path,
        metavar="FILE",
        help="draw every change of song into a picture: .png, .svg or .pdf (needs aidj[plot])",
    )

    talk = command(
        "talk",
        "talking.talk",
        "show what the presenter says, and how the presenter is set",
        "Shows every link of a plan: where it stands, what is said, on which facts it rests, who knows them, and\n"
        "whether they tell something of you. Without a plan: how the presenter is set, and what can speak here.",
    )
    talk.add_argument("plan", nargs="?", type=Path, metavar="PLAN")
    talk.add_argument(
        "--show-payload",
        action="store_true",
        help="print what a language model, if you have set one, would be sent for the plan; nothing is sent",
    )
    talk.add_argument("--forget", action="store_true", help="forget what was said in earlier sessions")

    why = command(
        "why",
        "explaining.why",
        "say why a song is in a plan",
        "Says why one song of a plan was chosen and why it stands where it stands: its sentence, its score and what\n"
        "that is made of, rules that gave way, the set's theme and order, and its rotation's place in the mix.",
    )
    why.add_argument("plan", type=Path, metavar="PLAN")
    why.add_argument(
        "item", nargs="+", metavar="ITEM", help="the song's number as `aidj show` has it, or part of its title"
    )

    render = command(
        "render",
        "sessions.render",
        "make a mixed programme, as a file",
        "Renders a plan, or plans a session first if none is given. The suffix of the output chooses the format:\n"
        ".mp3 .opus .flac .m4a .wav. Beside it: the plan, a cue sheet, chapters, a playlist and a transcript.",
    )
    render.add_argument("plan", nargs="?", type=Path, metavar="PLAN", help="a plan to render (default: make a new one)")
    _source_options(render)
    _session_options(render)
    _length_options(render, "length of a new one (default: 30)")
    _wish_options(render)
    render.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="such as tonight.mp3")
    render.add_argument(
        "--analyze", action="store_true", help="measure more of the library meanwhile, in a process that gives way"
    )


def _opinions(command: Command) -> None:
    said = {
        "like": ("more of this", "Says that you like songs, artists or albums: they come more often."),
        "ban": ("never this again", "Says that you never want to hear songs, artists or albums here."),
        "rest": ("not this for a while", "Says that you do not want to hear songs, artists or albums for a while."),
    }
    for verdict, (summary, description) in said.items():
        sub = command(
            verdict,
            "opinions.say",
            summary,
            f'{description}\nA song is written as "Artist - Title", or as the numbers it has in a plan: '
            f"aidj {verdict} session.yaml 3 5\nIt holds for all versions of a song and all editions of an album. "
            "Take it back with: aidj opinions --take-back",
        )
        sub.set_defaults(verdict=verdict)
        sub.add_argument("songs", nargs="*", metavar="SONG", help='"Artist - Title", or a plan and numbers in it')
        sub.add_argument("--artist", action="append", default=[], metavar="NAME", help="everything by this artist")
        sub.add_argument("--album", action="append", default=[], metavar="ALBUM", help='an album: "Artist - Album"')
        sub.add_argument("--force", action="store_true", help="keep it even if the library has nothing of that name")
        if verdict == "rest":
            sub.add_argument("--days", type=_days, default=30.0, metavar="N", help="how long (default: 30)")

    heard = command(
        "heard",
        "preferences.heard",
        "say that you have listened to a mix",
        "Records the songs of a rendered plan as listens, so that the next sessions know of them. A song that you\n"
        "skipped rests for half a year. Saying it twice counts once.",
    )
    heard.add_argument("plan", type=Path, metavar="PLAN", help="the plan beside the mix, such as tonight.plan.yaml")
    heard.add_argument(
        "--skipped", type=int, nargs="+", default=[], metavar="N", help="numbers of the songs that you skipped"
    )
    heard.add_argument(
        "--date", type=_moment, metavar="WHEN", help="when you began to listen (default: when it was planned for)"
    )

    command(
        "settings",
        "preferences.settings",
        "print all settings",
        "Prints what can be set in config.yaml in the data folder, with its value, and every rule that keeps odd\n"
        "things out of the mix. A rule is switched off there, mix: {rules_off: [holiday]}, or once, --allow holiday",
    )

    opinions = command(
        "opinions",
        "opinions.opinions",
        "list what you like, banned and let rest",
        "Lists what you said of songs, artists and albums, and takes it back.",
    )
    opinions.add_argument(
        "--take-back", action="append", metavar="WHAT", help='forget it: "Artist - Title", "Artist - Album", "Artist"'
    )


def _saying(command: Command) -> None:
    say = command(
        "say",
        "saying.say",
        "hear how a name is said, and set it right",
        "Says a text with the presenter's voice into a WAV file, and shows what is spoken. A name said wrongly\n"
        'is put right with words that sound like it: aidj say "Sigur Rós" --fix "sigger rohss". That is kept in your\n'
        "own pronunciation file, for all sessions to come; what is shown stays as it is written.",
    )
    say.add_argument("text", nargs="+", metavar="TEXT", help="a name, a title, or any text")
    who = say.add_mutually_exclusive_group()
    who.add_argument("--presenter", metavar="NAME", help="who says it (default: ella)")
    who.add_argument("--language", metavar="LANG", help="a presenter who speaks this language, such as de or fr")
    say.add_argument("--fix", metavar="WORDS", help="say this name as these words from now on")
    say.add_argument("--ipa", metavar="IPA", help="say this name so from now on, in phonetic letters")
    say.add_argument("--forget", action="store_true", help="forget what was kept for this name")
    say.add_argument("--out", type=Path, default=Path("say.wav"), metavar="FILE", help="default: ./say.wav")


def _asking(command: Command) -> None:
    ask = command(
        "ask",
        "asking.ask",
        "say in words what you want to hear",
        'Reads a request such as: aidj ask "something mellow from the nineties" --explain\n'
        "It says what was understood, what was not, and how many songs answer to it, and prints or writes the request\n"
        'as a document for: aidj plan --request FILE. To plan at once: aidj plan --ask "...". Works offline.',
    )
    ask.add_argument("text", nargs="+", metavar="TEXT", help="genre, mood, tempo, decade, artist, album, length ...")
    ask.add_argument(
        "--then", action="append", default=[], metavar="TEXT", help='a follow-up, such as "less upbeat" (repeatable)'
    )
    ask.add_argument("--explain", action="store_true", help="say what each part was taken for, and how many songs fit")
    ask.add_argument("--language", metavar="LANG", help="whose words come first (default: your presenter's)")
    ask.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the request document here")
    ask.add_argument("--force", action="store_true", help="replace a document that is there already")


def _source_options(parser: argparse.ArgumentParser) -> None:
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


def _session_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the session")
    group.add_argument(
        "--seed", type=int, metavar="N", help="the same seed gives the same session (default: today's date)"
    )
    group.add_argument(
        "--date",
        type=_moment,
        metavar="WHEN",
        help="plan as if it were then, such as 2026-11-21T20:00 (default: now)",
    )
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


def _length_options(parser: argparse.ArgumentParser, help_: str) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--minutes", type=float, metavar="N", help=help_)
    group.add_argument("--until", metavar="HH:MM", help="up to this time of the day instead")


WISHES = (
    *("new", "forgotten", "current", "deep", "arc", "allow", "request", "ask"),
    *("genre", "artist", "album", "decade", "mood", "tempo", "energy", "years", "without", "only_new_to_me"),
    *("transition", "no_beatmix"),
)
"""The options that say what is wanted; `aidj.cli.wishing` reads them."""


def _wish_options(parser: argparse.ArgumentParser) -> None:
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


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no moment; write it as 2026-11-21 or 2026-11-21T20:00") from None
    # Zones and the weeks around a day must exist, too: hence not as far as a date can go.
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(
            f"'{moment.year:04d}' is no year to plan for; choose one from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return moment.astimezone() if moment.tzinfo is None else moment


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes; from 1 to 64")
    return int(text)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 0 < days <= 36500:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days; more than 0 and at most 36500")
    return days
