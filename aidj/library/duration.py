"""How long a sound file plays, as its decoder will find it, without decoding it.

Headers lie: an MP3 without a Xing tag states no length, a file cut short states the length it once had, and a raw AAC
stream has no header at all. Where the header cannot be right, packets are counted instead.
"""

from __future__ import annotations

import math
import os
import struct
from typing import Any, BinaryIO

from aidj.library.problems import UnusableFileError

_UNKNOWN_FRAMES = 1 << 62  # libsndfile's word for "the header does not say" is 2**63 - 1
_LEAD_BYTES = 64 * 1024


def measure_duration_s(path: bytes, file: BinaryIO) -> float:
    """Return how long a sound file plays, in seconds.

    Parameters
    ----------
    path : bytes
        Where the file lies.
    file : BinaryIO
        The same file, open; its position is moved.

    Raises
    ------
    UnusableFileError
        If no decoder finds sound in it.
    """
    offset = skip_id3(file)
    file.seek(offset)
    lead = file.read(_LEAD_BYTES)
    duration_s = None
    if lead[:4] in (b"fLaC", b"OggS", b"RIFF", b"RF64", b"FORM"):
        duration_s = _ask_soundfile(path, check_end=lead[:4] == b"fLaC")
    elif _xing_is_true(lead, file.seek(0, os.SEEK_END) - offset):
        duration_s = _ask_soundfile(path, check_end=False)
    if duration_s is None:
        duration_s = _ask_av(path)
    if not math.isfinite(duration_s) or duration_s <= 0:
        raise UnusableFileError("it holds no sound", lasting=True)
    return duration_s


def skip_id3(file: BinaryIO) -> int:
    """Return where the content begins behind any number of ID3v2 tags."""
    offset = 0
    while True:
        file.seek(offset)
        header = file.read(10)
        if len(header) < 10 or header[:3] != b"ID3" or max(header[6:10]) > 0x7F:
            return offset
        size = header[6] << 21 | header[7] << 14 | header[8] << 7 | header[9]
        offset += 10 + size + (10 if header[5] & 0x10 else 0)


def _xing_is_true(lead: bytes, size: int) -> bool:
    """Tell whether an MPEG stream begins with a Xing or Info tag that counts frames and fits the file's size."""
    sync = next((i for i in range(len(lead) - 1) if lead[i] == 0xFF and lead[i + 1] >= 0xE0), -1)
    if sync < 0:
        return False
    head = lead[sync : sync + 200]
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or len(head) < at + 16:
        return False
    flags, n_frames, n_bytes = struct.unpack_from(">III", head, at + 4)
    if not flags & 1 or n_frames == 0:
        return False
    return not flags & 2 or size - sync >= n_bytes * 0.99


def _ask_soundfile(path: bytes, *, check_end: bool) -> float | None:
    """Return the length that libsndfile states; None where it states none, or it cannot be true."""
    import soundfile

    name = path if os.name == "posix" else os.fsdecode(path)  # bytes: the name need not be valid UTF-8
    try:
        with soundfile.SoundFile(name) as sound:
            n_frames, rate = int(sound.frames), int(sound.samplerate)
            if not 0 < n_frames < _UNKNOWN_FRAMES or rate <= 0:
                return None
            if check_end:  # a FLAC that was cut short still states its full length
                sound.seek(n_frames - 1)
                if len(sound.read(1)) != 1:
                    return None
            return n_frames / rate
    except (soundfile.SoundFileError, RuntimeError, OSError, TypeError, ValueError):
        return None


def _ask_av(path: bytes) -> float:
    """Return the length that FFmpeg states where it can be believed, else what its packets add up to."""
    import av

    try:
        with av.open(av_name(path), "r", metadata_errors="replace") as container:
            if not container.streams.audio:
                raise UnusableFileError("it holds no sound", lasting=True)
            stream = container.streams.audio[0]
            ticks = stream.duration if "mp4" in container.format.name else None
            if ticks:
                index: Any = getattr(stream, "index_entries", ())  # newer PyAV only
                if len(index) and index[-1].pos + index[-1].size > container.size:
                    ticks = None  # cut short, with its table of contents in front
            ticks = ticks or sum(packet.duration or 0 for packet in container.demux(stream))
            return float(ticks * (stream.time_base or 0))
    except (av.FFmpegError, ValueError, IndexError) as error:
        text = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnusableFileError(
            f"not an audio file, or damaged: {text}", lasting=not isinstance(error, OSError)
        ) from error


def av_name(path: bytes) -> str:
    """Return a path in words that FFmpeg cannot take for an address or one of its protocols."""
    return "file:" + os.fsdecode(path)
