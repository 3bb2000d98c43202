from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.analysis.lyrics import first_sung_s, sung_ranges_s
from aidj.analysis.overlay import with_post
from aidj.model import Analysis


@pytest.mark.parametrize(
    ("lyrics", "expected"),
    [
        ("[00:12.34]The rain is late", 12.34),
        ("[00:12]No hundredths", 12.0),
        ("[1:02.500]Three digits", 62.5),
        ("[00:12:34]A colon", 12.34),
        ("[00:12,34]A comma", 12.34),
        ("[100:00.00]A long wait", 6000.0),
        ("[00:30.00]second\n[00:10.00]first", 10.0),
        ("[00:10.00][00:50.00]a refrain, stamped twice", 10.0),
        ("[00:05.00]\n[00:06.00]   \n[00:09.00]Words", 9.0),
        ("[00:05.00]♪\n[00:07.00]♪ ♪ ♪\n[00:09.00]Words", 9.0),
        ("[00:05.00][Intro]\n[00:09.00]Words", 9.0),
        ("[00:05.00](Instrumental)\n[00:09.00]Words", 9.0),
        ("[00:05.00]Verse 1:\n[00:09.00]Words", 9.0),
        ("[00:05.00][Verse 2: everyone]\n[00:09.00]Words", 9.0),
        ("[00:05.00]Pre-Chorus\n[00:09.00]Words", 9.0),
        ("[00:05.00]Bridges are burning", 5.0),
        ("[00:05.00]Bridge over the river", 5.0),
        ("[00:05.00](Hook me up)", 5.0),
        ("[00:05.00]コーラス", 5.0),
        ("[00:05.00]<00:05.10>Word <00:05.60>by <00:06.00>word", 5.0),
        ("[00:05.00]<00:05.10>♪\n[00:08.00]la", 8.0),
        ("[offset:+500]\n[00:10.00]earlier", 9.5),
        ("[offset:-500]\n[00:10.00]later", 10.5),
        ("[OFFSET: 20000]\n[00:10.00]not before the start", 0.0),
        ("[ar:Nobody]\n[ti:Nothing]\n[length:03:20]\n[00:10.00]Words", 10.0),
        ("[ar:Nobody]\n[length:03:20]", None),
        ("Plain words\nwithout times", None),
        ("[00:05.00]\n[00:09.00]♪", None),
        ("", None),
        ("[offset:" + "9" * 5000 + "]\n[00:10.00]x", 10.0),
        ("\ufeff[00:10.00]behind a mark", 10.0),
        ("[00:10.00]a\r\n[00:12.00]b\r\n", 10.0),
    ],
)
def test_first_singing(lyrics: str, expected: float | None) -> None:
    assert first_sung_s(lyrics) == (pytest.approx(expected) if expected is not None else None)


@given(st.text(alphabet="[]<>:.,0123456789offset+- abc♪\n²٣", max_size=80) | st.text())
def test_any_text_is_only_text(lyrics: str) -> None:
    at_s = first_sung_s(lyrics)
    assert at_s is None or at_s >= 0


@pytest.mark.parametrize(
    ("lyrics", "expected"),
    [
        ("[00:05.00]\n[00:12.00]la la la\n[00:14.00]", [(12, 14)]),
        ("[00:12.00]la la la\n[00:13.50]♪\n[00:40.00]la la\n[00:41.00][Outro]", [(12, 13.5), (40, 41)]),
        ("[00:12.00]la la\n[00:13.00](guitar solo)\n[00:40.00]la\n[00:40.50]", [(12, 13), (40, 40.5)]),
        ("[00:05.00]<00:05.00>Word <00:05.60>by <00:06.00>word <00:07.25>", [(5, 7.25)]),
        ("[00:05.00]Word [00:05.60]by [00:06.00]word [00:07.25]", [(5, 7.25)]),
        ("[00:10.00][00:50.00]<00:10.00>a <00:11.00>refrain <00:12.50>", [(10, 12.5), (50, 52.5)]),
        ("[00:10.00]la la la\n[00:11.20]la la la\n[00:12.40]\n", [(10, 12.4)]),
        ("[00:10.00]schön\n[00:10.00]lovely\n[00:11.00]", [(10, 11)]),
        ("[00:50.00]la\n[00:51.00]\n[00:10.00]la\n[00:11.00]", [(10, 11), (50, 51)]),
        ("[offset:+500]\n[00:10.00]la\n[00:11.00]", [(9.5, 10.5)]),
        ("[00:98.00]la la\n[02:00.00]", [(98, 99.6)]),
        ("[00:00.00]作词 : Nobody\n[00:20.00]la la\n[00:21.00]", [(20, 21)]),
        ("[00:00.00]Written by: Nobody\n[00:20.00]la la\n[00:21.00]", [(20, 21)]),
        ("[00:20.00](I am going solo)\n[00:21.00]", [(20, 21)]),
        ("[03:00.00]of a longer version\n[00:12.00]la", []),
        ("Plain words\nwithout times", []),
        ("[00:05.00]♪", []),
        ("", []),
    ],
)
def test_where_somebody_sings(lyrics: str, expected: list[tuple[float, float]]) -> None:
    found = sung_ranges_s(lyrics, 100.0)
    assert found.shape == (len(expected), 2)
    np.testing.assert_allclose(found, np.array(expected, float).reshape(-1, 2))


