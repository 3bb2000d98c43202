"""What the order of songs is judged by: tempo, key, energy and year, each None where it is not known.

A song is one thing beside the song before it and another beside the one after: keys and energy are told for its opening
and its closing as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import Summary
from aidj.keys import parse_key
from aidj.model import Analysis, Key, Track

T = TypeVar("T")

SLOWEST_BPM, FASTEST_BPM = 40.0, 250.0
"""Tempi outside are mistakes of a tagger."""
SURE_TEMPO, SURE_KEY = 0.3, 0.4
"""Confidence from which a measured tempo or key counts. Mixing beat on beat asks for more."""
EDGE_S = 20.0
"""Over so many seconds the energy of an opening or a closing is taken, as `Summary` has it."""
QUIETEST_LUFS, LOUDEST_LUFS = -30.0, -6.0
GAIN_REFERENCE_LUFS = -18.0
"""What a track's gain tag would bring it to (ReplayGain 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is known of a song that matters beside its neighbours; None is neutral."""

    bpm: float | None = None
    key: Key | None = None
    """Of the whole song."""
    opening_key: Key | None = None
    """Of its first half minute; None where it is not known to differ from the whole, and likewise below."""
    closing_key: Key | None = None
    energy: float | None = None
    """Of the whole song, 0 (calm) to 1 (driving)."""
    opening_energy: float | None = None
    closing_energy: float | None = None
    year: int | None = None
    """When the recording first came out."""

    @property
    def enters_in(self) -> Key | None:
        """The key that the song before it meets."""
        return self.opening_key or self.key

    @property
    def leaves_in(self) -> Key | None:
        """The key that the song after it meets."""
        return self.closing_key or self.key

    @property
    def enters_at(self) -> float | None:
        """The energy that the song before it meets."""
        return self.energy if self.opening_energy is None else self.opening_energy

    @property
    def leaves_at(self) -> float | None:
        """The energy that the song after it meets."""
        return self.energy if self.closing_energy is None else self.closing_energy


def features_of(track: Track, measured: Analysis | Summary | None) -> Features:
    """Gather what tags and measurements say of a song; a tag goes before what was measured.

    Where no energy was measured, the integrated loudness stands in for it, -30 LUFS as 0 and -6 LUFS as 1. That tells a
    ballad from a rock song of one era well enough, but it also tells a quiet master from a loud one of the same song. A
    song that was not measured at all has the loudness that its gain tag implies, if it has one.

    Parameters
    ----------
    measured : Analysis or Summary, optional
        Its analysis, or the summary of it that `Analyses.summaries` has for a whole library: both tell the same, unless
        a sidecar moves the cue points of the analysis.
    """
    released = track.first_released or track.released
    key, opening_key, closing_key = _keys(parse_key(track.key), measured)
    energy, opening_energy, closing_energy = _energies(track, measured)
    return Features(
        bpm=_bpm(track, measured),
        key=key,
        opening_key=opening_key,
        closing_key=closing_key,
        energy=energy,
        opening_energy=opening_energy,
        closing_energy=closing_energy,
        year=released.year if released else None,
    )


# --- tempo ------------------------------------------------------------------------------------------------------------


def _bpm(track: Track, measured: Analysis | Summary | None) -> float | None:
    if track.bpm is not None and SLOWEST_BPM <= track.bpm <= FASTEST_BPM:
        return track.bpm
    if isinstance(measured, Summary):
        return _if_sure(measured.bpm, measured.rhythm_confidence, SURE_TEMPO)
    rhythm = measured.rhythm if measured else None
    return _if_sure(rhythm.bpm, rhythm.confidence, SURE_TEMPO) if rhythm else None


def _if_sure(value: T | None, confidence: float | None, least: float) -> T | None:
    return value if confidence is not None and confidence >= least else None


# --- keys -------------------------------------------------------------------------------------------------------------


def _keys(tagged: Key | None, measured: Analysis | Summary | None) -> tuple[Key | None, Key | None, Key | None]:
    """Return the keys of the whole song, its opening and its closing.

    A tag tells one key for the whole. What was measured of the edges is believed beside it only where the measured
    whole says the same as the tag: then this song's keys can evidently be heard.
    """
    if isinstance(measured, Summary):
        key = _if_sure(measured.key, measured.key_confidence, SURE_KEY)
        opening = _if_sure(measured.opening_key, measured.opening_key_confidence, SURE_KEY)
        closing = _if_sure(measured.closing_key, measured.closing_key_confidence, SURE_KEY)
    elif measured and (heard := measured.tonality):
        key = _if_sure(heard.key, heard.confidence, SURE_KEY)
        opening = _if_sure(heard.opening, heard.opening_confidence, SURE_KEY)
        closing = _if_sure(heard.closing, heard.closing_confidence, SURE_KEY)
    else:
        return tagged, None, None
    return (tagged, None, None) if tagged and key != tagged else (key, opening, closing)


# --- energy -----------------------------------------------------------------------------------------------------------


def _energies(track: Track, measured: Analysis | Summary | None) -> tuple[float | None, float | None, float | None]:
    """Return the energy of the whole song, its opening and its closing."""
    if isinstance(measured, Summary) and measured.mean_energy is not None:
        return measured.mean_energy, measured.opening_energy, measured.closing_energy
    if isinstance(measured, Analysis) and len(measured.energy):
        return (
            _mean(measured.energy, measured.cue_in_s, measured.cue_out_s),
            _mean(measured.energy, measured.cue_in_s, measured.cue_in_s + EDGE_S),
            _mean(measured.energy, measured.start_next_s - EDGE_S, measured.start_next_s),
        )
    if measured is not None:
        return _loudness_as_energy(measured.loudness_lufs), None, None
    implied_lufs = None if track.track_gain_db is None else GAIN_REFERENCE_LUFS - track.track_gain_db
    return _loudness_as_energy(implied_lufs), None, None


def _mean(energy: NDArray[np.float32], from_s: float, to_s: float) -> float | None:
    """Return the mean of a curve of one value per second between two moments; None where it has no value there."""
    first = max(0, int(from_s))
    part = energy[first : max(first + 1, math.ceil(to_s))]
    return float(part.mean(dtype=np.float64)) if len(part) else None


def _loudness_as_energy(loudness_lufs: float | None) -> float | None:
    if loudness_lufs is None or not math.isfinite(loudness_lufs):
        return None
    return min(1.0, max(0.0, (loudness_lufs - QUIETEST_LUFS) / (LOUDEST_LUFS - QUIETEST_LUFS)))
