import pytest

from aidj.errors import ConfigError
from aidj.voice import Saying, forget_saying, keep_saying, read_pronunciation

HEAD = "schema: aidj.pronunciation/2\nlanguage: en\n"
LIVED_IN = HEAD + (
    "# my names\n"
    "entries:\n"
    "  # loud ones\n"
    '  - {match: "Marrow", say: "ma row"}  # as they say it\n'
    "  - match: Mina Vale\n"
    "    say: meena   # not mine\n"
    "  # the last\n"
    "  - {match: Otto, say: auto}\n"
    "# words come last\n"
    'words: {and: "and"}\n'
)


def sayings(path):
    return {one.name: one.say for one in read_pronunciation(path)[0]}


def kept(path, text, name, say="new"):
    path.write_text(text, encoding="utf-8")
    keep_saying(path, Saying(name=name, say=say))
    return path.read_text(encoding="utf-8")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "en.yaml"


def test_the_first_name_makes_the_file(tmp_path):
    path = tmp_path / "voices" / "pronunciation" / "pt.yaml"
    keep_saying(path, Saying(name="A 'B' {c}: d", say="a: b", ipa="ˈa", exact=True))
    (found,) = read_pronunciation(path)[0]
    assert (found.name, found.say, found.ipa, found.exact) == ("A 'B' {c}: d", "a: b", "ˈa", True)


def test_a_new_name_comes_last_and_all_else_stays(path):
    text = kept(path, LIVED_IN, "Sigur Rós")
    new = '  - {match: "Sigur Rós", say: "new"}\n'
    assert text == LIVED_IN.replace("# words come last", new + "# words come last")


def test_a_known_name_is_replaced_where_it_stands(path):
    old, new = '{match: "Marrow", say: "ma row"}', '{match: "MARROW", say: "new"}'
    assert kept(path, LIVED_IN, "MARROW") == LIVED_IN.replace(old, new)
    text = kept(path, LIVED_IN, "mina vale")
    assert text == LIVED_IN.replace("match: Mina Vale\n    say: meena ", '{match: "mina vale", say: "new"} ')
    assert sayings(path) == {"Marrow": "ma row", "mina vale": "new", "Otto": "auto"}


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD.rstrip(),
        HEAD + "entries: []  # none yet\n",
        HEAD + "entries: [{match: Otto, say: auto}]\n",
        HEAD + "entries: [{match: Otto, say: auto}]\nwords: {and: n}",
        HEAD + "entries:\n- match: Otto\n  say: auto",
        HEAD + "entries:\n- match: Otto\n  say: auto\n# end\n\n\n",
        "entries:\n- {match: Otto, say: auto}\n" + HEAD,
        "\ufeff" + HEAD + "entries:\n  - {match: Otto, say: auto}\n",
    ],
)
def test_every_form_of_a_file(path, text):
    before = {"Otto": "auto"} if "Otto" in text else {}
    kept(path, text, "Sigur Rós")
    assert sayings(path) == {**before, "Sigur Rós": "new"}
    keep_saying(path, Saying(name="sigur rós", say="newer"))
    assert sayings(path) == {**before, "sigur rós": "newer"}
    assert forget_saying(path, "SIGUR RÓS")
    assert sayings(path) == before
    assert not forget_saying(path, "Sigur Rós")
    if before:
        assert forget_saying(path, "Otto")
    keep_saying(path, Saying(name="Mina", say="meena"))
    assert sayings(path) == {"Mina": "meena"}
    assert ("# end" in text) == ("# end" in path.read_text(encoding="utf-8"))


def test_forgetting_takes_one_entry_only(path):
    path.write_text(LIVED_IN, encoding="utf-8")
    assert forget_saying(path, "Mina Vale")
    assert path.read_text(encoding="utf-8") == LIVED_IN.replace(
        "  - match: Mina Vale\n    say: meena   # not mine\n", ""
    )
    assert not forget_saying(path.with_name("de.yaml"), "Mina Vale")


def test_a_file_with_a_mistake_is_left_alone(path):
    broken = HEAD + "entries:\n  - {match: Otto}\n"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(ConfigError, match="“say” is missing"):
        keep_saying(path, Saying(name="Mina", say="meena"))
    with pytest.raises(ConfigError, match="“say” is missing"):
        forget_saying(path, "Otto")
    assert path.read_text(encoding="utf-8") == broken
