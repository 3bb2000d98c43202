"""Whether two songs that are laid beat on beat really are: on true beats where they are known, on the sound where not.

Conventions: seconds count on the mix's clock unless named otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile
from measuring import Row
from numpy.typing import NDArray
from seam_measures import Samples, phase_errors_s
from seam_sessions import NOW, RATE, Heard, Seam, hear
from seam_truths import TESTS

from aidj.home import Home
from aidj.output.seam_excerpts import alone, clock_of, file_starts

MEDIAN_S, MAX_S = 0.010, 0.025
_HOP_S = 0.005
_FRAME = 1024
_SHORTEST_S = 2.0

STYLES_IN_A_ROW = (
    *(("hip hop", 86.0), ("hip hop", 90.0), ("uneven tempo", 92.74), ("rock", 97.0), ("rock", 100.0), ("rock", 106.0)),
    *(("rock", 112.0), ("house", 118.0), ("rock", 120.0), ("house", 122.3), ("house", 126.0), ("house", 131.0)),
    *(("drum and bass", 170.0), ("drum and bass", 174.0)),
)
"""Songs that lie near enough in tempo to be matched; their true beats are known."""


def beatmix_rows(of: str, heard: Heard, true_beats: Mapping[Path, NDArray[np.float64]]) -> list[Row]:
    """Return the phase errors of a session's beatmixed pairs: on true beats where both are known, and on the onsets.

    Parameters
    ----------
    true_beats : mapping of Path to ndarray
        The beats of songs whose truth is known, on their files' clocks.
    """
    mixed = [seam for seam in heard.seams if seam.kind == "beatmix"]
    if not mixed:
        print(f"skipped: {of}: phase of beatmixed pairs, as no pair was beatmixed")
        return []
    rows: list[Row] = []
    errors = [
        phase_of(heard, seam, true_beats) for seam in mixed if {seam.before.path, seam.after.path} <= true_beats.keys()
    ]
    errors = [error for error in errors if len(error)]
    if errors:
        every = np.concatenate(errors)
        said = f"{of}: phase error on true beats, {len(errors)} beatmixes, {len(every)} beats"
        rows += [
            Row(
                f"{said}: median", 1000 * float(np.median(every)), "ms", "<= 10", "", None, np.median(every) <= MEDIAN_S
            ),
            Row(f"{said}: largest", 1000 * float(every.max()), "ms", "<= 25", "", None, every.max() <= MAX_S),
        ]
    lags = [lag for seam in mixed if (lag := onset_lag_s(heard, seam)) is not None]
    if lags:
        size = np.abs(lags)
        said = f"{of}: shift that would fit the onsets better, {len(lags)} of {len(mixed)} beatmixes"
        rows += [
            Row(f"{said}: median", 1000 * float(np.median(size)), "ms", "<= 10", "", None, np.median(size) <= MEDIAN_S),
            Row(f"{said}: largest", 1000 * float(size.max()), "ms", "", "", None, ok=True),
        ]
    return rows


def overlap_s(seam: Seam) -> tuple[float, float]:
    """Return from when to when both songs of a seam sound."""
    return seam.after.start_s, seam.before.end_s


def phase_of(heard: Heard, seam: Seam, true_beats: Mapping[Path, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the distance of the beats of both songs within the overlap, shape (n,), on their true beats."""
    before, after = (
        clock_of(clip).to_timeline(file_starts(clip, RATE)[mark.path] + true_beats[mark.path] * RATE) / RATE
        for clip, mark in ((seam.clip_before, seam.before), (seam.clip_after, seam.after))
        if mark.path
    )
    return phase_errors_s(before, after, *overlap_s(seam))


def onset_lag_s(heard: Heard, seam: Seam) -> float | None:
    """Return by how much the next song would have to begin later for both songs' onsets to coincide best.

    Measured on both as they are played, each alone, without a beat tracker; None where the overlap is too short, or
    the beat not known. Kinds of sound differ in how soon they are heard, so some milliseconds mean nothing.
    """
    first_s, last_s = overlap_s(seam)
    rhythm = next(
        (
            heard.analyses[mark.path].rhythm
            for mark in (seam.before, seam.after)
            if mark.path in heard.analyses and heard.analyses[mark.path].rhythm
        ),
        None,
    )
    if rhythm is None or last_s - first_s < _SHORTEST_S:
        return None
    start, n_frames = round(first_s * RATE), round((last_s - first_s) * RATE)
    before, after = (
        onsets(alone(clip, mark.path, RATE, start, n_frames), RATE)
        for clip, mark in ((seam.clip_before, seam.before), (seam.clip_after, seam.after))
        if mark.path
    )
    reach = min(round(30 / rhythm.bpm / _HOP_S), len(before) // 2)
    lags = np.arange(-reach, reach + 1)
    inner = before[reach : len(before) - reach]
    scores = [float(inner @ after[reach - lag : len(after) - reach - lag]) for lag in lags]
    return float(lags[int(np.argmax(scores))] * _HOP_S)


def onsets(samples: Samples, rate: int) -> NDArray[np.float64]:
    """Return how much louder the spectrum becomes every 5 ms, mean 0, shape (n,): half-wave rectified log flux."""
    hop = round(_HOP_S * rate)
    mono = np.pad(samples.mean(axis=1), (_FRAME // 2, _FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(mono, _FRAME)[::hop][: len(samples) // hop]
    spectrum = np.log1p(100 * np.abs(np.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32))))
    flux = np.maximum(np.diff(spectrum, axis=0, prepend=spectrum[:1]), 0).sum(axis=1).astype(np.float64)
    return np.asarray(flux - flux.mean())


def hear_styles(home: Home, folder: Path) -> tuple[Heard, dict[Path, NDArray[np.float64]]] | None:
    """Render songs of many styles, in the order of their tempo; return them with their true beats by file."""
    if not (TESTS / "made_up_rhythms.py").is_file():
        return None
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    import made_up_rhythms as made

    folder.mkdir(parents=True)
    truths: dict[Path, NDArray[np.float64]] = {}
    for number, (style, bpm) in enumerate(STYLES_IN_A_ROW):
        song = made.steady(style, bpm)
        path = folder / f"{number:02d} {style} {bpm:g}.wav"
        soundfile.write(path, song.samples, RATE, subtype="FLOAT")
        truths[path] = song.beats_s
        made.steady.cache_clear()
    home.library.scan([folder], now=NOW)
    tracks = sorted(home.library.tracks([folder]), key=lambda track: track.path.name)
    return hear(home, tracks), truths
