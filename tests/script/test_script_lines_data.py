"""Every line that ships, in every language there is, said with made-up facts."""

import random
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.model import LINK_KINDS, MANNERS, ROTATIONS
from aidj.script import LINE_FILES, SLOTS, load_lines, problems_of, voices_folder
from aidj.script.slots import THEME_KEYS
from aidj.script.validating import FEWEST_FACTS, FULL_FACTS
from aidj.sequencing.themes import theme_words

LANGUAGES = sorted(path.name for path in (voices_folder() / "lines").iterdir() if path.is_dir())


load = cache(load_lines)


@pytest.fixture(scope="module", params=LANGUAGES)
def lines(request):
    return load(request.param)


def test_every_line_can_be_said_well(lines):
    assert problems_of(lines) == []


def test_each_language_has_every_kind_and_every_theme(lines):
    assert set(lines.by_kind) == set(LINE_FILES)
    for key in THEME_KEYS:
        assert f"themes.{key}" in lines.words.texts


def test_the_fewest_facts_say_several_things_in_every_manner(lines):
    for kind in LINK_KINDS:
        for manner in MANNERS:
            own = [line for line in lines.by_kind[kind] if manner in line.manners]
            said = {line.fill(FEWEST_FACTS[kind], lines.words, random.Random(1)) for line in own} - {None}
            assert len(said) >= 5


def test_intros_say_which_shelf(lines):
    def sayable(facts):
        return {line.id for line in lines.by_kind["intro"] if line.fill(facts, lines.words) is not None}

    plain = sayable(FEWEST_FACTS["intro"])
    for rotation in ROTATIONS:
        own = sayable({**FEWEST_FACTS["intro"], "rotation": rotation})
        assert plain < own
        assert len(own - plain) >= 2


def test_a_name_is_never_changed(lines):
    marked = {name: f"zq{place}x!" for place, (name, value) in enumerate(FULL_FACTS.items()) if isinstance(value, str)}
    names = {name: marked[name] for name in marked if re.search(r"artist$|title$|album$|label$|guests|composer", name)}
    for kind in LINE_FILES:
        for line in lines.by_kind[kind]:
            text = line.fill({**FULL_FACTS, **names, **dict(first_of(line))}, lines.words) or ""
            assert set(re.findall(r"zq\d+x.?", text, re.IGNORECASE)) <= set(names.values()), line.id


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_only_what_is_given_is_said(data):
    lines = load(data.draw(st.sampled_from(LANGUAGES)))
    kind = data.draw(st.sampled_from(LINE_FILES))
    given_names = data.draw(st.sets(st.sampled_from(sorted(FULL_FACTS))))
    given_names |= {"theme"} & {name.removesuffix("_kind") for name in given_names}  # no kind without its words
    facts = {name: FULL_FACTS[name] for name in given_names}
    for line in lines.by_kind[kind]:
        text = line.fill(facts, lines.words, random.Random(0))
        if text is not None:
            needed = {SLOTS[slot].tells for slot in line.template.needed}
            assert needed | line.when.keys() <= given_names, line.id
            for name in NAMES - given_names:
                assert str(FULL_FACTS[name]) not in text, line.id


NAMES = frozenset(kind.tells for kind in SLOTS.values() if kind.is_name) - {"label", "shared_label"}  # the same one


def first_of(line):
    return [(name, values[0]) for name, values in line.when.items()]


THEMES = [
    ("decade", "1990", ""),
    ("genre", "indie rock", ""),
    ("mood", "happy", ""),
    ("season", "summer 2016", ""),
    ("season", "winter 2018", ""),
    ("artist_year", "2016", "Night Ferry"),
    *[(key, "", "") for key in ("comeback", "new_this_week")],
    *[(*key.split("."), "") for key in THEME_KEYS if "." in key],
]


@pytest.mark.parametrize(("kind", "value", "artist"), THEMES)
def test_english_themes_are_worded_as_in_the_plan(kind, value, artist):
    facts = {"theme": "of its own", "theme_kind": kind, "theme_value": value, "theme_artist": artist}
    said = load_lines("en").words.say("theme", "", {name: text for name, text in facts.items() if text})
    assert said == theme_words(kind, value, artist)
