"""The real engine, in its real process."""

import multiprocessing
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from aidj.errors import VoiceError
from aidj.voice import Pyttsx3Voice, load_pronunciation

VOICE = Pyttsx3Voice()
TEXT = "Good evening. You have not heard this song for more than a year."

pytestmark = pytest.mark.skipif(VOICE.probe() is not None, reason="no speech engine on this system")
on_espeak = pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="needs the espeak driver")


@pytest.mark.parametrize(
    "text", [TEXT, "No.", "Next, " + "a rather long line about the songs that follow, " * 8 + "and that is all."]
)
@pytest.mark.parametrize("voice", ["en-us+m6", "en-us+f2"])
def test_it_speaks(voice, text):
    speech = Pyttsx3Voice(voice).speak(text)
    assert speech.text == text
    assert speech.engine == "pyttsx3"
    assert speech.voice.lower().endswith(voice)
    assert 16000 <= speech.rate <= 48000
    assert 0.1 < np.abs(speech.samples).max() <= 1.0
    if len(text) > 20:
        assert 0.040 < speech.duration_s / len(text) < 0.120


@pytest.mark.parametrize("name", ["en-us+m6", "en-us+f2"])
def test_the_same_text_has_the_same_samples(name):
    first = Pyttsx3Voice(name).speak(TEXT)
    time.sleep(1.1)  # espeak-ng takes its seed from the seconds of the clock, if it is let
    assert Pyttsx3Voice(name).speak(TEXT).samples.tobytes() == first.samples.tobytes()


def test_voices_sound_different():
    assert not np.array_equal(VOICE.speak(TEXT).samples, Pyttsx3Voice("en-us+f2").speak(TEXT).samples)


def test_pace_and_long_texts():
    slow, quick = (Pyttsx3Voice(pace_wpm=pace).speak(TEXT).duration_s for pace in (120, 200))
    assert slow > 1.3 * quick
    long = "This is one of many sentences, is it not? " * 60
    assert 0.040 < VOICE.speak(long).duration_s / len(long) < 0.120


def test_names_are_said_another_way_and_shown_as_they_are():
    text = "That was P!nk feat. AC/DC."
    voice = Pyttsx3Voice(pronunciation=load_pronunciation("en"))
    assert voice.spoken(text) == "That was pink featuring eh see dee see."
    assert voice.speak(text).text == text
    assert voice.request(text)["spoken"] == voice.spoken(text)


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\ud800", "🎵", "…", "***"])
def test_nothing_to_say(text):
    with pytest.raises(VoiceError, match="nothing to say"):
        VOICE.speak(text)


@pytest.mark.parametrize(
    "text", ["a\x00b", "x\ud800y", "<speak><break time='9s'/>no</speak>", "[[bj'3:k]]", "AC/DC 🎵 Björk"]
)
def test_hostile_texts_are_spoken_as_plain_words(text):
    speech = VOICE.speak(text)
    assert 0.2 < speech.duration_s < 8
    assert speech.text == text


def test_letters_it_cannot_read():
    with pytest.raises(VoiceError, match="東京"):
        VOICE.speak("Next, 東京")


@on_espeak
@pytest.mark.parametrize("voice", ["nosuch", "en-us+nosuch", "en_US", "en-gb+f2"])
def test_an_unknown_voice_is_refused(voice):
    assert voice in str(Pyttsx3Voice(voice).probe())
    with pytest.raises(VoiceError, match="has no voice"):
        Pyttsx3Voice(voice).speak(TEXT)


def test_threads_share_a_voice():
    texts = [f"This is line number {number}." for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(VOICE.speak, texts))
    assert [speech.samples.tobytes() for speech in together[:2]] == [
        VOICE.speak(text).samples.tobytes() for text in texts[:2]
    ]


def test_it_speaks_in_a_worker_process():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(Pyttsx3Voice().speak, (TEXT,)).samples.tobytes() == VOICE.speak(TEXT).samples.tobytes()


