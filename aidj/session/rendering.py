"""From a plan to a mixed programme in a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError, ScriptError
from aidj.home import Home
from aidj.mixing import CEILING_DBTP, mix
from aidj.model import Plan, TalkSettings
from aidj.plan import save_plan
from aidj.script import Writer, session_key
from aidj.session.programme import Progress
from aidj.session.realising import Realised, realise
from aidj.timeline import Timeline
from aidj.voice import Voice

CODEC_HEADROOM_DB = {".mp3": 1.5, ".m4a": 1.5, ".opus": 2.0}
"""A lossy codec gives peaks back higher than it got them: so much lower the limiter holds for its sake."""


_USUAL_TALK = TalkSettings()
_LONGEST_NAME_BYTES = 230
"""File systems take 255; the companions' suffixes and temporary names need the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a rendering has made."""

    plan: Plan
    timeline: Timeline
    files: tuple[Path, ...]
    """The mix, what lies beside it, and last the plan as it was played."""
    warnings: tuple[str, ...]


def render(
    home: Home,
    plan: Plan,
    path: Path,
    *,
    voice: Voice | None = None,
    writer: Writer | None = None,
    talk: TalkSettings = _USUAL_TALK,
    disclose: bool | None = None,
    progress: Progress | None = None,
) -> Rendered:
    """Render a plan to a file, with chapters inside and its companions beside it.

    What is said in it is remembered, so that later sessions say something else.

    Parameters
    ----------
    path : Path
        Where to; the suffix chooses the format: .mp3, .opus, .flac, .m4a or .wav.
    voice : Voice, optional
        Who speaks instead of the plan's presenter.
    writer, talk
        See `aidj.session.realising.realise`.
    disclose : bool, optional
        Whether the first link says that the voice is synthetic; by default once in a listener's first session. The
        file's tags always do.
    progress : callable, optional
        See `aidj.session.realising.Progress`.

    Raises
    ------
    OutputError
        If the suffix is unknown or the files cannot be written; no half file is left behind.
    PlanError, ConfigError, ScriptError
        As `realise` does.
    """
    from aidj.output import preferred_rate, write_mix  # the codecs, which a live session does without

    rate = preferred_rate(path.suffix)
    _guard(home, plan, path)
    ceiling_dbtp = CEILING_DBTP - CODEC_HEADROOM_DB.get(path.suffix.lower(), 0.0)
    realised = realise(
        home,
        plan,
        rate=rate,
        voice=voice,
        writer=writer,
        talk=talk,
        disclose=disclose,
        ceiling_dbtp=ceiling_dbtp,
        progress=progress,
    )
    blocks = _counted(mix(realised.timeline, ceiling_dbtp=ceiling_dbtp), realised.timeline, progress)
    files = write_mix(path, realised.timeline, blocks, title=realised.plan.title, date=realised.plan.planned_at.date())
    plan_path = path.with_name(f"{path.stem}.plan.yaml")
    save_plan(realised.plan, plan_path)
    return Rendered(
        plan=realised.plan,
        timeline=realised.timeline,
        files=(*files, plan_path),
        warnings=(*realised.warnings, *_remembered(home, realised)),
    )


def _remembered(home: Home, realised: Realised) -> tuple[str, ...]:
    """Remember what was said; a memory that cannot be written is no reason to lose a session."""
    try:
        home.said.record(session_key(realised.plan), realised.said)
    except ScriptError as error:
        return (f"What was said is not remembered. {error}",)
    return ()


def _guard(home: Home, plan: Plan, path: Path) -> None:
    """Refuse what would only fail after all the work, or cost the listener a song.

    Raises
    ------
    OutputError
        If the mix would take the place of music in the library, or its companions' names would be too long.
    """
    songs = {item.track.path for item in plan.items() if item.track.path}
    if home.library.find(path) or path.resolve() in {song.resolve() for song in songs}:
        raise OutputError(
            "This is one of your songs, and the mix would replace it",
            where=str(path),
            hint="choose another name or folder with -o",
        )
    if len(os.fsencode(path.name)) > _LONGEST_NAME_BYTES:
        raise OutputError("The name is too long", where=str(path), hint="choose a shorter name with -o")


def _counted(
    blocks: Iterator[NDArray[np.float32]], timeline: Timeline, progress: Progress | None
) -> Iterator[NDArray[np.float32]]:
    done = 0
    for block in blocks:
        yield block
        done += len(block)
        if progress:
            progress("Mixing", done // timeline.rate, timeline.n_frames // timeline.rate)
