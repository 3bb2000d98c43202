from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import SHELVES_SHARES, shelves

from aidj.sequencing.fitting import POOR_FIT_S, fit_length
from aidj.sequencing.rules import Contender, Rules
from aidj.sequencing.themes import Theme

MIXED = Theme(kind="rotation", members=frozenset())


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), wanted=st.floats(600, 4000))
def test_fitting_never_makes_it_worse_and_keeps_what_matters(seed: int, wanted: float) -> None:
    pool = [Contender.of(each) for each in shelves(dict.fromkeys(SHELVES_SHARES, 40), artists=120, seed=seed)]
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(pool))
    sets = [[pool[i] for i in order[5 * k : 5 * k + 5]] for k in range(3)]
    rest = [pool[i] for i in order[15:]]
    standing = {each.id: number / len(pool) for number, each in enumerate(pool)}

    def error_s() -> float:
        return abs(sum(song.candidate.track.duration_s for part in sets for song in part) - wanted)

    before_s, before = error_s(), [list(part) for part in sets]
    theme = Theme(kind="genre", value="x", members=frozenset(each.id for each in pool if int(each.id, 16) % 2 == 0))
    themes = [theme if all(song.id in theme.members for song in part) else MIXED for part in sets]
    fit_length(
        sets,
        themes,
        rest,
        lambda each: each.candidate.track.duration_s,
        standing,
        music_s=wanted,
        rules=Rules.for_pool(pool),
    )
    assert error_s() <= before_s + 1e-9
    songs = [song for part in sets for song in part]
    assert all(one.songs.isdisjoint(other.songs) for one, other in combinations(songs, 2)) or before == sets
    assert all(4 <= len(part) <= 6 for part in sets)


def test_a_near_miss_is_mended_with_songs_of_the_same_shelf() -> None:
    pool = [Contender.of(each) for each in shelves({"current_favourite": 60, "deep_cut": 60}, artists=500, seed=3)]
    sets = [pool[:3] + pool[60:62], pool[3:6] + pool[62:64]]
    rotations = [sorted(song.candidate.rotation for song in part) for part in sets]
    wanted = sum(song.candidate.track.duration_s for part in sets for song in part) + 47.0
    fit_length(
        sets,
        [MIXED, MIXED],
        pool[6:60] + pool[64:],
        lambda each: each.candidate.track.duration_s,
        {each.id: number / 120 for number, each in enumerate(pool)},
        music_s=wanted,
        rules=Rules.for_pool(pool),
    )
    got = sum(song.candidate.track.duration_s for part in sets for song in part)
    assert abs(got - wanted) <= POOR_FIT_S
    assert [sorted(song.candidate.rotation for song in part) for part in sets] == rotations
