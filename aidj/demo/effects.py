"""What happens to the sound after the instruments: room, echo, compression, loudness, limiting.

Samples are float32, shape (n_frames, 2), at `RATE`, unless said otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 44100
Samples = NDArray[np.float32]


def shaped_noise(rng: np.random.Generator, n: int, low_hz: float, high_hz: float, slope_db: float = 0.0) -> Samples:
    """Make noise between two frequencies (12 dB per octave outside), tilted by dB per octave, RMS 1, shape (n,)."""
    size = 1 << max(8, (n - 1).bit_length())  # other lengths can be ten times slower
    spectrum = np.fft.rfft(rng.standard_normal(size, np.float32))
    f = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1.0)
    gain = 1 / np.sqrt((1 + (low_hz / f) ** 4) * (1 + (f / high_hz) ** 4)) * (f / 1000.0) ** (slope_db / 6.02)
    noise = np.fft.irfft(spectrum * gain.astype(np.float32), size)[:n]
    return np.asarray(noise / (np.sqrt(np.mean(noise**2)) + 1e-12), np.float32)


def convolve(mono: Samples, response: Samples) -> Samples:
    """Convolve one channel, shape (n,), with a stereo response, by overlap-add of FFT blocks; length stays."""
    n, taps = len(mono), len(response)
    size = 1 << int(np.ceil(np.log2(max(2 * taps, 1 << 16))))
    hop = size - taps + 1
    spectra = [np.fft.rfft(response[:, c], size).astype(np.complex64) for c in (0, 1)]
    out = np.zeros((n, 2), np.float32)
    for start in range(0, n, hop):
        block = mono[start : start + hop]
        if not block.any():
            continue
        spectrum = np.fft.rfft(block, size)
        stop = min(n, start + size)
        for c in (0, 1):
            out[start:stop, c] += np.fft.irfft(spectrum * spectra[c], size)[: stop - start].astype(np.float32)
    return out


def room_response(rng: np.random.Generator, t60_s: float) -> Samples:
    """Make the impulse response of a room: a few early reflections, then noise whose treble dies first."""
    n = int(RATE * min(t60_s * 0.9 + 0.1, 3.5))
    t = np.arange(n) / RATE
    response = np.zeros((n, 2), np.float32)
    for low, high, share, level in (
        (120, 400, 0.9, 0.8),
        (400, 2000, 1.0, 1.0),
        (2000, 6000, 0.75, 1.0),
        (6000, 12000, 0.45, 0.8),
    ):
        decay = 10 ** (-3 * t / (t60_s * share)) * np.minimum(1.0, t / 0.012)
        decay *= level * np.sqrt((high - low) * 2 / RATE / np.sum(10 ** (-6 * t / t60_s)))  # as loud at any pitch
        for c in (0, 1):
            response[:, c] += shaped_noise(rng, n, low, high) * decay
    for c in (0, 1):
        for delay_s in rng.uniform(0.009, 0.045, 7):
            response[int(delay_s * RATE), c] += rng.uniform(0.08, 0.2) * rng.choice((-1.0, 1.0))
    pre = int(0.014 * RATE)
    response = np.concatenate([np.zeros((pre, 2), np.float32), response])[:n]
    response[-2000:] *= np.linspace(1, 0, 2000, dtype=np.float32)[:, None]
    return response


def echo(mono: Samples, time_s: float, repeats: int = 5, feedback: float = 0.55) -> Samples:
    """Repeat one channel, shape (n,), left and right in turn, each repeat softer."""
    out = np.zeros((len(mono), 2), np.float32)
    step = int(time_s * RATE)
    for i in range(1, repeats + 1):
        if i * step < len(mono):
            near, far = (0, 1) if i % 2 else (1, 0)
            part = mono[: len(mono) - i * step] * np.float32(feedback ** (i - 1))
            out[i * step :, near] += part
            out[i * step :, far] += part * np.float32(0.25)
    return out


def _k_weights(n: int) -> NDArray[np.float64]:
    """Return the power response of the K-weighting (ITU-R BS.1770-4, its 48 kHz coefficients) at n's FFT bins."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(n, 1 / RATE) / 48000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(np.abs(shelf * high_pass) ** 2)


