"""Engines that need no code, only a file that tells of them: programs and servers; ``engines/<name>.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aidj.errors import ConfigError
from aidj.script import Entry, read_document, voices_folder

if TYPE_CHECKING:
    from aidj.voice.command import CommandEngine
    from aidj.voice.http import HttpEngine

SCHEMA = "aidj.engine/1"

_KEYS = ("schema", "type")
_COMMAND_KEYS = ("command", "text", "pace_wpm", "voices", "list", "folders", "version", "install")
_HTTP_KEYS = ("url", "model", "format", "rate", "key_env", "timeout_s", "pace_wpm", "voices")
_NAME = re.compile(r"[\w-][\w.-]{0,59}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_USUAL_PACE_WPM = 155


def engine_file_names(extra_folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names of the engines that files tell of, sorted."""
    roots = (voices_folder(), *extra_folders)
    return tuple(sorted({path.stem for root in roots for path in (root / "engines").glob("*.yaml")}))


def load_engine_file(name: str, extra_folders: Sequence[Path] = ()) -> CommandEngine | HttpEngine | None:
    """Return the engine that a file of this name tells of, a user's before the one that comes with aidj; None if none.

    Raises
    ------
    ConfigError
        If the file has a mistake.
    """
    if not _NAME.fullmatch(name):
        return None
    for root in (*reversed(extra_folders), voices_folder()):
        path = root / "engines" / f"{name}.yaml"
        if path.is_file():
            return read_engine_file(path)
    return None


def read_engine_file(path: Path) -> CommandEngine | HttpEngine:
    """Return the engine that a file tells of; its name is the file's.

    Raises
    ------
    ConfigError
        If the file has a mistake.
    """
    top = read_document(path, SCHEMA, ConfigError)
    kind = top.text("type", max_chars=20)
    if kind == "command":
        return _command(path, top)
    if kind == "http":
        return _http(path, top)
    raise top.fail(f"“type” must be command or http, not “{kind}”", key="type")


def _command(path: Path, top: Entry) -> CommandEngine:
    from aidj.voice.command import ENCODINGS, PLACEHOLDER, CommandEngine, Program

    top.check_keys((*_KEYS, "command"), _COMMAND_KEYS)
    command = _texts(top, "command")
    for argument in command:
        for name in re.findall(r"\{(\w*)\}", argument):
            if not PLACEHOLDER.fullmatch(f"{{{name}}}"):
                raise top.fail(f"“{{{name}}}” cannot be filled in", key="command", hint="see voices/README.md")
        if "{text}" in argument and argument != "{text}":
            raise top.fail("{text} must be an argument of its own", key="command", hint='write "{text}"')
    if PLACEHOLDER.search(command[0]) or ("/" in command[0] and not Path(command[0]).expanduser().is_absolute()):
        raise top.fail(
            f"“{command[0]}” must be the name of a program, or its whole path", key="command", hint="/usr/bin/program"
        )
    encoding = top.text("text", max_chars=20, required=False) or "utf-8"
    if encoding not in ENCODINGS:
        raise top.fail(f"“text” must be {' or '.join(ENCODINGS)}, not “{encoding}”", key="text")
    return CommandEngine(
        path.stem,
        Program(
            command=command,
            encoding=encoding,
            pace_wpm=_pace(top),
            voices=_voices(top),
            list_command=_texts(top, "list", required=False),
            folders=tuple(Path(folder) for folder in _texts(top, "folders", required=False)),
            version_command=_texts(top, "version", required=False),
            install=top.text("install", required=False),
        ),
    )


def _http(path: Path, top: Entry) -> HttpEngine:
    from aidj.voice.http import FORMATS, HttpEngine, Server, server_problem

    top.check_keys((*_KEYS, "url", "model"), _HTTP_KEYS)
    form = top.text("format", max_chars=20, required=False) or "wav"
    if form not in FORMATS:
        raise top.fail(f"“format” must be {' or '.join(FORMATS)}, not “{form}”", key="format")
    key_env = top.text("key_env", max_chars=100, required=False)
    if key_env and not re.fullmatch(r"[A-Za-z_]\w*", key_env):
        raise top.fail(
            "“key_env” must be the name of an environment variable",
            key="key_env",
            cause="the key itself does not belong into a file",
        )
    server = Server(
        url=top.text("url").rstrip("/"),
        model=top.text("model"),
        form=form,
        rate=top.whole("rate", 8000, 48_000) if "rate" in top.values else 24_000,
        key_env=key_env or None,
        timeout_s=float(top.whole("timeout_s", 1, 600)) if "timeout_s" in top.values else 30.0,
        pace_wpm=_pace(top),
        voices=_voices(top),
    )
    problem = server_problem(server)
    if problem is not None:
        raise top.fail(problem.what, key="url", hint=problem.hint)
    return HttpEngine(path.stem, server)


def _pace(top: Entry) -> int:
    return top.whole("pace_wpm", 60, 400) if "pace_wpm" in top.values else _USUAL_PACE_WPM


def _texts(top: Entry, key: str, *, required: bool = True) -> tuple[str, ...]:
    given = top.value(key)
    if given is None and not required:
        return ()
    if not isinstance(given, list) or not given or not all(isinstance(text, str) and text for text in given):
        raise top.fail(f"“{key}” must be a list of texts", key=key, hint=f'{key}: [program, -o, "{{out}}"]')
    if any(len(text) > 1000 or not text.isprintable() for text in given):
        raise top.fail(f"“{key}” holds a text that is too long, or a control character", key=key)
    return tuple(given)


def _voices(top: Entry) -> Mapping[str, tuple[str, ...]]:
    by_language = top.mapping("voices")
    if by_language is None:
        if "voices" not in top.values:
            return {}
        raise top.fail("“voices” must be a mapping of languages", key="voices", hint="voices: {en: [one, other]}")
    for language in by_language.values:
        if not _LANGUAGE.fullmatch(language):
            raise by_language.fail(f"“{language}” is no language code", key=language, hint="en, or pt-br")
    return {language: _texts(by_language, language) for language in by_language.values}
