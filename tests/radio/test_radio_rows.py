from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_plans import texts
from rich.cells import cell_len

from aidj.radio.cleaning import clean, safe
from aidj.radio.rows import apart, cells, clock, crop, filled, fit, wrapped

anything = st.text(st.characters(codec=None), max_size=60) | texts
widths = st.integers(-3, 60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "�[31mred�"),
        ("one\ntwo\tthree\u2028four", "one two three four"),
        ("left\u202eright\u2066\u200b\ufeff", "leftright"),
        ("a\udcffb", "a�b"),
        ("\U0010eeee", "�"),  # kitty takes it for a piece of a picture
        ("e\u0301" + "\u0301" * 50, "e\u0301\u0301"),
        ("👍🏽 🇫🇷 👩\u200d💻 ❤\ufe0f", "👍 FR 👩💻 ❤"),
        ("[bold]not markup[/]", "[bold]not markup[/]"),
    ],
)
def test_what_steers_a_terminal_is_left_out(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(anything)
def test_what_is_left_only_takes_up_cells(text: str) -> None:
    shown = safe(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert cell_len(shown) == sum(map(cell_len, shown))  # no terminal joins any of it to a sign of another width
    assert safe(shown) == shown


@given(anything, st.integers(0, 70))
def test_the_beginning_of_a_text_is_the_beginning_of_what_is_shown(text: str, n: int) -> None:
    assert safe(text).startswith(safe(text[:n]))


@given(anything, widths)
def test_a_text_is_cut_to_its_width(text: str, width: int) -> None:
    text = clean(text)
    cut = fit(text, width)
    assert cell_len(cut) <= max(0, width)
    if cell_len(text) <= width:
        assert cut == text


@given(anything, anything, st.integers(0, 60))
def test_a_row_fills_its_width(left: str, right: str, width: int) -> None:
    one, two = ((clean(left), "bold"),), ((clean(right), ""),)
    assert cells(filled((*one, *two), width)) == width
    assert cells(apart(one, two, width)) <= width
    assert cells(crop((*one, *two), width)) <= width


@given(anything, widths)
def test_a_wrapped_text_loses_nothing_but_spaces(text: str, width: int) -> None:
    text = safe(text)
    lines = [text[start:end] for start, end in wrapped(text, width)]
    if width >= 2:
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(0 < cell_len(line) <= width for line in lines if any(map(cell_len, line)))


def test_words_are_kept_whole_where_they_fit() -> None:
    text = "one two, three four"
    assert [text[start:end] for start, end in wrapped(text, 9)] == ["one two,", "three", "four"]


def test_a_word_wider_than_a_line_is_broken() -> None:
    text = "ab abcdefgh 青い灯台"
    assert [text[start:end] for start, end in wrapped(text, 3)] == ["ab", "abc", "def", "gh", "青", "い", "灯", "台"]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (59.99, "0:59"),
        (61, "1:01"),
        (3661, "1:01:01"),
        (-5, "0:00"),
        (math.nan, "0:00"),
        (1e12, "99:59:59"),
    ],
)
def test_a_time_is_never_more_than_has_passed(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
