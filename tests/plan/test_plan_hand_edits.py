"""Edits by hand, honoured all the way: the demo's songs, a plan edited as text, and the timeline it becomes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from aidj.home import Home, open_home
from aidj.mixing import mix
from aidj.model import Item, Link, Plan, Set, Track, TrackRef
from aidj.plan import dump_plan, parse_plan
from aidj.session import Realised, realise
from aidj.timeline import TIMING_NOTE, Clip
from aidj.voice import ToneVoice

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
Render = Callable[[str], Realised]


@pytest.fixture(scope="module")
def home(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("hand-edits")
    music = folder / "music"
    shutil.copytree(demo_data / "demo" / "music", music)
    with open_home(folder / "home") as home:
        home.library.scan([music], now=NOW)
        yield home


@pytest.fixture(scope="module")
def songs(home: Home) -> list[Track]:
    """Four songs by different artists, in an order of no meaning."""
    by_artist = {track.artist: track for track in sorted(home.library.tracks(), key=lambda track: track.title)}
    return sorted(by_artist.values(), key=lambda track: track.title)[:4]


@pytest.fixture(scope="module")
def spare(home: Home, songs: list[Track]) -> Track:
    return next(track for track in home.library.tracks() if track not in songs)


@pytest.fixture
def document(songs: list[Track]) -> str:
    """Three songs, an opening, a link before the third and a closing, as `aidj plan` writes it."""
    one, two, three = (
        Item(track=TrackRef(id=t.id, path=t.path, artist=t.artist, title=t.title, duration_s=t.duration_s))
        for t in songs[:3]
    )
    links = (
        Link(kind="opening", facts={"weekday": "Saturday", "daypart": "evening", "presenter": "Ella"}),
        Link(kind="intro", facts={"artist": "", "title": ""}),
        Link(kind="closing", facts={"weekday": "Saturday"}),
    )
    entries = (links[0], one, two, links[1], three, links[2])
    plan = Plan(
        title="Edited",
        planned_at=NOW,
        seed=7,
        minutes=3.0,
        presenter="ella",
        sets=(Set(theme="songs to edit", entries=entries),),
    )
    return dump_plan(plan)


@pytest.fixture
def render(home: Home) -> Render:
    return lambda text: realise(home, parse_plan(text), rate=RATE, voice=ToneVoice())


def entry_of(document: str, track: Track) -> str:
    """The lines of a song's entry."""
    lines = document.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if track.id in line)
    start = max(n for n in range(at + 1) if lines[n].startswith("      - track"))
    stop = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("      - ")), len(lines))
    return "".join(lines[start:stop])


def with_keys(document: str, track: Track, keys: str) -> str:
    """The document with more keys in a song's entry."""
    return document.replace(entry_of(document, track), f"{entry_of(document, track)}        {keys}\n")


def titles(realised: Realised) -> list[str]:
    return [mark.title for mark in realised.timeline.marks if mark.kind == "song"]


def clip_of(realised: Realised, track: Track) -> Clip:
    return next(clip for clip in realised.timeline.clips if clip.source == track.path)


def starts_s(realised: Realised, track: Track) -> float:
    return clip_of(realised, track).start_frames / RATE


def ends_s(realised: Realised, track: Track) -> float:
    return clip_of(realised, track).end_frames / RATE


def said_of(realised: Realised) -> str:
    return " ".join(mark.text for mark in realised.timeline.marks if mark.kind == "link")


def timing(realised: Realised) -> list[str]:
    return [note for note in realised.plan.notes if note.startswith(TIMING_NOTE)]


def test_two_songs_swapped(document: str, songs: list[Track], render: Render) -> None:
    one, two = entry_of(document, songs[0]), entry_of(document, songs[1])
    swapped = render(document.replace(one, "@@").replace(two, one).replace("@@", two))
    assert titles(swapped) == [songs[1].title, songs[0].title, songs[2].title]
    assert starts_s(swapped, songs[1]) < starts_s(swapped, songs[0])


def test_a_song_removed(document: str, songs: list[Track], render: Render) -> None:
    less = render(document.replace(entry_of(document, songs[1]), ""))
    assert titles(less) == [songs[0].title, songs[2].title]
    assert songs[1].title not in said_of(less)
    assert not timing(less)


def test_a_song_replaced_by_artist_and_title(document: str, songs: list[Track], spare: Track, render: Render) -> None:
    line = f"      - track: {{artist: {spare.artist}, title: {spare.title}}}\n"
    other = render(document.replace(entry_of(document, songs[2]), line))
    assert titles(other) == [songs[0].title, songs[1].title, spare.title]
    assert songs[2].title not in said_of(other)


def test_a_link_in_ones_own_words(document: str, render: Render) -> None:
    start = document.index("kind: intro")
    edited = document[:start] + document[start:].replace("text: null", "text: My very own words.", 1)
    assert "My very own words." in said_of(render(edited))


def test_gapless(document: str, songs: list[Track], render: Render) -> None:
    joined = render(with_keys(document, songs[1], "transition: {kind: gapless}"))
    first, second = clip_of(joined, songs[0]), clip_of(joined, songs[1])
    assert second.start_frames == first.end_frames
    assert all(ramp.end_frames < first.end_frames for ramp in first.ramps), "nothing fades at the join"
    assert not timing(joined)


