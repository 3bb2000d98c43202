import numpy as np
import pytest

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice import Delivery, SilentEngine, SilentVoice, ToneEngine, ToneVoice, Voice, estimate_speech_s

TEXT = "Here is Marrow, with Slow Boat."


@pytest.mark.parametrize("voice", [SilentVoice(), ToneVoice()])
def test_what_every_fake_voice_keeps(voice: Voice):
    speech = voice.speak(TEXT)
    assert (speech.text, speech.engine, speech.voice) == (TEXT, voice.name, voice.voice)
    assert speech.synthetic
    assert speech.samples.dtype == np.float32
    assert speech.samples.ndim == 1
    assert speech.duration_s == pytest.approx(estimate_speech_s(TEXT), abs=0.01)
    assert [TEXT[w.start_char : w.start_char + w.length] for w in speech.words] == TEXT.split()
    starts = [word.start_s for word in speech.words]
    assert starts == sorted(starts)
    assert starts[-1] < speech.duration_s
    assert voice.probe() is None
    with pytest.raises(VoiceError, match="nothing to say"):
        voice.speak("  ")


@pytest.mark.parametrize("engine", [SilentEngine(), ToneEngine(), SilentEngine("captions")])
def test_what_every_fake_engine_keeps(engine):
    delivery = Delivery(language="xx", pace_wpm=120)
    sound = engine.synthesise(SpokenText(text=TEXT), delivery)
    assert engine.probe(delivery) is None
    assert sound.voice == engine.voices("xx")[0] == engine.name
    assert engine.languages() == ("mul",)
    assert len(sound.samples) / sound.rate == pytest.approx(estimate_speech_s(TEXT, 120), abs=0.01)
    with pytest.raises(VoiceError, match="nothing to say"):
        engine.synthesise(SpokenText(text=""), delivery)
    engine.close()
    assert engine.version()


def test_silence_is_silent_and_tones_are_heard():
    assert not SilentVoice().speak(TEXT).samples.any()
    speech = ToneVoice().speak(TEXT)
    assert np.array_equal(speech.samples, ToneVoice().speak(TEXT).samples)
    for word in speech.words:
        start = round(word.start_s * speech.rate)
        rms = np.sqrt(np.mean(speech.samples[start : start + 2000] ** 2))
        assert 0.05 < rms < 0.15
    assert not np.array_equal(ToneVoice().speak("one two").samples, ToneVoice().speak("two one").samples)


def test_pace_and_rate():
    slow, quick = (SilentVoice(pace_wpm=pace).speak(TEXT).duration_s for pace in (100, 200))
    assert slow == pytest.approx(2 * quick, rel=0.01)
    assert ToneVoice(rate=48000).speak(TEXT).rate == 48000
