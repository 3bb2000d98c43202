from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_radio import ITEMS, PLAN, RATE, TEXT, TRACKS, made_plan, playing, speaking

from aidj.model import Item, Link, Plan
from aidj.radio.state import (
    MOST_WARNINGS,
    RadioState,
    after,
    with_liked,
    with_message,
    with_plan,
    with_warning,
)
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


def begun(state: RadioState, n: int, frame: int) -> RadioState:
    return after(state, TrackStarted(frame=frame, item=ITEMS[n], track=TRACKS[n], plays_s=200.0))


def test_nothing_has_happened_yet() -> None:
    state = RadioState()
    assert state.position_s(5000, RATE) == 0.0
    assert state.length_s() == 0.0
    assert state.spoken_chars(5000, RATE) == 0


def test_a_song_is_counted_from_its_first_frame() -> None:
    state = playing(at=3000)
    assert state.position_s(3000, RATE) == 0.0
    assert state.position_s(4500, RATE) == 1.5
    assert state.length_s() == 200.0


def test_a_pause_stops_the_position_and_is_taken_out() -> None:
    state = after(playing(at=1000), Paused(frame=3000))
    assert state.paused
    assert state.position_s(9000, RATE) == 2.0
    state = after(state, Resumed(frame=10_000))
    assert not state.paused
    assert state.position_s(11_000, RATE) == 3.0


def test_a_song_that_begins_after_a_pause_is_counted_from_there() -> None:
    state = after(after(playing(), Paused(frame=1000)), Resumed(frame=6000))
    assert begun(state, 1, 8000).position_s(9000, RATE) == 1.0


def test_a_gap_in_the_sound_is_taken_out() -> None:
    assert after(playing(), Underrun(frame=2000, frames=500)).position_s(4000, RATE) == 3.5


def test_ending_while_paused_ends_the_pause() -> None:
    state = after(after(playing(), Paused(frame=1000)), Ended(frame=2000, reason="stopped"))
    assert (state.paused, state.ended, state.upcoming) == (False, "stopped", ())


@given(st.lists(st.tuples(st.integers(1, 500), st.sampled_from(("pause", "resume", "gap", "nothing"))), max_size=30))
def test_the_position_never_goes_back_and_never_ahead(steps: list[tuple[int, str]]) -> None:
    state, frame, before = playing(), 0, 0.0
    for length, what in steps:
        event: dict[str, Event] = {
            "pause": Paused(frame=frame),
            "resume": Resumed(frame=frame),
            "gap": Underrun(frame=frame, frames=length),
        }
        if what == "gap" and state.paused:
            continue  # nothing is read from the mixer in a pause
        state = after(state, event[what]) if what in event else state
        frame += length
        position_s = state.position_s(frame, RATE)
        assert before <= position_s <= frame / RATE
        before = position_s


def test_only_words_that_have_come_are_spoken() -> None:
    state = speaking(playing(), 1000, 2)
    assert TEXT[: state.spoken_chars(999_999, RATE)] == "That was"
    assert speaking(playing(), 1000, 0).spoken_chars(1000, RATE) == 0


def test_words_without_times_are_guessed_late_and_whole() -> None:
    state = after(playing(), LinkStarted(frame=1000, link=Link(kind="intro", text=TEXT, speech_s=8.0)))
    assert state.spoken_chars(2000, RATE) == 0
    halfway = TEXT[: state.spoken_chars(6000, RATE)]
    assert 0 < len(halfway) <= len(TEXT) * 4 / 8 + 1
    assert TEXT[len(halfway)] == " "
    assert state.spoken_chars(10_000, RATE) == len(TEXT)


def test_words_without_times_or_length_come_at_last() -> None:
    state = after(playing(), LinkStarted(frame=0, link=Link(kind="intro", text=TEXT)))
    assert 0 < state.spoken_chars(4 * RATE, RATE) < len(TEXT)
    assert state.spoken_chars(60 * RATE, RATE) == len(TEXT)


def test_the_guess_stands_still_in_a_pause() -> None:
    state = after(playing(), LinkStarted(frame=0, link=Link(kind="intro", text=TEXT, speech_s=8.0)))
    state = after(state, Paused(frame=4000))
    assert state.spoken_chars(60_000, RATE) == state.spoken_chars(4000, RATE)


