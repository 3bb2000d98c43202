"""Reading a document, and writing a file whole or not at all; saying in one way why it could not be done.

Everything is written beside the final name and moved into place at the end: a broken run leaves no half file, and what
had the name before stays until then. The caller says of which kind the error is, since several rooms write.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from aidj.errors import AidjError, OutputError

_CAUSES = {
    errno.ENOSPC: ("the disk is full", "free some space, or choose another folder"),
    getattr(errno, "EDQUOT", -1): ("your share of the disk is used up", "free some space, or choose another folder"),
    errno.EFBIG: ("the file system or a limit allows no file this long", "choose another format or another folder"),
    errno.EACCES: ("you may not write there", "choose another folder"),
    errno.EPERM: ("you may not write there", "choose another folder"),
    errno.EROFS: ("the disk is read-only", "choose another folder"),
    errno.ENOENT: ("the folder does not exist", "make the folder first"),
    errno.EEXIST: ("a part of the path is a file, not a folder", "choose another folder"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "choose another folder"),
    errno.EISDIR: ("there is a folder of that name", "choose another file name"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter name"),
}

_UNREADABLE: Mapping[type[BaseException], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "that is a folder",
    PermissionError: "you may not read it",
}


def cannot_write(path: Path, error: BaseException, *, kind: type[AidjError] = OutputError) -> AidjError:
    """Return the error, of this kind, that says why a file could not be written."""
    number = getattr(error, "errno", None)
    cause, hint = _CAUSES.get(number or 0, ("the disk is full or failing", "try another folder"))
    reason = (os.strerror(number) if number else str(error)).strip(" .")
    return kind(f"The file cannot be written ({reason})", where=str(path), cause=cause, hint=hint)


def read_document(
    path: Path, what: str, *, kind: type[AidjError], max_bytes: int, hint: str | None = None, cause: str | None = None
) -> str:
    """Return the text of a document that people write and edit.

    Parameters
    ----------
    what : str
        What it is, for messages: "plan", "query".
    kind : type of AidjError
        What is raised.
    max_bytes : int
        More is something else, and not read.
    hint : str, optional
        What to do if there is none.
    cause : str, optional
        Why it cannot be read, where nothing better is known.

    Raises
    ------
    AidjError
        Of that kind: if it cannot be read, is far too large, or is no UTF-8.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise OSError("it is no file but a pipe or a device")  # reading it could wait for ever
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise kind(
            f"The {what} cannot be read ({getattr(error, 'strerror', None) or error})",
            where=str(path),
            cause=_UNREADABLE.get(type(error), cause or "the name is wrong, or the disk does not answer"),
            hint=hint,
        ) from error
    if len(data) > max_bytes:
        raise kind(f"The file is far too large for a {what}", where=str(path), cause="it is something else")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise kind(
            "The file is not UTF-8 text",
            where=f"{path}, line {line}",
            cause=f"it is something else than a {what}, or an editor has saved it in another encoding",
            hint="save it as UTF-8",
        ) from error


@contextmanager
def replacing(path: Path, *, called: Path | None = None, kind: type[AidjError] = OutputError) -> Iterator[Path]:
    """Give a new, empty file in the same folder; it takes the final name when the block ends without an error.

    Otherwise it is removed, and a file that had the final name before stays as it was.

    Parameters
    ----------
    called : Path, optional
        The name for messages, where `path` is itself a temporary one.
    kind : type of AidjError
        What is raised.

    Raises
    ------
    AidjError
        Of that kind: if the folder cannot be written to, or `path` is a folder.
    """
    called = called or path
    try:
        partial = path.with_name(f".aidj-{os.urandom(8).hex()}.part")
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        # Not tempfile: its files are readable by their owner only, and would stay so under the final name.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except (OSError, ValueError) as error:
        raise cannot_write(called, error, kind=kind) from error
    try:
        yield partial
        try:
            partial.replace(path)
        except OSError as error:
            raise cannot_write(called, error, kind=kind) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, kind: type[AidjError] = OutputError) -> None:
    """Write a UTF-8 text file with plain newlines, whole or not at all.

    Raises
    ------
    AidjError
        Of this kind: if it cannot be written.
    """
    with replacing(path, kind=kind) as partial:
        try:
            partial.write_bytes(text.encode("utf-8"))
        except (OSError, ValueError) as error:
            raise cannot_write(path, error, kind=kind) from error
