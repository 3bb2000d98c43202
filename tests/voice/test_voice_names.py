"""Hard names through espeak-ng's phonemes, which say what a listener would hear; there is no sound in it."""

import pytest
from bench_modules import FOLDER, bench_module

from aidj.errors import VoiceError
from aidj.voice import Pronunciation, Saying, espeak_phonemes, load_pronunciation, spoken_text, without_names

pytest.importorskip("espeakng_loader", exc_type=ImportError)

LANGUAGES = ("en", "es", "de", "fr", "pt", "it")
FEWEST = {"en": 150}
"""Entries per language; 40 where nothing is said."""


@pytest.fixture(scope="module")
def bench(module_patch):
    module_patch.syspath_prepend(FOLDER)  # the benches import each other by name
    return bench_module("voice_names")


@pytest.fixture(scope="module")
def module_patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_is_spelled_and_no_sign_is_named(bench, language):
    said = bench.listen(language)
    assert len(said) >= (200 if language == "en" else 60)
    assert [f"{one.name}: {one.spoken} {one.phonemes} {one.wrong}" for one in said if one.wrong] == []


@pytest.mark.parametrize(
    ("spoken", "wrong"),
    [
        ("dollar", "“dollar”"),
        ("see slash dee", "“slash”"),
        ("S.B.T", "spelled: S.B.T"),
        ("ess bee Sbtrkt", "spelled: Sbtrkt"),
    ],
)
def test_the_oracle_hears_what_is_wrong(bench, monkeypatch, spoken, wrong):
    monkeypatch.setattr(bench, "names_of", lambda language: (["Marrow"], frozenset()))
    known = Pronunciation(sayings=(Saying(name="Marrow", say=spoken),))
    assert wrong in bench.listen("en", known)[0].wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_changes_what_is_heard_and_is_not_spelled(language):
    known = load_pronunciation(language)
    words = without_names(known)
    plain, said = [], []
    entries = [one for one in known.sayings if one.say]
    assert len(known.sayings) >= FEWEST.get(language, 40)
    for one in entries:
        try:
            plain.append(spoken_text(one.name, language=language, pronunciation=words).text.text)
        except VoiceError:
            plain.append("")
        alone = Pronunciation(sayings=(one,), words=known.words)
        said.append(spoken_text(one.name, language=language, pronunciation=alone).text.text)
    before, after = espeak_phonemes(plain, language), espeak_phonemes(said, language)
    assert before is not None
    assert after is not None
    same = [one.name for one, old, new in zip(entries, before, after, strict=True) if old == new]
    assert same == []
    spelled = espeak_phonemes([".".join(text.replace(" ", "").upper()) for text in said], language)
    assert spelled is not None
    letters = [text for text, one, other in zip(said, after, spelled, strict=True) if one == other and len(text) > 1]
    assert [text for text in letters if "." not in text] == []


@pytest.mark.parametrize(
    ("shown", "like"),
    [
        ("P!nk", "pink"), ("Ke$ha", "kesha"), ("CHVRCHES", "churches"), ("deadmau5", "deadmouse"),
        ("INXS", "in excess"), ("UB40", "U.B 40"), ("Wham!", "wham"), ("M*A*S*H", "mash"), ("Sia", "seea"),
        ("Joey Bada$$", "joey badass"), ("Кино", "keeno"), ("SBTRKT", "subtract"), ("NSYNC", "in sync"),
    ],
)  # fmt: skip
def test_sounds_like(shown, like):
    spoken = spoken_text(shown, language="en").text.text
    answers = espeak_phonemes([spoken, like], "en")
    assert answers is not None
    bare = [answer.replace(" ", "").replace("ˈ", "").replace("ˌ", "") for answer in answers]
    assert bare[0] == bare[1]


def test_a_language_that_espeak_has_not():
    assert espeak_phonemes(["a"], "xx") is None
    assert espeak_phonemes([], "en") == []
    assert espeak_phonemes(["", "a\0b", "\ud800x"], "pt-br") is not None
