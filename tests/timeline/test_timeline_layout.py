from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_songs import RATE, analysis, song, talk

from aidj.model import Analysis
from aidj.timeline import Clip, Ramp, Song, Talk, Timeline, lay_out, song_gain_db
from aidj.timeline.beginning import LEAD_IN_S
from aidj.timeline.clips import EDGE_IN_S, EDGE_OUT_S
from aidj.timeline.ducking import DUCK_DB, MARGIN_S
from aidj.timeline.seams import MAX_TAIL_S
from aidj.timeline.settled import LEAD_OUT_S
from aidj.timeline.talk import POST_S
from aidj.timeline.unsung import BEFORE_POST_S, QUIET_OPENING_DB, TALK_FLOOR_DB

TARGET = -16.0
DUCK = 10 ** (DUCK_DB / 20)
FRAME_S = 1 / RATE


def laid(*entries: Song | Talk) -> Timeline:
    return lay_out(entries, rate=RATE, target_lufs=TARGET)


def lane(timeline: Timeline, name: str) -> list[Clip]:
    return [clip for clip in timeline.clips if clip.lane == name]


def ducking(clip: Clip, frames: np.ndarray) -> np.ndarray:
    gains = np.ones(len(frames))
    for ramp in clip.ramps:
        if ramp.shape == "smooth_db":
            gains *= [ramp.gains(int(frame), 1)[0] for frame in frames]
    return gains


LOUD = (60.0, -12.0, -12.0)


# -- what holds for any session ---------------------------------------------------------------------------------------


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    level = draw(st.sampled_from([-8.0, -14.0, -23.0, -45.0, -120.0]))
    parts = [
        (draw(st.sampled_from([0.0, 0.1, 2.0])), -120.0, -120.0),
        (draw(st.sampled_from([0.0, 1.0, 7.0])), level - draw(st.floats(0, 40)), level),
        (draw(st.floats(0.1, 40.0)), level, level),
        (draw(st.sampled_from([0.0, 1.0, 5.0, 20.0, 60.0])), level, level - draw(st.floats(0, 60))),
        (draw(st.sampled_from([0.0, 3.0])), -120.0, -120.0),
    ]
    post_s = draw(st.one_of(st.none(), st.floats(0.0, 30.0)))
    return analysis(*[part for part in parts if part[0]], post_s=post_s)


entries = st.lists(st.one_of(analyses(), st.floats(0.05, 14.0)), min_size=0, max_size=9).map(
    lambda drawn: [song(e, f"song{i}") if isinstance(e, Analysis) else talk(e) for i, e in enumerate(drawn)]
)


@settings(max_examples=150, deadline=None)
@given(entries)
def test_every_session_keeps_the_promises(drawn: list[Song | Talk]) -> None:
    timeline = laid(*drawn)
    songs = {entry.track.path: entry for entry in drawn if isinstance(entry, Song)}
    music, voice = lane(timeline, "music"), lane(timeline, "voice")
    check_bounds(timeline, drawn, songs)
    for before, after in pairwise(voice):
        assert before.end_frames <= after.start_frames
    check_overlaps(music, songs)
    for clip in music:
        check_edges(clip)
        for speech in voice:
            check_speech_over(clip, speech, songs[clip.source])


def check_bounds(timeline: Timeline, drawn: list[Song | Talk], songs: dict[Path, Song]) -> None:
    assert [mark.kind for mark in timeline.marks] == ["song" if isinstance(e, Song) else "link" for e in drawn]
    assert len(timeline.clips) == len(drawn)
    starts = [clip.start_frames for clip in timeline.clips]
    assert starts == sorted(starts)
    for mark in timeline.marks:
        assert 0 <= mark.start_s <= mark.end_s <= timeline.duration_s
    for clip in timeline.clips:
        assert 0 <= clip.start_frames <= clip.end_frames
        if isinstance(clip.source, Path):
            assert clip.source_start_frames + clip.n_frames <= songs[clip.source].analysis.duration_s * RATE + 1
            assert clip.gain > 0
        else:
            assert clip.n_frames == len(clip.source.samples)
    ends = max((clip.end_frames for clip in timeline.clips), default=None)
    assert timeline.n_frames == (0 if ends is None else pytest.approx(ends + LEAD_OUT_S * RATE, abs=1))


def check_overlaps(music: list[Clip], songs: dict[Path, Song]) -> None:
    for before, after in pairwise(music):
        bodies = [songs[clip.source].analysis for clip in (before, after)]
        shorter_s = min(body.cue_out_s - body.cue_in_s for body in bodies)
        assert before.end_frames - after.start_frames <= min(MAX_TAIL_S, shorter_s / 2) * RATE + 2
    for index, clip in enumerate(music):
        for later in music[index + 2 :]:
            assert clip.end_frames <= later.start_frames + 1


