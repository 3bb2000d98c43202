"""Other processes of aidj's own, spoken to in pickled messages over their standard input and output.

A process and not a thread where work would hold the interpreter lock for long while music plays, or where foreign code
might crash. Not multiprocessing: its children import the main program once more, which a script without a guard around
its own work does not survive. Nobody but the two ends ever sees the messages; nothing from outside is unpickled.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import aidj

GARBAGE_AFTER = 50_000
"""So many new objects between two searches for garbage: nearly all that is made at a start, or of a large library,
stays, and every search looks through it again."""

NICENESS = 15
"""Of a process that is to give way to whatever else runs."""

_LENGTH_BYTES = 8


def send(stream: IO[bytes], message: object) -> None:
    """Write one message. Raises OSError if nobody reads any more."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Return the next message. Raises EOFError if there is none, or only a part of it."""
    head = stream.read(_LENGTH_BYTES)
    size = int.from_bytes(head, "big")
    data = stream.read(size) if len(head) == _LENGTH_BYTES else b""
    if len(head) < _LENGTH_BYTES or len(data) < size:
        raise EOFError
    return pickle.loads(data)


def program_of(module: str) -> str:
    """Return the program that runs ``main`` of a module, which begins with `answering` and goes through `requests`."""
    # Not ``-m``: what is pickled there would belong to a module that nobody else has.
    return f"from {module} import main; main()"


def start(program: str, *, background: bool = False) -> subprocess.Popen[bytes]:
    """Start a program in a process of its own.

    Parameters
    ----------
    program : str
        Python, as `program_of` has it.
    background : bool
        Whether it gives way to whatever else runs.

    Raises
    ------
    OSError
        If no process can be had.
    """
    if not sys.executable:
        raise FileNotFoundError("there is no Python interpreter: this program embeds Python")
    # The same aidj as here, wherever it was imported from.
    package_root = str(Path(aidj.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    if background:
        flags |= getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program, *([str(NICENESS)] if background else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        creationflags=flags,
    )


def answering() -> IO[bytes]:
    """Return where the answers of this process go; what anything else prints goes elsewhere from now on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; whoever started us decides
    if len(sys.argv) > 1 and hasattr(os, "nice"):
        os.nice(int(sys.argv[1]))
    gc.set_threshold(GARBAGE_AFTER)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def requests() -> Iterator[Any]:
    """Yield the messages to this process, one by one; when there will be no more, the process ends, whatever it does.

    So that nothing goes on working for somebody who was killed.
    """
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read() -> None:
        try:
            while True:
                waiting.put(receive(sys.stdin.buffer))
        finally:
            os._exit(0)

    threading.Thread(target=read, name="aidj-requests", daemon=True).start()
    while True:
        yield waiting.get()


def ended(process: subprocess.Popen[bytes]) -> int:
    """End a process, whatever it does, and return its exit status."""
    process.kill()
    code = process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()
    return code


class EndedError(Exception):
    """A process has ended instead of answering."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
        """Its exit status, or the number of the signal that ended it, negative; 0 where it was closed."""


class WorkerProcess:
    """A process that answers messages one by one; it is started when it is needed, and again after it has died.

    One thread asks; any thread may close it.

    Parameters
    ----------
    program : str
        Python, as `program_of` has it: it sends one answer for each message.
    background : bool
        Whether it gives way to whatever else runs.
    greets : bool
        Whether it sends a message as soon as it is ready, before any answer. What ends before that cannot be had.
    """

    def __init__(self, program: str, *, background: bool = False, greets: bool = False) -> None:
        self._program = program
        self._background = background
        self._greets = greets
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, message: object, *, patience_s: float | None = None) -> Any:
        """Return the answer to a message.

        Parameters
        ----------
        patience_s : float, optional
            How long the answer may take before the process is ended; by default there is no limit.

        Raises
        ------
        OSError
            If no process can be had.
        EndedError
            If it has ended without an answer, or was closed. The next message starts another one, unless closed.
        """
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        overdue = threading.Timer(patience_s, process.kill) if patience_s is not None else None
        if overdue is not None:
            overdue.daemon = True
            overdue.start()
        try:
            send(process.stdin, message)
            return receive(process.stdout)
        except (OSError, EOFError, ValueError):
            raise EndedError(ended(process)) from None
        finally:
            if overdue is not None:
                overdue.cancel()

    def close(self) -> None:
        """End the process, whatever it does, for good; safe to call from another thread, and twice."""
        self._closed = True
        with self._lock:
            if self._process is not None:
                ended(self._process)

    def is_closed(self) -> bool:
        """Return whether it will answer nothing more."""
        return self._closed

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise EndedError(0)
            if self._process is not None and self._process.poll() is not None:
                ended(self._process)
                self._process = None
            if self._process is None:
                self._process = start(self._program, background=self._background)
                if self._greets:
                    assert self._process.stdout is not None
                    try:
                        receive(self._process.stdout)
                    except EOFError:
                        ended(self._process)
                        raise OSError("it ended at once") from None
            return self._process
