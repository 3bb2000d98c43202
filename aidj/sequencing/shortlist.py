"""The songs worth a closer look: those of a rough draft, and others of every rotation, so that there is a choice.

The draft goes by the lengths in the files' headers, so it says which files to measure whatever was measured before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aidj.model import Analysis, Candidate, Rotation, Track
from aidj.sequencing.context import Context
from aidj.sequencing.features import Features, features_of
from aidj.sequencing.rules import artists_of, songs_of
from aidj.sequencing.sets import choose_sets

_DRAFTED = 1.5
_SURPLUS = 2.2
_FEWEST = 24
_LONG_S = 600.0


def shortlist(
    candidates: Sequence[Candidate],
    minutes: float,
    *,
    shares: Mapping[Rotation, float],
    seed: int,
    context: Context | None = None,
    before: Sequence[Candidate] = (),
) -> tuple[Candidate, ...]:
    """Return the candidates that a session of this length is chosen from, best first in each rotation.

    Parameters
    ----------
    candidates : sequence of Candidate
        Best first in each rotation; those that rest enter only where the others are too few, and so does what would
        take more than a third of the session (and ten minutes), unless it was asked for.
    shares, seed, context, before
        As for `choose_sets`.
    """
    wanted_s = minutes * 60 * _SURPLUS
    longest_s = max(_LONG_S, minutes * 60 / 3)
    fitting = [each for each in candidates if each.rotation == "request" or _whole_s(each) <= longest_s]
    ready = [each for each in fitting if "resting" not in each.terms]
    if sum(map(_whole_s, ready)) < wanted_s:
        ready = fitting if sum(map(_whole_s, fitting)) >= minutes * 60 else list(candidates)
    lengths_s = {each.track.id: _whole_s(each) for each in ready}
    features: dict[str, Features] = {each.track.id: features_of(each.track, None) for each in ready}
    drafted = choose_sets(
        ready,
        lengths_s,
        music_s=minutes * 60 * _DRAFTED,
        shares=shares,
        features=features,
        seed=seed,
        context=context or Context.of(candidates),
        before=before,
    )
    taking = _Taking(wanted_s)
    for part in drafted:
        for song in part.songs:
            taking.add(song.candidate)
    by_rotation: dict[Rotation, list[Candidate]] = {}
    for each in ready:
        by_rotation.setdefault(each.rotation, []).append(each)
    total = sum(shares.get(rotation, 0.0) for rotation in by_rotation) or 1.0
    missing_s = wanted_s - taking.got_s
    for rotation, members in by_rotation.items():
        taking.take(members, missing_s * shares.get(rotation, 0.0) / total)
    for each in ready:  # one rotation running dry
        if taking.enough:
            break
        taking.add(each)
    return tuple(each for each in candidates if each.track.id in taking.ids)


class _Taking:
    """Takes candidates until there are enough, each song once."""

    def __init__(self, wanted_s: float) -> None:
        self._wanted_s = wanted_s
        self.got_s = 0.0
        self._songs: set[str] = set()
        self._artists: set[str] = set()
        self.ids: set[str] = set()

    @property
    def enough(self) -> bool:
        return self.got_s >= self._wanted_s and len(self.ids) >= _FEWEST

    def take(self, members: Sequence[Candidate], wanted_s: float) -> None:
        """Take so much more from the head of a shelf."""
        until_s = self.got_s + wanted_s
        for candidate in members:
            if self.got_s >= until_s:
                return
            if self._artists.isdisjoint(artists_of(candidate.track)):  # others first: there is to be a choice
                self.add(candidate)

    def add(self, candidate: Candidate) -> None:
        songs = frozenset().union(*map(songs_of, candidate.tracks))
        if self._songs.isdisjoint(songs):
            self._songs |= songs
            self._artists |= artists_of(candidate.track)
            self.ids.add(candidate.track.id)
            self.got_s += min(_whole_s(candidate), _LONG_S)


def _whole_s(candidate: Candidate) -> float:
    return sum(track.duration_s for track in candidate.tracks)


def expected_length_s(track: Track, analysis: Analysis | None) -> float:
    """Return how long a song sounds before the next one begins: from cue-in to start-next where they are known."""
    if analysis is None:
        return track.duration_s
    return max(0.0, analysis.start_next_s - analysis.cue_in_s)
