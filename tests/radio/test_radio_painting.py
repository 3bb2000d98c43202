from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_radio import RATE, SmallTerminal, console, playing, sent, speaking

from aidj.radio.cleaning import safe
from aidj.radio.meter import Level
from aidj.radio.painting import Line, Painter, Screenful, encodable, shows
from aidj.radio.rows import filled
from aidj.radio.signs import NEEDED
from aidj.radio.view import screen


def full(*rows: str, columns: int = 20) -> Screenful:
    return Screenful(columns=columns, lines=tuple(Line(row=((row, "bold"),)) for row in rows))


def test_only_what_changed_is_written() -> None:
    out = console(20, 3)
    painter = Painter(out)
    assert painter.paint(full("one", "two", "three"))
    assert "two" in sent(out)
    assert not painter.paint(full("one", "two", "three"))
    assert sent(out) == ""
    assert painter.paint(full("one", "2", "three"))
    written = sent(out)
    assert "2" in written
    assert "one" not in written
    assert "three" not in written
    assert "\x1b[2J" not in written, "nothing is cleared, so nothing flickers"


def test_everything_is_written_when_somebody_else_has_been_there() -> None:
    out = console(20, 2)
    painter = Painter(out)
    painter.paint(full("one", "two"))
    sent(out)
    painter.forget()
    assert painter.paint(full("one", "two"))
    assert "one" in sent(out)


def test_another_size_is_a_new_screen() -> None:
    out = console(20, 3)
    painter = Painter(out)
    painter.paint(full("one", "two"))
    sent(out)
    painter.paint(full("one", "two", "three"))
    assert "\x1b[2J" in sent(out)


def test_a_second_of_the_radio_writes_few_bytes() -> None:
    out = console(200, 60)
    painter = Painter(out)
    state = speaking(playing(), 0, 3)
    for n in range(11):
        painter.paint(screen(state, frame=n * 100, rate=RATE, level=Level(rms_db=-14 - n, peak_db=-3), size=(200, 60)))
        if n == 0:
            sent(out)
    assert len(sent(out)) < 6000


row_texts = st.text("ab 青\u0301é", max_size=24).map(safe)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(row_texts, min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_terminal_shows_the_last_screen_whatever_was_there(screens: list[list[str]]) -> None:
    out, terminal = console(20, 3), SmallTerminal(20, 3)
    painter = Painter(out)
    for rows in screens:
        painter.paint(full(*rows))
        terminal.take(sent(out))
        expected = ["".join(text for text, _ in filled(((row, ""),), 20)).rstrip() for row in rows]
        assert terminal.text() == expected


def test_the_terminal_shows_a_whole_session() -> None:
    out, terminal = console(80, 24), SmallTerminal(80, 24)
    painter = Painter(out)
    for n in range(40):
        state = speaking(playing(), 0, n // 2)
        painted = screen(state, frame=n * 5000, rate=RATE, level=Level(rms_db=-n, peak_db=-n / 2), size=(80, 24))
        painter.paint(painted)
        terminal.take(sent(out))
        fresh = SmallTerminal(80, 24)
        Painter(out).paint(painted)
        fresh.take(sent(out))
        assert terminal.text() == fresh.text()
    assert terminal.text()[2] == "♪ Song 0"


def test_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="latin-1") as file:
        out = console(20, 1, file=file, color_system=None)
        assert not shows(out, NEEDED)
        assert shows(out, "é")
        assert encodable(out, "é青") == "é?"
        Painter(out).paint(full("é青♪"))
    assert "é??" in (tmp_path / "out").read_text("latin-1")
