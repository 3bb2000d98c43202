from dataclasses import replace

import numpy as np
import pytest

from aidj.analysis import integrated_loudness
from aidj.model import Speech, Word
from aidj.voice import (
    SilentVoice,
    SpeechSound,
    ToneVoice,
    VoiceProcessor,
    load_presenter,
    make_voice,
)
from aidj.voice.compressor import compress, soften_sibilants
from aidj.voice.level import voice_lufs

RATE = 44100


def speech_of(samples, rate=22050, words=()):
    return Speech(
        text="x", samples=np.asarray(samples, np.float32), rate=rate, words=words, engine="test", voice="test"
    )


def prepared(*speeches, rate=RATE, target_lufs=-16.0, sound=None):
    """What is said in one session, in the order given."""
    processor = VoiceProcessor(rate=rate, target_lufs=target_lufs, sound=sound)
    return [processor.ready(speech) for speech in speeches]


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
    (ready,) = prepared(make(), target_lufs=target_lufs)
    assert ready.rate == RATE
    assert ready.samples.dtype == np.float32
    assert loudness(ready) == pytest.approx(target_lufs, abs=0.7)
    assert 20 * np.log10(np.abs(ready.samples).max()) <= -2.999


def test_the_real_voice():
    voice = make_voice(load_presenter("ella"))
    if voice.probe():
        pytest.skip("no speech engine on this system")
    speech = voice.speak("You have not heard this for more than a year. Here it is again.")
    (ready,) = prepared(speech, rate=48000)
    assert loudness(ready) == pytest.approx(-16, abs=0.5)
    assert np.abs(ready.samples).max() <= 10 ** (-3 / 20) + 1e-6
    assert speech.duration_s - 0.6 < ready.duration_s < speech.duration_s + 0.001
    assert np.array_equal(ready.samples, prepared(speech, rate=48000)[0].samples)


def test_silence_around_is_cut_and_words_move_along():
    tone = ToneVoice().speak("one two three")
    padded = np.concatenate([np.zeros(22050), tone.samples, np.zeros(33075)])
    words = tuple(Word(word.start_s + 1.0, word.start_char, word.length) for word in tone.words)
    (ready,) = prepared(speech_of(padded, words=words))
    assert ready.duration_s < tone.duration_s + 0.1
    for before, after in zip(tone.words, ready.words, strict=True):
        assert after.start_s == pytest.approx(before.start_s + 0.02, abs=0.012)
        assert (after.start_char, after.length) == (before.start_char, before.length)
    start = round((ready.words[1].start_s + 0.02) * RATE)
    assert np.sqrt(np.mean(ready.samples[start : start + 2000] ** 2)) > 0.03


def test_a_quiet_speech_is_no_silence():
    quiet = speech_of(spiky() * 0.001)
    loud = speech_of(spiky())
    ready = [prepared(speech)[0] for speech in (quiet, loud)]
    assert len(ready[0].samples) == len(ready[1].samples)
    assert loudness(ready[0]) == pytest.approx(-16, abs=0.7)


def test_edges_are_faded():
    t = np.arange(22050) / 22050
    (ready,) = prepared(speech_of(np.sin(2 * np.pi * 500 * t)))
    peak = np.abs(ready.samples).max()
    assert np.abs(ready.samples[:20]).max() < 0.05 * peak
    assert np.abs(ready.samples[-20:]).max() < 0.05 * peak


def test_rumble_goes_and_the_voice_stays():
    t = np.arange(44100) / 22050
    rumble, voice = np.sin(2 * np.pi * 25 * t), np.sin(2 * np.pi * 400 * t)
    (ready,) = prepared(speech_of(0.3 * voice + 0.3 * rumble + 0.2), rate=22050)
    spectrum = np.abs(np.fft.rfft(ready.samples * np.hanning(len(ready.samples))))
    f = np.fft.rfftfreq(len(ready.samples), 1 / 22050)
    assert spectrum[f < 40].max() < 0.02 * spectrum[(f > 390) & (f < 410)].max()


def test_resampling_keeps_the_pitch():
    t = np.arange(22050) / 22050
    (ready,) = prepared(speech_of(np.sin(2 * np.pi * 1000 * t)), rate=48000)
    spectrum = np.abs(np.fft.rfft(ready.samples))
    assert np.fft.rfftfreq(len(ready.samples), 1 / 48000)[spectrum.argmax()] == pytest.approx(1000, abs=3)


@pytest.mark.parametrize("n_frames", [0, 1, 3, 100, 2000, 8000])
def test_short_clips(n_frames):
    t = np.arange(n_frames) / 22050
    (ready,) = prepared(speech_of(0.2 * np.sin(2 * np.pi * 500 * t + 1)))
    assert np.isfinite(ready.samples).all()
    assert n_frames == 0 or np.abs(ready.samples).max() <= 10 ** (-3 / 20) + 1e-6
    if n_frames >= 2000:
        assert loudness(ready) == pytest.approx(-16, abs=1.0)


def test_silence_stays_as_long_as_it_is():
    speech = SilentVoice().speak("Here is Marrow, with Slow Boat.")
    (ready,) = prepared(speech)
    assert not ready.samples.any()
    assert ready.duration_s == pytest.approx(speech.duration_s, abs=0.001)
    assert ready.words == speech.words


def test_broken_samples_do_no_harm():
    samples = spiky()
    samples[100], samples[200] = np.nan, np.inf
    (ready,) = prepared(speech_of(samples))
    assert np.isfinite(ready.samples).all()


