"""Sounds as other programs hand them over: WAV files, some of them without a length, and bare samples."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aidj.errors import VoiceError

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_MOST_CHANNELS = 8


def read_wav(data: bytes) -> tuple[NDArray[np.float32], int]:
    """Return the samples of a WAV file, mixed down to one channel, and their rate.

    A program that writes into a pipe does not know the length when it writes the header, and puts a made-up one there:
    where less follows than is said, what follows counts.

    Raises
    ------
    VoiceError
        If this is no WAV file with PCM or float samples.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise VoiceError("What was made is no WAV file", cause=f"it begins with {data[:12]!r}")
    kind = n_channels = rate = bits = 0
    for name, body in _chunks(data):
        if name == b"fmt " and len(body) >= 16:
            kind, n_channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if kind == _EXTENSIBLE and len(body) >= 26:
                kind = struct.unpack_from("<H", body, 24)[0]
        elif name == b"data" and rate:
            return _mono(_numbers(bytes(body), kind, bits), n_channels), rate
    raise VoiceError("What was made is a WAV file without sound")


def read_pcm(data: bytes, rate: int) -> tuple[NDArray[np.float32], int]:
    """Return bare samples of 16 bits, one channel, lowest byte first, and their rate."""
    return _numbers(data, _PCM, 16), rate


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, memoryview(data)[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _numbers(data: bytes, kind: int, bits: int) -> NDArray[np.float32]:
    width = bits // 8
    whole = data[: len(data) // width * width] if width else b""
    if kind == _PCM and bits == 8:
        return (np.frombuffer(whole, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if kind == _PCM and bits == 16:
        return np.frombuffer(whole, "<i2").astype(np.float32) / np.float32(1 << 15)
    if kind == _PCM and bits == 24:
        wide = np.zeros((len(whole) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(whole, np.uint8).reshape(-1, 3)
        return (wide.view("<i4")[:, 0].astype(np.float64) / (1 << 31)).astype(np.float32)
    if kind == _PCM and bits == 32:
        return (np.frombuffer(whole, "<i4").astype(np.float64) / (1 << 31)).astype(np.float32)
    if kind == _FLOAT and bits in (32, 64):
        return np.frombuffer(whole, f"<f{width}").astype(np.float32)
    raise VoiceError(f"What was made is a WAV file of an unknown kind (format {kind}, {bits} bits)")


def _mono(samples: NDArray[np.float32], n_channels: int) -> NDArray[np.float32]:
    if n_channels == 1:
        return samples
    if not 2 <= n_channels <= _MOST_CHANNELS:
        raise VoiceError(f"What was made is a WAV file with {n_channels} channels")
    frames = samples[: len(samples) // n_channels * n_channels].reshape(-1, n_channels)
    return np.asarray(frames.mean(axis=1), np.float32)
