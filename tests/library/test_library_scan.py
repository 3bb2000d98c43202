from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mutagen.flac
import pytest

import aidj.library.scan as scan_module
from aidj.database import open_database
from aidj.errors import LibraryError
from aidj.library import TABLES, Library

Make = Callable[..., Path]
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file names and permissions")


def tag(path: Path, **fields: str) -> None:
    file = mutagen.flac.FLAC(path)
    file.update(fields)
    file.save()


def never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(scan_module, "read_file", fail)


def test_lists_every_format_with_its_tags(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    for seed, suffix in enumerate((".mp3", ".flac", ".ogg", ".opus", ".m4a", ".wav", ".aiff")):
        make_sound(music / "The Paper Kites of Nowhere" / "Album" / f"0{seed + 1} - Song{suffix}", seed=seed)
    (music / "cover.jpg").write_bytes(b"no sound")
    report = library.scan([music], now=now)
    tracks = library.tracks()
    assert report.added == 7
    assert len(tracks) == 7
    assert [track.path for track in tracks] == sorted(track.path for track in tracks)
    assert [track.track_number for track in tracks] == list(range(1, 8))
    assert report.named_by_path == tuple(track.path for track in tracks)
    assert {(t.artist, t.album, t.title, t.named_by) for t in tracks} == {
        ("The Paper Kites of Nowhere", "Album", "Song", "path")
    }


def test_the_names_of_all_artists_are_those_of_the_tracks_that_are_there(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    assert library.artist_names() == frozenset()
    for number, artist in enumerate(["Quill of Nowhere", "Quill of Nowhere & The Reeds feat. Moss", "Fen"]):
        tag(make_sound(music / f"{number}.flac", seed=number), artist=artist, title=f"Song {number}")
    library.scan([music], now=now)
    assert library.artist_names() == {name for track in library.tracks() for name in track.artists}
    assert "Fen" in library.artist_names()
    (music / "2.flac").unlink()
    library.scan([music], now=now)
    assert "Fen" not in library.artist_names()


def test_second_scan_reads_nothing(
    library: Library, music: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sound(music / "A - B.flac")
    (music / "broken.mp3").write_bytes(b"no music" * 1000)
    (music / "empty.ogg").touch()
    first = library.scan([music], now=now)
    before = library.tracks()
    never_read(monkeypatch)
    second = library.scan([music], now=now + timedelta(days=1))
    assert (first.added, first.unchanged) == (3, 0)
    assert (second.added, second.updated, second.unchanged, second.missing) == (0, 0, 3, 0)
    assert second.unreadable == first.unreadable
    assert [problem.path.name for problem in second.unreadable] == ["broken.mp3", "empty.ogg"]
    assert second.unreadable[1].reason == "the file is empty"
    assert second.unreadable[0].reason.startswith("not an audio file, or damaged: ")
    assert second.named_by_path == first.named_by_path
    assert library.tracks() == before


def test_changed_tags_are_read_again_and_the_date_stays(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    path = make_sound(music / "a.flac", seconds=4)
    tag(path, artist="Old Name", title="Song", lyrics="la", liq_cue_in="1.5 s", liq_cue_out="3.25")
    library.scan([music], now=now)
    old = library.tracks()[0]
    assert library.markers(old.id) == {"liqcuein": "1.5 s", "liqcueout": "3.25"}
    tag(path, artist="New Name", lyrics="lala", liq_cue_in="", comment="x" * 20000)
    report = library.scan([music], now=now + timedelta(days=3650))
    (new,) = library.tracks()
    assert (report.added, report.updated) == (0, 1)
    assert (new.artist, new.added_at) == ("New Name", old.added_at)
    assert library.lyrics(new.id) == "lala"
    assert library.markers(new.id) == {"liqcueout": "3.25"}


def test_missing_files_are_kept_and_return_unread(
    library: Library, music: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_sound(music / "a.flac")
    other = make_sound(music / "b.flac", seed=1)
    library.scan([music], now=now)
    before = library.tracks()
    hidden = path.rename(music.parent / "a.flac")
    report = library.scan([music], now=now)
    assert (report.missing, report.unchanged) == (1, 1)
    assert [track.path for track in library.tracks()] == [other]
    assert library.find(before[0].id) is None
    assert library.scan([music], now=now).missing == 0
    hidden.rename(path)
    never_read(monkeypatch)
    report = library.scan([music], now=now)
    assert (report.returned, report.unchanged, report.added) == (1, 2, 0)
    assert library.tracks() == before


def test_moved_files_keep_their_date_and_id(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    path = make_sound(music / "a.flac")
    tag(path, title="T", artist="A", lyrics="words")
    library.scan([music], now=now)
    (old,) = library.tracks()
    (music / "sub").mkdir()
    path.rename(music / "sub" / "b.flac")
    os.utime(music / "sub" / "b.flac", (now.timestamp() + 9e6,) * 2)
    report = library.scan([music], now=now + timedelta(days=300))
    (new,) = library.tracks()
    assert (report.moved, report.added, report.missing) == (1, 0, 0)
    assert (new.id, new.added_at, new.path.name) == (old.id, old.added_at, "b.flac")
    assert library.find(old.id) == new
    assert library.lyrics(old.id) == "words"
    assert library.scan([music], now=now).missing == 0


def test_a_renamed_folder_is_taken_over_where_it_is_now(
    library: Library, tmp_path: Path, make_sound: Make, now: datetime
) -> None:
    old, new = tmp_path / "m old", tmp_path / "m new"
    for seed in range(3):
        tag(make_sound(old / f"{seed}.flac", seed=seed), title=f"T{seed}", artist="A", lyrics="words")
    library.scan([old], now=now)
    before = library.tracks()
    old.rename(new)
    report = library.scan([new], now=now + timedelta(days=30))
    assert (report.moved, report.added, report.missing, report.playable) == (3, 0, 0, 3)
    tracks = library.tracks()
    assert [track.path for track in tracks] == [new / f"{seed}.flac" for seed in range(3)]
    assert [(track.id, track.added_at) for track in tracks] == [(track.id, track.added_at) for track in before]
    assert [library.find(track.id) for track in before] == list(tracks)
    assert library.find(before[0].path) is None
    assert library.lyrics(before[0].id) == "words"
    again = library.scan([new], now=now)
    assert (again.unchanged, again.moved, again.missing) == (3, 0, 0)
    new.rename(old)
    assert library.scan([old], now=now).moved == 3
    assert [track.path for track in library.tracks()] == [track.path for track in before]


def test_a_copy_elsewhere_is_no_move_and_comes_forward_when_the_first_is_gone(
    library: Library, tmp_path: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_sound(tmp_path / "a" / "x.flac"), make_sound(tmp_path / "b" / "x.flac")
    other = make_sound(tmp_path / "a" / "y.flac", seed=1)
    library.scan([first.parent], now=now)
    report = library.scan([second.parent], now=now)
    assert (report.moved, report.added, report.playable) == (0, 1, 1)
    assert [track.path for track in library.tracks()] == [first, other]
    first.parent.rename(tmp_path / "gone")
    never_read(monkeypatch)
    report = library.scan([second.parent], now=now)
    assert (report.moved, report.unchanged, report.missing, report.playable) == (0, 1, 1, 1)
    found = library.find(library.tracks()[1].id)
    assert found is not None
    assert found.path == second
    # Of what was not found elsewhere nothing is known: its drive may just not be connected.
    assert [track.path for track in library.tracks()] == [other, second]
    (tmp_path / "gone").rename(first.parent)
    assert library.scan([first.parent], now=now).returned == 1
    assert [track.path for track in library.tracks()] == [first, other]


def test_only_other_places_of_what_was_found_are_looked_at(
    library: Library, tmp_path: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = make_sound(tmp_path / "a" / "0.flac")
    for seed in range(1, 4):
        make_sound(tmp_path / "a" / f"{seed}.flac", seed=seed)
    library.scan([tmp_path / "a"], now=now)
    make_sound(tmp_path / "b" / "0.flac")
    make_sound(tmp_path / "b" / "new.flac", seed=9)
    looked_at: set[bytes] = set()
    vanished = scan_module._Scan._vanished

    def watched(scan: scan_module._Scan, path: bytes) -> bool:
        looked_at.add(path)
        return vanished(scan, path)

    monkeypatch.setattr(scan_module._Scan, "_vanished", watched)
    library.scan([tmp_path / "b"], now=now)
    assert looked_at == {os.fsencode(copied)}


def test_a_place_that_cannot_be_looked_at_is_not_given_up(
    library: Library, tmp_path: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_sound(tmp_path / "a" / "x.flac"), tmp_path / "b" / "x.flac"
    library.scan([first.parent], now=now)
    make_sound(second)
    real_stat = os.stat

    def closed_stat(path: object, **more: object) -> object:
        if path == os.fsencode(first):
            raise PermissionError(13, "Permission denied")
        return real_stat(path, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:  # the tests may run as root, who may look everywhere
        patch.setattr(os, "stat", closed_stat)
        assert library.scan([second.parent], now=now).moved == 0
    assert [track.path for track in library.tracks()] == [first]


def test_what_can_be_played_is_counted_without_what_cannot(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    make_sound(music / "a.flac")
    make_sound(music / "b.flac", seed=1)
    (music / "empty.ogg").touch()
    (music / "broken.mp3").write_bytes(b"no music" * 1000)
    assert library.scan([music], now=now).playable == 2
    (music / "sub").mkdir()
    (music / "a.flac").rename(music / "sub" / "a.flac")
    report = library.scan([music], now=now)
    assert (report.playable, report.moved) == (2, 1)


def test_equal_files_are_counted_and_listed_once(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    for name in ("b.flac", "a.flac", "c.flac"):
        make_sound(music / name)
    report = library.scan([music], now=now)
    assert (report.added, report.duplicates) == (3, 2)
    assert [track.path.name for track in library.tracks()] == ["a.flac"]
    (music / "a.flac").unlink()
    report = library.scan([music], now=now)
    assert (report.missing, report.duplicates) == (1, 1)
    assert [track.path.name for track in library.tracks()] == ["b.flac"]


def test_added_at_is_the_earlier_of_now_and_the_file(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    old, future, epoch = (make_sound(music / f"{n}.wav", seed=n) for n in range(3))
    os.utime(old, (datetime(2015, 1, 2, tzinfo=UTC).timestamp(),) * 2)
    os.utime(future, (datetime(2090, 1, 2, tzinfo=UTC).timestamp(),) * 2)
    os.utime(epoch, (0, 0))
    library.scan([music], now=now)
    assert [track.added_at for track in library.tracks()] == [datetime(2015, 1, 2, tzinfo=UTC), now, now]


def test_unreachable_folder_leaves_its_tracks_alone(
    library: Library, music: Path, make_sound: Make, now: datetime, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    make_sound(music / "a.flac")
    make_sound(other / "b.flac", seed=1)
    library.scan([music, other], now=now)
    other.rename(tmp_path / "unplugged")
    report = library.scan([music, other], now=now)
    assert (report.missing, report.unchanged) == (0, 1)
    assert [(item.path, item.reason) for item in report.unreachable] == [(other, "it is not there")]
    assert len(library.tracks()) == 2
    assert len(library.tracks([music])) == 1
    with pytest.raises(LibraryError, match="No music folder can be looked into") as caught:
        library.scan([other, music / "a.flac"], now=now)
    assert "it is not there" in str(caught.value)
    assert "it is not a folder" in str(caught.value)
    with pytest.raises(LibraryError, match="no folder was named"):
        library.scan([], now=now)
    assert len(library.tracks()) == 2


@posix
def test_a_folder_or_file_without_permission(
    library: Library, music: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sound(music / "open" / "a.flac")
    secret = make_sound(music / "closed" / "b.flac", seed=1)
    library.scan([music], now=now)
    real_scandir, real_open = os.scandir, open

    def scandir(path: bytes) -> object:
        if path == os.fsencode(secret.parent):
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    with monkeypatch.context() as patch:  # the tests may run as root, who may read everything
        patch.setattr(os, "scandir", scandir)
        report = library.scan([music], now=now)
    assert (report.missing, report.unchanged) == (0, 1)
    assert [(i.path, i.reason) for i in report.unreachable] == [(secret.parent, "no permission to read it")]
    assert len(library.tracks()) == 2

    def closed_open(path: object, mode: str) -> object:
        if path == os.fsencode(secret):
            raise PermissionError(13, "Permission denied")
        return real_open(path, mode)  # type: ignore[call-overload]

    os.utime(secret, (1.5e9, 1.5e9))
    with monkeypatch.context() as patch:
        patch.setattr("aidj.library.reading.open", closed_open, raising=False)
        for _ in range(2):
            report = library.scan([music], now=now)
            assert [(i.path, i.reason) for i in report.unreadable] == [(secret, "no permission to read it")]
            assert len(library.tracks()) == 1
    report = library.scan([music], now=now)  # nothing about the file has changed, but it can be opened now
    assert report.unreadable == ()
    assert len(library.tracks()) == 2


@posix
def test_links_hidden_files_and_things_that_are_no_files(
    library: Library, music: Path, make_sound: Make, now: datetime, tmp_path: Path
) -> None:
    make_sound(music / "A" / "a.flac")
    elsewhere = make_sound(tmp_path / "elsewhere" / "b.flac", seed=1).parent
    make_sound(music / ".hidden" / "c.flac", seed=2)
    make_sound(music / ".d.flac", seed=3)
    (music / "._a.flac").write_bytes(b"\x00\x05\x16\x07" * 100)
    (music / "A" / "loop").symlink_to(music, target_is_directory=True)
    (music / "0 linked").symlink_to(elsewhere, target_is_directory=True)
    (music / "0 again").symlink_to(music / "A", target_is_directory=True)
    (music / "dead.mp3").symlink_to(tmp_path / "nothing")
    os.mkfifo(music / "pipe.mp3")
    (music / "folder.mp3").mkdir()
    report = library.scan([music], now=now)
    assert [t.path.relative_to(music) for t in library.tracks()] == [Path("0 linked/b.flac"), Path("A/a.flac")]
    assert [(i.path.name, i.reason) for i in report.unreadable] == [("dead.mp3", "a link that leads nowhere")]
    assert report.duplicates == 0


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="the file system refuses such names")
def test_names_that_are_not_utf8_come_back_as_they_are(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    raw = os.fsencode(music) + b"/Bj\xf6rnson & S\xf6hne - \xc4hre.flac"
    make_sound(music / "x.flac").rename(Path(os.fsdecode(raw)))
    report = library.scan([music], now=now)
    (track,) = library.tracks()
    assert os.fsencode(track.path) == raw
    assert (track.artist, track.title) == ("Björnson & Söhne", "Ähre")
    assert report.named_by_path == (track.path,)
    assert library.find(track.path) == track
    assert library.scan([music], now=now).unchanged == 1


def test_composed_decomposed_and_long_names(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    composed = unicodedata.normalize("NFC", "Zoë Märchen - Übermut")
    decomposed = unicodedata.normalize("NFD", composed)
    make_sound(music / "1" / f"{decomposed}.flac")
    make_sound(music / "2" / f"{composed}.wav", seed=1)
    make_sound(music / "3" / f"{'n' * 240}.wav", seed=2)
    library.scan([music], now=now)
    tracks = library.tracks()
    assert {(t.artist, t.title) for t in tracks[:2]} == {("Zoë Märchen", "Übermut")}
    assert len(tracks) == 3
    assert all(track.path.exists() for track in tracks)
    assert library.scan([music], now=now).unchanged == 3


def test_an_interrupted_scan_keeps_what_it_has(
    library: Library, music: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(5):
        make_sound(music / f"{seed}.wav", seed=seed)
    calls: list[tuple[int, int, str]] = []

    def interrupt(done: int, total: int, path: Path) -> None:
        calls.append((done, total, path.name))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.scan([music], now=now, progress=interrupt)
    assert calls == [(1, 5, "0.wav"), (2, 5, "1.wav"), (3, 5, "2.wav")]
    assert len(library.tracks()) == 3
    monkeypatch.setattr(scan_module, "_BATCH_FILES", 1)
    report = library.scan([music], now=now)
    assert (report.unchanged, report.added) == (3, 2)


def test_folders_within_folders_count_once(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    make_sound(music / "a" / "x.flac")
    make_sound(music / "ab" / "y.flac", seed=1)
    report = library.scan([music / "a", music, music / "a" / ".." / "a"], now=now)
    assert report.added == 2
    assert [t.path.name for t in library.tracks([music / "a"])] == ["x.flac"]
    assert [t.path.name for t in library.tracks([music / "ab", music / "a"])] == ["x.flac", "y.flac"]
    assert library.tracks([]) == ()
    report = library.scan([music / "ab"], now=now)
    assert (report.unchanged, report.missing) == (1, 0)


def test_find(library: Library, music: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_sound(music / "a.flac")
    library.scan([music], now=now)
    (track,) = library.tracks()
    monkeypatch.chdir(music)
    assert library.find(track.id) == library.find(path) == library.find("a.flac") == track
    assert library.find("0" * 16) is None
    assert library.find(music / "b.flac") is None
    assert library.lyrics(track.id) is None
    assert library.markers(track.id) == {}


def test_a_good_file_that_breaks_keeps_its_row(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    path = make_sound(music / "a.flac")
    tag(path, artist="A", title="T")
    library.scan([music], now=now)
    (before,) = library.tracks()
    good = path.read_bytes()
    path.write_bytes(b"")
    report = library.scan([music], now=now)
    assert [item.reason for item in report.unreadable] == ["the file is empty"]
    assert library.tracks() == ()
    path.write_bytes(good)
    report = library.scan([music], now=now + timedelta(days=9))
    assert report.updated == 1
    assert library.tracks() == (before,)


def test_credits_are_split_when_the_library_knows_the_names(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    credits_ = ["Ada Vane & Bo Quill", "Ada Vane", "Bo Quill feat. Cy Moss", "Earth, Wood & Stone"]
    for seed, credit in enumerate(credits_):
        tag(make_sound(music / f"{seed}.flac", seed=seed), artist=credit, title=f"Song {seed}")
    library.scan([music], now=now)
    assert [(t.artist, t.artists, t.guests) for t in library.tracks()] == [
        ("Ada Vane & Bo Quill", ("Ada Vane", "Bo Quill"), ()),
        ("Ada Vane", ("Ada Vane",), ()),
        ("Bo Quill feat. Cy Moss", ("Bo Quill",), ("Cy Moss",)),
        ("Earth, Wood & Stone", ("Earth, Wood & Stone",), ()),
    ]


def test_a_data_folder_from_before_works_is_read_again_once(
    tmp_path: Path, music: Path, make_sound: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aidj.database import Tables, open_database
    from aidj.library import TABLES

    path = make_sound(music / "a.flac")
    tag(
        path,
        title="Symphony No. 1: II. Adagio",
        artist="Ann Lo",
        composer="Di Em",
        mood="Calm",
        rating="60",
        lyrics="la",
    )
    make_sound(music / "b.flac", seed=2)
    old = open_database(tmp_path / "data", Tables("library", TABLES.steps[:1]))
    for file in sorted(music.iterdir()):
        status = file.stat()
        old.execute(
            "INSERT INTO library_files (path, size, mtime_ns, reader, id, title, artist, duration_s, added_at,"
            " named_by) VALUES (?, ?, ?, 1, ?, 'Old', 'Old', 1.0, 1000000000, 'tags')",
            (os.fsencode(file), status.st_size, status.st_mtime_ns, file.stem * 16),
        )
    old.close()

    connection = open_database(tmp_path / "data", TABLES)
    library = Library(connection)
    assert [(track.title, track.work, track.moods, track.rating) for track in library.tracks()] == [
        ("Old", None, (), None)
    ] * 2
    report = library.scan([music], now=now)
    assert (report.added, report.updated, report.missing) == (0, 2, 0)
    first, second = library.tracks()
    assert (first.work, first.movement, first.movement_number) == ("Di Em: Symphony No. 1", "Adagio", 2)
    assert (first.moods, first.rating, first.compilation, first.play_count) == (("Calm",), 0.6, False, None)
    assert library.lyrics(first.id) == "la"
    assert [track.added_at.timestamp() for track in (first, second)] == [1_000_000_000] * 2
    never_read(monkeypatch)
    assert library.scan([music], now=now).unchanged == 2
    connection.close()


def test_now_needs_a_time_zone(library: Library, music: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        library.scan([music], now=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_damaged_list_is_a_clear_error(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    make_sound(music / "a.flac")
    library.scan([music], now=now)
    library._connection.execute("DROP TABLE library_lyrics")
    make_sound(music / "b.flac", seed=1)
    with pytest.raises(LibraryError, match="The list of tracks cannot be used"):
        library.scan([music], now=now)
    assert len(library.tracks()) == 1


def test_a_sample_is_drawn_from_what_is_there(library: Library, music: Path, make_sound: Make, now: datetime) -> None:
    assert library.sample(5, seed=1) == ()
    for number in range(12):
        tag(make_sound(music / str(number % 2) / f"{number}.flac", seed=number), artist="Fen", title=f"Song {number}")
    library.scan([music], now=now)
    assert library.sample(12, seed=1) == library.tracks()
    drawn = [library.sample(6, seed=seed) for seed in range(400)]
    assert all(1 <= len(tracks) <= 6 for tracks in drawn)
    assert {track for tracks in drawn for track in tracks} == set(library.tracks())
    assert all([track.path for track in tracks] == sorted(track.path for track in tracks) for tracks in drawn)
    assert library.sample(6, seed=4) == drawn[4]
    below = [track for seed in range(20) for track in library.sample(6, seed=seed, folders=[music / "1"])]
    assert {track.path.parent.name for track in below} == {"1"}
    for file in (music / "1").iterdir():
        file.unlink()
    library.scan([music], now=now)
    assert all(track.path.parent.name == "0" for seed in range(20) for track in library.sample(6, seed=seed))


def test_tracks_are_read_again_only_after_a_change(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    for number in range(3):
        tag(make_sound(music / f"{number}.flac", seed=number), artist="Fen", title=f"Song {number}")
    library.scan([music], now=now)
    known = library.tracks()
    library.scan([music], now=now)  # nothing has changed
    assert library.tracks() is known
    below = library.tracks([music / "elsewhere"])
    assert below == ()
    assert library.tracks() == known
    known = library.tracks()
    # Whoever changes anything, and whatever it is:
    db = library._connection
    other = open_database(Path(db.execute("PRAGMA database_list").fetchone()["file"]).parent, TABLES)
    path = os.fsencode(known[0].path)
    for change, titles in (
        ("UPDATE library_files SET title = 'Another' WHERE path = ?", ["Another", "Song 1", "Song 2"]),
        ("UPDATE library_files SET missing = 1 WHERE path = ?", ["Song 1", "Song 2"]),
        ("UPDATE library_files SET missing = 0 WHERE path = ?", ["Another", "Song 1", "Song 2"]),
        ("DELETE FROM library_files WHERE path = ?", ["Song 1", "Song 2"]),
    ):
        other.execute(change, (path,))
        assert [track.title for track in library.tracks()] == titles
        assert library.tracks() is library.tracks()
    other.close()


def test_tracks_of_a_change_that_is_taken_back_are_not_kept(
    library: Library, music: Path, make_sound: Make, now: datetime
) -> None:
    tag(make_sound(music / "a.flac"), artist="Fen", title="Song")
    library.scan([music], now=now)
    db = library._connection
    for title in ("One", "Two"):
        db.execute("BEGIN")
        db.execute("UPDATE library_files SET title = ?", (title,))
        assert [track.title for track in library.tracks()] == [title]
        db.execute("ROLLBACK")
    assert [track.title for track in library.tracks()] == ["Song"]
