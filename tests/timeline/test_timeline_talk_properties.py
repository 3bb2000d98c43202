"""What holds for every link of thousands of random sessions, read from the timeline alone."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from made_up_sessions import SURE, random_analysis, random_entries
from made_up_songs import RATE

from aidj.model import TalkSettings
from aidj.timeline import Clip, Layout, Song, Talk, Timeline, run_gain_db, song_gain_db

TARGET = -16.0
FLOOR_DB = -15.0
SLACK_S = 2 / RATE
PLANS = 2000


def laid(entries: list[Song | Talk], settings: TalkSettings) -> Timeline:
    layout = Layout(rate=RATE, target_lufs=TARGET, talk=settings)
    for entry in entries:
        layout.add(entry)
    return layout.finish()


@pytest.mark.parametrize("part", range(4))
def test_what_holds_for_every_link(part: int) -> None:
    rng = np.random.default_rng(part)
    pool = [random_analysis(rng) for _ in range(250)]
    over_music = 0
    for _ in range(PLANS // 4):
        entries = random_entries(rng, pool)
        placement = rng.choice(["auto", "auto", "over", "gap"])
        timeline = laid(entries, TalkSettings(placement=placement))
        over_music += check(timeline, entries, placement)
    assert over_music > PLANS / 20, "there is something to check"


# -- what is checked --------------------------------------------------------------------------------------------------


def check(timeline: Timeline, entries: list[Song | Talk], placement: str) -> int:
    """Check one session and return how many links stand over music that can be heard."""
    music = [clip for clip in timeline.clips if clip.lane == "music"]
    voice = [clip for clip in timeline.clips if clip.lane == "voice"]
    talks = [entry for entry in entries if isinstance(entry, Talk)]
    assert [clip.source for clip in voice] == [entry.speech for entry in talks]
    for clip in voice:
        assert clip.source_start_frames == 0
        assert clip.n_frames == len(clip.source.samples), "never cut"
        assert not clip.ramps
        assert 0 <= clip.start_frames <= clip.end_frames <= timeline.n_frames
    for before, after in pairwise(voice):
        assert before.end_frames <= after.start_frames, "never two at once"
    songs = {entry.track.path: entry for entry in entries if isinstance(entry, Song)}
    over_music = 0
    for clip in music:
        check_duck(clip, voice, talks)
        for speech in voice:
            first, last = max(clip.start_frames, speech.start_frames), min(clip.end_frames, speech.end_frames)
            if first < last:
                assert placement != "gap", "speech and music are kept apart"
                over_music += check_speech_over(clip, songs, first, last)
    return over_music


def check_speech_over(clip: Clip, songs: dict[object, Song], first: int, last: int) -> bool:
    """Check what of a clip's songs is spoken over from one frame of the session to another."""
    at_s = 0.0
    heard = False
    paths = (clip.source, *clip.then)
    for index, path in enumerate(paths):
        entry = songs[path]
        made = entry.analysis
        start_s, end_s = (file_s(clip, frame) - at_s for frame in (first, last))
        at_s += made.duration_s
        start_s, end_s = max(start_s, made.cue_in_s if index == 0 else 0.0), min(end_s, made.duration_s)
        if end_s - start_s <= SLACK_S:
            continue
        assert not entry.untouched, "speech over a song that is to be left alone"
        heard |= check_part(entry, start_s, end_s, opens=index == 0, closes=index == len(paths) - 1)
    return heard


def check_part(entry: Song, start_s: float, end_s: float, *, opens: bool, closes: bool) -> bool:
    made = entry.analysis
    gain_db = run_gain_db(entry.run, TARGET) if len(entry.run) > 1 else song_gain_db(made, TARGET)
    level_db = gain_db - TARGET
    own_db = min(0.0, made.loudness_lufs + level_db) if math.isfinite(made.loudness_lufs) else 0.0
    ranges = made.singing.ranges_s if made.singing is not None else np.zeros((0, 2))
    for sung_from_s, sung_to_s in ranges:
        assert end_s <= sung_from_s + SLACK_S or start_s >= sung_to_s - SLACK_S, "speech over singing"
    levels = made.levels_lufs[math.floor(start_s * 10 + 1e-6) : math.ceil(end_s * 10 - 2e-2)] + level_db - own_db
    if levels.max(initial=-200.0) <= FLOOR_DB + 1e-3:
        return False
    sure = made.singing is not None and made.singing.confidence >= SURE
    assert sure or made.intro_end_s is not None, "speech over a song of which nobody knows where it is sung"
    if not len(ranges) or end_s <= ranges[0, 0]:
        in_opening = not len(ranges) or end_s <= ranges[0, 0] - 0.4 + SLACK_S
    else:
        in_opening = False
    in_ending = start_s >= (ranges[-1, 1] if len(ranges) else 0.0) and made.ending in ("fade", "long_tail")
    assert (in_opening and opens) or (in_ending and closes)
    return True


def check_duck(clip: Clip, voice: list[Clip], talks: list[Talk]) -> None:
    """Down before the first word, up within two seconds after the last, and no bobbing in between."""
    said = []
    for speech, entry in zip(voice, talks, strict=True):
        words = entry.speech.words
        first_word = speech.start_frames + round((words[0].start_s if words else 0.0) * RATE)
        said.append((first_word, speech.end_frames, -15.0 if entry.flat_duck else -12.0, entry.flat_duck))
    for index, (first_word, end, duck_db, flat) in enumerate(said):
        first, last = max(first_word, clip.start_frames), min(end, clip.end_frames)
        if first >= last:
            continue
        under = np.unique(np.linspace(first, last - 1, 12).astype(int))
        assert (duck_of(clip.ramps, under) <= duck_db + 0.01).all(), "the duck is complete before the first word"
        if not flat:
            (dip,) = (band for band in clip.bands if band.filter == "peak")
            assert (duck_of(dip.ramps, under) <= -6 + 0.01).all()
        follows = voice[index + 1].start_frames if index + 1 < len(voice) else 10**9
        after = end + 2 * RATE
        if after < clip.end_frames and follows - after > RATE:
            assert abs(duck_of(clip.ramps, np.array([after]))[0]) < 0.5, "back within half a decibel after two seconds"
            dips = [band for band in clip.bands if band.filter == "peak"]
            assert all(abs(duck_of(band.ramps, np.array([after]))[0]) < 0.5 for band in dips)
        if 0 <= follows - end < 1.5 * RATE and clip.end_frames > follows:
            pause = np.arange(max(end, clip.start_frames), follows, 40)
            assert (duck_of(clip.ramps, pause) <= max(duck_db, said[index + 1][2]) + 0.01).all(), "no bobbing"


def duck_of(ramps: tuple, frames: np.ndarray) -> np.ndarray:
    """Return by how many decibels ducks lower a clip at these frames; fades are not of their shape."""
    gains = np.zeros(len(frames))
    for ramp in ramps:
        if ramp.shape == "smooth_db":
            gains += [20 * math.log10(float(ramp.gains(int(frame), 1)[0])) for frame in frames]
    return gains


def file_s(clip: Clip, frame: int) -> float:
    """Return which moment of its file a clip plays at a frame of the session."""
    at, rate, source = clip.start_frames, 1.0, float(clip.source_start_frames)
    for step in clip.tempo:
        if step.start_frames >= frame:
            break
        source += (step.start_frames - at) * rate
        at, rate = step.start_frames, step.rate
    return (source + (frame - at) * rate) / RATE
