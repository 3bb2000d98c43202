"""What is sent: a listen as the documents of ListenBrainz have it.

Its rules are kept here rather than learnt from its refusals: what is unknown is left out instead of sent empty, ids
are sent only in their form, and no text holds characters that its database cannot take.

Source: ListenBrainz, "JSON Documentation" and the checks of ``submit-listens`` in its server.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from aidj import __version__
from aidj.model import Listen

MAX_LISTEN_BYTES = 10_240
MAX_LISTENS = 1000
"""In one request."""
LISTEN_MINIMUM_TS = 1_033_430_400
"""2002-10-01: no listen is older."""

_ROOM_BYTES = 128
"""What is around one listen in a request; the service counts that in."""
_MAX_DURATION_MS = 24 * 24 * 3600 * 1000
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def clean(text: str) -> str:
    """Return a name as it is sent: one line, without control characters and halves of characters."""
    return " ".join("".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text).split())


def document_of(listen: Listen) -> str:
    """Return a listen as one element of a payload."""
    return _json({"listened_at": int(listen.listened_at.timestamp()), "track_metadata": _metadata(listen)})


def unsendable(listen: Listen, document: str) -> str:
    """Return why the service would never take a listen; empty where it may."""
    if listen.listened_at.timestamp() < LISTEN_MINIMUM_TS:
        return "it is dated before October 2002: this computer's clock was wrong"
    if len(document.encode()) > MAX_LISTEN_BYTES - _ROOM_BYTES:
        return f"its names are too long: a listen has at most {MAX_LISTEN_BYTES:,} bytes"
    return ""


def submission_body(documents: Sequence[str]) -> bytes:
    """Return the body of a request that submits some listens, 1 to `MAX_LISTENS` of them."""
    kind = "single" if len(documents) == 1 else "import"
    return f'{{"listen_type":"{kind}","payload":[{",".join(documents)}]}}'.encode()


def playing_now_body(listen: Listen) -> bytes:
    """Return the body of a request that says what is playing; when it began is not part of it."""
    return _json({"listen_type": "playing_now", "payload": [{"track_metadata": _metadata(listen)}]}).encode()


def _metadata(listen: Listen) -> dict[str, Any]:
    info: dict[str, Any] = {
        "media_player": "aidj",
        "media_player_version": __version__,
        "submission_client": "aidj",
        "submission_client_version": __version__,
    }
    duration_ms = round((listen.duration_s or 0.0) * 1000)
    if 0 < duration_ms <= _MAX_DURATION_MS:
        info["duration_ms"] = duration_ms
    if listen.recording_mbid and _MBID.fullmatch(listen.recording_mbid):
        info["recording_mbid"] = listen.recording_mbid.lower()
    if listen.isrc and _ISRC.fullmatch(listen.isrc):
        info["isrc"] = listen.isrc
    metadata: dict[str, Any] = {"artist_name": clean(listen.artist), "track_name": clean(listen.title)}
    if album := clean(listen.album or ""):
        metadata["release_name"] = album
    return metadata | {"additional_info": info}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
