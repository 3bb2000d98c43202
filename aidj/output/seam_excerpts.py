"""Parts of a timeline by themselves: a stretch of the session, or one song of it alone.

Conventions: positions are frames of the timeline; samples are float32, shape (n_frames, 2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.audio import open_source
from aidj.errors import AudioError
from aidj.mixing import mix
from aidj.timeline import Band, Clip, Ramp, TempoStep, Timeline


@dataclass(frozen=True, slots=True)
class SourceClock:
    """Which frame of its source a clip plays when: straight lines between the changes of its tempo."""

    frames: NDArray[np.float64]
    """Of the timeline, ascending, shape (n,); the clip's start first."""
    source_frames: NDArray[np.float64]
    """Of the source at those, shape (n,)."""
    rates: NDArray[np.float64]
    """From each of them on, shape (n,)."""

    def to_source(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the source's frames that sound at frames of the timeline; before the clip, those before it."""
        at = np.maximum(np.searchsorted(self.frames, frames, side="right") - 1, 0)
        return np.asarray(self.source_frames[at] + (frames - self.frames[at]) * self.rates[at])

    def to_timeline(self, source_frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when frames of the source sound."""
        at = np.maximum(np.searchsorted(self.source_frames, source_frames, side="right") - 1, 0)
        return np.asarray(self.frames[at] + (source_frames - self.source_frames[at]) / self.rates[at])


def clock_of(clip: Clip) -> SourceClock:
    """Return how the frames of the timeline and of a clip's source belong together."""
    steps = [(clip.start_frames, 1.0)]
    for step in clip.tempo:
        if step.start_frames <= clip.start_frames:
            steps[0] = (clip.start_frames, step.rate)
        else:
            steps.append((step.start_frames, step.rate))
    frames = np.array([frame for frame, _ in steps], dtype=np.float64)
    rates = np.array([rate for _, rate in steps], dtype=np.float64)
    source = clip.source_start_frames + np.concatenate([[0.0], np.cumsum(np.diff(frames) * rates[:-1])])
    return SourceClock(frames, source, rates)


def file_starts(clip: Clip, rate: int) -> dict[Path, int]:
    """Return at which frame of the clip's whole source each of its files begins."""
    if not isinstance(clip.source, Path):
        return {}
    starts, at = {}, 0
    for path in (clip.source, *clip.then):
        starts[path] = at
        at += _frames_of(path, rate) if clip.then else 0
    return starts


def excerpt(timeline: Timeline, start_frames: int, n_frames: int) -> Timeline:
    """Return a stretch of a timeline as a timeline of its own, without marks."""
    clips = [_cut_out(clip, timeline.rate, start_frames, n_frames) for clip in timeline.clips]
    return Timeline(rate=timeline.rate, n_frames=n_frames, clips=tuple(clip for clip in clips if clip))


def alone(clip: Clip, path: Path, rate: int, start_frames: int, n_frames: int) -> NDArray[np.float32]:
    """Return one song of a clip as it would sound alone: at the clip's gain and tempo, without fades, ducks or filters.

    It goes on where the clip ends, for as long as its file has sound; before the clip begins there is silence.
    """
    begins = file_starts(clip, rate).get(path, 0)
    clock = clock_of(clip)
    first = max(start_frames, clip.start_frames, int(clock.to_timeline(np.array([float(begins)]))[0]))
    ends = int(clock.to_timeline(np.array([float(begins + _frames_of(path, rate))]))[0])
    last = min(start_frames + n_frames, ends)
    samples = np.zeros((n_frames, 2), np.float32)
    if last <= first:
        return samples
    longer = replace(clip, n_frames=max(clip.n_frames, last - clip.start_frames), ramps=(), bands=())
    part = _cut_out(longer, rate, first, last - first)
    if part is not None:
        part = replace(part, source=path, then=(), source_start_frames=max(0, _source_at(clip, first) - begins))
        blocks = mix(Timeline(rate=rate, n_frames=last - first, clips=(part,)), ceiling_dbtp=None)
        samples[first - start_frames : last - start_frames] = np.concatenate(list(blocks))
    return samples


def _source_at(clip: Clip, frame: int) -> int:
    return round(float(clock_of(clip).to_source(np.array([float(frame)]))[0]))


def _cut_out(clip: Clip, rate: int, start: int, n_frames: int) -> Clip | None:
    """Return what of a clip sounds within a stretch, on a clock that begins with the stretch; None where nothing."""
    first, last = max(clip.start_frames, start), min(clip.end_frames, start + n_frames)
    if last <= first:
        return None
    source, then, source_start = clip.source, clip.then, _source_at(clip, first)
    if isinstance(source, Path) and then:
        files = file_starts(clip, rate)
        source = max((path for path in files if files[path] <= source_start), key=lambda path: files[path])
        then = tuple(path for path in then if files[path] > files[source])
        source_start -= files[source]
    running = [step.rate for step in clip.tempo if step.start_frames <= first]
    later = [TempoStep(step.start_frames - start, step.rate) for step in clip.tempo if step.start_frames > first]
    return replace(
        clip,
        source=source,
        then=then,
        start_frames=first - start,
        n_frames=last - first,
        source_start_frames=source_start,
        ramps=tuple(_moved(ramp, -start) for ramp in clip.ramps),
        tempo=tuple([TempoStep(first - start, rate) for rate in running[-1:] if rate != 1.0] + later),
        bands=tuple(_moved_band(band, -start) for band in clip.bands),
    )


def _moved(ramp: Ramp, by: int) -> Ramp:
    return replace(ramp, start_frames=ramp.start_frames + by, end_frames=ramp.end_frames + by)


def _moved_band(band: Band, by: int) -> Band:
    return replace(band, ramps=tuple(_moved(ramp, by) for ramp in band.ramps))


def _frames_of(path: Path, rate: int) -> int:
    """Return the length of a file at a rate; where the file does not say, more than any has."""
    try:
        source = open_source(path)
    except AudioError:
        return 0
    n_frames, native = source.n_frames, source.rate
    source.close()
    return 1 << 40 if n_frames is None else round(n_frames * rate / native)
