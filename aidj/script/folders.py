"""Where the presenters, their lines and their pronunciations are kept."""

from __future__ import annotations

from pathlib import Path

from aidj.errors import ConfigError

PARTS = ("presenters", "lines", "pronunciation")
"""The parts of a voices folder; a user's own folder may have any of them."""


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
