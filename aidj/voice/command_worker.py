"""Runs a program that writes a WAV file; run by `serving`, needs nothing else of aidj.

Request: ``command`` (no shell sees it), ``text`` (for the program's input, or null), ``encoding``, ``folder`` (an empty
one, where it runs), ``out`` (the file in there that it writes, or null if it writes to its output). Answer: what it
wrote; with ``tells``, all that it printed, however it ended.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path
from typing import Any

_MAX_BYTES = 100_000_000
_MAX_COMPLAINT_CHARS = 200


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def start() -> dict[str, Any]:
    """Set limits, which the programs inherit: how large a file may grow, and no memory images after a crash."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_BYTES, _MAX_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return {}


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Run a program once."""
    folder = Path(request["folder"])
    encoding = str(request["encoding"])
    command = [str(argument).encode(encoding, "replace") for argument in request["command"]]
    command[0] = os.fsencode(request["command"][0])
    said, heard, complaints = (folder / name for name in ("output", "input", "complaints"))
    heard.write_bytes(str(request["text"] or "").encode(encoding, "replace"))
    with heard.open("rb") as stdin, said.open("wb") as stdout, complaints.open("wb") as stderr:
        try:
            code = subprocess.run(
                [os.fsdecode(argument) for argument in command],
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=folder,
                check=False,
            ).returncode
        except (OSError, ValueError) as problem:
            raise _RefusedError(f"{os.fsdecode(command[0])} cannot be started ({problem})") from problem
    if request.get("tells"):
        return {}, _read(said) + b"\n" + _read(complaints)
    made = said if request["out"] is None else folder / str(request["out"])
    sound = _read(made) if code == 0 else b""
    if not sound:
        last_words = " ".join((_read(complaints) + b" " + _read(said)[:2000]).decode("utf-8", "replace").split())
        how = f"ended with {code}" if code else "made no sound"
        raise _RefusedError(f"{Path(os.fsdecode(command[0])).name} {how}: {last_words[-_MAX_COMPLAINT_CHARS:]}")
    return {}, sound


def _read(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(_MAX_BYTES)
