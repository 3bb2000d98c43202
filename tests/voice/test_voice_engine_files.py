"""Files that tell of engines: those that come with aidj, a user's own, and mistakes."""

from pathlib import Path

import pytest

from aidj.errors import ConfigError
from aidj.script import voices_folder
from aidj.voice import Presenter, chain, engine_names, load_engine
from aidj.voice.command import CommandEngine
from aidj.voice.engine_files import engine_file_names, read_engine_file
from aidj.voice.http import HttpEngine

OWN = """
schema: aidj.engine/1
type: command
command: [my-program, -o, "{out}"]
"""
SERVER = """
schema: aidj.engine/1
type: http
url: http://localhost:8880/v1
model: m
"""


@pytest.fixture
def file_of(tmp_path):
    def write(text, name="mine"):
        path = tmp_path / "engines" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    yield write
    load_engine.cache_clear()


def test_those_that_come_with_aidj():
    assert set(engine_file_names()) == {"flite", "festival", "pico", "rhvoice"}
    for path in (voices_folder() / "engines").glob("*.yaml"):
        engine = read_engine_file(path)
        assert isinstance(engine, CommandEngine)
        assert engine.name == path.stem
        assert path.stem in engine_names()


def test_ones_own(file_of):
    folder = file_of(OWN).parent.parent
    file_of(SERVER, "server")
    file_of(OWN, "flite")
    assert {"mine", "server", "flite", "espeak"} <= set(engine_names((folder,)))
    assert "mine" not in engine_names()
    assert isinstance(load_engine("server", (folder,)), HttpEngine)
    assert load_engine("mine", (folder,)) is load_engine("mine", (folder,))
    assert "my-program" in str(load_engine("flite", (folder,)).probe(delivery()))  # a user's own wins
    with pytest.raises(ConfigError, match="no speech engine “mine”"):
        load_engine("mine")


def test_a_presenter_names_it(file_of):
    folder = file_of(OWN).parent.parent
    (folder / "a.onnx").touch()
    who = Presenter(name="T", language="en", licence="CC0", origin="computed", folders=(folder,), engines=("mine",))
    speaks = chain(who)
    assert next(iter(speaks))[0].name != "mine"
    assert "my-program is not installed" in speaks.left_out["mine"]
    file_of(OWN.replace("command:", "comand:"))
    load_engine.cache_clear()
    with pytest.raises(ConfigError, match="“comand” is unknown"):
        chain(who)


def test_a_voice_that_is_a_file_is_looked_up_in_the_users_folder(file_of):
    folder = file_of(OWN).parent.parent
    (folder / "a.onnx").touch()

    def asked(voice):
        who = Presenter(
            name="T", language="en", licence="-", origin="-", folders=(folder,), engines=("piper",), voices={"": voice}
        )
        return dict(chain(who)._candidates)["piper"].voice

    assert asked("a.onnx") == str((folder / "a.onnx").resolve())
    assert asked("a.onnx#12") == f"{(folder / 'a.onnx').resolve()}#12"
    assert asked("b.onnx") == "b.onnx"
    assert asked("plain") == "plain"


def delivery():
    from aidj.voice import Delivery

    return Delivery(language="en")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OWN.replace("engine/1", "engine/9"), "schema must be aidj.engine/1"),
        (OWN.replace("type: command", "type: magic"), "command or http"),
        (OWN.replace("type: command", ""), "“type” is missing"),
        ("schema: aidj.engine/1\ntype: command\n", "“command” is missing"),
        (OWN.replace("[my-program", "[bin/my-program"), "name of a program, or its whole path"),
        (OWN.replace("[my-program", "['{voice}'"), "name of a program, or its whole path"),
        (OWN.replace("{out}", "{file}"), "“{file}” cannot be filled in"),
        (OWN.replace("{out}", "{out.__class__}") + "text: x\n", "“text” must be"),
        (OWN.replace("-o", "'--text={text}'"), "argument of its own"),
        (OWN.replace('[my-program, -o, "{out}"]', "my-program -o x"), "must be a list of texts"),
        (OWN.replace("-o", "7"), "must be a list of texts"),
        (OWN.replace("-o", '"a\\0b"'), "control character"),
        (OWN + "pace_wpm: 5\n", "whole number from 60 to 400"),
        (OWN + "voices: [a, b]\n", "mapping of languages"),
        (OWN + "voices: slt\n", "mapping of languages"),
        (OWN + "voices: {english: [a]}\n", "no language code"),
        (OWN + "voices: {en: slt}\n", "“en” must be a list"),
        (OWN + "url: http://localhost\n", "“url” is unknown"),
        (SERVER.replace("model: m", ""), "“model” is missing"),
        (SERVER + "format: mp3\n", "wav or pcm"),
        (SERVER + "key_env: sk-abc\n", "name of an environment variable"),
        (SERVER + "timeout_s: 0\n", "from 1 to 600"),
        (SERVER.replace("http:", "ftp:"), "no address of an API"),
        (SERVER.replace("localhost", "example.com"), "unencrypted to example.com"),
        (SERVER.replace("localhost", "192.168.1.9") + "key_env: KEY\n", "key would go unencrypted"),
        (SERVER.replace("localhost", "me:secret@localhost"), "no blank, user, password"),
        (SERVER.replace("/v1", "/v1?key=1"), "no blank, user, password"),
        (SERVER.replace(":8880", ":99999"), "is no address"),
    ],
)
def test_a_mistake_is_told_with_its_place(file_of, text, says):
    with pytest.raises(ConfigError, match=says.replace("(", r"\(").replace("{", r"\{")) as caught:
        read_engine_file(file_of(text))
    assert "mine.yaml:" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/v1", "http://[::1]/v1", "http://192.168.1.9/v1", "http://box.local", "https://a.example/v1"],
)
def test_addresses_that_are_fine(file_of, url):
    assert isinstance(read_engine_file(file_of(SERVER.replace("http://localhost:8880/v1", f'"{url}"'))), HttpEngine)


@pytest.mark.parametrize("name", ["../presenters/otto", ".", "", "a/b", "x" * 90])
def test_a_name_is_no_path(name, tmp_path):
    with pytest.raises(ConfigError, match="no speech engine"):
        load_engine(name, (Path(tmp_path),))
