"""From what could be played now to the sets of a session, as the program goes about it; without sound, by the tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aidj.model import Track
from aidj.selection import Selection
from aidj.sequencing import ChosenSet, Context, Features, choose_sets, features_of, joined, shortlist, works


def by_tags(track: Track) -> Features:
    """Return what the tags alone say of a song."""
    return features_of(track, None)


def sets_of(
    tracks: Sequence[Track],
    selection: Selection,
    minutes: float,
    *,
    seed: int,
    features: Callable[[Track], Features] = by_tags,
) -> tuple[ChosenSet, ...]:
    """Choose the sets of a session from a library and what was selected of it."""
    candidates = joined(selection.candidates, works(tracks))
    context = Context.of(candidates)
    picks = shortlist(candidates, minutes, shares=selection.shares, seed=seed, context=context)
    return choose_sets(
        picks,
        {pick.track.id: sum(track.duration_s for track in pick.tracks) for pick in picks},
        music_s=minutes * 60,
        shares=selection.shares,
        features={pick.track.id: features(pick.track) for pick in picks},
        seed=seed,
        context=context,
    )
