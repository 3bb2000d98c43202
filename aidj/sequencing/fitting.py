"""Make the length come out right: exchange a song or two for others of the same shelf and theme.

Songs are never cut short for the length. An exchange keeps what the choice was made for: the new song is of the same
rotation, the theme stays true, no artist or album comes near itself. Only where that is not enough, and the session
would miss its length by more than a few seconds, the theme and then the rotation may change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aidj.sequencing.filling import FEWEST_SET_SONGS, MOST_SET_SONGS
from aidj.sequencing.rules import ARTIST_GAP, Contender, Rules
from aidj.sequencing.themes import Theme

GOOD_FIT_S = 1.5
"""Among fits this good, the better songs win."""
POOR_FIT_S = 6.0
"""A worse fit is worth another theme or rotation."""
BAD_FIT_S = 15.0
"""A worse fit is worth breaking a mild rule."""
VERY_BAD_FIT_S = 30.0
"""A worse fit is worth an artist twice in a set."""
_ENOUGH_S = (GOOD_FIT_S, POOR_FIT_S, POOR_FIT_S, BAD_FIT_S, VERY_BAD_FIT_S)

_SECONDS_PER_STANDING = 10.0
"""A song that stands at the end of its shelf instead of its head is worth so many seconds of error."""
_COUNT_CHANGED_S = 4.0
_CLASH_S, _MILD_S = 25.0, 8.0
"""What an artist near itself, and what any other broken rule, is worth."""
_ALTERNATES = 40
_PAIRS = 400


@dataclass(frozen=True, slots=True)
class _Move:
    """One song for another, one more, or one less."""

    set_number: int
    old: Contender | None
    new: Contender | None
    change_s: float
    loss_s: float
    """What the new song is worse than the old one, as seconds of error."""


def fit_length(
    sets: list[list[Contender]],
    themes: list[Theme],
    pool: Sequence[Contender],
    length_s: Callable[[Contender], float],
    standing: Mapping[str, float],
    *,
    music_s: float,
    rules: Rules,
    played: Sequence[Contender] = (),
) -> None:
    """Exchange songs in place until the sets last as long as wanted, or as nearly as can be.

    Parameters
    ----------
    pool : sequence of Contender
        Songs that are not in any set, best first in each rotation.
    standing : mapping of track id to float
        0 for the best of its rotation to about 1 for the last.
    """
    for freedom, enough_s in enumerate(_ENOUGH_S):
        for _ in range(3):
            error_s = sum(length_s(song) for songs in sets for song in songs) - music_s
            if abs(error_s) <= enough_s:
                return
            moves = _moves(sets, themes, pool, length_s, standing, played, rules, freedom)
            best = _best(moves, error_s)
            if not best:
                break
            for move in best:
                _apply(move, sets)
            gone = {song.id for songs in sets for song in songs}
            taken = frozenset().union(*(song.songs for songs in sets for song in songs))
            freed = [move.old for move in best if move.old]
            pool = [c for c in [*pool, *freed] if c.id not in gone and c.songs.isdisjoint(taken)]


def _moves(
    sets: Sequence[Sequence[Contender]],
    themes: Sequence[Theme],
    pool: Sequence[Contender],
    length_s: Callable[[Contender], float],
    standing: Mapping[str, float],
    played: Sequence[Contender],
    rules: Rules,
    freedom: int,
) -> list[_Move]:
    """Return what could be changed: with freedom 1 whatever the theme, with 2 whatever the rotation, with 3 although a
    forgotten favourite, a song never heard or an album comes near another one, with 4 although an artist does."""
    moves: list[_Move] = []
    for number, (songs, theme) in enumerate(zip(sets, themes, strict=True)):
        around = [song for other in sets[max(0, number - 2) : number + 3] for song in other]
        if number < 2:
            around = [*played[1 - ARTIST_GAP :], *around]
        free = [c for c in pool if not c.resting and (freedom > 0 or not theme.members or c.id in theme.members)]
        for old in (*songs, None):
            # Seven songs are too few for two sets: a session of one set may have them for its length's sake.
            if old is None and len(songs) >= MOST_SET_SONGS + (len(sets) == 1 and freedom >= 2):
                continue
            if old is not None and freedom == 0 and old.id in theme.needed:
                continue
            others = [song for song in around if song is not old]
            artists = frozenset().union(*(song.artists for song in others))
            albums = frozenset().union(*(song.albums for song in others))
            forgotten = sum(song.forgotten for song in songs if song is not old)
            unheard = sum(song.unheard for song in songs if song is not old)
            count = 0
            for new in free:
                if old is not None and freedom < 2 and new.candidate.rotation != old.candidate.rotation:
                    continue
                most = max(1, (len(songs) + (old is None)) // 2)
                clash = not new.artists.isdisjoint(artists)
                mild = (
                    (not new.albums.isdisjoint(albums))
                    + (new.forgotten and forgotten >= most and not (old and old.forgotten))
                    + (new.unheard and rules.known_first and unheard >= most and not (old and old.unheard))
                )
                if (clash and freedom < 4) or (mild and freedom < 3):
                    continue
                loss_s = _SECONDS_PER_STANDING * (standing[new.id] - (standing[old.id] if old else 0.0))
                change_s = length_s(new) - (length_s(old) if old else 0.0)
                loss_s += (0.0 if old else _COUNT_CHANGED_S) + _CLASH_S * clash + _MILD_S * mild
                moves.append(_Move(number, old, new, change_s, loss_s))
                count += 1
                if count >= _ALTERNATES:
                    break
            if old is not None and len(songs) > FEWEST_SET_SONGS:
                moves.append(_Move(number, old, None, -length_s(old), _COUNT_CHANGED_S))
    return moves


def _best(moves: Sequence[_Move], error_s: float) -> tuple[_Move, ...]:
    """Return the one or two moves that mend an error best; none if nothing makes it smaller."""
    best: tuple[float, tuple[_Move, ...]] = (_badness(error_s, 0.0), ())
    for move in moves:
        badness = _badness(error_s + move.change_s, move.loss_s)
        if badness < best[0]:
            best = badness, (move,)
    ordered = sorted(moves, key=lambda move: move.change_s)
    changes = [move.change_s for move in ordered]
    close: list[tuple[float, int, int]] = []
    for i, one in enumerate(ordered):
        at = bisect_left(changes, -error_s - one.change_s)
        for j in range(max(i + 1, at - 2), min(len(ordered), at + 3)):
            other = ordered[j]
            badness = _badness(error_s + one.change_s + other.change_s, one.loss_s + other.loss_s)
            if badness < best[0]:
                close.append((badness, i, j))
    close.sort()
    for badness, i, j in close[:_PAIRS]:
        if badness < best[0] and _compatible(ordered[i], ordered[j]):
            return ordered[i], ordered[j]
    return best[1]


def _badness(error_s: float, loss_s: float) -> float:
    return max(GOOD_FIT_S, abs(error_s)) + loss_s


def _compatible(one: _Move, other: _Move) -> bool:
    if one.old is other.old and one.old is not None:
        return False
    if one.set_number == other.set_number and (
        one.old is None or one.new is None or other.old is None or other.new is None
    ):
        return False  # two changes of size in one set could make it too large or too small
    if one.new is None or other.new is None:
        return True
    if not one.new.songs.isdisjoint(other.new.songs):
        return False
    same_shelf = one.set_number == other.set_number and one.new.candidate.rotation == other.new.candidate.rotation
    if same_shelf and (one.new.forgotten or one.new.unheard):
        return False
    near = abs(one.set_number - other.set_number) <= 2
    return not near or (one.new.artists.isdisjoint(other.new.artists) and one.new.albums.isdisjoint(other.new.albums))


def _apply(move: _Move, sets: list[list[Contender]]) -> None:
    songs = sets[move.set_number]
    if move.old is not None:
        songs[:] = [song for song in songs if song is not move.old]
    if move.new is not None:
        songs.append(move.new)
