import json
import re
import runpy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.errors import OutputError
from aidj.model import Word
from aidj.output import Chapter, chapters_of, sidecar_texts, write_sidecars
from aidj.output.chapters_json import chapters_json
from aidj.output.cue import cue_sheet
from aidj.output.playlist import m3u8
from aidj.output.text import clock, many_lines, one_line
from aidj.output.webvtt import MAX_CHARS, webvtt
from aidj.timeline.model import Mark, Timeline

HERE = Path(__file__).parent
GOLDEN = runpy.run_path(str(HERE / "make_golden.py"))
TIME = r"\d\d+:\d\d:\d\d\.\d\d\d"


def timeline(*marks: Mark, length_s: float = 1000.0) -> Timeline:
    return Timeline(rate=1000, n_frames=round(length_s * 1000), clips=(), marks=marks)


def song(start_s: float, end_s: float, title: str = "Song", **more: Any) -> Mark:
    return Mark(kind="song", start_s=start_s, end_s=end_s, title=title, **more)


def link(text: str, start_s: float = 10.0, end_s: float = 20.0, **more: Any) -> Mark:
    return Mark(kind="link", start_s=start_s, end_s=end_s, title="Link", text=text, **more)


def hostile() -> st.SearchStrategy[str]:
    pieces = st.sampled_from(
        [
            *[
                '"',
                "\n",
                "\r\n",
                "-->",
                "\0",
                "\u202e",
                "\u2028",
                "\u0085",
                "<v X>",
                "</v>",
                "&",
                "\\",
                "שלום",
                "\ud800",
            ],
            *["REM", "#EXTINF:1,", "WEBVTT", "NOTE", "00:00:01.000 --> 00:00:02.000", "INDEX 01 00:00:00", "x" * 500],
        ]
    )
    return st.lists(st.one_of(pieces, st.text(max_size=8)), max_size=5).map("".join)


@st.composite
def hostile_timelines(draw: st.DrawFn) -> Timeline:
    marks = []
    for _ in range(draw(st.integers(0, 4))):
        start_s = draw(st.floats(-5, 1005))
        words = tuple(
            Word(draw(st.floats(-5, 50)), draw(st.integers(-5, 700)), 3) for _ in range(draw(st.integers(0, 3)))
        )
        marks.append(
            Mark(
                kind=draw(st.sampled_from(["song", "link"])),
                start_s=start_s,
                end_s=start_s + draw(st.floats(0, 300)),
                title=draw(hostile()),
                artist=draw(hostile()),
                isrc=draw(hostile()),
                text=draw(hostile()),
                presenter=draw(hostile()),
                words=words,
                path=Path("/music/" + draw(hostile()).encode("utf-8", "replace").decode().replace("\0", "\udcff")),
            )
        )
    return timeline(*sorted(marks, key=lambda mark: mark.start_s))


@pytest.mark.parametrize("suffix", [".cue", ".m3u8", ".tracks.json", ".vtt"])
def test_golden(suffix: str) -> None:
    golden = (HERE / "golden" / f"evening{suffix}").read_bytes().decode("utf-8")
    assert GOLDEN["texts"]()[suffix] == golden


@settings(max_examples=60, deadline=None)
@given(hostile_timelines(), hostile())
def test_no_title_breaks_a_cue_sheet(mix: Timeline, title: str) -> None:
    text = cue_sheet(mix, title=title, file_name=one_line(title, 100) + ".mp3")
    text.encode("utf-8")
    line = r'REM .*|(    )?(TITLE|PERFORMER) "[^"]{0,80}"|FILE "[^"]*" MP3|  TRACK \d\d AUDIO|    ISRC \w{12}'
    lines = text[:-1].split("\n")
    assert all(re.fullmatch(line + r"|    INDEX 01 \d\d+:[0-5]\d:[0-7]\d", entry) for entry in lines)
    assert len(text.splitlines()) == len(lines)
    places = [tuple(map(int, entry.split()[-1].split(":"))) for entry in lines if entry.startswith("    INDEX")]
    assert places == sorted(set(places))
    assert places[:1] in ([], [(0, 0, 0)])
    assert all(frames < 75 for _, _, frames in places)


@settings(max_examples=60, deadline=None)
@given(hostile_timelines())
def test_no_text_breaks_a_transcript(mix: Timeline) -> None:
    text = webvtt(mix)
    text.encode("utf-8")
    blocks = text[:-1].split("\n\n")
    assert blocks[0] == "WEBVTT"
    for block in blocks[1:]:
        if block.startswith("NOTE\n"):
            assert "-->" not in block
            continue
        head, *body = block.split("\n")
        times = re.fullmatch(f"({TIME}) --> ({TIME})", head)
        assert times
        assert times[1] < times[2]
        assert len(body) == 1
        assert "-->" not in body[0]
        assert re.fullmatch(r"(<v [^<>]+>)?[^<>]+", body[0])
    assert text.count("\n\n") == len(blocks) - 1
    assert len(text.splitlines()) == text.count("\n")


