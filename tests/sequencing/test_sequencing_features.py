"""Tempo, key, energy and year: from tags, else from what was measured, neutral where neither says anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up import track

from aidj.analysis import ANALYSER_VERSION, Analyses
from aidj.analysis import TABLES as ANALYSIS_TABLES
from aidj.analysis.tables import COLUMNS, to_rows
from aidj.database import open_database, transaction
from aidj.keys import parse_key
from aidj.model import Analysis, Key, PartialDate, Rhythm, Tonality
from aidj.sequencing.features import Features, features_of


def analysed(loudness_lufs: float) -> Analysis:
    nothing = np.zeros(0, np.float32)
    return Analysis(
        version=1,
        duration_s=200.0,
        loudness_lufs=loudness_lufs,
        true_peak_dbtp=-1.0,
        cue_in_s=0.0,
        cue_out_s=200.0,
        start_next_s=200.0,
        ending="cold",
        levels_lufs=nothing,
        peaks_dbtp=nothing,
    )


def test_features_come_from_tags_and_loudness() -> None:
    song = track(1, bpm=128.0, key="Am", released=PartialDate(2011, 5), first_released=PartialDate(1974))
    assert features_of(song, analysed(-18.0)) == Features(bpm=128.0, key=Key(8, minor=True), energy=0.5, year=1974)
    assert features_of(track(1, released=PartialDate(2011)), None).year == 2011


def test_what_is_not_known_is_none() -> None:
    assert features_of(track(1, released=None), None) == Features()


@pytest.mark.parametrize(
    ("bpm", "kept"), [(39.9, False), (40.0, True), (250.0, True), (251.0, False), (0.0, False), (float("nan"), False)]
)
def test_a_tempo_that_cannot_be_is_none(bpm: float, kept: bool) -> None:
    assert (features_of(track(1, bpm=bpm), None).bpm is not None) == kept


@pytest.mark.parametrize(
    ("loudness_lufs", "energy"),
    [(-30.0, 0.0), (-45.0, 0.0), (-12.0, 0.75), (-6.0, 1.0), (-2.0, 1.0), (float("-inf"), None), (float("nan"), None)],
)
def test_the_energy_stands_in_for_loudness(loudness_lufs: float, energy: float | None) -> None:
    assert features_of(track(1), analysed(loudness_lufs)).energy == (None if energy is None else pytest.approx(energy))


def test_without_a_measurement_the_gain_tag_tells_the_energy() -> None:
    assert features_of(track(1, track_gain_db=0.0), None).energy == 0.5
    assert features_of(track(1, track_gain_db=-12.0), None).energy == 1.0
    assert features_of(track(1, track_gain_db=0.0), analysed(-30.0)).energy == 0.0  # what was measured wins
    assert features_of(track(1), None).energy is None


# --- what was measured ------------------------------------------------------------------------------------------------


def pulsing(bpm: float, confidence: float) -> Analysis:
    nothing = np.zeros(0, np.int32)
    rhythm = Rhythm(
        bpm=bpm,
        beats_s=np.zeros(0),
        beats_per_bar=4,
        downbeats=nothing,
        phrases=nothing,
        confidence=confidence,
        downbeat_confidence=0.0,
    )
    return replace(analysed(-18.0), rhythm=rhythm)


def keyed(key: str, opening: str, closing: str, *, sure: tuple[float, float, float] = (0.9, 0.9, 0.9)) -> Analysis:
    tonality = Tonality(
        key=parse_key(key),
        confidence=sure[0],
        opening=parse_key(opening),
        opening_confidence=sure[1],
        closing=parse_key(closing),
        closing_confidence=sure[2],
    )
    return replace(analysed(-18.0), tonality=tonality)


@pytest.mark.parametrize(("confidence", "bpm"), [(0.9, 121.0), (0.3, 121.0), (0.29, None)])
def test_a_measured_tempo_counts_where_it_is_sure_enough(confidence: float, bpm: float | None) -> None:
    assert features_of(track(1), pulsing(121.0, confidence)).bpm == bpm


def test_a_tagged_tempo_goes_before_a_measured_one_unless_it_cannot_be() -> None:
    assert features_of(track(1, bpm=60.5), pulsing(121.0, 1.0)).bpm == 60.5
    assert features_of(track(1, bpm=900.0), pulsing(121.0, 1.0)).bpm == 121.0


def test_measured_keys_are_those_of_opening_and_closing() -> None:
    features = features_of(track(1), keyed("A minor", "C major", "B minor"))
    assert [features.key, features.enters_in, features.leaves_in] == list(map(parse_key, ("Am", "C", "Bm")))
    unsure = features_of(track(1), keyed("A minor", "C major", "B minor", sure=(0.9, 0.3, 0.9)))
    assert [unsure.opening_key, unsure.enters_in, unsure.leaves_in] == [None, *map(parse_key, ("Am", "Bm"))]
    edges_alone = features_of(track(1), keyed("A minor", "C major", "B minor", sure=(0.3, 0.9, 0.3)))
    assert [edges_alone.key, edges_alone.enters_in, edges_alone.leaves_in] == [None, parse_key("C"), None]


def test_a_tagged_key_stands_for_opening_and_closing_unless_the_measured_whole_confirms_it() -> None:
    measured = keyed("A minor", "A minor", "B minor")
    against = features_of(track(1, key="Dm"), measured)
    assert [against.key, against.enters_in, against.leaves_in] == [parse_key("Dm")] * 3
    confirmed = features_of(track(1, key="8A"), measured)
    assert [confirmed.key, confirmed.enters_in, confirmed.leaves_in] == list(map(parse_key, ("Am", "Am", "Bm")))


def test_measured_energy_is_that_between_the_cues() -> None:
    curve = np.concatenate([np.ones(10), np.full(30, 0.2), np.full(60, 0.5), np.full(40, 0.8), np.ones(20)])
    analysis = replace(analysed(-6.0), energy=curve.astype(np.float32), cue_in_s=10, start_next_s=140, cue_out_s=150)
    features = features_of(track(1, track_gain_db=0.0), analysis)
    assert features.enters_at == pytest.approx(0.2)
    assert features.leaves_at == pytest.approx(0.8)
    assert features.energy == pytest.approx((30 * 0.2 + 60 * 0.5 + 40 * 0.8 + 10) / 140)


@pytest.mark.parametrize(("cue_in_s", "start_next_s"), [(0.0, 0.0), (2.5, 2.5), (0.2, 1.7), (4.9, 5.0), (4.0, 4.5)])
def test_energy_of_a_moment_of_sound_is_a_number(cue_in_s: float, start_next_s: float) -> None:
    curve = np.linspace(0, 1, 5, dtype=np.float32)
    analysis = replace(
        analysed(-20.0), energy=curve, cue_in_s=cue_in_s, start_next_s=start_next_s, cue_out_s=start_next_s
    )
    features = features_of(track(1), analysis)
    for energy in (features.energy, features.enters_at, features.leaves_at):
        assert energy is not None
        assert 0.0 <= energy <= 1.0


@pytest.mark.parametrize("has_energy", [False, True])
@pytest.mark.parametrize("sure", [0.2, 0.35, 0.9])
def test_a_stored_summary_tells_the_same_as_the_analysis(tmp_path: Path, has_energy: bool, sure: float) -> None:
    """Through the real store and back: what a bulk look over the library says is what planning sees later."""
    curve = np.random.default_rng(3).random(200).astype(np.float32)
    analysis = replace(
        analysed(-12.0),
        version=ANALYSER_VERSION,
        cue_in_s=3.2,
        cue_out_s=190.0,
        start_next_s=185.7,
        energy=curve if has_energy else curve[:0],
        rhythm=pulsing(98.5, sure).rhythm,
        tonality=keyed("A minor", "C major", "B minor", sure=(0.9, sure, 0.5)).tonality,
    )
    connection = open_database(tmp_path, ANALYSIS_TABLES)
    analyses = Analyses(connection)
    song = track(1)
    with transaction(connection):
        plain, arrays = to_rows(song.id, analysis)
        connection.execute(f"INSERT INTO analyses ({COLUMNS}) VALUES ({', '.join('?' * len(plain))})", plain)
        connection.execute(f"INSERT INTO analysis_arrays VALUES ({', '.join('?' * len(arrays))})", arrays)
    assert features_of(song, analyses.summaries()[song.id]) == features_of(song, analysis)
    connection.close()


def test_what_is_not_known_of_the_edges_is_that_of_the_whole() -> None:
    whole = Features(key=Key(3, minor=False), energy=0.4)
    assert whole.enters_in == whole.leaves_in == Key(3, minor=False)
    assert whole.enters_at == whole.leaves_at == 0.4
    edges = Features(energy=0.4, opening_energy=0.0, closing_energy=0.9)
    assert (edges.enters_at, edges.leaves_at) == (0.0, 0.9)
