"""Likes, bans and rests on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from songs import pulse, write_song

from aidj.cli import main
from aidj.home import open_home
from aidj.model import Opinion

SONGS = (
    ("Seven Teapots", "Kettle - Part 1", "Boiling"),
    ("Seven Teapots feat. A Spoon", "Steam", "Boiling"),
    ("The Damp Umbrellas", "Puddle", "Rain, Mostly"),
)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opinions")
    for number, (artist, title, album) in enumerate(SONGS):
        write_song(folder / f"{number}.wav", pulse(4, seed=number), artist=artist, title=title, album=album)
    return folder


@pytest.fixture
def data(music: Path, tmp_path: Path) -> list[str]:
    data = ["--data", str(tmp_path / "data")]
    assert main(["scan", str(music), *data, "-q"]) == 0
    return data


def known(data: list[str]) -> list[tuple[str, str, str | None, str | None]]:
    with open_home(Path(data[1])) as home:
        said: tuple[Opinion, ...] = home.history.opinions(datetime.now().astimezone())
    return sorted(((opinion.verdict, opinion.artist, opinion.title, opinion.album) for opinion in said), key=str)


def test_a_song_an_album_and_an_artist(data: list[str]) -> None:
    assert main(["like", "seven teapots – steam", *data]) == 0
    assert main(["ban", "--album", "Seven Teapots - boiling", "--artist", "the damp umbrellas", *data]) == 0
    assert known(data) == [
        ("ban", "Seven Teapots", None, "Boiling"),
        ("ban", "The Damp Umbrellas", None, None),
        ("like", "Seven Teapots", "Steam", None),
    ]


def test_a_dash_in_a_title_and_a_guest(data: list[str]) -> None:
    assert main(["like", "Seven Teapots - Kettle - Part 1", "--artist", "a spoon", *data]) == 0
    assert known(data) == [("like", "A Spoon", None, None), ("like", "Seven Teapots", "Kettle - Part 1", None)]


@pytest.mark.parametrize(("arguments", "days"), [([], 30), (["--days", "7"], 7)])
def test_a_rest_is_over_some_day(data: list[str], arguments: list[str], days: int) -> None:
    assert main(["rest", "The Damp Umbrellas - Puddle", *arguments, *data]) == 0
    with open_home(Path(data[1])) as home:
        (opinion,) = home.history.opinions(datetime.now().astimezone())
        assert opinion.until is not None
        assert opinion.until - opinion.said_at == timedelta(days=days)
        assert not home.history.opinions(opinion.until + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Seven Teapots - Steem"], "'Seven Teapots - Steam'"),
        (["Sevn Teapots - Steam"], "'Seven Teapots - Steam'"),
        (["--artist", "Damp Umbrella"], "'The Damp Umbrellas'"),
        (["--album", "Seven Teapots - Boling"], "'Seven Teapots - Boiling'"),
        (["Nobody Known - Nothing"], "--force"),
        (["Steam"], 'write it as "Artist - Title"'),
        (["--album", "Boiling"], 'write it as "Artist - Album"'),
        ([], "Nothing is named"),
        (["Seven Teapots - Steam", "Nobody Known - Nothing"], "no song"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(
    data: list[str], arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ban", *arguments, *data]) == 1
    assert says in capsys.readouterr().err
    assert known(data) == [], "all that a call names, or nothing"


def test_an_unknown_name_is_kept_by_force(data: list[str]) -> None:
    assert main(["ban", "Nobody Known - Nothing", "--force", *data]) == 0
    assert known(data) == [("ban", "Nobody Known", "Nothing", None)]


def test_numbers_of_a_plan(data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "s.yaml"
    plan.write_text(
        "schema: aidj.plan/2\nplanned_at: 2026-11-21T20:00:00+00:00\nsets:\n  - entries:\n"
        "      - track: {artist: Seven Teapots, title: Steam}\n      - track: {artist: Else, title: Puddle}\n"
        "      - track: {path: /music/x.flac}\n"
    )
    assert main(["like", str(plan), "1", "puddle", *data]) == 0
    assert known(data) == [("like", "Else", "Puddle", None), ("like", "Seven Teapots", "Steam", None)]
    assert main(["like", str(plan), "9", *data]) == 1
    assert "it has 3 songs" in capsys.readouterr().err
    assert main(["like", str(plan), "3", *data]) == 1
    assert "no artist and title" in capsys.readouterr().err


def test_opinions_are_listed_and_taken_back(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["opinions", *data]) == 0
    assert "Nothing is said yet" in capsys.readouterr().out
    main(["like", "Seven Teapots - Steam", "--artist", "The Damp Umbrellas", *data])
    main(["rest", "--album", "Seven Teapots - Boiling", *data])
    capsys.readouterr()
    assert main(["opinions", *data]) == 0
    out = capsys.readouterr().out
    assert "Seven Teapots – Steam" in out
    assert "everything by The Damp Umbrellas" in out
    assert "Boiling (album)" in out
    assert main(["opinions", "--take-back", "Seven Teapots - Steem", *data]) == 1
    assert "Did you mean: Seven Teapots – Steam" in capsys.readouterr().err
    back = ["Seven Teapots - Steam", "Seven Teapots - Boiling", "The Damp Umbrellas"]
    assert main(["opinions", *(part for text in back for part in ("--take-back", text)), *data]) == 0
    assert known(data) == []
