"""The thousand sessions of the benchmark, in small: what is promised holds, and the counting finds faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from bench_modules import bench_module

from aidj.script import LINK_MAX_S, load_lines

talk = bench_module("talk_lives")


@pytest.fixture(scope="module")
def lives():
    """Some listeners of different languages and manners with a session or two, and one with more."""
    found = {}
    for one in talk.sessions(26):
        found.setdefault(one.person.number, []).append(one)
    person = found[0][0].person
    found[0] = list(talk.life(person, 6, load_lines(person.language)))
    return list(found.values())


def test_what_is_promised_holds(lives):
    found = talk.counted(lives)
    assert found.sessions >= 30
    assert found.lies == ()
    assert (found.holes, found.lines_again, found.facts_again) == (0, 0, 0)
    assert found.never_said == frozenset()
    assert found.longest_s <= LINK_MAX_S + 0.5
    assert found.unsaid <= found.links / 100


def test_the_same_listener_hears_the_same(lives):
    first = lives[0][0]
    again = next(talk.life(first.person, 1, load_lines(first.person.language)))
    assert again.links == first.links


def test_the_counting_finds_faults(lives):
    life = lives[0]
    assert talk.counted([[life[0], life[0]]]).lines_again > 0
    told = next(said for one in life for said in one.said if said.facts)
    for days, times in ((13, len(told.facts)), (15, 0)):
        later = replace(told, said_at=told.said_at + timedelta(days=days), lines=())
        assert talk.counted([[replace(life[0], said=(told, later))]]).facts_again == times
    assert talk.counted([[replace(life[0], said=(told, told))]]).begun_alike == 1
    hole = replace(life[0].links[0], text="This is  , by {artist}.")
    assert talk.counted([[replace(life[0], links=(hole,))]]).holes == 1
    mute = talk.counted([[replace(life[0], links=life[0].links[:1])]])
    assert {kind for _, kind in mute.never_said} >= {"closing"}
    assert talk.counted([[replace(life[0], speech_s=life[0].music_s)]]).shares["normal"] == pytest.approx(0.5)
