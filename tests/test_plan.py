from __future__ import annotations

import os
import runpy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_up import NOW

from aidj.errors import PlanError
from aidj.model import LINK_KINDS, ROTATIONS, Item, Link, Plan, Set, TrackRef
from aidj.plan import dump_plan, load_plan, parse_plan, save_plan

GOLDEN = Path(__file__).parent / "golden" / "plan.yaml"

HOSTILE = (
    *(
        "",
        " ",
        "\n",
        "null",
        "~",
        "yes",
        "No",
        "on",
        "1999",
        "0x1f",
        "1_000",
        "1:30",
        "1e3",
        ".inf",
        ".nan",
        "-",
        "- a",
    ),
    *(
        "a: b",
        "a #b",
        "#1",
        "*NSYNC",
        "&c",
        "!!!",
        "!!python/object:os.system",
        "@x",
        "`x`",
        "%x",
        "{a}",
        "[a]",
        "|",
        ">",
    ),
    *(
        "---",
        "...",
        "'",
        '"',
        "\\",
        "\t",
        "\r\n",
        "\x85",
        "\u2028",
        "\u2029",
        "\ufeff",
        "\0",
        "\x1b[31m",
        "\udcff",
        "😀",
    ),
    *("2026-11-21", "2026-02-30", "12:30:45", "=", "<<", "? a", "\u202eabc", " leading", "trailing ", "x" * 500),
    *("two\nlines", "two\n\n  indented\nlines\n", "word " * 60, "e\u0301", "{artist}", "../../etc", "%(a)s {0}"),
)
texts = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.text(st.characters(codec=None), max_size=20)
words = texts.filter(bool)
seconds = st.none() | st.floats(0, 1e5).map(lambda value: round(value, 4))
numbers = st.integers(-(10**12), 10**12)
paths = st.none() | texts.filter(lambda text: "\0" not in text).map(lambda text: Path("/music", text.strip("/") or "a"))
tracks = st.builds(
    TrackRef,
    id=st.none() | words,
    path=paths,
    artist=texts,
    title=words,
    album=st.none() | words,
    duration_s=seconds,
)
items = st.builds(
    Item,
    track=tracks,
    rotation=st.sampled_from(ROTATIONS),
    why=texts,
    score=st.none() | st.floats(-200, 200).map(lambda value: round(value, 4)),
    terms=st.dictionaries(words, texts | numbers | st.floats(-1e9, 1e9).map(lambda value: round(value, 4)), max_size=4),
    rules=st.lists(texts, max_size=3).map(tuple),
    plays_s=seconds,
    starts_s=seconds,
)
links = st.builds(
    Link,
    kind=st.sampled_from(LINK_KINDS),
    facts=st.dictionaries(words, texts | numbers, max_size=4),
    text=st.none() | texts,
    line=st.none() | texts,
    speech_s=seconds,
    starts_s=seconds,
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
plans = st.builds(
    Plan,
    title=texts,
    planned_at=st.datetimes(timezones=zones),
    seed=st.integers(-(10**20), 10**20),
    minutes=st.floats(0, 1440).map(lambda value: round(value, 4)),
    presenter=texts,
    target_lufs=st.floats(-40, -8).map(lambda value: round(value, 4)),
    notes=st.lists(texts, max_size=3).map(tuple),
    sets=st.lists(st.builds(Set, theme=texts, entries=st.lists(items | links, max_size=3).map(tuple)), max_size=3).map(
        tuple
    ),
)


def small(title: str = "T", note: str = "n") -> Plan:
    item = Item(track=TrackRef(id="1", title=title))
    return Plan(
        title=title,
        planned_at=NOW,
        seed=1,
        minutes=10.0,
        presenter="ella",
        notes=(note,),
        sets=(Set(theme=note, entries=(Link(kind="opening", facts={note: title}, text=note), item)),),
    )


# Writing and reading again --------------------------------------------------------------------------------------------


@given(plans)
def test_a_plan_comes_back_as_it_was(plan: Plan) -> None:
    text = dump_plan(plan)
    again = parse_plan(text)
    assert again == plan
    assert again.planned_at.utcoffset() == plan.planned_at.utcoffset()
    assert dump_plan(again) == text


@pytest.mark.parametrize("text", [text for text in HOSTILE if text], ids=ascii)
def test_hostile_texts_are_only_texts(text: str) -> None:
    plan = small(title=text, note=text)
    assert parse_plan(dump_plan(plan)) == plan


@given(plans)
@example(small(note="\r"))
def test_a_plan_comes_back_from_a_file(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    path = tmp_path_factory.getbasetemp() / "again.yaml"
    save_plan(plan, path)
    assert load_plan(path) == plan
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # an editor has put a byte order mark before it
    assert load_plan(path) == plan


def test_a_rounded_plan_stays_as_it_is() -> None:
    plan = small()
    item = replace(plan.items()[0], score=0.123456789, plays_s=1 / 3, terms={"x": 2 / 3})
    plan = replace(plan, sets=(replace(plan.sets[0], entries=(item,)),))
    text = dump_plan(plan)
    assert dump_plan(parse_plan(text)) == text
    assert parse_plan(text).items()[0].score == 0.1235


def test_equal_parts_are_written_out() -> None:
    plan = small()
    plan = replace(plan, sets=plan.sets * 3)
    assert "&" not in dump_plan(plan)
    assert parse_plan(dump_plan(plan)) == plan


def test_the_golden_plan() -> None:
    golden = runpy.run_path(str(GOLDEN.with_name("make_plan.py")))["golden_plan"]()
    assert dump_plan(golden) == GOLDEN.read_text(encoding="utf-8")
    assert load_plan(GOLDEN) == golden


def test_windows_line_ends_are_read() -> None:
    assert parse_plan(GOLDEN.read_text(encoding="utf-8").replace("\n", "\r\n")) == load_plan(GOLDEN)


# Editing by hand ------------------------------------------------------------------------------------------------------

DOCUMENT = """\
schema: aidj.plan/1
title: Evening
planned_at: 2026-11-21T20:00:00+01:00
seed: 7
minutes: 20
presenter: ella
target_lufs: -16
notes:
sets:
  - theme: a few songs
    entries:
      - link:
          kind: opening
          facts:
            songs: 5
            last_heard: 2025-09-30
            title: Yes
            artist:
            album: 1.5
      - track:
          title: 1999
          artist: No
          path: /music/a.flac
          duration_s: 200
        rotation: deep_cut
        terms:
          listens: 3
          share: 0.5
          new: yes
"""


def test_what_a_person_writes_is_understood() -> None:
    plan = parse_plan(DOCUMENT)
    assert plan.planned_at == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    assert (plan.seed, plan.minutes, plan.target_lufs, plan.notes) == (7, 20.0, -16.0, ())
    link, item = plan.sets[0].entries
    assert isinstance(link, Link)
    assert link.facts == {"songs": 5, "last_heard": "2025-09-30", "title": "Yes", "album": "1.5"}
    assert link.text is None
    assert isinstance(item, Item)
    assert item.track == TrackRef(title="1999", artist="No", path=Path("/music/a.flac"), duration_s=200.0)
    assert item.terms == {"listens": 3, "share": 0.5, "new": "yes"}


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        *((text, text) for text in ("1999", "Yes", "1:30", "2026-02-30", "0x1F", "<<", "=", ".inf", "1_000", "12e4")),
        ("9" * 5000, "9" * 5000),
        ("'null'", "null"),
    ],
    ids=lambda text: text[:10],
)
def test_a_title_needs_no_quotes(title: str, meant: str) -> None:
    plan = parse_plan(DOCUMENT.replace("title: 1999", f"title: {title}"))
    assert plan.items()[0].track.title == meant


