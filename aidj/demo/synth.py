"""Ways of making a note: wavetables behind a moving filter, frequency modulation, struck partials, plucked strings.

Each function returns float32 samples at `RATE`, shape (n,) or (n, 2), about 0.3 RMS at velocity 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aidj.demo.effects import RATE, Samples
from aidj.demo.theory import hz

_TABLE = 2048
_CUTOFFS_HZ = np.geomspace(90.0, 16000.0, 24)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Loudness over a note: rise, fall to a level held until the note ends, release. Seconds; `sustain` 0 to 1."""

    attack_s: float = 0.005
    decay_s: float = 0.3
    sustain: float = 0.7
    release_s: float = 0.1

    def over(self, held_s: float) -> NDArray[np.float32]:
        """Evaluate it for a note held so long; the result is longer by the release."""
        n_held = max(int(held_s * RATE), int(self.attack_s * RATE) + 1)
        t = np.arange(n_held) / RATE
        level = self.sustain + (1 - self.sustain) * np.exp(-np.maximum(t - self.attack_s, 0) / (self.decay_s / 2.5))
        level *= np.sin(np.minimum(t / max(self.attack_s, 1e-4), 1) * np.pi / 2)
        n_free = int(self.release_s * RATE) + 64
        free = np.arange(1, n_free + 1) / n_free
        return np.concatenate([level, level[-1] * np.exp(-4.5 * free) * (1 - free)]).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A subtractive synthesiser's settings."""

    shape: str = "saw"
    """``saw``, ``square``, ``pulse`` (a quarter), ``triangle``, ``sine``, or drawbars as nine digits."""
    amp: Envelope = Envelope()
    cutoff_hz: float = 8000.0
    """Of the low-pass filter, once its envelope has passed."""
    sweep_octaves: float = 0.0
    """How far above that the filter starts."""
    sweep_s: float = 0.2
    swell: bool = False
    """The filter opens with the attack instead of closing after it."""
    resonance: float = 0.8
    follow: float = 0.4
    """How far the filter follows the pitch above C4, 0 to 1."""
    unison: int = 1
    detune_cents: float = 0.0
    stereo: bool = False
    vibrato_cents: float = 0.0
    vibrato_hz: float = 5.4
    sub: float = 0.0
    """A sine an octave lower, its share."""
    noise: float = 0.0
    """Breath, its share."""


def _harmonics(shape: str, count: int) -> NDArray[np.float64]:
    h = np.arange(1, count + 1, dtype=float)
    if shape == "saw":
        return 0.62 / h
    if shape == "square":
        return np.where(h % 2 == 1, 0.75 / h, 0.0)
    if shape == "pulse":
        return 0.8 * np.sin(np.pi * h / 4) / h
    if shape == "triangle":
        return np.where(h % 2 == 1, 0.85 / h**2 * np.where(h % 4 == 1, 1, -1), 0.0)
    if shape == "sine":
        return np.where(h == 1, 0.8, 0.0)
    amounts = np.zeros(max(count, 16))
    for harmonic, digit in zip((1, 3, 2, 4, 6, 8, 10, 12, 16), shape, strict=True):
        amounts[harmonic - 1] = 0.0 if digit == "0" else 10 ** ((int(digit) - 8) * 3 / 20)
    return np.asarray(amounts[:count] * 0.55 / np.sqrt(np.sum(amounts**2)))


