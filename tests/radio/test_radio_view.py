from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_plans import texts
from made_up_radio import (
    PLAN,
    RATE,
    TEXT,
    console,
    lines_of,
    made_item,
    made_plan,
    made_track,
    playing,
    sent,
    speaking,
    widths_of,
)
from rich.live import Live

from aidj.model import Link
from aidj.radio.helping import KeyHelp
from aidj.radio.meter import Level
from aidj.radio.noting import GONE
from aidj.radio.signs import NEEDED
from aidj.radio.state import RadioState, after, with_liked, with_message, with_plan, with_warning
from aidj.radio.view import screen
from aidj.session import Answered, Ended, LinkStarted, Paused, SetChanged, TrackStarted, Word

KEYS = tuple(
    KeyHelp(keys=keys, short=short, text=text)
    for keys, short, text in (
        ("space", "pause", "Pause, and go on"),
        ("n", "skip", "Go on to the next song"),
        ("b", "back", "This song again"),
        ("l", "like", "More of this"),
        ("d", "dislike", "Not now"),
        ("c", "other set", "Leave this set"),
        ("r", "request", "Ask for something"),
        ("h", "hush", "Stop what is being said"),
        ("x", "", "Never again"),
        ("?", "keys", "Show this list"),
        ("q", "quit", "End now"),
    )
)
LEVEL = Level(rms_db=-14.0, peak_db=-3.0)
SIZES = ((80, 24), (200, 60), (120, 22), (40, 12))


def shown(state: RadioState, size: tuple[int, int] = (80, 24), frame: int = 65_500, **other: Any) -> list[str]:
    """Return the lines of a screen as a terminal prints them."""
    arguments: dict[str, Any] = {"level": LEVEL, "keys": KEYS, **other}
    out = console(*size, color_system=None)
    out.print(screen(state, frame=frame, rate=RATE, size=size, **arguments), end="")
    text = sent(out)
    assert widths_of(text) == {size[0]}
    lines = lines_of(text)
    assert len(lines) == size[1]
    return lines


def line_with(lines: Sequence[str], text: str) -> str:
    found = [line for line in lines if text in line]
    assert found, f"{text!r} is nowhere in\n" + "\n".join(lines)
    return found[0]


@pytest.mark.parametrize("size", SIZES)
def test_all_that_matters_is_on_the_screen(size: tuple[int, int]) -> None:
    state = speaking(playing(made_track(), made_item(made_track())), 60_000, 3)
    lines = shown(state, size)
    text = "\n".join(lines)
    for wanted in ("songs of the sea", "Paper Lanterns", "Marble Harbour", "forgotten favourite: 41 listens", "1:05"):
        assert wanted in text
    for wanted in ("3:20", "-14 dB", "That was Paper", "Song 1", "Song 2", "space pause", "? keys"):
        assert wanted in text
    assert "Lanterns by" not in text, "never ahead of the sound"


def test_a_screen_of_the_usual_size() -> None:
    state = speaking(playing(made_track(), made_item(made_track())), 60_000, 11)
    lines = shown(state)
    assert lines[0] == "aidj radio · songs of the sea                          talk normal · full volume"
    assert lines[2:6] == [
        "♪ Paper Lanterns",
        "  Marble Harbour",
        "  Tin Weather · 1994",
        "  forgotten favourite: 41 listens, none for 417 days",
    ]
    assert lines[10:12] == ["▌ That was Paper Lanterns by Marble Harbour. Here are songs you", ""]
    assert lines[14:17] == [
        "Next",
        "  Artist 1 – Song 1                                  forgotten favourite    3:20",
        "  Artist 2 – Song 2                                  forgotten favourite    3:20",
    ]
    assert lines[17].strip() == "songs from the nineties"


def test_a_large_screen_says_why_the_next_ones_come() -> None:
    lines = shown(playing(), (200, 60))
    assert sum("Artist" in line for line in lines) >= 10
    assert sum("forgotten favourite: 41 listens" in line for line in lines) >= 10


def test_a_small_screen_without_room_for_the_artist_names_both() -> None:
    assert "Artist 0 – Song 0" in "\n".join(shown(playing(), (40, 6)))


