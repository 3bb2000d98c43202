"""The samples: a timeline becomes blocks of float32, frames x channels, in constant memory."""

from aidj.mixing.limiter import CEILING_DBTP, Limiter
from aidj.mixing.live import LiveMixer
from aidj.mixing.mixer import BLOCK_FRAMES, mix

__all__ = ["BLOCK_FRAMES", "CEILING_DBTP", "Limiter", "LiveMixer", "mix"]
