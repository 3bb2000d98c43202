"""Every way in which a worker can fail costs one utterance, and is said clearly."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from aidj.errors import VoiceError
from aidj.voice import Pyttsx3Voice

TEXT = "Hello there, this is a test."

START = "import json, os, sys, time\nrequest = json.loads(sys.stdin.readline())\nfolder = request['folder']\n"
WAV = (
    START + "import math, struct, wave\n"
    "def write(seconds, level=9000, rate=22050, name='speech.wav'):\n"
    "    with wave.open(os.path.join(folder, name), 'wb') as f:\n"
    "        f.setnchannels(1); f.setsampwidth(2); f.setframerate(rate)\n"
    "        frames = range(int(rate * seconds))\n"
    "        f.writeframes(b''.join(struct.pack('<h', int(level * math.sin(i / 9))) for i in frames))\n"
    "    print(json.dumps({'file': name, 'voice': 'test'}))\n"
)


def voice(tmp_path, program, timeout_s=20.0):
    path = tmp_path / "worker.py"
    path.write_text(program)
    return Pyttsx3Voice(worker=[sys.executable, "-S", str(path)], timeout_s=timeout_s)


def test_the_program_of_these_tests_works(tmp_path):
    speech = voice(tmp_path, WAV + "write(2)").speak(TEXT)
    assert speech.duration_s == pytest.approx(2)
    assert speech.voice == "test"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os._exit(3)", "exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", "SIGKILL"),
        ("import os; os.abort()", "SIGABRT"),
        ("import os; os.close(0); os._exit(0)", "nonsense"),
        ("raise RuntimeError('engine on fire')", "engine on fire"),
        ("print('Audio saved to nowhere')", "nonsense"),
        ("print('[1, 2]')", "nonsense"),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)))", "nonsense"),
        ("while True: print('x' * 1000)", "far too much"),
        (START + "print(json.dumps({'error': 'no such voice', 'hint': 'choose another'}))", "choose another"),
        (START + "print(json.dumps({'error': ''}))", ""),
        (START + "print(json.dumps({'file': 'missing.wav'}))", "no sound file"),
        (START + "print(json.dumps({'file': '../../../../etc/passwd'}))", "no sound file"),
        (START + "print(json.dumps({'file': '.'}))", "no sound file"),
        (START + "print(json.dumps({'voice': 'x'}))", "no readable sound"),
        (START + "open(folder + '/a', 'wb').close(); print(json.dumps({'file': 'a'}))", "no readable sound"),
        (START + "open(folder + '/a', 'wb').write(b'RIFFxxxxWAVEjunk'); print(json.dumps({'file': 'a'}))", "readable"),
        (WAV + "write(0)", "empty"),
        (WAV + "write(0.06)", "lasts 0.1 s"),
        (WAV + "write(60, rate=8000)", "lasts 60.0 s"),
        (WAV + "write(2, level=0)", "silent"),
    ],
)
def test_each_death(tmp_path, program, said):
    if os.name != "posix" and "SIG" in said:
        pytest.skip("no signals here")
    with pytest.raises(VoiceError) as caught:
        voice(tmp_path, program).speak(TEXT)
    assert said in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="kills a group of processes")
@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(600)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])",
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); print('{}')",
        "print('{'); import sys, time; sys.stdout.flush(); time.sleep(600)",
    ],
)
def test_a_hang_ends(tmp_path, program):
    start = time.monotonic()
    with pytest.raises(VoiceError, match="did not answer within"):
        voice(tmp_path, program, timeout_s=0.7).speak(TEXT)
    assert time.monotonic() - start < 60  # instead of 600


def test_a_worker_that_cannot_start(tmp_path):
    with pytest.raises(VoiceError, match="cannot be started"):
        Pyttsx3Voice(worker=[str(tmp_path / "missing")]).speak(TEXT)
    assert "cannot be started" in str(Pyttsx3Voice(worker=[str(tmp_path / "missing")]).probe())


def test_pieces_of_a_text_keep_their_rate(tmp_path):
    program = WAV + "write(40, rate=8000 + 8 * len(request['text']))"
    with pytest.raises(VoiceError, match="sample rate"):
        voice(tmp_path, program).speak("This sentence is one of a great many. " * 30)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    Path(tempfile.tempdir).mkdir()
    voice(tmp_path, WAV + "write(2)").speak(TEXT)
    with pytest.raises(VoiceError):
        voice(tmp_path, WAV + "write(0)").speak(TEXT)
    with pytest.raises(VoiceError):
        voice(tmp_path, "import time; time.sleep(600)", timeout_s=0.3).speak(TEXT)
    assert list(Path(tempfile.tempdir).iterdir()) == []


def test_what_the_worker_is_told(tmp_path):
    program = WAV + f"open({str(tmp_path / 'told')!r}, 'w').write(json.dumps(request))\nwrite(2)"
    voice(tmp_path, program).speak("Björk & <b>“friends”</b>.")
    told = json.loads((tmp_path / "told").read_text())
    assert told["text"] == "Björk and b friends b."
    assert told["pace_wpm"] == 155
    assert set(told) == {"text", "voice", "pace_wpm", "folder"}
