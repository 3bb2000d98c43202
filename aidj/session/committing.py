"""Commit a plan to the songs that can be played."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from aidj.audio import open_source
from aidj.errors import AudioError, PlanError
from aidj.home import Home
from aidj.library import content_id
from aidj.model import Analysis, Plan, Track, TrackRef
from aidj.names import match_key, title_key


def find_tracks(home: Home, plan: Plan) -> tuple[dict[TrackRef, Track], list[PlanError]]:
    """Find the track of each song: by id, else by path, else by artist and title.

    Returns
    -------
    tracks, errors
        One error for each song that is not in the library.

    Raises
    ------
    PlanError
        If none of them is.
    """
    errors: list[PlanError] = []
    by_name: dict[tuple[str, str], Track] = {}
    found: dict[TrackRef, Track] = {}
    for number, item in enumerate(plan.items(), start=1):
        reference = item.track
        track = home.library.find(reference.id) if reference.id else None
        if track is None and reference.path:
            track = home.library.find(reference.path)
        if track is None and reference.title:
            if not by_name:
                by_name = {(match_key(t.artist), title_key(t.title)): t for t in reversed(home.library.tracks())}
            track = by_name.get((match_key(reference.artist), title_key(reference.title)))
        if track is None:
            called = " – ".join(filter(None, (reference.artist, reference.title))) or str(reference.path)
            error = PlanError(
                f"Song {number} ({called}) is not in the library",
                where=str(reference.path) if reference.path else None,
                cause="the file was moved or deleted, its folder was never scanned, or the name is misspelt",
                hint="run `aidj scan FOLDER`, or take the song out of the plan",
            )
            errors.append(error)
            continue
        found[reference] = track
    if not found:
        if errors:
            raise errors[0]
        raise PlanError("The plan has no songs", hint="make one with: aidj plan -o session.yaml")
    return found, errors


def silent(tracks: Sequence[Track], analyses: Mapping[str, Analysis]) -> dict[str, AudioError]:
    """Return why some songs are not played although they could be: there is nothing to hear in them."""
    return {
        track.id: AudioError("The file is silent from beginning to end", where=str(track.path))
        for track in tracks
        if track.id in analyses and not math.isfinite(analyses[track.id].loudness_lufs)
    }


def unopenable(tracks: Sequence[Track]) -> dict[str, AudioError]:
    """Return why some songs cannot be played although they were measured before: gone, or another file by now."""
    errors = {}
    for track in tracks:
        try:
            open_source(track.path).close()
            with track.path.open("rb") as file:
                same = content_id(file, track.path.stat().st_size) == track.id
        except AudioError as error:
            errors[track.id] = error
        except OSError as error:
            errors[track.id] = AudioError(f"The file cannot be read ({error.strerror})", where=str(track.path))
        else:
            if not same:
                errors[track.id] = AudioError(
                    "The file has changed since it was scanned",
                    where=str(track.path),
                    cause="it was edited, replaced, or cut short",
                    hint="scan the library again",
                )
    return errors
