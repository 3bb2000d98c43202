"""Tempo, key, energy and year: read as taggers write them, neutral where they say nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import track

from aidj.model import Analysis, PartialDate
from aidj.sequencing.features import Features, Key, features_of, parse_key

# Camelot, Open Key, and the note names of all keys as circle-of-fifths charts print them.
KEYS = """
1A  6m  Abm G#m     1B  6d  B   Cb
2A  7m  Ebm D#m     2B  7d  F#  Gb
3A  8m  Bbm A#m     3B  8d  Db  C#
4A  9m  Fm  E#m     4B  9d  Ab  G#
5A  10m Cm  B#m     5B  10d Eb  D#
6A  11m Gm  F##m    6B  11d Bb  A#
7A  12m Dm  C##m    7B  12d F   E#
8A  1m  Am  G##m    8B  1d  C   B#
9A  2m  Em  Fbm     9B  2d  G   F##
10A 3m  Bm  Cbm     10B 3d  D   C##
11A 4m  F#m Gbm     11B 4d  A   G##
12A 5m  C#m Dbm     12B 5d  E   Fb
"""
TABLE = [tuple(cells[i : i + 4]) for line in KEYS.split("\n") if (cells := line.split()) for i in (0, 4)]


def test_the_table_has_all_keys() -> None:
    assert len({row[0] for row in TABLE}) == 24


@pytest.mark.parametrize(("camelot", "open_key", "name", "other_name"), TABLE)
def test_every_key_is_read_in_every_notation(camelot: str, open_key: str, name: str, other_name: str) -> None:
    key = Key(int(camelot[:-1]), minor=camelot.endswith("A"))
    assert str(key) == camelot
    for text in (camelot, camelot.lower(), camelot.zfill(3), f" {camelot} ", open_key, open_key.upper()):
        assert parse_key(text) == key, text
    for spelling in (name, other_name) if "##" not in other_name else (name,):
        note = spelling.removesuffix("m")
        modes = ("m", "min", "Min", "MIN", " minor", " Minor", "-minor", ":min", "_minor")
        if not key.minor:
            modes = ("", "maj", "Maj", "MAJ", "M", " major", " Major", "-major", ":maj", "_major")
        for mode in modes:
            assert parse_key(note + mode) == key, note + mode
            assert parse_key(note.replace("#", "♯").replace("b", "♭") + mode) == key
        if len(note) == 2:
            accidental = {"#": "sharp", "b": "flat"}[note[1]]
            word = "minor" if key.minor else "major"
            assert parse_key(f"{note[0]} {accidental} {word}") == parse_key(f"{note[0]}-{accidental} {word}") == key
        assert parse_key(f"{spelling.lower()}in" if key.minor else f"{spelling.lower()}maj") == key


@pytest.mark.parametrize(
    ("text", "camelot"),
    [
        ("fis-Moll", "11A"),
        ("Cis-Dur", "3B"),
        ("As-Dur", "4B"),
        ("es-moll", "2A"),
        ("Es", "5B"),
        ("H-Dur", "1B"),
        ("h-Moll", "10A"),
        ("Hm", "10A"),
        ("B-Dur", "6B"),
        ("b-Moll", "3A"),
        ("B", "1B"),
        ("bm", "10A"),
        ("8A/7A", "8A"),
        ("Am (8A)", "8A"),
        ("8B - C", "8B"),
        ("; 5m", "12A"),
    ],
)
def test_other_ways_to_write_a_key(text: str, camelot: str) -> None:
    assert str(parse_key(text)) == camelot


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "o", "All", "a", "c#", "bb", "0A", "00A", "13A", "8C", "0d", "13m", "Am7", "Gs minor", "X", "A b c",
     "major", "minor", "120", "-", "/", "()", "Amateur"],
)  # fmt: skip
def test_what_is_no_key_or_could_be_two_is_none(text: str | None) -> None:
    assert parse_key(text) is None


@given(st.text(max_size=12) | st.from_regex(r"[A-Ha-h][#b♯]?[ :-]?[a-zA-Z]{0,6}", fullmatch=True))
def test_no_text_breaks_the_reading(text: str) -> None:
    key = parse_key(text)
    assert key is None or 1 <= key.number <= 12


ALL_KEYS = [Key(number, minor=minor) for number in range(1, 13) for minor in (False, True)]


def test_distance_on_the_wheel() -> None:
    def steps(a: str, b: str) -> int:
        first, second = parse_key(a), parse_key(b)
        assert first
        assert second
        return first.steps_to(second)

    assert steps("8A", "8A") == 0
    assert steps("8A", "9A") == steps("8A", "7A") == steps("8A", "8B") == steps("12A", "1A") == 1
    assert steps("8A", "9B") == steps("1A", "11A") == 2
    assert steps("C", "C#") == 5
    assert steps("C", "F#") == 6
    assert steps("C", "D#m") == 7
    for a in ALL_KEYS:
        for b in ALL_KEYS:
            assert a.steps_to(b) == b.steps_to(a)
            assert (a.steps_to(b) == 0) == (a == b)


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
