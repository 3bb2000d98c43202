"""Years as people say them: "nineteen ninety-four", not "one thousand nine hundred…", where an engine does not know.

Languages that read a year as any other number need nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from aidj.voice.mapped import MappedText

_YEAR = re.compile(r"(?<![\w.,:'-])(?P<century>1[1-9]|20)(?P<rest>\d\d)(?P<decade>s|er|ern)?(?![\w:]|[.,]\d)")
"""Four digits by themselves; with "s" or "er" a decade."""

_ENGLISH = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GERMAN = (
    *("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    *("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
)
_GERMAN_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")


def say_years(text: MappedText, language: str) -> MappedText:
    """Return a text with its years, and decades such as 1990s, in words; as it is in languages that need none."""
    say = _SAID.get(language.split("-")[0].lower())
    return text if say is None else text.sub(_YEAR, say)


def _english(match: re.Match[str]) -> str:
    century, rest = int(match["century"]), int(match["rest"])
    if match["decade"] not in (None, "s") or (century == 20 and rest < 10):
        return match[0]  # two thousand and five is said as it is
    first = _pair(century, _ENGLISH, _ENGLISH_TENS)
    if match["decade"]:
        if rest % 10 or (century == 20 and rest == 0):
            return match[0]
        tens = _pair(rest, _ENGLISH, _ENGLISH_TENS)
        return f"{first} {tens[:-1]}ies" if tens.endswith("y") else f"{first} {tens or 'hundred'}s"
    if rest == 0:
        return f"{first} hundred"
    return f"{first} {'oh ' if rest < 10 else ''}{_pair(rest, _ENGLISH, _ENGLISH_TENS)}"


def _pair(number: int, ones: tuple[str, ...], tens: tuple[str, ...]) -> str:
    if number < 20:
        return ones[number]
    return " ".join(filter(None, (tens[number // 10], ones[number % 10])))


def _german(match: re.Match[str]) -> str:
    century, rest = int(match["century"]), int(match["rest"])
    if century == 20 or match["decade"] == "s":  # zweitausendfünf is said as it is
        return match[0]
    tens, ones = divmod(rest, 10)
    if rest < 20:
        last = "eins" if rest == 1 else _GERMAN[rest]
    else:
        last = f"{_GERMAN[ones]}und{_GERMAN_TENS[tens]}" if ones else _GERMAN_TENS[tens]
    return f"{_GERMAN[century]}hundert{last}{match['decade'] or ''}"


_SAID: Mapping[str, Callable[[re.Match[str]], str]] = {"en": _english, "de": _german}
