"""Make one candidate of tracks that play as one, so that everything after it chooses and moves them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aidj.model import Candidate, Track


def joined(candidates: Sequence[Candidate], groups: Mapping[str, tuple[Track, ...]]) -> tuple[Candidate, ...]:
    """Return the candidates, with all tracks of a group behind the one of them that stands first.

    If one of them rests, they all do, and the one that rests stands for them.

    Parameters
    ----------
    candidates : sequence of Candidate
        Best first in each rotation.
    groups : mapping of track id to tracks
        Which tracks belong together, for each of them, in the order they play in; tracks without company are missing.
    """
    if not groups:
        return tuple(candidates)
    asleep: dict[str, str] = {}
    for candidate in candidates:
        if "resting" in candidate.terms:
            for track in groups.get(candidate.track.id, ()):
                asleep.setdefault(track.id, candidate.track.id)
    result: list[Candidate] = []
    represented: set[str] = set()
    for candidate in candidates:
        if (
            candidate.track.id in represented
            or asleep.get(candidate.track.id, candidate.track.id) != candidate.track.id
        ):
            continue
        if group := groups.get(candidate.track.id):
            represented |= {track.id for track in group}
            candidate = replace(candidate, together=group)
        result.append(candidate)
    return tuple(result)
