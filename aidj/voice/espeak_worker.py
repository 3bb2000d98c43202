"""Speaks with espeak-ng, straight through its library; run by `serving`, needs nothing else of aidj.

Request: ``text``, ``voice`` (a language code with a variant, such as ``en-us+f2``), ``pace_wpm``, ``pitch_st``,
``phonemes`` (``[start, length, ipa]`` each). Answer: samples of 16 bits, ``rate``, ``voice``, ``words`` (``[start_s,
start_char]`` each; espeak-ng leaves some out).

Each utterance is spoken in a copy of the freshly initialised process: espeak-ng carries random numbers and the state of
its oscillators from one utterance into the next, and neither a seed nor any call brings them back.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import unicodedata
from pathlib import Path
from typing import Any

MODE = "fork"

_SYNCHRONOUS, _DO_NOT_EXIT, _BUFFER_MS = 2, 0x8000, 60
_UTF8, _PHONEMES = 0x01, 0x100
_WORD_EVENT, _PHONEME_EVENT = 1, 7
_RATE, _PITCH, _RANGE = 1, 3, 4
_MAX_PITCH, _USUAL_PITCH, _USUAL_RANGE = 99, 50, 50
_SEMITONES_PER_STEP = 12 / 50
"""Of the pitch parameter: espeak-ng's table doubles within 50 steps."""


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class _Heard:
    """What the library has handed over of the current call."""

    def __init__(self) -> None:
        self.samples = bytearray()
        self.words: list[tuple[int, int]] = []
        """Frame and offset of each, the offset counted from 1."""
        self.phonemes: list[str] = []

    def take(self, samples: int | None, n_frames: int, events: Any) -> int:
        """Keep samples and events; called by the library."""
        if samples and n_frames > 0:
            self.samples += ctypes.string_at(samples, 2 * n_frames)
        at = 0
        while events[at].type:
            if events[at].type == _WORD_EVENT:
                self.words.append((events[at].sample, events[at].position))
            elif events[at].type == _PHONEME_EVENT:
                self.phonemes.append(bytes(events[at].id.string).decode("utf-8", "ignore"))
            at += 1
        return 0


_espeak: Any = None
_sample_rate = 0
_bases: dict[str, str] = {}
"""Which voice file speaks each language code."""
_variants: frozenset[str] = frozenset()


def start() -> dict[str, Any]:
    """Load and initialise the library; return its version and its voices."""
    global _espeak, _sample_rate, _variants
    _espeak, data = _library()
    _espeak.espeak_Info.restype = ctypes.c_char_p
    _espeak.espeak_Synth.argtypes = [
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
        *(ctypes.c_void_p, ctypes.c_void_p),
    ]
    _sample_rate = _espeak.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data, _DO_NOT_EXIT)
    if _sample_rate <= 0:
        raise _RefusedError("espeak-ng does not find its data", "pip install --force-reinstall espeakng-loader")
    path = ctypes.c_char_p()
    version = (_espeak.espeak_Info(ctypes.byref(path)) or b"").split()
    folder = Path(os.fsdecode(path.value or b".")) / "voices" / "!v"
    with contextlib.suppress(OSError):
        _variants = frozenset(file.name for file in folder.iterdir())
    _bases.update(_language_files())
    return {
        "version": version[0].decode("ascii", "replace") if version else "unknown",
        "languages": _bases,
        "variants": sorted(_variants),
    }


def _library() -> tuple[Any, bytes | None]:
    """Return the library and where its data are: of the wheel, or else the system's."""
    problems = []
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
        # espeak-ng keeps the path of its data in 160 bytes and fails beyond; a relative one is always short.
        os.chdir(data.parent)
        return library, os.fsencode(data.name)
    except (ImportError, OSError) as problem:
        problems.append(str(problem))
    for name in ("libespeak-ng.so.1", "libespeak-ng.1.dylib", "libespeak-ng.dll"):
        try:
            return ctypes.CDLL(name), None
        except OSError as problem:
            problems.append(str(problem))
    raise _RefusedError(
        f"The espeak-ng library was not found ({'; '.join(problems[:2])})",
        "pip install espeakng-loader, or install your system's espeak-ng",
    )


