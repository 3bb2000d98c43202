import sys

import pytest

from aidj.errors import ConfigError
from aidj.model import MANNERS
from aidj.voice import (
    SpeechSound,
    check_name,
    load_engine,
    load_presenter,
    make_voice,
    presenter_for,
    presenter_names,
)
from aidj.voice.presenters import first_engine

GOOD = """\
schema: aidj.presenter/2
name: Testa Tone
engine: tone
language: en
pace_wpm: 140
manner: dry
licence: CC0
origin: computed
"""
LANGUAGES = ("en", "es", "de", "fr", "pt", "it")


def write(folder, text, name="testa"):
    path = folder / "presenters" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", presenter_names())
def test_those_that_come_with_aidj(name):
    presenter = load_presenter(name)
    assert presenter.licence
    assert presenter.origin
    assert presenter.character
    assert presenter.language in LANGUAGES
    assert presenter.pace_wpm in range(145, 166)
    assert presenter.engines == ("auto",)
    voice = make_voice(presenter)
    if sys.platform == "linux" and load_engine("espeak").languages():
        assert voice.probe() is None
        assert (voice.name, voice.voice) == ("espeak", presenter.voices["espeak"])
        assert voice.voice in load_engine("espeak").voices(presenter.language)


def test_two_for_each_language_that_differ():
    everyone = [load_presenter(name) for name in presenter_names()]
    assert len({presenter.name for presenter in everyone}) == len(everyone)
    for language in LANGUAGES:
        those = [presenter for presenter in everyone if presenter.language == language]
        assert len({presenter.voices["espeak"] for presenter in those}) >= 2
        assert len({presenter.manner for presenter in those}) >= 2
        assert load_presenter(presenter_for(language)) in those
    assert {presenter.manner for presenter in everyone} == set(MANNERS)


def test_who_speaks_a_language(tmp_path):
    assert presenter_for("en") == presenter_for("EN-gb") == "ella"
    assert presenter_for("pt-br") == presenter_for("pt")
    write(tmp_path, GOOD.replace("language: en", "language: nl"), name="anja")
    assert presenter_for("nl", [tmp_path]) == "anja"
    with pytest.raises(ConfigError, match="“nl”"):
        presenter_for("nl")


def test_an_own_folder(tmp_path):
    path = write(tmp_path, GOOD)
    presenter = load_presenter("testa", [tmp_path])
    assert (presenter.name, presenter.engines, presenter.pace_wpm) == ("Testa Tone", ("tone",), 140)
    assert (presenter.manner, presenter.sound, presenter.voices) == ("dry", SpeechSound(), {})
    assert "testa" in presenter_names([tmp_path])
    assert load_presenter(path).name == load_presenter(str(path)).name == "Testa Tone"
    write(tmp_path, GOOD, name="otto")
    assert load_presenter("otto", [tmp_path]).name == "Testa Tone"


def test_what_may_be_left_out(tmp_path):
    short = "schema: aidj.presenter/2\nname: S\nlanguage: de\nlicence: x\norigin: y\n"
    presenter = load_presenter(write(tmp_path, short))
    assert (presenter.engines, presenter.pace_wpm, presenter.pitch_st, presenter.manner) == (
        ("auto",),
        155,
        0.0,
        "warm",
    )


def test_everything_that_can_be_chosen(tmp_path):
    text = GOOD.replace("engine: tone", "engine: [piper, tone]") + (
        "pitch_st: -1.5\ncharacter: plain and short\nsound: {preset: formant, level_db: 2, duck: flat}\n"
        "voice: {piper: some.onnx, macos: Anna}\n"
    )
    presenter = load_presenter(write(tmp_path, text))
    assert presenter.engines == ("piper", "tone")
    assert (presenter.pitch_st, presenter.character) == (-1.5, "plain and short")
    assert presenter.sound == SpeechSound(preset="formant", level_db=2.0, duck="flat")
    assert presenter.voice_for("piper") == "some.onnx"
    assert presenter.voice_for("tone") is None