@pytest.mark.parametrize(
    ("line", "shortest_s", "longest_s"),
    [
        ("oh", 0.8, 2.0),
        ("the little light is late tonight", 2.5, 5.0),
        ("いろはにほへとちりぬるを", 3.0, 7.0),
        ("не уходи от меня", 2.0, 5.0),
    ],
)
def test_an_open_end_is_estimated_from_the_syllables(line: str, shortest_s: float, longest_s: float) -> None:
    ((start_s, end_s),) = sung_ranges_s(f"[00:10.00]{line}\n[01:00.00]", 100.0)
    assert start_s == 10.0
    assert shortest_s < end_s - start_s < longest_s


def test_the_pace_is_the_songs_own() -> None:
    def last_line_s(beat_s: float) -> float:
        lines = [f"[00:{10 + 4 * beat_s * i:05.2f}]one two three four" for i in range(6)]
        ranges_s = sung_ranges_s("\n".join(lines), 200.0)
        return float(ranges_s[-1, 1] - (10 + 4 * beat_s * 5))

    assert last_line_s(0.2) < last_line_s(0.6)


@given(
    st.text(alphabet="[]<>:.,0123456789offset+- abc♪\n²٣", max_size=80) | st.text(),
    st.floats(0, 1e9) | st.sampled_from([float("nan"), float("inf"), -1.0]),
)
def test_ranges_of_any_text_are_in_order(lyrics: str, duration_s: float) -> None:
    ranges_s = sung_ranges_s(lyrics, duration_s)
    assert ranges_s.shape == (len(ranges_s), 2)
    assert np.isfinite(ranges_s).all()
    assert (np.diff(ranges_s.ravel()) > 0).all()
    if len(ranges_s):
        assert ranges_s[0, 0] >= 0
        assert ranges_s[-1, 1] <= duration_s


@given(st.lists(st.tuples(st.floats(0, 300), st.sampled_from(["la la", "", "♪", "one more line"])), max_size=20))
def test_the_first_range_begins_with_the_first_singing(lines: list[tuple[float, str]]) -> None:
    lyrics = "\n".join(f"[{int(at_s // 60):02d}:{at_s % 60:05.2f}]{words}" for at_s, words in lines)
    ranges_s = sung_ranges_s(lyrics, 400.0)
    first_s = first_sung_s(lyrics)
    assert (first_s is None) == (len(ranges_s) == 0)
    assert first_s is None or ranges_s[0, 0] == first_s


def analysis() -> Analysis:
    return Analysis(
        version=1,
        duration_s=100.0,
        loudness_lufs=-14.0,
        true_peak_dbtp=-1.0,
        cue_in_s=0.5,
        cue_out_s=99.0,
        start_next_s=95.0,
        ending="fade",
        marker_sources={"cue_in": "detected"},
        levels_lufs=np.zeros(0, np.float32),
        peaks_dbtp=np.zeros(0, np.float32),
    )


def test_a_file_beside_wins_over_embedded_lyrics(tmp_path: Path) -> None:
    song = tmp_path / "song.mp3"
    assert with_post(analysis(), song, None).intro_end_s is None
    embedded = with_post(analysis(), song, "[00:20.00]la")
    assert embedded.intro_end_s == 20.0
    assert embedded.marker_sources == {"cue_in": "detected", "intro_end": "lyrics"}
    (tmp_path / "song.lrc").write_text("[00:12.00]la", "utf-8")
    assert with_post(analysis(), song, "[00:20.00]la").intro_end_s == 12.0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_of_lyrics(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "song.lrc").write_bytes("[00:12.00]là où tu vas".encode(encoding))
    assert with_post(analysis(), tmp_path / "song.flac", None).intro_end_s == 12.0


@pytest.mark.parametrize(
    "data",
    [b"", bytes(range(256)) * 100, b"\xff\xfe\x00", b"\x00" * 5000, b"no times", b"[09:59.00]behind the end", b"[0"],
)
def test_a_useless_file_beside_changes_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "song.lrc").write_bytes(data)
    assert with_post(analysis(), tmp_path / "song.mp3", None).intro_end_s is None
    assert with_post(analysis(), tmp_path / "song.mp3", "[00:20.00]la").intro_end_s == 20.0


def test_a_folder_beside_is_no_lyrics(tmp_path: Path) -> None:
    (tmp_path / "song.lrc").mkdir()
    assert with_post(analysis(), tmp_path / "song.mp3", "[00:20.00]la").intro_end_s == 20.0


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
def test_a_pipe_beside_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "song.lrc")
    assert with_post(analysis(), tmp_path / "song.mp3", None).intro_end_s is None


def test_a_file_that_may_not_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "song.lrc").write_text("[00:12.00]la")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with caplog.at_level(logging.WARNING):
        assert with_post(analysis(), tmp_path / "song.mp3", None).intro_end_s is None
    assert "Permission denied" in caplog.text
