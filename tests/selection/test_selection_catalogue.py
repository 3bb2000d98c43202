from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import library, track

from aidj.model import Track
from aidj.selection import Catalogue
from aidj.selection.songs import faces


def songs_of(tracks: Sequence[Track]) -> list[int]:
    """Return the song of each track, in the order of the library."""
    catalogue = Catalogue.of(tracks)
    return catalogue.song[catalogue.place].tolist()  # type: ignore[no-any-return]


def song(number: int, title: str, artist: str = "Nobody", **fields: object) -> Track:
    return track(number, title=title, artist=artist, album=fields.pop("album", None), **fields)


@pytest.mark.parametrize(
    "title",
    [
        "A Song (Live)",
        "a song - 2011 Remaster",
        "A Song (Radio Edit)",
        "A Song (feat. Somebody)",
        "A Song (Somebody's Remix)",
        "A Song [Acoustic Version]",
    ],
)
def test_versions_are_one_song(title: str) -> None:
    assert songs_of([song(0, "A Song"), song(1, title), song(2, "Another Song")]) == [0, 0, 1]


def test_a_song_by_somebody_else_is_another() -> None:
    assert songs_of([song(0, "A Song"), song(1, "A Song", "Somebody")]) == [0, 1]


def test_identifiers_join_what_names_part_and_chains_are_followed() -> None:
    tracks = [
        song(0, "One Name", recording_mbid="0000-A"),
        song(1, "Two Names", "Somebody", recording_mbid="0000-a ", isrc="XX-ABC-12-34567"),
        song(2, "Three Names", "Anybody", isrc="xxabc1234567"),
        song(3, "Three Names (Live)", "Anybody"),
        song(4, "Four", isrc="0"),
        song(5, "Five", isrc="0"),  # no code at all: joins nothing
    ]
    assert songs_of(tracks) == [0, 0, 0, 0, 1, 2]


def test_titles_that_name_no_song_join_only_on_one_album() -> None:
    tracks = [
        song(0, "Intro", album="One"),
        song(1, "Intro", album="Two"),
        song(2, "Intro (Live)", album="Two"),
        song(3, "Track 07"),
        song(4, "Track 07"),
        song(5, "A Song", ""),
        song(6, "A Song", ""),
    ]
    assert songs_of(tracks) == [0, 1, 1, 2, 3, 4, 5]


def test_movements_of_the_same_name_are_different_songs() -> None:
    tracks = [
        song(0, "Allegro", work="First Symphony", movement_number=1),
        song(1, "Allegro", work="First Symphony", movement_number=4),
        song(2, "Allegro", work="Second Symphony", movement_number=1),
        song(3, "Allegro", work="First Symphony", movement_number=1, album="Another Edition"),
    ]
    assert songs_of(tracks) == [0, 1, 2, 0]


def test_albums_artists_and_works_are_numbered() -> None:
    tracks = [
        track(0, artist="The Nobodies", guests=["Somebody"], album="Album", work="A Work"),
        track(1, artist="Nobodies", album="Album (Deluxe Edition)", work="A WORK"),
        track(2, artist="Somebody", album="Album", work="A Work"),
        track(3, artist="", album=None),
        track(4, artist="Somebody", album="Hits", compilation=True),
        track(5, artist="The Nobodies", album="Hits", compilation=True),
    ]
    catalogue = Catalogue.of(tracks)
    assert catalogue.artist_keys == ("nobodies", "somebody", "")
    assert catalogue.artist.tolist() == [0, 0, 1, 2, 1, 0]
    assert catalogue.credited == ((0, 1), (0,), (1,), (), (1,), (0,))
    assert list(zip(catalogue.credit_track.tolist(), catalogue.credit_artist.tolist(), strict=True)) == [
        *((0, 0), (0, 1), (1, 0), (2, 1), (4, 1), (5, 0))
    ]
    assert catalogue.album.tolist() == [0, 0, 1, -1, 2, 2]
    assert catalogue.work.tolist() == [0, 0, 1, -1, -1, -1]
    assert (catalogue.n_albums, catalogue.n_works) == (3, 2)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_the_order_of_the_library_does_not_matter(seed: int, size: int) -> None:
    tracks = library(size, artists=max(1, size // 5), seed=seed)
    order = np.random.default_rng(seed).permutation(size)
    one, two = Catalogue.of(tracks), Catalogue.of([tracks[number] for number in order])
    assert one.tracks == two.tracks
    for i, number in enumerate(order.tolist()):
        assert two.place[i] == one.place[number] == one.number[tracks[number].id]
        assert one.tracks[one.place[number]] is tracks[number]
    for name in ("artist", "song", "album", "work", "duration_s", "credit_artist", "other_version"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert one.artist_keys == two.artist_keys


def test_it_tells_whether_it_describes_a_library() -> None:
    tracks = library(20, artists=4, seed=1)
    catalogue = Catalogue.of(tracks)
    assert len(catalogue) == 20
    assert catalogue.describes(tracks)
    assert not catalogue.describes(tracks[:-1])
    assert not catalogue.describes(tracks[::-1])
    assert Catalogue.of([]).describes([])


def test_the_face_of_a_song_is_the_version_heard_most_then_the_studio_recording() -> None:
    tracks = [song(0, "A Song (Live)"), song(1, "A Song"), song(2, "A Song - Remaster"), song(3, "B")]
    catalogue = Catalogue.of(tracks)
    everything, listens = np.ones(4, np.bool_), np.zeros(4, np.int64)
    assert faces(catalogue, everything, listens)[0].tolist() == [1, 3]
    assert faces(catalogue, everything, np.array([2, 0, 1, 0]))[0].tolist() == [0, 3]
    without, any_track = faces(catalogue, np.array([True, False, False, False]), listens)
    assert without.tolist() == [0, -1]
    assert any_track.tolist() == [0, 3]
