"""One sound file, written as it comes: the format follows from the name's suffix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.files import cannot_write, replacing
from aidj.output.chapters import Chapter
from aidj.output.samples import Blocks, SourceError, checked, resampled, to_int16

SUFFIXES: tuple[str, ...] = (".mp3", ".opus", ".flac", ".m4a", ".wav")
"""What can be written, the most portable first."""

_RATES: dict[str, tuple[int, ...]] = {
    ".mp3": (44100, 48000, 32000),
    ".opus": (48000,),
    ".m4a": (44100, 48000),
}
_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_RF64_FROM_BYTES = (1 << 32) - (64 << 20)
"""WAV counts in 32 bits; the chunks behind the samples want some room too."""


def preferred_rate(suffix: str) -> int:
    """Return the sample rate to mix at for a format: 48000 for Opus, which knows no other, else 44100.

    Raises
    ------
    OutputError
        If the suffix is unknown.
    """
    return 48000 if _known(suffix, suffix) == ".opus" else 44100


def write_audio_file(
    path: Path,
    blocks: Blocks,
    *,
    rate: int,
    n_frames: int,
    tags: Mapping[str, str] = _NO_TAGS,
    chapters: Sequence[Chapter] = (),
) -> None:
    """Write a sound file in constant memory, whole or not at all.

    Parameters
    ----------
    path : Path
        Its suffix chooses the format. A file of that name is replaced at the end.
    blocks : iterable of ndarray
        float32, shape (n, 2) or (n, 1), range -1.0 to 1.0; what is louder is clipped.
    rate : int
        Hz. A rate that the format does not have is converted (Opus: to 48000).
    n_frames : int
        Frames in all blocks together.
    tags : mapping
        Values by lower-case key: title, artist, album, albumartist, date, originaldate, genre, tracknumber,
        discnumber, comment, composer, isrc, bpm, initialkey, lyrics, label, copyright, encoder; any other key becomes
        a field of its own, named in capitals.
    chapters : sequence of Chapter
        In order of their start.

    Raises
    ------
    OutputError
        If the suffix is unknown, the folder is missing or not writable, the disk is full, the encoder fails, or the
        blocks are not `n_frames` frames of one shape. What the blocks themselves raise comes through as it is.
    """
    suffix = _known(path.suffix, str(path))
    try:
        with replacing(path) as partial:
            channels, checked_blocks = checked(blocks, n_frames)
            if rate not in _RATES.get(suffix, (rate,)):
                to_rate = preferred_rate(suffix)
                n_frames = round(n_frames * to_rate / rate)
                checked_blocks = resampled(checked_blocks, channels, rate, to_rate, n_frames)
                rate = to_rate
            _write(partial, path, suffix, checked_blocks, rate, channels, n_frames, tags, chapters)
    except SourceError as error:
        raise error.error from None
    except OutputError as error:
        if error.where:
            raise
        raise OutputError(error.what, where=str(path), cause=error.cause, hint=error.hint) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise cannot_write(path, error) from error


def _known(suffix: str, where: str) -> str:
    if suffix.lower() not in SUFFIXES:
        raise OutputError(
            f"The format {suffix!r} cannot be written" if suffix else "The file name has no suffix to choose a format",
            where=where,
            hint=f"choose a name that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
        )
    return suffix.lower()


def _write(
    path: Path,
    called: Path,
    suffix: str,
    blocks: Iterator[NDArray[np.float32]],
    rate: int,
    channels: int,
    n_frames: int,
    tags: Mapping[str, str],
    chapters: Sequence[Chapter],
) -> None:
    # What writes a format is loaded when a file of it is written.
    if suffix == ".wav":
        from aidj.output.riff import append_chunks

        _write_pcm(path, _wav_format(n_frames * channels * 2), blocks, rate, channels)
        append_chunks(path, tags, chapters, rate)
    elif suffix == ".flac":
        from aidj.output.vorbis import comment_block, comment_fields, copy_flac_with_comment

        comment = comment_block(comment_fields(tags, chapters), vendor=tags.get("encoder", "aidj"))
        _write_pcm(path, "FLAC", blocks, rate, channels)
        with replacing(path, called=called) as with_comment:
            copy_flac_with_comment(path, with_comment, comment)
    elif suffix == ".mp3":
        from aidj.output.mp3 import write_mp3

        write_mp3(path, blocks, rate=rate, channels=channels, n_frames=n_frames, tags=tags, chapters=chapters)
    else:
        from aidj.output.container import M4A, OPUS, write_container

        kind = OPUS if suffix == ".opus" else M4A
        write_container(path, blocks, kind, rate=rate, channels=channels, tags=tags, chapters=chapters)


def _wav_format(n_bytes: int) -> str:
    return "RF64" if n_bytes > _RF64_FROM_BYTES else "WAV"


def _write_pcm(path: Path, kind: str, blocks: Iterator[NDArray[np.float32]], rate: int, channels: int) -> None:
    import soundfile

    with soundfile.SoundFile(str(path), "w", samplerate=rate, channels=channels, format=kind, subtype="PCM_16") as file:
        for block in blocks:
            file.write(to_int16(block))
