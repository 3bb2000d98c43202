"""Are the lines of a language fit to be said? Each of them is said with made-up facts, and the result looked at."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from aidj.model import LINK_KINDS, MANNERS, ROTATIONS
from aidj.script.facts import Facts
from aidj.script.lines import Line, Lines, WordsOfFacts
from aidj.script.slots import THEME_KEYS

FEWEST_LINES: Mapping[str, int] = MappingProxyType(
    {"intro": 44, "opening": 24, "set_change": 24, "back_announce": 20, "closing": 20, "jump": 16, "disclosure": 6}
)
"""So many lines a language has of each kind."""
FEWEST_BY_ROTATION = 7
"""So many intros belong to each rotation alone."""
FEWEST_BY_MANNER = 5
"""So many lines of each kind can be said in each manner, with the fewest facts there can be."""
FEWEST_OF_OWN = 2
"""So many lines of each kind belong to each manner alone."""
FEWEST_DISCLOSURES = 2
"""So many disclosures suit each manner."""
WORDS = (6, 30)
QUICK_WORDS = 3
MAX_SENTENCES = 3
MAX_OWN_CHARS = 200
"""The longest line, not counting its slots."""

FEWEST_FACTS: Mapping[str, Facts] = MappingProxyType(
    {
        **{kind: {} for kind in LINK_KINDS},
        "intro": {"artist": "Marrow", "title": "Slow Boat"},
        "back_announce": {"previous_artist": "Marrow", "previous_title": "Slow Boat"},
        "disclosure": {},
    }
)
"""The least that is known where a link of a kind stands."""

FULL_FACTS: Facts = MappingProxyType(
    {
        "artist": "Paper Lanterns",
        "title": "Low Tide",
        "album": "Harbour Lights",
        "guests": "Mina Vale",
        "genre": "indie rock",
        "composer": "Ada Quill",
        "work": "Four Harbour Pieces",
        "movement": "Slow Water",
        "label": "Lantern Records",
        "released": "2026-11-10",
        "first_released": "2026-11-10",
        "new_days": 12,
        "anniversary": 7,
        "turns": 30,
        "rotation": "forgotten_favourite",
        "listens": 41,
        "days_heard": 17,
        "days_silent": 417,
        "last_heard": "2025-10-01",
        "first_heard": "2019-05-04",
        "artist_listens": 312,
        "season": "summer 2016",
        "heard_year": 2016,
        "year_artist": "Night Ferry",
        "previous_artist": "Glass Hours",
        "previous_title": "Salt and Paper",
        "previous_album": "Winter Rooms",
        "next_artist": "Marrow",
        "next_title": "Slow Boat",
        "shared_label": "Lantern Records",
        "shared_year": 1998,
        "theme": "songs from the 1990s",
        "theme_kind": "decade",
        "theme_value": "1990",
        "theme_artist": "Night Ferry",
        "songs": 5,
        "minutes": 60,
        "songs_played": 15,
        "artists_played": 13,
        "presenter": "Otto Pilot",
        "daypart": "morning",
        "weekday": "Saturday",
    }
)
"""Everything that could be known, all of it invented."""


def _named(artist: str, title: str, album: str) -> dict[str, object]:
    names: dict[str, object] = {}
    for before in ("", "previous_", "next_"):
        names |= {f"{before}artist": artist, f"{before}title": title, f"{before}album": album}
    names.pop("next_album")
    return names | {"guests": artist, "year_artist": artist, "theme_artist": artist, "composer": artist}


_NUMBERS = ("listens", "days_heard", "artist_listens", "songs", "songs_played", "artists_played")
_OTHERS: tuple[Mapping[str, object], ...] = (
    {
        **dict.fromkeys(_NUMBERS, 1),
        "anniversary": 1,
        "new_days": 0,
        "days_silent": 60,
        "minutes": 10,
        "daypart": "night",
    },
    {**dict.fromkeys(_NUMBERS, 2), "anniversary": 2, "turns": 10, "new_days": 1, "days_silent": 365, "minutes": 30},
    {**dict.fromkeys(_NUMBERS, 21), "new_days": 7, "days_silent": 548, "minutes": 45, "season": "winter 2018/19"},
    {**dict.fromkeys(_NUMBERS, 1000), "new_days": 30, "days_silent": 700, "minutes": 150, "daypart": "evening"},
    _named("Who Dares", "Are You There?", "Why?"),
    _named("R.E.M.", "Mr. E.", "Vol. 2."),
    _named("1975", "1999", "21"),
    _named(
        "The Very Long Company of Travelling Players", "A Title of Eighty Characters " * 3, "Out of It, and In Again"
    ),
    _named("The Owls", "Oh, Eleven", "Any Old Iron"),
    _named("álamo & évora", "ich, du, er", "l’eau"),
)
"""What takes the place of some of the facts: numbers of every plural, spans of every kind, awkward names."""

_END = re.compile(r"[.?…。？][”»’\"]?$")
_DOUBLED = re.compile(r"([,;:.]) ?[,;:.]|\?\.")
_SPACED = re.compile(r"\s{2}|^\s|\s$|\s[,.;:]|\s…")
_LEFT_OVER = re.compile(r"[{}\[\]|#]|None")


def problems_of(lines: Lines) -> list[str]:
    """Say every line of a language with made-up facts, and return what is wrong with it, in words.

    Returns
    -------
    list of str
        One for each problem, beginning with the kind and the id of its line; empty where all is well.
    """
    found: list[str] = []
    for kind, of_kind in lines.by_kind.items():
        said: dict[str, str] = {}
        for line in of_kind:
            found += (f"{kind}/{line.id}: {problem}" for problem in _line_problems(line, lines))
            for text in _texts(line, FULL_FACTS, lines):
                if said.setdefault(text, line.id) != line.id:
                    found.append(f"{kind}/{line.id}: says the same as {said[text]}: “{text}”")
    found += _twice(lines)
    found += (f"words.yaml: {problem}" for problem in _theme_problems(lines))
    return found + list(_scarcity(lines))


def _line_problems(line: Line, lines: Lines) -> Iterator[str]:
    texts = list(_texts(line, FULL_FACTS, lines))
    if not texts:
        yield "no facts can say it"
    problems = list(itertools.chain.from_iterable(_wording_problems(text, line) for text in texts))
    for other in _OTHERS:
        for text in _texts(line, {**FULL_FACTS, **other}, lines):
            problems += _form_problems(text)
    yield from dict.fromkeys(problems)
    yield from dict.fromkeys(_glue_problems(line, lines))
    own = max(map(len, line.template.every(_Nothing())), default=0)
    if own > MAX_OWN_CHARS:
        yield f"has {own} characters without its slots; {MAX_OWN_CHARS} are allowed"


_THEME_VALUES: Mapping[object, str] = {
    "decade": "1990",
    "genre": "indie rock",
    "mood": "happy",
    "energy": "calm",
    "pace": "walking",
    "season": "summer 2016",
    "artist_year": "2016",
    "rotation": "old_and_new",
}


def _texts(line: Line, facts: Facts, lines: Lines) -> Iterator[str]:
    """Yield what a line can say, its conditions granted."""
    names = list(line.when)
    for values in itertools.product(*line.when.values()):
        granted = dict(zip(names, values, strict=True))
        if value := _THEME_VALUES.get(granted.get("theme_kind")):
            granted = {"theme_value": value, **granted}
        granted = {**facts, **granted}
        yield from line.template.every(WordsOfFacts(lines.words, granted))


def _form_problems(text: str) -> Iterator[str]:
    """Yield what is wrong with a text whatever the names in it are."""
    if _SPACED.search(text):
        yield f"a space too many: “{text}”"
    if _LEFT_OVER.search(text):
        yield f"a sign of the grammar is left: “{text}”"
    if not _END.search(text):
        yield f"does not end with the end of a sentence: “{text}”"
    if re.search(r"\.\.|\?\.|\?\?", text):
        yield f"a doubled full stop: “{text}”"


def _wording_problems(text: str, line: Line) -> Iterator[str]:
    """Yield what is wrong with a text that has plain names in it."""
    yield from _form_problems(text)
    if _DOUBLED.search(text):
        yield f"two signs of punctuation at once: “{text}”"
    if "!" in text or "¡" in text:
        yield f"an exclamation mark: “{text}”"
    first = next((sign for sign in text if sign.isalpha() or sign.isdigit()), "")
    if first != first.upper() and len(first.upper()) == 1:
        yield f"begins with a small letter: “{text}”"
    words, fewest = text.split(), QUICK_WORDS if line.manners == {"quick"} else WORDS[0]
    if text.isascii() or len(words) > 1:  # not every script has spaces
        if not fewest <= len(words) <= WORDS[1]:
            yield f"has {len(words)} words; {fewest} to {WORDS[1]} are allowed: “{text}”"
        bare = [word.strip(".,;:?…¿“”«»").casefold() for word in words]
        yield from (f"“{a} {b}” in “{text}”" for a, b in itertools.pairwise(bare) if a == b and a)
    if len(re.findall(r"[.?…。？]", text)) > MAX_SENTENCES:
        yield f"has more than {MAX_SENTENCES} sentences: “{text}”"


def _glue_problems(line: Line, lines: Lines) -> Iterator[str]:
    """Yield what stands so close to a slot that not every name fits there."""
    glue = tuple(word.casefold() for word in lines.words.glue)
    for before, slot, behind in line.template.neighbours():
        if behind[:1] in ("’", "'") or behind[:1].isalnum():
            yield f"“{behind.split()[0]}” is glued to {{{slot.name}}}"
        if before[-1:] in ("’", "'") or before[-1:].isalnum():
            yield f"“{before.split()[-1]}” is glued to {{{slot.name}}}"
        if slot.is_name or slot.name == "genre":
            last = before.rstrip().split(" ")[-1].strip("“„«(¿").casefold()
            if last in glue and not before.rstrip().endswith((",", ".", ":")):
                yield f"“{last}” stands before {{{slot.name}}}, which can be any name"


class _Nothing:
    """Every slot filled with nothing: what is left is the line's own."""

    def words(self, slot: str, form: str) -> str | None:
        return " "

    def counted(self, slot: str, form: str) -> tuple[int, str] | None:
        return -1, ""


