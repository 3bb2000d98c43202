"""What a terminal sends, as presses; and a line that is typed with them."""

from __future__ import annotations

import os
import pty
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.radio.keyboard import NoKeyboard, keyboard_of, windows_press
from aidj.radio.keys import PASTED, KeyDecoder, Press
from aidj.radio.requesting import MOST_CHARACTERS, RequestLine


def presses(data: bytes) -> list[Press]:
    decoder = KeyDecoder()
    found = decoder.feed(data)
    return found + decoder.flush()


def names(data: bytes) -> list[str]:
    return [press.name for press in presses(data)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"n", ["n"]),
        (b"Nn+ ?", ["N", "n", "+", " ", "?"]),
        (b"\x1b[C\x1b[D\x1b[A\x1b[B", ["right", "left", "up", "down"]),
        (b"\x1bOC\x1bOH\x1bOF\x1bOM", ["right", "home", "end", "enter"]),
        (b"\x1b[1~\x1b[4~\x1b[3~\x1b[7~\x1b[8~", ["home", "end", "delete", "home", "end"]),
        (b"\x1b[1;5C\x1b[3;2~", ["right", "delete"]),
        (b"\r\n\t\x7f\x08", ["enter", "enter", "tab", "backspace", "backspace"]),
        (b"\x01\x15\x0c", ["ctrl+a", "ctrl+u", "ctrl+l"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"\x1bx", ["alt+x"]),
        ("ü€🎵".encode(), ["ü", "€", "🎵"]),
    ],
)
def test_keys_have_names(data: bytes, expected: list[str]) -> None:
    assert names(data) == expected
    decoder = KeyDecoder()
    singly = [press.name for byte in data for press in decoder.feed(bytes([byte]))]
    assert singly + [press.name for press in decoder.flush()] == expected, "in one piece or byte by byte"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x1b[?62;22c",  # what a terminal says of itself
        b"\x1b[12;40R",  # where the cursor is
        b"\x1b[<0;10;20M\x1b[<0;10;20m",  # a mouse
        b"\x1b[M !!",  # an old mouse
        b"\x1b[I\x1b[O",  # the window is looked at, or not
        b"\x1b[[A",  # F1 on a Linux console
        b"\x1b[15~\x1bOP",  # F5, F1
        b"\x1b_Gi=31;OK\x1b\\",  # an answer about pictures
        b"\x1b]11;rgb:0000/0000/0000\x07",  # an answer about colours
        b"\x1bP1$r0m\x1b\\",
        b"\xff\xfe\x80",
        "\u0085\u202e\u200b".encode(),  # what cannot be seen
        b"\x00\x1c\x1f",
    ],
)
def test_what_is_no_key_is_swallowed_whole(garbage: bytes) -> None:
    assert names(garbage + b"n") == ["n"]


