"""What is said in a thousand sessions: to listeners of every language, every manner and every level of talk.

`talk_lives.py` says how they are invented. AIDJ_SESSIONS takes another number of sessions than 1,000.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict

from measuring import Row
from talk_lives import Counts, Told, counted, sessions

from aidj.model import TALK_SHARES
from aidj.script import LINK_MAX_S
from aidj.script.memory import FACTS_REST_DAYS, LINES_REST_LINKS

SESSIONS = int(os.environ.get("AIDJ_SESSIONS", "1000"))
_ROUNDING_S = 0.5
"""Lines are estimated one by one, a text as a whole."""


def rows() -> list[Row]:
    """Live through the sessions and count."""
    lives: dict[int, list[Told]] = defaultdict(list)
    for one in sessions(SESSIONS):
        lives[one.person.number].append(one)
    counts = counted(list(lives.values()))
    for lie, times in Counter(counts.lies).most_common(5):
        print(f"the checker, {times} times: {lie}")
    return rows_of(counts)


def rows_of(counts: Counts) -> list[Row]:
    """Return the table of what was counted."""
    found = [
        Row("sessions", counts.sessions, "", "", "listeners", counts.listeners, True),
        Row("links said", counts.links, "", "", "a session", counts.links / counts.sessions, True),
        _none("things said that no fact holds", len(counts.lies)),
        _none("empty slots, holes and doubled spaces", counts.holes),
        _none(f"lines said twice within {LINES_REST_LINKS} links", counts.lines_again),
        _none(f"facts told twice within {FACTS_REST_DAYS} days", counts.facts_again),
        _none("openings like one of the last five", counts.openings_again),
        _none("languages without words for a kind of link", len(counts.never_said)),
        _at_most("links without words", 100 * counts.unsaid / counts.links, 0.5, "%"),
        _at_most("links that begin like one of the last three", 100 * counts.begun_alike / counts.links, 2, "%"),
        _at_most("longest link but the first ones", counts.longest_s, LINK_MAX_S + _ROUNDING_S, "s"),
        Row("a link in the middle", counts.middle_s, "s", "8 to 15", "", None, 8 <= counts.middle_s <= 15),
    ]
    for level, share in counts.shares.items():
        low, high = TALK_SHARES[level]
        reach = f"{100 * low:g} to {100 * high:g}"
        found.append(Row(f"{level}: part of the time", 100 * share, "%", reach, "", None, low <= share <= high))
    return found


def _none(what: str, count: int) -> Row:
    return Row(what, count, "", "0", "", None, count == 0)


def _at_most(what: str, value: float, most: float, unit: str = "") -> Row:
    return Row(what, value, unit, f"<= {most:g}", "", None, value <= most)
