"""Analyses kept by the identity of the recording, so that each file is measured once.

Only what was detected from samples is kept. What a person has set, in tags, in lyrics with times or in a sidecar, is
laid over it on the way out, so that editing it needs no new measurement.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from aidj.analysis.glance import ANALYSER_VERSION, glance_file, measured
from aidj.analysis.overlay import with_hand_set
from aidj.analysis.tables import ARRAYS, COLUMNS, SUMMARY_COLUMNS, Summary, from_row, to_rows, to_summary
from aidj.audio import printable
from aidj.database import storing, transaction
from aidj.errors import AudioError
from aidj.model import Analysis, Track

if TYPE_CHECKING:
    from aidj.analysis.background import Background

_PLAIN = f"INSERT OR REPLACE INTO analyses ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(',')))})"
_ARRAYS = (
    f"INSERT OR REPLACE INTO analysis_arrays (track_id, {ARRAYS}) "
    f"VALUES ({', '.join('?' * (1 + len(ARRAYS.split(','))))})"
)
_AT_ONCE = 500  # SQLite takes no more than 999 parameters where it is old

Progress = Callable[[int, int, Track], None]
_log = logging.getLogger(__name__)


class Analyses:
    """The stored analyses, and the way to more of them.

    Parameters
    ----------
    connection : sqlite3.Connection
        From `aidj.database.open_database`, with this room's `TABLES`.
    lyrics : callable, optional
        Gives the lyrics in a track's tags by its id, or None.
    markers : callable, optional
        Gives the marker tags of a track by its id; see `aidj.analysis.markers.TAGS`.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        lyrics: Callable[[str], str | None] = lambda track_id: None,
        markers: Callable[[str], Mapping[str, str]] = lambda track_id: {},
    ):
        self._connection = connection
        self._lyrics = lyrics
        self._markers = markers
        self._unstored: dict[str, Analysis] = {}
        """What was only glanced at, or could not be stored."""

    def stored(self, track: Track) -> Analysis | None:
        """Return the analysis of a track if there is one of today's version."""
        detected = self.detected(track)
        return self._laid_over(detected, track) if detected else None

    def glance(self, track: Track) -> AudioError | None:
        """Measure of a track that is to be played at once no more than that takes; return why that failed.

        What was found is kept here only, for `of`; the track stays among the missing ones.
        """
        result = measured(track.path, glance_file)
        if isinstance(result, AudioError):
            return result
        self._unstored[track.id] = result
        return None

    def detected(self, track: Track) -> Analysis | None:
        """Return what was measured of a track, without anything that is set by hand, if it is of today's version."""
        row = self._connection.execute(
            f"SELECT {COLUMNS}, {ARRAYS} FROM analyses JOIN analysis_arrays USING (track_id) "
            "WHERE track_id = ? AND version = ?",
            (track.id, ANALYSER_VERSION),
        ).fetchone()
        return from_row(row) if row else None

    def summaries(self) -> Mapping[str, Summary]:
        """Return what was measured of all tracks, by track id, without the long arrays and what is set by hand."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        rows = cursor.execute(f"SELECT {SUMMARY_COLUMNS} FROM analyses WHERE version = ?", (ANALYSER_VERSION,))
        return {row[0]: to_summary(row[1:]) for row in rows}

    def missing(self, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """Return the tracks that are not measured yet, each once."""
        by_id = {track.id: track for track in tracks}
        known: set[str] = set()
        ids = list(by_id)
        for first in range(0, len(ids), _AT_ONCE):
            some = ids[first : first + _AT_ONCE]
            known.update(
                row[0]
                for row in self._connection.execute(
                    f"SELECT track_id FROM analyses WHERE version = ? AND track_id IN ({', '.join('?' * len(some))})",
                    (ANALYSER_VERSION, *some),
                )
            )
        return tuple(track for track_id, track in by_id.items() if track_id not in known)

    def forget(self, tracks: Sequence[Track]) -> None:
        """Forget what was measured of these tracks, so that they are measured anew."""
        with transaction(self._connection):
            self._connection.executemany("DELETE FROM analyses WHERE track_id = ?", [(track.id,) for track in tracks])

    def of(
        self, tracks: Sequence[Track], *, progress: Progress | None = None, workers: int | None = None
    ) -> tuple[Mapping[str, Analysis], Mapping[str, AudioError]]:
        """Return the analyses of these tracks by track id, measuring what is not stored yet nor was glanced at.

        Each result is stored as soon as it is there, so an interrupted pass goes on where it stopped. What cannot be
        stored, as where the disk is full, is kept here only.

        Parameters
        ----------
        progress : callable, optional
            Called with how many are done, of how many, and the track, after each that is measured.
        workers : int, optional
            See `aidj.analysis.measuring.measure`.

        Returns
        -------
        analyses, failures : mapping of track id to Analysis, mapping of track id to AudioError
            Every track is in one of the two.
        """
        unknown = self.missing([track for track in tracks if track.id not in self._unstored])
        failures = self._measure(unknown, self._keep, progress, workers)
        return {
            track.id: analysis
            for track in tracks
            if track.id not in failures and (analysis := self.stored(track) or self._held(track))
        }, failures

    def measure(
        self,
        tracks: Sequence[Track],
        *,
        again: bool = False,
        progress: Progress | None = None,
        workers: int | None = None,
    ) -> Mapping[str, AudioError]:
        """Measure and store what is not stored yet; return what failed. Unlike `of`, it keeps no results in memory.

        With `again`, all of them: each stored analysis stays until the new one takes its place. Raises AudioError if
        one cannot be stored.
        """
        missing = tuple(tracks) if again else self.missing(tracks)
        return self._measure(missing, self.store, progress, workers)

    def _measure(
        self,
        tracks: Sequence[Track],
        keep: Callable[[Track, Analysis], None],
        progress: Progress | None,
        workers: int | None,
    ) -> Mapping[str, AudioError]:
        from aidj.analysis.measuring import measure  # all the detectors, which only this needs

        failures: dict[str, AudioError] = {}
        with closing(measure(tracks, workers=workers)) as results:
            for done, (track, result) in enumerate(results, start=1):
                if isinstance(result, AudioError):
                    failures[track.id] = result
                else:
                    keep(track, result)
                if progress:
                    progress(done, len(tracks), track)
        return failures

    def in_background(self, tracks: Sequence[Track]) -> Background:
        """Begin to measure what is not stored yet, beside whatever else runs; close the result to stop it.

        It stores through a connection of its own, so that what is done is there for `stored` at once. Nothing it meets
        is raised here or later.
        """
        from aidj.analysis.background import Background  # which needs this module

        folder = Path(self._connection.execute("PRAGMA database_list").fetchone()["file"]).parent
        return Background(folder, self.missing(tracks))

    def store(self, track: Track, analysis: Analysis) -> None:
        """Keep what was measured of a track.

        Raises
        ------
        ValueError
            If anything in it was not measured.
        AudioError
            If it cannot be stored.
        """
        plain, arrays = to_rows(track.id, analysis)
        unharmed = "what was measured before is unharmed"
        with (
            storing(AudioError, "What was measured cannot be stored", where=printable(track.path), unharmed=unharmed),
            transaction(self._connection),
        ):
            self._connection.execute(_PLAIN, plain)
            self._connection.execute(_ARRAYS, arrays)

    def _keep(self, track: Track, analysis: Analysis) -> None:
        """Store what was measured, or hold it here: music can be played without a place to write to."""
        try:
            self.store(track, analysis)
        except AudioError as error:
            if not self._unstored:
                _log.warning("%s", error)
            self._unstored[track.id] = analysis

    def _held(self, track: Track) -> Analysis | None:
        held = self._unstored.get(track.id)
        return self._laid_over(held, track) if held else None

    def _laid_over(self, analysis: Analysis, track: Track) -> Analysis:
        return with_hand_set(analysis, track.path, lyrics=self._lyrics(track.id), markers=self._markers(track.id))
