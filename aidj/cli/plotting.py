"""Pictures of a plan: every seam as it would be rendered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aidj.cli.screen import Screen
from aidj.home import Home
from aidj.model import Analysis, Plan
from aidj.output import check_can_draw, draw_seams, seam_views
from aidj.session import Realised, realise

_RATE = 44100


def plot_seams(home: Home, plan: Plan, path: Path, screen: Screen) -> None:
    """Draw every seam of a plan into a picture, or several where they do not fit into one.

    Raises
    ------
    OutputError
        As `aidj.output.draw_seams` does.
    PlanError, ConfigError, ScriptError
        As `aidj.session.realise` does.
    """
    check_can_draw(path)
    with screen.progress() as step:
        realised = realise(home, plan, rate=_RATE, progress=step)
        views = seam_views(realised.timeline, _analyses(home, realised), target_lufs=realised.target_lufs)
        files = draw_seams(views, path, title=plan.title)
    for warning in realised.warnings:
        screen.problem(warning)
    for file in files:
        screen.say(f"Drawn: {file}")


def _analyses(home: Home, realised: Realised) -> Mapping[Path, Analysis]:
    wanted = {mark.path for mark in realised.timeline.marks if mark.kind == "song"}
    tracks = [track for track in home.library.tracks() if track.path in wanted]
    found, _ = home.analyses.of(tracks)
    return {track.path: found[track.id] for track in tracks if track.id in found}
