"""The real library, in its real process."""

import hashlib
import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import aidj.voice.espeak
from aidj.errors import VoiceError
from aidj.model import Phonemes, SpokenText
from aidj.voice import Delivery
from aidj.voice.espeak import EspeakEngine
from aidj.voice.worker import python_worker

TEXT = "Good evening. You have not heard this song for more than a year."
OTTO = Delivery(language="en", voice="en-us+m6")
ELLA = Delivery(language="en", voice="en-us+f2")
SCRIPT = Path(aidj.voice.espeak.__file__).with_name("espeak_worker.py")

pytestmark = pytest.mark.skipif(EspeakEngine().probe(OTTO) is not None, reason="no espeak-ng library on this system")
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")


@pytest.fixture(scope="module")
def espeak():
    engine = EspeakEngine()
    yield engine
    engine.close()


def say(engine, text, delivery=OTTO, **beside):
    return engine.synthesise(SpokenText(text=text, **beside), delivery)


def digest(sound):
    return hashlib.sha256(sound.samples.tobytes()).hexdigest(), sound.rate, sound.words


@pytest.mark.parametrize("delivery", [OTTO, ELLA])
@pytest.mark.parametrize("text", [TEXT, "No.", "Next, " + "a rather long line about the songs that follow, " * 8])
def test_it_speaks(espeak, delivery, text):
    sound = say(espeak, text, delivery)
    assert sound.voice == delivery.voice
    assert sound.rate == 22050
    assert sound.samples.dtype == np.float32
    assert 0.1 < np.abs(sound.samples).max() <= 1.0
    if len(text) > 20:
        assert 0.040 < len(sound.samples) / sound.rate / len(text) < 0.120


def test_words_in_order_and_within(espeak):
    sound = say(espeak, TEXT)
    starts = [word.start_s for word in sound.words]
    assert starts == sorted(starts)
    assert 0 <= starts[0] < 0.1
    assert starts[-1] < len(sound.samples) / sound.rate
    said = [TEXT[word.start_char : word.start_char + word.length] for word in sound.words]
    assert set(said) <= set(TEXT.split())
    assert len(said) >= 0.7 * len(TEXT.split())  # espeak-ng merges "for the" and the like
    # Between two sentences there is silence before the word that begins the second.
    you = next(word for word in sound.words if word.start_char == TEXT.index("You"))
    before = sound.samples[round((you.start_s - 0.1) * sound.rate) : round((you.start_s - 0.02) * sound.rate)]
    after = sound.samples[round(you.start_s * sound.rate) : round((you.start_s + 0.15) * sound.rate)]
    assert np.sqrt(np.mean(before**2)) < 0.05 * np.sqrt(np.mean(after**2))


def test_offsets_count_characters(espeak):
    text = "Ça été, 🎵 now Björk plays."
    words = {text[word.start_char :].split()[0] for word in say(espeak, text).words}
    assert {"now", "Björk", "plays."} <= words


@pytest.mark.parametrize("voice", ["en-us+f2", "en-us+m6", "de+f2", "fr", "pt-br+klatt4"])
def test_the_same_samples_whatever_was_said_before_and_in_every_process(voice):
    delivery = Delivery(language="en", voice=voice)
    others = ["Hello.", "Is it?", "One of a great many sentences, all of them different!", "99"]
    first = EspeakEngine()
    wanted = digest(say(first, TEXT, delivery))
    for number, other in enumerate(others):
        say(first, other, Delivery(language="en", voice="it+f5", pace_wpm=100 + 40 * number, pitch_st=3 - number))
        assert digest(say(first, TEXT, delivery)) == wanted
    first.close()
    if voice == "en-us+f2":
        time.sleep(1.1)  # espeak-ng takes its seed from the seconds of the clock, if it is let
    second = EspeakEngine()
    say(second, others[2], ELLA)
    assert digest(say(second, TEXT, delivery)) == wanted
    second.close()


