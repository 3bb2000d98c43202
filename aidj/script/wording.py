"""Reads the words of a language from its ``words.yaml``, strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from aidj.errors import ScriptError
from aidj.script.documents import Entry, read_document
from aidj.script.facts import DAYPARTS, SEASONS
from aidj.script.folders import language_folders
from aidj.script.grammar import Template, Vocabulary, parse_template
from aidj.script.slots import THEME_KEYS
from aidj.script.words import Worded, Words, locale_of

WORDS_FILE = "words.yaml"
SCHEMA = "aidj.words/1"
PLURALS = ("zero", "one", "two", "few", "many", "other")
"""The plural categories of CLDR."""

_N = ("n",)
_THEME_SLOTS: Mapping[str, tuple[str, ...]] = {
    "decade": ("decade",),
    "genre": ("genre",),
    "mood": ("mood",),
    "season": ("season",),
    "artist_year": ("year", "artist"),
}
_TEXTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{f"spans.{key}": _N for key in ("days", "weeks", "about_weeks", "about_months", "years")},
        **{f"spans.{key}": _N for key in ("more_than_years", "nearly_years", "about_years_and_half")},
        **{f"spans.{key}": () for key in ("a_week", "about_year_and_half")},
        **{f"lengths.{key}": _N for key in ("minutes", "hours", "hours_and_half")},
        **{f"lengths.{key}": () for key in ("half_hour", "three_quarters", "hour", "hour_and_half")},
        **{f"{key}.{daypart}": () for key in ("greetings", "today") for daypart in DAYPARTS},
        **{f"seasons.{season}": ("years",) for season in SEASONS},
        **{f"themes.{key}": _THEME_SLOTS.get(key, ()) for key in THEME_KEYS},
        "ago": ("span",),
        "out_today": (),
        "out_yesterday": (),
        "since": ("month",),
        "month": ("month",),
        "years": ("year", "year2"),
    }
)
"""Every text of a ``words.yaml``, as the way of keys to it, and the slots that it may use."""

_NAMES = frozenset({"genre", "mood", "artist"})
_FORMED = frozenset({"span", "month", "season", "years"})
_REQUIRED = (
    *("schema", "language", "locale", "plurals", "numbers", "and", "forms", "spans", "ago", "out_today"),
    *("out_yesterday", "since", "years", "seasons", "greetings", "today", "lengths", "themes", "synthetic"),
)
_OPTIONAL = ("numbers_f", "month", "glue")
_MAX_CHARS = 200


def load_words(language: str, extra_folders: Sequence[Path] = ()) -> Words:
    """Read the words of a language; a later folder's file replaces an earlier one's.

    Raises
    ------
    ScriptError
        If no folder has the language or its words, or the file has a mistake; the message names file and line.
    """
    return read_words(language_folders(language, extra_folders))


def read_words(folders: Sequence[Path]) -> Words:
    """Read the last ``words.yaml`` of these folders of one language."""
    path = next((path for folder in reversed(folders) if (path := folder / WORDS_FILE).is_file()), None)
    if path is None:
        raise ScriptError(
            "The words of the language are missing",
            where=str(folders[-1] / WORDS_FILE),
            hint="copy the file of another language and translate it: see docs/languages.md",
        )
    top = read_document(path, SCHEMA, ScriptError)
    top.check_keys(_REQUIRED, _OPTIONAL)
    if top.text("language") != path.parent.name:
        raise top.fail(f"The language must be {path.parent.name}, as the folder is called", key="language")
    plurals = _plurals(top)
    forms = frozenset(_list(top, "forms"))
    return Words(
        language=path.parent.name,
        locale=_checked_locale(top),
        plurals=plurals,
        numbers=_numbers(top),
        numbers_f=MappingProxyType(_feminine_numbers(top)),
        conjunction=top.text("and", max_chars=_MAX_CHARS),
        forms=forms,
        texts=MappingProxyType(_texts(top, forms, plurals)),
        glue=_list(top, "glue"),
        synthetic=_list(top, "synthetic"),
    )


def _list(top: Entry, key: str) -> tuple[str, ...]:
    value = top.value(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise top.fail(f"“{key}” must be a list of texts", key=key, hint=f'{key}: ["…", "…"]; write "no" in quotes')
    return tuple(text.strip() for text in value)


def _checked_locale(top: Entry) -> str:
    from babel import UnknownLocaleError

    name = top.text("locale")
    try:
        locale_of(name)
    except (UnknownLocaleError, ValueError) as problem:
        raise top.fail(f"There is no locale “{name}”", key="locale", hint="write one such as de_DE") from problem
    return name


def _plurals(top: Entry) -> tuple[str, ...]:
    plurals = _list(top, "plurals")
    wrong = [name for name in plurals if name not in PLURALS]
    if wrong or not plurals or plurals[-1] != "other" or len(set(plurals)) < len(plurals):
        raise top.fail(
            f"“plurals” must be some of {', '.join(PLURALS)}, in that order, with other at the end", key="plurals"
        )
    return plurals


def _numbers(top: Entry) -> tuple[str, ...]:
    numbers = _list(top, "numbers")
    if len(numbers) != 21:
        raise top.fail(f"“numbers” must hold 21 of them, from zero to twenty, not {len(numbers)}", key="numbers")
    return numbers


def _feminine_numbers(top: Entry) -> dict[int, str]:
    entry = top.mapping("numbers_f")
    found: dict[int, str] = {}
    for key in entry.values if entry else ():
        assert entry is not None
        if not key.isdecimal() or int(key) > 20:
            raise entry.fail("“numbers_f” must be numbers up to twenty with their words", key=key, hint="{2: duas}")
        found[int(key)] = entry.text(key)
    return found


def _texts(top: Entry, forms: frozenset[str], plurals: tuple[str, ...]) -> dict[str, Worded]:
    _check_branches(top, "")
    found: dict[str, Worded] = {}
    for way, slots in _TEXTS.items():
        entry, key = _place_of(top, way)
        if key not in entry.values:
            continue  # only "month" may be missing: the keys of each branch have been checked
        vocabulary = Vocabulary(
            slots=frozenset(slots),
            names=_NAMES,
            formed=_FORMED,
            counts=frozenset(_N),
            forms=forms,
            plurals=plurals,
            alternatives=False,
        )
        found[way] = MappingProxyType(_in_forms(entry, key, vocabulary))
    return found


def _check_branches(entry: Entry, way: str) -> None:
    """Hold the mappings within the document against the ways that lead through them."""
    below = [known.removeprefix(way).split(".") for known in _TEXTS if known.startswith(way)]
    if way:
        entry.check_keys(dict.fromkeys(parts[0] for parts in below))
    for key in dict.fromkeys(parts[0] for parts in below if len(parts) > 1):
        branch = entry.mapping(key)
        if branch is None:
            raise entry.fail(f"“{key}” must be keys with their texts", key=key)
        _check_branches(branch, f"{way}{key}.")


def _place_of(top: Entry, way: str) -> tuple[Entry, str]:
    *branches, key = way.split(".")
    entry = top
    for branch in branches:
        inner = entry.mapping(branch)
        assert inner is not None
        entry = inner
    return entry, key


def _in_forms(entry: Entry, key: str, vocabulary: Vocabulary) -> dict[str, Template]:
    mapping = entry.mapping(key)
    if mapping is None:
        return {"": template_of(entry, key, vocabulary, max_chars=_MAX_CHARS)}
    mapping.check_keys(("plain",), sorted(vocabulary.forms))
    return {
        "" if form == "plain" else form: template_of(mapping, form, vocabulary, max_chars=_MAX_CHARS)
        for form in mapping.values
    }


def template_of(entry: Entry, key: str, vocabulary: Vocabulary, *, max_chars: int) -> Template:
    """Read a text as a template.

    Raises
    ------
    ScriptError
        With the file and line of the text, for everything that is wrong with it.
    """
    text = entry.text(key, max_chars=max_chars)
    try:
        return parse_template(text, vocabulary)
    except ScriptError as problem:
        what = f"{problem.what} (at {problem.where})"
        raise entry.fail(what, key=key, cause=problem.cause, hint=problem.hint) from problem
