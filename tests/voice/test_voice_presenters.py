import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from aidj.errors import ConfigError
from aidj.voice import CachedVoice, Pyttsx3Voice, SilentVoice, ToneVoice, load_presenter, make_voice, presenter_names

GOOD = """\
schema: aidj.presenter/1
name: Testa Tone
engine: tone
language: en
pace_wpm: 140
manner: plain
licence: CC0
origin: computed
"""


def write(folder, text, name="testa"):
    path = folder / "presenters" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", presenter_names())
def test_those_that_come_with_aidj(name):
    presenter = load_presenter(name)
    voice = make_voice(presenter)
    assert presenter.licence
    assert presenter.origin
    assert presenter.pace_wpm in range(150, 161)
    assert isinstance(voice, Pyttsx3Voice)
    assert voice.spoken("AC/DC") != "AC DC"
    if sys.platform == "linux":
        assert voice.probe() is None


def test_there_are_two_that_sound_different():
    assert {"otto", "ella"} <= set(presenter_names())
    assert load_presenter("otto").voice != load_presenter("ella").voice


def test_an_own_folder(tmp_path):
    path = write(tmp_path, GOOD)
    presenter = load_presenter("testa", [tmp_path])
    assert (presenter.name, presenter.engine, presenter.voice, presenter.pace_wpm) == ("Testa Tone", "tone", None, 140)
    assert "testa" in presenter_names([tmp_path])
    assert load_presenter(path).name == "Testa Tone"
    assert load_presenter(str(path)).name == "Testa Tone"
    write(tmp_path, GOOD, name="otto")
    assert load_presenter("otto", [tmp_path]).name == "Testa Tone"


def test_voices_by_system(tmp_path, monkeypatch):
    write(tmp_path, GOOD + "voice: {linux: a, windows: b}\n")
    for platform, voice in (("linux", "a"), ("win32", "b"), ("darwin", None), ("freebsd14", "a")):
        monkeypatch.setattr(sys, "platform", platform)
        assert load_presenter("testa", [tmp_path]).voice == voice


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("manner: plain", "maner: plain", 6, "“manner”"),
        ("licence: CC0\n", "", 1, "no licence"),
        ("licence: CC0", 'licence: ""', 7, "empty"),
        ("origin: computed\n", "", 1, "“origin” is missing"),
        ("pace_wpm: 140", "pace_wpm: 900", 5, "80 to 300"),
        ("pace_wpm: 140", "pace_wpm: true", 5, "80 to 300"),
        ("language: en", "language: ../en", 4, "no language code"),
        ("language: en", "language: no", 4, "text"),  # YAML reads "no" as false
        ("name: Testa Tone", "name: [a, b]", 2, "must be a text"),
        ("manner: plain", "voice: {linus: a}", 6, "“linux”"),
        ("manner: plain", "manner: {a: b}", 6, "plain value"),
        ("aidj.presenter/1", "aidj.presenter/2", 1, "aidj.presenter/2"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path, old, new, line, said):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_presenter("testa", [tmp_path])
    assert caught.value.where == f"{path}:{line}"
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["oto", "../presenters/otto", "", "x" * 500, "ot\x00to"])
def test_an_unknown_presenter(name):
    with pytest.raises(ConfigError, match="otto"):
        load_presenter(name)


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_presenter(tmp_path / "none.yaml")


def test_engines(tmp_path):
    write(tmp_path, GOOD)
    presenter = load_presenter("testa", [tmp_path])
    assert isinstance(make_voice(presenter), ToneVoice)
    assert isinstance(make_voice(presenter, tmp_path / "cache"), CachedVoice)
    write(tmp_path, GOOD.replace("tone", "silent"), name="quiet")
    assert isinstance(make_voice(load_presenter("quiet", [tmp_path])), SilentVoice)
    write(tmp_path, GOOD.replace("engine: tone", "engine: tune"), name="wrong")
    with pytest.raises(ConfigError, match="“tone”"):
        make_voice(load_presenter("wrong", [tmp_path]))


class Offered:
    """A voice of another package, as small as the protocol allows."""

    name = "offered"
    voice = "v"

    def __init__(self, presenter):
        self.presenter = presenter

    def speak(self, text):
        return SilentVoice().speak(text)

    def probe(self):
        return None


def test_engines_of_other_packages(tmp_path, monkeypatch):
    points = EntryPoints(
        [
            EntryPoint("offered", "offered_voices:Offered", "aidj.voices"),
            EntryPoint("broken", "no_such_package:thing", "aidj.voices"),
        ]
    )
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
    module = type(sys)("offered_voices")
    module.Offered = Offered
    monkeypatch.setitem(sys.modules, "offered_voices", module)
    write(tmp_path, GOOD.replace("engine: tone", "engine: offered"))
    voice = make_voice(load_presenter("testa", [tmp_path]), tmp_path / "cache")
    assert isinstance(voice, Offered)  # it does not say what its sound depends on, so it is not kept
    assert voice.speak("Hello.").text == "Hello."
    write(tmp_path, GOOD.replace("engine: tone", "engine: broken"))
    with pytest.raises(ConfigError, match="no_such_package"):
        make_voice(load_presenter("testa", [tmp_path]))
