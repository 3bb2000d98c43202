import numpy as np
import pytest

from aidj.errors import VoiceError
from aidj.voice import RepeatableVoice, SilentVoice, ToneVoice, Voice, estimate_speech_s

TEXT = "Here is Marrow, with Slow Boat."


@pytest.mark.parametrize("voice", [SilentVoice(), ToneVoice()])
def test_what_every_fake_keeps(voice: Voice):
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
    assert isinstance(voice, RepeatableVoice)
    with pytest.raises(VoiceError, match="nothing to say"):
        voice.speak("  ")


def test_silence_is_silent_and_tones_are_heard():
    assert not SilentVoice().speak(TEXT).samples.any()
    speech = ToneVoice().speak(TEXT)
    assert np.array_equal(speech.samples, ToneVoice().speak(TEXT).samples)
    for word in speech.words:
        start = round(word.start_s * speech.rate)
        rms = np.sqrt(np.mean(speech.samples[start : start + 2000] ** 2))
        assert 0.05 < rms < 0.15
    assert not np.array_equal(ToneVoice().speak("one two").samples, ToneVoice().speak("two one").samples)


def test_pace():
    slow, quick = (SilentVoice(pace_wpm=pace).speak(TEXT).duration_s for pace in (100, 200))
    assert slow == pytest.approx(2 * quick, rel=0.01)
