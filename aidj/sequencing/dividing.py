"""Divide songs into sets of four to six.

While songs are chosen nobody knows how many there will be; the last set may end up too short or too long. Then the
last few sets are divided anew, where that separates the artists best.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from aidj.sequencing.rules import Contender

SET_SONGS = 5
FEWEST_SET_SONGS, MOST_SET_SONGS = 4, 6
_MOST_COMPARED_SETS = 5


def divided(songs: Sequence[Contender], starts: Sequence[int]) -> list[int]:
    """Return the size of each set.

    Parameters
    ----------
    starts : sequence of int
        Where each set begins as the songs were chosen, ascending, from 0.

    Returns
    -------
    list of int
        Each 4 to 6, but for fewer than eight songs, which are one set.
    """
    ends = [*starts[1:], len(songs)]
    sizes = [end - start for start, end in zip(starts, ends, strict=True) if end > start]
    if len(songs) < 2 * FEWEST_SET_SONGS:
        return [len(songs)] if songs else []
    kept = next((number for number, size in enumerate(sizes) if not _is_good(size)), len(sizes))
    while kept < len(sizes) and (tail := sum(sizes[kept:])) < 2 * FEWEST_SET_SONGS and not _is_good(tail):
        kept -= 1  # seven songs, or fewer than four, make no good sets: take one set more
    return [*sizes[:kept], *_best_division(songs[sum(sizes[:kept]) :])]


def _is_good(size: int) -> bool:
    return FEWEST_SET_SONGS <= size <= MOST_SET_SONGS


def _best_division(songs: Sequence[Contender]) -> tuple[int, ...]:
    """Return sizes of four to six with the fewest artists twice in a set, and of those the most even ones."""
    parts = round(len(songs) / SET_SONGS)
    if parts > _MOST_COMPARED_SETS:
        return tuple(len(songs) // parts + (number < len(songs) % parts) for number in range(parts))
    allowed = range(FEWEST_SET_SONGS, MOST_SET_SONGS + 1)
    divisions = [sizes for sizes in product(allowed, repeat=parts) if sum(sizes) == len(songs)]
    return min(divisions, key=lambda sizes: (_repeats(songs, sizes), max(sizes, default=0) - min(sizes, default=0)))


def _repeats(songs: Sequence[Contender], sizes: Sequence[int]) -> int:
    repeats, start = 0, 0
    for size in sizes:
        seen: set[str] = set()
        for contender in songs[start : start + size]:
            repeats += not seen.isdisjoint(contender.artists)
            seen |= contender.artists
        start += size
    return repeats
