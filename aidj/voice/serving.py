"""The program of workers in Python: ``python -P serving.py SCRIPT``. Needs nothing else of aidj.

What goes over the wire is told in `worker`.

A script has ``answer(request)``, which returns a header and its bytes, and may have

- ``start()``: makes everything ready and returns what the worker says of itself;
- ``MODE``: ``stay`` (the default: requests are answered one after the other), ``fork`` (each in a copy of the process
  as ``start`` left it, so that no utterance leaves a trace for the next one) or ``once`` (it ends after one answer).
  Where processes cannot be copied, ``fork`` is ``once``.

An exception refuses the request; its ``hint``, if it has one, says what to do.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
from types import ModuleType
from typing import Any

_CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # Apple's libraries do not survive a fork
_ANSWERED = 42  # an exit status that no library ends with by chance


def main() -> None:
    """Answer requests until there are no more."""
    out = os.dup(1)
    os.dup2(2, 1)  # from here on every print, Python's or C's, goes to where complaints go
    sys.stdout = sys.stderr
    requests = os.fdopen(os.dup(0), "rb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - nobody else reads our requests
        os.dup2(nothing.fileno(), 0)
    try:
        script = _loaded(sys.argv[1])
        hello = script.start() if hasattr(script, "start") else {}
    except Exception as problem:
        _send(out, _refusal(problem))
        return
    mode = getattr(script, "MODE", "stay")
    if mode == "fork" and not _CAN_FORK:
        mode = "once"
    _send(out, {**hello, "ready": True})
    for line in requests:
        request = json.loads(line)
        if mode == "fork":
            _in_a_copy(out, script, request)
            continue
        _answer(out, script, request, last=mode == "once")
        if mode == "once":
            os._exit(0)  # speech libraries have threads, and cleaning up behind them is known to fail


def _loaded(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("aidj_worker_script", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _answer(out: int, script: ModuleType, request: dict[str, Any], *, last: bool) -> None:
    _die_in_time(request)
    try:
        header, body = script.answer(request)
        header = {**header, "bytes": len(body)}
    except Exception as problem:
        header, body = _refusal(problem), b""
    _die_in_time({})
    _send(out, {**header, "id": request.get("id"), **({"last": True} if last else {})}, body)


def _in_a_copy(out: int, script: ModuleType, request: dict[str, Any]) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _answer(out, script, request, last=False)
            code = _ANSWERED
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != _ANSWERED:  # nothing, or half an answer, was sent
        sys.stderr.write(f"the process of this utterance ended with {f'signal {-code}' if code < 0 else code}\n")
        sys.exit(1)


def _die_in_time(request: dict[str, Any]) -> None:
    """Let the system end this process if it hangs in C after the program that asked is gone; 0 lets it live."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(request["timeout_s"]) + 2 if "timeout_s" in request else 0)


def _refusal(problem: Exception) -> dict[str, Any]:
    hint = getattr(problem, "hint", None)
    if hint is None:
        return {"error": f"The speech engine failed ({type(problem).__name__}: {problem})"}
    return {"error": str(problem), "hint": hint}


def _send(out: int, header: dict[str, Any], body: bytes = b"") -> None:
    rest = memoryview(json.dumps(header).encode("ascii") + b"\n" + body)
    while rest:
        rest = rest[os.write(out, rest) :]


if __name__ == "__main__":
    main()