def _twice(lines: Lines) -> Iterator[str]:
    ids = Counter(line.id for of_kind in lines.by_kind.values() for line in of_kind)
    yield from (f"the id {name} is used {number} times" for name, number in ids.items() if number > 1)


def _theme_problems(lines: Lines) -> Iterator[str]:
    values = {"decade": "1990", "genre": "indie rock", "mood": "happy", "season": "the summer", "year": "2016"}
    known = {**values, "artist": "Night Ferry"}
    for key in THEME_KEYS:
        template = lines.words.texts[f"themes.{key}"][""]
        text = lines.words.phrase(f"themes.{key}", **{slot: known[slot] for slot in template.slots})
        if text.endswith((".", "…")) or _SPACED.search(text):
            yield f"the theme {key} must be words that can stand within a sentence: “{text}”"
        needed = {"decade", "genre", "mood", "season"} & {key}
        if not needed <= template.slots:
            yield f"the theme {key} does not say which: write {{{key}}}"


def _scarcity(lines: Lines) -> Iterator[str]:
    """Yield of what there is too little."""
    sayable = {kind: [line for line in lines.by_kind.get(kind, ()) if line.weight > 0] for kind in FEWEST_LINES}
    for kind, fewest in FEWEST_LINES.items():
        if len(sayable[kind]) < fewest:
            yield f"{kind}: has {len(sayable[kind])} lines; {fewest} are needed"
    for kind in LINK_KINDS:
        plain = [line for line in sayable[kind] if line.fill(FEWEST_FACTS[kind], lines.words) is not None]
        for manner in MANNERS:
            yield from _too_few(kind, f"with the fewest facts in the manner {manner}", FEWEST_BY_MANNER, plain, manner)
            own = [line for line in sayable[kind] if line.manners == {manner}]
            yield from _too_few(kind, f"of its own for the manner {manner}", FEWEST_OF_OWN, own, manner)
    for rotation in ROTATIONS:
        own = [line for line in sayable["intro"] if rotation in line.when.get("rotation", ())]
        yield from _too_few("intro", f"for the rotation {rotation}", FEWEST_BY_ROTATION, own)
    with_theme = [line for line in sayable["set_change"] if "theme" in line.template.slots]
    yield from _too_few("set_change", "with {theme}", FEWEST_LINES["set_change"] // 2, with_theme)
    for line in sayable["disclosure"]:
        if line.template.slots or line.when:
            yield f"disclosure/{line.id}: must be sayable always, so it can have no slots and no conditions"
        elif not all(_says_synthetic(text, lines) for text in line.template.every(_Nothing())):
            yield f"disclosure/{line.id}: does not say {' or '.join(lines.words.synthetic)}"
    for manner in MANNERS:
        yield from _too_few("disclosure", f"for the manner {manner}", FEWEST_DISCLOSURES, sayable["disclosure"], manner)


def _says_synthetic(text: str, lines: Lines) -> bool:
    return any(beginning.casefold() in text.casefold() for beginning in lines.words.synthetic)


def _too_few(kind: str, what: str, fewest: int, found: Iterable[Line], manner: str | None = None) -> Iterator[str]:
    number = sum(manner is None or manner in line.manners for line in found)
    if number < fewest:
        yield f"{kind}: has {number} lines {what}; {fewest} are needed"
