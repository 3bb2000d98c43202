"""Engines in processes of their own: whatever goes wrong in there, this side gets an answer or a `VoiceError`.

A speech engine is foreign code. It can hang, crash, call ``exit`` from C or print where it should not. A `Worker`
starts it as another program (never as a copy of this one), keeps it for the next request, and replaces it when it dies.

On the wire: the worker prints one line of JSON when it is ready. A request is one line of JSON; the answer is one line
of JSON with the request's ``id`` and, in ``bytes``, the length of what follows it. With ``error`` (and ``hint``) an
answer or the first line is a refusal, and the worker lives on; with ``last`` an answer is the worker's last. When its
input ends, so does the worker: none outlives the program that asked it. `serving` does all that for workers in Python.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidj.errors import VoiceError

_LOG = logging.getLogger(__name__)
_MAX_HEADER_BYTES = 1_000_000
_MAX_BODY_BYTES = 200_000_000
_MAX_COMPLAINT_CHARS = 300
_SECOND_PATIENCE = 4.0  # a machine that stood still for a moment must not change who speaks
_START_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a worker said, and the bytes that came with it."""

    header: Mapping[str, object]
    body: bytes = b""


def python_worker(script: str, *arguments: str) -> tuple[str, ...]:
    """Return the command of a worker whose script, such as ``espeak_worker.py``, lies beside this module.

    Parameters
    ----------
    script : str
        Its file name; `serving` says what it has to define.
    *arguments : str
        What the script finds in ``sys.argv[2:]``, such as the path of a model.
    """
    # By path, so that it runs wherever this package was imported from; -P keeps its folder out of the imports.
    folder = Path(__file__).parent
    return (sys.executable or "", "-P", str(folder / "serving.py"), str(folder / script), *arguments)


class Worker:
    """A process that answers requests one at a time, for any number of threads; started when first asked.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    start_s : float
        How long it may take until it is ready.
    """

    def __init__(self, command: Sequence[str], *, start_s: float = _START_S) -> None:
        self._command = tuple(command)
        self._start_s = start_s
        self._lock = threading.Lock()
        self._requests = 0
        self._held: list[_Process] = []
        weakref.finalize(self, _end_all, self._held, os.getpid())  # also when the program ends

    def __reduce__(self) -> tuple[object, ...]:
        return _remade, (self._command, self._start_s)

    def hello(self) -> Mapping[str, object]:
        """Return what the worker said of itself when it was ready, starting it if need be.

        Raises
        ------
        VoiceError
            If it cannot be started, or refuses.
        """
        with self._lock:
            try:
                return self._running().hello
            except _DeathError as death:
                raise VoiceError(death.what, cause=death.complaint or None) from death

    def ask(self, request: Mapping[str, object], *, timeout_s: float) -> Answer:
        """Hand over a request and return its answer.

        A worker that hangs, dies or answers nonsense is ended with all it has started, and a fresh one is asked once
        more, with more patience.

        Raises
        ------
        VoiceError
            If the worker refuses, cannot be started, or fails a second time.
        """
        with self._lock:
            first = self._try(request, timeout_s)
            if isinstance(first, Answer):
                return first
            _LOG.warning("%s; it is started again (%s)", first.what, first.complaint or "no complaint")
            second = self._try(request, timeout_s * _SECOND_PATIENCE)
            if isinstance(second, Answer):
                return second
            raise VoiceError(second.what, cause=second.complaint or None)

    def close(self) -> None:
        """End the process; the next request starts another one."""
        with self._lock:
            _end_all(self._held, os.getpid())

    def _try(self, request: Mapping[str, object], timeout_s: float) -> Answer | _DeathError:
        self._requests += 1
        number = self._requests
        message = json.dumps({**request, "id": number, "timeout_s": timeout_s}).encode("ascii") + b"\n"
        try:
            process = self._running()
            answer = process.exchange(message, timeout_s)
            if answer.header.get("id") != number:
                raise process.death("The speech engine answered something else than it was asked")
        except _DeathError as death:
            _end_all(self._held, os.getpid())
            return death
        if answer.header.get("last"):
            _end_all(self._held, os.getpid())
        _refuse(answer.header)
        return answer

    def _running(self) -> _Process:
        held = self._held
        if held and held[0].owner != os.getpid():
            held.clear()  # this program was forked: the process belongs to the other half
        if held and not held[0].is_alive():
            _end_all(held, os.getpid())
        if not held:
            process = _Process(self._command)
            try:
                process.hello = process.exchange(b"", self._start_s).header
                _refuse(process.hello)
            except BaseException:
                process.end()
                raise
            held.append(process)
        return held[0]


