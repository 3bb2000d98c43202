"""From the shown text to speech: the chain, the pieces, the word times, the checks, the cache."""

import itertools
import logging
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.errors import VoiceError
from aidj.model import Pause, Phonemes, SpokenText, Word
from aidj.voice import (
    Chain,
    Delivery,
    PresenterVoice,
    Pronunciation,
    Saying,
    Sound,
    SpeechCache,
    ToneEngine,
    load_presenter,
    make_voice,
    synthesise,
)
from aidj.voice import engines as room
from aidj.voice.estimate import complete_words

TEXT = "Good evening. You have not heard this song for more than a year."
DELIVERY = Delivery(language="en")


class Scripted(ToneEngine):
    """Tones, with a fault where the text asks for one, and a record of what it was asked."""

    def __init__(self, name="scripted", change=None, version="1"):
        super().__init__(name)
        object.__setattr__(self, "_change", change)
        object.__setattr__(self, "_version", version)
        object.__setattr__(self, "asked", [])

    __slots__ = ("__dict__",)

    def version(self):
        return self._version

    def synthesise(self, spoken, delivery):
        self.asked.append(spoken)
        sound = super().synthesise(spoken, delivery)
        return self._change(sound) if self._change else sound


@pytest.fixture
def voice_of(monkeypatch):
    def make(*engines, cache=None, language="en", delivery=DELIVERY, pronunciation=None):
        for engine in engines:
            monkeypatch.setitem(room._BUILT_IN, engine.name, lambda engine=engine: engine)
        room.load_engine.cache_clear()
        candidates = [(engine.name, delivery) for engine in engines]
        return PresenterVoice(
            Chain(candidates),
            language=language,
            pronunciation=pronunciation or Pronunciation(),
            cache=SpeechCache(cache) if cache else None,
        )

    yield make
    room.load_engine.cache_clear()


def replaced(**changes):
    return lambda sound: replace(sound, **{key: change(sound) for key, change in changes.items()})


def fail(sound):
    raise VoiceError("the engine is on fire")


def raise_another(sound):
    raise RuntimeError("a mistake in a package")


