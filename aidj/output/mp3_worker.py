"""MP3 encoding in a process of its own, because LAME's Python binding holds the interpreter lock.

Run as ``python -P mp3_worker.py RATE CHANNELS BIT_RATE``: 16-bit little-endian samples on standard input, MP3 frames
on standard output. It imports nothing of aidj, so that it starts fast.
"""

from __future__ import annotations

import signal
import sys
from typing import Any

CHUNK_BYTES = 1 << 17
QUALITY = 3
_VARIABLE_BIT_RATE = 4


def new_encoder(rate: int, channels: int, bit_rate: int) -> Any:
    """Return a LAME encoder for a constant bit rate in kbit/s, joint stereo.

    LAME chooses plain stereo when it is told a constant bit rate of 160 kbit/s or more, and lowers the level by a
    quarter of a decibel; its binding has no switch for either. The variable mode, held to one bit rate, does neither,
    as long as no constant one is set; measured at equal size, its error is 1 to 3 dB smaller.
    """
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_channels(channels)
    encoder.set_quality(QUALITY)
    encoder.set_vbr(_VARIABLE_BIT_RATE)
    encoder.set_vbr_quality(0)
    encoder.set_vbr_min_bitrate_kbps(bit_rate)
    encoder.set_vbr_max_bitrate_kbps(bit_rate)
    encoder.set_vbr_hard_min(1)  # in silence too
    return encoder


def main(arguments: list[str]) -> None:
    """Encode standard input to standard output until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; whoever started us decides
    rate, channels, bit_rate = (int(argument) for argument in arguments)
    encoder = new_encoder(rate, channels, bit_rate)
    samples, frames = sys.stdin.buffer, sys.stdout.buffer
    while chunk := samples.read(CHUNK_BYTES):
        frames.write(encoder.encode(chunk))
    frames.write(encoder.flush())
    frames.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
