"""Drums from envelopes and noise. A kit is a set of named drums; each returns mono samples, shape (n,), peak near 1."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from aidj.demo.effects import RATE, Samples, shaped_noise

Drum = Callable[[np.random.Generator], Samples]


def _t(length_s: float) -> Samples:
    return np.asarray(np.arange(int(length_s * RATE)) / RATE, np.float32)


def _peak(samples: Samples, level: float = 1.0) -> Samples:
    tail = min(len(samples), 400)
    samples[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32)
    return np.asarray(samples * (level / np.max(np.abs(samples))), np.float32)


def kick(
    rng: np.random.Generator, *, low_hz: float = 48, sweep_hz: float = 180, fall_s: float = 0.16, click: float = 0.25
) -> Samples:
    """A falling sine with a click."""
    t = _t(fall_s * 3.2)
    cycles = low_hz * t + sweep_hz * 0.028 * (1 - np.exp(-t / 0.028))
    body = np.sin(2 * np.pi * cycles) * np.exp(-t / fall_s) * np.minimum(1, t / 0.0012)
    body = np.tanh(1.7 * body)
    return _peak(body + click * shaped_noise(rng, len(t), 1500, 6000) * np.exp(-t / 0.004) * 0.4)


def snare(
    rng: np.random.Generator, *, tone_hz: float = 190, fall_s: float = 0.13, rattle: float = 0.8, low_hz: float = 1200
) -> Samples:
    """Two modes of the skin and the rattle of the wires."""
    t = _t(fall_s * 3.5)
    skin = (np.sin(2 * np.pi * tone_hz * t) + 0.6 * np.sin(2 * np.pi * tone_hz * 1.62 * t)) * np.exp(-t / 0.055)
    wires = shaped_noise(rng, len(t), low_hz, 9000) * (np.exp(-t / fall_s) + 0.8 * np.exp(-t / 0.012)) * 0.33
    return _peak((skin * 0.7 + rattle * wires) * np.minimum(1, t / 0.0008))


def clap(rng: np.random.Generator) -> Samples:
    """Several hands, not quite together."""
    t = _t(0.4)
    out = shaped_noise(rng, len(t), 900, 4500) * np.exp(-t / 0.09) * 0.5
    for late_s in (0.0, 0.011, 0.021, 0.03):
        out += shaped_noise(rng, len(t), 900, 5000) * np.where(t >= late_s, np.exp(-(t - late_s) / 0.006), 0)
    return _peak(out.astype(np.float32))


def cymbal(rng: np.random.Generator, *, fall_s: float, low_hz: float = 6500, metal: float = 0.5) -> Samples:
    """Noise and clashing squares: hi-hats, rides and crashes by their length."""
    t = _t(fall_s * 4)
    out = shaped_noise(rng, len(t), low_hz, 14000) * 0.4
    for f in (3170.0, 4310.0, 5230.0, 6110.0, 7940.0, 9260.0):
        out += metal * 0.22 * np.sin(2 * np.pi * f * t + 2.1 * np.sin(2 * np.pi * f * 1.483 * t))
    return _peak(out * np.exp(-t / fall_s) * np.minimum(1, t / 0.0006))


def tom(rng: np.random.Generator, *, low_hz: float) -> Samples:
    """A falling tone with some skin."""
    t = _t(0.5)
    cycles = low_hz * t + low_hz * 0.5 * 0.05 * (1 - np.exp(-t / 0.05))
    return _peak(
        np.sin(2 * np.pi * cycles) * np.exp(-t / 0.16) + 0.1 * shaped_noise(rng, len(t), 400, 3000) * np.exp(-t / 0.03)
    )


def block(rng: np.random.Generator, *, pitch_hz: float = 1700, fall_s: float = 0.02) -> Samples:
    """A short ringing knock: rim, clave, wood block."""
    t = _t(fall_s * 6)
    ring = np.sin(2 * np.pi * pitch_hz * t) + 0.5 * np.sin(2 * np.pi * pitch_hz * 1.51 * t)
    return _peak((ring + 0.3 * shaped_noise(rng, len(t), 1000, 7000)) * np.exp(-t / fall_s))


def shaker(rng: np.random.Generator, *, fall_s: float = 0.045) -> Samples:
    """Seeds in a box: a soft rise and fall."""
    t = _t(fall_s * 4)
    return _peak(shaped_noise(rng, len(t), 4500, 11000) * (t / 0.018) * np.exp(1 - t / 0.018) + np.float32(0))


def brush(rng: np.random.Generator, *, length_s: float = 0.22) -> Samples:
    """A sweep over the skin."""
    t = _t(length_s)
    return _peak(shaped_noise(rng, len(t), 1500, 7000) * np.sin(np.pi * t / length_s) ** 1.5)


def chip_noise(rng: np.random.Generator, *, hold: int, fall_s: float) -> Samples:
    """Noise as an old sound chip made it: random levels held for some samples."""
    n = int(fall_s * 4 * RATE)
    levels = np.repeat(rng.choice((-1.0, 1.0), n // hold + 1), hold)[:n].astype(np.float32)
    return _peak(levels * np.exp(-np.arange(n) / RATE / fall_s).astype(np.float32))


_HAT = partial(cymbal, fall_s=0.035)
_OPEN = partial(cymbal, fall_s=0.16)
_CRASH = partial(cymbal, fall_s=0.6, low_hz=3500)
_RIDE = partial(cymbal, fall_s=0.28, low_hz=5000, metal=0.9)
_TOMS = {"tom1": partial(tom, low_hz=165), "tom2": partial(tom, low_hz=122), "tom3": partial(tom, low_hz=86)}

# Drum -> (how it is made, level in dB, place -1 to 1)
KITS: dict[str, dict[str, tuple[Drum, float, float]]] = {
    "machine": {
        "kick": (partial(kick, low_hz=50, sweep_hz=210), 0, 0),
        "snare": (partial(snare, tone_hz=180, fall_s=0.16, rattle=1.0), -4, 0),
        "clap": (clap, -6, 0.1),
        "hat": (_HAT, -15, 0.25),
        "open": (_OPEN, -15, 0.25),
        "crash": (_CRASH, -11, -0.3),
        "tom1": (_TOMS["tom1"], -5, -0.4),
        "tom2": (_TOMS["tom2"], -5, 0.0),
        "tom3": (_TOMS["tom3"], -4, 0.4),
    },
    "house": {
        "kick": (partial(kick, low_hz=47, sweep_hz=260, fall_s=0.2, click=0.4), 1, 0),
        "clap": (clap, -6, 0),
        "hat": (partial(cymbal, fall_s=0.028, metal=0.3), -15, 0.3),
        "open": (partial(cymbal, fall_s=0.12, low_hz=7500), -12, -0.15),
        "shaker": (shaker, -15, -0.35),
        "crash": (_CRASH, -11, 0.2),
        "rim": (partial(block, pitch_hz=820, fall_s=0.025), -12, -0.4),
        "conga": (partial(tom, low_hz=210), -11, 0.45),
    },
    "rock": {
        "kick": (partial(kick, low_hz=58, sweep_hz=140, fall_s=0.11, click=0.7), 0, 0),
        "snare": (partial(snare, tone_hz=205, fall_s=0.15, rattle=1.0, low_hz=900), -1.5, 0),
        "hat": (partial(cymbal, fall_s=0.045, low_hz=5500), -13, 0.35),
        "open": (partial(cymbal, fall_s=0.3, low_hz=5000), -14, 0.35),
        "ride": (_RIDE, -14, -0.35),
        "crash": (_CRASH, -8, -0.3),
        "tom1": (_TOMS["tom1"], -4, -0.4),
        "tom2": (_TOMS["tom2"], -4, 0.1),
        "tom3": (_TOMS["tom3"], -3, 0.4),
    },
    "brushes": {
        "kick": (partial(kick, low_hz=55, sweep_hz=60, fall_s=0.12, click=0.1), -5, 0),
        "snare": (partial(snare, tone_hz=210, fall_s=0.09, rattle=0.7), -10, 0.05),
        "brush": (brush, -16, 0.15),
        "rim": (partial(block, pitch_hz=1350), -11, 0.1),
        "hat": (_HAT, -19, 0.3),
        "ride": (_RIDE, -18, -0.3),
        "shaker": (shaker, -17, 0.4),
        "crash": (_CRASH, -15, -0.3),
        "surdo": (partial(tom, low_hz=70), -5, -0.1),
        "clave": (partial(block, pitch_hz=2450, fall_s=0.03), -17, -0.35),
    },
    "dusty": {
        "kick": (partial(kick, low_hz=52, sweep_hz=90, fall_s=0.15, click=0.08), 0, 0),
        "snare": (partial(snare, tone_hz=165, fall_s=0.1, rattle=0.6, low_hz=700), -4, 0),
        "rim": (partial(block, pitch_hz=1100), -9, 0.15),
        "hat": (partial(cymbal, fall_s=0.03, low_hz=4800, metal=0.2), -17, 0.25),
        "open": (partial(cymbal, fall_s=0.12, low_hz=4500, metal=0.2), -18, 0.25),
        "ride": (_RIDE, -17, -0.3),
    },
    "breaks": {
        "kick": (partial(kick, low_hz=56, sweep_hz=190, fall_s=0.1, click=0.5), 0, 0),
        "snare": (partial(snare, tone_hz=225, fall_s=0.12, rattle=1.1, low_hz=1000), -1, 0),
        "hat": (partial(cymbal, fall_s=0.03), -13, 0.3),
        "ride": (_RIDE, -15, -0.3),
        "crash": (_CRASH, -9, 0.2),
        "tom2": (_TOMS["tom2"], -6, -0.2),
    },
    "chip": {
        "kick": (partial(kick, low_hz=60, sweep_hz=400, fall_s=0.06, click=0), 0, 0),
        "snare": (partial(chip_noise, hold=5, fall_s=0.06), -7, 0),
        "hat": (partial(chip_noise, hold=1, fall_s=0.014), -14, 0),
        "crash": (partial(chip_noise, hold=3, fall_s=0.22), -12, 0),
    },
}
