"""``.scrobbler.log``, as Rockbox and other portable players write it (AUDIOSCROBBLER 1.0 and 1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aidj.history.documents import Document
from aidj.history.importer import Findings
from aidj.history.rules import (
    MAX_PLAYED_S,
    BadRow,
    epoch,
    from_epoch,
    mbid,
    name,
    optional_name,
    optional_number,
)
from aidj.model import Listen


class ScrobblerLog:
    """Tab-separated: artist, album, title, track number, length, L (listened) or S (skipped), start, recording id."""

    name = "scrobbler-log"

    def sniff(self, head: str) -> bool:
        """Tell by the first line."""
        return head.startswith("#AUDIOSCROBBLER/1.")

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        """Yield the plays; the log's own word decides whether one was a listen or a skip.

        A device that does not know its zone (``#TZ/UNKNOWN``) writes local times as if they were UTC; they are
        moved if the document's ``device_zone`` is known, and otherwise taken as they stand.
        """
        zone: ZoneInfo | None = None
        for n, line in enumerate(document.lines(), 1):
            line = line.rstrip("\r\n")
            if line.startswith("#"):
                if line.strip().upper() == "#TZ/UNKNOWN":
                    zone = document.device_zone
                    findings.note(
                        f"The device did not know its time zone; its times were read as {zone.key}."
                        if zone
                        else "The device did not know its time zone; its times were read as UTC."
                    )
                continue
            if not line.strip():
                continue
            try:
                yield self._listen(line.split("\t"), zone)
            except BadRow as error:
                findings.problem(f"{document.label}, row {n}", str(error))

    def _listen(self, row: list[str], zone: ZoneInfo | None) -> Listen:
        if len(row) < 7:
            raise BadRow(f"{len(row)} columns instead of 7 or 8")
        artist, album, title, _, length, rating, start = row[:7]
        if artist.strip().casefold() == "<untagged>":
            raise BadRow("the file had no tags")
        if rating not in ("L", "S"):
            raise BadRow("neither L nor S in column 6")
        return Listen(
            listened_at=_local(epoch(start), zone),
            artist=name(artist, "artist"),
            title=name(title, "title"),
            album=None if album.strip().casefold() == "<untagged>" else optional_name(album),
            duration_s=optional_number(length, most=MAX_PLAYED_S),
            kind="listen" if rating == "L" else "skip",
            recording_mbid=mbid(row[7]) if len(row) > 7 else None,
            source=self.name,
        )


def _local(when: datetime, zone: ZoneInfo | None) -> datetime:
    return from_epoch(when.replace(tzinfo=zone).timestamp()).astimezone(UTC) if zone else when
