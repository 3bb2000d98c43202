"""What a query document may hold, as a JSON Schema for other readers of requests.

It describes the document and nothing else: no name in it comes from a library. What is taken in the end is what
`aidj.asking.translating` reads; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aidj.asking.merging import MAX_MINUTES
from aidj.selection import MOODS, SHELVES

MAX_VALUES = 20
"""More names of one kind belong to no request."""


def _texts(means: str, **more: object) -> dict[str, Any]:
    items = {"type": "string", "minLength": 1, "maxLength": 100, **more}
    return {"type": "array", "description": means, "items": items, "maxItems": MAX_VALUES}


def _span(means: str, kind: str, low: float, high: float) -> dict[str, Any]:
    items = {"type": kind, "minimum": low, "maximum": high}
    return {"type": "array", "description": means, "items": items, "minItems": 2, "maxItems": 2}


_YEARS = ("integer", 1000, 9998)
_WITHOUT: Mapping[str, Any] = {
    "genres": _texts("genres to leave out"),
    "moods": _texts("moods to leave out"),
    "artists": _texts("artists to leave out"),
    "albums": _texts("albums to leave out"),
    "titles": _texts("songs to leave out"),
    "years": _span("years of recording to leave out, first and last", *_YEARS),
}

QUERY_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "genres": _texts("genres, in English, any of which will do"),
        "moods": _texts(f"moods, one English word each, any of which will do: {', '.join(MOODS)}, or another one"),
        "artists": _texts("artists by their whole names, any of whom will do"),
        "like": _texts("artists whose like is asked for"),
        "albums": _texts("albums by their whole names"),
        "works": _texts('works of several movements, such as "symphony 7"'),
        "titles": _texts("songs by their titles"),
        "tempo_bpm": _span("slowest and fastest, in beats per minute", "number", 20, 400),
        "energy": _span("from 0, very calm, to 1, very energetic: least and most", "number", 0, 1),
        "years": _span("when it was recorded, first and last year", *_YEARS),
        "heard": {
            "enum": ["never", "before"],
            "description": "only what the listener never heard, or has heard before",
        },
        "heard_in": _span("only what the listener heard in these years, first and last", "integer", 1970, 9998),
        "rotations": _texts("only from these parts of the library", enum=list(SHELVES)),
        "minutes": {"type": "number", "description": "length", "exclusiveMinimum": 0, "maximum": MAX_MINUTES},
        "whole_album": {"type": "boolean", "description": "whether albums play from end to end"},
        "without": {"type": "object", "additionalProperties": False, "properties": dict(_WITHOUT)},
    },
}
