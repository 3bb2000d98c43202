"""The songs and links of a plan in one row, whatever sets they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aidj.model import Item, Link, Plan, Set

Entry = Item | Link


def entries_of(plan: Plan) -> list[Entry]:
    """Return the songs and links of a plan in order."""
    return [entry for part in plan.sets for entry in part.entries]


def set_numbers(plan: Plan) -> list[int]:
    """Return the number of each entry's set."""
    return [number for number, part in enumerate(plan.sets) for _ in part.entries]


def with_entries(plan: Plan, entries: Sequence[tuple[int, Entry]]) -> Plan:
    """Return a plan with other entries, each with the number of its set; sets that are left empty go."""
    sets: list[Set] = []
    for number, part in enumerate(plan.sets):
        if own := tuple(entry for where, entry in entries if where == number):
            sets.append(replace(part, entries=own))
    return replace(plan, sets=tuple(sets))


def numbered(plan: Plan) -> list[tuple[int, Entry]]:
    """Return the entries of a plan, each with the number of its set: what `with_entries` takes."""
    return list(zip(set_numbers(plan), entries_of(plan), strict=True))
