"""Work that would keep a live session waiting: done in a process of its own, one job after the other.

Planning a set in a large library takes seconds of pure Python. Beside the sound it would hold the interpreter lock, and
the thread that plans would do nothing of what the listener asks meanwhile.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, TypeVar, cast

from aidj.errors import AidjError
from aidj.home import Home, open_home
from aidj.processes import EndedError, WorkerProcess, answering, program_of, requests, send

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

PROGRAM = program_of("aidj.session.jobs")
_ATTEMPTS = 2
"""So many processes may end over one job."""

_log = logging.getLogger(__name__)


class Job(Protocol[T_co]):
    """Something that can be worked out from the data folder. A value that can be pickled."""

    def run(self, home: Home) -> T_co:
        """Return what comes of it. Raises AidjError where that is impossible."""


class Jobs:
    """Does jobs in their order, beside the session.

    Parameters
    ----------
    home : Path or callable
        The data folder: then its process opens it itself. Else what opens it, on a thread beside the session.
    background : bool
        Whether the process gives way to whatever else runs.
    changed : callable
        Called, on some thread, whenever a job is done.
    """

    def __init__(
        self, home: Path | Callable[[], Home], *, background: bool = False, changed: Callable[[], None]
    ) -> None:
        self._home = home
        self._process = WorkerProcess(PROGRAM, background=background) if isinstance(home, Path) else None
        self._changed = changed
        self._jobs: queue.SimpleQueue[tuple[Job[object], Future[object]] | None] = queue.SimpleQueue()
        self._closed = False
        self._left = 0
        self._opened: Home | None = None
        """The data folder, where jobs are done here; of the thread alone."""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, job: Job[T]) -> Future[T]:
        """Have a job done; what it raises, its result raises too."""
        future: Future[T] = Future()
        with self._lock:
            self._left += 1
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="aidj-jobs", daemon=True)
                self._thread.start()
        self._jobs.put((job, cast("Future[object]", future)))
        return future

    def is_busy(self) -> bool:
        """Return whether anything is left to do."""
        return self._left > 0

    def close(self) -> None:
        """Stop at once; what is not done is given up."""
        self._closed = True
        self._jobs.put(None)
        if self._process is not None:
            self._process.close()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._closed and (next_one := self._jobs.get()) is not None:
                job, future = next_one
                try:
                    future.set_result(self._done(job))
                except BaseException as error:  # whoever asked is told
                    future.set_exception(error)
                with self._lock:
                    self._left -= 1
                self._changed()
        finally:
            if self._opened is not None:
                self._opened.close()
            while not self._jobs.empty():
                if (left := self._jobs.get()) is not None:
                    left[1].cancel()

    def _done(self, job: Job[object]) -> object:
        """Return what comes of a job: in the process, or here from the first one on for which none survives."""
        for _ in range(_ATTEMPTS):
            if self._process is None or self._opened is not None:
                break
            try:
                answer = self._process.ask((self._home, job))
            except OSError as error:
                _log.info("No process can be started to plan in (%s)", error)
                break
            except EndedError as end:
                if self._closed:
                    raise AidjError("The session was closed") from None
                _log.warning("The process that plans has ended (%d); it is started again", end.code)
                continue
            if isinstance(answer, BaseException):
                raise answer
            return answer
        if self._opened is None:
            self._opened = open_home(self._home) if isinstance(self._home, Path) else self._home()
        return job.run(self._opened)


def main() -> None:
    """Do the jobs that come over standard input."""
    answers = answering()
    homes: dict[Path, Home] = {}
    for folder, job in requests():
        answer: object
        try:
            if folder not in homes:
                homes[folder] = open_home(folder)
            answer = job.run(homes[folder])
        except AidjError as error:
            answer = error
        except Exception as error:
            _log.exception("A job failed")
            answer = RuntimeError(f"{type(error).__name__}: {error}")
        try:
            send(answers, answer)
        except OSError:
            return
