"""Which songs run into their neighbours on the album: found by measuring those neighbours, and only where it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from aidj.home import Home
from aidj.model import Analysis, Track
from aidj.names import match_key
from aidj.sequencing import begins_open, ends_open, follows, runs, runs_on

_FARTHEST = 30
"""Songs of a live album or a mix that are followed from the first one; what is longer is too long anyway."""


def runs_around(
    home: Home,
    tracks: Sequence[Track],
    chosen: Sequence[Track],
    analyses: Mapping[str, Analysis],
    progress: Callable[[int, int, Track], None] | None = None,
) -> tuple[Mapping[str, tuple[Track, ...]], Mapping[str, Analysis]]:
    """Return the chains that the chosen tracks belong to, and the analyses with those of their neighbours.

    Parameters
    ----------
    tracks : sequence of Track
        The library.
    chosen : sequence of Track
        Those to look around.
    analyses : mapping of track id to Analysis
        Of the chosen ones.

    Returns
    -------
    chains : mapping of track id to tracks
        For each track that runs on, the whole chain in order.
    analyses : mapping of track id to Analysis
    """
    albums: dict[tuple[object, str], list[Track]] = defaultdict(list)
    wanted = {_album(track) for track in chosen if track.album}
    for track in tracks:
        if track.album and (place := _album(track)) in wanted:
            albums[place].append(track)
    known = dict(analyses)
    found = {track.id: track for track in chosen if track.album and track.id in known}
    seen = set(found)
    edge = list(found.values())
    for _ in range(_FARTHEST):
        doubtful: list[tuple[Track, Track, Track]] = []  # the one before, the one after, and which is not known yet
        for track in edge:
            for other in albums[_album(track)]:
                if other.id in seen:
                    continue
                if follows(track, other) and ends_open(known[track.id]):
                    doubtful.append((track, other, other))
                elif follows(other, track) and begins_open(known[track.id]):
                    doubtful.append((other, track, other))
        missing = {other.id: other for _, _, other in doubtful}
        if not missing:
            break
        measured, _ = home.analyses.of(list(missing.values()), progress=progress)
        known |= measured
        seen |= missing.keys()
        edge = [
            other
            for before, after, other in doubtful
            if other.id in known and runs_on(known[before.id], known[after.id])
        ]
        found |= {track.id: track for track in edge}
    return runs(list(found.values()), known), known


def _album(track: Track) -> tuple[object, str]:
    return track.path.parent, match_key(track.album or "")
