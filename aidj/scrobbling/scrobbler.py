"""The queue is sent in the background, on a thread with its own connection: whoever plays music waits for nothing."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from aidj.database import open_database
from aidj.errors import AidjError
from aidj.model import Listen
from aidj.scrobbling.account import Account
from aidj.scrobbling.queue import Queue
from aidj.scrobbling.sending import PACE_S, Sender, Trouble
from aidj.scrobbling.service import TIMEOUT_S, Service
from aidj.scrobbling.tables import TABLES

FIRST_REST_S = 5.0
MAX_REST_S = 900.0
CLOSING_S = 3.0
_USUAL_SONG_S = 240.0
_MANY_FAILURES = 5
"""After so many in a row, some minutes, the listener is told."""

_log = logging.getLogger(__name__)


def rest_s(failures: int, chance: float, first_s: float = FIRST_REST_S) -> float:
    """Return how long to wait after some failures in a row, 1 or more: twice as long each time, up to `MAX_REST_S`.

    Parameters
    ----------
    failures : int
    chance : float
        0 to 1; with 0 it is half as long as with 1. Many listeners whom one outage has sent away do not come back in
        the same second.
    first_s : float
        After one failure, at most.
    """
    longest_s = min(first_s * 2.0 ** min(failures - 1, 30), MAX_REST_S)
    return longest_s * (0.5 + 0.5 * chance)


class Scrobbler:
    """Sends what waits in a data file, as long as it lives; also what earlier sessions have left.

    Every method may be called from any thread and returns at once, `close` within its time.

    Parameters
    ----------
    folder : Path
        The data folder.
    account : Account
        Whose listens they are.
    warn : callable
        Is told what the listener should know, on the scrobbler's thread, once for each thing.
    timeout_s, pace_s, first_rest_s : float
        The time of a request, the least time between two, and the longest rest after a first failure.

    Raises
    ------
    ConfigError
        If nothing can or should be sent for this account, see `check_account`.
    """

    def __init__(
        self,
        folder: Path,
        account: Account,
        *,
        warn: Callable[[str], None] = _log.warning,
        timeout_s: float = TIMEOUT_S,
        pace_s: float = PACE_S,
        first_rest_s: float = FIRST_REST_S,
    ) -> None:
        self._folder = folder
        self._service = Service(account, timeout_s=timeout_s)
        self._warn = warn
        self._pace_s = pace_s
        self._first_rest_s = first_rest_s
        self._changed = threading.Condition()
        self._is_woken = True  # what earlier sessions have left
        self._playing: tuple[Listen, float] | None = None
        self._closes_at_s: float | None = None
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="aidj-scrobbler", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that something was queued."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    def playing_now(self, listen: Listen) -> None:
        """Say what is playing, if the service can be reached now; it is never queued."""
        with self._changed:
            self._playing = listen, time.monotonic()
            self._changed.notify_all()

    def close(self, patience_s: float = CLOSING_S) -> None:
        """End: what is being sent has so much time to come to its end. What is left is sent by the next session."""
        with self._changed:
            self._closes_at_s = time.monotonic() + patience_s
            self._changed.notify_all()
        self._thread.join(patience_s)
        if self._thread.is_alive():
            self._service.close()
            self._thread.join(1.0)

    # On its own thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with closing(open_database(self._folder, TABLES)) as connection:
                sender = Sender(
                    Queue(connection),
                    self._service,
                    pause=self._pause,
                    pace_s=self._pace_s,
                    tell=self._tell_refused,
                )
                self._work(sender)
        except AidjError as error:
            self._warn(f"Nothing is scrobbled in this session any more. {error}")
        except Exception:  # whatever it is, the music goes on
            _log.exception("The scrobbler has ended")

    def _work(self, sender: Sender) -> None:
        failures = 0
        resting_s: float | None = None
        while self._waited(resting_s):
            trouble = self._sent(sender)
            if trouble is None:
                failures, resting_s = 0, None
            elif trouble.kind == "unauthorised":
                self._tell(trouble)
                return
            elif trouble.kind == "busy":
                resting_s = trouble.wait_s
            else:
                failures += 1
                resting_s = max(trouble.wait_s, rest_s(failures, random.random(), self._first_rest_s))
                if trouble.kind == "elsewhere" or failures >= _MANY_FAILURES:
                    self._tell(trouble)

    def _sent(self, sender: Sender) -> Trouble | None:
        with self._changed:
            playing, self._playing = self._playing, None
        try:
            trouble = sender.send_all()
        except AidjError as error:  # such as a scan that writes for long
            return Trouble(kind="later", why=str(error))
        if trouble is None and playing is not None:
            listen, since_s = playing
            if time.monotonic() - since_s < (listen.duration_s or _USUAL_SONG_S):
                return sender.playing_now(listen)
        return trouble

    def _waited(self, resting_s: float | None) -> bool:
        """Wait for something to do, or, while resting, until that is over; return whether to do it."""
        with self._changed:
            if resting_s is None:
                self._changed.wait_for(lambda: self._is_woken or self._playing or self._closes_at_s is not None)
            else:
                self._changed.wait_for(lambda: self._closes_at_s is not None, resting_s)
            is_due = self._closes_at_s is None or (self._is_woken and resting_s is None)
            self._is_woken = False
            return is_due

    def _pause(self, seconds: float) -> bool:
        """Wait between two requests; at the end of a session only where that is soon over."""
        until_s = time.monotonic() + seconds
        with self._changed:
            self._changed.wait_for(lambda: self._closes_at_s is not None, seconds)
            if self._closes_at_s is None:
                return True
            if until_s > self._closes_at_s:
                return False
        time.sleep(max(0.0, until_s - time.monotonic()))
        return True

    def _tell(self, trouble: Trouble) -> None:
        """Tell of trouble, of each kind once."""
        _log.info("Nothing goes to ListenBrainz now: %s", trouble.why)
        if trouble.kind in self._told:
            return
        self._told.add(trouble.kind)
        if trouble.kind == "unauthorised":
            self._warn(
                f"ListenBrainz does not accept the token ({trouble.why}). What you hear stays queued and is sent once "
                "the token is right: look at 'scrobble' in the settings, then start again."
            )
        elif trouble.kind == "elsewhere":
            self._warn(
                f"There is no ListenBrainz at {self._service.address} ({trouble.why}). What you hear stays queued; "
                "look at 'url' under 'scrobble' in the settings."
            )
        else:
            self._warn(f"ListenBrainz is not reached ({trouble.why}). What you hear stays queued and is sent later.")

    def _tell_refused(self, text: str) -> None:
        """Tell of the first listen that is refused; there may be many."""
        if "refused" in self._told:
            _log.info("%s", text)
            return
        self._told.add("refused")
        self._warn(f"{text} See: aidj scrobbles")
