"""The texts inside a history file: the file itself, what a ZIP or a folder holds, or what gzip packed.

Sizes are limited, so that a small hostile archive cannot fill the memory; what is neither text nor SQLite is left
aside.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from aidj.errors import HistoryError

HEAD_BYTES = 65_536
MAX_JSON_BYTES = 128 * 2**20
MAX_TEXT_CHARS = 4 * 2**30
MAX_LINE_CHARS = 2**20
MAX_DOCUMENTS = 5000
SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".log", ".xml", ".zip", ".gz"})
"""What is looked at in a folder or a ZIP; whether it is a history, its content says."""

Opener = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text (or SQLite file, its bytes as Latin-1) that may be a listening history."""

    label: str
    """How a report calls it: the file's name, behind that of the ZIP or folder it is in."""
    head: str
    """Its first 64 KiB as text."""
    encoding: str
    opener: Opener
    device_zone: ZoneInfo | None = None
    """The zone of a device whose log says nothing of it."""

    def lines(self) -> Iterator[str]:
        """Read it line by line. Bytes that are no text come as lone surrogates.

        Raises
        ------
        HistoryError
            If it cannot be read to its end, or a line or the whole is absurdly long.
        """
        n_chars = 0
        with reading(self.label), self.opener() as raw:
            # UTF-16 has no way to carry undecodable bytes on.
            errors = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
            text = io.TextIOWrapper(raw, encoding=self.encoding, errors=errors, newline="")
            while line := text.readline(MAX_LINE_CHARS):
                n_chars += len(line)
                if len(line) >= MAX_LINE_CHARS or n_chars > MAX_TEXT_CHARS:
                    raise HistoryError(
                        "It has a line, or a size, that no listening history has",
                        where=self.label,
                        cause="the file is damaged, or something else under that name",
                    )
                yield line

    def json(self) -> object:
        """Read it as one JSON value.

        Raises
        ------
        HistoryError
            If it is no JSON, cut off, or larger than 128 MiB.
        """
        with reading(self.label), self.opener() as raw:
            content = raw.read(MAX_JSON_BYTES + 1)
        if len(content) > MAX_JSON_BYTES:
            raise HistoryError(
                f"It is larger than {MAX_JSON_BYTES // 2**20} MiB",
                where=self.label,
                cause="it is no listening history, or several were joined into one file",
                hint="import the files of the download as they are",
            )
        try:
            return json.loads(content.decode(self.encoding, errors="surrogateescape"))
        except (ValueError, RecursionError) as error:
            raise HistoryError(
                f"It is no complete JSON ({str(error)[:100]})",
                where=self.label,
                cause="the download or the copy was cut off",
                hint="download or unpack it again",
            ) from None


@contextmanager
def reading(label: str) -> Iterator[None]:
    """Turn what reading a file can raise into one error that names it."""
    try:
        yield
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        UnicodeError,
    ) as error:
        what = f"It cannot be read ({type(error).__name__})"
        if isinstance(error, FileNotFoundError):
            what, cause, hint = "There is no such file", "the name is wrong, or the file was moved", "check the path"
        elif isinstance(error, PermissionError):
            what, cause, hint = "It cannot be read", "the file may not be read by you", "check its permissions"
        elif "password" in str(error):
            cause, hint = "the archive is encrypted", "unpack it first, and import the folder"
        else:
            cause, hint = "the download or the copy was cut off, or the disk is damaged", "download it again"
        raise HistoryError(what, where=label, cause=cause, hint=hint) from error


def documents(path: Path, device_zone: ZoneInfo | None = None) -> tuple[list[Document], list[HistoryError]]:
    """Return the texts of a file, a ZIP or a folder (with the ZIPs and gzips in it), in order of their names.

    The second list holds what is wrong with single files of a ZIP or folder that look like part of a history.

    Raises
    ------
    HistoryError
        If it cannot be opened at all, is empty, no text, or holds too many files.
    """
    with reading(str(path)):
        if path.is_dir():
            return _of_folder(path, device_zone)
        if not path.stat().st_size:
            raise HistoryError("It is empty", where=str(path), cause="the download failed", hint="download it again")
        return _of_file(path, path.name, device_zone)


