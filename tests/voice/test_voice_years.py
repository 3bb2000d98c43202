"""Years and decades in words, where an engine would read them as numbers."""

from __future__ import annotations

import pytest

from aidj.voice.spoken import spoken_text


@pytest.mark.parametrize(
    ("language", "shown", "said"),
    [
        ("en", "Back to 1994 now.", "nineteen ninety four"),
        ("en", "It came out in 1905.", "nineteen oh five"),
        ("en", "Recorded in 1900.", "nineteen hundred"),
        ("en", "Songs from the 1990s.", "nineteen nineties"),
        ("en", "Songs from the 2010s.", "twenty tens"),
        ("en", "Since March 2023.", "twenty twenty three"),
        ("en", "In 2005, maybe.", "2005"),
        ("en", "Songs from the 2000s.", "2000s"),
        ("en", "Songs from the 1900s.", "nineteen hundreds"),
        ("en", "You played it 1,500 times.", "1,500"),
        ("de", "Zurück ins Jahr 1994.", "neunzehnhundertvierundneunzig"),
        ("de", "Lieder aus den 1990er-Jahren.", "neunzehnhundertneunziger"),
        ("de", "Aus dem Jahr 1901.", "neunzehnhunderteins"),
        ("de", "Seit März 2023.", "2023"),
        ("es", "Desde 1994.", "1994"),
    ],
)
def test_years_are_said_as_people_say_them(language: str, shown: str, said: str) -> None:
    assert said in spoken_text(shown, language=language).text.text


def test_a_year_in_words_is_still_the_year_that_is_shown() -> None:
    spoken = spoken_text("Back to 1994 now.", language="en")
    at = spoken.text.text.index("ninety")
    from aidj.model import Word

    shown = spoken.shown_word(Word(0.5, at, len("ninety")))
    assert "Back to 1994 now."[shown.start_char : shown.start_char + shown.length] == "1994"
