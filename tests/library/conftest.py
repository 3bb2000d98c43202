from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from aidj.database import open_database
from aidj.library import TABLES, Library

RATE = 44100


def _encode_av(path: Path, samples: np.ndarray, container: str) -> None:
    import av

    with path.open("wb") as target, av.open(target, "w", format=container) as output:
        stream = output.add_stream("aac", rate=RATE)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            output.mux(packet)


@pytest.fixture(scope="session")
def make_sound(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a sound file in the format of its suffix; the same seed gives the same bytes."""
    import soundfile as sf

    store = tmp_path_factory.mktemp("sounds")

    def make(path: Path, *, seconds: float = 1.0, seed: int = 0) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        suffix = path.suffix.lower()
        kept = store / f"{seed}-{seconds}{suffix}"
        if not kept.exists():
            rng = np.random.default_rng(seed)
            samples = (rng.standard_normal((round(seconds * RATE), 2)) * 0.1).astype(np.float32)
            if suffix in (".m4a", ".aac"):
                _encode_av(kept, samples, "ipod" if suffix == ".m4a" else "adts")
            elif suffix == ".opus":
                sf.write(kept, samples, 48000, format="OGG", subtype="OPUS")
            else:
                sf.write(kept, samples, RATE)
        path.write_bytes(kept.read_bytes())
        return path

    return make


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    connection = open_database(tmp_path / "data", TABLES)
    yield Library(connection)
    connection.close()
