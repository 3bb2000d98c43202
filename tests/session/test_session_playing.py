"""What a reader who waits is held to while something is still to be done behind it, and what it is told of silence."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.session.audible import Cue
from aidj.session.events import Ended, Event, Paused, Problem, Resumed, Underrun
from aidj.session.playing import Player, Programmed
from aidj.timeline import Timeline

RATE = 8000
NOW_S = 0.0
LONG_S = 60.0


def programmed(n_frames: int, *cues: Cue, is_whole: bool = False) -> Programmed:
    timeline = Timeline(rate=RATE, n_frames=n_frames, clips=())
    return Programmed(timeline=timeline, cues=cues, sure_frames=n_frames, is_whole=is_whole, is_sure=is_whole)


def silent_player() -> Player:
    player = Player(RATE)
    player.begin(programmed(100 * RATE, is_whole=True))
    return player


@pytest.fixture
def player() -> Iterator[Player]:
    player = silent_player()
    yield player
    player.close()


def test_a_reader_goes_on_below_the_limit_only(player: Player) -> None:
    assert player.wait_until_sure(100, NOW_S)
    player.limit(0)
    assert not player.wait_until_sure(1, NOW_S)
    player.limit(1)
    assert player.wait_until_sure(5 * RATE, NOW_S)  # whatever the size of the block
    player.read(5 * RATE)
    assert not player.wait_until_sure(1, NOW_S)
    player.limit(None)
    assert player.wait_until_sure(1, NOW_S)


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20), st.integers(1, 1000))
def test_with_blocks_of_any_size_each_limit_lets_a_reader_on(blocks: list[int], ahead: int) -> None:
    player = silent_player()
    for n_frames in blocks:
        player.limit(player.frame + ahead)
        assert player.wait_until_sure(n_frames, NOW_S)
        player.read(n_frames)
    assert player.frame == sum(blocks)
    player.close()


def test_neither_a_pause_nor_the_end_waits_for_a_limit(player: Player) -> None:
    player.limit(0)
    player.pause(True)
    assert player.wait_until_sure(1, NOW_S)
    player.pause(False)
    assert not player.wait_until_sure(1, NOW_S)
    player.end(Ended(frame=0, reason="tested"))
    assert player.wait_until_sure(1, NOW_S)


def test_who_waits_is_let_go_when_the_limit_moves(player: Player) -> None:
    player.limit(0)
    sure: list[bool] = []
    reader = threading.Thread(target=lambda: sure.append(player.wait_until_sure(RATE, LONG_S)))
    reader.start()
    seen = player.wait_for_change(-1, LONG_S)
    player.limit(1)
    reader.join(LONG_S)
    assert sure == [True]
    after = player.wait_for_change(-1, NOW_S)
    player.limit(2)
    assert player.wait_for_change(after, NOW_S) == after  # moving it is nothing that has happened
    assert after >= seen


# Nothing is ready -----------------------------------------------------------------------------------------------------


@pytest.fixture
def dry() -> Iterator[Player]:
    """One that has played the little that was ready, to its last frame."""
    player = Player(RATE)
    player.begin(programmed(RATE))
    player.read(RATE)
    yield player
    player.close()


def test_silence_is_told_when_it_is_over_with_its_length(dry: Player) -> None:
    for _ in range(5):
        dry.read(100)
        assert dry.events() == ()
    dry.begin(programmed(RATE))
    dry.read(1)
    assert dry.events() == (Underrun(frame=RATE, frames=500),)
    dry.read(100)
    assert dry.events() == ()


def test_silence_that_lasts_is_told_of_in_pieces(dry: Player) -> None:
    dry.read(RATE - 1)
    assert dry.events() == ()
    dry.read(1)
    assert dry.events() == (Underrun(frame=RATE, frames=RATE),)
    dry.read(3 * RATE)  # in one block
    dry.read(7)
    assert dry.events() == (Underrun(frame=2 * RATE, frames=3 * RATE),)
    dry.end(Ended(frame=0, reason="tested"))
    assert dry.events() == (Underrun(frame=5 * RATE, frames=7), Ended(frame=5 * RATE + 7, reason="tested"))
    dry.read(RATE)
    assert dry.events() == ()  # behind the end nothing is missing


def test_what_happens_meanwhile_is_told_in_order(dry: Player) -> None:
    dry.read(10)
    dry.tell(Problem(frame=0, text="the drive sleeps"))
    dry.read(20)
    dry.pause(True)
    dry.read(40)  # that is no silence that anything is missing in
    dry.pause(False)
    dry.read(80)
    dry.begin(programmed(RATE))
    dry.read(1)
    assert dry.events() == (
        Underrun(frame=RATE, frames=10),
        Problem(frame=RATE + 10, text="the drive sleeps"),
        Underrun(frame=RATE + 10, frames=20),
        Paused(frame=RATE + 30),
        Resumed(frame=RATE + 70),
        Underrun(frame=RATE + 70, frames=80),
    )


def test_before_anything_has_begun_nothing_is_missing() -> None:
    player = Player(RATE)
    player.read(5 * RATE)
    assert player.events() == ()


DOINGS = st.sampled_from(("read", "more", "tell", "pause", "look"))


@given(st.lists(st.tuples(DOINGS, st.integers(1, RATE)), max_size=40))
def test_every_missing_frame_is_told_of_once(steps: list[tuple[str, int]]) -> None:
    player = Player(RATE)
    player.begin(programmed(RATE))
    heard: list[Event] = []
    missing: set[int] = set()
    left, paused = RATE, False
    for what, n_frames in steps:
        if what == "read":
            for frame in range(player.frame, player.frame + n_frames):
                if not paused:
                    missing |= {frame} if left <= 0 else set()
                    left -= 1
            player.read(n_frames)
        elif what == "more" and left <= 0:
            player.begin(programmed(n_frames))
            left = n_frames
        elif what == "tell":
            player.tell(Problem(frame=0, text="something"))
        elif what == "pause" and (left <= 0 or paused):  # where something sounds, a pause fades it out first
            paused = not paused
            player.pause(paused)
        else:
            heard += player.events()
    player.end(Ended(frame=0, reason="tested"))
    heard += player.events()
    assert [event.frame for event in heard] == sorted(event.frame for event in heard)
    gaps = [range(event.frame, event.frame + event.frames) for event in heard if isinstance(event, Underrun)]
    assert [frame for gap in gaps for frame in gap] == sorted(missing)
    player.close()
