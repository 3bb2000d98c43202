"""From chosen songs to the document: links, themes, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import NOW, candidate, history, library, track

from aidj.model import (
    Candidate,
    Item,
    Link,
    Listener,
    Plan,
    Plays,
    Rotation,
    TalkSettings,
    Track,
    Transition,
)
from aidj.plan import dump_plan, parse_plan
from aidj.selection import select
from aidj.sequencing import Chosen, ChosenSet, choose_sets, shortlist, write_plan
from aidj.sequencing.links import daypart, title_of
from aidj.sequencing.themes import rotation_theme

USUAL = TalkSettings()


def written(
    sets: Sequence[Sequence[Candidate]],
    *,
    seed: int = 1,
    talk: TalkSettings = USUAL,
    now: datetime = NOW,
    minutes: float = 60,
) -> Plan:
    chosen = [
        ChosenSet(theme=rotation_theme(part), songs=tuple(Chosen(candidate=each) for each in part)) for part in sets
    ]
    return write_plan(
        chosen,
        {track.id: track.duration_s for part in sets for each in part for track in each.tracks},
        minutes=minutes,
        now=now,
        seed=seed,
        presenter="ella",
        presenter_name="Ella",
        target_lufs=-16.0,
        notes=("a note",),
        rng=np.random.default_rng(seed),
        talk=talk,
    )


def whole_plan(tracks: Sequence[Track], past: Plays, *, seed: int, minutes: float = 60) -> Plan:
    selection = select(tracks, Listener(plays=past), now=NOW, rng=np.random.default_rng(seed))
    picks = shortlist(selection.candidates, minutes, shares=selection.shares, seed=seed)
    lengths_s = {pick.track.id: pick.track.duration_s for pick in picks}
    sets = choose_sets(picks, lengths_s, music_s=minutes * 60, shares=selection.shares, features={}, seed=seed)
    return write_plan(
        sets,
        lengths_s,
        minutes=minutes,
        now=NOW,
        seed=seed,
        presenter="ella",
        presenter_name="Ella",
        target_lufs=-16.0,
        notes=(),
        rng=np.random.default_rng(seed),
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 150), st.integers(0, 2000), st.floats(5, 120))
def test_a_whole_plan(seed: int, size: int, listens: int, minutes: float) -> None:
    tracks, past = library(size, artists=max(1, size // 4), seed=seed), history(size, listens, seed=seed)
    plan = whole_plan(tracks, past, seed=seed, minutes=minutes)
    text = dump_plan(plan)
    assert dump_plan(parse_plan(text)) == text
    assert [item.track.id for item in parse_plan(text).items()] == [item.track.id for item in plan.items()]

    order = np.random.default_rng(seed).permutation(size)
    place = np.argsort(order).astype(np.int32)
    again = Plays(track=place[past.track], listened_at=past.listened_at, skipped=past.skipped, heard=past.heard)
    assert dump_plan(whole_plan([tracks[number] for number in order], again, seed=seed, minutes=minutes)) == text

    by_id = {song.id: song for song in tracks}
    assert all(item.why and item.terms and item.score is not None for item in plan.items())
    for item in plan.items():
        assert item.track.title == by_id[item.track.id or ""].title
        assert item.plays_s
    kinds = [link.kind for link in plan.links()]
    assert kinds[0] == "opening"
    assert kinds[-1] == "closing"
    assert kinds.count("opening") == kinds.count("closing") == 1
    assert kinds.count("set_change") == len(plan.sets) - 1
    for part in plan.sets:
        assert isinstance(part.entries[0], Link)
        assert any(isinstance(entry, Item) for entry in part.entries)


def test_another_seed_is_another_session() -> None:
    tracks, past = library(200, artists=50, seed=1), history(200, 3000, seed=1)
    assert dump_plan(whole_plan(tracks, past, seed=1)) == dump_plan(whole_plan(tracks, past, seed=1))
    one, two = ({item.track.id for item in whole_plan(tracks, past, seed=seed).items()} for seed in (1, 2))
    assert one != two


def test_where_the_presenter_speaks() -> None:
    songs = [candidate(number, "current_favourite") for number in range(10)]
    songs[3] = candidate(3, "new_release")
    plan = written([songs[:5], songs[5:]])
    told = [entry.kind if isinstance(entry, Link) else entry.track.id for part in plan.sets for entry in part.entries]
    ids: list[str] = [song.track.id for song in songs]
    assert told == [
        *("opening", *ids[:3], "intro", *ids[3:5]),
        *("set_change", *ids[5:8], "back_announce", *ids[8:], "closing"),
    ]
    assert not written([songs[:5], songs[5:]], talk=TalkSettings(level="silent")).links()
    assert [link.kind for link in written([songs[:3]]).links()] == ["opening", "closing"]
    assert written([]).sets == ()


def test_a_link_has_the_facts_of_its_place() -> None:
    songs = [candidate(number, "deep_cut", duration_s=250.0) for number in range(10)]
    plan = written([songs[:5], songs[5:]], minutes=59.6)
    opening, middle, change, _, closing = plan.links()
    assert opening.facts["weekday"] == "Saturday"
    assert opening.facts["daypart"] == "evening"
    assert opening.facts["presenter"] == "Ella"
    assert (opening.facts["songs"], opening.facts["minutes"]) == (5, 60)
    assert opening.facts["theme"] == plan.sets[0].theme == "songs from the depths of your library"
    assert opening.facts["title"] == songs[0].track.title
    assert "previous_title" not in opening.facts
    assert (opening.facts["theme_kind"], opening.facts["theme_value"]) == ("rotation", "deep_cut")
    assert (middle.facts["previous_title"], middle.facts["title"]) == (songs[2].track.title, songs[3].track.title)
    assert change.facts["title"] == songs[5].track.title
    assert "minutes" not in change.facts
    assert (closing.facts["songs_played"], closing.facts["artists_played"]) == (10, 10)
    assert closing.facts["previous_title"] == songs[9].track.title
    assert "title" not in closing.facts
    assert plan.notes == ("a note",)


def test_a_plan_keeps_the_rules_that_gave_way() -> None:
    plan = write_plan(
        [
            ChosenSet(
                theme=rotation_theme([candidate(1)]), songs=(Chosen(candidate=candidate(1), rules=("it gave way",)),)
            )
        ],
        {candidate(1).track.id: 200.0},
        minutes=3,
        now=NOW,
        seed=1,
        presenter="ella",
        presenter_name="Ella",
        target_lufs=-16.0,
        notes=(),
        rng=np.random.default_rng(1),
    )
    assert plan.items()[0].rules == ("it gave way",)


@pytest.mark.parametrize(
    ("rotations", "theme"),
    [
        (["new_release"] * 3 + ["deep_cut"] * 2, "new songs, and a few others"),
        (["new_release"] * 4, "new songs"),
        (
            ["forgotten_favourite"] * 2 + ["deep_cut", "new_release"],
            "songs you have not heard for a long time, and a few others",
        ),
        (["forgotten_favourite"] * 2 + ["deep_cut"] * 2, "old favourites and things to discover"),
        (["deep_cut", "new_release", "request"], "songs to discover"),
        (["request"], "songs you asked for"),
    ],
)
def test_a_theme_is_what_most_of_a_set_is(rotations: list[Rotation], theme: str) -> None:
    assert rotation_theme([candidate(number, rotation) for number, rotation in enumerate(rotations)]).words == theme


def test_nothing_is_said_between_tracks_that_belong_together() -> None:
    movements = tuple(track(100 + number, title=f"Movement {number}") for number in range(3))
    work = replace(
        candidate(101, "forgotten_favourite"), track=movements[1], together=movements, terms={"listens": 7}, why="loved"
    )
    others = [candidate(number, "current_favourite") for number in range(4)]
    plan = written([[others[0], others[1], work, others[2], others[3]]])
    entries = plan.sets[0].entries
    at = [number for number, entry in enumerate(entries) if isinstance(entry, Item) and "Movement" in entry.track.title]
    assert at == list(range(at[0], at[0] + 3))
    one, two, three = (entry for number in at if isinstance(entry := entries[number], Item))
    assert (one.transition, two.transition, three.transition) == (
        None,
        Transition(kind="gapless"),
        Transition(kind="gapless"),
    )
    assert (one.terms, two.terms, two.why) == ({}, {"listens": 7}, "loved")  # of the one that was chosen, and no other
    assert "listens" not in next(link for link in plan.links() if link.facts.get("title") == "Movement 0").facts
    assert plan.links()[0].facts["songs"] == 7


@given(st.datetimes(timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))))
def test_every_moment_has_a_name(moment: datetime) -> None:
    assert daypart(moment) in ("morning", "afternoon", "evening", "night")
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    assert title_of(moment).startswith(f"{days[moment.weekday()]} {daypart(moment)}, {moment.day} ")
    assert title_of(moment).endswith(f" {moment.year}")


def test_the_title_is_that_of_the_day() -> None:
    assert title_of(NOW) == "Saturday evening, 21 November 2026"
    assert [daypart(NOW.replace(hour=hour)) for hour in (0, 4, 5, 11, 12, 17, 18, 22, 23)] == [
        *("night", "night", "morning", "morning", "afternoon", "afternoon", "evening", "evening", "night")
    ]
