"""Write the golden list of public names anew: ``python tests/golden/make_public_names.py``.

Look at the difference before you keep it: a line that is gone or other than it was can break a program of somebody's.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import aidj

GOLDEN = Path(__file__).with_name("public_names.txt")
LONG = 90
"""What is longer has each parameter on a line of its own, so that a difference is easily seen."""


def public_names() -> str:
    """Return every public name with its parameters, its fields and its methods, one to a line."""
    return "".join(f"{line}\n" for name in aidj.__all__ if name != "__version__" for line in lines_of(name))


def lines_of(name: str) -> Iterator[str]:
    """Yield the lines of one public name."""
    value = getattr(aidj, name)
    if not inspect.isclass(value):
        yield f"def {name}{parameters(value)}"
        return
    bases = [base.__name__ for base in value.__bases__ if base not in (object, Protocol)]
    kind = "protocol" if getattr(value, "_is_protocol", False) else "class"
    yield f"{kind} {name}" + (f"({', '.join(bases)})" if bases else "")
    if kind == "class" and "__init__" in vars(value):
        yield f"    {name}{parameters(value, without_return=True)}"
    if kind == "protocol":
        yield from (f"    {field}: {kept}" for field, kept in inspect.get_annotations(value).items())
    for member, _ in members_of(value):
        found = inspect.getattr_static(value, member)
        if isinstance(found, property):
            yield f"    {member}: {found.fget.__annotations__['return'] if found.fget else ''}"
        else:
            static = isinstance(found, staticmethod | classmethod)
            yield f"    {'static ' if static else ''}{member}{parameters(found.__func__ if static else found)}"


def members_of(value: type) -> Iterator[tuple[str, object]]:
    """Yield the methods and properties of our own that a class shows, in order of their names."""
    fields = {field.name for field in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else set()
    for member in sorted(dir(value)):
        found = inspect.getattr_static(value, member)
        if member.startswith("_") or member in fields:
            continue
        if inspect.isfunction(found) or isinstance(found, property | staticmethod | classmethod):
            yield member, getattr(found, "fget", None) or getattr(found, "__func__", None) or found


def parameters(function: object, *, without_return: bool = False) -> str:
    """Return a signature, the same from every Python."""
    assert callable(function)
    signature = inspect.signature(function)
    words: list[str] = []
    starred = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            words.append("*")
        starred = starred or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        word = star + parameter.name
        if parameter.annotation is not parameter.empty:
            word += f": {parameter.annotation}"
        if parameter.default is not parameter.empty:
            plain = parameter.default is None or isinstance(parameter.default, bool | int | float | str | tuple)
            word += f" = {parameter.default!r}" if plain else " = …"
        words.append(word)
    ending = "" if without_return else f" -> {signature.return_annotation}"
    listed = f"({', '.join(words)}){ending}"
    return listed if len(listed) < LONG else "(" + "".join(f"\n        {word}," for word in words) + f"\n    ){ending}"


if __name__ == "__main__":
    GOLDEN.write_text(public_names(), encoding="utf-8")
