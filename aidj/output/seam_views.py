"""What there is to see around each seam of a session: both songs, their envelopes and beats, the voice, the sum.

Conventions: seconds count from the start of the session; a picture is made of columns, each standing for a stretch of
samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import LEVELS_PER_SECOND, measure_loudness
from aidj.mixing import mix
from aidj.model import Analysis
from aidj.output.seam_excerpts import alone, clock_of, excerpt, file_starts
from aidj.timeline import Clip, Mark, Ramp, Timeline

Floats = NDArray[np.float64]

COLUMNS = 1600
_MARGIN_S = 8.0
_EARLIEST_S, _LATEST_S = 25.0, 40.0
"""How far before and after the seam its picture may reach, whatever is going on there."""
_MOMENTARY_STEPS = 4
_SHORTEST_TALK_S = 0.2
_EDGE_S = 0.1
"""A shorter fade only keeps an edge from clicking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongView:
    """One of the two songs."""

    name: str
    about: str
    """Tempo, key and ending, as far as they are known."""
    wave: Floats
    """The song alone at its gain, without envelopes: lowest and highest sample of each column, shape (2, COLUMNS)."""
    gains: Floats
    """Product of its fades and ducks in each column, linear; 0 where it does not sound."""
    bands: Mapping[str, Floats]
    """Gains of parts of its spectrum, by name; empty where none moves."""
    tempo: tuple[tuple[float, float], ...]
    """When its tempo changes, and to what (1 is native)."""
    beats_s: Floats
    downbeats_s: Floats
    phrases_s: Floats
    sung_s: Floats
    """Start and end of each stretch of singing, shape (n, 2)."""
    starts_s: float
    ends_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamView:
    """One seam and what surrounds it."""

    number: int
    """The next song's place in the session, counted from 1."""
    start_s: float
    end_s: float
    before: SongView
    after: SongView
    talks: tuple[tuple[float, float, str], ...]
    """Start, end and words of each link."""
    kind: str
    """How the songs are joined; as the timeline says, or else as it looks."""
    overlap_s: float
    """Negative is silence between them."""
    why: tuple[str, ...]
    level_times_s: Floats
    levels_lufs: Floats
    """Momentary loudness of everything together."""
    target_lufs: float


def seam_views(timeline: Timeline, analyses: Mapping[Path, Analysis], *, target_lufs: float) -> Iterator[SeamView]:
    """Yield what is to be seen of every seam between two songs, in order.

    Parameters
    ----------
    timeline : Timeline
        The session, at the rate at which it would be rendered.
    analyses : mapping of Path to Analysis
        By the songs' files; what is missing is not drawn.
    target_lufs : float
        The loudness of every song.
    """
    songs = [mark for mark in timeline.marks if mark.kind == "song"]
    links = [mark for mark in timeline.marks if mark.kind == "link" and mark.end_s - mark.start_s > _SHORTEST_TALK_S]
    clips = [_clip_of(mark, timeline) for mark in songs]
    for index in range(1, len(songs)):
        before, after = songs[index - 1], songs[index]
        clip_before, clip_after = clips[index - 1], clips[index]
        if clip_before is None or clip_after is None:
            continue
        start_s, end_s = _window(timeline, before, after, clip_before, clip_after, links)
        start, n_frames = round(start_s * timeline.rate), round((end_s - start_s) * timeline.rate)
        times_s, levels = _levels(timeline, start, n_frames)
        overlap_s = before.end_s - after.start_s
        how = after.joined
        yield SeamView(
            number=index + 1,
            start_s=start_s,
            end_s=end_s,
            before=_song(timeline, before, clip_before, analyses, start, n_frames),
            after=_song(timeline, after, clip_after, analyses, start, n_frames),
            talks=tuple((m.start_s, m.end_s, m.text) for m in links if m.end_s > start_s and m.start_s < end_s),
            kind=how.kind if how else _looks_like(clip_before, clip_after, overlap_s, timeline.rate),
            overlap_s=how.overlap_s if how else overlap_s,
            why=how.why if how else (),
            level_times_s=times_s,
            levels_lufs=levels,
            target_lufs=target_lufs,
        )


def _clip_of(mark: Mark, timeline: Timeline) -> Clip | None:
    """Return the clip in which a song's file sounds when its mark begins."""
    at = mark.start_s * timeline.rate
    for clip in timeline.clips:
        is_there = clip.lane == "music" and clip.start_frames <= at + 1 and at < clip.end_frames
        if is_there and mark.path in (clip.source, *clip.then):
            return clip
    return None


def _looks_like(before: Clip, after: Clip, overlap_s: float, rate: int) -> str:
    if before is after:
        return "gapless"
    if overlap_s < 0:
        return "gap"
    middle = (before.start_frames + before.end_frames) / 2
    fades = [ramp.end_frames - ramp.start_frames for ramp in before.ramps if ramp.start_frames > middle]
    return "crossfade" if max(fades, default=0) > _EDGE_S * rate else "segue"


