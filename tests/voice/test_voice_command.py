"""Programs that speak: real ones of Debian's where they are installed, and small ones that misbehave."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import aidj.voice.command
import aidj.voice.worker
from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice import Delivery, load_engine
from aidj.voice.command import CommandEngine, Program

TEXT = "Good evening. You have not heard this song for more than a year."
EN = Delivery(language="en")

posix = pytest.mark.skipif(os.name != "posix", reason="the programs of this test are scripts")
pytestmark = posix

WRITES = """
import json, os, struct, sys
def wav(seconds):
    data = b"".join(struct.pack("<h", (n * 999) % 20000 - 10000) for n in range(int(16000 * seconds)))
    head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + head + b"data" + struct.pack("<I", len(data)) + data
def say(data=None):
    sys.stdout.buffer.write(wav(2) if data is None else data)
"""


@pytest.fixture
def program(tmp_path):
    """Return what makes an engine of a few lines of Python."""
    made = []

    def make(code, *arguments, **more):
        path = tmp_path / "program"
        path.write_text(f"#!{sys.executable}\n{WRITES}\n{code}\n", encoding="utf-8")
        path.chmod(0o755)
        made.append(CommandEngine("mine", Program(command=(str(path), *arguments), **more)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(aidj.voice.command, "_START_S", 0.5)
    monkeypatch.setattr(aidj.voice.worker, "_SECOND_PATIENCE", 1.0)


def say(engine, text=TEXT, delivery=EN):
    return engine.synthesise(SpokenText(text=text), delivery)


@pytest.mark.parametrize("name", ["flite", "festival", "pico", "rhvoice"])
def test_the_programs_that_come_with_a_file(name):
    engine = load_engine(name)
    why_not = engine.probe(EN)
    if why_not is not None:
        assert not engine.languages()
        assert "apt install" in why_not
        pytest.skip(why_not)
    assert "en" in engine.languages()
    for voice in engine.voices("en-us"):
        sound = say(engine, delivery=Delivery(language="en", voice=voice))
        assert sound.voice == voice
        assert 0.03 < len(sound.samples) / sound.rate / len(TEXT) < 0.15
        assert 0.05 < np.abs(sound.samples).max() <= 1
    assert engine.voices("xx") == ()
    assert f"{name} has no voice for the language “xx”" in str(engine.probe(Delivery(language="xx")))
    for voice in ("nobody", "-lv", f"{engine.voices('en')[0]} ", '") (system "true"))'):
        assert "has no voice" in str(engine.probe(Delivery(language="en", voice=voice)))
        with pytest.raises(VoiceError, match="has no voice"):
            say(engine, delivery=Delivery(language="en", voice=voice))
    assert engine.version() == load_engine(name).version() != ""
    engine.close()


@pytest.mark.parametrize(("name", "voice"), [("flite", "kal16"), ("festival", "kal_diphone")])
def test_pace(name, voice):
    engine = load_engine(name)
    deliveries = [Delivery(language="en", voice=voice, pace_wpm=pace) for pace in (110, 155, 220)]
    if why_not := engine.probe(deliveries[0]):
        pytest.skip(why_not)
    slow, usual, quick = (len(say(engine, delivery=delivery).samples) for delivery in deliveries)
    assert slow > 1.2 * usual > 1.2 * 1.2 * quick
    engine.close()


def test_to_its_output_from_its_input(program):
    engine = program("assert sys.stdin.buffer.read().decode() == 'Hé, “you”.\\n'\nsay()")
    sound = say(engine, "Hé, “you”.")
    assert sound.rate == 16_000
    assert len(sound.samples) == 32_000
    assert engine.languages() == ("mul",)
    assert engine.voices("en") == ()
    assert engine.probe(EN) is None


def test_what_is_filled_in(program, tmp_path):
    seen = tmp_path / "seen"
    engine = program(
        f"open({str(seen)!r}, 'w').write(json.dumps(sys.argv[1:]))\nopen(sys.argv[2], 'wb').write(wav(1))",
        *("-o", "{out}", "{text}", "-v={voice}", "{language} {pace} {stretch} {speed} {percent}", "{", "%s", "$HOME"),
        pace_wpm=100,
    )
    say(
        engine,
        "-o {voice} $(true) `x` \"'",
        Delivery(language="pt-br", voice="a/b", pace_wpm=125),
    )
    out, name, text, *rest = json.loads(seen.read_text())
    assert (out, name) == ("-o", "said.wav")
    assert text == " -o  voice   (true)  x  \"'"  # one argument, whatever is in it, and never an option
    assert rest == ["-v=a/b", "pt-br 125 0.800 1.250 125", "{", "%s", "$HOME"]


@pytest.mark.parametrize("voice", ["-x", "a;b", "$(true)", "a\nb", "a\0b", "{text}"])
def test_a_voice_is_a_name(program, voice):
    engine = program("say()", "{voice}")
    assert "cannot be the name of a voice" in str(engine.probe(Delivery(language="en", voice=voice)))
    with pytest.raises(VoiceError, match="cannot be the name of a voice"):
        say(engine, delivery=Delivery(language="en", voice=voice))


def test_which_voices_are_there(program, tmp_path):
    (tmp_path / "voices" / "Two").mkdir(parents=True)
    voices = {"en": ("one", "two", "three"), "de": ("vier",), "pt-br": ("two",)}
    engine = program("say()", "{voice}", voices=voices, folders=(tmp_path / "voices",))
    assert engine.languages() == ("en", "pt-br")
    assert engine.voices("en-gb") == ("two",)
    assert engine.voices("de") == ()
    engine = program("say()", "{voice}", voices=voices, list_command=("printf", "(one vier)"))
    assert engine.languages() == ("de", "en")
    engine = program("say()", "{voice}", voices=voices, list_command=("no-such-program",))
    assert engine.languages() == ()
    assert engine.probe(EN) is not None


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("sys.exit('it is Monday')", "ended with 1: it is Monday"),
        ("os.abort()", "ended with -6"),
        ("pass", "made no sound"),
        ("say(b'hello' * 20)", "no WAV file"),
        ("say(wav(1)[:30])", "without sound"),
        ("say(); sys.exit(3)", "ended with 3"),
        ("sys.stdout.buffer.seek(1 << 30) if 0 else os.pwrite(1, b'x', 1 << 28)", "ended with"),
    ],
)
def test_what_goes_wrong_is_told(program, code, says):
    engine = program(code)
    with pytest.raises(VoiceError, match=says):
        say(engine)
    assert len(say(program("say()")).samples) == 32_000


def test_one_that_hangs_is_ended_with_all_it_has_started(program, impatient, tmp_path):
    pids = tmp_path / "pids"
    code = f"open({str(pids)!r}, 'a').write(f'{{os.getpid()}} {{os.fork()}} ')\nimport time; time.sleep(60)"
    engine = program(code)
    with pytest.raises(VoiceError, match="did not answer within"):
        say(engine, "Hi.")
    for pid in {int(pid) for pid in pids.read_text().split()} - {0}:
        assert _is_gone_within(30, pid)


def _is_gone_within(seconds, pid):
    """A process that was killed is there until the system comes round to it, and longer if nobody takes it away."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_it_runs_in_a_folder_of_its_own(program, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    engine = program("open('rubbish', 'w').write(os.getcwd()); os.mkdir('more'); say()")
    say(engine)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not Path("rubbish").exists()


def test_a_link_is_not_followed(program, tmp_path):
    (tmp_path / "secret").write_text("RIFF")
    engine = program(f"os.symlink({str(tmp_path / 'secret')!r}, 'said.wav')", "{out}")
    with pytest.raises(VoiceError, match="made no sound"):
        say(engine)


def test_letters_it_does_not_know(program, tmp_path):
    seen = tmp_path / "seen"
    code = f"open({str(seen)!r}, 'wb').write(sys.stdin.buffer.read()); say()"
    say(program(code, encoding="ascii"), "Sigur Rós — Łódź")
    assert seen.read_bytes() == b"Sigur Ros - Lodz\n"
    say(program(code, encoding="latin-1"), "Rós Łódź")
    assert seen.read_bytes() == b"R\xf3s ?\xf3d?\n"
    with pytest.raises(VoiceError, match="cannot read these letters"):
        say(program(code, encoding="ascii"), "日本語")


def test_the_version_changes_with_the_program_and_with_how_it_is_asked(program):
    first = program("say()").version()
    assert program("say()", "-x").version() != first
    assert program("say(); 1", "-x").version() != program("say()", "-x").version()
    told = program("say()", version_command=("echo", "mine version 3.25 of 1999"))
    assert told.version().startswith("3.25-")
