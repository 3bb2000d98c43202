"""From signs to words: what in names and titles an engine would read out by name ("slash", "musical note") or obey.

Names and titles are other people's data: they may hold markup, control characters, emoji. What is left afterwards is
letters, digits and plain punctuation. Which words stand for a sign differs by language and is data
(``words:`` in ``voices/pronunciation/<language>.yaml``).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence

from aidj.names import caseless
from aidj.voice.mapped import MappedText

MAX_SPOKEN_CHARS = 5000
"""A longer text is cut at the end of a sentence, or of a word."""

WORDS = (
    "featuring", "and", "versus", "with", "without", "part", "volume", "number", "opus", "plus", "plus_minus", "at",
    "percent", "sharp", "flat", "dollars", "pounds", "euros", "degrees",
)  # fmt: skip
"""The words for signs and abbreviations that a language gives; one that it does not give is not said."""

NAME_MARKS = range(0xE000, 0xF000)
"""Characters that stand for a name which is said in a way of its own; no text from outside keeps any of them."""

_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'", "“": None, "”": None, "„": None, "«": None,
        "»": None, "‹": None, "›": None, '"': None, "…": "...", "‐": "-", "‑": "-", "−": "-", "⁄": "/", "¿": None,
        "¡": None, "·": None, "・": " ", "、": ", ", "。": ". ", "「": None, "」": None, "『": None, "』": None,
        "（": " (", "）": ") ", "،": ",", "؟": "?", "？": "?", "！": "!", "—": " - ", "–": "-", "ʻ": "'",
        "№": "No.", "×": " x ", "∆": "Δ", "▲": "Δ",
    }
)  # fmt: skip
_FULL_WIDTH = frozenset(map(chr, range(0x21, 0x7F)))
_MARKS = f"{chr(NAME_MARKS.start)}-{chr(NAME_MARKS.stop - 1)}"
_W = rf"[\w{_MARKS}]"
"""A letter, a digit, or a name."""
_CLUSTER = re.compile(r"[\uac00-\ud7a3]?[\u1100-\u11ff]+|.[\u0300-\u036f\u3099\u309a]+", re.DOTALL)
"""What NFC may write as one: a letter with its marks, the parts of a Korean syllable."""
_UNUSUAL = re.compile(r"[^ !#-&(-_a-~]", re.DOTALL)
_SPACE, _OUTER_SPACE = re.compile(r"\s{2,}|[^\S ]"), re.compile(r"^ | $")

_YEAR = r"(?:(?:19|20)\d{2})"
_MASTERED = (
    r"(?:digital(?:ly)?\s+)?re-?master(?:ed|izad[oa]|isé|izzat[oa])?"
    r"|(?:mono|stereo|single|album|lp|original|explicit|clean)(?=\s*[)\]]|\s+(?:version|edit|mix|lp))"
    r"|(?:super\s+)?deluxe|expanded|bonus\s+track|explicit|(?:\d+(?:th|st|nd|rd)\s+)?anniversary(?=\s+(?:edition|remaster|version))"
)
_EDITION = (
    rf"(?:{_YEAR}\s+)?(?:{_MASTERED})(?:\s+(?:version|edition|mix|remaster(?:ed)?|in|en|lp))*(?:\s+{_YEAR})?"
    r"(?:\s+(?:version|edition|mix))?"
)
_EDITIONS = (
    ("( [", rf"\s*[(\[]\s*{_EDITION}\s*[)\]]", ""),
    ("-", rf"\s+-\s+{_EDITION}(?=[,.;:?!]|$)", ""),
)
"""How a file was mastered or sold is nothing a presenter says. Written as `_RULES` are."""

_NUMERAL = rf"(?=\d|[ivx]+\b|[{_MARKS}])"
_NAME_AHEAD = r"(?=\s+(?-i:[^\sa-zß-ÿ]))"
_RULES: tuple[tuple[str, str, str], ...] = (
    ("feat. ft.", r"(?<!\w)(?:feat|ft)\.(?!\w)", "{featuring}"),
    ("feat ft", rf"(?<!\w)(?:feat|(?<!\d\s)(?<!\d)ft){_NAME_AHEAD}", "{featuring}"),
    ("feat", r"(?<=[(\[])\s*feat\b(?!\w)", "{featuring}"),
    ("vs", r"(?<!\w)vs(?:\.|\b)(?!\w)", "{versus}"),
    ("w/o", r"(?<!\w)w/o(?!\w)", "{without}"),
    ("w/", r"(?<!\w)w/\s*", "{with} "),
    ("pt", rf"(?<!\w)pt\.?\s*{_NUMERAL}", "{part} "),
    ("pts", rf"(?<!\w)pts\.?\s*{_NUMERAL}", "{part} "),
    ("vol", rf"(?<!\w)vol\.?\s*{_NUMERAL}", "{volume} "),
    ("no. nr. num. º", rf"(?<!\w)(?:(?:no|nr|num)\.|n\.?º\.?)\s*{_NUMERAL}", "{number} "),
    ("op.", r"(?<!\w)op\.\s*(?=\d)", "{opus} "),
    ("#", r"(?<![\w#])#\s*(?=\d)", "{number} "),
    ("♯ #", r"(?<!\w)([A-G])(?:♯|#(?!\w))", r"\1 {sharp}"),
    ("♭", r"(?<!\w)([A-G])♭", r"\1 {flat}"),
    ("$", r"\$\s*(\d[\d.,]*\d|\d)", r"\1 {dollars}"),
    ("£", r"£\s*(\d[\d.,]*\d|\d)|(?<=\d)\s*£", r"\1 {pounds}"),
    ("€", r"€\s*(\d[\d.,]*\d|\d)|(?<=\d)\s*€", r"\1 {euros}"),
    ("°", r"(?<=\d)\s*°", " {degrees}"),
    ("%", r"(?<=\d)\s*%", " {percent}"),
    # Letters that were chosen for their looks.
    ("δ λ", r"(?<=[A-Z])[ΔΛ](?=[A-Z])", "A"),
    ("я", r"(?<=[A-Z])Я|Я(?=[A-Z])", "R"),
    ("0", r"(?<=[A-Z])0(?=(?-i:[a-z]))", "o"),
    ("1", r"(?<=[A-Z])1(?=(?-i:[a-z]))", "i"),
    ("3", r"(?<=[A-Z])3(?=(?-i:[a-z]))", "e"),
    ("!", r"(?<=[^\W\d_])!(?=[^\W\d_])", "i"),
    ("$", r"(?<=[^\W\d_])\$+(?=[^\W\d_])", "s"),
    ("$", r"(?<!\w)\$(?=[^\W\d_])", "s"),
    ("$", r"(?<=[^\W\d_])\$(?!\d)", "s"),
    ("$", r"(?<=[^\W\d_])\$(?!\d)", "s"),  # Bada$$
    ("€", r"(?<=[^\W\d_])€(?=[^\W\d_])", "e"),
    ("*", r"(?<=[^\W\d_])\*+(?=[^\W\d_])", ""),
    ("+ ±", r"\+\s*/\s*-|±", " {plus_minus} "),
    ("+", rf"(?<={_W})\s*\+\s*(?={_W})|(?<!\S)\+\s*(?=\d)|(?<!\S)\+(?!\S)", " {plus} "),
    ("@", rf"(?<={_W})\s*@\s+(?={_W})|(?<!\S)@(?!\S)", " {at} "),
    ("&", r"\s*&+\s*", " {and} "),
    ("'n n'", r"(?<=\s)(?:'n'?|n')(?=\s)", "{and}"),
    ("..", r"(?<!\S)\.{2,}(?=\S)", ""),
    ("..", r"\.{2,}(?=\s+(?-i:[^\W\d_A-Z]))", ","),
    ("-", r"\s+-+\s+", " \u2013 "),
    ("( [ {", r"\s*[(\[{]+\s*", ", "),
    (") ] }", r"[)\]}]+(?=\s*[,.;:?!]|\s*$)", ""),
    (") ] }", r"[)\]}]+", ", "),
    ("'", r"(?<!\d)'(?=\d\ds?\b)", ""),
    ("! ?", r"[!?]+(?=,|\s+(?-i:[a-zß-ÿ]))", ""),
)  # fmt: skip
"""What is replaced by what, in this order. Before it, in small letters, things of which a text has one where there is
something to replace: so it is seen quickly that most rules have nothing to do with it, and their patterns are not made.
"""
_SIGNS = re.compile(r"[/\\<>|~*_^=#$@+%&§¶•♯♭°£€¥¢{}\[\]]+|(?<!\w)-+(?!\w)")
_OTHER_SIGNS = re.compile(rf"[^\w\s.,;:?!'\-\u2013{_MARKS}]")
_TIDY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s+"), " "),
    (re.compile(r" (?=[,.;:?!])"), ""),
    (re.compile(r",(?=[,.;:?!])"), ""),
    (re.compile(r"\.+,+"), ","),
    (re.compile(r"([;:?!]),+"), r"\1"),
    (re.compile(r"([.?!])[.;:?!]+"), r"\1"),
    (re.compile(r"([;:])[;:]+"), r"\1"),
    (re.compile(r"[,;:]?\s*\u2013[\u2013\s,;:]*(?=[.?!]|$)"), ""),
    (re.compile(r"[,;:]\s*\u2013[\u2013\s,;:]*"), " \u2013 "),
    (re.compile(r"\u2013[\u2013\s,;:]+"), "\u2013 "),
    (re.compile(r"(?<=\S)(?=\u2013)(?<! )"), " "),
    (re.compile(r"^[\s,.;:?!\u2013-]+|[\s,;:\u2013-]+$"), ""),
)
_SENTENCE_END = re.compile(r"[.?!](?=\s)")
DASH = "\u2013"
"""What a dash between words is while a text is cleaned; `aidj.voice.spoken` makes a pause of it."""


def plain_characters(text: MappedText) -> MappedText:
    """Return a text in NFC, with plain quotes and spaces.

    Without NUL, control, direction and zero-width characters, lone surrogates, private characters and emoji.
    """
    if _UNUSUAL.search(text.text):
        text = text.sub(_CLUSTER, _composed).sub(_UNUSUAL, lambda match: _keep(match[0]))
        text = text.sub(_CLUSTER, _composed).sub(_UNUSUAL, lambda match: match[0].translate(_PLAIN))
    return text.sub(_SPACE, " ").sub(_OUTER_SPACE, "")


def _composed(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", match[0])


def _keep(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else " " if char in "\t\n\r\v\f" else ""
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    plain = unicodedata.normalize("NFKC", char)
    if (
        plain != char and char not in "ªº" and (plain.isalnum() or plain in _FULL_WIDTH)
    ):  # full width, mathematical, in circles
        return plain
    if category[0] in "LNP" or category in ("Mn", "Mc"):
        return "" if "\ufe00" <= char <= "\ufe0f" or char == "\u20e3" else char  # variation selectors come with emoji
    if category[0] == "Z" or char in "\x85\u2028\u2029":
        return " "
    return char if char in "♯♭°£€±№×÷∆▲´" else ""


def without_editions(text: MappedText) -> MappedText:
    """Return a text without "(Remastered 2011)", "[Deluxe Edition]" and the like; "(Live)" and "(Remix)" stay."""
    return _changed(text, _EDITIONS, {})


def say_signs(text: MappedText, words: Mapping[str, str]) -> MappedText:
    """Return a text whose abbreviations and signs are words: "feat." featuring, "&" and, "Pt. 2" part 2."""
    spoken = {name: words.get(name, "") for name in WORDS}
    if not words.get("featuring"):
        spoken["featuring"] = spoken["and"] = ","  # in a language whose words are not known a breath will do
    return _changed(text, _RULES, spoken)


def _changed(text: MappedText, rules: Sequence[tuple[str, str, str]], spoken: Mapping[str, str]) -> MappedText:
    held = caseless(text.text)
    for needed, pattern, said in rules:
        if any(one in held for one in needed.split()):
            text = text.sub(_compiled(pattern), functools.partial(_expand, said, spoken))
            held = caseless(text.text)
    return text


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _expand(said: str, spoken: Mapping[str, str], match: re.Match[str]) -> str:
    for name, word in spoken.items():
        said = said.replace(f"{{{name}}}", word.replace("\\", ""))
    return said.replace(r"\1", match[1] or "") if r"\1" in said else said


def tidy(text: MappedText) -> MappedText:
    """Return a text with single spaces, no sign but plain punctuation, and none of that doubled."""
    text = text.sub(_SIGNS, " ").sub(
        _OTHER_SIGNS, lambda match: match[0] if unicodedata.category(match[0])[0] == "M" else " "
    )
    for pattern, said in _TIDY:
        text = text.sub(pattern, said)
    return text


def sentence_end(text: str, max_chars: int) -> int:
    """Return where to cut a text that is too long: after a sentence, else after a word, else in it."""
    if len(text) <= max_chars:
        return len(text)
    window = text[: max_chars + 1]
    ends = [match.end() for match in _SENTENCE_END.finditer(window)]
    return ends[-1] if ends else max(window.rfind(" "), 0) or max_chars