def test_a_null_title_is_no_title() -> None:
    assert parse_plan(DOCUMENT.replace("title: 1999", "title: null")).items()[0].track.title == ""
    assert parse_plan(DOCUMENT.replace("title: Evening", "title:")).title == "Session"


TRACK = "      - track:\n          title: 1999"
MISTAKES = [
    # what stands there, what is written instead, the line, what the message says
    ("schema: aidj.plan/1", "schema: aidj.plan/2", 1, "this aidj reads 'aidj.plan/1'"),
    ("schema: aidj.plan/1", "schema: [1]", 1, "'schema' should be a single value"),
    ("schema: aidj.plan/1", "x-schema: 1", 1, "did you mean 'schema'?"),
    ("schema: aidj.plan/1\n", "", 1, "needs the key 'schema'"),
    ("title: Evening", "titel: Evening", 2, "did you mean 'title'?"),
    ("title: Evening", "colour: red", 2, "known keys are: minutes, notes,"),
    ("title: Evening", "title: [a, b]", 2, "'title' should be a single value"),
    ("title: Evening", "title: *NSYNC", 2, "a reference with *"),
    ("title: Evening", "title: !!!", 2, "put the value in quotes"),
    ("title: Evening", "title: !!python/object/apply:os.system [echo]", 2, "single value"),
    ("title: Evening", "title: !!binary aGVsbG8=", 2, "unknown kind"),
    ("title: Evening", "title: a: b", 2, "not valid YAML (mapping values are not allowed here)"),
    ("title: Evening", "title: 'Evening", 2, "not valid YAML"),
    ("title: Evening", "title: Evening\ntitle: Morning", 3, "'title' stands here twice"),
    ("title: Evening", "\ttitle: Evening", 2, "not valid YAML"),
    ("title: Evening", "title: \x01", 2, "a character that no text should have"),
    ("title: Evening", "title: x\n---\ntitle: y", 3, "not valid YAML (but found another document)"),
    ("title: Evening", "[a]: b", 2, "A key should be a single word"),
    ("title: Evening", "<<: {a: b}", 2, "has no key '<<'"),
    ("2026-11-21T20:00:00+01:00", "2026-11-21", 3, "should be a moment with its zone, not '2026-11-21'"),
    ("2026-11-21T20:00:00+01:00", "2026-11-21 20:00:00", 3, "should be a moment with its zone"),
    ("2026-11-21T20:00:00+01:00", "2026-13-21T20:00:00Z", 3, "should be a moment with its zone"),
    ("2026-11-21T20:00:00+01:00", "[1, 2]", 3, "should be a moment with its zone"),
    ("planned_at: 2026-11-21T20:00:00+01:00\n", "", 1, "needs the key 'planned_at'"),
    ("seed: 7", "seed: 7.5", 4, "'seed' should be a whole number, not '7.5'"),
    ("seed: 7", "seed: yes", 4, "'seed' should be a whole number, not 'yes'"),
    ("seed: 7", "seed: " + "9" * 5000, 4, "'seed' should be a whole number, not '99999"),
    ("seed: 7", "seed: !!int ''", 4, "'seed' should be a whole number"),
    ("minutes: 20", "minutes: -1", 5, "'minutes' cannot be negative"),
    ("minutes: 20", "minutes: .inf", 5, "'minutes' should be a number, not '.inf'"),
    ("minutes: 20", "minutes: .nan", 5, "'minutes' should be a number, not '.nan'"),
    ("minutes: 20", "minutes: 1" + "0" * 400, 5, "'minutes' should be a number"),
    ("minutes: 20", "minutes: long", 5, "'minutes' should be a number, not 'long'"),
    ("target_lufs: -16", "target_lufs: 16", 7, "should lie between -40 and -8 LUFS"),
    ("notes:", "notes: one", 8, "'notes' is a list"),
    ("notes:", "notes: [{a: b}]", 8, "'notes' should be a single value"),
    ("sets:\n", "sets: 5\nset:\n", 10, "did you mean 'sets'?"),
    ("  - theme: a few songs", "  - themes: a few songs", 10, "did you mean 'theme'?"),
    ("    entries:\n", "    entry: 5\n    x:\n", 11, "did you mean 'entries'?"),
    ("      - link:", "      - lnk:", 12, "did you mean 'link'?"),
    ("kind: opening", "kind: openning", 13, "did you mean 'opening'?"),
    ("kind: opening", "kind:", 13, "'kind' should be one of opening, intro"),
    ("kind: opening", "text: hello", 13, "A link needs the key 'kind'"),
    ("            songs: 5", "            - songs: 5", 16, "not valid YAML"),
    ("            songs: 5", "            songs: [5]", 15, "'songs' should be a single value"),
    ("            songs: 5", "            songs: 5\n            songs: 6", 16, "'songs' stands in 'facts' twice"),
    ("            songs: 5", "            {a: b}: 5", 15, "A key should be a single word"),
    ("          facts:\n", "          starts_s: -3\n          facts:\n", 14, "'starts_s' cannot be negative"),
    (TRACK, TRACK.replace("- t", "- link: {kind: intro}\n        t"), 22, "this link also has 'track'"),
    (TRACK, "      - why: x\n        rules:\n          title: 1999", 20, "needs either 'link' or 'track'"),
    ("path: /music/a.flac", 'path: "/music/\\0.flac"', 23, "'path' cannot hold a zero character"),
    ("duration_s: 200", "duration_s: -200", 24, "'duration_s' cannot be negative"),
    ("duration_s: 200", "duration: 200", 24, "did you mean 'duration_s'?"),
    ("rotation: deep_cut", "rotation: deep_cuts", 25, "did you mean 'deep_cut'?"),
    ("rotation: deep_cut", "rotation: golden_oldie", 25, "should be one of new_release, forgotten_favourite"),
    ("rotation: deep_cut", "rotatoin: deep_cut", 25, "did you mean 'rotation'?"),
    ("        terms:\n", "        rules: 5\n        terms:\n", 26, "'rules' is a list"),
]  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "line", "says"), MISTAKES, ids=lambda value: ascii(value)[:40])
def test_a_mistake_is_shown_with_its_line(there: str, instead: str, line: int, says: str) -> None:
    assert there in DOCUMENT
    with pytest.raises(PlanError) as raised:
        parse_plan(DOCUMENT.replace(there, instead, 1), "evening.yaml")
    assert raised.value.where == f"evening.yaml, line {line}"
    assert says in str(raised.value)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n"])
