"""Playing from a source into a sink; the ring between two threads; the clock of sinks that have none."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_sound import Counting, Tone
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.output.null import NullSink
from aidj.output.pacing import Pacer
from aidj.output.playing import Played, SinkClosed, play
from aidj.output.ring import Ring

RATE = 8000


def frames(n_frames: int, start: int = 0) -> NDArray[np.float32]:
    """A soft sine, so that a step in it is a fault of the ring."""
    wave = 0.5 * np.sin(2 * np.pi * 100 * (start + np.arange(n_frames)) / RATE)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def steps(samples: NDArray[np.float32]) -> float:
    return float(np.abs(np.diff(samples[:, 0])).max())


STEEPEST = 1.4 * steps(frames(RATE))
"""A sine and a ramp over it; a click would be several times that."""


class ManualClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_source_plays_to_its_end() -> None:
    source = Counting(Tone(rate=RATE, n_frames=5000))
    played = play(source, NullSink(paced=False), stop=threading.Event())
    assert played == Played(end="ended", n_frames=5000, heard_frames=5000, underruns=0)
    assert source.n_frames == 5000


def test_a_source_that_is_silent_behind_its_end_tells_when_it_is_over() -> None:
    class Padded(Tone):
        def read(self, n_frames: int) -> NDArray[np.float32]:
            block = super().read(n_frames)
            return np.concatenate([block, np.zeros((n_frames - len(block), 2), np.float32)])

    played = play(Padded(n_frames=3000), NullSink(paced=False), stop=threading.Event(), block_frames=1024)
    assert (played.end, played.n_frames) == ("ended", 3072)


def test_a_paced_sink_takes_as_long_as_the_sound() -> None:
    began_s = time.monotonic()
    played = play(Tone(rate=RATE, n_frames=RATE // 2), NullSink(), stop=threading.Event(), block_frames=256)
    assert time.monotonic() - began_s >= 0.49
    assert played.end == "ended"
    assert played.heard_frames == RATE // 2


def test_stop_ends_an_endless_source_and_what_was_not_heard_stays_unheard() -> None:
    stop = threading.Event()
    source = Counting(Tone(rate=RATE))
    source.when = (RATE // 4, stop.set)
    played = play(source, NullSink(), stop=stop, block_frames=128)
    assert played.end == "stopped"
    assert played.heard_frames <= played.n_frames <= RATE // 4 + 128


def test_a_paused_sink_pulls_nothing_and_goes_on_where_it_was() -> None:
    source, sink, stop = Counting(Tone(rate=RATE)), NullSink(), threading.Event()
    player = threading.Thread(target=play, args=(source, sink), kwargs={"stop": stop, "block_frames": 128})
    player.start()
    try:
        wait_for(lambda: sink.heard_frames > 400)
        sink.pause()
        time.sleep(0.1)
        read, heard = source.n_frames, sink.heard_frames
        time.sleep(0.3)
        assert (source.n_frames, sink.heard_frames) == (read, heard)
        sink.resume()
        wait_for(lambda: sink.heard_frames > heard + 400)
    finally:
        stop.set()
        player.join(5)
    assert not player.is_alive()


def test_what_a_source_raises_comes_through_and_the_sink_is_closed() -> None:
    class Broken:
        rate = RATE
        ended = False

        def read(self, n_frames: int) -> NDArray[np.float32]:
            raise LookupError("no more")

    class Watched(NullSink):
        closed = False

        def close(self) -> None:
            self.closed = True
            super().close()

    sink = Watched(paced=False)
    with pytest.raises(LookupError, match="no more"):
        play(Broken(), sink, stop=threading.Event())
    assert sink.closed


def test_samples_of_another_shape_are_refused() -> None:
    class Mono:
        rate = RATE
        ended = False

        def read(self, n_frames: int) -> NDArray[np.float32]:
            return np.zeros((n_frames, 1), np.float32)

    with pytest.raises(OutputError, match="shape"):
        play(Mono(), NullSink(paced=False), stop=threading.Event())


def test_samples_that_are_no_numbers_become_silence() -> None:
    class Wild:
        rate = RATE
        ended = False

        def read(self, n_frames: int) -> NDArray[np.float32]:
            return np.full((min(n_frames, 10), 2), np.nan, np.float32)

    class Kept(NullSink):
        block: NDArray[np.float32]

        def write(self, block: NDArray[np.float32]) -> None:
            self.block = block
            super().write(block)

    sink = Kept(paced=False)
    play(Wild(), sink, stop=threading.Event())
    assert not sink.block.any()


def test_a_listener_who_leaves_ends_it_without_an_error() -> None:
    class Leaving(NullSink):
        def ready(self, n_frames: int, timeout_s: float) -> bool:
            if self.n_frames > 3000:
                raise SinkClosed
            return super().ready(n_frames, timeout_s)

    assert play(Tone(rate=RATE), Leaving(paced=False), stop=threading.Event()).end == "closed"


@settings(max_examples=60, deadline=None)
@given(puts=st.lists(st.integers(0, 400), max_size=30), takes=st.lists(st.integers(1, 300), min_size=1, max_size=40))
def test_a_ring_hands_out_what_was_put_in_and_nothing_twice(puts: list[int], takes: list[int]) -> None:
    ring = Ring(1000, RATE)
    put, got = 0, []
    for i in range(max(len(puts), len(takes))):
        if i < len(puts) and ring.wait_for_room(puts[i], 0):
            # No zeros, so that every frame shows.
            ring.put(np.arange(put + 1, put + puts[i] + 1, dtype=np.float32)[:, None] * np.ones((1, 2), np.float32))
            put += puts[i]
        if i < len(takes):
            held = ring.held
            out, n_taken = ring.take(takes[i])
            assert out.shape == (takes[i], 2)
            assert ring.held == held - n_taken
            got.append(n_taken)
    assert ring.taken == sum(got)
    assert ring.taken + ring.held == put


def test_between_the_ramps_a_ring_changes_no_sample() -> None:
    ring, heard = Ring(1000, RATE), []
    ramp = RATE // 100
    for start in range(0, 4000, 250):
        ring.put(frames(250, start))
        if ring.held >= 750:
            heard.append(ring.take(250)[0])
    whole = np.concatenate(heard)
    np.testing.assert_array_equal(whole[ramp:], frames(len(whole))[ramp:])


def test_a_ring_begins_half_full_and_an_underrun_is_counted_once_and_makes_no_click() -> None:
    ring = Ring(1000, RATE)
    ring.put(frames(400))
    assert ring.take(100)[1] == 0
    ring.put(frames(450, 400))
    heard = [ring.take(170)[0] for _ in range(8)]
    assert ring.underruns == 1
    assert ring.taken == 850
    ring.put(frames(600, 850))
    heard += [ring.take(150)[0] for _ in range(2)]
    assert ring.underruns == 1
    assert steps(np.concatenate(heard)) < STEEPEST


@pytest.mark.parametrize("n_callback", [40, 333])
def test_a_pause_fades_and_loses_no_more_than_its_ramps(n_callback: int) -> None:
    ring = Ring(4000, RATE)
    ring.put(frames(3000))
    heard = [ring.take(n_callback)[0] for _ in range(3)]
    ring.paused = True
    before = ring.taken
    silence = [ring.take(n_callback)[0] for _ in range(4)]
    assert ring.taken - before <= RATE // 100
    assert not silence[-1].any()
    ring.paused = False
    again = [ring.take(n_callback)[0] for _ in range(3)]
    assert again[-1].any()
    assert ring.underruns == 0
    # A callback shorter than the ramp has a steeper one.
    assert steps(np.concatenate(heard + silence + again)) < STEEPEST


def test_the_end_of_a_source_is_no_underrun() -> None:
    ring = Ring(1000, RATE)
    ring.put(frames(300))
    ring.finish()
    assert [ring.take(200)[1] for _ in range(3)] == [200, 100, 0]
    assert ring.underruns == 0


def test_a_ring_that_can_never_hold_that_much_says_so() -> None:
    with pytest.raises(ValueError, match="cannot take 11"):
        Ring(10, RATE).wait_for_room(11, 0.1)


def test_a_pacer_lets_ahead_only_so_far() -> None:
    clock = ManualClock()
    pacer = Pacer(1000, 0.5, clock)
    for _ in range(5):
        assert pacer.due_in_s(100) == 0
        pacer.hand_out(100)
    assert pacer.due_in_s(100) == pytest.approx(0.1)
    assert pacer.sounded_frames == 0
    clock.now_s += 0.2
    assert pacer.sounded_frames == 200
    assert pacer.due_in_s(200) == pytest.approx(0)
    assert pacer.due_in_s(2000) > 0, "a block longer than the lead waits until all before it has sounded"
    clock.now_s += 0.3
    assert pacer.due_in_s(2000) == pytest.approx(0)


def test_late_frames_are_not_caught_up_with() -> None:
    clock = ManualClock()
    pacer = Pacer(1000, 0.5, clock)
    pacer.hand_out(100)
    clock.now_s += 60
    pacer.hand_out(100)
    assert pacer.underruns == 1
    assert pacer.sounded_frames == 100
    assert pacer.lead_s == pytest.approx(0.1)


def test_a_paused_pacer_stands_still_and_counts_nothing() -> None:
    clock = ManualClock()
    pacer = Pacer(1000, 0.5, clock)
    pacer.hand_out(300)
    clock.now_s += 0.1
    pacer.pause()
    clock.now_s += 60
    assert pacer.sounded_frames == 100
    assert pacer.due_in_s(1) == float("inf")
    pacer.resume()
    assert pacer.sounded_frames == 100
    pacer.hand_out(100)
    assert pacer.underruns == 0


def wait_for(true, seconds: float = 5.0) -> None:  # type: ignore[no-untyped-def]
    until_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until_s, "it did not happen in time"
        time.sleep(0.01)
