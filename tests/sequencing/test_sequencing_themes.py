from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from made_up import candidate, track

from aidj.model import Candidate, Rotation
from aidj.sequencing import joined
from aidj.sequencing.features import Features
from aidj.sequencing.rules import Contender
from aidj.sequencing.themes import Theme, measured_themes, rotation_theme, theme_words, themes_of, told_season


def pool(
    count: int = 12,
    rotation: Rotation = "current_favourite",
    *,
    start: int = 0,
    terms: Mapping[str, float | int | str] | None = None,
    **fields: object,
) -> list[Contender]:
    made = [candidate(start + n, rotation, artist=f"Artist {start + n}", **fields) for n in range(count)]
    return [Contender.of(replace(each, terms={**each.terms, **(terms or {})})) for each in made]


def found(songs: list[Contender], features: Mapping[str, Features] | None = None) -> dict[str, Theme]:
    themes = (*themes_of(songs, features or {}), *measured_themes(songs, features or {}))
    return {theme.words: theme for theme in themes}


def test_a_genre_a_mood_and_a_season_are_themes() -> None:
    songs = [
        *pool(genres=("Jazz",), released=None),
        *pool(start=20, genres=("jazz",), moods=("Wistful",), released=None),
        *pool(start=40, terms={"season": "summer 2016"}, released=None),
        *pool(start=60, terms={"artist_came_back": 1}, released=None),
    ]
    themes = found(songs)
    assert len(themes["songs from the jazz shelf"].members) == 24
    assert themes["songs marked as wistful"].kind == "mood"
    assert themes["songs you played in the summer of 2016"].kind == "season"
    assert {(theme.kind, theme.value) for theme in themes.values()} == {
        *(("genre", "jazz"), ("mood", "wistful"), ("season", "summer 2016"), ("comeback", "")),
    }
    assert themes["artists you have come back to lately"].kind == "comeback"
    assert len(themes) == 4


def test_too_few_songs_or_artists_are_no_theme() -> None:
    assert not found(pool(7, genres=("Jazz",), released=None))
    same = [Contender.of(candidate(n, artist="One", genres=("Jazz",), released=None)) for n in range(20)]
    assert not found(same)
    assert not found(pool(12, genres=("Other",), released=None))


def test_an_artists_year_needs_a_song_of_theirs() -> None:
    terms: dict[str, float | int | str] = {"heard_most_in": 2014, "year_artist": "Artist 3"}
    (theme,) = found(pool(terms=terms, released=None)).values()
    assert theme.words == "songs of your 2014, when you played Artist 3 more than anyone else"
    assert (theme.kind, theme.value, theme.artist) == ("artist_year", "2014", "Artist 3")
    assert (len(theme.needed), theme.n_needed) == (1, 1)
    assert not found(pool(terms={**terms, "year_artist": "Somebody Else"}, released=None))


def test_new_this_week_needs_two_of_them() -> None:
    known = pool(12, released=None)
    fresh = pool(3, "new_release", start=50, terms={"new_days": 3}, released=None)
    theme = found([*known, *fresh])["songs new this week, between ones you know"]
    assert (theme.n_needed, len(theme.needed), len(theme.members)) == (2, 3, 15)
    older = pool(3, "new_release", start=50, terms={"new_days": 30}, released=None)
    assert not found([*known, *older])
    assert not found([*known, *fresh[:1]])
    added = pool(3, "new_release", start=50, terms={"added_days": 6}, released=None)
    assert found([*known, *added])


def test_the_quiet_and_the_loud_side_need_energies() -> None:
    songs = pool(40, released=None)
    features = {song.id: Features(energy=number / 40) for number, song in enumerate(songs)}
    themes = found(songs, features)
    quiet, loud = themes["the calmer side of your library"], themes["the livelier side of your library"]
    assert (quiet.kind, quiet.value, loud.kind, loud.value) == ("energy", "calm", "energy", "lively")
    assert max(features[each].energy or 0 for each in quiet.members) < min(
        features[each].energy or 0 for each in loud.members
    )
    assert not found(songs, {song.id: Features(energy=0.5) for song in songs})  # all alike
    assert not found(songs, {song.id: features[song.id] for song in songs[:10]})  # hardly known


