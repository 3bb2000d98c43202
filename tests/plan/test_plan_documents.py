from __future__ import annotations

import os
import runpy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_up import NOW
from made_up_plans import HOSTILE, plans, texts

from aidj.errors import PlanError
from aidj.model import Item, LeftOut, Link, Mix, Plan, Set, Share, TrackRef, Transition
from aidj.plan import dump_plan, load_plan, parse_plan, save_plan

GOLDEN = Path(__file__).parents[1] / "golden" / "plan.yaml"


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


def test_what_was_cut_is_written_and_read() -> None:
    plan = small()
    item, link = plan.items()[0], plan.links()[0]
    cut = replace(plan, sets=(replace(plan.sets[0], entries=(replace(link, cut_s=0.0), replace(item, cut_s=12.5))),))
    text = dump_plan(cut)
    assert "cut_s: 0.0" in text
    assert "cut_s: 12.5" in text
    assert parse_plan(text) == cut
    assert "cut_s" not in dump_plan(plan)


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
schema: aidj.plan/2
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
        propensity: 1.0e-05
        transition:
          kind: gap
          length_s: 3
        pinned_s: 600
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
    assert (item.propensity, item.transition, item.pinned_s) == (1e-5, Transition(kind="gap", length_s=3.0), 600.0)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("10:00", 600.0), ("'10:00'", 600.0), ("0:45", 45.0), ("1:15:00", 4500.0), ("'75:30.5'", 4530.5), ("7.5", 7.5),
     ("", None), ("null", None)],
)  # fmt: skip
def test_a_pinned_time_may_be_written_as_a_clock_shows_it(written: str, seconds: float | None) -> None:
    assert parse_plan(DOCUMENT.replace("pinned_s: 600", f"pinned_s: {written}")).items()[0].pinned_s == seconds


def test_how_it_was_chosen_can_be_written_by_hand() -> None:
    more = """\
settings: {new: 2, arc: 30 up}
mix:
  basis: tags
  shares:
    deep_cut: {target: 1, pool: 3, songs: 1}
  left_out:
    - {reason: heard today, tracks: 2}
sets:
  - theme_kind: decade
    order_cost: {total: 1, tempo:}
"""
    plan = parse_plan(DOCUMENT.replace("sets:\n  - theme", f"{more}    theme"))
    assert plan.settings == {"new": 2, "arc": "30 up"}
    assert plan.mix == Mix(
        basis="tags",
        shares={"deep_cut": Share(target=1.0, pool=3, songs=1)},
        left_out=(LeftOut(reason="heard today", tracks=2),),
    )
    assert (plan.sets[0].theme_kind, plan.sets[0].order_cost) == ("decade", {"total": 1.0})


def test_nothing_empty_clutters_the_document() -> None:
    text = dump_plan(small())
    assert "null" not in text.replace("text: null", "")
    for key in ("settings", "mix", "order_cost", "theme_kind", "terms", "transition", "pinned_s", "propensity", "line"):
        assert f"{key}:" not in text
    link = Link(kind="intro")
    assert "text: null" in dump_plan(replace(small(), sets=(Set(theme="", entries=(link,)),)))


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
    ("schema: aidj.plan/2", "schema: aidj.plan/x", 1, "this aidj reads 'aidj.plan/2'"),
    ("schema: aidj.plan/2", "schema: aidj.plan/0", 1, "the file is something else"),
    ("schema: aidj.plan/2", "schema: aidj.plan/3", 1, "a newer version of aidj wrote it. What to do: bring aidj up"),
    ("schema: aidj.plan/2", "schema: [1]", 1, "'schema' should be a single value"),
    ("schema: aidj.plan/2", "x-schema: 1", 1, "did you mean 'schema'?"),
    ("schema: aidj.plan/2\n", "", 1, "needs the key 'schema'"),
    ("title: Evening", "titel: Evening", 2, "did you mean 'title'?"),
    ("title: Evening", "colour: red", 2, "known keys are: minutes, mix,"),
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
    ("propensity: 1.0e-05", "propensity: 1.5", 30, "'propensity' should lie between 0 and 1"),
    ("kind: gap", "kind: gaples", 32, "did you mean 'gapless'?"),
    ("kind: gap", "kind: gapless", 33, "A gapless has no length"),
    ("          kind: gap\n", "", 32, "A transition needs the key 'kind'"),
    ("length_s: 3", "lenght_s: 3", 33, "did you mean 'length_s'?"),
    ("length_s: 3", "length_s: -3", 33, "'length_s' cannot be negative"),
    ("pinned_s: 600", "pinned_s: -1", 34, "'pinned_s' cannot be negative"),
    ("pinned_s: 600", "cut_s: -0.5", 34, "'cut_s' cannot be negative"),
    ("pinned_s: 600", "pinned_s: ten", 34, "'pinned_s' should be a number, not 'ten'"),
    ("pinned_s: 600", "pinned_s: '1:75'", 34, "'pinned_s' should be a number, not '1:75'"),
    ("pinned_s: 600", "pinned: 600", 34, "did you mean 'pinned_s'?"),
    ("minutes: 20", "settings: {a: [1]}", 5, "'a' should be a single value"),
    ("minutes: 20", "mix: {base: x}", 5, "did you mean 'basis'?"),
    ("minutes: 20", "mix: 5", 5, "the mix is expected"),
    ("minutes: 20", "mix: {shares: {new: {target: 1, pool: 1, songs: 1}}}", 5, "has no key 'new'"),
    ("minutes: 20", "mix: {shares: {deep_cut: {target: 2, pool: 1, songs: 1}}}", 5, "should lie between 0 and 1"),
    ("minutes: 20", "mix: {shares: {deep_cut: {target: 1, pool: 1}}}", 5, "A share needs the key 'songs'"),
    ("minutes: 20", "mix: {left_out: [{reason: x}]}", 5, "needs the key 'tracks'"),
    ("minutes: 20", "mix: {left_out: [{reason: x, tracks: -1}]}", 5, "'tracks' cannot be negative"),
    ("    entries:\n", "    order_cost: {total: x}\n    entries:\n", 11, "should be a number"),
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_plan(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlanError, match="a pipe or a device"):
        load_plan(tmp_path / "pipe")
