"""Ears for the end-to-end tests: what can be heard in a rendered file, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import measure_loudness
from aidj.analysis.analyse import analyse_file
from aidj.analysis.loudness import Loudness
from aidj.audio import open_source, to_stereo
from aidj.model import Plan
from aidj.timeline import Timeline

LEVEL_S = 0.02


@dataclass(frozen=True)
class Heard:
    """A file, decoded again."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate

    def between(self, start_s: float, end_s: float) -> NDArray[np.float32]:
        return self.samples[max(0, round(start_s * self.rate)) : round(end_s * self.rate)]

    def loudness(self, start_s: float = 0.0, end_s: float = 1e9) -> Loudness:
        return measure_loudness(self.between(start_s, end_s), self.rate)

    def levels_dbfs(self) -> NDArray[np.float64]:
        """RMS level of each 20 ms, both channels together."""
        n = round(self.rate * LEVEL_S)
        squares = (self.samples.astype(np.float64) ** 2).mean(axis=1)
        whole = len(squares) // n * n
        return 10 * np.log10(np.maximum(squares[:whole].reshape(-1, n).mean(axis=1), 1e-12))

    def quiet_stretches(self, below_dbfs: float, longer_than_s: float) -> list[tuple[float, float]]:
        """Return (start, length) in seconds of each stretch that stays below a level."""
        low = np.concatenate([[False], self.levels_dbfs() < below_dbfs, [False]])
        edges = np.flatnonzero(np.diff(low.astype(int)))
        spans = [(float(a * LEVEL_S), float((b - a) * LEVEL_S)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        return [(round(start, 2), round(length, 2)) for start, length in spans if length > longer_than_s]


def listen_to(path: Path) -> Heard:
    source = open_source(path)
    blocks = []
    while len(block := source.read(1 << 18)):
        blocks.append(to_stereo(block))
    source.close()
    return Heard(np.concatenate(blocks), source.rate)


def seams(plan: Plan, timeline: Timeline) -> list[tuple[float, float]]:
    """Return for each change of song the stretch in which a hole would be dead air.

    It lasts from where the one begins to end until the next has really begun: silences further on are its own.
    """
    songs = [mark for mark in timeline.marks if mark.kind == "song"]
    gains_db = {
        path: 20 * np.log10(clip.gain)
        for clip in timeline.clips
        if clip.lane == "music"
        for path in (clip.source, *clip.then)
    }
    spans = []
    for item, mark, following in zip(plan.items(), songs, songs[1:], strict=False):
        if following.joined is not None and following.joined.kind in ("gapless", "gap"):
            continue  # an album's own pause, or one that is meant
        assert item.plays_s is not None
        assert following.path is not None
        analysis = analyse_file(following.path)
        levels = analysis.levels_lufs[round(analysis.cue_in_s * 10) :] + gains_db[following.path]
        begun_s = np.flatnonzero(levels > plan.target_lufs - 18.0)[0] / 10
        spans.append((mark.start_s + item.plays_s - 1.0, following.start_s + float(begun_s)))
    return spans


def assert_no_dead_air(heard: Heard, plan: Plan, timeline: Timeline) -> None:
    quiet = heard.quiet_stretches(-40.0, 0.6)
    spans = seams(plan, timeline) if quiet else []
    between = [
        (start, length)
        for start, length in quiet
        for seam_start, seam_end in spans
        if start < seam_end and start + length > seam_start
    ]
    assert not between, f"dead air between songs: {between}"


def assert_loudness(heard: Heard, plan: Plan, timeline: Timeline, *, ceiling_dbtp: float = -1.0) -> None:
    """Every song within 1 LU of the others where it sounds alone, and no true peak above the ceiling.

    All of them at the target, or, where the plan's notes say so, up to 6 LU below it.
    """
    heard_lufs = {}
    links = [(mark.start_s, mark.end_s) for mark in timeline.marks if mark.kind == "link"]
    songs = [mark for mark in timeline.marks if mark.kind == "song"]
    for index, mark in enumerate(songs):
        start_s = max([mark.start_s, *(end for start, end in links if start < mark.end_s and end > mark.start_s)])
        # A link behind the song begins where it ends; one over its opening ends before it is under way.
        start_s = start_s if start_s < mark.start_s + 0.5 * (mark.end_s - mark.start_s) else mark.start_s
        end_s = min([mark.end_s, *(other.start_s for other in songs[index + 1 :])])
        heard_lufs[mark.title] = heard.loudness(start_s, end_s).integrated_lufs
    lowered = any(note.startswith("About the loudness: ") for note in plan.notes)
    common_lufs = float(np.median(list(heard_lufs.values())))
    assert plan.target_lufs - (6.5 if lowered else 0.5) <= common_lufs <= plan.target_lufs + 0.5
    for title, lufs in heard_lufs.items():
        assert abs(lufs - common_lufs) <= 1.0, f"{title}: {lufs:.2f} LUFS among {common_lufs:.2f}"
    peak = heard.loudness().true_peak_dbtp
    assert peak <= ceiling_dbtp + 0.05, f"true peak {peak:.2f} dBTP"


def assert_no_clicks(heard: Heard, timeline: Timeline) -> None:
    """No sample step at the edge of a clip or a ramp is larger than the material's own around it."""
    steps = np.abs(np.diff(heard.samples, axis=0)).max(axis=1)
    for clip in timeline.clips:
        edges = {clip.start_frames, clip.end_frames}
        edges |= {frame for ramp in clip.ramps for frame in (ramp.start_frames, ramp.end_frames)}
        for edge in edges:
            scale = heard.rate / timeline.rate
            at, near, around = round(edge * scale), round(0.002 * heard.rate), round(1.0 * heard.rate)
            here = steps[max(0, at - near) : at + near].max(initial=0.0)
            own = np.concatenate([steps[max(0, at - around) : max(0, at - near)], steps[at + near : at + around]])
            assert here <= max(1.25 * own.max(initial=0.0), 0.003), f"a click at {edge / timeline.rate:.3f} s"
