"""What the listener has asked for: taken in from any thread, and kept until it is done or given up."""

from __future__ import annotations

import logging
from collections import deque

from aidj.errors import AidjError
from aidj.session.commands import Command, Stop
from aidj.session.events import Problem
from aidj.session.obeying import Asked, Obeying
from aidj.session.playing import Player

_PATIENCE_S = 15.0
"""What cannot be done is tried again for so much of the session."""
_HELD_S = 0.05
"""While something waits to be tried again, whoever reads faster than it sounds goes on by so much at a time."""

_log = logging.getLogger(__name__)


class Inbox:
    """Commands in the order in which they came; each is done as soon as it can be."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._new: deque[Asked] = deque()
        self._waiting: list[Asked] = []

    def post(self, command: Command) -> None:
        """Have something done soon. From any thread."""
        self._new.append(Asked(command=command, song=self._player.song))
        self._player.busy(1)

    @property
    def is_waiting(self) -> bool:
        """Whether something is to be tried again."""
        return bool(self._waiting)

    def work_off(self, obeying: Obeying) -> None:
        """Do all that can be done now. Serves the thread that plans."""
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            self._try(asked, obeying)
        while self._new:
            asked = self._new.popleft()
            try:
                self._try(asked, obeying)
                self._hold_reader()  # before it may go on
            finally:
                self._player.busy(-1)
        self._hold_reader()

    def _try(self, asked: Asked, obeying: Obeying) -> None:
        try:
            progress = obeying.obey(asked)
        except AidjError as error:
            self._player.tell(Problem(frame=0, text=str(error)))
            return
        except Exception as error:  # it costs what was asked for, not the session
            name = type(asked.command).__name__
            _log.exception("%s could not be done", name)
            text = f"What was asked for could not be done. That is a mistake in aidj ({name}: {error!r}); it goes on."
            self._player.tell(Problem(frame=0, text=text))
            return
        if progress == "done":
            return
        frame = self._player.frame
        if progress == "working":
            asked.until_frame = None
        elif asked.until_frame is None:
            asked.until_frame = frame + round(_PATIENCE_S * self._player.rate)
        if asked.until_frame is None or frame < asked.until_frame or isinstance(asked.command, Stop):
            self._waiting.append(asked)
        else:
            text = "What was asked for could not be done: one song was about to follow the other. Ask again."
            self._player.tell(Problem(frame=0, text=text))

    def _hold_reader(self) -> None:
        """Let whoever waits for what is sure read a little only, while something waits to be tried again.

        And nothing at all, while something is being worked out for a command.
        """
        here = self._player.frame
        limit: int | None = None
        if any(asked.until_frame is None for asked in self._waiting):
            limit = here
        elif self._waiting:
            limit = here + max(1, round(_HELD_S * self._player.rate))
        self._player.limit(limit)
