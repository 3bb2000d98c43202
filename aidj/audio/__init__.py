"""Sound files as arrays: one way in, whatever the format.

Conventions: samples are float32, shape (n_frames, n_channels), nominally within -1.0 to 1.0.
"""

from aidj.audio.decode import open_source
from aidj.audio.reader import StereoReader
from aidj.audio.run import RunReader
from aidj.audio.source import Source, printable
from aidj.audio.stereo import CHANNELS, to_stereo

__all__ = ["CHANNELS", "RunReader", "Source", "StereoReader", "open_source", "printable", "to_stereo"]
