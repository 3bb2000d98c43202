"""Fill a length of time with sets of songs.

The song with the largest claim comes next: no rule forbids it, it does not rest, its rotation is furthest behind its
share (the leading rotation of the set counts twice), and it stands highest there. The last few songs are chosen
together, for the sum of their lengths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from statistics import median

from aidj.model import Candidate, Rotation
from aidj.sequencing.dividing import FEWEST_SET_SONGS, MOST_SET_SONGS, SET_SONGS, divided
from aidj.sequencing.rules import RELAXATIONS, Contender, Rules
from aidj.sequencing.shortlist import SHARES

GOOD_FIT_S = 2.0
"""Among endings that meet the length this well, the better songs win."""

POOR_FIT_S = 25.0
"""An ending that misses the length by more is worth giving up another rule."""

_LEAD_WEIGHT = 2
_LAST_SONGS = 3
_LAST_POOLS = (0, 400, 60, 26)
"""From how many of the best songs none, one, two and three of the last songs are chosen."""
_LEADS: tuple[Rotation, ...] = ("forgotten_favourite", "new_release", "current_favourite", "deep_cut")
_OTHER_SHARE = 0.1
_RESTING_RANK = 10_000.0


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
        How long each song sounds before the next begins; a song of no length is left out.
    music_s : float
        The time to fill with music, seconds. It is met as closely as the songs allow; with fewer songs than that, all
        that may be played are. There is always one song, if there is any.
    """
    pool = [Contender.of(candidate) for candidate in candidates if lengths_s[candidate.track.id] > 0]
    if not pool:
        return ()
    return _Filling(pool, lengths_s, music_s).sets()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    quality: tuple[int, int, int, float, float, float]
    """How far from a good fit and from a good size of set, how many rest, what is owed, mean rank, error.

    Less is better.
    """
    error_s: float
    songs: tuple[Contender, ...]


