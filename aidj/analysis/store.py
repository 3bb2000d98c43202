"""Analyses kept by the identity of the recording, so that each file is measured once."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.analyse import ANALYSER_VERSION, analyse_file, with_post
from aidj.audio import printable
from aidj.database import Tables, transaction
from aidj.errors import AudioError
from aidj.model import Analysis, Track

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
    ),
)

_WORKERS = 2
_AHEAD = 4
_log = logging.getLogger(__name__)


class Analyses:
    """The stored analyses, and the way to more of them."""

    def __init__(self, connection: sqlite3.Connection, lyrics: Callable[[str], str | None] = lambda track_id: None):
        self._connection = connection
        self._lyrics = lyrics

    def stored(self, track: Track) -> Analysis | None:
        """Return the analysis of a track if there is one of today's version."""
        row = self._connection.execute(
            "SELECT * FROM analyses WHERE track_id = ? AND version = ?", (track.id, ANALYSER_VERSION)
        ).fetchone()
        return self._with_post(_from_row(row), track) if row else None

    def of(
        self,
        tracks: Sequence[Track],
        *,
        progress: Callable[[int, int, Track], None] | None = None,
    ) -> tuple[Mapping[str, Analysis], Mapping[str, AudioError]]:
        """Return the analyses of these tracks by track id, measuring what is not stored yet.

        Each result is stored as soon as it is there, so an interrupted pass goes on where it stopped.

        Returns
        -------
        analyses, failures : mapping of track id to Analysis, mapping of track id to AudioError
            Every track is in one of the two.
        """
        analyses: dict[str, Analysis] = {}
        failures: dict[str, AudioError] = {}
        missing: dict[str, Track] = {}
        for track in tracks:
            if analysis := self.stored(track):
                analyses[track.id] = analysis
            else:
                missing[track.id] = track
        with closing(_measure(tuple(missing.values()))) as results:
            for done, (track, result) in enumerate(results, start=1):
                if isinstance(result, AudioError):
                    failures[track.id] = result
                else:
                    self._store(track, result)
                    analyses[track.id] = self._with_post(result, track)
                if progress:
                    progress(done, len(missing), track)
        return analyses, failures

    def _with_post(self, analysis: Analysis, track: Track) -> Analysis:
        return with_post(analysis, track.path, self._lyrics(track.id))

    def _store(self, track: Track, analysis: Analysis) -> None:
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO analyses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    track.id,
                    analysis.version,
                    analysis.duration_s,
                    _finite(analysis.loudness_lufs),
                    _finite(analysis.true_peak_dbtp),
                    analysis.cue_in_s,
                    analysis.cue_out_s,
                    analysis.start_next_s,
                    analysis.ending,
                    _packed(analysis.levels_lufs),
                    _packed(analysis.peaks_dbtp),
                ),
            )


def _measure(tracks: Sequence[Track]) -> Generator[tuple[Track, Analysis | AudioError], None, None]:
    """Yield each track with its result, as they come; decoding and numpy's FFT leave the interpreter to each other."""
    waiting = iter(tracks)
    running: dict[Future[Analysis | AudioError], Track] = {}
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="aidj-analysis")

    def start(n_tracks: int) -> None:
        for track in islice(waiting, n_tracks):
            running[pool.submit(_measure_one, track)] = track

    try:
        start(_AHEAD)
        while running:
            done = wait(running, return_when=FIRST_COMPLETED).done
            start(len(done))
            for future in done:
                yield running.pop(future), future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _measure_one(track: Track) -> Analysis | AudioError:
    try:
        return analyse_file(track.path)
    except AudioError as error:
        return error
    except Exception as error:  # one strange file must not end the pass over a whole library
        _log.exception("%s: the analysis failed", printable(track.path))
        return AudioError(
            f"The file cannot be measured ({type(error).__name__}: {error})",
            where=printable(track.path),
            cause="a mistake in aidj that this file brings to light",
            hint="report it, with the file if you may",
        )


def _packed(values: NDArray[np.float32]) -> bytes:
    return values.astype("<f4").tobytes()


def _unpacked(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4").astype(np.float32)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _from_row(row: sqlite3.Row) -> Analysis:
    return Analysis(
        version=row["version"],
        duration_s=row["duration_s"],
        loudness_lufs=_or_silence(row["loudness_lufs"]),
        true_peak_dbtp=_or_silence(row["true_peak_dbtp"]),
        cue_in_s=row["cue_in_s"],
        cue_out_s=row["cue_out_s"],
        start_next_s=row["start_next_s"],
        ending=row["ending"],
        marker_sources={"cue_in": "detected", "cue_out": "detected", "start_next": "detected"},
        levels_lufs=_unpacked(row["levels"]),
        peaks_dbtp=_unpacked(row["peaks"]),
    )


def _or_silence(value: float | None) -> float:
    return float("-inf") if value is None else value
