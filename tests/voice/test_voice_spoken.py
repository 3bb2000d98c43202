"""Shown text, spoken text, and the way back."""

import contextlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.errors import VoiceError
from aidj.model import Pause, Phonemes, Word
from aidj.voice import Pronunciation, Saying, can_say, spoken_text


def said(text, language="en", **names):
    return spoken_text(text, language=language, **names).text.text


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("Here is Marrow, with Slow Boat.", "Here is Marrow, with Slow Boat."),
        ("By AC/DC, and by Ke$ha.", "By A.C D.C, and by Kesha."),
        ("INXS feat. deadmau5", "in excess featuring dedmouse"),
        ("Sade, but sade", "shah-day, but sade"),
        ("Dolores O’Riordan", "Dolores o'reerden"),
        ("Crusade and Bachelor", "Crusade and Bachelor"),
        ("!!!, with Me and Giuliani", "chick chick chick, with Me and Giuliani"),
        ("Really!!!", "Really!"),
        ("That was R.E.M., with Drive.", "That was R.E.M, with Drive."),
        ("Harbour (Pt. II) [2011 Remaster]", "Harbour, part 2"),
        ("Henry VIII and Louis XIV", "Henry the eighth and Louis the fourteenth"),
        ("IDLES & TLC", "Idles and T.L.C"),
        ("Кино, with Звезда", "Kino, with Zvezda"),
        ("P!nk & “Sade”", "Pink and shah-day"),
    ],
)
def test_english(shown, spoken):
    assert said(shown) == spoken


@pytest.mark.parametrize(
    ("language", "shown", "spoken"),
    [
        ("es", "Marrow feat. Mina & Otto, Pt. II", "Marrow con Mina y Otto, parte 2"),
        ("de", "Marrow vs. Mina, Vol. 3 & $5", "Marrow gegen Mina, Volume 3 und 5 Dollar"),
        ("fr", "Louis XIV et le n.º 5", "Louis quatorze et le numéro 5"),
        ("pt-br", "Marrow w/ Mina #1", "Marrow com Mina número 1"),
        ("it", "Marrow + Mina, 100%", "Marrow più Mina, 100 per cento"),
        ("nl", "Marrow feat. Mina & Otto", "Marrow, Mina, Otto"),
    ],
)
def test_each_language_has_its_words(language, shown, spoken):
    assert said(shown, language) == spoken


def test_a_dash_is_a_pause():
    spoken = spoken_text("Low Tide – AC/DC — end", language="en")
    assert spoken.text.text == "Low Tide, A.C D.C, end"
    assert spoken.text.pauses == (Pause(9, 0.3), Pause(18, 0.3))
    assert spoken_text("– a – .", language="en").text.pauses == ()


NAMES = Pronunciation(
    sayings=(
        Saying(name="Marrow", say="ma row", ipa="mˈæɹoʊ"),
        Saying(name="Ann", say="bee"),
        Saying(name="Ann Bee", say="cee"),
        Saying(name="Bee", say="dee"),
        Saying(name="VALE", say="vah-lay", exact=True),
        Saying(name="Mina", ipa="mˈina"),
        Saying(name="Szpak", language="pl"),
        Saying(name="東京", ipa="tˈoʊkioʊ"),
    )
)


def test_names():
    assert said("Ann Bee, Ann, Annie, BEE", pronunciation=NAMES) == "cee, bee, Annie, dee"
    assert said("VALE's Vale, Szpak", pronunciation=NAMES) == "vah-lay's Vale, Shpak"


def test_phonemes_stand_beside_the_letters_they_are_of():
    spoken = spoken_text("– By Marrow & Mina", language="en", pronunciation=NAMES)
    assert spoken.text.text == "By ma row, Mina"  # no words are known here: & is a breath
    assert spoken.text.phonemes == (Phonemes(3, 6, "mˈæɹoʊ"), Phonemes(11, 4, "mˈina"))
    assert [saying.name for saying in spoken.sayings] == ["Marrow", "Mina"]


