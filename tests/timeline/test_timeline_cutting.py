"""Songs that are skipped and links that are hushed, and that nothing later changes what was heard."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from made_up_sessions import random_analysis, random_entries
from made_up_songs import RATE, analysis, grid, song, sung, talk

from aidj.model import Speech, Transition, Word
from aidj.timeline import Clip, Layout, Mark, Ramp, Song, Talk, Timeline, lay_out
from aidj.timeline.beginning import LEAD_IN_S
from aidj.timeline.clips import EDGE_OUT_S
from aidj.timeline.cutting import HUSH_FADE_S, SKIP_FADE_S, faded_out, heard
from aidj.timeline.ducking import ATTACK_S, MARGIN_S, MERGE_S

TARGET = -16.0
SLACK_S = 2 / RATE
SHORT_S = 3.0
"""Links before and after a song that is shorter lie so close together that their ducks are one."""
LOUD = (60.0, -12.0, -12.0)
FADING = (20.0, -12.0, -70.0)


def laid(*entries: Song | Talk) -> Timeline:
    return lay_out(entries, rate=RATE, target_lufs=TARGET)


def skipped(entry: Song, cut_s: float) -> Song:
    return replace(entry, item=replace(entry.item, cut_s=cut_s))


def hushed(entry: Talk, cut_s: float) -> Talk:
    return replace(entry, link=replace(entry.link, cut_s=cut_s))


def clip_of(timeline: Timeline, entry: Song | Talk) -> Clip:
    source = entry.track.path if isinstance(entry, Song) else entry.speech
    return next(clip for clip in timeline.clips if clip.source == source)


def mark_of(timeline: Timeline, entry: Song) -> Mark:
    return next(mark for mark in timeline.marks if mark.path == entry.track.path)


def gains(clip: Clip, start_s: float, end_s: float) -> np.ndarray:
    """The gain of a clip over a stretch of the session; nothing where it does not sound."""
    first, n_frames = round(start_s * RATE), round((end_s - start_s) * RATE)
    made = np.ones(n_frames) * clip.gain
    for ramp in clip.ramps:
        made *= ramp.gains(first, n_frames)
    at = np.arange(first, first + n_frames)
    return np.where((at >= clip.start_frames) & (at < clip.end_frames), made, 0.0)


# -- a song that is skipped -------------------------------------------------------------------------------------------


def test_the_next_song_begins_where_a_skipped_one_begins_to_fade() -> None:
    first, second = skipped(song(analysis(LOUD), "a"), 12.5), song(analysis((2.0, -120.0, -120.0), LOUD), "b")
    timeline = laid(first, second)
    ours, theirs = clip_of(timeline, first), clip_of(timeline, second)
    cut_s = ours.start_frames / RATE + 12.5
    assert theirs.start_frames / RATE == pytest.approx(cut_s, abs=SLACK_S)
    assert theirs.source_start_frames == round(second.analysis.cue_in_s * RATE), "at its cue-in"
    assert ours.end_frames / RATE == pytest.approx(cut_s + SKIP_FADE_S, abs=SLACK_S)
    going, coming = (gains(clip, cut_s, cut_s + SKIP_FADE_S) / clip.gain for clip in (ours, theirs))
    assert going**2 + coming**2 == pytest.approx(np.ones(len(going)), abs=0.01), "at equal power"
    mark = mark_of(timeline, first)
    assert (mark.end_s, mark.why) == (pytest.approx(ours.end_frames / RATE), "skipped")
    joined = mark_of(timeline, second).joined
    assert joined is not None
    assert (joined.kind, joined.why) == ("crossfade", ("the song before was skipped",))


@pytest.mark.parametrize("kind", ["gapless", "segue", "crossfade", "gap", "beatmix"])
def test_whatever_seam_was_wished_for(kind: str) -> None:
    made = grid(analysis(LOUD), 120.0)
    first = skipped(song(made, "a", album="x", number=1), 20.0)
    second = song(made, "b", album="x", number=2, transition=Transition(kind=kind))
    timeline = laid(first, second)
    cut_s = clip_of(timeline, first).start_frames / RATE + 20.0
    assert clip_of(timeline, second).start_frames / RATE == pytest.approx(cut_s, abs=SLACK_S)
    assert clip_of(timeline, first).then == ()
    assert not clip_of(timeline, second).tempo


def test_what_is_said_after_a_skip_is_said_over_nothing_sung() -> None:
    first, link = skipped(song(sung(analysis(LOUD), (0.5, 59.0)), "a"), 20.0), talk(4.0)
    for opening_s, under in ((15.0, True), (1.0, False)):
        second = song(replace(sung(analysis(LOUD), (opening_s, 50.0)), intro_end_s=opening_s), "b")
        timeline = laid(first, link, second)
        cut_s = clip_of(timeline, first).start_frames / RATE + 20.0
        speech, theirs = clip_of(timeline, link), clip_of(timeline, second)
        assert cut_s + SKIP_FADE_S <= speech.start_frames / RATE + SLACK_S
        assert (theirs.start_frames < speech.end_frames) == under
        if under:
            assert theirs.start_frames / RATE == pytest.approx(cut_s, abs=SLACK_S)
        assert speech.end_frames / RATE <= theirs.start_frames / RATE + opening_s


def test_a_song_skipped_in_its_own_opening_takes_the_one_before_with_it() -> None:
    first = song(analysis(LOUD), "a")
    second = song(analysis(LOUD), "b", transition=Transition(kind="crossfade", length_s=10.0))
    third = song(analysis(LOUD), "c")
    timeline = laid(first, skipped(second, 3.0), third)
    plain = laid(first, second, third)
    start_s = clip_of(timeline, second).start_frames / RATE
    assert clip_of(timeline, second).start_frames == clip_of(plain, second).start_frames
    cut_s = start_s + 3.0
    for entry in (first, second):
        clip = clip_of(timeline, entry)
        assert clip.end_frames / RATE == pytest.approx(cut_s + SKIP_FADE_S, abs=SLACK_S)
        np.testing.assert_array_equal(gains(clip, 0, cut_s), gains(clip_of(plain, entry), 0, cut_s))
        assert gains(clip, cut_s + SKIP_FADE_S - 1 / RATE, cut_s + SKIP_FADE_S)[0] < 0.01
    assert [mark.end_s for mark in timeline.marks[:2]] == pytest.approx([cut_s + SKIP_FADE_S] * 2, abs=SLACK_S)
    assert clip_of(timeline, third).start_frames / RATE == pytest.approx(cut_s, abs=SLACK_S)


def test_a_song_skipped_at_once() -> None:
    first, second, third = (song(analysis(LOUD), name) for name in "abc")
    timeline = laid(skipped(first, 0.0), skipped(second, 0.0), third)
    starts = [clip.start_frames for clip in timeline.clips]
    assert starts == [starts[0]] * 3
    assert clip_of(timeline, second).n_frames == round(SKIP_FADE_S * RATE)


def test_the_last_song_may_be_skipped() -> None:
    first = song(analysis(LOUD), "a")
    timeline = laid(skipped(first, 10.0))
    assert timeline.duration_s == pytest.approx(LEAD_IN_S + 10.0 + SKIP_FADE_S + 0.5, abs=0.01)
    closing = talk(3.0)
    timeline = laid(skipped(first, 10.0), closing)
    left_s = LEAD_IN_S + 10.0 + SKIP_FADE_S
    assert left_s <= clip_of(timeline, closing).start_frames / RATE + SLACK_S < left_s + 0.5


def test_a_cut_after_the_end_changes_nothing() -> None:
    first, second = song(analysis((30.0, -12.0, -12.0), FADING), "a"), song(analysis(LOUD), "b")
    assert laid(skipped(first, 500.0), second) == laid(first, second)
    assert laid(skipped(first, 500.0)) == laid(first)


def test_the_ending_of_a_song_may_be_cut_under_the_next() -> None:
    first, second = song(analysis((30.0, -12.0, -12.0), FADING), "a"), song(analysis(LOUD), "b")
    plain = laid(first, second)
    next_s = (clip_of(plain, second).start_frames - clip_of(plain, first).start_frames) / RATE
    assert clip_of(plain, first).end_frames > clip_of(plain, second).start_frames + RATE
    timeline = laid(skipped(first, next_s + 0.5), second)
    assert clip_of(timeline, second) == clip_of(plain, second)
    assert clip_of(timeline, first).n_frames / RATE == pytest.approx(next_s + 0.5 + SKIP_FADE_S, abs=SLACK_S)


def test_a_pinned_song_is_waited_for() -> None:
    first, second = song(analysis(LOUD), "a"), song(analysis(LOUD), "b", pinned_s=40.0)
    timeline = laid(skipped(first, 10.0), second)
    assert clip_of(timeline, second).start_frames / RATE == pytest.approx(40.0)
    assert clip_of(timeline, first).end_frames / RATE == pytest.approx(LEAD_IN_S + 10.0 + SKIP_FADE_S, abs=SLACK_S)


def test_an_album_run_that_is_skipped_ends_in_its_second_song() -> None:
    made = analysis(LOUD)
    first, second = (song(made, name, album="x", number=number) for number, name in enumerate("ab", 1))
    third = song(made, "c")
    whole = laid(first, second, third)
    assert clip_of(whole, first).then == (second.track.path,)
    timeline = laid(first, skipped(second, 5.0), third)
    clip = clip_of(timeline, first)
    assert clip.then == (second.track.path,)
    assert clip.n_frames / RATE == pytest.approx(60.0 - first.analysis.cue_in_s + 5.0 + SKIP_FADE_S, abs=0.01)


# -- a link that is hushed --------------------------------------------------------------------------------------------


def said(seconds: float) -> Talk:
    text = "one two three four"
    starts = [index * seconds / 4 for index in range(4)]
    words = tuple(Word(at_s, text.index(word), len(word)) for at_s, word in zip(starts, text.split(), strict=True))
    made = talk(seconds)
    return replace(made, speech=replace(made.speech, text=text, words=words))


def test_a_hushed_link_fades_and_what_is_told_of_it_ends_there() -> None:
    opening_s = 20.0
    second = song(replace(sung(analysis(LOUD), (opening_s, 50.0)), intro_end_s=opening_s), "b")
    link = said(8.0)
    plain, timeline = laid(link, second), laid(hushed(link, 2.5), second)
    speech, before = clip_of(timeline, link), clip_of(plain, link)
    assert speech.start_frames == before.start_frames
    cut_s = speech.start_frames / RATE + 2.5
    assert speech.end_frames / RATE == pytest.approx(cut_s + HUSH_FADE_S, abs=SLACK_S)
    assert gains(speech, cut_s + HUSH_FADE_S - 1 / RATE, cut_s + HUSH_FADE_S)[0] < 0.01
    mark = timeline.marks[0]
    assert mark.end_s == pytest.approx(cut_s + HUSH_FADE_S, abs=SLACK_S)
    assert mark.why.endswith("; skipped")
    assert (mark.text, len(mark.words)) == ("one two", 2)
    # The music comes up again from there.
    music = clip_of(timeline, second)
    if music.start_frames < speech.start_frames:
        np.testing.assert_array_equal(gains(music, 0, cut_s), gains(clip_of(plain, second), 0, cut_s))
    up = gains(music, cut_s, cut_s + 2.0)
    assert np.abs(np.diff(up)).max() < 0.01
    assert up[-1] == pytest.approx(music.gain, rel=1e-3)


def test_nothing_waits_for_what_is_no_longer_said() -> None:
    first, second = song(analysis(LOUD), "a"), song(analysis(LOUD), "b")
    link = said(8.0)
    timeline = laid(first, hushed(link, 1.0), second)
    speech = clip_of(timeline, link)
    assert speech.start_frames >= clip_of(timeline, first).end_frames, "it is said in the gap"
    assert clip_of(timeline, second).start_frames / RATE == pytest.approx(speech.start_frames / RATE + 1.0, abs=SLACK_S)


def test_a_link_hushed_and_its_song_skipped() -> None:
    first, third = song(analysis(LOUD), "a"), song(analysis(LOUD), "c")
    second = song(replace(sung(analysis(LOUD), (20.0, 50.0)), intro_end_s=20.0), "b")
    link = said(8.0)
    plain = laid(first, link, second, third)
    speech, song_s = clip_of(plain, link), clip_of(plain, second).start_frames / RATE
    cut_s = speech.start_frames / RATE + 3.0
    assert song_s < cut_s, "it is said over its opening"
    timeline = laid(first, hushed(link, 3.0), skipped(second, cut_s - song_s), third)
    assert clip_of(timeline, third).start_frames / RATE == pytest.approx(cut_s, abs=SLACK_S)
    assert mark_of(timeline, second).end_s == pytest.approx(cut_s + SKIP_FADE_S, abs=SLACK_S)


def test_a_song_skipped_while_its_ending_is_talked_over() -> None:
    ending = sung(analysis((30.0, -12.0, -12.0), (40.0, -12.0, -70.0)), (1.0, 25.0))
    first = song(replace(ending, intro_end_s=1.0), "a")
    second = song(replace(sung(analysis(LOUD), (0.2, 50.0)), intro_end_s=0.2), "b")
    link = said(6.0)
    plain = laid(first, link, second)
    speech = clip_of(plain, link)
    assert speech.start_frames < clip_of(plain, first).end_frames, "it is said over the ending"
    cut_s = (speech.start_frames - clip_of(plain, first).start_frames) / RATE + 2.0
    timeline = laid(skipped(first, cut_s), link, second)
    assert clip_of(timeline, link) == speech, "what is being said is said to its end"
    assert clip_of(timeline, second).start_frames >= speech.end_frames
    assert clip_of(timeline, second).start_frames < speech.end_frames + 0.5 * RATE
    both = laid(skipped(first, cut_s), hushed(link, 2.0), second)
    assert clip_of(both, second).start_frames == pytest.approx(speech.start_frames + 2 * RATE, abs=2)


def test_what_of_a_speech_is_heard() -> None:
    speech = said(8.0).speech
    assert heard(speech, 0.0) == ("", ())
    assert heard(speech, 2.0) == ("one", speech.words[:1])
    assert heard(speech, 9.0) == (speech.text, speech.words)
    timeless = Speech(text="one two three four", samples=speech.samples, rate=RATE, engine="made", voice="up")
    assert heard(timeless, 4.0) == ("one two", ())
    assert heard(timeless, 0.1) == ("", ())


def test_a_fade_leaves_out_what_would_have_come_later() -> None:
    fade = Ramp(900, 1000, 1.0, 0.0, "linear")
    clip = Clip(source=talk(1.0).speech, lane="voice", start_frames=0, n_frames=1000, ramps=(fade,))
    cut = faded_out(clip, 100, 50)
    assert (cut.n_frames, cut.ramps) == (150, (Ramp(100, 150, 1.0, 0.0, "quarter_sine"),))
    assert faded_out(clip, 960, 50) is clip


# -- what holds for any session ---------------------------------------------------------------------------------------


def random_cuts(rng: np.random.Generator, entries: list[Song | Talk]) -> list[Song | Talk]:
    made = []
    for entry in entries:
        if isinstance(entry, Song) and rng.random() < 0.35:
            entry = skipped(entry, float(rng.choice([0.0, rng.uniform(0, 3), rng.uniform(0, 80)])))
        elif isinstance(entry, Talk) and rng.random() < 0.3:
            entry = hushed(entry, float(rng.uniform(0, 6)))
        made.append(entry)
    return made


def layout_of(entries: list[Song | Talk]) -> Layout:
    layout = Layout(rate=RATE, target_lufs=TARGET)
    for entry in entries:
        layout.add(entry)
    return layout


@pytest.mark.parametrize("part", range(2))
def test_a_copy_goes_on_as_if_laid_out_from_the_start(part: int) -> None:
    rng = np.random.default_rng(part)
    pool = [random_analysis(rng) for _ in range(100)]
    for _ in range(100):
        entries = random_cuts(rng, random_entries(rng, pool))
        whole = layout_of(entries)
        notes = whole.copy().finish() and list(whole.notes)
        timeline = whole.finish()
        assert len(timeline.marks) == len(timeline.clips) + sum(len(clip.then) for clip in timeline.clips)
        at = int(rng.integers(0, len(entries) + 1))
        begun = layout_of(entries[:at])
        early = begun.copy().finish()
        copy = begun.copy()
        for entry in random_entries(rng, pool):
            copy.add(entry)
        copy.finish()  # whatever happens to one copy
        other = begun.copy()
        for entry in entries[at:]:
            other.add(entry)
        assert other.finish() == timeline
        assert other.notes[: len(notes)] == notes
        assert begun.finish() == early == layout_of(entries[:at]).finish()


@pytest.mark.parametrize("part", range(2))
def test_what_comes_later_changes_nothing_before(part: int) -> None:
    """Whatever follows a song, all before the earlier of the two seams is as it was."""
    rng = np.random.default_rng(10 + part)
    pool = [random_analysis(rng) for _ in range(100)]
    compared = 0
    for _ in range(100):
        entries = random_cuts(rng, random_entries(rng, pool))
        songs = [number for number, entry in enumerate(entries) if isinstance(entry, Song)]
        kept = int(rng.choice(songs)) + 1
        others = random_cuts(rng, random_entries(rng, pool))
        ours, theirs = (layout_of([*entries[:kept], *rest]).finish() for rest in (entries[kept:], others))
        until_s = min(seam_begins_s(timeline, kept) for timeline in (ours, theirs))
        if ours.marks[kept - 1].end_s - ours.marks[kept - 1].start_s < SHORT_S:
            continue
        compared += check_same_until(ours, theirs, kept, until_s)
    assert compared > 100


def seam_begins_s(timeline: Timeline, kept: int) -> float:
    """When the first thing is heard of what comes after so many entries."""
    before, after = timeline.marks[:kept], timeline.marks[kept:]
    begins = [before[-1].end_s]
    begins += [mark.start_s for mark in after]
    begins += [mark.start_s - max(MERGE_S, ATTACK_S + MARGIN_S) for mark in after if mark.kind == "link"]
    last = next(
        clip for clip in timeline.clips if before[-1].path in (clip.source, *clip.then) and clip.lane == "music"
    )
    begins += [
        ramp.start_frames / RATE
        for ramp in (*last.ramps, *(ramp for band in last.bands for ramp in band.ramps))
        if ramp.to_gain < ramp.from_gain and ramp.end_frames >= last.end_frames
    ]
    return min(begins) - EDGE_OUT_S


def check_same_until(ours: Timeline, theirs: Timeline, kept: int, until_s: float) -> int:
    """Check that two timelines are the same up to a moment; return how many clips were compared."""
    frame = int(until_s * RATE)
    compared = 0
    for mark, other in zip(ours.marks[:kept], theirs.marks[:kept], strict=True):
        assert mark.start_s == other.start_s
        if mark.end_s <= until_s:
            assert mark == other
    pairs = [[clip for clip in timeline.clips if clip.start_frames < frame] for timeline in (ours, theirs)]
    for one, two in zip(*pairs, strict=True):
        if one.end_frames <= frame and two.end_frames <= frame:
            assert one == two
        assert (one.source, one.start_frames, one.source_start_frames) == (
            two.source,
            two.start_frames,
            two.source_start_frames,
        )
        assert (one.gain, one.tempo) == (two.gain, two.tempo)
        shorter, longer = sorted((one.then, two.then), key=len)
        assert longer[: len(shorter)] == shorter
        check_same_gains(one, two, frame)
        compared += 1
    return compared


def bands_of(one: Clip, two: Clip) -> list[tuple[tuple[Ramp, ...], tuple[Ramp, ...]]]:
    kinds = {(band.filter, band.frequency_hz) for clip in (one, two) for band in clip.bands}
    found = []
    for kind in kinds:
        ramps = [
            tuple(ramp for band in clip.bands if (band.filter, band.frequency_hz) == kind for ramp in band.ramps)
            for clip in (one, two)
        ]
        found.append((ramps[0], ramps[1]))
    return found


def check_same_gains(one: Clip, two: Clip, frame: int) -> None:
    """Check that two clips are as loud as each other up to a frame, in all bands: at 20 moments of each ramp."""
    for ours, theirs in ((one.ramps, two.ramps), *bands_of(one, two)):
        edges = {edge for ramp in (*ours, *theirs) for edge in (ramp.start_frames, ramp.end_frames)}
        edges = sorted({one.start_frames, frame} | {edge for edge in edges if one.start_frames < edge < frame})
        at = np.unique(np.concatenate([np.linspace(a, b, 20).astype(int) for a, b in pairwise(edges)] or [[frame]]))
        for moment in at[at < frame]:
            assert product(ours, int(moment), 1) == pytest.approx(product(theirs, int(moment), 1), rel=1e-4, abs=1e-4)


def product(ramps: tuple[Ramp, ...], start: int, n_frames: int) -> np.ndarray:
    made = np.ones(n_frames)
    for ramp in ramps:
        made *= ramp.gains(start, n_frames)
    return made


@pytest.mark.parametrize("part", range(2))
def test_cuts_change_nothing_before_them_and_never_click(part: int) -> None:
    """A session is played, and at any moment the song that plays is skipped, or the link that is said hushed."""
    rng = np.random.default_rng(20 + part)
    pool = [random_analysis(rng) for _ in range(100)]
    for _ in range(80):
        entries = random_cuts(rng, random_entries(rng, pool)) if rng.random() < 0.5 else random_entries(rng, pool)
        plain = layout_of(entries).finish()
        number = int(rng.integers(0, len(entries)))
        mark, entry = plain.marks[number], entries[number]
        if (entry.item if isinstance(entry, Song) else entry.link).cut_s is not None or mark.end_s - mark.start_s < 0.5:
            continue
        cut_s = float(rng.uniform(0, mark.end_s - mark.start_s - 0.3))
        cut = skipped(entry, cut_s) if isinstance(entry, Song) else hushed(entry, cut_s)
        timeline = layout_of([*entries[:number], cut, *entries[number + 1 :]]).finish()
        at_s = mark.start_s + cut_s
        check_cut(plain, timeline, at_s)
        ended = timeline.marks[number]
        assert ended.end_s == pytest.approx(at_s + (SKIP_FADE_S if isinstance(entry, Song) else HUSH_FADE_S), abs=0.001)
        assert ended.why.endswith("skipped")
        if isinstance(entry, Song):
            check_nothing_left(timeline, entry, ended.end_s, number)


def check_nothing_left(timeline: Timeline, entry: Song, end_s: float, number: int) -> None:
    """A skipped song takes all before it with it."""
    assert all(mark.end_s <= end_s + SLACK_S for mark in timeline.marks[:number] if mark.kind == "song")


def check_cut(plain: Timeline, timeline: Timeline, at_s: float) -> None:
    frame = int(at_s * RATE) - 1
    before = [[clip for clip in made.clips if clip.start_frames < frame] for made in (plain, timeline)]
    for one, two in zip(*before, strict=True):
        assert (one.source, one.start_frames, one.source_start_frames, one.gain, one.tempo) == (
            two.source,
            two.start_frames,
            two.source_start_frames,
            two.gain,
            two.tempo,
        )
        assert min(two.end_frames, frame) == min(frame, one.end_frames)
        check_same_gains(one, two, min(frame, one.end_frames))
    for clip in timeline.clips:
        n_frames = max(0, min(clip.end_frames, frame + RATE) - max(clip.start_frames, frame - RATE))
        gain = product(clip.ramps, max(clip.start_frames, frame - RATE), n_frames)
        assert np.abs(np.diff(gain)).max(initial=0.0) <= 0.05, "the steepest edge is 5 ms at this rate"
    for one, two in pairwise(clip for clip in timeline.clips if clip.lane == "voice"):
        assert one.end_frames <= two.start_frames + round(HUSH_FADE_S * RATE)
