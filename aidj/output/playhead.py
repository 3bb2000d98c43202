"""Which frame of a source is heard now, from what a sound device has asked for and when."""

from __future__ import annotations

import threading
from collections import deque


class Playhead:
    """Follows what is heard, in frames of the source; silence in between does not count.

    The device's own buffer is taken to be full, so this is never ahead of the ear.

    Parameters
    ----------
    rate : int
        Hz.
    device_s : float
        Seconds of sound that the device keeps.
    delay_s : float
        Seconds that lie behind the device.
    """

    def __init__(self, rate: int, device_s: float, delay_s: float = 0.0):
        self._rate = rate
        self._device_s = device_s
        self._behind_frames = round((device_s + delay_s) * rate)
        self._lock = threading.Lock()
        self._parts: deque[tuple[int, int, int]] = deque()
        """(device's frame, source's frame, number of source frames) of each time it asked."""
        self._device_frames = 0
        self._last_frames = 0
        self._heard = 0
        self.asked_at_s = 0.0
        """When the device last asked, by `time.monotonic`."""
        self.underruns = 0
        """How often the device, once filled, was kept waiting for longer than it has sound for."""

    def restart(self, now_s: float) -> None:
        """Forget what an earlier device was given: it will not be heard any more."""
        with self._lock:
            self._parts.clear()
            self._device_frames = self._last_frames = 0
            self.asked_at_s = now_s

    def hand_out(self, now_s: float, source_frame: int, n_taken: int, n_frames: int) -> None:
        """Note that the device was given so many frames now, the first `n_taken` of them from the source."""
        with self._lock:
            if now_s - self.asked_at_s > self._device_s and self._device_frames >= self._device_s * self._rate:
                self.underruns += 1
            self._parts.append((self._device_frames, source_frame, n_taken))
            self._device_frames += n_frames
            self._last_frames = n_frames
            self.asked_at_s = now_s
            while len(self._parts) > 1 and self._parts[1][0] <= self._device_frames - n_frames - self._behind_frames:
                self._parts.popleft()

    def heard(self, now_s: float) -> int:
        """Return the frame of the source that is heard now; never less than before."""
        with self._lock:
            since = min(self._last_frames, int((now_s - self.asked_at_s) * self._rate))
            at = self._device_frames - self._last_frames - self._behind_frames + since
            for device_frame, source_frame, n_taken in reversed(self._parts):
                if device_frame <= at:
                    self._heard = max(self._heard, source_frame + min(n_taken, at - device_frame))
                    break
            return self._heard
