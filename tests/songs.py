"""Short songs for tests that need files but no music: chords with a pulse, composed in a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.home import open_home
from aidj.model import Listen
from aidj.output import write_audio_file

RATE = 44100


def pulse(seconds: float, *, seed: int = 0, level_db: float = -12.0, fade_s: float = 0.0) -> NDArray[np.float32]:
    """Return a pulsing chord, stereo; with a mastered fade at its end if wanted."""
    t = np.arange(round(seconds * RATE)) / RATE
    notes = 110 * 2 ** ((np.array([0, 4, 7, 12]) + seed % 12) / 12)
    chord = sum(np.sin(2 * np.pi * note * t + i) for i, note in enumerate(notes)) / len(notes)
    beat = 0.55 + 0.45 * np.cos(2 * np.pi * (1.5 + 0.1 * (seed % 7)) * t)
    noise = np.random.default_rng(seed).standard_normal(len(t)) * 0.05
    mono = (chord * beat + noise) * 10 ** (level_db / 20)
    if fade_s:
        mono *= np.clip((seconds - t) / fade_s, 0.0, 1.0)
    return np.stack([mono, mono * 0.9], axis=1).astype(np.float32)


def ticking(bpm: float, seconds: float, *, seed: int = 0, level_db: float = -12.0) -> NDArray[np.float32]:
    """Return drums in four with a bass at a steady tempo, stereo: kick, hat, snare, hat, an accent on each bar."""
    rng = np.random.default_rng(seed)
    n_frames = round(seconds * RATE)
    mono = np.zeros(n_frames + RATE)
    t = np.arange(RATE // 4) / RATE
    noise = rng.standard_normal(len(t))
    kick = np.sin(2 * np.pi * (50 * t + 12 * (1 - np.exp(-t * 30)))) * np.exp(-t * 14)
    snare, hat = noise * np.exp(-t * 25), np.diff(noise, prepend=0.0) * np.exp(-t * 90) * 0.3
    for beat in range(int(seconds * bpm / 60)):
        at = round(beat * 60 / bpm * RATE)
        accent = 1.3 if beat % 4 == 0 else 1.0
        for sound, gain in ((kick if beat % 2 == 0 else snare, accent), (hat, 1.0)):
            mono[at : at + len(t)] += gain * sound
        note = 55 * 2 ** ((0, 0, 7, 5)[beat // 4 % 4] / 12)
        mono[at : at + len(t)] += 0.4 * np.sin(2 * np.pi * note * t) * np.exp(-t * 6)
    mono = 10 ** (level_db / 20) * mono[:n_frames] / np.abs(mono).max()
    return np.stack([mono, mono], axis=1).astype(np.float32)


def write_song(path: Path, samples: NDArray[np.float32], **tags: str) -> Path:
    """Write a song; the suffix chooses the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_audio_file(path, [samples], rate=RATE, n_frames=len(samples), tags=tags)
    return path


def make_library(folder: Path, count: int = 12, seconds: float = 34.0) -> Path:
    """Write `count` songs by half as many artists, with tags."""
    for number in range(count):
        write_song(
            folder / f"{number:02d}.flac",
            pulse(seconds + number % 5, seed=number, level_db=-20 + number % 8, fade_s=4.0 * (number % 2)),
            artist=f"Test Artist {number % max(1, count // 2)}",
            title=f"Test Song {number}",
            album=f"Test Album {number // 2}",
            date=str(1990 + 3 * number),
        )
    return folder


def make_measured_home(folder: Path, music: Path, *, now: datetime) -> Path:
    """Make a data folder that knows the songs of another folder, all of them measured."""
    with open_home(folder) as home:
        home.library.scan([music], now=now)
        home.analyses.of(home.library.tracks())
    return folder


def listens(count: int, *, every_days: int, last: datetime, artist: str, title: str) -> list[Listen]:
    """Return evenly spaced listens, the last one at a moment."""
    at = last.astimezone(UTC).timestamp()
    return [
        Listen(
            listened_at=datetime.fromtimestamp(at - 86400 * every_days * back, UTC),
            artist=artist,
            title=title,
            source="test",
        )
        for back in range(count)
    ]
