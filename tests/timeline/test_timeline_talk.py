"""Where a link stands, and why it says it stands there."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_up_songs import RATE, analysis, song, sung, talk

from aidj.analysis.analyse import analyse_file
from aidj.demo import scores
from aidj.demo.compose import compose_song
from aidj.demo.score import SongSpec
from aidj.mixing import mix
from aidj.model import Analysis, Singing, Speech, TalkSettings, Transition
from aidj.timeline import Clip, Song, Talk, Timeline, lay_out, room_s
from aidj.timeline.ducking import MARGIN_S
from aidj.timeline.places import PAUSE_S
from aidj.timeline.talk import POST_S
from aidj.timeline.unsung import BEFORE_POST_S, CLEAN_OPENING_S, MAX_OVERLAP_S
from aidj.voice import VoiceProcessor, load_presenter, make_voice

TARGET = -16.0
LOUD = (60.0, -12.0, -12.0)
SLOW_FADE = (20.0, -12.0, -52.0)


def laid(*entries: Song | Talk, **settings: object) -> Timeline:
    return lay_out(entries, rate=RATE, target_lufs=TARGET, talk=TalkSettings(**settings))  # type: ignore[arg-type]


def voices(timeline: Timeline) -> list[Clip]:
    return [clip for clip in timeline.clips if clip.lane == "voice"]


def songs(timeline: Timeline) -> list[Clip]:
    return [clip for clip in timeline.clips if clip.lane == "music"]


def why(timeline: Timeline) -> str:
    return next(mark.why for mark in timeline.marks if mark.kind == "link")


def opening(post_s: float) -> Analysis:
    return sung(analysis(LOUD, post_s=post_s), (post_s, 50.0))


# -- over the opening -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speech_s", [4.0, 6.0, 8.0])
def test_a_link_that_nearly_fills_the_opening_ends_right_before_the_post(speech_s: float) -> None:
    post_s = speech_s + CLEAN_OPENING_S + BEFORE_POST_S + 1.0
    timeline = laid(song(analysis(LOUD), "a"), talk(speech_s), song(opening(post_s), "b"))
    (voice,), (_, after) = voices(timeline), songs(timeline)
    left_s = post_s - (voice.end_frames - after.start_frames) / RATE
    assert POST_S[0] <= left_s <= POST_S[1]
    assert why(timeline) == f"said over the opening, {left_s:.1f} s before the singing"


def test_in_a_long_opening_the_link_does_not_wait_for_the_post() -> None:
    timeline = laid(song(analysis(LOUD), "a"), talk(4), song(opening(40.0), "b"))
    (voice,), (_, after) = voices(timeline), songs(timeline)
    assert (voice.start_frames - after.start_frames) / RATE < 5


@pytest.mark.parametrize("post_s", [None, 0.5])
def test_where_it_is_unknown_or_sung_at_once_the_link_stands_before_the_song(post_s: float | None) -> None:
    made = analysis(LOUD) if post_s is None else opening(post_s)
    timeline = laid(song(analysis(LOUD), "a"), talk(4), song(made, "b"))
    assert voices(timeline)[0].end_frames < songs(timeline)[1].start_frames
    against = "nobody knows where the song after is sung" if post_s is None else "it would be spoken over singing"
    assert why(timeline).startswith("said where no song sounds; ")
    assert f"not over the opening: {against}" in why(timeline)


def test_unsure_singing_is_as_good_as_unknown() -> None:
    for confidence, over in ((0.89, False), (0.9, True)):
        made = sung(analysis(LOUD), (20.0, 50.0), confidence=confidence)
        timeline = laid(song(analysis(LOUD), "a"), talk(4), song(made, "b"))
        assert (voices(timeline)[0].end_frames > songs(timeline)[1].start_frames) == over


def test_over_a_song_that_nobody_sings() -> None:
    nobody = sung(analysis(LOUD))
    timeline = laid(song(analysis(LOUD), "a"), talk(6), song(nobody, "b"))
    assert why(timeline) == "said over the opening"
    assert voices(timeline)[0].start_frames > songs(timeline)[1].start_frames + RATE


def test_a_song_to_be_left_alone_is() -> None:
    entries = (song(analysis(LOUD), "a"), talk(4), song(opening(20.0), "b", untouched=True))
    timeline = laid(*entries)
    assert voices(timeline)[0].end_frames < songs(timeline)[1].start_frames
    assert "the song after is to be left alone" in why(timeline)
    assert room_s(opening(20.0), untouched=True) == 0


def test_a_long_link_begins_before_the_song_rather_than_cover_more_than_ten_seconds_of_it() -> None:
    timeline = laid(song(analysis(LOUD), "a"), talk(15), song(opening(40.0), "b"))
    (voice,), (_, after) = voices(timeline), songs(timeline)
    assert voice.start_frames < after.start_frames
    assert (voice.end_frames - after.start_frames) / RATE <= MAX_OVERLAP_S + 1e-3


def test_a_long_link_stands_on_a_soft_opening_as_on_a_bed() -> None:
    soft = sung(analysis((25.0, -24.0, -24.0), LOUD, post_s=40.0), (40.0, 80.0))
    timeline = laid(song(analysis(LOUD), "a"), talk(15), song(soft, "b"))
    (voice,), (_, after) = voices(timeline), songs(timeline)
    assert after.start_frames < voice.start_frames
    assert voice.end_frames < after.start_frames + 25 * RATE
    assert why(timeline).startswith(("said on the soft opening as on a bed", "said over the opening"))


# -- over an ending ---------------------------------------------------------------------------------------------------


def faded(*sung_s: tuple[float, float]) -> Analysis:
    return sung(analysis(LOUD, SLOW_FADE), *sung_s)


def test_a_link_over_a_fading_end_where_nobody_sings() -> None:
    timeline = laid(song(faded((10.0, 50.0)), "a"), talk(6), song(analysis(LOUD), "b"))
    (voice,), (before, after) = voices(timeline), songs(timeline)
    assert before.start_frames + 60 * RATE < voice.start_frames < before.end_frames
    assert voice.end_frames < after.start_frames
    assert why(timeline).startswith("said over the fading end of the song before; not over the opening: ")
    at = voice.start_frames - round(MARGIN_S * RATE)
    down = [ramp for ramp in before.ramps if ramp.shape == "smooth_db" and ramp.end_frames <= at]
    assert down, "the ending is lowered too"
    assert down[0].to_gain == pytest.approx(0.251, abs=1e-3)


def test_not_over_an_ending_that_is_sung() -> None:
    timeline = laid(song(faded((10.0, 80.0)), "a"), talk(6), song(analysis(LOUD), "b"))
    (voice,), (before, _) = voices(timeline), songs(timeline)
    assert voice.start_frames >= before.end_frames


def test_not_over_a_cold_end_whoever_sings() -> None:
    timeline = laid(song(sung(analysis(LOUD)), "a"), talk(6), song(analysis(LOUD), "b"))
    (voice,), (before, _) = voices(timeline), songs(timeline)
    assert voice.start_frames == pytest.approx(before.end_frames + PAUSE_S * RATE, abs=2)


def test_the_last_link_may_stand_over_the_last_ending() -> None:
    timeline = laid(song(faded((10.0, 50.0)), "a"), talk(6))
    assert voices(timeline)[0].start_frames < songs(timeline)[0].end_frames
    timeline = laid(song(analysis(LOUD), "a"), talk(6))
    assert voices(timeline)[0].start_frames > songs(timeline)[0].end_frames


def test_the_first_link_may_stand_over_the_first_opening() -> None:
    timeline = laid(talk(6), song(opening(12.0), "a"))
    assert songs(timeline)[0].start_frames < voices(timeline)[0].start_frames
    timeline = laid(talk(6), song(analysis(LOUD), "a"))
    assert voices(timeline)[0].end_frames < songs(timeline)[0].start_frames


# -- what is asked for ------------------------------------------------------------------------------------------------


def test_speech_and_music_can_be_kept_apart() -> None:
    entries = (song(faded((10.0, 50.0)), "a"), talk(6), song(opening(20.0), "b"), talk(3))
    timeline = laid(*entries, placement="gap")
    assert all(
        voice.end_frames <= clip.start_frames or voice.start_frames >= clip.end_frames
        for voice in voices(timeline)
        for clip in songs(timeline)
    )
    assert why(timeline) == "said where no song sounds; speech and music are to be kept apart"


def test_music_under_all_of_it_can_be_preferred() -> None:
    entries = (song(analysis(LOUD), "a"), talk(9), song(opening(5.0), "b"))
    shared_s = {}
    for placement in ("auto", "over"):
        timeline = laid(*entries, placement=placement)
        shared_s[placement] = (voices(timeline)[0].end_frames - songs(timeline)[1].start_frames) / RATE
    assert shared_s["over"] >= shared_s["auto"] > 0
    assert shared_s["over"] == pytest.approx(5.0 - BEFORE_POST_S, abs=0.01)


def test_depth_and_level_are_as_set_and_a_flat_duck_is_deeper_by_half_of_the_dip() -> None:
    entries = [song(analysis(LOUD), "a"), talk(4), song(opening(20.0), "b")]
    after = songs(laid(*entries, duck_db=-9.0, dip_db=-3.0))[1]
    assert min(ramp.to_gain for ramp in after.ramps if ramp.shape == "smooth_db") == pytest.approx(10 ** (-9 / 20))
    assert min(ramp.to_gain for ramp in after.bands[0].ramps) == pytest.approx(10 ** (-3 / 20))
    entries[1] = replace(entries[1], flat_duck=True)
    after = songs(laid(*entries))[1]
    assert min(ramp.to_gain for ramp in after.ramps if ramp.shape == "smooth_db") == pytest.approx(10 ** (-15 / 20))
    assert not after.bands
    assert voices(laid(*entries, voice_db=3.0))[0].gain == pytest.approx(10 ** (3 / 20))


def test_between_two_songs_of_an_album_a_link_stands_apart() -> None:
    entries = (
        song(faded((10.0, 50.0)), "a", album="one", number=1),
        talk(4),
        song(opening(20.0), "b", album="one", number=2, transition=Transition(kind="gapless")),
    )
    timeline = laid(*entries)
    (voice,), (before, after) = voices(timeline), songs(timeline)
    assert before.end_frames < voice.start_frames < voice.end_frames < after.start_frames


# -- the room for a text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post_s", [2.0, 3.0, 5.0, 9.0, 20.0])
def test_a_link_as_long_as_the_room_stands_wholly_over_the_opening(post_s: float) -> None:
    room = room_s(opening(post_s))
    assert room == (0.0 if post_s <= 3.0 else pytest.approx(min(post_s - 2.4, MAX_OVERLAP_S)))
    if not room:
        return
    timeline = laid(song(analysis(LOUD), "a"), talk(math.floor(room * 100) / 100), song(opening(post_s), "b"))
    assert voices(timeline)[0].start_frames >= songs(timeline)[1].start_frames


def test_there_is_no_room_where_nobody_knows() -> None:
    assert room_s(analysis(LOUD)) == 0
    assert room_s(sung(analysis(LOUD), (20.0, 30.0), confidence=0.5)) == 0
    assert room_s(sung(analysis((40.0, -24.0, -24.0), LOUD))) == 30.0


# -- how it is heard --------------------------------------------------------------------------------------------------


def test_a_presenter_is_understood_in_the_final_mix(tmp_path: Path) -> None:
    """STOI against the same clip dry, over composed music in full swing: at least 0.90, and less without the duck."""
    stoi = pytest.importorskip("pystoi").stoi
    presenter = load_presenter("ella")
    voice = make_voice(presenter)
    if voice.probe():
        pytest.skip("no speech engine on this system")
    texts = ("You have played this one twenty six times, and never in the last year.", "Here is something quite new.")
    processor = VoiceProcessor(rate=44100, target_lufs=TARGET, sound=presenter.sound)
    speeches = [processor.ready(voice.speak(text)) for text in texts]
    heard_as: dict[str, list[float]] = {"ducked": [], "plain": []}
    for name, spec in (("floor", scores.KITCHEN_FLOOR), ("umbrella", scores.NEON_UMBRELLA)):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, compose_song(instrumental(spec)).samples, 44100)
        nobody = Singing(ranges_s=np.zeros((0, 2)), confidence=1.0, source="sidecar")
        made = replace(analyse_file(path), singing=nobody, intro_end_s=None)
        for speech in speeches:
            timeline = over_opening(path, made, speech)
            plain = replace(timeline, clips=tuple(replace(clip, ramps=(), bands=()) for clip in timeline.clips))
            for kind, line in (("ducked", timeline), ("plain", plain)):
                said = voices(line)[0]
                heard = np.concatenate(list(mix(line)))[said.start_frames : said.end_frames].mean(axis=1)
                heard_as[kind].append(float(stoi(speech.samples, heard, 44100)))
    assert min(heard_as["ducked"]) >= 0.90
    assert max(heard_as["plain"]) < min(heard_as["ducked"])


def instrumental(spec: SongSpec) -> SongSpec:
    """The thick of a composed song, without its singers."""
    sections = [
        replace(part, parts={name: played for name, played in part.parts.items() if spec.players[name].role != "voice"})
        for part in spec.sections[2:4]
    ]
    return replace(spec, sections=tuple(sections))


def over_opening(path: Path, made: Analysis, speech: Speech) -> Timeline:
    entry = song(made, path.stem)
    entry = replace(entry, track=replace(entry.track, path=path))
    said = Talk(link=talk(1).link, speech=speech, flat_duck=True)
    return lay_out([said, entry], rate=44100, target_lufs=TARGET, talk=TalkSettings(placement="over"))
