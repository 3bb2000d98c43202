"""The terminal is given back as it was, and signals are only taken note of."""

from __future__ import annotations

import io
import logging
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from aidj.radio.keyboard import NoKeyboard, PosixKeyboard
from aidj.radio.notes import Notes
from aidj.radio.signals import Signals
from aidj.radio.terminal import ErrorsAside, Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and signals of POSIX")

MODES = re.compile(r"\x1b\[\?(\d+)([hl])")


def console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, force_terminal=True, legacy_windows=False, width=80, height=24, _environ={}), out


def modes(text: str) -> dict[str, str]:
    """Return the last state of each mode that was set."""
    return dict(MODES.findall(text))


BEFORE = {"1049": "l", "25": "h", "2004": "l"}
DURING = {"1049": "h", "25": "l", "2004": "h"}


def test_the_screen_is_taken_and_given_back() -> None:
    there, out = console()
    with Terminal(there, NoKeyboard(), full_screen=True) as terminal:
        assert modes(out.getvalue()) == DURING
        terminal.give_back()
        assert modes(out.getvalue()) == BEFORE
        terminal.take()
        assert modes(out.getvalue()) == DURING
    assert modes(out.getvalue()) == BEFORE
    written = out.getvalue()
    terminal.give_back()
    assert out.getvalue() == written


def test_it_is_given_back_after_any_exception() -> None:
    for error in (ValueError, KeyboardInterrupt, SystemExit):
        there, out = console()
        with pytest.raises(error), Terminal(there, NoKeyboard(), full_screen=True):
            raise error
        assert modes(out.getvalue()) == BEFORE


def test_lines_need_no_screen() -> None:
    there, out = console()
    with Terminal(there, NoKeyboard(), full_screen=False):
        pass
    assert out.getvalue() == ""


def test_a_terminal_that_is_gone_is_no_error() -> None:
    import termios

    ours, theirs = pty.openpty()
    file = os.fdopen(theirs, "w")
    there = Console(file=file, force_terminal=True, legacy_windows=False, _environ={})
    terminal = Terminal(there, PosixKeyboard(theirs), full_screen=True)
    terminal.take()
    assert not termios.tcgetattr(theirs)[3] & termios.ECHO
    os.close(ours)
    terminal.give_back()
    with suppress(OSError):  # what could not be written any more
        file.close()


def test_the_size_is_that_of_the_terminal_whatever_the_environment_says() -> None:
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", closefd=True), os.fdopen(theirs, "w") as file:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))
        there = Console(file=file, force_terminal=True, _environ={"COLUMNS": "5", "LINES": "5"})
        assert Terminal(there, NoKeyboard(), full_screen=True).size() == (111, 33)
        assert tuple(there.size) == (111, 33)


def test_what_is_written_to_standard_error_waits_beside() -> None:
    program = """
import os, subprocess, sys, time
from aidj.radio.terminal import ErrorsAside
print("before", file=sys.stderr)
with ErrorsAside(show=sys.argv[1] == "show") as aside:
    os.write(2, b"from C \\xff\\n")
    subprocess.run([sys.executable, "-c", "import sys; print('from a child', file=sys.stderr)"], check=True)
    print("from Python", file=sys.stderr)
    for number in range(5000):
        os.write(2, b"much of it %d\\n" % number)
    while not aside.lines or aside.lines[-1] != "much of it 4999":
        time.sleep(0.01)
print("after", file=sys.stderr)
"""
    for show in ("show", "hide"):
        run = subprocess.run([sys.executable, "-c", program, show], capture_output=True, text=True, timeout=60)
        lines = run.stderr.splitlines()
        assert (lines[0], lines[-1]) == ("before", "after")
        assert len(lines) == (42 if show == "show" else 2)
    assert ErrorsAside().lines == ()


def test_signals_are_noted_and_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTSTP, signal.SIGCONT)]
    with Signals() as signals:
        for number, ends in ((signal.SIGTERM, 1), (signal.SIGINT, 2)):
            os.kill(os.getpid(), number)
            assert signals.ends == ends
        os.kill(os.getpid(), signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGCONT)
        assert (signals.suspends, signals.is_back) == (True, True)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTSTP, signal.SIGCONT)]
    assert after == before


def test_nohup_stays_in_force() -> None:
    kept = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signals.ends == 0
    finally:
        signal.signal(signal.SIGHUP, kept)


def test_on_another_thread_signals_are_left_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen: list[object] = []

    def enter() -> None:
        with Signals():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [before]


def test_warnings_and_crashes_of_threads_wait_to_be_shown(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    root = logging.getLogger()
    handlers, hook = list(root.handlers), threading.excepthook
    with Notes() as notes:
        logging.getLogger("aidj.test").warning("One file of %d cannot be read", 7)
        logging.getLogger("aidj.test").info("not worth a line")

        def crash() -> None:
            raise ZeroDivisionError("by nothing")

        thread = threading.Thread(target=crash, name="aidj-test")
        thread.start()
        thread.join()
        first, second = notes.taken()
        assert first == "One file of 7 cannot be read"
        assert "aidj-test" in second
        assert "by nothing" in second
        assert notes.taken() == []
    assert (list(root.handlers), threading.excepthook) == (handlers, hook)