def _of_folder(folder: Path, zone: ZoneInfo | None) -> tuple[list[Document], list[HistoryError]]:
    found: list[Document] = []
    damaged: list[HistoryError] = []
    paths = list(islice((p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES), MAX_DOCUMENTS + 1))
    _check_count(len(paths), str(folder))
    for path in sorted(paths):
        label = path.relative_to(folder).as_posix()
        if not path.is_file() or path.name.startswith("._") or not path.stat().st_size:
            continue
        try:
            texts, failures = _of_file(path, label, zone)
        except HistoryError as error:
            damaged.append(error)
        else:
            found += texts
            damaged += failures
    return found, damaged


def _of_file(path: Path, label: str, zone: ZoneInfo | None) -> tuple[list[Document], list[HistoryError]]:
    with reading(label), path.open("rb") as raw:
        magic = raw.read(4)
    if magic[:2] == b"PK":
        return _of_zip(path, label, zone)
    opener = partial(_gunzip if magic[:2] == b"\x1f\x8b" else _plain, path)
    with reading(label), opener() as raw:
        head = raw.read(HEAD_BYTES)
    return [_document(label, head, opener, zone)], []


def _of_zip(path: Path, label: str, zone: ZoneInfo | None) -> tuple[list[Document], list[HistoryError]]:
    found: list[Document] = []
    damaged: list[HistoryError] = []
    with reading(label), zipfile.ZipFile(path) as archive:
        members = sorted((m for m in archive.infolist() if m.file_size), key=lambda m: m.filename)
        _check_count(len(members), label)
        for member in members:
            inside = f"{label}/{PurePosixPath(member.filename).name}"
            if PurePosixPath(member.filename).suffix.lower() not in SUFFIXES or "__MACOSX/" in member.filename:
                continue
            try:
                with reading(inside), archive.open(member) as raw:
                    head = raw.read(HEAD_BYTES)
                found.append(_document(inside, head, partial(_member, path, member.filename), zone))
            except HistoryError as error:
                damaged.append(error)
    return found, damaged


def _check_count(n_files: int, where: str) -> None:
    if n_files > MAX_DOCUMENTS:
        raise HistoryError(
            f"It holds more than {MAX_DOCUMENTS} files",
            where=where,
            cause="it is not the folder or archive of a history",
            hint="name the history's own folder or file",
        )


def _plain(path: Path) -> BinaryIO:
    return path.open("rb")


def _gunzip(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb"))


@contextmanager
def _member(path: Path, name: str) -> Iterator[BinaryIO]:
    with zipfile.ZipFile(path) as archive, archive.open(name) as raw:
        yield cast("BinaryIO", raw)


def _document(label: str, head: bytes, opener: Opener, zone: ZoneInfo | None) -> Document:
    """Wrap a text, if it is one, or an SQLite file."""
    if head.startswith(b"SQLite format 3\0"):
        return Document(label=label, head=head.decode("latin-1"), encoding="latin-1", opener=opener, device_zone=zone)
    encoding = _encoding(head)
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeError:
        text = "\0"
        if not any(byte < 9 for byte in head):
            raise HistoryError(
                "It is not in UTF-8",
                where=label,
                cause="a spreadsheet or an old program saved it in another encoding",
                hint="import the file as it was downloaded, or save it again as UTF-8",
            ) from None
    if "\0" in text:
        raise HistoryError(
            "It is no text",
            where=label,
            cause="it is another kind of file",
            hint="give the JSON, CSV or log files of a history, or the ZIP they came in",
        )
    return Document(label=label, head=text.removeprefix("\ufeff"), encoding=encoding, opener=opener, device_zone=zone)


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:2] == b"\0" and head[:1] != b"\0":  # UTF-16 of a text that begins in ASCII, as ours all do
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0"):
        return "utf-16-be"
    return "utf-8-sig"
