"""What a history format has to bring, what reading one finds besides listens, and which formats there are."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from aidj.history.documents import Document
from aidj.model import Listen

ENTRY_POINT_GROUP = "aidj.importers"
MAX_PROBLEMS = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A row, or a whole file of an archive, that was left out."""

    where: str
    """File and row."""
    why: str


class Findings:
    """What reading a history brings to light besides listens; filled while it is read."""

    def __init__(self) -> None:
        self.problems: list[RowProblem] = []
        """The first twenty."""
        self.n_problems = 0
        """All of them."""
        self.notes: list[str] = []

    def problem(self, where: str, why: str) -> None:
        """Count something that was left out, and keep it if it is among the first."""
        self.n_problems += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(RowProblem(where=where, why=why))

    def note(self, text: str) -> None:
        """Keep a sentence for the report, once."""
        if text not in self.notes:
            self.notes.append(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayCount:
    """What a player has counted of one song, where it keeps no single plays."""

    artist: str
    title: str
    album: str | None = None
    duration_s: float | None = None
    recording_mbid: str | None = None
    plays: int
    last_played: datetime | None = None
    """UTC."""
    rating: float | None = None
    """The listener's own, above 0 to 1."""
    source: str


@runtime_checkable
class HistoryImporter(Protocol):
    """One format of listening histories.

    ``sniff`` gets the first 64 KiB of a text and says whether it is of this format: by content, never by a name.
    ``read`` yields its listens (with starts in UTC), or a `PlayCount` for each song where the format knows only those,
    reports rows that it leaves out to ``findings``, and raises `HistoryError` where nothing more can be read.
    """

    name: str
    """Becomes the listens' ``source``."""

    def sniff(self, head: str) -> bool:
        """Tell whether a text that begins so is of this format."""
        ...

    def read(self, document: Document, findings: Findings) -> Iterator[Listen | PlayCount]:
        """Yield the listens, or the play counts, of a document."""
        ...


@cache
def importers() -> tuple[HistoryImporter, ...]:
    """Return the formats that are tried, in this order: our own, then those of entry points ``aidj.importers``.

    An entry point may name an importer or a class of one without arguments; one that fails to load is logged and
    left out.
    """
    from aidj.history.lastfm import LastFmCsv, LastFmStatsJson
    from aidj.history.listenbrainz import ListenBrainz
    from aidj.history.players import AppleLibrary, Rhythmbox, Strawberry
    from aidj.history.scrobbler_log import ScrobblerLog
    from aidj.history.spotify import SpotifyAccount, SpotifyExtended

    found: list[HistoryImporter] = [
        SpotifyExtended(),
        SpotifyAccount(),
        ListenBrainz(),
        LastFmStatsJson(),
        ScrobblerLog(),
        AppleLibrary(),
        Rhythmbox(),
        Strawberry(),
        LastFmCsv(),
    ]
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: e.name):
        try:
            loaded = entry.load()
            importer = loaded() if isinstance(loaded, type) else loaded
            if not isinstance(importer, HistoryImporter):
                raise TypeError("it is no HistoryImporter")
            found.append(importer)
        except Exception:
            _log.warning("the history importer %r could not be loaded; it is left out", entry.name, exc_info=True)
    return tuple(found)
