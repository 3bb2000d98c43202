"""What keeps Mopidy's tracklist fit for a session: there is always a track to go on to, and one to go back to."""

from __future__ import annotations

from typing import Any

import pykka
from mopidy.core import CoreListener

from aidj.mopidy.backend import AidjBackend
from aidj.mopidy.uris import number_of, uri_of


class AidjFrontend(pykka.ThreadingActor, CoreListener):
    """The actor that hears what Mopidy plays."""

    def __init__(self, config: dict[str, Any], core: Any) -> None:
        super().__init__()
        self.core = core

    def track_playback_started(self, tl_track: Any) -> None:
        """Put our tracks around the one that plays, and take away those left behind; end the session for others'."""
        number = number_of(tl_track.track.uri)
        if number is None:
            for actor in pykka.ActorRegistry.get_by_class(AidjBackend):
                actor.proxy().leave()
            return
        tracklist = self.core.tracklist
        entries = tracklist.get_tl_tracks().get()
        place = next((at for at, entry in enumerate(entries) if entry.tlid == tl_track.tlid), None)
        if place is None:  # gone already
            return
        wanted = {place - 1: uri_of(number - 1), place + 1: uri_of(number + 1)}
        stay = {
            entries[at].tlid for at, uri in wanted.items() if 0 <= at < len(entries) and entries[at].track.uri == uri
        }
        gone = [
            entry.tlid
            for entry in entries
            if number_of(entry.track.uri) is not None and entry.tlid not in stay | {tl_track.tlid}
        ]
        if gone:
            tracklist.remove({"tlid": gone}).get()
        place = tracklist.index(tlid=tl_track.tlid).get()
        if place is None:
            return
        here = {entry.track.uri for entry in entries if entry.tlid in stay}
        if uri_of(number + 1) not in here:
            tracklist.add(uris=[uri_of(number + 1)], at_position=place + 1).get()
        if uri_of(number - 1) not in here:
            tracklist.add(uris=[uri_of(number - 1)], at_position=place).get()
