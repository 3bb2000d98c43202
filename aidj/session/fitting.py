"""How a session comes to be as long as it was wanted.

How much time links and seams take is known only when the songs are: so a session is drafted, rehearsed, and drafted
again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_NUDGES_S = (-8.0, 8.0, -16.0, 16.0, -24.0, 24.0)
REHEARSALS = 3 + len(_NUDGES_S)
"""So many drafts are worth the wait."""

_GOOD_FIT_S = 3.0
_RULE_S = 4.0
_SHORTEST_S = 30.0

T = TypeVar("T")


def fitted(
    draft: Callable[[float], T],
    wanted_s: float,
    *,
    length_s: Callable[[T], float],
    broken: Callable[[T], int],
    rehearsals: int,
) -> tuple[T, float]:
    """Return the draft whose length comes closest with the fewest rules broken, and its length.

    Parameters
    ----------
    draft : callable
        Makes a draft with so many seconds of music.
    length_s : callable
        Returns how long a draft takes in all.
    broken : callable
        Returns how many rules gave way in a draft; each is as bad as a few seconds.
    rehearsals : int
        How many drafts are made at most.
    """
    best: tuple[float, float, T] | None = None
    music_s = settled_s = wanted_s
    nudges_s = iter(_NUDGES_S)
    for attempt in range(rehearsals):
        drafted = draft(max(_SHORTEST_S, music_s))
        error_s = (took_s := length_s(drafted)) - wanted_s
        badness_s = abs(error_s) + _RULE_S * broken(drafted)
        if best is None or badness_s < best[0]:
            best = (badness_s, took_s, drafted)
        if best[0] < _GOOD_FIT_S:
            break
        if attempt < 2:
            settled_s = music_s = music_s - error_s
        else:  # with few songs the same ones come again and again: look around
            music_s = settled_s + next(nudges_s, 0.0)
    assert best is not None
    return best[2], best[1]
