from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from aidj.config import FILE_NAME, Settings, load_settings, parse_settings
from aidj.errors import ConfigError
from aidj.model import TalkSettings, WriterSettings
from aidj.selection import HYGIENE_RULES, MixSettings

FULL = """
mix:
  new_days: 60
  forgotten_days: 120
  rest_hours: 24
  dials: {new_release: 2, forgotten_favourite: 0.5}
  rules_off: [holiday, children]
  hemisphere: south
"""


def test_settings_are_read() -> None:
    settings = parse_settings(FULL).mix
    assert (settings.new_days, settings.forgotten_days, settings.rest_hours) == (60, 120, 24.0)
    assert settings.dials == {"new_release": 2.0, "forgotten_favourite": 0.5}
    assert settings.hygiene == frozenset(HYGIENE_RULES) - {"holiday", "children"}
    assert settings.hemisphere == "south"
    assert settings.repeat_days == MixSettings().repeat_days


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "mix:\n", "mix: {}\n", "{}\n", "mix: !!python/object:os.system {}"]
)
def test_nothing_set_is_the_usual(text: str) -> None:
    assert parse_settings(text) == Settings()


TALK = """
talk:
  level: chatty
  kinds_off: [jump, intro]
  personal: off
  disclose: no
  placement: gap
  duck_db: -15
  dip_db: 0
  voice_db: 1.5
  presenter: otto
  writer:
    url: http://localhost:11434/v1
    model: some-model
    key_env: MY_KEY
    timeout_s: 5
    temperature: 0
"""


def test_what_is_said_can_be_set() -> None:
    settings = parse_settings(TALK)
    assert settings.talk == TalkSettings(
        level="chatty",
        kinds_off=frozenset({"jump", "intro"}),
        personal=False,
        disclose=False,
        placement="gap",
        duck_db=-15.0,
        dip_db=0.0,
        voice_db=1.5,
    )
    assert settings.presenter == "otto"
    assert settings.writer == WriterSettings(
        url="http://localhost:11434/v1", model="some-model", key_env="MY_KEY", timeout_s=5.0, temperature=0.0
    )
    assert replace(settings, talk=TalkSettings(), presenter=None, writer=None) == Settings()


@pytest.mark.parametrize("text", ["talk:\n", "talk: {}", "talk: {level: null, writer: }", "talk: {kinds_off: []}"])
def test_talk_without_words_is_the_usual(text: str) -> None:
    assert parse_settings(text) == Settings()


def test_a_writer_reads_no_requests_unless_it_is_told_to() -> None:
    writer = "talk: {writer: {url: 'https://api.example/v1', model: m}}\n"
    for text in (writer, writer + "asking:\n", writer + "asking: {llm: off}", "asking: {llm: }"):
        assert parse_settings(text).translator is None
    settings = parse_settings(writer + "asking: {llm: on}")
    assert settings.translator == settings.writer is not None


def test_a_writer_needs_no_more_than_an_address_and_a_model() -> None:
    writer = parse_settings("talk: {writer: {url: 'https://api.example/v1', model: m}}").writer
    assert writer == WriterSettings(url="https://api.example/v1", model="m")


def test_a_folder_without_settings_has_the_usual_ones(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()
    (tmp_path / FILE_NAME).write_text(FULL, encoding="utf-8")
    assert load_settings(tmp_path).mix.new_days == 60


def test_every_number_can_be_set() -> None:
    numbers = [each.name for each in fields(MixSettings) if isinstance(getattr(MixSettings(), each.name), int | float)]
    text = "mix:\n" + "".join(f"  {name}: 30\n" for name in numbers if name != "noise") + "  noise: 1\n"
    settings = parse_settings(text).mix
    assert all(getattr(settings, name) in (30, 1) for name in numbers)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mixx: {}", "did you mean 'mix'"),
        ("mix: {forgoten_days: 3}", "did you mean 'forgotten_days'"),
        ("mix: {forgotten_days: soon}", "a whole number"),
        ("mix: {forgotten_days: 0}", "between 1 and"),
        ("mix: {forgotten_days: 1.5}", "a whole number"),
        ("mix: {noise: -1}", "between 0 and 10"),
        ("mix: {noise: .nan}", "a number"),
        ("mix: {dials: {new: 2}}", "known keys are: current_favourite"),
        ("mix: {dials: {new_release: 11}}", "between 0 and 10"),
        ("mix: {dials: 3}", "key: value"),
        ("mix: {rules_off: [xmas]}", "the rules are"),
        ("mix: {rules_off: holiday}", "is a list"),
        ("mix: {hemisphere: east}", "one of north, south"),
        ("talk: {level: loud}", "one of silent, rare, normal, chatty"),
        ("talk: {lvel: rare}", "did you mean 'level'"),
        ("talk: {kinds_off: [intros]}", "kinds of links are: opening, intro"),
        ("talk: {kinds_off: intro}", "is a list"),
        ("talk: {personal: perhaps}", "yes or no"),
        ("talk: {placement: under}", "one of auto, gap, over"),
        ("talk: {duck_db: -3}", "between -24 and -6"),
        ("talk: {dip_db: 3}", "between -12 and 0"),
        ("talk: {voice_db: .inf}", "a number"),
        ("talk: {presenter: ' '}", "is empty"),
        ("asking: {llm: true}", "no language model"),
        ("talk: {writer: {url: 'http://localhost/v1', model: m}}\nasking: {llm: maybe}", "yes or no"),
        ("asking: {lm: true}", "did you mean"),
        ("talk: {writer: {url: 'http://localhost/v1'}}", "needs the key 'model'"),
        ("talk: {writer: {url: 'file:///etc/passwd', model: m}}", "an address such as"),
        ("talk: {writer: {url: 'http://localhost:99999/v1', model: m}}", "an address such as"),
        ("talk: {writer: {url: 'http://me:secret@localhost/v1', model: m}}", "environment variable"),
        ("talk: {writer: {url: 'http://localhost/v1', model: m, key_env: sk-123}}", "not the key itself"),
        ("talk: {writer: {url: 'http://localhost/v1', model: m, timeout_s: 0}}", "between 1 and 600"),
        ("talk: {writer: {url: 'http://localhost/v1', model: m, temperature: 3}}", "between 0 and 2"),
        ("talk: chatty", "key: value"),
        ("mix: [1]", "key: value"),
        ("mix: 3", "key: value"),
        ("- 1", "key: value"),
        ("mix: {", "not valid YAML"),
    ],
)
def test_mistakes_say_where_and_what(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_settings(text)
    assert said in str(caught.value)
    assert FILE_NAME in str(caught.value)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"mix: \xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(tmp_path)
    (tmp_path / FILE_NAME).write_bytes(b"#" * (2 << 20))
    with pytest.raises(ConfigError, match="too large"):
        load_settings(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)
