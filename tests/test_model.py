from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import NOW, track

from aidj.model import Analysis, Item, Link, PartialDate, Plan, Plays, Set, Speech, TrackRef


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1994", PartialDate(1994)),
        (" 1994 ", PartialDate(1994)),
        ("1994-05", PartialDate(1994, 5)),
        ("1994-05-03", PartialDate(1994, 5, 3)),
        ("19940503", PartialDate(1994, 5, 3)),
        ("1994/05/03", PartialDate(1994, 5, 3)),
        ("1994.05.03", PartialDate(1994, 5, 3)),
        ("1994-05-03T12:30:00Z", PartialDate(1994, 5, 3)),
        ("1994-05-03 12:30", PartialDate(1994, 5, 3)),
        ("1994-00-00", PartialDate(1994)),
        ("1994-05-00", PartialDate(1994, 5)),
        ("1994-13-40", PartialDate(1994)),
        ("2023-02-30", PartialDate(2023, 2)),
        ("2024-02-29", PartialDate(2024, 2, 29)),
        ("0000", None),
        ("0999", None),
        ("94", None),
        ("summer 1994", None),
        ("", None),
        (None, None),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_known(text: str | None, expected: PartialDate | None) -> None:
    assert PartialDate.parse(text) == expected


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_date_comes_back_from_its_text(day: date) -> None:
    for partial, precision in (
        (PartialDate(day.year), "year"),
        (PartialDate(day.year, day.month), "month"),
        (PartialDate(day.year, day.month, day.day), "day"),
    ):
        assert PartialDate.parse(str(partial)) == partial
        assert partial.precision == precision
        assert partial.earliest() <= day


@given(st.text())
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    found = PartialDate.parse(text)
    assert found is None or found.earliest()


def test_values_are_frozen_and_travel_between_processes() -> None:
    speech = Speech(text="Hello.", samples=np.zeros(22050, np.float32), rate=22050, engine="none", voice="none")
    assert speech.duration_s == 1.0
    for value in (track(3), speech, Item(track=TrackRef(path=Path("/a.flac"))), PartialDate(1994)):
        with pytest.raises(FrozenInstanceError):
            value.__class__.__setattr__(value, next(iter(value.__dataclass_fields__)), None)
        assert pickle.loads(pickle.dumps(value)) == value


def test_arrays_do_not_take_part_in_comparing() -> None:
    assert Plays.none() == Plays.none()
    assert all(len(getattr(Plays.none(), name)) == 0 for name in ("track", "listened_at", "skipped", "heard"))
    common = {
        "version": 1,
        "duration_s": 2.0,
        "loudness_lufs": -16.0,
        "true_peak_dbtp": -1.0,
        "cue_in_s": 0.0,
        "cue_out_s": 2.0,
        "start_next_s": 2.0,
        "ending": "cold",
        "peaks_dbtp": np.zeros(20, np.float32),
    }
    one = Analysis(levels_lufs=np.zeros(20, np.float32), **common)  # type: ignore[arg-type]
    assert one == Analysis(levels_lufs=np.ones(20, np.float32), **common)  # type: ignore[arg-type]


def test_a_plan_gives_its_songs_and_links_in_order() -> None:
    songs = [Item(track=TrackRef(title=str(number))) for number in range(3)]
    opening, closing = Link(kind="opening"), Link(kind="closing")
    plan = Plan(
        title="",
        planned_at=NOW,
        seed=1,
        minutes=10,
        presenter="",
        sets=(Set(theme="", entries=(opening, *songs[:2])), Set(theme="", entries=(songs[2], closing))),
    )
    assert plan.items() == tuple(songs)
    assert plan.links() == (opening, closing)
