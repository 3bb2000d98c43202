"""From a library and a history to a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from aidj.errors import LibraryError, PlanError
from aidj.home import Home
from aidj.model import ROTATIONS, Analysis, Candidate, Mix, Plan, Rotation, Share, TalkSettings, Track
from aidj.names import match_key
from aidj.selection import Features, MixSettings, Outcome, Selection, after_feedback, dump_query, select
from aidj.sequencing import (
    ChosenSet,
    Context,
    Stretch,
    choose_sets,
    expected_length_s,
    features_of,
    joined,
    shortlist,
    whole_album,
    works,
    write_plan,
)
from aidj.session.committing import silent
from aidj.session.fitting import REHEARSALS, fitted
from aidj.session.neighbours import runs_around
from aidj.session.plan_notes import dial_notes, left_out_in_words, length_notes
from aidj.session.presenting import check_presenter
from aidj.session.realising import rehearse
from aidj.session.treatment import handover_settings, left_alone, talk_settings, with_joins, with_untouched
from aidj.session.wishes import Wishes
from aidj.timeline import Timeline
from aidj.voice import load_presenter

DEFAULT_PRESENTER = "ella"
DEFAULT_MINUTES = 30.0
TARGET_LUFS = -16.0
MAX_MINUTES = 24 * 60.0

_SONGS_A_MINUTE = 0.5
_FEWEST_CANDIDATES = 400
_MEASURED_SHARE = 0.95
_BY_TAGS = "Tempo, energy and mood are judged by the files' tags; once all songs are measured (aidj analyze), by sound:"

Measuring = Callable[[int, int, Track], None]


def plan_session(
    home: Home,
    *,
    minutes: float | None = None,
    now: datetime,
    seed: int | None = None,
    folders: Sequence[Path] | None = None,
    presenter: str = DEFAULT_PRESENTER,
    target_lufs: float = TARGET_LUFS,
    wishes: Wishes | None = None,
    mix: MixSettings | None = None,
    played: Sequence[Candidate] = (),
    outcomes: Sequence[Outcome] = (),
    few: Sequence[Track] | None = None,
    progress: Measuring | None = None,
) -> Plan:
    """Plan a session.

    Parameters
    ----------
    home : Home
        The data folder, with a scanned library and, as a rule, a history.
    minutes : float, optional
        The length wanted, more than 0 and at most a day; by default what the wishes say, else 30, else, for an album
        that was asked for, its length.
    now : datetime
        The moment the session is for, with a zone. The same library, history, moment and seed give the same plan.
    seed : int, optional
        Another seed, another session; by default the date of `now`, as YYYYMMDD.
    folders : sequence of Path, optional
        Only music below these.
    presenter : str
        The name of a presenter, or the path of a presenter file.
    wishes : Wishes, optional
        What is asked for beyond that: dials, a query, an arc of energy, rules switched off, how much is said.
    mix : MixSettings, optional
        What counts as new, forgotten and current, and which rules hold.
    played : sequence of Candidate
        Songs that were played right before: none comes again, and separation holds across them.
    outcomes : sequence of Outcome
        What happened to them: skips and likes move the shares.
    few : sequence of Track, optional
        A few tracks of the library to choose among instead of all of it, for a beginning that is planned at once: less
        is looked up about them, see `Home.listener_of_few`.
    progress : callable, optional
        Called with (done, in all, track) while songs not measured yet are measured.

    Raises
    ------
    PlanError
        If the length makes no sense, none of the songs can be decoded, or nothing answers the query.
    LibraryError
        If there is no music.
    ConfigError
        If there is no such presenter, or one who bears the name of an artist in the library.
    """
    wishes = wishes or Wishes()
    minutes = wishes.minutes if minutes is None else minutes
    _check(minutes, now)
    speaker = load_presenter(presenter, extra_folders=(home.voices_folder,))
    if few is None:  # who plans a beginning at once lays it out at once, and it is checked there
        check_presenter(home, speaker)
    tracks = home.library.tracks(folders) if few is None else tuple(few)
    if not tracks:
        raise LibraryError(
            "There is no music to choose from",
            where=", ".join(map(str, folders)) if folders else str(home.folder),
            cause="no folder has been scanned yet, or none of its files can be played",
            hint="scan one with: aidj scan ~/Music",
        )
    now = now.replace(microsecond=0)
    seed = int(now.strftime("%Y%m%d")) if seed is None else seed
    select_seed, link_seed, set_seed = np.random.SeedSequence(abs(seed)).spawn(3)
    set_number = int(set_seed.generate_state(1)[0])
    settings = _settings(mix or MixSettings(), wishes)
    limit = max(_FEWEST_CANDIDATES, round((minutes or DEFAULT_MINUTES) * _SONGS_A_MINUTE))
    by_sound = wishes.query is not None and bool(wishes.query.tempo_bpm or wishes.query.energy or wishes.query.moods)
    features, sound_notes = known_features(home, tracks) if by_sound else (None, [])
    selection = select(
        tracks,
        home.listener(tracks, now) if few is None else home.listener_of_few(tracks, now),
        now=now,
        rng=np.random.default_rng(select_seed),
        settings=settings,
        query=wishes.query,
        features=features,
        catalogue=home.catalogue(tracks),
        limit=limit,
    )
    candidates = _together(tracks, selection.candidates, wishes)
    if not candidates:
        raise PlanError(
            "Nothing in the library can be played in this session",
            cause=" ".join(selection.notes) or left_out_in_words(selection) or "there is nothing that may be played",
            hint="ask for less, take an opinion back (aidj opinions), or switch a rule off (--allow)",
        )
    if minutes is None:
        minutes = _album_minutes(candidates) if wishes.query and wishes.query.whole_album else DEFAULT_MINUTES
    shares = after_feedback(selection.shares, outcomes)
    context = Context.of(candidates)
    picks = shortlist(candidates, minutes, shares=shares, seed=set_number, context=context, before=played)
    picks, analyses, kept_out = _playable(home, tracks, picks, minutes, progress)
    lengths_s = {track.id: expected_length_s(track, analyses[track.id]) for pick in picks for track in pick.tracks}
    whole_s = {pick.track.id: sum(lengths_s[track.id] for track in pick.tracks) for pick in picks}
    song_features = {pick.track.id: features_of(pick.track, analyses[pick.track.id]) for pick in picks}
    wanted_s = minutes * 60

    alone = left_alone(wishes.leave_alone, [track for pick in picks for track in pick.tracks], now)

    def draft(music_s: float) -> tuple[Plan, Sequence[ChosenSet], Timeline]:
        sets = choose_sets(
            picks,
            whole_s,
            music_s=music_s,
            shares=shares,
            features=song_features,
            seed=set_number,
            context=context,
            before=played,
            arc=[Stretch(minutes=length, direction=direction) for length, direction in wishes.arc],
        )
        if not sets:
            raise PlanError(
                "Nothing is left to play that was not played already",
                cause="the library, or what was asked for of it, is small",
                hint="ask for something else, or begin another session",
            )
        plan = write_plan(
            sets,
            lengths_s,
            minutes=minutes,
            now=now,
            seed=seed,
            presenter=presenter,
            presenter_name=speaker.name,
            target_lufs=target_lufs,
            settings=_in_plan(wishes),
            rng=np.random.default_rng(link_seed),
            talk=wishes.talk or TalkSettings(),
        )
        plan = with_untouched(plan, {item.track for item in plan.items() if item.track.id in alone})
        return plan, sets, rehearse(home, plan)

    (document, sets, timeline), length_s = fitted(
        draft,
        wanted_s,
        length_s=lambda drafted: drafted[2].duration_s,
        broken=lambda drafted: sum(len(song.rules) for part in drafted[1] for song in part.songs),
        rehearsals=REHEARSALS if few is None else 1,
    )
    notes = [
        *selection.notes,
        *sound_notes,
        *kept_out,
        *dial_notes(wishes, selection),
        *length_notes(sum(len(candidate.tracks) for candidate in candidates), minutes, length_s),
    ]
    return replace(with_joins(document, timeline.marks), notes=tuple(notes), mix=_mix(selection, shares, sets))


def _check(minutes: float | None, now: datetime) -> None:
    if minutes is not None and not 0 < minutes <= MAX_MINUTES:
        raise PlanError(
            f"A session cannot be {minutes:g} minutes long", hint=f"choose more than 0 and at most {MAX_MINUTES:g}"
        )
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")


def _settings(settings: MixSettings, wishes: Wishes) -> MixSettings:
    return replace(
        settings, dials={**settings.dials, **wishes.dials}, hygiene=frozenset(settings.hygiene - wishes.allow)
    )


def known_features(home: Home, tracks: Sequence[Track]) -> tuple[Features, list[str]]:
    """Return tempo and energy for a query that asks for them or for a mood, and a note where they are hardly known.

    What was measured counts once nearly the whole library is; until then tags alone do, as otherwise the choice would
    depend on which songs happened to be measured before.
    """
    summaries = home.analyses.summaries()
    measured = sum(track.id in summaries for track in tracks)
    whole = measured >= _MEASURED_SHARE * len(tracks)
    known = ((track.id, features_of(track, summaries.get(track.id) if whole else None)) for track in tracks)
    notes = [] if whole else [f"{_BY_TAGS} {measured} of {len(tracks)} are."]
    return {track_id: (features.bpm, features.energy) for track_id, features in known}, notes


def _together(tracks: Sequence[Track], candidates: Sequence[Candidate], wishes: Wishes) -> tuple[Candidate, ...]:
    """Join the movements of works, or the tracks of the album that was asked for."""
    query = wishes.query
    if query and query.whole_album:
        album = whole_album(tracks, [candidate.track for candidate in candidates])
        return joined([c for c in candidates if c.track in album], {track.id: album for track in album})
    if query and (query.titles or not query.whole_work):
        return tuple(candidates)  # somebody who asks for one movement gets it
    return joined(candidates, works(tracks))


def _playable(
    home: Home,
    tracks: Sequence[Track],
    picks: Sequence[Candidate],
    minutes: float,
    progress: Measuring | None,
) -> tuple[tuple[Candidate, ...], Mapping[str, Analysis], list[str]]:
    """Return the picks that can be played, those that run into each other joined, their analyses, and what was lost.

    Raises PlanError if there are none.
    """
    picked = [track for pick in picks for track in pick.tracks]
    analyses, failures = home.analyses.of(picked, progress=progress)
    failures = {**failures, **silent(picked, analyses)}
    picks = [pick for pick in picks if not any(track.id in failures for track in pick.tracks)]
    if not picks:
        raise PlanError(
            f"None of the {len(tracks)} tracks can be played",
            cause="the files are damaged, too short, or their drive is not connected",
            hint="look at the list that `aidj scan` prints",
        )
    analyses, joined_picks, parted = _with_runs(home, tracks, picks, analyses, minutes, progress)
    return joined_picks, analyses, [*parted, *(f"Left out: {error}" for error in failures.values())]


def _album_minutes(candidates: Sequence[Candidate]) -> float:
    return min(MAX_MINUTES, 0.5 + sum(track.duration_s for c in candidates for track in c.tracks) / 60)


def _with_runs(
    home: Home,
    tracks: Sequence[Track],
    picks: Sequence[Candidate],
    analyses: Mapping[str, Analysis],
    minutes: float,
    progress: Measuring | None,
) -> tuple[Mapping[str, Analysis], tuple[Candidate, ...], list[str]]:
    """Join songs that run into their neighbours on the album; leave out what would run too long, if there is enough."""
    alone = [pick.track for pick in picks if not pick.together]
    albums = {match_key(track.album) for track in alone if track.album}
    beside = [track for track in tracks if track.album and match_key(track.album) in albums]
    chains, analyses = runs_around(home, beside, alone, analyses, progress)
    if not chains:
        return analyses, tuple(picks), []
    longest_s = max(600.0, minutes * 60 / 3)
    whole = joined(picks, chains)
    fitting = tuple(
        pick
        for pick in whole
        if pick.rotation == "request"
        or pick.track.id not in chains
        or sum(track.duration_s for track in pick.tracks) <= longest_s
    )
    too_long = len(whole) - len(fitting)
    if sum(track.duration_s for pick in fitting for track in pick.tracks) < minutes * 60:
        return analyses, tuple(picks), ["Songs that run into each other are parted: there is too little else to play."]
    note = f"{too_long} songs are left out that run into their neighbours for longer than a third of the session."
    return analyses, fitting, [note] if too_long else []


def _in_plan(wishes: Wishes) -> dict[str, str | int | float]:
    """Return what was wished for, as a plan keeps it."""
    found: dict[str, str | int | float] = {
        f"dial_{rotation}": wishes.dials[rotation] for rotation in ROTATIONS if rotation in wishes.dials
    }
    if wishes.arc:
        found["arc"] = ", ".join(f"{minutes:g} {direction}" for minutes, direction in wishes.arc)
    if wishes.query:
        found["query"] = "; ".join(dump_query(wishes.query).splitlines())
    found |= handover_settings(wishes.handover)
    if wishes.talk:  # the usual, too, where it was asked for: another time something else may be the usual
        found |= {"talk": wishes.talk.level, "talk_placement": wishes.talk.placement, **talk_settings(wishes.talk)}
    if wishes.allow:
        found["allow"] = ", ".join(sorted(wishes.allow))
    return found


def _mix(selection: Selection, shares: Mapping[Rotation, float], sets: Sequence[ChosenSet]) -> Mix:
    songs = [song.candidate.rotation for part in sets for song in part.songs]
    return Mix(
        basis=selection.basis,
        shares={
            rotation: Share(
                target=round(shares.get(rotation, 0.0), 4),
                pool=selection.pools.get(rotation, 0),
                songs=songs.count(rotation),
            )
            for rotation in ROTATIONS
            if rotation in shares or rotation in songs
        },
        left_out=selection.left_out,
    )
