"""WAV files of every kind that programs write, and things that are none."""

import io
import struct
import wave

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from aidj.errors import VoiceError
from aidj.voice.wav import read_pcm, read_wav

RATE = 16_000
SINE = (0.5 * np.sin(np.arange(1600) * 0.1)).astype(np.float32)


def written(samples, **how):
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", **how)
    return file.getvalue()


@pytest.mark.parametrize(
    ("subtype", "step"),
    [("PCM_U8", 2**-7), ("PCM_16", 2**-15), ("PCM_24", 2**-23), ("PCM_32", 2**-23), ("FLOAT", 0), ("DOUBLE", 0)],
)
def test_each_kind_of_samples(subtype, step):
    samples, rate = read_wav(written(SINE, subtype=subtype))
    assert rate == RATE
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples, SINE, atol=1.01 * step)


def test_several_channels_are_mixed_down():
    samples, _ = read_wav(written(np.stack([SINE, np.zeros_like(SINE)], axis=1), subtype="FLOAT"))
    np.testing.assert_allclose(samples, SINE / 2, atol=1e-6)


def test_the_extensible_kind():
    file = io.BytesIO()
    soundfile.write(file, SINE, RATE, format="WAVEX", subtype="PCM_16")
    np.testing.assert_allclose(read_wav(file.getvalue())[0], SINE, atol=2**-14)


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFFFFF, 10_000_000])
def test_a_length_that_was_made_up(length):
    data = bytearray(written(SINE, subtype="PCM_16"))
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", length)
    assert len(read_wav(bytes(data))[0]) == len(SINE)


def test_other_chunks_are_passed_over():
    data = written(SINE, subtype="PCM_16")
    at = data.index(b"data")
    more = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    assert len(read_wav(data[:at] + more + data[at:])[0]) == len(SINE)


def test_as_the_standard_library_writes_them():
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((SINE * 32767).astype("<i2").tobytes())
    np.testing.assert_allclose(read_wav(file.getvalue())[0], SINE, atol=1e-4)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3 an MP3 file", b"RIFF\0\0\0\0WAVE", b"<html>no</html>" * 9])
def test_what_is_none(data):
    with pytest.raises(VoiceError, match="WAV file"):
        read_wav(data)


@given(st.binary(max_size=200), st.integers(0, 60))
def test_whatever_comes_it_is_sound_or_an_error(noise, at):
    data = bytearray(written(SINE[:50], subtype="PCM_16"))
    data[at : at + len(noise)] = noise
    try:
        samples, _ = read_wav(bytes(data))
    except VoiceError:
        return
    assert samples.ndim == 1
    assert samples.dtype == np.float32


def test_bare_samples():
    samples, rate = read_pcm((SINE * 32768).astype("<i2").tobytes() + b"x", 24_000)
    assert rate == 24_000
    np.testing.assert_allclose(samples, SINE, atol=1e-4)
