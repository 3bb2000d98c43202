"""The songs worth a closer look: enough for the session twice over, from every rotation by its share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aidj.model import Analysis, Candidate, Rotation, Track
from aidj.sequencing.rules import lead_of, songs_of

SHARES: Mapping[Rotation, float] = {
    "new_release": 0.25,
    "forgotten_favourite": 0.30,
    "current_favourite": 0.30,
    "deep_cut": 0.15,
}
"""The mix aimed at, as shares of the songs. Where a rotation runs dry the others fill its place."""

_SURPLUS = 2.2
_PER_ARTIST = 3
_FEWEST = 24
_LONG_S = 600.0


def shortlist(candidates: Sequence[Candidate], minutes: float) -> tuple[Candidate, ...]:
    """Return the candidates that a session of this length is chosen from, best first in each rotation.

    Half of the forgotten favourites come from the last year and half from before, else all would have been silent for
    just a little longer than the rule asks. A song in several versions enters once, an artist a few times. What rests,
    and what would take more than a third of the session (and ten minutes), enters only where the rest is too little.
    """
    taking = _Taking(minutes * 60 * _SURPLUS)
    longest_s = max(_LONG_S, minutes * 60 / 3)
    fitting = [candidate for candidate in candidates if candidate.track.duration_s <= longest_s]
    ready = [candidate for candidate in fitting if "resting" not in candidate.terms]
    shelves: dict[Rotation, list[Candidate]] = {rotation: [] for rotation in SHARES}
    for candidate in ready:
        if candidate.rotation in shelves:
            shelves[candidate.rotation].append(candidate)
    total = sum(SHARES[rotation] for rotation, members in shelves.items() if members)
    for rotation, members in shelves.items():
        if rotation == "forgotten_favourite":
            members = _by_turns(
                [c for c in members if int(c.terms["days_silent"]) <= 365],
                [c for c in members if int(c.terms["days_silent"]) > 365],
            )
        if members:
            taking.take(members, SHARES[rotation] / total, _PER_ARTIST)
    for whatever in (ready, fitting, candidates):  # one artist only, or one rotation running dry
        taking.fill_up(whatever)
    return tuple(candidate for candidate in candidates if candidate.track.id in taking.ids)


class _Taking:
    """Takes candidates until there are enough, each song once."""

    def __init__(self, wanted_s: float) -> None:
        self._wanted_s = wanted_s
        self._got_s = 0.0
        self._songs: set[str] = set()
        self.ids: set[str] = set()

    @property
    def enough(self) -> bool:
        return self._got_s >= self._wanted_s and len(self.ids) >= _FEWEST

    def take(self, members: Sequence[Candidate], share: float, per_artist: int) -> None:
        """Take a share of all that is wanted, only so many songs of one artist."""
        until_s, until = self._got_s + share * self._wanted_s, len(self.ids) + share * _FEWEST
        counts: dict[str, int] = {}
        for candidate in members:
            if self._got_s >= until_s and len(self.ids) >= until:
                return
            lead = lead_of(candidate.track)
            if counts.get(lead, 0) < per_artist and self._add(candidate):
                counts[lead] = counts.get(lead, 0) + 1

    def fill_up(self, members: Sequence[Candidate]) -> None:
        """Take whatever there is until there is enough."""
        for candidate in members:
            if self.enough:
                return
            self._add(candidate)

    def _add(self, candidate: Candidate) -> bool:
        songs = songs_of(candidate.track)
        if not self._songs.isdisjoint(songs):
            return False
        self._songs |= songs
        self.ids.add(candidate.track.id)
        self._got_s += min(candidate.track.duration_s, _LONG_S)
        return True


def _by_turns(first: Sequence[Candidate], second: Sequence[Candidate]) -> list[Candidate]:
    shared = min(len(first), len(second))
    merged = [candidate for pair in zip(first, second, strict=False) for candidate in pair]
    return merged + list(first[shared:]) + list(second[shared:])


def expected_length_s(track: Track, analysis: Analysis | None) -> float:
    """Return how long a song sounds before the next one begins: from cue-in to start-next where they are known."""
    if analysis is None:
        return track.duration_s
    return max(0.0, analysis.start_next_s - analysis.cue_in_s)
