from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from made_up import NOW, history, library, plays, track

from aidj.errors import QueryError
from aidj.model import PartialDate, Plays, Track
from aidj.selection.moods import MOODS
from aidj.selection.query import SHELVES, Matches, Query, Without, matching
from aidj.selection.query_document import dump_query, load_query, parse_query
from aidj.selection.search import Features

# The document ---------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20).filter(
    lambda text: any(character.isalnum() for character in text)
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)


def spans(low: float, high: float) -> st.SearchStrategy[tuple[float, float]]:
    numbers = st.integers(int(low), int(high)) if high > 1 else st.floats(low, high)
    return st.tuples(numbers, numbers).map(sorted).map(tuple)  # type: ignore[arg-type]


QUERIES = st.builds(
    Query,
    genres=TEXTS,
    moods=TEXTS,
    artists=TEXTS,
    like=TEXTS,
    albums=TEXTS,
    works=TEXTS,
    titles=TEXTS,
    tempo_bpm=st.none() | spans(20, 400),
    energy=st.none() | spans(0, 1),
    years=st.none() | spans(1000, 9998),
    heard=st.sampled_from([None, "never", "before"]),
    heard_in=st.none() | spans(1970, 9998),
    rotations=st.lists(st.sampled_from(SHELVES), max_size=3).map(tuple),
    without=st.builds(
        Without,
        genres=TEXTS,
        moods=TEXTS,
        artists=TEXTS,
        albums=TEXTS,
        titles=TEXTS,
        years=st.none() | spans(1000, 9998),
    ),
    minutes=st.none() | st.floats(0.1, 1440),
    whole_album=st.booleans(),
    whole_work=st.booleans(),
)


@given(QUERIES)
def test_a_query_comes_back_from_its_document(query: Query) -> None:
    assert parse_query(dump_query(query)) == query


@given(st.text(max_size=200))
def test_no_text_does_worse_than_a_query_error(text: str) -> None:
    with suppress(QueryError):
        assert isinstance(parse_query(text), Query)


@given(st.dictionaries(st.sampled_from(["genre", "years", "energy", "heard", "without", "minutes", "decade"]), TEXT))
def test_no_value_does_worse_than_a_query_error(values: dict[str, str]) -> None:
    with suppress(QueryError):
        assert isinstance(parse_query(yaml.safe_dump(values, allow_unicode=True)), Query)


def test_the_short_forms() -> None:
    query = parse_query(
        "genre: jazz\nmood: calm\nartist: [A, B]\nyear: 1999\nheard_in: 2016\nrotation: deep_cut\n"
        "title: 1999\nwhole_album: yes\nwhole_work: off\nminutes: 45\nwithout: {artist: C}\n"
    )
    assert query == Query(
        genres=("jazz",),
        moods=("calm",),
        artists=("A", "B"),
        titles=("1999",),
        years=(1999, 1999),
        heard_in=(2016, 2016),
        rotations=("deep_cut",),
        without=Without(artists=("C",)),
        minutes=45.0,
        whole_album=True,
        whole_work=False,
    )


@pytest.mark.parametrize(
    ("decade", "first"), [("1980s", 1980), ("80s", 1980), ("1980", 1980), ("00s", 2000), ("'20s'", 2020), ("30s", 1930)]
)
def test_a_decade_is_its_ten_years(decade: str, first: int) -> None:
    assert parse_query(f"decade: {decade}").years == (first, first + 9)


