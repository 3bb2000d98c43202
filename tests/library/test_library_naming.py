from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.library.identity import WINDOW_BYTES, content_id
from aidj.library.naming import name_from_path


@pytest.mark.parametrize(
    ("path", "artist", "album", "number", "title"),
    [
        ("Ann Lo/Low Tide/01 - Song.flac", "Ann Lo", "Low Tide", 1, "Song"),
        ("Ann Lo/Low Tide/01. Song.flac", "Ann Lo", "Low Tide", 1, "Song"),
        ("Ann Lo/Low Tide/01 Song.flac", "Ann Lo", "Low Tide", 1, "Song"),
        ("Ann Lo/Low Tide/12 Song.flac", "Ann Lo", "Low Tide", 12, "Song"),
        ("Ann Lo/Low Tide/Song.flac", "Ann Lo", "Low Tide", None, "Song"),
        ("Ann Lo/Low Tide/Song - Live.flac", "Ann Lo", "Low Tide", None, "Song - Live"),
        ("Ann Lo/Low Tide/03 - Ann Lo - Song.flac", "Ann Lo", "Low Tide", 3, "Song"),
        ("Ann Lo/Low Tide/Ann Lo - Low Tide - 03 - Song.flac", "Ann Lo", "Low Tide", 3, "Song"),
        ("Ann Lo/1994 - Low Tide/1-03 Song.flac", "Ann Lo", "Low Tide", 3, "Song"),
        ("Ann Lo/Low Tide (1994)/CD 2/03_Song_Name.flac", "Ann Lo", "Low Tide", 3, "Song Name"),
        ("Various Artists/Hits/04 - Bo Hi - Song.mp3", "Bo Hi", "Hits", 4, "Song"),
        ("Ann Lo/01 Song.mp3", "Ann Lo", None, 1, "Song"),
        ("Ann Lo - Low Tide/01 Song.mp3", "Ann Lo", "Low Tide", 1, "Song"),
        ("Hits/Bo Hi - Song.mp3", "Bo Hi", "Hits", None, "Song"),
        ("Ann Lo/Ann Lo - Song.mp3", "Ann Lo", None, None, "Song"),
        ("Ann Lo - Song.mp3", "Ann Lo", None, None, "Song"),
        ("Ann Lo – Song – Part 2.mp3", "Ann Lo", None, None, "Song - Part 2"),
        ("Ann Lo - 07 - Song.mp3", "Ann Lo", None, 7, "Song"),
        ("07 - Ann Lo - Song.mp3", "Ann Lo", None, 7, "Song"),
        ("Ann Lo - Song [dQw4w9WgXcQ].m4a", "Ann Lo", None, None, "Song"),
        ("Ann Lo - Song (Official Video).m4a", "Ann Lo", None, None, "Song"),
        ("99 Balloons.mp3", None, None, None, "99 Balloons"),
        ("1979.mp3", None, None, None, "1979"),
        ("7 Years.mp3", None, None, None, "7 Years"),
        ("01.mp3", None, None, None, "01"),
        ("Song.Name.mp3", None, None, None, "Song.Name"),
        ("Track_01.mp3", None, None, None, "Track 01"),
        ("Jean-Luc.mp3", None, None, None, "Jean-Luc"),
    ],
)
def test_patterns(path: str, artist: str | None, album: str | None, number: int | None, title: str) -> None:
    root = os.fsencode(os.sep + "music")
    found = name_from_path(root + os.fsencode(os.sep + path.replace("/", os.sep)), root)
    assert (found.artist, found.album, found.track_number, found.title) == (artist, album, number, title)


def test_disc_numbers() -> None:
    root = os.fsencode(os.sep + "music")
    for path in ("A/B/CD2/01 C.flac", "A/B/Disc 2 - Live/01 C.flac", "A/B/2-01 C.flac"):
        assert name_from_path(root + os.fsencode(os.sep + path.replace("/", os.sep)), root).disc_number == 2


@given(st.lists(st.binary(min_size=1, max_size=20).filter(lambda b: b"/" not in b and b"\0" not in b), min_size=1))
def test_every_path_has_a_title(parts: list[bytes]) -> None:
    root = os.fsencode(os.sep + "m")
    found = name_from_path(os.fsencode(os.sep).join([root, *parts]), root)
    assert found.title
    assert found.artist is None or found.artist
    assert found.album is None or found.album


def test_identity_depends_on_the_content_in_the_middle() -> None:
    import io

    big = bytes(range(256)) * 8192  # 2 MiB
    same = content_id(io.BytesIO(big), len(big))
    retagged = b"other tags" + big[10:]
    changed = bytearray(big)
    changed[len(big) // 2 + 100] ^= 1
    assert len(same) == 16
    assert int(same, 16) >= 0
    assert content_id(io.BytesIO(retagged), len(big)) == same
    assert content_id(io.BytesIO(bytes(changed)), len(big)) != same
    assert content_id(io.BytesIO(big + b"x"), len(big) + 1) != same
    small = bytes(2 * WINDOW_BYTES)
    assert content_id(io.BytesIO(b"x" + small[1:]), len(small)) != content_id(io.BytesIO(small), len(small))
