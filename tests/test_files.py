from __future__ import annotations

from pathlib import Path

import pytest

from aidj.errors import OutputError, PlanError
from aidj.files import replacing, write_text


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "one\n")
    write_text(path, "two — ünï\n")
    assert path.read_bytes() == "two — ünï\n".encode()
    assert names_in(tmp_path) == ["a.txt"]


def test_a_failure_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "one")

    def broken() -> None:
        with replacing(path) as partial:
            partial.write_text("half", encoding="utf-8")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with pytest.raises(PlanError):
        write_text(path, "\udcff", kind=PlanError)
    assert path.read_text(encoding="utf-8") == "one"
    assert names_in(tmp_path) == ["a.txt"]


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("", encoding="utf-8")
    write_text(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("kind", [OutputError, PlanError])
@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("missing/a.txt", "the folder does not exist"),
        ("file/a.txt", "a part of the path is a file"),
        ("folder", "a folder of that name"),
        ("x" * 300 + "/a.txt", "the name is too long"),
        ("nul\0/a.txt", "the disk is full or failing"),
    ],
)
def test_an_error_is_of_the_room_and_says_why(tmp_path: Path, kind: type[PlanError], name: str, cause: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(kind) as raised:
        write_text(tmp_path / name, "", kind=kind)
    assert raised.value.where == str(tmp_path / name)
    assert raised.value.cause
    assert cause in raised.value.cause
    assert raised.value.hint
    assert names_in(tmp_path) == ["file", "folder"]
