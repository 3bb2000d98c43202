"""Everything that is known of a listener, from one data folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from made_up import NOW, track
from songs import listens

from aidj.history import HistoryFile
from aidj.home import open_home
from aidj.model import Item, Listener, Opinion, Plan, Set, TrackRef

TRACKS = (track(0), replace(track(1), rating=0.8))


def test_nothing_is_known_of_a_new_listener(tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        listener = home.listener(TRACKS[:1], NOW)
        assert listener == Listener()
        assert not len(listener.plays.track) + len(listener.plays.elsewhere.artist) + len(listener.offers.track)


def test_a_listener_is_plays_offers_opinions_and_standing(tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        rows = [
            *listens(3, every_days=7, last=NOW, artist=TRACKS[1].artist, title=TRACKS[1].title),
            *listens(2, every_days=5, last=NOW, artist="Nobody Else", title="Made-up Hit"),
        ]
        home.history.add(HistoryFile(label="here", format="test", listens=rows))
        rest = Opinion(
            verdict="rest", artist="Nobody 1", said_at=NOW - timedelta(days=1), until=NOW + timedelta(days=1)
        )
        home.history.say(rest)
        for days in (0, 1):
            song = TRACKS[days]
            offer = Item(track=TrackRef(id=song.id, artist=song.artist, title=song.title))
            home.history.remember(
                Plan(
                    title="made up",
                    planned_at=NOW - timedelta(days=days),
                    seed=0,
                    minutes=60,
                    presenter="nobody",
                    sets=(Set(theme="songs", entries=(offer,)),),
                )
            )

        listener = home.listener(TRACKS, NOW)
        assert listener.plays.track.tolist() == [1, 1, 1]
        assert listener.plays.elsewhere.names == ("nobodyelse",)
        assert listener.plays.elsewhere.artist.tolist() == [0, 0]
        assert listener.offers.track.tolist() == [1]  # not what is planned for this very moment
        assert listener.opinions == (rest,)
        assert listener.standing is not None
        assert np.array_equal(listener.standing.rating, [np.nan, 0.8], equal_nan=True)
        assert home.listener(TRACKS, NOW + timedelta(days=1)).opinions == ()


def test_the_catalogue_of_the_same_tracks_is_kept(tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        catalogue = home.catalogue(TRACKS)
        assert home.catalogue(TRACKS) is catalogue
        assert home.catalogue(TRACKS[:1]).describes(TRACKS[:1])
        assert home.catalogue(TRACKS).describes(TRACKS)
