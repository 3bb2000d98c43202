"""Choose the songs of a session, set by set: a theme, songs from the rotations by their shares, nobody twice.

For each set every theme is tried, and the best set is taken: the one whose songs stand highest in their rotations, that
follows the shares, and whose kind of theme was not there just before. Within a set, the next song is the best one of
the rotation furthest behind its share that no rule forbids. Then the length is fitted (`fitting`) and each set put in
order (`arranging`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log1p
from statistics import median

import numpy as np

from aidj.model import Candidate, Rotation
from aidj.sequencing.arranging import Stretch, arc_of, arrange, wanted_energy
from aidj.sequencing.context import Context
from aidj.sequencing.features import Features
from aidj.sequencing.filling import FEWEST_SET_SONGS, MOST_SET_SONGS, Around, Room, are_long, fill, most_of
from aidj.sequencing.fitting import fit_length
from aidj.sequencing.rules import Contender
from aidj.sequencing.themes import Theme, measured_themes, rotation_theme

SET_SONGS = 5

_THEME_WORTH = 0.25
"""A theme may cost so much standing of its songs (0 the best of each rotation, 1 the last)."""
_KIND_REPEATED = 0.4
_NOISE = 0.1
_OFF_SHARE = 0.08
_ARC_WORTH = 0.8
_OTHER_SHARE = 0.1
_MIXED = Theme(kind="rotation", members=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A song that was chosen, and the rules that gave way for it."""

    candidate: Candidate
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSet:
    """The songs of a set, in order."""

    theme: Theme
    songs: tuple[Chosen, ...]
    order_cost: Mapping[str, float] = field(default_factory=dict)


def choose_sets(
    candidates: Sequence[Candidate],
    lengths_s: Mapping[str, float],
    *,
    music_s: float,
    shares: Mapping[Rotation, float],
    features: Mapping[str, Features],
    seed: int,
    context: Context | None = None,
    before: Sequence[Candidate] = (),
    arc: Sequence[Stretch] = (),
) -> tuple[ChosenSet, ...]:
    """Return the sets of a session.

    Parameters
    ----------
    candidates : sequence of Candidate
        Best first in each rotation.
    lengths_s : mapping of track id to float
        How long each candidate sounds before the next one begins, with all it stands for; one of no length is left out.
    music_s : float
        The time to fill with music, seconds. It is met as closely as the songs allow; with fewer songs than that, all
        that may be played are. There is always one song, if there is any.
    shares : mapping of rotation to float
        What part of the songs should come from each; they need not add up to one.
    features : mapping of track id to Features
        What is known of the songs' tempo, key, energy and year; missing ones are neutral.
    seed : int
        Draws themes and where the shares begin to be counted; the same seed gives the same sets.
    context : Context, optional
        The rules and themes of all that could be played, where `candidates` is a shortlist of it.
    before : sequence of Candidate
        Songs played already, oldest first: separation holds across them, and none comes again.
    arc : sequence of Stretch
        How the energy should move over the session; empty for an arch in each set.
    """
    pool = [Contender.of(each) for each in candidates if lengths_s.get(each.track.id, 0.0) > 0]
    played = [Contender.of(each) for each in before]
    taken = frozenset().union(*(song.songs for song in played))
    pool = [each for each in pool if each.songs.isdisjoint(taken)]
    if not pool:
        return ()
    context = context or Context.of(candidates)
    rng = np.random.default_rng(seed)
    return _Choosing(pool, lengths_s, music_s, shares, features, rng, context, played, arc).run()


@dataclass(slots=True)
class _Draft:
    """A set while it is being chosen."""

    theme: Theme
    songs: list[Contender]
    worth: float = 0.0


