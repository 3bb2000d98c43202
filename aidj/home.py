"""The data folder of one listener: library, history, analyses and what was said in one file, speech beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from aidj import analysis, history, library, script, scrobbling
from aidj.database import open_database
from aidj.model import Listener, Track
from aidj.selection import Catalogue


def default_data_folder() -> Path:
    """Return the platform's folder for a user's data."""
    import platformdirs

    return Path(platformdirs.user_data_path("aidj", appauthor=False))


@dataclass(frozen=True, slots=True)
class Home:
    """What aidj knows on this machine; nothing outside its folder is ever written.

    Close it, or use it as a context manager. Like the SQLite connection in it, it serves the thread that opened it.
    """

    folder: Path
    library: library.Library
    history: history.History
    analyses: analysis.Analyses
    said: script.Memory
    scrobbles: scrobbling.Queue
    connection: sqlite3.Connection
    _catalogues: list[tuple[tuple[Track, ...], Catalogue]] = field(
        default_factory=list, init=False, compare=False, repr=False
    )
    """The last one, with the tracks that it is of."""

    def catalogue(self, tracks: tuple[Track, ...]) -> Catalogue:
        """Return some tracks as selection looks at them; those of the same tracks, asked for again, are kept."""
        if not self._catalogues or self._catalogues[0][0] is not tracks:
            self._catalogues[:] = [(tracks, Catalogue.of(tracks))]
        return self._catalogues[0][1]

    def listener(self, tracks: Sequence[Track], now: datetime) -> Listener:
        """Return all that is known of the listener about these tracks at a moment.

        Parameters
        ----------
        tracks : sequence of Track
            Whose numbers the columns hold; a tuple is matched with the history only once.
        now : datetime
            The moment that is planned for, with its zone: sessions planned for it or later are no offers yet, and a
            rest that is over by then is no opinion any more.
        """
        return Listener(
            plays=self.history.plays(tracks),
            offers=self.history.offers(tracks, before=now),
            opinions=self.history.opinions(now),
            standing=self.history.standing(tracks),
        )

    def listener_of_few(self, tracks: Sequence[Track], now: datetime) -> Listener:
        """Return what can be looked up quickly of the listener about a few tracks: all but what players have counted.

        As `listener`; nothing is told of listens that belong to none of the tracks.
        """
        return Listener(
            plays=self.history.plays_of_few(tracks),
            offers=self.history.offers_of_few(tracks, before=now),
            opinions=self.history.opinions(now),
            standing=None,
        )

    @property
    def speech_folder(self) -> Path:
        """Where spoken links are kept, so that each text is spoken once."""
        return self.folder / "speech"

    @property
    def voices_folder(self) -> Path:
        """Where a user's own presenters, lines and pronunciations may lie."""
        return self.folder / "voices"

    def close(self) -> None:
        """Close the data file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_home(folder: Path | None = None) -> Home:
    """Open a data folder, made on first use; by default the platform's.

    Raises
    ------
    ConfigError
        If it cannot be made or read.
    """
    folder = folder or default_data_folder()
    connection = open_database(
        folder, library.TABLES, history.TABLES, analysis.TABLES, script.TABLES, scrobbling.TABLES
    )
    music = library.Library(connection)
    return Home(
        folder=folder,
        library=music,
        history=history.History(connection),
        analyses=analysis.Analyses(connection, music.lyrics, music.markers),
        said=script.Memory(connection),
        scrobbles=scrobbling.Queue(connection),
        connection=connection,
    )
