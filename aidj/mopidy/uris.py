"""The addresses of Mopidy's tracks that are ours: `aidj:radio`, and its neighbours `aidj:radio:1`, `aidj:radio:-1`.

Mopidy's "next" goes to the next track of its tracklist. All of ours are the same session; which of them is played tells
which way the listener goes in it.
"""

from __future__ import annotations

import re

SCHEME = "aidj"
ROOT = "aidj:"
RADIO = "aidj:radio"
NAME = "aidj radio"

_FORM = re.compile(r"aidj:radio(?::(-?\d{1,9}))?")


def number_of(uri: str) -> int | None:
    """Return which of the tracks it is, 0 for `aidj:radio` itself; None for any other address."""
    match = _FORM.fullmatch(uri)
    return int(match[1] or 0) if match else None


def uri_of(number: int) -> str:
    """Return the address of one of the tracks."""
    return f"{RADIO}:{number}" if number else RADIO
