from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import candidate

from aidj.model import Rotation
from aidj.sequencing.arranging import Stretch, arc_of, arrange, wanted_energy
from aidj.sequencing.features import Features
from aidj.sequencing.rules import Contender, Rules


def contender(number: int, rotation: Rotation, artist: str) -> Contender:
    return Contender.of(candidate(number, rotation, artist=artist, album=f"Album {number}"))


SONG = st.tuples(
    st.sampled_from(("new_release", "forgotten_favourite", "current_favourite", "deep_cut")),
    st.sampled_from("ABCDEFGH"),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(SONG, min_size=1, max_size=5, unique_by=lambda song: song[1]), st.lists(SONG, max_size=10), st.data())
def test_no_other_order_breaks_a_weightier_rule(
    part: list[tuple[Rotation, str]], past: list[tuple[Rotation, str]], data: st.DataObject
) -> None:
    """Against brute force: what gives way is the least, by the order in which rules give way."""
    songs = [contender(number, *song) for number, song in enumerate(part)]
    before = [contender(100 + number, *song) for number, song in enumerate(past)]
    rules = Rules(artist_gap=4, album_gap=2)
    energies = data.draw(st.lists(st.floats(0, 1), min_size=len(songs), max_size=len(songs)))
    features = {song.id: Features(energy=energy) for song, energy in zip(songs, energies, strict=True)}

    def broken(order: tuple[Contender, ...]) -> list[int]:
        found: list[int] = []
        for place, song in enumerate(order):
            found += rules.broken_by(song, [*before, *order[:place]], place)
        return sorted(found, reverse=True)

    arranged = arrange(songs, features, before=before, rules=rules)
    assert sorted(song.id for song in arranged.songs) == sorted(song.id for song in songs)
    assert broken(arranged.songs) == min(map(broken, permutations(songs)))


def test_the_flow_decides_where_no_rule_does() -> None:
    songs = [contender(number, "current_favourite", f"Artist {number}") for number in range(4)]
    tempi = dict(zip((song.id for song in songs), (90.0, 128.0, 92.0, 126.0), strict=True))
    features = {track_id: Features(bpm=bpm) for track_id, bpm in tempi.items()}
    arranged = arrange(songs, features, before=[], rules=Rules())
    bpm = [tempi[song.id] for song in arranged.songs]
    assert sorted(bpm[:2]) in ([90.0, 92.0], [126.0, 128.0])
    assert arranged.cost["total"] == pytest.approx(sum(v for name, v in arranged.cost.items() if name != "total"))


def test_the_cost_says_what_the_rules_cost() -> None:
    pair = [contender(number, "current_favourite", "Same") for number in range(2)]
    assert arrange(pair, {}, before=[], rules=Rules()).cost["rules"] >= 1e6


@pytest.mark.parametrize(
    ("at_s", "direction"), [(0, "up"), (1700, "up"), (1900, "down"), (2600, "down"), (4000, "down")]
)
def test_where_in_the_arc(at_s: float, direction: str) -> None:
    stretches = [Stretch(minutes=30, direction="up"), Stretch(minutes=15, direction="down")]
    assert arc_of(stretches, at_s) == direction
    assert arc_of([], at_s) == "arch"


def test_the_energy_an_arc_asks_for() -> None:
    energies = [number / 100 for number in range(101)]
    stretches = [Stretch(minutes=30, direction="up"), Stretch(minutes=15, direction="down")]
    levels = [wanted_energy(stretches, minute * 60, energies) for minute in (0, 15, 30, 45, 60)]
    assert levels == pytest.approx([0.2, 0.55, 0.9, 0.2, 0.2])
    assert wanted_energy([Stretch(minutes=10, direction="steady")], 300, energies) == pytest.approx(0.55)
    assert wanted_energy([Stretch(minutes=10, direction="down")], 0, energies) == pytest.approx(0.9)
    assert wanted_energy(stretches, 0, []) is None
    for minute, step in product(range(44), (1,)):
        one, two = (wanted_energy(stretches, m * 60, energies) or 0 for m in (minute, minute + step))
        assert abs(one - two) < 0.06  # no jumps
