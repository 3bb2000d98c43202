"""The worker of the default engine: thousands of utterances in a row, and every way to die under the real engine."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import aidj.voice
from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice import Delivery, Engine, Sound, load_engine
from aidj.voice.espeak import EspeakEngine
from aidj.voice.worker import python_worker

DELIVERY = Delivery(language="en", voice="en-us+f2")
FAULTS = {
    "hang": "time.sleep(600)",
    "kill -9": "os.killpg(0, 9)",
    "exit in C": "ctypes.CDLL(None).exit(0)",
    "garbage on stdout": "garbage()",
}

_FAULTY = """\
import ctypes, importlib.util, os, sys, time
spec = importlib.util.spec_from_file_location("real", {real!r})
real = importlib.util.module_from_spec(spec)
spec.loader.exec_module(real)
MODE, start, FLAG = real.MODE, real.start, {flag!r}

def garbage():
    for fd in range(3, 8):  # wherever the pipe is
        try:
            os.write(fd, b"Audio saved to nowhere\\n" * 3)
        except OSError:
            pass

def answer(request):
    left = len(open(FLAG).read()) if os.path.exists(FLAG) else 0
    if left:
        open(FLAG, "w").write("x" * (left - 1))
        {fault}
    return real.answer(request)
"""


@dataclass
class Soak:
    """What became of many utterances."""

    count: int = 0
    bad: list[str] = field(default_factory=list)
    """What was wrong, in words."""
    wall_ms: list[float] = field(default_factory=list)
    speech_s: float = 0.0
    memory_mb: list[float] = field(default_factory=list)
    """Of the worker: after a warm-up, and at the end."""


@dataclass(frozen=True)
class Death:
    """How a death was survived."""

    kind: str
    times: int
    """How often it came, on the same link."""
    lost: int
    """Links that were not said, of ten."""
    extra_s: float
    """How much longer the link took than its neighbours."""


def soak(texts: list[str], count: int) -> Soak:
    """Say texts over and over; bad is what fails, or what does not sound as it did the first time."""
    engine = load_engine("espeak")
    found, first = Soak(), dict[str, str]()
    for number in range(count):
        text = texts[number % len(texts)]
        begun = time.perf_counter()
        try:
            sound = engine.synthesise(SpokenText(text=text), DELIVERY)
        except VoiceError as problem:
            found.bad.append(f"{text[:40]!r}: {problem}")
            continue
        finally:
            found.count += 1
            found.wall_ms.append(1000 * (time.perf_counter() - begun))
        found.speech_s += len(sound.samples) / sound.rate
        known = first.setdefault(text, _print_of(sound))
        if known != _print_of(sound) or not _plausible(text, sound):
            found.bad.append(f"{text[:40]!r}: {len(sound.samples)} samples, {len(sound.words)} words")
        if number in (99, count - 1):
            found.memory_mb.append(_workers_mb())
    engine.close()
    return found


def hostile_texts() -> list[str]:
    """Return texts that nobody writes, as they come out of the cleaning."""
    from aidj.voice import load_pronunciation, spoken_text

    known = load_pronunciation("en")
    raw = (
        "word " * 190,
        "🎵🎶 a song 🎸 for you 💿",
        "tabs\tand\x00control\x07signs\x1b[31m in it",
        "\u202eright to left\u202c and فيروز",
        "<speak><break time='9s'/>[[n'Q]] & </prosody>",
        "1984, 3:45, 99 %, $5, #1, AC/DC",
    )
    return [spoken_text(text, language="en", pronunciation=known).text.text[:1000] for text in raw]


def _print_of(sound: Sound) -> str:
    return hashlib.sha256(sound.samples.tobytes() + repr(sound.words).encode()).hexdigest()


def _plausible(text: str, sound: Sound) -> bool:
    length_s, n_chars = len(sound.samples) / sound.rate, len(re.sub(r"\s", "", text))
    return 0.02 * n_chars < length_s < 1.0 + 0.3 * n_chars and float(np.abs(sound.samples).max()) > 0.05


def _workers_mb() -> float:
    """Return the memory of the largest process that this one has started."""
    answer = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True
    )
    return max((int(line) / 1024 for line in answer.stdout.split()), default=0.0)


def deaths() -> list[Death]:
    """Let the worker die at the fifth of ten links, once and then again as it is asked a second time."""
    logging.getLogger("aidj.voice.worker").setLevel(logging.ERROR)
    return [_die(kind, fault, times) for kind, fault in FAULTS.items() for times in (1, 2)]


def _die(kind: str, fault: str, times: int) -> Death:
    with tempfile.TemporaryDirectory() as folder:
        flag, script = Path(folder, "faults"), Path(folder, "faulty.py")
        real = Path(aidj.voice.__file__).with_name("espeak_worker.py")
        script.write_text(_FAULTY.format(real=str(real), flag=str(flag), fault=fault))
        engine = EspeakEngine(python_worker(str(script)))
        took = [_say(engine, flag, times if number == 4 else 0) for number in range(10)]
        engine.close()
    said = [seconds for seconds, lost in took if not lost]
    return Death(kind, times, sum(lost for _, lost in took), took[4][0] - float(np.median(said)))


def _say(engine: Engine, flag: Path, faults: int) -> tuple[float, bool]:
    """Return how long a link took, and whether it is lost."""
    if faults:
        flag.write_text("x" * faults)
    begun = time.perf_counter()
    try:
        sound = engine.synthesise(SpokenText(text="The next song is an old friend."), DELIVERY)
        lost = not _plausible("The next song is an old friend.", sound)
    except VoiceError:
        lost = True
    return time.perf_counter() - begun, lost
