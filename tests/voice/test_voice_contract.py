"""What every engine keeps to, held against each one that is here."""

import importlib.util
import multiprocessing
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from made_up_endpoint import endpoint
from made_up_speech_server import spoken_answer
from tiny_voices import make_piper_voice, make_sherpa_voice

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice import SILENT, Delivery, SilentEngine, ToneEngine, load_engine, synthesise
from aidj.voice.espeak import EspeakEngine
from aidj.voice.http import HttpEngine, Server
from aidj.voice.piper import PiperEngine
from aidj.voice.protocol import EVERY_LANGUAGE, Engine
from aidj.voice.pyttsx3_engine import Pyttsx3Engine
from aidj.voice.sherpa import SherpaEngine

LINES = {
    "en": (
        "Good evening.",
        "That was a song you have not heard for more than a year.",
        "Next, something from the spring of 2016.",
        "Here is one that you played forty-one times, and then never again.",
        "A new record came out on Friday; this is the first song on it.",
        "You are listening to four songs from the same label.",
        "Is it really seven years? It is.",
        "Before that: the title song of the album, from 1998.",
        "This voice is synthetic.",
        "Now for the last three songs of this hour, all of them slow.",
    ),
    "de": ("Guten Abend.", "Das war ein Lied, das du seit über einem Jahr nicht gehört hast.", "Jetzt etwas Neues."),
    "es": ("Buenas noches.", "Hacía más de un año que no escuchabas esta canción.", "Ahora, algo nuevo."),
    "fr": (
        "Bonsoir.",
        "Cela faisait plus d’un an que vous n’aviez pas écouté cette chanson.",
        "Et maintenant, la suite.",
    ),
    "it": ("Buonasera.", "Non ascoltavi questa canzone da più di un anno.", "E adesso qualcosa di nuovo."),
    "pt": ("Boa noite.", "Fazia mais de um ano que você não ouvia esta música.", "Agora, algo novo."),
}

