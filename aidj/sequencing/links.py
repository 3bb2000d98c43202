"""Where the presenter speaks, and which facts each link may use; the plan is complete with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from aidj.model import Item, Link, Mix, Plan, Set, TalkSettings, Track, TrackRef, Transition
from aidj.sequencing.cadence import link_places
from aidj.sequencing.facts import Facts, Placed, theme_facts, true_facts
from aidj.sequencing.sets import Chosen, ChosenSet

# Not strftime: its words depend on the machine's locale, and a plan does not.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYPARTS = ((5, "night"), (12, "morning"), (18, "afternoon"), (23, "evening"), (24, "night"))

_USUAL_TALK = TalkSettings()


def write_plan(
    sets: Sequence[ChosenSet],
    lengths_s: Mapping[str, float],
    *,
    minutes: float,
    now: datetime,
    seed: int,
    presenter: str,
    presenter_name: str,
    target_lufs: float,
    rng: np.random.Generator,
    notes: Sequence[str] = (),
    settings: Mapping[str, str | int | float] | None = None,
    mix: Mix | None = None,
    talk: TalkSettings = _USUAL_TALK,
) -> Plan:
    """Make the document: songs in their order, links where they belong.

    Parameters
    ----------
    lengths_s : mapping of track id to float
        How long each track sounds before the next one begins, those that belong together one by one.
    now : datetime
        The moment the session is for, with its zone.
    presenter, presenter_name : str
        What the plan calls the presenter, and the name on air.
    rng : numpy.random.Generator
        Chooses between places for links where as much is worth telling.
    talk : TalkSettings
        How often something is said, of which kind never, and whether links may know what the listener has heard.
    """
    placed = [
        Placed(
            track=track,
            rotation=song.candidate.rotation,
            terms=song.candidate.terms if track.id == song.candidate.track.id else {},
        )
        for part in sets
        for song in part.songs
        for track in song.candidate.tracks
    ]
    calendar: Facts = {"weekday": _WEEKDAYS[now.weekday()], "daypart": daypart(now), "presenter": presenter_name}
    plan_sets: list[Set] = []
    position = 0
    for part, places in zip(sets, link_places(sets, lengths_s, talk=talk, today=now.date(), rng=rng), strict=True):
        plan_set = _set(part)
        entries: list[Item | Link] = []
        for place, chosen in enumerate((*part.songs, None)):
            if kind := places.get(place):
                told = dict(calendar)
                if kind in ("opening", "set_change"):
                    told |= theme_facts(plan_set) | {"songs": sum(len(song.candidate.tracks) for song in part.songs)}
                if kind == "opening":
                    told["minutes"] = round(minutes)
                facts = true_facts(kind, told, placed, position, today=now.date(), personal=talk.personal)
                entries.append(Link(kind=kind, facts=facts))
            if chosen is not None:
                entries += _items(chosen, lengths_s)
                position += len(chosen.candidate.tracks)
        plan_sets.append(replace(plan_set, entries=tuple(entries)))
    return Plan(
        title=title_of(now),
        planned_at=now,
        seed=seed,
        minutes=float(minutes),
        presenter=presenter,
        target_lufs=target_lufs,
        settings=dict(settings or {}),
        notes=tuple(notes),
        mix=mix,
        sets=tuple(plan_sets),
    )


def title_of(moment: datetime) -> str:
    """Return a session's title: "Saturday evening, 21 November 2026"."""
    day = f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{_WEEKDAYS[moment.weekday()]} {daypart(moment)}, {day}"


def daypart(moment: datetime) -> str:
    """Return morning, afternoon, evening or night, as people say it."""
    return next(name for until, name in _DAYPARTS if moment.hour < until)


def _set(part: ChosenSet) -> Set:
    """Return a set of the plan, still without its entries."""
    theme = part.theme
    return Set(
        theme=theme.words,
        theme_kind=theme.kind,
        theme_value=theme.value,
        theme_artist=theme.artist,
        order_cost=dict(part.order_cost),
        entries=(),
    )


def _items(chosen: Chosen, lengths_s: Mapping[str, float]) -> list[Item]:
    """Return the entry of a song; for tracks that belong together one each, with the reasons at the one chosen."""
    candidate = chosen.candidate
    items = []
    for place, track in enumerate(candidate.tracks):
        item = Item(
            track=_reference(track),
            rotation=candidate.rotation,
            why=f"belongs together with {candidate.track.title}",
            rules=chosen.rules if place == 0 else (),
            plays_s=lengths_s[track.id],
            transition=Transition(kind="gapless") if place else None,
        )
        if track.id == candidate.track.id:
            item = replace(
                item,
                why=candidate.why,
                score=candidate.score,
                terms=dict(candidate.terms),
                propensity=candidate.propensity,
            )
        items.append(item)
    return items


def _reference(track: Track) -> TrackRef:
    return TrackRef(
        id=track.id,
        path=track.path,
        artist=track.artist,
        title=track.title,
        album=track.album,
        duration_s=track.duration_s,
    )