class _Choosing:
    def __init__(
        self,
        pool: Sequence[Contender],
        lengths_s: Mapping[str, float],
        music_s: float,
        shares: Mapping[Rotation, float],
        features: Mapping[str, Features],
        rng: np.random.Generator,
        context: Context,
        played: Sequence[Contender],
        arc: Sequence[Stretch],
    ) -> None:
        self._lengths_s = lengths_s
        self._music_s = music_s
        self._features = features
        self._energies = [e for f in features.values() if (e := f.energy) is not None]
        self._rng = rng
        self._played = list(played)
        self._arc = arc
        self._pool = list(pool)
        self._rules = context.rules
        self._rank = _ranks(pool)
        self._typical_s = median(self._length_s(each) for each in pool)
        rotations = sorted({each.candidate.rotation for each in pool})
        total = sum(shares.get(rotation, _OTHER_SHARE) for rotation in rotations) or 1.0
        self._shares = {rotation: shares.get(rotation, _OTHER_SHARE) / total for rotation in rotations}
        # Where counting begins is drawn, so that over many sessions the shares come out right and not rounded.
        self._owed = {rotation: float(rng.uniform(-0.5, 0.5)) for rotation in rotations}
        self._themes = (*context.themes, *measured_themes(pool, features))
        self._drafts: list[_Draft] = []

    def run(self) -> tuple[ChosenSet, ...]:
        left_s = self._music_s
        while left_s > self._typical_s / 2 or not self._drafts:
            draft = self._next_set(left_s)
            if draft is None:
                break
            self._settle(draft)
            left_s -= sum(map(self._length_s, draft.songs))
        self._even_out()
        fit_length(
            [draft.songs for draft in self._drafts],
            [draft.theme for draft in self._drafts],
            self._pool,
            self._length_s,
            self._rank,
            music_s=self._music_s,
            rules=self._rules,
            played=self._played,
        )
        return self._arranged()

    def _length_s(self, contender: Contender) -> float:
        return self._lengths_s[contender.id]

    # --- one set ------------------------------------------------------------------------------------------------------

    def _next_set(self, left_s: float) -> _Draft | None:
        """Return the best set that can come next; None if no song is left that fits."""
        songs_left = left_s / self._typical_s
        sets_left = max(1, round(songs_left / SET_SONGS))
        if MOST_SET_SONGS + 0.5 <= songs_left < 2 * FEWEST_SET_SONGS:
            sets_left = 2  # seven songs make no set; eight shorter ones make two
        room = Room(budget_s=left_s / sets_left, left_s=left_s, typical_s=self._typical_s, is_first=not self._drafts)
        around = {n_songs: self._around(n_songs) for n_songs in range(FEWEST_SET_SONGS, MOST_SET_SONGS + 1)}
        noise = self._rng.gumbel(scale=_NOISE, size=len(self._themes) + 1)
        best: _Draft | None = None
        shelves: dict[Rotation, list[Contender]] = {rotation: [] for rotation in self._shares}
        for each in self._pool:
            shelves[each.candidate.rotation].append(each)
        n_rotations = sum(bool(members) for members in shelves.values())
        for theme, extra in zip((_MIXED, *self._themes), noise, strict=True):
            songs = self._songs_for(theme, shelves, room, around[MOST_SET_SONGS])
            if not songs or (theme is not _MIXED and not self._carries(theme, songs, room, around, n_rotations)):
                continue
            worth = self._worth(theme, songs, room.budget_s) + float(extra)
            if best is None or worth > best.worth:
                best = _Draft(theme, songs, worth)
        return best

    def _songs_for(
        self, theme: Theme, shelves: Mapping[Rotation, Sequence[Contender]], room: Room, around: Around
    ) -> list[Contender]:
        if theme is not _MIXED:
            shelves = {rotation: [c for c in m if c.id in theme.members] for rotation, m in shelves.items()}
        if theme.n_needed:  # those without which the theme would not be true come first on their shelves
            shelves = {rotation: sorted(m, key=lambda c: c.id not in theme.needed) for rotation, m in shelves.items()}
        songs = fill(
            shelves,
            owed=self._owed,
            shares=self._shares,
            room=room,
            around=around,
            rules=self._rules,
            length_s=self._length_s,
        )
        if not songs and room.is_first and theme is _MIXED:  # one too long is better than none
            songs = [min(self._pool, key=lambda c: (c.resting, self._length_s(c), c.id))]
        return songs

    def _carries(
        self,
        theme: Theme,
        songs: Sequence[Contender],
        room: Room,
        around_of: Mapping[int, Around],
        n_rotations: int,
    ) -> bool:
        """Tell whether a theme fills its set, without giving up more than the mildest rules for it."""
        if len(songs) < FEWEST_SET_SONGS or sum(map(self._length_s, songs)) < room.budget_s - self._typical_s:
            return False
        if sum(song.id in theme.needed for song in songs) < theme.n_needed or any(song.resting for song in songs):
            return False
        artists = [artist for song in songs for artist in song.artists]
        around = around_of[len(songs)]
        if len(set(artists)) < len(artists) or not around.too_near.isdisjoint(artists):
            return False
        if sum(song.forgotten for song in songs) > most_of(len(songs), around.after_forgotten):
            return False
        unheard = sum(song.unheard for song in songs)
        if self._rules.known_first and unheard > most_of(len(songs), around.after_unheard):
            return False
        return n_rotations == 1 or len({song.candidate.rotation for song in songs}) > 1

    def _worth(self, theme: Theme, songs: Sequence[Contender], budget_s: float) -> float:
        """Return how good a set is: 0 for the best songs of the right rotations, less for others."""
        standing = sum(self._rank[song.id] for song in songs) / len(songs)
        owed = {rotation: self._owed[rotation] + share * len(songs) for rotation, share in self._shares.items()}
        for song in songs:
            owed[song.candidate.rotation] -= 1.0
        off_share = sum(max(0.0, abs(value) - 0.5) for value in owed.values())
        worth = -standing - _OFF_SHARE * off_share
        if theme is not _MIXED:
            worth += _THEME_WORTH
        for sets_ago, draft in enumerate(reversed(self._drafts[-3:]), start=1):
            if draft.theme.kind == theme.kind:
                worth -= _KIND_REPEATED / sets_ago
        if theme is not _MIXED and any(_names(draft.theme) == _names(theme) for draft in self._drafts):
            worth -= 1.0
        return worth - _ARC_WORTH * self._off_arc(songs, budget_s)

    def _off_arc(self, songs: Sequence[Contender], budget_s: float) -> float:
        """Return how far a set's energy is from what the arc asks for at its time, 0 to 1."""
        if not self._arc:
            return 0.0
        begun_s = sum(self._length_s(song) for draft in self._drafts for song in draft.songs)
        wanted = wanted_energy(self._arc, begun_s + budget_s / 2, self._energies)
        known = [e for song in songs if song.id in self._features and (e := self._features[song.id].energy) is not None]
        return abs(sum(known) / len(known) - wanted) if known and wanted is not None else 0.0

    def _around(self, n_songs: int) -> Around:
        return Around.of(self._played, [draft.songs for draft in self._drafts], n_songs, self._rules)

    def _settle(self, draft: _Draft) -> None:
        """Take a set, in about the order it will have."""
        before = [*self._played, *(song for earlier in self._drafts for song in earlier.songs)]
        draft.songs = list(arrange(draft.songs, self._features, before=before, rules=self._rules).songs)
        self._drafts.append(draft)
        taken = frozenset().union(*(song.songs for song in draft.songs))
        self._pool = [each for each in self._pool if each.songs.isdisjoint(taken)]
        for rotation, share in self._shares.items():
            self._owed[rotation] += share * len(draft.songs)
        for song in draft.songs:
            self._owed[song.candidate.rotation] -= 1.0

    # --- all sets -----------------------------------------------------------------------------------------------------

    def _even_out(self) -> None:
        """Divide the last few sets anew where the last one has ended up with fewer than four songs."""
        if len(self._drafts) < 2 or len(self._drafts[-1].songs) >= FEWEST_SET_SONGS or self._is_long(self._drafts[-1]):
            return
        kept = len(self._drafts) - 1
        sizes: list[int] = []
        while not sizes and kept > 0:
            kept -= 1
            sizes = _even_sizes(sum(len(draft.songs) for draft in self._drafts[kept:]))
        songs = [song for draft in self._drafts[kept:] for song in draft.songs]
        themes = [draft.theme for draft in self._drafts[kept:]]
        self._drafts[kept:] = []
        for size in sizes or [len(songs)]:  # seven songs make no two sets
            part, songs = songs[:size], songs[size:]
            self._drafts.append(_Draft(next((theme for theme in themes if _holds(theme, part)), _MIXED), part))

    def _is_long(self, draft: _Draft) -> bool:
        return are_long(draft.songs, self._length_s, self._typical_s)

    def _arranged(self) -> tuple[ChosenSet, ...]:
        before = list(self._played)
        begun_s = 0.0
        sets = []
        for draft in self._drafts:
            length_s = sum(map(self._length_s, draft.songs))
            arc = arc_of(self._arc, begun_s + length_s / 2)
            arranged = arrange(draft.songs, self._features, before=before, rules=self._rules, arc=arc)
            songs = []
            for place, song in enumerate(arranged.songs):
                broken = self._rules.broken_by(song, before, place)
                songs.append(Chosen(candidate=song.candidate, rules=self._rules.in_words(broken, song)))
                before.append(song)
            by_rotation = rotation_theme([song.candidate for song in arranged.songs])
            sets.append(
                ChosenSet(
                    theme=draft.theme if _holds(draft.theme, arranged.songs) else by_rotation,
                    songs=tuple(songs),
                    order_cost=arranged.cost,
                )
            )
            begun_s += length_s
        return tuple(sets)


def _names(theme: Theme) -> tuple[str, str, str]:
    return theme.kind, theme.value, theme.artist


def _holds(theme: Theme, songs: Sequence[Contender]) -> bool:
    return (
        theme is not _MIXED
        and all(song.id in theme.members for song in songs)
        and sum(song.id in theme.needed for song in songs) >= theme.n_needed
    )


def _even_sizes(n_songs: int) -> list[int]:
    """Return sizes of four to six that are as even as can be; none for numbers that cannot be divided so."""
    n_sets = max(1, round(n_songs / SET_SONGS))
    sizes = [n_songs // n_sets + (number < n_songs % n_sets) for number in range(n_sets)]
    return sizes if all(FEWEST_SET_SONGS <= size <= MOST_SET_SONGS for size in sizes) else []


def _ranks(pool: Sequence[Contender]) -> dict[str, float]:
    """Return each song's standing in its rotation, 0 for the best and 1 for place 400: scores of two do not compare."""
    seen: dict[str, int] = {}
    ranks: dict[str, float] = {}
    for each in pool:
        place = seen.get(each.candidate.rotation, 0)
        seen[each.candidate.rotation] = place + 1
        ranks[each.id] = log1p(place) / log1p(400)
    return ranks
