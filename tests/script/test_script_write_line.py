import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.errors import ScriptError
from aidj.script import FACTS, LINE_FILES, MAX_TEXT_CHARS, Line, Lines, disclosure, load_lines, write_line

LINES = load_lines("en")
SONG = {"artist": "Marrow", "title": "Slow Boat"}


def lines_of(*items, kind="intro"):
    return Lines(language="en", by_kind={kind: items})


def line(name, *parts, weight=1.0, when=None):
    return Line(id=name, parts=parts, weight=weight, when=when or {})


def test_the_same_seed_writes_the_same():
    first = write_line("intro", SONG, lines=LINES, rng=random.Random(7), used=set())
    second = write_line("intro", SONG, lines=LINES, rng=random.Random(7), used=set())
    assert first == second
    texts = {write_line("intro", SONG, lines=LINES, rng=random.Random(seed), used=set()) for seed in range(30)}
    assert len(texts) > 3


def test_no_line_is_said_twice_and_then_none():
    used = set()
    while written := write_line("jump", {}, lines=LINES, rng=random.Random(3), used=used):
        assert written.line_id not in used
        used.add(written.line_id)
    assert len(used) >= 4


def test_a_missing_fact_makes_a_line_impossible():
    only = lines_of(line("a", "From ", "album", "."))
    assert write_line("intro", SONG, lines=only, rng=random.Random(0), used=set()) is None
    written = write_line("intro", {"album": "Tide"}, lines=only, rng=random.Random(0), used=set())
    assert written.text == "From Tide."


def test_conditions():
    only = lines_of(line("a", "Yes.", when={"rotation": ("request", "deep_cut"), "songs": (4,)}))

    def said(facts):
        return write_line("intro", facts, lines=only, rng=random.Random(0), used=set()) is not None

    assert said({"rotation": "request", "songs": 4})
    assert not said({"rotation": "new_release", "songs": 4})
    assert not said({"rotation": "request"})
    assert not said({})


def test_weights():
    both = lines_of(line("often", "Often.", weight=9), line("rarely", "Rarely."), line("never", "Never.", weight=0))
    rng = random.Random(1)
    count = Counter(write_line("intro", {}, lines=both, rng=rng, used=set()).line_id for _ in range(500))
    assert set(count) == {"often", "rarely"}
    assert count["often"] > 5 * count["rarely"]


def test_length_limits():
    for limit in (20, 40, 60):
        written = write_line("intro", SONG, lines=LINES, rng=random.Random(0), used=set(), max_chars=limit)
        assert written is None or len(written.text) <= limit
    assert write_line("intro", SONG, lines=LINES, rng=random.Random(0), used=set(), max_chars=0) is None
    endless = {"artist": "A" * MAX_TEXT_CHARS, "title": "B"}
    assert write_line("intro", endless, lines=LINES, rng=random.Random(0), used=set(), max_chars=9999) is None


@pytest.mark.parametrize(
    "title",
    [
        "{artist}",
        "{0}",
        "{artist.__class__.__mro__}",
        "%s %(artist)s",
        "$artist ${artist}",
        "{{}}",
        "}{",
        '"; DROP TABLE songs; --',
        "<break time='9s'/>",
        "[[bj'3:k]]",
        "\\n\\u0041",
        "`id`",
        "Who Are You?",
        "R.E.M.",
        "…",
        "!!!",
    ],
)
def test_titles_come_out_as_they_are(title):
    used = set()
    while written := write_line("intro", {**SONG, "title": title}, lines=LINES, rng=random.Random(0), used=used):
        used.add(written.line_id)
        assert title in written.text
    assert len(used) >= 5


@pytest.mark.parametrize(
    ("title", "text"), [("Tide", "It is Tide."), ("Who?", "It is Who?"), ("R.E.M.", "It is R.E.M.")]
)
def test_a_title_that_ends_its_own_sentence(title, text):
    only = lines_of(line("a", "It is ", "title", "."))
    assert write_line("intro", {"title": title}, lines=only, rng=random.Random(0), used=set()).text == text


def test_bad_facts_and_kinds_are_refused():
    with pytest.raises(ScriptError, match="artist"):
        write_line("intro", {"artits": "x"}, lines=LINES, rng=random.Random(0), used=set())
    with pytest.raises(ScriptError, match="intro"):
        write_line("intros", SONG, lines=LINES, rng=random.Random(0), used=set())


def test_a_language_without_disclosure_says_so():
    with pytest.raises(ScriptError, match=r"disclosure\.yaml"):
        disclosure(lines_of(), random.Random(0))


CHECKED = {"rotation", "daypart", "weekday", "released", "first_released", "last_heard", "first_heard", "genre"}
TEXTS = [name for name, kind in FACTS.items() if kind is str and name not in CHECKED]
NUMBERS = [name for name, kind in FACTS.items() if kind is int]


@settings(deadline=None)
@given(st.sets(st.sampled_from(TEXTS)), st.sampled_from(LINE_FILES), st.integers(0, 2**32))
def test_nothing_is_said_that_was_not_given(given_names, kind, seed):
    words = {name: f"Zq{index}x" for index, name in enumerate(TEXTS)}
    facts = {name: words[name] for name in given_names}
    written = write_line(kind, facts, lines=LINES, rng=random.Random(seed), used=set())
    if written is None:
        return
    said = {name for name, word in words.items() if word in written.text}
    assert said <= given_names


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), st.integers(0, 1000))
def test_any_name_works(artist, title, seed):
    facts = {"artist": artist, "title": title, "rotation": "forgotten_favourite", "days_silent": 500}
    written = write_line("intro", facts, lines=LINES, rng=random.Random(seed), used=set())
    has_both = bool(" ".join(artist.split())) and bool(" ".join(title.split()))
    assert (written is not None) == has_both
    if written:
        assert " ".join(title.split()) in written.text


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NUMBERS), st.integers(0, 10_000)), st.sampled_from(LINE_FILES))
def test_any_number_works(numbers, kind):
    written = write_line(kind, {**SONG, **numbers}, lines=LINES, rng=random.Random(0), used=set())
    assert written is None or ("None" not in written.text and "  " not in written.text)