@on_espeak
@pytest.mark.parametrize("deep_temporary", [False, True])
def test_a_long_path_to_the_engine_does_not_matter(tmp_path, monkeypatch, deep_temporary):
    import espeakng_loader

    deep = tmp_path / ("d" * 100) / ("e" * 100)
    package = deep / "espeakng_loader"
    package.mkdir(parents=True)
    for file in Path(espeakng_loader.__file__).parent.iterdir():
        (package / file.name).symlink_to(file)
    monkeypatch.setenv("PYTHONPATH", str(deep))
    temporary = deep if deep_temporary else tmp_path / "t"
    temporary.mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    assert VOICE.speak(TEXT).duration_s > 2
    assert not list(temporary.glob("aidj-*"))


@on_espeak
def test_foreign_settings_of_espeak_do_not_matter(monkeypatch):
    before = VOICE.speak(TEXT).samples.tobytes()
    monkeypatch.setenv("ESPEAK_DATA_PATH", "/nowhere")
    monkeypatch.setenv("LC_ALL", "C")
    assert VOICE.speak(TEXT).samples.tobytes() == before


def test_without_pyttsx3_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "pyttsx3.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "pip install pyttsx3" in str(VOICE.probe())
    with pytest.raises(VoiceError, match="not installed"):
        VOICE.speak(TEXT)


@on_espeak
def test_without_any_engine_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError('not here')")
    (tmp_path / "pyttsx3.py").write_text("def init(name): raise RuntimeError('no eSpeak')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "pip install espeakng-loader" in str(VOICE.probe())


def test_modules_lying_about_are_not_imported(tmp_path, monkeypatch):
    (tmp_path / "pyttsx3.py").write_text("import os; os._exit(9)")
    monkeypatch.chdir(tmp_path)
    assert VOICE.probe() is None


@on_espeak
def test_the_other_systems_path_of_the_worker(tmp_path, monkeypatch):
    """A stand-in for NSSpeech and SAPI5: voices by name, and a sound file in another form."""
    tone = 0.5 * np.sin(np.arange(4 * 44100) / 49)
    soundfile.write(tmp_path / "said.aiff", tone, 44100, format="AIFF")
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.platform = 'darwin'")
    (tmp_path / "pyttsx3.py").write_text(
        "import shutil, types\n"
        "class Proxy:\n"
        "    def setBusy(self, busy): pass\n"
        "class Engine:\n"
        "    driver_name, proxy, voice = 'nsss', Proxy(), 'default'\n"
        "    def connect(self, topic, call): pass\n"
        "    def getProperty(self, name):\n"
        "        voice = types.SimpleNamespace(id='com.example.Daniel', name='Daniel')\n"
        "        return [voice] if name == 'voices' else self.voice\n"
        "    def setProperty(self, name, value):\n"
        "        if name == 'voice': self.voice = value\n"
        "    def save_to_file(self, text, path):\n"
        "        print('Audio saved')\n"
        f"        shutil.copy({str(tmp_path / 'said.aiff')!r}, path)\n"
        "    def runAndWait(self): pass\n"
        "def init(name): assert name is None; return Engine()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    speech = Pyttsx3Voice("daniel").speak(TEXT)
    assert (speech.voice, speech.rate) == ("com.example.Daniel", 44100)
    assert Pyttsx3Voice("Nobody").speak(TEXT).voice == "default"


def test_the_worker_runs_by_hand(tmp_path):
    request = f'{{"text": "Hello there.", "voice": null, "pace_wpm": 150, "folder": "{tmp_path}"}}'
    command = [sys.executable, "-m", "aidj.voice.pyttsx3_worker"]
    result = subprocess.run(command, input=request.encode(), capture_output=True, timeout=60, check=True)
    assert result.stdout.startswith(b'{"voice":')
    assert result.stdout.count(b"\n") == 1
    assert [path.stem for path in tmp_path.iterdir()] == ["speech"]
