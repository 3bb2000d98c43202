import subprocess
import sys

import pytest

from aidj.errors import ScriptError
from aidj.model import PartialDate
from aidj.script import load_words, voices_folder

ENGLISH = (voices_folder() / "lines" / "en" / "words.yaml").read_text(encoding="utf-8")


def own(tmp_path, language="xx", text=ENGLISH, **changes):
    """Write a language into an own voices folder: English with some lines replaced."""
    text = text.replace("language: en", f"language: {language}")
    for old, new in changes.get("replace", {}).items():
        assert old in text, old
        text = text.replace(old, new)
    path = tmp_path / "lines" / language / "words.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_english():
    words = load_words("en-gb")
    assert words.language == "en"
    assert words.conjunction == "and"
    assert words.number(20) == "twenty"
    assert words.number(21) == "21"
    assert words.month(PartialDate(2023, 12)) == "December 2023"
    assert words.weekday(0) == "Monday"
    assert words.count("listens", {"listens": 1}) == (0, "one")
    assert words.count("listens", {"listens": 7}) == (1, "seven")
    assert words.count("listens", {}) is None
    assert words.phrase("ago", span="a year") == "a year ago"


def test_forms_and_the_plain_one_where_there_is_none(tmp_path):
    own(
        tmp_path,
        replace={
            "forms: []": "forms: [dat]",
            "locale: en\n": "locale: de_DE\n",
            'years: "{n|a year|# years}"': 'years: {plain: "{n|ein Jahr|# Jahre}", dat: "{n|einem Jahr|# Jahren}"}',
            'ago: "{span} ago"': 'ago: "vor {span:dat}"',
        },
    )
    words = load_words("xx", [tmp_path])
    assert words.say("gap", "", {"days_silent": 365}) == "ein Jahr"
    assert words.say("gap", "dat", {"days_silent": 365}) == "einem Jahr"
    assert words.say("gap", "dat", {"days_silent": 417}) == "more than a year"
    assert words.say("out", "", {"new_days": 365}) == "vor einem Jahr"
    assert words.say("first_heard", "", {"first_heard": "2019-05-04"}) == "Mai 2019"
    assert words.say("weekday", "", {"weekday": "Monday"}) == "Montag"


def test_plurals_of_a_language_with_three(tmp_path):
    text = ENGLISH.replace("plurals: [one, other]", "plurals: [one, few, many, other]").replace(
        "locale: en\n", "locale: pl\n"
    )
    for unit in ("day", "week", "month", "year", "minute", "hour"):
        for one in (f"a {unit}", f"an {unit}"):
            text = text.replace(f"{{n|{one}|# {unit}s}}", f"{{n|{one}|# {unit}y|# {unit}ow|# {unit}u}}")
    own(tmp_path, text=text)
    words = load_words("xx", [tmp_path])
    assert [words.plural(number) for number in (1, 2, 5, 22, 25)] == [0, 1, 2, 1, 2]
    assert words.say("age", "", {"new_days": 3}) == "three dayy"
    assert words.say("age", "", {"new_days": 5}) == "five dayow"


def test_a_category_without_an_option_is_served_by_other(tmp_path):
    own(tmp_path, replace={"locale: en\n": "locale: fr_FR\n"})
    words = load_words("xx", [tmp_path])
    assert words.plural(1_000_000) == 1  # "many" in French
    assert words.plural(0) == 0


def test_feminine_numbers(tmp_path):
    own(tmp_path, replace={"forms: []": "forms: []\nnumbers_f: {1: una, 2: duas}"})
    words = load_words("xx", [tmp_path])
    assert words.number(2, "f") == "duas"
    assert words.number(3, "f") == "three"
    assert words.count("songs", {"songs": 2}, "f") == (1, "duas")


def test_a_month_in_the_words_of_the_language(tmp_path):
    own(tmp_path, replace={'years: "{year} to': 'month: "the month {month}"\nyears: "{year} to'})
    words = load_words("xx", [tmp_path])
    assert words.say("since", "", {"last_heard": "2023-03"}) == "since the month March 2023"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("plurals: [one, other]", "plurals: [one, two, many]", "other at the end"),
        ("plurals: [one, other]", "plurals: [eins, other]", "zero, one"),
        ("plurals: [one, other]", "plurals: [one, few, other]", "has 2 options; the language has 3"),
        ("locale: en\n", "locale: xx_YY\n", "no locale"),
        ("locale: en\n", "locale: english words\n", "no locale"),
        ('"no", one,', "one,", "21"),
        ('"no", one,', "no, one,", "“numbers” must be a list of texts"),  # YAML's no is a yes or a no
        ('ago: "{span} ago"', 'ago: "{sapn} ago"', "{span}"),
        ('ago: "{span} ago"', 'ago: "{span:dat} ago"', "no form “dat”"),
        ('ago: "{span} ago"', 'ago: "[{span}|long] ago"', "cannot stand here"),
        ('ago: "{span} ago"', 'agos: "{span} ago"', "“ago”"),
        ('a_week: "a week"', 'a_weak: "a week"', "“a_week”"),
        ('  a_week: "a week"\n', "", "“a_week” is missing"),
        ("old_and_new:", "old_and_knew:", "“old_and_new”"),
        ("seasons:\n", "seasons: none\nseasonings:\n", "seasonings"),
        ("forms: []", "forms: []\nnumbers_f: {two: duas}", "numbers_f"),
        ('a_week: "a week"', 'a_week: {plain: "a week", dat: "b"}', "dat"),
        ('a_week: "a week"', "a_week: {}", "plain"),
        ("language: xx", "language: yy", "must be xx"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path, old, new, said):
    path = own(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ScriptError) as caught:
        load_words("xx", [tmp_path])
    assert str(caught.value.where).startswith(f"{path}:")
    assert said in str(caught.value)


def test_a_language_without_words(tmp_path):
    (tmp_path / "lines" / "xx").mkdir(parents=True)
    with pytest.raises(ScriptError, match=r"docs/languages\.md"):
        load_words("xx", [tmp_path])


def test_babel_is_loaded_when_words_are_read_and_not_before():
    code = "import aidj, aidj.script, sys; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
