"""Edits of a plan whose beginning is heard already: made-up plans, laid out without any sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidj.model import Item, Link, Plan, Set, TrackRef, Transition
from aidj.session.edits import (
    RESTART_S,
    Edited,
    cut_song,
    go_back,
    hush,
    leave,
    next_set,
    song_before,
    songs_begun,
    stop,
    turn_to,
    without_length,
)
from aidj.session.entries import Entry, entries_of, set_numbers
from aidj.session.laid import Laid
from aidj.session.replanning import beginning_of
from aidj.timeline import Mark, Timeline

RATE = 100
SONG_S = 60.0
LINK_S = 4.0


def song(title: str) -> Item:
    return Item(track=TrackRef(title=title), transition=Transition(kind="crossfade"), rotation="deep_cut")


def link(number: int = 0) -> Link:
    return Link(kind="intro", facts={"minutes": 60, "title": f"Song {number}"}, text="Here is another one.")


def plan_of(*sets: tuple[Entry, ...]) -> Plan:
    return Plan(
        title="Made up",
        planned_at=datetime(2026, 11, 21, 20, 0, tzinfo=UTC),
        seed=1,
        minutes=60,
        presenter="default",
        sets=tuple(Set(theme=f"set {number}", entries=entries) for number, entries in enumerate(sets)),
    )


def laid_of(plan: Plan, early_s: float = 0.0, unsaid: frozenset[int] = frozenset()) -> Laid:
    """Songs one after the other; links are spoken in front of their song, or so much earlier, over the one before."""
    entries = entries_of(plan)
    marks: dict[int, Mark] = {}
    at_s = 0.0
    for number, entry in enumerate(entries):
        if isinstance(entry, Item):
            marks[number] = Mark(kind="song", start_s=at_s, end_s=at_s + SONG_S, title=entry.track.title)
            at_s += SONG_S
        elif number not in unsaid:
            start_s = max(0.0, at_s - early_s)
            marks[number] = Mark(kind="link", start_s=start_s, end_s=start_s + LINK_S, title="")
            at_s = max(at_s, start_s + LINK_S)
    timeline = Timeline(rate=RATE, n_frames=round(at_s * RATE), clips=())
    return Laid(
        plan=plan,
        timeline=timeline,
        placed={},
        marks=marks,
        said={},
        fixed=0,
        is_whole=True,
        coming=frozenset(),
        notes=(),
    )


@dataclass(frozen=True)
class Scene:
    plan: Plan
    laid: Laid
    at: int

    @property
    def begun(self) -> int:
        return self.laid.begun(self.at)

    @property
    def entries(self) -> list[Entry]:
        return entries_of(self.plan)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    sets: list[tuple[Entry, ...]] = []
    for number in range(draw(st.integers(1, 4))):
        entries: list[Entry] = []
        for place in range(draw(st.integers(1, 4))):
            entries += [link(place)] * draw(st.integers(0, 2))
            entries.append(song(f"Song {number}.{place}"))
        entries += [link()] * draw(st.integers(0, 1))
        sets.append(tuple(entries))
    plan = plan_of(*sets)
    links = [number for number, entry in enumerate(entries_of(plan)) if isinstance(entry, Link)]
    unsaid = draw(st.sets(st.sampled_from(links))) if links else set()
    laid = laid_of(plan, draw(st.sampled_from([0.0, 2.0, LINK_S, 10.0])), frozenset(unsaid))
    near = draw(st.sampled_from(sorted(laid.marks)))  # where something begins more is decided than elsewhere
    at = draw(
        st.integers(0, laid.timeline.n_frames) | st.integers(0, 5 * RATE).map(lambda n: laid.start_frame(near) + n)
    )
    return Scene(plan, laid, at)


def uncut(entries: list[Entry]) -> list[Entry]:
    return [replace(entry, cut_s=None) for entry in entries]


def left(scene: Scene, **fields: object) -> Edited | None:
    options = {"song": None, "cuts": (), "is_final": True, **fields}
    return leave(scene.plan, scene.laid, scene.at, **options)  # type: ignore[arg-type]


def edits_of(scene: Scene) -> list[Edited | None]:
    """All that a listener can do to the plan at that moment."""
    where = scene.plan, scene.laid, scene.at
    stops = [stop(*where, after=after) for after in ("now", "song", "set")]
    return [left(scene), go_back(*where), hush(*where), *stops]


# Whatever is asked ----------------------------------------------------------------------------------------------------


@given(scenes())
def test_what_has_begun_stays_where_it_is_and_can_only_fade_out(scene: Scene) -> None:
    for edited in filter(None, edits_of(scene)):
        begun = entries_of(edited.plan)[: scene.begun]
        assert uncut(begun) == scene.entries[: scene.begun]
        assert set_numbers(edited.plan)[: scene.begun] == set_numbers(scene.plan)[: scene.begun]
        for number, entry in enumerate(begun):
            if entry.cut_s is not None:
                assert scene.laid.start_frame(number) + round(entry.cut_s * RATE) == scene.at
        assert all(entry.cut_s is None for entry in entries_of(edited.plan)[scene.begun :])


@given(scenes())
def test_only_the_song_that_sounds_is_cut_and_only_once(scene: Scene) -> None:
    for edited in filter(None, edits_of(scene)):
        cut = [n for n, e in enumerate(entries_of(edited.plan)) if isinstance(e, Item) and e.cut_s is not None]
        assert cut == ([] if edited.cut is None else [song_before(scene.plan, scene.begun)])
        if edited.cut is not None and edited.cut < len(entries_of(edited.plan)):
            assert cut_song(edited.plan, scene.laid, scene.at) is None


@given(scenes())
def test_before_the_first_song_nothing_can_be_left_but_words(scene: Scene) -> None:
    none_yet = song_before(scene.plan, scene.begun) is None
    nothing_yet = none_yet and hush(scene.plan, scene.laid, scene.at) is None
    assert (cut_song(scene.plan, scene.laid, scene.at) is None) == nothing_yet
    assert (left(scene) is None) == nothing_yet
    assert (go_back(scene.plan, scene.laid, scene.at) is None) == none_yet


# Leaving and going back -----------------------------------------------------------------------------------------------


@given(scenes())
def test_who_leaves_a_song_hears_the_next_one_and_no_word_between(scene: Scene) -> None:
    if (edited := left(scene)) is None:
        return
    ahead, before = entries_of(edited.plan)[scene.begun :], scene.entries[scene.begun :]
    while before and isinstance(before[0], Link):
        before.pop(0)
    if before:
        assert ahead[0] == replace(before[0], transition=None)  # type: ignore[arg-type]
    assert ahead[1:] == before[1:]


@given(scenes())
def test_the_last_song_is_left_only_where_nothing_will_come_behind_it(scene: Scene) -> None:
    if (edited := left(scene)) is not None:
        has_next = len(entries_of(edited.plan)) > scene.begun
        assert left(scene, is_final=False) == (edited if has_next else None)


@given(scenes())
def test_who_goes_back_hears_a_song_again_and_then_what_was_to_come(scene: Scene) -> None:
    if (edited := go_back(scene.plan, scene.laid, scene.at)) is None:
        return
    again, *ahead = entries_of(edited.plan)[scene.begun :]
    forth = left(scene)
    assert forth
    assert isinstance(again, Item)
    assert [e.track for e in ahead if isinstance(e, Item)] == [
        e.track for e in entries_of(forth.plan)[scene.begun :] if isinstance(e, Item)
    ]
    assert edited.cut is not None
    heard = [entry for entry in scene.entries[: edited.cut + 1] if isinstance(entry, Item)]
    long_heard = scene.at - scene.laid.start_frame(edited.cut) >= RESTART_S * RATE
    assert again.track == (heard[-1] if long_heard or len(heard) == 1 else heard[-2]).track
    assert (again.rotation, again.why, again.transition) == ("request", "asked for again", None)


def test_going_back_while_the_next_set_is_announced_comes_behind_that() -> None:
    plan = plan_of((song("One"),), (link(), song("Two")))
    laid = laid_of(plan, early_s=10.0)
    edited = go_back(plan, laid, laid.start_frame(1) + 1)
    assert edited
    one, hushed, again, two = entries_of(edited.plan)
    assert [e.track.title for e in (one, again, two) if isinstance(e, Item)] == ["One", "One", "Two"]
    assert isinstance(hushed, Link)
    assert hushed.cut_s == pytest.approx(1 / RATE)


def announced() -> Scene:
    """One song was left, the next set is announced: a second of that was heard."""
    one = replace(song("One"), cut_s=30.0)
    plan = plan_of((one,), (link(), song("Two"), song("Three")), (song("Four"),))
    laid = laid_of(plan)
    return Scene(plan, laid, laid.start_frame(1) + RATE)


def titles(edited: Edited | None) -> list[str]:
    """Return what comes behind the announcement, which is cut short, as nothing else is."""
    assert edited
    one, hushed, *ahead = entries_of(edited.plan)
    assert one == announced().entries[0]
    assert isinstance(hushed, Link)
    assert hushed.cut_s == 1.0
    assert edited.cut is None
    return [entry.track.title for entry in ahead if isinstance(entry, Item)]


def test_who_leaves_while_the_next_song_is_announced_goes_on_to_it() -> None:
    scene = announced()
    where = scene.plan, scene.laid, scene.at
    assert titles(left(scene, song=0, cuts={0})) == ["Two", "Three", "Four"]
    assert titles(go_back(*where)) == ["One", "Two", "Three", "Four"]
    assert titles(stop(*where, after="now")) == []
    edited = left(scene, song=0, cuts={0})
    assert edited
    assert left(replace(scene, plan=edited.plan), song=0, cuts={0}) is None  # it is fading out already


def test_who_wants_another_set_while_the_next_is_announced_hears_none_of_that() -> None:
    scene = announced()
    where = scene.plan, scene.laid, scene.at
    other = plan_of(scene.plan.sets[0].entries, scene.plan.sets[1].entries[:2], (song("Another"),))
    assert titles(turn_to(*where, other=other, kept=2, at_once=True)) == ["Another"]
    assert titles(next_set(*where)) == ["Four"]


def test_an_announcement_stays_in_the_plan_when_what_it_announced_does_not() -> None:
    scene = announced()
    edited = next_set(scene.plan, scene.laid, scene.at)
    assert edited
    kept = entries_of(beginning_of(edited.plan, 2))
    assert kept == entries_of(edited.plan)  # or the places of all that was heard behind it would move
    assert entries_of(beginning_of(edited.plan, 1)) == kept[:1]


def test_before_its_third_second_a_song_that_was_left_makes_way_for_the_one_before() -> None:
    plan = plan_of((song("Zero"), replace(song("One"), cut_s=1.0), link(), song("Two")))
    laid = laid_of(plan)
    edited = go_back(plan, laid, laid.start_frame(2) + 1)
    assert edited
    assert [entry.track.title for entry in edited.plan.items()] == ["Zero", "One", "Zero", "Two"]


@given(scenes(), st.data())
def test_a_song_that_is_over_by_itself_needs_no_leaving(scene: Scene, data: st.DataObject) -> None:
    sounding = song_before(scene.plan, scene.begun)
    meant = data.draw(st.integers(0, len(scene.entries) - 1))
    if sounding is None or meant >= sounding:
        return
    assert left(scene, song=meant) == Edited(plan=scene.plan)
    assert left(scene, song=meant, cuts={meant}) == left(scene)  # that one was left: now the next is meant


# Words ----------------------------------------------------------------------------------------------------------------


@given(scenes())
def test_hush_touches_one_link_that_is_being_said(scene: Scene) -> None:
    edited = hush(scene.plan, scene.laid, scene.at)
    said = [
        number
        for number, entry in enumerate(scene.entries[: scene.begun])
        if isinstance(entry, Link)
        and number in scene.laid.marks
        and scene.laid.start_frame(number) <= scene.at < scene.laid.end_frame(number)
    ]
    if edited is None:
        assert not said
        return
    assert edited.cut is None
    changed = [
        n for n, pair in enumerate(zip(scene.entries, entries_of(edited.plan), strict=True)) if pair[0] != pair[1]
    ]
    assert changed == said[-1:]
    assert hush(edited.plan, scene.laid, scene.at) is None


@given(scenes())
def test_no_link_tells_the_length_of_an_endless_plan(scene: Scene) -> None:
    endless = without_length(scene.plan)
    assert endless.items() == scene.plan.items()
    assert [dict(each.facts) for each in endless.links()] == [
        {"title": each.facts["title"]} for each in scene.plan.links()
    ]
    assert without_length(endless) == endless


# What comes, and the end ----------------------------------------------------------------------------------------------


@given(scenes(), st.sampled_from(["now", "song", "set"]))
def test_a_stop_leaves_out_what_would_come_after(scene: Scene, after: str) -> None:
    edited = stop(scene.plan, scene.laid, scene.at, after=after)  # type: ignore[arg-type]
    kept = entries_of(edited.plan)
    begun = max(scene.begun, 1)
    assert uncut(kept) == scene.entries[: len(kept)]
    sets = set_numbers(scene.plan)
    if after == "now":
        assert len(kept) == begun
        return
    assert edited.cut is None
    assert len(kept) >= begun
    if len(kept) < len(scene.entries):
        assert isinstance(kept[-1], Item) or after == "set"
    if after == "set":
        own = [number for number, where in enumerate(sets) if where == sets[begun - 1]]
        assert len(kept) > own[-1]
    elif isinstance(scene.entries[begun - 1], Item):
        assert len(kept) == begun


@given(scenes(), st.integers(0, 10), st.booleans())
def test_other_songs_come_unless_too_many_of_these_have_begun(scene: Scene, kept: int, at_once: bool) -> None:
    other = plan_of(*[part.entries for part in scene.plan.sets], (song("Another"),))
    edited = turn_to(scene.plan, scene.laid, scene.at, other=other, kept=kept, at_once=at_once)
    if songs_begun(scene.plan, scene.begun) > kept:
        assert edited is None
    elif not at_once:
        assert edited == Edited(plan=other)
    elif (cut := cut_song(other, scene.laid, scene.at)) is None:
        assert edited is None
    else:
        assert edited
        assert edited.cut == cut.cut
        assert entries_of(edited.plan)[: scene.begun] == entries_of(cut.plan)[: scene.begun]
        songs = [number for number, entry in enumerate(entries_of(other)) if isinstance(entry, Item)]
        behind = max(scene.begun, songs[: max(kept, 1)][-1] + 1 if kept else 0)
        assert entries_of(edited.plan)[scene.begun :] == entries_of(other)[behind:]


def test_a_link_that_has_begun_counts_for_its_song() -> None:
    plan = plan_of((link(), song("One"), link(), song("Two")))
    assert [songs_begun(plan, begun) for begun in range(5)] == [0, 1, 1, 2, 2]
    assert [song_before(plan, begun) for begun in range(5)] == [None, None, 1, 1, 3]
