"""From the text that is shown to the text that a speech engine is given.

Names and titles are other people's data: they may hold markup, control characters, emoji, or signs that an engine
reads out by name ("slash", "musical note"). What is left afterwards is letters, digits and plain punctuation.
"""

from __future__ import annotations

import re
import unicodedata

CLEANING_VERSION = 1
"""Goes up with every change of the result, so that kept speech is made anew."""

MAX_SPOKEN_CHARS = 5000
"""A longer text is cut at the end of a sentence, or of a word."""

_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "′": "'", "`": "'", "“": None, "”": None, "„": None, "«": None, "»": None,
        '"': None, "…": ".", "‐": "-", "‑": "-", "−": "-", "×": " x ", "♯": " sharp ", "♭": " flat ", "№": " number ",
        "£": " pounds ", "€": " euros ", "°": " degrees ",
    }
)  # fmt: skip

_EDITION = r"(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?(?:\s+(?:version|in|edition))?(?:\s+\d{4})?"
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        # How a file was mastered is nothing a presenter says.
        (rf"\s*[(\[]\s*{_EDITION}\s*[)\]]", ""),
        (rf"\s+[-–—]\s+{_EDITION}(?=[,.;:?!]|$)", ""),
        (r"(?<![\w])feat(?:\.|\b)(?!\w)", "featuring"),
        (r"(?<![\w])(?<!\d\s)ft(?:\.|\b)(?!\w)", "featuring"),
        (r"(?<![\w])vs(?:\.|\b)(?!\w)", "versus"),
        (r"(?<![\w])w/o(?!\w)", "without"),
        (r"(?<![\w])w/\s*", "with "),
        (r"(?<![\w])pt\.?\s*(?=\d|[ivx]+\b)", "part "),
        (r"(?<![\w])vol\.?\s*(?=\d|[ivx]+\b)", "volume "),
        (r"(?<![\w])no\.\s*(?=\d)", "number "),
        (r"#\s*(?=\d)", "number "),
        (r"(?<=[^\W\d_])!(?=[^\W\d_])", "i"),
        (r"(?<=[^\W\d_])\$(?=[^\W\d_])", "s"),
        (r"(?<![\w])\$(?=[^\W\d_])", "s"),
        (r"\$(?=\d)", "dollar "),
        (r"\s*&\s*", " and "),
        (r"(?<=\s)'n'?(?=\s)", "and"),
        (r"(?<=\w)\s*\+\s*(?=\w)", " plus "),
        (r"(?<=\w)\s*@\s*(?=\w)", " at "),
        (r"(?<=\d)\s*%", " percent"),
        (r"\s+[-–—]+\s+|[–—]+", ", "),
        (r"\s*[(\[{]+", ", "),
        (r"[)\]}]+(?=\s*[,.;:?!])", ""),
        (r"[)\]}]+", ", "),
    )
)
_ROMAN = re.compile(r"\b(part|volume) (I{1,3}|IV|VI{0,3}|IX|X)\b", re.IGNORECASE)
_ROMAN_NUMBERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
                  "x": "10"}  # fmt: skip
_MAX_ROUNDS = 10
_SIGNS = re.compile(r"[/\\<>|~*_^=#$@+%&§¶•·]+")
_TIDY = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+(?=[,.;:?!])"), ""),
    (re.compile(r",(?=[,.;:?!])"), ""),
    (re.compile(r"([.;:?!]),"), r"\1"),
    (re.compile(r"([,.;:?!])\1+"), r"\1"),
    (re.compile(r"^[\s,.;:?!-]+|[\s,;:-]+$"), ""),
)
_SENTENCE_END = re.compile(r"[.?!](?=\s)")


def _keep(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] in "LNP" or category in ("Mn", "Mc"):
        if "\uff01" <= char <= "\uff5e":  # full width Latin
            return unicodedata.normalize("NFKC", char)
        return "" if "\ufe00" <= char <= "\ufe0f" else char  # variation selectors come with emoji
    if category[0] == "Z" or char in "\t\n\r":
        return " "
    return char if char.isascii() and category in ("Sm", "Sc", "Sk") else ""


def clean_text(text: str, *, max_chars: int = MAX_SPOKEN_CHARS) -> str:
    """Return what an English voice is given to say for a text.

    NFC; without NUL, control, direction and zero-width characters, lone surrogates and emoji; no markup of any engine
    survives (``[[``, ``<``); abbreviations and signs are words: "feat." featuring, "&" and, "w/" with, "vs." versus,
    "Pt. II" part 2, "#1" number 1. A note on remastering is left out. Empty where nothing can be said. Idempotent.
    """
    text = text.encode("utf-8", "ignore").decode("utf-8")  # lone surrogates
    text = unicodedata.normalize("NFC", text[: 4 * max_chars]).translate(_PLAIN)
    text = " ".join("".join(_keep(char) for char in text).split())
    for _ in range(_MAX_ROUNDS):  # what one rule takes away can bring together what another one knows
        before, text = text, _reworded(text)
        if text == before:
            break
    if not any(char.isalnum() for char in text):
        return ""
    return text if len(text) <= max_chars else split_text(text, max_chars)[0]


def _reworded(text: str) -> str:
    for pattern, said in _WORDS:
        text = pattern.sub(said, text)
    text = _SIGNS.sub(" ", _ROMAN.sub(lambda match: f"{match[1]} {_ROMAN_NUMBERS[match[2].lower()]}", text))
    for pattern, said in _TIDY:
        text = pattern.sub(said, text)
    return unicodedata.normalize("NFC", text).strip()


def split_text(text: str, max_chars: int) -> list[str]:
    """Cut a clean text into pieces of at most this many characters, at ends of sentences or else between words."""
    pieces: list[str] = []
    while len(text) > max_chars:
        window = text[: max_chars + 1]
        ends = [match.end() for match in _SENTENCE_END.finditer(window)]
        at = ends[-1] if ends else window.rfind(" ")
        at = at if at > 0 else max_chars
        pieces.append(text[:at].strip())
        text = text[at:].strip()
    return [*pieces, text] if text else pieces


_LATIN_LANGUAGES = (
    "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu", "id", "is", "it", "lt",
    "lv", "ms", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "sw", "tr", "vi",
)  # fmt: skip
_READABLE = ("LATIN", "GREEK", "MODIFIER", "FEMININE", "MASCULINE", "MICRO")


def unreadable(text: str, language: str) -> str:
    """Return the letters that a voice of this language would spell out or pass over, each once; "" for none.

    Only languages written in Latin letters are judged: such a voice says "Chinese letter" for a kanji.
    """
    if language.lower().split("-")[0] not in _LATIN_LANGUAGES:
        return ""
    letters = dict.fromkeys(char for char in text if char.isalpha())
    return "".join(char for char in letters if not unicodedata.name(char, "").startswith(_READABLE))
