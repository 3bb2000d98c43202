"""How the songs of a plan are treated, and what is said: as its settings have it, or else as usual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from aidj.home import Home
from aidj.model import (
    LINK_KINDS,
    TALK_LEVELS,
    TALK_LIMITS_DB,
    TALK_PLACEMENTS,
    Analysis,
    Item,
    Link,
    Plan,
    Plays,
    TalkSettings,
    Track,
    TrackRef,
)
from aidj.names import match_key
from aidj.selection import Query, matching
from aidj.sequencing import follows
from aidj.session.committing import find_tracks
from aidj.timeline import Handover, Mark, Song, parse_handover

_CLASSICAL = frozenset(
    match_key(genre)
    for genre in (
        *("classical", "classique", "klassik", "clásica", "klassisk", "modern classical", "contemporary classical"),
        *("baroque", "renaissance", "medieval", "early music", "romantic", "opera", "oratorio", "chamber music"),
        *("symphony", "choral", "lied", "concerto"),
    )
)
"""Genres whose recordings end when they end: what follows waits."""
_OF_PLANNING = frozenset({"talk", "talk_off"})
"""Settings that say which links a plan gets: a finished one has its links."""


def handover_of(plan: Plan) -> Handover:
    """Return how the songs of a plan hand over, as its settings say; the usual where they say nothing, or nonsense."""
    beatmix = str(plan.settings.get("beatmix", "on")).casefold() not in ("off", "no", "false", "0")
    try:
        return parse_handover(str(plan.settings.get("transition", "auto")), beatmix=beatmix)
    except ValueError:
        return Handover(beatmix=beatmix)


def handover_settings(handover: Handover) -> dict[str, str]:
    """Return what a plan's settings say of a way to hand over, for `handover_of`; nothing for the usual one."""
    said = {}
    if handover.mode != "auto":
        said["transition"] = str(handover)
    if not handover.beatmix:
        said["beatmix"] = "off"
    return said


def talk_of(plan: Plan, usual: TalkSettings) -> TalkSettings:
    """Return what is said in a plan and where, as its settings say; as usual where they say nothing, or nonsense."""
    said = plan.settings
    found: dict[str, Any] = {}
    for key, name, known in (("talk", "level", TALK_LEVELS), ("talk_placement", "placement", TALK_PLACEMENTS)):
        if (word := _word(said.get(key))) in known:
            found[name] = word
    for name in ("personal", "disclose"):
        if (truth := _TRUTHS.get(_word(said.get(name)))) is not None:
            found[name] = truth
    for name, (low, high) in TALK_LIMITS_DB.items():
        if (number := _number(said.get(name))) is not None and low <= number <= high:
            found[name] = number
    if "talk_off" in said:
        words = {word.strip() for word in _word(said["talk_off"]).split(",")}
        found["kinds_off"] = frozenset(kind for kind in LINK_KINDS if kind in words)
    return replace(usual, **found)


def talk_settings(talk: TalkSettings) -> dict[str, str | float]:
    """Return what a plan's settings say of what is said, for `talk_of`; nothing for what is as usual."""
    usual = TalkSettings()
    said: dict[str, str | float] = {}
    if talk.level != usual.level:
        said["talk"] = talk.level
    if talk.placement != usual.placement:
        said["talk_placement"] = talk.placement
    if talk.kinds_off:
        said["talk_off"] = ", ".join(kind for kind in LINK_KINDS if kind in talk.kinds_off)
    for name in ("personal", "disclose"):
        if getattr(talk, name) != getattr(usual, name):
            said[name] = "on" if getattr(talk, name) else "off"
    for name in TALK_LIMITS_DB:
        if getattr(talk, name) != getattr(usual, name):
            said[name] = getattr(talk, name)
    return said


_TRUTHS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


def _word(value: object) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None


def is_classical(track: Track) -> bool:
    """Return whether a track is classical music, as its tags have it."""
    return track.work is not None or any(match_key(genre) in _CLASSICAL for genre in track.genres)


def left_alone(query: Query | None, tracks: Sequence[Track], now: datetime) -> frozenset[str]:
    """Return the ids of the tracks into which nothing may be mixed, as the listener has set it."""
    if query is None:
        return frozenset()
    found = matching(query, tracks, plays=Plays.none(), now=now, features={})
    return frozenset(track.id for track, alone in zip(tracks, found.mask, strict=True) if alone)


def with_joins(plan: Plan, marks: Sequence[Mark]) -> Plan:
    """Write into a plan how its songs begin after each other, as the marks of a rehearsal have it."""
    joined = {mark.path: mark.joined for mark in marks if mark.kind == "song"}
    return _with_songs(plan, lambda item: replace(item, joined=joined.get(item.track.path)))


def with_untouched(plan: Plan, alone: Collection[TrackRef]) -> Plan:
    """Write into a plan which songs must be left alone, where it does not say itself what may be done to them."""
    return _with_songs(
        plan, lambda item: replace(item, untouched=True) if item.untouched is None and item.track in alone else item
    )


def _with_songs(plan: Plan, change: Callable[[Item], Item]) -> Plan:
    sets = (
        replace(part, entries=tuple(change(entry) if isinstance(entry, Item) else entry for entry in part.entries))
        for part in plan.sets
    )
    return replace(plan, sets=tuple(sets))


def as_set(
    home: Home, plan: Plan, handover: Handover, leave_alone: Query | None, talk: TalkSettings | None = None
) -> Plan:
    """Return a plan with the listener's settings about seams and speech where it says nothing of its own.

    Which links there are is the plan's affair: neither level nor kinds of links come into it.
    """
    said = talk_settings(talk or TalkSettings())
    of_talk = {name: value for name, value in said.items() if name not in _OF_PLANNING}
    plan = replace(plan, settings={**handover_settings(handover), **of_talk, **plan.settings})
    if leave_alone is None:
        return plan
    tracks, _ = find_tracks(home, plan)
    alone = left_alone(leave_alone, list(tracks.values()), plan.planned_at)
    return with_untouched(plan, {reference for reference, track in tracks.items() if track.id in alone})


def songs_of(
    entries: Sequence[Item | Link], tracks: Mapping[TrackRef, Track], analyses: Mapping[str, Analysis]
) -> dict[int, Song]:
    """Return the songs of a session ready to be placed, by their place among its entries.

    Songs that follow each other on an album, with nothing said between them, know that they share one gain.
    """
    songs: dict[int, Song] = {}
    runs: list[list[int]] = []
    for number, entry in enumerate(entries):
        if isinstance(entry, Link) or entry.track not in tracks:
            continue
        track = tracks[entry.track]
        classical = is_classical(track) if entry.untouched is None else False
        songs[number] = Song(
            item=entry,
            track=track,
            analysis=analyses[track.id],
            classical=classical,
            untouched=classical or bool(entry.untouched) or analyses[track.id].leave_alone,
        )
        wish = entry.transition
        joins = wish is None or wish.kind == "gapless"
        if runs and joins and runs[-1][-1] == number - 1 and follows(songs[number - 1].track, track):
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        if len(run) > 1:
            together = tuple(songs[number].analysis for number in run)
            songs |= {number: replace(songs[number], run=together) for number in run}
    return songs
