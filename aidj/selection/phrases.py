"""Looking for many phrases in many short texts at once.

A phrase is written as words, in a small form that stays readable in tables of hundreds:

- ``{white,pink} noise``: either word; ``{,the} wheels`` with or without;
- ``christmas*``: every word that begins so, as the last word of a phrase;
- ``#``: any number; ``^`` and ``$``: the text begins or ends here.

Regular expressions with as many alternatives take some 15 µs for a title; this takes about two.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from aidj.selection.words import plain_words

L = TypeVar("L", bound=Hashable)
_CHOICE = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r" ?\d+ ?")


class Phrases(Generic[L]):
    """Phrases with labels, to be found in texts.

    Parameters
    ----------
    phrases : mapping from a label to its phrases
        In the form that the module describes, in `plain_words`.
    """

    def __init__(self, phrases: Mapping[L, Iterable[str]]) -> None:
        by_word: defaultdict[str, list[tuple[str, L]]] = defaultdict(list)
        stems: list[str] = []
        for label, patterns in phrases.items():
            for phrase in dict.fromkeys(phrase for pattern in patterns for phrase in _spelt_out(pattern)):
                *_, last = words = phrase.split()
                rarest = max((word for word in words if word not in "^$#"), key=len)
                if last.endswith("*"):
                    rarest = last.removesuffix("*")
                    stems.append(rarest)
                    by_word[rarest].append((" " + " ".join(words).removesuffix("*"), label))
                else:
                    by_word[rarest].append((" " + " ".join(words) + " ", label))
        self._by_word = dict(by_word)
        self._words = frozenset(by_word)
        self._stem = re.compile(rf"\b(?:{'|'.join(map(re.escape, stems))})") if stems else re.compile(r"(?!)")

    def among(self, plain: Mapping[str, str]) -> dict[str, frozenset[L]]:
        """Return those of some texts in which any phrase stands, with the labels of these phrases.

        Parameters
        ----------
        plain : mapping from each text to its `plain_words`
        """
        strange, stem = self._words.isdisjoint, self._stem.search
        near = ((text, words) for text, words in plain.items() if not strange(words.split()) or stem(words))
        return {text: labels for text, words in near if (labels := self._labels(words))}

    def labels(self, text: str) -> frozenset[L]:
        """Return the labels of the phrases that stand in a text."""
        return self._labels(plain_words(text))

    def _labels(self, words: str) -> frozenset[L]:
        found = self._words.intersection(words.split())
        if stems := self._stem.findall(words):
            found = found.union(stems)
        if not found:
            return frozenset()
        padded = f" ^ {_NUMBER.sub(' # ', words).strip()} $ "
        return frozenset(label for word in found for phrase, label in self._by_word[word] if phrase in padded)


def _spelt_out(pattern: str) -> Iterator[str]:
    """Yield a pattern with each of its choices made."""
    if choice := _CHOICE.search(pattern):
        for word in choice[1].split(","):
            yield from _spelt_out(f"{pattern[: choice.start()]}{word}{pattern[choice.end() :]}")
    else:
        yield " ".join(pattern.split())
