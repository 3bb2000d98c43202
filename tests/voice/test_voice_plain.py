from hypothesis import given
from hypothesis import strategies as st

from aidj.voice.plain import ascii_text, plain_text


@given(st.text())
def test_the_same_length_and_nothing_that_could_be_a_command(text):
    plain = plain_text(text)
    assert len(plain) == len(text)
    assert not set(plain) & set("<>[]{}\\^|~`$\0\n\x1b")
    plain.encode("utf-8")


@given(st.text())
def test_ascii_is_ascii(text):
    assert ascii_text(text).isascii()


def test_words_stay():
    assert plain_text("It’s Björk, “live” — at 5.30, isn't it?") == "It’s Björk, “live” — at 5.30, isn't it?"
    assert ascii_text("It’s Björk, “Łódź” – Straße, Søn") == 'It\'s Bjork, "Lodz" - Strasse, Son'