def test_surroundings_do_not_matter(espeak, monkeypatch, tmp_path):
    wanted = digest(say(espeak, TEXT))
    monkeypatch.setenv("ESPEAK_DATA_PATH", "/nowhere")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONHASHSEED", "5")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "espeakng_loader.py").write_text("import os; os._exit(9)")
    other = EspeakEngine()
    assert digest(say(other, TEXT)) == wanted
    other.close()


def test_it_goes_to_other_processes():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(EspeakEngine().synthesise, (SpokenText(text=TEXT), OTTO))
    assert digest(there) == digest(say(EspeakEngine(), TEXT))


def test_four_threads_at_once(espeak):
    jobs = [(f"This is line number {number}.", (OTTO, ELLA)[number % 2]) for number in range(24)]
    alone = [digest(say(espeak, *job)) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda job: digest(say(espeak, *job)), jobs)) == alone


def test_two_hundred_in_a_row(espeak):
    lengths = {}
    for number in range(200):
        text = f"Song {number % 20}, then one that you know."
        length = len(say(espeak, text).samples)
        assert lengths.setdefault(text, length) == length > 20_000


def test_pace(espeak):
    slow, usual, quick = (
        len(say(espeak, TEXT, Delivery(language="en", pace_wpm=pace)).samples) for pace in (110, 155, 220)
    )
    assert slow > 1.25 * usual > 1.25 * 1.2 * quick


@pytest.mark.parametrize("pitch_st", [-6, -2, 3, 8])
@pytest.mark.parametrize("voice", ["en-us+m6", "en-us+f2"])
def test_pitch(espeak, voice, pitch_st):
    text = "Good evening. You have not heard this song for more than a year. Here it is again, my friend."
    before = median_f0(say(espeak, text, Delivery(language="en", voice=voice)))
    after = median_f0(say(espeak, text, Delivery(language="en", voice=voice, pitch_st=pitch_st)))
    assert 12 * np.log2(after / before) == pytest.approx(pitch_st, abs=0.6)


