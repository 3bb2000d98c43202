"""A finished text as the truth checker sees it: what facts brought into it, and what remains."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from aidj.script.allowed import Allowed, tidy
from aidj.script.figures import NumberWords, Token, tokens_of
from aidj.script.grammar import Choice, Node, Plural
from aidj.script.lines import Lines
from aidj.script.wordlists import Wordlists, any_of, load_wordlists

_GAP = "\N{OBJECT REPLACEMENT CHARACTER}"
_ENDS = (".", "?", "!", "…")
_OPENS = frozenset("¿¡“„«")
_FIRST_MARK = 0xF0000
"""In the remaining text each mention is one character from Unicode's private use on."""
_SENTENCE_END = re.compile(r"[.!?…;]+[”“»\"’)]*(?=\s|$)|\n")
_BEGINS_BEHIND = frozenset('.!?…:;“„«"(¿¡–—')
_WORD = re.compile(r"[^\W\d_]+(?:[’-][^\W\d_]+)*")
_PARTS = re.compile(r"[’\s-]")
_QUOTED = re.compile(r"“([^”“]*)”|„([^“”]*)[“”]|«([^»]*)»|\"([^\"]*)\"|(?<!\w)’([^’]{1,60})’(?!\w)")


class Language:
    """What the checker knows of a language: its lists, and the words that presenters use in it."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.lists: Wordlists = load_wordlists(lines.language)
        self.numbers = NumberWords(lines.words, self.lists)
        self.claims = any_of(map(tidy, self.lists.words("claims")))
        self._sources = tuple({tidy(text): None for text in _own_words(lines)})
        self._common = tuple(tidy(word) for word in self.lists.words("common"))
        # Words of lists count as known, too: they are checked by what they mean.
        names = ("was", "coming", "next", "by", "with", "after", "before", "released", "heard", "over", "under")
        marks = [word for name in names for word in self.lists.words(name)]
        marks += [
            word
            for name in ("needs", "dayparts", "units")
            for group in self.lists.group(name).values()
            for word in group
        ]
        known = {word for text in self._sources for word in _WORD.findall(text)}
        self.vocabulary = frozenset(
            part.casefold() for word in known.union(self._common, marks) for part in (word, *_PARTS.split(word))
        )
        """Every word of the language's lines, in small letters."""
        self.scripts = script_of("".join(self.vocabulary))

    @cached_property
    def quoted(self) -> frozenset[str]:
        """What the language's lines put in quotation marks, in small letters."""
        return frozenset(quote.casefold() for text in self._sources for quote in quotes_of(text))

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """Words as they stand within sentences."""
        inside = {word for text in self._sources for word in _inside_sentences(text)}
        return frozenset(part for word in inside.union(self._common) for part in (word, *re.split(r"[’-]", word)))

    @cached_property
    def _own(self) -> str:
        """All that the lines say which the language comes with, in small letters."""
        texts = [
            tidy(text)
            for group in self.lines.by_kind.values()
            for line in group
            if not line.is_added
            for text in _plain(line.template.nodes)
        ]
        return "\n".join(f" {text} " for text in texts).casefold()

    def says(self, text: str, start: int, end: int) -> bool:
        """Whether a line that the language comes with has these words, between the same neighbours."""
        before, behind = text[:start].rstrip(), text[end:]
        gap = text[len(before) : start]
        left = re.search(r"\w*\W?$", before)
        right = re.match(r"\W*\w*", behind)
        assert left is not None
        assert right is not None
        words = left.group() + gap + text[start:end] + right.group()
        return "".join(_GAP if is_mark(c) else c for c in words).casefold() in self._own

    def knows(self, word: str, *, begins: bool) -> bool:
        """Whether a word is one of the language's own, where it begins a sentence or stands within one."""
        parts = [part for part in re.split(r"[’-]", word) if part]
        if begins:
            return word.casefold() in self.vocabulary or all(part.casefold() in self.vocabulary for part in parts)
        known = self.capitalised
        return word in known or all(
            part in known or (part == part.lower() and len(part) <= 3) or part.islower() for part in parts
        )


def _own_words(lines: Lines) -> Iterator[str]:
    """Yield the plain texts of all lines and phrases, with a gap where a slot stands."""
    for group in lines.by_kind.values():
        for line in group:
            yield from _plain(line.template.nodes)
    for forms in lines.words.texts.values():
        for template in forms.values():
            yield from _plain(template.nodes)


def _plain(nodes: Sequence[Node]) -> Iterator[str]:
    text = ""
    for node in nodes:
        if isinstance(node, str):
            text += node
        elif isinstance(node, Plural):
            text += " " + " ".join(node.options).replace("#", " ") + " "
        elif isinstance(node, Choice):
            for option in node.options:
                yield from _plain(option)
            text += " "
        else:
            text += _GAP
    yield text


def quotes_of(text: str) -> list[str]:
    """Return what stands in quotation marks."""
    return [next(part for part in match.groups() if part is not None) for match in _QUOTED.finditer(text)]


