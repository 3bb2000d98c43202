"""A process that answers messages: started when it is needed, again after it died, and ended for good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from aidj.processes import NICENESS, EndedError, WorkerProcess

DOES_AS_TOLD = """
import os, sys, time
from aidj.processes import answering, requests, send
answers = answering()
for what, detail in requests():
    if what == "exit":
        os._exit(detail)
    if what == "kill":
        os.kill(os.getpid(), detail)
    if what == "sleep":
        open(detail, "w").close()
        time.sleep(60)
    if what == "print":
        print(detail, flush=True)
    send(answers, (what, os.getpid(), os.nice(0) if hasattr(os, "nice") else 0))
"""
GREETS = DOES_AS_TOLD.replace("for what", "send(answers, 'here I am')\nfor what", 1)
HERE = ("where", None)


@pytest.fixture
def process() -> Iterator[WorkerProcess]:
    made = WorkerProcess(DOES_AS_TOLD)
    yield made
    made.close()


def until_there(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    with suppress(OSError):  # an ended process may wait for somebody to ask how it ended
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    return True


@pytest.mark.parametrize("program", [DOES_AS_TOLD, GREETS])
def test_one_process_answers_message_after_message(program: str) -> None:
    process = WorkerProcess(program, greets=program == GREETS)
    try:
        what, pid, _ = process.ask(HERE)
        assert what == "where"
        assert pid != os.getpid()
        assert [process.ask((word, "no answer"))[:2] for word in ("print", "where")] == [("print", pid), ("where", pid)]
    finally:
        process.close()
    assert not is_there(pid)


def test_after_its_end_another_one_answers(process: WorkerProcess) -> None:
    first = process.ask(HERE)[1]
    with pytest.raises(EndedError) as ended:
        process.ask(("exit", 3))
    assert ended.value.code == 3
    second = process.ask(HERE)[1]
    assert second != first
    os.kill(second, signal.SIGTERM)  # by somebody else, between two messages
    deadline = time.monotonic() + 60
    while True:  # until it is dead it may be asked in vain
        try:
            third = process.ask(HERE)[1]
        except EndedError:
            continue
        if third != second:
            break
        assert time.monotonic() < deadline, "it did not end"
    assert not is_there(first)


@pytest.mark.skipif(os.name != "posix", reason="signals end processes on POSIX only")
def test_a_signal_is_its_end(process: WorkerProcess) -> None:
    with pytest.raises(EndedError) as ended:
        process.ask(("kill", signal.SIGSEGV))
    assert ended.value.code == -signal.SIGSEGV


def test_who_is_overdue_is_ended(process: WorkerProcess, tmp_path: Path) -> None:
    first = process.ask(HERE, patience_s=600)[1]
    with pytest.raises(EndedError) as ended:
        process.ask(("sleep", str(tmp_path / "asleep")), patience_s=0.3)
    assert ended.value.code != 0
    assert process.ask(HERE)[1] != first


def test_closing_ends_it_while_it_is_asked_and_for_good(process: WorkerProcess, tmp_path: Path) -> None:
    pid = process.ask(HERE)[1]

    def close_meanwhile() -> None:
        until_there(tmp_path / "asleep")
        process.close()

    closing = threading.Thread(target=close_meanwhile)
    closing.start()
    with pytest.raises(EndedError):
        process.ask(("sleep", str(tmp_path / "asleep")))
    closing.join()
    assert process.is_closed()
    assert not is_there(pid)
    process.close()
    with pytest.raises(EndedError) as ended:
        process.ask(HERE)
    assert ended.value.code == 0


def test_closed_before_it_was_needed_it_never_starts() -> None:
    process = WorkerProcess(DOES_AS_TOLD)
    assert not process.is_closed()
    process.close()
    with pytest.raises(EndedError):
        process.ask(HERE)


def test_what_ends_before_its_greeting_cannot_be_had() -> None:
    process = WorkerProcess("raise SystemExit(3)", greets=True)
    with pytest.raises(OSError, match="ended at once"):
        process.ask(HERE)
    process.close()


@pytest.mark.parametrize("interpreter", ["", None, "no-python"])
def test_without_an_interpreter_none_can_be_had(
    interpreter: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", interpreter and str(tmp_path / interpreter))
    process = WorkerProcess(DOES_AS_TOLD)
    with pytest.raises(OSError):
        process.ask(HERE)
    process.close()


@pytest.mark.skipif(not hasattr(os, "nice"), reason="there is no niceness here")
def test_in_the_background_it_gives_way() -> None:
    found = []
    for background in (False, True):
        process = WorkerProcess(DOES_AS_TOLD, background=background)
        found.append(process.ask(HERE)[2])
        process.close()
    assert found == [os.nice(0), min(os.nice(0) + NICENESS, 19)]


def test_what_cannot_be_pickled_is_an_error_and_costs_nothing(process: WorkerProcess) -> None:
    pid = process.ask(HERE)[1]
    with pytest.raises((AttributeError, TypeError)):
        process.ask(("where", threading.Lock()))
    assert process.ask(HERE)[1] == pid


ASKS = """
import sys
from aidj.processes import WorkerProcess
process = WorkerProcess(sys.argv[1])
print(process.ask(("where", None))[1], flush=True)
process.ask(("sleep", sys.argv[2]))
"""


def test_it_does_not_go_on_for_somebody_who_was_killed(tmp_path: Path) -> None:
    asker = subprocess.Popen(
        [sys.executable, "-c", ASKS, DOES_AS_TOLD, str(tmp_path / "sleeps")], stdout=subprocess.PIPE, text=True
    )
    assert asker.stdout
    pid = int(asker.stdout.readline())
    until_there(tmp_path / "sleeps")
    assert is_there(pid)
    asker.kill()
    asker.wait()
    asker.stdout.close()
    deadline = time.monotonic() + 30
    while is_there(pid):
        assert time.monotonic() < deadline, "it goes on"
        time.sleep(0.01)
