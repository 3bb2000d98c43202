"""From a plan to a timeline: find the songs, write and speak the links, lay everything out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from aidj.home import Home
from aidj.model import Link, Plan, TalkSettings
from aidj.script import Said, Writer
from aidj.session.entries import entries_of
from aidj.session.laid import Laid
from aidj.session.presenting import Speaking
from aidj.session.programme import LOUDNESS_NOTE, Programme, Progress, no_progress
from aidj.timeline import PEAK_CEILING_DBTP, TIMING_NOTE, Timeline
from aidj.voice import Voice

_USUAL_TALK = TalkSettings()
_REHEARSAL_RATE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """A plan that has become sound in all but the samples."""

    plan: Plan
    """The plan with what was said and where everything starts."""
    timeline: Timeline
    target_lufs: float
    """The loudness of every song: the plan's, or what all of them can be brought to."""
    said: tuple[Said, ...]
    """What is heard at the links, for `Memory.record` once the session has been rendered or played."""
    warnings: tuple[str, ...]
    """What had to be left out, and why."""


def realise(
    home: Home,
    plan: Plan,
    *,
    rate: int,
    voice: Voice | None = None,
    writer: Writer | None = None,
    talk: TalkSettings = _USUAL_TALK,
    disclose: bool | None = None,
    ceiling_dbtp: float = PEAK_CEILING_DBTP,
    progress: Progress | None = None,
) -> Realised:
    """Turn a plan into a timeline.

    Parameters
    ----------
    rate : int
        Frames per second.
    voice : Voice, optional
        Who speaks instead of the plan's presenter.
    writer : Writer, optional
        Who words the links, before the lines are asked.
    talk : TalkSettings
        How much is said, and where, as far as the plan does not say so itself.
    disclose : bool, optional
        Whether the first link says that the voice is synthetic; None lets it do so in the first session ever heard,
        and never where `talk` has it switched off.
    ceiling_dbtp : float
        The true peak that the mix will be held to.

    Raises
    ------
    PlanError
        If a song of the plan is not in the library, or nothing of it can be played.
    ConfigError, ScriptError
        If the presenter or the lines are wrong, or the presenter bears the name of an artist in the library.
    """
    warnings: list[str] = []
    programme = Programme(
        home,
        rate=rate,
        speaking=Speaking(talk=talk, disclose=disclose, voice=voice, writer=writer),
        warn=warnings.append,
        ceiling_dbtp=ceiling_dbtp,
        progress=progress or no_progress,
    )
    laid = programme.lay_out(plan)
    programme.close()
    # What an earlier rendering said of the timing may have been mended since.
    before = [note for note in plan.notes if not note.startswith((TIMING_NOTE, LOUDNESS_NOTE))]
    notes = dict.fromkeys([*before, *warnings, *laid.notes])
    return Realised(
        plan=replace(laid.filled(), notes=tuple(notes)),
        timeline=laid.timeline,
        target_lufs=programme.target_lufs,
        said=_said_when(laid),
        warnings=tuple(warnings),
    )


def rehearse(home: Home, plan: Plan, *, talk: TalkSettings = _USUAL_TALK, disclose: bool | None = None) -> Timeline:
    """Return about the timeline a plan will become: with the texts that its lines make, but nothing spoken.

    How long each text takes is estimated, and nothing of it is remembered. Raises as `realise` does.
    """
    speaking = Speaking(talk=talk, disclose=disclose)
    programme = Programme(home, rate=_REHEARSAL_RATE, speaking=speaking, warn=lambda text: None, rehearsal=True)
    return programme.lay_out(plan).timeline


def _said_when(laid: Laid) -> tuple[Said, ...]:
    """Return what the links say that are heard, each with its moment."""
    return tuple(
        replace(
            laid.said[number], said_at=laid.plan.planned_at + timedelta(seconds=round(laid.marks[number].start_s, 3))
        )
        for number, entry in enumerate(entries_of(laid.plan))
        if isinstance(entry, Link) and number in laid.said and number in laid.marks
    )
