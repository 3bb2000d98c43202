"""A seam: where one song ends, where the next begins, and what fades meanwhile.

Conventions: seconds. Moments of the song before are on its file's clock, as if it ran at its native tempo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aidj.model import Analysis, TransitionKind
from aidj.timeline.tempo import NATIVE, TempoMap

CUT_FADE_S = 4.0
"""Longest fade of an ending that is cut short."""
MAX_TAIL_S = 40.0
"""Longest ending that another song may begin under."""
STEP_S = 0.1

FadeShape = Literal["quarter_sine", "linear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """A transition without speech."""

    kind: TransitionKind
    next_starts_s: float
    """When the next song begins, on the clock of the song before."""
    next_from_s: float
    """Where the next song begins, on its own clock."""
    ends_s: float
    """When the song before is over, on its own clock."""
    fade_out_s: float = 0.0
    """Length of its fade, ending at `ends_s`; 0 where it ends by itself."""
    fade_in_s: float = 0.0
    """Length of the next song's fade; 0 where it begins at full level."""
    shape: FadeShape = "quarter_sine"
    """Equal power, or, where both are the same recording, equal gain."""
    tempo: TempoMap = NATIVE
    """How the next song is stretched, counted from its beginning here."""
    swap_s: tuple[float, float] | None = None
    """From when to when the bass is handed over, on the clock of the song before."""
    bars: float | None = None
    """Of a beatmix: how many bars of the song before both sound."""
    why: tuple[str, ...] = ()

    @property
    def overlap_s(self) -> float:
        """How long both sound; negative is silence between them."""
        return self.ends_s - self.next_starts_s


def segue(before: Analysis, after: Analysis, next_starts_s: float) -> Seam:
    """Begin the next song at a moment of the song before, and let that one end as it was mastered.

    A mastered fade, a decay and a cold end have their shape already: only what is cut short gets a fade.
    """
    ends_s = min(before.cue_out_s, next_starts_s + overlap_limit_s(before, after))
    cut_short = ends_s < before.cue_out_s - STEP_S
    fade_out_s = min(ends_s - next_starts_s, CUT_FADE_S) if cut_short else 0.0
    return Seam(
        kind="segue",
        next_starts_s=next_starts_s,
        next_from_s=after.cue_in_s,
        ends_s=max(ends_s, before.cue_in_s),
        fade_out_s=max(0.0, fade_out_s),
    )


def crossfade(
    before: Analysis,
    after: Analysis,
    next_starts_s: float,
    length_s: float | None = None,
    shape: FadeShape = "quarter_sine",
) -> Seam:
    """Return a crossfade from a moment of the song before: of a length, or to that song's end."""
    left_s = before.cue_out_s - next_starts_s
    length_s = max(0.0, left_s if length_s is None else min(length_s, left_s))
    return Seam(
        kind="crossfade",
        next_starts_s=next_starts_s,
        next_from_s=after.cue_in_s,
        ends_s=min(before.cue_out_s, next_starts_s + length_s),
        fade_out_s=length_s,
        fade_in_s=length_s,
        shape=shape,
    )


def album_cut(before: Analysis, after: Analysis) -> Seam:
    """Put two songs of an album together as they were mastered: whole files, not a sample between them."""
    return Seam(kind="gapless", next_starts_s=before.duration_s, next_from_s=0.0, ends_s=before.duration_s)


def cut_together(before: Analysis, after: Analysis) -> Seam:
    """Put two songs together at their cue points, without any fade."""
    at_s = before.cue_out_s
    return Seam(kind="gapless", next_starts_s=at_s, next_from_s=after.cue_in_s, ends_s=at_s)


def gap(before: Analysis, after: Analysis, length_s: float) -> Seam:
    """Let silence stand between the end of one song and the beginning of the next."""
    at_s = before.cue_out_s
    return Seam(kind="gap", next_starts_s=at_s + length_s, next_from_s=after.cue_in_s, ends_s=at_s)


def cut_at(before: Analysis, after: Analysis, ends_s: float, next_starts_s: float) -> Seam:
    """Return the seam of a song that has to end early, both moments on its own clock: it is faded out before."""
    ends_s = min(ends_s, before.cue_out_s)
    cut_short = ends_s < before.cue_out_s - STEP_S
    return Seam(
        kind="gap" if next_starts_s > ends_s else "segue",
        next_starts_s=next_starts_s,
        next_from_s=after.cue_in_s,
        ends_s=ends_s,
        fade_out_s=min(CUT_FADE_S, ends_s - before.cue_in_s) if cut_short else 0.0,
    )


def overlap_limit_s(before: Analysis, after: Analysis) -> float:
    """Return how long two songs may sound together: half of the shorter one, so that never three do."""
    return min(MAX_TAIL_S, body_s(before) / 2, body_s(after) / 2)


def body_s(analysis: Analysis) -> float:
    """Return how long a song sounds."""
    return max(0.0, analysis.cue_out_s - analysis.cue_in_s)
