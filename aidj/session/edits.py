"""What the listener asks for, done to a plan whose beginning is heard already: plans in, plans out.

Every edit is given the plan, what is laid out of it (`Laid`), and the first frame of that timeline that can still
change. Entries that have begun by then stay where they are; all that can be done to them is to fade them out.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from aidj.model import Item, Link, Plan, TrackRef
from aidj.session.commands import StopAfter
from aidj.session.entries import Entry, entries_of, numbered, set_numbers, with_entries
from aidj.session.laid import Laid

RESTART_S = 3.0
"""Before that, "previous" is the song before; later, this one from its beginning."""

_LINKS_HEARD = 3
"""What is being said is among so many entries that began last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A plan as it is to be."""

    plan: Plan
    cut: int | None = None
    """The place of the song that is faded out for it, where one is."""


Edit = Callable[[Plan, Laid, int], Edited | None]
"""None where it cannot be done, or not yet."""

_Numbered = list[tuple[int, Entry]]


# What the listener asks -----------------------------------------------------------------------------------------------


def leave(plan: Plan, laid: Laid, at: int, *, song: int | None, cuts: Container[int], is_final: bool) -> Edited | None:
    """Fade the sounding song out, into the next one; while the presenter speaks before that one, only the words.

    Parameters
    ----------
    song : int, optional
        The place of the song that was meant. Where it is over by itself, the plan stays as it is.
    cuts : container of int
        The places of songs that are over because they were faded out: who leaves one twice means the next as well.
    is_final : bool
        Whether nothing will be added behind the plan. Else its last song is not left: None, until one comes behind it.
    """
    sounding = song_before(plan, laid.begun(at))
    if song is not None and sounding is not None and sounding > song and song not in cuts:
        return Edited(plan=plan)
    if (parts := _between_songs(plan, laid, at)) is None:
        return None
    cut, begun, ahead = parts
    if not ahead and not is_final:
        return None
    if ahead:
        where, following = ahead[0]
        assert isinstance(following, Item)
        ahead[0] = where, replace(following, transition=None)  # that was for the whole song
    return Edited(plan=with_entries(plan, begun + ahead), cut=cut)


def go_back(plan: Plan, laid: Laid, at: int, *, unwanted: Container[TrackRef] = ()) -> Edited | None:
    """Fade the sounding song out and play it again; in its first seconds, the one before it that is not unwanted.

    While the presenter speaks behind a song, that one is meant. None before the first one.
    """
    if (parts := _between_songs(plan, laid, at)) is None:
        return None
    cut, begun, ahead = parts
    if (last := song_before(plan, len(begun))) is None:
        return None
    again = begun[last][1]
    assert isinstance(again, Item)
    if again.cut_s is not None and again.cut_s < RESTART_S:
        before = (entry for _, entry in reversed(begun[:last]) if isinstance(entry, Item))
        again = next((entry for entry in before if entry.track not in unwanted), again)
    again = replace(
        again, rotation="request", why="asked for again", transition=None, cut_s=None, starts_s=None, rules=()
    )
    where = begun[-1][0]  # behind all that has begun, be it a link of the next set
    return Edited(plan=with_entries(plan, [*begun, (where, again), *ahead]), cut=cut)


def hush(plan: Plan, laid: Laid, at: int) -> Edited | None:
    """Fade out what is being said; None where nothing is."""
    pairs = numbered(plan)
    return Edited(plan=with_entries(plan, pairs)) if _hush_link(pairs, laid, at) else None


def turn_to(plan: Plan, laid: Laid, at: int, *, other: Plan, kept: int, at_once: bool) -> Edited | None:
    """Go on with another plan that has the first songs in common with this one.

    Parameters
    ----------
    kept : int
        How many songs they share. None is returned where more of this plan have begun.
    at_once : bool
        Whether the sounding song is faded out for it. Then a shared song that is only announced yet does not come.
    """
    begun = laid.begun(at)
    if songs_begun(plan, begun) > kept:
        return None
    if not at_once:
        return Edited(plan=other)
    if (edited := cut_song(other, laid, at)) is None:
        return None
    pairs = numbered(edited.plan)
    shared = [number for number, (_, entry) in enumerate(pairs) if isinstance(entry, Item)][:kept]
    ahead = pairs[max(begun, max(shared, default=-1) + 1) :]
    return replace(edited, plan=with_entries(edited.plan, pairs[:begun] + ahead))


def leave_for_good(
    plan: Plan,
    laid: Laid,
    at: int,
    *,
    song: int | None,
    cuts: Container[int],
    is_final: bool,
    without: Callable[[Plan, int], Plan],
) -> Edited | None:
    """Fade the sounding song out, into the next one that may still come.

    Parameters
    ----------
    without : callable
        Given a plan and how many of its entries have begun, returns it without what may come no more.

    The others are those of `leave`.
    """
    return leave(without(plan, laid.begun(at)), laid, at, song=song, cuts=cuts, is_final=is_final)


def next_set(plan: Plan, laid: Laid, at: int) -> Edited | None:
    """Fade the sounding song out, into the set after its own; None where none is planned.

    What is said before that set becomes a jump: nobody waits for the end of a set that was left.
    """
    if (parts := _between_songs(plan, laid, at)) is None:
        return None
    cut, begun, _ = parts
    own = max((where for where, _ in begun), default=-1)
    ahead = [(where, entry) for where, entry in numbered(plan)[len(begun) :] if where > own]
    if not any(isinstance(entry, Item) for _, entry in ahead):
        return None
    first = next(n for n, (_, entry) in enumerate(ahead) if isinstance(entry, Item))
    for n, (where, entry) in enumerate(ahead[: first + 1]):
        if isinstance(entry, Link):
            ahead[n] = where, replace(entry, kind="jump", text=None, line=None)
        else:
            ahead[n] = where, replace(entry, transition=None)
    return Edited(plan=with_entries(plan, begun + ahead), cut=cut)


def has_next_set(plan: Plan, laid: Laid, at: int) -> bool:
    """Return whether a set is planned behind the one that sounds."""
    begun = laid.begun(at)
    sets = set_numbers(plan)
    own = sets[begun - 1] if begun else -1
    return any(where > own and isinstance(entry, Item) for where, entry in numbered(plan)[begun:])


def stop(plan: Plan, laid: Laid, at: int, *, after: StopAfter) -> Edited:
    """End with the song or the set that sounds, or fade it out now."""
    begun = max(laid.begun(at), 1)
    if after == "now":
        edited = cut_song(plan, laid, at) or Edited(plan=plan)
        return replace(edited, plan=with_entries(plan, numbered(edited.plan)[:begun]))
    pairs = numbered(plan)
    last = begun - 1
    if after == "set":
        sets = set_numbers(plan)
        last = max(number for number, where in enumerate(sets) if where == sets[last])
    while last < len(pairs) - 1 and not isinstance(pairs[last][1], Item):
        last += 1  # what is said before a song is said for it
    return Edited(plan=with_entries(plan, pairs[: last + 1]))


def without_length(plan: Plan) -> Plan:
    """Return a plan whose links do not say how long it is."""
    pairs: _Numbered = []
    for where, entry in numbered(plan):
        if isinstance(entry, Link):
            entry = replace(entry, facts={name: value for name, value in entry.facts.items() if name != "minutes"})
        pairs.append((where, entry))
    return with_entries(plan, pairs)


# What they are made of ------------------------------------------------------------------------------------------------


def cut_song(plan: Plan, laid: Laid, at: int) -> Edited | None:
    """Fade out the sounding song, and what is said; None where all that sounds is faded out already."""
    pairs = numbered(plan)
    is_hushed = _hush_link(pairs, laid, at)
    number = song_before(plan, laid.begun(at))
    if number is not None and number in laid.marks:
        where, song = pairs[number]
        if isinstance(song, Item) and song.cut_s is None:
            pairs[number] = where, replace(song, cut_s=_heard_s(laid, number, at))
            return Edited(plan=with_entries(plan, pairs), cut=number)
    # Before the first song, or after one that was left, there may be words alone.
    return Edited(plan=with_entries(plan, pairs)) if is_hushed else None


def song_before(plan: Plan, begun: int) -> int | None:
    """Return the place of the last song among the first entries of a plan."""
    entries = entries_of(plan)[:begun]
    return next((number for number in range(len(entries) - 1, -1, -1) if isinstance(entries[number], Item)), None)


def songs_begun(plan: Plan, begun: int) -> int:
    """Return how many songs the first entries of a plan hold, with the one that a link at their end speaks before."""
    entries = entries_of(plan)
    count = sum(isinstance(entry, Item) for entry in entries[:begun])
    return count + (begun > 0 and isinstance(entries[begun - 1], Link))


def _between_songs(plan: Plan, laid: Laid, at: int) -> tuple[int | None, _Numbered, _Numbered] | None:
    """Fade out all that sounds.

    Returns
    -------
    cut, begun, ahead
        The place of the song that is faded out, where one is; all that has begun, and what is ahead from the next song
        on: what was to be said between the two is dropped. None as for `cut_song`.
    """
    cut = cut_song(plan, laid, at)
    if cut is None:
        return None
    pairs, begun = numbered(cut.plan), laid.begun(at)
    following = next((n for n in range(begun, len(pairs)) if isinstance(pairs[n][1], Item)), len(pairs))
    return cut.cut, pairs[:begun], pairs[following:]


def _hush_link(pairs: _Numbered, laid: Laid, at: int) -> bool:
    """Have what is being said fade out from a frame on; return False where nothing is."""
    begun = laid.begun(at)
    for number in range(begun - 1, max(-1, begun - 1 - _LINKS_HEARD), -1):
        where, entry = pairs[number]
        if isinstance(entry, Link) and number in laid.marks and laid.end_frame(number) > at:
            if entry.cut_s is not None:
                return False
            pairs[number] = where, replace(entry, cut_s=_heard_s(laid, number, at))
            return True
    return False


def _heard_s(laid: Laid, number: int, at: int) -> float:
    """Return how much of an entry is heard before a frame, in seconds; nothing where it begins later."""
    return max(0, at - laid.start_frame(number)) / laid.timeline.rate
