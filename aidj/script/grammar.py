"""The small grammar of a line: slots, plurals and alternatives in a text.

::

    {title}                        words made from facts
    {gap:dat}                      the same in another form of the language
    {listens|one play|# plays}     the option that goes with the number; # is the number in words
    [Well, |]                      one of these, by chance; never one whose slots have no words

A text is cut into parts once, when it is read. Nothing of it, and nothing that is put into it, is ever evaluated.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aidj.errors import ScriptError
from aidj.script.documents import nearest

FEMININE = "f"
"""The form of a number beside feminine things; every number has it, if only as its plain form."""

_ENDS = (".", "?", "!", "…")
_STARTS = (".", "?", "!", "。", "？")
_SIGN = re.compile(r"[{}\[\]|]")
_OPENING = '¿¡“„«‘("'


class Say(Protocol):
    """What knows the words for slots."""

    def words(self, slot: str, form: str) -> str | None:
        """Return the words of a slot in a form ("" is the plain one); None where there are none."""

    def counted(self, slot: str, form: str) -> tuple[int, str] | None:
        """Return which plural option goes with a number, and the number in words; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a template may use."""

    slots: frozenset[str]
    names: frozenset[str] = frozenset()
    """Those of the slots that are names: said as they are written, wherever they stand."""
    formed: frozenset[str] = frozenset()
    """Those of the slots that have forms."""
    counts: frozenset[str] = frozenset()
    """Those of the slots that are numbers: they have plurals."""
    forms: frozenset[str] = frozenset()
    plurals: tuple[str, ...] = ("one", "other")
    """The plural categories of the language, in the order of the options."""
    alternatives: bool = True
    """Whether chance may choose."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for words made from facts."""

    name: str
    form: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Plural:
    """A text for each plural category."""

    name: str
    form: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, of which chance chooses."""

    options: tuple[tuple[Node, ...], ...]


Node = str | Slot | Plural | Choice


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    is_slot: bool = False
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places to fill."""

    source: str
    """As it was written."""
    nodes: tuple[Node, ...] = field(repr=False)
    slots: frozenset[str] = field(repr=False)
    """The names of all its slots, those of alternatives among them."""

    @property
    def needed(self) -> frozenset[str]:
        """The names of the slots without which it cannot be said."""
        return frozenset(node.name for node in self.nodes if not isinstance(node, str | Choice))

    def walk(self) -> Iterator[Node]:
        """Yield every part in the order of the text, and behind each choice the parts of its alternatives."""
        return _walk(self.nodes)

    def fill(self, say: Say, rng: random.Random | None = None, *, begins: bool = True) -> str | None:
        """Return the text with its slots filled; None where one of them has no words.

        A full stop behind a slot that brings its own end ("R.E.M.") is dropped. What begins a sentence begins with a
        capital letter, unless it is a name.

        Parameters
        ----------
        rng : random.Random, optional
            What chooses among alternatives; without it the first possible one is taken.
        begins : bool
            Whether the text begins a sentence, and is not to stand within one.
        """
        pieces = _pieces(self.nodes, say, rng)
        return None if pieces is None else _joined(pieces, begins=begins)

    def every(self, say: Say) -> Iterator[str]:
        """Yield the text once for each combination of its alternatives that can be said."""
        for nodes in _combinations(self.nodes):
            pieces = _pieces(nodes, say, None)
            if pieces is not None:
                yield _joined(pieces, begins=True)

    def neighbours(self) -> Iterator[tuple[str, Slot, str]]:
        """Yield each slot with the text right before and right behind it, as far as the next slot, on every path."""
        for nodes in _combinations(self.nodes):
            flat = [_Piece(node) if isinstance(node, str) else node for node in nodes]
            for place, node in enumerate(flat):
                if isinstance(node, Slot):
                    before = itertools.takewhile(lambda n: isinstance(n, _Piece), reversed(flat[:place]))
                    behind = itertools.takewhile(lambda n: isinstance(n, _Piece), flat[place + 1 :])
                    texts = [n.text for n in before if isinstance(n, _Piece)]
                    yield "".join(reversed(texts)), node, "".join(n.text for n in behind if isinstance(n, _Piece))