def test_words_come_one_by_one_and_nothing_else_moves() -> None:
    state = speaking(playing(), 1000, 0)
    before = shown(state, frame=1000)
    said = ""
    for n in range(1, len(TEXT.split()) + 1):
        now = shown(speaking(playing(), 1000, n), frame=1000)
        changed = [line for line, was in zip(now, before, strict=True) if line != was]
        said = " ".join(line.removeprefix("▌ ") for line in changed)
        assert said == " ".join(TEXT.split()[:n])
    assert said == TEXT


def test_a_long_text_turns_its_pages() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    state = playing()
    first = "\n".join(shown(speaking(state, 60_000, 10, text)))
    assert "word0 " in first
    last = "\n".join(shown(speaking(state, 60_000, 60, text)))
    assert "word59" in last
    assert "word0 " not in last


def test_a_text_of_wide_letters_is_shown_as_far_as_it_is_said() -> None:
    text = "青い 灯台 夜明け の 歌"
    lines = shown(speaking(playing(), 65_000, 3, text))
    assert line_with(lines, "青い") == "▌ 青い 灯台 夜明け"


def test_a_hostile_character_before_a_word_does_not_bring_the_next_one_early() -> None:
    text = "a\u202eb c\u0301\u0301\u0301\u0301d secret words"
    state = after(playing(), LinkStarted(frame=0, link=Link(kind="intro", text=text)))
    first_two = text.index(" secret")
    state = after(state, Word(frame=0, text="", start_char=first_two - 3, length=3))
    assert "secret" not in "\n".join(shown(state))


def test_the_bar_grows_with_the_song_and_never_moves() -> None:
    state = playing()
    bars = [shown(state, frame=frame)[7] for frame in range(0, 200_001, 20_000)]
    lengths = [bar.count("━") for bar in bars]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert "─" not in bars[-1]
    assert len({bar.rindex("3:20") for bar in bars}) == 1
    assert shown(replace(state, upcoming=()), frame=900_000)[7] == bars[-1], "never beyond its length"


def test_the_level_is_a_length_a_mark_and_a_number() -> None:
    def meter(level: Level | None) -> str:
        return line_with(shown(playing(), level=level), "level")

    assert meter(None).split() == ["level", "silent"]
    loud, soft = meter(Level(rms_db=-6, peak_db=-1)), meter(Level(rms_db=-30, peak_db=-20))
    assert loud.count("▄") > 2 * soft.count("▄") > 0
    assert "│" in soft
    assert "-30 dB" in soft
    assert meter(Level(rms_db=0, peak_db=0)).count("▄") > 60
    assert meter(Level(rms_db=12, peak_db=20)).count("▄") > 60


def test_a_pause_is_said_in_words() -> None:
    lines = shown(after(playing(), Paused(frame=30_000)))
    assert line_with(lines, "paused")
    assert line_with(lines, "0:30")
    assert line_with(lines, "‖ Song 0")


def test_before_the_first_song_and_after_the_last() -> None:
    assert "Getting the first song ready" in "\n".join(shown(RadioState()))
    ended = after(playing(), Ended(frame=1, reason="the plan is over"))
    assert "The session has ended: the plan is over." in "\n".join(shown(ended))


@pytest.mark.parametrize("size", SIZES)
def test_before_the_first_song_the_one_that_comes_is_named(size: tuple[int, int]) -> None:
    state = speaking(with_plan(RadioState(), PLAN), 0, 3)
    text = "\n".join(shown(state, size, frame=1000))
    assert "Coming up: " in text
    assert "Getting the first song ready" not in text
    assert text.count("Song 0") == 1
    assert "forgotten favourite: 41 listens" in text
    assert "That was Paper" in text
    assert "0:00" not in text


def test_between_two_songs_the_next_one_is_named_and_at_the_very_end_none() -> None:
    state = playing()
    assert line_with(shown(state, frame=200_000), "♪ Song 0")
    assert line_with(shown(state, frame=201_000), "Coming up: Song 1")
    assert line_with(shown(replace(state, upcoming=()), frame=201_000), "♪ Song 0")


def test_what_was_said_goes_some_seconds_after_its_last_word() -> None:
    state = speaking(playing(), 60_000, len(TEXT.split()))
    for frame, is_there in ((62_000, True), (72_000, True), (75_000, False)):
        assert ("That was Paper" in "\n".join(shown(state, frame=frame))) is is_there


def test_settings_are_in_words() -> None:
    state = replace(playing(), volume_db=-9.0, talk="rare")
    assert "talk rare · volume -9 dB" in shown(state)[0]
    assert "muted" in shown(replace(state, volume_db=-60.0))[0]


