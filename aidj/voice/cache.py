"""Speech that was made once is kept, under what its sound depends on."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from aidj.model import Speech, Word

_LOG = logging.getLogger(__name__)
_MAGIC = b"aidj.speech/1\n"
_SUFFIX = ".speech"


class SpeechCache:
    """A folder of speech that was made before.

    One file for each utterance: a header in JSON, the samples, and a checksum over both. Files are written aside and
    moved into place, so two sessions can share a folder; a damaged one is made again. Failing to keep something is a
    log line.

    Parameters
    ----------
    folder : Path
        Where speech is kept; made when needed.
    max_bytes : int
        Beyond this the speech that was not used for longest goes.
    """

    def __init__(self, folder: Path, *, max_bytes: int = 500_000_000) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def find(self, key: Mapping[str, object]) -> Speech | None:
        """Return the speech that was kept under a key, without its text; None if there is none."""
        path = self._path(key)
        kept = _read(path)
        if kept is not None:
            _touch(path)
        return kept

    def keep(self, key: Mapping[str, object], speech: Speech) -> None:
        """Keep a speech under all that its samples and words depend on, in JSON's types."""
        try:
            self._keep(self._path(key), speech)
        except OSError as problem:
            _LOG.warning("speech cannot be kept in %s: %s", self._folder, problem)

    def _path(self, key: Mapping[str, object]) -> Path:
        canonical = json.dumps(key, sort_keys=True, separators=(",", ":"))
        return self._folder / f"{hashlib.sha256(canonical.encode('ascii')).hexdigest()}{_SUFFIX}"

    def _keep(self, path: Path, speech: Speech) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix="tmp-", suffix=".part", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_pack(speech))
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        self._prune(path)

    def _prune(self, newest: Path) -> None:
        files = [(path, path.stat()) for path in self._folder.glob(f"*{_SUFFIX}")]
        total = sum(stat.st_size for _, stat in files)
        for path, stat in sorted(files, key=lambda item: (item[1].st_mtime, item[0].name)):
            if total <= self._max_bytes:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= stat.st_size


def _pack(speech: Speech) -> bytes:
    whole = np.round(speech.samples * 32768)
    is_16_bit = (
        bool(len(whole)) and bool((whole == speech.samples * 32768).all()) and float(np.abs(whole).max()) < 32768
    )
    header = {
        "rate": speech.rate,
        "engine": speech.engine,
        "voice": speech.voice,
        "synthetic": speech.synthetic,
        "words": [[word.start_s, word.start_char, word.length] for word in speech.words],
        "format": "int16" if is_16_bit else "float32",
    }
    samples = whole.astype("<i2") if is_16_bit else speech.samples.astype("<f4")
    body = json.dumps(header).encode("ascii") + b"\n" + samples.tobytes()
    return _MAGIC + hashlib.sha256(body).digest() + body


def _read(path: Path) -> Speech | None:
    """Return the kept speech; None if there is none, or what there is is damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        _LOG.warning("kept speech cannot be read and is made again: %s", problem)
        return None
    start = len(_MAGIC) + 32
    body = data[start:]
    if not data.startswith(_MAGIC) or hashlib.sha256(body).digest() != data[len(_MAGIC) : start]:
        _LOG.warning("kept speech is damaged and is made again: %s", path.name)
        return None
    line, _, raw = body.partition(b"\n")
    try:
        header = json.loads(line)
        if header["format"] == "int16":
            samples = np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32768)
        else:
            samples = np.frombuffer(raw, "<f4").astype(np.float32)
        return Speech(
            text="",
            samples=samples,
            rate=int(header["rate"]),
            words=tuple(Word(float(at), int(char), int(length)) for at, char, length in header["words"]),
            engine=str(header["engine"]),
            voice=str(header["voice"]),
            synthetic=bool(header["synthetic"]),
        )
    except (ValueError, KeyError, TypeError) as problem:
        _LOG.warning("kept speech is of another form and is made again: %s (%s)", path.name, problem)
        return None


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError:
        _LOG.debug("cannot mark %s as used", path.name)
