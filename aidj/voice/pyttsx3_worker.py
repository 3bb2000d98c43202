"""Speaks one text with pyttsx3 and ends. Started by `aidj.voice.Pyttsx3Voice`; needs nothing else of aidj.

Input, one JSON object: ``text`` (null: only try the voice), ``voice`` (null: the system's own), ``pace_wpm``,
``folder`` (an existing, empty one for its files). Output, one line of JSON: ``file`` (in that folder; WAV, or AIFF on
macOS), ``voice`` (what spoke), ``note``; or ``error`` and ``hint``.

pyttsx3 prints where answers belong, and its espeak driver writes its file after it has returned, swallows what goes
wrong with a voice, and takes the process with it if its data are not found. Hence the care below.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_MAX_DATA_PATH = 150
"""espeak-ng keeps its data path in 160 bytes and fails beyond."""

_FILE_WAIT_S = 5.0

_links: list[Path] = []


class _FailedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def _load_espeak(folder: Path) -> None:
    """Load the espeak-ng library that PyPI ships, so that pyttsx3, which asks by bare name, gets the same one.

    By full path and without RTLD_GLOBAL, which would hand its symbols to other users of the library. Where the wheel
    is missing, or too new for this system, pyttsx3 looks for an installed espeak-ng by itself.
    """
    try:
        import espeakng_loader
    except ImportError:
        return
    data = espeakng_loader.get_data_path()
    if len(os.fsencode(data)) > _MAX_DATA_PATH:
        data = _short_path_to(data, folder)
    try:
        ctypes.CDLL(espeakng_loader.get_library_path())
    except OSError:
        return
    os.environ["ESPEAK_DATA_PATH"] = data


def _short_path_to(data: str, folder: Path) -> str:
    for parent in (folder, Path("/tmp"), Path("/dev/shm")):
        if len(os.fsencode(parent)) > _MAX_DATA_PATH - 30:
            continue
        try:
            inside = folder if parent == folder else Path(tempfile.mkdtemp(prefix="aidj-", dir=parent))
            link = inside / "espeak-ng-data"
            link.symlink_to(data)
        except OSError:
            continue
        if inside != folder:  # that one is the caller's, who clears it away
            _links.append(link)
        return str(link)
    raise _FailedError(
        f"The path to espeak-ng's data is longer than {_MAX_DATA_PATH} bytes, and no short link could be made to it",
        "install aidj in a folder with a shorter path",
    )


def _remove_links() -> None:
    for link in _links:
        with contextlib.suppress(OSError):
            link.unlink()
            link.parent.rmdir()


def _settle(engine: Any) -> None:
    """Carry out what was asked of the engine so far; what comes next waits for the run loop again.

    espeak sets a rate or a volume in a thread of its own but a voice at once: unless each is waited for, they run into
    each other now and then, and the same text sounds a little different.
    """
    engine.proxy.setBusy(False)
    engine.proxy.setBusy(True)
    if engine.driver_name == "espeak":
        from pyttsx3.drivers import _espeak

        _espeak.Synchronize()


def _seed() -> None:
    """Give espeak-ng a fixed seed: it takes the time of day, and breath and roughness of a voice are random."""
    from pyttsx3.drivers import _espeak

    with contextlib.suppress(AttributeError):  # before espeak-ng 1.52
        _espeak.dll.espeak_ng_SetRandSeed(ctypes.c_long(1))


def _choose_voice(engine: Any, wanted: str, errors: list[str]) -> str:
    """Set the voice; return a note where another one speaks instead."""
    if engine.driver_name == "espeak":
        engine.setProperty("voice", wanted)
        _settle(engine)
        spoken = str(engine.getProperty("voice"))
        _, plus, variant = wanted.lower().partition("+")
        # An unknown voice is only reported to subscribers; an unknown variant is not reported at all.
        if errors or (plus and not spoken.lower().endswith(f"+{variant}")):
            raise _FailedError(
                f"espeak-ng has no voice “{wanted}”",
                "use one of its languages such as en-us, with a variant such as +m6 or +f2",
            )
        return ""
    voices = list(engine.getProperty("voices") or ())
    by_id = [voice.id for voice in voices if str(voice.id).casefold() == wanted.casefold()]
    by_name = [voice.id for voice in voices if wanted.casefold() in f"{voice.name} {voice.id}".casefold()]
    if not by_id and not by_name:  # which voices there are differs from one machine to the next
        return f"this system has no voice “{wanted}”; its own speaks instead"
    engine.setProperty("voice", (by_id or by_name)[0])
    _settle(engine)
    return ""


def _wait_for(path: Path) -> None:
    end = time.monotonic() + _FILE_WAIT_S
    while not (path.is_file() and path.stat().st_size > 0):
        if time.monotonic() > end:
            raise _FailedError("pyttsx3 returned, but there is no sound file")
        time.sleep(0.02)


def _speak(request: dict[str, Any]) -> dict[str, Any]:
    folder = Path(request["folder"])
    on_espeak = sys.platform not in ("darwin", "win32")
    if on_espeak:
        _load_espeak(folder)
    try:
        import pyttsx3
    except ImportError as problem:
        raise _FailedError(f"pyttsx3 is not installed ({problem})", "pip install pyttsx3") from problem
    try:
        engine = pyttsx3.init("espeak" if on_espeak else None)
    except (RuntimeError, ImportError, OSError) as problem:
        hint = "pip install espeakng-loader, or install your system's espeak-ng" if on_espeak else ""
        raise _FailedError(f"No speech engine was found on this system ({problem})", hint) from problem
    _settle(engine)
    errors: list[str] = []
    engine.connect("error", lambda name=None, exception=None: errors.append(str(exception)))
    note = _choose_voice(engine, request["voice"], errors) if request["voice"] else ""
    answer: dict[str, Any] = {"voice": str(engine.getProperty("voice") or ""), "note": note}
    if request["text"] is None:
        return answer
    engine.setProperty("rate", int(request["pace_wpm"]))
    _settle(engine)
    if on_espeak:
        _seed()
    path = folder / ("speech.aiff" if sys.platform == "darwin" else "speech.wav")
    engine.save_to_file(request["text"], str(path))
    engine.runAndWait()
    _settle(engine)
    if errors:
        raise _FailedError(f"pyttsx3 failed ({errors[0]})")
    _wait_for(path)
    return {**answer, "file": path.name}


def main() -> None:
    """Answer one request."""
    out = os.dup(1)
    os.dup2(2, 1)  # from here on every print, Python's or C's, goes to where complaints go
    sys.stdout = sys.stderr
    try:
        answer = _speak(json.loads(sys.stdin.readline()))
    except _FailedError as failure:
        answer = {"error": str(failure), "hint": failure.hint}
    except Exception as problem:
        answer = {"error": f"pyttsx3 failed ({type(problem).__name__}: {problem})"}
    _remove_links()
    os.write(out, json.dumps(answer).encode("ascii") + b"\n")
    os._exit(0)  # espeak has threads, and its clean-up at the end of a process is known to fail


if __name__ == "__main__":
    main()
