"""How analyses are kept: what can be asked of a whole library in plain columns, the long arrays apart from them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.database import Tables
from aidj.keys import parse_key
from aidj.model import Analysis, Ending, Key, Rhythm, Singing, Tonality

TABLES = Tables(
    "analysis",
    (
        """
        CREATE TABLE analyses (
            track_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            duration_s REAL NOT NULL,
            loudness_lufs REAL,
            true_peak_dbtp REAL,
            cue_in_s REAL NOT NULL,
            cue_out_s REAL NOT NULL,
            start_next_s REAL NOT NULL,
            ending TEXT NOT NULL,
            levels BLOB NOT NULL,
            peaks BLOB NOT NULL
        )
        """,
        # What was measured before is of an older version and would be measured again anyway. A loudness or a peak of
        # silence is NULL; keys stand as on the Camelot wheel; `detected` has the names of the markers, by blanks.
        # The means of the energy are there to be asked for; they follow from the array.
        """
        DROP TABLE analyses;
        CREATE TABLE analyses (
            track_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            duration_s REAL NOT NULL,
            rate INTEGER NOT NULL,
            loudness_lufs REAL,
            loudness_range_lu REAL NOT NULL,
            true_peak_dbtp REAL,
            cue_in_s REAL NOT NULL,
            cue_out_s REAL NOT NULL,
            start_next_s REAL NOT NULL,
            ending TEXT NOT NULL,
            fade_starts_s REAL,
            intro_end_s REAL,
            detected TEXT NOT NULL,
            bpm REAL,
            rhythm_confidence REAL,
            beats_per_bar INTEGER,
            downbeat_confidence REAL,
            key TEXT,
            key_confidence REAL,
            opening_key TEXT,
            opening_key_confidence REAL,
            closing_key TEXT,
            closing_key_confidence REAL,
            mean_energy REAL,
            opening_energy REAL,
            closing_energy REAL,
            sung_s REAL,
            singing_confidence REAL
        ) WITHOUT ROWID;
        CREATE TABLE analysis_arrays (
            track_id TEXT PRIMARY KEY REFERENCES analyses (track_id) ON DELETE CASCADE,
            levels BLOB NOT NULL,
            peaks BLOB NOT NULL,
            energy BLOB NOT NULL,
            beats BLOB,
            downbeats BLOB,
            phrases BLOB,
            sung BLOB
        )
        """,
    ),
)

COLUMNS = (
    "track_id, version, duration_s, rate, loudness_lufs, loudness_range_lu, true_peak_dbtp, cue_in_s, cue_out_s, "
    "start_next_s, ending, fade_starts_s, intro_end_s, detected, bpm, rhythm_confidence, beats_per_bar, "
    "downbeat_confidence, key, key_confidence, opening_key, opening_key_confidence, closing_key, "
    "closing_key_confidence, mean_energy, opening_energy, closing_energy, sung_s, singing_confidence"
)
ARRAYS = "levels, peaks, energy, beats, downbeats, phrases, sung"
SUMMARY_COLUMNS = (
    "track_id, duration_s, loudness_lufs, loudness_range_lu, true_peak_dbtp, cue_in_s, cue_out_s, start_next_s, "
    "ending, bpm, rhythm_confidence, beats_per_bar, key, key_confidence, opening_key, opening_key_confidence, "
    "closing_key, closing_key_confidence, mean_energy, opening_energy, closing_energy, sung_s, singing_confidence"
)

END_S = 20.0
"""So much of a recording is its opening, and its closing."""
_SILENCE = float("-inf")


@dataclass(slots=True)
class Summary:
    """What was measured of a recording, without its long arrays: light enough for a whole library at once.

    Fields are as in `aidj.model.Analysis`. Values that are set by hand are not in it. Not frozen, as a hundred
    thousand of these are made at a time and that would take three times as long; treat it as if it were.
    """

    duration_s: float
    loudness_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    cue_in_s: float
    cue_out_s: float
    start_next_s: float
    ending: Ending
    bpm: float | None
    """None where no pulse is heard, as the next two."""
    rhythm_confidence: float | None
    beats_per_bar: int | None
    key: Key | None
    key_confidence: float | None
    opening_key: Key | None
    opening_key_confidence: float | None
    closing_key: Key | None
    closing_key_confidence: float | None
    mean_energy: float | None
    """From the first sound that matters to the last."""
    opening_energy: float | None
    """Of the first `END_S` seconds after cue_in."""
    closing_energy: float | None
    """Of the last `END_S` seconds before the next song may begin."""
    sung_s: float | None
    """Length of all singing together; None where nothing tells."""
    singing_confidence: float | None


def to_rows(track_id: str, analysis: Analysis) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return an analysis as values for COLUMNS and, with the id in front, for ARRAYS.

    Raises
    ------
    ValueError
        If a marker in it was not detected: what is set by hand is not kept here.
    """
    if any(source != "detected" for source in analysis.marker_sources.values()):
        raise ValueError("only what was detected is stored")
    rhythm, tonality, singing = analysis.rhythm, analysis.tonality, analysis.singing
    if singing is not None and singing.source != "detected":
        raise ValueError("only detected singing is stored")
    plain = (
        track_id,
        analysis.version,
        analysis.duration_s,
        analysis.rate,
        _or_null(analysis.loudness_lufs),
        analysis.loudness_range_lu,
        _or_null(analysis.true_peak_dbtp),
        analysis.cue_in_s,
        analysis.cue_out_s,
        analysis.start_next_s,
        analysis.ending,
        analysis.fade_starts_s,
        analysis.intro_end_s,
        " ".join(analysis.marker_sources),
        *((rhythm.bpm, rhythm.confidence, rhythm.beats_per_bar, rhythm.downbeat_confidence) if rhythm else (None,) * 4),
        *(
            (
                *(_key_text(tonality.key), tonality.confidence),
                *(_key_text(tonality.opening), tonality.opening_confidence),
                *(_key_text(tonality.closing), tonality.closing_confidence),
            )
            if tonality
            else (None,) * 6
        ),
        mean_energy(analysis.energy, analysis.cue_in_s, analysis.cue_out_s),
        mean_energy(analysis.energy, analysis.cue_in_s, analysis.cue_in_s + END_S),
        mean_energy(analysis.energy, analysis.start_next_s - END_S, analysis.start_next_s),
        float(np.sum(singing.ranges_s[:, 1] - singing.ranges_s[:, 0])) if singing else None,
        singing.confidence if singing else None,
    )
    arrays = (
        track_id,
        _packed(analysis.levels_lufs, "<f4"),
        _packed(analysis.peaks_dbtp, "<f4"),
        _packed(analysis.energy, "<f4"),
        _packed(rhythm.beats_s, "<f8") if rhythm else None,
        _packed(rhythm.downbeats, "<i4") if rhythm else None,
        _packed(rhythm.phrases, "<i4") if rhythm else None,
        _packed(singing.ranges_s, "<f8") if singing else None,
    )
    return plain, arrays


