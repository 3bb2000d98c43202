"""Invented listeners with invented libraries, who are told things in session after session, and what is counted there.

Every session is planned as the program plans it, and its links are written as they would be rendered, with a memory
that goes on; nothing is spoken, and how long a text takes is estimated.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, product
from pathlib import Path

import numpy as np
from choosing import sets_of
from talk_people import BEGINS, Person

from aidj.database import open_database
from aidj.model import (
    LINK_KINDS,
    MANNERS,
    Item,
    Link,
    LinkKind,
    Listener,
    Offers,
    Plan,
    TalkLevel,
    TalkSettings,
    Track,
    TrackRef,
)
from aidj.script import TABLES, Facts, Lines, Memory, Said, load_lines, session_key, voices_folder
from aidj.script.memory import FACTS_REST_DAYS, LINES_REST_LINKS
from aidj.script.truth import untrue
from aidj.selection import select
from aidj.sequencing import write_plan
from aidj.session.link_writing import LinkWriting, Telling
from aidj.voice import estimate_speech_s

MINUTES = (45, 60, 75, 90)
LEVELS: tuple[TalkLevel, ...] = ("normal", "chatty", "normal", "rare")
"""Half of the listeners leave it as it is."""

_HOLE = re.compile(r"[{}\[\]|]|  |\s[.,]|\bNone\b|\(\)|“”|^\s|\s$|,\.|\.\.")


@dataclass
class Told:
    """What one listener was told in one session."""

    person: Person
    plan: Plan
    links: tuple[Link, ...]
    """Those that say something."""
    said: tuple[Said, ...]
    unsaid: int
    """Links that stand in the plan and say nothing."""
    lies: list[str]
    """What the checker says of the texts before any is refused."""
    speech_s: float
    music_s: float


@dataclass(frozen=True)
class Counts:
    """What was counted."""

    listeners: int
    sessions: int
    links: int
    """Those that say something."""
    unsaid: int
    lies: tuple[str, ...]
    """Complaints of the checker, each with its text."""
    holes: int
    """Links with an empty slot, a doubled space, a sign left over."""
    lines_again: int
    """Lines said again within `LINES_REST_LINKS`."""
    facts_again: int
    """Facts told again within `FACTS_REST_DAYS`."""
    openings_again: int
    """Sessions opened like one of the five before."""
    begun_alike: int
    """Links with the first two words of one of the three before."""
    never_said: frozenset[tuple[str, LinkKind]]
    """Languages with a kind of link that stood in plans and was never said."""
    middle_s: float
    """Half of the links are longer."""
    longest_s: float
    """Of all but the first ones of sessions."""
    shares: Mapping[TalkLevel, float]
    """What part of the time is spoken, 0 to 1, by level; presenters of the quick manner, who say less, left out."""


def sessions(count: int) -> Iterator[Told]:
    """Yield sessions of listeners of every language, manner and level, each listener's one after the other."""
    languages = sorted(path.name for path in (voices_folder() / "lines").iterdir() if (path / "words.yaml").is_file())
    lines = {language: load_lines(language) for language in languages}
    kinds = list(islice(product(LEVELS, MANNERS, languages), count))
    for number, (level, manner, language) in enumerate(kinds):
        share = count // len(kinds) + (number < count % len(kinds))
        yield from life(Person.of(number, language, manner, level), share, lines[language])


def life(person: Person, count: int, lines: Lines) -> Iterator[Told]:
    """Yield one listener's sessions, a day or so apart."""
    rng = np.random.default_rng((7, person.number))
    offered: list[tuple[int, int]] = []
    place = {track.id: number for number, track in enumerate(person.tracks)}
    now = BEGINS
    with tempfile.TemporaryDirectory() as folder:
        connection = open_database(Path(folder), TABLES)
        memory = Memory(connection)
        for _ in range(count):
            now += timedelta(hours=float(rng.choice([11, 13, 24, 24, 35, 60])), minutes=float(rng.integers(60)))
            plan = _plan(person, now.replace(second=0, microsecond=0), offered, int(rng.choice(MINUTES)))
            offered += [(int(now.timestamp()), place[item.track.id or ""]) for item in plan.items()]
            yield told(person, plan, lines, memory)
        connection.close()


def told(person: Person, plan: Plan, lines: Lines, memory: Memory) -> Told:
    """Write the links of a plan, and remember them as a rendering does."""
    recent = memory.recent(plan.planned_at, session_key(plan))
    lies: list[str] = []

    def check(text: str, facts: Facts, lines: Lines) -> Sequence[str]:
        lies.extend(f"{lines.language}: {complaint}: {text}" for complaint in untrue(text, facts, lines))
        return ()

    telling = Telling(
        presenter="Ella Tronic",
        lines=lines,
        manner=person.manner,
        length_s=estimate_speech_s,
        talk=TalkSettings(level=person.level),
        recent=recent,
        disclose=not recent.disclosed,
        complaints=check,
    )
    by_id = {track.id: track for track in person.tracks}
    tracks = {item.track: by_id[item.track.id or ""] for item in plan.items()}
    writing = LinkWriting(plan, tracks, telling, _rooms_s(tracks))
    sets = writing.sets()
    at_s = 0.0
    spoken: list[tuple[Link, Said]] = []
    number = unsaid = 0
    speech_s = 0.0
    for entry in (entry for part in sets for entry in part.entries):
        if isinstance(entry, Item):
            at_s += entry.plays_s or 0.0
            continue
        if entry.text:
            spoken.append((entry, replace(writing.said[number], said_at=plan.planned_at + timedelta(seconds=at_s))))
            speech_s += estimate_speech_s(entry.text)
        else:
            unsaid += 1
        number += 1
    memory.record(session_key(plan), [said for _, said in spoken])
    return Told(
        person=person,
        plan=plan,
        links=tuple(link for link, _ in spoken),
        said=tuple(said for _, said in spoken),
        unsaid=unsaid,
        lies=lies,
        speech_s=speech_s,
        music_s=at_s,
    )


