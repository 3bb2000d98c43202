"""From a path to listens: which format it is, and its rows one after another."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aidj.errors import HistoryError
from aidj.history.documents import Document, documents
from aidj.history.importer import Findings, HistoryImporter, PlayCount, RowProblem, importers
from aidj.model import Listen

KNOWN = (
    "Spotify (extended history or account data), ListenBrainz, Last.fm as CSV or lastfmstats JSON, .scrobbler.log, "
    "and for play counts Apple's Library.xml, rhythmdb.xml, strawberry.db and clementine.db"
)

_log = logging.getLogger(__name__)


class HistoryFile:
    """A listening history that has been recognised; its rows are read as ``listens`` is iterated, once.

    ``problems``, ``n_problems`` and ``notes`` are complete when the last listen has been taken.
    """

    def __init__(
        self,
        *,
        label: str,
        format: str,  # noqa: A002
        listens: Iterable[Listen | PlayCount],
        findings: Findings | None = None,
    ):
        self.label = label
        """What it is called in a report."""
        self.format = format
        """Its format, or several joined by " + "."""
        self.listens: Iterator[Listen | PlayCount] = iter(listens)
        """Listens, or the play counts of a player that keeps no single ones."""
        self._findings = findings or Findings()

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        """The first rows that were left out."""
        return tuple(self._findings.problems)

    @property
    def n_problems(self) -> int:
        """How many were left out."""
        return self._findings.n_problems

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the file that its owner should know."""
        return tuple(self._findings.notes)

    def leave_out(self, where: str, why: str) -> None:
        """Count a listen that cannot be kept after all."""
        self._findings.problem(where, why)


def read_history(path: Path, *, device_zone: str | None = None, now: datetime | None = None) -> HistoryFile:
    """Recognise a listening history by its content: a file, a ZIP as downloaded, a gzip, or a folder of them.

    Parameters
    ----------
    path : Path
        The file or folder.
    device_zone : str, optional
        Zone of a portable player that does not know its own, such as ``Europe/Berlin``.
    now : datetime, optional
        If given, listens more than a day later are left out as the work of a wrong clock.

    Raises
    ------
    HistoryError
        If it cannot be read, or is of no known format. Rows and single files of an archive that cannot be read are
        reported in ``problems`` instead. Iterating raises it if nothing at all can be read, or the zone is unknown.
    """
    texts, damaged = documents(path, _zone(device_zone))
    recognised = [(text, importer) for text in texts if (importer := _importer(text))]
    if not recognised:
        raise (
            damaged[0]
            if damaged
            else HistoryError(
                "No listening history was recognised in it",
                where=str(path),
                cause="it is of another kind or format, or holds no listens",
                hint=f"known are {KNOWN}",
            )
        )
    findings = Findings()
    for error in damaged:
        findings.problem(error.where or path.name, error.what)
    listens = _listens(recognised, findings)
    return HistoryFile(
        label=path.name,
        format=" + ".join(dict.fromkeys(importer.name for _, importer in recognised)),
        listens=listens if now is None else _until(now + timedelta(days=1), listens, path.name, findings),
        findings=findings,
    )


def _zone(device_zone: str | None) -> ZoneInfo | None:
    if device_zone is None:
        return None
    try:
        return ZoneInfo(device_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HistoryError(
            f"The time zone {device_zone!r} is not known",
            cause="a typing error, or this system has no time zone data",
            hint="write it like Europe/Berlin, or `pip install tzdata`",
        ) from None


def _importer(document: Document) -> HistoryImporter | None:
    for importer in importers():
        try:
            if importer.sniff(document.head):
                return importer
        except Exception:
            _log.warning("the history importer %r failed to look at a file", importer.name, exc_info=True)
    return None


def _listens(
    recognised: Sequence[tuple[Document, HistoryImporter]], findings: Findings
) -> Iterator[Listen | PlayCount]:
    failures: list[HistoryError] = []
    n_read = 0
    for document, importer in recognised:
        rows = importer.read(document, findings)
        while True:
            try:
                listen = next(rows, None)
            except HistoryError as error:
                failure = error
            except Exception as error:
                _log.warning("the history importer %r failed", importer.name, exc_info=True)
                failure = HistoryError(
                    f"The importer {importer.name} failed ({type(error).__name__})",
                    where=document.label,
                    cause="a mistake in the importer",
                    hint="run again with --verbose, and report what it says",
                )
            else:
                if listen is None:
                    break
                n_read += 1
                yield listen
                continue
            failures.append(failure)
            findings.problem(document.label, f"{failure.what}; what stood before it was kept")
            break
    if failures and not n_read and len(failures) == len(recognised):
        raise failures[0]


def _until(
    latest: datetime, listens: Iterator[Listen | PlayCount], label: str, findings: Findings
) -> Iterator[Listen | PlayCount]:
    for listen in listens:
        last = listen.last_played if isinstance(listen, PlayCount) else listen.listened_at
        if last is None or last <= latest:
            yield listen
        else:
            findings.problem(label, "a listen in the future; the clock of the device was wrong")
