"""What every open sound file promises, whichever library decodes it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from aidj.errors import AudioError

_SKIP_FRAMES = 65536
_LOUDEST = 1e10
"""Float files can hold anything; what is beyond this (+200 dBFS) is rubbish, and its square may not overflow."""
_RATES = (4000, 768_000)


class Source(Protocol):
    """An open sound file."""

    rate: int
    """Frames per second."""
    channels: int
    n_frames: int | None
    """Length as the file states it, which may be wrong; None where it does not."""

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return up to n_frames more frames, shape (m, channels), all finite; an empty array at the end.

        Raises
        ------
        AudioError
            If the data cannot be decoded any further; whatever came before has been returned by then.
        """
        ...

    def skip(self, n_frames: int) -> None:
        """Leave out the next n_frames frames."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...


class BaseSource(ABC):
    """What all kinds of source share."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rate = 0
        self.channels = 0
        self.n_frames: int | None = None

    @abstractmethod
    def _read(self, n_frames: int) -> NDArray[np.float32]: ...

    @abstractmethod
    def close(self) -> None:
        """Give the file back."""

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """See `Source.read`."""
        return _sane(self._read(n_frames))

    def skip(self, n_frames: int) -> None:
        """See `Source.skip`."""
        # Reading and dropping is exact for every format; seeking is not (MP3 without a Xing tag, AAC, Vorbis).
        while n_frames > 0:
            block = self._read(min(n_frames, _SKIP_FRAMES))
            if len(block) == 0:
                return
            n_frames -= len(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_format(self) -> None:
        if self.channels <= 0 or not _RATES[0] <= self.rate <= _RATES[1]:
            raise damaged(self.path, f"{self.channels} channels at {self.rate} Hz make no music")


def damaged(path: Path, error: Exception | str) -> AudioError:
    """Return the error for a file that does not hold what it should."""
    return AudioError(
        f"The file cannot be decoded ({str(error).strip() or type(error).__name__})",
        where=printable(path),
        cause="it is damaged, cut short, or not an audio file",
        hint="play it in another program; if that fails as well, replace the file",
    )


def printable(path: Path) -> str:
    """Return a path as text that can be shown, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", errors="replace") if os.name != "nt" else str(path)


def _sane(block: NDArray[np.float32]) -> NDArray[np.float32]:
    # The largest magnitude is NaN or infinite if any sample is: one pass tells for nearly all blocks.
    if np.abs(block).max(initial=0.0) <= _LOUDEST:
        return block
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(block) <= _LOUDEST, block, np.float32(0.0))
