"""A clip on its way into the mix: opened before it is heard, and able to go on when the timeline is changed.

A clip's samples go from its files, joined, through its tempo onto a tape, which holds a few seconds of them; from there
through its bands and its gains. So what is done to a clip can be changed while it sounds, and no file is opened again.
"""

from __future__ import annotations

import logging
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS, RunReader, StereoReader, printable
from aidj.errors import AudioError
from aidj.mixing.ahead import Ahead, AheadReader, Reader, open_with_lead
from aidj.mixing.banded import Banded, chunk_frames, lead_frames
from aidj.mixing.stretched import FrameMap, Stretched
from aidj.model import Speech
from aidj.timeline import Clip, TempoStep

_UNHEARD_S = 0.05
"""A resampled file may end a frame or two early."""
_SHORTFALL_S = 1.0
"""What ends so much early is not worth going on without."""
_LEAD_FRAMES = 2048
"""A clip is read from so long before its first frame, whether or not a band needs it: one may be added later."""
_KEPT_FRAMES = 131_072
"""What a tape holds of what was heard, for bands that are added later."""

_log = logging.getLogger(__name__)


class Sounding:
    """A clip from one of its frames on.

    Parameters
    ----------
    clip : Clip
        What is heard.
    rate : int
        Frames per second.
    at_frames : int
        The frame of the timeline that is asked for first.
    opener : Executor, optional
        Who opens the files, ahead of time; without one they are opened at once. A clip that may change has one.
    """

    def __init__(self, clip: Clip, rate: int, at_frames: int, opener: Executor | None = None) -> None:
        self.clip = clip
        self._rate = rate
        self._at = at_frames
        self._opened: _Opened | None = None
        self._opening: Future[_Opened | AudioError] | None = None
        self._then = clip.then
        """The files that follow and will be read if asked for; the clip may want fewer of them."""
        self._kept = _KEPT_FRAMES if opener else 0
        self.failure: str | None = None
        """Why it is silent from here on, where it should not be."""
        if opener:
            self._opening = opener.submit(_open, clip, rate, at_frames, self._kept)
        else:
            self._take(_open(clip, rate, at_frames, self._kept))

    def goes_on_as(self, clip: Clip) -> bool:
        """Return whether another clip is this one, with other gains, bands, end or following files at most."""
        shorter, longer = sorted((self._then, clip.then), key=len)
        return (
            _same_source(self.clip, clip)
            and (self.clip.start_frames, self.clip.source_start_frames) == (clip.start_frames, clip.source_start_frames)
            and self.clip.tempo == clip.tempo
            and longer[: len(shorter)] == shorter
        )

    def go_on_as(self, clip: Clip) -> None:
        """Become another clip, which this one `goes_on_as`, from the frame on that is asked for next."""
        self.clip = clip
        self._then = max(self._then, clip.then, key=len)

    def sound(self, block_start: int, block_frames: int) -> tuple[int, NDArray[np.float32]]:
        """Return what sounds within a block of the timeline, and where in the block it begins.

        The blocks follow each other.
        """
        clip = self.clip
        first = max(clip.start_frames, block_start)
        n_frames = min(clip.end_frames, block_start + block_frames) - first
        if n_frames <= 0:
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
        samples = np.zeros((0, CHANNELS), np.float32)
        opened = self._ready()
        if opened is None:
            return samples
        try:
            samples = opened.reader.read(n_frames)
            self._at += len(samples)
            if len(samples) < n_frames:
                opened.reader.read(1)  # tells whether the file ends there or is broken
        except AudioError as error:
            self._give_up(str(error))
            return samples
        missing_s = (wanted_frames - len(samples)) / self._rate
        if len(samples) < n_frames and missing_s > _UNHEARD_S:
            source = self.clip.source
            name = printable(source) if isinstance(source, Path) else "A speech"
            self._give_up(f"{name}: It ends {missing_s:.1f} s early.", is_worth_telling=missing_s > _SHORTFALL_S)
        return samples

    def _give_up(self, why: str, *, is_worth_telling: bool = True) -> None:
        _log.warning("%s The rest of it stays silent in the mix.", why)
        self.failure = why if is_worth_telling else None
        self.close()

    def _take(self, opened: _Opened | AudioError) -> None:
        if isinstance(opened, AudioError):
            self.failure = str(opened)
        else:
            self._opened = opened

    def _ready(self) -> _Opened | None:
        """Return what was opened, as the clip wants it now; waits for it where it is still under way."""
        if self._opening is not None:
            opening, self._opening = self._opening, None
            self._take(opening.result())
        opened = self._opened
        if opened is None or opened.fits(self.clip):
            return opened
        if not opened.change(self.clip, self._at):
            opened.close()
            self._opened = None
            self._take(_open(self.clip, self._rate, self._at, self._kept))
            self._then = self.clip.then
        return self._opened

    def close(self) -> None:
        """Give the files back."""
        if self._opening is not None and not self._opening.cancel():
            self._opening.add_done_callback(_close)
        self._opening = None
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def _same_source(one: Clip, other: Clip) -> bool:
    if isinstance(one.source, Speech):
        return one.source is other.source
    return one.source == other.source


