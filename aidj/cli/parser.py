"""What can be called, and how."""

from __future__ import annotations

import argparse
from pathlib import Path

from aidj import __version__
from aidj.cli import options
from aidj.cli.radio_command import add_radio_command
from aidj.cli.source_commands import Command, add_source_commands

EPILOG = """\
for a first taste:      aidj demo
put it on:              aidj radio --music ~/Music
with your own music:    aidj render --music ~/Music --history my_spotify_data.zip --minutes 30 -o tonight.mp3
step by step:           aidj scan ~/Music
                        aidj import my_spotify_data.zip
                        aidj plan -o s.yaml
                        aidj render s.yaml -o mix.mp3
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    common = options.always()
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

    _demo(command)
    add_source_commands(command)
    add_radio_command(command)
    _sessions(command)
    _opinions(command)
    _scrobbles(command)
    _saying(command)
    _asking(command)
    return parser


def _demo(command: Command) -> None:
    demo = command(
        "demo",
        "sessions.demo",
        "hear what it does, with music of its own",
        "Composes a small library of songs and an invented listening history, plans a session of about six\n"
        "minutes from them, and renders it. Needs no music of yours and touches nothing but the --out folder.",
    )
    demo.add_argument("--out", type=Path, default=Path("aidj-demo"), metavar="DIR", help="default: ./aidj-demo")
    demo.add_argument("--minutes", type=float, default=6.0, metavar="N", help="length of the session (default: 6)")
    options.add_session(demo)
    demo.add_argument(
        "--format", choices=("mp3", "opus", "flac", "m4a", "wav"), default="mp3", help="of the mix (default: mp3)"
    )


def _sessions(command: Command) -> None:
    plan = command(
        "plan",
        "sessions.plan",
        "choose the songs and write them down",
        "Chooses songs and their order, and writes the session as a YAML document that you can read, edit by hand,\n"
        "and render later with: aidj render FILE -o mix.mp3",
    )
    options.add_sources(plan)
    options.add_session(plan)
    options.add_length(plan, "length of the session (default: 30)")
    options.add_wishes(plan)
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
    options.add_sources(render)
    options.add_session(render)
    options.add_length(render, "length of a new one (default: 30)")
    options.add_wishes(render)
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
            sub.add_argument("--days", type=options.days, default=30.0, metavar="N", help="how long (default: 30)")

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
        "--date",
        type=options.moment,
        metavar="WHEN",
        help="when you began to listen (default: when it was planned for)",
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
    ask.add_argument(
        "--show-payload",
        action="store_true",
        help="print what a language model, if you have set one for this, would be sent; nothing is sent",
    )
    ask.add_argument("--language", metavar="LANG", help="whose words come first (default: your presenter's)")
    ask.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the request document here")
    ask.add_argument("--force", action="store_true", help="replace a document that is there already")


def _scrobbles(command: Command) -> None:
    scrobbles = command(
        "scrobbles",
        "scrobbling.scrobbles",
        "see and send what ListenBrainz is told",
        "Shows which listens wait to be sent to ListenBrainz, and which were refused and why. Nothing is sent unless\n"
        "config.yaml names an account: scrobble: {listenbrainz: {token_file: token.txt}}",
    )
    scrobbles.add_argument(
        "--show-payload", action="store_true", help="print what would be sent, to the letter; nothing is sent"
    )
    scrobbles.add_argument("--retry", action="store_true", help="queue once more what was refused")
    scrobbles.add_argument("--send", action="store_true", help="send what waits now")
    scrobbles.add_argument("--forget", action="store_true", help="never send what waits or was refused")
