"""Blocks of samples on their way into an encoder: checked, counted, resampled, rounded."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError

_log = logging.getLogger(__name__)

Blocks = Iterable[NDArray[np.float32]]


class SourceError(Exception):
    """Carries an error of whoever makes the blocks past the handlers for errors of writing."""

    def __init__(self, error: Exception):
        super().__init__(error)
        self.error = error


def checked(blocks: Blocks, n_frames: int) -> tuple[int, Iterator[NDArray[np.float32]]]:
    """Return the number of channels and the same blocks: finite, of one shape, and `n_frames` frames in all.

    Raises
    ------
    SourceError
        If the source raises; the original error is inside.
    OutputError
        If a block has the wrong shape, or the blocks are more or fewer than promised.
    """
    if n_frames <= 0:
        raise OutputError("There is nothing to write: the mix has no length", hint="plan a longer session")
    source = _outside_errors(blocks)
    first = next(source, None)
    channels = 2 if first is None else checked_channels(first)
    return channels, _counted(first, source, channels, n_frames)


def checked_channels(block: NDArray[np.float32], channels: int = 0) -> int:
    """Return a block's number of channels: `channels`, or, where that is 0, one or two.

    Raises
    ------
    OutputError
        If the block has another shape.
    """
    if block.ndim != 2 or block.shape[1] not in ((channels,) if channels else (1, 2)):
        raise OutputError(
            f"A block of samples has the shape {block.shape}",
            cause=f"blocks are frames x channels, here with {channels or 'one or two'} channel(s)",
        )
    return int(block.shape[1])


def _outside_errors(blocks: Blocks) -> Iterator[NDArray[np.float32]]:
    iterator = iter(blocks)
    while True:
        try:
            block = next(iterator)
        except StopIteration:
            return
        except Exception as error:
            raise SourceError(error) from error
        yield block


def _counted(
    first: NDArray[np.float32] | None, rest: Iterator[NDArray[np.float32]], channels: int, n_frames: int
) -> Iterator[NDArray[np.float32]]:
    seen, block = 0, first
    while block is not None:
        checked_channels(block, channels)
        seen += len(block)
        if seen > n_frames:
            break
        if len(block):
            if not np.isfinite(block).all():
                _log.warning("samples that are no numbers before frame %d: replaced by silence", seen)
                block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
            yield np.asarray(block, dtype=np.float32)
        block = next(rest, None)
    if seen != n_frames:
        raise OutputError(
            f"The mix has {'more' if seen > n_frames else 'fewer'} samples than announced: {seen}, not {n_frames}",
            cause="it was cut short, or the timeline and the samples do not belong together",
        )


def resampled(
    blocks: Iterator[NDArray[np.float32]], channels: int, from_rate: int, to_rate: int, n_out: int
) -> Iterator[NDArray[np.float32]]:
    """Yield the blocks at another rate (soxr HQ, aligned in time), `n_out` frames in all."""
    import soxr

    stream = soxr.ResampleStream(from_rate, to_rate, channels, dtype="float32", quality="HQ")
    left = n_out
    for block in blocks:
        out = stream.resample_chunk(np.ascontiguousarray(block))[:left]
        left -= len(out)
        if len(out):
            yield out
    out = stream.resample_chunk(np.zeros((0, channels), np.float32), last=True)[:left]
    yield np.concatenate([out, np.zeros((left - len(out), channels), np.float32)])


def clipped(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the block within -1.0 to 1.0."""
    return np.clip(block, -1.0, 1.0)


def to_int16(block: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return the block as 16-bit samples: rounded, clipped, not dithered.

    The factor is 32768, the one that decoders divide by, so that untouched 16-bit music comes out bit by bit as it
    went in; dither would give that up for noise that is inaudible either way.
    """
    scaled = np.rint(block * np.float32(32768.0))
    return np.asarray(np.clip(scaled, -32768, 32767), dtype=np.int16)
