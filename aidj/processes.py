"""Other processes of aidj's own, spoken to in pickled messages over their standard input and output.

A process and not a thread where work would hold the interpreter lock for long while music plays, or where foreign code
might crash. Not multiprocessing: its children import the main program once more, which a script without a guard around
its own work does not survive. Nobody but the two ends ever sees the messages; nothing from outside is unpickled.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import aidj

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
    """Return the program that runs ``main`` of a module, which begins with `answering`."""
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
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def ended(process: subprocess.Popen[bytes]) -> int:
    """End a process, whatever it does, and return its exit status."""
    process.kill()
    code = process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()
    return code