def test_an_empty_plan(text: str) -> None:
    with pytest.raises(PlanError, match=r"empty|'key: value' lines"):
        parse_plan(text, "evening.yaml")


@pytest.mark.parametrize("text", ["just words", "- a\n- b", "5", "[" * 5000, "{" * 5000, "- " * 5000, "a: " * 3000])
def test_what_is_no_plan_at_all(text: str) -> None:
    with pytest.raises(PlanError) as raised:
        parse_plan(text, "evening.yaml")
    assert raised.value.where
    assert raised.value.where.startswith("evening.yaml")


@pytest.mark.parametrize(
    "sets",
    [
        "&a [*a]",
        "&a\n  - theme: x\n    entries: *a",
        "[&s {theme: x, entries: [&e {track: {title: t}}, *e, *e]}, *s, *s]",
    ],
)
def test_references_cannot_multiply(sets: str) -> None:
    head = DOCUMENT[: DOCUMENT.index("sets:")]
    with pytest.raises(PlanError, match="a reference with"):
        parse_plan(f"{head}sets: {sets}\n")


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(PlanError):
        parse_plan(text)


@given(st.data())
def test_no_edit_breaks_the_reader(data: st.DataObject) -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        text = text[:start] + data.draw(texts) + text[end:]
    try:
        plan = parse_plan(text)
    except PlanError:
        return
    assert dump_plan(parse_plan(dump_plan(plan))) == dump_plan(plan)


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x00\x01\x02\xff" * 100, "not UTF-8 text"),
        (b"schema: aidj.plan/1\ntitle: caf\xe9\n", "line 2: The file is not UTF-8 text"),
        ("schema: x".encode("utf-16"), "not UTF-8 text"),
        (b"ID3\x03" + bytes(100), "a character that no text should have"),
        (b"a" * (9 << 20), "far too large"),
    ],
)
def test_a_file_that_is_something_else(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "evening.yaml"
    path.write_bytes(content)
    with pytest.raises(PlanError) as raised:
        load_plan(path)
    assert says in str(raised.value)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [("missing.yaml", "no such file"), (".", "that is a folder"), ("nul\0", "cannot be read"), ("x" * 300, "wrong")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(PlanError) as raised:
        load_plan(tmp_path / name)
    assert says in str(raised.value)


def test_a_file_that_cannot_be_written_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "plans" / "evening.yaml"
    save_plan(small(), path)
    for wrong in (path / "below.yaml", path.parent, tmp_path / ("x" * 300), tmp_path / "nul\0" / "a.yaml"):
        with pytest.raises(PlanError, match="cannot be written"):
            save_plan(small("other"), wrong)
    assert load_plan(path) == small()
    assert os.listdir(path.parent) == ["evening.yaml"]  # noqa: PTH208
