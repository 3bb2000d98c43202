"""The songs as a library: what a demo needs of them."""

import re
from datetime import date, timedelta

from aidj.demo import SONGS
from aidj.demo.arrange import arrange
from aidj.demo.library import song_path
from aidj.model import PartialDate

TODAY = date(2026, 11, 22)


def test_there_is_some_of_everything():
    assert 12 <= len(SONGS) <= 14
    assert 5 <= len({song.artist for song in SONGS}) <= 7
    assert {song.spec.ending for song in SONGS} == {"cold", "fade", "sustained", "long_tail"}
    assert {song.suffix for song in SONGS} >= {".flac", ".mp3", ".opus", ".m4a"}
    assert sum(bool(song.guest) for song in SONGS) >= 2
    assert {song.spec.beats_per_bar for song in SONGS} >= {3, 4, 5}
    assert len({song.spec.bpm for song in SONGS}) >= 10
    assert len({song.spec.key for song in SONGS}) >= 9
    assert len({song.genre for song in SONGS}) >= 10
    assert len({song_path(song) for song in SONGS}) == len({song.spec.slug for song in SONGS}) == len(SONGS)
    assert min(s.spec.loudness_lufs for s in SONGS) <= -19
    assert max(s.spec.loudness_lufs for s in SONGS) >= -10


def test_instrumental_openings_differ():
    posts = []
    for song in SONGS:
        sung = [phrase.start_s for phrases in arrange(song.spec).phrases.values() for phrase in phrases]
        posts += [min(sung)] if sung else []
    assert len(posts) >= 5
    assert min(posts) < 3
    assert max(posts) > 15


def test_releases_go_from_the_eighties_to_this_week():
    released = [PartialDate.parse(song.release_date(TODAY)) for song in SONGS]
    days = [(TODAY - found.earliest()).days for found in released]
    assert min(days) in range(3)
    assert sum(day <= 30 for day in days) >= 2
    assert min(found.year for found in released) <= 1985
    assert len({found.precision for found in released}) == 3


def test_tags_say_what_they_are():
    for song in SONGS:
        tags = song.tags(TODAY)
        assert "demo" in tags["comment"]
        assert tags["albumartist"] == song.artist
        assert all(isinstance(value, str) and value for value in tags.values())
        assert not re.search(r'[<>:"\\|?*]', str(song_path(song)))


def test_eras_are_before_today_and_after_the_release():
    for song in SONGS:
        released = PartialDate.parse(song.release_date(TODAY)).earliest()
        for start, end, plays in song.heard:
            assert start > end >= 1
            assert plays >= 1
            assert TODAY - timedelta(days=start) >= released
