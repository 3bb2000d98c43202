"""Spotify's two exports: the extended streaming history, and the last year in the account data.

Both record when a play **ended**; the start is that less what was played. Platform, country, IP address, user name
and user agent stand in the rows too; they are never read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from statistics import median

from aidj.errors import HistoryError
from aidj.history.documents import Document
from aidj.history.importer import Findings
from aidj.history.rules import (
    MAX_PLAYED_S,
    BadRow,
    from_epoch,
    kind_of,
    name,
    number,
    optional_name,
    spotify_id,
)
from aidj.model import Listen

BY_HAND = frozenset({"fwdbtn", "backbtn", "clickrow", "clickside", "endplay", "playbtn", "popup", "remote", None, ""})
"""Reasons for which a play ended that are the listener's doing; None stands in old rows. Errors, a crash, a logout
and ``unknown`` end a play too, but tell nothing about the music."""

MINUTE_MIDDLE_S = 30.0


def rows_of(document: Document, what: str) -> list[object]:
    """Return the rows of a JSON array.

    Raises
    ------
    HistoryError
        If it is something else.
    """
    rows = document.json()
    if not isinstance(rows, list):
        raise HistoryError(
            f"It is no list of {what}",
            where=document.label,
            cause="the file was edited, or is of another kind",
            hint="import it as it was downloaded",
        )
    return rows


def _fields(row: object) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise BadRow("no object with fields")
    return row


class SpotifyExtended:
    """``Streaming_History_Audio_*.json``, ``Streaming_History_Video_*.json`` and the older ``endsong_*.json``."""

    name = "spotify-extended"

    def sniff(self, head: str) -> bool:
        """Tell by the names of the fields."""
        return head.lstrip().startswith("[") and '"ms_played"' in head and '"ts"' in head

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        """Yield tracks, podcast episodes and audiobook chapters.

        A track's full length is not in the export. Where the track was played to its end elsewhere in the same file,
        the median of those plays stands for it when a play that was cut short is judged.
        """
        rows = rows_of(document, "plays")
        lengths_s = _lengths(rows)
        for n, row in enumerate(rows, 1):
            try:
                yield self._listen(_fields(row), lengths_s)
            except BadRow as error:
                findings.problem(f"{document.label}, row {n}", str(error))

    def _listen(self, row: Mapping[str, object], lengths_s: Mapping[str, float]) -> Listen:
        played_s = number(row.get("ms_played"), "ms_played", most=MAX_PLAYED_S * 1000) / 1000
        start = from_epoch(_timestamp(row.get("ts"), "2024-05-03T21:07:45Z") - played_s)
        track_id = spotify_id(row.get("spotify_track_uri"))
        reason = row.get("reason_end")
        kind = kind_of(
            played_s,
            duration_s=lengths_s.get(track_id or ""),
            by_hand=row.get("skipped") is True or (reason in BY_HAND if isinstance(reason, str | None) else False),
            finished=reason == "trackdone",
        )
        artist, title = row.get("master_metadata_album_artist_name"), row.get("master_metadata_track_name")
        album = row.get("master_metadata_album_album_name")
        if title is None and row.get("episode_name") is not None:
            kind, artist, title, album = "podcast", row.get("episode_show_name"), row.get("episode_name"), None
        elif title is None and row.get("audiobook_title") is not None:
            kind, artist, title, album = (
                "audiobook",
                row.get("audiobook_title"),
                row.get("audiobook_chapter_title") or row.get("audiobook_title"),
                None,
            )
        if row.get("incognito_mode") is True:
            kind = "incognito"
        return Listen(
            listened_at=start,
            artist=name(artist, "artist (the track was withdrawn)"),
            title=name(title, "title (the track was withdrawn)"),
            album=optional_name(album),
            played_s=played_s,
            kind=kind,
            spotify_id=track_id,
            source=self.name,
        )


def _lengths(rows: list[object]) -> dict[str, float]:
    finished: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if isinstance(row, dict) and row.get("reason_end") == "trackdone":
            ms, track_id = row.get("ms_played"), spotify_id(row.get("spotify_track_uri"))
            if track_id and isinstance(ms, int) and 30_000 <= ms <= 3_600_000:
                finished[track_id].append(ms / 1000)
    return {track_id: median(lengths) for track_id, lengths in finished.items()}


class SpotifyAccount:
    """``StreamingHistory*.json`` of the account data: to the minute, no album, no id, no reason for the end."""

    name = "spotify-account"

    def sniff(self, head: str) -> bool:
        """Tell by the names of the fields."""
        return head.lstrip().startswith("[") and '"endTime"' in head and '"msPlayed"' in head

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        """Yield tracks, podcast episodes and audiobook chapters.

        The end is known to the minute only; its middle is taken, so that a start is wrong by half a minute at most.
        """
        for n, row in enumerate(rows_of(document, "plays"), 1):
            try:
                yield self._listen(_fields(row))
            except BadRow as error:
                findings.problem(f"{document.label}, row {n}", str(error))
        findings.note("Spotify's account data knows the minute only; the extended history is more exact.")

    def _listen(self, row: Mapping[str, object]) -> Listen:
        played_s = number(row.get("msPlayed"), "msPlayed", most=MAX_PLAYED_S * 1000) / 1000
        end_s = _timestamp(row.get("endTime"), "2024-05-03 21:07")
        kind = kind_of(played_s, by_hand=True)
        artist, title = row.get("artistName"), row.get("trackName")
        if title is None and row.get("episodeName") is not None:
            kind, artist, title = "podcast", row.get("podcastName"), row.get("episodeName")
        elif title is None and row.get("audiobookName") is not None:
            kind, artist = "audiobook", row.get("audiobookName")
            title = row.get("chapterName") or artist
        return Listen(
            listened_at=from_epoch(end_s + MINUTE_MIDDLE_S - played_s),
            artist=name(artist, "artist"),
            title=name(title, "title"),
            played_s=played_s,
            kind=kind,
            source=self.name,
        )


def _timestamp(value: object, form: str) -> float:
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
        if when is None:
            raise ValueError
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadRow(f"a time that is not like {form}") from None
