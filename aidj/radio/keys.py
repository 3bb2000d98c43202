"""Keys as a terminal sends them: bytes in, presses out. Nothing that can arrive raises.

What is no key is swallowed whole: mouse reports, a terminal's answers, sequences nobody knows, broken UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PASTED = "paste"
"""The name of a press that is a pasted text."""

_ESC = 0x1B
_CSI = re.compile(rb"\x1b\[([0-?]*)([ -/]*)([@-~])")
_CSI_BEGUN = re.compile(rb"\x1b\[[0-?]*[ -/]*\Z")
_PASTE_BEGINS, _PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"
_STRINGS = b"P]_^X"
"""What begins a string of the terminal's own after Esc: an answer to a question, a title."""
_LONGEST_SEQUENCE = 4096
_LONGEST_PASTE = 65536

_FINALS = {b"A": "up", b"B": "down", b"C": "right", b"D": "left", b"H": "home", b"F": "end", b"Z": "tab"}
_NUMBERED = {b"1": "home", b"7": "home", b"4": "end", b"8": "end", b"2": "insert", b"3": "delete"}
_CONTROLS = {0x0D: "enter", 0x0A: "enter", 0x09: "tab", 0x08: "backspace", 0x7F: "backspace"}


@dataclass(frozen=True, slots=True)
class Press:
    """A key that was pressed.

    Parameters
    ----------
    name : str
        The character of a printable key (case matters), else such as ``left``, ``enter``, ``escape``, ``ctrl+u``,
        ``alt+x``; `PASTED` for a pasted text.
    text : str
        What it types: one character, or the pasted text as it came; empty for other keys.
    """

    name: str
    text: str = ""


class KeyDecoder:
    """Turns bytes into presses, whatever pieces they arrive in."""

    def __init__(self) -> None:
        self._bytes = b""
        self._pasting = False

    @property
    def is_waiting(self) -> bool:
        """Whether a key has begun and not ended; one that never ends has to be ended by `flush`."""
        return bool(self._bytes) and not self._pasting

    def feed(self, data: bytes) -> list[Press]:
        """Take bytes; return the presses that are complete."""
        self._bytes += data
        return list(self._presses())

    def flush(self) -> list[Press]:
        """Return the press that is known once nothing follows: Esc on its own. The rest of a sequence is dropped."""
        if self._pasting:
            return []
        alone, self._bytes = self._bytes == b"\x1b", b""
        return [Press("escape")] if alone else []

    def _presses(self) -> Iterator[Press]:
        while self._bytes:
            if self._pasting:
                press, used = self._paste()
            elif self._bytes[0] == _ESC:
                press, used = self._sequence()
            else:
                press, used = _character(self._bytes)
            if not used:
                return
            self._bytes = self._bytes[used:]
            if press is not None:
                yield press

    def _paste(self) -> tuple[Press | None, int]:
        end = self._bytes.find(_PASTE_ENDS)
        if end < 0:
            if len(self._bytes) > _LONGEST_PASTE:  # what is too long keeps its beginning, and room for its end
                self._bytes = self._bytes[:_LONGEST_PASTE] + self._bytes[-len(_PASTE_ENDS) :]
            return None, 0
        self._pasting = False
        return Press(PASTED, self._bytes[:end].decode("utf-8", "ignore")), end + len(_PASTE_ENDS)

    def _sequence(self) -> tuple[Press | None, int]:
        data = self._bytes
        if len(data) == 1:
            return None, 0
        kind = data[1:2]
        if kind == b"\x1b":
            return Press("escape"), 1
        if data.startswith(_PASTE_BEGINS):
            self._pasting = True
            return None, len(_PASTE_BEGINS)
        if kind == b"[":
            return _control_sequence(data)
        if kind == b"O":
            if len(data) < 3:
                return None, 0
            return (Press("enter") if data[2:3] == b"M" else _named(data[2:3], b"")), 3
        if kind in (bytes([byte]) for byte in _STRINGS):
            return None, _string_length(data)
        press, used = _character(data[1:])
        if press is not None and not press.name.startswith("ctrl+"):
            press = Press(f"alt+{press.name}")
        return press, used + 1 if used else 0


def _control_sequence(data: bytes) -> tuple[Press | None, int]:
    if data.startswith(b"\x1b[["):  # function keys of the Linux console
        return None, 4 if len(data) > 3 else 0
    if match := _CSI.match(data):
        if match[3] == b"M" and not match[1]:  # an old mouse report: three bytes follow
            return None, match.end() + 3 if len(data) >= match.end() + 3 else 0
        return _named(match[3], match[1]), match.end()
    if _CSI_BEGUN.match(data) and len(data) < _LONGEST_SEQUENCE:
        return None, 0
    broken = re.match(rb"\x1b\[[ -?]*", data)
    assert broken is not None
    return None, broken.end()


def _named(final: bytes, parameters: bytes) -> Press | None:
    """Return the key of a sequence, whatever was held down with it."""
    number = parameters.split(b";")[0]
    name = _NUMBERED.get(number) if final == b"~" else _FINALS.get(final)
    return Press(name) if name else None


def _string_length(data: bytes) -> int:
    """Return how long a terminal's own string is; 0 if its end has not come."""
    end = re.search(rb"\x07|\x1b\\", data[2:])
    if end is not None:
        return 2 + end.end()
    return len(data) if len(data) >= _LONGEST_SEQUENCE else 0


def _character(data: bytes) -> tuple[Press | None, int]:
    """Return a character, and of how many bytes; none, and 0, if the rest of it has not come."""
    first = data[0]
    if first in _CONTROLS:
        return Press(_CONTROLS[first]), 1
    if first < 0x20:
        return (Press(f"ctrl+{chr(first + 0x60)}") if 1 <= first <= 26 else None), 1
    if 0x80 <= first < 0xC2 or first >= 0xF5:  # never the beginning of a character
        return None, 1
    length = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    for at, byte in enumerate(data[1:length], 1):
        if not 0x80 <= byte < 0xC0:
            return None, at
    if len(data) < length:
        return None, 0
    text = data[:length].decode("utf-8", "ignore")
    return (Press(text, text) if text.isprintable() and text else None), length
