"""The songs of a plan that can be played: found in the library, measured, and still the files they were."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from aidj.errors import AudioError, PlanError
from aidj.home import Home
from aidj.model import Analysis, Item, Plan, Set, Track, TrackRef
from aidj.session.committing import find_tracks, silent, unopenable
from aidj.session.presenting import Warn

Measuring = Callable[[int, int, Track], None]
"""Called with how many songs are measured, of how many, and the last one."""


class Playable:
    """Finds and measures songs, each once; what cannot be played is told to `warn` and left out.

    Parameters
    ----------
    measuring : callable, optional
        Told how far measuring is.
    trusting : bool
        Whether files are taken to be what they were when they were measured: for a rehearsal, which plays nothing.
    """

    def __init__(self, home: Home, warn: Warn, *, measuring: Measuring | None = None, trusting: bool = False) -> None:
        self._home = home
        self._warn = warn
        self._measuring = measuring
        self._trusting = trusting
        self._tracks: dict[TrackRef, Track | None] = {}
        self.analyses: dict[str, Analysis] = {}
        """What is known of the songs that can be played, by track id."""
        self._files: dict[str, tuple[int, int] | None] = {}
        """What their files looked like when they were found, by track id."""

    def track(self, item: Item) -> Track | None:
        """Return the track of a song that was asked for before, if it can be played."""
        return self._tracks.get(item.track)

    def may_play(self, item: Item) -> bool:
        """Return whether a song can be played, as far as is known."""
        return item.track not in self._tracks or self._tracks[item.track] is not None

    def of(self, plan: Plan) -> dict[TrackRef, Track]:
        """Return the songs of a plan that can be played.

        Raises
        ------
        PlanError
            If none of them can.
        """
        new = [item for item in plan.items() if item.track not in self._tracks]
        if new:
            found = self._found(plan, new)
            failures = self._measured(list(found.values()))
            for item in new:
                track = found.get(item.track)
                self._tracks[item.track] = track if track is not None and track.id not in failures else None
                if track is not None and not self._trusting:
                    self._files[track.id] = _look(track.path)
        tracks = {item.track: track for item in plan.items() if (track := self._tracks[item.track]) is not None}
        if not plan.items():
            raise PlanError("The plan has no songs", hint="make one with: aidj plan -o session.yaml")
        if not tracks:
            raise PlanError(
                "None of the songs in the plan can be played",
                cause="their files are damaged, or the drive is not connected",
                hint="scan the library again, or make another plan",
            )
        return tracks

    def look_again(self, items: Sequence[Item]) -> None:
        """Leave out songs whose files have gone, or are others, since they were found."""
        for item in items:
            track = self._tracks.get(item.track)
            if track is None or ((seen := _look(track.path)) == self._files.get(track.id, seen) and seen is not None):
                continue
            gone = {track.id: AudioError("The file has gone", where=str(track.path))} if seen is None else {}
            if failure := (gone or unopenable([track])).get(track.id):
                self._tracks[item.track] = None
                self._warn(f"A song is left out. {failure}")
            else:
                self._files[track.id] = seen

    def _found(self, plan: Plan, new: Sequence[Item]) -> dict[TrackRef, Track]:
        asked = replace(plan, sets=(Set(theme="", entries=tuple(new)),)) if self._tracks else plan
        try:
            found, unknown = find_tracks(self._home, asked)
        except PlanError as error:
            if not self._tracks:
                raise  # nothing at all: that is said as it is
            found, unknown = {}, [error]
        for missing in unknown:
            self._warn(f"A song is left out. {missing}")
        return found

    def _measured(self, tracks: Sequence[Track]) -> dict[str, AudioError]:
        """Measure some songs; return why those that cannot be played cannot, by track id."""
        analyses, failures = self._home.analyses.of(tracks, progress=self._measuring)
        failures = {**failures, **silent(tracks, analyses)}
        if not self._trusting:
            failures |= unopenable([track for track in tracks if track.id in analyses])
        for failure in failures.values():
            self._warn(f"A song is left out. {failure}")
        self.analyses |= {track_id: analysis for track_id, analysis in analyses.items() if track_id not in failures}
        return failures


def _look(path: Path) -> tuple[int, int] | None:
    """Return what tells, without opening it, whether a file is still the same; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
