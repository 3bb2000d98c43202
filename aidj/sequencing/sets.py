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
from aidj.sequencing.features import Features, features_of
from aidj.sequencing.fitting import fit
from aidj.sequencing.rules import (
    ALBUM_NEAR,
    ARTIST_IN_SET,
    ARTIST_NEAR,
    FORGOTTEN_RUN,
    NEW_AFTER_NEW,
    RESTING,
    Contender,
    Rules,
)
from aidj.sequencing.themes import Theme, measured_themes, rotation_theme, themes_of

SET_SONGS = 5
FEWEST_SET_SONGS, MOST_SET_SONGS = 4, 6

_THEME_WORTH = 0.25
"""A theme may cost so much standing of its songs (0 the best of each rotation, 1 the last)."""
_KIND_REPEATED = 0.4
_NOISE = 0.1
_OFF_SHARE = 0.08
_ARC_WORTH = 0.8
_OTHER_SHARE = 0.1
_WORTH_A_SET = 2.5
"""Time for so many songs is worth a set of four shorter ones."""
_LONG = 2.5
"""Songs so many times the usual length need no company in their set."""
_MIXED = Theme(kind="rotation", words="", members=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A song that was chosen, and the rules that gave way for it."""

    candidate: Candidate
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSet:
    """The songs of a set, in order."""

    theme: str
    theme_kind: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What holds for a session whichever of the candidates are chosen from."""

    rules: Rules
    themes: tuple[Theme, ...]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Context:
        """Scale the rules to the candidates, and find the themes in their tags and their past."""
        pool = [Contender.of(each) for each in candidates]
        features = {each.track.id: features_of(each.track, None) for each in candidates}
        return cls(rules=Rules.for_pool(pool), themes=themes_of(pool, features))


@dataclass(slots=True)
class _Draft:
    """A set while it is being chosen."""

    theme: Theme
    songs: list[Contender]
    worth: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    artists: frozenset[str]
    """Who was in the last two sets."""
    too_near: frozenset[str]
    """Who comes too soon again wherever in the next set."""
    albums: frozenset[str]
    after_forgotten: bool
    """The song before the set is a forgotten favourite."""
    after_unheard: bool
    """It was never heard, or there is none."""


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
        fit(
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
        budget_s = left_s / sets_left
        most = MOST_SET_SONGS
        noise = self._rng.gumbel(scale=_NOISE, size=len(self._themes) + 1)
        best: _Draft | None = None
        ready: dict[Rotation, list[Contender]] = {rotation: [] for rotation in self._shares}
        for each in self._pool:
            ready[each.candidate.rotation].append(each)
        for theme, extra in zip((_MIXED, *self._themes), noise, strict=True):
            songs = self._songs_for(theme, ready, budget_s, left_s, most)
            if not songs or (theme is not _MIXED and not self._carries(theme, songs, budget_s)):
                continue
            worth = self._worth(theme, songs, budget_s) + float(extra)
            if best is None or worth > best.worth:
                best = _Draft(theme, songs, worth)
        return best

    def _songs_for(
        self,
        theme: Theme,
        ready: Mapping[Rotation, Sequence[Contender]],
        budget_s: float,
        left_s: float,
        most: int,
    ) -> list[Contender]:
        shelves = {
            rotation: [c for c in members if theme is _MIXED or c.id in theme.members]
            for rotation, members in ready.items()
        }
        if theme.n_needed:  # those without which the theme would not be true come first on their shelves
            shelves = {
                rotation: sorted(members, key=lambda c: c.id not in theme.needed)
                for rotation, members in shelves.items()
            }
        owed = dict(self._owed)
        around = self._around(most)
        songs: list[Contender] = []
        filled_s = 0.0
        while len(songs) < most:
            few = len(songs) < FEWEST_SET_SONGS and not self._are_long(songs)
            enough_s = (left_s if few else budget_s) - self._typical_s / 2
            if few and self._drafts and left_s >= _WORTH_A_SET * self._typical_s:
                enough_s = left_s + self._typical_s  # four songs make a set: the length is fitted afterwards
            if filled_s >= enough_s and (songs or self._drafts):  # there is always one song
                break
            for rotation, share in self._shares.items():
                owed[rotation] += share
            order = sorted(owed, key=lambda rotation: -owed[rotation])
            if len(songs) >= FEWEST_SET_SONGS - 1 and len({song.candidate.rotation for song in songs}) == 1:
                order.sort(key=lambda rotation: rotation == songs[0].candidate.rotation)  # two rotations in each set
            room_s = max(left_s - filled_s, self._typical_s / 2 if few and self._drafts else 0.0)
            found = self._next_song(shelves, order, songs, around, room_s)
            if found is None:
                break
            songs.append(found)
            filled_s += self._length_s(found)
            owed[found.candidate.rotation] -= 1.0
        if not songs and not self._drafts and theme is _MIXED:
            songs = [min(self._pool, key=lambda c: (c.resting, self._length_s(c), c.id))]
        return songs

    def _next_song(
        self,
        shelves: Mapping[Rotation, Sequence[Contender]],
        order: Sequence[Rotation],
        songs: Sequence[Contender],
        around: _Around,
        room_s: float,
    ) -> Contender | None:
        """Return the first song, by rotation and standing, for which the least has to give way."""
        taken = frozenset().union(*(song.songs for song in songs))
        artists = frozenset().union(*(song.artists for song in songs))
        own_albums = frozenset().union(*(song.albums for song in songs))
        forgotten = sum(song.forgotten for song in songs)
        unheard = sum(song.unheard for song in songs)
        best: tuple[float, Contender] | None = None
        for rotation in order:
            for each in shelves[rotation]:
                if self._length_s(each) > room_s + self._typical_s / 2 or not each.songs.isdisjoint(taken):
                    continue
                needed = 0.0
                if not each.artists.isdisjoint(artists):
                    needed = ARTIST_IN_SET + 1
                elif each.resting:
                    needed = RESTING + 1
                elif not each.artists.isdisjoint(around.too_near):
                    needed = ARTIST_NEAR + 1
                elif not each.albums.isdisjoint(own_albums | around.albums):
                    needed = ALBUM_NEAR + 1
                elif each.forgotten and forgotten >= _most_of(len(songs) + 1, around.after_forgotten):
                    needed = FORGOTTEN_RUN + 1
                elif (
                    each.unheard
                    and self._rules.known_first
                    and unheard >= _most_of(len(songs) + 1, around.after_unheard)
                ):
                    needed = NEW_AFTER_NEW + 1
                elif not each.artists.isdisjoint(around.artists):
                    needed = 0.5  # far enough away, if it comes late in the set
                if needed == 0:
                    return each
                if best is None or needed < best[0]:
                    best = needed, each
        return best[1] if best else None

    def _carries(self, theme: Theme, songs: Sequence[Contender], budget_s: float) -> bool:
        """Tell whether a theme fills its set, without giving up more than the mildest rules for it."""
        if len(songs) < FEWEST_SET_SONGS or sum(map(self._length_s, songs)) < budget_s - self._typical_s:
            return False
        if sum(song.id in theme.needed for song in songs) < theme.n_needed or any(song.resting for song in songs):
            return False
        artists = [artist for song in songs for artist in song.artists]
        around = self._around(len(songs))
        if len(set(artists)) < len(artists) or not around.too_near.isdisjoint(artists):
            return False
        if sum(song.forgotten for song in songs) > _most_of(len(songs), around.after_forgotten):
            return False
        unheard = sum(song.unheard for song in songs)
        if self._rules.known_first and unheard > _most_of(len(songs), around.after_unheard):
            return False
        present = {each.candidate.rotation for each in self._pool}
        return len(present) == 1 or len({song.candidate.rotation for song in songs}) > 1

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
        if any(draft.theme.words == theme.words for draft in self._drafts if theme is not _MIXED):
            worth -= 1.0
        return worth - _ARC_WORTH * self._off_arc(songs, budget_s)

    def _off_arc(self, songs: Sequence[Contender], budget_s: float) -> float:
        """Return how far a set's energy is from what the arc asks for at its time, 0 to 1."""
        if not self._arc:
            return 0.0
        begun_s = sum(self._length_s(song) for draft in self._drafts for song in draft.songs)
        wanted = wanted_energy(self._arc, begun_s + budget_s / 2, self._energies())
        known = [e for song in songs if song.id in self._features and (e := self._features[song.id].energy) is not None]
        return abs(sum(known) / len(known) - wanted) if known and wanted is not None else 0.0

    def _energies(self) -> list[float]:
        return sorted(e for f in self._features.values() if (e := f.energy) is not None)

    def _around(self, n_songs: int) -> _Around:
        """Return what the songs before the next set keep away from it."""
        before = [*self._played, *(song for draft in self._drafts for song in draft.songs)]
        gap = self._rules.artist_gap
        since: dict[str, int] = {}
        for songs_ago, song in enumerate(reversed(before[-gap - n_songs :]), start=1):
            for artist in song.artists:
                since.setdefault(artist, songs_ago)
        # The order of the sets before is not final: who was in the last two of them may still move nearer.
        last_two = [song for draft in self._drafts[-2:] for song in draft.songs]
        reach = last_two if len(self._drafts) > 1 else [*self._played[-max(gap - 1, 1) :], *last_two]
        late = n_songs - 1
        return _Around(
            after_forgotten=bool(before) and before[-1].forgotten,
            after_unheard=not before or before[-1].unheard,
            artists=frozenset().union(*(song.artists for song in reach)),
            too_near=frozenset(a for a, songs_ago in since.items() if songs_ago == 1 or songs_ago + late < gap),
            albums=frozenset().union(*(song.albums for song in reach)) if self._rules.album_gap > 1 else frozenset(),
        )

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
        if (
            len(self._drafts) < 2
            or len(self._drafts[-1].songs) >= FEWEST_SET_SONGS
            or self._are_long(self._drafts[-1].songs)
        ):
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

    def _are_long(self, songs: Sequence[Contender]) -> bool:
        """Tell whether few songs make a set all the same: a symphony needs no company."""
        return bool(songs) and sum(map(self._length_s, songs)) >= _LONG * self._typical_s * len(songs)

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
            theme = draft.theme
            words = theme.words if _holds(theme, arranged.songs) else ""
            sets.append(
                ChosenSet(
                    theme=words or rotation_theme([song.candidate for song in arranged.songs]),
                    theme_kind=theme.kind if words else "rotation",
                    songs=tuple(songs),
                    order_cost=arranged.cost,
                )
            )
            begun_s += length_s
        return tuple(sets)


def _holds(theme: Theme, songs: Sequence[Contender]) -> bool:
    return (
        theme is not _MIXED
        and all(song.id in theme.members for song in songs)
        and sum(song.id in theme.needed for song in songs) >= theme.n_needed
    )


def _most_of(n_songs: int, after_one: bool) -> int:
    """Return how many of a set's songs may be of a kind of which none should follow another."""
    return max(1, n_songs // 2 if after_one else (n_songs + 1) // 2)


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
