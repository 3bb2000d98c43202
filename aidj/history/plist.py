"""Property lists in XML, read forgivingly: a value that cannot be understood costs itself, not the whole file.

The reader of the standard library refuses a library of ten thousand songs for one date that no calendar has. Only a
damaged structure ends the reading here. No entity is ever expanded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn
from xml.parsers import expat

ERRORS = (expat.ExpatError, ValueError)
"""What `parse_plist` raises of a damaged file."""


class EntityError(Exception):
    """The file defines XML entities."""


def refuse_entities(parser: expat.XMLParserType) -> None:
    """Make a parser raise EntityError where a file defines an entity: a few could unfold to gigabytes."""

    def refuse(*_: object) -> NoReturn:
        raise EntityError

    parser.EntityDeclHandler = refuse


def parse_plist(content: bytes) -> Any:
    """Return the value of a property list: dictionaries, lists, text, int, float, bool, datetime (UTC); None for bytes.

    An integer, number or date that cannot be understood is returned as the text that stands there.

    Raises
    ------
    EntityError
        If it defines entities.
    expat.ExpatError
        If it is no XML, or cut off.
    ValueError
        If keys and values do not alternate.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    refuse_entities(parser)
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    parser.Parse(content, True)
    return reader.root


class _Reader:
    """Builds the value, element by element."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[str | None] = []
        """The key that waits for its value, for each open container."""
        self._text: list[str] = []

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._text = []
        if tag in ("dict", "array"):
            container: dict[str, Any] | list[Any] = {} if tag == "dict" else []
            self._take(container)
            self._open.append(container)
            self._keys.append(None)

    def text(self, data: str) -> None:
        self._text.append(data)

    def end(self, tag: str) -> None:
        text, self._text = "".join(self._text), []
        if tag in ("dict", "array"):
            if self._keys.pop() is not None:
                raise ValueError("a key without a value")
            self._open.pop()
        elif tag == "key":
            if not self._open or self._keys[-1] is not None:
                raise ValueError("a key in the wrong place")
            self._keys[-1] = text
        elif tag in _VALUES:
            self._take(_VALUES[tag](text))

    def _take(self, value: Any) -> None:
        if not self._open:
            self.root = value
            return
        container, key = self._open[-1], self._keys[-1]
        if isinstance(container, list):
            container.append(value)
        elif key is None:
            raise ValueError("a value without a key")
        else:
            container[key] = value
            self._keys[-1] = None


def _integer(text: str) -> int | str:
    try:
        return int(text, 16 if text[:2].lower() == "0x" else 10)
    except ValueError:
        return text


def _real(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def _date(text: str) -> datetime | str:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_VALUES: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _integer,
    "real": _real,
    "date": _date,
    "true": lambda _: True,
    "false": lambda _: False,
    "data": lambda _: None,
}
