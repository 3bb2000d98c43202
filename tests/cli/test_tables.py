"""Plans as tables: when the songs start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from aidj.cli.screen import Screen
from aidj.cli.tables import show_plan
from aidj.durations import clock
from aidj.model import Item, Link, Plan, Set, TrackRef

START = re.compile(r"~?(?:\d+:)?\d+:\d\d")


def song(plays_s: float | None, **fields: object) -> Item:
    return Item(track=TrackRef(title="Nothing", duration_s=200.0), plays_s=plays_s, **fields)  # type: ignore[arg-type]


def plan_of(entries: Sequence[Item | Link], minutes: float) -> Plan:
    return Plan(
        title="Shown",
        planned_at=datetime(2026, 11, 21, 20, tzinfo=UTC),
        seed=1,
        minutes=minutes,
        presenter="ella",
        sets=(Set(theme="songs", entries=tuple(entries)),),
    )


def shown(plan: Plan, width: int = 100) -> list[str]:
    """The starts that stand in the table, in order."""
    out = StringIO()
    show_plan(Screen(out=Console(file=out, width=width, force_terminal=True, color_system=None)), plan)
    words = [line.split() for line in out.getvalue().splitlines()]
    return [word for line in words for word in line[:2] if START.fullmatch(word)]


def seconds(start: str) -> int:
    total = 0
    for part in start.removeprefix("~").split(":"):
        total = total * 60 + int(part)
    return total


LINK = Link(kind="intro")


def test_what_the_planner_fitted_ends_when_it_should() -> None:
    hour = [LINK, *[entry for _ in range(15) for entry in (song(235.0), LINK)]]
    assert 16 * 6 + 15 * 235 == 3621, "half of the links stand over music; in a row all is too long"
    starts = shown(plan_of(hour, 60))
    assert len(starts) == 31
    assert all(start.startswith("~") for start in starts)
    assert seconds(starts[-1]) == pytest.approx(3594, abs=1), "and the closing link ends at 1:00:00"
    assert seconds(starts[1]) == 6
    gaps = [seconds(b) - seconds(a) for a, b in zip(starts[1::2], starts[3::2], strict=False)]
    assert max(gaps) - min(gaps) <= 1, "no song is made to bear it all"


@pytest.mark.parametrize(
    "entries",
    [
        [song(150.0), LINK, song(150.0), LINK],  # far shorter than ten minutes: edited, or all there is
        [song(None), song(200.0), song(195.0), LINK],
        [song(200.0), song(200.0, pinned_s=200.0), song(195.0), LINK],
        [song(200.0, starts_s=0.0), song(195.0), song(200.0), LINK],
    ],
)
def test_what_the_planner_did_not_fit_is_added_up(entries: list[Item | Link]) -> None:
    starts = shown(plan_of(entries, 10))
    lengths = [6 if isinstance(entry, Link) else int(entry.plays_s or 200) for entry in entries]
    assert [seconds(start) for start in starts] == [sum(lengths[:n]) for n in range(len(lengths))]


def test_what_is_known_is_shown_as_it_is() -> None:
    entries = [
        Link(kind="opening", text="hello", speech_s=5.0, starts_s=0.0),
        song(100.0, starts_s=4.0),
        Link(kind="intro", text="over the music", speech_s=5.0, starts_s=97.0),
        song(100.0, starts_s=103.4),
    ]
    assert shown(plan_of(entries, 10)) == ["0:00", "0:04", "1:37", "1:43"]


@pytest.mark.parametrize(
    ("first_s", "last"), [(36_000.0, "~10:00:00"), (86_399.0, "~23:59:59"), (359_999.0, "~99:59:59")]
)
@pytest.mark.parametrize("width", [40, 100, 200])
def test_late_starts_stand_on_one_line(first_s: float, last: str, width: int) -> None:
    plan = plan_of([song(first_s), song(100.0), LINK], 10)
    starts = shown(plan, width)
    assert starts[1] == last
    assert len(starts) == 3
    pinned = replace(plan, sets=(Set(theme="", entries=(song(100.0, pinned_s=10 * first_s),)),))
    assert shown(pinned, width) == [f"~{clock(10 * first_s)}"]