def _close(opening: Future[_Opened | AudioError]) -> None:
    if isinstance(opened := opening.result(), _Opened):
        opened.close()


def _open(clip: Clip, rate: int, at_frames: int, kept_frames: int) -> _Opened | AudioError:
    """Open a clip at a frame of the timeline, and decode its beginning; return why, and log it, if that fails."""
    try:
        return _Opened(clip, rate, at_frames, kept_frames)
    except AudioError as error:
        _log.warning("%s It stays silent in the mix.", error)
        return error


class _Opened:
    """A clip's files, tape and bands.

    The tape counts its frames from the clip's first one.
    """

    def __init__(self, clip: Clip, rate: int, at_frames: int, kept_frames: int) -> None:
        self._rate = rate
        self._clip = clip
        self._files: list[_Files] = []
        first = min(_starts(clip, rate, at_frames)[0].needs, at_frames - _LEAD_FRAMES) - clip.start_frames
        steps = [TempoStep(step.start_frames - clip.start_frames, step.rate) for step in clip.tempo]
        tempo = FrameMap(steps, clip.source_start_frames)
        self._native = tempo.is_native
        if self._native:
            source = open_with_lead(self._open_at, clip.source_start_frames + first)
        else:
            source = Stretched(self._open_at, tempo, rate, first)
        self._tape = Ahead(source, first, kept_frames)
        self.reader = self._filtered(at_frames)
        at = at_frames - clip.start_frames
        self._tape.get(at, at + 1)

    def _open_at(self, frame: int) -> Reader:
        source = self._clip.source
        if isinstance(source, Speech):
            return _SpeechReader(source, frame)
        self._files.append(_Files((source, *self._clip.then), self._rate, frame))
        return self._files[-1]

    def fits(self, clip: Clip) -> bool:
        """Return whether this is what a clip wants to be read, however it is faded."""
        return clip is self._clip or (self._clip.bands == clip.bands and not self._missing(clip))

    def _missing(self, clip: Clip) -> tuple[Path, ...]:
        return clip.then[len(self._clip.then) :]

    def change(self, clip: Clip, at_frames: int) -> bool:
        """Do what a clip wants from a frame of the timeline on; return whether that is possible."""
        missing = self._missing(clip)
        if self._tape.first_frame > _starts(clip, self._rate, at_frames)[0].needs - clip.start_frames:
            return False
        if missing and not (self._native and self._files):
            return False
        if missing:
            self._files[-1].add(missing)
            self._tape.go_on()
        self._clip = replace(clip, then=max(self._clip.then, clip.then, key=len))
        self.reader = self._filtered(at_frames)
        return True

    def _filtered(self, at_frames: int) -> Reader:
        """Return the tape through the clip's bands, from a frame of the timeline on."""
        starts = _starts(self._clip, self._rate, at_frames)
        reader: Reader = AheadReader(self._tape, starts[0].needs - self._clip.start_frames)
        for band, start, after in zip(self._clip.bands, starts, starts[1:], strict=False):
            reader = Banded(reader, band, self._rate, start.frame)
            reader.read(after.needs - start.frame)
        return reader

    def close(self) -> None:
        """Give the files back."""
        self._tape.close()


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a band begins to be filtered, in frames of the timeline."""

    frame: int
    needs: int
    """The first frame that it has to hear."""


def _starts(clip: Clip, rate: int, at_frames: int) -> list[_Start]:
    """Return where each band has to begin for a clip to sound from a frame on, and at last that frame itself.

    A band is filtered in chunks that are counted from the clip's beginning, wherever it is begun.
    """
    starts = [_Start(at_frames, at_frames)]
    origin = clip.start_frames
    for band in reversed(clip.bands):
        chunk = chunk_frames(band, rate)
        frame = origin + (starts[0].needs - origin) // chunk * chunk
        starts.insert(0, _Start(frame, frame - lead_frames(band, rate)))
        origin -= lead_frames(band, rate)
    return starts


class _Files:
    """Files that play one after the other, and others that are added while they do."""

    def __init__(self, paths: tuple[Path, ...], rate: int, start_frames: int) -> None:
        self._rate = rate
        self._reader: Reader = (
            RunReader(paths, rate, start_frames) if len(paths) > 1 else StereoReader(paths[0], rate, start_frames)
        )
        self._added: list[Path] = []

    def add(self, paths: tuple[Path, ...]) -> None:
        self._added += paths

    def read(self, n_frames: int) -> NDArray[np.float32]:
        try:
            block = self._reader.read(n_frames)
        except AudioError as error:
            if not self._added:
                raise
            _log.warning("%s What follows it comes early.", error)
            block = np.zeros((0, CHANNELS), np.float32)
        if len(block) or not self._added:
            return block
        added, self._added = self._added, []
        self._reader.close()
        self._reader = RunReader(added, self._rate)
        return self._reader.read(n_frames)

    def close(self) -> None:
        self._reader.close()


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
