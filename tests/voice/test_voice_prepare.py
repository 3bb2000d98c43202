import numpy as np
import pytest

from aidj.analysis import integrated_loudness
from aidj.model import Speech, Word
from aidj.voice import Pyttsx3Voice, SilentVoice, ToneVoice, prepare_speech

RATE = 44100


def speech_of(samples, rate=22050, words=()):
    return Speech(
        text="x", samples=np.asarray(samples, np.float32), rate=rate, words=words, engine="test", voice="test"
    )


def loudness(speech):
    samples = np.tile(speech.samples, 4)[:, None] if speech.duration_s < 1 else speech.samples[:, None]
    return integrated_loudness(samples, speech.rate)


def spiky(seconds=4.0, rate=22050, seed=1):
    """Noise in syllables with the crest of formant speech."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    noise = rng.standard_normal(len(t)) * (0.02 + 0.3 * (np.sin(2 * np.pi * 3 * t) > 0))
    pulses = 0.9 * (rng.random(len(t)) > 0.999)
    return np.clip(0.3 * noise + pulses, -1, 1)


@pytest.mark.parametrize("target_lufs", [-16.0, -20.0, -12.0])
@pytest.mark.parametrize(
    "make", [lambda: speech_of(spiky()), lambda: ToneVoice().speak("Here is a tone for each word.")]
)
def test_loudness_and_peak(make, target_lufs):
    ready = prepare_speech(make(), rate=RATE, target_lufs=target_lufs)
    assert ready.rate == RATE
    assert ready.samples.dtype == np.float32
    assert loudness(ready) == pytest.approx(target_lufs, abs=0.7)
    assert 20 * np.log10(np.abs(ready.samples).max()) <= -2.999


def test_the_real_voice():
    voice = Pyttsx3Voice()
    if voice.probe():
        pytest.skip("no speech engine on this system")
    speech = voice.speak("You have not heard this for more than a year. Here it is again.")
    ready = prepare_speech(speech, rate=48000, target_lufs=-16)
    assert loudness(ready) == pytest.approx(-16, abs=0.5)
    assert np.abs(ready.samples).max() <= 10 ** (-3 / 20) + 1e-6
    assert speech.duration_s - 0.6 < ready.duration_s < speech.duration_s
    assert np.array_equal(ready.samples, prepare_speech(speech, rate=48000, target_lufs=-16).samples)


def test_silence_around_is_cut_and_words_move_along():
    tone = ToneVoice().speak("one two three")
    padded = np.concatenate([np.zeros(22050), tone.samples, np.zeros(33075)])
    words = tuple(Word(word.start_s + 1.0, word.start_char, word.length) for word in tone.words)
    ready = prepare_speech(speech_of(padded, words=words), rate=RATE, target_lufs=-16)
    assert ready.duration_s < tone.duration_s + 0.1
    for before, after in zip(tone.words, ready.words, strict=True):
        assert after.start_s == pytest.approx(before.start_s + 0.02, abs=0.012)
        assert (after.start_char, after.length) == (before.start_char, before.length)
    start = round((ready.words[1].start_s + 0.02) * RATE)
    assert np.sqrt(np.mean(ready.samples[start : start + 2000] ** 2)) > 0.03


def test_a_quiet_speech_is_no_silence():
    quiet = speech_of(spiky() * 0.001)
    loud = speech_of(spiky())
    ready = [prepare_speech(speech, rate=RATE, target_lufs=-16) for speech in (quiet, loud)]
    assert len(ready[0].samples) == len(ready[1].samples)
    assert loudness(ready[0]) == pytest.approx(-16, abs=0.7)


def test_edges_are_faded():
    t = np.arange(22050) / 22050
    ready = prepare_speech(speech_of(np.sin(2 * np.pi * 500 * t)), rate=RATE, target_lufs=-16)
    peak = np.abs(ready.samples).max()
    assert np.abs(ready.samples[:20]).max() < 0.05 * peak
    assert np.abs(ready.samples[-20:]).max() < 0.05 * peak


def test_rumble_goes_and_the_voice_stays():
    t = np.arange(44100) / 22050
    rumble, voice = np.sin(2 * np.pi * 25 * t), np.sin(2 * np.pi * 400 * t)
    ready = prepare_speech(speech_of(0.3 * voice + 0.3 * rumble + 0.2), rate=22050, target_lufs=-16)
    spectrum = np.abs(np.fft.rfft(ready.samples * np.hanning(len(ready.samples))))
    f = np.fft.rfftfreq(len(ready.samples), 1 / 22050)
    assert spectrum[f < 40].max() < 0.02 * spectrum[(f > 390) & (f < 410)].max()


def test_resampling_keeps_the_pitch():
    t = np.arange(22050) / 22050
    ready = prepare_speech(speech_of(np.sin(2 * np.pi * 1000 * t)), rate=48000, target_lufs=-16)
    spectrum = np.abs(np.fft.rfft(ready.samples))
    assert np.fft.rfftfreq(len(ready.samples), 1 / 48000)[spectrum.argmax()] == pytest.approx(1000, abs=3)


@pytest.mark.parametrize("n_frames", [0, 1, 3, 100, 2000, 8000])
def test_short_clips(n_frames):
    t = np.arange(n_frames) / 22050
    ready = prepare_speech(speech_of(0.2 * np.sin(2 * np.pi * 500 * t + 1)), rate=RATE, target_lufs=-16)
    assert np.isfinite(ready.samples).all()
    assert n_frames == 0 or np.abs(ready.samples).max() <= 10 ** (-3 / 20) + 1e-6
    if n_frames >= 2000:
        assert loudness(ready) == pytest.approx(-16, abs=1.0)


def test_silence_stays_as_long_as_it_is():
    speech = SilentVoice().speak("Here is Marrow, with Slow Boat.")
    ready = prepare_speech(speech, rate=RATE, target_lufs=-16)
    assert not ready.samples.any()
    assert ready.duration_s == pytest.approx(speech.duration_s, abs=0.001)
    assert ready.words == speech.words


def test_broken_samples_do_no_harm():
    samples = spiky()
    samples[100], samples[200] = np.nan, np.inf
    ready = prepare_speech(speech_of(samples), rate=RATE, target_lufs=-16)
    assert np.isfinite(ready.samples).all()