def test_a_broken_sequence_does_not_swallow_what_follows() -> None:
    assert names(b"\x1b[12\xc3\xa4n") == ["ä", "n"]
    assert names(b"\xc3n") == ["n"]
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b[12") == []
    assert decoder.is_waiting
    assert decoder.flush() == []
    assert decoder.feed(b"n") == [Press("n", "n")]


def test_a_pasted_text_is_one_press_and_presses_no_key() -> None:
    assert presses(b"a\x1b[200~quit\x1b[Cq\r\xc3\xa9\x1b[201~b") == [
        Press("a", "a"),
        Press(PASTED, "quit\x1b[Cq\ré"),
        Press("b", "b"),
    ]


def test_a_pasted_book_keeps_its_beginning_and_ends() -> None:
    decoder = KeyDecoder()
    decoder.feed(b"\x1b[200~")
    for _ in range(400):
        assert decoder.feed(b"word " * 200) == []
    (press, after) = decoder.feed(b"\x1b[201~n")
    assert press.name == PASTED
    assert press.text.startswith("word word")
    assert len(press.text) < 70_000
    assert after == Press("n", "n")


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_whatever_arrives_nothing_raises_and_keys_still_work(pieces: list[bytes]) -> None:
    decoder = KeyDecoder()
    for piece in pieces:
        for press in decoder.feed(piece):
            assert press.name
            assert press.name == PASTED or press.text.isprintable()
        decoder.flush()
    decoder.feed(b"\x1b[201~")  # what was being pasted is over
    decoder.flush()
    assert decoder.feed(b"n") == [Press("n", "n")]


@given(st.text(max_size=30).filter(str.isprintable))
def test_printable_text_arrives_as_it_was_typed(text: str) -> None:
    assert "".join(press.text for press in presses(text.encode())) == text


@given(st.binary(max_size=60), st.integers(0, 60))
def test_it_does_not_matter_where_the_bytes_are_cut(data: bytes, at: int) -> None:
    whole, halves = KeyDecoder(), KeyDecoder()
    assert halves.feed(data[:at]) + halves.feed(data[at:]) == whole.feed(data)
    assert halves.flush() == whole.flush()


def test_keys_of_windows() -> None:
    assert windows_press("n") == [Press("n", "n")]
    assert windows_press("\xe0", "M") == [Press("right")]
    assert windows_press("\x00", "K") == [Press("left")]
    assert windows_press("\xe0", "~") == []
    assert windows_press("\r") == [Press("enter")]
    assert windows_press("\x1b") == [Press("escape")]
    assert windows_press("ö") == [Press("ö", "ö")]
    assert windows_press("\ud83d") == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_gives_single_keys_and_is_left_as_it_was() -> None:
    import termios

    ours, theirs = pty.openpty()
    try:
        before = termios.tcgetattr(theirs)
        with os.fdopen(theirs, "rb", buffering=0, closefd=False) as file:
            keyboard = keyboard_of(file)
        keyboard.begin()
        os.write(ours, b"n\x1b[C\x13")
        found: list[Press] = []
        while len(found) < 3:
            found += keyboard.read(10)
        assert [press.name for press in found] == ["n", "right", "ctrl+s"], "Ctrl-S does not stop the terminal"
        os.write(ours, b"\x1b")
        found = keyboard.read(10) or keyboard.read(10)
        assert [press.name for press in found] == ["escape"]
        assert keyboard.read(0) == []
        during = termios.tcgetattr(theirs)
        assert not during[3] & (termios.ICANON | termios.ECHO)
        assert during[3] & termios.ISIG, "Ctrl-C stays what it is"
        keyboard.by_line(True)
        assert termios.tcgetattr(theirs)[3] == before[3]
        keyboard.by_line(False)
        keyboard.end()
        keyboard.end()
        assert termios.tcgetattr(theirs) == before
    finally:
        os.close(ours)
        os.close(theirs)


def test_where_there_is_no_terminal_there_are_no_keys() -> None:
    with open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123
        keyboard = keyboard_of(nothing)
    assert isinstance(keyboard, NoKeyboard)
    assert isinstance(keyboard_of(None), NoKeyboard)
    keyboard.begin()
    assert keyboard.read(0) == []
    keyboard.end()


# The request line -----------------------------------------------------------------------------------------------------


def typed(data: str, line: RequestLine | None = None) -> RequestLine:
    line = line or RequestLine()
    for press in presses(data.encode()):
        line = line.after(press)
    return line


LEFT, RIGHT, HOME, END, DELETE, UP, DOWN = (
    *("\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F", "\x1b[3~"),
    *("\x1b[A", "\x1b[B"),
)


@pytest.mark.parametrize(
    ("keys", "text", "cursor"),
    [
        ("mellow", "mellow", 6),
        (f"melow{LEFT}{LEFT}l", "mellow", 4),
        (f"jazz{HOME}cool ", "cool jazz", 5),
        (f"jazz{HOME}{DELETE}{END}\x7f", "az", 2),
        ("from the nineties\x17\x17", "from ", 5),
        ("cool jazz\x15", "", 0),
        (f"cool jazz{LEFT * 4}\x0b", "cool ", 5),
        (f"ab{LEFT * 9}{RIGHT * 9}c", "abc", 3),
        ("n q ?", "n q ?", 5),
        ("Bjo\u0308rk" + LEFT * 2 + "\x7f", "Bjrk", 2),
        (f"\x1b[200~two\nlines{chr(27)}[201~!", "two lines!", 10),
    ],
)
def test_a_line_is_edited(keys: str, text: str, cursor: int) -> None:
    line = typed(keys)
    assert (line.text, line.cursor) == (text, cursor)


def test_earlier_requests_come_back() -> None:
    line = typed("jazz").sent()
    line = typed("rock", line).sent()
    line = typed("jazz", line).sent()
    assert line.earlier == ("rock", "jazz")
    assert typed(UP, line).text == "jazz"
    assert typed(UP * 5, line).text == "rock"
    assert typed(UP * 2 + DOWN * 2, line).text == ""
    assert typed(f"{UP} please", line).text == "jazz please"


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_a_line_stays_whole_whatever_is_pressed(pieces: list[bytes]) -> None:
    line = RequestLine(earlier=("one", "two"), at=2)
    for piece in pieces:
        for press in presses(piece):
            line = line.after(press)
            assert 0 <= line.cursor <= len(line.text) <= MOST_CHARACTERS
            assert line.text.isprintable()
