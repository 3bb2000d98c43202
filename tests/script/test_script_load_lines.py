import random

import pytest

from aidj.errors import ScriptError
from aidj.script import SLOTS, load_lines, voices_folder


def folder(tmp_path, body, kind="intro", schema="aidj.lines/2"):
    path = tmp_path / "lines" / "en" / f"{kind}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"schema: {schema}\nkind: {kind}\nlines:\n{body}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ('  - {id: a, text: "By {artits}."}', 4, "{artist}"),
        ('  - id: a+b\n    text: "One."', 4, "“+”"),  # ids are joined with it in plans
        ('  - id: a/b\n    text: "One."', 4, "“/”"),
        ('  - id: a\n    text: "By {artits}."', 5, "{artist}"),
        ('  - id: a\n    text: "By {artist!r}."', 5, "unknown"),
        ('  - id: a\n    text: "By {artist.__class__}."', 5, "unknown"),
        ('  - id: a\n    text: "By {}."', 5, "unknown"),
        ('  - id: a\n    text: "By {artist."', 5, "no partner"),
        ('  - id: a\n    text: "By artist}."', 5, "no partner"),
        ('  - id: a\n    text: "By {{artist}}."', 5, "no partner"),
        ('  - id: a\n    txet: "Hello."', 5, "“text”"),
        ('  - id: a\n    text: ""', 5, "empty"),
        ('  - id: a\n    text: "   "', 5, "empty"),
        ("  - id: a\n    text: 12", 5, "must be a text"),
        ("  - id: a\n    text: [a, b]", 5, "must be a text"),
        ("  - id: a", 4, "“text” is missing"),
        ('  - text: "Hello."', 4, "“id” is missing"),
        (f'  - id: a\n    text: "{"x" * 401}"', 5, "401"),
        ('  - id: a\n    text: "One."\n  - id: a\n    text: "Two."', 6, "intro.yaml:4"),
        ('  - id: a\n    id: b\n    text: "One."', 5, "twice"),
        ('  - id: a\n    text: "One."\n    weight: heavy', 6, "weight"),
        ('  - id: a\n    text: "One."\n    weight: -1', 6, "weight"),
        ('  - id: a\n    text: "One."\n    when: {rotatoin: request}', 6, "“rotation”"),
        ('  - id: a\n    text: "One."\n    when: {rotation: requets}', 6, "“request”"),
        ('  - id: a\n    text: "One."\n    when: {rotation: []}', 6, "no value"),
        ('  - id: a\n    text: "One."\n    when: {songs: many}', 6, "whole number"),
        ('  - id: a\n    text: "One."\n    when: request', 6, "when:"),
        ('  - id: a\n    text: "One."\n    when: {rotation: {a: b}}', 6, "plain value"),
        ('  - id: a\n    text: "One."\n    manner: wram', 6, "“warm”"),
        ('  - id: a\n    text: "One."\n    manner: []', 6, "names none"),
        ('  - id: a\n    text: "One [two."', 5, "at character 5"),
        ('  - id: a\n    text: "{songs|one}."', 5, "one, other"),
        ('  - id: a\n    text: "{artist|one|two}."', 5, "no number"),
        ('  - id: a\n    text: "{gap:dat}."', 5, "no form"),
        ("  - just a text", 4, "mapping"),
        ('  - id: a\n    text: "One: "two"."', 5, "YAML"),
        ("  - id: a\n    text: One: two", 5, "YAML"),
        ("  - id: a\n    text: !!python/object/apply:os.system [true]", 5, "text"),
        ("  - id: a\n    text: !!timestamp nonsense", 5, "plain value"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path, body, line, said):
    path = folder(tmp_path, body)
    with pytest.raises(ScriptError) as caught:
        load_lines("en", [tmp_path])
    assert caught.value.where == f"{path}:{line}"
    assert said in str(caught.value)


def test_wrong_schema_kind_name_and_encoding(tmp_path):
    good = '  - {id: a, text: "Hello there."}'
    path = folder(tmp_path, good, schema="aidj.lines/9")
    with pytest.raises(ScriptError, match="lines/9"):
        load_lines("en", [tmp_path])
    path.write_text("schema: aidj.lines/2\nkind: jump\nlines: []\n")
    with pytest.raises(ScriptError, match="kind must be intro"):
        load_lines("en", [tmp_path])
    path.write_text("schema: aidj.lines/2\nkind: intro\nlines: none\n")
    with pytest.raises(ScriptError, match="must be a list"):
        load_lines("en", [tmp_path])
    path.write_bytes(b"\xff\xfe\x00broken")
    with pytest.raises(ScriptError, match="cannot be read"):
        load_lines("en", [tmp_path])
    path.write_text("")
    with pytest.raises(ScriptError, match="empty"):
        load_lines("en", [tmp_path])
    path.write_text("&a [*a]")
    with pytest.raises(ScriptError, match="mapping"):
        load_lines("en", [tmp_path])
    path.write_text("[" * 5000)
    with pytest.raises(ScriptError):
        load_lines("en", [tmp_path])
    path.unlink()
    (path.parent / "intros.yaml").write_text("schema: aidj.lines/2\n")
    with pytest.raises(ScriptError, match=r"did you mean intro\.yaml"):
        load_lines("en", [tmp_path])


