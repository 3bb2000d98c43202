import pytest

from aidj.errors import ConfigError
from aidj.voice import Pronunciation, Saying, load_pronunciation, spoken_text

MBID = "8bfac288-ccc5-448d-9573-c33ea2aa5c30"


def write(folder, body, name="en", language="en"):
    path = folder / "pronunciation" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"schema: aidj.pronunciation/2\nlanguage: {language}\nentries:\n{body}", encoding="utf-8")
    return path


def said(text, known, language="en"):
    return spoken_text(text, language=language, pronunciation=known).text.text


def test_an_own_file_wins(tmp_path):
    path = write(tmp_path, '  - {match: "inxs", say: "ink sis"}\n  - {match: "SADE", say: "saydee"}\n')
    own = load_pronunciation("en-gb", [tmp_path])
    assert said("INXS, Sade, P!nk, SADE", own) == "ink sis, saydee, Pink, saydee"
    assert next(one for one in own.sayings if one.name == "inxs").source == path
    built_in = load_pronunciation("en-gb")
    assert said("INXS, Sade, sade", built_in) == "in excess, shah-day, sade"


def test_a_later_folder_and_a_closer_language_win(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    write(one, "  - {match: Marrow, say: ma}\n")
    write(two, "  - {match: Marrow, say: mo}\n")
    write(two, "  - {match: Marrow, say: mu}\n", name="en-gb", language="en-gb")
    assert said("Marrow", load_pronunciation("en", [one, two])) == "mo"
    assert said("Marrow", load_pronunciation("en", [two, one])) == "ma"
    assert said("Marrow", load_pronunciation("en-gb", [two])) == "mu"


def test_an_artist_is_known_by_id(tmp_path):
    write(tmp_path, f"  - {{match: {MBID.upper()}, say: one}}\n  - {{match: Marrow, say: other}}\n")
    known = load_pronunciation("en", [tmp_path])
    assert said("Marrow", known) == "other"
    assert said("Marrow and Marrow's", known.for_artists({MBID: "Marrow"})) == "one and one's"
    assert said("Marrow", known.for_artists({MBID: "Mina"})) == "other"
    assert known.for_artists({"00000000-0000-0000-0000-000000000000": "Marrow"}) is known
    assert said(MBID[:8], known).startswith("8bfac288")  # an id is no name that is looked for


def test_words_of_a_language(tmp_path):
    path = tmp_path / "pronunciation" / "xx.yaml"
    path.parent.mkdir()
    path.write_text(
        "schema: aidj.pronunciation/2\nlanguage: xx\n"
        "words: {and: und so, featuring: mit, counted: [partie], initialisms: [ABBA], rulers: [Ann], ordinals: [one]}\n"
    )
    known = load_pronunciation("xx", [tmp_path])
    assert said("A & B feat. ABBA, partie V, Ann II", known, "xx") == "A und so B mit A.B.B.A, partie 5, Ann 2"


@pytest.mark.parametrize(
    ("body", "line", "wrong"),
    [
        ("  - {match: a, sya: b}", 4, "“say”"),
        ("  - {match: a}", 4, "“say” is missing"),
        ("  - {match: a, say: b}\n  - {match: A, say: c}", 5, "twice"),
        ("  - {match: a, say: b, exact: maybe}", 4, "true or false"),
        ("  - {match: '', say: b}", 4, "empty"),
        ("  - {match: '\u200b', say: b}", 4, "nothing that could be found"),
        ("  - {match: a, say: '!!'}", 4, "nothing that can be said"),
        ("  - {match: a, lang: ../x}", 4, "no language code"),
        ("  - {match: a, say: b}\nwords: {nd: und}", 5, "“and”"),
        ("  - {match: a, say: b}\nwords: {counted: part}", 5, "list"),
        ("  - {match: a, say: b}\nwords: [and]", 5, "mapping"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path, body, line, wrong):
    path = write(tmp_path, body)
    with pytest.raises(ConfigError) as caught:
        load_pronunciation("en", [tmp_path])
    assert wrong in str(caught.value)
    assert caught.value.where == f"{path}:{line}"


def test_languages():
    assert load_pronunciation("xx") == Pronunciation()
    with pytest.raises(ConfigError, match="language code"):
        load_pronunciation("../en")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ann", "Ann, ann, Annie, Joann, Ann's", ["Ann", "ann", "Ann"]),
        ("!!!", "!!!, oh!!! (!!!) !!!! “!!!”", ["!!!", "!!!"]),
        ("Ke$ha", "ke$ha KE$HA", ["ke$ha", "KE$HA"]),
        ("Motörhead", "MOTÖRHEAD", ["MOTÖRHEAD"]),
        ("a.c", "abc a.c", ["a.c"]),
    ],
)
def test_whole_words_are_found(name, text, found):
    known = Pronunciation(sayings=(Saying(name=name, say="x"),))
    assert [text[start:end] for start, end, _ in known.find(text)] == found
