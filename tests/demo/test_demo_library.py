"""Making the library: files, tags, cache, and what it leaves alone."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import soundfile
import tinytag

from aidj.demo import SONGS, make_demo_library
from aidj.demo.library import lrc_text, song_path
from aidj.errors import OutputError

TODAY = date(2026, 11, 22)


def shortened(slug, sections, **changes):
    song = next(song for song in SONGS if song.spec.slug == slug)
    spec = replace(song.spec, sections=tuple(song.spec.sections[i] for i in sections))
    return replace(song, spec=spec, **changes)


FEW = (
    shortened("bread-crumbs-to-bergamot", (0, 1)),
    shortened("boss-fight-at-the-bakery", (0, 6)),
    shortened("slow-tram-to-lemon-street", (0, 4)),
    shortened("elevator-to-the-moon-garage", (4,), suffix=".m4a"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    told = []
    folder = tmp_path_factory.mktemp("demo") / "library"
    library = make_demo_library(folder, today=TODAY, progress=lambda *step: told.append(step), songs=FEW)
    return library, told


def test_everything_is_there(made):
    library, told = made
    assert library.made
    assert [step[:2] for step in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {step[2] for step in told} == {song.title for song in FEW}
    truth = json.loads(library.truth_file.read_text(encoding="utf-8"))
    assert set(truth["songs"]) == {song_path(song).as_posix() for song in FEW}
    assert library.history_file.stat().st_size > 10_000
    assert [path.name for path in library.music_folder.parent.parent.iterdir()] == ["library"]


def test_files_have_the_length_and_tags_they_should(made):
    library, _ = made
    truth = json.loads(library.truth_file.read_text(encoding="utf-8"))["songs"]
    for song in FEW:
        path = library.music_folder / song_path(song)
        tags = tinytag.TinyTag.get(path)
        assert tags.title == song.title
        assert tags.artist == song.credit
        assert tags.album == song.album
        assert tags.albumartist == song.artist
        assert tags.genre == song.genre
        assert tags.year == song.release_date(TODAY)
        assert tags.track == song.track_number
        assert tags.comment == "Composed by aidj's own code as a demo"
        assert tags.duration == pytest.approx(truth[song_path(song).as_posix()]["duration_s"], abs=0.1)


def test_a_flac_holds_the_samples(made):
    library, _ = made
    song = FEW[0]
    samples, rate = soundfile.read(library.music_folder / song_path(song), dtype="float32")
    assert rate == 44100
    assert 0.2 < np.max(np.abs(samples)) < 0.9


def test_words_lie_beside_the_song(made):
    library, _ = made
    truth = json.loads(library.truth_file.read_text(encoding="utf-8"))["songs"][song_path(FEW[0]).as_posix()]
    text = (library.music_folder / song_path(FEW[0])).with_suffix(".lrc").read_text(encoding="utf-8")
    stamped = [line for line in text.splitlines() if line.startswith("[0")]
    assert stamped[0] == f"[00:{truth['intro_end_s']:05.2f}]I followed bread crumbs down the garden wall"
    assert not (library.music_folder / song_path(FEW[1])).with_suffix(".lrc").exists()


def test_a_second_voice_does_not_repeat_its_line():
    from aidj.demo.arrange import arrange
    from aidj.demo.truth import SongTruth

    song = next(song for song in SONGS if song.spec.slug == "bread-crumbs-to-bergamot")
    lines = tuple(arrange(song.spec).lines)
    truth = SongTruth(**dict.fromkeys(SongTruth.__dataclass_fields__, 0.0) | {"lines": lines, "duration_s": 90.0})
    stamps = [line[:10] for line in lrc_text(song, truth).splitlines()[4:]]
    assert len(stamps) == len(set(stamps)) > 10
    assert stamps == sorted(stamps)


def test_the_second_time_nothing_is_made(made):
    library, _ = made
    before = {path: path.stat().st_mtime_ns for path in library.music_folder.rglob("*")}
    for days in (0, 6):
        again = make_demo_library(library.music_folder.parent, today=TODAY + timedelta(days=days), songs=FEW)
        assert not again.made
    assert {path: path.stat().st_mtime_ns for path in library.music_folder.rglob("*")} == before


def test_after_a_week_it_is_made_anew_and_keeps_other_files(tmp_path):
    one = (FEW[3],)
    folder = tmp_path / "demo"
    first = make_demo_library(folder, today=TODAY, songs=one)
    (first.music_folder / "mine.txt").write_text("keep me", encoding="utf-8")
    second = make_demo_library(folder, today=TODAY + timedelta(days=7), songs=one)
    assert second.made
    assert (second.music_folder / "mine.txt").read_text(encoding="utf-8") == "keep me"
    tags = tinytag.TinyTag.get(second.music_folder / song_path(FEW[3]))
    assert tags.year == (TODAY + timedelta(days=7 - 15)).isoformat()
    (second.music_folder / song_path(FEW[3])).unlink()
    assert make_demo_library(folder, today=TODAY + timedelta(days=7), songs=one).made


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="folder of its own"):
        make_demo_library(tmp_path, today=TODAY, songs=FEW)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_broken_run_leaves_nothing(tmp_path):
    broken = replace(FEW[3], spec=replace(FEW[3].spec, key="H"))
    with pytest.raises(ValueError, match="no key"):
        make_demo_library(tmp_path / "demo", today=TODAY, songs=(broken,))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        make_demo_library(tmp_path / "file" / "demo", today=TODAY, songs=(FEW[3],))
