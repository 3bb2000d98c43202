"""Files, archives and folders: recognised by content, and never trusted."""

from __future__ import annotations

import gzip
import json
import logging
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aidj.errors import HistoryError
from aidj.history import Document, Findings, HistoryImporter, importers, read_history
from aidj.history import documents as documents_module
from aidj.history import importer as importer_module
from aidj.model import Listen

DATA = Path(__file__).parent.parent / "data" / "history"
AUDIO = DATA / "Streaming_History_Audio_2023-2024_0.json"


def rows(*titles: str) -> bytes:
    return json.dumps(
        [
            {
                "ts": f"2024-03-01T20:{n:02}:00Z",
                "ms_played": 45000,
                "master_metadata_track_name": title,
                "master_metadata_album_artist_name": "Mirela Quist",
                "reason_end": "trackdone",
            }
            for n, title in enumerate(titles)
        ]
    ).encode()


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def titles(path: Path) -> list[str]:
    return [listen.title for listen in read_history(path).listens]


def test_a_zip_as_downloaded(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "my_spotify_data.zip",
        {
            "Spotify Extended Streaming History/ReadMeFirst.pdf": b"%PDF-1.4\0\1\2",
            "Spotify Extended Streaming History/endsong_0.json": rows("A"),
            "Spotify Extended Streaming History/Streaming_History_Video_2024.json": rows("B"),
            "__MACOSX/._endsong_0.json": b"\0\0\0",
            "Account/Userdata.json": b'{"email": "nobody@example.com"}',
        },
    )
    file = read_history(path)
    assert sorted(listen.title for listen in file.listens) == ["A", "B"]
    assert file.format == "spotify-extended"
    assert file.problems == ()


def test_a_listenbrainz_zip(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "export.zip",
        {
            "user.json": b"{}",
            "listens/2024/3.jsonl": (DATA / "listenbrainz-2024-3.jsonl").read_bytes(),
            "feedback.jsonl": (DATA / "listenbrainz-feedback.jsonl").read_bytes(),
            "pinned_recording.jsonl": b'{"blurb": ""}\n',
        },
    )
    file = read_history(path)
    assert len(list(file.listens)) == 3
    assert len(file.notes) == 1


def test_a_folder_and_what_gzip_packed(tmp_path: Path) -> None:
    copy(AUDIO, tmp_path / "a.json")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.csv.gz").write_bytes(gzip.compress((DATA / "lastfm-full.csv").read_bytes()))
    make_zip(tmp_path / "sub" / "c.zip", {"endsong_1.json": rows("C")})
    (tmp_path / "cover.jpg").write_bytes(b"\xff\xd8")
    file = read_history(tmp_path)
    assert len(list(file.listens)) == 7 + 2 + 1
    assert file.format == "spotify-extended + lastfm"


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    copy(AUDIO, tmp_path / "holiday.txt")
    assert read_history(tmp_path / "holiday.txt").format == "spotify-extended"
    copy(DATA / "lastfm-full.csv", tmp_path / "endsong_0.json")
    assert read_history(tmp_path / "endsong_0.json").format == "lastfm"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "table.csv"
    table.write_text("uts,artist,album,track\r\n1709323200,Åsa Öst,,Été\r\n", encoding=encoding)
    assert titles(table) == ["Été"]
    array = tmp_path / "array.json"
    array.write_text(rows("Été").decode(), encoding=encoding)
    assert titles(array) == ["Été"]


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("uts,artist,album,track\n1709323200,Åsa,,Été\n", encoding="latin-1")
    with pytest.raises(HistoryError, match="UTF-8"):
        read_history(path)


def test_bytes_that_are_no_text_cost_their_row_only(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    good = b"1709323200,Ada,,Good\n" * 6000
    path.write_bytes(b"uts,artist,album,track\n" + good + b"1709323201,Ada,,B\xff\n1709323202,Ada,,Good\n")
    file = read_history(path)
    assert len(list(file.listens)) == 6001
    assert file.n_problems == 1
    assert "UTF-8" in file.problems[0].why
    assert file.problems[0].where == "table.csv, row 6002"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"hello",
        b"a,b,c\n1,2,3\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"PK\x03\x04 cut off",
        b"\x1f\x8b\x08 cut off",
        b'[{"ts": 1, "ms_played": 2}',
        b'{"ts": 1, "ms_played": 2, "scrobbles": 3, "track": 4, "artist": 5, "date": 6}',
        b'["ts", "ms_played", ' + b"[" * 100_000,
        b'["ts", "ms_played", ' + b"9" * 10_000 + b"]",
    ],
)
def test_what_is_no_history_is_told_apart(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(HistoryError) as caught:
        list(read_history(path).listens)
    assert "file.json" in str(caught.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="check the path"):
        read_history(tmp_path / "nowhere.json")
    with pytest.raises(HistoryError, match="recognised"):
        read_history(tmp_path)


def test_a_zip_that_was_cut_off(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "whole.zip", {"endsong_0.json": rows("A")})
    (tmp_path / "half.zip").write_bytes(path.read_bytes()[:-40])
    with pytest.raises(HistoryError, match="cut off"):
        read_history(tmp_path / "half.zip")


def test_one_bad_file_does_not_lose_the_others(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "data.zip",
        {"endsong_0.json": rows("A"), "endsong_1.json": rows("B")[:-9], "endsong_2.json": rows("C"), "x.csv": b"\xff"},
    )
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("endsong_2.json")
    broken = bytearray(content)
    broken[info.header_offset + 30 + len(info.filename) + 3] ^= 0xFF
    path.write_bytes(broken)
    file = read_history(path)
    assert [listen.title for listen in file.listens] == ["A"]
    assert {problem.where.rpartition("/")[2] for problem in file.problems} == {
        "endsong_1.json",
        "endsong_2.json",
        "x.csv",
    }


def test_a_gzip_that_was_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    table = b"uts,artist,album,track\n" + b"".join(
        b"%d,Ada,,Song %d\n" % (1709323200 + n, n * n) for n in range(20_000)
    )
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(table)[:-2000])
    file = read_history(tmp_path / "table.csv.gz")
    assert 1000 < len(list(file.listens)) < 20_000
    assert file.n_problems == 1