def test_a_voice_that_tells_its_words_is_never_guessed() -> None:
    state = speaking(speaking(playing(), 0, 3), 9000, 0)
    assert state.spoken_chars(60 * RATE, RATE) == 0


def test_a_link_without_a_text_says_nothing() -> None:
    state = after(playing(), LinkStarted(frame=0, link=Link(kind="intro")))
    assert state.spoken_chars(60_000, RATE) == 0


def test_a_word_before_any_link_changes_nothing() -> None:
    assert after(playing(), Word(frame=5, text="x", start_char=0, length=1)) == playing()


def test_the_theme_follows_the_sets() -> None:
    assert after(playing(), SetChanged(frame=5, theme="rain")).theme == "rain"


def test_warnings_are_the_last_few_each_once() -> None:
    state = RadioState()
    for n in range(MOST_WARNINGS + 3):
        state = after(state, Problem(frame=n, text=f"problem {n}"))
    state = with_warning(state, "problem 4", 99)
    texts = [note.text for note in state.warnings]
    assert len(texts) == MOST_WARNINGS
    assert texts[-2:] == [f"problem {MOST_WARNINGS + 2}", "problem 4"]
    assert texts.count("problem 4") == 1


def test_answers_and_messages() -> None:
    answer = Answered(frame=3, asked="rain", text="songs about rain")
    state = with_message(after(playing(), answer), "Liked.", 7)
    assert state.answer == answer
    assert state.message is not None
    assert (state.message.text, state.message.frame) == ("Liked.", 7)
    changed = after(state, PlanChanged(frame=9, why="it was asked for")).message
    assert changed is not None
    assert "it was asked for" in changed.text


def test_what_is_said_for_a_song_goes_with_another_one() -> None:
    link = Link(kind="intro", text=TEXT, speech_s=8.0)
    plan = made_plan(("one", (ITEMS[0], link, ITEMS[1], ITEMS[2])))
    state = with_plan(after(playing(), LinkStarted(frame=100, link=link)), plan)
    assert begun(state, 1, 200).said == state.said, "it is said over the beginning of its song"
    assert begun(begun(state, 1, 200), 2, 300).said is None
    assert begun(state, 2, 200).said is None, "its song was skipped"


def test_what_is_said_over_a_song_goes_with_the_next_one() -> None:
    link = Link(kind="intro", text=TEXT, speech_s=8.0)
    plan = made_plan(("one", (link, ITEMS[0], ITEMS[1])))
    state = with_plan(after(playing(), LinkStarted(frame=100, link=link)), plan)
    assert state.said is not None
    assert begun(state, 1, 200).said is None


def test_what_was_hushed_is_over_and_goes_no_further() -> None:
    link = Link(kind="intro", text=TEXT, speech_s=8.0, starts_s=0.1)
    state = after(playing(), LinkStarted(frame=0, link=link))
    assert state.silent_s(4000, RATE) < 0
    state = with_plan(state, made_plan(("one", (replace(link, cut_s=3.0), ITEMS[0], ITEMS[1]))))
    assert state.silent_s(4000, RATE) == 1.0
    assert state.spoken_chars(60_000, RATE) == state.spoken_chars(4000, RATE) < len(TEXT) / 2


def test_silence_is_counted_from_the_last_word() -> None:
    assert RadioState().silent_s(5000, RATE) == inf
    state = speaking(playing(), 1000, 3)
    assert state.silent_s(1500, RATE) <= 0
    assert state.silent_s(12_000, RATE) == 3.0
    late = after(state, Word(frame=11_000, text="late", start_char=20, length=4))
    assert late.silent_s(12_000, RATE) == 1.0


def placed(*starts_s: float | None) -> tuple[Item, ...]:
    return tuple(replace(item, starts_s=start_s) for item, start_s in zip(ITEMS, starts_s, strict=False))


def first_of(plan: Plan) -> RadioState:
    item = plan.sets[0].entries[0]
    assert isinstance(item, Item)
    return with_plan(after(RadioState(), TrackStarted(frame=0, item=item, track=TRACKS[0], plays_s=200.0)), plan)


