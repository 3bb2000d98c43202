"""Lengths of time, as people read them off a clock."""

from __future__ import annotations

import pytest

from aidj.durations import clock


@pytest.mark.parametrize(
    ("value_s", "text"),
    [
        (0, "0:00"),
        (0.99, "0:00"),
        (59.99, "0:59"),
        (3599.4, "59:59"),
        (3600, "1:00:00"),
        (3723, "1:02:03"),
        (36_000, "10:00:00"),
        (360_000, "100:00:00"),
    ],
)
def test_clock(value_s: float, text: str) -> None:
    assert clock(value_s) == text
