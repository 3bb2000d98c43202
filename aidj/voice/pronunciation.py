"""How names are said: respellings from ``pronunciation/<language>.yaml``, for the spoken text only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aidj.errors import ConfigError
from aidj.script import read_document, voices_folder

SCHEMA = "aidj.pronunciation/1"


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """Names with their respellings.

    Attributes
    ----------
    exact : Mapping[str, str]
        Matched letter by letter.
    folded : Mapping[str, str]
        Matched without regard to case; keys are casefolded.
    """

    exact: Mapping[str, str] = field(default_factory=dict)
    folded: Mapping[str, str] = field(default_factory=dict)

    def apply(self, text: str) -> str:
        """Return the text with every known name respelled; whole words only, longer names first, each place once."""
        text = unicodedata.normalize("NFC", text).replace("’", "'")
        parts = [*((name, False) for name in self.exact), *((name, True) for name in self.folded)]
        if not parts:
            return text
        parts.sort(key=lambda part: -len(part[0]))
        options = "|".join(f"(?i:{re.escape(name)})" if folded else re.escape(name) for name, folded in parts)
        return re.sub(rf"(?<!\w)(?:{options})(?!\w)", self._say, text)

    def _say(self, match: re.Match[str]) -> str:
        said = self.exact.get(match[0])
        return self.folded.get(match[0].casefold(), match[0]) if said is None else said


def load_pronunciation(language: str, extra_folders: Sequence[Path] = ()) -> Pronunciation:
    """Read the respellings of a language; a later folder's win over an earlier one's. None at all is no mistake.

    For ``en-gb`` those of ``en`` are read too.

    Raises
    ------
    ConfigError
        If a file has a mistake; the message names file and line.
    """
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    code = language.lower()
    if not re.fullmatch(r"[a-z0-9]{2,8}(-[a-z0-9]{2,8})*", code):
        raise ConfigError(f"“{language}” is no language code", hint="write one such as en")
    codes = dict.fromkeys((code.split("-")[0], code))
    for path in (root / "pronunciation" / f"{one}.yaml" for root in (voices_folder(), *extra_folders) for one in codes):
        if not path.is_file():
            continue
        top = read_document(path, SCHEMA, ConfigError)
        top.check_keys(("schema", "language", "entries"))
        if top.value("language") != path.stem:
            raise top.fail(f"The language must be {path.stem}, as the file is called", key="language")
        seen: set[str] = set()
        for entry in top.entries("entries", required=("match", "say"), optional=("exact",)):
            name = unicodedata.normalize("NFC", entry.text("match", max_chars=100)).replace("’", "'")
            say, is_exact = entry.text("say", max_chars=200), entry.value("exact")
            if is_exact not in (None, True, False):
                raise entry.fail(f"“exact” must be true or false, not {is_exact!r}", key="exact")
            if name.casefold() in seen:
                raise entry.fail(f"“{name}” stands here twice", key="match")
            seen.add(name.casefold())
            exact.pop(name, None)
            folded.pop(name.casefold(), None)
            (exact if is_exact else folded)[name if is_exact else name.casefold()] = say
    return Pronunciation(exact, folded)
