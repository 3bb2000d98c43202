"""What is known of a demo song because it was composed that way: the ground truth of the analysers' tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aidj.demo.effects import RATE, Samples, loudness_lufs
from aidj.model import Ending

AUDIBLE_LU = 42.0
"""A 10 ms frame sounds if its level is within so much of the song's loudness (autocue's threshold for cue points)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongTruth:
    """Facts of one song, seconds from the file's start. `truth.json` holds these fields for each song.

    Beats, sung stretches, sections, the fade and the ending are exact by construction. `cue_in_s`, `cue_out_s` and
    `loudness_lufs` are measured on the finished samples, as a reverberation's last audible moment cannot be written.
    """

    slug: str
    duration_s: float
    bpm: float
    beats_per_bar: int
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    key: str
    """``Am``, ``Eb``: tonic, and ``m`` for minor."""
    ending: Ending
    first_onset_s: float
    """When the first note begins; a soft attack is heard a little later."""
    last_onset_s: float
    release_s: float
    """When the last notes are let go, are cut off (cold), begin to die away (long tail), or are inaudible (fade)."""
    fade_start_s: float | None
    fade_end_s: float | None
    cue_in_s: float
    """First 10 ms frame within 42 LU of the song's loudness."""
    cue_out_s: float
    """End of the last such frame."""
    sung_s: tuple[tuple[float, float], ...]
    """Stretches of singing, first consonant to end of the last note; rests under 0.3 s are part of a stretch."""
    intro_end_s: float | None
    """The first singing; None for instrumental music."""
    sections: tuple[tuple[str, float, float], ...]
    """Name, start, end."""
    lines: tuple[tuple[float, float, str], ...]
    """Sung lines: start, end, words."""
    loudness_lufs: float


def audible_span_s(samples: Samples, loudness: float) -> tuple[float, float]:
    """Return where the first and the last 10 ms frame within `AUDIBLE_LU` of a loudness begin and end."""
    hop = RATE // 100
    n = len(samples) // hop
    flat = samples[: n * hop].reshape(n, hop * 2)
    power = np.einsum("ij,ij->i", flat, flat) / hop
    loud = np.flatnonzero(power > 10 ** ((loudness - AUDIBLE_LU) / 10))
    if not len(loud):
        return 0.0, n * hop / RATE
    return float(loud[0] * hop / RATE), float((loud[-1] + 1) * hop / RATE)


def merge_ranges(ranges: Sequence[tuple[float, float]], gap_s: float = 0.3) -> tuple[tuple[float, float], ...]:
    """Join stretches that overlap or lie closer than a gap."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(ranges):
        if merged and start - merged[-1][1] < gap_s:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def measured(samples: Samples) -> tuple[float, float, float]:
    """Return integrated loudness, first and last audible moment of a finished song."""
    loudness = loudness_lufs(samples)
    return (loudness, *audible_span_s(samples, loudness))
