"""The export of ListenBrainz: a ZIP of monthly JSON lines, and the older single JSON array.

What stands in it counted as a listen when it was submitted, so every row is one. User names are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from aidj.history.documents import Document
from aidj.history.importer import Findings
from aidj.history.rules import (
    MAX_PLAYED_S,
    BadRow,
    epoch,
    isrc,
    mbid,
    name,
    optional_name,
    optional_number,
    spotify_id,
)
from aidj.history.spotify import rows_of
from aidj.model import Listen

_LISTEN = re.compile(r'"listened_at"\s*:')
_FEEDBACK = re.compile(r'\s*\{(?=[^\n]*"score"\s*:)(?=[^\n]*"recording_m[bs]id"\s*:)')


class ListenBrainz:
    """``listens/<year>/<month>.jsonl``, and ``feedback.jsonl``, which is only counted."""

    name = "listenbrainz"

    def sniff(self, head: str) -> bool:
        """Tell by the names of the fields."""
        if _LISTEN.search(head) and '"track_metadata"' in head:
            return head.lstrip()[:1] in ("{", "[")
        return _FEEDBACK.match(head) is not None

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        """Yield the listens; the recording's id as submitted is preferred to the one that was mapped later."""
        n_feedback = 0
        for n, row in _rows(document):
            try:
                row = json.loads(row) if isinstance(row, str) else row
                if not isinstance(row, dict):
                    raise BadRow("no object with fields")
                if "score" in row and "track_metadata" not in row:
                    n_feedback += 1
                    continue
                yield self._listen(row)
            except (ValueError, RecursionError) as error:
                why = str(error) if isinstance(error, BadRow) else "no complete JSON"
                findings.problem(f"{document.label}, row {n}", why)
        if n_feedback:
            findings.note(f"{n_feedback} loved or hated recordings were found; they are not used yet.")

    def _listen(self, row: Mapping[str, object]) -> Listen:
        track = _object(row.get("track_metadata"))
        info = _object(track.get("additional_info"))
        mapping = _object(track.get("mbid_mapping"))
        most = MAX_PLAYED_S
        return Listen(
            listened_at=epoch(row.get("listened_at")),
            artist=name(track.get("artist_name"), "artist"),
            title=name(track.get("track_name"), "title"),
            album=optional_name(track.get("release_name")),
            duration_s=optional_number(info.get("duration_ms"), most=most, unit_s=0.001)
            or optional_number(info.get("duration"), most=most),
            played_s=optional_number(info.get("duration_played"), most=most),
            recording_mbid=mbid(info.get("recording_mbid")) or mbid(mapping.get("recording_mbid")),
            isrc=isrc(info.get("isrc")),
            spotify_id=spotify_id(info.get("spotify_id")),
            source=self.name,
        )


def _rows(document: Document) -> Iterator[tuple[int, object]]:
    if document.head.lstrip().startswith("["):
        yield from enumerate(rows_of(document, "listens"), 1)
    else:
        yield from ((n, line) for n, line in enumerate(document.lines(), 1) if line.strip())


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