def _window(
    timeline: Timeline, before: Mark, after: Mark, clip_before: Clip, clip_after: Clip, links: Sequence[Mark]
) -> tuple[float, float]:
    """Return from when to when a seam's picture reaches: fades, talk, and some music on either side."""
    first_s, last_s = min(before.end_s, after.start_s), max(before.end_s, after.start_s)
    moments_s = [first_s, last_s]
    for clip, mark in ((clip_before, before), (clip_after, after)):
        # Only ramps on this side of the song: the others belong to its other seam.
        middle_s = (mark.start_s + mark.end_s) / 2
        for ramp in (*clip.ramps, *(ramp for band in clip.bands for ramp in band.ramps)):
            span_s = ramp.start_frames / timeline.rate, ramp.end_frames / timeline.rate
            if (span_s[0] > middle_s) if mark is before else (span_s[1] < middle_s):
                moments_s += span_s
        changes_s = [step.start_frames / timeline.rate for step in clip.tempo]
        moments_s += [at_s for at_s in changes_s if (at_s > middle_s) == (mark is before)]
    for link in links:
        if link.end_s > first_s - _MARGIN_S and link.start_s < last_s + _MARGIN_S:
            moments_s += [link.start_s, link.end_s]
    start_s = max(0.0, first_s - _EARLIEST_S, min(moments_s) - _MARGIN_S)
    return start_s, min(timeline.duration_s, last_s + _LATEST_S, max(moments_s) + _MARGIN_S)


def _levels(timeline: Timeline, start: int, n_frames: int) -> tuple[Floats, Floats]:
    """Return the momentary loudness of a stretch and the moments in the middle of each measurement."""
    blocks = list(mix(excerpt(timeline, start, n_frames)))
    energies = measure_loudness(np.concatenate(blocks), timeline.rate).energies
    count = len(energies) - _MOMENTARY_STEPS + 1
    if count <= 0:
        return np.zeros(0), np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(energies, _MOMENTARY_STEPS).mean(axis=1)
    levels = -0.691 + 10 * np.log10(np.maximum(windows, 1e-12))
    return start / timeline.rate + (np.arange(count) + _MOMENTARY_STEPS / 2) / LEVELS_PER_SECOND, levels


def _song(
    timeline: Timeline, mark: Mark, clip: Clip, analyses: Mapping[Path, Analysis], start: int, n_frames: int
) -> SongView:
    rate = timeline.rate
    assert mark.path is not None
    samples = alone(clip, mark.path, rate, start, n_frames)
    gains = _gains(clip.ramps, start, n_frames)
    at = np.linspace(start, start + n_frames, COLUMNS, endpoint=False)
    gains[
        (at < max(clip.start_frames, mark.start_s * rate - 1)) | (at >= min(clip.end_frames, mark.end_s * rate + 1))
    ] = 0
    analysis = analyses.get(mark.path)
    begins = file_starts(clip, rate)[mark.path]
    clock = clock_of(clip)

    def heard_s(file_s: Floats) -> Floats:
        return clock.to_timeline(begins + file_s * rate) / rate

    rhythm = analysis.rhythm if analysis else None
    singing = analysis.singing if analysis else None
    return SongView(
        name=" – ".join(filter(None, (mark.artist, mark.title))),
        about=_about(analysis, closing=mark.start_s * rate < start) if analysis else "",
        wave=_columns(samples.mean(axis=1)),
        gains=gains,
        bands={
            _band_name(band.frequency_hz): _gains(band.ramps, start, n_frames)
            for band in clip.bands
            if any(ramp.end_frames > start and ramp.start_frames < start + n_frames for ramp in band.ramps)
        },
        tempo=tuple((step.start_frames / rate, step.rate) for step in clip.tempo),
        beats_s=heard_s(rhythm.beats_s) if rhythm else np.zeros(0),
        downbeats_s=heard_s(rhythm.beats_s[rhythm.downbeats]) if rhythm else np.zeros(0),
        phrases_s=heard_s(rhythm.beats_s[rhythm.phrases]) if rhythm else np.zeros(0),
        sung_s=heard_s(singing.ranges_s) if singing else np.zeros((0, 2)),
        starts_s=mark.start_s,
        ends_s=mark.end_s,
    )


def _columns(mono: NDArray[np.float32]) -> Floats:
    edges = np.linspace(0, len(mono), COLUMNS, endpoint=False).astype(np.intp)
    return np.array([np.minimum.reduceat(mono, edges), np.maximum.reduceat(mono, edges)], dtype=np.float64)


def _gains(ramps: Sequence[Ramp], start: int, n_frames: int) -> Floats:
    edges = np.linspace(0, n_frames, COLUMNS, endpoint=False).astype(np.intp)
    gains = np.ones(COLUMNS)
    for ramp in ramps:
        constant = ramp.constant(start, n_frames)
        gains *= ramp.gains(start, n_frames)[edges] if constant is None else constant
    return gains


def _band_name(frequency_hz: float) -> str:
    return "bass" if frequency_hz < 400 else "treble" if frequency_hz > 2500 else "middle"


def _about(analysis: Analysis, *, closing: bool) -> str:
    """Say in a few words what matters of a song at this seam."""
    said: list[str] = []
    if rhythm := analysis.rhythm:
        said.append(f"{rhythm.bpm:.1f} bpm, {rhythm.beats_per_bar}/4 ({rhythm.confidence:.0%} sure)")
    if tonality := analysis.tonality:
        key = tonality.closing if closing else tonality.opening
        if key is not None:
            said.append(f"key {key}")
    if closing:
        said.append(f"ends {analysis.ending.replace('_', ' ')}")
    return ", ".join(said)
