"""Fill a length of time with sets of songs.

The song with the largest claim comes next: its rotation is furthest behind its share (the set's leading rotation counts
twice), it stands highest there, and no rule forbids it. The last few songs are chosen together, for the sum of their
lengths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from aidj.model import Candidate, Rotation
from aidj.sequencing.rules import RELAXATIONS, Rules
from aidj.sequencing.shortlist import SHARES

SET_SONGS = 5
FEWEST_SET_SONGS, MOST_SET_SONGS = 4, 6
GOOD_FIT_S = 6.0
"""Among endings that meet the length this well, the better songs win."""

_LAST_SONGS = 3
_LAST_POOL = 26
_LEADS: tuple[Rotation, ...] = ("forgotten_favourite", "new_release", "current_favourite", "deep_cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A song that was chosen, and the rules that gave way for it."""

    candidate: Candidate
    rules: tuple[str, ...] = ()


def choose_songs(
    candidates: Sequence[Candidate],
    lengths_s: Mapping[str, float],
    *,
    music_s: float,
) -> tuple[tuple[Chosen, ...], ...]:
    """Return the songs of each set.

    Parameters
    ----------
    candidates : sequence of Candidate
        The shortlist, best first in each rotation.
    lengths_s : mapping of track id to float
        How long each song sounds before the next begins.
    music_s : float
        The time to fill with music, seconds. It is met as closely as the songs allow; with fewer songs than that, all
        that may be played are.
    """
    return _Filling(candidates, lengths_s, music_s).sets()


class _Filling:
    def __init__(self, candidates: Sequence[Candidate], lengths_s: Mapping[str, float], music_s: float) -> None:
        self._pool = [c for c in candidates if lengths_s[c.track.id] > 0]
        self._lengths_s = lengths_s
        self._left_s = music_s
        self._rules = Rules.for_pool(candidates)
        self._ranks = _ranks(self._pool)
        present = {candidate.rotation for candidate in self._pool}
        self._shares = {rotation: share for rotation, share in SHARES.items() if rotation in present}
        self._leads = [rotation for rotation in _LEADS if rotation in present]
        self._songs: list[Candidate] = []
        self._sets: list[list[Chosen]] = []
        lengths = [lengths_s[c.track.id] for c in self._pool]
        self._average_s = sum(lengths) / len(lengths) if lengths else 0.0

    def sets(self) -> tuple[tuple[Chosen, ...], ...]:
        if not self._pool:
            return ()
        for size in self._set_sizes():
            self._sets.append([])
            while len(self._sets[-1]) < size and self._left_s > (_LAST_SONGS - 0.5) * self._average_s:
                if not self._add_next():
                    return self._result()
        self._add_last_songs()
        return self._result()

    def _result(self) -> tuple[tuple[Chosen, ...], ...]:
        return tuple(tuple(part) for part in self._sets if part)

    def _set_sizes(self) -> list[int]:
        """Divide the expected number of songs evenly into sets of about five."""
        songs = max(1, round(self._left_s / self._average_s))
        parts = max(1, round(songs / SET_SONGS))
        sizes = [songs // parts + (1 if index < songs % parts else 0) for index in range(parts)]
        sizes[-1] = len(self._pool)  # the last set ends where the time does
        return sizes

    def _add_next(self) -> bool:
        in_set = len(self._sets[-1])
        for relaxed in range(len(RELAXATIONS) + 1):
            for rotation in self._rotations_by_claim():
                for candidate in self._pool:
                    if candidate.rotation == rotation and self._rules.allows(candidate, self._songs, in_set, relaxed):
                        self._add(candidate, self._rules.broken_by(relaxed))
                        return True
        return False

    def _add(self, candidate: Candidate, rules: tuple[str, ...]) -> None:
        self._pool.remove(candidate)
        self._songs.append(candidate)
        self._sets[-1].append(Chosen(candidate=candidate, rules=rules))
        self._left_s -= self._lengths_s[candidate.track.id]

    def _rotations_by_claim(self) -> list[Rotation]:
        lead = self._leads[(len(self._sets) - 1) % len(self._leads)]
        shares = {rotation: share * (2 if rotation == lead else 1) for rotation, share in self._shares.items()}
        total = sum(shares.values())
        here = [chosen.candidate.rotation for chosen in self._sets[-1]]

        def claim(rotation: Rotation) -> float:
            return shares[rotation] / total * (len(here) + 1) - here.count(rotation)

        return sorted(shares, key=lambda rotation: (-claim(rotation), rotation != lead, rotation))

    def _add_last_songs(self) -> None:
        """Choose the last songs together: of all that fit the time well, those which stand highest."""
        pool = sorted(self._pool, key=lambda c: (self._ranks[c.track.id], c.track.id))[:_LAST_POOL]
        in_set = len(self._sets[-1])
        best: tuple[tuple[float, ...], tuple[Candidate, ...], int] | None = None
        for relaxed in range(len(RELAXATIONS) + 1):
            for count in range(0 if self._songs else 1, _LAST_SONGS + 1):
                for group in combinations(pool, count):
                    error_s = abs(self._left_s - sum(self._lengths_s[c.track.id] for c in group))
                    size = in_set + count
                    odd = max(0, FEWEST_SET_SONGS - size, size - MOST_SET_SONGS) if len(self._sets) > 1 else 0
                    rank = sum(self._ranks[c.track.id] for c in group) / max(1, count)
                    quality = (float(round(max(0.0, error_s - GOOD_FIT_S))), float(odd), rank, error_s)
                    if best is not None and quality >= best[0]:
                        continue
                    order = self._allowed_order(group, in_set, relaxed)
                    if order is not None:
                        best = (quality, order, relaxed)
            if best is not None and best[0][0] <= GOOD_FIT_S:
                break
        if best is not None:
            for candidate in best[1]:
                self._add(candidate, self._rules.broken_by(best[2]))

    def _allowed_order(self, group: tuple[Candidate, ...], in_set: int, relaxed: int) -> tuple[Candidate, ...] | None:
        for order in permutations(group):
            before = list(self._songs)
            for position, candidate in enumerate(order):
                if not self._rules.allows(candidate, before, in_set + position, relaxed):
                    break
                before.append(candidate)
            else:
                return order
        return None


def _ranks(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return each candidate's place in its rotation, 0 for the best: scores of two rotations do not compare."""
    seen: dict[str, int] = {}
    ranks: dict[str, float] = {}
    for candidate in candidates:
        place = seen.get(candidate.rotation, 0)
        seen[candidate.rotation] = place + 1
        ranks[candidate.track.id] = place / SHARES.get(candidate.rotation, 0.1)
    return ranks