def test_a_name_in_letters_that_nobody_can_read_is_left_out_and_said_so():
    spoken = spoken_text("By 東京, with Slow Boat.", language="en", pronunciation=NAMES)
    assert spoken.text.text == "By, with Slow Boat."
    assert spoken.left_out == ("東京",)
    with pytest.raises(VoiceError, match="nothing in this text") as caught:
        spoken_text("東京 – ♥", language="en", pronunciation=NAMES)
    assert "東京" in str(caught.value)
    assert can_say("Slow Boat", language="en")
    assert not can_say("Slow 東京", language="en")
    assert not can_say("♥", language="en")
    assert can_say("東京", language="ja")


def test_a_respelling_cannot_hold_a_command():
    names = Pronunciation(sayings=(Saying(name="Ann", say="[[x]] <b>é & e\x00"),))
    assert said("Ann.", pronunciation=names) == "x b é e."


def test_words_are_shown_where_they_stand():
    shown = "By AC/DC, Pt. II & deadmau5."
    spoken = spoken_text(shown, language="en")
    assert spoken.text.text == "By A.C D.C, part 2 and dedmouse."

    def at(word):
        start = spoken.text.text.index(word)
        found = spoken.shown_word(Word(1.5, start, len(word)))
        assert found.start_s == 1.5
        return shown[found.start_char : found.start_char + found.length]

    assert at("By") == "By"
    assert at("part") == "Pt."
    assert at("2") == "II"
    assert at("and") == "&"
    assert at("dedmouse") == "deadmau5"
    assert at("A.C") in "AC/DC"
    assert spoken.shown == shown


PIECES = st.sampled_from(
    [*"[]<>{}()/&$!'.,-–…#@+\"“ \n*%:é", "feat.", "ft", "vs", "w/", "Pt. IV", "a", "B9", "(Remastered 2011)", "AC/DC",
     "Sade", "R.E.M.", "ABBA", "Кино", "東京", "o\u0308", "🎵", "\u202e", "$5", "No. 3", "VIII", " – ", "!!!", "\ud800"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=25), st.sampled_from(["en", "es", "de", "fr", "nl"]))
def test_whatever_is_shown(pieces, language):
    shown = "".join(pieces)
    try:
        spoken = spoken_text(shown, language=language)
    except VoiceError:
        return
    text = spoken.text.text
    assert spoken.shown == shown
    assert any(char.isalnum() for char in text)
    assert not set(text) & set("<>[]{}|\\/*~^=#&@$%+_\x00–")
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "So") for char in text)
    assert all(unicodedata.name(char).startswith("LATIN") for char in text if char.isalpha() and ord(char) > 0x250)
    assert all(0 < pause.at_char < len(text) for pause in spoken.text.pauses)
    words = [spoken.shown_word(Word(0.0, at, 1)) for at in range(len(text))]
    places = [(word.start_char, word.start_char + word.length) for word in words]
    assert places == sorted(places)
    assert [end for _, end in places] == sorted(end for _, end in places)
    assert all(0 <= start <= end <= len(shown) for start, end in places)


@pytest.mark.parametrize("word", [Word(0, -3, 2), Word(0, 0, 0), Word(0, 90, 5), Word(0, 2, 900)])
def test_wrong_offsets_of_an_engine_stay_in_the_text(word):
    shown = spoken_text("By AC/DC", language="en").shown_word(word)
    assert 0 <= shown.start_char <= shown.start_char + shown.length <= 8


def test_long_texts_are_cut_at_a_sentence():
    text = said("This is one sentence. " * 500)
    assert len(text) <= 5000
    assert text.endswith("sentence.")


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "a", "a! " * 4000, "$" * 9000 + "1", "o\u0308" * 5000, "- " * 6000 + "x", "Sade " * 4000]
)
def test_hostile_lengths(text):
    with contextlib.suppress(VoiceError):
        assert len(said(text)) <= 5000
