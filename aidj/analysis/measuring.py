"""Measuring many files: several worker processes, each result as soon as it is there."""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from aidj.analysis.analyse import analyse_file
from aidj.analysis.glance import Result, measured
from aidj.analysis.worker import Answer
from aidj.audio import printable
from aidj.errors import AudioError
from aidj.model import Track
from aidj.processes import EndedError, WorkerProcess, program_of

_log = logging.getLogger(__name__)

FEW = 2
"""So many files are measured in this process: starting another one takes about as long as a song."""
MAX_WORKERS = 16
"""By default: each needs some hundred megabytes for a long recording."""
_LONG_S = 600.0
_PATIENCE_S = 300.0

START = program_of("aidj.analysis.worker")


def default_workers() -> int:
    """Return how many processors this process may use."""
    with suppress(AttributeError):  # not on every system
        return min(MAX_WORKERS, len(os.sched_getaffinity(0)))
    return min(MAX_WORKERS, os.cpu_count() or 1)


def measure(
    tracks: Sequence[Track], *, workers: int | None = None, background: bool = False
) -> Generator[tuple[Track, Result], None, None]:
    """Yield each track with its analysis, or with the error that says why there is none, as they come.

    Close the generator to stop: what is being measured then is given up. Which worker measures a file makes no
    difference to its result, nor does the order.

    Recordings of more than ten minutes come first, as one of them begun last would keep a single worker busy at the
    end; all others in the order given, so that a pass that is broken off has done what was asked for first.

    Parameters
    ----------
    workers : int, optional
        How many processes; 0 measures in this one. By default as many as there are processors, but none for one or two
        files.
    background : bool
        Whether the workers should give way to whatever else runs.
    """
    ordered = sorted(tracks, key=lambda track: track.duration_s < _LONG_S)
    if workers is None:
        workers = 0 if len(ordered) <= FEW and not background else default_workers()
    if workers and not sys.executable:
        workers = 0
    if not workers:
        for track in ordered:
            yield track, measure_here(track.path)
        return
    yield from _with_workers(ordered, min(workers, len(ordered)), background)


def measure_here(path: Path) -> Result:
    """Measure one file in this process; never raises."""
    return measured(path, analyse_file)


def _with_workers(
    tracks: Sequence[Track], n_workers: int, background: bool
) -> Generator[tuple[Track, Result], None, None]:
    waiting = deque(tracks)
    answers: queue.SimpleQueue[tuple[Track, Answer | EndedError]] = queue.SimpleQueue()
    workers = [Worker(background=background) for _ in range(n_workers)]

    def work(worker: Worker) -> None:
        while not worker.is_closed():
            try:
                track = waiting.popleft()
            except IndexError:
                break
            answers.put((track, worker.measure(track)))
        worker.close()

    threads = [threading.Thread(target=work, args=(worker,), name="aidj-analysis", daemon=True) for worker in workers]
    died: list[Track] = []
    try:
        for thread in threads:
            thread.start()
        for _ in tracks:
            track, answer = answers.get()
            if isinstance(answer, Answer):
                yield track, _heard(answer)
            else:
                died.append(track)
        if died:  # once more, alone: if memory was short, there may be enough of it now
            workers = [Worker(background=background)]
        for track in died:
            yield track, measure_with(workers[0], track, attempts=1)
    finally:
        waiting.clear()
        for worker in workers:
            worker.close()
        for thread in threads:
            thread.join()


def measure_with(worker: Worker, track: Track, *, attempts: int = 2) -> Result:
    """Measure a file with one worker; a file that ends it so many times is given up."""
    while True:
        answer = worker.measure(track)
        if isinstance(answer, Answer):
            return _heard(answer)
        attempts -= 1
        if worker.is_closed() or not attempts:
            return _given_up(track.path, answer)


def _heard(answer: Answer) -> Result:
    """Return the result in an answer, and log here what was logged there."""
    for level, name, message in answer.log:
        logging.getLogger(name).log(level, "%s", message)
    return answer.result


class Worker:
    """A process that measures files one by one; it is started when it is needed, and again after it has died."""

    def __init__(self, *, background: bool = False) -> None:
        self._process = WorkerProcess(START, background=background, greets=True)

    def measure(self, track: Track) -> Answer | EndedError:
        """Measure a file; where no process can be had, in this one. Returns the end of a process that did not do it."""
        # No file takes as long as it lasts; what does has met a decoder that never comes back.
        patience_s = _PATIENCE_S + track.duration_s
        try:
            return cast(Answer, self._process.ask(track.path, patience_s=patience_s))
        except EndedError as ended:
            return ended
        except OSError as error:
            _log.info("No process can be started to measure in (%s)", error)
            return Answer(measure_here(track.path), ())

    def close(self) -> None:
        """End the process, whatever it does; safe to call from another thread, and twice."""
        self._process.close()

    def is_closed(self) -> bool:
        """Tell whether it will measure nothing more."""
        return self._process.is_closed()


def _given_up(path: Path, ended: EndedError) -> AudioError:
    how = f"exit status {ended.code}"
    if ended.code < 0:
        with suppress(ValueError):
            how = signal.Signals(-ended.code).name
    return AudioError(
        f"Measuring the file ended the process that did it, twice ({how})",
        where=printable(path),
        cause="its data crash the decoder, or there is too little memory for so long a file",
        hint="play it in another program; if that fails as well, replace the file",
    )
