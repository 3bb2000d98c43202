"""Colours that can be read on black and on white; each stands beside a word that says the same."""

from __future__ import annotations

from collections.abc import Mapping

ROTATION_STYLES: Mapping[str, str] = {
    "new_release": "green",
    "forgotten_favourite": "magenta",
    "current_favourite": "cyan",
}
"""The other rotations are written in the terminal's own colour."""
