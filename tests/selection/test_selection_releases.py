from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import NOW, track

from aidj.model import PartialDate, Track
from aidj.names import version_hints
from aidj.selection.releases import Releases, days_since_added, days_since_release

TODAY = NOW.date()


def releases(tracks: list[Track]) -> Releases:
    return Releases.of(tracks, [version_hints(one.title) for one in tracks])


def age(today: date = TODAY, new_days: int = 90, **fields: object) -> float:
    return float(days_since_release(releases([track(0, **fields)]), today, new_days)[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("released", "days"),
    [
        (PartialDate(2026, 11, 21), 0),
        (PartialDate(2026, 11, 20), 1),
        (PartialDate(2026, 8, 23), 90),
        (PartialDate(2026, 10), 51),
        (PartialDate(2026, 11), 20),
        (None, np.inf),
        (PartialDate(2026, 8, 22), np.inf),
        (PartialDate(2026, 11, 22), np.inf),
        (PartialDate(2027), np.inf),
        (PartialDate(9999, 12, 31), np.inf),
        (PartialDate(2026, 8), np.inf),
        (PartialDate(2026), np.inf),  # in November a bare year says too little
        (PartialDate(2025, 11, 21), np.inf),
    ],
)
def test_what_came_out_lately_is_new(released: PartialDate | None, days: float) -> None:
    assert age(released=released) == days


def test_a_bare_year_counts_in_its_first_three_months() -> None:
    ages = [age(today, released=PartialDate(2026)) for today in (date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1))]
    assert ages == [0, 89, np.inf]


def test_a_bare_month_counts_as_long_as_it_lasts_at_least() -> None:
    ages = [age(date(2026, 11, day), 7, released=PartialDate(2026, 11)) for day in (1, 8, 30)]
    assert ages == [0, 7, 29]
    assert age(date(2026, 12, 1), 7, released=PartialDate(2026, 11)) == np.inf


@pytest.mark.parametrize(
    ("fields", "is_new"),
    [
        ({"first_released": PartialDate(1973)}, False),
        ({"first_released": PartialDate(2025)}, False),
        ({"first_released": PartialDate(2026, 3, 1)}, False),
        ({"first_released": PartialDate(2026, 9, 1)}, True),  # the single came a little earlier
        ({"first_released": PartialDate(2026)}, True),
        ({"title": "Old Song (2026 Remaster)"}, False),
        ({"album": "Old Album (Remastered)"}, False),
        ({"album": "Old Album (40th Anniversary Edition)"}, False),
        ({"album": "The Best of Nobody"}, False),
        ({"album": "Essentially New"}, True),
        ({"compilation": True}, False),
        ({"album": "Old or New (Deluxe Edition)"}, False),
        ({"album": "Old or New (Deluxe Edition)", "first_released": PartialDate(2026, 10, 30)}, True),
        ({"title": "New Song (Live)"}, True),
    ],
)
def test_a_reissue_is_not_new(fields: dict[str, object], is_new: bool) -> None:
    assert np.isfinite(age(released=PartialDate(2026, 11, 1), **fields)) == is_new


def added(days_ago: list[float], new_days: int = 90, now: datetime = NOW) -> list[float]:
    tracks: list[Track] = [track(n, added_at=NOW - timedelta(days=days)) for n, days in enumerate(days_ago)]
    return days_since_added(releases(tracks), now, new_days).tolist()  # type: ignore[no-any-return]


def test_a_file_is_new_for_a_while_after_it_was_added() -> None:
    assert added([900, 91, 90.5, 3, 0, -2]) == [np.inf, np.inf, 90, 3, 0, np.inf]


def test_a_first_scan_says_nothing() -> None:
    assert added([3] * 5) == [np.inf] * 5
    assert added([0.01]) == [np.inf]
    assert added([]) == []


def test_a_collection_copied_over_says_nothing_but_a_few_albums_do() -> None:
    old = [900.0] * 1000
    assert np.isinf(added([*old, *[3.0] * 100])[1000:]).all()
    assert np.isfinite(added([*old, *[3.0] * 25])[1000:]).all()
    assert np.isfinite(added([*[900.0] * 4000, *[3.0] * 150])[4000:]).all(), "a hundred and fifty of so many"
    assert np.isinf(added([*[900.0] * 4000, *[3.0] * 250])[4000:]).all()


def test_in_a_small_library_more_than_two_albums_in_a_day_say_nothing() -> None:
    old = [900.0] * 83
    assert np.isinf(added([*old, *[0.0] * 26])).all()
    assert np.isfinite(added([*old, *[0.0] * 25])[83:]).all()
    two_days = added([*old, *[3.0] * 20, *[2.0] * 20])
    assert np.isfinite(two_days[83:]).all(), "each day for itself"


@given(
    st.integers(2020, 2027),
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 28),
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.integers(0, 400),
)
def test_ages_are_whole_days_within_the_window(
    year: int, month: int | None, day: int | None, today: date, new_days: int
) -> None:
    released = PartialDate(year, month, day if month else None)
    days = age(today, new_days, released=released)
    if np.isfinite(days):
        assert 0 <= days <= max(new_days, 30)
        assert today - timedelta(days=int(days)) == released.earliest()
