import logging
import pickle
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from aidj.errors import ConfigError, VoiceError
from aidj.model import SpokenText
from aidj.voice import Delivery, Presenter, SilentEngine, ToneEngine, chain, engine_names, load_engine
from aidj.voice import engines as room


def presenter(*engines, **more):
    usual = {"name": "T", "language": "en", "licence": "CC0", "origin": "computed"}
    return Presenter(**{**usual, "engines": engines or ("auto",), **more})


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    yield
    load_engine.cache_clear()


class Offered(ToneEngine):
    """An engine of another package."""

    def __init__(self):
        super().__init__("offered")

    def probe(self, delivery):
        if delivery.language == "xx":
            raise RuntimeError("a mistake of its own")
        return None if delivery.language == "en" else "it speaks English only"


@pytest.fixture
def offers(monkeypatch):
    points = EntryPoints(
        [
            EntryPoint("offered", "offered_voices:Offered", "aidj.voices"),
            EntryPoint("broken", "no_such_package:thing", "aidj.voices"),
            EntryPoint("failing", "offered_voices:fail", "aidj.voices"),
        ]
    )
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
    module = type(sys)("offered_voices")
    module.Offered = Offered
    module.fail = lambda: 1 / 0
    monkeypatch.setitem(sys.modules, "offered_voices", module)
    load_engine.cache_clear()


def test_those_that_come_with_aidj():
    assert {"espeak", "pyttsx3", "captions", "silent", "tone"} <= set(engine_names())
    for name in room._BUILT_IN:
        engine = load_engine(name)
        assert engine.name == name
        assert load_engine(name) is engine
        engine.close()


def test_an_unknown_one_is_a_mistake_of_the_presenter():
    with pytest.raises(ConfigError, match="“espeak”"):
        load_engine("espaek")
    with pytest.raises(ConfigError, match="“tone”"):
        chain(presenter("tune"))


@pytest.mark.parametrize(("platform", "first"), [("linux", "espeak"), ("darwin", "pyttsx3"), ("win32", "pyttsx3")])
def test_the_usual_engine_of_each_system(monkeypatch, platform, first):
    monkeypatch.setattr(sys, "platform", platform)
    names = [name for name, _ in chain(presenter())._candidates]
    assert names == [first, *({"espeak", "pyttsx3"} - {first}), "captions"]


def test_the_presenters_own_come_first_and_captions_last():
    names = [name for name, _ in chain(presenter("tone", "pyttsx3"))._candidates]
    assert names == ["tone", "pyttsx3", "espeak", "captions"]


def test_delivery_is_the_presenters(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    voices = {"espeak": "en-us+f2", "macos": "Samantha"}
    who = presenter("tone", language="pt", pace_wpm=140, pitch_st=2.0, voices=voices)
    deliveries = dict(chain(who)._candidates)
    assert deliveries["espeak"] == Delivery(language="pt", voice="en-us+f2", pace_wpm=140, pitch_st=2.0)
    assert deliveries["pyttsx3"].voice == "en-us+f2"  # the same library speaks there
    assert deliveries["tone"].voice is None
    monkeypatch.setattr(sys, "platform", "darwin")
    assert dict(chain(who)._candidates)["pyttsx3"].voice == "Samantha"


def test_engines_of_other_packages(offers):
    assert {"offered", "broken", "espeak"} <= set(engine_names())
    engine, delivery = next(iter(chain(presenter("offered"))))
    assert isinstance(engine, Offered)
    assert len(engine.synthesise(SpokenText(text="Hello."), delivery).samples)


def test_one_that_cannot_be_used_is_left_out_with_its_reason(offers, caplog):
    with caplog.at_level(logging.WARNING):
        who = chain(presenter("broken", "failing", "offered", "tone", language="de"))
        names = [engine.name for engine, _ in who][:1]
    assert names == ["tone"]
    assert set(who.left_out) >= {"broken", "failing", "offered"}
    assert "no_such_package" in caplog.text
    assert "division by zero" in caplog.text
    assert "it speaks English only" in caplog.text
    caplog.clear()
    assert next(engine.name for engine, _ in who) == "tone"
    assert not caplog.records  # asked once
    with pytest.raises(VoiceError, match="cannot be loaded"):
        load_engine("broken")


def test_one_that_fails_when_asked_is_left_out(offers):
    who = chain(presenter("offered", "tone", language="xx"))
    assert next(iter(who))[0].name == "tone"
    assert "a mistake of its own" in who.left_out["offered"]


def test_later_engines_are_not_asked_before_their_turn(monkeypatch):
    monkeypatch.setitem(room._BUILT_IN, "espeak", lambda: pytest.fail("asked"))
    assert next(iter(chain(presenter("tone"))))[0].name == "tone"


def test_captions_are_always_there(monkeypatch):
    class Missing(SilentEngine):
        def probe(self, delivery):
            return "it is missing"

    for name in ("espeak", "pyttsx3"):
        monkeypatch.setitem(room._BUILT_IN, name, lambda name=name: Missing(name))
    load_engine.cache_clear()
    who = chain(presenter())
    assert [engine.name for engine, _ in who] == ["captions"]
    assert set(who.left_out) == {"espeak", "pyttsx3"}


def test_a_chain_goes_to_other_processes():
    copy = pickle.loads(pickle.dumps(chain(presenter("tone"))))
    assert next(iter(copy))[0].name == "tone"
