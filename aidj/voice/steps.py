"""A voice by steps of so many frames each: how strong it is in each, and from values of steps to values of frames.

Conventions: mono, shape (n_frames,); values of steps have the shape (ceil(n_frames / step),).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def in_steps(samples: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Return the samples with a row for each step, shape (n_steps, step); the last is filled up with zeros."""
    n_steps = -(-len(samples) // step)
    rows = np.zeros(n_steps * step, np.float32)
    rows[: len(samples)] = samples
    return rows.reshape(n_steps, step)


def powers(samples: NDArray[np.float32], step: int) -> NDArray[np.float64]:
    """Return the mean power of each step."""
    rows = in_steps(samples, step)
    return np.asarray(np.einsum("sf,sf->s", rows, rows, dtype=np.float64) / step)


def mean_over(values: NDArray[np.float64], steps: float) -> NDArray[np.float64]:
    """Return a running mean with soft edges over so many steps, of the same length."""
    if not len(values):
        return values
    reach = max(1, round(steps / 2))
    kernel = np.hanning(2 * reach + 3)[1:-1]
    return np.convolve(np.pad(values, reach, mode="edge"), kernel / kernel.sum(), "valid")


def on_frames(values: NDArray[np.float64], step: int, n_frames: int) -> NDArray[np.float32]:
    """Return a value for each frame, on straight lines between the middles of the steps.

    As `numpy.interp` has it, several times as fast: every step is cut by the same straight lines, so a frame is always
    the same mixture of the steps before, around and after it.
    """
    around = np.empty((len(values), 3), np.float32)
    around[:, 1] = values
    around[1:, 0], around[:1, 0] = values[:-1], values[:1]
    around[:-1, 2], around[-1:, 2] = values[1:], values[-1:]
    from_middle = np.arange(step) / step - 0.5
    shares = np.maximum(0.0, 1.0 - np.abs(from_middle - np.array([[-1.0], [0.0], [1.0]])))
    mixed: NDArray[np.float32] = around @ shares.astype(np.float32)
    return mixed.reshape(-1)[:n_frames]
