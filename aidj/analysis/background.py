"""A pass over the library beside a running session: slowly, in a process that gives way, and without a sound."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aidj.analysis.measuring import Worker, measure_with
from aidj.analysis.store import Analyses
from aidj.analysis.tables import TABLES
from aidj.database import open_database
from aidj.errors import AudioError
from aidj.model import Track

_log = logging.getLogger(__name__)


class Background:
    """Measures and stores tracks, one at a time, until it is done or closed. Nothing it meets is raised.

    Parameters
    ----------
    folder : Path
        The data folder; results go there through a connection of its own.
    tracks : sequence of Track
        What to measure; what is stored meanwhile by somebody else is passed over.
    """

    def __init__(self, folder: Path, tracks: Sequence[Track]) -> None:
        self.done = 0
        self.of = len(tracks)
        self._folder = folder
        self._tracks = tuple(tracks)
        self._worker = Worker(background=True)
        self._thread = threading.Thread(target=self._run, name="aidj-background-analysis", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is left to do; return whether that is so."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Stop; the file that is being measured is given up. Returns when nothing runs any more."""
        self._worker.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        try:
            connection = open_database(self._folder, TABLES)
            try:
                self._measure(Analyses(connection))
            finally:
                connection.close()
        except Exception:  # the session that runs beside it must not suffer
            _log.warning("Measuring in the background has ended early.", exc_info=True)
        finally:
            self._worker.close()

    def _measure(self, analyses: Analyses) -> None:
        for track in self._tracks:
            if self._worker.is_closed():
                return
            if analyses.missing([track]):
                result = measure_with(self._worker, track)
                if self._worker.is_closed():
                    return
                if isinstance(result, AudioError):
                    _log.info("%s", result)
                else:
                    analyses.store(track, result)
            self.done += 1
