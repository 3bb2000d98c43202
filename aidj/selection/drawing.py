"""A little chance in the ranking, and exactly how likely it was to come out as it did.

Gumbel noise of scale `s` on scores, sorted, is a draw without replacement: the next one is always `i` with probability
``exp(score_i / s) / sum over those left of exp(score_j / s)`` (Plackett-Luce). Those probabilities are kept with what
was drawn, because judging later whether other choices had been better needs them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw(
    scores: NDArray[np.float64], noise: NDArray[np.float64], scale: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rank scores with noise.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Finite.
    noise : ndarray, shape (n,)
        Gumbel noise of `scale`; ignored where `scale` is 0.
    scale : float
        At least 0.

    Returns
    -------
    order : ndarray, shape (n,)
        Indices into `scores`, the first one first; equal ones stay in order.
    propensity : ndarray, shape (n,)
        By place, not by index: how likely the one in this place was to be the next of those left, above 0, at most 1.
    """
    if scale <= 0:
        return np.argsort(-scores, kind="stable"), np.ones(len(scores))
    order = np.argsort(-(scores + noise), kind="stable")
    weight = scores[order] / scale
    left = np.logaddexp.accumulate(weight[::-1])[::-1]  # of this one and all behind it
    return order, np.exp(np.minimum(weight - left, 0.0))
