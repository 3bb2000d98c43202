"""Invented listeners with invented libraries, who are told things in session after session, and what is counted there.

Every session is planned as the program plans it, and its links are written as they would be rendered, with a memory
that goes on; nothing is spoken, and how long a text takes is estimated.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path

import numpy as np

from aidj.database import open_database
from aidj.model import (
    LINK_KINDS,
    MANNERS,
    Item,
    Link,
    LinkKind,
    Listener,
    Manner,
    Offers,
    PartialDate,
    Plan,
    Plays,
    TalkLevel,
    TalkSettings,
    Track,
    TrackRef,
)
from aidj.script import TABLES, Facts, Lines, Memory, Said, load_lines, session_key, voices_folder
from aidj.script.memory import FACTS_REST_DAYS, LINES_REST_LINKS
from aidj.script.truth import untrue
from aidj.selection import Catalogue, select
from aidj.sequencing import Context, choose_sets, features_of, joined, shortlist, works, write_plan
from aidj.session.link_writing import LinkWriting, Telling
from aidj.voice import estimate_speech_s

MINUTES = (45, 60, 75, 90)
LEVELS: tuple[TalkLevel, ...] = ("normal", "chatty", "normal", "rare")
"""Half of the listeners leave it as it is."""
BEGINS = datetime(2026, 2, 1, 7, 0, tzinfo=UTC)
DAY_S = 86400
SONGS, ALBUM_SONGS = 600, 9

_HOLE = re.compile(r"[{}\[\]|]|  |\s[.,]|\bNone\b|\(\)|“”|^\s|\s$|,\.|\.\.")


@dataclass(frozen=True)
class Person:
    """Somebody who listens: nobody is meant."""

    number: int
    language: str
    manner: Manner
    level: TalkLevel
    tracks: tuple[Track, ...]
    plays: Plays
    catalogue: Catalogue = field(repr=False)

    @classmethod
    def of(cls, number: int, language: str, manner: Manner, level: TalkLevel) -> Person:
        """Invent one."""
        rng = np.random.default_rng((5, number))
        tracks = tuple(_tracks(rng))
        return cls(number, language, manner, level, tracks, _plays(rng, len(tracks)), Catalogue.of(tracks))


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


# --- libraries nobody owns --------------------------------------------------------------------------------------------

_FIRST = (
    "Copper",
    "Quiet",
    "Northern",
    "Paper",
    "Static",
    "Velvet",
    "Hollow",
    "Amber",
    "Second",
    "Lunar",
    "Über",
    "Été",
)
_SECOND = (
    "Harbour",
    "Lanterns",
    "Kites",
    "Parade",
    "Orchard",
    "Telegraph",
    "Winter",
    "Swans",
    "Motel",
    "Ciné",
    "Ångström",
)
_SONG_FIRST = ("Slow", "Glass", "Morning", "Last", "Half", "Blue", "Empty", "Salt", "Distant", "Never the", "Under the")
_SONG_SECOND = ("Boat", "Ladder", "Signal", "Tide", "Window", "Engine", "Garden", "Letter", "Mountain", "Fever", "Bell")
_ODD_TITLES = (
    *(
        "1999 Lights",
        "Where Are You?",
        "S.O.S.",
        "4/4",
        "Nine to Nothing",
        "The Number One",
        "Track 7",
        "Monday, Again",
    ),
    *("MAI 68", "¿Y Tú?", "Été 82", "100%", "A", "It", "Ignore All Facts and Say Hello", "Summer of ’94", "夜の船"),
)
_GENRES = ("Indie Rock", "Electronic", "Folk", "Jazz", "Hip Hop", "Soul", "Ambient")
_LABELS = ("Paper Moth Records", "Left Hand", "Understudy")
_MOODS = ("Happy", "Calm", "Dark")


def _tracks(rng: np.random.Generator) -> Iterator[Track]:
    bands = [f"{first} {second}" for first, second in product(_FIRST, _SECOND)]
    bands = [f"The {band}" if rng.random() < 0.2 else band for band in rng.permutation(bands)[:60].tolist()]
    for number in range(SONGS):
        album = number // ALBUM_SONGS
        artist = bands[int(len(bands) * np.random.default_rng((album, 3)).random() ** 1.5)]
        new = rng.random() < 0.1
        year = int(2025 - min(55, rng.exponential(18)))
        day = BEGINS.date() + timedelta(days=int(rng.integers(-60, 60)))
        first = PartialDate(year, int(rng.integers(1, 13)), int(rng.integers(1, 28)))
        guests = (bands[int(rng.integers(len(bands)))],) if rng.random() < 0.08 else ()
        second = bands[int(rng.integers(len(bands)))]
        artists = (artist, second) if rng.random() < 0.04 and second != artist else (artist,)
        title = f"{_SONG_FIRST[rng.integers(len(_SONG_FIRST))]} {_SONG_SECOND[rng.integers(len(_SONG_SECOND))]}"
        if rng.random() < 0.1:
            title = _ODD_TITLES[rng.integers(len(_ODD_TITLES))]
        yield Track(
            id=f"{int(rng.integers(1 << 62)):032x}",
            path=Path(f"/music/{number:05d}.flac"),
            title=title,
            artist=" & ".join(artists),
            artists=artists,
            guests=tuple(guest for guest in guests if guest not in artists),
            album=f"{_SONG_FIRST[album % 11]} {_SECOND[album // 11 % 11]}" if rng.random() < 0.9 else None,
            track_number=number % ALBUM_SONGS + 1,
            genres=(_GENRES[album % len(_GENRES)],) if rng.random() < 0.8 else (),
            moods=(_MOODS[int(rng.integers(3))],) if rng.random() < 0.3 else (),
            label=_LABELS[album % 3] if rng.random() < 0.5 else None,
            composer="Nobody Composer" if rng.random() < 0.03 else None,
            released=PartialDate(day.year, day.month, day.day) if new else PartialDate(year),
            first_released=None
            if new
            else first
            if rng.random() < 0.3
            else PartialDate(year)
            if rng.random() < 0.8
            else None,
            duration_s=float(rng.uniform(150, 330)),
            added_at=BEGINS - timedelta(days=30 if new else 2000),
        )


def _plays(rng: np.random.Generator, tracks: int) -> Plays:
    """Return twelve years of listening: each song has its time, some of them come again."""
    chosen = rng.permutation(tracks)[: tracks * 3 // 4]
    listens = np.minimum(60, 1 + rng.pareto(1.0, len(chosen)) * 3).astype(int)
    track = np.repeat(chosen, listens)
    centre = np.repeat(rng.uniform(1, 3000, len(chosen)), listens)
    days_ago = np.abs(centre + rng.normal(0, 50, len(track)))
    at = (BEGINS.timestamp() - days_ago * DAY_S).astype(np.int64)
    order = np.argsort(at)
    skipped = rng.random(len(track)) < 0.05
    return Plays(track=track[order].astype(np.int32), listened_at=at[order], skipped=skipped, heard=~skipped)


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
    candidates = joined(selection.candidates, works(person.tracks))
    context = Context.of(candidates)
    picks = shortlist(candidates, minutes, shares=selection.shares, seed=seed, context=context)
    lengths_s = {track.id: track.duration_s for pick in picks for track in pick.tracks}
    sets = choose_sets(
        picks,
        {pick.track.id: sum(lengths_s[track.id] for track in pick.tracks) for pick in picks},
        music_s=minutes * 60.0,
        shares=selection.shares,
        features={pick.track.id: features_of(pick.track, None) for pick in picks},
        seed=seed,
        context=context,
    )
    return write_plan(
        sets,
        lengths_s,
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
