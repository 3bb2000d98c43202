"""How names are said: ``pronunciation/<language>.yaml``, for the spoken text only.

Beside the names such a file holds the language's words for signs and abbreviations ("&", "feat.").
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aidj.errors import ConfigError
from aidj.names import caseless
from aidj.script import Entry, read_document, voices_folder
from aidj.voice.cleaning import WORDS, plain_characters
from aidj.voice.mapped import MappedText

SCHEMA = "aidj.pronunciation/2"

_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_LISTS = ("initialisms", "counted", "rulers", "ordinals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How one name is said. At least one of `say`, `ipa` and `language` is given."""

    name: str
    """As it is written, or a MusicBrainz id."""
    say: str = ""
    """A respelling, to be read as a word of the presenter's language."""
    ipa: str = ""
    """For engines that take phonemes."""
    language: str = ""
    """The language that the name is in; without a respelling its letters are read by that language's rules."""
    exact: bool = False
    """Whether upper and lower case matter."""
    source: Path | None = None
    """The file that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWords:
    """What a language says for signs, numerals and initialisms."""

    signs: Mapping[str, str] = field(default_factory=dict)
    """Words by the names in `aidj.voice.cleaning.WORDS`."""
    initialisms: frozenset[str] = frozenset()
    """Words in capitals that people spell although one could say them."""
    counted: tuple[str, ...] = ()
    """Words that a numeral follows: part, act, symphony."""
    rulers: tuple[str, ...] = ()
    """Names of kings and popes, which an ordinal follows."""
    ordinals: tuple[str, ...] = ()
    """The first, the second, …, as they follow a ruler's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronunciation:
    """The names of a language with how they are said, and its words."""

    sayings: tuple[Saying, ...] = ()
    """Each name once in each of its writings; those with a MusicBrainz id wait for `for_artists`."""
    words: SpokenWords = SpokenWords()

    def for_artists(self, names: Mapping[str, str]) -> Pronunciation:
        """Return it with what is said of artists by their MusicBrainz ids.

        Parameters
        ----------
        names : Mapping[str, str]
            MusicBrainz ids with the names under which these artists are shown.
        """
        known = {saying.name: saying for saying in self.sayings}
        found = [
            replace(known[mbid.lower()], name=plain_name(name), exact=True)
            for mbid, name in names.items()
            if mbid.lower() in known and plain_name(name)
        ]
        return replace(self, sayings=_joined(self.sayings, found)) if found else self

    def find(self, text: str) -> Iterator[tuple[int, int, Saying]]:
        """Yield start, end and saying of each known name in a text of plain characters.

        Whole words only, longer names first, each place once.
        """
        held = caseless(text)
        here = tuple(one for name, one in _longest_first(self.sayings) if name in held)
        by_name = {_key(one): one for one in here}
        for match in _pattern(here).finditer(text) if here else ():
            saying = by_name.get((True, match[0])) or by_name.get((False, match[0].casefold()))
            if saying is not None:
                yield match.start(), match.end(), saying


@functools.lru_cache(maxsize=32)
def _longest_first(sayings: tuple[Saying, ...]) -> tuple[tuple[str, Saying], ...]:
    """Return the names that may stand in a text, as `caseless` has them, with what is known of them."""
    known = {_key(one): one for one in sayings if not _MBID.fullmatch(one.name)}
    names = sorted(known.values(), key=lambda one: (-len(one.name), not one.exact))
    return tuple((caseless(one.name), one) for one in names)


def _key(saying: Saying) -> tuple[bool, str]:
    return saying.exact, saying.name if saying.exact else saying.name.casefold()


@functools.lru_cache(maxsize=1024)
def _pattern(sayings: tuple[Saying, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_bounded(one.name) if one.exact else f"(?i:{_bounded(one.name)})" for one in sayings))


def _bounded(name: str) -> str:
    """A name within a text: no word goes on before or after it; one of signs has space or a quote around it."""
    before = r"(?<!\w)" if re.match(r"\w", name) else r"(?<![^\s'(\[])"
    after = r"(?!\w)" if re.search(r"\w$", name) else r"(?!\w|[!?+*/=-])"
    return before + re.escape(name) + after


def load_pronunciation(language: str, extra_folders: Sequence[Path] = ()) -> Pronunciation:
    """Read how names are said in a language; a later folder's win over an earlier one's. None at all is no mistake.

    For ``en-gb`` those of ``en`` are read too.

    Raises
    ------
    ConfigError
        If a file has a mistake; the message names file and line.
    """
    code = language.lower()
    if not _LANGUAGE.fullmatch(code):
        raise ConfigError(f"“{language}” is no language code", hint="write one such as en")
    codes = dict.fromkeys((code.split("-")[0], code))
    found = Pronunciation()
    for path in (root / "pronunciation" / f"{one}.yaml" for root in (voices_folder(), *extra_folders) for one in codes):
        if path.is_file():
            state = path.stat()
            sayings, words = _read(path, (state.st_ino, state.st_size, state.st_mtime_ns))
            found = Pronunciation(sayings=_joined(found.sayings, sayings), words=_merged(found.words, words))
    return found


