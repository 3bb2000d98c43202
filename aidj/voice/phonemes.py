"""What espeak-ng makes of words, in phonemes and without a sound: to show how a name is said, and to test it.

Run as a program (this file, by path) it is the process in which that happens: the library keeps state, and a process
that has used it in one way cannot be trusted to use it in another.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_TIMEOUT_S = 60.0
_ESPEAK_VOICES = {"en": "en-us", "pt": "pt-br"}
"""Languages whose plain code is another voice than the one that presenters use."""


def espeak_phonemes(texts: Sequence[str], language: str) -> list[str] | None:
    """Return for each text how espeak-ng says it, in IPA with stress marks; None where it is not to be had.

    A part that it reads by the rules of another language stands between ``(en)`` and the like.
    """
    if not sys.executable:  # this program embeds Python
        return None
    code = language.lower()
    code = _ESPEAK_VOICES.get(code, code)
    try:
        result = subprocess.run(
            [sys.executable, "-P", str(Path(__file__).resolve()), code, code.split("-")[0]],
            input=json.dumps([text.replace("\0", " ") for text in texts]).encode("ascii"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=True,
        )
        said = json.loads(result.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return said if isinstance(said, list) and len(said) == len(texts) else None


def _main(voices: Sequence[str]) -> None:
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = os.fsencode(espeakng_loader.get_data_path())
    if library.espeak_Initialize(2, 60, data, 0x8000) <= 0:  # synchronous; do not exit
        raise SystemExit("espeak-ng finds no data")
    if all(library.espeak_SetVoiceByName(voice.encode()) for voice in voices):
        raise SystemExit("espeak-ng has no such voice")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int)

    def phonemes(text: str) -> str:
        buffer = ctypes.create_string_buffer(text.encode("utf-8", "ignore"))
        rest = ctypes.c_void_p(ctypes.addressof(buffer))
        said = []
        while rest.value:
            said.append((library.espeak_TextToPhonemes(ctypes.byref(rest), 1, 2) or b"").decode("utf-8", "replace"))
        return " ".join(" ".join(said).split())

    sys.stdout.write(json.dumps([phonemes(text) for text in json.load(sys.stdin)]))


if __name__ == "__main__":
    _main(sys.argv[1:])
