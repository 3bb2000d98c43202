"""What has begun already of a plan that is laid out again and again: it stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from aidj.model import Item, Link
from aidj.script import Said
from aidj.session.entries import Entry, entries_of
from aidj.session.laid import Laid
from aidj.timeline import Layout, Song, Talk

_OPEN_SONGS = 3
"""So many songs that have begun are laid out anew with what comes."""


class Begun:
    """The first entries of a plan, as they were laid out when they began.

    Most of them are over, and are not laid out again each time: a session may last for hours.

    Attributes
    ----------
    entries : list of Entry
        What has begun, in order.
    said : dict of int to Said
        What its links say, by their place.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.said: dict[int, Said] = {}
        self._placed: dict[int, Song | Talk | None] = {}
        self._base: Layout | None = None
        """What cannot change any more, laid out."""
        self._in_base: list[int] = []
        self._base_ends = 0

    def __len__(self) -> int:
        return len(self.entries)

    def copy(self) -> Begun:
        """Return the same once more, to come back to."""
        other = Begun()
        other.entries, other.said, other._placed = list(self.entries), dict(self.said), dict(self._placed)
        other._base = self._base and self._base.copy()
        other._in_base, other._base_ends = list(self._in_base), self._base_ends
        return other

    def keep(self, laid: Laid, begun: int) -> None:
        """Keep the first entries of a plan as they were laid out."""
        for number in range(len(self), begun):
            self._placed[number] = laid.placed.get(number)
            if number in laid.said:
                self.said[number] = laid.said[number]
        self.entries = entries_of(laid.plan)[:begun]

    def restart(self, begun: int) -> None:
        """Have what comes from an entry on laid out as a new beginning, after silence."""
        self._base, self._in_base, self._base_ends = None, [], begun
        self._placed = dict.fromkeys(self._placed)

    def placed(self, number: int, entry: Entry) -> Song | Talk | None:
        """Return what was laid out of an entry, with what is written in it now: a cut may be new."""
        what = self._placed[number]
        if isinstance(what, Song) and isinstance(entry, Item):
            return replace(what, item=entry)
        if isinstance(what, Talk) and isinstance(entry, Link):
            return replace(what, link=entry)
        return None

    def laid_out(self, placed: Mapping[int, Song | Talk], empty: Callable[[], Layout]) -> tuple[Layout, list[int]]:
        """Return everything laid out, and the place among the entries of each thing in it.

        Parameters
        ----------
        placed : mapping of int to Song or Talk
            What has begun, by `placed`, and what comes, by their places.
        empty : callable
            Makes a layout with nothing in it.
        """
        if self._base is None:
            self._base = empty()
        songs = [number for number, what in self._placed.items() if isinstance(what, Song)]
        # The last songs that have begun may still be cut, and so may what is said between them.
        for number in range(self._base_ends, songs[-_OPEN_SONGS] if len(songs) >= _OPEN_SONGS else 0):
            if number in placed:
                self._base.add(_over(placed[number]))
                self._in_base.append(number)
            self._placed[number] = None
            self._base_ends = number + 1
        layout = self._base.copy()
        numbers = list(self._in_base)
        for number, what in placed.items():
            if number >= self._base_ends:
                layout.add(what)
                numbers.append(number)
        return layout, numbers


def _over(what: Song | Talk) -> Song | Talk:
    """Return what has been heard without its samples: where it stands still matters, and hours of speech are large."""
    if isinstance(what, Song):
        return what
    silence = np.broadcast_to(np.float32(0.0), what.speech.samples.shape)  # one number, whatever the length
    return replace(what, speech=replace(what.speech, samples=silence))
