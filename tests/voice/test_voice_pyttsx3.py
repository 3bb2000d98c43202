"""The real engine, in its real process."""

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
from aidj.model import SpokenText
from aidj.voice import Delivery, load_presenter, synthesise
from aidj.voice import engines as room
from aidj.voice.pyttsx3_engine import Pyttsx3Engine
from aidj.voice.speaking import make_voice
from aidj.voice.worker import python_worker

ENGINE = Pyttsx3Engine()
TEXT = "Good evening. You have not heard this song for more than a year."
OTTO = Delivery(language="en", voice="en-us+m6")
ENGLISH = Delivery(language="en")

pytestmark = pytest.mark.skipif(ENGINE.probe(ENGLISH) is not None, reason="no speech engine on this system")
on_espeak = pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="needs the espeak driver")


def say(text, delivery=ENGLISH, engine=ENGINE):
    return engine.synthesise(SpokenText(text=text), delivery)


@pytest.mark.parametrize(
    "text", [TEXT, "No.", "Next, " + "a rather long line about the songs that follow, " * 8 + "and that is all."]
)
def test_it_speaks(text):
    sound = say(text)
    assert 16000 <= sound.rate <= 48000
    assert 0.1 < np.abs(sound.samples).max() <= 1.0
    assert sound.words == ()
    assert sound.voice
    if len(text) > 20:
        assert 0.040 < len(sound.samples) / sound.rate / len(text) < 0.120


@on_espeak
@pytest.mark.parametrize("name", ["en-us+m6", "en-us+f2"])
def test_the_same_text_has_the_same_samples(name):
    delivery = Delivery(language="en", voice=name)
    first = say(TEXT, delivery)
    time.sleep(1.1 if name.endswith("f2") else 0)  # espeak-ng takes its seed from the clock, if it is let
    assert say(TEXT, delivery).samples.tobytes() == first.samples.tobytes()
    assert first.voice.endswith(name)


@on_espeak
def test_pace_pitch_and_voice():
    plain = say(TEXT, OTTO)
    slow = say(TEXT, Delivery(language="en", voice="en-us+m6", pace_wpm=110))
    high = say(TEXT, Delivery(language="en", voice="en-us+m6", pitch_st=4))
    assert len(slow.samples) > 1.25 * len(plain.samples)
    assert 0.95 < len(high.samples) / len(plain.samples) < 1.05
    assert not np.array_equal(high.samples[:50_000], plain.samples[:50_000])


@on_espeak
def test_languages_and_voices():
    assert {"en-us", "de", "es", "pt-br"} <= set(ENGINE.languages())
    for language, voice in (("en", "en-us"), ("de", "de"), ("pt", "pt-br"), ("fr", "fr")):
        assert ENGINE.voices(language)[0].endswith(f"/{voice}")
        assert say("Radio.", Delivery(language=language)).voice.endswith(f"{voice}+m6")
    assert ENGINE.voices("xx") == ()
    assert "no voice for the language “xx”" in str(ENGINE.probe(Delivery(language="xx")))
    assert "pyttsx3" not in ENGINE.version()
    assert ENGINE.version()[0].isdigit()


def test_it_speaks_for_a_presenter_where_nothing_else_does(monkeypatch):
    class Missing(Pyttsx3Engine):
        name = "espeak"

        def probe(self, delivery):
            return "it is missing"

    monkeypatch.setitem(room._BUILT_IN, "espeak", Missing)
    room.load_engine.cache_clear()
    try:
        speech = make_voice(load_presenter("otto")).speak("That was AC/DC & friends.")
    finally:
        room.load_engine.cache_clear()
    assert speech.engine.startswith("pyttsx3 ")
    assert speech.text == "That was AC/DC & friends."
    assert [word.start_char for word in speech.words][:2] == [0, 5]  # estimated
    assert speech.words[-1].start_s < speech.duration_s


@pytest.mark.parametrize(
    "text", ["a\x00b c", "<speak><break time='9s'/>no</speak>", "[[bj'3:k]]", "AC/DC 🎵 Björk", "x" * 900]
)
def test_hostile_texts(text):
    sound = synthesise(ENGINE, SpokenText(text=text), ENGLISH)
    assert 0.2 < len(sound.samples) / sound.rate < 200


@pytest.mark.parametrize("text", ["", "  ", "\ud800"])
def test_what_it_cannot_say_is_refused(text):
    with pytest.raises(VoiceError):
        synthesise(ENGINE, SpokenText(text=text), ENGLISH)


@on_espeak
@pytest.mark.parametrize("voice", ["nosuch", "en-us+nosuch", "en_US", "en-gb+f2"])
def test_an_unknown_voice_is_refused(voice):
    delivery = Delivery(language="en", voice=voice)
    assert voice in str(ENGINE.probe(delivery))
    with pytest.raises(VoiceError, match="has no voice"):
        say(TEXT, delivery)


def test_threads_share_an_engine():
    texts = [f"This is line number {number}." for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(say, texts))
    assert [sound.samples.tobytes() for sound in together[:2]] == [say(text).samples.tobytes() for text in texts[:2]]