def test_a_segue(document: str, songs: list[Track], render: Render) -> None:
    natural, segue = render(document), render(with_keys(document, songs[1], "transition: {kind: segue}"))
    assert starts_s(segue, songs[1]) == pytest.approx(starts_s(natural, songs[1]), abs=1.0)
    assert not timing(segue)


def test_a_crossfade(document: str, songs: list[Track], render: Render) -> None:
    crossed = render(with_keys(document, songs[1], "transition: {kind: crossfade, length_s: 6}"))
    assert ends_s(crossed, songs[0]) - starts_s(crossed, songs[1]) == pytest.approx(6.0, abs=0.01)
    assert not timing(crossed)


def test_a_gap_is_silent(document: str, songs: list[Track], render: Render) -> None:
    apart = render(with_keys(document, songs[1], "transition: {kind: gap, length_s: 4}"))
    assert starts_s(apart, songs[1]) - ends_s(apart, songs[0]) == pytest.approx(4.0, abs=0.01)
    samples = np.concatenate(list(mix(apart.timeline)))
    silent = samples[round(ends_s(apart, songs[0]) * RATE) + 2205 : round(starts_s(apart, songs[1]) * RATE) - 2205]
    assert np.abs(silent).max() < 1e-4
    assert not timing(apart)


def test_a_transition_gives_way_to_a_link_and_says_so(document: str, songs: list[Track], render: Render) -> None:
    gave_way = render(with_keys(document, songs[2], "transition: {kind: gap, length_s: 0.5}"))
    links = [mark for mark in gave_way.timeline.marks if mark.kind == "link"]
    assert any(
        ends_s(gave_way, songs[1]) - 5 <= link.start_s and link.end_s <= starts_s(gave_way, songs[2]) for link in links
    )
    (note,) = timing(gave_way)
    assert songs[2].title in note
    assert "instead of 0.5" in note


@pytest.mark.parametrize("written", ["40", "0:40", "'0:40'"])
def test_a_pin_while_the_song_before_would_still_sound(
    document: str, songs: list[Track], render: Render, written: str
) -> None:
    natural = render(document)
    pinned = render(with_keys(document, songs[1], f"pinned_s: {written}"))
    assert starts_s(natural, songs[1]) > 41, "or there is nothing to end early"
    assert starts_s(pinned, songs[1]) == pytest.approx(40.0, abs=0.1)
    assert ends_s(pinned, songs[0]) == pytest.approx(40.0, abs=0.1)
    fade = max(clip_of(pinned, songs[0]).ramps, key=lambda ramp: ramp.end_frames)
    assert (fade.end_frames - fade.start_frames) / RATE == pytest.approx(4.0, abs=0.01)
    assert pinned.plan.items()[1].starts_s == pytest.approx(40.0, abs=0.1)
    assert not timing(pinned)


def test_a_pin_with_a_link_before_it(document: str, songs: list[Track], render: Render) -> None:
    natural = render(document)
    at_s = round(starts_s(natural, songs[2])) - 15
    pinned = render(with_keys(document, songs[2], f"pinned_s: {at_s}"))
    assert starts_s(pinned, songs[2]) == pytest.approx(at_s, abs=0.1)
    spoken = [mark for mark in pinned.timeline.marks if mark.kind == "link"]
    assert len(spoken) == len([mark for mark in natural.timeline.marks if mark.kind == "link"]), "nothing is dropped"
    over_before = [mark for mark in spoken if ends_s(pinned, songs[1]) > mark.start_s > starts_s(pinned, songs[1]) + 20]
    assert not over_before
    assert not timing(pinned)


def test_a_pin_that_comes_late_leaves_silence_and_says_how_much(
    document: str, songs: list[Track], render: Render
) -> None:
    natural = render(document)
    late_s = round(ends_s(natural, songs[0])) + 20
    edited = with_keys(document, songs[1], f"pinned_s: {late_s}")
    pinned = render(edited)
    assert starts_s(pinned, songs[1]) == pytest.approx(late_s, abs=0.1)
    (note,) = timing(pinned)
    assert " s of silence" in note
    assert "Put a song" in note
    mended = render(dump_plan(pinned.plan).replace(f"pinned_s: {late_s}.0", "pinned_s: null"))
    assert not timing(mended), "what was mended is not said again"


def test_a_pin_before_the_song_before_cannot_hold(document: str, songs: list[Track], render: Render) -> None:
    natural = render(document)
    pinned = render(with_keys(document, songs[2], "pinned_s: 5"))
    assert titles(pinned) == titles(natural)
    assert starts_s(pinned, songs[2]) == pytest.approx(starts_s(natural, songs[2]), abs=0.01)
    (note,) = timing(pinned)
    assert "is pinned to 0:05" in note


def test_a_rendered_plan_with_edits_renders_the_same_again(document: str, songs: list[Track], render: Render) -> None:
    edited = with_keys(
        with_keys(document, songs[1], "pinned_s: 40"), songs[2], "transition: {kind: gap, length_s: 0.5}"
    )
    first = render(edited)
    second = render(dump_plan(first.plan))
    assert second.plan == first.plan
    assert second.timeline.marks == first.timeline.marks
