"""Where a link could stand: over an ending, over an opening, across the seam, in the gap, on a bed.

Conventions: seconds on the session's clock, unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aidj.timeline.judging import Side
from aidj.timeline.seams import body_s
from aidj.timeline.unsung import (
    CLEAN_OPENING_S,
    MAX_OVERLAP_S,
    MIN_OVERLAP_S,
    bed_s,
    quiet_opening_s,
    rung_out_s,
    runway_s,
    unsung_from_s,
)

PlaceKind = Literal["opening", "bed", "across", "tail", "gap"]

PAUSE_S = 0.25
"""Between the end of a song and the first word, and between the last word and a song."""
BED_LEAD_S = 1.0
"""A bed is heard so long before the first word."""
TAIL_STEP_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What a link stands between."""

    speech_s: float
    """Its length."""
    free_from_s: float
    """No word before that: something else is said, or the session has not begun."""
    joins_at_s: float
    """No song before that: when the next one would begin if nothing were said."""
    before: Side | None = None
    """None at the session's beginning."""
    before_ends_s: float = 0.0
    """When its cue-out sounds."""
    after: Side | None = None
    """None where something else is said first, and at the session's end."""
    before_alone: bool = False
    after_alone: bool = False
    """Whether nothing may be spoken over it."""
    pinned: bool = False
    """Whether the song after has to begin at `joins_at_s`; the song before will be faded out in time."""
    breath_s: float = PAUSE_S
    """Silence between the end of a song that is to be left alone and the first word."""

    @property
    def tail_shift_s(self) -> float:
        """What turns a moment on the clock of the song before into one on the session's."""
        return self.before_ends_s - self.before.analysis.cue_out_s if self.before else 0.0

    @property
    def ended_s(self) -> float:
        """When the song before is over and a word may be said."""
        return max(self.free_from_s, self.before_ends_s if self.before else self.free_from_s)

    @property
    def rung_out_s(self) -> float:
        """When the song before is as good as over."""
        if self.before is None:
            return self.free_from_s
        return max(self.free_from_s, rung_out_s(self.before, alone=self.before_alone) + self.tail_shift_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a link and the song after it begin."""

    kind: PlaceKind
    speech_starts_s: float
    song_starts_s: float
    """When the song's cue-in sounds; without a song after, when one could begin."""


def places(spot: Spot, *, apart: bool = False) -> Iterator[Place]:
    """Yield where a link could stand, good or bad.

    Parameters
    ----------
    apart : bool
        Whether speech and music are to be kept apart: then only the gap is there.
    """
    if spot.pinned:
        yield from _around_pin(spot, apart=apart)
        return
    pause_s = spot.breath_s if spot.before_alone else PAUSE_S
    yield _gap(spot, spot.ended_s + pause_s, 0.0)
    if apart:
        return
    earliest_s = spot.rung_out_s + pause_s
    starts_s = sorted({earliest_s, *_over_tail_s(spot)})
    for at_s in starts_s:
        for under_s in sorted({0.0, _quiet_s(spot)}):
            yield _gap(spot, at_s, under_s)
    if spot.after is None:
        return
    yield from _over_opening(spot, earliest_s)
    yield from _on_bed(spot, earliest_s)
    for at_s in starts_s:
        yield from _across(spot, at_s)


def _around_pin(spot: Spot, *, apart: bool) -> Iterator[Place]:
    """Yield places around a beginning that is given: what is said before it ends with it, or over the opening."""
    song_s = spot.joins_at_s
    under_s = (0.0,) if apart else (0.0, _quiet_s(spot), *_overlaps_s(spot))
    for seconds in sorted(set(under_s)):
        pause_s = 0.0 if seconds else PAUSE_S
        kind: PlaceKind = "across" if seconds > _quiet_s(spot) else "gap"
        yield Place(kind=kind, speech_starts_s=song_s - spot.speech_s - pause_s + seconds, song_starts_s=song_s)
    if not apart:
        yield from _over_opening(spot, song_s)


def _quiet_s(spot: Spot) -> float:
    """Return how much of the link may stand over an opening that has hardly begun."""
    return min(quiet_opening_s(spot.after), spot.speech_s) if spot.after else 0.0


def _gap(spot: Spot, at_s: float, under_s: float) -> Place:
    song_s = max(spot.joins_at_s, at_s + spot.speech_s + PAUSE_S - under_s)
    return Place(kind=_apart_kind(spot, at_s), speech_starts_s=at_s, song_starts_s=song_s)


def _apart_kind(spot: Spot, at_s: float) -> PlaceKind:
    return "tail" if spot.before is not None and at_s < spot.before_ends_s else "gap"


def _over_tail_s(spot: Spot) -> Iterator[float]:
    """Yield when speech could begin over the ending, after the last singing."""
    if spot.before is None:
        return
    analysis = spot.before.analysis
    sung_until_s = unsung_from_s(analysis)
    # Where nobody knows, one is tried all the same, so that it can be said what speaks against it.
    earliest_s = analysis.start_next_s if sung_until_s is None else sung_until_s + PAUSE_S
    falls_s = analysis.fade_starts_s or analysis.start_next_s - MAX_OVERLAP_S
    at_s = max(earliest_s, falls_s, analysis.cue_in_s + body_s(analysis) / 2)
    while at_s < analysis.cue_out_s:
        if at_s + spot.tail_shift_s >= spot.free_from_s + PAUSE_S:
            yield at_s + spot.tail_shift_s
        if sung_until_s is None:
            return
        at_s += TAIL_STEP_S


def _over_opening(spot: Spot, earliest_s: float) -> Iterator[Place]:
    """Yield places wholly over the opening of a song that begins as if nothing were said."""
    assert spot.after is not None
    song_s = spot.joins_at_s
    first_s = max(earliest_s, song_s + CLEAN_OPENING_S)
    last_s = song_s + runway_s(spot.after.analysis) - spot.speech_s
    for at_s in (first_s, *((last_s, (first_s + last_s) / 2) if last_s > first_s else ())):
        yield Place(kind="opening", speech_starts_s=at_s, song_starts_s=song_s)


def _on_bed(spot: Spot, earliest_s: float) -> Iterator[Place]:
    """Yield places over an opening that is made to be under something."""
    assert spot.after is not None
    if spot.speech_s + BED_LEAD_S > bed_s(spot.after.analysis):
        return
    song_s = max(spot.joins_at_s, earliest_s - BED_LEAD_S)
    yield Place(kind="bed", speech_starts_s=max(earliest_s, song_s + BED_LEAD_S), song_starts_s=song_s)


def _across(spot: Spot, at_s: float) -> Iterator[Place]:
    """Yield places whose head stands before the next song, and whose tail over its opening."""
    for overlap_s in _overlaps_s(spot):
        song_s = at_s + spot.speech_s - overlap_s
        # Where the song cannot begin so early, it begins as it would, and the speech is timed to the post.
        later_s = max(0.0, spot.joins_at_s - song_s)
        if later_s == 0.0 or at_s + later_s >= spot.rung_out_s:
            yield Place(kind="across", speech_starts_s=at_s + later_s, song_starts_s=song_s + later_s)


def _overlaps_s(spot: Spot) -> list[float]:
    """Return how much of a link that begins before the song may stand over its opening."""
    if spot.after is None:
        return []
    longest_s = min(runway_s(spot.after.analysis), MAX_OVERLAP_S, spot.speech_s)
    wanted = {longest_s, min(longest_s, 0.6 * spot.speech_s), MIN_OVERLAP_S}
    return sorted(overlap_s for overlap_s in wanted if MIN_OVERLAP_S <= overlap_s <= longest_s)