WRONG = {
    "refuses": fail,
    "raises": raise_another,
    "silent": replaced(samples=lambda s: s.samples * 0),
    "empty": replaced(samples=lambda s: s.samples[:0]),
    "short": replaced(samples=lambda s: s.samples[:500]),
    "long": replaced(samples=lambda s: np.tile(s.samples, 15)),
    "nan": replaced(samples=lambda s: s.samples * np.nan),
    "stereo": replaced(samples=lambda s: np.stack([s.samples, s.samples])),
    "rate": replaced(rate=lambda s: 0),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_goes_down_the_chain(voice_of, caplog, kind):
    wrong, right = Scripted("wrong", WRONG[kind]), Scripted("right")
    voice = voice_of(wrong, right)
    with caplog.at_level(logging.WARNING):
        speech = voice.speak(TEXT)
    assert speech.engine == "right 1"
    assert "wrong" in caplog.text
    assert len(wrong.asked) == 1
    with pytest.raises(VoiceError):
        voice_of(wrong).speak(TEXT)


def test_what_a_speech_says_of_itself(voice_of):
    speech = voice_of(Scripted(version="1.2")).speak(TEXT)
    assert (speech.text, speech.engine, speech.voice, speech.synthetic) == (TEXT, "scripted 1.2", "scripted", True)


def test_loud_samples_are_held(voice_of):
    speech = voice_of(Scripted(change=replaced(samples=lambda s: s.samples.astype(np.float64) * 50))).speak(TEXT)
    assert np.abs(speech.samples).max() == 1.0
    assert speech.samples.dtype == np.float32


def test_every_shown_word_has_a_time(voice_of):
    speech = voice_of(Scripted()).speak(TEXT)
    assert [speech.text[w.start_char : w.start_char + w.length] for w in speech.words] == TEXT.split()


@pytest.mark.parametrize(
    "told",
    [
        lambda s: (),
        lambda s: s.words[::2],
        lambda s: s.words[::-1],
        lambda s: s.words[3:4],
        lambda s: (*s.words, *s.words),
        lambda s: tuple(Word(w.start_s, w.start_char + 1, 1) for w in s.words),
        lambda s: tuple(Word(999.0, w.start_char, w.length) for w in s.words),
        lambda s: tuple(Word(w.start_s, w.start_char - 500, w.length) for w in s.words),
        lambda s: tuple(Word(float("nan"), w.start_char, w.length) for w in s.words),
        lambda s: tuple(Word(2.0 - w.start_s, w.start_char, w.length) for w in s.words),
    ],
)
def test_missing_or_wrong_word_times_are_filled_in(voice_of, told):
    speech = voice_of(Scripted(change=replaced(words=told))).speak(TEXT)
    starts = [word.start_s for word in speech.words]
    assert len(starts) == len(TEXT.split())
    assert starts == sorted(starts)
    assert starts[0] >= 0
    assert starts[-1] <= speech.duration_s


def test_times_that_are_told_are_kept():
    text = "one two three four five"
    told = [Word(0.2, 0, 3), Word(1.0, 8, 5), Word(1.5, 14, 4)]
    words = complete_words(text, told, start_s=0.1, end_s=2.0)
    assert [text[w.start_char : w.start_char + w.length] for w in words] == text.split()
    times = [word.start_s for word in words]
    assert times[0] == 0.1  # the first sound is the first word's
    assert times[2:4] == [1.0, 1.5]
    assert 0.3 < times[1] < 0.8
    assert 1.5 < times[4] < 2.0


@settings(max_examples=60, deadline=None)
@given(
    st.text("ab .,?\n", max_size=60),
    st.lists(st.tuples(st.floats(-5, 50), st.integers(-3, 70), st.integers(0, 9)), max_size=12),
)
def test_words_are_always_in_order_and_within(text, told):
    words = complete_words(text, [Word(*word) for word in told], start_s=0.5, end_s=9.0)
    assert [(w.start_char, w.length) for w in words] == [(m.start(), len(m[0])) for m in re.finditer(r"\S+", text)]
    starts = [word.start_s for word in words]
    assert starts == sorted(starts)
    assert all(0.5 <= start <= 9.0 for start in starts)


def test_words_of_a_respelled_name_are_one_shown_word(voice_of):
    sayings = Pronunciation(sayings=(Saying(name="AC/DC", say="eh see dee see"),))
    text = "That was AC/DC, live."
    engine = Scripted()
    speech = voice_of(engine, pronunciation=sayings).speak(text)
    assert "eh see dee see" in engine.asked[0].text
    shown = [text[w.start_char : w.start_char + w.length] for w in speech.words]
    assert [word.strip(",.") for word in shown] == ["That", "was", "AC/DC", "live"]
    assert speech.text == text


class TestPieces:
    def test_a_long_text_is_handed_over_in_pieces(self):
        engine = Scripted()
        text = "This sentence is one of a great many, is it not? " * 60
        sound = synthesise(engine, SpokenText(text=text), DELIVERY)
        assert len(engine.asked) == 3
        assert all(len(piece.text) <= 1000 and piece.text.rstrip().endswith("?") for piece in engine.asked)
        assert "".join(piece.text for piece in engine.asked) == text
        assert [w.start_char for w in sound.words] == [match.start() for match in re.finditer(r"\S+", text)]
        check_tones(text, sound)

    @pytest.mark.parametrize("text", ["word " * 500, "x" * 2500, "no end. " + "y" * 1500 + " and on"])
    def test_without_sentences_it_is_cut_all_the_same(self, text):
        engine = Scripted()
        synthesise(engine, SpokenText(text=text), DELIVERY)
        assert "".join(piece.text for piece in engine.asked) == text
        assert all(len(piece.text) <= 1000 for piece in engine.asked)

    def test_pauses_are_silence(self):
        text = "one two, three four"
        plain = synthesise(Scripted(), SpokenText(text=text), DELIVERY)
        engine = Scripted()
        sound = synthesise(engine, SpokenText(text=text, pauses=(Pause(8, 0.7),)), DELIVERY)
        assert [piece.text for piece in engine.asked] == ["one two,", " three four"]
        assert not any(piece.pauses for piece in engine.asked)
        check_tones(text, sound)
        three = sound.words[2].start_s
        assert three > plain.words[2].start_s + 0.4
        silence = sound.samples[round((three - 0.69) * sound.rate) : round((three - 0.01) * sound.rate)]
        assert np.abs(silence).max() < 0.005

    def test_pauses_at_odd_places_do_no_harm(self):
        text = "one, two"
        pauses = tuple(
            Pause(at, length_s) for at, length_s in ((0, 1.0), (4, 0.1), (4, 0.2), (8, 2.0), (99, 1), (5, -1))
        )
        sound = synthesise(Scripted(), SpokenText(text=text, pauses=pauses), DELIVERY)
        assert len(sound.words) == 2
        check_tones(text, sound)

    def test_phonemes_stay_with_their_letters(self):
        start = "This is a sentence. " * 48
        text = start + "Sigur Ros. plays. " * 20
        spots = tuple(Phonemes(match.start(), 10, "x") for match in re.finditer("Sigur Ros", text))
        engine = Scripted()
        synthesise(engine, SpokenText(text=text, phonemes=spots, pauses=(Pause(spots[3].start_char + 4, 1),)), DELIVERY)
        found = [piece.text[p.start_char : p.start_char + p.length] for piece in engine.asked for p in piece.phonemes]
        assert found == ["Sigur Ros."] * 20

    def test_the_rate_stays(self):
        rates = iter((22050, 16000))
        engine = Scripted(change=replaced(rate=lambda s: next(rates)))
        with pytest.raises(VoiceError, match="sample rate"):
            synthesise(engine, SpokenText(text="one, two", pauses=(Pause(4, 0.1),)), DELIVERY)

    @pytest.mark.parametrize("text", ["", " ", "...", ", ,"])
    def test_nothing_to_say(self, text):
        with pytest.raises(VoiceError, match="nothing to say"):
            synthesise(Scripted(), SpokenText(text=text), DELIVERY)


def check_tones(text, sound: Sound):
    """Each word's tone sounds at the word's time, whatever was joined."""
    for word in sound.words:
        start = round(word.start_s * sound.rate)
        loud = sound.samples[start + 50 : start + 50 + round(0.05 * word.length * sound.rate)]
        assert np.sqrt(np.mean(loud**2)) > 0.05, text[word.start_char :][:20]


class TestCache:
    def test_it_speaks_once(self, voice_of, tmp_path):
        engine = Scripted()
        first = voice_of(engine, cache=tmp_path).speak(TEXT)
        second = voice_of(engine, cache=tmp_path).speak(TEXT)
        assert len(engine.asked) == 1
        assert first == second
        assert first.samples.tobytes() == second.samples.tobytes()

    def test_all_that_the_sound_depends_on(self, voice_of, tmp_path):
        cases = [
            {},
            {"delivery": Delivery(language="en", pace_wpm=156)},
            {"delivery": Delivery(language="en", pitch_st=1.0)},
            {"delivery": Delivery(language="en", voice="other")},
            {"delivery": Delivery(language="de")},
            {"pronunciation": Pronunciation(sayings=(Saying(name="song", say="sonk"),))},
            {"pronunciation": Pronunciation(sayings=(Saying(name="song", say="song", ipa="sɒŋ"),))},
        ]
        for case in cases:
            voice_of(Scripted(), cache=tmp_path, **case).speak(TEXT)
        voice_of(Scripted(version="2"), cache=tmp_path).speak(TEXT)
        voice_of(Scripted("another"), cache=tmp_path).speak(TEXT)
        voice_of(Scripted(), cache=tmp_path).speak(TEXT.replace(" for", "  for"))  # shown in another way
        assert len(list(tmp_path.iterdir())) == len(cases) + 3

    def test_neither_failures_nor_captions_are_kept(self, voice_of, tmp_path):
        speech = voice_of(Scripted("wrong", fail), Scripted("captions"), cache=tmp_path).speak(TEXT)
        assert speech.engine.startswith("captions")
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\ud800", "🎵", "…", "***"])
def test_nothing_to_say(voice_of, text):
    engine = Scripted()
    with pytest.raises(VoiceError):
        voice_of(engine).speak(text)
    assert not engine.asked


def test_letters_that_no_voice_of_the_language_can_read(voice_of):
    engine = Scripted()
    with pytest.raises(VoiceError, match="東京"):
        voice_of(engine).speak("東京")
    assert not engine.asked


OTTO = make_voice(load_presenter("otto"))
real = pytest.mark.skipif(OTTO.name in ("captions", ""), reason="no speech engine on this system")

HOSTILE = [
    "One sentence of very many. " * 400, "word " * 2000, "ha" * 5000, "a\x00b \x1b[31mred", "Now 🎵 Björk 🎶!",
    "\u202eevil\u202c and then", "Now مرحبا by someone", "Play שלום again", "Next, 東京 by nobody",
    "<speak><break time='9s'/>no</speak>", "[[bj'3:k]] says", "%s {0} $(rm -rf) `x`", "A\u0301\u0301\u0301 b",
]  # fmt: skip


@real
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_with_the_real_engine(text):
    speech = OTTO.speak(text)
    assert speech.text == text
    assert np.isfinite(speech.samples).all()
    starts = [word.start_s for word in speech.words]
    assert starts == sorted(starts)
    assert 0 <= starts[0] <= starts[-1] <= speech.duration_s
    places = [word.start_char for word in speech.words]
    assert places == sorted(set(places))
    assert all(word.length > 0 and word.start_char + word.length <= len(text) for word in speech.words)


@real
def test_word_times_of_the_real_engine():
    text = "Good evening. That was for the two of us, and this one is by Björk."
    speech = OTTO.speak(text)
    assert speech.engine.split()[0] in ("espeak", "pyttsx3")
    assert speech.engine.split()[1][0].isdigit()
    assert [text[w.start_char : w.start_char + w.length].strip(",.") for w in speech.words] == (
        text.replace(",", "").replace(".", "").split()
    )
    starts = [word.start_s for word in speech.words]
    assert all(0.02 < later - earlier < 1.5 for earlier, later in itertools.pairwise(starts))


@real
def test_the_same_samples_from_another_voice_object_and_from_threads():
    texts = [f"This is link number {number}." for number in range(8)]
    alone = [OTTO.speak(text).samples.tobytes() for text in texts]
    copy = pickle.loads(pickle.dumps(OTTO))
    with ThreadPoolExecutor(4) as pool:
        assert [speech.samples.tobytes() for speech in pool.map(copy.speak, texts)] == alone
    assert copy.probe() is None
    assert (copy.name, copy.voice) == (OTTO.name, OTTO.voice)