def median_f0(sound):
    """The usual pitch of the voiced parts, by autocorrelation."""
    n_frames, found = round(0.04 * sound.rate), []
    for start in range(0, len(sound.samples) - n_frames, n_frames // 2):
        window = sound.samples[start : start + n_frames]
        if np.sqrt(np.mean(window**2)) > 0.02:
            correlation = np.correlate(window, window, "full")[n_frames - 1 :]
            low, high = sound.rate // 450, sound.rate // 55
            lag = low + int(np.argmax(correlation[low:high]))
            if correlation[lag] > 0.5 * correlation[0]:
                found.append(sound.rate / lag)
    return np.median(found)


def test_languages_and_voices(espeak):
    assert {"en", "en-us", "en-gb", "es", "de", "fr", "fr-fr", "it", "pt", "pt-br", "ja"} <= set(espeak.languages())
    assert espeak.version()[0].isdigit()
    for language, best in {"en": "en-us", "pt": "pt-br", "pt-PT": "pt-pt", "de_AT": "de", "es-419": "es-419"}.items():
        assert espeak.voices(language)[:3] == (f"{best}+m6", f"{best}+f2", best)
    assert espeak.voices("xx") == ()
    assert "klingon" not in espeak.languages()


@pytest.mark.parametrize("language", ["en", "es", "de", "fr", "pt", "it", "ru", "ja", "en-gb", "fr-fr"])
def test_a_default_for_each_language(espeak, language):
    delivery = Delivery(language=language)
    assert espeak.probe(delivery) is None
    assert len(say(espeak, "La la la, 1, 2, 3.", delivery).samples) > 20_000


@pytest.mark.parametrize("voice", ["en-gb+f2", "fr-fr+m6", "en-US+f2", "nb+f2"])
def test_codes_that_espeak_itself_does_not_join_with_a_variant(espeak, voice):
    delivery = Delivery(language="en", voice=voice)
    assert espeak.probe(delivery) is None
    plain = say(espeak, TEXT, Delivery(language="en", voice=voice.split("+")[0]))
    assert digest(say(espeak, TEXT, delivery)) != digest(plain)


@pytest.mark.parametrize("voice", ["nosuch", "en-us+nosuch", "en-us+../../x", "", "+f2", "en-us\0+f2", "x" * 5000])
def test_an_unknown_voice_is_refused(espeak, voice):
    delivery = Delivery(language="xx", voice=voice)
    assert "voice" in str(espeak.probe(delivery)) or "language" in str(espeak.probe(delivery))
    with pytest.raises(VoiceError, match=r"has no voice|does not speak"):
        say(espeak, TEXT, delivery)


HOSTILE = [
    "", " ", "\0", "…", "*" * 50, "a\0b", "\ud800", "<speak><break time='9s'/>x</speak>", "[[bj'3:k]]", "&lt;&#0;",
    "\x01150S\x0150P slow", "\ue000\ue123", "\u202eabc\u202c", "مرحبا بالعالم", "שלום", "東京", "🎵" * 200,
    "a" * 5000, "ab " * 3000, "1" * 400, "%s%n{}", "{{x}}", "\u0301" * 300, "line\nline\r\n\tline",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts(espeak, text):
    process = espeak._worker._held[0]
    sound = say(espeak, text)
    assert np.isfinite(sound.samples).all()
    starts = [word.start_s for word in sound.words]
    assert all(0 <= word.start_char < len(text) for word in sound.words)
    assert all(0 <= start <= len(sound.samples) / sound.rate for start in starts)
    assert espeak._worker._held[0] is process


def test_markup_and_commands_are_no_orders(espeak):
    """An engine that obeyed would be silent for nine seconds, slow down, or say hello."""
    assert len(say(espeak, "Now <break time='9s'/> this.").samples) < 5 * 22050
    for command, plain in (("\x0150S", " 50S"), ("[[h@l'oU]]", "  h@l'oU  ")):
        obeyed, spoken = say(espeak, f"Now {command} this."), say(espeak, f"Now {plain} this.")
        assert np.array_equal(obeyed.samples, spoken.samples)


class TestPhonemes:
    def test_they_are_said(self, espeak):
        text = "Here is Sade again."
        plain = say(espeak, text)
        told = say(espeak, text, phonemes=(Phonemes(8, 4, "ʃɑːdeɪ"),))
        assert digest(told) != digest(plain)
        offsets = [word.start_char for word in told.words]
        assert offsets == sorted(offsets)
        assert {8, 13} <= set(offsets)
        same = say(espeak, "Here is shar day again.")
        assert len(told.samples) == pytest.approx(len(same.samples), rel=0.15)

    @pytest.mark.parametrize("ipa", ["xøœ", "ɮɮɮ", "", "☃", "]] <break/> [[", "ʃ" * 400])
    def test_those_that_the_voice_has_not_are_passed_over(self, espeak, ipa):
        text = "Here is Sade again."
        told = say(espeak, text, phonemes=(Phonemes(8, 4, ipa),))
        assert len(told.samples) == pytest.approx(len(say(espeak, text).samples), rel=0.02)

    def test_twice_the_same(self, espeak):
        phonemes = (Phonemes(0, 5, "bjɜːk"), Phonemes(10, 4, "ʃɑːdeɪ"))
        first = say(espeak, "Björk and Sade.", ELLA, phonemes=phonemes)
        say(espeak, TEXT)
        assert digest(say(espeak, "Björk and Sade.", ELLA, phonemes=phonemes)) == digest(first)


def test_brackets_in_a_text_with_phonemes_are_no_phonemes(espeak):
    text = "Sade [[h@l'oU]] again."
    phonemes = (Phonemes(0, 4, "ʃɑːdeɪ"),)
    calm = say(espeak, text.replace("[", " ").replace("]", " "), phonemes=phonemes)
    assert np.array_equal(say(espeak, text, phonemes=phonemes).samples, calm.samples)


FAULTS = f"""\
import ctypes, importlib.util, os, time
spec = importlib.util.spec_from_file_location("espeak_worker", {str(SCRIPT)!r})
espeak_worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(espeak_worker)
MODE, start = espeak_worker.MODE, espeak_worker.start
MARK = MARK_PATH

def garbage():
    for fd in range(3, 8):
        try:
            os.write(fd, b"Audio saved to /dev/null\\n")
        except OSError:
            pass

FAULTS = {{
    "sleep": lambda: time.sleep(600),
    "kill": lambda: os.kill(os.getpid(), 9),
    "killed": lambda: os.kill(os.getppid(), 9),
    "_exit": lambda: ctypes.CDLL(None)._exit(0),
    "exit": lambda: ctypes.CDLL(None).exit(1),
    "garbage": garbage,
}}

def answer(request):
    word, _, kind = request["text"].rstrip(".").partition(" ")
    if word in ("Once", "Always") and (word == "Always" or not os.path.exists(MARK)):
        open(MARK, "w").close()
        FAULTS[kind]()
    return espeak_worker.answer(request)
"""


@posix
@pytest.mark.parametrize("kind", ["kill", "killed", "_exit", "exit", "garbage", "sleep"])
def test_each_kind_of_death_loses_at_most_one_link(tmp_path, monkeypatch, kind):
    script = tmp_path / "faults.py"
    script.write_text(FAULTS.replace("MARK_PATH", repr(str(tmp_path / "mark"))))
    patience_s = {True: -3.0, False: 60.0}  # half a second for those that hang
    monkeypatch.setattr("aidj.voice.espeak.estimate_speech_s", lambda text, _: patience_s["sleep" in text])
    engine = EspeakEngine(python_worker(str(script)))
    sane = digest(say(engine, TEXT))
    lost = []
    for text in (f"Once {kind}.", TEXT, f"Always {kind}.", TEXT, TEXT):
        try:
            sound = say(engine, text)
            assert text != TEXT or digest(sound) == sane
        except VoiceError:
            lost.append(text)
    # Of a killed original the copy that speaks still answers.
    assert lost == ([] if kind == "killed" else [f"Always {kind}."])
    engine.close()


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError('not here')")
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes\nreal = ctypes.CDLL\n"
        "def no(name, *rest, **more):\n"
        "    if name and 'espeak' in str(name): raise OSError('nor there')\n"
        "    return real(name, *rest, **more)\n"
        "ctypes.CDLL = no\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engine = EspeakEngine()
    assert "pip install espeakng-loader" in str(engine.probe(OTTO))
    assert engine.languages() == ()
    assert engine.voices("en") == ()
    with pytest.raises(VoiceError, match="was not found"):
        say(engine, TEXT)


def test_where_processes_cannot_be_copied(tmp_path, monkeypatch, espeak):
    (tmp_path / "sitecustomize.py").write_text("import os; del os.fork")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    other = EspeakEngine()
    for _ in range(2):
        assert digest(say(other, TEXT, ELLA)) == digest(say(espeak, TEXT, ELLA))
        assert not other._worker._held  # a fresh process for each
    other.close()


@pytest.mark.skipif(sys.platform != "linux", reason="where the wheel is always there")
def test_a_long_path_to_the_library_does_not_matter(tmp_path, monkeypatch, espeak):
    import espeakng_loader

    package = tmp_path / ("d" * 100) / ("é " * 40) / "espeakng_loader"
    package.mkdir(parents=True)
    for file in Path(espeakng_loader.__file__).parent.iterdir():
        (package / file.name).symlink_to(file)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    other = EspeakEngine()
    assert digest(say(other, TEXT)) == digest(say(espeak, TEXT))
    other.close()
