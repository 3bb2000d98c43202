import re

from hypothesis import given
from hypothesis import strategies as st

from aidj.voice.mapped import MappedText


def test_a_replacement_stands_for_what_it_replaces():
    text = MappedText.of("By AC/DC, & Co").sub(re.compile("AC/DC"), "eh see dee see")
    assert text.text == "By eh see dee see, & Co"
    assert text.original_span(3, 5) == (3, 8)  # "eh"
    assert text.original_span(14, 17) == (3, 8)  # the last "see"
    assert text.original_span(17, 18) == (8, 9)
    assert text.original_span(21, 23) == (12, 14)


def test_what_old_and_new_have_in_common_keeps_its_place():
    text = MappedText.of("Vol. 3, Pt. 2").sub(re.compile(r"Vol\. "), "Volume ")
    assert text.text == "Volume 3, Pt. 2"
    assert text.original_span(0, 6) == (0, 4)
    assert text.original_span(7, 8) == (5, 6)


def test_what_is_inserted_stands_for_nothing():
    text = MappedText.of("ab").sub(re.compile("(?<=a)"), "-")
    assert text.text == "a-b"
    assert text.original_span(1, 2) == (1, 1)
    assert MappedText.of("").sub(re.compile("^"), "x").original_span(0, 1) == (0, 0)


RULES = st.lists(
    st.tuples(st.sampled_from(["a", "b+", "ab", r"\s+", "^", "$", "c?", "[bc]{2}", "."]), st.text("abcx ", max_size=4)),
    max_size=6,
)


@given(st.text("abc ", max_size=20), RULES)
def test_places_never_run_backwards_nor_leave_the_text(original, rules):
    text = MappedText.of(original)
    plain = original
    for pattern, said in rules:
        text, plain = text.sub(re.compile(pattern), lambda match, said=said: said), re.sub(pattern, said, plain)
    assert text.text == plain  # the same as without the places
    assert len(text.text) == len(text.starts) == len(text.ends)
    assert list(text.starts) == sorted(text.starts)
    assert list(text.ends) == sorted(text.ends)
    assert all(0 <= start <= end <= len(original) for start, end in zip(text.starts, text.ends, strict=True))


@given(st.text("abc", min_size=1, max_size=9), st.integers(-5, 20), st.integers(-5, 20))
def test_any_numbers_are_a_span(original, start, end):
    low, high = MappedText.of(original).original_span(start, end)
    assert 0 <= low < high <= len(original)