class _Filling:
    def __init__(self, pool: Sequence[Contender], lengths_s: Mapping[str, float], music_s: float) -> None:
        self._pool = list(pool)
        """What may still be played: no song that was, in any version."""
        self._lengths_s = lengths_s
        self._left_s = music_s
        self._rules = Rules.for_pool(pool)
        self._ranks = _ranks(pool)
        rotations = {contender.candidate.rotation for contender in pool}
        self._owed = dict.fromkeys(sorted(rotations), 0.0)
        """How many songs each rotation is behind its share."""
        self._lead: Rotation | None = None
        self._songs: list[Contender] = []
        self._set_starts: list[int] = []

    def sets(self) -> tuple[tuple[Chosen, ...], ...]:
        while True:
            size, is_last = self._next_set()
            start = len(self._songs)
            self._set_starts.append(start)
            while is_last or len(self._songs) - start < size:
                fitting = [contender for contender in self._pool if self._length_s(contender) <= self._left_s]
                if not fitting or self._left_s <= _LAST_SONGS * self._typical_s(fitting):
                    self._add_last_songs(start)
                    return self._result()
                self._add(self._next_song(fitting, start))

    def _length_s(self, contender: Contender) -> float:
        return self._lengths_s[contender.candidate.track.id]

    def _typical_s(self, pool: Sequence[Contender]) -> float:
        return median(self._length_s(contender) for contender in pool)

    def _next_set(self) -> tuple[int, bool]:
        """Return how many songs the next set should have if what is left is divided evenly, and whether it is the last.

        Its leading rotation is the next one of which there is any song.
        """
        present = {contender.candidate.rotation for contender in self._pool}
        number = len(self._set_starts)
        leads = [*_LEADS[number % len(_LEADS) :], *_LEADS[: number % len(_LEADS)]]
        self._lead = next((rotation for rotation in leads if rotation in present), None)
        songs = round(self._left_s / self._typical_s(self._pool)) if self._pool else 0
        sets = max(1, round(songs / SET_SONGS))
        return round(songs / sets), sets == 1

    def _next_song(self, fitting: Sequence[Contender], start: int) -> Contender:
        """Return the song with the largest claim."""
        shares = {
            rotation: SHARES.get(rotation, _OTHER_SHARE) * (_LEAD_WEIGHT if rotation == self._lead else 1)
            for rotation in self._owed
        }
        total = sum(shares.values())
        claims = {rotation: owed + shares[rotation] / total for rotation, owed in self._owed.items()}

        def claim(contender: Contender) -> tuple[int, bool, float, bool]:
            rotation = contender.candidate.rotation
            needed = self._rules.relaxation(contender, self._songs, len(self._songs) - start)
            return needed, contender.resting, -claims[rotation], rotation != self._lead

        self._owed = claims
        return min(fitting, key=claim)  # of equals the first, which is the best of its rotation

    def _add(self, contender: Contender) -> None:
        self._pool = [other for other in self._pool if other.songs.isdisjoint(contender.songs)]
        self._songs.append(contender)
        self._owed[contender.candidate.rotation] -= 1.0
        self._left_s -= self._length_s(contender)

    def _add_last_songs(self, start: int) -> None:
        """Choose the last songs together: of all that fit the time well, those which stand highest."""
        in_set = len(self._songs) - start
        endings = self._endings(in_set)
        orders: dict[int, tuple[int, tuple[Contender, ...]]] = {}
        chosen: tuple[Contender, ...] = ()
        error_s = float("inf")
        for relaxed in range(len(RELAXATIONS) + 1):
            for number, ending in enumerate(endings):
                if ending.error_s >= error_s:
                    continue
                if number not in orders:
                    orders[number] = self._best_order(ending.songs, in_set)
                needed, order = orders[number]
                if needed <= relaxed:
                    chosen, error_s = order, ending.error_s
                    break
            if error_s <= POOR_FIT_S:
                break
        for contender in chosen:
            self._add(contender)

    def _endings(self, in_set: int) -> list[_Ending]:
        """Return the endings there are, best first; none has a song twice."""
        ranked = sorted(self._pool, key=lambda c: (self._ranks[c.candidate.track.id], c.candidate.track.id))
        endings = []
        for count in range(0 if self._songs else 1, _LAST_SONGS + 1):
            size = in_set + count
            odd = max(0, FEWEST_SET_SONGS - size, size - MOST_SET_SONGS)
            if len(self._set_starts) == 1:
                odd = int(size == MOST_SET_SONGS + 1)  # fewer is a short session; more can be divided
            for songs in combinations(ranked[: _LAST_POOLS[count]], count):
                error_s = abs(self._left_s - sum(map(self._length_s, songs)))
                rank = sum(self._ranks[contender.candidate.track.id] for contender in songs) / max(1, count)
                resting = sum(contender.resting for contender in songs)
                misfit = round(max(0.0, error_s - GOOD_FIT_S))
                quality = (misfit, odd, resting, self._left_owing(songs), rank, error_s)
                endings.append(_Ending(quality=quality, error_s=error_s, songs=songs))
        endings.sort(key=lambda ending: ending.quality)
        return [ending for ending in endings if _all_different(ending.songs)]

    def _left_owing(self, songs: Sequence[Contender]) -> float:
        """Return how many songs the rotation furthest behind its share would be behind after these."""
        total = sum(SHARES.get(rotation, _OTHER_SHARE) for rotation in self._owed)
        owed = {
            rotation: owed + len(songs) * SHARES.get(rotation, _OTHER_SHARE) / total
            for rotation, owed in self._owed.items()
        }
        for contender in songs:
            owed[contender.candidate.rotation] -= 1.0
        return round(max(owed.values()), 1)

    def _best_order(self, group: tuple[Contender, ...], in_set: int) -> tuple[int, tuple[Contender, ...]]:
        """Return the order of a few songs for which the fewest rules give way, and how many those are."""
        best = (len(RELAXATIONS) + 1, group)
        for order in permutations(group):
            before = list(self._songs)
            worst = 0
            for contender in order:
                worst = max(worst, self._rules.relaxation(contender, before, in_set + len(before) - len(self._songs)))
                before.append(contender)
            if worst < best[0]:
                best = (worst, order)
            if best[0] == 0:
                break
        return best

    def _result(self) -> tuple[tuple[Chosen, ...], ...]:
        """Divide the songs into their sets, and say for each which rules it breaks there."""
        sets: list[tuple[Chosen, ...]] = []
        done = 0
        for size in divided(self._songs, self._set_starts):
            part = []
            for position in range(done, done + size):
                broken = self._rules.broken_by(self._songs[position], self._songs[:position], position - done)
                part.append(Chosen(candidate=self._songs[position].candidate, rules=self._rules.in_words(broken)))
            sets.append(tuple(part))
            done += size
        return tuple(sets)


def _all_different(group: tuple[Contender, ...]) -> bool:
    return all(one.songs.isdisjoint(other.songs) for one, other in combinations(group, 2))


def _ranks(pool: Sequence[Contender]) -> dict[str, float]:
    """Return each song's place in its rotation, 0 for the best: scores of two rotations do not compare."""
    seen: dict[str, int] = {}
    ranks: dict[str, float] = {}
    for contender in pool:
        candidate = contender.candidate
        place = seen.get(candidate.rotation, 0)
        seen[candidate.rotation] = place + 1
        rank = place / SHARES.get(candidate.rotation, _OTHER_SHARE)
        ranks[candidate.track.id] = rank + (_RESTING_RANK if contender.resting else 0.0)
    return ranks
