"""Where the presenter speaks, and which facts each link may use; the plan is complete with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from aidj.model import Candidate, Item, Link, LinkKind, Plan, Rotation, Set, TrackRef
from aidj.sequencing.facts import Facts, Placed, true_facts
from aidj.sequencing.fill import Chosen

THEMES: Mapping[Rotation, str] = {
    "new_release": "new songs",
    "forgotten_favourite": "songs you have not heard for a long time",
    "current_favourite": "songs you play these days",
    "deep_cut": "songs you hardly know yet",
    "request": "songs you asked for",
}

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
    sets: Sequence[Sequence[Chosen]],
    lengths_s: Mapping[str, float],
    *,
    minutes: float,
    now: datetime,
    seed: int,
    presenter: str,
    presenter_name: str,
    target_lufs: float,
    notes: Sequence[str],
    rng: np.random.Generator,
    talk: bool = True,
) -> Plan:
    """Make the document: songs in their order, links where they belong.

    One link opens the session, one closes it, one stands at each change of set, and one in the middle of each set, by
    preference before a new release or a forgotten favourite.
    """
    songs = [chosen for part in sets for chosen in part]
    themes = [theme_of([chosen.candidate for chosen in part]) for part in sets]
    placed = [Placed(track=c.track, rotation=c.rotation, terms=c.terms) for c in (song.candidate for song in songs)]
    calendar: Facts = {"weekday": _WEEKDAYS[now.weekday()], "daypart": daypart(now), "presenter": presenter_name}
    plan_sets: list[Set] = []
    position = 0
    for number, part in enumerate(sets):
        entries: list[Item | Link] = []
        linked_at = _mid_set_place(part, rng)
        for place, chosen in enumerate(part):
            kind: LinkKind | None = None
            told = dict(calendar)
            if place == 0:
                kind = "opening" if number == 0 else "set_change"
                told |= {"theme": themes[number], "songs": len(part)}
                if number == 0:
                    told["minutes"] = round(minutes)
            elif place == linked_at:
                kind = "intro" if chosen.candidate.rotation in _WORTH_TELLING else "back_announce"
            if kind and talk:
                entries.append(Link(kind=kind, facts=true_facts(kind, told, placed, position)))
            entries.append(_item(chosen, lengths_s))
            position += 1
        if talk and number == len(sets) - 1:
            entries.append(Link(kind="closing", facts=true_facts("closing", calendar, placed, position)))
        plan_sets.append(Set(theme=themes[number], entries=tuple(entries)))
    return Plan(
        title=title_of(now),
        planned_at=now,
        seed=seed,
        minutes=float(minutes),
        presenter=presenter,
        target_lufs=target_lufs,
        notes=tuple(notes),
        sets=tuple(plan_sets),
    )


def theme_of(songs: Sequence[Candidate]) -> str:
    """Name what a set is about, by the rotation that holds most of it."""
    counts = {rotation: sum(song.rotation == rotation for song in songs) for rotation in THEMES}
    most = max(counts.values())
    leaders = [rotation for rotation, count in counts.items() if count == most]
    if len(leaders) > 1:
        return "old favourites and things to discover"
    theme = THEMES[leaders[0]]
    return theme if most == len(songs) else f"{theme}, and a few others"


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


def _item(chosen: Chosen, lengths_s: Mapping[str, float]) -> Item:
    candidate = chosen.candidate
    track = candidate.track
    return Item(
        track=TrackRef(
            id=track.id,
            path=track.path,
            artist=track.artist,
            title=track.title,
            album=track.album,
            duration_s=track.duration_s,
        ),
        rotation=candidate.rotation,
        why=candidate.why,
        score=candidate.score,
        terms=dict(candidate.terms),
        rules=chosen.rules,
        plays_s=lengths_s[track.id],
    )
