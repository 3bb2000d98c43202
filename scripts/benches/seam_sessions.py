"""Sessions for measuring seams: songs in a given order, rendered by aidj, and each seam with its sound around it.

Conventions: samples are float32, shape (n_frames, 2), at `RATE`.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from seam_measures import REACH_S, Around, Samples, SeamMeasures, measure_seam

from aidj.analysis.loudness import LoudnessMeter
from aidj.audio import StereoReader
from aidj.home import Home
from aidj.mixing import mix
from aidj.model import Analysis, Item, Plan, Set, Track, TrackRef
from aidj.output import write_audio_file
from aidj.output.seam_excerpts import alone
from aidj.session import DEFAULT_PRESENTER, Realised, realise
from aidj.timeline import Clip, Mark, Timeline

RATE = 44100
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TARGET_LUFS = -16.0
_MARGIN_S = 15.0
_SEED = 4
_SHORTEST_SONG_S = 10.0
_ALBUM_S = 90


@dataclass(frozen=True)
class Seam:
    """One seam of a rendered session."""

    before: Mark
    after: Mark
    clip_before: Clip
    clip_after: Clip
    measures: SeamMeasures

    @property
    def kind(self) -> str:
        """How the two are joined, as far as the timeline says."""
        if self.after.joined:
            return self.after.joined.kind
        return "segue" if self.before.end_s >= self.after.start_s else "gap"

    @property
    def name(self) -> str:
        """Both songs, as a person would say it."""
        return f"{self.before.title} > {self.after.title}"


@dataclass(frozen=True)
class Heard:
    """A rendered session as a listener has it."""

    timeline: Timeline
    analyses: Mapping[Path, Analysis]
    seams: list[Seam]
    loudness_lufs: float
    true_peak_dbtp: float
    songs_lufs: dict[str, float]
    """Integrated loudness of each song where it sounds alone, by title."""


def shuffled(tracks: Sequence[Track], count: int) -> list[Track]:
    """Return some of the tracks in an order that is always the same for the same library."""
    ordered = sorted(tracks, key=lambda track: track.path.name)
    random.Random(_SEED).shuffle(ordered)
    return ordered[:count]


def plan_of(tracks: Sequence[Track]) -> Plan:
    """Return a plan that plays these songs in this order, without a word."""
    items = tuple(
        Item(track=TrackRef(id=track.id, path=track.path, artist=track.artist, title=track.title)) for track in tracks
    )
    return Plan(
        title="Measured",
        planned_at=NOW,
        seed=_SEED,
        minutes=sum(track.duration_s or 0.0 for track in tracks) / 60,
        presenter=DEFAULT_PRESENTER,
        target_lufs=TARGET_LUFS,
        sets=(Set(theme="songs in a row", entries=items),),
    )


def hear(home: Home, tracks: Sequence[Track]) -> Heard:
    """Render songs one after the other and measure what comes out, in one pass and little memory."""
    realised = realise(home, plan_of(tracks), rate=RATE)
    found, _ = home.analyses.of(tracks)
    return listen(realised, {track.path: found[track.id] for track in tracks if track.id in found})


def listen(realised: Realised, analyses: Mapping[Path, Analysis]) -> Heard:
    """Mix a session and measure it: what lies around the seams is kept on disk, the rest streams by."""
    timeline = realised.timeline
    songs = [mark for mark in timeline.marks if mark.kind == "song"]
    whole = LoudnessMeter(RATE)
    meters = [_Span(*_alone_s(songs, n)) for n in range(len(songs))]
    with tempfile.TemporaryDirectory() as folder:
        windows = [_Window(*_around_s(timeline, a, b), Path(folder)) for a, b in pairwise(songs)]
        at = 0
        for block in mix(timeline):
            whole.add(block)
            for part in (*meters, *windows):
                part.add(block, at)
            at += len(block)
        loudness = whole.finish()
        seams = [
            _seam(timeline, before, after, analyses, windows[n], loudness.integrated_lufs)
            for n, (before, after) in enumerate(pairwise(songs))
        ]
    lufs = {f"{n + 1}. {mark.title}": meters[n].loudness_lufs() for n, mark in enumerate(songs) if meters[n].counts}
    return Heard(timeline, analyses, seams, loudness.integrated_lufs, loudness.true_peak_dbtp, lufs)


class _Span:
    """Measures the loudness between two frames while the mix streams by."""

    def __init__(self, start_s: float, end_s: float) -> None:
        self._start, self._end = round(start_s * RATE), round(end_s * RATE)
        self._meter = LoudnessMeter(RATE)

    @property
    def counts(self) -> bool:
        """Whether it is long enough for its loudness to mean anything."""
        return self._end - self._start > _SHORTEST_SONG_S * RATE

    def add(self, block: Samples, at: int) -> None:
        """Take a block that begins at a frame."""
        part = block[max(0, self._start - at) : max(0, self._end - at)]
        if len(part):
            self._meter.add(part)

    def loudness_lufs(self) -> float:
        """Return the integrated loudness; the span is used up."""
        return self._meter.finish().integrated_lufs


class _Window:
    """Keeps the samples between two frames in a file until they are asked for."""

    def __init__(self, start_s: float, end_s: float, folder: Path) -> None:
        self.start, self.end = round(start_s * RATE), round(end_s * RATE)
        self._path = folder / f"{self.start}.f32"

    def add(self, block: Samples, at: int) -> None:
        """Take a block that begins at a frame."""
        part = block[max(0, self.start - at) : max(0, self.end - at)]
        if len(part):
            with self._path.open("ab") as file:
                file.write(part.tobytes())

    def samples(self) -> Samples:
        """Return what lay between them."""
        return np.fromfile(self._path, np.float32).reshape(-1, 2)


def _alone_s(songs: Sequence[Mark], n: int) -> tuple[float, float]:
    start_s = max([songs[n].start_s, *(mark.end_s for mark in songs[:n])])
    return start_s, min([songs[n].end_s, *(mark.start_s for mark in songs[n + 1 :])])


def _around_s(timeline: Timeline, before: Mark, after: Mark) -> tuple[float, float]:
    first_s, last_s = sorted((before.end_s, after.start_s))
    return max(0.0, first_s - _MARGIN_S), min(timeline.duration_s, last_s + _MARGIN_S)


def _seam(
    timeline: Timeline,
    before: Mark,
    after: Mark,
    analyses: Mapping[Path, Analysis],
    window: _Window,
    loudness_lufs: float,
) -> Seam:
    samples = window.samples()
    clips = [clip_of(mark, timeline) for mark in (before, after)]
    alones = [
        alone(clip, mark.path, RATE, window.start, len(samples))
        for clip, mark in zip(clips, (before, after), strict=True)
        if mark.path
    ]
    edges = {frame for clip in clips for frame in (clip.start_frames, clip.end_frames)}
    edges |= {frame for clip in clips for ramp in clip.ramps for frame in (ramp.start_frames, ramp.end_frames)}
    around = Around(
        rate=RATE,
        mix=samples,
        before=alones[0],
        after=alones[1],
        before_ends_s=before.end_s - window.start / RATE,
        after_starts_s=after.start_s - window.start / RATE,
        loudness_lufs=loudness_lufs,
        edges_s=tuple((frame - window.start) / RATE for frame in edges if window.start <= frame < window.end),
        reach_s=min(REACH_S, *(_body_s(analyses[mark.path]) / 2 for mark in (before, after) if mark.path)),
        by_nature=clips[0] is clips[1] or (after.joined is not None and after.joined.kind == "gapless"),
    )
    return Seam(before, after, *clips, measure_seam(around))


def _body_s(analysis: Analysis) -> float:
    return analysis.cue_out_s - analysis.cue_in_s


def clip_of(mark: Mark, timeline: Timeline) -> Clip:
    """Return the clip in which a song sounds."""
    at = mark.start_s * timeline.rate
    there = [clip for clip in timeline.clips if clip.start_frames - 1 <= at < clip.end_frames and clip.lane == "music"]
    return next(clip for clip in there if mark.path in (clip.source, *clip.then))


def hear_album(home: Home, song: Path, folder: Path) -> tuple[float, float]:
    """Cut a recording into an album of three songs, render them in order, and compare the mix with the recording.

    Returns
    -------
    difference, gain_db : float
        The largest difference of a sample from the recording times one gain, but for the first and last second; and
        that gain.
    """
    reader = StereoReader(song, RATE)
    whole = reader.read(_ALBUM_S * RATE)
    reader.close()
    cuts = [0, *(round(part * len(whole)) + 137 for part in (0.31, 0.64)), len(whole)]
    for number, (first, last) in enumerate(pairwise(cuts), start=1):
        tags = {"artist": "Nobody", "albumartist": "Nobody", "album": "One Piece", "title": f"Part {number}"}
        path = folder / f"{number:02d}.flac"
        folder.mkdir(parents=True, exist_ok=True)
        samples = whole[first:last]
        tags["tracknumber"] = str(number)
        write_audio_file(path, [samples], rate=RATE, n_frames=len(samples), tags=tags)
    home.library.scan([folder], now=NOW)
    tracks = sorted(home.library.tracks([folder]), key=lambda track: track.path.name)
    source = []
    for track in tracks:
        reader = StereoReader(track.path, RATE)
        source.append(reader.read(_ALBUM_S * RATE))
        reader.close()
    timeline = realise(home, plan_of(tracks), rate=RATE).timeline
    clip = timeline.clips[0]
    expected = np.concatenate(source)[clip.source_start_frames :] * np.float32(clip.gain)
    heard = np.concatenate(list(mix(timeline)))[clip.start_frames :]
    # Where songs were overlapped or left apart, all that follows is shifted, so the comparison needs no other check.
    inside = slice(RATE, min(timeline.clips[-1].end_frames - clip.start_frames, len(expected)) - RATE)
    return float(np.abs(heard[inside] - expected[inside]).max()), 20 * float(np.log10(clip.gain))