def test_a_liked_song_says_so() -> None:
    assert "liked" in line_with(shown(with_liked(playing())), "Song 0")


def test_a_message_is_shown_for_a_while() -> None:
    state = with_message(playing(), "More like this from now on.", 60_000)
    assert line_with(shown(state, frame=61_000), "More like this")
    assert "More like this" not in "\n".join(shown(state, frame=90_000))


def test_answers_and_warnings_share_the_lines_above_the_keys() -> None:
    state = after(playing(), Answered(frame=60_000, asked="rain", text="Songs about rain."))
    state = with_warning(with_message(state, "Asked.", 60_000), "The voice does not answer.", 60_000)
    lines = shown(state, (200, 60), frame=61_000)
    place = lines.index("Asked.")
    assert lines[place + 1 : place + 3] == ["rain: Songs about rain.", "! The voice does not answer."]
    assert "The voice" not in "\n".join(shown(state, (200, 60), frame=200_000))


@pytest.mark.parametrize(("size", "seen_s"), [((80, 24), 30), ((60, 15), 30), ((200, 60), 30)])
def test_a_long_answer_is_shown_in_full_whatever_goes_wrong(size: tuple[int, int], seen_s: int) -> None:
    words = [f"wish{n:02}" for n in range(45)]
    state = after(playing(), Answered(frame=60_000, asked="much", text=" ".join(words)))
    short = len(shown(playing(), size)[-1])
    for n in range(4):
        state = with_warning(state, f"Problem {n}: " + "something could not be reached " * 6, 61_000)
    lines = shown(with_message(state, "Liked.", 60_000), size, frame=60_000 + 1000 * seen_s)
    assert " ".join(lines).split().count("wish44") == 1
    assert [word for word in " ".join(lines).split() if word.startswith("wish")] == words
    assert len(lines[-1]) == short, "the keys stay where they are"
    assert lines[: size[1] // 2] == shown(playing(), size, frame=60_000 + 1000 * seen_s)[: size[1] // 2]


def test_why_a_song_was_chosen_is_read_to_its_end() -> None:
    why = "41 listens, none for 417 days; gave way for it: no artist twice within an hour; no more than two of a decade"
    text = " ".join(shown(with_message(playing(), why, 65_000)))
    assert why in " ".join(text.split())


def test_one_line_is_enough_for_a_warning() -> None:
    assert line_with(shown(with_warning(playing(), "No voice.", 65_000), (40, 12)), "! No voice.")


@pytest.mark.parametrize("size", SIZES)
def test_a_lost_device_is_said_before_anything_else(size: tuple[int, int]) -> None:
    state = replace(with_message(playing(), "No other device is there.", 65_000), lost=True)
    lines = shown(state, size)
    assert line_with(lines, "! The sound device has")
    assert line_with(lines, "No other device")
    assert line_with(lines, "no sound device: space")
    assert line_with(lines, "! Song 0")
    assert "♪" not in "".join(lines)
    assert "▄" not in "".join(lines)
    assert "".join(shown(with_message(state, GONE, 65_000), size)).count("The sound device has") == 1


@pytest.mark.parametrize("size", [*SIZES, (20, 4)])
def test_what_is_typed_is_in_sight_with_its_cursor(size: tuple[int, int]) -> None:
    typed = "something mellow from the nineties, and nothing with drums " * 4
    assert "Request: someth" in "\n".join(shown(playing(), size, typed="something"))
    end = "\n".join(shown(playing(), size, typed=typed + "END"))
    assert "END" in end
    start = "\n".join(shown(playing(), size, typed="START" + typed, cursor=0))
    assert "START" in start


def test_what_is_typed_stands_in_the_place_of_a_message() -> None:
    state = with_message(playing(), "a long message " * 12 + "END", 65_000)
    assert "END" in "\n".join(shown(state))
    assert "message" not in "\n".join(shown(state, typed="x"))


def test_the_cursor_is_where_it_should_be() -> None:
    out = console()
    out.print(
        screen(playing(), frame=0, rate=RATE, level=None, size=(80, 24), keys=KEYS, typed="abc", cursor=1), end=""
    )
    assert "a\x1b[7mb\x1b[0mc" in sent(out)


@pytest.mark.parametrize("size", SIZES)
def test_the_list_of_keys_names_them_all(size: tuple[int, int]) -> None:
    lines = shown(playing(), size, show_keys=True)
    text = "\n".join(lines)
    for key in KEYS:
        assert key.text[:6] in text or (key.short and f" {key.short}" in text)
    assert "? close this list" in lines[-1]


@pytest.mark.parametrize("columns", [200, 80, 60, 40, 20, 9])
def test_the_key_that_lists_all_keys_is_always_there(columns: int) -> None:
    assert shown(playing(), (columns, 12))[-1].endswith("? keys")


def test_a_terminal_of_ascii_gets_ascii_only() -> None:
    state = with_warning(with_liked(speaking(playing(), 0, 9)), "No voice.", 65_000)
    for size in SIZES:
        for other in ({}, {"show_keys": True}, {"typed": "x"}):
            assert "\n".join(shown(state, size, blocks=False, **other)).isascii()


def test_the_signs_that_are_drawn_are_those_that_are_asked_for() -> None:
    state = after(with_liked(speaking(playing(), 0, 9)), Paused(frame=30_500))
    drawn = {char for size in SIZES for line in shown(state, size) for char in line if not char.isascii()}
    drawn |= {char for size in SIZES for line in shown(playing(), size) for char in line if not char.isascii()}
    assert drawn <= set(NEEDED)


def test_colour_says_nothing_alone() -> None:
    state = with_warning(with_liked(speaking(playing(), 0, 9)), "No voice.", 65_000)
    out = console(no_color=True)
    out.print(screen(state, frame=65_000, rate=RATE, level=LEVEL, size=(80, 24), keys=KEYS), end="")
    text = sent(out)
    assert "\x1b[3" not in text.replace("\x1b[3m", ""), "no colour at all, italics aside"
    for word in ("liked", "! ", "forgotten favourite"):
        assert word in text


def test_rich_live_can_show_it() -> None:
    out = console(80, 24)
    with Live(console=out, screen=True, auto_refresh=False) as live:
        live.update(screen(playing(), frame=0, rate=RATE, level=LEVEL, size=(80, 24), keys=KEYS), refresh=True)
    assert "Song 0" in sent(out)


hostile = texts | st.text(st.characters(codec=None), max_size=300) | st.text("青😀e\u0301\u202e\x1b[m ", max_size=80)
levels = st.none() | st.builds(Level, rms_db=st.floats(allow_nan=False), peak_db=st.floats(allow_nan=False))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.tuples(st.integers(0, 230), st.integers(0, 70)),
    st.lists(hostile, min_size=8, max_size=8),
    st.integers(0, 10**6),
    st.floats(0, 1e6),
    levels,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 400),
)
def test_no_tag_and_no_size_breaks_the_screen(
    size: tuple[int, int],
    words: list[str],
    frame: int,
    plays_s: float,
    level: Level | None,
    blocks: bool,
    show_keys: bool,
    has_art: bool,
    cursor: int | None,
) -> None:
    track = made_track(words[0], words[1], album=words[2])
    item = replace(made_item(track, why=words[3]), rules=(words[4],))
    state = after(RadioState(), SetChanged(frame=0, theme=words[5]))
    state = after(state, TrackStarted(frame=0, item=item, track=track, plays_s=plays_s))
    state = with_plan(state, made_plan((words[5], (item,)), (words[6], (item, item, item))))
    state = after(state, LinkStarted(frame=0, link=Link(kind="intro", text=words[7])))
    state = after(state, Word(frame=0, text="", start_char=0, length=len(words[7]) // 2))
    state = with_warning(with_message(state, words[0], frame), words[1], frame)
    state = after(with_liked(state), Answered(frame=frame, asked=words[2], text=words[3]))
    columns, lines = max(1, size[0]), max(1, size[1])
    out = console(columns, lines, color_system=None)
    for typed in (None, words[4]):
        full = screen(
            state,
            frame=frame,
            rate=RATE,
            level=level,
            size=size,
            keys=KEYS,
            show_keys=show_keys,
            typed=typed,
            cursor=cursor,
            has_art=has_art,
            blocks=blocks,
        )
        out.print(full, end="")
        text = sent(out)
        assert len(text.split("\n")) == lines
        assert widths_of(text) == {columns}
        assert all(line.isprintable() for line in text.split("\n")), "no escape, no control"
