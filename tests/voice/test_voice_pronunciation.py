import json
import subprocess
import sys

import pytest

from aidj.errors import ConfigError
from aidj.voice import Pronunciation, clean_text, load_pronunciation

ENGLISH = load_pronunciation("en")


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        ("P!nk", "pink"),
        ("By AC/DC, and by Ke$ha.", "By eh see dee see, and by kesha."),
        ("Röyksopp and RO\u0308YKSOPP", "royk-sop and royk-sop"),
        ("INXS feat. deadmau5", "in excess featuring dead mouse"),
        ("Sade, but sade", "shar-day, but sade"),
        ("Crusade and Bachelor", "Crusade and Bachelor"),
        ("Dolores O’Riordan", "Dolores Oh Reardon"),
    ],
)
def test_names(shown, spoken):
    assert clean_text(ENGLISH.apply(shown)) == spoken


def test_longer_names_win_and_nothing_is_said_twice():
    both = Pronunciation({}, {"ann": "bee", "ann bee": "cee", "bee": "dee"})
    assert both.apply("Ann Bee, Ann, Annie") == "cee, bee, Annie"
    assert Pronunciation().apply("Ann") == "Ann"


def write(folder, body, name="en", language="en"):
    path = folder / "pronunciation" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"schema: aidj.pronunciation/1\nlanguage: {language}\nentries:\n{body}", encoding="utf-8")
    return path


def test_an_own_file_wins(tmp_path):
    write(tmp_path, '  - {match: "INXS", say: "ink sis"}\n  - {match: "SADE", say: "saydee"}\n')
    own = load_pronunciation("en-gb", [tmp_path])
    assert own.apply("INXS, Sade, P!nk, SADE") == "ink sis, shar-day, pink, saydee"


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("  - {match: a, sya: b}", 4, "“say”"),
        ("  - {match: a}", 4, "“say” is missing"),
        ("  - {match: a, say: b}\n  - {match: A, say: c}", 5, "twice"),
        ("  - {match: a, say: b, exact: maybe}", 4, "true or false"),
        ("  - {match: '', say: b}", 4, "empty"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path, body, line, said):
    path = write(tmp_path, body)
    with pytest.raises(ConfigError, match=said) as caught:
        load_pronunciation("en", [tmp_path])
    assert caught.value.where == f"{path}:{line}"


def test_languages():
    assert load_pronunciation("xx") == Pronunciation()
    with pytest.raises(ConfigError, match="language code"):
        load_pronunciation("../en")


ORACLE = """
import ctypes, json, sys
import espeakng_loader
lib = ctypes.CDLL(espeakng_loader.get_library_path())
assert lib.espeak_Initialize(2, 60, espeakng_loader.get_data_path().encode(), 0x8000) > 0
lib.espeak_SetVoiceByName(b"en-us")
lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
def phonemes(text):
    left, said = ctypes.c_char_p(text.encode()), ""
    while left.value is not None:
        said += lib.espeak_TextToPhonemes(ctypes.byref(left), 1, 2).decode() + " "
    return said
print(json.dumps([phonemes(text) for text in json.load(sys.stdin)]))
"""


def test_the_engine_names_no_sign():
    """Asks espeak-ng for the phonemes: no "slash", "dollar", "exclamation" and the like is left in any name."""
    pytest.importorskip("espeakng_loader", exc_type=ImportError)
    names = [*ENGLISH.exact, *ENGLISH.folded, "w/ A & B", "Marrow ft. Mina/Otto", "[[x]] <b>y</b>", "Up 🎵 *down*"]
    signs = ["slash", "dollar", "exclamation", "ampersand", "bracket", "less than", "asterisk"]
    texts = signs + [clean_text(ENGLISH.apply(name)) for name in names]
    result = subprocess.run(
        [sys.executable, "-c", ORACLE], input=json.dumps(texts), capture_output=True, text=True, timeout=60, check=True
    )
    said = json.loads(result.stdout)
    for sign, sound in zip(signs, said, strict=False):
        for name, phonemes in zip(names, said[len(signs) :], strict=True):
            assert sound.strip() not in phonemes, (name, sign)