def loudness_lufs(samples: Samples, every: int = 1) -> float:
    """Measure integrated loudness after BS.1770-4 (weighted per 100 ms in the spectrum: good to about 0.2 LU).

    `every` looks at each so manieth 100 ms only, for a quicker, rougher answer.
    """
    hop = RATE // 10
    n_blocks = len(samples) // hop
    weights = (_k_weights(hop) * (2 / hop**2)).astype(np.float32)
    power = np.zeros(-(-n_blocks // every))
    for c in (0, 1):
        spectrum = np.fft.rfft(samples[: n_blocks * hop, c].reshape(n_blocks, hop)[::every], axis=1)
        power += (spectrum.real**2 + spectrum.imag**2) @ weights
    if every == 1:
        power = np.convolve(power, np.full(4, 0.25), "valid")
    loud = power[power > 10 ** ((-70 + 0.691) / 10)]
    if not len(loud):
        return float("-inf")
    loud = loud[loud > np.mean(loud) * 0.1]
    return float(-0.691 + 10 * np.log10(np.mean(loud)))


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, window / window.sum(), "valid")


def _between(values: NDArray[np.float64], block: int, n: int) -> Samples:
    """Draw straight lines between values that stand in the middle of blocks, shape (n,)."""
    ends = np.concatenate([values[:1], values, values[-1:]]).astype(np.float32)
    ramp = (np.arange(block, dtype=np.float32) + 0.5) / block
    lines = ends[:-1, None] + (ends[1:] - ends[:-1])[:, None] * ramp
    return np.asarray(lines.ravel()[block // 2 : block // 2 + n], np.float32)


def compress(samples: Samples, amount: float) -> Samples:
    """Even out the level softly: above its usual level a 100 ms average is drawn back, ratio 1 to 3."""
    block = 512
    n = -(-len(samples) // block)
    padded = np.zeros((n * block, 2), np.float32)
    padded[: len(samples)] = samples
    blocks = padded.reshape(n, -1)
    power = np.einsum("ij,ij->i", blocks, blocks).astype(np.float64) / (2 * block)
    level = np.sqrt(_smooth(power, 9) + 1e-12)
    usual = np.sqrt(np.mean(level[level > level.max() * 0.05] ** 2))
    over = np.maximum(level / (usual * 0.7), 1.0)
    gain = _smooth(over ** (-0.67 * amount), 15)
    return np.asarray(samples * _between(gain, block, len(samples))[:, None], np.float32)


def limit(samples: Samples, ceiling: float) -> Samples:
    """Hold peaks under a ceiling with a gain that looks 3 ms ahead; quieter passages pass untouched."""
    block = 32
    n = -(-len(samples) // block)
    padded = np.zeros((n * block, 2), np.float32)
    padded[: len(samples)] = samples
    blocks = padded.reshape(n, -1)
    peaks = np.maximum(blocks.max(axis=1), -blocks.min(axis=1)).astype(np.float64)
    wide = peaks.copy()
    for shift in range(1, 9):
        wide[shift:] = np.maximum(wide[shift:], peaks[:-shift])
        wide[:-shift] = np.maximum(wide[:-shift], peaks[shift:])
    gain = _smooth(np.minimum(1.0, ceiling / np.maximum(wide, 1e-9)), 13)
    return np.asarray(samples * _between(gain, block, len(samples))[:, None], np.float32)


def tilt(samples: Samples, tilt_db: float) -> Samples:
    """Weigh treble against bass around 900 Hz (half of it each way) and remove what lies under 28 Hz."""
    taps = 4096
    f = np.maximum(np.fft.rfftfreq(taps, 1 / RATE), 1.0)
    shelf = np.tanh(np.log2(f / 900.0) / 2.5)
    gain = 10 ** (tilt_db / 2 * shelf / 20) / np.sqrt(1 + (28.0 / f) ** 8)
    # Minimum phase, by folding the cepstrum (Oppenheim & Schafer): a linear-phase kernel would sound before the beat.
    cepstrum = np.fft.irfft(np.log(gain))
    cepstrum[1 : taps // 2] *= 2
    cepstrum[taps // 2 + 1 :] = 0
    kernel = np.fft.irfft(np.exp(np.fft.rfft(cepstrum))) * np.hanning(2 * taps)[taps:]
    spectrum = np.fft.rfft(kernel, 1 << 17).astype(np.complex64)
    hop = (1 << 17) - taps + 1
    out = np.zeros((len(samples) + (1 << 17), 2), np.float32)
    for start in range(0, len(samples), hop):
        block = np.fft.rfft(samples[start : start + hop], 1 << 17, axis=0) * spectrum[:, None]
        out[start : start + (1 << 17)] += np.fft.irfft(block, axis=0).astype(np.float32)
    return out[: len(samples)]


def master(samples: Samples, target_lufs: float, glue: float, tilt_db: float) -> Samples:
    """Bring a mix to its loudness: equaliser, soft compression, saturation, limiter under -1.2 dBFS."""
    ceiling = 10 ** (-1.2 / 20)
    mixed = compress(tilt(samples, tilt_db), glue)
    mixed *= np.float32(10 ** ((target_lufs - loudness_lufs(mixed, 2)) / 20))
    knee = np.float32(1.6)  # tanh, hardly bending what lies under a third of full scale
    out = limit(np.tanh(mixed / knee) * knee, ceiling)
    for _ in range(2):
        missing_db = target_lufs - loudness_lufs(out, 2)
        if abs(missing_db) < 0.3:
            break
        mixed *= np.float32(10 ** (missing_db / 20))
        out = limit(np.tanh(mixed / knee) * knee, ceiling)
    return out
