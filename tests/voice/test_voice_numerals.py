import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.voice.capitals import is_initialism, say_capitals
from aidj.voice.mapped import MappedText
from aidj.voice.numerals import roman, say_numerals

WORDS = {
    "counted": ("part", "symphony", "act", "chapter"),
    "rulers": ("Henry", "Louis"),
    "ordinals": ("the first", "the second", "the third", "the fourth", "the fifth", "the sixth", "the seventh",
                 "the eighth"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("Part II", "Part 2"),
        ("part iv, and part X", "part 4, and part 10"),
        ("Symphony VII", "Symphony 7"),
        ("Henry VIII", "Henry the eighth"),
        ("Louis XIV", "Louis 14"),
        ("Led Zeppelin IV", "Led Zeppelin 4"),
        ("Rocky III, then", "Rocky 3, then"),
        ("The part I played", "The part I played"),
        ("Louis I miss you", "Louis I miss you"),
        ("You and I", "You and I"),
        ("In the MIX", "In the MIX"),
        ("The XX", "The XX"),
        ("Act V", "Act 5"),
        ("Vitamin C", "Vitamin C"),
        ("Malcolm X", "Malcolm X"),
        ("Chapter IIII", "Chapter IIII"),
        ("Op. 27: I. Adagio, III. Presto", "Op. 27: 1. Adagio, 3. Presto"),
        ("You and I. Then", "You and I. Then"),
        ("Apollo XIII's", "Apollo XIII's"),
    ],
)
def test_numerals(shown, said):
    assert say_numerals(MappedText.of(shown), **WORDS).text == said


def test_a_language_without_words_for_it_still_has_titles():
    assert (
        say_numerals(MappedText.of("Rocky III, part V"), counted=(), rulers=(), ordinals=()).text == "Rocky 3, part V"
    )


@given(st.integers(1, 39))
def test_each_value_has_one_numeral(value):
    tens, ones = divmod(value, 10)
    numeral = "X" * tens + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][ones]
    assert roman(numeral) == roman(numeral.lower()) == value


@pytest.mark.parametrize("text", ["", "IIX", "VV", "IC", "MIX", "XXXX", "IVI", "1"])
def test_no_numerals(text):
    assert roman(text) is None


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("ABBA", "Abba"),
        ("IDLES and MUSE", "Idles and Muse"),
        ("TLC", "T.L.C"),
        ("XTC", "X.T.C"),
        ("MGMT by LCD", "M.G.M.T by L.C.D"),
        ("CHVRCHES", "Churches"),
        ("R.E.M., with", "R.E.M, with"),
        ("That was R.E.M. Next up", "That was R.E.M. Next up"),
        ("R.E.M.", "R.E.M."),
        ("N.W.A", "N.W.A"),
        ("k.d. lang", "K.D lang"),
        ("UB40", "U.B 40"),
        ("U2 and M83", "U2 and M83"),
        ("McCartney, DeBarge", "McCartney, DeBarge"),
        ("I", "I"),
        ("AM by", "A.M by"),
        ("WHO AM I", "Who Am I"),
        ("PSY", "Psy"),
        ("AM DC", "A.M D.C"),
        ("ÜBER", "Über"),
        ("tUnE-yArDs, oOoOO", "tune-yards, ooooo"),
        ("CeeLo, iPod, deBurgh, LaMontagne", "CeeLo, iPod, deBurgh, LaMontagne"),
        ("КИНО", "КИНО"),
    ],
)
def test_capitals(shown, said):
    assert say_capitals(MappedText.of(shown), {"XTC", "AM"}).text == said


def test_initialisms():
    assert is_initialism("USA", {"USA"})
    assert is_initialism("BTS", ())
    assert not is_initialism("ABBA", ())
    assert not is_initialism("SBTRKT", ())
