"""What is kept by language, looked up."""

from __future__ import annotations

from collections.abc import Mapping


def of_language(by_language: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    """Return what is kept for a language such as ``pt-br``: its own, else that of ``pt``, else nothing."""
    code = language.lower()
    return by_language.get(code) or by_language.get(code.split("-")[0]) or ()
