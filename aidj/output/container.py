"""Opus and M4A (AAC) files, through PyAV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.output.chapters import Chapter
from aidj.output.mp4 import set_tags
from aidj.output.samples import clipped
from aidj.output.text import one_line
from aidj.output.vorbis import comment_fields

if TYPE_CHECKING:
    from av import AudioStream
    from av.container.core import Chapter as ContainerChapter

_MS = Fraction(1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A container, its codec and their settings."""

    container: str
    codec: str
    bit_rates: Mapping[int, int]
    """Bit/s by number of channels."""
    sample_format: str
    codec_options: Mapping[str, str] = field(default_factory=dict)


OPUS = Kind(container="opus", codec="libopus", bit_rates={1: 64_000, 2: 128_000}, sample_format="flt")
M4A = Kind(
    container="ipod",
    codec="aac",
    bit_rates={1: 96_000, 2: 192_000},
    sample_format="fltp",
    codec_options={"aac_coder": "fast"},
)

# FFmpeg's names, which its muxer turns back into Vorbis comments. It drops ENCODER, and mixes up the order as it does.
_FFMPEG_KEYS = {
    "ALBUMARTIST": "album_artist",
    "TRACKNUMBER": "track",
    "DISCNUMBER": "disc",
    "ENCODER": "ENCODEDBY",
}


def write_container(
    path: Path,
    blocks: Iterator[NDArray[np.float32]],
    kind: Kind,
    *,
    rate: int,
    channels: int,
    tags: Mapping[str, str],
    chapters: Sequence[Chapter],
) -> None:
    """Encode the blocks into a container with tags and chapters.

    The end is trimmed to the sample by the container: the last page's position in Opus, the edit list in M4A. (FFmpeg
    ignores the end of that list and returns what is left of the last AAC frame too, fewer than 1024 samples.)

    Raises
    ------
    OutputError
        If the encoder refuses.
    OSError
        If the file cannot be written.
    """
    import av

    options = {"fflags": "+bitexact"}  # the same samples, the same bytes: no random serial number, no version
    if kind is M4A:
        options["movie_timescale"] = str(rate)  # else the edit list counts in milliseconds
    try:
        with av.open(str(path), "w", format=kind.container, options=options) as container:
            stream = cast("AudioStream", container.add_stream(kind.codec, rate=rate, options=dict(kind.codec_options)))
            layout = "mono" if channels == 1 else "stereo"
            stream.codec_context.format = av.AudioFormat(kind.sample_format)
            stream.codec_context.layout = layout
            stream.bit_rate = kind.bit_rates[channels]
            if kind is OPUS:
                container.metadata.update(_comment(tags, chapters))
            else:
                container.set_chapters(_chapters(chapters))
            position = 0
            for block in blocks:
                samples = clipped(block)
                planar = kind.sample_format.endswith("p")
                samples = np.ascontiguousarray(samples.T if planar else samples.reshape(1, -1))
                frame = av.AudioFrame.from_ndarray(samples, format=kind.sample_format, layout=layout)
                frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), position
                position += len(block)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise OutputError(f"The {kind.codec} encoder failed ({error})", hint="write .flac or .mp3 instead") from error
    if kind is M4A:
        set_tags(path, tags)


def _comment(tags: Mapping[str, str], chapters: Sequence[Chapter]) -> dict[str, str]:
    # Chapters too: FFmpeg's own writer rounds half a second up and keeps the milliseconds (00:01.500 -> 00:02.500).
    return {_FFMPEG_KEYS.get(name, name): value for name, value in comment_fields(tags, chapters)}


def _chapters(chapters: Sequence[Chapter]) -> list[ContainerChapter]:
    return [
        {
            "id": index,
            "start": round(chapter.start_s * 1000),
            "end": round(chapter.end_s * 1000),
            "time_base": _MS,
            "metadata": {"title": one_line(chapter.title)},
        }
        for index, chapter in enumerate(chapters)
    ]
