"""Whether another session plays from the same data folder: both may, and the listener is told."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

SHARED = (
    "Another session plays from this data folder already. Both play, and write down what is heard; only one of them "
    "can be gone on with later."
)


class Hold:
    """A session's hold of its data folder: a lock on the folder itself, which ends with the process at the latest.

    It forbids nothing. Where the system or the file system knows no such locks, everybody counts as the only one.
    """

    def __init__(self, folder: Path) -> None:
        self.is_shared = False
        """Whether somebody else had it before."""
        self._fd: int | None = None
        with suppress(ImportError, OSError):
            import fcntl

            folder.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.is_shared = True

    def close(self) -> None:
        """Let go of it."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
