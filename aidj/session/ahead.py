"""What a live session has worked out beside it: what it begins with, and what comes behind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aidj.errors import AidjError, LibraryError
from aidj.home import Home
from aidj.library import ScanReport
from aidj.model import Item, LinkKind, Mix, Opinion, Plan, Set, TrackRef
from aidj.names import lead_key, song_key
from aidj.selection import MixSettings, Outcome
from aidj.session.edits import without_length
from aidj.session.entries import Entry, numbered, with_entries
from aidj.session.planning import plan_session
from aidj.session.replanning import as_played, beginning_of, go_on
from aidj.session.wishes import Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """Sets that can be put behind the first songs of a session."""

    songs_before: int
    """How many songs there were when these sets were planned."""
    sets: tuple[Set, ...]
    notes: tuple[str, ...]
    mix: Mix | None

    def behind(self, plan: Plan, kept: int) -> Plan:
        """Return the first songs of a plan with these sets behind them, less what has come before them meanwhile."""
        beginning = beginning_of(plan, kept)
        there = {item.track for item in beginning.items()[self.songs_before :]}
        sets = (replace(part, entries=_without(part.entries, there)) for part in self.sets)
        return replace(
            beginning,
            sets=(*beginning.sets, *(part for part in sets if any(isinstance(entry, Item) for entry in part.entries))),
            notes=tuple(dict.fromkeys([*plan.notes, *self.notes])),
            mix=self.mix,
        )


def _without(entries: Sequence[Entry], there: Collection[TrackRef]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if not isinstance(entry, Item) or entry.track not in there)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFirst:
    """A job: the plan of a session, as `plan_session` makes it."""

    minutes: float
    now: datetime
    seed: int | None
    folders: Sequence[Path] | None
    presenter: str
    wishes: Wishes
    mix: MixSettings | None
    has_end: bool

    def run(self, home: Home) -> Plan:
        """Return the plan. Raises as `plan_session` does."""
        plan = plan_session(
            home,
            minutes=self.minutes,
            now=self.now,
            seed=self.seed,
            folders=self.folders,
            presenter=self.presenter,
            wishes=self.wishes,
            mix=self.mix,
        )
        return plan if self.has_end else without_length(plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFurther:
    """A job: what comes behind the first songs of a session."""

    beginning: Plan
    minutes: float
    now: datetime
    outcomes: Sequence[Outcome]
    folders: Sequence[Path] | None
    wishes: Wishes
    mix: MixSettings | None
    kind: LinkKind
    banned: Sequence[Opinion]
    """What is not to be heard, where that is not written down."""

    def run(self, home: Home) -> Tail:
        """Return what comes. Raises as `plan_session` does."""
        played = as_played(home, self.beginning)
        why: AidjError | None = None
        # After many hours a library may have been played through: then what is longest ago may come again.
        for last in (len(played), len(played) // 2):
            try:
                longer = go_on(
                    home,
                    self.beginning,
                    minutes=self.minutes,
                    now=self.now,
                    outcomes=self.outcomes,
                    folders=self.folders,
                    wishes=self.wishes,
                    mix=self.mix,
                    kind=self.kind,
                    played=played[len(played) - last :],
                )
                new = replace(longer, sets=longer.sets[len(self.beginning.sets) :])
                new = without_banned(home, new, self.banned)
                if not new.items():
                    raise LibraryError("There is nothing left but what is not to be heard")
                return Tail(songs_before=len(self.beginning.items()), sets=new.sets, notes=longer.notes, mix=longer.mix)
            except AidjError as error:
                why = why or error
                if len(played) < 2 or self.wishes.query is not None:
                    break
        assert why is not None
        raise why


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A job: bring the library up to date with what lies below some folders."""

    folders: Sequence[Path]
    now: datetime

    def run(self, home: Home) -> ScanReport:
        """Return what was found. Raises as `Library.scan` does."""
        return home.library.scan(self.folders, now=self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A job: measure all that lies below some folders, so that nothing has to wait for it later."""

    folders: Sequence[Path]

    def run(self, home: Home) -> int:
        """Return how many songs could not be measured."""
        return len(home.analyses.measure(home.library.tracks(self.folders), workers=0))


def without_banned(home: Home, plan: Plan, banned: Sequence[Opinion], begun: int = 0) -> Plan:
    """Return a plan without the songs, behind its first entries, that somebody does not want to hear."""
    unwanted = {(lead_key(o.artist), song_key(o.title) if o.title else "") for o in banned}

    def may_come(entry: Entry) -> bool:
        if not isinstance(entry, Item) or (track := home.library.find(entry.track.id or "")) is None:
            return True
        lead = lead_key(track.lead)
        return unwanted.isdisjoint(((lead, ""), (lead, song_key(track.title))))

    if not unwanted:
        return plan
    return with_entries(plan, [pair for n, pair in enumerate(numbered(plan)) if n < begun or may_come(pair[1])])
