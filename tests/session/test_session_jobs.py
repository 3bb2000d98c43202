"""Jobs beside a session: done in order, in a process that may die, and given up when the session closes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from songs import make_library

from aidj.errors import AidjError, LibraryError
from aidj.home import Home, open_home
from aidj.session import jobs as jobs_module
from aidj.session.ahead import Measure, Scan
from aidj.session.jobs import Jobs

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

DEFINES_JOBS = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
from aidj.session.jobs import main
main()
"""


@dataclass(frozen=True)
class WhereAmI:
    def run(self, home: Home) -> tuple[int, int]:
        return os.getpid(), len(home.library.tracks())


@dataclass(frozen=True)
class Refuses:
    def run(self, home: Home) -> None:
        raise LibraryError("no such thing", where="here", hint="look elsewhere")


@dataclass(frozen=True)
class Breaks:
    def run(self, home: Home) -> None:
        raise ZeroDivisionError("a mistake")


@dataclass(frozen=True)
class DiesOnce:
    mark: Path

    def run(self, home: Home) -> str:
        if not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
        return "done"


@dataclass(frozen=True)
class Dies:
    marks: Path
    survivor: int

    def run(self, home: Home) -> int:
        with self.marks.open("a") as file:
            file.write(f"{os.getpid()}\n")
        if os.getpid() != self.survivor:
            os._exit(3)
        return self.survivor


@dataclass(frozen=True)
class GivesNothing:
    marks: Path

    def run(self, home: Home) -> None:
        with self.marks.open("a") as file:
            file.write(f"{os.getpid()}\n")


@dataclass(frozen=True)
class Sleeps:
    def run(self, home: Home) -> None:
        time.sleep(600)


@pytest.fixture(autouse=True)
def _jobs_are_defined_here(monkeypatch: pytest.MonkeyPatch) -> None:
    # The module of these jobs has a name of pytest's own; over there it is found by its file's.
    name = Path(__file__).stem
    for kind in (WhereAmI, Refuses, Breaks, DiesOnce, Dies, GivesNothing, Sleeps):
        monkeypatch.setattr(kind, "__module__", name)
    monkeypatch.setitem(sys.modules, name, sys.modules[test_a_job_is_done_in_a_process_of_its_own.__module__])
    monkeypatch.setattr(jobs_module, "PROGRAM", DEFINES_JOBS)


def nothing() -> None:
    pass


def test_a_job_is_done_in_a_process_of_its_own(tmp_path: Path) -> None:
    told: list[int] = []
    jobs = Jobs(tmp_path, changed=lambda: told.append(1))
    try:
        here, before = jobs.submit(WhereAmI()).result(60)
        assert before == 0
        assert here != os.getpid()
        assert jobs.submit(WhereAmI()).result(60)[0] == here
    finally:
        jobs.close()
    assert len(told) == 2
    assert not jobs.is_busy()


def test_what_only_opens_here_is_done_on_a_thread(tmp_path: Path) -> None:
    opened: list[str] = []

    def opens() -> Home:
        opened.append(threading.current_thread().name)
        return open_home(tmp_path)

    jobs = Jobs(opens, changed=nothing)
    try:
        assert jobs.submit(WhereAmI()).result(60) == (os.getpid(), 0)
        assert jobs.submit(WhereAmI()).result(60) == (os.getpid(), 0)
    finally:
        jobs.close()
    assert opened == ["aidj-jobs"]


@pytest.mark.parametrize("job", [Refuses(), Breaks()])
def test_what_a_job_raises_its_result_raises(tmp_path: Path, job: Refuses | Breaks) -> None:
    jobs = Jobs(tmp_path, changed=nothing)
    try:
        with pytest.raises((LibraryError, RuntimeError), match=r"no such thing|a mistake") as caught:
            jobs.submit(job).result(60)
        if isinstance(caught.value, AidjError):
            assert (caught.value.where, caught.value.hint) == ("here", "look elsewhere")
        assert jobs.submit(WhereAmI()).result(60)[0] != os.getpid()
    finally:
        jobs.close()


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "home", changed=nothing)
    try:
        assert jobs.submit(DiesOnce(tmp_path / "mark")).result(60) == "done"
    finally:
        jobs.close()


def test_what_no_process_survives_is_done_here(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs(tmp_path / "home", changed=nothing)
    try:
        assert jobs.submit(Dies(tmp_path / "marks", os.getpid())).result(60) == os.getpid()
        assert jobs.submit(WhereAmI()).result(60)[0] == os.getpid()
    finally:
        jobs.close()
    tried = (tmp_path / "marks").read_text().split()
    assert len(set(tried)) == 3, "two processes, and here"
    assert caplog.text.count("has ended (3); it is started again") == 2


def test_what_gives_nothing_is_done_once(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "home", changed=nothing)
    try:
        there = jobs.submit(WhereAmI()).result(60)[0]
        assert jobs.submit(GivesNothing(tmp_path / "marks")).result(60) is None
        assert jobs.submit(WhereAmI()).result(60)[0] == there
    finally:
        jobs.close()
    assert (tmp_path / "marks").read_text().split() == [str(there)]


def test_a_closed_one_does_nothing_more(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "home", changed=nothing)
    jobs.close()
    jobs.close()
    assert not (tmp_path / "home").exists()


def test_closing_gives_up_what_is_not_done(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, changed=nothing)
    jobs.submit(WhereAmI()).result(60)
    sleeping, waiting = jobs.submit(Sleeps()), jobs.submit(WhereAmI())
    threading.Timer(0.3, jobs.close).start()
    with pytest.raises((AidjError, CancelledError)):
        sleeping.result(60)
    with pytest.raises((AidjError, CancelledError)):
        waiting.result(60)


def test_where_no_process_can_be_had_it_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    jobs = Jobs(tmp_path / "home", changed=nothing)
    try:
        assert jobs.submit(WhereAmI()).result(60) == (os.getpid(), 0)
    finally:
        jobs.close()


def test_a_library_is_scanned_and_measured_beside(tmp_path: Path, make: Callable[..., Path]) -> None:
    music = make(tmp_path / "music")
    jobs = Jobs(tmp_path / "home", background=True, changed=nothing)
    try:
        report = jobs.submit(Scan(folders=(music,), now=NOW)).result(120)
        assert report.added == 3
        assert jobs.submit(Measure(folders=(music,))).result(120) == 0
    finally:
        jobs.close()
    with open_home(tmp_path / "home") as home:
        assert home.analyses.missing(home.library.tracks()) == ()


@pytest.fixture
def make() -> Callable[..., Path]:
    return lambda folder: make_library(folder, count=3, seconds=12.0)
