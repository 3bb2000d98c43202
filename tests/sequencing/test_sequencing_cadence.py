"""Where something is said, how often, and what those links may tell: over many made-up sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import NOW, candidate, track

from aidj.model import (
    LINK_KINDS,
    ROTATIONS,
    TALK_LEVELS,
    TALK_SHARES,
    Candidate,
    Item,
    Link,
    LinkKind,
    PartialDate,
    Plan,
    TalkLevel,
    TalkSettings,
)
from aidj.plan import dump_plan
from aidj.sequencing import PERSONAL_FACTS, Chosen, ChosenSet, theme_facts, write_plan
from aidj.sequencing.cadence import APART_S, SONGS_APART
from aidj.sequencing.themes import rotation_theme

WITHIN: tuple[LinkKind, ...] = ("intro", "back_announce")
LINK_S = {"silent": 0.0, "rare": 12.0, "normal": 14.5, "chatty": 18.0}
"""About what a link of each level takes: chatty says a sentence more."""


def song(rng: np.random.Generator, number: int, shortest_s: float, longest_s: float) -> Candidate:
    """One in ten is several tracks that belong together; some came out in this week, some share label or year."""
    length_s = float(rng.uniform(shortest_s, longest_s))
    made = candidate(
        10 * number,
        ROTATIONS[int(rng.integers(len(ROTATIONS)))],
        duration_s=length_s,
        first_released=(PartialDate(int(rng.integers(1960, 2026)), 11, 20), PartialDate(1994), None)[rng.integers(3)],
        label=("Made-up Records", "Others", None)[rng.integers(3)],
    )
    made = replace(made, terms={**made.terms, "artist_listens": number, "season": "summer 2016"})
    if rng.random() > 0.1:
        return made
    size = int(rng.integers(2, 5))
    parts = [track(10 * number + part, duration_s=length_s / size) for part in range(size)]
    chosen = int(rng.integers(size))
    parts[chosen] = replace(made.track, id=parts[chosen].id, duration_s=length_s / size)
    return replace(made, track=parts[chosen], together=tuple(parts))


def made_sets(seed: int, count: int, shortest_s: float = 150, longest_s: float = 300) -> list[ChosenSet]:
    rng = np.random.default_rng(seed)
    sets = []
    for number in range(count):
        songs = [song(rng, 10 * number + place, shortest_s, longest_s) for place in range(int(rng.integers(4, 7)))]
        sets.append(ChosenSet(theme=rotation_theme(songs), songs=tuple(Chosen(candidate=each) for each in songs)))
    return sets


def written(sets: Sequence[ChosenSet], talk: TalkSettings, *, seed: int = 1) -> Plan:
    tracks = [track for part in sets for chosen in part.songs for track in chosen.candidate.tracks]
    return write_plan(
        sets,
        {track.id: track.duration_s for track in tracks},
        minutes=sum(track.duration_s for track in tracks) / 60,
        now=NOW,
        seed=seed,
        presenter="ella",
        presenter_name="Ella",
        target_lufs=-16.0,
        rng=np.random.default_rng(seed),
        talk=talk,
    )


talks = st.builds(
    TalkSettings, level=st.sampled_from(TALK_LEVELS), kinds_off=st.frozensets(st.sampled_from(LINK_KINDS), max_size=3)
)
seeds = st.integers(0, 10**6)


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 6), talks, st.sampled_from([(60, 100), (150, 300), (200, 900)]))
def test_links_stand_only_where_they_may(
    seed: int, count: int, talk: TalkSettings, lengths_s: tuple[float, float]
) -> None:
    sets = made_sets(seed, count, *lengths_s)
    plan = written(sets, talk)
    assert dump_plan(written(sets, talk)) == dump_plan(plan)
    starts = {chosen.candidate.tracks[0].id for part in sets for chosen in part.songs}
    if talk.level == "silent":
        assert not plan.links()
    for number, part in enumerate(plan.sets):
        entries = part.entries
        for place, entry in enumerate(entries):
            if not isinstance(entry, Link):
                continue
            assert entry.kind not in talk.kinds_off
            after = entries[place + 1] if place + 1 < len(entries) else None
            if entry.kind == "closing":
                assert after is None
                assert number == count - 1
                continue
            assert isinstance(after, Item)
            assert after.track.id in starts, "said between tracks that belong together"
            if place == 0:
                assert entry.kind == ("set_change" if number else "opening")
            else:
                assert entry.kind in WITHIN


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 8), st.sampled_from([(60, 100), (150, 300), (200, 900)]))
def test_the_ladder_holds(seed: int, count: int, lengths_s: tuple[float, float]) -> None:
    sets = made_sets(seed, count, *lengths_s)
    kinds = {
        level: [
            [entry.kind for entry in part.entries if isinstance(entry, Link)]
            for part in written(sets, TalkSettings(level=level)).sets
        ]
        for level in TALK_LEVELS
    }
    flat = {level: [kind for part in kinds[level] for kind in part] for level in TALK_LEVELS}
    assert len(flat["silent"]) == 0
    for level in TALK_LEVELS[1:]:
        assert flat[level][0] == "opening"
        assert flat[level][-1] == "closing"
        assert flat[level].count("set_change") == (count - 1) // (2 if level == "rare" else 1)
    assert not set(WITHIN) & set(flat["rare"])
    within = [sum(kind in WITHIN for kind in part) for part in kinds["normal"]]
    assert max(within) <= 1
    assert len(flat["rare"]) <= len(flat["normal"]) <= len(flat["chatty"])


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 6), st.sampled_from(("normal", "chatty")), st.sampled_from([(60, 100), (150, 300)]))
def test_links_keep_apart(seed: int, count: int, level: TalkLevel, lengths_s: tuple[float, float]) -> None:
    sets = made_sets(seed, count, *lengths_s)
    plan = written(sets, TalkSettings(level=level))
    leads = {chosen.candidate.tracks[0].id for part in sets for chosen in part.songs}
    songs, music_s = 0, 0.0
    last: LinkKind | None = None
    for entry in (entry for part in plan.sets for entry in part.entries):
        if isinstance(entry, Item):
            songs += entry.track.id in leads
            music_s += entry.plays_s or 0.0
            continue
        if entry.kind in WITHIN:
            assert songs >= SONGS_APART[level]
        if last in WITHIN or entry.kind in WITHIN:
            assert music_s >= APART_S[level] - 1e-6
        songs, music_s, last = 0, 0.0, entry.kind


@pytest.mark.parametrize("level", TALK_LEVELS)
def test_the_time_spoken_is_within_the_ladder(level: TalkLevel) -> None:
    least, most = TALK_SHARES[level]
    shares = []
    for seed in range(60):
        plan = written(made_sets(seed, 4 + seed % 9, 150, 270), TalkSettings(level=level))
        spoken_s = LINK_S[level] * len(plan.links())
        shares.append(spoken_s / (spoken_s + sum(item.plays_s or 0.0 for item in plan.items())))
    assert least <= np.mean(shares) <= most
    assert max(shares) <= most
    assert min(shares) >= 0.8 * least


@settings(max_examples=100, deadline=None)
@given(seeds, st.integers(1, 5), st.sampled_from(TALK_LEVELS[1:]), st.booleans())
def test_the_facts_of_a_link_are_true_of_the_songs_around_it(
    seed: int, count: int, level: TalkLevel, personal: bool
) -> None:
    sets = made_sets(seed, count)
    plan = written(sets, TalkSettings(level=level, personal=personal))
    tracks = {track.id: track for part in sets for chosen in part.songs for track in chosen.candidate.tracks}
    order = [tracks[item.track.id or ""] for item in plan.items()]
    terms = [item.terms for item in plan.items()]
    position = 0
    for part in plan.sets:
        for entry in part.entries:
            if isinstance(entry, Item):
                position += 1
                continue
            facts = entry.facts
            before = order[position - 1] if position else None
            here = order[position] if position < len(order) else None
            after = order[position + 1] if position + 1 < len(order) else None
            assert facts.get("previous_title") == (before and before.title)
            assert facts.get("title") == (here and here.title)
            assert facts.get("artist") == (here and here.artist)
            assert facts.get("next_title") == (after and after.title)
            if here is not None and "turns" in facts:
                assert here.first_released
                assert int(facts["turns"]) == NOW.year - here.first_released.year
            if here is not None and "anniversary" in facts:
                assert here.first_released
                assert here.first_released.day == 20
                assert int(facts["anniversary"]) == NOW.year - here.first_released.year
            if "shared_year" in facts:
                assert here
                assert before
                assert here.first_released
                assert before.first_released
                assert facts["shared_year"] == here.first_released.year == before.first_released.year
            if "shared_label" in facts:
                assert here
                assert before
                assert facts["shared_label"] == here.label == before.label
            if entry.kind in ("opening", "set_change"):
                assert facts["songs"] == sum(isinstance(each, Item) for each in part.entries)
                if personal:
                    assert {**facts, **theme_facts(part)} == facts
            else:
                assert "theme" not in facts
            assert ("minutes" in facts) == (entry.kind == "opening")
            if entry.kind == "closing":
                assert facts["songs_played"] == len(order)
            if personal and here is not None:
                for name in ("listens", "artist_listens", "season"):
                    assert facts.get(name) == terms[position].get(name)
            if not personal:
                assert not PERSONAL_FACTS & facts.keys()
                assert facts.get("rotation") not in ("forgotten_favourite", "current_favourite")