def from_row(row: sqlite3.Row) -> Analysis:
    """Return the analysis of a row of COLUMNS and ARRAYS."""
    rhythm = tonality = singing = None
    if row["bpm"] is not None:
        rhythm = Rhythm(
            bpm=row["bpm"],
            beats_s=np.frombuffer(row["beats"], "<f8").astype(np.float64),
            beats_per_bar=row["beats_per_bar"],
            downbeats=np.frombuffer(row["downbeats"], "<i4").astype(np.int32),
            phrases=np.frombuffer(row["phrases"], "<i4").astype(np.int32),
            confidence=row["rhythm_confidence"],
            downbeat_confidence=row["downbeat_confidence"],
        )
    if row["key_confidence"] is not None:
        tonality = Tonality(
            key=_key(row["key"]),
            confidence=row["key_confidence"],
            opening=_key(row["opening_key"]),
            opening_confidence=row["opening_key_confidence"],
            closing=_key(row["closing_key"]),
            closing_confidence=row["closing_key_confidence"],
        )
    if row["singing_confidence"] is not None:
        singing = Singing(
            ranges_s=np.frombuffer(row["sung"], "<f8").astype(np.float64).reshape(-1, 2),
            confidence=row["singing_confidence"],
            source="detected",
        )
    return Analysis(
        version=row["version"],
        duration_s=row["duration_s"],
        rate=row["rate"],
        loudness_lufs=_or_silence(row["loudness_lufs"]),
        loudness_range_lu=row["loudness_range_lu"],
        true_peak_dbtp=_or_silence(row["true_peak_dbtp"]),
        cue_in_s=row["cue_in_s"],
        cue_out_s=row["cue_out_s"],
        start_next_s=row["start_next_s"],
        ending=row["ending"],
        fade_starts_s=row["fade_starts_s"],
        intro_end_s=row["intro_end_s"],
        marker_sources=dict.fromkeys(row["detected"].split(), "detected"),
        levels_lufs=np.frombuffer(row["levels"], "<f4").astype(np.float32),
        peaks_dbtp=np.frombuffer(row["peaks"], "<f4").astype(np.float32),
        energy=np.frombuffer(row["energy"], "<f4").astype(np.float32),
        rhythm=rhythm,
        tonality=tonality,
        singing=singing,
    )


def to_summary(row: Any) -> Summary:
    """Return the summary of a row of SUMMARY_COLUMNS without its first column, the id."""
    (duration_s, loudness, loudness_range, peak, cue_in_s, cue_out_s, start_next_s, ending, bpm, rhythm, per_bar,
     key, key_sure, opening, opening_sure, closing, closing_sure, *rest) = row  # fmt: skip
    return Summary(
        duration_s, _or_silence(loudness), loudness_range, _or_silence(peak), cue_in_s, cue_out_s, start_next_s,
        ending, bpm, rhythm, per_bar, _key(key), key_sure, _key(opening), opening_sure, _key(closing), closing_sure,
        *rest,
    )  # fmt: skip


def mean_energy(energy: NDArray[np.float32], from_s: float, to_s: float) -> float | None:
    """Return the mean of an energy curve between two moments; None where it has no value there."""
    first = max(0, int(from_s))
    part = energy[first : max(first + 1, int(np.ceil(to_s)))]
    return float(part.mean(dtype=np.float64)) if len(part) else None


def _packed(values: NDArray[Any], kind: str) -> bytes:
    return values.astype(kind).tobytes()


def _or_null(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _or_silence(value: float | None) -> float:
    return _SILENCE if value is None else value


def _key_text(key: Key | None) -> str | None:
    return None if key is None else str(key)


@lru_cache(64)
def _key(text: str | None) -> Key | None:
    return parse_key(text)
