"""Composed songs: what the truth says is in the samples."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from aidj.demo import Player, Section, SongSpec, compose_song, scores
from aidj.demo.effects import RATE, limit, loudness_lufs
from aidj.demo.truth import merge_ranges


def short(spec, sections, **changes):
    return replace(spec, sections=tuple(spec.sections[i] for i in sections), **changes)


@pytest.fixture(scope="module")
def songs():
    return {
        "fade": compose_song(short(scores.NEON_UMBRELLA, (1, 2), fade_bars=3)),
        "cold": compose_song(short(scores.KITCHEN_FLOOR, (1, 2, 5))),
        "sustained": compose_song(short(scores.PAPER_BOATS, (0, 5))),
        "long_tail": compose_song(short(scores.FOG, (0, 2))),
    }


def level_db(song, start_s, end_s):
    part = song.samples[int(start_s * RATE) : int(end_s * RATE)].astype(float)
    return 10 * np.log10(np.mean(part**2) + 1e-12)


def test_samples_are_stereo_float_and_never_clip(songs):
    for song in songs.values():
        assert song.samples.dtype == np.float32
        assert song.samples.shape[1] == 2
        assert song.rate == 44100
        assert 0.1 < np.max(np.abs(song.samples)) < 0.89
        assert np.std(song.samples[:, 0] - song.samples[:, 1]) > 0.003
        assert song.truth.duration_s == pytest.approx(len(song.samples) / RATE)


def test_the_same_score_gives_the_same_samples(songs):
    again = compose_song(short(scores.PAPER_BOATS, (0, 5)))
    assert again.samples.tobytes() == songs["sustained"].samples.tobytes()
    assert again.truth == songs["sustained"].truth


def test_loudness_is_as_ordered(songs):
    assert songs["cold"].truth.loudness_lufs == pytest.approx(scores.KITCHEN_FLOOR.loudness_lufs, abs=0.6)
    assert songs["long_tail"].truth.loudness_lufs == pytest.approx(scores.FOG.loudness_lufs, abs=0.6)


def test_before_the_first_and_after_the_last_audible_moment_there_is_nothing(songs):
    for song in songs.values():
        truth = song.truth
        assert not song.samples[: int(truth.first_onset_s * RATE * 0.9)].any()
        assert truth.first_onset_s - 0.02 <= truth.cue_in_s < truth.first_onset_s + 0.5
        assert level_db(song, truth.cue_out_s, truth.duration_s) < truth.loudness_lufs - 35


def test_a_cold_song_stops_at_body_level(songs):
    song = songs["cold"]
    assert level_db(song, song.truth.release_s - 0.1, song.truth.release_s - 0.015) > song.truth.loudness_lufs - 10
    assert song.truth.cue_out_s == pytest.approx(song.truth.release_s, abs=0.03)
    assert not song.samples[int(song.truth.release_s * RATE) + 1 :].any()


def test_a_fade_falls_all_the_way(songs):
    song, start, end = songs["fade"], songs["fade"].truth.fade_start_s, songs["fade"].truth.fade_end_s
    levels = [level_db(song, at, at + 1) for at in np.linspace(start - 1, end - 1, 5)]
    assert all(a > b for a, b in pairwise(levels))
    assert levels[0] - levels[-1] > 20


def test_a_long_tail_takes_more_than_fifteen_seconds(songs):
    song = songs["long_tail"]
    assert song.truth.cue_out_s - song.truth.release_s > 18
    at = song.truth.release_s
    assert level_db(song, at + 2, at + 3) - level_db(song, at + 12, at + 13) == pytest.approx(17, abs=5)


def test_a_sustained_end_holds_and_lets_go(songs):
    song = songs["sustained"]
    at = song.truth.release_s
    assert level_db(song, at - 0.6, at - 0.1) > song.truth.loudness_lufs - 12
    assert song.truth.cue_out_s - at < 4


def test_beats_lie_on_the_grid(songs):
    for song in songs.values():
        truth = song.truth
        assert np.allclose(np.diff(truth.beats_s), 60 / truth.bpm, atol=2e-5)
        assert truth.downbeats_s == truth.beats_s[:: truth.beats_per_bar]


def test_drums_sound_on_the_beats():
    kicks = SongSpec(
        slug="kicks",
        seed=3,
        bpm=120,
        key="C",
        ending="cold",
        lead_in_s=0.25,
        players={
            "drums": Player(instrument="machine", role="drums", human_s=0.0, reverb=0.0),
            "bass": Player(instrument="sub_bass", role="bass", octave=1, gain_db=-60),
        },
        sections=(Section(name="a", chords="C | C", parts={"drums": "kick x.x.x.x.", "bass": "1-------"}),),
    )
    song = compose_song(kicks)
    power = np.abs(song.samples[:, 0])
    for beat_s in song.truth.beats_s:
        at = int(beat_s * RATE)
        assert power[at - 400 : at - 60].max() < 0.1 * power[at : at + 900].max()


def test_singing_is_where_the_truth_says():
    spec = short(scores.BREAD_CRUMBS, (0, 1))
    voice_only = {"voice": replace(spec.players["voice"], reverb=0.0)}
    sections = tuple(
        replace(section, parts={name: part for name, part in section.parts.items() if name == "voice"})
        for section in spec.sections
    )
    song = compose_song(replace(spec, players=voice_only, sections=sections, glue=0.0))
    truth = song.truth
    assert truth.intro_end_s == truth.sung_s[0][0]
    assert len(truth.sung_s) == 4
    assert len(truth.lines) == 4
    for start_s, end_s in truth.sung_s:
        assert level_db(song, start_s, end_s) > -30
        spectrum = np.abs(np.fft.rfft(song.samples[int(start_s * RATE) : int(end_s * RATE)].sum(axis=1))) ** 2
        f = np.fft.rfftfreq(int(end_s * RATE) - int(start_s * RATE), 1 / RATE)
        assert spectrum[(f > 150) & (f < 3500)].sum() > 0.8 * spectrum.sum()
    for (_, end_s), (start_s, _) in pairwise(truth.sung_s):
        assert level_db(song, end_s + 0.12, start_s) < -50
    assert level_db(song, 0, truth.intro_end_s - 0.01) < -60


def test_merging_ranges():
    assert merge_ranges([(5, 6), (1, 2), (2.2, 3), (1.5, 1.8)]) == ((1, 3), (5, 6))


def test_loudness_of_a_known_sine():
    t = np.arange(5 * RATE) / RATE
    sine = (10 ** (-23 / 20) * np.sin(2 * np.pi * 997 * t)).astype(np.float32)
    assert loudness_lufs(np.stack([sine, sine], axis=1)) == pytest.approx(-23.0, abs=0.2)


def test_the_limiter_holds_the_ceiling_and_leaves_the_rest():
    rng = np.random.default_rng(1)
    noise = (rng.standard_normal((RATE, 2)) * 0.05).astype(np.float32)
    noise[20000:20200] *= 30
    out = limit(noise, 0.5)
    assert np.max(np.abs(out)) <= 0.55
    assert np.array_equal(out[:15000], noise[:15000])
