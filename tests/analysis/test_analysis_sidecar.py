"""The sidecar: read strictly, written carefully."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.analysis import KEYS, TAGS, HandSet, parse_sidecar, read_sidecar, sidecar_of, write_sidecar, write_template
from aidj.analysis.markers import contradiction
from aidj.errors import ConfigError
from aidj.model import Key

WHOLE = """\
# by hand
cue_in_s: 1.2
cue_out_s: 200
start_next_s: 190.5
intro_end_s: 12.1
ending: fade
fade_starts_s: 180
bpm: 128
first_beat_s: 1.31
beats_per_bar: 4
key: F# minor
sung_s: [[12.1, 15.0], [20, 31.5]]
gain_db: -1.5
leave_alone: true
"""


def test_every_field() -> None:
    assert parse_sidecar(WHOLE) == HandSet(
        cue_in_s=1.2,
        cue_out_s=200.0,
        start_next_s=190.5,
        intro_end_s=12.1,
        ending="fade",
        fade_starts_s=180.0,
        bpm=128.0,
        first_beat_s=1.31,
        beats_per_bar=4,
        key=Key(11, minor=True),
        sung_s=((12.1, 15.0), (20.0, 31.5)),
        gain_db=-1.5,
        leave_alone=True,
    )
    assert {line.split(":")[0] for line in WHOLE.splitlines()[1:]} == set(KEYS) - {"instrumental"}
    assert parse_sidecar("instrumental: yes").sung_s == ()
    assert parse_sidecar("instrumental: false").sung_s is None
    assert parse_sidecar("leave_alone: false").leave_alone is False
    assert parse_sidecar("key: 8A").key == Key(8, minor=True)
    assert parse_sidecar("sung_s:\n  - [1, 2]\n  - [3, 4]\n").sung_s == ((1.0, 2.0), (3.0, 4.0))
    for empty in ("", "# nothing\n", "cue_in_s:\nsung_s: null\n"):
        assert not parse_sidecar(empty)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("bpm: 128\ncue_on_s: 1\n", 2, "has no key 'cue_on_s'"),
        ("cue_in_s: soon\n", 1, "'cue_in_s' should be a number, not 'soon'"),
        ("cue_in_s: -1\n", 1, "'cue_in_s' should lie between 0"),
        ("cue_in_s: .nan\n", 1, "'cue_in_s' should be a number"),
        ("bpm: 128\nbpm: 64\n", 2, "'bpm' stands here twice"),
        ("bpm: 1000\n", 1, "'bpm' should lie between 20 and 400"),
        ("ending: fades\n", 1, "'ending' should be one of"),
        ("beats_per_bar: 1\n", 1, "'beats_per_bar' should lie between 2 and 12"),
        ("beats_per_bar: 3.5\n", 1, "'beats_per_bar' should be a whole number"),
        ("# a\nkey: H sharp minor 7\n", 2, "'key' should be a musical key"),
        ("leave_alone: maybe\n", 1, "'leave_alone' should be yes or no"),
        ("sung_s: 12\n", 1, "'sung_s' is a list"),
        ("sung_s: [[1, 2, 3]]\n", 1, "'sung_s' is a list of pairs"),
        ("sung_s:\n  - [1, 2]\n  - [4, 3]\n", 3, "ends (3) before it begins (4)"),
        ("sung_s:\n  - [1, 5]\n  - [4, 8]\n", 3, "begins (4) before the one above it ends (5)"),
        ("sung_s: [[1, 2]]\ninstrumental: true\n", 2, "'instrumental' says that nobody sings"),
        ("cue_in_s: 9\nstart_next_s: 5\n", 2, "should come after cue_in_s (9)"),
        ("cue_in_s: 9\n cue_out_s: [\n", 2, "not valid YAML"),
        ("- 1\n", 1, "a sidecar is expected"),
        ("gain_db: !!python/name:os.system\n", 1, "gain_db"),
    ],
)
def test_mistakes_say_where_they_are(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_sidecar(text, "Song.flac.aidj.yaml")
    assert caught.value.where == f"Song.flac.aidj.yaml, line {line}"
    assert words in str(caught.value)


def test_reading_beside_a_file(tmp_path: Path) -> None:
    song = tmp_path / "Söng.flac"
    assert sidecar_of(song) == tmp_path / "Söng.flac.aidj.yaml"
    assert read_sidecar(song) is None
    sidecar_of(song).write_text("cue_in_s: 1\n", encoding="utf-8-sig")
    assert read_sidecar(song) == HandSet(cue_in_s=1.0)
    sidecar_of(song).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_sidecar(song)
    assert read_sidecar(tmp_path / ("x" * 250)) is None  # the sidecar's name would be too long


# Writing --------------------------------------------------------------------------------------------------------------

milliseconds = st.integers(1, 10**6).map(lambda n: n / 1000)
optional = st.none() | milliseconds


def stretches(bounds: list[float]) -> tuple[tuple[float, float], ...] | None:
    bounds = sorted(set(bounds))
    return tuple(zip(bounds[0::2], bounds[1::2], strict=False)) or None


hands = st.builds(
    HandSet,
    cue_in_s=optional,
    cue_out_s=optional,
    start_next_s=optional,
    intro_end_s=optional,
    ending=st.sampled_from([None, "cold", "fade", "sustained", "long_tail"]),
    fade_starts_s=optional,
    bpm=st.none() | st.integers(20_000, 400_000).map(lambda n: n / 1000),
    first_beat_s=optional,
    beats_per_bar=st.sampled_from([None, 3, 4, 7]),
    key=st.none() | st.builds(Key, st.integers(1, 12), minor=st.booleans()),
    sung_s=st.just(()) | st.lists(milliseconds, max_size=6).map(stretches),
    gain_db=st.none() | st.integers(-30_000, 30_000).map(lambda n: n / 1000),
    leave_alone=st.sampled_from([None, True, False]),
).filter(lambda hand: contradiction(hand) is None)


@given(hand=hands)
def test_what_is_written_is_read(hand: HandSet, tmp_path_factory: pytest.TempPathFactory) -> None:
    song = tmp_path_factory.mktemp("sidecar") / "song.flac"
    assert read_sidecar(write_sidecar(song, hand).with_name("song.flac")) == hand


def test_only_what_is_given_is_written(tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    beside = write_sidecar(song, HandSet(cue_in_s=1.2, key=Key(8, minor=True)))
    text = beside.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines == ["cue_in_s: 1.2", "key: 8A  # A minor"]
    assert text.startswith("# song.flac\n# What you set here wins")
    assert list(tmp_path.iterdir()) == [beside]


def test_a_file_edited_by_hand_keeps_what_is_not_given(tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    beside = sidecar_of(song)
    beside.write_text(
        "# mine\nbpm: 127.9  # by ear\nsung_s:\n  - [1, 2]  # la\n  - [3, 4]\n"
        "# the end\ncue_out_s: 99\nleave_alone: true\n"
    )
    write_sidecar(song, HandSet(cue_in_s=0.5, cue_out_s=98.5, sung_s=((1.0, 2.5),)))
    assert beside.read_text() == (
        "# mine\nbpm: 127.9  # by ear\nsung_s: [[1, 2.5]]\n"
        "# the end\ncue_out_s: 98.5\nleave_alone: true\ncue_in_s: 0.5\n"
    )
    write_sidecar(song, HandSet(sung_s=()))
    found = read_sidecar(song)
    assert found == HandSet(bpm=127.9, sung_s=(), cue_out_s=98.5, leave_alone=True, cue_in_s=0.5)
    write_sidecar(song, HandSet(bpm=90.0), force=True)
    assert read_sidecar(song) == HandSet(bpm=90.0)


def test_nothing_is_written_that_would_not_be_read(tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    beside = sidecar_of(song)
    beside.write_text("cue_out_s: 50\n")
    with pytest.raises(ConfigError, match="should come after"):
        write_sidecar(song, HandSet(cue_in_s=60.0))
    assert beside.read_text() == "cue_out_s: 50\n"
    beside.write_text("cue_out_s: [\n")
    with pytest.raises(ConfigError, match="not valid YAML"):
        write_sidecar(song, HandSet(cue_in_s=6.0))
    assert beside.read_text() == "cue_out_s: [\n"
    with pytest.raises(ConfigError):
        write_sidecar(tmp_path / "nowhere" / "song.flac", HandSet(cue_in_s=6.0))


def test_a_template_says_nothing_until_it_is_edited(tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    beside = write_template(song, HandSet(cue_in_s=0.25, bpm=120.0))
    assert read_sidecar(song) == HandSet()
    assert "\n#cue_in_s: 0.25\n#bpm: 120\n" in beside.read_text()
    write_sidecar(song, HandSet(cue_in_s=0.5))
    assert "\ncue_in_s: 0.5\n#bpm: 120\n" in beside.read_text()
    assert read_sidecar(song) == HandSet(cue_in_s=0.5)
    with pytest.raises(ConfigError, match="There is a sidecar already"):
        write_template(song, HandSet(cue_in_s=0.25))
    assert read_sidecar(song) == HandSet(cue_in_s=0.5)
    write_template(song, HandSet(cue_in_s=0.25), force=True)
    assert read_sidecar(song) == HandSet()


def test_what_the_docs_say_of_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "recordings.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert parse_sidecar(example).first_beat_s == 1.31
    table = page.partition("| field | value |")[2]
    named = {
        name for cell in re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert named == set(KEYS)
    for tag in TAGS:
        assert tag in page.replace("_", "")


def test_what_a_new_value_contradicts_becomes_a_comment(tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    sidecar_of(song).write_text("# mine\nsung_s: [[3.0, 9.0]]  # by ear\nbpm: 120\n", encoding="utf-8")
    write_sidecar(song, HandSet(sung_s=()))
    text = sidecar_of(song).read_text(encoding="utf-8")
    assert "# sung_s: [[3.0, 9.0]]  # by ear" in text
    assert text.splitlines()[0] == "# mine"
    hand = read_sidecar(song)
    assert hand is not None
    assert (hand.sung_s, hand.bpm) == ((), 120)
