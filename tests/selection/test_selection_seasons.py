from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pytest
from made_up import track

from aidj.model import Elsewhere, Plays, Track
from aidj.selection import Belonging, Catalogue
from aidj.selection import belonging_of as belonging_in
from aidj.selection.habits import known_plays

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def at(*days: str) -> list[int]:
    return [int(datetime.fromisoformat(day).replace(hour=18, tzinfo=UTC).timestamp()) for day in days]


def plays(rows: Sequence[tuple[int, Sequence[str]]], elsewhere: Elsewhere | None = None) -> Plays:
    pairs = sorted((moment, number) for number, days in rows for moment in at(*days))
    n = len(pairs)
    return Plays(
        track=np.array([number for _, number in pairs], np.int32),
        listened_at=np.array([moment for moment, _ in pairs], np.int64),
        skipped=np.zeros(n, np.bool_),
        heard=np.ones(n, np.bool_),
        elsewhere=elsewhere or Elsewhere.none(),
    )


def belonging_of(
    tracks: Sequence[Track],
    past: Plays,
    chosen: Sequence[int],
    *,
    now: datetime,
    hemisphere: Literal["north", "south"] = "north",
) -> dict[int, Belonging]:
    """Ask for tracks of a library by their index."""
    catalogue = Catalogue.of(tracks)
    numbers = np.array([catalogue.place[index] for index in chosen], np.int64)
    known = known_plays(past, catalogue.place, now)
    found = belonging_in(catalogue, known, numbers, now=now, hemisphere=hemisphere)
    return dict(zip(chosen, found, strict=True))


TRACKS: list[Track] = [track(number, artist=f"Artist {number % 3}") for number in range(6)]


@pytest.mark.parametrize(
    ("days", "north", "south"),
    [
        (["2016-07-01", "2016-07-09", "2016-08-30"], "summer 2016", "winter 2016"),
        (["2015-12-01", "2016-01-09", "2016-02-20"], "winter 2015/2016", "summer 2015/2016"),
        (["2016-03-01", "2016-05-31"], "spring 2016", "autumn 2016"),
        (["2016-09-01", "2016-11-30"], "autumn 2016", "spring 2016"),
        (["2016-07-01"], None, None),  # a single day is no season
        (["2016-07-01", "2017-01-01", "2018-04-01", "2019-11-01", "2016-07-02", "2020-07-01"], None, None),
        (["2026-09-01", "2026-09-08", "2026-10-03"], None, None),  # not past yet
        ([], None, None),
    ],
)
def test_the_season_of_a_song(days: list[str], north: str | None, south: str | None) -> None:
    past = plays([(0, days)])
    assert belonging_of(TRACKS, past, [0], now=NOW)[0].season == north
    assert belonging_of(TRACKS, past, [0], now=NOW, hemisphere="south")[0].season == south


def test_forty_repeats_in_one_evening_are_one_day() -> None:
    past = plays([(0, ["2016-07-01"] * 40 + ["2018-03-01", "2018-04-01"])])
    assert belonging_of(TRACKS, past, [0], now=NOW)[0].season == "spring 2018"


def test_an_artists_year() -> None:
    many = [f"2014-{month:02d}-{day:02d}" for month in (2, 5, 9) for day in range(1, 11)]
    past = plays([(0, many), (1, ["2014-03-01", "2014-06-01", "2014-09-01"]), (2, ["2015-01-05"] * 3)])
    found = belonging_of(TRACKS, past, [0, 1, 2], now=NOW)
    assert (found[1].year, found[1].year_artist) == (2014, "Artist 0")
    assert found[1].terms()["heard_most_in"] == 2014
    assert found[2].year is None
    # Somebody one played still more, of whom there is no music here: then it was not this artist's year.
    elsewhere = Elsewhere(
        artist=np.zeros(50, np.int32), listened_at=np.array(at("2014-07-07") * 50, np.int64), names=("nobodyhere",)
    )
    assert belonging_of(TRACKS, plays([(0, many)], elsewhere), [0], now=NOW)[0].year_artist is None


def test_the_listens_of_an_artist_are_those_of_all_songs() -> None:
    past = plays([(0, ["2014-01-01", "2014-01-02"]), (3, ["2015-01-01"]), (1, ["2016-01-01"])])  # 0 and 3 are one's
    found = belonging_of(TRACKS, past, [0, 1, 2, 3], now=NOW)
    assert [found[number].artist_listens for number in range(4)] == [3, 1, 0, 3]
    assert found[3].terms()["artist_listens"] == 3
    assert "artist_listens" not in found[2].terms()
    elsewhere = Elsewhere(
        artist=np.zeros(2, np.int32), listened_at=np.array(at("2014-07-07", "2031-01-01"), np.int64), names=("artist0",)
    )
    with_others = belonging_of(TRACKS, plays([(0, ["2014-01-01"])], elsewhere), [0], now=NOW)[0]
    assert with_others.artist_listens == 2, "one that is not in the library counts, and one still to come does not"
    nobody = [track(0, artist="")]
    assert belonging_of(nobody, plays([(0, ["2014-01-01"])]), [0], now=NOW)[0].artist_listens == 0


def test_a_comeback() -> None:
    past = plays(
        [
            (0, ["2026-01-05", "2026-11-12"]),  # ten months of silence, and then last week
            (1, ["2026-09-05", "2026-11-12"]),
            (2, ["2025-01-05", "2025-11-12"]),  # a year ago
        ]
    )
    found = belonging_of(TRACKS, past, [0, 1, 2, 3], now=NOW)
    assert [found[number].came_back for number in range(4)] == [True, False, False, True]  # 3 has the artist of 0


def test_the_order_of_the_library_does_not_matter() -> None:
    days = [f"2014-{month:02d}-03" for month in range(1, 13)] * 2
    spelt = [track(0, artist="The Tides"), track(1, artist="the tides"), track(2, artist="Others")]
    one = belonging_of(spelt, plays([(0, days), (1, days)]), [0, 1], now=NOW)
    two = belonging_of(spelt[::-1], plays([(2, days), (1, days)]), [2, 1], now=NOW)
    assert [one[0], one[1]] == [two[2], two[1]]
    assert one[0].year_artist == "The Tides"


def test_clocks_that_go_wrong_and_empty_histories() -> None:
    assert belonging_of(TRACKS, Plays.none(), [0], now=NOW)[0].terms() == {}
    past = plays([(0, ["1970-01-01", "1970-01-02", "2031-07-01", "2031-07-02", "2031-07-03"])])
    assert belonging_of(TRACKS, past, [0], now=NOW)[0].terms() == {}  # neither 1970 nor the future is true
    assert belonging_of(TRACKS, past, [], now=NOW) == {}
