"""The picture of a song: the one in its file, or the one beside it. Damaged and monstrous ones are none."""

from __future__ import annotations

import io
import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

logger = logging.getLogger(__name__)

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_NAMES = ("cover", "folder", "front", "album", "albumart")
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def picture_of(path: Path, most_pixels: tuple[int, int]) -> Image | None:
    """Return the picture of a song, in RGB, made to fit into so many pixels; None where it has none.

    Parameters
    ----------
    path : Path
        Of the sound file.
    most_pixels : (int, int)
        Width and height. The picture keeps its proportions.
    """
    for found in (_embedded, _beside):
        try:
            data = found(path)
            picture = _decoded(data, most_pixels) if data else None
        except Exception as error:  # whatever a damaged file brings up in a decoder, it is only a picture
            logger.info("%s: its picture cannot be shown (%s)", os.fsdecode(path), error)
            continue
        if picture is not None:
            return picture
    return None


def _embedded(path: Path) -> bytes | None:
    from tinytag import TinyTag

    images = TinyTag.get(path, duration=False, image=True).images
    image = images.front_cover or images.any
    return None if image is None or len(image.data) > MOST_BYTES else image.data


def _beside(path: Path) -> bytes | None:
    found: list[tuple[int, str]] = []
    with os.scandir(path.parent) as entries:
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name.lower())  # noqa: PTH122 - a folder may hold very many names
            if stem in _NAMES and suffix in _SUFFIXES and entry.is_file():
                found.append((_NAMES.index(stem), entry.path))
    for _, name in sorted(found):
        with Path(name).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) <= MOST_BYTES:
            return data
    return None


def _decoded(data: bytes, most_pixels: tuple[int, int]) -> Image | None:
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if not 0 < opened.width * opened.height <= MOST_PIXELS:
                return None
            opened.draft("RGB", most_pixels)  # a JPEG is decoded no larger than needed
            upright = ImageOps.exif_transpose(opened)
            return ImageOps.contain(upright.convert("RGB"), most_pixels)
