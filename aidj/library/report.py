"""What a scan has to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or folder that could not be used, and why."""

    path: Path
    reason: str
    """In words for a person, without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What a scan found, below the folders it was given."""

    added: int = 0
    """Files seen for the first time."""
    updated: int = 0
    """Files that have changed since the last scan."""
    unchanged: int = 0
    """Files whose contents were not read again, those that came back among them."""
    missing: int = 0
    """Files known before and not found now; counted once, by the scan that misses them. Elsewhere only those of which
    a copy was found here are looked for."""
    returned: int = 0
    """Files that an earlier scan had missed, and that are back unchanged."""
    moved: int = 0
    """Files that an earlier scan knew under another name, perhaps of another folder."""
    playable: int = 0
    """Files that are there and can be played, copies included."""
    duplicates: int = 0
    """Files that are there more than once, each further copy counted."""
    unreadable: tuple[Unreadable, ...] = ()
    """Files that are there but cannot be played, in order of path; also those found out by an earlier scan."""
    named_by_path: tuple[Path, ...] = ()
    """Files whose tags give no artist or no title, in order of path."""
    unreachable: tuple[Unreadable, ...] = ()
    """Folders that could not be looked into; what is known below them stays as it was."""
