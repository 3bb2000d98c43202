"""What a reader who waits is held to, while something is still to be done behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.session.events import Ended
from aidj.session.playing import Player, Programmed, same_before
from aidj.timeline import Band, Clip, Ramp, Timeline

RATE = 8000
NOW_S = 0.0
LONG_S = 60.0


def silent_player() -> Player:
    player = Player(RATE)
    timeline = Timeline(rate=RATE, n_frames=100 * RATE, clips=())
    player.begin(Programmed(timeline=timeline, cues=(), sure_frames=100 * RATE, is_whole=True, is_sure=True))
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


def banded(*starts: int, from_gain: float = 1.0) -> Timeline:
    """A clip with a band whose gain begins to move at these frames."""
    ramps = tuple(
        Ramp(start_frames=start, end_frames=start + 10, from_gain=from_gain, to_gain=0.5, shape="linear")
        for start in starts
    )
    bands = (Band(filter="peak", frequency_hz=1000.0, ramps=ramps),) if ramps else ()
    clip = Clip(source=Path("song.flac"), lane="music", start_frames=0, n_frames=1000, bands=bands)
    return Timeline(rate=RATE, n_frames=1000, clips=(clip,))


def test_a_band_that_is_still_to_move_changes_nothing_that_is_heard() -> None:
    assert same_before(banded(500), banded(), 400)
    assert same_before(banded(), banded(600), 400)
    assert not same_before(banded(300), banded(), 400)
    assert not same_before(banded(500, from_gain=0.7), banded(), 400)
