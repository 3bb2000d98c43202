"""Sound files as arrays: one way in, whatever the format.

Conventions: samples are float32, shape (n_frames, n_channels), nominally within -1.0 to 1.0.
"""

from aidj.audio.decode import Source, open_source
from aidj.audio.reader import CHANNELS, StereoReader, to_stereo

__all__ = ["CHANNELS", "Source", "StereoReader", "open_source", "to_stereo"]
