"""One utterance in a process of its own: whatever goes wrong in there, this side gets an answer or a `VoiceError`.

A speech engine is foreign code in C. It can hang, crash, call ``exit`` or print where it should not; in a process that
lives for one utterance, each of these costs that utterance.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidj.errors import VoiceError

_MAX_ANSWER_BYTES = 64_000
_MAX_SOUND_BYTES = 200_000_000
_MAX_COMPLAINT_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a worker said, and the sound file it made (None if it was not asked for one)."""

    header: Mapping[str, object]
    sound: bytes | None


def run_worker(command: Sequence[str], request: Mapping[str, object], *, timeout_s: float) -> Answer:
    """Start a worker, hand it a request, and return its answer.

    The worker reads one JSON object from its input, to which ``folder`` is added: an empty folder of its own, gone
    afterwards. It prints one line of JSON. With ``{"file": "name"}`` that file in the folder is the sound; with
    ``{"error": "…"}`` it says what failed.

    Raises
    ------
    VoiceError
        If the worker cannot be started, takes longer than ``timeout_s`` (it is killed), dies, or answers nonsense.
    """
    with tempfile.TemporaryDirectory(prefix="aidj-voice-", ignore_cleanup_errors=True) as folder:
        message = json.dumps({**request, "folder": folder}).encode("ascii") + b"\n"
        answer, complaint = _talk(command, message, timeout_s)
        header = _header(answer, complaint)
        name = header.get("file")
        sound = _read_sound(Path(folder), name) if isinstance(name, str) else None
        return Answer(header=header, sound=sound)


def _talk(command: Sequence[str], message: bytes, timeout_s: float) -> tuple[bytes, str]:
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as problem:
            raise VoiceError("The speech engine cannot be started", cause=str(problem)) from problem
        assert process.stdin is not None
        assert process.stdout is not None
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            _kill_all(process)

        timer = threading.Timer(timeout_s, stop)
        timer.daemon = True
        timer.start()
        try:
            with process.stdout as output:
                with contextlib.suppress(BrokenPipeError, OSError), process.stdin as source:
                    source.write(message)
                answer = output.read(_MAX_ANSWER_BYTES + 1)
            if len(answer) > _MAX_ANSWER_BYTES:
                _kill_all(process)
            code = process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                _kill_all(process)
                process.wait()
        complaints.seek(0)
        complaint = " ".join(complaints.read(100_000).decode("utf-8", "replace").split())[-_MAX_COMPLAINT_CHARS:]
    if overdue.is_set():
        raise VoiceError(
            f"The speech engine did not answer within {timeout_s:g} s and was stopped", cause=complaint or None
        )
    if len(answer) > _MAX_ANSWER_BYTES:
        raise VoiceError("The speech engine answered with far too much", cause=complaint or None)
    if code and not answer.strip():
        raise VoiceError(f"The speech engine broke off ({_cause_of_death(code)})", cause=complaint or None)
    return answer, complaint


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and, where it has a session of its own, whatever it started: that may outlive it."""
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _cause_of_death(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _header(answer: bytes, complaint: str) -> Mapping[str, object]:
    try:
        header = json.loads(answer)
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise VoiceError("The speech engine answered nonsense", cause=complaint or repr(answer[:80]))
    error = header.get("error")
    if error is not None:
        raise VoiceError(str(error)[:_MAX_COMPLAINT_CHARS], hint=str(header["hint"]) if header.get("hint") else None)
    return header


def _read_sound(folder: Path, name: str) -> bytes:
    path = folder / Path(name).name  # never outside of the folder
    try:
        if path.stat().st_size > _MAX_SOUND_BYTES:
            raise VoiceError("The speech engine made a sound that is far too long")
        return path.read_bytes()
    except OSError as problem:
        raise VoiceError("The speech engine made no sound file", cause=str(problem)) from problem
