"""Speaks one text with pyttsx3; run by `serving`, needs nothing else of aidj.

Request: ``text`` (null: only try the voice), ``voice`` (null: the system's own), ``pace_wpm``, ``pitch_st``, ``folder``
(an existing, empty one for its files); or ``list``. Answer: a sound file (WAV, or AIFF on macOS), ``voice`` (what
spoke), ``note``; or ``voices``, ``[id, [language codes]]`` each.

pyttsx3 prints where answers belong, and its espeak driver writes its file after it has returned, swallows what goes
wrong with a voice, and takes the process with it if its data are not found. Hence the care below.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from pathlib import Path
from typing import Any

MODE = "once"

_FILE_WAIT_S = 5.0
_SEMITONES_PER_STEP = 12 / 50
"""Of espeak-ng's pitch, 0 to 99."""


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def _load_espeak() -> None:
    """Load the espeak-ng library that PyPI ships, so that pyttsx3, which asks by bare name, gets the same one.

    By full path and without RTLD_GLOBAL, which would hand its symbols to other users of the library. Where the wheel
    is missing, or too new for this system, pyttsx3 looks for an installed espeak-ng by itself.
    """
    try:
        import espeakng_loader

        ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, OSError):
        return
    data = Path(espeakng_loader.get_data_path())
    os.chdir(data.parent)  # espeak-ng keeps this path in 160 bytes and fails beyond; a relative one is always short
    os.environ["ESPEAK_DATA_PATH"] = data.name


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
            raise _RefusedError(
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
            raise _RefusedError("pyttsx3 returned, but there is no sound file")
        time.sleep(0.02)


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Speak a text, try a voice, or list the voices."""
    on_espeak = sys.platform not in ("darwin", "win32")
    if on_espeak:
        _load_espeak()
    try:
        import pyttsx3
    except ImportError as problem:
        raise _RefusedError(f"pyttsx3 is not installed ({problem})", "pip install pyttsx3") from problem
    try:
        engine = pyttsx3.init("espeak" if on_espeak else None)
    except (RuntimeError, ImportError, OSError) as problem:
        hint = "pip install espeakng-loader, or install your system's espeak-ng" if on_espeak else ""
        raise _RefusedError(f"No speech engine was found on this system ({problem})", hint) from problem
    if request.get("list"):
        return {"voices": [[str(voice.id), _codes(voice)] for voice in engine.getProperty("voices") or ()]}, b""
    _settle(engine)
    errors: list[str] = []
    engine.connect("error", lambda name=None, exception=None: errors.append(str(exception)))
    note = _choose_voice(engine, request["voice"], errors) if request["voice"] else ""
    header: dict[str, Any] = {"voice": str(engine.getProperty("voice") or ""), "note": note}
    if request["text"] is None:
        return header, b""
    engine.setProperty("rate", int(request["pace_wpm"]))
    if on_espeak and request.get("pitch_st"):
        engine.setProperty("pitch", max(0, min(99, round(50 + request["pitch_st"] / _SEMITONES_PER_STEP))))
    _settle(engine)
    if on_espeak:
        _seed()
    path = Path(request["folder"]) / ("speech.aiff" if sys.platform == "darwin" else "speech.wav")
    engine.save_to_file(request["text"], str(path))
    engine.runAndWait()
    _settle(engine)
    if errors:
        raise _RefusedError(f"pyttsx3 failed ({errors[0]})")
    _wait_for(path)
    return header, path.read_bytes()


def _codes(voice: Any) -> list[str]:
    """Return a voice's language codes; drivers give texts or bytes, some with a priority before them."""
    found = []
    for code in voice.languages or ():
        text = code.decode("utf-8", "ignore") if isinstance(code, bytes) else str(code)
        found.append("".join(char for char in text if char.isprintable()).strip().lower().replace("_", "-"))
    return [code for code in found if code]
