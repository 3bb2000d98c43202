"""Why one file cannot be listed; used inside the room only."""

from __future__ import annotations


class UnusableFileError(Exception):
    """One file that cannot be listed.

    Parameters
    ----------
    reason : str
        In words for a person.
    lasting : bool
        Whether the file itself is at fault, so that looking again is useless until it changes; a missing permission
        or a failing disk is not.
    """

    def __init__(self, reason: str, *, lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


def in_words(error: OSError) -> str:
    """Say what the operating system complains about."""
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    if isinstance(error, NotADirectoryError):
        return "it is not a folder"
    return f"it cannot be opened ({error.strerror or type(error).__name__})"
