"""The radio steered from elsewhere than its own keys: the desktop's media keys, a program that embeds it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from aidj.radio.controls import Controls
from aidj.radio.keys import Press
from aidj.radio.state import RadioState
from aidj.session import Session


class Remote:
    """What can be asked of the radio from any other thread; done, and shown, as if a key had been pressed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked: deque[Callable[[Controls, RadioState, int], RadioState]] = deque()

    @property
    def rate(self) -> int:
        """Frames per second."""
        return self._session.rate

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._session.paused

    def skip(self) -> None:
        """Go on to the next song."""
        self._press("n")

    def previous(self) -> None:
        """Go back."""
        self._press("b")

    def pause(self) -> None:
        """Stand still."""
        self._asked.append(lambda controls, state, frame: controls.pause(state, frame, paused=True))

    def resume(self) -> None:
        """Go on."""
        self._asked.append(lambda controls, state, frame: controls.pause(state, frame, paused=False))

    def volume(self, volume_db: float, /) -> None:
        """Change the volume, in dB; 0 is the most."""
        self._asked.append(lambda controls, state, frame: controls.volume(state, volume_db))

    def stop(self) -> None:
        """End."""

        def end(controls: Controls, state: RadioState, frame: int) -> RadioState:
            controls.leave("now")
            return state

        self._asked.append(end)

    def _press(self, name: str) -> None:
        self._asked.append(lambda controls, state, frame: controls.press(Press(name, name), state, frame))

    def carry_out(self, controls: Controls, state: RadioState, frame: int) -> RadioState:
        """Do what was asked; return what is shown from now on."""
        while self._asked:
            state = self._asked.popleft()(controls, state, frame)
        return state
