"""What plays in Mopidy under `aidj:radio`: one live session, streamed to Mopidy's own player."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pykka
from mopidy import backend
from mopidy.models import Ref, Track

from aidj.config import load_settings
from aidj.errors import AidjError
from aidj.home import default_data_folder
from aidj.model import TalkLevel
from aidj.mopidy.stream import Stream
from aidj.mopidy.uris import NAME, RADIO, ROOT, SCHEME, number_of
from aidj.script import LlmWriter
from aidj.session import DEFAULT_PRESENTER, Session, Wishes

log = logging.getLogger(__name__)


class AidjBackend(pykka.ThreadingActor, backend.Backend):
    """The actor that Mopidy asks for music."""

    uri_schemes = [SCHEME]  # noqa: RUF012 - as Mopidy declares it

    def __init__(self, config: dict[str, Any], audio: Any) -> None:
        super().__init__()
        self.library = AidjLibrary(backend=self)
        self.playback = AidjPlayback(audio=audio, backend=self)
        # Mopidy's are strings of its own kinds, which no other process could be sent.
        self.settings = {key: str(value) if value else "" for key, value in config["aidj"].items()}

    def leave(self) -> None:
        """End the session: something else plays now."""
        self.playback.end()

    def on_stop(self) -> None:
        """End with Mopidy: first what it plays, which would take the end of the stream for the end of a track."""
        self.playback.stop()


class AidjLibrary(backend.LibraryProvider):
    """One folder with one track in it."""

    root_directory = Ref.directory(uri=ROOT, name="aidj")

    def browse(self, uri: str) -> list[Ref]:
        """Return what is in the folder."""
        return [Ref.track(uri=RADIO, name=NAME)] if uri == ROOT else []

    def lookup(self, uri: str) -> list[Track]:
        """Return the track of an address: Mopidy 3 asks like this."""
        return [] if number_of(uri) is None else [Track(uri=uri, name=NAME)]

    def lookup_many(self, uris: Iterable[str]) -> dict[str, list[Track]]:
        """Return the tracks of addresses: Mopidy 4 asks like this."""
        return {uri: found for uri in uris if (found := self.lookup(uri))}


class AidjPlayback(backend.PlaybackProvider):
    """Turns what Mopidy does with its tracks into what is asked of the session."""

    def __init__(self, audio: Any, backend: Any) -> None:
        super().__init__(audio, backend)
        self._stream: Stream | None = None
        self._number = 0

    def translate_uri(self, uri: str) -> str | None:
        """Return where the session is heard, begun if there is none; None if it cannot be.

        Another of our tracks than the last time means the next song, or the one before.
        """
        number = number_of(uri)
        if number is None:
            return None
        before, self._number = self._number, number
        if self._stream is not None and self._stream.ended:
            self.end()
            if number != before:  # Mopidy goes on by itself after the end: there is nothing any more
                return None
        if self._stream is None:
            try:
                self._stream = Stream(_session(self.backend.settings))
            except (AidjError, OSError) as error:
                log.error("aidj cannot play: %s", error)
                return None
        elif number > before:
            self._stream.session.skip()
        elif number < before:
            self._stream.session.previous()
        return self._stream.url

    def is_live(self, uri: str) -> bool:
        """Return that nothing of it can be loaded beforehand: what is skipped must not be heard any more."""
        return True

    def on_source_setup(self, source: Any) -> None:
        """Have GStreamer wait as long as a pause lasts."""
        if source.find_property("timeout") is not None:
            source.set_property("timeout", 0)

    def play(self) -> bool:
        """Start, after an address was given or a pause."""
        self._resume()
        return bool(super().play())

    def resume(self) -> bool:
        """Go on after a pause."""
        self._resume()
        return bool(super().resume())

    def pause(self) -> bool:
        """Stop where it is."""
        if self._stream is not None:
            self._stream.pause()
        return bool(super().pause())

    def seek(self, time_position: int) -> bool:
        """Return that there is no way back or forth in a live session."""
        return False

    def stop(self) -> bool:
        """Stop, and end the session."""
        stopped = bool(super().stop())
        self.end()
        return stopped

    def end(self) -> None:
        """End the session, if there is one."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _resume(self) -> None:
        if self._stream is not None:
            self._stream.resume()


def _session(own: dict[str, str]) -> Session:
    """Return a session as the listener has set it, in Mopidy's settings and in aidj's own."""
    folder = Path(own["data"]) if own["data"] else default_data_folder()
    settings = load_settings(folder)
    talk = replace(settings.talk, level=cast(TalkLevel, own["talk"])) if own["talk"] else settings.talk
    return Session(
        folder,
        wishes=Wishes(handover=settings.handover, leave_alone=settings.leave_alone, talk=talk),
        mix=settings.mix,
        presenter=own["presenter"] or settings.presenter or DEFAULT_PRESENTER,
        talk=talk,
        writer=LlmWriter(settings.writer, personal=talk.personal) if settings.writer else None,
        translator=settings.translator,
        scrobble=settings.scrobble,
    )
