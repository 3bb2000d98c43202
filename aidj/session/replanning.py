"""Plan the rest of a session anew, while its beginning has been played already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aidj.home import Home
from aidj.model import Candidate, Item, Link, Plan, Set
from aidj.selection import MixSettings, Outcome
from aidj.session.committing import find_tracks
from aidj.session.planning import Measuring, plan_session
from aidj.session.realising import rehearse
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
        As for `plan_session`.

    Raises
    ------
    PlanError, LibraryError
        As `plan_session` does.
    """
    beginning = _beginning(plan, kept)
    used_s = rehearse(home, beginning).duration_s if beginning.items() else 0.0
    rest_s = plan.minutes * 60 - used_s
    if rest_s < SHORTEST_REST_S:
        return beginning
    rest = plan_session(
        home,
        minutes=rest_s / 60,
        now=now,
        seed=abs(plan.seed) + kept,  # not the songs once more that did not please
        folders=folders,
        presenter=plan.presenter,
        talk=bool(plan.links()),
        target_lufs=plan.target_lufs,
        wishes=wishes,
        mix=mix,
        played=_played(home, beginning),
        outcomes=outcomes,
        progress=progress,
    )
    first, *others = rest.sets
    changed = any(outcome.skipped for outcome in outcomes)
    first = replace(first, entries=tuple(_as_continued(entry, changed) for entry in first.entries))
    sets = (*beginning.sets, first, *others) if beginning.sets else rest.sets
    return replace(plan, sets=sets, notes=tuple(dict.fromkeys([*plan.notes, *rest.notes])), mix=rest.mix)


def _beginning(plan: Plan, kept: int) -> Plan:
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
        if entries:
            sets.append(replace(part, entries=tuple(entries)))
        if left == 0:
            break
    return replace(plan, sets=tuple(sets))


def _played(home: Home, beginning: Plan) -> list[Candidate]:
    if not beginning.items():
        return []
    tracks, _ = find_tracks(home, beginning)
    return [
        Candidate(track=tracks[item.track], rotation=item.rotation, score=0.0, terms=dict(item.terms), why=item.why)
        for item in beginning.items()
        if item.track in tracks
    ]


def _as_continued(entry: Item | Link, changed: bool) -> Item | Link:
    """A session that goes on is not opened a second time."""
    if isinstance(entry, Link) and entry.kind == "opening":
        facts = {name: value for name, value in entry.facts.items() if name != "minutes"}
        return replace(entry, kind="jump" if changed else "set_change", facts=facts)
    return entry