def test_a_pace_needs_tempi() -> None:
    songs = pool(12, released=None)
    themes = found(songs, {song.id: Features(bpm=120.0 + number) for number, song in enumerate(songs)})
    assert list(themes) == ["songs at a dancing pace"]


@pytest.mark.parametrize(
    ("rotations", "theme"),
    [
        (["new_release"] * 3 + ["deep_cut"] * 2, "new songs, and a few others"),
        (["new_release"] * 4, "new songs"),
        (["forgotten_favourite"] * 2 + ["deep_cut"] * 2, "old favourites and things to discover"),
        (["request"], "songs you asked for"),
    ],
)
def test_a_rotation_names_a_set(rotations: list[Rotation], theme: str) -> None:
    assert rotation_theme([candidate(number, rotation) for number, rotation in enumerate(rotations)]).words == theme


def test_joining_keeps_the_first_of_a_group() -> None:
    tracks = [track(number) for number in range(5)]
    group = (tracks[1], tracks[2], tracks[3])
    candidates: list[Candidate] = [candidate(number) for number in (0, 3, 1, 4)]
    one, two, three = joined(candidates, {each.id: group for each in group})
    assert (one.track.id, one.together) == (tracks[0].id, ())
    assert (two.track.id, two.together, two.tracks) == (tracks[3].id, group, group)
    assert three.track.id == tracks[4].id


def test_a_group_rests_if_one_of_it_does() -> None:
    tracks = [track(number) for number in range(4)]
    group = (tracks[1], tracks[2])
    candidates = [candidate(1), candidate(0), candidate(2, resting=True)]
    found = joined(candidates, {each.id: group for each in group})
    assert [each.track.id for each in found] == [tracks[0].id, tracks[2].id]
    assert found[1].together == group
    assert "resting" in found[1].terms


def test_level_rotations_are_named_by_what_is_true_of_them() -> None:
    def words(*rotations: Rotation, known: bool = True) -> str:
        songs = [candidate(number, rotation) for number, rotation in enumerate(rotations)]
        return rotation_theme(songs if known else [replace(song, terms={}) for song in songs]).words

    assert words("forgotten_favourite", "current_favourite") == "favourites of yours, old and new"
    assert words("new_release", "deep_cut") == "songs to discover"
    assert words("new_release", "deep_cut", known=False) == "songs from your own shelves"
    assert words("forgotten_favourite", "deep_cut") == "old favourites and things to discover"
    assert words("current_favourite", "deep_cut") == "favourites and discoveries"


@pytest.mark.parametrize(
    ("season", "told", "words"),
    [
        ("summer 2016", "summer 2016", "songs you played in the summer of 2016"),
        ("winter 1999/2000", "winter 1999/2000", "songs you played in the winter of 1999 to 2000"),
        ("summer 2015/2016", "summer 2015/2016", "songs you played in the summer of 2015 to 2016"),
    ],
)
def test_a_season_that_goes_beyond_the_end_of_a_year_names_both(season: str, told: str, words: str) -> None:
    assert told_season(season) == told
    assert list(found(pool(terms={"season": season}, released=None))) == [words]


def test_a_southern_winter_is_not_told_as_if_it_were_a_northern_one() -> None:
    assert told_season("winter 2016") is None
    assert not found(pool(terms={"season": "winter 2016"}, released=None))


@pytest.mark.parametrize(
    ("kind", "value", "artist"),
    [
        *(("", "", ""), ("decades", "1990", ""), ("decade", "", ""), ("decade", "1990", "X"), ("comeback", "1990", "")),
        *(
            ("rotation", "old", ""),
            ("energy", "loud", ""),
            ("season", "the summer of 2016", ""),
            ("season", "2016", ""),
        ),
        *(("artist_year", "2014", ""), ("artist_year", "", "X")),
    ],
)
def test_what_is_no_theme_has_no_words(kind: str, value: str, artist: str) -> None:
    assert theme_words(kind, value, artist) is None


def test_names_in_a_theme_are_names_and_nothing_else() -> None:
    words = theme_words("artist_year", "2014", "{value} \\1 {season}")
    assert words == "songs of your 2014, when you played {value} \\1 {season} more than anyone else"
    assert theme_words("genre", "{artist}") == "songs from the {artist} shelf"
