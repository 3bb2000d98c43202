"""The songs worth a closer look: enough for the session twice over, from every rotation by its share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aidj.model import Analysis, Candidate, Rotation, Track
from aidj.sequencing.rules import artists_of, song_of

SHARES: Mapping[Rotation, float] = {
    "new_release": 0.25,
    "forgotten_favourite": 0.30,
    "current_favourite": 0.30,
    "deep_cut": 0.15,
}
"""The mix aimed at, as shares of the songs. Where a rotation runs dry the others fill its place."""

_SURPLUS = 2.2
_PER_ARTIST = 3
_FEWEST = 16


def shortlist(candidates: Sequence[Candidate], minutes: float) -> tuple[Candidate, ...]:
    """Return the candidates that a session of this length is chosen from, best first in each rotation.

    Half of the forgotten favourites come from the last year and half from before, else all would have been silent for
    just a little longer than the rule asks. A song in several versions enters once, an artist a few times.
    """
    wanted_s = minutes * 60 * _SURPLUS
    shares = {rotation: share for rotation, share in SHARES.items() if any(c.rotation == rotation for c in candidates)}
    total = sum(shares.values()) or 1.0
    taken: dict[str, Candidate] = {}
    songs: set[str] = set()
    for rotation, share in shares.items():
        members = [candidate for candidate in candidates if candidate.rotation == rotation]
        if rotation == "forgotten_favourite":
            members = _by_turns(
                [c for c in members if int(c.terms["days_silent"]) <= 365],
                [c for c in members if int(c.terms["days_silent"]) > 365],
            )
        _take(members, wanted_s * share / total, _FEWEST * share / total, taken, songs, _PER_ARTIST)
    if sum(candidate.track.duration_s for candidate in taken.values()) < wanted_s or len(taken) < _FEWEST:
        # One artist only, or one rotation running dry: whatever there is.
        _take(list(candidates), wanted_s, _FEWEST, taken, songs, per_artist=None)
    chosen = [candidate for candidate in candidates if candidate.track.id in taken]
    return tuple(chosen)


def _take(
    members: Sequence[Candidate],
    wanted_s: float,
    fewest: float,
    taken: dict[str, Candidate],
    songs: set[str],
    per_artist: int | None,
) -> None:
    got_s, got = 0.0, 0
    counts: dict[str, int] = {}
    if per_artist is None:
        got_s, got = sum(candidate.track.duration_s for candidate in taken.values()), len(taken)
    for candidate in members:
        if got_s >= wanted_s and got >= fewest:
            return
        song, lead = song_of(candidate.track), min(artists_of(candidate.track), default="")
        if song in songs or (per_artist is not None and counts.get(lead, 0) >= per_artist):
            continue
        counts[lead] = counts.get(lead, 0) + 1
        songs.add(song)
        taken[candidate.track.id] = candidate
        got_s += candidate.track.duration_s
        got += 1


def _by_turns(first: Sequence[Candidate], second: Sequence[Candidate]) -> list[Candidate]:
    shared = min(len(first), len(second))
    merged = [candidate for pair in zip(first, second, strict=False) for candidate in pair]
    return merged + list(first[shared:]) + list(second[shared:])


def expected_length_s(track: Track, analysis: Analysis | None) -> float:
    """Return how long a song sounds before the next one begins: from cue-in to start-next where they are known."""
    if analysis is None:
        return track.duration_s
    return max(0.0, analysis.start_next_s - analysis.cue_in_s)
