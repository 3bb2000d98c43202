"""The songs to come: what a session begins with, goes on with, and turns to when something else is asked for."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

from aidj.home import Home
from aidj.model import Item, LinkKind, Opinion, Plan, TalkLevel, TrackRef
from aidj.session.ahead import PlanFirst, PlanFurther, Tail, without_banned
from aidj.session.jobs import Jobs
from aidj.session.opener import opener
from aidj.session.play_log import PlayLog
from aidj.session.replanning import beginning_of
from aidj.session.setup import Setup
from aidj.session.wishes import Wishes

FIRST_STRETCH_MINUTES = 12.0
"""An endless session is planned so far at first, so that it is planned soon."""
STRETCH_MINUTES = 30.0
"""From then on it is planned so much at a time."""
_SHORTEST_MINUTES = 1.0
_SHORT_SESSION_MINUTES = 8.0
"""A session of no more is planned as a whole: its first song would be a good part of it."""


class Upcoming:
    """Plans what comes, by what the listener wants now. Serves the thread that opened the home."""

    def __init__(self, home: Home, setup: Setup, log: PlayLog, jobs: Jobs) -> None:
        self._home = home
        self._setup = setup
        self._log = log
        self._jobs = jobs
        self._asked: Wishes | None = None
        self._talk = setup.wishes.talk or setup.talk
        self._banned: list[Opinion] = []
        self._begun_at_once = 0

    # What the listener wants now --------------------------------------------------------------------------------------

    @property
    def asked(self) -> Wishes | None:
        """What was asked for in this session; None for what it began with."""
        return self._asked

    def ask_for(self, wishes: Wishes | None) -> None:
        """Want something else from now on; None for what the session began with."""
        self._asked = wishes
        self._talk = (wishes.talk if wishes else None) or self._talk

    def set_talk_level(self, level: TalkLevel) -> None:
        """Want more or less said from now on."""
        self._talk = replace(self._talk, level=level)

    def ban(self, opinion: Opinion) -> None:
        """Leave something out for as long as the session lasts."""
        self._banned.append(opinion)

    def without_banned(self, plan: Plan, begun: int) -> Plan:
        """Return a plan without what was banned, behind its first entries."""
        return without_banned(self._home, plan, self._banned, begun)

    def banned_of(self, plan: Plan) -> frozenset[TrackRef]:
        """Return the songs of a plan that were banned since."""
        left = {item.track for item in self.without_banned(plan, 0).items()}
        return frozenset(item.track for item in plan.items()) - left

    # What comes -------------------------------------------------------------------------------------------------------

    def at_once(self, plan: Plan | None, *, read_s: float) -> Plan | None:
        """Return a plan with one song more, or a first one; None where that takes its time.

        Parameters
        ----------
        plan : Plan, optional
            The session so far.
        read_s : float
            How long it has gone on.
        """
        setup = self._setup
        if plan is None and setup.has_end and (setup.minutes or 0.0) <= _SHORT_SESSION_MINUTES:
            return None
        besides = {item.track.id for item in plan.items() if item.track.id} if plan else set[str]()
        begun = opener(
            self._home,
            setup,
            self._wishes(has_end=setup.has_end),
            now=setup.moment(read_s),
            besides=besides,
            number=self._begun_at_once,
        )
        self._begun_at_once += 1
        if begun is None:
            return None
        begun = self.without_banned(begun, 0)
        if not begun.items():
            return None
        if plan is None:
            return replace(begun, minutes=setup.minutes or FIRST_STRETCH_MINUTES)
        # A session is opened once: only the song comes.
        sets = (replace(part, entries=tuple(e for e in part.entries if isinstance(e, Item))) for part in begun.sets)
        return replace(plan, sets=(*plan.sets, *sets))

    def first(self) -> Future[Plan]:
        """Plan what the session begins with; the plan comes later. It raises as `plan_session` does."""
        setup = self._setup
        job = PlanFirst(
            minutes=setup.minutes if setup.minutes is not None else FIRST_STRETCH_MINUTES,
            now=setup.began_at,
            seed=setup.seed,
            folders=setup.folders,
            presenter=setup.presenter,
            wishes=self._wishes(has_end=setup.has_end),
            mix=setup.mix,
            has_end=setup.has_end,
        )
        return self._jobs.submit(job)

    def behind(self, plan: Plan, kept: int, *, kind: LinkKind, read_s: float) -> Future[Tail]:
        """Plan what comes behind the first songs of a plan; it comes later, and raises as `plan_session` does.

        Parameters
        ----------
        kept : int
            How many songs stay.
        kind : LinkKind
            What leads over to the others.
        read_s : float
            How long the session has gone on.
        """
        setup = self._setup
        minutes = STRETCH_MINUTES
        if self._asked is not None and self._asked.minutes is not None:
            minutes = self._asked.minutes
        elif setup.minutes is not None:
            planned_s = max(read_s, sum(_heard_s(item) for item in beginning_of(plan, kept).items()))
            minutes = max(_SHORTEST_MINUTES, setup.minutes - planned_s / 60)
        elif len(plan.items()) <= 1:
            minutes = FIRST_STRETCH_MINUTES
        job = PlanFurther(
            beginning=beginning_of(plan, kept),
            minutes=minutes,
            now=setup.moment(read_s),
            outcomes=tuple(self._log.outcomes),
            folders=setup.folders,
            wishes=self._wishes(has_end=setup.minutes is not None),
            mix=setup.mix,
            kind=kind,
            banned=tuple(self._banned),
        )
        return self._jobs.submit(job)

    def _wishes(self, *, has_end: bool) -> Wishes:
        talk = self._talk
        if not has_end:
            talk = replace(talk, kinds_off=talk.kinds_off | {"closing"})  # nobody knows when it will be
        return replace(self._asked or self._setup.wishes, talk=talk)


def _heard_s(item: Item) -> float:
    plays_s = item.plays_s or 0.0
    return plays_s if item.cut_s is None else min(plays_s, item.cut_s)
