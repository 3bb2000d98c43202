"""Plan the rest of a session anew, while its beginning has been played already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aidj.home import Home
from aidj.model import Candidate, Item, Link, LinkKind, Plan, Set, TalkSettings
from aidj.selection import MixSettings, Outcome
from aidj.session.committing import find_tracks
from aidj.session.planning import Measuring, plan_session
from aidj.session.realising import rehearse
from aidj.session.treatment import talk_of
from aidj.session.wishes import Wishes

SHORTEST_REST_S = 60.0
"""Less than this is not worth another song."""


def replan(
    home: Home,
    plan: Plan,
    kept: int,
    *,
    now: datetime,
    outcomes: Sequence[Outcome] = (),
    folders: Sequence[Path] | None = None,
    wishes: Wishes | None = None,
    mix: MixSettings | None = None,
    progress: Measuring | None = None,
) -> Plan:
    """Return a plan that begins with the songs of another one and goes on otherwise, to the same length.

    Parameters
    ----------
    plan : Plan
        The session so far.
    kept : int
        How many of its songs stay as they are: what was played, and what is committed.
    now : datetime
        The moment the rest is for. The same history, moment and outcomes give the same plan.
    outcomes : sequence of Outcome
        What happened to the songs played: skips and likes move the shares of the rest.
    folders, wishes, mix, progress
        As for `plan_session`; what is said in the plan so far wins over the wishes.

    Raises
    ------
    PlanError, LibraryError
        As `plan_session` does.
    """
    beginning = beginning_of(plan, kept)
    used_s = rehearse(home, beginning).duration_s if beginning.items() else 0.0
    rest_s = plan.minutes * 60 - used_s
    if rest_s < SHORTEST_REST_S:
        return beginning
    return go_on(
        home,
        beginning,
        minutes=rest_s / 60,
        now=now,
        outcomes=outcomes,
        folders=folders,
        wishes=wishes,
        mix=mix,
        has_talk=bool(plan.links()) or "talk" in plan.settings,
        progress=progress,
    )


def go_on(
    home: Home,
    plan: Plan,
    *,
    minutes: float,
    now: datetime,
    outcomes: Sequence[Outcome] = (),
    folders: Sequence[Path] | None = None,
    wishes: Wishes | None = None,
    mix: MixSettings | None = None,
    kind: LinkKind | None = None,
    has_talk: bool = True,
    played: Sequence[Candidate] | None = None,
    progress: Measuring | None = None,
) -> Plan:
    """Return a plan with so many minutes more behind its last song.

    Parameters
    ----------
    kind : LinkKind, optional
        What leads over to them; by default a change of set, or a jump where something was skipped.
    has_talk : bool
        Whether anything is said in the session.
    played : sequence of Candidate, optional
        Songs that do not come again; by default all of the plan.

    The other parameters are those of `replan`; raises as `plan_session` does.
    """
    wishes = wishes or Wishes()
    talk = talk_of(plan, wishes.talk or TalkSettings())
    if not has_talk:
        talk = replace(talk, level="silent")
    rest = plan_session(
        home,
        minutes=minutes,
        now=now,
        seed=abs(plan.seed) + len(plan.items()),  # not the songs once more that did not please
        folders=folders,
        presenter=plan.presenter,
        target_lufs=plan.target_lufs,
        # An opening becomes another link below, whether or not sessions are opened.
        wishes=replace(wishes, talk=replace(talk, kinds_off=talk.kinds_off - {"opening"})),
        mix=mix,
        played=as_played(home, plan) if played is None else played,
        outcomes=outcomes,
        progress=progress,
    )
    first, *others = rest.sets
    if kind is None:
        kind = "opening"
        if plan.sets:
            kind = "jump" if any(outcome.skipped for outcome in outcomes) else "set_change"
    first = replace(first, entries=_begun_with(kind, first.entries, talk))
    sets = (*plan.sets, first, *others)
    return replace(plan, sets=sets, notes=tuple(dict.fromkeys([*plan.notes, *rest.notes])), mix=rest.mix)


def beginning_of(plan: Plan, kept: int) -> Plan:
    """Return a plan of the first songs alone, with the links before them."""
    sets: list[Set] = []
    left = kept
    for part in plan.sets:
        entries: list[Item | Link] = []
        waiting: list[Item | Link] = []  # a link belongs to the song after it
        for entry in part.entries:
            waiting.append(entry)
            if isinstance(entry, Item):
                if left == 0:
                    break
                left -= 1
                entries += waiting
                waiting = []
        if left:  # that was dropped, after the link was heard already
            entries += waiting
        if entries:
            sets.append(replace(part, entries=tuple(entries)))
        if left == 0:
            break
    return replace(plan, sets=tuple(sets))


def as_played(home: Home, beginning: Plan) -> list[Candidate]:
    """Return the songs of a plan as planning the next ones asks for them."""
    if not beginning.items():
        return []
    tracks, _ = find_tracks(home, beginning)
    return [
        Candidate(track=tracks[item.track], rotation=item.rotation, score=0.0, terms=dict(item.terms), why=item.why)
        for item in beginning.items()
        if item.track in tracks
    ]


def _begun_with(kind: LinkKind, entries: Sequence[Item | Link], talk: TalkSettings) -> tuple[Item | Link, ...]:
    """Return the entries of a set with another link for its opening: a session that goes on is not opened again."""
    begun: list[Item | Link] = []
    for entry in entries:
        if isinstance(entry, Link) and entry.kind == "opening":
            if kind in talk.kinds_off:
                continue
            facts = {name: value for name, value in entry.facts.items() if name != "minutes" or kind == "opening"}
            entry = replace(entry, kind=kind, facts=facts)
        begun.append(entry)
    return tuple(begun)
