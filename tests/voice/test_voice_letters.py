import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.voice.letters import language_of, said_as, say_letters
from aidj.voice.mapped import MappedText
from aidj.voice.romanising import romanise


@pytest.mark.parametrize(
    ("shown", "latin"),
    [
        ("Кино", "Kino"),
        ("Ленинград", "Leningrad"),
        ("Чайковский", "Chaykovski"),
        ("Елена", "Yelena"),
        ("Океан", "Okean"),
        ("Київ", "Kiyiv"),
        ("Ђорђе", "Djordje"),
        ("щи", "shchi"),
        ("Μίκης", "Mikis"),
        ("Βαγγέλης", "Vangelis"),
        ("Ευρυδίκη", "Evrithiki"),
        ("Αυτό", "Afto"),
        ("Μπάμπης", "Bambis"),
        ("Σ", "Sigma"),
        ("방탄소년단", "Bangtansonyeondan"),
        ("아이유", "Aiyu"),
        ("신라", "Sinra"),
        ("음악", "Eumak"),
        ("ヒカル", "Hikaru"),
        ("きゃりーぱみゅぱみゅ", "Kyaripamyupamyu"),
        ("パフューム", "Pafyumu"),
        ("ティファニー", "Tifani"),
        ("チャットモンチー", "Chattomonchi"),
        ("ゆず", "Yuzu"),
        ("लता", "Lataa"),
        ("हिन्दी", "Hindee"),
        ("მარი", "Mari"),
        ("Շառլ", "Sharl"),
    ],
)
def test_romanising(shown, latin):
    assert romanise(shown) == latin


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Michał", "pl"), ("Şebnem", "tr"), ("Dvořák", "cs"), ("Ђорђе", "sr"), ("Київ", "uk"), ("Кино", "ru"),
        ("宇多田", "zh"), ("宇多田ヒカル", "ja"), ("방탄", "ko"), ("Μίκης", "el"), ("فيروز", "ar"), ("Röyksopp", "de"),
        ("Þórdís", "is"), ("Señor", "es"), ("São", "pt"), ("ไทย", "th"), ("Radiohead", None), ("311", None), ("", None),
    ],
)  # fmt: skip
def test_the_language_of_a_name(name, language):
    assert language_of(name) == language


@pytest.mark.parametrize(
    ("language", "shown", "said", "left_out"),
    [
        ("en", "Björk, Beyoncé, Motörhead", "Björk, Beyoncé, Motörhead", ()),
        ("en", "Żanna Czesław", "Zhanna Cheswav", ()),
        ("de", "Кино и Чайковский", "Kino i Tschajkowski", ()),
        ("fr", "Шура", "Choura", ()),
        ("es", "Хор", "Jor", ()),
        ("it", "Чика", "Cika", ()),
        ("pt", "Шура", "Xura", ()),
        ("ru", "Кино and Radiohead", "Кино and Radiohead", ()),
        ("ja", "宇多田ヒカル", "宇多田ヒカル", ()),
        ("en", "宇多田ヒカル and ヒカル", " and Hikaru", ("宇多田ヒカル",)),
        ("en", "فيروز שלום ไทย", "  ", ("فيروز", "שלום", "ไทย")),
        ("en", "Éé é Ø", "Éé e O", ()),
        ("fr", "à Ø", "à O", ()),
        ("en", "ᴛʜᴇ ŋ ə", "the ng e", ()),
    ],
)
def test_letters_for_a_voice(language, shown, said, left_out):
    text, left = say_letters(MappedText.of(shown), language)
    assert (text.text, left) == (said, left_out)


def test_a_name_of_a_known_language():
    assert said_as("Szpak", "pl", "en") == "Shpak"
    assert said_as("Гурт", "uk", "en") == "Hurt"
    assert said_as("Szpak", "xx", "en") == "Szpak"


@given(st.text(max_size=40))
def test_only_latin_letters_reach_an_english_voice(text):
    said, _ = say_letters(MappedText.of(text), "en-us")
    said_again, left = say_letters(said, "en-us")
    assert left == ()
    assert len(said_again.text) == len(said_again.starts)
