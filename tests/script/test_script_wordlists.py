from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aidj.script.wordlists import Phrases, any_of

LETTERS = "aAiIıİſsSßẞkKσςΣéÉ\u0307’- \u00a0\t1."
PHRASE = st.text(LETTERS, min_size=1, max_size=5).filter(str.strip)


@given(st.lists(PHRASE, max_size=4), st.text(LETTERS, max_size=12), st.booleans())
@example(["ı"], "I", False)
@example(["s"], "ſ", False)
@example(["i s"], "İ  s", False)
@example(["K"], "\N{KELVIN SIGN}", False)
def test_what_is_found_is_what_their_pattern_finds(phrases: list[str], text: str, exact_case: bool) -> None:
    found = Phrases(phrases, exact_case=exact_case)
    pattern = re.compile(found.pattern, 0 if exact_case else re.IGNORECASE)
    assert [match.span() for match in found.finditer(text)] == [match.span() for match in pattern.finditer(text)]
    for one, other in (
        (found.search(text), pattern.search(text)),
        (found.match(text), pattern.match(text)),
        (found.fullmatch(text), pattern.fullmatch(text)),
    ):
        assert (one and one.span()) == (other and other.span())
    assert found.blanked(text) == pattern.sub(lambda match: " " * len(match.group()), text)


@pytest.mark.parametrize(
    ("phrases", "text", "found"),
    [
        (["now", "right now"], "Right  now, now", ["Right  now", "now"]),
        (["art"], "party, art.", ["art"]),
        (["n°1"], "the n°1 of", ["n°1"]),
        ([], "anything", []),
    ],
)
def test_whole_words_are_found_the_longest_first(phrases: list[str], text: str, found: list[str]) -> None:
    assert [match.group() for match in any_of(phrases).finditer(text)] == found


def test_case_may_matter() -> None:
    assert any_of(["May"], exact_case=True).search("it may be") is None
    assert any_of(["May"]).search("it may be") is not None
