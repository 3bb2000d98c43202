"""A whole mix out: the sound file with tags and chapters, and the files beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - `date` is a parameter's name below
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aidj.output.audio_file import write_audio_file
from aidj.output.chapters import chapters_of
from aidj.output.samples import Blocks
from aidj.output.sidecars import write_sidecars
from aidj.output.tags import mix_tags
from aidj.timeline.model import Timeline


class Output(Protocol):
    """Where a mix can go. Third parties bring their own."""

    def write(self, timeline: Timeline, blocks: Blocks) -> tuple[Path, ...]:
        """Take a mix: its timeline, and its samples at the timeline's rate, float32 of shape (n, 2).

        Returns the files that came of it, the sound first. Whatever the blocks raise must come through.
        """


def write_mix(path: Path, timeline: Timeline, blocks: Blocks, *, title: str, date: Date) -> tuple[Path, ...]:
    """Write a mix and what lies beside it.

    Parameters
    ----------
    path : Path
        Its suffix chooses the format (`SUFFIXES`).
    timeline : Timeline
        What is heard when.
    blocks : iterable of ndarray
        float32, shape (n, 2), at the timeline's rate; ``timeline.n_frames`` frames in all.
    title : str
        Of the mix.
    date : datetime.date
        For the tags.

    Returns
    -------
    tuple of Path
        The sound file, then the others.

    Raises
    ------
    OutputError
        If a file cannot be written. What the blocks raise comes through as it is.
    """
    write_audio_file(
        path,
        blocks,
        rate=timeline.rate,
        n_frames=timeline.n_frames,
        tags=mix_tags(timeline, title=title, date=date),
        chapters=chapters_of(timeline),
    )
    return (path, *write_sidecars(path, timeline, title=title))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutput:
    """Writes a mix to a file, and what lies beside it."""

    path: Path
    title: str
    date: Date

    def write(self, timeline: Timeline, blocks: Blocks) -> tuple[Path, ...]:
        """See `write_mix`."""
        return write_mix(self.path, timeline, blocks, title=self.title, date=self.date)


@dataclass(slots=True)
class MemoryOutput:
    """Keeps a mix in memory: for tests, and for programs that want a short one as an array."""

    timeline: Timeline | None = None
    blocks: list[NDArray[np.float32]] = field(default_factory=list)

    def write(self, timeline: Timeline, blocks: Blocks) -> tuple[Path, ...]:
        """Collect the blocks; no file comes of it."""
        self.timeline = timeline
        self.blocks = []
        for block in blocks:
            self.blocks.append(np.array(block, dtype=np.float32))
        return ()

    @property
    def samples(self) -> NDArray[np.float32]:
        """The whole mix, shape (n_frames, channels)."""
        return np.concatenate(self.blocks) if self.blocks else np.zeros((0, 2), np.float32)
