"""How names are said: hard ones through espeak-ng's phonemes, looked through for letters and signs read out by name."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from measuring import Row

from aidj.errors import VoiceError
from aidj.voice import Pronunciation, espeak_phonemes, load_pronunciation, spoken_text, without_names

NAMES = Path(__file__).resolve().parents[2] / "tests" / "data" / "voice" / "names.yaml"

LANGUAGES = ("en", "es", "de", "fr", "pt", "it")

SIGN_WORDS = {
    "en": ("slash", "dollar", "exclamation", "letter", "asterisk", "hash", "ampersand", "dot", "roman"),
    "es": ("barra", "dólar", "exclamación", "letra", "asterisco", "almohadilla"),
    "de": ("Schrägstrich", "Dollar", "Ausrufezeichen", "Buchstabe", "Sternchen", "kyrillisch", "römisch"),
    "fr": ("barre", "dollar", "exclamation", "lettre", "astérisque", "dièse", "cyrillique"),
    "pt": ("barra", "dólar", "exclamação", "letra", "asterisco", "cifrão", "cirílico"),
    "it": ("barra", "dollaro", "esclamativo", "lettera", "asterisco", "cancelletto", "cirillico"),
}
"""What no name may be said with. (A title that has such a word in it says it, of course.)"""

_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*")


@dataclass(frozen=True)
class Said:
    """One name, how it is said, and what is wrong with that."""

    name: str
    spoken: str
    phonemes: str
    wrong: tuple[str, ...]


def names_of(language: str) -> tuple[list[str], frozenset[str]]:
    """Return the names for a language, and those of them that people spell."""
    document = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    part = document.get(language) or document["others"]
    return [name for row in part["names"] for name in row], frozenset(part["spelled"])


def listen(language: str, pronunciation: Pronunciation | None = None) -> list[Said]:
    """Return how each name is said, and what is wrong with it.

    Raises
    ------
    VoiceError
        If there is no espeak-ng to ask.
    """
    names, spelled = names_of(language)
    known = load_pronunciation(language) if pronunciation is None else pronunciation
    spoken = [_spoken(name, language, known) for name in names]
    words = sorted({word for text in spoken for word in _WORD.findall(text) if len(word) > 1})
    letters = [".".join(re.sub(r"\W", "", word).upper()) for word in words]
    signs = SIGN_WORDS[language]
    answers = espeak_phonemes([*spoken, *words, *letters, *signs], language)
    if answers is None:
        raise VoiceError("There is no espeak-ng to ask", hint="pip install espeakng-loader")
    said, rest = answers[: len(spoken)], answers[len(spoken) :]
    as_word, rest = rest[: len(words)], rest[len(words) :]
    as_letters, as_signs = rest[: len(words)], rest[len(words) :]
    spelled_words = {
        word for word, one, other in zip(words, as_word, as_letters, strict=True) if _bare(one) == _bare(other)
    }
    return [
        Said(name, text, sound, tuple(_wrong(name, text, sound, spelled, spelled_words, signs, as_signs)))
        for name, text, sound in zip(names, spoken, said, strict=True)
    ]


def _spoken(name: str, language: str, known: Pronunciation) -> str:
    try:
        spoken = spoken_text(name, language=language, pronunciation=known)
    except VoiceError:
        return ""
    return "" if spoken.left_out else spoken.text.text


def _wrong(
    name: str,
    text: str,
    sound: str,
    spelled: frozenset[str],
    spelled_words: set[str],
    signs: Sequence[str],
    as_signs: Sequence[str],
) -> list[str]:
    wrong = [] if text else ["not said"]
    if name not in spelled:
        wrong += [f"spelled: {word}" for word in _WORD.findall(text) if word in spelled_words]
    if any(char.isalpha() and not unicodedata.name(char).startswith("LATIN") for char in text):
        wrong.append("letters that the voice does not know")
    heard = {_bare(part) for part in sound.split()}
    for sign, one in zip(signs, as_signs, strict=True):
        if sign.casefold() not in name.casefold() and (_bare(one) in heard or f"{sign} " in f"{text} "):
            wrong.append(f"“{sign}”")
    return wrong


def _bare(phonemes: str) -> str:
    return re.sub(r"\([a-z-]+\)|[ˈˌː\s]", "", phonemes)


def rows() -> list[Row]:
    """Listen to the names of each language, as they come and without what is known of names."""
    found = []
    for language in LANGUAGES:
        said = listen(language)
        words_only = without_names(load_pronunciation(language))
        by_rule = sum(bool(one.wrong) for one in listen(language, words_only))
        wrong = [one for one in said if one.wrong]
        for one in wrong:
            print(f"{language}: {one.name}: {one.spoken} {one.phonemes} ({', '.join(one.wrong)})", file=sys.stderr)
        found.append(
            Row(
                f"names said wrongly, {language}",
                len(wrong),
                f"of {len(said)}",
                "0",
                "by rules alone",
                by_rule,
                not wrong,
            )
        )
    return found
