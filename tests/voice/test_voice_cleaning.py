import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.voice import clean_text
from aidj.voice.cleaning import split_text, unreadable


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("Here is Marrow, with Slow Boat.", "Here is Marrow, with Slow Boat."),
        ("Marrow feat. Mina Vale", "Marrow featuring Mina Vale"),
        ("Marrow ft Mina (FEAT. Otto)", "Marrow featuring Mina, featuring Otto"),
        ("A feat of strength", "A featuring of strength"),
        ("Nine 9 ft tall", "Nine 9 ft tall"),
        ("Glass & Hours", "Glass and Hours"),
        ("Glass&Hours", "Glass and Hours"),
        ("Rock 'n' Roll", "Rock and Roll"),
        ("One/Two", "One Two"),
        ("w/ strings", "with strings"),
        ("Cats vs. Dogs", "Cats versus Dogs"),
        ("Harbour, Pt. II", "Harbour, part 2"),
        ("Harbour (Part II)", "Harbour, Part 2"),
        ("Songs, Vol. 3", "Songs, volume 3"),
        ("Take #1", "Take number 1"),
        ("Symphony No. 5", "Symphony number 5"),
        ("P!nk and Ke$ha and A$AP and $un", "Pink and Kesha and AsAP and sun"),
        ("100% of $5", "100 percent of dollar 5"),
        ("Low Tide (2011 Remaster)", "Low Tide"),
        ("Low Tide - Remastered 2011.", "Low Tide."),
        ("Low Tide [Live]", "Low Tide, Live"),
        ("Low – Tide — Song", "Low, Tide, Song"),
        ("“Quoted” ‘and’ curled’s", "Quoted 'and' curled's"),
        ("<break time='3s'/> [[bj'3:k]] {x}", "break time '3s', bj'3:k, x"),
        ("Tide\x00\x1b[31m\u202eevil\u200b\ufeff\ud800", "Tide, 31mevil"),
        ("Tide 🎵🌊 Song ❤️ ♥", "Tide Song"),
        ("Ｔｉｄｅ", "Tide"),
        ("Bjo\u0308rk", "Björk"),
        ("one\ntwo\t three\u00a0four", "one two three four"),
        ("Who Are You?.. Really!!!", "Who Are You?. Really!"),
        ("!!!", ""),
        ("🎵", ""),
        ("", ""),
        ("\x00", ""),
    ],
)
def test_table(shown, spoken):
    assert clean_text(shown) == spoken


@settings(deadline=None)
@given(st.text(max_size=300))
def test_nothing_dangerous_survives(text):
    clean = clean_text(text)
    assert clean == clean_text(clean)
    assert not set(clean) & set("<>[]{}|\\/*~^=#&@\x00")
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "So") for char in clean)
    assert clean == " ".join(clean.split())
    clean.encode("utf-8")


MARKUP = st.sampled_from(
    [*"[]<>{}()/&$!'.,-–…#@+\"“ \n", "feat.", "ft", "vs", "w/", "Pt. IV", "a", "B9", "(Remastered 2011)"]
)


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=30))
def test_cleaning_again_changes_nothing(parts):
    once = clean_text("".join(parts))
    assert clean_text(once) == once


def test_a_long_text_is_cut_at_a_sentence():
    text = "This is one sentence. " * 500
    clean = clean_text(text)
    assert len(clean) <= 5000
    assert clean.endswith("sentence.")


@settings(deadline=None)
@given(st.text(alphabet="ab .?", max_size=200), st.integers(5, 60))
def test_splitting_loses_nothing(text, limit):
    text = clean_text(text)
    pieces = split_text(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_unreadable_letters():
    assert unreadable("Björk, Αθήνα, naïve", "en") == ""
    assert unreadable("きゃ and 東京", "en") == "きゃ東京"
    assert unreadable("Привет", "en-us") == "Привет"
    assert unreadable("Привет", "ru") == ""
