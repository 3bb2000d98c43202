"""Letters that a voice cannot read, or reads wrongly: which language they are of, and how else to write them for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from aidj.voice.mapped import MappedText
from aidj.voice.romanising import ROMANISED, romanise

_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tt", "ba", "cv"), ("CYRILLIC",)),
    **dict.fromkeys(("ar", "fa", "ur", "sd", "ug"), ("ARABIC",)),
    **dict.fromkeys(("hi", "ne", "mr", "kok"), ("DEVANAGARI",)),
    **dict.fromkeys(("zh", "cmn", "yue", "hak"), ("CJK",)),
    "ja": ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK"),
    "ko": ("HANGUL",), "el": ("GREEK",), "he": ("HEBREW",), "th": ("THAI",), "ka": ("GEORGIAN",), "hy": ("ARMENIAN",),
    "bn": ("BENGALI",), "ta": ("TAMIL",), "te": ("TELUGU",), "ml": ("MALAYALAM",), "kn": ("KANNADA",),
    "gu": ("GUJARATI",), "pa": ("GURMUKHI",), "am": ("ETHIOPIC",), "my": ("MYANMAR",), "si": ("SINHALA",),
}  # fmt: skip
"""Besides Latin, which every voice reads after a fashion; scripts as Unicode names them."""

_TELLING: tuple[tuple[str, str], ...] = (
    ("pl", "ąęłśźż"), ("tr", "ğışİ"), ("hu", "őű"), ("is", "ðþ"), ("ro", "ășțţ"),
    ("vi", "ơưđạảấầậắằặẹẻẽếềểệịỉọỏốồộớờợụủứừựỳỵỹ"),
    ("cs", "řěůťď"), ("hr", "ćđ"), ("sl", "čšž"), ("lv", "āēīģķļņ"), ("lt", "ėįų"), ("pt", "ãõ"), ("es", "ñ"),
    ("fr", "œèêëîïùû"), ("da", "æø"), ("sv", "å"), ("de", "ßäöü"),
)  # fmt: skip
"""Letters that tell a language, the surest first: đ is Croatian where no other letter is Vietnamese."""

_BY_SCRIPT = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "HANGUL": "ko", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he",
    "THAI": "th", "DEVANAGARI": "hi", "GEORGIAN": "ka", "ARMENIAN": "hy", "BENGALI": "bn", "TAMIL": "ta",
}  # fmt: skip

_RESPELLED: Mapping[str, Mapping[str, str]] = {
    "pl": {"szcz": "shch", "ch": "h", "cz": "ch", "sz": "sh", "rz": "zh", "dź": "j", "dż": "j", "ł": "w",
           "w": "v", "ą": "on", "ę": "en", "ś": "sh", "ć": "ch", "ź": "zh", "ż": "zh", "ń": "ny", "ó": "u", "j": "y",
           "c": "ts", "ci": "chi", "si": "shi"},
    "cs": {"ch": "kh", "š": "sh", "č": "ch", "ž": "zh", "ř": "rzh", "ě": "ye", "ů": "u", "ť": "ty", "ď": "dy",
           "ň": "ny", "c": "ts", "j": "y", "ý": "i", "á": "a", "é": "e", "í": "i", "ú": "u", "ó": "o"},
    "hr": {"š": "sh", "č": "ch", "ć": "ch", "ž": "zh", "đ": "j", "dž": "j", "c": "ts", "j": "y", "lj": "ly",
           "nj": "ny"},
    "sl": {"š": "sh", "č": "ch", "ž": "zh", "c": "ts", "j": "y"},
    "tr": {"ş": "sh", "ç": "ch", "ğ": "", "c": "j", "j": "zh", "ı": "i"},
    "hu": {"sz": "s", "zs": "zh", "cs": "ch", "gy": "dy", "ly": "y", "ny": "ny", "s": "sh", "c": "ts", "j": "y",
           "ő": "ö", "ű": "ü", "á": "a", "é": "e", "í": "i", "ú": "u", "ó": "o"},
    "ro": {"ș": "sh", "ț": "ts", "ţ": "ts", "ă": "a", "â": "i", "î": "i", "j": "zh"},
    "is": {"þ": "th", "ð": "th", "æ": "ai", "á": "au", "ó": "o", "í": "i", "ú": "u", "ý": "i", "é": "ye", "j": "y"},
}  # fmt: skip
"""How the letters of a language sound, written as English has them."""

_FOR_VOICE: Mapping[str, Mapping[str, str]] = {
    "en": {"kh": "k"},
    "de": {"shch": "schtsch", "zh": "sch", "sh": "sch", "ch": "tsch", "kh": "ch", "ts": "z", "z": "s", "v": "w",
           "ya": "ja", "yu": "ju", "yo": "jo", "ye": "je", "yi": "ji", "y": "j", "j": "dsch"},
    "fr": {"shch": "chtch", "zh": "j", "sh": "ch", "ch": "tch", "u": "ou", "yu": "you", "ju": "djou",
           "j": "dj", "ge": "gue", "gi": "gui", "on": "one", "an": "ane", "en": "ène"},
    "es": {"shch": "sch", "zh": "y", "kh": "j", "z": "s", "j": "y", "ge": "gue", "gi": "gui",
           "h": "j", "w": "u"},
    "pt": {"shch": "xtch", "zh": "j", "sh": "x", "ch": "tch", "kh": "rr", "ge": "gue", "gi": "gui", "y": "i",
           "j": "dj", "h": "rr"},
    "it": {"shch": "sc", "zh": "g", "sha": "scia", "sho": "scio", "shu": "sciu", "sh": "sc", "cha": "cia", "cho": "cio",
           "chu": "ciu", "che": "ce", "chi": "ci", "ch": "c", "kh": "k", "ja": "gia", "jo": "gio", "ju": "giu",
           "j": "g", "ge": "ghe", "gi": "ghi", "y": "i"},
}  # fmt: skip
"""What is romanised as English has it, as another language writes those sounds."""

_OWN_WORDS = {"fr": "àô", "it": "èéàòì", "pt": "éàóá", "es": "óéúá"}
"""Letters with marks that are words of their own; others standing alone are called "e acute"."""

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0e31-\u0e4e])*")
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA")
_NAMED = {"æ": "ae", "œ": "oe", "ŋ": "ng", "ə": "e", "ɔ": "o", "ʃ": "sh", "ʒ": "zh", "ɑ": "a", "ɒ": "o", "ʊ": "u"}
_LETTER_NAME = re.compile(
    r"LATIN (?:CAPITAL|SMALL)? ?LETTER (?:SMALL CAPITAL |SCRIPT |OPEN |TURNED |DOTLESS )*([A-Z]{1,2})\b"
)


def language_of(name: str) -> str | None:
    """Return the language that the letters of a name tell, such as ``pl`` for ł or ``ru`` for Cyrillic; None for none.

    Han alone is ``zh``, with Kana ``ja``.
    """
    letters = [char for char in unicodedata.normalize("NFC", name).casefold() if char.isalpha()]
    scripts = {_script(char) for char in letters}
    if scripts & {"HIRAGANA", "KATAKANA"}:
        return "ja"
    if "CYRILLIC" in scripts:
        return "uk" if set(letters) & set("іїєґ") else "sr" if set(letters) & set("ђјљњћџ") else "ru"
    for script, language in _BY_SCRIPT.items():
        if script in scripts:
            return language
    found = set(letters)
    return next((language for language, telling in _TELLING if found & set(telling)), None)


def say_letters(text: MappedText, language: str) -> tuple[MappedText, tuple[str, ...]]:
    """Return a text in letters that a voice of this language reads, and the words left out because nobody can tell how.

    Words in letters of another language are respelled, words of other scripts romanised. Words with Han, and those of
    scripts without vowels, are left out: their letters do not say how they sound.
    """
    code = language.lower().split("-")[0]
    readable = _SCRIPTS.get(code, ())
    left_out: list[str] = []

    def word(match: re.Match[str]) -> str:
        letters = match[0]
        scripts = {_script(char) for char in letters if char.isalpha()}
        if scripts <= {"LATIN"}:
            return _latin(letters, code)
        if scripts <= {"LATIN", *readable}:
            return letters
        if "CJK" in scripts and "CJK" not in readable:
            left_out.append(letters)
            return ""
        return "".join(_run(run, code, readable, left_out) for run in _runs(letters))

    return text.sub(_WORD, word), tuple(left_out)


def said_as(name: str, language: str, voice: str) -> str:
    """Return a name of a known language in letters that a voice of another one reads as nearly as its own allow."""
    code = language.lower().split("-")[0]

    def word(match: re.Match[str]) -> str:
        letters = match[0]
        if _script(letters[0]) in ROMANISED:
            return _respell(romanise(letters, code), _FOR_VOICE.get(voice, {}))
        return _from(letters, code, voice)

    return _WORD.sub(word, name)


def _from(word: str, language: str, voice: str) -> str:
    """Respell a word of another language that is written in Latin letters."""
    said = _respell(word, _RESPELLED.get(language, {}))
    return _respell(said, {sound: letters for sound, letters in _FOR_VOICE.get(voice, {}).items() if len(sound) > 1})


def _run(run: str, voice: str, readable: tuple[str, ...], left_out: list[str]) -> str:
    script = _script(run[0])
    if script == "LATIN":
        return _latin(run, voice)
    if script in readable:
        return run
    if script in ROMANISED:
        return _respell(romanise(run), _FOR_VOICE.get(voice, {}))
    left_out.append(run)
    return ""


def _runs(letters: str) -> list[str]:
    """Cut a word where its script changes; marks stay with their letter."""
    runs: list[str] = []
    for char in letters:
        if runs and (not char.isalpha() or char == "ー" or _script(char) == _script(runs[-1][0])):
            runs[-1] += char
        else:
            runs.append(char)
    return runs


def _latin(word: str, voice: str) -> str:
    if len(word) == 1 and not word.isascii():
        base = unicodedata.normalize("NFD", word)[0]
        return word if word.lower() in _OWN_WORDS.get(voice, "") else base if base.isascii() else _ascii(word)
    language = language_of(word) if not word.isascii() else None
    if language in _RESPELLED and language not in (voice, None):
        return _from(word, language, voice)
    return "".join(char if ord(char) < 0x250 or 0x1E00 <= ord(char) < 0x1F00 else _ascii(char) for char in word)


def _ascii(letter: str) -> str:
    """Return a plain letter for one that no voice knows: a small capital, a letter of phonetics."""
    if letter.lower() in _NAMED:
        return _NAMED[letter.lower()]
    if not letter.isalpha():
        return ""
    base = unicodedata.normalize("NFKD", letter)[0]
    found = _LETTER_NAME.match(unicodedata.name(letter, ""))
    if base.isascii() or not found:
        return base if base.isascii() else ""
    return found[1] if letter.isupper() else found[1].lower()


def _respell(word: str, table: Mapping[str, str]) -> str:
    """Replace letters by a table, longer groups first; the word's first letter keeps its case."""
    if not table:
        return word
    groups = "|".join(map(re.escape, sorted(table, key=lambda group: -len(group))))
    said = re.sub(groups, lambda match: table[match[0]], word.lower().replace("i\u0307", "i"))
    return said[:1].upper() + said[1:] if word[:1].isupper() else said


def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    if char == "ー":
        return "KATAKANA"
    return "LATIN" if name.startswith(("FEMININE", "MASCULINE", "MICRO")) else name.split(" ")[0]
