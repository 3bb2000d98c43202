"""Parts of the embedding program: what goes wrong in them is told in words, and ends nothing."""

from __future__ import annotations

import traceback

_MOST_CHARS = 200


def called(kind: str, part: object) -> str:
    """Return what a part is called in a message, such as ``voice “tone”``."""
    try:
        name = str(part.name)  # type: ignore[attr-defined]
    except Exception:
        name = type(part).__name__
    return f"{kind} “{name[:_MOST_CHARS]}”"


def failure(error: BaseException) -> str:
    """Return what was raised, in one line: its class, and what it says."""
    return " ".join(traceback.format_exception_only(error)[-1].split())[:_MOST_CHARS]