@pytest.mark.parametrize(
    ("platform", "engine", "voice", "asked", "expected"),
    [
        ("linux", "auto", "{espeak: a, macos: b, windows: c}", "espeak", "a"),
        ("linux", "auto", "{espeak: a, macos: b, windows: c}", "pyttsx3", "a"),
        ("linux", "auto", "{espeak: a, linux: d}", "pyttsx3", "d"),
        ("darwin", "auto", "{espeak: a, macos: b, windows: c}", "pyttsx3", "b"),
        ("win32", "auto", "{espeak: a, macos: b, windows: c}", "pyttsx3", "c"),
        ("darwin", "auto", "{espeak: a, macos: b}", "espeak", "a"),
        ("darwin", "auto", "{espeak: a}", "pyttsx3", None),
        ("freebsd14", "pyttsx3", "{pyttsx3: e, linux: d}", "pyttsx3", "e"),
        ("linux", "auto", "one", "espeak", "one"),
        ("linux", "auto", "one", "pyttsx3", "one"),
        ("linux", "pyttsx3", "one", "espeak", "one"),
        ("darwin", "pyttsx3", "one", "espeak", None),
        ("linux", "piper", "one", "espeak", None),
        ("linux", "piper", "one", "piper", "one"),
    ],
)
def test_which_voice_an_engine_is_to_use(tmp_path, monkeypatch, platform, engine, voice, asked, expected):
    monkeypatch.setattr(sys, "platform", platform)
    presenter = load_presenter(write(tmp_path, GOOD.replace("engine: tone", f"engine: {engine}\nvoice: {voice}")))
    assert presenter.voice_for(asked) == expected


def test_the_usual_engine_and_its_sound(tmp_path, monkeypatch):
    path = write(tmp_path, GOOD.replace("engine: tone", "engine: pyttsx3"))
    for platform, engine in (("linux", "espeak"), ("darwin", "pyttsx3"), ("win32", "pyttsx3"), ("freebsd14", "espeak")):
        monkeypatch.setattr(sys, "platform", platform)
        ella = load_presenter("ella")
        assert first_engine(ella) == engine
        preset = "formant" if engine == "espeak" else "natural"
        assert ella.sound == SpeechSound(preset=preset, duck="flat")
        assert load_presenter(path).sound == SpeechSound(preset=preset)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("manner: dry", "maner: dry", 6, "“manner”"),
        ("manner: dry", "manner: calm and dry", 6, "character"),
        ("licence: CC0\n", "", 1, "no licence"),
        ("licence: CC0", 'licence: ""', 7, "empty"),
        ("origin: computed\n", "", 1, "no origin"),
        ("origin: computed", "origin: null", 8, "missing"),
        ("pace_wpm: 140", "pace_wpm: 900", 5, "80 to 300"),
        ("pace_wpm: 140", "pace_wpm: true", 5, "80 to 300"),
        ("pace_wpm: 140", "pitch_st: 20", 5, "-12 to 12"),
        ("pace_wpm: 140", "pitch_st: .nan", 5, "-12 to 12"),
        ("language: en", "language: ../en", 4, "no language code"),
        ("language: en", "language: no", 4, "text"),  # YAML reads "no" as false
        ("name: Testa Tone", "name: [a, b]", 2, "must be a text"),
        ("engine: tone", "engine: [a, 5]", 3, "name of an engine"),
        ("engine: tone", "engine: []", 3, "name of an engine"),
        ("engine: tone", "engine: ../x y", 3, "name of an engine"),
        ("manner: dry", "voice: {a: {b: c}}", 6, "plain value"),
        ("manner: dry", "voice: {a: 5}", 6, "must be a text"),
        ("manner: dry", "sound: loud", 6, "mapping"),
        ("manner: dry", "sound: {preset: deep}", 6, "formant or natural"),
        ("manner: dry", "sound: {duck: 5}", 6, "dip or flat"),
        ("manner: dry", "sound: {level_db: 40}", 6, "-6 to 6"),
        ("manner: dry", "sound: {level: 4}", 6, "“level_db”"),
        ("aidj.presenter/2", "aidj.presenter/1", 1, "aidj.presenter/1"),
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


def test_an_unknown_engine_is_a_mistake(tmp_path):
    with pytest.raises(ConfigError, match="“tone”"):
        make_voice(load_presenter(write(tmp_path, GOOD.replace("engine: tone", "engine: tune"))))


@pytest.mark.parametrize("artist", ["Ella Tronic", "ella tronic", "ELLA  TRONIC", "Ëlla Tronic"])
def test_nobody_bears_an_artists_name(artist):
    ella = load_presenter("ella")
    with pytest.raises(ConfigError, match=r"Ella Tronic.*name of an artist"):
        check_name(ella, ["Marrow", artist, "Slow Boat"])
    check_name(ella, ["Marrow", "Ella", "Tronic", "Ella Tronics", ""])
