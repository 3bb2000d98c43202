from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from aidj import database
from aidj.database import FILE_NAME, Tables, open_database, transaction
from aidj.errors import ConfigError

ONE = Tables("shelves", ("CREATE TABLE shelves (name TEXT); INSERT INTO shelves VALUES ('a; b')",))
TWO = Tables("shelves", (*ONE.steps, "ALTER TABLE shelves ADD COLUMN height INTEGER NOT NULL DEFAULT 3;"))
BROKEN = Tables("shelves", (*ONE.steps, "CREATE TABLE more (x); INSERT INTO shelves VALUES (1, 2, 3)"))
TRIGGER = Tables(
    "doors",
    (
        """
        CREATE TABLE doors (name TEXT);
        CREATE TABLE log (name TEXT);  -- one line a door; no more
        CREATE TRIGGER door_log AFTER INSERT ON doors BEGIN
            INSERT INTO log VALUES (new.name);
            INSERT INTO log VALUES (upper(new.name));
        END;
        INSERT INTO doors VALUES ('front')
        """,
    ),
)


def rows(connection: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(query)]


def test_tables_are_made_once_and_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    for _ in range(2):
        with closing(open_database(folder, ONE)) as connection:
            assert rows(connection, "SELECT * FROM shelves") == [("a; b",)]
    with closing(open_database(folder, TWO)) as connection:
        assert rows(connection, "SELECT * FROM shelves") == [("a; b", 3)]


def test_a_step_may_hold_semicolons_comments_and_triggers(tmp_path: Path) -> None:
    with closing(open_database(tmp_path, TRIGGER, ONE)) as connection:
        assert rows(connection, "SELECT * FROM log") == [("front",), ("FRONT",)]


def test_a_failed_step_changes_nothing(tmp_path: Path) -> None:
    open_database(tmp_path, ONE).close()
    with pytest.raises(ConfigError, match="cannot be used"):
        open_database(tmp_path, BROKEN)
    with closing(open_database(tmp_path, ONE)) as connection:
        assert rows(connection, "SELECT * FROM shelves") == [("a; b",)]
        assert rows(connection, "SELECT name FROM sqlite_master WHERE name = 'more'") == []


def test_tables_of_a_newer_aidj_are_left_alone(tmp_path: Path) -> None:
    open_database(tmp_path, TWO).close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ConfigError, match="version 2; this aidj knows 1") as raised:
        open_database(tmp_path, ONE)
    assert raised.value.hint
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize("content", [b"no database at all, only text " * 100, b"SQLite format 3\0" + bytes(4000)])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        open_database(tmp_path, ONE)
    assert raised.value.where == str(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["file", "file/below", "nul\0"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be used"):
        open_database(tmp_path / name, ONE)


def test_a_busy_file_can_be_read_and_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WAIT_S", 0.05)
    with closing(open_database(tmp_path, ONE)) as writer, transaction(writer):
        writer.execute("INSERT INTO shelves VALUES ('c')")
        with closing(open_database(tmp_path, ONE)) as reader:
            assert rows(reader, "SELECT * FROM shelves") == [("a; b",)]
        with pytest.raises(ConfigError, match="in use") as raised:
            open_database(tmp_path, TWO)
        assert "move the file away" not in str(raised.value)


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    problems: list[Exception] = []

    def open_and_close() -> None:
        try:
            open_database(tmp_path, TWO, TRIGGER).close()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with closing(open_database(tmp_path, TWO)) as connection:
        assert rows(connection, "SELECT * FROM shelves") == [("a; b", 3)]


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    with closing(open_database(tmp_path, ONE)) as connection:

        def interrupted() -> None:
            with transaction(connection):
                connection.execute("DELETE FROM shelves")
                raise KeyboardInterrupt

        def rolled_back_by_sqlite() -> None:
            with transaction(connection):
                connection.execute("DELETE FROM shelves")
                connection.execute("ROLLBACK")
                raise ZeroDivisionError

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        with pytest.raises(ZeroDivisionError):
            rolled_back_by_sqlite()
        assert rows(connection, "SELECT * FROM shelves") == [("a; b",)]
        with transaction(connection):
            connection.execute("INSERT INTO shelves VALUES ('c')")
        assert not connection.in_transaction
    with closing(open_database(tmp_path, ONE)) as connection:
        assert rows(connection, "SELECT * FROM shelves") == [("a; b",), ("c",)]


def test_a_transaction_within_another_is_a_part_of_it(tmp_path: Path) -> None:
    with closing(open_database(tmp_path, ONE)) as connection, closing(open_database(tmp_path, ONE)) as reader:

        def put(name: str, error: type[BaseException] | None = None) -> None:
            with transaction(connection):
                connection.execute("INSERT INTO shelves VALUES (?)", (name,))
                if error is not None:
                    raise error

        def interrupted_behind(name: str) -> None:
            put(name)
            raise KeyboardInterrupt

        with transaction(connection):
            put("kept")
            with pytest.raises(ZeroDivisionError):
                put("taken back", ZeroDivisionError)
            with transaction(connection):
                put("deeper")
            assert rows(reader, "SELECT * FROM shelves") == [("a; b",)], "nothing is there before the whole is"
        assert rows(reader, "SELECT * FROM shelves") == [("a; b",), ("kept",), ("deeper",)]
        with pytest.raises(KeyboardInterrupt), transaction(connection):
            interrupted_behind("kept, but for the whole")
        assert not connection.in_transaction
        assert rows(connection, "SELECT COUNT(*) FROM shelves") == [(3,)]
