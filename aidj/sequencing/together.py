"""Which tracks play as one: the movements of a work, songs that run into each other, an album.

What stands together is told by tags (album, disc, track number, work) and by folders: two editions of one album, or its
files in two formats, are kept apart. Whether one song runs into the next is heard, in the levels on both sides of the
cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import LEVELS_PER_SECOND
from aidj.model import Analysis, Track
from aidj.names import match_key, title_key

# --- albums -----------------------------------------------------------------------------------------------------------


def follows(a: Track, b: Track) -> bool:
    """Return whether b comes right after a: same album, folder and disc, next track number."""
    return (
        a.track_number is not None
        and b.track_number == a.track_number + 1
        and _disc(a) == _disc(b)
        and a.path.parent == b.path.parent
        and _same_album(a, b)
    )


def whole_album(tracks: Sequence[Track], matched: Collection[Track]) -> tuple[Track, ...]:
    """Return all tracks of the one album that was asked for, in order; empty where no album was.

    Where several albums or editions were matched, it is the one of which most tracks were; of equal ones the larger,
    then the one whose path comes first. A track in two files counts once.

    Parameters
    ----------
    tracks : sequence of Track
        The library.
    matched : collection of Track
        What a query found: one track, or many.
    """
    ids = {track.id for track in matched}
    albums = {match_key(track.album) for track in matched if track.album}
    on_albums = [track for track in tracks if track.album and match_key(track.album) in albums]
    found: list[tuple[Track, ...]] = []
    seen: set[tuple[object, ...]] = set()
    for track in sorted(on_albums, key=_place):
        owner = match_key(track.album_artist or "")
        version = (track.path.parent, match_key(track.album or ""), owner, track.release_mbid)
        if track.id in ids and version not in seen:
            seen.add(version)
            found.append(_edition(track, [other for other in on_albums if _same_album(track, other)]))
    return max(found, key=lambda album: (sum(t.id in ids for t in album), len(album)), default=())


def _disc(track: Track) -> int:
    return track.disc_number or 1


def _place(track: Track) -> tuple[object, ...]:
    """Sort key: the order of an album."""
    return _disc(track), track.track_number is None, track.track_number or 0, str(track.path)


def _owner(track: Track) -> str:
    """Return the key of whose album it is."""
    if track.album_artist:
        return match_key(track.album_artist)
    return "" if track.compilation else match_key(track.lead)


def _same_album(a: Track, b: Track) -> bool:
    if not a.album or not b.album or match_key(a.album) != match_key(b.album):
        return False
    if a.release_mbid and b.release_mbid and a.release_mbid != b.release_mbid:
        return False
    if _owner(a) == _owner(b):
        return True
    # Guests and soloists change from track to track where no tag says whose album it is; the folder does not.
    return a.path.parent == b.path.parent and not (a.album_artist and b.album_artist)


def _edition(track: Track, album: Iterable[Track]) -> tuple[Track, ...]:
    """Return the tracks of an album that belong to the same copy of it as one of them, in order.

    That is its folder, and every other folder with nothing of what is there already: another disc, and not another
    format or edition. Of two files of one track the same format is preferred.
    """
    folder, suffix = track.path.parent, track.path.suffix
    by_folder: dict[Path, list[Track]] = defaultdict(list)
    for other in sorted(album, key=lambda t: (t.id != track.id, t.path.suffix != suffix, str(t.path))):
        by_folder[other.path.parent].append(other)

    taken: dict[object, Track] = {}
    for _, members in sorted(
        by_folder.items(),
        key=lambda item: (item[0] != folder, item[1][0].path.parents[1:2] != track.path.parents[1:2], str(item[0])),
    ):
        songs: dict[object, Track] = {}
        for member in members:
            number = member.path.stem.casefold() if member.track_number is None else member.track_number
            songs.setdefault((_disc(member), number, title_key(member.title)), member)
        if taken.keys().isdisjoint(songs):
            taken |= songs
    return tuple(sorted(taken.values(), key=_place))


# --- works ------------------------------------------------------------------------------------------------------------


def works(tracks: Sequence[Track]) -> Mapping[str, tuple[Track, ...]]:
    """Return for each movement, by the id of its track, all movements of the work on its album, in order.

    Only tracks with a work and an album, and works of which at least two movements stand there. The same work on two
    albums, or played twice on one, is two; a movement in two files counts once, and each of the files finds itself
    among the others' movements.
    """
    groups: dict[tuple[str, str, str], list[Track]] = defaultdict(list)
    for track in tracks:
        if track.work and track.album:
            whose = match_key(track.album_artist or track.composer or "") or _owner(track)
            groups[match_key(track.work), match_key(track.album), whose].append(track)
    found: dict[str, tuple[Track, ...]] = {}
    for group in groups.values():
        for track in group if len(group) > 1 else ():
            edition = _edition(track, group)
            performances = [part for part in _performances(edition) if len(part) > 1]
            found.update((track.id, performance) for performance in performances if track in performance)
            if len(edition) == len(group):  # no movement is there twice: it is the same edition from each of them
                found |= {member.id: performance for performance in performances for member in performance}
                break
    return found


def _performances(movements: Sequence[Track]) -> list[tuple[Track, ...]]:
    """Part what stands on one album, in its order, wherever a movement comes again."""
    performances: list[dict[object, Track]] = [{}]
    for track in movements:
        movement = track.movement_number or match_key(track.movement or track.title)
        if movement in performances[-1]:
            performances.append({})
        performances[-1][movement] = track
    return [_in_order(tuple(performance.values())) for performance in performances]


def _in_order(movements: tuple[Track, ...]) -> tuple[Track, ...]:
    if any(track.movement_number is None for track in movements):
        return movements
    return tuple(sorted(movements, key=lambda t: (_disc(t), t.movement_number or 0, *_place(t))))


# --- songs that run into each other -----------------------------------------------------------------------------------

AUDIBLE_LU = -30.0
"""Below this, relative to the recording's own loudness, a sound is the end of something and not its continuation."""
SILENCE_LU = -42.0
SAME_LEVEL_DB = 6.0
DYING_DB = 3.0

