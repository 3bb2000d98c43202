"""How `aidj radio` is called."""

from __future__ import annotations

import argparse
from pathlib import Path

from aidj.cli import options
from aidj.cli.source_commands import Command


def add_radio_command(command: Command) -> None:
    """Add `aidj radio`."""
    radio = command(
        "radio",
        "radio.radio",
        "put it on: play, here and now",
        "Plays a session that goes on until you end it, and shows what plays and why, what is said, and what comes\n"
        "next. Keys skip, like, ask for something, or hush the presenter; ? lists them. Give it a plan to play that.",
    )
    radio.add_argument(
        "plan", nargs="?", type=Path, metavar="PLAN", help="a plan to play (default: make it as it plays)"
    )
    sound = radio.add_argument_group("where to")
    sound.add_argument(
        "--output",
        default="device",
        metavar="WHERE",
        help="device, null (silence), pipe (samples to standard output), or a file.wav or .pcm (default: device)",
    )
    sound.add_argument("--format", choices=("wav", "s16", "f32"), help="of the samples in a pipe (default: wav)")
    sound.add_argument("--device", metavar="NAME", help="a sound device by its number, id or a part of its name")
    sound.add_argument("--devices", action="store_true", help="list the sound devices, and stop")
    sound.add_argument("--volume", type=_volume, default=0.0, metavar="DB", help="from -60 to 0 (default: 0)")
    how = radio.add_argument_group("how")
    how.add_argument("--private", action="store_true", help="write nothing down of what is heard and said")
    how.add_argument("--resume", action="store_true", help="go on with the session that was broken off last")
    how.add_argument("--plain", action="store_true", help="lines instead of a screen, as for a screen reader")
    how.add_argument(
        "--art",
        choices=("auto", "kitty", "sixel", "none"),
        default="auto",
        help="how pictures of albums are shown, in a terminal that can (needs aidj[art]; default: auto)",
    )
    options.add_sources(radio)
    options.add_session(radio)
    options.add_length(radio, "length of the session (default: endless)")
    options.add_wishes(radio)


def _volume(text: str) -> float:
    try:
        volume_db = float(text)
    except ValueError:
        volume_db = 1.0
    if not -60 <= volume_db <= 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no volume; from -60, which is silence, to 0 dB")
    return volume_db
