"""What was said in earlier sessions, on a real data file."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.database import open_database
from aidj.errors import ScriptError
from aidj.model import LINK_KINDS, LinkKind, Plan
from aidj.script import TABLES, Memory, Recent, Said, session_key
from aidj.script.memory import FACTS_REST_DAYS, LINES_REST_LINKS

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_database(tmp_path, TABLES)
    yield opened
    opened.close()


def said(days_ago: float = 1.0, kind: LinkKind = "intro", *lines: str, **more: object) -> Said:
    return Said(said_at=NOW - timedelta(days=days_ago), kind=kind, lines=lines, **more)  # type: ignore[arg-type]


def test_nothing_was_said_yet(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    assert memory.recent(NOW) == Recent()
    assert memory.count() == 0


def test_what_was_said_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    link = said(
        2, "opening", "en/a", "en/b", facts=frozenset({"listens@x/y"}), beginning="good evening", disclosed=True
    )
    with_names = said(1, "intro", "en/c", facts=frozenset({"gap@björk/hyperballad"}), beginning="これ は")
    first = open_database(tmp_path, TABLES)
    Memory(first).record("yesterday", [link, with_names])
    first.close()
    again = open_database(tmp_path, TABLES)
    recent = Memory(again).recent(NOW)
    again.close()
    assert recent.links == (link, with_names)
    assert recent.lines == {"en/a", "en/b", "en/c"}
    assert recent.facts == {"listens@x/y", "gap@björk/hyperballad"}
    assert recent.openers == ("en/a", "en/b")
    assert recent.beginnings == {"good evening", "これ は"}
    assert recent.disclosed


def test_only_what_others_said_before_counts(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    memory.record("earlier", [said(3, "intro", "en/a")])
    before = memory.recent(NOW, "this")
    memory.record("this", [said(-0.01, "opening", "en/b", disclosed=True)])
    memory.record("later", [said(-5, "intro", "en/c", facts=frozenset({"x@y"}))])
    assert memory.recent(NOW, "this") == before
    assert before.lines == {"en/a"}
    assert memory.recent(NOW + timedelta(days=9), "this").lines == {"en/a", "en/c"}


def test_a_session_said_again_replaces_what_it_said(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    memory.record("one", [said(1, "intro", "en/a"), said(0.9, "closing", "en/b")])
    memory.record("other", [said(2, "intro", "en/x")])
    memory.record("one", [said(1, "intro", "en/c")])
    assert memory.recent(NOW).lines == {"en/c", "en/x"}
    memory.record("one", [])
    assert memory.recent(NOW).lines == {"en/x"}


def test_lines_rest_for_forty_links_and_facts_for_a_fortnight(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    old = said(FACTS_REST_DAYS + 0.1, "intro", "en/old", facts=frozenset({"old@song"}))
    young = said(FACTS_REST_DAYS - 0.1, "intro", "en/young", facts=frozenset({"young@song"}))
    memory.record("a", [old, young])
    recent = memory.recent(NOW)
    assert recent.lines == {"en/old", "en/young"}
    assert recent.facts == {"young@song"}
    memory.record("b", [said(1, "intro", f"en/{number}") for number in range(LINES_REST_LINKS)])
    recent = memory.recent(NOW)
    assert recent.lines == {f"en/{number}" for number in range(LINES_REST_LINKS)}
    assert recent.facts == {"young@song"}


def test_openers_by_their_last_use(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    for day, name in enumerate(("a", "b", "c", "a")):
        memory.record(f"day {day}", [said(100 - day, "opening", f"en/{name}"), said(99.9 - day, "intro", "en/i")])
    assert memory.recent(NOW).openers == ("en/b", "en/c", "en/a")


def test_forgetting(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    memory.record("a", [said(9, "opening", "en/a", disclosed=True), said(2, "intro", "en/b"), said(1, "intro", "en/c")])
    assert memory.forget(NOW - timedelta(days=3)) == 2
    assert memory.recent(NOW).lines == {"en/a"}
    assert memory.clear() == 1
    assert memory.recent(NOW) == Recent()
    assert connection.execute("SELECT COUNT(*) FROM said_lines").fetchone()[0] == 0


def test_a_memory_that_cannot_be_read_says_so(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE said_facts")
    with pytest.raises(ScriptError, match="memory of what was said"):
        Memory(connection).recent(NOW)


def test_names_that_no_text_can_hold_are_no_trouble(connection: sqlite3.Connection) -> None:
    memory = Memory(connection)
    memory.record("a", [said(1, "intro", "en/a", facts=frozenset({"listens@\udcff\0/x"}), beginning="\udcff")])
    assert len(memory.recent(NOW).facts) == 1


def test_a_session_is_known_by_its_moment_and_seed() -> None:
    plan = Plan(title="a", planned_at=NOW, seed=1, minutes=30, presenter="ella", sets=())
    east = replace(plan, planned_at=NOW.astimezone(timezone(timedelta(hours=9))), title="b")
    assert session_key(plan) == session_key(east)
    assert session_key(plan) != session_key(replace(plan, seed=2))
    assert session_key(plan) != session_key(replace(plan, planned_at=NOW + timedelta(minutes=1)))


entries = st.builds(
    Said,
    said_at=st.integers(1, 100_000).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    kind=st.sampled_from(LINK_KINDS),
    lines=st.lists(st.sampled_from("abcdefgh").map("en/{}".format), max_size=3, unique=True).map(tuple),
    facts=st.frozensets(st.sampled_from(["x@y", "z@y"])),
    beginning=st.sampled_from(["one two", "three four"]),
    disclosed=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(entries, max_size=60))
def test_links_said_one_by_one_are_as_recent_as_those_kept(kept: list[Said]) -> None:
    """What a session counts for itself is what the data file says of it later."""
    kept = sorted(kept, key=lambda link: link.said_at)
    counted = Recent()
    for link in kept:
        counted = counted.after(link)
    with tempfile.TemporaryDirectory() as folder:
        connection = open_database(Path(folder), TABLES)
        Memory(connection).record("all", kept)
        stored = Memory(connection).recent(NOW)
        connection.close()
    assert stored.links == counted.links == tuple(kept[-LINES_REST_LINKS:])
    assert set(stored.openers) == set(counted.openers)
    assert stored.disclosed == counted.disclosed
    assert stored.facts <= counted.facts
