from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import NOW, history, plays

from aidj.model import Rotation
from aidj.selection import SHELVES, Outcome, OwnMix, after_feedback, needs_new_plan, own_shares, target_shares

NOBODY = OwnMix(new=0.0, current=0.0, rediscovery=0.0, listens=0)
FULL: dict[Rotation, int] = dict.fromkeys(SHELVES, 50)
EVEN: dict[Rotation, float] = dict.fromkeys(SHELVES, 0.25)
rotations = st.sampled_from(SHELVES)


def own(*rows: tuple[int, float]) -> OwnMix:
    past = plays([(99, 1000.0), *rows])  # the history began long ago
    return own_shares(past.track, past.listened_at, NOW)


def test_each_listen_of_the_last_ninety_days_is_new_current_or_a_rediscovery() -> None:
    mix = own((0, 50), (0, 40), (1, 131), (1, 40), (2, 129.9), (2, 40), (3, 89.9), (4, 91), (5, -3))
    # New: 0 once and 3. Current: 0 again, 2 after 89.9 days. Back after 91 days: 1. What is older or to come: nothing.
    assert mix == OwnMix(new=2 / 5, current=2 / 5, rediscovery=1 / 5, listens=5)


def test_a_young_history_does_not_make_everything_new() -> None:
    past = plays((number, 80.0 - number) for number in range(70))
    assert own_shares(past.track, past.listened_at, NOW).listens == 0
    past = plays((number, 120.0 - number) for number in range(110))
    assert own_shares(past.track, past.listened_at, NOW).listens == 20, "those after its first ninety days"


def test_what_a_session_offered_is_no_habit() -> None:
    past = plays([(99, 1000.0), (0, 400), (0, 40), (1, 30), (2, 20), (2, 10)])
    unasked = np.array([True, True, False, True, True, True])  # 0 came back because it was offered
    mix = own_shares(past.track, past.listened_at, NOW, unasked=unasked)
    assert mix == OwnMix(new=2 / 3, current=1 / 3, rediscovery=0.0, listens=3)
    order = np.random.default_rng(1).permutation(6)
    assert own_shares(past.track[order], past.listened_at[order], NOW, unasked=unasked[order]) == mix


def test_the_order_of_plays_does_not_matter() -> None:
    past = history(50, 3000, seed=2)
    order = np.random.default_rng(1).permutation(3000)
    assert own_shares(past.track[order], past.listened_at[order], NOW) == own_shares(past.track, past.listened_at, NOW)


def test_without_listens_the_default_holds() -> None:
    shares = target_shares(NOBODY, pools=FULL)
    assert shares == pytest.approx(
        {"new_release": 1 / 6, "forgotten_favourite": 1 / 6, "current_favourite": 1 / 2, "deep_cut": 1 / 6}
    )


def test_many_listens_pull_the_mix_to_their_own() -> None:
    mine = OwnMix(new=0.1, current=0.4, rediscovery=0.5, listens=600)
    shares = target_shares(mine, pools=FULL)
    assert shares["forgotten_favourite"] == pytest.approx((600 * 0.5 + 200 / 6) / 800)
    assert shares["new_release"] == shares["deep_cut"] == pytest.approx((600 * 0.1 + 200 / 3) / 800 / 2)


def test_dials_multiply() -> None:
    shares = target_shares(NOBODY, dials={"new_release": 3.0, "forgotten_favourite": 0.0}, pools=FULL)
    assert shares == pytest.approx(
        {"new_release": 3 / 7, "forgotten_favourite": 0.0, "current_favourite": 3 / 7, "deep_cut": 1 / 7}
    )
    everything_off = dict.fromkeys(SHELVES, 0.0)
    assert target_shares(NOBODY, dials=everything_off, pools=FULL) == target_shares(NOBODY, pools=FULL)


def test_an_empty_rotation_leaves_its_part_to_its_sibling_first() -> None:
    shares = target_shares(NOBODY, pools={**FULL, "new_release": 0})
    assert shares == pytest.approx(
        {"new_release": 0.0, "forgotten_favourite": 1 / 6, "current_favourite": 1 / 2, "deep_cut": 1 / 3}
    )
    without_both = target_shares(NOBODY, pools={**FULL, "new_release": 0, "deep_cut": 0})
    assert without_both["current_favourite"] == pytest.approx(3 / 4)
    turned_off = target_shares(NOBODY, dials={"deep_cut": 0.0}, pools={**FULL, "new_release": 0})
    assert turned_off["deep_cut"] == 0.0, "what was turned off inherits nothing"


