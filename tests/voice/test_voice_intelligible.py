"""A recogniser that knows nothing of the text hears words of it."""

import numpy as np
import pytest
import soxr

from aidj.voice import load_presenter, make_voice

pocketsphinx = pytest.importorskip("pocketsphinx", exc_type=ImportError)

TEXT = "Good morning, and welcome. The next song is an old friend that you have not heard for more than a year."


def pink_noise(n_frames, rms):
    """Noise with equal power in each octave; formant speech on digital silence confuses the recogniser."""
    rng = np.random.default_rng(3)
    spectrum = np.fft.rfft(rng.standard_normal(n_frames))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, n_frames)
    return noise * rms / np.sqrt(np.mean(noise**2))


@pytest.mark.parametrize("name", ["otto", "ella"])
def test_words_are_recognised(name):
    voice = make_voice(load_presenter(name))
    if voice.probe():
        pytest.skip("no speech engine on this system")
    speech = voice.speak(TEXT)
    samples = soxr.resample(speech.samples, speech.rate, 16000)
    samples = samples + pink_noise(len(samples), np.sqrt(np.mean(samples**2)) * 10 ** (-30 / 20))
    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw((samples * 20000).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    heard = set(decoder.hyp().hypstr.split())
    wanted = {"good", "morning", "welcome", "next", "song", "old", "friend", "heard", "more", "than", "year"}
    assert len(heard & wanted) >= 5, heard
