"""What a hand has written into a plan, on the line: transitions that are forced, songs that are pinned to a time."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_songs import RATE, analysis, song, talk

from aidj.model import Analysis, Transition
from aidj.timeline import TIMING_NOTE, Clip, Layout, Ramp, Song, Talk, Timeline, song_gain_db
from aidj.timeline.clips import EDGE_IN_S
from aidj.timeline.places import PAUSE_S
from aidj.timeline.seams import CUT_FADE_S
from aidj.timeline.talk import POST_S
from aidj.timeline.unsung import TALK_FLOOR_DB

TARGET = -16.0
LOUD = (60.0, -12.0, -12.0)
FRAME_S = 1 / RATE


def laid(*entries: Song | Talk) -> tuple[Timeline, list[str]]:
    layout = Layout(rate=RATE, target_lufs=TARGET)
    for entry in entries:
        layout.add(entry)
    timeline = layout.finish()
    assert all(note.startswith(TIMING_NOTE) for note in layout.notes)
    return timeline, [note.removeprefix(TIMING_NOTE) for note in layout.notes]


def lane(timeline: Timeline, name: str) -> list[Clip]:
    return [clip for clip in timeline.clips if clip.lane == name]


def gains(clip: Clip) -> np.ndarray:
    made = np.ones(clip.n_frames)
    for ramp in clip.ramps:
        made *= ramp.gains(clip.start_frames, clip.n_frames)
    return made


def wish(kind: str, length_s: float | None = None) -> Transition:
    return Transition(kind=kind, length_s=length_s)  # type: ignore[arg-type]


# -- transitions ------------------------------------------------------------------------------------------------------


def test_gapless_songs_are_cut_together_with_no_fade_at_all() -> None:
    held = analysis(LOUD, (2.5, -30, -30))  # on its own it would be crossed
    timeline, notes = laid(song(held, "a"), song(analysis(LOUD), "b", transition=wish("gapless")))
    first, second = timeline.clips
    assert second.start_frames == first.end_frames
    assert gains(first)[-1] == 1.0
    assert gains(second)[0] == 1.0
    assert gains(first)[0] == gains(second)[-1] - gains(second)[-1] == 0.0, "the outer ends keep their edges"
    assert not notes


def test_a_segue_leaves_the_ending_alone() -> None:
    held = analysis(LOUD, (2.5, -30, -30))
    chosen, _ = laid(song(held, "a"), song(analysis(LOUD), "b"))
    segued, notes = laid(song(held, "a"), song(analysis(LOUD), "b", transition=wish("segue")))
    assert abs(segued.clips[1].start_frames - chosen.clips[1].start_frames) < RATE
    assert segued.clips[0].end_frames == chosen.clips[0].end_frames
    assert gains(segued.clips[1])[round(EDGE_IN_S * RATE) + 1] == 1.0
    assert not notes


@pytest.mark.parametrize(("wished_s", "seconds"), [(6.0, 6.0), (None, 6.0), (15.0, 15.0), (0.0, 0.0)])
def test_a_crossfade_has_the_wished_length_and_equal_power(wished_s: float | None, seconds: float) -> None:
    timeline, notes = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b", transition=wish("crossfade", wished_s)))
    first, second = timeline.clips
    overlap = second.start_frames, first.end_frames
    assert overlap[1] - overlap[0] == pytest.approx(seconds * RATE, abs=2)
    assert not notes
    if seconds:
        assert Ramp(*overlap, 1.0, 0.0, "quarter_sine") in first.ramps
        assert Ramp(*overlap, 0.0, 1.0, "quarter_sine") in second.ramps


def test_a_crossfade_is_at_most_half_of_the_shorter_song_and_says_so() -> None:
    short = analysis((10.0, -12, -12))
    timeline, notes = laid(song(analysis(LOUD), "a"), song(short, "b", transition=wish("crossfade", 20.0)))
    first, second = timeline.clips
    assert first.end_frames - second.start_frames == pytest.approx(5 * RATE, abs=2)
    assert "".join(notes) == (
        "The crossfade into Nobody – b is 5.0 s long instead of 20: it is never more than half of the shorter song, "
        "nor more than is left of the song before."
    )


@pytest.mark.parametrize(("wished_s", "seconds"), [(5.0, 5.0), (None, 2.0), (0.0, 0.0)])
def test_a_gap_is_silence_of_that_length(wished_s: float | None, seconds: float) -> None:
    timeline, notes = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b", transition=wish("gap", wished_s)))
    first, second = timeline.clips
    assert second.start_frames - first.end_frames == pytest.approx(seconds * RATE, abs=2)
    assert not notes


def test_a_link_is_spoken_in_the_gap() -> None:
    long, notes = laid(
        song(analysis(LOUD), "a"), talk(3), song(analysis(LOUD, post_s=30.0), "b", transition=wish("gap", 8.0))
    )
    first, second = lane(long, "music")
    (speech,) = lane(long, "voice")
    assert first.end_frames < speech.start_frames < speech.end_frames < second.start_frames
    assert second.start_frames - first.end_frames == pytest.approx(8 * RATE, abs=2)
    assert not notes
    short, notes = laid(song(analysis(LOUD), "a"), talk(5), song(analysis(LOUD), "b", transition=wish("gap", 1.0)))
    first, second = lane(short, "music")
    assert second.start_frames - first.end_frames == pytest.approx((5 + 2 * PAUSE_S) * RATE, abs=3)
    assert notes == ["The gap before Nobody – b is 5.5 s long instead of 1: what is said before it takes its time."]


@pytest.mark.parametrize("kind", ["gapless", "segue", "crossfade"])
def test_a_wish_holds_where_the_link_fits_over_the_opening_and_gives_way_where_not(kind: str) -> None:
    roomy, notes = laid(
        song(analysis(LOUD), "a"), talk(4), song(analysis(LOUD, post_s=30.0), "b", transition=wish(kind))
    )
    first, second = lane(roomy, "music")
    assert second.start_frames <= first.end_frames
    assert lane(roomy, "voice")[0].start_frames > first.end_frames
    assert not notes
    _, notes = laid(song(analysis(LOUD), "a"), talk(4), song(analysis(LOUD), "b", transition=wish(kind)))
    assert notes == [f"The {kind} into Nobody – b could not be had: what is said before it takes its time."]


def test_a_transition_of_the_first_song_means_nothing() -> None:
    for entries in ([], [talk(3)]):
        _, notes = laid(*entries, song(analysis(LOUD), "a", transition=wish("crossfade", 6.0)))
        assert not notes


# -- pins -------------------------------------------------------------------------------------------------------------


def test_a_song_before_a_pin_is_faded_out_in_time() -> None:
    timeline, notes = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b", pinned_s=30.0))
    first, second = timeline.clips
    assert second.start_frames == 30 * RATE == first.end_frames
    assert Ramp(round((30 - CUT_FADE_S) * RATE), 30 * RATE, 1.0, 0.0, "quarter_sine") in first.ramps
    assert not notes


def test_silence_before_a_pin_is_kept_and_noted() -> None:
    timeline, notes = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b", pinned_s=100.0))
    first, second = timeline.clips
    assert second.start_frames == 100 * RATE
    assert first.n_frames == 60 * RATE
    (note,) = notes
    assert "Nobody – b is pinned to 1:40, and before it there are 40 s of silence" in note
    assert "pinned_s: 60" in note


def test_a_pin_near_the_natural_place_keeps_the_tail() -> None:
    faded = analysis(LOUD, (9, -12, -66))
    free, _ = laid(song(faded, "a"), song(analysis(LOUD), "b"))
    pin_s = free.clips[1].start_frames / RATE + 1.0
    pinned, notes = laid(song(faded, "a"), song(analysis(LOUD), "b", pinned_s=pin_s))
    assert pinned.clips[1].start_frames == pytest.approx(pin_s * RATE, abs=1)
    assert pinned.clips[0].end_frames == free.clips[0].end_frames
    assert not notes


def test_a_link_before_a_pin_is_over_in_time() -> None:
    timeline, notes = laid(song(analysis(LOUD), "a"), talk(5), song(analysis(LOUD), "b", pinned_s=40.0))
    first, second = lane(timeline, "music")
    (speech,) = lane(timeline, "voice")
    assert second.start_frames == 40 * RATE
    assert speech.end_frames == pytest.approx((40 - PAUSE_S) * RATE, abs=2)
    assert first.end_frames == pytest.approx(speech.start_frames - PAUSE_S * RATE, abs=2)
    assert gains(first)[-RATE] < 0.5
    assert not notes


def test_two_links_before_a_pin_are_both_over_in_time() -> None:
    timeline, notes = laid(song(analysis(LOUD), "a"), talk(5), talk(3), song(analysis(LOUD), "b", pinned_s=40.0))
    first, second = lane(timeline, "music")
    one, two = lane(timeline, "voice")
    assert first.end_frames < one.start_frames < one.end_frames < two.start_frames < two.end_frames
    assert two.end_frames <= second.start_frames == 40 * RATE
    assert not notes


def test_a_link_before_a_pin_may_be_spoken_over_the_opening() -> None:
    timeline, _ = laid(song(analysis(LOUD), "a"), talk(5), song(analysis(LOUD, post_s=20.0), "b", pinned_s=40.0))
    first, second = lane(timeline, "music")
    (speech,) = lane(timeline, "voice")
    assert first.end_frames == second.start_frames == 40 * RATE < speech.start_frames


def test_a_pin_that_lies_too_early_cannot_hold() -> None:
    timeline, notes = laid(
        song(analysis(LOUD), "a"), song(analysis(LOUD), "b"), song(analysis(LOUD), "c", pinned_s=30.0)
    )
    assert timeline.clips[2].start_frames > 110 * RATE
    (note,) = notes
    assert "Nobody – c is pinned to 0:30 and begins at 2:00" in note
    assert "pinned_s: 62" in note
    _, notes = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b"), song(analysis(LOUD), "c", pinned_s=62.0))
    assert not notes, "what the note advises holds"


@pytest.mark.parametrize("pin_s", [0.0, 0.2, 12.5])
def test_the_first_song_can_be_pinned(pin_s: float) -> None:
    timeline, notes = laid(song(analysis(LOUD), "a", pinned_s=pin_s))
    assert timeline.clips[0].start_frames == round(pin_s * RATE)
    assert len(notes) == (pin_s > 1)


def test_a_crossfade_and_a_pin() -> None:
    timeline, notes = laid(
        song(analysis(LOUD), "a"), song(analysis(LOUD), "b", pinned_s=30.0, transition=wish("crossfade", 5.0))
    )
    first, second = timeline.clips
    assert second.start_frames == 30 * RATE
    assert first.end_frames == 35 * RATE
    assert Ramp(30 * RATE, 35 * RATE, 0.0, 1.0, "quarter_sine") in second.ramps
    assert not notes


def test_a_gap_and_a_pin() -> None:
    timeline, notes = laid(
        song(analysis(LOUD), "a"), song(analysis(LOUD), "b", pinned_s=30.0, transition=wish("gap", 5.0))
    )
    assert timeline.clips[0].end_frames == 25 * RATE
    assert timeline.clips[1].start_frames == 30 * RATE
    assert not notes


# -- what holds for any session with wishes ---------------------------------------------------------------------------


@st.composite
def songs(draw: st.DrawFn) -> tuple[Analysis, Transition | None, float | None]:
    level = draw(st.sampled_from([-8.0, -14.0, -45.0]))
    parts = [
        (draw(st.sampled_from([0.0, 0.1, 2.0])), -120.0, -120.0),
        (draw(st.sampled_from([0.0, 7.0])), level - draw(st.floats(0, 40)), level),
        (draw(st.floats(0.1, 40.0)), level, level),
        (draw(st.sampled_from([0.0, 1.0, 20.0])), level, level - draw(st.floats(0, 60))),
    ]
    made = analysis(*[part for part in parts if part[0]], post_s=draw(st.none() | st.floats(0.0, 30.0)))
    kinds = st.sampled_from([wish(kind) for kind in ("gapless", "segue", "crossfade", "gap")])
    lengths = st.builds(wish, st.sampled_from(["crossfade", "gap"]), st.floats(0, 30))
    return made, draw(st.none() | kinds | lengths), draw(st.none() | st.none() | st.floats(0, 250))


drawn_entries = st.lists(songs() | st.floats(0.05, 14.0), max_size=8).map(
    lambda drawn: [
        song(e[0], f"song{i}", transition=e[1], pinned_s=e[2]) if isinstance(e, tuple) else talk(e)
        for i, e in enumerate(drawn)
    ]
)


@settings(max_examples=200, deadline=None)
@given(drawn_entries)
def test_every_session_with_wishes_keeps_the_promises(drawn: list[Song | Talk]) -> None:
    timeline, notes = laid(*drawn)
    assert [mark.kind for mark in timeline.marks] == ["song" if isinstance(e, Song) else "link" for e in drawn]
    songs = {entry.track.path: entry for entry in drawn if isinstance(entry, Song)}
    music, voice = lane(timeline, "music"), lane(timeline, "voice")
    assert [path for clip in music for path in (clip.source, *clip.then)] == list(songs), "in the order of the plan"
    for before, after in pairwise(voice):
        assert before.end_frames <= after.start_frames
    for index, clip in enumerate(music):
        assert clip.start_frames >= 0
        lasts_s = sum(songs[path].analysis.duration_s for path in (clip.source, *clip.then))
        assert clip.source_start_frames + clip.n_frames <= lasts_s * RATE + 1
        for later in music[index + 2 :]:
            assert clip.end_frames <= later.start_frames + 1, "never do three sound"
        if index and songs[clip.source].item.transition != wish("gapless"):
            assert not clip.n_frames or gains(clip)[0] == 0
        for speech in voice:
            if not clip.then:
                check_speech_over(clip, speech, songs[clip.source])
    for entry, mark in zip(drawn, timeline.marks, strict=True):
        if isinstance(entry, Song) and entry.item.pinned_s is not None:
            held = abs(mark.start_s - entry.item.pinned_s) <= 0.1
            assert held or any(f"{mark.title} is pinned" in note and "begins at" in note for note in notes)


def check_speech_over(clip: Clip, speech: Clip, entry: Song) -> None:
    """Speech stands only over what is hardly there, or over an opening that is lowered and not sung."""
    first, last = max(clip.start_frames, speech.start_frames), min(clip.end_frames, speech.end_frames)
    if last <= first:
        return
    made = entry.analysis
    to_file_s = made.cue_in_s - clip.start_frames / RATE
    level_db = song_gain_db(made, TARGET) - TARGET
    own_db = min(0.0, made.loudness_lufs + level_db) if math.isfinite(made.loudness_lufs) else 0.0
    first_s, last_s = first / RATE + to_file_s, last / RATE + to_file_s
    levels = made.levels_lufs[math.floor(first_s * 10 + 1e-6) : math.ceil(last_s * 10 - 1e-2)] + level_db - own_db
    if levels.max(initial=-200.0) <= TALK_FLOOR_DB + 1e-3:
        return
    assert made.intro_end_s is not None
    assert last_s <= made.intro_end_s - POST_S[0] + 2 * FRAME_S
    during = gains(clip)[first - clip.start_frames + 1 : last - clip.start_frames]
    assert during.max(initial=0.0) < 0.26, "12 dB down"
