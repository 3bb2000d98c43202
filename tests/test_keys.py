"""Keys: read as taggers write them, named plainly, and how well two go together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.keys import CLASH, NEUTRAL, compatibility, key_of, name_of, open_key_of, parse_key, tonic_of
from aidj.model import Key

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


@pytest.mark.parametrize(("camelot", "open_key", "name", "other_name"), TABLE)
def test_every_key_is_written_in_every_notation(camelot: str, open_key: str, name: str, other_name: str) -> None:
    key = Key(int(camelot[:-1]), minor=camelot.endswith("A"))
    assert open_key_of(key) == open_key
    assert name_of(key).split()[0] in (name.removesuffix("m"), other_name.removesuffix("m"))
    assert parse_key(name_of(key)) == key


@pytest.mark.parametrize("key", ALL_KEYS, ids=name_of)
def test_a_key_is_its_tonic_and_its_mode(key: Key) -> None:
    assert key_of(tonic_of(key), minor=key.minor) == key
    letter, accidental = name_of(key).split()[0][0], name_of(key).split()[0][1:]
    assert tonic_of(key) == "C D EF G A B".index(letter) + {"": 0, "#": 1, "b": -1}[accidental]


def test_how_keys_go_together_is_graded() -> None:
    a_minor = Key(8, minor=True)
    grades = {
        "A minor": 1.0, "E minor": 0.9, "D minor": 0.9, "C major": 0.9, "B minor": 0.55, "G minor": 0.55,
        "G major": 0.45, "F major": 0.45, "A major": 0.1, "Eb minor": 0.1, "F# minor": 0.1, "Ab major": 0.1,
    }  # fmt: skip
    for name, grade in grades.items():
        assert compatibility(a_minor, parse_key(name)) == grade, name
    assert compatibility(Key(12, minor=False), Key(1, minor=False)) == 0.9, "the wheel is round"


def test_further_away_is_never_better_and_no_direction_matters() -> None:
    for a in ALL_KEYS:
        assert compatibility(a, a) == 1.0
        for b in ALL_KEYS:
            assert compatibility(a, b) == compatibility(b, a)
            moved = [key_of((tonic_of(key) + 5) % 12, minor=key.minor) for key in (a, b)]
            assert compatibility(*moved) == compatibility(a, b), "only the distance counts"
            if a.steps_to(b) > 2:
                assert compatibility(a, b) == CLASH


def test_an_unknown_key_is_neither_a_match_nor_a_clash() -> None:
    for key in (*ALL_KEYS, None):
        assert compatibility(key, None) == compatibility(None, key) == NEUTRAL
    assert CLASH < NEUTRAL < 0.9