@functools.lru_cache(maxsize=16)
def built_in(language: str) -> Pronunciation:
    """Return what comes with aidj for a language."""
    return load_pronunciation(language)


@functools.lru_cache(maxsize=16)
def _read(path: Path, state: tuple[int, ...]) -> tuple[tuple[Saying, ...], SpokenWords]:
    """Read a file once, and again when it is another."""
    return read_pronunciation(path)


def read_pronunciation(path: Path) -> tuple[tuple[Saying, ...], SpokenWords]:
    """Read one file.

    Raises
    ------
    ConfigError
        If it has a mistake; the message names file and line.
    """
    top = read_document(path, SCHEMA, ConfigError)
    top.check_keys(("schema", "language"), ("entries", "words"))
    if top.value("language") != path.stem:
        raise top.fail(f"The language must be {path.stem}, as the file is called", key="language")
    sayings: list[Saying] = []
    seen: set[str] = set()
    if "entries" in top.values:
        for entry in top.entries("entries", required=("match",), optional=("say", "ipa", "lang", "exact")):
            saying = _saying(entry, path)
            if saying.name.casefold() in seen:
                raise entry.fail(f"“{saying.name}” stands here twice", key="match")
            seen.add(saying.name.casefold())
            sayings.append(saying)
    words = top.mapping("words")
    if words is None and "words" in top.values:
        raise top.fail("“words” must be a mapping", key="words")
    return tuple(sayings), _words(words) if words else SpokenWords()


def _saying(entry: Entry, path: Path) -> Saying:
    name = plain_name(entry.text("match", max_chars=100))
    if not name:
        raise entry.fail("“match” holds nothing that could be found in a text", key="match")
    say, ipa = entry.text("say", max_chars=200, required=False), entry.text("ipa", max_chars=200, required=False)
    language = entry.text("lang", max_chars=20, required=False).lower()
    if language and not _LANGUAGE.fullmatch(language):
        raise entry.fail(f"“{language}” is no language code", key="lang", hint="write one such as is")
    if not (say or ipa or language):
        raise entry.fail("“say” is missing", hint='write say: "…", with a word that sounds like the name')
    if say and not any(char.isalnum() for char in say):
        raise entry.fail("“say” holds nothing that can be said", key="say")
    exact = entry.value("exact")
    if exact not in (None, True, False):
        raise entry.fail(f"“exact” must be true or false, not {exact!r}", key="exact")
    if _MBID.fullmatch(name.lower()):
        name = name.lower()
    return Saying(name=name, say=say, ipa=ipa, language=language, exact=bool(exact), source=path)


def _words(entry: Entry) -> SpokenWords:
    entry.check_keys((), (*WORDS, *_LISTS))
    lists: dict[str, tuple[str, ...]] = {}
    for key in _LISTS:
        values = entry.value(key)
        if values is not None and (not isinstance(values, list) or not all(isinstance(one, str) for one in values)):
            raise entry.fail(f"“{key}” must be a list of texts", key=key, hint="put each in quotes")
        lists[key] = tuple(values) if isinstance(values, list) else ()
    return SpokenWords(
        signs={key: entry.text(key, max_chars=60) for key in entry.values if key in WORDS},
        initialisms=frozenset(lists["initialisms"]),
        counted=lists["counted"],
        rulers=lists["rulers"],
        ordinals=lists["ordinals"],
    )


def _merged(before: SpokenWords, after: SpokenWords) -> SpokenWords:
    return SpokenWords(
        signs={**before.signs, **after.signs},
        initialisms=before.initialisms | after.initialisms,
        counted=tuple(dict.fromkeys((*before.counted, *after.counted))),
        rulers=tuple(dict.fromkeys((*before.rulers, *after.rulers))),
        ordinals=after.ordinals or before.ordinals,
    )


def _joined(before: Sequence[Saying], after: Sequence[Saying]) -> tuple[Saying, ...]:
    """Put new sayings in the place of old ones of the same name."""
    new = {saying.name.casefold() for saying in after if not saying.exact}
    new_exact = {saying.name for saying in after}
    kept = (one for one in before if one.name not in new_exact and one.name.casefold() not in new)
    return (*kept, *after)


def plain_name(name: str) -> str:
    """Return a name as names are compared: in NFC, with plain quotes, without what nobody sees."""
    return plain_characters(MappedText.of(name)).text
