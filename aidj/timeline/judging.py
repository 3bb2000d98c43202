"""What is wrong with a seam: vetoes that rule it out, and costs that tell the better of two.

A seam is judged by the summed level of both songs: no hole, no bump. Conventions: levels are per 100 ms, relative to
the session's target, in dB; costs have no unit, about 1 is a flaw one would notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import LEVELS_PER_SECOND
from aidj.keys import compatibility
from aidj.model import Analysis, Singing
from aidj.timeline.beatmatch import off_phrase
from aidj.timeline.seams import STEP_S, Seam, overlap_limit_s

HOLE_DB = -18.0
"""A summed level so far below what both songs come to is a hole."""
HOLE_S = 0.3
"""Holes up to this length are breath, not dead air."""
BUMP_DB = 1.5
"""So much louder than either song around the seam is a bump."""
SUNG_S = 0.25
"""Singing over singing, or under a fade, up to this length is a syllable's end."""
SINGING_CONFIDENCE = 0.3
"""Below this nobody knows where it is sung."""
BASS_SHARE = 0.3
"""About so much of a song's loudness is its bass."""
EARLIEST_S = 30.0
"""So long before a song's ending has fallen the next one may begin."""
LULL_DB = -9.0
AUDIBLE_DB = -15.0

_CUT, _OVER = "it would cut off a sung line", "it would lay singing over singing"
_BEYOND, _FADED = "it would reach beyond the half of a song", "it would fade a mastered fade again"
_BUMP, _HOLE = "both together are too loud", "it would leave a hole"
_SEVERITY = {_CUT: 8, _OVER: 8, _BEYOND: 8, _FADED: 4, _BUMP: 4, _HOLE: 1}
"""Of two seams with a veto each, what a moment of quiet spoils is the lesser evil."""
_BEFORE_S, _AFTER_S = 30.0, 10.0
_SMOOTH = 4  # 400 ms, the momentary loudness of BS.1771


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two songs at a seam."""

    analysis: Analysis
    level_db: float
    """Its gain minus the target loudness: added to a level in LUFS it gives the level relative to the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What there is to say against a seam."""

    vetoes: tuple[str, ...]
    """In a few words each, the worst first; empty for a seam that may be."""
    severity: int
    """How bad the vetoes are, taken together; 0 without any."""
    cost: float


def judge(before: Side, after: Side, seams: Sequence[Seam]) -> list[Verdict]:
    """Judge candidates for the seam between two songs, all in one go."""
    if not seams:
        return []
    levels = _Levels(before, after, seams)
    hole_s, bump_db, lull = levels.holes_s(), levels.bumps_db(), levels.lulls()
    both_s, lost_s, masked_s = levels.both_heard_s(), levels.lost_s(), levels.masked_s()
    soft_s = levels.soft_end_s()
    keys = _key_clash(before.analysis, after.analysis)
    beats = _beat_clash(before.analysis, after.analysis)
    verdicts = []
    for index, seam in enumerate(seams):
        matched = seam.kind == "beatmix"
        cost = 4.0 * hole_s[index] + 1.5 * max(0.0, bump_db[index] - 1.0) + lull[index]
        cost += 0.5 * soft_s[index] + 0.1 * masked_s[index] + (0.1 if matched else 0.35) * lost_s[index]
        cost += (0.25 if matched else 0.1) * keys * both_s[index]
        cost += 0.0 if matched else 0.25 * beats * both_s[index]
        cost += _kind_cost(before.analysis, after.analysis, seam)
        vetoes = _vetoes(before.analysis, after.analysis, seam)
        if bump_db[index] > BUMP_DB:
            vetoes.append(_BUMP)
        if hole_s[index] > HOLE_S:
            vetoes.append(_HOLE)
        severity = sum(_SEVERITY[veto] for veto in vetoes)
        verdicts.append(Verdict(vetoes=tuple(vetoes), severity=severity, cost=float(cost)))
    return verdicts


def _vetoes(before: Analysis, after: Analysis, seam: Seam) -> list[str]:
    vetoes = []
    fade_starts_s = seam.ends_s - seam.fade_out_s
    mastered_s = before.fade_starts_s
    if before.ending == "fade" and mastered_s is not None and seam.fade_out_s > 0 and seam.ends_s > mastered_s + 0.5:
        vetoes.append(_FADED)
    if seam.overlap_s > overlap_limit_s(before, after) + STEP_S:
        vetoes.append(_BEYOND)
    sung = _sung(before.singing)
    if seam.fade_out_s > 0 and _within_s(sung, fade_starts_s + 0.3 * seam.fade_out_s, before.cue_out_s) > SUNG_S:
        # A line that begins late in the fade, or would come after it, is lost as well.
        vetoes.append(_CUT)
    if seam.overlap_s > 0 and _both_sung_s(sung, _sung(after.singing), seam) > SUNG_S:
        vetoes.append(_OVER)
    return vetoes


def _kind_cost(before: Analysis, after: Analysis, seam: Seam) -> float:
    """Return what a kind of transition costs by itself: a good beatmix is better than leaving things be."""
    if seam.kind == "beatmix":
        bars = round(seam.overlap_s / 2)
        stretch = 15.0 * abs(seam.tempo.rates[0] - 1) if seam.tempo.rates else 0.0
        return -3.0 + stretch + 1.2 * off_phrase(before, after, seam) + 0.02 * abs(bars - 8)
    if seam.kind == "crossfade":
        on_cold = 2.0 if before.ending == "cold" else 0.0
        attack = 0.8 if seam.fade_in_s > 0.5 and _begins_at_once(after) else 0.0
        return 0.8 + on_cold + attack
    early = 0.15 * max(0.0, before.start_next_s - seam.next_starts_s)
    if before.ending == "sustained":  # a held sound stops with an edge, unless it is faded
        return early + (0.3 if seam.fade_out_s > 0 else 0.8)
    return early + 0.5 * (seam.fade_out_s > 0)


def _begins_at_once(analysis: Analysis) -> bool:
    first = round(analysis.cue_in_s * LEVELS_PER_SECOND)
    opening = analysis.levels_lufs[first : first + 4]
    return bool(len(opening)) and float(opening.max()) > analysis.loudness_lufs - 6


def _key_clash(before: Analysis, after: Analysis) -> float:
    """Return how badly the keys go together, 0 to 1; 0 where one is not known."""
    if before.tonality is None or after.tonality is None:
        return 0.0
    ours, theirs = before.tonality.closing, after.tonality.opening
    if ours is None or theirs is None:
        return 0.0
    sure = min(before.tonality.closing_confidence, after.tonality.opening_confidence)
    return sure * (1.0 - compatibility(ours, theirs))


def _beat_clash(before: Analysis, after: Analysis) -> float:
    """Return how much two pulses that are not laid on each other disturb, 0 to 1."""
    if before.rhythm is None or after.rhythm is None:
        return 0.0
    return min(before.rhythm.confidence, after.rhythm.confidence)


# --- singing ----------------------------------------------------------------------------------------------------------


def _sung(singing: Singing | None) -> NDArray[np.float64]:
    if singing is None or singing.confidence < SINGING_CONFIDENCE:
        return np.zeros((0, 2))
    return singing.ranges_s


def _within_s(ranges_s: NDArray[np.float64], start_s: float, end_s: float) -> float:
    if not len(ranges_s):
        return 0.0
    overlap = np.minimum(ranges_s[:, 1], end_s) - np.maximum(ranges_s[:, 0], start_s)
    return float(np.maximum(overlap, 0.0).sum())


def _both_sung_s(ours: NDArray[np.float64], theirs: NDArray[np.float64], seam: Seam) -> float:
    """Return for how long both songs are sung at once."""
    total = 0.0
    for start_s, end_s in theirs:
        from_s, until_s = (
            seam.next_starts_s + seam.tempo.session_s(moment - seam.next_from_s) for moment in (start_s, end_s)
        )
        total += _within_s(ours, max(from_s, seam.next_starts_s), min(until_s, seam.ends_s))
    return total


# --- the summed level -------------------------------------------------------------------------------------------------


class _Levels:
    """The levels of both songs around each of several seams, shape (n_seams, n_steps), on the clock of the first."""

    def __init__(self, before: Side, after: Side, seams: Sequence[Seam]) -> None:
        self._before, self._after = before.analysis, after.analysis
        self.starts = np.array([seam.next_starts_s for seam in seams])[:, None]
        self.ends = np.array([seam.ends_s for seam in seams])[:, None]
        fade_out = np.array([seam.fade_out_s for seam in seams])[:, None]
        self.changes = np.minimum(self.starts, self.ends - fade_out)
        """Before that the song before is as it was recorded, and nothing else sounds."""
        fade_in = np.array([seam.fade_in_s for seam in seams])[:, None]
        rates = np.array([seam.tempo.rates[0] if seam.tempo.rates else 1.0 for seam in seams])[:, None]
        froms = np.array([seam.next_from_s for seam in seams])[:, None]
        first_s = min(self.starts.min(), (self.ends - fade_out).min()) - _BEFORE_S
        last_s = max(self.starts.max(), self.ends.max()) + _AFTER_S
        self.at = np.arange(round(first_s / STEP_S), round(last_s / STEP_S)) * STEP_S + STEP_S / 2
        # What both come to where they are not softer than the target anyway.
        self.reference_db = min(
            0.0, before.analysis.loudness_lufs + before.level_db, after.analysis.loudness_lufs + after.level_db
        )
        if not np.isfinite(self.reference_db):
            self.reference_db = 0.0
        shape = (len(seams), len(self.at))
        ours = np.broadcast_to(_power(before, self.at, before.analysis.cue_in_s, before.analysis.cue_out_s), shape)
        theirs = _power(
            after, froms + (self.at - self.starts) * rates, after.analysis.cue_in_s, after.analysis.cue_out_s
        )
        out = np.clip((self.at - (self.ends - fade_out)) / np.maximum(fade_out, 1e-3), 0, 1)
        into = np.clip((self.at - self.starts) / np.maximum(fade_in, 1e-3), 0, 1)
        self.ours_alone, self.theirs_alone = ours, np.where(self.at >= self.starts, theirs, 0.0)
        # Where the bass is handed over, the one song lacks it until then, and the other from then on.
        swaps = np.array([sum(seam.swap_s) / 2 if seam.swap_s else np.nan for seam in seams])[:, None]
        self.ours = ours * np.cos(out * np.pi / 2) ** 2 * (self.at < self.ends)
        self.ours *= np.where(self.at > swaps, 1 - BASS_SHARE, 1.0)
        self.theirs = self.theirs_alone * np.sin(into * np.pi / 2) ** 2
        self.theirs *= np.where(self.at < swaps, 1 - BASS_SHARE, 1.0)
        self.momentary_db = _decibels(_smooth(self.ours + self.theirs))

    def holes_s(self) -> NDArray[np.float64]:
        """Return for how long the sum lies below the hole level at a stretch, where the seam can help it.

        What is shorter than `HOLE_S` is breath, such as that between two strokes of a drum.
        """
        # Up to where the next song has really begun: what is quiet in it later is its own.
        floor_db = self.reference_db + HOLE_DB
        begun = np.maximum.accumulate(_decibels(self.theirs) > floor_db, axis=1)
        # Nor is what was quiet in the song before, before its ending.
        ending = self.at >= np.minimum(
            min(self._before.start_next_s, self._before.cue_out_s - STEP_S) - STEP_S, self.changes
        )
        instant_db = _decibels(self.ours + self.theirs)
        low = (instant_db < floor_db) & ~begun & (ending | (self.at >= self.ends))
        steps = round(HOLE_S / STEP_S)
        held = np.asarray(np.lib.stride_tricks.sliding_window_view(low, steps + 1, axis=1).all(axis=2))
        return np.asarray((held.sum(axis=1) + steps * held.any(axis=1)) * STEP_S)

    def bumps_db(self) -> NDArray[np.float64]:
        """Return how much louder the sum gets than either song around the seam."""
        both = (self.at >= self.starts) & (self.at < self.ends)
        loudest = np.where(both, self.momentary_db, -120.0).max(axis=1)
        near_ours = _decibels(_smooth(self.ours_alone)).max(axis=1)
        near_theirs = _decibels(_smooth(self.theirs_alone)).max(axis=1)
        return np.asarray(np.maximum(0.0, loudest - np.maximum(near_ours, near_theirs)))

    def lulls(self) -> NDArray[np.float64]:
        """Return how much the sum sags around the seam: each second counts by its depth."""
        depth_db = np.clip(self.reference_db + LULL_DB - self.momentary_db, 0.0, 12.0)
        begun = np.maximum.accumulate(_decibels(self.theirs) > self.reference_db + LULL_DB, axis=1)
        # Before its ending and before anything is done to it, what is soft in a song was meant to be.
        late = self.at >= np.minimum(self._before.start_next_s - 1.0, self.changes)
        return np.asarray((depth_db * late * ~begun).sum(axis=1) * STEP_S * 0.06)

    def soft_end_s(self) -> NDArray[np.float64]:
        """Return for how long the song before plays on as softly as a hole before the next one is heard."""
        floor_db = self.reference_db + HOLE_DB
        begun = np.maximum.accumulate(_decibels(self.theirs) > floor_db, axis=1)
        near = (self.at >= self._before.start_next_s - EARLIEST_S) & (self.at < self._before.start_next_s)
        return np.asarray(((self.momentary_db < floor_db) & near & ~begun).sum(axis=1) * STEP_S)

    def both_heard_s(self) -> NDArray[np.float64]:
        """Return for how long both songs are clearly heard."""
        floor = 10 ** ((self.reference_db + AUDIBLE_DB) / 10)
        return np.asarray(((self.ours > floor) & (self.theirs > floor)).sum(axis=1) * STEP_S)

    def lost_s(self) -> NDArray[np.float64]:
        """Return how much of the song before, clearly heard by itself, is faded away."""
        floor = 10 ** ((self.reference_db + AUDIBLE_DB + 3) / 10)
        return np.asarray(((self.ours_alone > floor) & (self.ours < 0.25 * self.ours_alone)).sum(axis=1) * STEP_S)

    def masked_s(self) -> NDArray[np.float64]:
        """Return how much of the next song's opening is drowned by the one before."""
        floor = 10 ** ((self.reference_db - 25) / 10)
        drowned = (self.theirs_alone > floor) & (self.ours > 6.0 * self.theirs_alone)
        return np.asarray(drowned.sum(axis=1) * STEP_S)


def _power(side: Side, at_s: NDArray[np.float64], cue_in_s: float, cue_out_s: float) -> NDArray[np.float64]:
    """Return the power of a song at moments of its own clock, relative to the target; 0 outside its cue points."""
    levels = side.analysis.levels_lufs
    if not len(levels):
        return np.zeros(at_s.shape)
    power = 10 ** ((levels.astype(np.float64) + side.level_db) / 10)
    index = np.floor(at_s * LEVELS_PER_SECOND).astype(np.int64)
    sounding = (at_s >= cue_in_s) & (at_s < cue_out_s) & (index >= 0) & (index < len(levels))
    return np.asarray(np.where(sounding, power[np.clip(index, 0, len(levels) - 1)], 0.0))


def _smooth(power: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.cumsum(np.pad(power, ((0, 0), (_SMOOTH, 0))), axis=1)
    return np.asarray((sums[:, _SMOOTH:] - sums[:, :-_SMOOTH]) / _SMOOTH)


def _decibels(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)))
