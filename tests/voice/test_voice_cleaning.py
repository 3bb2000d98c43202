import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.names import caseless
from aidj.voice import load_pronunciation
from aidj.voice.cleaning import _EDITIONS, _RULES, plain_characters, say_signs, sentence_end, tidy, without_editions
from aidj.voice.mapped import MappedText

ENGLISH = load_pronunciation("en").words.signs


def plain(text):
    return plain_characters(MappedText.of(text)).text


@pytest.mark.parametrize(
    ("shown", "characters"),
    [
        ("“Quoted” ‘and’ curled’s", "Quoted 'and' curled's"),
        ("Tide\x00\x1b[31m\u202eevil\u200b\ufeff\ud800", "Tide[31mevil"),
        ("Tide 🎵🌊 Song ❤️ ♥", "Tide Song"),
        ("Ｔｉｄｅ 𝕿𝖎𝖉𝖊 ① Ⅳ ٣", "Tide Tide 1 IV 3"),
        ("Bjo\u0308rk, bjo\u200b\u0308rk", "Björk, björk"),
        ("방탄".encode().decode(), "방탄"),
        (unicodedata.normalize("NFD", "방탄 が"), "방탄 が"),
        ("one\ntwo\t three\u00a0four\u2028five", "one two three four five"),
        ("\ue000private", "private"),
        ("", ""),
    ],
)
def test_characters(shown, characters):
    assert plain(shown) == characters


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("Low Tide (2011 Remaster)", "Low Tide"),
        ("Low Tide (Remastered 2011)", "Low Tide"),
        ("Low Tide - Remastered 2011.", "Low Tide."),
        ("Low Tide [Deluxe Edition]", "Low Tide"),
        ("Low Tide (Mono Version)", "Low Tide"),
        ("Low Tide (Album Version)", "Low Tide"),
        ("Low Tide (50th Anniversary Edition)", "Low Tide"),
        ("Marea baja - Remasterizado", "Marea baja"),
        ("Low Tide (Live)", "Low Tide (Live)"),
        ("Low Tide (Otto Remix)", "Low Tide (Otto Remix)"),
        ("Single Ladies", "Single Ladies"),
        ("Mastered - a story", "Mastered - a story"),
        ("Original Sin (Original)", "Original Sin"),
    ],
)
def test_editions(shown, said):
    assert without_editions(MappedText.of(shown)).text == said


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("Marrow feat. Mina Vale", "Marrow featuring Mina Vale"),
        ("Marrow ft Mina (FEAT. Otto)", "Marrow featuring Mina, featuring Otto"),
        ("A feat of strength", "A feat of strength"),
        ("Nine 9 ft Tall", "Nine 9 ft Tall"),
        ("Glass & Hours", "Glass and Hours"),
        ("Glass&Hours", "Glass and Hours"),
        ("Rock 'n' Roll N' Roses", "Rock and Roll and Roses"),
        ("One/Two", "One Two"),
        ("w/ strings w/o voices", "with strings without voices"),
        ("Cats vs. Dogs", "Cats versus Dogs"),
        ("Harbour, Pt. 2", "Harbour, part 2"),
        ("Songs, Vol. 3", "Songs, volume 3"),
        ("Take #1", "Take number 1"),
        ("Symphony No.9, Op.125, No. not", "Symphony number 9, opus 125, No. not"),
        ("C# minor, B♭ major", "C sharp minor, B flat major"),
        ("P!nk, Ke$ha, A$AP, $un, Bada$$", "Pink, Kesha, AsAP, sun, Badass"),
        ("Bj0rk, R3hab, DΔWN, KoЯn, mp3, 3OH3", "Bjork, Rehab, DAWN, KoRn, mp3, 3OH3"),
        ("100% of $5 or 7 €", "100 percent of 5 dollars or 7 euros"),
        ("+44 and A+B +/- C", "plus 44 and A plus B plus minus C"),
        ("M*A*S*H ** bold", "MASH bold"),
        ("Live @ Home, @name", "Live at Home, name"),
        ("Low Tide [Live]", "Low Tide, Live"),
        ("Wham! with, Therapy?, and", "Wham with, Therapy, and"),
        ("Who Are You?.. Really!!!", "Who Are You? Really!"),
        ("Wait... what ...Baby", "Wait, what Baby"),
        ("'99 and '90s", "99 and 90s"),
        ("3:45", "3:45"),
        ("<break time=3/> [[bj'3:k]] {x}", "break time 3, bj'3:k, x"),
        ("!!!", ""),
    ],
)
def test_signs(shown, said):
    text = MappedText.of(shown)
    for _ in range(3):
        text = tidy(say_signs(text, ENGLISH))
    assert text.text == said


def test_in_a_language_without_words_signs_are_breaths():
    assert tidy(say_signs(MappedText.of("A & B feat. C #1"), {})).text == "A, B, C 1"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_sign_of_a_command_survives(text):
    clean = tidy(plain_characters(MappedText.of(text))).text
    assert not set(clean) & set("<>[]{}|\\/*~^=#&@$%+_\x00")
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "So") for char in clean)
    assert clean == " ".join(clean.split())
    clean.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "max_chars", "kept"),
    [
        ("One. Two. Three.", 10, "One. Two."),
        ("One two three", 8, "One two"),
        ("Onetwothree", 5, "Onetw"),
        ("One.", 9, "One."),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least(text, max_chars, kept):
    assert text[: sentence_end(text, max_chars)] == kept


SIGNS = sorted({sign for needed, _, _ in (*_EDITIONS, *_RULES) for sign in needed.split()} | {"Δ", "Я", "K", "ſ", "İ"})
PIECES = [
    *SIGNS,
    *"abAZixv12 .,?!'-",
    "feat",
    "ft",
    "no",
    "nr",
    "num",
    "op",
    "remaster",
    "deluxe edition",
    "mono)",
    "n'",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_where_a_rule_has_something_to_replace_a_text_has_what_it_needs(text):
    for needed, pattern, _ in (*_EDITIONS, *_RULES):
        if re.search(pattern, text, re.IGNORECASE):
            assert any(one in caseless(text) for one in needed.split()), pattern
