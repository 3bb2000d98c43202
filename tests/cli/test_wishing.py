"""The options that say what is wanted, and what they come to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_up import track

from aidj.cli import main
from aidj.cli.parser import build_parser
from aidj.cli.wishing import (
    given_wishes,
    minutes_until,
    parse_arc,
    parse_dial,
    parse_range,
    parse_rule,
    wishes_of,
)
from aidj.errors import AidjError, ConfigError
from aidj.selection import Query, Without
from aidj.session import Wishes

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)


def wished(*arguments: str) -> Wishes:
    options = build_parser().parse_args(["plan", *arguments])
    return wishes_of(options, NOW, lambda: [track(0, artist="Nobody 1"), track(1, artist="Else", guests=["A Guest"])])


def test_nothing_asked_is_nothing_wished() -> None:
    assert wished() == Wishes()
    assert given_wishes(build_parser().parse_args(["plan"])) == []


def test_everything_at_once() -> None:
    wishes = wished(
        *("--until", "22:00", "--new", "2x", "--forgotten", "0", "--current", "0.5x", "--deep", "1"),
        *("--arc", "30 up, 15 down", "--allow", "holiday", "--allow", "sleep-noise"),
        *("--genre", "jazz", "--genre", "hip hop", "--artist", "Nobody", "--album", "Nothing", "--mood", "calm"),
        *("--decade", "90s", "--tempo", "90-120", "--energy", "0.5-", "--only-new-to-me"),
        *("--without", "rock", "--without", "Nobody 1", "--without", "a guest", "--without", "title:live"),
    )
    assert wishes.minutes == 90
    assert wishes.arc == ((60.0, "up"), (30.0, "down")), "stretched to the length that is asked for"
    assert wishes.dials == {
        "new_release": 2.0,
        "forgotten_favourite": 0.0,
        "current_favourite": 0.5,
        "deep_cut": 1.0,
    }
    assert wishes.allow == {"holiday", "sleep_noise"}
    assert wishes.query == Query(
        genres=("jazz", "hip hop"),
        artists=("Nobody",),
        albums=("Nothing",),
        moods=("calm",),
        tempo_bpm=(90.0, 120.0),
        energy=(0.5, 1.0),
        years=(1990, 1999),
        heard="never",
        without=Without(genres=("rock",), artists=("Nobody 1", "a guest"), titles=("live",)),
    )


def test_an_arc_gives_the_length_where_none_is_asked() -> None:
    assert wished("--arc", "30 up, 15 down").minutes == 45
    assert Wishes(arc=((10.0, "up"),)).minutes == 10
    assert wished("--arc", "20 steady", "--minutes", "20").arc == ((20.0, "steady"),)


@pytest.mark.parametrize(
    ("text", "minutes"), [("21:00", 30), ("20:31", 1), ("20:30", 1440), ("7:05", 635), ("00:00", 210)]
)
def test_until_is_the_next_time_a_clock_shows_it(text: str, minutes: float) -> None:
    assert minutes_until(text, NOW) == minutes


@pytest.mark.parametrize(
    ("text", "factor"), [("2x", 2), ("2", 2), ("0", 0), ("0.5X", 0.5), ("0,5", 0.5), (".5x", 0.5), ("10×", 10)]
)
def test_dials(text: str, factor: float) -> None:
    assert parse_dial(text) == factor


@pytest.mark.parametrize(
    ("text", "ends"), [("90-120", (90, 120)), ("90-", (90, None)), ("-120", (None, 120)), ("90..120", (90, 120)),
                       ("0.5 - 0.75", (0.5, 0.75)), ("128", (128, 128))],
)  # fmt: skip
def test_ranges(text: str, ends: tuple[float | None, float | None]) -> None:
    assert parse_range(text, "x") == ends


@pytest.mark.parametrize(
    ("decade", "years"),
    [("1990s", (1990, 1999)), ("90s", (1990, 1999)), ("'70s", (1970, 1979)), ("2010", (2010, 2019)),
     ("00s", (2000, 2009)),
     ("1920s", (1920, 1929))],
)  # fmt: skip
def test_decades(decade: str, years: tuple[int, int]) -> None:
    query = wished("--decade", decade).query
    assert query is not None
    assert query.years == years


WRONG = [
    ("--new", "much"), ("--new", "11x"), ("--new=-1",), ("--new", "nan"), ("--arc", "up"), ("--arc", "30 sideways"),
    ("--arc", ","), ("--arc", "0 up"), ("--until", "25:00"), ("--until", "soon"), ("--until", "12:60"),
    ("--tempo", "fast"),
    ("--tempo", "120-90"), ("--tempo", "-"), ("--energy", "5-6"), ("--years", "1999-1990"), ("--decade", "1995"),
    ("--decade", "olden"), ("--allow", "everything"), ("--genre", ""), ("--decade", "90s", "--years", "1990-1999"),
    ("--without", "genre:"),
]  # fmt: skip


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_what_makes_no_sense_is_said_with_what_to_do(arguments: tuple[str, ...]) -> None:
    with pytest.raises(AidjError) as raised:
        wished(*arguments)
    assert str(raised.value)


def test_the_nearest_word_is_offered() -> None:
    with pytest.raises(ConfigError, match="did you mean 'holiday'"):
        parse_rule("hollidays")
    with pytest.raises(ConfigError, match="did you mean 'steady'"):
        parse_arc("30 stedy")


def test_a_wrong_option_is_an_error_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--data", str(tmp_path), "--new", "lots"]) == 1
    assert "write 2x for twice as much" in capsys.readouterr().err


def test_a_query_document_and_options_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "query.yaml"
    path.write_text("genres: [jazz]\nminutes: 20\nwithout: {artists: [Nobody]}\n")
    wishes = wished("--request", str(path), "--genre", "swing", "--without", "genre:rock")
    assert wishes.minutes == 20
    assert wishes.query is not None
    assert wishes.query.genres == ("jazz", "swing")
    assert wishes.query.without == Without(artists=("Nobody",), genres=("rock",))
    assert wished("--request", str(path), "--minutes", "5").minutes == 5
    with pytest.raises(AidjError, match="nowhere"):
        wished("--request", str(tmp_path / "nowhere.yaml"))