def _remade(command: Sequence[str], start_s: float) -> Worker:
    return Worker(command, start_s=start_s)


def _end_all(held: list[_Process], owner: int) -> None:
    while held:
        process = held.pop()
        if process.owner == owner == os.getpid():
            process.end()


def _refuse(header: Mapping[str, object]) -> None:
    error = header.get("error")
    if error is not None:
        hint = str(header.get("hint") or "")[:_MAX_COMPLAINT_CHARS]
        raise VoiceError(str(error)[:_MAX_COMPLAINT_CHARS] or "The speech engine failed", hint=hint or None)


class _DeathError(Exception):
    """A worker is of no more use."""

    def __init__(self, what: str, complaint: str) -> None:
        super().__init__(what)
        self.what = what
        self.complaint = complaint


class _Process:
    """One worker process, from its start to its death."""

    hello: Mapping[str, object]

    def __init__(self, command: Sequence[str]) -> None:
        if not command[0]:
            raise VoiceError("There is no Python interpreter to speak in", cause="this program embeds Python")
        self.owner = os.getpid()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as problem:
            self._complaints.close()
            raise VoiceError("The speech engine cannot be started", cause=str(problem)) from problem
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout

    def is_alive(self) -> bool:
        """Return whether it still runs."""
        return self._process.poll() is None

    def exchange(self, message: bytes, timeout_s: float) -> Answer:
        """Send a message (an empty one: only listen) and return what comes back.

        Raises
        ------
        _DeathError
            If nothing whole comes back in time.
        """
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            _kill_tree(self._process)

        timer = threading.Timer(timeout_s, stop)
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(OSError):  # it is gone already: reading says so
                self._input.write(message)
                self._input.flush()
            line = self._output.readline(_MAX_HEADER_BYTES)
            header = _parsed(line)
            n_bytes = header.get("bytes", 0) if header is not None else 0
            if not isinstance(n_bytes, int) or not 0 <= n_bytes <= _MAX_BODY_BYTES:
                header = None
                n_bytes = 0
            body = self._output.read(n_bytes)
        except (OSError, ValueError) as problem:
            raise self.death(f"The speech engine cannot be reached ({problem})") from problem
        finally:
            timer.cancel()
        if overdue.is_set():
            raise self.death(f"The speech engine did not answer within {timeout_s:g} s and was stopped")
        if not line or len(body) < n_bytes:
            raise self.death("The speech engine broke off")
        if header is None:
            raise self.death(f"The speech engine answered nonsense ({line[:60]!r})")
        self._forget_complaints()
        return Answer(header=header, body=body)

    def death(self, what: str) -> _DeathError:
        """End it, and return the error that says why, with its own last words."""
        if what.endswith("broke off"):  # it is about to end by itself: how, is worth knowing
            with contextlib.suppress(subprocess.TimeoutExpired):
                what = f"{what} ({_cause_of_death(self._process.wait(0.5))})"
        try:
            self._complaints.seek(0)
            complaint = " ".join(self._complaints.read(100_000).decode("utf-8", "replace").split())
        except (OSError, ValueError):
            complaint = ""
        self.end()
        return _DeathError(what, complaint[-_MAX_COMPLAINT_CHARS:])

    def end(self) -> None:
        """Kill it and whatever it has started, and let go of everything."""
        _kill_tree(self._process)
        self._process.wait()
        for stream in (self._input, self._output, self._complaints):
            with contextlib.suppress(OSError, ValueError):
                stream.close()

    def _forget_complaints(self) -> None:
        # What an engine prints along the way would fill the disk in the end.
        with contextlib.suppress(OSError, ValueError):
            self._complaints.seek(0)
            self._complaints.truncate()


def _parsed(line: bytes) -> Mapping[str, object] | None:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and whatever it started, which may outlive it."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, timeout=10)
            process.kill()


def _cause_of_death(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