def check_edges(clip: Clip) -> None:
    """The gain begins and ends at nothing and never steps."""
    stretches = [(ramp.start_frames - 2, ramp.end_frames + 2) for ramp in clip.ramps]
    for first, last in [*stretches, (clip.start_frames, clip.start_frames + 1), (clip.end_frames - 1, clip.end_frames)]:
        first, last = max(first, clip.start_frames), min(last, clip.end_frames)
        if last <= first:
            continue
        gains = np.ones(last - first)
        for ramp in clip.ramps:
            gains *= ramp.gains(first, last - first)
        assert np.abs(np.diff(gains)).max(initial=0.0) <= math.pi / 2 / (EDGE_IN_S * RATE) + 1e-6
        if first == clip.start_frames:
            assert gains[0] == 0
        if last == clip.end_frames:
            assert gains[-1] <= math.pi / 2 / (EDGE_OUT_S * RATE) + 1e-6


def check_speech_over(clip: Clip, speech: Clip, entry: Song) -> None:
    first = max(clip.start_frames, speech.start_frames)
    last = min(clip.end_frames, speech.end_frames)
    if last <= first:
        return
    made = entry.analysis
    to_file_s = made.cue_in_s - clip.start_frames / RATE
    first_s, last_s = first / RATE + to_file_s, last / RATE + to_file_s
    level_db = song_gain_db(made, TARGET) - TARGET
    own_db = min(0.0, made.loudness_lufs + level_db) if math.isfinite(made.loudness_lufs) else 0.0
    windows = made.levels_lufs[math.floor(first_s * 10 + 1e-6) : math.ceil(last_s * 10 - 1e-2)] + level_db - own_db
    if windows.max(initial=-200.0) <= max(TALK_FLOOR_DB, QUIET_OPENING_DB) + 1e-3:
        return  # an ending or an opening that is not really there
    assert made.intro_end_s is not None, "speech over a song of which nobody knows where it is sung"
    assert last_s <= made.intro_end_s - POST_S[0] + 2 * FRAME_S
    during = ducking(clip, np.linspace(first, last - 1, 25).astype(int))
    assert during == pytest.approx(DUCK, rel=1e-4)
    if first > clip.start_frames:
        margin = round(MARGIN_S * RATE) - 1
        assert ducking(clip, np.array([first - margin])) == pytest.approx(DUCK, rel=1e-4)


# -- what a listener would expect of certain ones ---------------------------------------------------------------------


def test_nothing_is_an_empty_session() -> None:
    assert laid() == Timeline(rate=RATE, n_frames=0, clips=())


def test_one_song_plays_from_its_first_to_its_last_sound() -> None:
    timeline = laid(song(analysis((2, -120, -120), LOUD, (3, -120, -120))))
    (clip,) = timeline.clips
    assert clip.start_frames == round(LEAD_IN_S * RATE)
    assert clip.source_start_frames == 2 * RATE
    assert clip.n_frames == 60 * RATE
    assert timeline.n_frames == round((LEAD_IN_S + 60 + LEAD_OUT_S) * RATE)


def test_a_cold_end_is_followed_at_once() -> None:
    first, second = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b")).clips
    assert abs(second.start_frames - first.end_frames) <= 1


def test_a_mastered_fade_is_not_faded_again() -> None:
    faded = analysis(LOUD, (9, -12, -66))
    first, second = laid(song(faded, "a"), song(analysis(LOUD), "b")).clips
    assert 3 * RATE < first.end_frames - second.start_frames < 8 * RATE
    falls = [ramp for ramp in first.ramps if ramp.to_gain == 0]
    assert [ramp.end_frames - ramp.start_frames for ramp in falls] == [round(EDGE_OUT_S * RATE)]


def test_a_held_sound_is_faded_under_what_follows() -> None:
    held = analysis(LOUD, (2.5, -30, -30))
    assert held.ending == "sustained"
    first, second = laid(song(held, "a"), song(analysis(LOUD), "b")).clips
    overlap = (second.start_frames, first.end_frames)
    assert overlap[1] - overlap[0] == pytest.approx(2.5 * RATE, abs=2)
    assert Ramp(*overlap, 1.0, 0.0, "quarter_sine") in first.ramps
    assert second.ramps[0].end_frames - second.ramps[0].start_frames == EDGE_IN_S * RATE, "an attack is not blunted"


