"""Sound files through FFmpeg's libraries: M4A and whatever else people own."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from aidj.audio.mp4 import exact_frames
from aidj.audio.source import BaseSource, damaged, printable
from aidj.errors import AudioError

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer

_PADDING_FRAMES = 4096
"""An MP4 file states where the sound ends; its last packets decode to at most so much more."""
_log = logging.getLogger(__name__)


class FfmpegSource(BaseSource):
    """A sound file opened by FFmpeg. Packets that cannot be decoded are left out.

    Raises
    ------
    AudioError
        If the file cannot be opened, or holds no sound that can be decoded.
    """

    def __init__(self, path: Path) -> None:
        import av

        super().__init__(path)
        self._errors = (av.FFmpegError, ValueError, OSError)
        self._blocks: deque[NDArray[np.float32]] = deque()
        self._ready = 0
        self._decoded = 0
        self._bad_packets = 0
        self._ended = False
        self._failure: AudioError | None = None
        self._resamplers: dict[tuple[str, str, int], AudioResampler] = {}
        self._file: BinaryIO | None = None
        try:
            # A file may claim to be a playlist: whatever it names, nothing is fetched.
            options = {"protocol_whitelist": "file"}
            name = f"file:{path}"
            if not _is_text(name):
                self._file = path.open("rb")
            self._container: InputContainer = av.open(
                self._file or name, "r", metadata_errors="ignore", container_options=options
            )
        except self._errors as error:
            if self._file is not None:
                self._file.close()
            raise damaged(path, error) from error
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        if not self._container.streams.audio:
            raise AudioError(
                "The file holds no sound", where=printable(self.path), cause="it is a picture, a video or a text"
            )
        stream = self._container.streams.audio[0]
        self._frames = self._decode(stream)
        # What is decoded tells rate and channels; headers can be wrong about them (HE-AAC states half the rate).
        first = next(self._frames, None)
        if first is None:
            raise self._failure or damaged(self.path, "nothing in it can be decoded")
        self.rate, self.channels = first.sample_rate, first.layout.nb_channels
        self._layout = first.layout.name
        self._check_format()
        self._take(first)
        if stream.duration and stream.time_base:
            self.n_frames = round(stream.duration * stream.time_base * self.rate)
        self._padded = "mp4" in self._container.format.name.split(",")
        if self._padded and self.n_frames is not None:
            self.n_frames = exact_frames(self.path, self.rate, self.n_frames)

    def _decode(self, stream: AudioStream) -> Iterator[AudioFrame]:
        try:
            for packet in self._container.demux(stream):
                try:
                    frames = packet.decode()
                except self._errors:
                    self._bad_packets += 1
                    continue
                yield from frames
        except self._errors as error:
            self._failure = damaged(self.path, error)

    def _take(self, frame: AudioFrame) -> None:
        import av

        # Only the sample format changes, unless the stream itself changes its rate or layout on the way.
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        resampler = self._resamplers.get(kind)
        if resampler is None:
            resampler = self._resamplers[kind] = av.AudioResampler("fltp", self._layout, self.rate)
        try:
            pieces = resampler.resample(frame)
        except self._errors:
            self._bad_packets += 1
            return
        for piece in pieces:
            block = np.ascontiguousarray(piece.to_ndarray().T, dtype=np.float32)
            self._blocks.append(block)
            self._ready += len(block)
            self._decoded += len(block)

    def _fill(self, n_frames: int) -> None:
        while self._ready < n_frames and not self._ended:
            frame = next(self._frames, None)
            if frame is not None:
                self._take(frame)
                continue
            self._ended = True
            if self._bad_packets:
                _log.warning("%s: %d damaged packets were left out", printable(self.path), self._bad_packets)
            if self._padded and self.n_frames is not None and self._failure is None:
                self._cut_padding(self._decoded - self.n_frames)

    def _cut_padding(self, n_frames: int) -> None:
        if not 0 < n_frames <= _PADDING_FRAMES:
            return
        while n_frames > 0 and self._blocks:
            last = self._blocks.pop()
            kept = last[: max(0, len(last) - n_frames)]
            n_frames -= len(last) - len(kept)
            self._ready -= len(last) - len(kept)
            if len(kept):
                self._blocks.append(kept)

    def _read(self, n_frames: int) -> NDArray[np.float32]:
        wanted = n_frames
        if self._padded and self.n_frames is not None:
            left = self.n_frames - (self._decoded - self._ready)
            if 0 <= left <= n_frames:
                wanted = max(wanted, left + _PADDING_FRAMES + 1)  # far enough to see whether it ends there
        self._fill(wanted)
        taken: list[NDArray[np.float32]] = []
        missing = min(n_frames, self._ready)
        self._ready -= missing
        while missing > 0:
            block = self._blocks.popleft()
            if len(block) > missing:
                self._blocks.appendleft(block[missing:])
                block = block[:missing]
            taken.append(block)
            missing -= len(block)
        if taken:
            return np.concatenate(taken)
        if self._failure is not None and n_frames > 0:
            raise self._failure
        return np.zeros((0, self.channels), np.float32)

    def close(self) -> None:
        """Give the file back."""
        self._container.close()
        if self._file is not None:
            self._file.close()


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
