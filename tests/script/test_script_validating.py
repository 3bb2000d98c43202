"""Each kind of mistake that a language can have is found, and the guide to writing one holds what it says."""

import doctest
import re
from dataclasses import replace
from pathlib import Path

import pytest

from aidj.script import LINE_FILES, load_lines, problems_of

GUIDE = Path(__file__).parents[2] / "docs" / "languages.md"
ENGLISH = load_lines("en")


def with_line(tmp_path, text, kind="intro", **keys):
    """Return English with one more line, or another text for the one called ``mine``."""
    path = tmp_path / "lines" / "en" / f"{kind}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    more = "".join(f"\n    {key}: {value}" for key, value in keys.items())
    path.write_text(f"schema: aidj.lines/2\nkind: {kind}\nlines:\n  - id: mine\n    text: '{text}'{more}\n", "utf-8")
    return load_lines("en", [tmp_path])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("This one is {title}, and it is by {artist}", "does not end"),
        ("This one is {title} [|really] and it is by {artist}.", "a space too many"),
        ("This one is {title} , and it is by {artist}.", "a space too many"),
        ("This one is {title}[ again|], and [ |]it is by {artist}.", "a space too many"),
        ("This one is {title}.. And it is by {artist}.", "doubled full stop"),
        ("This one is {title},, and it is by {artist}.", "punctuation at once"),
        ("This one is {title}! And it is by {artist}.", "exclamation"),
        ("By {artist}: {title}.", "has 5 words; 6 to 30"),
        ("One two three four, {artist}, " * 6 + "five.", "has 37 words"),
        ("Here it is: {title}. By {artist}. From {album}. In {year}.", "more than 3 sentences"),
        ("Here is the {title}, and it is by {artist}.", "“the” stands before {title}"),
        ("Here is [the|a song called] {title}, and it is by {artist}.", "“the” stands before {title}"),
        ("Here it is, a {genre} song: {title}, by {artist}.", "“a” stands before {genre}"),
        ("This is {artist}’s song, and it is called {title}.", "glued to {artist}"),
        ("This is by the{artist}, and it is called {title}.", "glued to {artist}"),
        ("You heard it in the {season}: {title}, by {artist}.", "“the the”"),
        ("On we go, with {title}, by {artist}.", "says the same as intro-plain-on-to"),
        ("x" * 205 + " one two three four five {title}.", "characters without its slots"),
    ],
)
def test_a_bad_line_is_found(tmp_path, text, said):
    found = problems_of(with_line(tmp_path, text))
    assert [problem for problem in found if problem.startswith("intro/mine: ") and said in problem] != []
    assert all(problem.startswith("intro/mine: ") for problem in found)


def test_a_good_line_is_not(tmp_path):
    assert problems_of(with_line(tmp_path, "This one is {title}[, again|], and it is by {artist}.")) == []
    assert problems_of(with_line(tmp_path, "Quick: {title}, {artist}.", manner="quick")) == []


def test_a_line_that_nothing_can_say_is_found(tmp_path):
    never = with_line(tmp_path, "For what it is worth, {theme}.", "jump", when="{theme_kind: weather}")
    assert "jump/mine: no facts can say it" in problems_of(never)
    assert problems_of(with_line(tmp_path, "For what it is worth, {theme}.", "jump", when="{theme_kind: energy}")) == []


def test_disclosures_say_it_always(tmp_path):
    assert "does not say synthetic" in problems_of(with_line(tmp_path, "By the way, I am a person.", "disclosure"))[0]
    slotted = with_line(tmp_path, "By the way, {presenter} has a synthetic voice.", "disclosure")
    assert "no slots and no conditions" in problems_of(slotted)[0]


@pytest.mark.parametrize("kind", LINE_FILES)
def test_a_missing_kind_is_found(kind):
    found = problems_of(replace(ENGLISH, by_kind={**ENGLISH.by_kind, kind: ()}))
    assert any(problem.startswith(f"{kind}: has 0 lines") for problem in found)


def test_too_little_of_something_is_found():
    def without(kind, unwanted):
        kept = tuple(line for line in ENGLISH.by_kind[kind] if not unwanted(line))
        return " ".join(problems_of(replace(ENGLISH, by_kind={**ENGLISH.by_kind, kind: kept})))

    assert "for the rotation request" in without("intro", lambda line: "request" in line.when.get("rotation", ()))
    assert "of its own for the manner dry" in without("jump", lambda line: line.manners == {"dry"})
    assert "with {theme}" in without("set_change", lambda line: "theme" in line.template.slots)
    assert "fewest facts in the manner warm" in without("opening", lambda line: not line.template.slots)


def test_the_same_id_in_two_kinds_is_found():
    twice = replace(ENGLISH.by_kind["jump"][0], id=ENGLISH.by_kind["closing"][0].id)
    by_kind = {**ENGLISH.by_kind, "jump": (twice, *ENGLISH.by_kind["jump"][1:])}
    assert f"the id {twice.id} is used 2 times" in problems_of(replace(ENGLISH, by_kind=by_kind))


def test_the_guide_holds_what_it_says(tmp_path):
    assert doctest.testfile(str(GUIDE), module_relative=False).failed == 0
    text = GUIDE.read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if block.startswith("schema: aidj.lines")]
    path = tmp_path / "lines" / "en" / "intro.yaml"
    path.parent.mkdir(parents=True)
    assert len(blocks) == 1
    path.write_text(blocks[0], encoding="utf-8")
    lines = load_lines("en", [tmp_path])
    assert {"my-gap", "my-count"} <= {line.id for line in lines.by_kind["intro"]}