HOSTILE = (
    "🎵🎶 🎵",
    "a 🎸 b",
    "one\x00two\x07 \x1b[31mred\x1b[0m \x7f",
    "lone \ud800 surrogate",
    "مرحبا بالعالم and שלום",
    "\u202eright to left\u202c \u200b\u200d\ufeff",
    "日本語の曲",
    "... !!! ??? -- ,,, ;;;",
    "",
    "   \n\t ",
    "-o {canary}",
    "--version",
    "-",
    "@file",
    "/etc/hostname",
    "$(touch {canary})",
    "`touch {canary}`; touch {canary} | touch {canary} && touch {canary}",
    '") (system "touch {canary}") ("',
    "%s%n%x {0} {text} {out} \\n \\0",
    "<speak><prosody rate='x-slow'>slow</prosody><audio src='file:///{canary}'/></speak>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    "[[h@l'oU]] ]] [[ {{voice}} [:phone on]",
    "\\pau=5000\\ \\rspd=400\\ hello",
    "x" * 900,
    "9" * 300,
    "word" + "\u0301" * 200,
    "a.b.c.d@e.f http://x.y/z?a=b&c=d#e",
)

ALWAYS = ("espeak", "pyttsx3", "tone", "captions", "http")
PROGRAMS = {"flite": "flite", "festival": "text2wave", "pico": "pico2wave", "rhvoice": "RHVoice-test"}
EXTRAS = {"piper": "piper", "sherpa": "sherpa_onnx"}
ENGINES = (
    *ALWAYS,
    *(name for name, program in PROGRAMS.items() if shutil.which(program)),
    *(name for name, package in EXTRAS.items() if importlib.util.find_spec(package)),
)


@dataclass
class Case:
    engine: Engine
    deliveries: tuple[Delivery, ...]
    """One for each language that is tried."""
    canary: Path
    repeats: bool = True
    """Whether the same text always has the same samples."""
    has_words: bool = False
    may_probe: bool = True
    """Whether there is anything that it cannot do."""

    @property
    def lines(self):
        """Twenty, in all of its languages."""
        found = [(line, way) for way in self.deliveries for line in LINES[way.language.split("-")[0]]]
        return [found[at % len(found)] for at in range(20)] if len(found) < 20 else found[:7] + found[-13:]


@pytest.mark.parametrize("name", [name for name in (*PROGRAMS, *EXTRAS) if name not in ENGINES])
def test_an_engine_that_is_not_here_says_so(name):
    engine = load_engine(name)
    assert engine.languages() == engine.voices("en") == ()
    why_not = engine.probe(Delivery(language="en"))
    assert "is not installed" in why_not
    with pytest.raises(VoiceError, match="is not installed"):
        engine.synthesise(SpokenText(text="Hello."), Delivery(language="en"))
    pytest.skip(f"{name} is held against nothing else: {why_not}")


def say(case, text, delivery=None):
    return case.engine.synthesise(SpokenText(text=text), delivery or case.deliveries[0])


@pytest.fixture(scope="module", params=ENGINES)
def case(request, tmp_path_factory):
    """One engine after the other; whatever it writes outside of the test's own folder has to be gone at the end."""
    temporary, home, here, folder = (tmp_path_factory.mktemp(name) for name in ("temporary", "home", "here", "voices"))
    with pytest.MonkeyPatch.context() as patched, ExitStack() as stack:
        patched.chdir(here)
        patched.setenv("TMPDIR", str(temporary))
        patched.setenv("HOME", str(home))
        patched.delenv("XDG_CACHE_HOME", raising=False)
        patched.setattr(tempfile, "tempdir", str(temporary))
        made = _made(request.param, folder, stack)
        why_not = made.engine.probe(made.deliveries[0])
        if why_not is not None:
            pytest.skip(why_not)
        yield made
        made.engine.close()
        assert [*temporary.iterdir(), *home.iterdir(), *here.iterdir()] == []
        assert not made.canary.exists()


def _made(name, folder, stack):
    canary = folder / "canary"
    every = tuple(Delivery(language=language) for language in LINES)
    english = Delivery(language="en")
    if name == "espeak":
        return Case(EspeakEngine(), every, canary, has_words=True)
    if name == "pyttsx3":
        return Case(Pyttsx3Engine(), every if os.name == "posix" else (english,), canary)
    if name == "tone":
        return Case(ToneEngine(), every, canary, has_words=True, may_probe=False)
    if name == "captions":
        return Case(SilentEngine("captions"), every, canary, has_words=True, may_probe=False)
    if name == "piper":
        return Case(PiperEngine(), (Delivery(language="en", voice=str(make_piper_voice(folder))),), canary)
    if name == "sherpa":
        voice = str(make_sherpa_voice(folder))
        return Case(SherpaEngine(), (Delivery(language="en", voice=voice),), canary, repeats=False)
    if name == "http":
        url = stack.enter_context(endpoint(spoken_answer)).url
        return Case(HttpEngine("http", Server(url=url, model="m")), (english,), canary, may_probe=False)
    quick = {"flite": "kal16", "festival": "kal_diphone"}
    return Case(load_engine(name), (Delivery(language="en", voice=quick.get(name)),), canary)


def check(sound, text):
    """Hold a sound against what the protocol says of it."""
    assert 8_000 <= sound.rate <= 48_000
    assert sound.samples.ndim == 1
    assert sound.samples.dtype == np.float32
    assert np.isfinite(sound.samples).all()
    assert np.abs(sound.samples).max(initial=0) <= 1
    length_s = len(sound.samples) / sound.rate
    starts = [word.start_s for word in sound.words]
    assert starts == sorted(starts)
    assert all(0 <= start <= length_s for start in starts)
    assert all(0 <= word.start_char <= word.start_char + word.length <= len(text) for word in sound.words)
    return length_s


def test_twenty_lines(case):
    chars = seconds = 0
    for line, delivery in case.lines:
        sound = say(case, line, delivery)
        length_s = check(sound, line)
        assert 0.03 < length_s / len(line) < (0.15 if len(line) > 25 else 0.3), line
        assert (np.abs(sound.samples).max() > 0.05) != (case.engine.name in SILENT)
        assert sound.voice
        if case.has_words:
            said = [line[word.start_char : word.start_char + word.length] for word in sound.words]
            assert len(said) >= 0.6 * len(line.split())
            assert all(re.search(r"\w", word) for word in said)
        chars, seconds = chars + len(line), seconds + length_s
    assert 0.03 < seconds / chars < 0.15


def test_the_same_samples(case):
    if not case.repeats:
        pytest.skip("this engine rolls dice, and says so")
    line, other = LINES["en"][1], LINES["en"][6]
    first = say(case, line)
    say(case, other)
    again = say(case, line)
    assert np.array_equal(first.samples, again.samples)
    assert first.words == again.words


def test_pieces_with_pauses(case):
    from aidj.model import Pause

    text = "First one thing. Then another, and that is all."
    sound = synthesise(case.engine, SpokenText(text=text, pauses=(Pause(17, 2.0),)), case.deliveries[0])
    plain = synthesise(case.engine, SpokenText(text=text), case.deliveries[0])
    assert 0.8 < check(sound, text) - check(plain, text) < 3.5


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_text_is_said_or_refused(case, number):
    text = HOSTILE[number].replace("{canary}", str(case.canary))
    ways = [case.engine.synthesise]
    if number % 3 == 0:
        ways.append(lambda *asked: synthesise(case.engine, *asked))
    for hand_over in ways:
        try:
            sound = hand_over(SpokenText(text=text), case.deliveries[0])
        except VoiceError:
            continue
        assert check(sound, text) < 300
    assert not case.canary.exists()
    if number % 9 == 8:
        check(say(case, "And on it goes."), "And on it goes.")


@pytest.mark.slow
def test_ten_thousand_characters(case):
    text = ("A long line, and one more word. " * 400)[: 3000 if case.engine.name == "festival" else 10_000]
    sound = synthesise(case.engine, SpokenText(text=text), case.deliveries[0])
    assert 0.03 < check(sound, text) / len(text) < 0.15


JUNK = [
    *({"language": code} for code in ("", "xx", "-o", "../..", "en\0", "e" * 500, "日本", "EN_us")),
    *({"voice": voice} for voice in ("nobody at all", "-o", "../../etc/passwd", "a\0b", "$(true)", "%s", "x" * 5000)),
    {"pace_wpm": 80},
    {"pace_wpm": 300, "pitch_st": 12.0},
    {"pitch_st": -12.0},
]


@pytest.mark.parametrize("number", range(len(JUNK)))
def test_a_probe_tells_the_truth_and_never_raises(case, number):
    usual = case.deliveries[0]
    delivery = Delivery(**{"language": usual.language, "voice": usual.voice, **JUNK[number]})
    why_not = case.engine.probe(delivery)
    assert why_not is None or why_not.strip()
    if "voice" in JUNK[number] and case.may_probe:
        assert why_not is not None
    try:
        check(say(case, "Good evening.", delivery), "Good evening.")
    except VoiceError:
        assert why_not is not None
    else:
        assert why_not is None or not case.may_probe or "language" in JUNK[number]


def test_what_it_says_of_itself(case):
    languages = case.engine.languages()
    assert languages
    assert list(languages) == sorted(languages)
    assert languages == (EVERY_LANGUAGE,) or all(re.fullmatch(r"[a-z]{2,4}(-[a-z0-9-]+)?", code) for code in languages)
    assert case.engine.version() == case.engine.version() != ""
    assert re.fullmatch(r"[a-z0-9]+", case.engine.name)
    for name in case.engine.voices("en")[:3]:
        assert case.engine.probe(Delivery(language="en", voice=name)) is None
    assert isinstance(case.engine.voices("no such language"), tuple)


def test_several_threads_at_once(case):
    lines = LINES["en"][:8]
    alone = [len(say(case, line).samples) for line in lines[:3]]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda line: say(case, line), lines))
    for sound, line in zip(together, lines, strict=True):
        check(sound, line)
    assert [len(sound.samples) for sound in together[:3]] == alone


def test_closed_and_used_again(case):
    case.engine.close()
    case.engine.close()
    check(say(case, "Here I am."), "Here I am.")


def test_it_goes_to_other_processes(case):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(_said_there, (case.engine, SpokenText(text="Good evening."), case.deliveries[0]))
    assert there == len(say(case, "Good evening.").samples)


def _said_there(engine, spoken, delivery):
    length = len(engine.synthesise(spoken, delivery).samples)
    engine.close()
    return length
