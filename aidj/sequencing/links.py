"""Where the presenter speaks, and which facts each link may use; the plan is complete with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from aidj.model import Item, Link, LinkKind, Mix, Plan, Rotation, Set, Track, TrackRef, Transition
from aidj.sequencing.facts import Facts, Placed, true_facts
from aidj.sequencing.sets import Chosen, ChosenSet

_MID_SET_LINK_AFTER = 3
_WORTH_TELLING: tuple[Rotation, ...] = ("new_release", "forgotten_favourite")
# Not strftime: its words depend on the machine's locale, and a plan does not.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYPARTS = ((5, "night"), (12, "morning"), (18, "afternoon"), (23, "evening"), (24, "night"))


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
    talk: bool = True,
) -> Plan:
    """Make the document: songs in their order, links where they belong.

    One link opens the session, one closes it, one stands at each change of set, and one in the middle of each set, by
    preference before a new release or a forgotten favourite. Nothing is said between tracks that belong together.

    Parameters
    ----------
    lengths_s : mapping of track id to float
        How long each track sounds before the next one begins, those that belong together one by one.
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
    for number, part in enumerate(sets):
        entries: list[Item | Link] = []
        linked_at = _mid_set_place(part.songs, rng)
        for place, chosen in enumerate(part.songs):
            kind: LinkKind | None = None
            told = dict(calendar)
            if place == 0:
                kind = "opening" if number == 0 else "set_change"
                told |= {"theme": part.theme, "songs": sum(len(song.candidate.tracks) for song in part.songs)}
                if number == 0:
                    told["minutes"] = round(minutes)
            elif place == linked_at:
                kind = "intro" if chosen.candidate.rotation in _WORTH_TELLING else "back_announce"
            if kind and talk:
                entries.append(Link(kind=kind, facts=true_facts(kind, told, placed, position)))
            entries += _items(chosen, lengths_s)
            position += len(chosen.candidate.tracks)
        if talk and number == len(sets) - 1:
            entries.append(Link(kind="closing", facts=true_facts("closing", calendar, placed, position)))
        plan_sets.append(
            Set(theme=part.theme, theme_kind=part.theme_kind, order_cost=dict(part.order_cost), entries=tuple(entries))
        )
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


def _mid_set_place(part: Sequence[Chosen], rng: np.random.Generator) -> int | None:
    """Choose before which song of a set something is said; None in a set of fewer than four."""
    if len(part) <= _MID_SET_LINK_AFTER:
        return None
    places = range(2, len(part))
    telling = [place for place in places if part[place].candidate.rotation in _WORTH_TELLING]
    return int(rng.choice(telling or [_MID_SET_LINK_AFTER]))


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