@on_espeak
def test_a_long_path_to_the_engine_does_not_matter(tmp_path, monkeypatch):
    import espeakng_loader

    package = tmp_path / ("d" * 100) / ("e" * 100) / "espeakng_loader"
    package.mkdir(parents=True)
    for file in Path(espeakng_loader.__file__).parent.iterdir():
        (package / file.name).symlink_to(file)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    assert say(TEXT, engine=Pyttsx3Engine()).samples.tobytes() == say(TEXT).samples.tobytes()


@on_espeak
def test_surroundings_do_not_matter(monkeypatch, tmp_path):
    before = say(TEXT).samples.tobytes()
    monkeypatch.setenv("ESPEAK_DATA_PATH", "/nowhere")
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "pyttsx3.py").write_text("import os; os._exit(9)")
    monkeypatch.chdir(tmp_path)
    assert say(TEXT).samples.tobytes() == before


def test_without_pyttsx3_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "pyttsx3.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engine = Pyttsx3Engine()
    assert "pip install pyttsx3" in str(engine.probe(ENGLISH))
    assert engine.languages() == ()
    with pytest.raises(VoiceError, match="not installed"):
        say(TEXT, engine=engine)


@on_espeak
def test_without_any_engine_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError('not here')")
    (tmp_path / "pyttsx3.py").write_text("def init(name): raise RuntimeError('no eSpeak')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "pip install espeakng-loader" in str(Pyttsx3Engine().probe(ENGLISH))


STAND_IN = """\
import shutil, types
class Proxy:
    def setBusy(self, busy): pass
class Engine:
    driver_name, proxy, voice = 'nsss', Proxy(), 'default'
    def connect(self, topic, call): pass
    def getProperty(self, name):
        voices = [('com.example.Daniel', 'Daniel', ['en_GB']), ('com.example.Anna', 'Anna', [b'\\x05de-DE'])]
        found = [types.SimpleNamespace(id=i, name=n, languages=l) for i, n, l in voices]
        return found if name == 'voices' else self.voice
    def setProperty(self, name, value):
        if name == 'voice': self.voice = value
    def save_to_file(self, text, path):
        print('Audio saved')
        shutil.copy({sound!r}, path)
    def runAndWait(self): pass
def init(name): assert name is None; return Engine()
"""


@on_espeak
def test_the_other_systems_path(tmp_path, monkeypatch, caplog):
    """A stand-in for NSSpeech and SAPI5: voices by name, and a sound file in another form."""
    tone = 0.5 * np.sin(np.arange(4 * 44100) / 49)
    soundfile.write(tmp_path / "said.aiff", tone, 44100, format="AIFF")
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.platform = 'darwin'")
    (tmp_path / "pyttsx3.py").write_text(STAND_IN.replace("{sound!r}", repr(str(tmp_path / "said.aiff"))))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("aidj.voice.pyttsx3_engine._ON_ESPEAK", False)
    engine = Pyttsx3Engine()
    sound = say(TEXT, Delivery(language="en", voice="daniel"), engine)
    assert (sound.voice, sound.rate, len(sound.samples)) == ("com.example.Daniel", 44100, len(tone))
    assert engine.languages() == ("de-de", "en-gb")
    assert say(TEXT, Delivery(language="de"), engine).voice == "com.example.Anna"
    assert say(TEXT, Delivery(language="en", voice="Nobody"), engine).voice == "default"
    assert "no voice “Nobody”" in caplog.text
    assert "“fr”" in str(engine.probe(Delivery(language="fr")))


def worker(tmp_path, answer):
    path = tmp_path / "script.py"
    path.write_text(f"MODE = 'once'\nimport os, time\ndef answer(request):\n    {answer}\n")
    return Pyttsx3Engine(python_worker(str(path)))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("return {'voice': 'x'}, b''", "no readable sound"),
        ("return {'voice': 'x'}, b'RIFFxxxxWAVEjunk'", "no readable sound"),
        ("os._exit(3)", "exit status 3"),
    ],
)
def test_what_is_no_sound(tmp_path, answer, said):
    with pytest.raises(VoiceError, match=said):
        say(TEXT, OTTO, worker(tmp_path, answer))


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    Path(tempfile.tempdir).mkdir()
    say(TEXT)
    with pytest.raises(VoiceError):
        say(TEXT, OTTO, worker(tmp_path, "open(request['folder'] + '/x', 'w').close(); os._exit(1)"))
    assert list(Path(tempfile.tempdir).iterdir()) == []


def test_the_worker_runs_by_hand(tmp_path):
    request = f'{{"text": "Hello there.", "voice": null, "pace_wpm": 150, "folder": "{tmp_path}"}}\n'
    command = python_worker("pyttsx3_worker.py")
    result = subprocess.run(command, input=request.encode(), capture_output=True, timeout=60, check=True)
    ready, header, sound = result.stdout.split(b"\n", 2)
    assert b"ready" in ready
    assert b'"last": true' in header
    assert sound[:4] in (b"RIFF", b"FORM")
    assert [path.stem for path in tmp_path.iterdir()] == ["speech"]
