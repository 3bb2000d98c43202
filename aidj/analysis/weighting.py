"""The K-weighting of ITU-R BS.1770-4, as it streams by: a recursive filter, computed a tile at a time.

Written as a state space, a filter of four memories turns a tile of its input and its memories into a tile of output by
two small matrices (Barnes and Shinnaka, "Block-shift invariance and block implementation of discrete-time filters",
1980). What the memories hold where each tile begins follows from the tiles before it; as that too is a linear
recursion, it is solved for all tiles at once, by doubling (Hillis and Steele, "Data parallel algorithms", 1986).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TILE = 32
"""Frames that are filtered by one multiplication; what is weighed must come in whole tiles."""
_NEGLIGIBLE = 1e-9
"""What is left of a memory after so many tiles, when it lies far below the precision of the samples."""


class KWeighting:
    """Weighs any number of channels.

    Parameters
    ----------
    rate : int
        Frames per second.
    channels : int
        How many lines come at once.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._through, self._into, self._out, self._transition = _tile_matrices(rate)
        self._memory = np.zeros((channels, 4))

    def weigh(self, lines: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Write the next frames, weighted, to `out`; both have the shape (channels, n), n a multiple of `TILE`."""
        channels, n = lines.shape
        tiles = n // TILE
        drive = np.empty((channels, tiles + 1, 4))
        drive[:, 0] = self._memory
        for line, driven in zip(lines, drive, strict=True):
            driven[1:] = line.reshape(tiles, TILE) @ self._into
        memories = _accumulate(drive, self._transition)
        self._memory = memories[:, -1].copy()
        for line, memory, result in zip(lines, memories, out, strict=True):
            tiled = result.reshape(tiles, TILE)
            np.matmul(line.reshape(tiles, TILE), self._through, out=tiled)
            tiled += memory[:-1].astype(np.float32) @ self._out


def _accumulate(drive: NDArray[np.float64], transition: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve x[k] = x[k - 1] @ transition + drive[k] along the middle axis, in place; shape (channels, n, 4)."""
    x, power, reach = drive, transition, 1
    while reach < x.shape[1] and np.abs(power).max() > _NEGLIGIBLE:
        x[:, reach:] += x[:, :-reach] @ power  # the product is complete before anything is added
        power, reach = power @ power, 2 * reach
    return x


@lru_cache(maxsize=8)
def _tile_matrices(
    rate: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Return what a tile of input (a row) is multiplied with: to output, to memories; and memories to output, on."""
    a, b, c, d = _state_space(rate)
    powers = [np.eye(4)]
    for _ in range(TILE):
        powers.append(a @ powers[-1])
    response = np.array([d] + [c @ power @ b for power in powers[: TILE - 1]])
    through = np.zeros((TILE, TILE))
    for frame in range(TILE):
        through[frame, frame:] = response[: TILE - frame]
    into = np.stack([power @ b for power in powers[:TILE][::-1]])
    out = np.stack([c @ power for power in powers[:TILE]], axis=1)
    return through.astype(np.float32), into.astype(np.float32), out.astype(np.float32), powers[TILE].T


def _state_space(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Return the two filters in a row as x' = A x + b u, y = c x + d u (each in transposed direct form 2)."""
    a, b, c, d = np.zeros((4, 4)), np.zeros(4), np.zeros(4), 1.0
    for at, (numerator, denominator) in zip((0, 2), biquads(rate), strict=True):
        own = slice(at, at + 2)
        drive = numerator[1:] - denominator[1:] * numerator[0]
        a[own, :] += np.outer(drive, c)  # what the filter before gives, this one takes
        a[own, own] += [[-denominator[1], 1.0], [-denominator[2], 0.0]]
        b[own] = drive * d
        c *= numerator[0]
        c[at] = 1.0
        d *= float(numerator[0])
    return a, b, c, d


def biquads(rate: int) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    """Return the two K-weighting filters of BS.1770 for any rate, as (numerator, denominator).

    The standard prints coefficients for 48 kHz; these are the analogue prototypes behind them, transformed bilinearly.
    """
    k = np.tan(np.pi * 1681.974450955533 / rate)
    q, gain = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    edge = gain**0.4996667741545416
    shelf_b = np.array([gain + edge * k / q + k * k, 2 * (k * k - gain), gain - edge * k / q + k * k])
    shelf_a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    pass_b = np.array([1.0, -2.0, 1.0])
    pass_a = np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    return (shelf_b / shelf_a[0], shelf_a / shelf_a[0]), (pass_b, pass_a)