@pytest.mark.parametrize("language", ["xx", "../../etc", "", "en/../en", "e"])
def test_a_language_without_lines(language):
    with pytest.raises(ScriptError, match=r"choose one of .*\ben\b"):
        load_lines(language)


def test_a_regional_language_falls_back_to_its_own():
    assert load_lines("en-GB").language == "en"


def test_an_own_folder_adds_replaces_and_switches_off(tmp_path):
    before = {line.id: line for line in load_lines("en").by_kind["intro"]}
    first, second = list(before)[:2]
    folder(
        tmp_path,
        f'  - {{id: {first}, text: "Mine: {{title}}."}}\n'
        f'  - {{id: {second}, text: "Never.", weight: 0}}\n'
        '  - {id: brand-new, text: "And more."}\n',
    )
    after = {line.id: line for line in load_lines("en", [tmp_path]).by_kind["intro"]}
    assert after.keys() == before.keys() | {"brand-new"}
    assert after[first].template.source == "Mine: {title}."
    assert after[second].weight == 0
    assert load_lines("en", [tmp_path]).by_kind["jump"] == load_lines("en").by_kind["jump"]


def test_an_own_folder_may_bring_a_language(tmp_path):
    path = tmp_path / "lines" / "nl" / "jump.yaml"
    path.parent.mkdir(parents=True)
    path.write_text('schema: aidj.lines/2\nkind: jump\nlines:\n  - {id: verder, text: "Goed, {songs|een|# meer}."}\n')
    with pytest.raises(ScriptError, match="words of the language are missing"):
        load_lines("nl", [tmp_path])
    english = (voices_folder() / "lines" / "en" / "words.yaml").read_text(encoding="utf-8")
    (path.parent / "words.yaml").write_text(english.replace("language: en", "language: nl"), encoding="utf-8")
    lines = load_lines("nl", [tmp_path])
    assert lines.language == lines.words.language == "nl"
    assert [line.fill({"songs": 3}, lines.words) for line in lines.by_kind["jump"]] == ["Goed, three meer."]
    assert lines.by_kind["intro"] == ()


def test_own_words_replace_those_of_a_language(tmp_path):
    english = (voices_folder() / "lines" / "en" / "words.yaml").read_text(encoding="utf-8")
    path = tmp_path / "lines" / "en" / "words.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(english.replace('"good morning"', '"morning, all"'), encoding="utf-8")
    lines = load_lines("en", [tmp_path])
    assert lines.words.say("greeting", "", {"daypart": "morning"}) == "morning, all"
    assert lines.by_kind == load_lines("en").by_kind


def test_what_a_line_is(tmp_path):
    folder(
        tmp_path,
        '  - {id: mine, text: "{year} [with {album}|], {artist}.", manner: dry, weight: 2,'
        " when: {rotation: request}}\n",
    )
    lines = load_lines("en", [tmp_path])
    line = next(line for line in lines.by_kind["intro"] if line.id == "mine")
    assert line.manners == {"dry"}
    assert line.weight == 2
    assert line.facts == {"first_released", "album", "artist", "rotation"}
    facts = {"rotation": "request", "artist": "Marrow", "first_released": "1994"}
    assert line.fill(facts, lines.words) == "1994 , Marrow."
    assert line.fill({**facts, "rotation": "deep_cut"}, lines.words) is None
    assert line.fill({**facts, "first_released": "soon"}, lines.words) is None
    texts = {line.fill({**facts, "album": "Tide"}, lines.words, random.Random(seed)) for seed in range(20)}
    assert texts == {"1994 with Tide, Marrow.", "1994 , Marrow."}


def test_the_voices_folder_has_all_its_parts():
    assert (voices_folder() / "lines" / "en" / "intro.yaml").is_file()


def test_the_readme_knows_every_slot():
    readme = (voices_folder() / "README.md").read_text(encoding="utf-8")
    assert [slot for slot in SLOTS if f"`{{{slot}}}`" not in readme] == []