def _inside_sentences(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        if not begins_sentence(text, match.start()) and match.group() != match.group().lower():
            yield match.group()


def begins_sentence(text: str, start: int) -> bool:
    """Whether what stands here begins a sentence, a quotation, or what follows a colon."""
    before = text[:start].rstrip()
    return not before or before[-1] in _BEGINS_BEHIND or (before[-1] in "”’»" and before[-2:-1] in _BEGINS_BEHIND)


def script_of(text: str) -> frozenset[str]:
    """Return the scripts that the letters of a text belong to."""
    return frozenset(_script(c) for c in set(text) if c.isalpha())


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ")[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where words of a fact stand."""

    text: str
    mark: str
    """The character that stands for it in the remaining text."""
    start: int
    """Offset into the remaining text."""
    slots: frozenset[str]
    """The slots that have these words."""
    songs: frozenset[str]
    """Which songs they belong to, see `Allowed.songs`."""
    is_sure: bool
    """False for a name that may as well be a common word here: "Yes", "Here"."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of the remaining text, with what is mentioned in it."""

    text: str
    tokens: tuple[Token, ...]
    """Offsets count from the sentence's beginning."""
    mentions: tuple[Mention, ...]
    """Likewise."""


class Reading:
    """A text, cut into what facts brought into it and what remains."""

    def __init__(self, text: str, allowed: Allowed, language: Language) -> None:
        self._found: dict[str, Mention] = {}
        self.rest = self._mask(tidy(text), allowed, language)
        """The text with one private character for each mention."""
        self.sentences = tuple(self._sentences())

    def _mask(self, text: str, allowed: Allowed, language: Language) -> str:
        taken: list[tuple[int, int, frozenset[str]]] = []
        wordings = [(words, slots, True) for words, slots in allowed.names.items()]
        wordings += [(words, slots, False) for words, slots in allowed.phrases.items()]
        merged: dict[str, frozenset[str]] = {}
        for words, slots, _ in wordings:
            merged[words] = merged.get(words, frozenset()) | slots
        names = frozenset(allowed.names)
        for words in sorted(merged, key=lambda known: (-len(known), known)):
            for match in any_of([words]).finditer(text):
                if any(match.start() < end and start < match.end() for start, end, _ in taken):
                    continue
                if _is_it(match.group(), words, is_name=words in names):
                    taken.append((match.start(), match.end(), merged[words]))
        rest, last = "", 0
        for start, end, slots in sorted(taken):
            rest += text[last:start]
            mark, said = chr(_FIRST_MARK + len(self._found)), text[start:end]
            common = all(word.casefold() in language.vocabulary for word in _WORD.findall(said))
            is_sure = not (common and said.isalpha() and begins_sentence(text, start))
            self._found[mark] = Mention(said, mark, 0, slots, allowed.songs(slots), is_sure)
            rest, last = rest + mark, end
        return rest + text[last:]

    def _sentences(self) -> Iterator[Sentence]:
        start = 0
        ends = [match.end() for match in _SENTENCE_END.finditer(self.rest)]
        ends += [place + 1 for place in range(len(self.rest)) if self._ends_by_name(place)]
        for end in [*sorted(ends), len(self.rest)]:
            text = self.rest[start:end]
            start = end
            if text.strip():
                mentions = tuple(self._at(mark, place) for place, mark in enumerate(text) if mark in self._found)
                yield Sentence(text, tuple(tokens_of(text)), mentions)

    def begins_sentence(self, start: int) -> bool:
        """Whether what stands at a place of the remaining text begins a sentence."""
        before = self.rest[:start].rstrip()
        return begins_sentence(self.rest, start) or self._ends_by_name(len(before) - 1)

    def _ends_by_name(self, place: int) -> bool:
        """Whether a mention brings the end of its sentence along: a line drops its own full stop behind "Who Goes?"."""
        known = self._found.get(self.rest[place]) if 0 <= place < len(self.rest) else None
        behind = self.rest[place + 1 :].lstrip('”’»" ')
        return known is not None and known.text.endswith(_ENDS) and (behind[:1].isupper() or behind[:1] in _OPENS)

    def _at(self, mark: str, place: int) -> Mention:
        known = self._found[mark]
        return Mention(known.text, mark, place, known.slots, known.songs, known.is_sure)

    def shown(self, part: str) -> str:
        """Return a part of the remaining text as it is read, with its mentions written out."""
        return "".join(self._found[c].text if c in self._found else c for c in part).strip()


def is_mark(char: str) -> bool:
    """Whether a character of the remaining text stands for a mention."""
    return ord(char) >= _FIRST_MARK


def _is_it(found: str, known: str, *, is_name: bool) -> bool:
    """Whether a text found regardless of case is the one that is known."""
    if found == known or found[1:] == known[1:]:
        # A name is not its small-lettered twin ("yes"); a phrase may begin a sentence.
        return not is_name or found[0] == known[0] or found[0].isupper()
    return found[0] == known[0] and len(known) >= 4
