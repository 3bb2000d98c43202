"""From a library and a history to a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from aidj.errors import AudioError, LibraryError, PlanError
from aidj.home import Home
from aidj.model import Plan, Plays, Track
from aidj.selection import MixSettings, select
from aidj.sequencing import choose_songs, expected_length_s, shortlist, write_plan
from aidj.session.realising import rehearse
from aidj.voice import load_presenter

DEFAULT_PRESENTER = "ella"
TARGET_LUFS = -16.0
MAX_MINUTES = 24 * 60.0

_CLOSE_ENOUGH_S = 30.0
_GOOD_FIT_S = 3.0
_NUDGES_S = (-8.0, 8.0, -16.0, 16.0, -24.0, 24.0)
_REHEARSALS = 3 + len(_NUDGES_S)
_SHORTEST_S = 30.0


def plan_session(
    home: Home,
    *,
    minutes: float,
    now: datetime,
    seed: int | None = None,
    folders: Sequence[Path] | None = None,
    presenter: str = DEFAULT_PRESENTER,
    talk: bool = True,
    target_lufs: float = TARGET_LUFS,
    mix: MixSettings | None = None,
    progress: Callable[[int, int, Track], None] | None = None,
) -> Plan:
    """Plan a session.

    Parameters
    ----------
    home : Home
        The data folder, with a scanned library and, as a rule, a history.
    minutes : float
        The length wanted, more than 0 and at most a day.
    now : datetime
        The moment the session is for, with a zone. The same library, history, moment and seed give the same plan.
    seed : int, optional
        Another seed, another session; by default the date of `now`, as YYYYMMDD.
    folders : sequence of Path, optional
        Only music below these.
    presenter : str
        The name of a presenter, or the path of a presenter file.
    talk : bool
        Whether anything is said at all.
    progress : callable, optional
        Called with (done, in all, track) while songs not measured yet are measured.

    Raises
    ------
    PlanError
        If the length makes no sense, or none of the songs can be decoded.
    LibraryError
        If there is no music.
    """
    if not 0 < minutes <= MAX_MINUTES:
        raise PlanError(
            f"A session cannot be {minutes:g} minutes long", hint=f"choose more than 0 and at most {MAX_MINUTES:g}"
        )
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    speaker = load_presenter(presenter, extra_folders=(home.voices_folder,))
    tracks = home.library.tracks(folders)
    if not tracks:
        raise LibraryError(
            "There is no music to choose from",
            where=", ".join(map(str, folders)) if folders else str(home.folder),
            cause="no folder has been scanned yet, or none of its files can be played",
            hint="scan one with: aidj scan ~/Music",
        )
    now = now.replace(microsecond=0)
    seed = int(now.strftime("%Y%m%d")) if seed is None else seed
    select_seed, link_seed = np.random.SeedSequence(abs(seed)).spawn(2)
    plays = home.history.plays(tracks)
    candidates = select(tracks, plays, now=now, rng=np.random.default_rng(select_seed), settings=mix)
    picks = shortlist(candidates, minutes)
    analyses, failures = home.analyses.of([pick.track for pick in picks], progress=progress)
    picks = tuple(pick for pick in picks if pick.track.id in analyses)
    if not picks:
        raise PlanError(
            f"None of the {len(tracks)} tracks can be played",
            cause="the files are damaged, too short, or their drive is not connected",
            hint="look at the list that `aidj scan` prints",
        )
    lengths_s = {pick.track.id: expected_length_s(pick.track, analyses[pick.track.id]) for pick in picks}
    wanted_s = minutes * 60

    def draft(music_s: float) -> Plan:
        return write_plan(
            choose_songs(picks, lengths_s, music_s=music_s),
            lengths_s,
            minutes=minutes,
            now=now,
            seed=seed,
            presenter=presenter,
            presenter_name=speaker.name,
            target_lufs=target_lufs,
            notes=(),
            rng=np.random.default_rng(link_seed),
            talk=talk,
        )

    # How much time links and seams take is known only when the songs are; so choose, rehearse, and choose again.
    best: tuple[float, float, Plan] | None = None
    music_s = wanted_s
    nudges_s = iter(_NUDGES_S)
    for attempt in range(_REHEARSALS):
        candidate = draft(max(_SHORTEST_S, music_s))
        length_s = rehearse(home, candidate).duration_s
        error_s = length_s - wanted_s
        if best is None or abs(error_s) < best[0]:
            best = (abs(error_s), length_s, candidate)
        if best[0] < _GOOD_FIT_S or attempt + 1 == _REHEARSALS:
            break
        if attempt < 2:
            settled_s = music_s = music_s - error_s
        else:  # with few songs the same ones come again and again: look around
            music_s = settled_s + next(nudges_s)
    assert best is not None
    notes = _notes(plays, failures, tracks, minutes, best[1])
    return replace(best[2], notes=tuple(notes))


def _notes(
    plays: Plays, failures: Mapping[str, AudioError], tracks: Sequence[Track], minutes: float, expected_s: float
) -> list[str]:
    notes = []
    if not plays.heard.any():
        notes.append(
            "No listens of these tracks are known: the choice rests on tags and release dates alone. "
            "Import a history with: aidj import FILE"
        )
    notes += [f"Left out: {error}" for error in failures.values()]
    if expected_s < minutes * 60 - _CLOSE_ENOUGH_S:
        notes.append(
            f"{minutes:g} minutes were asked for, but the {len(tracks)} tracks there are make about "
            f"{expected_s / 60:.0f}: no song is played twice."
        )
    elif expected_s > minutes * 60 + _CLOSE_ENOUGH_S:
        notes.append(
            f"{minutes:g} minutes were asked for; with the songs there are it becomes about {expected_s / 60:.0f}: "
            "no song is cut short."
        )
    return notes
