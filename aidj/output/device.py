"""Live sound into a sound device.

A device can go while it plays (headphones pulled, a sound server that ends). Some systems say so, others fall silent;
so a device that has not asked for samples for `STALL_S` counts as lost as well. Some move the sound to another device
by themselves, and nobody is told.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.output.playhead import Playhead
from aidj.output.playing import BLOCK_FRAMES
from aidj.output.ring import RAMP_S, Ring
from aidj.output.sound_system import PERIOD_MS, PERIODS, cannot_open, close_device, open_device

if TYPE_CHECKING:
    import miniaudio

STALL_S = 3.0
"""PulseAudio's null sink, the slowest known, asks again after up to 2 s."""

_DEVICE_S = PERIODS * PERIOD_MS / 1000
_log = logging.getLogger(__name__)


class DeviceSink:
    """Plays through a sound device.

    Parameters
    ----------
    device : str, int or None
        A number, id or name as in `choose_device`; None follows the system's default.
    buffer_s : float
        Seconds of sound kept ready beside what the device itself keeps (0.2 s): what a slow source may take without
        being heard, and what a command waits for until it is heard.
    delay_s : float
        Seconds that lie behind the device, for `heard_frames` and `latency_s` alone. Bluetooth: 0.15 to 0.3.
    silent : bool
        Play through miniaudio's silent device, which keeps real time: for tests.
    """

    def __init__(
        self, device: str | int | None = None, *, buffer_s: float = 0.25, delay_s: float = 0.0, silent: bool = False
    ):
        self._choice = device
        self._buffer_s = buffer_s
        self._delay_s = delay_s
        self._silent = silent
        self._control = threading.RLock()
        self._device: miniaudio.PlaybackDevice | None = None
        self._ring = Ring(2, 1)
        self._playhead = Playhead(1, 0)
        self._is_open = False
        self._paused = False
        self._started = False
        self._stopped = False
        self._rate = 1

    def open(self, rate: int) -> None:
        """See `Sink.open`. The device starts when its buffer is half full.

        Raises
        ------
        OutputError
            If there is no sound system, no such device, or it cannot be opened.
        """
        with self._control:
            self.close()
            self._rate = rate
            self._ring = Ring(max(2 * BLOCK_FRAMES, round(self._buffer_s * rate)), rate)
            self._ring.paused = self._paused
            self._playhead = Playhead(rate, _DEVICE_S, self._delay_s)
            self._started = self._stopped = False
            self._open_device()
            self._is_open = True
            atexit.register(self.close)  # a device that still asks for samples while Python ends would crash it

    def reopen(self, device: str | int | None = None) -> None:
        """Open the device anew, or another one, after it was lost; what was held ready plays on. From any thread.

        Raises
        ------
        OutputError
            As `open`; the sink then stays lost, and it can be tried again.
        """
        with self._control:
            if not self._is_open:
                raise OutputError("The sound device is not open", cause="playing has ended, or has not begun")
            if device is not None:
                self._choice = device
            gently, self._stopped = not self.lost, True
            self._close_device(gently=gently)
            self._ring.paused = self._paused
            self._open_device()
            self._start()

    def ready(self, n_frames: int, timeout_s: float) -> bool:
        """See `Sink.ready`."""
        return self._ring.wait_for_room(n_frames, timeout_s)

    def write(self, block: NDArray[np.float32]) -> None:
        """See `Sink.write`."""
        self._ring.put(block)
        if not self._started and 2 * self._ring.held >= self._ring.n_frames:
            self._start()

    def drain(self, timeout_s: float) -> bool:
        """See `Sink.drain`."""
        ring = self._ring
        ring.finish()
        self._start()
        until_s = time.monotonic() + timeout_s
        while ring.held or self.heard_frames < ring.taken:
            if time.monotonic() >= until_s:
                return False
            time.sleep(0.01)
        return True

    def close(self) -> None:
        """See `Sink.close`. What sounds is faded out first."""
        with self._control:
            if self._is_open:
                self._close_device(gently=not self.lost)
            self._is_open = False
        atexit.unregister(self.close)

    def pause(self) -> None:
        """See `Sink.pause`: a fade of 10 ms. The device stays open and plays silence."""
        self._set_paused(True)

    def resume(self) -> None:
        """See `Sink.resume`."""
        self._set_paused(False)

    @property
    def heard_frames(self) -> int:
        """See `Sink.heard_frames`."""
        return self._playhead.heard(time.monotonic())

    @property
    def latency_s(self) -> float:
        """See `Sink.latency_s`: what is held ready, the device's own buffer, and `delay_s`."""
        return self._ring.held / self._rate + _DEVICE_S + self._delay_s

    @property
    def underruns(self) -> int:
        """See `Sink.underruns`: by a slow source, or by a machine so busy that the device was not served in time."""
        return self._ring.underruns + self._playhead.underruns

    @property
    def lost(self) -> bool:
        """See `Sink.lost`."""
        if self._stopped:
            return True
        return self._started and time.monotonic() - self._playhead.asked_at_s > STALL_S

    def _set_paused(self, paused: bool) -> None:
        self._paused = paused
        self._ring.paused = paused

    def _open_device(self) -> None:
        device = open_device(self._choice, self._rate, silent=self._silent)
        device.stop_callback = lambda: self._on_stopped(device)
        self._device = device
        _log.info("sound device open: %s at %d Hz", device.backend, self._rate)

    def _start(self) -> None:
        import miniaudio

        with self._control:
            if self._started or self._device is None:
                return
            frames = self._fed(self._device)
            next(frames)
            self._playhead.restart(time.monotonic())
            try:
                self._device.start(frames)
            except miniaudio.MiniaudioError as error:
                raise cannot_open(error) from error
            self._stopped = False
            self._started = True

    def _fed(self, device: miniaudio.PlaybackDevice) -> Generator[bytes | NDArray[np.float32], int, None]:
        """Yield what the device asks for. Runs in its own thread, so it only copies, and must not raise."""
        n_frames = yield b""
        while device is self._device:
            before = self._ring.taken
            frames, n_taken = self._ring.take(n_frames)
            self._playhead.hand_out(time.monotonic(), before, n_taken, n_frames)
            n_frames = yield frames

    def _on_stopped(self, device: miniaudio.PlaybackDevice) -> None:
        if device is self._device and self._started:
            self._stopped = True

    def _close_device(self, *, gently: bool) -> None:
        device = self._device
        if device is None:
            return
        if gently and self._started:
            self._ring.paused = True
            time.sleep(RAMP_S + PERIOD_MS / 1000 + _DEVICE_S)
        self._device = None
        self._started = False
        close_device(device)
