"""Where the presenters, their lines and their pronunciations are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from aidj.errors import ConfigError, ScriptError

PARTS = ("presenters", "lines", "pronunciation")
"""The parts of a voices folder; a user's own folder may have any of them."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


def voices_folder() -> Path:
    """Return the folder of voices that comes with aidj: inside the wheel, or at the top of a checkout.

    Raises
    ------
    ConfigError
        If neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_voices", package.parent / "voices"):
        if all((folder / face).is_dir() for face in PARTS):
            return folder
    raise ConfigError(
        "The voices that come with aidj are missing",
        where=str(package),
        cause="an incomplete installation",
        hint="reinstall it with: pip install --force-reinstall aidj",
    )


def language_folders(language: str, extra_folders: Sequence[Path] = ()) -> list[Path]:
    """Return the folders ``lines/<language>`` there are, the one that comes with aidj first.

    Parameters
    ----------
    language : str
        A code such as ``en``; ``en-gb`` is served by ``en`` where no folder has that name.
    extra_folders : sequence of Path
        Voices folders to look through beside the one that comes with aidj.

    Raises
    ------
    ScriptError
        If no folder has the language.
    """
    roots = [voices_folder(), *extra_folders]
    name = language.lower()
    for code in (name, name.split("-")[0]):
        found = [root / "lines" / code for root in roots] if _LANGUAGE.fullmatch(code) else []
        if found := [folder for folder in found if folder.is_dir()]:
            return found
    known = sorted({path.name for root in roots for path in (root / "lines").glob("*") if path.is_dir()})
    raise ScriptError(
        f"There are no lines in the language “{language}”",
        where=str(roots[-1] / "lines"),
        hint=f"choose one of {', '.join(known)}, or add the language: see docs/languages.md",
    )
