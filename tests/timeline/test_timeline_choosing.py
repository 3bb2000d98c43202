"""Which transition two songs get, and why."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_songs import RATE, analysis, grid, song, sung, talk

from aidj.model import Analysis, Key, Tonality, Transition
from aidj.timeline import Handover, Layout, Song, Talk, Timeline, common_target_lufs, run_gain_db, song_gain_db
from aidj.timeline.beatmatch import MAX_STRETCH, beatmixes, fold, why_not
from aidj.timeline.choosing import choose
from aidj.timeline.judging import Side, judge
from aidj.timeline.seams import Seam, crossfade, segue

TARGET = -16.0
LOUD = (120, -14, -14)
FADE = ((60, -14, -14), (12, -14, -60))


def side(made: Analysis) -> Side:
    return Side(analysis=made, level_db=song_gain_db(made, TARGET) - TARGET)


def chosen(before: Analysis, after: Analysis, **how: object) -> Seam:
    return choose(side(before), side(after), **how)  # type: ignore[arg-type]


def laid(*entries: Song | Talk, handover: Handover | None = None) -> Timeline:
    layout = Layout(rate=RATE, target_lufs=TARGET, handover=handover)
    for entry in entries:
        layout.add(entry)
    return layout.finish()


def tonal(made: Analysis, key: str) -> Analysis:
    minor = key.endswith("A")
    found = Key(int(key[:-1]), minor)
    return replace(
        made,
        tonality=Tonality(
            key=found, confidence=0.9, opening=found, opening_confidence=0.9, closing=found, closing_confidence=0.9
        ),
    )


# -- endings ----------------------------------------------------------------------------------------------------------


def test_a_mastered_fade_is_left_alone_and_followed_while_it_can_be_heard() -> None:
    seam = chosen(analysis(*FADE), analysis(LOUD))
    assert seam.kind == "segue"
    assert seam.fade_out_s == 0
    assert 62 < seam.next_starts_s < 67
    assert any("fades out by itself" in words for words in seam.why)


def test_a_cold_end_is_followed_at_once_and_not_faded() -> None:
    seam = chosen(analysis(LOUD), analysis(LOUD))
    assert (seam.kind, seam.fade_out_s) == ("segue", 0)
    assert abs(seam.next_starts_s - 120) <= 0.3


def test_a_quiet_opening_begins_before_the_end_so_that_no_hole_is_left() -> None:
    quiet_start = analysis((3, -50, -50), (60, -14, -14))
    seam = chosen(analysis(LOUD), quiet_start)
    assert seam.next_starts_s < 118
    (verdict,) = judge(side(analysis(LOUD)), side(quiet_start), [seam])
    assert not verdict.vetoes


# -- vetoes -----------------------------------------------------------------------------------------------------------


def vetoes(before: Analysis, after: Analysis, seam: Seam) -> tuple[str, ...]:
    (verdict,) = judge(side(before), side(after), [seam])
    return verdict.vetoes


def test_singing_over_singing_is_a_veto() -> None:
    before, after = sung(analysis(LOUD), (20, 119)), sung(analysis(LOUD), (0.5, 30))
    long_fade = crossfade(before, after, 112)
    assert any("singing over singing" in veto for veto in vetoes(before, after, long_fade))
    unsung = sung(analysis(LOUD), (20, 100))
    assert not any("singing" in veto for veto in vetoes(unsung, after, long_fade))
    assert chosen(before, after).overlap_s < 1.0


def test_a_sung_line_is_not_cut_off() -> None:
    before, after = sung(analysis(LOUD), (100, 119.5)), analysis(LOUD)
    assert any("cut off" in veto for veto in vetoes(before, after, crossfade(before, after, 112)))
    assert any("cut off" in veto for veto in vetoes(before, after, crossfade(before, after, 90, 8.0)))


def test_singing_nobody_is_sure_of_is_no_veto() -> None:
    before, after = sung(analysis(LOUD), (20, 119), confidence=0.1), sung(analysis(LOUD), (0.5, 30), confidence=0.1)
    assert not any("sing" in veto or "sung" in veto for veto in vetoes(before, after, crossfade(before, after, 112)))


def test_a_mastered_fade_is_not_faded_again() -> None:
    before = replace(analysis(*FADE), fade_starts_s=60.0)
    seam = crossfade(before, analysis(LOUD), 62, 6.0)
    assert any("mastered fade" in veto for veto in vetoes(before, analysis(LOUD), seam))


def test_an_overlap_beyond_the_half_of_a_song_is_a_veto() -> None:
    before, short = analysis(LOUD), analysis((10, -14, -14))
    assert any("half of a song" in veto for veto in vetoes(before, short, crossfade(before, short, 112)))


def test_a_hole_and_a_bump_are_vetoes() -> None:
    loud = analysis(LOUD)
    gone = replace(segue(loud, loud, 120.0), next_starts_s=121.0)
    assert "it would leave a hole" in vetoes(loud, loud, gone)
    both = replace(segue(loud, loud, 114.0), ends_s=120.0)
    assert "both together are too loud" in vetoes(loud, loud, both)


# -- beat on beat -----------------------------------------------------------------------------------------------------


def test_two_steady_songs_are_laid_beat_on_beat() -> None:
    before, after = grid(analysis(LOUD), 124.0), grid(analysis(LOUD), 126.0, first_s=0.2)
    seam = chosen(before, after)
    assert seam.kind == "beatmix"
    assert seam.tempo.rates[0] == pytest.approx(124 / 126, abs=1e-6)
    assert any("124.0 and 126.0 BPM" in words for words in seam.why)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (grid(analysis(LOUD), 124), analysis(LOUD), "no steady beat"),
        (grid(analysis(LOUD), 124), grid(analysis(LOUD), 124, confidence=0.4), "no steady beat"),
        (grid(analysis(LOUD), 124), grid(analysis(LOUD), 124, beats_per_bar=3), "4 beats to the bar against 3"),
        (grid(analysis(LOUD), 100), grid(analysis(LOUD), 124), "100 BPM against 124"),
    ],
)
def test_why_two_songs_are_not(before: Analysis, after: Analysis, why: str) -> None:
    assert why in (why_not(before, after) or "")
    seam = chosen(before, after)
    assert seam.kind != "beatmix"
    assert any(words.startswith("no beatmix") and why in words for words in seam.why)


def test_half_and_double_time_count_as_the_same() -> None:
    assert fold(140, 70) == (1.0, 2.0)
    assert fold(70, 140) == (1.0, 0.5)
    before, after = grid(analysis(LOUD), 140.0), grid(analysis(LOUD), 71.0)
    seams = list(beatmixes(before, after))
    assert seams
    for seam in seams:
        check_phase(before, after, seam)


def test_it_is_off_by_a_switch_in_a_run_and_where_nothing_may_be_mixed() -> None:
    before, after = grid(analysis(LOUD), 124.0), grid(analysis(LOUD), 124.0)
    assert chosen(before, after, handover=Handover(beatmix=False)).kind != "beatmix"
    assert chosen(before, after, mixed=False).kind != "beatmix"
    alone = chosen(before, after, untouched=True)
    assert (alone.kind, alone.overlap_s) == ("segue", pytest.approx(-0.3))


def test_keys_that_clash_weigh_in() -> None:
    before, after = grid(analysis(LOUD), 124.0), grid(analysis(LOUD), 130.0, first_s=3.0, phrase=0)
    near = judge(side(tonal(before, "8A")), side(tonal(after, "8A")), list(beatmixes(before, after)))
    far = judge(side(tonal(before, "8A")), side(tonal(after, "2B")), list(beatmixes(before, after)))
    assert all(a.cost + 0.5 < b.cost for a, b in zip(near, far, strict=True))


def check_phase(before: Analysis, after: Analysis, seam: Seam) -> None:
    """Every beat of the next song falls on one of the song before, and bars begin together."""
    assert before.rhythm is not None
    assert after.rhythm is not None
    theirs = seam.next_starts_s + np.array([seam.tempo.session_s(s - seam.next_from_s) for s in after.rhythm.beats_s])
    both = theirs[(theirs > seam.next_starts_s + 0.01) & (theirs < seam.ends_s - 0.01)]
    grid_s = before.rhythm.beats_s
    half = (grid_s[1:] + grid_s[:-1]) / 2
    grid_s = np.sort(np.concatenate([grid_s, half])) if after.rhythm.bpm > 1.5 * before.rhythm.bpm else grid_s
    assert len(both) >= 4
    off = np.abs(both[:, None] - grid_s).min(axis=1)
    assert off.max() < 0.002
    bars = np.abs(before.rhythm.beats_s[before.rhythm.downbeats] - seam.ends_s)
    assert bars.min() < 0.01, "it ends on a downbeat"


@settings(max_examples=100, deadline=None)
@given(
    st.floats(80, 170),
    st.floats(-0.075, 0.075),
    st.floats(0, 2),
    st.floats(0, 3),
    st.floats(30, 150),
)
def test_any_two_grids_meet(bpm: float, apart: float, first_s: float, second_s: float, seconds: float) -> None:
    before = grid(analysis((seconds, -14, -14)), bpm, first_s=first_s)
    after = grid(analysis((120, -14, -14)), bpm * (1 + apart), first_s=second_s)
    for seam in beatmixes(before, after):
        check_phase(before, after, seam)
        rates = (1.0, *seam.tempo.rates)
        assert abs(rates[1 if len(rates) > 1 else 0] - 1) <= MAX_STRETCH
        assert rates[-1] == 1.0, "back to its own tempo"
        assert all(abs(b - a) <= 0.005 + 1e-9 for a, b in pairwise(rates[1:])), "in steps nobody hears"
        assert seam.overlap_s <= min(seconds, 120) / 2 + 0.1
        assert seam.swap_s is not None
        assert seam.next_starts_s < seam.swap_s[0] < seam.swap_s[1] < seam.ends_s


def test_only_one_bass_sounds_at_a_time_and_the_tempo_comes_home() -> None:
    before, after = grid(analysis(LOUD), 124.0), grid(analysis(LOUD), 127.0)
    first, second = laid(song(before, "a"), song(after, "b")).clips
    overlap = np.arange(second.start_frames, first.end_frames)

    def bass(clip: object) -> np.ndarray:
        (band,) = clip.bands  # type: ignore[attr-defined]
        return np.prod([ramp.gains(int(overlap[0]), len(overlap)) for ramp in band.ramps], axis=0)

    assert (np.minimum(bass(first), bass(second)) < 0.05).all()
    assert bass(first)[0] == 1.0
    assert bass(second)[-1] == 1.0
    assert second.tempo[-1].rate == 1.0
    assert second.tempo[-1].start_frames < second.end_frames
    assert all(step.start_frames >= first.end_frames for step in second.tempo[1:])


def test_a_wished_beatmix_has_its_length_in_bars() -> None:
    before, after = grid(analysis(LOUD), 124.0), grid(analysis(LOUD), 124.0)
    for bars in (4, 8, 16):
        seam = chosen(before, after, wish=Transition(kind="beatmix", bars=bars))
        assert seam.overlap_s == pytest.approx(bars * 4 * 60 / 124, abs=0.1)
    crossed = chosen(before, after, wish=Transition(kind="crossfade", bars=2))
    assert crossed.overlap_s == pytest.approx(2 * 4 * 60 / 124, abs=0.01)


def test_a_beatmix_that_cannot_be_had_is_noted() -> None:
    layout = Layout(rate=RATE, target_lufs=TARGET)
    layout.add(song(analysis(LOUD), "a"))
    layout.add(song(analysis(LOUD), "b", transition=Transition(kind="beatmix")))
    layout.finish()
    assert any("beatmix into" in note and "no steady beat" in note for note in layout.notes)


def test_the_next_transition_waits_until_this_one_is_over() -> None:
    songs = [grid(analysis((40, -14, -14)), bpm) for bpm in (124.0, 130.0, 121.0, 128.0)]
    timeline = laid(*[song(made, name) for made, name in zip(songs, "abcd", strict=True)])
    clips = timeline.clips
    assert any(clip.tempo for clip in clips)
    for index, clip in enumerate(clips[1:-1], start=1):
        busy = max([clips[index - 1].end_frames, *(step.start_frames for step in clip.tempo[-1:])])
        assert clips[index + 1].start_frames >= busy - 1


# -- albums, classical music, settings --------------------------------------------------------------------------------


def test_album_neighbours_are_one_clip_to_the_sample_at_one_gain() -> None:
    one = analysis((0.7, -90, -90), (30, -20, -20), (0.4, -90, -90))
    two = analysis((0.3, -90, -90), (25.5, -12, -12))
    run = (one, two)
    before = analysis((60, -14, -14))
    timeline = laid(
        song(before, "x"),
        song(one, "a", album="Made Up", number=3, run=run),
        song(two, "b", album="Made Up", number=4, run=run),
    )
    _, clip = timeline.clips
    assert [path.stem for path in (clip.source, *clip.then)] == ["a", "b"]  # type: ignore[union-attr]
    assert clip.source_start_frames == round(one.cue_in_s * RATE)
    whole = round((one.duration_s + two.cue_out_s) * RATE)
    assert clip.source_start_frames + clip.n_frames == whole
    assert 20 * math.log10(clip.gain) == pytest.approx(run_gain_db(run, TARGET))
    _, first, second = timeline.marks
    assert second.start_s == pytest.approx(first.start_s + one.duration_s - one.cue_in_s)
    assert second.joined is not None
    assert second.joined.kind == "gapless"
    joint = round(second.start_s * RATE)
    for ramp in clip.ramps:
        assert ramp.constant(joint - 100, 200) == 1.0, "nothing fades at the joint"


def test_classical_music_ends_before_something_follows() -> None:
    timeline = laid(song(analysis(LOUD), "a"), song(analysis(LOUD), "b", classical=True, untouched=True))
    first, second = timeline.clips
    assert second.start_frames - first.end_frames == 2 * RATE
    assert timeline.marks[1].joined is not None
    assert timeline.marks[1].joined.kind == "gap"


@pytest.mark.parametrize(
    ("handover", "overlap_s"),
    [
        (Handover(mode="crossfade", length_s=5), 5.0),
        (Handover(mode="crossfade"), 6.0),
        (Handover(mode="cut"), 0.0),
        (Handover(mode="gap", length_s=3), -3.0),
    ],
)
def test_the_setting_holds_for_all_pairs_but_album_neighbours(handover: Handover, overlap_s: float) -> None:
    made = analysis(LOUD)
    timeline = laid(
        song(made, "a"), song(made, "b"), song(made, "c", album="X", number=1), song(made, "d", album="X", number=2),
        handover=handover,
    )  # fmt: skip
    assert [mark.joined.overlap_s if mark.joined else None for mark in timeline.marks] == [
        None, pytest.approx(overlap_s, abs=0.01), pytest.approx(overlap_s, abs=0.01), 0.0,
    ]  # fmt: skip


@pytest.mark.parametrize("handover", [Handover(mode="crossfade", length_s=8), Handover(mode="cut"), Handover()])
def test_no_setting_touches_what_is_to_be_left_alone(handover: Handover) -> None:
    made = analysis(LOUD)
    timeline = laid(
        song(made, "a"), song(made, "b", untouched=True), song(made, "c", classical=True, untouched=True),
        handover=handover,
    )  # fmt: skip
    assert [mark.joined.overlap_s if mark.joined else None for mark in timeline.marks] == [
        None, pytest.approx(-0.3), pytest.approx(-2.0),
    ]  # fmt: skip


def test_a_wish_to_mix_it_gives_way_and_is_noted() -> None:
    layout = Layout(rate=RATE, target_lufs=TARGET)
    layout.add(song(analysis(LOUD), "a", untouched=True))
    layout.add(song(analysis(LOUD), "b", transition=Transition(kind="crossfade", length_s=8)))
    first, second = layout.finish().clips
    assert second.start_frames > first.end_frames
    assert any("crossfade into" in note and "left alone" in note for note in layout.notes)


def test_a_moment_set_by_hand_is_where_the_next_song_begins() -> None:
    sources = {"start_next": "sidecar", "cue_out": "sidecar"}
    made = replace(analysis(LOUD), start_next_s=45.0, cue_out_s=50.0, marker_sources=sources)
    seam = chosen(made, analysis(LOUD))
    assert (seam.next_starts_s, seam.ends_s) == (45.0, 50.0)
    assert seam.fade_out_s > 2, "it is cut in the middle of music"


def test_where_nothing_is_right_a_moment_of_quiet_is_the_lesser_evil() -> None:
    before = sung(analysis(LOUD), (20, 119.9))
    after = sung(analysis((4, -50, -50), (60, -14, -14)), (0.0, 30))
    seam = chosen(before, after)
    assert seam.overlap_s < 0.5, "nobody sings over anybody"


def test_what_is_cut_off_does_not_count_for_the_gain() -> None:
    made = analysis((60, -30, -30), (30, -14, -14))
    soft_part = replace(made, cue_out_s=59.0)
    assert song_gain_db(soft_part, TARGET) > song_gain_db(made, TARGET) + 3


def test_a_long_pause_between_album_neighbours_is_not_kept() -> None:
    one = analysis((60, -14, -14), (5, -90, -90))
    two = analysis((60, -14, -14))
    assert chosen(one, two, neighbours=True).kind == "segue"
    wished = chosen(one, two, neighbours=True, wish=Transition(kind="gapless"))
    assert (wished.kind, wished.ends_s) == ("gapless", one.duration_s)


def test_a_soft_ending_is_not_left_to_play_on_alone() -> None:
    before = analysis((100, -14, -14), (25, -37, -37))
    seam = chosen(before, analysis(LOUD))
    assert seam.next_starts_s < before.cue_out_s - 8


def test_a_session_comes_down_to_what_cannot_be_lifted() -> None:
    soft, loud = analysis((60, -24.5, -24.5)), analysis(LOUD)
    common = common_target_lufs([(soft,), (loud,)], TARGET)
    assert common == pytest.approx(-18.5, abs=0.3)
    assert common_target_lufs([(loud,)], TARGET) == TARGET
    assert common_target_lufs([(analysis((60, -40, -40)),), (loud,)], TARGET) == TARGET - 6


def test_speech_between_two_songs_leaves_them_apart() -> None:
    before, after = grid(analysis(LOUD), 124.0), grid(analysis(LOUD), 124.0)
    timeline = laid(song(before, "a"), talk(4.0), song(after, "b"))
    joined = timeline.marks[2].joined
    assert joined is not None
    assert joined.kind != "beatmix"
    assert joined.why[0] == "something is said between the two"