def counted(lives: Sequence[Sequence[Told]]) -> Counts:
    """Count over the sessions of some listeners; each listener's are in the order in which they were heard."""
    everything = [one for life_of in lives for one in life_of]
    links = [link for one in everything for link in one.links]
    lengths_s = sorted(estimate_speech_s(link.text or "") for link in links)
    shares = {}
    for level in dict.fromkeys(one.person.level for one in everything):
        of_level = [one for one in everything if one.person.level == level and one.person.manner != "quick"]
        speech_s = sum(one.speech_s for one in of_level)
        if of_level:
            shares[level] = speech_s / (speech_s + sum(one.music_s for one in of_level))
    return Counts(
        listeners=len(lives),
        sessions=len(everything),
        links=len(links),
        unsaid=sum(one.unsaid for one in everything),
        lies=tuple(lie for one in everything for lie in one.lies),
        holes=sum(map(_has_hole, links)),
        lines_again=sum(map(_lines_again, lives)),
        facts_again=sum(map(_facts_again, lives)),
        openings_again=sum(map(_openings_again, lives)),
        begun_alike=sum(map(_begun_alike, lives)),
        never_said=frozenset(_never_said(everything)),
        middle_s=lengths_s[len(lengths_s) // 2] if lengths_s else 0.0,
        longest_s=max(map(_longest_s, everything), default=0.0),
        shares=shares,
    )


def _has_hole(link: Link) -> bool:
    text = link.text or ""
    for value in sorted((str(value) for value in link.facts.values()), key=len, reverse=True):
        text = text.replace(value, "x")
    return _HOLE.search(text) is not None


def _lines_again(life_of: Sequence[Told]) -> int:
    said = [set(said.lines) for one in life_of for said in one.said]
    return sum(
        len(lines & set().union(*said[max(0, number - LINES_REST_LINKS) : number])) for number, lines in enumerate(said)
    )


def _facts_again(life_of: Sequence[Told]) -> int:
    last: dict[str, datetime] = {}
    again = 0
    for said in (said for one in life_of for said in one.said):
        for fact in said.facts:
            again += fact in last and said.said_at - last[fact] < timedelta(days=FACTS_REST_DAYS)
            last[fact] = said.said_at
    return again


def _openings_again(life_of: Sequence[Told]) -> int:
    openers = [said.lines[0] for one in life_of for said in one.said if said.kind == "opening" and said.lines]
    return sum(opener in openers[max(0, number - 5) : number] for number, opener in enumerate(openers))


def _begun_alike(life_of: Sequence[Told]) -> int:
    beginnings = [said.beginning for one in life_of for said in one.said]
    return sum(one in beginnings[max(0, number - 3) : number] for number, one in enumerate(beginnings))


def _never_said(everything: Sequence[Told]) -> set[tuple[str, LinkKind]]:
    """Return which kinds of link stood in plans of a language and were never said; a jump stands in none of these."""
    stood = {(one.person.language, link.kind) for one in everything for link in one.plan.links()}
    said = {(one.person.language, link.kind) for one in everything for link in one.links}
    return {(language, kind) for language, kind in stood - said if kind in LINK_KINDS}


def _longest_s(one: Told) -> float:
    return max((estimate_speech_s(link.text or "") for link in one.links[1:]), default=0.0)


def _plan(person: Person, now: datetime, offered: Sequence[tuple[int, int]], minutes: int) -> Plan:
    """Return a session as the program plans it, with the lengths that the tags give."""
    seed = int(now.strftime("%Y%m%d"))
    offers = Offers(
        track=np.array([track for _, track in offered], np.int32),
        offered_at=np.array([at for at, _ in offered], np.int64),
    )
    selection = select(
        person.tracks,
        Listener(plays=person.plays, offers=offers),
        now=now,
        rng=np.random.default_rng(seed),
        catalogue=person.catalogue,
    )
    sets = sets_of(person.tracks, selection, minutes, seed=seed)
    return write_plan(
        sets,
        {track.id: track.duration_s for track in person.tracks},
        minutes=minutes,
        now=now,
        seed=seed,
        presenter="nobody",
        presenter_name="Ella Tronic",
        target_lufs=-16.0,
        rng=np.random.default_rng(seed),
        talk=TalkSettings(level=person.level),
    )


def _rooms_s(tracks: dict[TrackRef, Track]) -> dict[str, float]:
    """Return the room over openings: one song in four has enough for a link."""
    return {track.id: 4.0 + int(track.id, 16) % 8 for track in tracks.values() if int(track.id, 16) % 4 == 0}
