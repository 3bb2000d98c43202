"""A session that was broken off, kept in the data folder so that another one can go on with it.

What is kept is a plan of the songs from the one that sounds on. It can be looked at and rendered like any other.
"""

from __future__ import annotations

from dataclasses import replace

from aidj.errors import PlanError
from aidj.home import Home
from aidj.model import Item, Plan
from aidj.plan import load_plan, save_plan
from aidj.session.entries import Entry, numbered, with_entries

FILE_NAME = "unfinished.plan.yaml"
_ENDLESS = "endless"
"""The setting that says that more was to come behind the plan."""


def keep(home: Home, plan: Plan, number: int, *, endless: bool) -> None:
    """Keep what is left of a session, in place of what was kept before.

    Parameters
    ----------
    number : int
        The place, among the entries of the plan, of the song to go on with.
    endless : bool
        Whether more was to come.

    Raises
    ------
    PlanError
        If it cannot be written.
    """
    rest: list[tuple[int, Entry]] = []
    for place, (where, entry) in enumerate(numbered(plan)):
        if place >= number:
            if isinstance(entry, Item):
                entry = replace(entry, cut_s=None, joined=None, starts_s=None)
            else:
                entry = replace(entry, cut_s=None, starts_s=None)
            rest.append((where, entry))
    settings = {key: value for key, value in plan.settings.items() if key != _ENDLESS}
    left = replace(with_entries(plan, rest), settings={**settings, _ENDLESS: "yes"} if endless else settings)
    if left.items():
        save_plan(left, home.folder / FILE_NAME)
    else:
        forget(home)


def kept(home: Home) -> tuple[Plan, bool] | None:
    """Return what is left of the session that was broken off last, and whether more was to come; None if there is none.

    Raises
    ------
    PlanError
        If it cannot be read.
    """
    path = home.folder / FILE_NAME
    if not path.exists():
        return None
    plan = load_plan(path)
    return plan, plan.settings.get(_ENDLESS) == "yes"


def nothing_kept(home: Home) -> PlanError:
    """Return the error for somebody who wants to go on with nothing."""
    return PlanError(
        "There is no session to go on with",
        where=str(home.folder),
        cause="the last one was played to its end, was private, or there was none yet",
        hint="begin another one",
    )


def forget(home: Home) -> None:
    """Keep nothing any more."""
    (home.folder / FILE_NAME).unlink(missing_ok=True)