@lru_cache(maxsize=256)
def _bank(shape: str, midi: int, resonance: float) -> NDArray[np.float32]:
    """Single cycles of a wave behind each filter setting, flat, 24 x 2048 values; nothing above 17 kHz."""
    f0 = hz(midi)
    count = int(min(17000 / f0, _TABLE // 2 - 1))
    amounts = _harmonics(shape, count)
    x = f0 * np.arange(1, count + 1) / _CUTOFFS_HZ[:, None]
    response = 1 / np.sqrt((1 - x**2) ** 2 + (x / resonance) ** 2) / np.sqrt(1 + x**2)
    spectrum = np.zeros((len(_CUTOFFS_HZ), _TABLE // 2 + 1), complex)
    spectrum[:, 1 : count + 1] = -0.5j * _TABLE * amounts * response
    return np.fft.irfft(spectrum, axis=1).astype(np.float32).ravel()


def wave_note(wave: Wave, midi: int, held_s: float, rng: np.random.Generator) -> Samples:
    """Play a note of a wave; shape (n, 2) where the wave is stereo."""
    envelope = wave.amp.over(held_s)
    n = len(envelope)
    t = np.arange(n) / RATE
    bank = _bank(wave.shape, midi, wave.resonance)
    if wave.swell:
        open_octaves = wave.sweep_octaves * (np.minimum(t / wave.sweep_s, 1) - 1)
    else:
        open_octaves = wave.sweep_octaves * np.exp(-t / wave.sweep_s)
    octaves = np.log2(wave.cutoff_hz / _CUTOFFS_HZ[0]) + open_octaves + wave.follow * (midi - 60) / 12
    steps = octaves * (len(_CUTOFFS_HZ) - 1) / np.log2(_CUTOFFS_HZ[-1] / _CUTOFFS_HZ[0])
    steps = np.clip(steps, 0, len(_CUTOFFS_HZ) - 1.001)
    row = steps.astype(np.int64)
    blend = (steps - row).astype(np.float32)
    row *= _TABLE
    if not wave.sweep_octaves:  # the filter stands still: one cycle will do
        first = int(row[0])
        still = bank[first : first + _TABLE]
        bank = still + blend[0] * (bank[first + _TABLE : first + 2 * _TABLE] - still)
    bend = 0.0
    if wave.vibrato_cents:
        depth = wave.vibrato_cents * np.clip((t - 0.18) / 0.35, 0, 1)
        bend = np.cumsum(depth * np.sin(2 * np.pi * wave.vibrato_hz * t)) * (np.log(2) / 1200 / RATE)
    out = np.zeros((n, 2) if wave.stereo else n, np.float32)
    spread = np.linspace(-1, 1, wave.unison) if wave.unison > 1 else np.zeros(1)
    for i, position in enumerate(spread):
        f = hz(midi) * 2 ** (position * wave.detune_cents / 1200)
        cycles = f * (t + bend) + (rng.random() if wave.unison > 1 else 0.0)
        at = (cycles * _TABLE).astype(np.int64) & (_TABLE - 1)
        if not wave.sweep_octaves:
            voice = bank[at]
        else:
            at += row
            voice = bank[at]
            at += _TABLE
            voice += blend * (bank[at] - voice)
        if wave.stereo:
            side = 0.85 if i % 2 else 0.15
            out[:, 0] += voice * np.float32(np.sqrt(1 - side))
            out[:, 1] += voice * np.float32(np.sqrt(side))
        else:
            out += voice
    out *= np.float32(1 / np.sqrt(wave.unison))
    extra = np.zeros(n, np.float32)
    if wave.sub:
        extra += (wave.sub * 0.8 * np.sin(np.pi * hz(midi) * t)).astype(np.float32)
    if wave.noise:
        breath = rng.standard_normal(n).astype(np.float32)
        breath[1:] += 0.7 * breath[:-1]
        extra += np.float32(wave.noise) * breath
    if wave.sub or wave.noise:
        out += extra[:, None] if wave.stereo else extra
    return out * (envelope[:, None] if wave.stereo else envelope)


def fm_note(
    midi: int, held_s: float, *, ratio: float, index: float, ring_s: float, bright_s: float, damp_s: float = 0.15
) -> Samples:
    """Play a note of two-operator frequency modulation (Chowning 1973): bells, vibraphones, electric pianos.

    `index` falls with `bright_s`, loudness with `ring_s` until the note ends and the damper falls.
    """
    envelope = Envelope(0.002, ring_s * 2.5, 0.0, damp_s).over(held_s)
    t = np.arange(len(envelope)) / RATE
    w = 2 * np.pi * hz(midi)
    depth = index * np.exp(-t / bright_s) * min(1.0, (84 - midi) / 36 + 0.55)
    return (0.6 * np.sin(w * t + depth * np.sin(w * ratio * t))).astype(np.float32) * envelope


def struck_note(midi: int, held_s: float, rng: np.random.Generator, *, hardness: float = 1.0) -> Samples:
    """Play a piano-like note: slightly stretched partials, the high ones dying first, and the hammer's knock."""
    f0 = hz(midi)
    ring_s = float(np.clip(5.0 * 2 ** ((48 - midi) / 16), 0.5, 9.0))
    envelope = Envelope(0.002, 100.0, 1.0, 0.18).over(held_s)
    t = np.arange(len(envelope), dtype=np.float32) / RATE
    out = np.zeros(len(envelope), np.float32)
    for k in range(1, int(min(15, 9000 / f0)) + 1):
        f = f0 * k * np.sqrt(1 + 0.00035 * k * k)
        amount = 0.5 * k ** (-1.35 / hardness) * abs(np.sin(np.pi * k / 7.3)) / 0.45
        fall = np.exp(-t * np.float32((1 + 0.32 * (k - 1)) * 1.6 / ring_s))
        out += np.float32(amount) * fall * np.sin(np.float32(2 * np.pi * f) * t + np.float32(rng.uniform(0, 6.28)))
    knock = rng.standard_normal(600).astype(np.float32) * np.exp(-np.arange(600) / 90.0).astype(np.float32)
    out[: min(600, len(out))] += 0.04 * np.convolve(knock, np.ones(12, np.float32) / 4, "same")[: len(out)]
    return out * envelope


def plucked_note(
    midi: int,
    held_s: float,
    rng: np.random.Generator,
    *,
    ring_s: float = 3.0,
    dull: float = 0.3,
    where: float = 0.18,
    damp_s: float = 0.12,
) -> Samples:
    """Play a plucked string after Karplus and Strong (1983), one period of the loop at a time.

    `dull` (0 to 0.5) is the loop's averaging, `where` the place of the finger along the string.
    """
    envelope = Envelope(0.001, 100.0, 1.0, damp_s).over(held_s)
    f0 = hz(midi)
    period = max(8, int(RATE / f0 - dull))
    true_hz = RATE / (period + dull)
    n = int(len(envelope) * f0 / true_hz) + period + 8
    rows = n // period + 2
    burst = rng.uniform(-1, 1, period)
    burst = np.convolve(np.concatenate([burst[-6:], burst]), np.ones(4) / 2.6, "same")[6:]
    burst -= np.roll(burst, int(where * period))
    burst -= burst.mean()
    loop = np.zeros((rows, period), np.float32)
    loop[0] = burst * 0.55 / (np.sqrt(np.mean(burst**2)) + 1e-9)
    keep = np.float32(10 ** (-3 / (f0 * ring_s)))
    near, far = keep * np.float32(1 - dull), keep * np.float32(dull)
    for i in range(1, rows):
        loop[i, 1:] = near * loop[i - 1, 1:] + far * loop[i - 1, :-1]
        loop[i, 0] = near * loop[i - 1, 0] + far * loop[max(i - 2, 0), -1]
    at = np.arange(len(envelope)) * (f0 / true_hz)
    return np.asarray(np.interp(at, np.arange(loop.size), loop.ravel()), np.float32) * envelope


def mix(layers: Sequence[Samples]) -> Samples:
    """Add notes of different lengths, all of one channel."""
    out = np.zeros(max(len(layer) for layer in layers), np.float32)
    for layer in layers:
        out[: len(layer)] += layer
    return out
