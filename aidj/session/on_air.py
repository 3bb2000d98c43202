"""The plan that is on air: laid out a few songs ahead of what is heard, and changed there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

from aidj.model import Item, Plan, Speech, Track
from aidj.session.cues import cues_of
from aidj.session.edits import Edit, Edited
from aidj.session.entries import entries_of, numbered, with_entries
from aidj.session.laid import Laid
from aidj.session.playing import Player, Programmed
from aidj.session.programme import Programme
from aidj.timeline import Timeline

SONGS_READY = 3
"""So many songs are laid out beyond those that have begun."""

_FIRST_MARGINS_S = (0.03, 0.2)
"""How far ahead of what is decided a change is made, least and most: about as long as the last one took."""
_MORE_MARGINS_S = (0.25, 0.8)
"""How far where that was too little."""


class OnAir:
    """What is played now, and the plan it comes from. Serves the thread that opened the home.

    Attributes
    ----------
    plan : Plan
        The session as it was played so far and is planned now. What is put behind it is laid out with the next change.
    laid : Laid
        As much of it as is laid out, from `begin` on.
    is_final : bool
        Whether nothing will be added behind the plan.
    ends : str
        Why the session ends where the plan does, in words.
    is_broken_off : bool
        Whether that is a fault: then it can be gone on with another time.
    """

    laid: Laid

    def __init__(self, plan: Plan, programme: Programme, player: Player, *, is_final: bool) -> None:
        self.plan = plan
        self.is_final = is_final
        self.ends = "the plan is over"
        self.is_broken_off = False
        self._programme = programme
        self._player = player
        self._cuts: dict[int, bool] = {}
        self._offset_s = 0.0
        self._margin_s = _FIRST_MARGINS_S[0]

    @property
    def cuts(self) -> Mapping[int, bool]:
        """The songs that were left early, by their place, and whether because the listener did not want them."""
        return self._cuts

    def track(self, item: Item) -> Track | None:
        """Return the track of a song of the plan, if it can be played."""
        return self._programme.track(item)

    def songs_ahead(self, begun: int) -> int:
        """Return how many songs of the plan come behind its first entries, those that cannot be played left out."""
        ahead = entries_of(self.plan)[begun:]
        return sum(isinstance(entry, Item) and self._programme.may_play(entry) for entry in ahead)

    def drop_ahead(self, begun: int) -> bool:
        """Let go of all that comes behind the first entries of the plan; return whether there was anything."""
        pairs = numbered(self.plan)
        self.plan = with_entries(self.plan, pairs[:begun])
        return len(pairs) > begun

    def begin(self) -> None:
        """Lay out and play what comes, after silence.

        Raises as `Programme.lay_out` does.
        """
        self.laid = self._lay_out(self.plan, wait_for=1)
        self.plan = self.laid.filled(self._offset_s)
        self._player.begin(self._programmed(self.laid, self.plan, self._cuts, from_frame=0))

    def run_dry(self) -> int:
        """Let go of what was laid out, all of it being played; return how many entries of the plan have begun."""
        begun = self.laid.passed()
        self._programme.fix(self.laid, begun)
        self._programme.restart(begun)
        self._programme.let_go(self.laid.plan)
        self._offset_s += self.laid.timeline.duration_s
        return begun

    def lay_out_more(self) -> bool:
        """Lay out what has been planned or spoken since, as far as it is needed now; return whether that was done."""
        return self.change(lambda plan, laid, at: Edited(plan=plan), due_frame=self.laid.due_frame())

    def has_spoken(self) -> bool:
        """Return whether a link that was left out for the time being has been spoken meanwhile."""
        return bool(self.laid.coming) and self._programme.has_spoken()

    def do_without(self) -> None:
        """Leave out what is still being spoken: it comes too late."""
        self.laid = replace(self.laid, coming=frozenset())
        self._player.be_sure(self.laid.sure_frame(), is_sure=self.laid.is_whole)

    def change(self, edit: Edit, *, unwanted: bool = False, due_frame: int | None = None) -> bool:
        """Change the plan ahead of what is heard; return whether that could be done.

        Parameters
        ----------
        edit : Edit
            Says what the plan is to be from a frame on; called again with a later frame where that one came too near.
        unwanted : bool
            Whether a song is faded out for it because the listener did not want it.
        due_frame : int, optional
            Where it can be, the change is made by this frame.

        Raises as `Programme.lay_out` does.
        """
        low_s, high_s = _FIRST_MARGINS_S
        fixed = self._programme.fixed()
        margins_s = [self._margin_s, *_MORE_MARGINS_S, None]
        while margins_s:
            margin_s, since_s = margins_s.pop(0), time.perf_counter()
            # The last time whoever listens waits for the few milliseconds that it takes.
            with self._player.held() if margin_s is None else nullcontext():
                decided = self._player.decided_frame()
                at = decided + round((margin_s or 0.0) * self._player.rate)
                if due_frame is not None and decided <= due_frame:
                    at = min(at, due_frame)
                edited = edit(self.plan, self.laid, at)
                if edited is None:
                    return False
                self._programme.fix(self.laid, self.laid.begun(at))
                laid = self._lay_out(edited.plan)
                if not same_before(self.laid.timeline, laid.timeline, at):
                    margins_s = margins_s[-1:]  # it is late already: now or never
                elif self._swap(edited, laid, at, unwanted=unwanted):
                    self._margin_s = min(max(1.3 * (time.perf_counter() - since_s), low_s), high_s)
                    return True
                self._programme.loosen(fixed)  # what was tried for a later frame must not bind an earlier one
        return False

    def _swap(self, edited: Edited, laid: Laid, at: int, *, unwanted: bool) -> bool:
        """Go on with what was laid out anew from a frame on; return False if that comes too late."""
        cuts = self._cuts if edited.cut is None else {**self._cuts, edited.cut: unwanted}
        plan = laid.filled(self._offset_s)
        programmed = self._programmed(laid, plan, cuts, from_frame=self._player.decided_frame())
        if not self._player.swap(programmed, from_frame=at):
            return False
        self.plan, self.laid, self._cuts = plan, laid, cuts
        self._programme.let_go(plan)
        return True

    def _lay_out(self, plan: Plan, *, wait_for: int = 0) -> Laid:
        return self._programme.lay_out(plan, songs=SONGS_READY, is_final=self.is_final, wait_for=wait_for)

    def _programmed(self, laid: Laid, plan: Plan, cuts: Mapping[int, bool], *, from_frame: int) -> Programmed:
        """Return what is laid out as the player takes it, without what is over before a frame."""
        timeline = laid.timeline
        return Programmed(
            timeline=replace(timeline, clips=tuple(c for c in timeline.clips if c.end_frames >= from_frame)),
            cues=cues_of(laid, plan, cuts=cuts, ends=self.ends),
            sure_frames=laid.sure_frame(),
            is_whole=laid.is_whole,
            is_sure=laid.is_whole and not laid.coming,
        )


def same_before(old: Timeline, new: Timeline, frame: int) -> bool:
    """Return whether two timelines sound the same before a frame."""
    ours, theirs = (_before(timeline, frame) for timeline in (old, new))
    return ours == theirs


def _before(timeline: Timeline, frame: int) -> Sequence[object]:
    # A band touches nothing before its first ramp; what comes may need one, or none any more.
    return [
        (
            (clip.source.text, len(clip.source.samples)) if isinstance(clip.source, Speech) else clip.source,
            clip.start_frames,
            clip.source_start_frames,
            clip.gain,
            min(clip.end_frames, frame),
            [ramp for ramp in clip.ramps if ramp.start_frames < frame],
            [step for step in clip.tempo if step.start_frames < frame],
            [
                (band.filter, [ramp for ramp in band.ramps if ramp.start_frames < frame])
                for band in clip.bands
                if any(ramp.start_frames < frame or ramp.from_gain != 1.0 for ramp in band.ramps)
            ],
        )
        for clip in timeline.clips
        if clip.start_frames < frame
    ]