_AT_THE_EDGE_S = 0.1
_NEAR = LEVELS_PER_SECOND // 2
_AROUND = 5 * LEVELS_PER_SECOND
_LEAST = 0.25
"""Of the last 100 ms, where the file ends within them: less tells no level."""


def runs_on(before: Analysis, after: Analysis) -> bool:
    """Return whether the sound goes on without a break from the end of one recording to the start of the next.

    It does if there is sound in the last and the first 100 ms, if for half a second on both sides no 200 ms fall more
    than 30 LU below the recording's loudness, and if neither side dies away at the cut, or one does while the other
    takes up its level (within 6 dB). A side dies away where it is quieter than in nearly all of the five seconds around
    it: so a last chord, or a fade, before a song that strikes up is an end, while applause, a held sound or a beat that
    goes on is not.

    A song cut off at full level, followed by another without even 0.1 s of silence on either side, counts as going on:
    the levels cannot tell. Levels are compared as they stand in the files, which share one mastering.
    """
    if not np.isfinite(before.loudness_lufs) or not np.isfinite(after.loudness_lufs):
        return False
    if before.duration_s - before.cue_out_s > _AT_THE_EDGE_S or after.cue_in_s > _AT_THE_EDGE_S:
        return False  # silent there, or cut by hand
    ending, opening = _levels(before)[::-1], _levels(after)
    if len(ending) < 2 or len(opening) < 2:
        return False
    for levels, loudness_lufs in ((ending, before.loudness_lufs), (opening, after.loudness_lufs)):
        near = levels[:_NEAR]
        if near[0] < loudness_lufs + SILENCE_LU or _smooth(near).min() < loudness_lufs + AUDIBLE_LU:
            return False
    ending, opening = _smooth(ending[:_AROUND]), _smooth(opening[:_AROUND])
    dying = sum(bool(levels[0] < np.percentile(levels, 10) - DYING_DB) for levels in (ending, opening))
    return dying == 0 or (dying == 1 and bool(abs(opening[0] - ending[0]) <= SAME_LEVEL_DB))


def begins_open(analysis: Analysis) -> bool:
    """Return whether a recording is at full sound from its first moment, so that another may have run into it."""
    return np.isfinite(analysis.loudness_lufs) and _is_open(_levels(analysis), analysis.loudness_lufs)


def ends_open(analysis: Analysis) -> bool:
    """Return whether a recording sounds to its last moment, so that it may run on in another."""
    return np.isfinite(analysis.loudness_lufs) and _is_open(_levels(analysis)[::-1], analysis.loudness_lufs)


def _is_open(levels: NDArray[np.float64], loudness_lufs: float) -> bool:
    """Tell whether the levels, from the cut away, have sound at once and no hole in the first half second."""
    near = levels[:_NEAR]
    return bool(
        len(levels) >= 2 and near[0] >= loudness_lufs + SILENCE_LU and _smooth(near).min() >= loudness_lufs + AUDIBLE_LU
    )


def _levels(analysis: Analysis) -> NDArray[np.float64]:
    """Return the levels of each 100 ms, the last one over as much of it as the file has."""
    levels = analysis.levels_lufs.astype(np.float64)
    part = analysis.duration_s * LEVELS_PER_SECOND - (len(levels) - 1)
    if len(levels) and part < 1.0:
        if part < _LEAST:
            return levels[:-1]
        levels[-1] -= 10 * np.log10(part)
    return levels


def _smooth(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the level of each 200 ms, every 100 ms, shape (n - 1,)."""
    power = 10 ** (levels / 10)
    return np.asarray(10 * np.log10((power[:-1] + power[1:]) / 2))


def runs(tracks: Sequence[Track], analyses: Mapping[str, Analysis]) -> Mapping[str, tuple[Track, ...]]:
    """Return for each track that runs into its neighbour on the album, or out of it, the whole chain in order.

    Parameters
    ----------
    tracks : sequence of Track
        The tracks to look at; neighbours that are not among them are not found.
    analyses : mapping of str to Analysis
        By track id; tracks without one belong to no chain.
    """
    at: dict[tuple[Path, str, int, int], list[Track]] = defaultdict(list)
    for track in tracks:
        if track.album and track.track_number is not None and track.id in analyses:
            at[track.path.parent, match_key(track.album), _disc(track), track.track_number].append(track)
    onwards: dict[str, Track] = {}
    entered: set[str] = set()
    for (folder, album, disc, number), members in at.items():
        following = at.get((folder, album, disc, number + 1), [])
        for track in sorted(members, key=lambda t: str(t.path)):
            for other in sorted(following, key=lambda t: (t.path.suffix != track.path.suffix, str(t.path))):
                if (
                    other.id not in entered
                    and follows(track, other)
                    and runs_on(analyses[track.id], analyses[other.id])
                ):
                    onwards[track.id] = other
                    entered.add(other.id)
                    break
    found: dict[str, tuple[Track, ...]] = {}
    for track in tracks:
        if track.id in onwards and track.id not in entered:
            chain = [track]
            while chain[-1].id in onwards:
                chain.append(onwards[chain[-1].id])
            found |= {member.id: tuple(chain) for member in chain}
    return found
