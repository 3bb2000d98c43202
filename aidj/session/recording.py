"""What was heard in a live session goes into the history as it happens, so that a crash loses nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from aidj.database import storing, transaction
from aidj.errors import AidjError, ConfigError, HistoryError
from aidj.home import Home
from aidj.model import Listen, ListenKind, Opinion, Plan, Track, Verdict
from aidj.script import Said, session_key
from aidj.scrobbling import Account, Scrobbler
from aidj.session.presenting import Warn

LISTEN_SHARE = 0.5
LISTEN_MAX_S = 240.0
"""A song counts as listened to when so much of it was heard, or so long: the rule of scrobbling services."""


def listen_after_s(track: Track) -> float:
    """Return how much of a song must be heard to count."""
    return min(LISTEN_SHARE * track.duration_s, LISTEN_MAX_S)


class Recording:
    """Writes down what is heard and said; each thing at once, none of it in a private session.

    What cannot be written is told to `warn`, and costs nothing else.
    """

    def __init__(self, home: Home, *, private: bool, warn: Warn, scrobble: Account | None = None) -> None:
        self._home = home
        self._private = private
        self._warn = warn
        self._said: list[Said] = []
        self._scrobbler: Scrobbler | None = None
        if scrobble is not None and not private:
            try:
                self._scrobbler = Scrobbler(home.folder, scrobble, warn=warn)
            except ConfigError as error:
                warn(f"Nothing is scrobbled. {error}")

    def close(self) -> None:
        """End what is sent in the background; what is left is sent by the next session."""
        if self._scrobbler is not None:
            self._scrobbler.close()

    def began(self, track: Track, at: datetime) -> None:
        """Tell what is playing, where the listener wants that told."""
        if self._scrobbler is not None:
            self._scrobbler.playing_now(_listen_of(track, at, 0.0, "short"))

    def heard(self, track: Track, began_at: datetime, played_s: float, kind: ListenKind = "listen") -> None:
        """Note how a song was heard: a later word on the same one takes the place of an earlier one."""
        if self._private:
            return
        listen = _listen_of(track, began_at, played_s, kind)
        self._try("A listen", lambda: self._log(listen))
        if self._scrobbler is not None:
            self._scrobbler.wake()

    def offered(self, plan: Plan) -> None:
        """Note which songs were put before the listener, in place of what was noted of the same session."""
        if not self._private:
            self._try("What was offered", lambda: self._home.history.remember(plan))

    def said(self, plan: Plan, said: Said) -> None:
        """Note what the presenter has said."""
        if not self._private:
            self._said.append(said)
            self._try("What was said", lambda: self._home.said.record(session_key(plan), self._said))

    def opinion(self, verdict: Verdict, track: Track, at: datetime, *, artist: bool, days: int | None) -> Opinion:
        """Note what the listener thinks of a song, or of everything by its artist, and return it."""
        opinion = Opinion(
            verdict=verdict,
            artist=track.lead,
            title=None if artist else track.title,
            said_at=at,
            until=at + timedelta(days=days) if days is not None else None,
        )
        if not self._private:
            self._try("An opinion", lambda: self._home.history.say(opinion))
        return opinion

    def _log(self, listen: Listen) -> None:
        # In one transaction: else, killed in between, it would be in the history and never be scrobbled.
        unharmed = "what was stored before is unharmed"
        with (
            storing(HistoryError, "The data file cannot be written", where="what was heard", unharmed=unharmed),
            transaction(self._home.connection),
        ):
            self._try("A listen", lambda: self._home.history.log([listen]))
            if self._scrobbler is not None:
                self._try("A listen to be scrobbled", lambda: self._home.scrobbles.add(listen))

    def _try(self, what: str, write: Callable[[], object]) -> None:
        try:
            write()
        except AidjError as error:
            self._warn(f"{what} is not remembered. {error}")


def _listen_of(track: Track, began_at: datetime, played_s: float, kind: ListenKind) -> Listen:
    return Listen(
        listened_at=began_at,
        artist=track.artist,
        title=track.title,
        album=track.album,
        duration_s=track.duration_s,
        played_s=round(played_s, 3),
        kind=kind,
        recording_mbid=track.recording_mbid,
        isrc=track.isrc,
        source="aidj",
    )