def test_nothing_given_is_the_usual() -> None:
    assert parse_query("genres:\nyears: null\nwithout:\nwhole_work: ~\ndecade:\n") == Query()
    assert parse_query(dump_query(Query())) == Query()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("genrs: jazz", 1, "did you mean 'genres'?"),
        ("genre: jazz\nartits: A", 2, "did you mean 'artist"),
        ("without: {genrs: jazz}", 1, "did you mean 'genre"),
        ("without: {energy: [0, 1]}", 1, "'without' has no key 'energy'"),
        ("genre: jazz\ngenres: [rock]", 2, "say the same"),
        ("years: [1990, 1999]\ndecade: 1980s", 2, "say the same"),
        ("decade: 1985", 1, "'decade' should be a decade"),
        ("decade: the eighties", 1, "'decade' should be a decade"),
        ("tempo_bpm: 120", 1, "write tempo_bpm: [110, 126]"),
        ("tempo_bpm: [100, 10]", 1, "between 20 and 400"),
        ("tempo_bpm: [126, 110]", 1, "the smaller of its two numbers"),
        ("tempo_bpm: [slow, fast]", 1, "should be a number"),
        ("energy: [0, 70]", 1, "between 0 and 1"),
        ("years: [1999.5, 2001]", 1, "should be a whole number"),
        ("heard: nver", 1, "either 'never' or 'before'"),
        ("rotation: forgoten_favourite", 1, "did you mean 'forgotten_favourite'?"),
        ("rotation: request", 1, "'request'"),
        ("minutes: -5", 1, "more than 0"),
        ("minutes: .inf", 1, "should be a number"),
        ("whole_album: perhaps", 1, "yes or no"),
        ("genres: ['']", 1, "without any letter"),
        ("genres: [[jazz]]", 1, "a single value"),
        ("titles: ['a\\nb', \"a\\nb\"]", 1, "control character"),
        (f"title: {'x' * 301}", 1, "301 characters"),
        ("titles: [" + "a, " * 201 + "]", 1, "201 values"),
        ("- jazz", 1, "'key: value' lines"),
        ("genre: !!python/object:x jazz", 1, "unknown kind"),
        ("genre: [jazz", 1, "not valid YAML"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_to_do(text: str, line: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text, "tonight.yaml")
    assert caught.value.where == f"tonight.yaml, line {line}"
    assert says in str(caught.value)


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "query.yaml"
    file.write_text("genre: Müsik", encoding="utf-8")
    assert load_query(file).genres == ("Müsik",)
    file.write_bytes("genre: Müsik".encode("latin-1"))
    for path in (file, tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(QueryError) as caught:
            load_query(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "values", [{"energy": (0.5, float("nan"))}, {"rotations": ("request",)}, {"minutes": 0.0}, {"titles": ("",)}]
)
def test_a_query_is_right_however_it_is_made(values: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        Query(**values)  # type: ignore[arg-type]
    with pytest.raises(QueryError):
        Without(artists=(" ",))


# Matching -------------------------------------------------------------------------------------------------------------


def found(
    query: Query,
    tracks: Sequence[Track],
    past: Plays | None = None,
    *,
    now: datetime = NOW,
    features: Features | None = None,
) -> Matches:
    matches = matching(query, tracks, plays=past or Plays.none(), now=now, features=features or {})
    assert matches.mask.shape == matches.named.shape == matches.days_heard_in.shape == (len(tracks),)
    assert not (matches.named & ~matches.mask).any()
    return matches


def which(query: Query, tracks: Sequence[Track], past: Plays | None = None, **more: object) -> list[int]:
    return np.flatnonzero(found(query, tracks, past, **more).mask).tolist()  # type: ignore[arg-type]


GENRES = [
    track(0, genres=("Indie Rock",)),
    track(1, genres=("Hip-Hop", "Soul")),
    track(2, genres=("HipHop",)),
    track(3),
]


@pytest.mark.parametrize(
    ("genre", "numbers"),
    [
        ("rock", [0]),
        ("ROCK", [0]),
        ("indie rock", [0]),
        ("hip hop", [1, 2]),
        ("Hip-Hop", [1, 2]),
        ("hop", [1]),
        ("soul", [1]),
        ("roc", []),
    ],
)
def test_genres_match_by_words(genre: str, numbers: list[int]) -> None:
    assert which(Query(genres=(genre,)), GENRES) == numbers


def test_names_of_one_genre() -> None:
    tracks = [track(0, genres=("R&B",)), track(1, genres=("RnB",)), track(2, genres=("Drum & Bass",))]
    assert which(Query(genres=("r'n'b",)), tracks) == [0, 1]
    assert which(Query(genres=("dnb",)), tracks) == [2]


def test_artists_match_by_whole_names_and_guests_count() -> None:
    tracks = [
        track(0, artist="The Nobodies"),
        track(1, artist="Nobody", guests=["Böhmë"]),
        track(2, artist="Nobody Else"),
        track(3, artist="Some Orchestra", composer="Ludwig van Nobody", work="Symphony No. 7"),
    ]
    assert which(Query(artists=("nobodies",)), tracks) == [0]
    assert which(Query(artists=("bohme",)), tracks) == [1]
    assert which(Query(artists=("Nobody",)), tracks) == [1, 3]
    assert which(Query(artists=("Nobody", "The Nobodies")), tracks) == [0, 1, 3]


def test_albums_match_whatever_the_edition() -> None:
    tracks = [track(0, album="Made-up"), track(1, album="Made-Up (Deluxe Edition)"), track(2, album="Made-up Too")]
    assert which(Query(albums=("made up",)), tracks) == [0, 1]


def test_works_and_titles_match_by_words() -> None:
    tracks = [
        track(0, work="Symphony No. 7 in A major, Op. 92", composer="Ludwig van Nobody", title="II. Allegretto"),
        track(1, work="Symphony No. 5", composer="Ludwig van Nobody", title="I. Allegro"),
        track(2, title="The Symphony Song 7"),
        track(3, title="÷"),
    ]
    assert which(Query(works=("nobody symphony 7",)), tracks) == [0]
    assert which(Query(works=("symphony",)), tracks) == [0, 1]
    assert which(Query(titles=("symphony",)), tracks) == [2]
    assert which(Query(titles=("÷",)), tracks) == [3]
    assert which(Query(titles=("sym",)), tracks) == []


def test_years_are_those_of_the_recording() -> None:
    tracks = [
        track(0, released=PartialDate(2011), first_released=PartialDate(1977, 2)),
        track(1, released=PartialDate(1979)),
        track(2, released=PartialDate(1980)),
        track(3, released=None),
    ]
    assert which(parse_query("decade: 70s"), tracks) == [0, 1]
    assert found(Query(years=(1920, 1929)), tracks).notes == (
        "nothing in the library was recorded in 1920 to 1929; the dated songs are from 1977 to 1980",
    )


def test_tempo_and_energy() -> None:
    tracks = [track(0, bpm=120.0), track(1, bpm=90.0), track(2), track(3)]
    features: Features = {tracks[1].id: (121.0, 0.9), tracks[2].id: (None, 0.2)}
    assert which(Query(tempo_bpm=(118, 126)), tracks, features=features) == [0, 1]  # what was measured goes first
    assert which(Query(energy=(0, 0.5)), tracks, features=features) == [2]


NO_TAGS = "no song has a mood in its tags"


def test_what_cannot_be_judged_is_said_and_left_aside() -> None:
    tracks = [track(0), track(1)]
    matches = found(Query(energy=(0.0, 0.5), tempo_bpm=(80, 90), moods=("calm", "dark")), tracks)
    assert matches.mask.all()
    assert matches.notes == (
        f"{NO_TAGS}, and its energy and tempo are not known yet, so the wish for 'calm' was left aside",
        f"{NO_TAGS}, and energy and tempo do not tell that mood, so the wish for 'dark' was left aside",
        "the tempo of no song is known yet, so the wish for 80 to 90 was left aside",
        "the energy of no song is known yet, so the wish for 0 to 0.5 was left aside",
    )
    assert all("left aside" in step for step in matches.steps)


def test_moods_come_from_tags_and_else_from_energy_and_tempo() -> None:
    tracks = [
        track(0, moods=("Calm",)),
        track(1, moods=("Aggressive",)),
        track(2),
        track(3),
        track(4),
    ]
    features: Features = {tracks[1].id: (90, 0.1), tracks[2].id: (90, 0.2), tracks[3].id: (128, 0.8)}
    assert which(Query(moods=("calm",)), tracks, features=features) == [0, 2]  # the tag of 1 says otherwise
    assert which(Query(moods=("upbeat",)), tracks, features=features) == [3]
    assert which(Query(moods=("aggressive", "energetic")), tracks, features=features) == [1, 3]
    matches = found(Query(moods=("dark",)), tracks, features=features)
    assert not matches.mask.any()
    assert matches.notes == ("nothing in the library is tagged with the mood 'dark'",)


def test_moods_say_no_more_than_energy_and_tempo_do() -> None:
    assert {"calm", "mellow", "quiet", "energetic", "lively", "loud", "upbeat"} <= MOODS.keys()
    assert MOODS.keys().isdisjoint({"happy", "sad", "dark", "romantic"})


def test_heard_before_and_never() -> None:
    tracks = [track(0), track(1), track(2)]
    past = plays([(0, 5), (1, 3, "skip"), (2, -4)])
    assert which(Query(heard="before"), tracks, past) == [0]
    assert which(Query(heard="never"), tracks, past) == [1, 2]
    assert found(Query(heard="before"), tracks).notes == (
        "nothing in the library was heard yet, as far as the history says",
    )


def test_years_of_ones_own_past_are_local() -> None:
    tracks = [track(0), track(1), track(2)]
    new_year = datetime(2016, 1, 1, tzinfo=UTC)
    moments = [new_year - timedelta(hours=1), new_year + timedelta(days=40), new_year + timedelta(days=41)]
    past = Plays(
        track=np.array([0, 1, 1], np.int32),
        listened_at=np.array([moment.timestamp() for moment in moments]).astype(np.int64),
        skipped=np.zeros(3, np.bool_),
        heard=np.ones(3, np.bool_),
    )
    query = Query(heard_in=(2016, 2016))
    assert which(query, tracks, past) == [1]
    east = found(query, tracks, past, now=NOW.astimezone(timezone(timedelta(hours=3))))
    assert east.mask.tolist() == [True, True, False]
    assert east.days_heard_in.tolist() == [1, 2, 0]
    assert found(Query(heard_in=(2003, 2004)), tracks, past).notes == (
        "the history has no listen to these songs in 2003 to 2004",
    )


def test_without_takes_away() -> None:
    tracks = [track(0, genres=("Jazz",)), track(1, genres=("Jazz",), artist="B"), track(2, genres=("Rock",))]
    query = Query(genres=("jazz",), without=Without(artists=("b",)))
    assert which(query, tracks) == [0]
    assert which(Query(without=Without(genres=("jazz", "rock"))), tracks) == []
    assert found(Query(without=Without(genres=("jazz", "rock"))), tracks).notes == (
        "without genre 'jazz' or 'rock': nothing is left of the library",
    )


def test_what_is_not_there_is_named_with_what_is_near() -> None:
    tracks = [
        track(0, genres=("Techno",), artist="Nobody At All", album="Made-up Album", title="A Made-up Song"),
        track(1, genres=("Dub",), artist="Somebody"),
    ]

    def notes(**values: tuple[str, ...]) -> tuple[str, ...]:
        return found(Query(**values), tracks).notes  # type: ignore[arg-type]

    assert notes(genres=("dub techno",)) == (
        "nothing in the library is tagged with the genre 'dub techno'; nearest: 'Techno', 'Dub'",
    )
    assert notes(artists=("Nobody At Al",)) == (
        "nobody called 'Nobody At Al' is in the library; nearest: 'Nobody At All'",
    )
    assert notes(artists=("Zzz",)) == ("nobody called 'Zzz' is in the library",)
    assert notes(albums=("Made-up Albun",)) == (
        "no album in the library is called 'Made-up Albun'; nearest: 'Made-up Album', 'Made-up Album 0'",
    )
    assert notes(titles=("made down song",))[0].startswith("no title in the library has the words 'made down song'")


def test_parts_that_have_nothing_in_common_are_named() -> None:
    tracks = [track(0, genres=("Jazz",), released=PartialDate(1960)), track(1, released=PartialDate(1985))]
    matches = found(parse_query("genre: jazz\ndecade: 1980s"), tracks)
    assert not matches.mask.any()
    assert matches.notes == ("recorded in 1980 to 1989: nothing is left of the 1 song found so far",)
    assert matches.steps == ("genre 'jazz': 1 song, 1 left", "recorded in 1980 to 1989: 1 song, 0 left")


def test_what_is_meant_although_a_rule_may_keep_it_out() -> None:
    tracks = [
        track(0, artist="A", title="Jingle Bells"),
        track(1, artist="A"),
        track(2, artist="B", genres=("Christmas", "Pop")),
        track(3, artist="B", genres=("Pop",)),
    ]

    def named(**values: tuple[str, ...]) -> list[int]:
        return np.flatnonzero(found(Query(**values), tracks).named).tolist()  # type: ignore[arg-type]

    assert named(artists=("A",)) == [1]
    assert named(titles=("jingle bells",)) == [0]
    assert named(genres=("christmas",)) == [2]
    assert named(genres=("pop",)) == []
    assert named() == []


def test_like_somebody_is_who_shares_the_genres_that_tell_them_apart() -> None:
    rows = [
        ("Velvet Harbour", ("Rock", "Shoegaze")),
        ("Velvet Harbour", ()),
        ("Marta Kessel", ("Shoegaze",)),
        ("Tin", ("Rock",)),
        ("Copper", ("Rock",)),
        ("Bowline", ("Rock", "shoegaze")),
        ("Slow", ("Jazz",)),
        ("Untagged", ()),
    ]
    tracks = [track(number, artist=artist, genres=genres) for number, (artist, genres) in enumerate(rows)]
    matches = found(Query(like=("velvet harbour",)), tracks)
    assert matches.mask.tolist() == [True, True, True, False, False, True, False, False], "rock is shared by all"
    assert matches.steps == ("like 'velvet harbour': 4 songs, 4 left",)
    assert found(Query(like=("Tin",)), tracks).mask.tolist() == [True, False, False, True, True, True, False, False]
    alone = found(Query(like=("Untagged",)), tracks)
    assert alone.mask.tolist() == [False] * 7 + [True]
    assert alone.notes == ("no song by 'Untagged' has a genre, so nothing else can be told to be like them",)
    assert "nobody called 'Nobody'" in found(Query(like=("Nobody",)), tracks).notes[0]


def test_years_can_be_left_out() -> None:
    tracks = [track(number, released=PartialDate(1978 + 4 * number)) for number in range(4)]
    query = parse_query("without: {years: [1980, 1989]}")
    assert query == Query(without=Without(years=(1980, 1989)))
    assert found(query, tracks).mask.tolist() == [True, False, False, True]
    assert parse_query("without: {year: 1982}").without.years == (1982, 1982)


def test_an_empty_library() -> None:
    query = parse_query("genre: jazz\nenergy: [0, 1]\nmood: calm\nheard: before\nheard_in: 2016\nyear: 1999\nartist: A")
    assert found(query, []).mask.tolist() == []


@given(QUERIES, st.randoms(use_true_random=False))
def test_the_order_of_the_library_does_not_matter(query: Query, shuffled: object) -> None:
    tracks = [replace(song, genres=("Indie Rock",)) for song in library(12, artists=4, seed=3)]
    past = history(12, 40, seed=4)
    order = list(range(12))
    shuffled.shuffle(order)  # type: ignore[attr-defined]
    place = np.argsort(order)
    moved = replace(past, track=place[past.track].astype(np.int32))
    before = found(query, tracks, past)
    after = found(query, [tracks[index] for index in order], moved)
    assert before.mask[order].tolist() == after.mask.tolist()
    assert before.days_heard_in[order].tolist() == after.days_heard_in.tolist()


@given(QUERIES)
def test_without_never_answers_to_what_it_leaves_out(query: Query) -> None:
    tracks = [replace(song, genres=("Rock",)) for song in library(10, artists=3, seed=1)]
    out = replace(query, without=Without(artists=("Nobody 0",)))
    matches = found(out, tracks)
    assert not any(matches.mask[index] for index, song in enumerate(tracks) if "Nobody 0" in song.artists)
