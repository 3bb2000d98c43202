"""Texts that are true of some facts, and texts that are not: hand-written, made from lines, and made from these."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from aidj.script import SLOTS, untrue, voices_folder
from aidj.script import load_lines as read_lines
from aidj.script.figures import NumberWords, tokens_of
from aidj.script.lines import WordsOfFacts
from aidj.script.relations import NEEDED
from aidj.script.validating import FULL_FACTS
from aidj.script.wordlists import load_wordlists

load_lines = cache(read_lines)

DATA = Path(__file__).parents[1] / "data" / "truth"
LANGUAGES = sorted(path.name for path in (voices_folder() / "lines").iterdir() if path.is_dir())
WRITTEN = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.yaml"))}
ENGLISH = WRITTEN["en"]
FACTS = ENGLISH["facts"]

OTHER_FACTS = {
    **FULL_FACTS,
    "artist": "The Copper Tides & Lena Vorst",
    "title": "Yes",
    "album": "Rooms (Deluxe)",
    "guests": "Ana Prado & DJ Kolo",
    "genre": "Trip Hop",
    "composer": "J. Alven",
    "label": "Bright Ash",
    "work": "Suite No. 3",
    "movement": "II. Lento",
    "shared_label": "Bright Ash",
    "shared_year": 1987,
    "previous_artist": "R.E.L.",
    "previous_title": "Who Goes?",
    "previous_album": "1984",
    "next_artist": "!!!",
    "next_title": "May",
    "year_artist": "Mira Holt",
    "presenter": "Otto",
    "released": "2026-11-01",
    "first_released": "1987-11-20",
    "new_days": 21,
    "anniversary": 1,
    "turns": 25,
    "listens": 1,
    "days_heard": 1,
    "artist_listens": 2,
    "songs": 1,
    "songs_played": 1,
    "artists_played": 1,
    "last_heard": "2026-09-21",
    "first_heard": "2012-08-02",
    "season": "winter 2018/2019",
    "heard_year": 2018,
    "theme": "songs that I love",
    "minutes": 30,
    "daypart": "night",
    "weekday": "Sunday",
}
OTHER_FACTS.pop("theme_kind")


def english(facts=FACTS):
    lines = load_lines("en")
    return lambda text: untrue(text, facts, lines)


def texts_of(lines, facts, kinds=None):
    """Every text that the lines can say of some facts, their conditions granted."""
    for kind, group in lines.by_kind.items():
        if kinds and kind not in kinds:
            continue
        for line in group:
            granted = {**facts, **{name: values[0] for name, values in line.when.items()}}
            for text in itertools.islice(line.template.every(WordsOfFacts(lines.words, granted)), 6):
                yield line.id, text, granted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("facts", [FULL_FACTS, OTHER_FACTS], ids=["full", "awkward"])
@pytest.mark.parametrize("days_silent", [61, 400, 1000])
def test_whatever_the_lines_say_is_true(language, facts, days_silent):
    lines = load_lines(language)
    wrong = [
        (line, text, reasons)
        for line, text, granted in texts_of(lines, {**facts, "days_silent": days_silent})
        if (reasons := untrue(text, granted, lines))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_speaks_only_of_what_it_needs(language):
    """No line says "the same year" of anything but the year that two songs share."""
    lines = load_lines(language)
    spoken_of = {SLOTS[slot].tells for slots in NEEDED.values() for slot in slots}
    wrong = {}
    for kind, group in lines.by_kind.items():
        for line in group:
            own = {name: value for name, value in FULL_FACTS.items() if name not in spoken_of or name in line.facts}
            own |= {name: values[0] for name, values in line.when.items()}
            for text in itertools.islice(line.template.every(WordsOfFacts(lines.words, own)), 6):
                if reasons := untrue(text, own, lines):
                    wrong[f"{kind}/{line.id}"] = (text, reasons)
    assert wrong == {}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language in WRITTEN])
def test_what_is_written_freely_and_true_is_kept(language):
    lines, written = load_lines(language), WRITTEN[language]
    wrong = {text: reasons for text in written["true"] if (reasons := untrue(text, written["facts"], lines))}
    assert wrong == {}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language in WRITTEN])
def test_what_is_written_freely_and_false_is_refused(language):
    lines, written = load_lines(language), WRITTEN[language]
    assert len(written["false"]) >= (100 if language == "en" else 20)
    assert [text for text in written["false"] if not untrue(text, written["facts"], lines)] == []


# --- true texts made false --------------------------------------------------------------------------------------------


def mutated(text):
    """Yield texts in which one thing is not so any more."""
    for number in re.finditer(r"\d+", text):
        for other in (int(number.group()) + 1, int(number.group()) - 1):
            if other not in (417, 41, 17, 15, 13, 5):
                yield f"{text[: number.start()]}{other}{text[number.end() :]}"
    changes = [
        ("forty-one", "forty-two"),
        ("seventeen", "eighteen"),
        ("fifteen", "fourteen"),
        ("Fifteen", "Sixteen"),
        ("five songs", "six songs"),
        ("thirteen", "twelve"),
        ("more than a year", "more than two years"),
        ("more than a year", "nearly a year"),
        ("more than a year", "a month"),
        ("October", "November"),
        ("May 2012", "June 2012"),
        ("September", "August"),
        ("Saturday", "Tuesday"),
        ("evening", "morning"),
        ("summer", "winter"),
        ("Paper Lanterns", "Copper Lanterns"),
        ("Low Tide", "High Tide"),
        ("Harbour Lights", "Harbour Nights"),
        ("Harbour Lights", "Winter Rooms"),
        ("Mina Vale", "Mona Vale"),
        ("Ada Quill", "Oda Quill"),
        ("Lantern Records", "Beacon Records"),
        ("Winter Rooms", "Winter Houses"),
        ("Marrow", "Harrow"),
        ("Night Ferry", "Day Ferry"),
        ("1990s", "1980s"),
        ("Vera", "Vira"),
    ]
    yield from (text.replace(old, new) for old, new in changes if old in text)
    titles = re.findall(r"Low Tide|Salt and Paper", text)
    if "Low Tide, by Paper Lanterns" in text and len(titles) == 1 and "Glass Hours" not in text:
        yield text.replace("Paper Lanterns", "Glass Hours")
        yield text.replace("Low Tide", "Salt and Paper")


@cache
def true_english():
    """Texts that are true of `FACTS`, written freely or made from the lines whose conditions they fulfil."""
    kinds = ("opening", "intro", "back_announce", "set_change", "closing")
    said = [text for _, text, granted in texts_of(load_lines("en"), FACTS, kinds) if granted == FACTS]
    return tuple(dict.fromkeys([*ENGLISH["true"], *said]))


def test_hundreds_of_true_texts_are_kept():
    checked, texts = english(), true_english()
    assert len(texts) >= 200
    assert {text: reasons for text in texts if (reasons := checked(text))} == {}


def test_one_thing_changed_makes_each_of_them_false():
    checked = english()
    false = sorted({other for text in true_english() for other in mutated(text) if other != text})
    assert len(false) >= 200
    kept = [text for text in false if not checked(text)]
    assert kept == []


CLAIMS = (
    "It won an award that year.",
    "It was number one in 12 countries.",
    "This is from their debut.",
    "The singer died young.",
    "A Swedish band, by the way.",
    "Everybody in Lisbon sang along.",
    "It sold a million copies.",
    "Critics called it a masterpiece.",
    "Jonas Brandt plays the drums here.",
    "They are on tour right now.",
)


def test_a_claim_makes_any_text_false():
    checked = english()
    for text in true_english():
        for claim in CLAIMS:
            assert checked(f"{text} {claim}"), (text, claim)


# --- properties -------------------------------------------------------------------------------------------------------


@example(2016)  # a year of listening is no count
@given(st.integers(2, 9999))
def test_no_count_but_the_known_one(number):
    assert bool(english()(f"You have played it {number} times. Low Tide.")) == (number not in (41, 312))


@given(st.integers(1900, 2030))
def test_no_year_but_the_known_one(year):
    assert bool(english()(f"This came out in {year}. Low Tide.")) == (year != 2004)


@given(st.text(min_size=1, max_size=300))
def test_it_reads_anything(text):
    reasons = english()(text)
    assert all(isinstance(reason, str) and reason for reason in reasons)


NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(NAMES, NAMES)
def test_any_name_may_be_said_as_it_is(artist, title):
    # A name that is a word of the sentence around it can stand for itself or for the word; both are fine.
    facts = {"artist": artist, "title": title}
    assert untrue(f"Here is “{title}”, by {artist}.", facts, load_lines("en")) == []


def test_no_facts_allow_no_names():
    checked = english({})
    assert checked("Stay with me. There is more to come.") == []
    assert checked("Stay with me. There is more to come from Marrow.")
    assert checked("Here are five songs for you.")


def test_a_fact_that_is_a_claim_is_none():
    facts = {"artist": "The Charts", "title": "Number One Hit", "album": "Grammy"}
    lines = load_lines("en")
    assert untrue("From the album Grammy, Number One Hit, by The Charts.", facts, lines) == []
    assert untrue("Number One Hit won a Grammy award.", facts, lines)


@pytest.mark.parametrize(("language", "word"), [("en", "and"), ("de", "und"), ("fr", "et"), ("es", "y")])
def test_names_may_be_joined_by_the_sign_or_by_the_word(language, word):
    facts = {"artist": "Marrow & Night Ferry", "title": "Slow Boat", "guests": "Mina Vale & Ada Quill"}
    lines = load_lines(language)
    for name in ("Marrow & Night Ferry", f"Marrow {word} Night Ferry", "Mina Vale", f"Mina Vale {word} Ada Quill"):
        assert untrue(f"{name}.", facts, lines) == [], name
    assert untrue("Night Ferry.", facts, lines) != []


def test_an_album_in_a_sentence_of_its_own_belongs_to_a_song_beside_it():
    checked = english()
    assert checked("That was Salt and Paper. The album, Winter Rooms. On to Low Tide, by Paper Lanterns.") == []
    assert checked("The album is Harbour Lights. Low Tide, by Paper Lanterns.") == []
    assert checked("The album is Winter Rooms. Low Tide, by Paper Lanterns.")
    assert checked("From Night Ferry, and many others. The album, Winter Rooms. Low Tide, by Paper Lanterns.")


def test_a_claim_is_found_in_any_case_and_with_every_letter():
    facts = {"artist": "Marrow", "title": "Slow Boat"}
    for text in ("Das größte Stück.", "Größte Freude.", "Die GRÖßTEN."):
        assert any("claims" in reason for reason in untrue(text, facts, load_lines("de"))), text


def test_the_date_of_a_reissue_is_not_said_of_the_song():
    facts = {"artist": "Marrow", "title": "Slow Boat", "released": "2019-03-01", "first_released": "1994"}
    checked = english(facts)
    assert checked("Slow Boat came out in 1994.") == []
    assert checked("Slow Boat came out in 2019.")
    assert checked("Slow Boat came out in March 2019.")


def test_pronouns_are_no_numbers():
    checked = english()
    for text in (
        "One for you. Low Tide.",
        "This one is Low Tide.",
        "One of these days, Low Tide.",
        "No one knows why.",
    ):
        assert checked(text) == []
    for text in ("You heard it one time. Low Tide.", "One week of silence. Low Tide.", "One listen. Low Tide."):
        assert checked(text)


NUMBERS = {
    "en": {"forty-one": 41, "ninety seven": 97, "nineteen ninety-nine": 1999, "two thousand and four": 2004,
           "a hundred": 100, "three hundred and twelve": 312, "twenty twenty-six": 2026, "1,204": 1204},
    "de": {"einundvierzig": 41, "siebenundneunzig": 97, "zwölf": 12, "hundert": 100, "zwanzig": 20, "1.204": 1204},
    "es": {"cuarenta y una": 41, "veintidós": 22, "noventa y siete": 97, "cien": 100, "dos mil cuatro": 2004},
    "fr": {"quarante et un": 41, "quatre-vingt-dix-sept": 97, "soixante et onze": 71, "quatre-vingts": 80,
           "soixante-douze": 72, "deux mille quatre": 2004, "quarante-deux": 42},
    "pt": {"quarenta e uma": 41, "vinte e duas": 22, "noventa e sete": 97, "cem": 100, "dois mil e quatro": 2004},
    "it": {"quarantuno": 41, "ventotto": 28, "novantasette": 97, "cento": 100, "trentatré": 33},
}  # fmt: skip


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language in NUMBERS])
def test_numbers_in_words_are_read(language):
    lines = load_lines(language)
    numbers = NumberWords(lines.words, load_wordlists(language))
    read = {text: [figure.value for figure in numbers.find(tokens_of(text))] for text in NUMBERS[language]}
    assert read == {text: [value] for text, value in NUMBERS[language].items()}


@pytest.mark.parametrize("path", sorted((voices_folder() / "truth").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_word_lists_of_a_language_are_whole(path):
    lists, english_lists = load_wordlists(path.stem), load_wordlists("en")
    for name in ("loose", "articles", "by", "with", "was", "coming", "after", "before", "released", "heard", "claims"):
        assert lists.words(name), name
    for name in english_lists.groups:
        assert set(lists.group(name)) == set(english_lists.group(name)), name
    assert len(lists.words("claims")) >= 150
    assert len(lists.words("common")) >= 100


def test_a_line_of_ones_own_is_held_against_the_facts_like_any_other(tmp_path):
    path = tmp_path / "lines" / "en" / "intro.yaml"
    path.parent.mkdir(parents=True)
    claims = ("sold nine million copies", "won a Grammy", "topped the charts")
    texts = [f"{{title}} by {{artist}} {claim}." for claim in claims]
    texts.append("Put the kettle on, Berlin. {title}, by {artist}.")
    body = "".join(f'  - {{id: own-{number}, text: "{text}"}}\n' for number, text in enumerate(texts))
    path.write_text(f"schema: aidj.lines/2\nkind: intro\nlines:\n{body}", encoding="utf-8")
    lines = read_lines("en", [tmp_path])
    facts = {"artist": "Marrow", "title": "Slow Boat"}
    said = [one.fill(facts, lines.words) for one in lines.by_kind["intro"] if one.id.startswith("own-")]
    assert [bool(untrue(text, facts, lines)) for text in said] == [True, True, True, False]
