"""Sum the clips of a timeline, block by block.

Conventions: blocks are float32, shape (n_frames, 2). A block's samples do not depend on where the blocks are cut.
A clip's samples go from its files, joined, through its tempo, its bands and its gains into the sum.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS, RunReader, StereoReader, printable
from aidj.errors import AudioError
from aidj.mixing.ahead import Reader, open_with_lead
from aidj.mixing.banded import Banded, lead_frames
from aidj.mixing.limiter import CEILING_DBTP, Limiter
from aidj.mixing.stretched import FrameMap, Stretched
from aidj.model import Speech
from aidj.timeline import Clip, TempoStep, Timeline

BLOCK_FRAMES = 16384

_UNHEARD_S = 0.05
"""A resampled file may end a frame or two early."""

_log = logging.getLogger(__name__)


def mix(
    timeline: Timeline, *, block_frames: int = BLOCK_FRAMES, ceiling_dbtp: float | None = CEILING_DBTP
) -> Iterator[NDArray[np.float32]]:
    """Yield the samples of a timeline, exactly `timeline.n_frames` of them.

    A clip whose file cannot be opened, or breaks off, is silent from there on and logged: the rest goes on.

    Parameters
    ----------
    block_frames : int
        Length of each block but the last where there is no limiter, which hands on chunks of its own length.
    ceiling_dbtp : float or None
        Where the true-peak limiter holds; None leaves it out.
    """
    if block_frames < 1:
        raise ValueError("a block has at least one frame")
    blocks = _sum(timeline, block_frames)
    return Limiter(timeline.rate, ceiling_dbtp).run(blocks) if ceiling_dbtp is not None else blocks


def _sum(timeline: Timeline, block_frames: int) -> Iterator[NDArray[np.float32]]:
    waiting = list(reversed(timeline.clips))
    sounding: list[_Sounding] = []
    try:
        for start in range(0, timeline.n_frames, block_frames):
            n_frames = min(block_frames, timeline.n_frames - start)
            while waiting and waiting[-1].start_frames < start + n_frames:
                sounding.append(_Sounding(waiting.pop(), timeline.rate))
            block: NDArray[np.float32] | None = None
            for clip in sounding:
                offset, samples = clip.sound(start, n_frames)
                if block is None and len(samples) == n_frames:
                    block = samples  # nearly always one song sounds alone
                    continue
                if block is None:
                    block = np.zeros((n_frames, CHANNELS), np.float32)
                block[offset : offset + len(samples)] += samples
            for clip in [clip for clip in sounding if clip.ended_by(start + n_frames)]:
                clip.close()
                sounding.remove(clip)
            yield block if block is not None else np.zeros((n_frames, CHANNELS), np.float32)
    finally:
        for clip in sounding:
            clip.close()


class _Sounding:
    """A clip that has begun: knows how far it has been read."""

    def __init__(self, clip: Clip, rate: int) -> None:
        self._clip = clip
        self._rate = rate
        self._reader: Reader | None = None
        try:
            self._reader = _open(clip, rate)
        except AudioError as error:
            _log.warning("%s It stays silent in the mix.", error)

    def sound(self, block_start: int, block_frames: int) -> tuple[int, NDArray[np.float32]]:
        """Return what sounds within a block of the timeline, and where in the block it begins."""
        clip = self._clip
        first = max(clip.start_frames, block_start)
        n_frames = min(clip.end_frames, block_start + block_frames) - first
        if self._reader is None or n_frames <= 0:
            return 0, np.zeros((0, CHANNELS), np.float32)
        samples = self._read(n_frames, clip.end_frames - first)
        # Fresh memory: a speech is read in place, and a clip must not change its source.
        samples = samples * np.float32(clip.gain)
        for ramp in clip.ramps:
            if (gain := ramp.constant(first, len(samples))) is None:
                samples *= ramp.gains(first, len(samples))[:, None]
            elif gain != 1.0:
                samples *= np.float32(gain)
        return first - block_start, samples

    def _read(self, n_frames: int, wanted_frames: int) -> NDArray[np.float32]:
        """Return up to n_frames of the wanted_frames that the clip still has to come; log once if they do not come."""
        assert self._reader is not None
        samples = np.zeros((0, CHANNELS), np.float32)
        try:
            samples = self._reader.read(n_frames)
            if len(samples) < n_frames:
                self._reader.read(1)  # tells whether the file ends there or is broken
        except AudioError as error:
            _log.warning("%s The rest of it stays silent in the mix.", error)
            self.close()
            return samples
        missing_s = (wanted_frames - len(samples)) / self._rate
        if len(samples) < n_frames and missing_s > _UNHEARD_S:
            source = self._clip.source
            name = printable(source) if isinstance(source, Path) else "A speech"
            _log.warning("%s: It ends %.1f s early. The rest of it stays silent in the mix.", name, missing_s)
            self.close()
        return samples

    def ended_by(self, frame: int) -> bool:
        return self._clip.end_frames <= frame

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _open(clip: Clip, rate: int) -> Reader:
    """Return the clip's samples from its first frame on, stretched and filtered, before its gain."""
    source = clip.source

    def open_at(frame: int) -> Reader:
        if isinstance(source, Speech):
            return _SpeechReader(source, frame)
        return RunReader((source, *clip.then), rate, frame) if clip.then else StereoReader(source, rate, frame)

    lead = sum(lead_frames(band, rate) for band in clip.bands)
    steps = [TempoStep(step.start_frames - clip.start_frames, step.rate) for step in clip.tempo]
    tempo = FrameMap(steps, clip.source_start_frames)
    if tempo.is_native:
        reader = open_with_lead(open_at, clip.source_start_frames - lead)
    else:
        reader = Stretched(open_at, tempo, rate, -lead)
    for band in clip.bands:
        lead -= lead_frames(band, rate)
        reader = Banded(reader, band, rate, clip.start_frames - lead)
    return reader


class _SpeechReader:
    """A speech, heard from both speakers."""

    def __init__(self, speech: Speech, start_frames: int) -> None:
        self._samples = speech.samples
        self._at = start_frames

    def read(self, n_frames: int) -> NDArray[np.float32]:
        mono = self._samples[self._at : self._at + n_frames]
        self._at += len(mono)
        return np.repeat(mono[:, None], CHANNELS, axis=1)

    def close(self) -> None:
        pass
