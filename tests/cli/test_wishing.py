"""The options that say what is wanted, and what they come to."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from made_up import track

from aidj.cli import main
from aidj.cli import options as cli_options
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
from aidj.config import Settings
from aidj.errors import AidjError, ConfigError
from aidj.model import TALK_LEVELS, TALK_PLACEMENTS, TalkSettings
from aidj.plan import form
from aidj.selection import Query, Without
from aidj.session import Wishes

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)


def wished(*arguments: str, settings: Settings | None = None) -> Wishes:
    options = build_parser().parse_args(["plan", *arguments])
    library = [track(0, artist="Nobody 1"), track(1, artist="Else", guests=["A Guest"])]
    return wishes_of(options, NOW, lambda: library, settings)


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


def test_words_ask_for_the_same_and_options_go_before_them() -> None:
    wishes = wished("--ask", "an hour of jazz for a run, more new releases, without Nobody 1", "--genre", "rock")
    assert wishes.query == Query(
        genres=("jazz", "rock"), energy=(0.45, 1.0), minutes=60.0, without=Without(artists=("Nobody 1",))
    )
    assert wishes.minutes == 60
    assert wishes.arc == ((12.0, "up"), (36.0, "steady"), (12.0, "down"))
    assert wishes.dials == {"new_release": 2.0}
    assert wished("--ask", "an hour of jazz", "--minutes", "20").minutes == 20
    assert given_wishes(build_parser().parse_args(["plan", "--ask", "jazz"])) == ["--ask"]
    with pytest.raises(ConfigError, match="--request"):
        wished("--ask", "jazz", "--request", "request.yaml")


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


@pytest.mark.parametrize(
    ("option", "range_", "example"),
    [("--years", "1990-1980", "1980-1990"), ("--tempo", "120-90", "90-120"), ("--energy", "1-0.6", "0.6-1")],
)
def test_an_example_fits_what_is_asked(option: str, range_: str, example: str) -> None:
    with pytest.raises(ConfigError, match=rf"write it like {example}\.$"):
        wished(option, range_)
    assert wished(option, example).query is not None, "and can be written so"


def test_what_is_said_is_as_asked_or_else_as_set() -> None:
    assert wished("--talk", "chatty").talk == TalkSettings(level="chatty")
    assert wished("--silent").talk == wished("--talk", "silent").talk == TalkSettings(level="silent")
    assert wished("--impersonal").talk == TalkSettings(personal=False)
    assert wished("--talk-placement", "gap").talk == TalkSettings(placement="gap")
    kept = Settings(talk=TalkSettings(level="rare", duck_db=-15.0))
    assert wished(settings=kept).talk == kept.talk
    assert wished("--talk", "normal", settings=kept).talk == TalkSettings(level="normal", duck_db=-15.0)


@pytest.mark.parametrize(
    "arguments", [("--talk", "loud"), ("--talk", "rare", "--silent"), ("--presenter", "otto", "--language", "de")]
)
def test_options_that_contradict_each_other_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["plan", *arguments])


def test_four_dials_at_nothing_are_refused_and_three_are_not() -> None:
    none = ("--new", "0", "--forgotten", "0x", "--current", "0.0")
    with pytest.raises(ConfigError, match="all 0") as raised:
        wished(*none, "--deep", "0")
    assert "--deep" in str(raised.value)
    assert set(wished(*none).dials.values()) == {0.0}
    assert wished(*none, "--deep", "0.1").dials["deep_cut"] == 0.1


@pytest.mark.parametrize(
    "moment",
    ["9999-12-31T23:59", "9999-01-01", "0001-01-01T00:00+00:00", "0001-01-01", "1970-12-31", "9001-01-01T00:00Z"],
)
def test_years_at_the_end_of_all_dates_are_refused(moment: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        build_parser().parse_args(["plan", "--date", moment])
    assert raised.value.code == 2
    assert f"'{moment[:4]}' is no year to plan for" in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["1971-01-01", "9000-12-31T23:59", "9000-12-31T23:59-14:00", "2026-11-21T20:00"])
def test_all_other_years_can_be_planned_for(moment: str) -> None:
    date = build_parser().parse_args(["plan", "--date", moment]).date
    assert date.tzinfo is not None
    assert date.astimezone(UTC)


def test_the_years_of_dates_are_those_of_plans() -> None:
    assert (cli_options.FIRST_YEAR, cli_options.LAST_YEAR) == (form.FIRST_YEAR, form.LAST_YEAR)
    assert (cli_options.TALK_LEVELS, cli_options.TALK_PLACEMENTS) == (TALK_LEVELS, TALK_PLACEMENTS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_query_document(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AidjError, match="a pipe or a device"):
        wished("--request", str(tmp_path / "pipe"))
    with pytest.raises(AidjError, match="directory"):
        wished("--request", str(tmp_path))


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
