"""Which transition two songs get: candidates are tried, those with a veto fall, and the cheapest is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from aidj.model import Analysis, Transition
from aidj.timeline.beatmatch import beatmixes, why_not
from aidj.timeline.handover import Handover
from aidj.timeline.judging import EARLIEST_S, Side, Verdict, judge
from aidj.timeline.seams import (
    CUT_FADE_S,
    STEP_S,
    FadeShape,
    Seam,
    album_cut,
    body_s,
    crossfade,
    cut_together,
    gap,
    overlap_limit_s,
    segue,
)

CROSSFADE_S = 6.0
"""Of a crossfade that is wished for without a length."""
GAP_S = 2.0
"""Of a gap that is wished for without a length."""
BREATH_S = 0.3
"""Between songs into which nothing may be mixed."""
CLASSICAL_BREATH_S = 2.0
"""Between a classical recording and its neighbour: the last note is let go, and nobody rushes in."""
LONGEST_PAUSE_S = 3.0
"""Album neighbours with a longer silence between them in their files are songs like any two, unless it is asked for."""
_LENGTHS_S = (2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
_BREATHS_S = (0.15, 0.3)
_SHORTEST_FADE_S = 0.3
_BY_HAND = ("sidecar", "tag")
_MIXING = ("crossfade", "beatmix", "segue")


def choose(
    before: Side,
    after: Side,
    *,
    wish: Transition | None = None,
    handover: Handover | None = None,
    neighbours: bool = False,
    untouched: bool = False,
    breath_s: float = BREATH_S,
    mixed: bool = True,
    same_recording: bool = False,
    earliest_s: float = float("-inf"),
) -> Seam:
    """Choose the seam between two songs between which nothing is said.

    Parameters
    ----------
    before, after : Side
        The two songs.
    wish : Transition, optional
        What the plan wishes for this pair: that is taken, as far as the songs have it.
    handover : Handover, optional
        The setting for all pairs without a wish.
    neighbours : bool
        Whether they follow each other on an album: then they are put together as they were mastered.
    untouched : bool
        Whether one of them must not be stretched, filtered, faded or overlapped: classical music, or the listener's
        word.
    breath_s : float
        The silence between such songs.
    mixed : bool
        Whether one may be stretched and filtered for a beatmix; not so in an album run.
    same_recording : bool
        Whether both are the same recording: what is alike adds up by amplitude, not by power.
    earliest_s : float
        Before this moment of the first song its own beginning is still under way, and nothing may begin.
    """
    handover = handover or Handover()
    ours, theirs = before.analysis, after.analysis
    if untouched and not neighbours and (wish is None or wish.kind in _MIXING):
        length_s = max(breath_s, handover.length_s or 0.0) if handover.mode == "gap" else breath_s
        words = "nothing is mixed into a recording that is to be left alone"
        return replace(gap(ours, theirs, length_s), kind="gap" if length_s > BREATH_S else "segue", why=(words,))
    wish = wish or (None if neighbours else handover.wish)
    if wish is not None:
        seam = _as_wished(before, after, wish, neighbours, earliest_s)
        return replace(seam, why=("it is asked for", *seam.why) if seam.kind == wish.kind else seam.why)
    if neighbours and ours.duration_s - ours.cue_out_s + theirs.cue_in_s <= LONGEST_PAUSE_S:
        return replace(album_cut(ours, theirs), why=("they follow each other on the album",))
    shape: FadeShape = "linear" if same_recording else "quarter_sine"
    candidates = list(_candidates(ours, theirs, handover.beatmix and mixed, shape))
    candidates = [seam for seam in candidates if _starts_fading_s(seam) >= earliest_s - 1e-6] or candidates[:1]
    verdicts = judge(before, after, candidates)
    allowed = [index for index, verdict in enumerate(verdicts) if not verdict.vetoes]
    # Where each has a veto, the least evil is taken.
    index = _best(candidates, verdicts, allowed or range(len(candidates)))
    reasons = _reasons(ours, theirs, candidates, verdicts, index, handover.beatmix and mixed)
    return replace(candidates[index], why=reasons)


def natural(before: Side, after: Side) -> Seam:
    """Choose the seam that lets the song before end by itself, whatever comes next: where something is said."""
    candidates = list(_segues(before.analysis, after.analysis))
    verdicts = judge(before, after, candidates)
    return candidates[_best(candidates, verdicts, range(len(candidates)))]


def _best(candidates: Sequence[Seam], verdicts: Sequence[Verdict], among: Iterable[int]) -> int:
    """Return which of some candidates has least against it; of equal ones that which begins first."""
    return min(among, key=lambda i: (verdicts[i].severity, verdicts[i].cost, candidates[i].next_starts_s))


def _candidates(ours: Analysis, theirs: Analysis, beatmix: bool, shape: FadeShape) -> Iterator[Seam]:
    yield from _segues(ours, theirs)
    yield from _crossfades(ours, theirs, shape)
    if beatmix and not _set_by_hand(ours, "start_next"):
        yield from beatmixes(ours, theirs)


def _segues(ours: Analysis, theirs: Analysis) -> Iterator[Seam]:
    """Yield beginnings of the next song from well before the ending has fallen to just after it."""
    if _set_by_hand(ours, "start_next"):
        seam = segue(ours, theirs, ours.start_next_s)
        # Somebody ends the recording before it ends by itself: then it needs a fade.
        cut = _set_by_hand(ours, "cue_out")
        yield replace(seam, fade_out_s=max(0.0, min(seam.overlap_s, CUT_FADE_S)) if cut else 0.0)
        return
    earliest_s = max(
        ours.cue_in_s + body_s(ours) / 2, ours.cue_out_s - overlap_limit_s(ours, theirs), ours.start_next_s - EARLIEST_S
    )
    for at_s in _moments(earliest_s, ours):
        seam = segue(ours, theirs, at_s)
        if ours.ending == "sustained" and seam.overlap_s > _SHORTEST_FADE_S:  # a held sound stops with an edge
            seam = replace(seam, fade_out_s=min(seam.overlap_s, CUT_FADE_S))
        yield seam
    for breath_s in _BREATHS_S:
        yield segue(ours, theirs, ours.cue_out_s + breath_s)


def _set_by_hand(analysis: Analysis, marker: str) -> bool:
    return analysis.marker_sources.get(marker) in _BY_HAND


def _moments(earliest_s: float, ours: Analysis) -> list[float]:
    """Return when the next song may be tried: every 0.2 s near the end and where the ending falls, else every 0.6."""
    fine, coarse = 2 * STEP_S, 6 * STEP_S
    near = [ours.cue_out_s - fine * i for i in range(12)] + [ours.start_next_s + fine * i for i in range(-6, 10)]
    far = list(np.arange(ours.cue_out_s, earliest_s - 1e-9, -coarse))
    return sorted({round(float(at_s), 3) for at_s in (*near, *far) if earliest_s <= at_s <= ours.cue_out_s})


def _crossfades(ours: Analysis, theirs: Analysis, shape: FadeShape) -> Iterator[Seam]:
    """Yield crossfades that end with the song, or with its body where a long tail follows."""
    if _set_by_hand(ours, "start_next"):
        return
    limit_s = overlap_limit_s(ours, theirs)
    ends_s = {ours.cue_out_s, *(min(ours.cue_out_s, ours.start_next_s + after_s) for after_s in (0.0, 2.0))}
    for end_s in sorted(ends_s):
        for length_s in _LENGTHS_S:
            if length_s <= limit_s and end_s - length_s >= ours.cue_in_s + body_s(ours) / 2:
                yield crossfade(ours, theirs, end_s - length_s, length_s, shape)


def _starts_fading_s(seam: Seam) -> float:
    return min(seam.next_starts_s, seam.ends_s - seam.fade_out_s)


def _as_wished(before: Side, after: Side, wish: Transition, neighbours: bool, earliest_s: float) -> Seam:
    """Return the seam that a plan or a setting asks for; what cannot be had becomes what comes nearest."""
    ours, theirs = before.analysis, after.analysis
    if wish.kind == "gapless":
        return album_cut(ours, theirs) if neighbours else cut_together(ours, theirs)
    if wish.kind == "gap":
        return gap(ours, theirs, wished_gap_s(wish))
    if wish.kind == "crossfade":
        return crossfade(ours, theirs, ours.cue_out_s - crossfade_s(ours, theirs, wish))
    if wish.kind == "beatmix":
        matched = [seam for seam in beatmixes(ours, theirs) if _starts_fading_s(seam) >= earliest_s - 1e-6]
        if matched:
            verdicts = judge(before, after, matched)
            wanted_s = _wished_s(ours, wish)
            index = min(
                range(len(matched)),
                key=lambda i: (
                    round(abs(matched[i].overlap_s - wanted_s), 2) if wanted_s is not None else 0.0,
                    verdicts[i].severity,
                    verdicts[i].cost,
                ),
            )
            return matched[index]
    return natural(before, after)


def _wished_s(ours: Analysis, wish: Transition) -> float | None:
    """Return the length wished for in seconds; bars are those of the song before, or of two seconds."""
    if wish.bars is not None:
        rhythm = ours.rhythm
        return wish.bars * (rhythm.beats_per_bar * 60 / rhythm.bpm if rhythm is not None else 2.0)
    return wish.length_s


def crossfade_s(before: Analysis, after: Analysis, wish: Transition) -> float:
    """Return the length that a wished crossfade gets: at most half the shorter song, so that never three sound."""
    wished_s = _wished_s(before, wish)
    return min(CROSSFADE_S if wished_s is None else wished_s, body_s(before) / 2, body_s(after) / 2)


def wished_gap_s(wish: Transition | None) -> float:
    """Return the silence that is wished for; 0 where none is."""
    if wish is None or wish.kind != "gap":
        return 0.0
    return GAP_S if wish.length_s is None else wish.length_s


# --- reasons ----------------------------------------------------------------------------------------------------------


def _reasons(
    ours: Analysis,
    theirs: Analysis,
    candidates: list[Seam],
    verdicts: list[Verdict],
    index: int,
    beatmix: bool,
) -> tuple[str, ...]:
    """Say what speaks for the seam that was taken, and why it was no other kind."""
    taken = candidates[index]
    reasons = list(taken.why)
    if taken.kind != "beatmix":
        reasons.append(_ending_words(ours))
        if beatmix and (why := _against("beatmix", candidates, verdicts, index) or why_not(ours, theirs)):
            reasons.append(f"no beatmix: {why}")
    if taken.kind == "segue" and (why := _against("crossfade", candidates, verdicts, index)):
        reasons.append(f"no crossfade: {why}")
    reasons += [f"but {veto}" for veto in verdicts[index].vetoes]
    return tuple(reasons)


def _ending_words(ours: Analysis) -> str:
    return {
        "cold": "the first ends at once",
        "fade": "the first fades out by itself",
        "sustained": "the first ends on a held sound",
        "long_tail": "the first rings out for long",
    }[ours.ending]


def _against(kind: str, candidates: list[Seam], verdicts: list[Verdict], taken: int) -> str | None:
    """Say what stood against the best candidate of a kind; None where there is none."""
    of_kind = [i for i, seam in enumerate(candidates) if seam.kind == kind]
    if not of_kind:
        return None
    best = _best(candidates, verdicts, of_kind)
    if verdicts[best].vetoes:
        return verdicts[best].vetoes[0]
    return "it would flow less well" if kind == "beatmix" and best != taken else None
