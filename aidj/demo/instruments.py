"""The orchestra: every pitched instrument by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aidj.demo.effects import Samples
from aidj.demo.synth import Envelope, Wave, fm_note, mix, plucked_note, struck_note, wave_note

Patch = Callable[[int, float, np.random.Generator], Samples]
"""Pitch, seconds held, randomness -> a note, shape (n,) or (n, 2)."""


def _wave(wave: Wave) -> Patch:
    return lambda midi, held_s, rng: wave_note(wave, midi, held_s, rng)


def _epiano(midi: int, held_s: float, rng: np.random.Generator) -> Samples:
    body = fm_note(midi, held_s, ratio=1.0, index=1.3, ring_s=1.6, bright_s=0.7)
    tine = fm_note(midi, held_s, ratio=14.0, index=0.9, ring_s=0.25, bright_s=0.1) * np.float32(0.18)
    return mix((body, tine))


def _vibes(midi: int, held_s: float, rng: np.random.Generator) -> Samples:
    bar = fm_note(midi, held_s, ratio=4.0, index=0.5, ring_s=1.8, bright_s=0.25, damp_s=0.5)
    return bar * (1 + 0.25 * np.sin(2 * np.pi * 5.1 * np.arange(len(bar)) / 44100)).astype(np.float32)


def _music_box(midi: int, held_s: float, rng: np.random.Generator) -> Samples:
    comb = fm_note(midi, max(held_s, 0.6), ratio=5.4, index=0.7, ring_s=0.9, bright_s=0.08, damp_s=0.9)
    return mix((comb, fm_note(midi + 12, 0.4, ratio=3.0, index=0.3, ring_s=0.3, bright_s=0.1) * np.float32(0.25)))


def _upright(midi: int, held_s: float, rng: np.random.Generator) -> Samples:
    string = plucked_note(midi, held_s, rng, ring_s=1.6, dull=0.5, where=0.3, damp_s=0.08)
    body = wave_note(
        Wave(shape="triangle", amp=Envelope(0.004, 0.9, 0.35, 0.08), cutoff_hz=500, sweep_octaves=1), midi, held_s, rng
    )
    return mix((string * np.float32(0.5), body))


def _bell(midi: int, held_s: float, rng: np.random.Generator) -> Samples:
    return fm_note(midi, held_s, ratio=3.51, index=1.6, ring_s=2.4, bright_s=1.1, damp_s=1.5)


PATCHES: dict[str, Patch] = {
    "warm_pad": _wave(
        Wave(
            amp=Envelope(0.35, 1.0, 0.85, 1.1),
            cutoff_hz=1500,
            sweep_octaves=1.2,
            sweep_s=0.9,
            swell=True,
            unison=4,
            detune_cents=11,
            stereo=True,
        )
    ),
    "glass_pad": _wave(
        Wave(
            shape="triangle",
            amp=Envelope(1.2, 1.0, 0.9, 2.5),
            cutoff_hz=2600,
            sweep_octaves=2,
            sweep_s=2.0,
            swell=True,
            unison=4,
            detune_cents=7,
            stereo=True,
            noise=0.004,
        )
    ),
    "strings": _wave(
        Wave(
            amp=Envelope(0.16, 0.5, 0.9, 0.5),
            cutoff_hz=3000,
            unison=4,
            detune_cents=9,
            stereo=True,
            vibrato_cents=9,
            resonance=0.7,
        )
    ),
    "stab": _wave(
        Wave(
            amp=Envelope(0.004, 0.35, 0.35, 0.18),
            cutoff_hz=900,
            sweep_octaves=2.4,
            sweep_s=0.12,
            resonance=1.4,
            unison=4,
            detune_cents=12,
            stereo=True,
        )
    ),
    "pluck_synth": _wave(
        Wave(
            amp=Envelope(0.003, 0.35, 0.1, 0.2),
            cutoff_hz=700,
            sweep_octaves=2.6,
            sweep_s=0.1,
            resonance=1.2,
            unison=2,
            detune_cents=7,
            stereo=True,
        )
    ),
    "synth_bass": _wave(
        Wave(
            amp=Envelope(0.004, 0.3, 0.7, 0.05),
            cutoff_hz=420,
            sweep_octaves=2.2,
            sweep_s=0.11,
            resonance=1.3,
            unison=2,
            detune_cents=5,
            sub=0.35,
        )
    ),
    "sub_bass": _wave(Wave(shape="triangle", amp=Envelope(0.008, 0.4, 0.85, 0.06), cutoff_hz=300, sweep_octaves=1.0)),
    "reese": _wave(
        Wave(amp=Envelope(0.01, 0.5, 0.9, 0.08), cutoff_hz=520, sweep_octaves=0.8, unison=3, detune_cents=16, sub=0.5)
    ),
    "electric_bass": _wave(
        Wave(amp=Envelope(0.004, 0.5, 0.6, 0.06), cutoff_hz=650, sweep_octaves=1.6, sweep_s=0.15, sub=0.15)
    ),
    "upright_bass": _upright,
    "lead": _wave(
        Wave(
            amp=Envelope(0.012, 0.4, 0.75, 0.12),
            cutoff_hz=2600,
            sweep_octaves=1.0,
            unison=2,
            detune_cents=6,
            vibrato_cents=22,
        )
    ),
    "square_lead": _wave(
        Wave(shape="square", amp=Envelope(0.01, 0.3, 0.75, 0.1), cutoff_hz=2200, sweep_octaves=1.0, vibrato_cents=18)
    ),
    "chip_lead": _wave(
        Wave(shape="pulse", amp=Envelope(0.001, 0.25, 0.6, 0.02), cutoff_hz=15000, vibrato_cents=14, vibrato_hz=6.5)
    ),
    "chip_square": _wave(Wave(shape="square", amp=Envelope(0.001, 0.15, 0.45, 0.02), cutoff_hz=12000)),
    "chip_bass": _wave(Wave(shape="triangle", amp=Envelope(0.001, 0.2, 1.0, 0.015), cutoff_hz=6000)),
    "brass": _wave(
        Wave(
            amp=Envelope(0.04, 0.3, 0.85, 0.12),
            cutoff_hz=2400,
            sweep_octaves=1.6,
            sweep_s=0.12,
            swell=True,
            unison=3,
            detune_cents=8,
            stereo=True,
        )
    ),
    "flute": _wave(
        Wave(shape="triangle", amp=Envelope(0.06, 0.3, 0.9, 0.12), cutoff_hz=1800, vibrato_cents=16, noise=0.02)
    ),
    "accordion": _wave(
        Wave(
            shape="pulse",
            amp=Envelope(0.05, 0.2, 0.95, 0.08),
            cutoff_hz=3200,
            unison=3,
            detune_cents=13,
            stereo=True,
            resonance=0.7,
        )
    ),
    "organ": _wave(
        Wave(shape="888400003", amp=Envelope(0.008, 0.1, 1.0, 0.06), cutoff_hz=9000, vibrato_cents=7, vibrato_hz=6.2)
    ),
    "soft_organ": _wave(Wave(shape="838000000", amp=Envelope(0.02, 0.1, 1.0, 0.12), cutoff_hz=3000, vibrato_cents=5)),
    "epiano": _epiano,
    "vibes": _vibes,
    "bell": _bell,
    "music_box": _music_box,
    "piano": lambda midi, held_s, rng: struck_note(midi, held_s, rng),
    "felt_piano": lambda midi, held_s, rng: struck_note(midi, held_s, rng, hardness=0.62) * np.float32(1.15),
    "nylon": lambda midi, held_s, rng: plucked_note(midi, held_s, rng, ring_s=2.6, dull=0.42, where=0.3),
    "steel": lambda midi, held_s, rng: plucked_note(midi, held_s, rng, ring_s=4.5, dull=0.22, where=0.14),
    "electric_guitar": lambda midi, held_s, rng: plucked_note(midi, held_s, rng, ring_s=7.0, dull=0.34, damp_s=0.05),
    "upright_pluck": lambda midi, held_s, rng: plucked_note(midi, held_s, rng, ring_s=2.0, dull=0.48, where=0.25),
}