@settings(max_examples=60, deadline=None)
@given(hostile_timelines(), hostile())
def test_no_title_breaks_chapters_or_a_playlist(mix: Timeline, title: str) -> None:
    document = json.loads(chapters_json(mix, title=title, file_name=title))
    starts = [entry["startTime"] for entry in document["chapters"]]
    assert starts == sorted(starts)
    assert all(0 <= entry["startTime"] <= entry["endTime"] <= 1000 for entry in document["chapters"])
    assert all(entry["title"] for entry in document["chapters"])

    lines = m3u8(mix, title=title, folder=Path("/mixes")).split("\n")
    n_songs = sum(mark.kind == "song" for mark in mix.marks)
    assert len(lines) == 2 + 2 * n_songs + 1
    assert all(re.match(r"#EXTINF:\d+,.", line) for line in lines[2:-1:2])
    assert all(line and not line.startswith("#") for line in lines[3:-1:2])


@settings(max_examples=100, deadline=None)
@given(hostile_timelines())
def test_chapters_cover_the_whole_without_gaps(mix: Timeline) -> None:
    chapters = chapters_of(mix)
    if any(mark.kind == "song" and mark.start_s < 999 for mark in mix.marks):
        assert chapters[0].start_s == 0
        assert chapters[-1].end_s == mix.duration_s
    for one, next_one in pairwise(chapters):
        assert one.end_s == next_one.start_s
    assert all(chapter.start_s < chapter.end_s and chapter.title for chapter in chapters)


def test_chapters() -> None:
    mix = timeline(song(3, 100, "A", artist="X"), link("Hello."), song(90, 300, "B"), song(310, 400, ""))
    assert chapters_of(mix) == (
        Chapter(0.0, 90.0, "X - A"),
        Chapter(90.0, 310.0, "B"),
        Chapter(310.0, 1000.0, "Untitled"),
    )
    assert chapters_of(timeline()) == ()


def test_a_cue_sheet_has_99_tracks() -> None:
    text = cue_sheet(timeline(*(song(i * 9, i * 9 + 9, f"S{i}") for i in range(105))), title="Long", file_name="a.flac")
    assert text.count("TRACK ") == 99
    assert "REM 6 more songs do not fit" in text
    assert 'FILE "a.flac" WAVE' in text


def test_a_crossfade_changes_track_in_its_middle() -> None:
    text = cue_sheet(timeline(song(0, 100), song(90, 200)), title="x", file_name="a.mp3")
    assert "INDEX 01 01:35:00" in text


def test_minutes_beyond_99_are_written_out() -> None:
    text = cue_sheet(timeline(song(0, 7000), song(7000.5, 8000), length_s=8000), title="x", file_name="a.mp3")
    assert "INDEX 01 116:40:38" in text


def test_cues_follow_the_words() -> None:
    text = "One two. Three four."
    words = (Word(0.5, 0, 3), Word(1.0, 4, 3), Word(4.0, 9, 5), Word(5.0, 15, 4))
    cues = re.findall(f"({TIME}) --> ({TIME})\n(.*)", webvtt(timeline(link(text, words=words, presenter="V"))))
    assert cues == [
        ("00:00:10.500", "00:00:14.000", "<v V>One two."),
        ("00:00:14.000", "00:00:20.000", "<v V>Three four."),
    ]


def test_long_sentences_are_split_between_words() -> None:
    text = " ".join(["syllable"] * 40) + " " + "x" * 200 + "."
    lines = [line.removeprefix("<v V>") for line in webvtt(timeline(link(text, presenter="V"))).split("\n")]
    said = [line for line in lines if line.startswith(("syllable", "x"))]
    assert all(len(line) <= MAX_CHARS for line in said)
    assert "".join(said).replace(" ", "") == text.replace(" ", "")
    assert not any(line.endswith("syllabl") for line in said)


def test_playlist_paths(tmp_path: Path) -> None:
    paths = [tmp_path / "sub" / "a.mp3", tmp_path / "#b.mp3", Path("/elsewhere/c.mp3"), tmp_path / "new\nline.mp3"]
    text = m3u8(timeline(*(song(0, 10, path=path) for path in paths), song(0, 10)), title="x", folder=tmp_path)
    entries = [line for line in text.splitlines() if not line.startswith("#")]
    assert entries[:2] == ["sub/a.mp3", "./#b.mp3"]
    assert Path(entries[2]) == Path("/elsewhere/c.mp3").absolute()
    assert entries[3].startswith("file:///")
    assert entries[3].endswith("new%0Aline.mp3")


def test_no_transcript_where_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mix.mp3"
    assert set(sidecar_texts(timeline(song(0, 9)), title="x", path=path)) == {".cue", ".m3u8", ".tracks.json"}
    written = write_sidecars(path, timeline(song(0, 9), link("Hi.")), title="x")
    assert [file.name for file in written] == ["mix.cue", "mix.m3u8", "mix.tracks.json", "mix.vtt"]
    assert sorted(tmp_path.iterdir()) == sorted(written)
    assert b"\r" not in written[0].read_bytes()
    with pytest.raises(OutputError, match="does not exist"):
        write_sidecars(tmp_path / "nowhere" / "mix.mp3", timeline(song(0, 9)), title="x")


@given(hostile())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text, 50)
    assert len(line) <= 50
    assert len(line.splitlines()) <= 1
    assert line == one_line(line, 50)
    line.encode("utf-8")
    many_lines(text).encode("utf-8")


def test_clock() -> None:
    assert clock(0) == "00:00:00.000"
    assert clock(59.9996) == "00:01:00.000"
    assert clock(100 * 3600 + 61.25, mark=",") == "100:01:01,250"
    assert clock(-1) == "00:00:00.000"