def test_a_quiet_opening_begins_under_the_ending() -> None:
    """No hole: the level of the sum around the seam stays above -18 dB of the target."""
    faded = analysis(LOUD, (10, -12, -62))
    quiet = analysis((5, -44, -38), LOUD)
    timeline = laid(song(faded, "a"), song(quiet, "b"))
    power = np.zeros(timeline.n_frames // (RATE // 10) + 2)
    for clip, made in zip(timeline.clips, (faded, quiet), strict=True):
        level = made.levels_lufs[round(made.cue_in_s * 10) :][: clip.n_frames * 10 // RATE]
        start = round(clip.start_frames / RATE * 10)
        power[start : start + len(level)] += 10 ** ((level + 20 * math.log10(clip.gain) - TARGET) / 10)
    seam = round(timeline.clips[1].start_frames / RATE * 10)
    low = 10 * np.log10(np.maximum(power[seam - 30 : seam + 100], 1e-12)) < -18
    assert low.sum() <= 4
    plain = laid(song(faded, "a"), song(analysis(LOUD), "b"))
    assert timeline.clips[1].start_frames < plain.clips[1].start_frames


def test_a_link_that_fits_is_spoken_over_the_opening() -> None:
    timeline = laid(song(analysis(LOUD), "a"), talk(5), song(analysis(LOUD, post_s=15.0), "b"))
    first, second = lane(timeline, "music")
    (speech,) = lane(timeline, "voice")
    assert abs(second.start_frames - first.end_frames) <= 1
    assert speech.start_frames > second.start_frames + RATE
    assert speech.end_frames <= second.start_frames + (15.0 - BEFORE_POST_S) * RATE + 1


def test_a_link_too_long_for_the_opening_begins_in_the_gap_and_hits_the_post() -> None:
    timeline = laid(song(analysis(LOUD), "a"), talk(9), song(analysis(LOUD, post_s=5.0), "b"))
    first, second = lane(timeline, "music")
    (speech,) = lane(timeline, "voice")
    assert first.end_frames < speech.start_frames < second.start_frames
    assert speech.end_frames == pytest.approx(second.start_frames + (5.0 - BEFORE_POST_S) * RATE, abs=2)


def test_where_nobody_knows_the_singing_the_link_stands_alone() -> None:
    timeline = laid(song(analysis(LOUD), "a"), talk(4), song(analysis(LOUD), "b"))
    first, second = lane(timeline, "music")
    (speech,) = lane(timeline, "voice")
    assert first.end_frames < speech.start_frames
    assert speech.end_frames < second.start_frames
    assert second.start_frames - first.end_frames < 5 * RATE


def test_two_links_in_a_row_follow_each_other() -> None:
    timeline = laid(song(analysis(LOUD), "a"), talk(4), talk(3), song(analysis(LOUD, post_s=20.0), "b"))
    first, second = lane(timeline, "music")
    one, two = lane(timeline, "voice")
    assert first.end_frames < one.start_frames < one.end_frames <= second.start_frames < two.start_frames


def test_a_silent_song_between_links_hides_nothing() -> None:
    silence = analysis((2, -120, -120))
    timeline = laid(talk(6), song(silence, "a"), song(analysis(LOUD), "b"))
    assert lane(timeline, "music")[1].start_frames >= lane(timeline, "voice")[0].end_frames


def test_a_very_quiet_recording_is_not_spoken_over() -> None:
    whisper = analysis((40, -52, -52))
    timeline = laid(song(whisper, "a"), talk(4), song(whisper, "b"))
    first, second = lane(timeline, "music")
    (speech,) = lane(timeline, "voice")
    assert first.end_frames <= speech.start_frames
    assert speech.end_frames <= second.start_frames


@pytest.mark.parametrize("seconds", [0.1, 0.2, 1.0])
def test_songs_shorter_than_any_overlap(seconds: float) -> None:
    short = analysis((seconds, -12, -12))
    timeline = laid(*[song(short, f"song{n}") for n in range(4)], talk(1.0), song(short, "last"))
    assert len(lane(timeline, "music")) == 5
    assert all(clip.n_frames > 0 for clip in timeline.clips)


# -- gain -------------------------------------------------------------------------------------------------------------


def test_every_song_comes_to_the_target() -> None:
    for level in (-8.0, -16.0, -21.0):
        made = analysis((60, level, level))
        assert level + song_gain_db(made, TARGET) == pytest.approx(TARGET, abs=1.5)


def test_a_boost_has_an_end_and_silence_gets_none() -> None:
    assert song_gain_db(analysis((60, -50, -50)), TARGET) == 6.0
    assert song_gain_db(analysis((60, -120, -120)), TARGET) == 0.0