def parse_template(text: str, vocabulary: Vocabulary) -> Template:
    """Cut a text into parts.

    Raises
    ------
    ScriptError
        For a brace or bracket without its partner, an unknown slot (with the nearest known one) or form, a wrong number
        of plural options, alternatives within alternatives; ``where`` says at which character, counted from 1.
    """
    parser = _Parser(text, vocabulary)
    nodes = parser.sequence(inside=False)
    return Template(text, nodes, frozenset(node.name for node in _walk(nodes) if not isinstance(node, str | Choice)))


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._known = vocabulary
        self._at = 0

    def sequence(self, *, inside: bool) -> tuple[Node, ...]:
        """Read until the end, or inside of an alternative until the next bar or bracket."""
        nodes: list[Node] = []
        start = self._at
        while match := _SIGN.search(self._text, self._at):
            sign, self._at = match.group(), match.start()
            if inside and sign in "|]":
                break
            if sign in "{[":
                nodes += filter(None, (self._text[start : self._at],))
                nodes.append(self._braces() if sign == "{" else self._brackets(inside=inside))
                start = self._at
            elif sign in "}]":
                raise self._fail(f"A {'brace' if sign == '}' else 'bracket'} has no partner")
            else:
                raise self._fail("A bar stands outside of braces and brackets", hint="alternatives are written [a|b]")
        else:
            self._at = len(self._text)
        nodes += filter(None, (self._text[start : self._at],))
        return tuple(nodes)

    def _brackets(self, *, inside: bool) -> Choice:
        start = self._at
        if inside or not self._known.alternatives:
            raise self._fail("Alternatives cannot stand here", hint="write each of them out")
        options = []
        while self._at < len(self._text) and self._text[self._at] != "]":
            self._at += 1  # behind the bracket or the bar
            options.append(self.sequence(inside=True))
        if self._at == len(self._text):
            self._at = start
            raise self._fail("A bracket has no partner", hint="alternatives are written [a|b]")
        if len(options) < 2:
            self._at = start
            raise self._fail("There is only one alternative", hint="write [a|b], or [a|] where it may be left out")
        self._at += 1
        return Choice(tuple(options))

    def _braces(self) -> Slot | Plural:
        end = self._text.find("}", self._at)
        inner = self._text[self._at + 1 : end]
        if end < 0 or "{" in inner:
            raise self._fail("A brace has no partner", hint="a slot is written {title}")
        if "[" in inner or "]" in inner:
            raise self._fail("Alternatives cannot stand here", hint="write [a|b] outside of braces")
        head, *options = inner.split("|")
        name, colon, form = head.partition(":")
        self._check_name(name)
        self._check_form(name, form, written=bool(colon))
        if options:
            self._check_options(name, options)
        self._at = end + 1
        return Plural(name, form, tuple(options)) if options else Slot(name, form, name in self._known.names)

    def _check_name(self, name: str) -> None:
        if name in self._known.slots:
            return
        like = nearest(name, self._known.slots)
        known = ", ".join(sorted(self._known.slots)) or "none here"
        hint = f"did you mean {{{like}}}?" if like else f"known slots are {known}"
        raise self._fail(f"The slot {{{name}}} is unknown", cause="a typing mistake", hint=hint)

    def _check_form(self, name: str, form: str, *, written: bool) -> None:
        known = self._known.forms if name in self._known.formed else frozenset[str]()
        if name in self._known.counts:
            known |= {FEMININE}
        if written and form not in known:
            hint = f"it can be {', '.join(sorted(known))}" if known else f"write {{{name}}}"
            raise self._fail(f"There is no form “{form}” of {{{name}}}", hint=hint)

    def _check_options(self, name: str, options: Sequence[str]) -> None:
        if name not in self._known.counts:
            counts = ", ".join(sorted(self._known.counts)) or "none here"
            raise self._fail(f"{{{name}}} is no number and has no plural", hint=f"numbers are {counts}")
        if len(options) != len(self._known.plurals):
            raise self._fail(
                f"{{{name}|…}} has {len(options)} options; the language has {len(self._known.plurals)}",
                hint=f"write one for each of {', '.join(self._known.plurals)}",
            )

    def _fail(self, what: str, *, cause: str | None = None, hint: str | None = None) -> ScriptError:
        return ScriptError(what, where=f"character {self._at + 1}", cause=cause, hint=hint)


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Choice):
            for option in node.options:
                yield from _walk(option)


def _combinations(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    ways = [node.options if isinstance(node, Choice) else ((node,),) for node in nodes]
    return ([node for part in way for node in part] for way in itertools.product(*ways))


def _pieces(nodes: Sequence[Node], say: Say, rng: random.Random | None) -> list[_Piece] | None:
    pieces: list[_Piece] = []
    for node in nodes:
        found = _piece(node, say, rng)
        if found is None:
            return None
        pieces += found
    return pieces


def _piece(node: Node, say: Say, rng: random.Random | None) -> list[_Piece] | None:
    if isinstance(node, str):
        return [_Piece(node)]
    if isinstance(node, Slot):
        words = say.words(node.name, node.form)
        return [_Piece(words, is_slot=True, is_name=node.is_name)] if words else None
    if isinstance(node, Plural):
        counted = say.counted(node.name, node.form)
        return [_Piece(node.options[counted[0]].replace("#", counted[1]))] if counted else None
    possible = [pieces for option in node.options if (pieces := _pieces(option, say, rng)) is not None]
    if not possible:
        return None
    return rng.choice(possible) if rng else possible[0]


def _joined(pieces: Sequence[_Piece], *, begins: bool) -> str:
    text, behind_slot = "", False
    for piece in pieces:
        added = piece.text
        if not added:
            continue
        if behind_slot and text.endswith(_ENDS) and (added[0] == "." or added[0] == text[-1] == "?"):
            added = added[1:]
        elif begins and not piece.is_name:
            added = _capitalised(added)
        text += added
        behind_slot = piece.is_slot
        closed = piece.text.rstrip(_OPENING + " ")
        if closed:
            begins = not piece.is_name and closed.endswith(_STARTS)
    return text


def _capitalised(text: str) -> str:
    place = next((i for i, sign in enumerate(text) if sign not in _OPENING and not sign.isspace()), None)
    if place is None or len(text[place].upper()) != 1:
        return text
    return text[:place] + text[place].upper() + text[place + 1 :]
