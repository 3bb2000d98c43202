"""Any number of channels as two."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CHANNELS = 2
"""Everything is mixed in stereo."""

_SIDE = math.sqrt(0.5)
_LEFT, _RIGHT, _CENTRE, _NOT = (1.0, 0.0), (0.0, 1.0), (_SIDE, _SIDE), (0.0, 0.0)
_SURROUND_LEFT, _SURROUND_RIGHT, _BACK = (_SIDE, 0.0), (0.0, _SIDE), (0.5, 0.5)

_FOLDS: dict[int, tuple[tuple[float, float], ...]] = {
    3: (_LEFT, _RIGHT, _CENTRE),
    4: (_LEFT, _RIGHT, _SURROUND_LEFT, _SURROUND_RIGHT),
    5: (_LEFT, _RIGHT, _CENTRE, _SURROUND_LEFT, _SURROUND_RIGHT),
    6: (_LEFT, _RIGHT, _CENTRE, _NOT, _SURROUND_LEFT, _SURROUND_RIGHT),
    7: (_LEFT, _RIGHT, _CENTRE, _NOT, _BACK, _SURROUND_LEFT, _SURROUND_RIGHT),
    8: (_LEFT, _RIGHT, _CENTRE, _NOT, _SURROUND_LEFT, _SURROUND_RIGHT, _SURROUND_LEFT, _SURROUND_RIGHT),
}
"""What each channel gives to left and right, in the channel order of WAV and FLAC, after ITU-R BS.775: centre and
surrounds at -3 dB, no LFE."""


def to_stereo(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fold any number of channels to two; shape (n, channels) to (n, 2).

    One channel is heard from both speakers; of more than eight, whose order nothing settles, the first eight count.
    """
    channels = samples.shape[1]
    if channels == CHANNELS:
        return samples
    if channels == 1:
        return np.repeat(samples, CHANNELS, axis=1)
    fold = _FOLDS[min(channels, max(_FOLDS))]
    stereo = np.zeros((len(samples), CHANNELS), np.float32)
    for channel, gains in enumerate(fold):
        for side, gain in enumerate(gains):
            if gain:
                stereo[:, side] += samples[:, channel] * np.float32(gain)
    return stereo