def test_a_song_is_as_long_as_until_the_next_one_begins() -> None:
    songs = placed(5.0, 185.0, None)
    assert first_of(made_plan(("one", songs))).length_s() == 180.0
    assert first_of(made_plan(("one", songs[:1]))).length_s() == 200.0
    link = Link(kind="intro", text=TEXT, starts_s=205.5)
    spoken = first_of(made_plan(("one", (songs[0], link, *placed(0.0, 214.0)[1:]))))
    assert spoken.length_s() == pytest.approx(200.5)
    assert spoken.coming(200_400, RATE) is None
    assert spoken.coming(202_000, RATE) == spoken.upcoming[0]


def test_a_song_that_is_skipped_ends_there_and_grows_again_where_it_is_not() -> None:
    songs = placed(5.0, 185.0)
    state = first_of(made_plan(("one", songs)))
    cut = with_plan(state, made_plan(("one", (replace(songs[0], cut_s=40.0), *placed(0.0, 45.0)[1:]))))
    assert cut.length_s() == 40.0
    assert cut.position_s(40_000, RATE) == cut.position_s(45_000, RATE) == 40.0
    assert with_plan(cut, made_plan(("one", songs))).length_s() == 180.0


def test_a_song_played_again_is_the_second_one_of_the_plan() -> None:
    again = (replace(ITEMS[0], starts_s=0.0, cut_s=9.0), replace(ITEMS[0], starts_s=9.0), ITEMS[1])
    plan = made_plan(("one", again))
    state = after(first_of(plan), TrackStarted(frame=9000, item=again[1], track=TRACKS[0], plays_s=200.0))
    state = with_plan(state, plan)
    assert (state.position_s(12_000, RATE), state.length_s()) == (3.0, 200.0)
    assert state.upcoming[0].title == "Song 1"


def test_a_gap_in_the_sound_is_told() -> None:
    assert "Nothing was ready" in after(playing(), Underrun(frame=5, frames=9)).warnings[-1].text


def test_a_like_belongs_to_its_song() -> None:
    state = with_liked(playing())
    assert state.playing is not None
    assert state.playing.liked
    state = begun(state, 1, 500)
    assert state.playing is not None
    assert not state.playing.liked
    assert with_liked(RadioState()) == RadioState()


def test_the_next_songs_follow_the_one_that_plays() -> None:
    state = playing()
    assert [coming.title for coming in state.upcoming] == [f"Song {n}" for n in range(1, 11)]
    assert [coming.theme for coming in state.upcoming[:4]] == [None, None, "songs from the nineties", None]
    state = begun(state, 1, 900)
    assert state.upcoming[0].title == "Song 2"
    assert [coming.title for coming in with_plan(state, PLAN, 3).upcoming] == ["Song 2", "Song 3", "Song 4"]


def test_before_the_first_song_all_of_the_plan_is_next() -> None:
    assert with_plan(RadioState(), PLAN, 2).upcoming[0].title == "Song 0"
    assert with_plan(RadioState(), PLAN, 2).upcoming[0].theme == "songs of the sea"
    assert with_plan(RadioState(), None).upcoming == ()


def test_a_song_that_stands_twice_is_found_where_it_plays() -> None:
    plan = made_plan(("one", (ITEMS[0], ITEMS[1], ITEMS[0], ITEMS[2])))
    state = begun(begun(begun(RadioState(), 0, 0), 1, 10), 0, 20)
    assert [coming.title for coming in with_plan(state, plan).upcoming] == ["Song 2"]
    assert with_plan(begun(RadioState(), 0, 0), plan).upcoming[0].title == "Song 1"


def test_a_plan_with_songs_of_an_earlier_run_is_followed_all_the_same() -> None:
    state = begun(RadioState(), 5, 0)
    assert with_plan(state, PLAN, 1).upcoming[0].title == "Song 6"


def test_the_last_song_has_none_after_it_and_nothing_comes_after_the_end() -> None:
    assert with_plan(begun(RadioState(), 11, 0), PLAN).upcoming == ()
    ended = after(playing(), Ended(frame=9, reason="over"))
    assert with_plan(ended, PLAN).upcoming == ()


def test_what_shows_nothing_changes_nothing() -> None:
    state = playing()
    assert after(state, Skipped(frame=5, item=ITEMS[0], after_s=3.0)) == state
    assert after(state, Resumed(frame=5)) == state
    assert with_plan(state, PLAN) is state
    assert replace(state, lost=True) != state