def _language_files() -> dict[str, str]:
    _espeak.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    voices = _espeak.espeak_ListVoices(None)
    ranked: list[tuple[int, str, str]] = []
    at = 0
    while voices[at]:
        voice = voices[at].contents
        file = voice.identifier.decode("utf-8", "replace").rpartition("/")[2].lower()
        if not voice.identifier.startswith(b"mb/"):
            ranked.append((-1, file, file))  # a file always speaks its own code
            ranked += [(priority, code, file) for priority, code in _languages_of(voice)]
        at += 1
    return {code: file for _, code, file in sorted(ranked, reverse=True)}


def _languages_of(voice: _Voice) -> list[tuple[int, str]]:
    """Return a voice's language codes with how well it suits each (0 is best); a byte and a C string for each."""
    found: list[tuple[int, str]] = []
    at = voice.languages
    while at and (priority := ctypes.c_ubyte.from_address(at).value):
        code = ctypes.string_at(at + 1)
        found.append((priority, code.decode("utf-8", "replace").lower()))
        at += 2 + len(code)
    return found


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Speak one text."""
    voice = _set_voice(str(request["voice"]))
    _espeak.espeak_SetParameter(_RATE, int(request["pace_wpm"]), 0)
    _set_pitch(float(request.get("pitch_st", 0.0)))
    text, sources, has_phonemes = _input(str(request["text"]), request.get("phonemes") or [])
    heard = _synthesise(text, has_phonemes)
    words = [
        [round(frame / _sample_rate, 4), sources[offset - 1]]
        for frame, offset in heard.words
        if 1 <= offset <= len(sources)
    ]
    return {"rate": _sample_rate, "voice": voice, "words": words}, bytes(heard.samples)


def _set_voice(wanted: str) -> str:
    code, plus, variant = wanted.partition("+")
    file = _bases.get(code.lower())
    if file is None or (plus and variant not in _variants):
        raise _RefusedError(
            f"espeak-ng has no voice “{wanted}”", "use one of its languages such as en-us, with a variant such as +m6"
        )
    name = f"{file}{plus}{variant}"
    if _espeak.espeak_SetVoiceByName(name.encode()) != 0:
        raise _RefusedError(f"espeak-ng cannot load its voice “{wanted}”", "install espeakng-loader again")
    return name


def _set_pitch(semitones: float) -> None:
    """Move the voice by semitones: its base and, so that it sounds as lively as before, its range.

    espeak-ng lowers the base when the range widens; with its voices that takes about a quarter of the widening.
    """
    if not semitones:
        return
    factor = 2 ** (semitones / 12)
    step = _USUAL_PITCH + 12 * math.log2(max(0.1, 1.25 * factor - 0.25)) / _SEMITONES_PER_STEP
    _espeak.espeak_SetParameter(_PITCH, max(0, min(_MAX_PITCH, round(step))), 0)
    _espeak.espeak_SetParameter(_RANGE, max(0, min(100, round(_USUAL_RANGE * factor))), 0)


def _input(text: str, phonemes: list[list[Any]]) -> tuple[str, list[int], bool]:
    """Return what the library gets, where in the text each of its characters stands, and whether it has phonemes."""
    given: list[str] = []
    sources: list[int] = []
    at = 0
    for start_char, length, ipa in phonemes:
        code = _kirshenbaum(str(ipa))
        if not code or start_char < at or not _sounds_like(code, str(ipa)):
            continue
        given.append(_plain(text[at:start_char]))
        given.append(code)
        sources += [*range(at, start_char), *[start_char] * len(given[-1])]
        at = start_char + length
    has_phonemes = bool(given)
    given.append(_plain(text[at:]))
    sources += range(at, len(text))
    joined = "".join(given) if has_phonemes else given[-1]
    return joined, sources, has_phonemes


def _plain(text: str) -> str:
    """Return a text of the same length in which nothing is a command: no control characters, no brackets."""
    return "".join(" " if char in "[]" or unicodedata.category(char) in ("Cc", "Cs", "Co") else char for char in text)


def _synthesise(text: str, has_phonemes: bool) -> _Heard:
    _seed()
    heard = _Heard()
    callback = _Callback(heard.take)
    _espeak.espeak_SetSynthCallback(callback)
    data = text.encode("utf-8", "replace")
    _espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8 | (_PHONEMES if has_phonemes else 0), None, None)
    _espeak.espeak_Synchronize()
    return heard


def _seed() -> None:
    """Give the library a fixed seed: it takes the time of day, and breath and roughness of a voice are random."""
    try:
        _espeak.espeak_ng_SetRandSeed(ctypes.c_long(1))
    except AttributeError:  # before espeak-ng 1.52
        with contextlib.suppress(OSError, AttributeError, TypeError):
            ctypes.CDLL(None).srand(1)


_CODES = {
    "tʃ": "tS", "dʒ": "dZ", "iː": "i:", "ɑː": "A:", "ɔː": "O:", "uː": "u:", "ɜː": "3:", "eɪ": "eI", "aɪ": "aI",
    "ɔɪ": "OI", "aʊ": "aU", "oʊ": "oU", "əʊ": "oU", "ɪə": "i@", "eə": "e@", "ʊə": "U@",
    "ˈ": "'", "ˌ": ",", "θ": "T", "ð": "D", "ʃ": "S", "ʒ": "Z", "ŋ": "N", "ɲ": "n^", "ʎ": "l^", "ç": "C", "ʔ": "?",
    "ɹ": "r", "ɾ": "*", "ɡ": "g", "ɪ": "I", "ɛ": "E", "æ": "a", "ɑ": "A:", "ɒ": "0", "ɔ": "O", "ʊ": "U", "ʌ": "V",
    "ə": "@", "ɐ": "a#", "ɚ": "3", "ø": "Y", "œ": "W", "ᵻ": "I2", "ʁ": "r", "ː": ":",
    **{letter: letter for letter in "abcdefhijklmnoprstuvwxyz"}, "g": "g", ".": "", "\u0361": "",
}  # fmt: skip


_MAX_CODE_CHARS = 120
"""Of a word: the library has room for 200 phonemes, and crashes beyond."""


def _kirshenbaum(ipa: str) -> str:
    """Return espeak-ng's own input for a text in IPA; empty where a sign of it is unknown."""
    words = []
    for word in ipa.split():
        code, at = "", 0
        while at < len(word):
            sign = word[at : at + 2] if word[at : at + 2] in _CODES else word[at]
            if sign not in _CODES:
                return ""
            at += len(sign)
            is_whole = sign not in "ˈˌ" and word[at : at + 1] not in ("", "ː")
            code += _CODES[sign] + ("|" if is_whole else "")  # so that no two are read as one
        if not code or len(code) > _MAX_CODE_CHARS:
            return ""
        words.append(f"[[{code}]]")
    return " ".join(words)


_SAME = str.maketrans({"ɡ": "g", "ɹ": "r", "ʁ": "r", "ɐ": "a", "æ": "a", "ɑ": "a", "ɚ": "ə"})


def _letters(ipa: str, flap: str) -> str:
    """Return what counts of a text in IPA; a flap is an r or, between vowels in America, a t."""
    kept = "".join(char for char in ipa if unicodedata.category(char) in ("Ll", "Lo")).translate(_SAME)
    return kept.replace("əʊ", "oʊ").replace("ɾ", flap)


def _sounds_like(code: str, ipa: str) -> bool:
    """Return whether this voice really says a code as it is meant: each language has other phonemes.

    What sounds is asked of the library itself, in IPA; stress and length do not count, nor do near neighbours.
    """
    try:
        _espeak.espeak_ng_SetPhonemeEvents(1, 1)
    except AttributeError:
        return False
    heard = _synthesise(code, True)
    _espeak.espeak_ng_SetPhonemeEvents(0, 0)
    said = "".join(heard.phonemes)
    return any(_letters(said, flap) == _letters(ipa, flap) for flap in "rt")
