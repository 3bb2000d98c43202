"""A sound device that has gone, and what is done until it is back: headphones pulled, a sound server that ended.

The sound waits where it is. It goes on by itself only in the same device: music that suddenly came out of the
loudspeakers would be a surprise. In another one it goes on when the listener says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from aidj.errors import AidjError
from aidj.output import Device, DeviceSink, choose_device, devices

_TRY_S = 3.0
_JOIN_S = 2.0
_log = logging.getLogger(__name__)


class Rescue:
    """Brings a sound device back. Every method returns at once; what takes time is done on a thread.

    Parameters
    ----------
    sink : DeviceSink
        What plays.
    choice : str, optional
        The device that was asked for; None is the system's default.
    listed : callable
        Returns the devices there are.
    try_s : float
        How often is looked whether the device is back.
    """

    def __init__(
        self,
        sink: DeviceSink,
        choice: str | None = None,
        *,
        listed: Callable[[], Sequence[Device]] = devices,
        try_s: float = _TRY_S,
    ) -> None:
        self._sink = sink
        self._choice = choice
        self._listed = listed
        self._own: str | None = None
        """The id of the device that it plays through."""
        self._try_s = try_s
        self._tried_s = -try_s
        self._busy = threading.Lock()
        self._trying: threading.Thread | None = None
        self._problem = ""
        self._start(self._find_own)

    def look(self) -> bool:
        """Return whether the device is gone; if so, try now and then whether it is back."""
        if not self._sink.lost:
            return False
        if time.monotonic() - self._tried_s >= self._try_s:
            self._start(self._try_own)
        return True

    def go_on(self) -> None:
        """Go on with whatever device there is."""
        self._start(self._try_any)

    def problem(self) -> str:
        """Return, once, what kept it from going on where it was asked to."""
        problem, self._problem = self._problem, ""
        return problem

    def close(self) -> None:
        """Wait a moment for what is being tried."""
        if self._trying is not None:
            self._trying.join(_JOIN_S)

    def _start(self, task: Callable[[], None]) -> None:
        self._tried_s = time.monotonic()
        if self._busy.locked():
            return
        self._trying = threading.Thread(target=self._run, args=(task,), name="aidj-rescue", daemon=True)
        self._trying.start()

    def _run(self, task: Callable[[], None]) -> None:
        with self._busy:
            task()

    def _find_own(self) -> None:
        try:
            found = self._listed()
            chosen = [choose_device(self._choice, found)] if self._choice else [d for d in found if d.is_default]
            self._own = chosen[0].id if chosen else None
        except AidjError as error:
            _log.debug("the device that is played through is not known: %s", error)

    def _try_own(self) -> None:
        try:
            if self._own is not None and any(device.id == self._own for device in self._listed()):
                self._sink.reopen(self._own)
        except AidjError as error:
            _log.debug("the device is not back: %s", error)

    def _try_any(self) -> None:
        try:
            there = self._listed()
            own = [device for device in there if device.id == self._own]
            chosen = next((device for device in (*own, *there) if device.is_default or device in own), there[0])
            self._sink.reopen(chosen.id)
            self._own = chosen.id
        except AidjError as error:
            self._problem = str(error)