# -- one level for each voice -----------------------------------------------------------------------------------------


def test_a_short_clip_is_no_louder_for_being_short():
    """A clip by itself is lifted to the target; after another it keeps its distance to that."""
    strong, weak = speech_of(spiky(6.0)), speech_of(0.5 * spiky(0.8, seed=2))
    alone = [prepared(said)[0] for said in (strong, weak)]
    together = prepared(strong, weak)
    assert abs(loudness(alone[0]) - loudness(alone[1])) < 1.0
    assert 1.5 < loudness(together[0]) - loudness(together[1]) < 7.0, "gently compressed, but still softer"
    assert voice_lufs(together[0].samples, RATE) == pytest.approx(-16, abs=0.1)


def test_the_order_and_the_company_of_other_voices_change_nothing():
    speeches = [speech_of(spiky(seed=seed)) for seed in (1, 2)]
    other = replace(speech_of(0.1 * spiky(seed=3)), voice="other")
    ready = prepared(speeches[0], other, speeches[1])
    for made, expected in zip(ready[::2], prepared(*speeches), strict=True):
        np.testing.assert_array_equal(made.samples, expected.samples)
    assert loudness(ready[1]) == pytest.approx(-16, abs=0.7), "every voice comes to the same loudness"


def test_the_first_speech_of_a_voice_sets_the_level_of_the_others():
    first, second = (speech_of(spiky(seed=seed)) for seed in (1, 2))
    louder = speech_of(2 * second.samples)
    ready, again, *made = prepared(first, first, second, louder)
    np.testing.assert_array_equal(ready.samples, prepared(first)[0].samples)
    np.testing.assert_array_equal(again.samples, ready.samples)
    assert loudness(made[1]) > loudness(made[0]) + 1, "the level is the voice's, not the clip's"


def test_silence_sets_no_level():
    silent, said = speech_of(np.zeros(22050)), speech_of(0.1 * spiky())
    np.testing.assert_array_equal(prepared(silent, said)[1].samples, prepared(said)[0].samples)


@pytest.mark.parametrize("level_db", [-6.0, 3.0])
def test_a_voice_can_be_louder_or_softer_than_others(level_db):
    sound = SpeechSound(preset="formant", level_db=level_db)
    (ready,) = prepared(speech_of(spiky()), target_lufs=-18.0, sound=sound)
    assert loudness(ready) == pytest.approx(-18 + level_db, abs=0.5)


# -- the radio sound --------------------------------------------------------------------------------------------------


def test_natural_voices_get_clarity_and_computed_ones_none():
    noise = np.random.default_rng(1).standard_normal(4 * 22050) * 0.1
    changes_db = {}
    for preset in ("natural", "formant"):
        (ready,) = prepared(speech_of(noise), rate=22050, sound=SpeechSound(preset=preset))
        spectrum = np.abs(np.fft.rfft(ready.samples)) ** 2
        f = np.fft.rfftfreq(len(ready.samples), 1 / 22050)
        bands = [spectrum[(f > low) & (f < high)].mean() for low, high in ((240, 260), (900, 1000), (3400, 3600))]
        changes_db[preset] = 10 * np.log10(np.array(bands) / bands[1])
    assert np.abs(changes_db["formant"]).max() < 1.0
    assert changes_db["natural"][0] == pytest.approx(-2, abs=1.0)
    assert changes_db["natural"][2] == pytest.approx(3, abs=1.0)


def levels_db(samples, rate, stretch_s):
    return [10 * np.log10(np.mean(part**2)) for part in samples.reshape(-1, round(stretch_s * rate))]


def test_what_is_loud_is_compressed_three_to_one_and_what_is_soft_is_not():
    t = np.arange(4 * RATE) / RATE
    tone = (np.sqrt(2) * np.sin(2 * np.pi * 200 * t)).astype(np.float32)
    tone *= np.float32(10 ** (np.repeat([-40.0, -18.0, -6.0, -40.0], RATE) / 20))
    made = compress(tone, RATE, -24.0)
    came, went = levels_db(tone, RATE, 0.5), levels_db(made, RATE, 0.5)
    assert went[1] == pytest.approx(came[1], abs=0.1)
    assert went[3] == pytest.approx(-22, abs=0.5), "6 dB over the threshold become 2"
    assert went[5] == pytest.approx(-18, abs=0.5), "18 dB over the threshold become 6"
    assert went[7] == pytest.approx(came[7], abs=0.1), "and then it lets go"


def test_sharp_sibilants_are_softened_and_vowels_are_not():
    rng = np.random.default_rng(2)
    t = np.arange(RATE) / RATE
    vowel = 0.2 * sum(np.sin(2 * np.pi * f * t) / n for n, f in enumerate((140, 280, 700, 1200), start=1))
    spectrum = np.fft.rfft(rng.standard_normal(RATE))
    f = np.fft.rfftfreq(RATE, 1 / RATE)
    hiss = np.fft.irfft(spectrum * ((f > 5500) & (f < 8500)), RATE)
    hiss *= 0.15 / np.sqrt(np.mean(hiss**2))
    for sound, low, high in ((vowel, -0.1, 0.1), (hiss, -6.5, -2.0)):
        samples = sound.astype(np.float32)
        change_db = 10 * np.log10(np.mean(soften_sibilants(samples, RATE) ** 2) / np.mean(samples**2))
        assert low <= change_db <= high
    assert soften_sibilants(np.ones(100, np.float32), 8000).tolist() == [1.0] * 100, "there is no room for them"
