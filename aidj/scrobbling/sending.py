"""All that waits is sent: the oldest first, in batches, and only by one program at a time.

What is taken is noted at once, so that the most that an interruption can cost is that one request is sent again. A
batch that is refused is halved until the listen that is wrong stands alone.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from aidj.model import Listen
from aidj.scrobbling.payload import playing_now_body, submission_body
from aidj.scrobbling.queue import Queue, Scrobble
from aidj.scrobbling.service import Reply, Service, Verdict

BATCH = 100
"""Listens in one request; ten times as many would be taken."""
PACE_S = 1.0
"""Between two requests: the service asks for no more than one call a second."""
BUSY_S = 10.0
"""Until the next try where another program is sending."""

_log = logging.getLogger(__name__)

Pause = Callable[[float], bool]
"""Waits some seconds; returns whether to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why not everything could be sent; what could not is still in the queue."""

    kind: Verdict | Literal["busy", "stopped"]
    """As `Reply` has it; ``busy`` where another program is sending, ``stopped`` where `Pause` said so."""
    why: str
    wait_s: float = 0.0


class Sender:
    """Sends what waits in a queue to a service.

    Parameters
    ----------
    queue, service
        What, and where to.
    pause : callable
        Waits some seconds between two requests, and returns whether to go on.
    pace_s : float
        The least time between two requests.
    tell : callable
        Is told, in a sentence, of each listen that is refused.
    """

    def __init__(
        self,
        queue: Queue,
        service: Service,
        *,
        pause: Pause,
        pace_s: float = PACE_S,
        tell: Callable[[str], None] = _log.warning,
    ) -> None:
        self._queue = queue
        self._service = service
        self._pause = pause
        self._pace_s = pace_s
        self._tell = tell
        self._name = os.urandom(8).hex()
        self._free_at_s = 0.0

    def send_all(self) -> Trouble | None:
        """Send all that waits; return what stood in the way, None where nothing waits any more.

        Raises HistoryError where the queue cannot be read or written.
        """
        if not self._queue.waiting(1):
            return None
        try:
            while True:
                # Only who may send knows what waits: another program may be sending it.
                if not self._may_send():
                    return Trouble(kind="busy", why="another aidj is sending", wait_s=BUSY_S)
                batch = self._queue.waiting(BATCH)
                if not batch:
                    return None
                if trouble := self._send(batch):
                    return trouble
        finally:
            self._queue.release(self._name)

    def playing_now(self, listen: Listen) -> Trouble | None:
        """Say what is playing; it is not kept where that fails."""
        reply = self._ask(playing_now_body(listen))
        if isinstance(reply, Trouble):
            return reply
        return None if reply.verdict == "refused" else _trouble(reply)

    def _send(self, batch: Sequence[Scrobble]) -> Trouble | None:
        reply = self._ask(submission_body([each.document for each in batch]), leased=True)
        if isinstance(reply, Trouble):
            return reply
        if reply.verdict == "accepted":
            self._queue.mark_sent(batch)
            return None
        if reply.verdict != "refused":
            return _trouble(reply)
        if len(batch) > 1:
            half = len(batch) // 2
            return self._send(batch[:half]) or self._send(batch[half:])
        refused = batch[0]
        self._queue.mark_refused(refused, reply.why)
        self._tell(f"ListenBrainz does not take {refused.artist} – {refused.title} ({reply.why}); it is set aside.")
        return None

    def _ask(self, body: bytes, *, leased: bool = False) -> Reply | Trouble:
        wait_s = self._free_at_s - time.monotonic()
        if wait_s > 0 and not self._pause(wait_s):
            return Trouble(kind="stopped", why="it was told to stop")
        if leased and not self._may_send():
            return Trouble(kind="busy", why="another aidj is sending", wait_s=BUSY_S)
        reply = self._service.submit(body)
        self._free_at_s = time.monotonic() + max(self._pace_s, reply.wait_s)
        return reply

    def _may_send(self) -> bool:
        return self._queue.lease(self._name, time.time())


def _trouble(reply: Reply) -> Trouble | None:
    if reply.verdict in ("accepted", "refused"):
        return None
    return Trouble(kind=reply.verdict, why=reply.why, wait_s=reply.wait_s)
