"""Who plays: printed credits split into names, with the whole library as evidence."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from aidj.names import match_key, split_artists, title_guests

_MAY_JOIN = re.compile(r"[,&+/;]|\band\b|\bund\b|\bet\b|\by\b|\bx\b|\bvs\b", re.IGNORECASE)


def names_of(
    credit: str, title: str, tagged: tuple[str, ...] = (), known: Container[str] = frozenset()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the main artists and the guests.

    Parameters
    ----------
    credit : str
        As printed.
    title : str
        May name further guests ("feat. …").
    tagged : tuple of str
        The names, where the tags give them one by one: these are not split.
    known : container of str
        `match_key` of names that stand alone elsewhere, see `aidj.names.split_artists`.
    """
    main, guests = split_artists(credit, known=known)
    if tagged and not (len(tagged) == 1 and guests):  # one name that still holds a "feat." is the credit again
        guest_keys = {match_key(name) for name in guests}
        main = tuple(name for name in tagged if match_key(name) not in guest_keys) or tagged[:1]
        guests = tuple(name for name in tagged if name not in main) or guests
    seen = {match_key(name) for name in main}
    all_guests: list[str] = []
    for name in (*guests, *title_guests(title)):
        if match_key(name) not in seen:
            seen.add(match_key(name))
            all_guests.append(name)
    return main, tuple(all_guests)


def lone_names(credits_: Iterable[str]) -> frozenset[str]:
    """Return the `match_key` of the main artists in credits that cannot be lists of names."""
    found: set[str] = set()
    for credit in credits_:
        main, _ = split_artists(credit)
        if len(main) == 1 and not _MAY_JOIN.search(main[0]):
            found.add(match_key(main[0]))
    found.discard("")
    return frozenset(found)


def may_be_list(credit: str) -> bool:
    """Tell whether a credit holds anything that could part names."""
    return _MAY_JOIN.search(credit) is not None