def test_an_unclosed_quotation_mark(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('uts,artist,album,track\n1709323200,Ada,,A\n1709323201,"Ada,,B\n' + "1709323202,Ada,,C\n" * 30_000)
    file = read_history(path)
    assert next(file.listens).title == "A"
    assert len(list(file.listens)) > 1000
    assert file.n_problems >= 1


def test_sizes_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "data.zip", {"endsong_0.json": rows("A" * 900) + b" " * 5_000_000})
    monkeypatch.setattr(documents_module, "MAX_JSON_BYTES", 1_000_000)
    with pytest.raises(HistoryError, match="larger than"):
        list(read_history(path).listens)
    long_line = tmp_path / "table.csv"
    long_line.write_bytes(b"uts,artist,album,track\n1709323200,Ada,,A\n" + b"x" * 2_000_000)
    file = read_history(long_line)
    assert len(list(file.listens)) == 1
    assert file.n_problems == 1
    monkeypatch.setattr(documents_module, "MAX_DOCUMENTS", 3)
    with pytest.raises(HistoryError, match="more than 3 files"):
        read_history(make_zip(tmp_path / "many.zip", {f"{n}.json": rows("A") for n in range(4)}))


def test_names_are_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(rows("  A\x1b[31m\n  B ", "\ud800", "x" * 5000, " "))
    file = read_history(path)
    assert [listen.title for listen in file.listens] == ["A [31m B"]
    assert file.n_problems == 3


def test_a_clock_that_runs_ahead(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(rows("A"))
    assert list(read_history(path, now=datetime(2020, 1, 1, tzinfo=UTC)).listens) == []
    assert len(list(read_history(path, now=datetime(2025, 1, 1, tzinfo=UTC)).listens)) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(
            st.sampled_from(
                [
                    b"PK\x03\x04",
                    b"\x1f\x8b",
                    b"#AUDIOSCROBBLER/1.1\n",
                    b"uts,artist,track\n",
                    b"\xff\xfe",
                    b"\xef\xbb\xbf",
                    b'[{"ts":"","ms_played":',
                    b'{"listened_at":1,"track_metadata":',
                    b'[{"endTime":0,"msPlayed":1}',
                ]
            ),
            st.one_of(st.binary(max_size=100), st.text(max_size=100).map(str.encode)),
        ).map(b"".join),
    )
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "anything"
    path.write_bytes(content)
    with suppress(HistoryError):
        list(read_history(path).listens)


class _OneLiners:
    """An importer of a third party: ``>artist>title`` lines."""

    name = "one-liners"

    def sniff(self, head: str) -> bool:
        return head.startswith(">")

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        for line in document.lines():
            _, artist, title = line.strip().split(">")
            yield Listen(listened_at=datetime(2024, 3, 1, tzinfo=UTC), artist=artist, title=title, source=self.name)


class _Entry:
    def __init__(self, name: str, loaded: object):
        self.name = name
        self._loaded = loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


def test_importers_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    entries = [_Entry("b", _OneLiners), _Entry("a", ImportError("broken")), _Entry("c", object())]
    monkeypatch.setattr(importer_module, "entry_points", lambda group: entries)
    importers.cache_clear()
    path = tmp_path / "file"
    try:
        with caplog.at_level(logging.WARNING):
            assert [importer.name for importer in importers()][-1] == "one-liners"
        assert len(caplog.records) == 2
        path.write_text(">Ada>Song\n")
        assert titles(path) == ["Song"]
        path.write_text(">Ada>Song\nno more\n>Ada>Song\n")
        file = read_history(path)
        assert len(list(file.listens)) == 1
        assert "failed" in file.problems[0].why
    finally:
        importers.cache_clear()


def test_every_importer_keeps_the_contract() -> None:
    assert all(isinstance(importer, HistoryImporter) and not importer.sniff("") for importer in importers())


@pytest.mark.parametrize("name", ["Library.xml", "history.zip", "listens.json"])
def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(HistoryError, match="There is no such file") as caught:
        read_history(tmp_path / name)
    assert "Error" not in str(caught.value)
    assert name in str(caught.value)
