"""The commands that read, measure and correct what is there: music and listening histories."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from aidj.cli import options

Command = Callable[[str, str, str, str], argparse.ArgumentParser]
"""Adds a command: its name, the function that does it as "module.function", a summary, and a description."""


def add_source_commands(command: Command) -> None:
    """Add scan, import, analyze, cue and unmatched."""
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
        "--workers", type=options.count, metavar="N", help="processes to use (default: as many as there are processors)"
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