@given(
    st.dictionaries(rotations, st.floats(0, 10)),
    st.fixed_dictionaries({rotation: st.integers(0, 3) for rotation in SHELVES}),
    st.integers(0, 5000),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_shares_are_one_together_and_only_where_there_are_songs(
    dials: dict[Rotation, float], pools: dict[Rotation, int], listens: int, new: float, rest: float
) -> None:
    mine = OwnMix(new=new, current=(1 - new) * rest, rediscovery=(1 - new) * (1 - rest), listens=listens)
    shares = target_shares(mine, dials=dials, pools=pools)
    assert set(shares) == set(SHELVES)
    assert sum(shares.values()) == pytest.approx(1.0 if any(pools.values()) else 0.0)
    assert all(share == 0.0 for rotation, share in shares.items() if not pools[rotation])
    assert min(shares.values()) >= 0.0


# What happens in a session --------------------------------------------------------------------------------------------

FORGOTTEN = Outcome(rotation="forgotten_favourite", played_s=9.0, skipped=True)
NEW = Outcome(rotation="new_release", played_s=29.9, skipped=True)
FINE = Outcome(rotation="deep_cut", played_s=200.0)
LATE = Outcome(rotation="deep_cut", played_s=30.0, skipped=True)


@pytest.mark.parametrize(
    ("outcomes", "factors"),
    [
        ([], {}),
        ([FINE, LATE], {}),
        ([FORGOTTEN, FINE], {"forgotten_favourite": 0.7}),
        ([FORGOTTEN, FINE, FORGOTTEN], {"forgotten_favourite": 0.49}),
        ([FORGOTTEN, FORGOTTEN], {"forgotten_favourite": 0.5}),
        ([FORGOTTEN, NEW, FINE], {"forgotten_favourite": 0.5, "new_release": 0.5}),
        ([FORGOTTEN, LATE, NEW], {"forgotten_favourite": 0.7, "new_release": 0.7}),
        ([Outcome(rotation="deep_cut", played_s=90.0, liked=True)], {"deep_cut": 1.2}),
        ([Outcome(rotation="request", played_s=2.0, skipped=True, liked=True)], {}),
    ],
)
def test_skips_and_likes_turn_the_shares(outcomes: list[Outcome], factors: dict[Rotation, float]) -> None:
    turned = {rotation: 0.25 * factors.get(rotation, 1.0) for rotation in SHELVES}
    total = sum(turned.values())
    expected = {rotation: share / total for rotation, share in turned.items()}
    assert after_feedback(EVEN, outcomes) == pytest.approx(expected)


def test_two_early_skips_in_a_row_need_a_new_plan() -> None:
    assert needs_new_plan([FINE, FORGOTTEN, NEW])
    assert not needs_new_plan([FORGOTTEN, NEW, FINE])
    assert not needs_new_plan([FORGOTTEN, LATE])
    assert not needs_new_plan([FORGOTTEN])
    assert not needs_new_plan([])


@given(
    st.lists(
        st.builds(Outcome, rotation=rotations, played_s=st.floats(0, 300), skipped=st.booleans(), liked=st.booleans())
    )
)
def test_feedback_never_silences_a_rotation(outcomes: list[Outcome]) -> None:
    shares = after_feedback(EVEN, outcomes[:20])
    assert sum(shares.values()) == pytest.approx(1.0)
    assert min(shares.values()) > 0.0


def test_a_small_shelf_beside_large_ones_is_not_emptied() -> None:
    pools: dict[Rotation, int] = {**FULL, "forgotten_favourite": 2, "current_favourite": 500}
    shares = target_shares(NOBODY, pools=pools)
    assert shares["forgotten_favourite"] == pytest.approx(2 / 24 / (5 / 6 + 2 / 24))
    assert sum(shares.values()) == pytest.approx(1)
    small: dict[Rotation, int] = dict.fromkeys(SHELVES, 3)  # where all are small, the mix is as it should be
    assert target_shares(NOBODY, pools=small)["current_favourite"] == pytest.approx(1 / 2)
