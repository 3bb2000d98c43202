"""Piper and sherpa-onnx, with a voice of a thousand bytes that hums."""

import hashlib
import json

import numpy as np
import pytest
from tiny_voices import RATE, make_piper_voice, make_sherpa_voice

from aidj.errors import VoiceError
from aidj.model import Phonemes, SpokenText
from aidj.voice import Delivery
from aidj.voice.espeak import EspeakEngine
from aidj.voice.piper import PiperEngine
from aidj.voice.sherpa import SherpaEngine, _sentences
from aidj.voice.voice_files import file_identity

TEXT = "Good evening, friend. You have not heard this song for more than a year."
OTHERS = {"piper": "tiny.onnx.json", "sherpa": "tokens.txt"}
MAKERS = {"piper": (PiperEngine, make_piper_voice), "sherpa": (SherpaEngine, make_sherpa_voice)}


@pytest.fixture(params=MAKERS)
def neural(request, tmp_path):
    """Return an engine and a delivery with its voice."""
    kind, make = MAKERS[request.param]
    engine = kind()
    if not engine.languages():
        pytest.skip(engine.probe(Delivery(language="en")))
    yield engine, Delivery(language="en", voice=str(make(tmp_path)))
    engine.close()


def say(engine, delivery, text=TEXT, **beside):
    return engine.synthesise(SpokenText(text=text, **beside), delivery)


def digest(sound):
    return hashlib.sha256(sound.samples.tobytes()).hexdigest()


def test_it_speaks(neural):
    engine, delivery = neural
    assert engine.probe(delivery) is None
    sound = say(engine, delivery)
    assert sound.rate == RATE
    assert sound.voice == delivery.voice
    assert 0.04 < len(sound.samples) / RATE / len(TEXT) < 0.1
    assert engine.version()[0].isdigit()


def test_pace(neural):
    engine, delivery = neural
    slow, quick = (
        len(say(engine, Delivery(language="en", voice=delivery.voice, pace_wpm=pace)).samples) for pace in (110, 220)
    )
    assert 1.7 < slow / quick < 2.1


def test_phonemes_are_taken(neural):
    engine, delivery = neural
    plain = len(say(engine, delivery, "Now Sade sings.").samples)
    told = len(say(engine, delivery, "Now Sade sings.", phonemes=(Phonemes(4, 4, "ʃɑːdˈeɪ" * 3),)).samples)
    assert told > plain + 0.4 * RATE


def test_piper_says_the_same_in_every_process(tmp_path):
    delivery = Delivery(language="en", voice=str(make_piper_voice(tmp_path)))
    engines = [PiperEngine(), PiperEngine()]
    if not engines[0].languages():
        pytest.skip("piper-tts is not installed")
    wanted = digest(say(engines[0], delivery))
    say(engines[1], delivery, "Something else.")
    assert [digest(say(engine, delivery)) for engine in engines] == [wanted, wanted]
    for engine in engines:
        engine.close()


@pytest.mark.parametrize(
    ("voice", "says"),
    [
        (None, "names no voice"),
        ("en-us+f2", "no file of a voice"),
        ("nowhere.onnx", "is missing"),
        ("/nowhere/at/all.onnx", "is missing"),
        ("{}#99", "speakers, counted from 0"),
    ],
)
def test_a_voice_that_is_not_there(neural, voice, says):
    engine, delivery = neural
    wrong = Delivery(language="en", voice=voice and voice.format(delivery.voice))
    if "#" not in str(voice):
        assert says in engine.probe(wrong)
    with pytest.raises(VoiceError, match=says):
        say(engine, wrong)


def test_its_other_file_is_missing(neural, tmp_path):
    engine, delivery = neural
    (tmp_path / OTHERS[engine.name]).unlink()
    assert "put them beside it" in engine.probe(delivery)


@pytest.mark.parametrize("spoilt", ["model", "other"])
@pytest.mark.parametrize("content", [b"", b"garbage", b"{}", b"a\nb c d\n\xff 1"])
def test_files_with_mistakes_cost_a_sentence_only(neural, tmp_path, spoilt, content):
    engine, delivery = neural
    file = tmp_path / ("tiny.onnx" if spoilt == "model" else OTHERS[engine.name])
    before = file.read_bytes()
    file.write_bytes(content)
    with pytest.raises(VoiceError):
        say(engine, delivery)
    file.write_bytes(before)
    assert len(say(engine, delivery).samples) > RATE


def test_another_voice_in_the_same_file_is_another_voice(tmp_path):
    path = make_piper_voice(tmp_path)
    before = file_identity(f"{path}#2")
    assert before == file_identity(str(path)) != []
    path.write_bytes(path.read_bytes() + b" ")
    assert file_identity(str(path)) != before
    assert file_identity("en-us+f2") == file_identity(None) == file_identity("no.onnx") == []


def test_other_settings_of_piper(tmp_path):
    engine = PiperEngine()
    delivery = Delivery(language="en", voice=str(make_piper_voice(tmp_path)))
    if not engine.languages():
        pytest.skip("piper-tts is not installed")
    settings = json.loads((tmp_path / "tiny.onnx.json").read_text())
    del settings["inference"]
    (tmp_path / "tiny.onnx.json").write_text(json.dumps(settings))
    assert np.abs(say(engine, delivery).samples).max() > 0.1
    settings["phoneme_type"] = "pinyin"
    (tmp_path / "tiny.onnx.json").write_text(json.dumps(settings))
    with pytest.raises(VoiceError, match=r"needs the file g2pW/g2pw\.onnx"):  # it is never fetched
        say(engine, delivery)
    engine.close()


@pytest.mark.skipif(not EspeakEngine().languages(), reason="no espeak-ng library on this system")
def test_the_phonemes_that_sherpa_is_told():
    text = "Good evening, friend. Now Sade. Really? ... !"
    told = _sentences(SpokenText(text=text, phonemes=(Phonemes(26, 4, "ʃɑːdˈeɪ"),)), "en")
    assert told == ["ɡˈʊd ˈiːvnɪŋ, fɹˈɛnd.", "nˈaʊ ʃɑːdˈeɪ .", "ɹˈiəli?"]
    assert _sentences(SpokenText(text="[[h@l'oU]] (system) \0 $x"), "en")[0].isprintable()
    with pytest.raises(VoiceError, match="no phonemes for the language “xx”"):
        _sentences(SpokenText(text="Hello."), "xx")
