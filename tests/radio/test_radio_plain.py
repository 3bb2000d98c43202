from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from made_up_plans import texts
from made_up_radio import ITEMS, PLAN, RATE, TEXT, TRACKS, console, made_item, made_track, playing, sent

from aidj.model import Item, Link
from aidj.radio.helping import KeyHelp
from aidj.radio.plain import PlainLog, line_of
from aidj.radio.state import RadioState, after, with_plan
from aidj.session import (
    Answered,
    Ended,
    Event,
    LinkStarted,
    Paused,
    PlanChanged,
    Problem,
    Resumed,
    SetChanged,
    Skipped,
    TrackStarted,
    Underrun,
    Word,
)

EVENTS: tuple[tuple[Event, str], ...] = (
    (
        TrackStarted(frame=0, item=ITEMS[0], track=TRACKS[0], plays_s=185.9),
        "Now: Artist 0: Song 0, 3:05 (forgotten favourite: 41 listens, none for 417 days)",
    ),
    (LinkStarted(frame=0, link=Link(kind="intro", text=TEXT)), f"Presenter: {TEXT}"),
    (LinkStarted(frame=0, link=Link(kind="intro")), ""),
    (Word(frame=0, text="That", start_char=0, length=4), ""),
    (SetChanged(frame=0, theme="songs of the sea"), "Set: songs of the sea"),
    (PlanChanged(frame=0, why="it was asked for"), "Other songs come next: it was asked for"),
    (Skipped(frame=0, item=ITEMS[0], after_s=65.9), "Left after 1:05: Artist 0: Song 0"),
    (Paused(frame=0), "Paused"),
    (Resumed(frame=0), "Goes on"),
    (Answered(frame=0, asked="rain", text="Songs about rain."), "Asked for: rain. Songs about rain."),
    (Underrun(frame=0, frames=9), "Warning: nothing was ready to be played for a moment"),
    (Problem(frame=0, text="no voice"), "Warning: no voice"),
    (Ended(frame=0, reason="stopped"), "The session has ended: stopped"),
)


@pytest.mark.parametrize(("event", "line"), EVENTS, ids=lambda value: type(value).__name__)
def test_each_happening_is_one_line(event: Event, line: str) -> None:
    screen = console(color_system=None, force_terminal=False)
    PlainLog(screen, stamps=False).tell(event)
    assert sent(screen) == (f"{line}\n" if line else "")


def test_a_log_has_the_time_of_day() -> None:
    screen = console()
    moment = datetime(2026, 11, 21, 20, 4, 9, tzinfo=timezone(timedelta(hours=2)))
    PlainLog(screen, stamps=True, clock=lambda: moment).say("hello")
    assert sent(screen) == "20:04:09 hello\n"


def test_a_long_line_is_not_broken() -> None:
    screen = console(columns=20)
    PlainLog(screen, stamps=False).say("word " * 40)
    assert sent(screen).count("\n") == 1


def test_where_it_is() -> None:
    screen = console()
    log = PlainLog(screen, stamps=False)
    log.where(RadioState(), 0, RATE)
    assert sent(screen) == "Nothing plays yet.\n"
    log.where(after(playing(), Paused(frame=65_000)), 99_000, RATE)
    assert sent(screen) == (
        "Now: Artist 0: Song 0, 1:05 of 3:20. forgotten favourite: 41 listens, none for 417 days. Paused.\n"
        "Set: songs of the sea.\nNext: Artist 1: Song 1.\n"
    )
    log.where(replace(with_plan(RadioState(), PLAN), lost=True), 0, RATE)
    assert sent(screen) == (
        "Coming up: Artist 0: Song 0. forgotten favourite: 41 listens, none for 417 days. "
        "The sound device has gone; space tries another one.\nNext: Artist 1: Song 1.\n"
    )
    log.where(after(playing(), Ended(frame=1, reason="stopped")), 5, RATE)
    assert sent(screen) == "The session has ended: stopped\n"


def test_why_it_ended_is_said_once() -> None:
    screen = console()
    log = PlainLog(screen, stamps=False)
    log.tell(Problem(frame=0, text="There is no music."))
    log.tell(Ended(frame=0, reason="There is no music."))
    assert sent(screen) == "Warning: There is no music.\nThe session has ended.\n"


def test_keys_are_said_one_by_one() -> None:
    screen = console()
    PlainLog(screen, stamps=False).keys([KeyHelp(keys="s", text="Skip"), KeyHelp(keys="q", text="Quit")])
    assert sent(screen) == "Key s: Skip.\nKey q: Quit.\n"


def test_a_terminal_of_another_encoding_gets_what_it_can_show(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with path.open("w", encoding="latin-1") as file:
        PlainLog(console(file=file), stamps=False).say("Müller – 青い")
    assert path.read_text("latin-1") == "Müller ? ??\n"


@given(texts, texts)
def test_what_comes_from_outside_is_only_text(name: str, why: str) -> None:
    screen = console()
    track = made_track(name, why)
    item: Item = made_item(track, why=why)
    PlainLog(screen, stamps=False).tell(TrackStarted(frame=0, item=item, track=track, plays_s=1.0))
    line = sent(screen)
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert line[:-1].isprintable()


def test_markup_in_a_title_is_printed_as_it_stands() -> None:
    event = SetChanged(frame=0, theme="[bold red]loud[/] :smile:")
    screen = console()
    PlainLog(screen, stamps=False).tell(event)
    assert sent(screen) == f"{line_of(event)}\n"
    assert "[bold red]loud[/] :smile:" in line_of(event)


def test_sets_of_one_theme_are_announced_once() -> None:
    screen = console()
    log = PlainLog(screen, stamps=False)
    for theme in ("songs of the sea", "songs of the sea", "new songs", "songs of the sea"):
        log.tell(SetChanged(frame=0, theme=theme))
    assert sent(screen) == "Set: songs of the sea\nSet: new songs\nSet: songs of the sea\n"
