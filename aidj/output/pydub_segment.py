"""A mix as pydub's `AudioSegment`, for programs that work with those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aidj.output.samples import Blocks, checked_channels, to_int16

if TYPE_CHECKING:
    from pydub import AudioSegment


def to_pydub(blocks: Blocks, rate: int) -> AudioSegment:
    """Return the blocks as one 16-bit segment. It holds the whole mix in memory: 10 MB for a minute of stereo.

    Parameters
    ----------
    blocks : iterable of ndarray
        float32, shape (n, 1) or (n, 2).
    rate : int
        Hz.

    Raises
    ------
    OutputError
        If a block has another shape than the first.
    """
    from pydub import AudioSegment

    data, channels = bytearray(), 0
    for block in blocks:
        channels = checked_channels(block, channels)
        data += to_int16(block).tobytes()
    return AudioSegment(bytes(data), sample_width=2, frame_rate=rate, channels=channels or 2)
