"""What ratings and play counts say of a song: all there is while no listens are known, a little more beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import Standing
from aidj.selection.catalogue import Catalogue

GOOD_RATING = 0.8
MANY_PLAYS = 5
"""A song rated so high, or played so often, counts as a favourite of somebody whose listens are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SongStanding:
    """Ratings and play counts by song, all its versions together, as columns of shape (n_songs,)."""

    rating: NDArray[np.float64] = field(compare=False)
    """The best of its versions, 0 to 1; NaN where unknown."""
    play_count: NDArray[np.int64] = field(compare=False)
    last_played: NDArray[np.float64] = field(compare=False)
    """Unix seconds UTC; NaN where unknown."""
    of_a_player: bool
    """A player's own database was read; else everything is from tags."""

    @classmethod
    def of(cls, standing: Standing | None, catalogue: Catalogue, now: datetime) -> SongStanding:
        """Join what a player says with what the tags say; times after `now` (a wrong clock) are left out."""
        rating, count, last_played = catalogue.rating, catalogue.play_count, np.full(len(catalogue), np.nan)
        if standing is not None:
            # By number: what is said of tracks[i] belongs at place[i].
            said = {name: np.empty_like(getattr(standing, name)) for name in ("rating", "play_count", "last_played")}
            for name, column in said.items():
                column[catalogue.place] = getattr(standing, name)
            rating = np.where(np.isnan(said["rating"]), rating, said["rating"])
            count = np.maximum(count, said["play_count"])
            last_played = np.where(said["last_played"] <= now.timestamp(), said["last_played"], np.nan)
        of_song = np.full(catalogue.n_songs, np.nan)
        last_of_song = of_song.copy()
        np.fmax.at(of_song, catalogue.song, rating)
        np.fmax.at(last_of_song, catalogue.song, last_played)
        counts = np.bincount(catalogue.song, weights=count, minlength=catalogue.n_songs).astype(np.int64)
        return cls(rating=of_song, play_count=counts, last_played=last_of_song, of_a_player=standing is not None)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where anything is said at all."""
        return ~np.isnan(self.rating) | (self.play_count > 0) | ~np.isnan(self.last_played)

    @property
    def favourite(self) -> NDArray[np.bool_]:
        """Rated high or played often."""
        return (np.nan_to_num(self.rating) >= GOOD_RATING) | (self.play_count >= MANY_PLAYS)

    @property
    def strength(self) -> NDArray[np.float64]:
        """How much it speaks for a song, from -1 (the worst rating) to 2; 0 where nothing is said. Our own scale."""
        by_rating = np.where(np.isnan(self.rating), 0.0, 2.0 * self.rating - 1.0)
        return np.asarray(by_rating + np.minimum(np.log1p(self.play_count) / np.log(100.0), 1.0))
