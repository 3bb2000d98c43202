"""Which sound files lie below a folder. Looks at names, sizes and times only, never into a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidj.library.problems import in_words
from aidj.library.report import Unreadable

SUFFIXES = frozenset(
    {".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".wav", ".aif", ".aiff", ".aifc"},
)
"""File name endings, in lower case, that a scan looks at."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file with the name of a sound file."""

    path: bytes
    """As the file system has it: names need not be valid UTF-8."""
    root: bytes
    """The folder that was asked for."""
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Walk:
    """What lies below some folders."""

    files: list[FoundFile]
    """In order of path."""
    roots: list[bytes]
    """The folders that could be looked into, none of them below another."""
    unreachable: list[tuple[bytes, str]]
    """Folders that could not be looked into, with the reason."""
    broken: list[tuple[bytes, str]]
    """Names that lead to no file, with the reason."""
    closed: list[bytes]
    """Folders within the roots that could not be looked into; they are in `unreachable` too."""

    def knows(self, path: bytes) -> bool:
        """Tell whether a path would have been found if it were there."""
        return not any(path.startswith(below(folder)) for folder in self.closed)


def below(folder: bytes) -> bytes:
    """Return what every path below a folder begins with."""
    separator = os.sep.encode()
    return folder if folder.endswith(separator) else folder + separator


def range_below(folder: bytes) -> tuple[bytes, bytes]:
    """Return two paths between which, first in and last out, everything below a folder sorts."""
    prefix = below(folder)
    return prefix, prefix[:-1] + bytes([prefix[-1] + 1])


def outermost(folders: Sequence[bytes]) -> list[bytes]:
    """Leave out folders that lie below others, and repetitions; sorted."""
    kept: list[bytes] = []
    for folder in sorted(set(folders), key=below):
        if not kept or not below(folder).startswith(below(kept[-1])):
            kept.append(folder)
    return kept


def absolute(path: str | os.PathLike[str]) -> bytes:
    """Return a path in the form in which the library keeps it; links are not followed."""
    return os.fsencode(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 (".." must go, links must stay)


def to_path(path: bytes) -> Path:
    """Return the path of a stored name."""
    return Path(os.fsdecode(path))


def to_unreadable(items: Sequence[tuple[bytes, str]]) -> tuple[Unreadable, ...]:
    """Return these names and reasons in order of path."""
    return tuple(Unreadable(to_path(path), reason) for path, reason in sorted(items))


def walk(folders: Sequence[Path]) -> Walk:
    """Find the sound files below some folders.

    Links are followed, and every folder is entered once however many ways lead to it; hidden names are left out.
    """
    unreachable: list[tuple[bytes, str]] = []
    reachable: list[bytes] = []
    for root in dict.fromkeys(absolute(folder) for folder in folders):
        try:
            os.scandir(root).close()
            reachable.append(root)
        except OSError as error:
            unreachable.append((root, in_words(error)))
    result = Walk([], outermost(reachable), unreachable, [], [])
    entered: set[tuple[int, int]] = set()
    for root in result.roots:
        # Links to folders wait until all real folders have been entered, so that a link added later cannot take a
        # folder's files away from it.
        pending: list[bytes] = [root]
        links: list[bytes] = []
        while pending or links:
            folder = pending.pop() if pending else links.pop(0)
            for path, is_link in _enter(folder, root, entered, result):
                (links if is_link else pending).append(path)
    result.files.sort(key=lambda file: file.path)
    return result


def _enter(folder: bytes, root: bytes, entered: set[tuple[int, int]], result: Walk) -> Iterator[tuple[bytes, bool]]:
    """Take in the files of one folder; yield (path, reached through a link) of the folders in it."""
    try:
        status = os.stat(folder)  # noqa: PTH116 (bytes paths throughout)
        identity = (status.st_dev, status.st_ino)
        if identity in entered:
            return
        entered.add(identity)
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        result.unreachable.append((folder, in_words(error)))
        result.closed.append(folder)
        return
    for entry in listed:
        if entry.name.startswith(b"."):  # hidden, and the "._x" that macOS leaves on foreign disks
            continue
        is_sound = os.path.splitext(os.fsdecode(entry.name))[1].lower() in SUFFIXES  # noqa: PTH122
        try:
            if entry.is_dir():
                yield entry.path, entry.is_symlink()
                continue
            if not is_sound:
                continue
            status = entry.stat()
        except OSError as error:
            if is_sound:
                reason = "a link that leads nowhere" if isinstance(error, FileNotFoundError) else in_words(error)
                result.broken.append((entry.path, reason))
            continue
        if stat.S_ISREG(status.st_mode):  # reading a pipe or a device could wait for ever
            result.files.append(FoundFile(entry.path, root, status.st_size, status.st_mtime_ns))
