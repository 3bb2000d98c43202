"""Songs that must begin at a given moment, and what is said where a wish of the plan could not be had."""

from __future__ import annotations

import math

from aidj.durations import clock
from aidj.model import Transition
from aidj.timeline.choosing import crossfade_s, natural, wished_gap_s
from aidj.timeline.judging import Side
from aidj.timeline.seams import Seam, crossfade, cut_at, segue

TIMING_NOTE = "About the timing: "
"""How every note of the timeline begins: they are made anew with every timeline."""
SHORTEST_S = 1.0
"""A song that is faded out early for a pinned one sounds at least so long."""
NOTED_SILENCE_S = 1.0
"""Silence before a pinned song is noted from this length on."""
_NEAR_S = 0.5


def join_pinned(before: Side, after: Side, wish: Transition | None, pin_s: float) -> Seam:
    """Choose the seam to a song that begins at `pin_s`, on the clock of the one before; nothing is said between them.

    What would still sound is faded out before the pin, or, where a crossfade is wished for, after it.
    """
    ours, theirs = before.analysis, after.analysis
    if wish is not None and wish.kind == "crossfade":
        return crossfade(ours, theirs, pin_s, crossfade_s(ours, theirs, wish))
    if wish is not None and wish.kind == "gap":
        return cut_at(ours, theirs, pin_s - wished_gap_s(wish), pin_s)
    if natural(before, after).next_starts_s <= pin_s:
        return segue(ours, theirs, pin_s)
    return cut_at(ours, theirs, pin_s, pin_s)


def transition_note(
    name: str, wish: Transition | None, seam: Seam | None, moved_s: float, why: str, beats: str | None = None
) -> str | None:
    """Say what has become of a wished transition; None if it is as wished.

    Parameters
    ----------
    name : str
        The song it leads to.
    seam : Seam, optional
        What has become of it; None where no song sounds right before.
    moved_s : float
        How much later or earlier than wished the song begins.
    why : str
        What stands in the way, if something does.
    beats : str, optional
        Why the two songs cannot be laid beat on beat, if they cannot.
    """
    if wish is None or (wish.kind == "crossfade" and 0 in (wish.length_s, wish.bars)):
        return None
    if seam is None:
        return f"The {wish.kind} into {name} could not be had: {why}."
    if wish.kind == "gap":
        gap_s = seam.next_starts_s - seam.ends_s
        if abs(gap_s - wished_gap_s(wish)) < _NEAR_S:
            return None
        return f"The gap before {name} is {gap_s:.1f} s long instead of {wished_gap_s(wish):g}: {why}."
    if wish.kind == "beatmix" and seam.kind != "beatmix":
        return f"The beatmix into {name} could not be had: {beats or why}."
    if wish.bars and seam.bars is not None and abs(seam.bars - wish.bars) > 1:
        return f"The beatmix into {name} lasts {seam.bars:.0f} bars instead of {wish.bars:g}: the songs allow no more."
    if wish.kind == "crossfade" and seam.fade_in_s > 0:
        if wish.length_s is None or seam.fade_in_s > wish.length_s - _NEAR_S:
            return None
        shorter = "it is never more than half of the shorter song, nor more than is left of the song before"
        return f"The crossfade into {name} is {seam.fade_in_s:.1f} s long instead of {wish.length_s:g}: {shorter}."
    if seam.kind in ("gapless", "beatmix") or (wish.kind == "segue" and abs(moved_s) < _NEAR_S):
        return None
    return f"The {wish.kind} into {name} could not be had: {why}."


def silence_note(name: str, pin_s: float, silent_s: float) -> str:
    """Say that it is silent before a pinned song, and what to do about it."""
    earlier_s = max(0.0, pin_s - silent_s)
    return (
        f"{name} is pinned to {clock(round(pin_s))}, and before it there are {silent_s:.0f} s of silence: what stands "
        "before it is over by then. Put a song of that length in between, or pin it earlier "
        f"(pinned_s: {earlier_s:.0f})."
    )


def unheld_note(name: str, pin_s: float, starts_s: float, earliest_s: float) -> str:
    """Say that a song could not begin where it is pinned, and what to do about it."""
    return (
        f"{name} is pinned to {clock(round(pin_s))} and begins at {clock(round(starts_s))}: what stands before it in "
        f"the plan has hardly begun by then, or is not said. Pin it to {clock(math.ceil(earliest_s))} or later "
        f"(pinned_s: {math.ceil(earliest_s)}), or move it forward in the plan."
    )
