"""Text from outside, made safe to keep and show."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 1000
MAX_LYRICS_CHARS = 200_000

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_SPACES = re.compile(r"\s+")
_HIGH = re.compile(r"[\x80-\xff]")


def clean(text: str) -> str:
    """Return one line of text: repaired, without control characters, single spaces, NFC, at most MAX_CHARS long."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()[:MAX_CHARS]
    text = _SPACES.sub(" ", _CONTROLS.sub(" ", repair(text))).strip()
    return _encodable(unicodedata.normalize("NFC", text))[:MAX_CHARS].strip()


def clean_lines(text: str) -> str:
    """Return text of several lines, the line ends kept as ``\\n``."""
    text = repair(text).replace("\r\n", "\n").replace("\r", "\n")
    return _encodable(unicodedata.normalize("NFC", _CONTROLS.sub("", text))).strip()[:MAX_LYRICS_CHARS]


def repair(text: str) -> str:
    """Undo the two usual mistakes of taggers with text that is declared as Latin-1.

    It is really UTF-8 (hardly any real Latin-1 text happens to be valid UTF-8), or it is really Windows-1252, whose
    quotation marks and dashes lie where Latin-1 has control characters.
    """
    if not _HIGH.search(text):
        return text
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return raw.decode("cp1252", "ignore") if any(0x80 <= byte <= 0x9F for byte in raw) else text


def decode_name(name: bytes) -> str:
    """Return a file name as text to show; names that are not UTF-8 are usually Windows-1252."""
    try:
        return clean(name.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(name.decode("cp1252", "replace"))


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
