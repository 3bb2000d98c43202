"""Links written for the songs that are there, on plans made up in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pytest
from made_up import NOW, track

from aidj.model import Item, Link, LinkKind, Manner, Plan, Set, TalkSettings, Track, TrackRef
from aidj.script import Facts, Lines, Recent, load_lines
from aidj.session.link_writing import LinkWriting, Telling
from aidj.voice import can_say

LINES = load_lines("en")
TRACKS = [track(number, artist=f"Band {number}", album=f"Album {number}") for number in range(6)]
REFERENCES = {TrackRef(id=one.id, title=one.title): one for one in TRACKS}
PERSONAL = {"listens": 41, "days_heard": 30, "days_silent": 400, "last_heard": "2025-10-01"}


def length_s(text: str) -> float:
    return len(text) / 15


def plan_of(*sets: Sequence[Item | Link], **fields: object) -> Plan:
    made = Plan(
        title="made up",
        planned_at=NOW,
        seed=4,
        minutes=20,
        presenter="ella",
        sets=tuple(Set(theme="songs for a test", entries=tuple(entries)) for entries in sets),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def item(number: int, rotation: str = "forgotten_favourite") -> Item:
    return Item(track=list(REFERENCES)[number], rotation=rotation, terms=PERSONAL)  # type: ignore[arg-type]


def link(kind: LinkKind, **fields: object) -> Link:
    facts: Facts = {"presenter": "Ella Tronic", "daypart": "evening"}
    if kind in ("opening", "set_change"):
        facts = {**facts, "theme": "songs for a test", "songs": 3}
    return replace(Link(kind=kind, facts=facts), **fields)  # type: ignore[arg-type]


PLAN = plan_of(
    [link("opening"), item(0), link("intro"), item(1), item(2)],
    [link("set_change"), item(3), link("back_announce"), item(4), item(5), link("closing")],
)


def telling(**fields: object) -> Telling:
    made = Telling(
        presenter="Ella Tronic",
        lines=LINES,
        manner="warm",
        length_s=length_s,
        talk=TalkSettings(),
        recent=Recent(),
        disclose=False,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def written(
    plan: Plan = PLAN,
    *,
    tracks: Mapping[TrackRef, Track] = REFERENCES,
    rooms_s: Mapping[str, float] | None = None,
    **fields: object,
) -> tuple[Plan, LinkWriting]:
    writing = LinkWriting(plan, tracks, telling(**fields), rooms_s)
    return replace(plan, sets=tuple(writing.sets())), writing


def texts(plan: Plan) -> list[str | None]:
    return [one.text for one in plan.links()]


def test_every_link_is_written_and_what_was_said_is_told() -> None:
    plan, writing = written()
    assert all(texts(plan))
    assert not writing.warnings
    assert list(writing.said) == list(range(5))
    for number, one in enumerate(plan.links()):
        assert one.line
        assert one.line.startswith("en/")
        assert writing.said[number].kind == one.kind
        assert writing.said[number].lines == tuple(f"en/{name}" for name in one.line.removeprefix("en/").split("+"))
    assert "Band 1" in (plan.links()[1].text or "")
    others = [written(replace(PLAN, seed=seed))[1] for seed in range(20)]
    told = {fact for other in others for one in other.said.values() for fact in one.facts}
    assert {"album@band1/madeupsong1", "days_silent@band1/madeupsong1"} <= told
    assert not any(fact.startswith(("title@", "artist@", "theme@", "daypart@")) for fact in told)


def test_written_again_it_is_the_same() -> None:
    once, first = written()
    again, second = written(once)
    assert again == once
    assert first.said == second.said
    assert written()[0] == once
    assert texts(written(replace(PLAN, seed=5))[0]) != texts(once)


def test_a_text_by_hand_stays() -> None:
    by_hand = link("intro", text="Something I say myself.")
    plan, writing = written(plan_of([link("opening"), item(0), by_hand, item(1)]))
    assert plan.links()[1].text == "Something I say myself."
    assert plan.links()[1].line is None
    assert writing.said[1].lines == ()
    assert writing.said[1].beginning == "something i"


def test_a_text_whose_facts_no_longer_hold_is_written_anew() -> None:
    once, _ = written()
    without = {reference: one for reference, one in REFERENCES.items() if one.id != TRACKS[1].id}
    again, _ = written(once, tracks=without)
    assert "Band 1" not in " ".join(filter(None, texts(again)))
    assert "Band 2" in (again.links()[1].text or "")
    assert again.links()[3] == once.links()[3]


def test_a_text_of_another_language_is_written_anew() -> None:
    once, _ = written()
    other = load_lines("de")
    again, _ = written(once, lines=other)
    assert all(one.line and one.line.startswith("de/") for one in again.links())


def test_a_presenter_never_says_the_name_of_another_one() -> None:
    first, _ = written()
    again, _ = written(first, presenter="Otto Pilot")
    assert any(
        "Ella Tronic" in (text or "") for seed in range(20) for text in texts(written(replace(PLAN, seed=seed))[0])
    )
    for seed in range(20):
        plan, _ = written(replace(first, seed=seed), presenter="Otto Pilot")
        assert not any("Ella Tronic" in (text or "") for text in texts(plan))
    assert all(one.facts["presenter"] == "Otto Pilot" for one in again.links())


def test_a_goodbye_before_the_last_song_is_left_unsaid() -> None:
    plan, writing = written(plan_of([link("opening"), item(0), link("closing"), item(1)]))
    assert plan.links()[1].text is None
    assert 1 not in writing.said
    assert any("goodbye before the last song" in warning for warning in writing.warnings)


def test_nothing_is_said_of_what_is_not_there() -> None:
    plan, writing = written(lines=replace(LINES, by_kind={"disclosure": LINES.by_kind["disclosure"]}))
    assert texts(plan) == [None] * 5
    assert len(writing.warnings) == 5


# What the listener wants ----------------------------------------------------------------------------------------------


def test_silent_says_nothing_at_all() -> None:
    by_hand = plan_of([link("opening", text="By hand."), item(0), link("intro"), item(1)])
    plan, writing = written(by_hand, talk=TalkSettings(level="silent"), disclose=True)
    assert texts(plan) == [None, None]
    assert not writing.said
    assert not writing.warnings


def test_kinds_that_are_off_are_not_said_unless_by_hand() -> None:
    off = TalkSettings(kinds_off=frozenset({"intro", "closing"}))
    plan, writing = written(talk=off)
    assert [one.kind for one in plan.links() if one.text] == ["opening", "set_change", "back_announce"]
    assert not writing.warnings
    kept, _ = written(plan_of([link("intro", text="By hand."), item(0)]), talk=off)
    assert texts(kept) == ["By hand."]


def test_nothing_personal_where_that_is_off() -> None:
    plan, writing = written(talk=TalkSettings(personal=False))
    assert all(texts(plan))
    for one in plan.links():
        assert not {*PERSONAL, "rotation"} & set(one.facts)
    assert all("listens" not in fact for one in writing.said.values() for fact in one.facts)


# Saying that the voice is synthetic -----------------------------------------------------------------------------------


def test_the_first_thing_said_says_that_the_voice_is_synthetic() -> None:
    plan, writing = written(disclose=True)
    assert ["synthetic" in (text or "") for text in texts(plan)] == [True, False, False, False, False]
    assert writing.said[0].disclosed
    again, second = written(plan, disclose=True)
    assert again == plan
    assert second.said == writing.said
    assert not any("synthetic" in (text or "") for text in texts(written()[0]))


def test_what_is_said_by_hand_says_so_as_well_and_stays_by_hand() -> None:
    by_hand = plan_of([link("opening", text="Hello, it’s me."), item(0), link("intro"), item(1)])
    plan, _ = written(by_hand, disclose=True)
    assert (plan.links()[0].text or "").startswith("Hello, it’s me. ")
    assert "synthetic" in (plan.links()[0].text or "")
    swapped = replace(
        plan, sets=(replace(plan.sets[0], entries=(plan.links()[0], item(3), *plan.sets[0].entries[2:])),)
    )
    assert written(swapped, disclose=True)[0].links()[0].text == plan.links()[0].text


# Memory, time, truth --------------------------------------------------------------------------------------------------


def test_what_was_said_lately_is_said_otherwise() -> None:
    once, first = written()
    recent = Recent()
    for said in first.said.values():
        recent = recent.after(said)
    again, second = written(recent=recent)
    assert all(texts(again))
    lines = {line for said in first.said.values() for line in said.lines}
    assert lines.isdisjoint(line for said in second.said.values() for line in said.lines)
    facts = {fact for said in first.said.values() for fact in said.facts}
    assert facts.isdisjoint(fact for said in second.said.values() for fact in said.facts)
    assert texts(once) != texts(again)


def test_a_line_kept_for_later_is_not_said_before_it() -> None:
    once, _ = written()
    open_again = [replace(one, text=None, line=None) if one.kind != "closing" else one for one in once.links()]
    rest = iter(open_again)
    half = replace(
        once,
        sets=tuple(
            replace(part, entries=tuple(next(rest) if isinstance(one, Link) else one for one in part.entries))
            for part in once.sets
        ),
    )
    again, writing = written(half)
    assert again.links()[-1].text == once.links()[-1].text
    used = [line for said in writing.said.values() for line in said.lines]
    assert len(used) == len(set(used))


@pytest.mark.parametrize("room_s", [8.0, 9.0, 12.0])
def test_a_link_fits_over_the_opening_where_there_is_room(room_s: float) -> None:
    for seed in range(12):
        plan, _ = written(replace(PLAN, seed=seed), rooms_s={one.id: room_s for one in TRACKS})
        for one in plan.links()[:-1]:
            assert one.text
            assert length_s(one.text) <= room_s + 0.2
    long, _ = written(rooms_s={one.id: 4.0 for one in TRACKS})  # too little to be worth it
    assert max(length_s(text or "") for text in texts(long)) > 8


def test_what_is_refused_is_said_otherwise_and_what_is_always_refused_is_not_said() -> None:
    refused: list[str] = []

    def refuse_first(text: str, facts: Facts, lines: Lines) -> Sequence[str]:
        assert lines is LINES
        assert facts
        if text in refused or len(refused) % 2:
            refused.append("")
            return ()
        refused.append(text)
        return ("it is made up",)

    plan, writing = written(complaints=refuse_first)
    assert all(texts(plan))
    assert not set(filter(None, refused)) & set(texts(plan))
    nothing, warned = written(complaints=lambda text, facts, lines: ("no",))
    assert texts(nothing) == [None] * 5
    assert len(warned.warnings) == 5
    assert not warned.said
    assert not writing.warnings


# Somebody else who writes ---------------------------------------------------------------------------------------------


class MadeUpWriter:
    """Says the title, or something untrue."""

    name = "made-up"

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.asked: list[tuple[LinkKind, Facts]] = []

    def write(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> str | None:
        assert seconds[0] < seconds[1]
        assert manner == "warm"
        self.asked.append((kind, facts))
        return self.text and self.text.replace("TITLE", str(facts.get("title", "the end")))


def test_a_writer_words_links_and_is_checked() -> None:
    writer = MadeUpWriter("Let us hear TITLE.")
    plan, writing = written(writer=writer, disclose=True)
    assert texts(plan)[1] == f"Let us hear {TRACKS[1].title}."
    assert plan.links()[1].line == "en/writer:made-up"
    assert "synthetic" in (texts(plan)[0] or "")
    assert all(said.facts for said in list(writing.said.values())[:-1])  # all it was given counts as told
    assert written(plan, disclose=True)[0] == plan  # and stays without being asked again
    false = MadeUpWriter("A prize-winning song, this TITLE.")
    said_instead, _ = written(
        writer=false, complaints=lambda text, facts, lines: ("a prize",) if "prize" in text else ()
    )
    assert len(false.asked) == 5
    assert said_instead == written()[0]


def test_a_writer_who_has_nothing_or_too_much_to_say_is_passed_over() -> None:
    assert written(writer=MadeUpWriter(None))[0] == written()[0]
    assert written(writer=MadeUpWriter("On and on. " * 60))[0] == written()[0]


class BrokenWriter(MadeUpWriter):
    """Breaks its protocol."""

    def __init__(self, answer: Callable[[dict[str, object]], object]) -> None:
        super().__init__(None)
        self.answer = answer

    def write(self, kind: LinkKind, facts: Facts, **_: object) -> str | None:  # type: ignore[override]
        return self.answer(facts)  # type: ignore[arg-type, return-value]


def _raise(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda facts: _raise(RuntimeError("it is broken")), "failed (RuntimeError: it is broken)"),
        (lambda facts: _raise(SystemExit(3)), "failed (SystemExit: 3)"),
        (lambda facts: 5, "returned int in place of a text"),
    ],
)
def test_a_writer_who_breaks_its_protocol_is_passed_over_and_told_of(
    answer: Callable[[dict[str, object]], object], told: str
) -> None:
    plan, writing = written(writer=BrokenWriter(answer))
    assert plan == written()[0]
    assert len(writing.warnings) == 5
    assert all(f"The writer “made-up” {told}" in warning for warning in writing.warnings)


def test_an_interrupt_is_no_mistake_of_a_writer() -> None:
    with pytest.raises(KeyboardInterrupt):
        written(writer=BrokenWriter(lambda facts: _raise(KeyboardInterrupt())))


def test_a_writer_cannot_change_the_facts_its_text_is_held_against() -> None:
    def lie(facts: dict[str, object]) -> str:
        facts["artist"] = "Nobody"
        return "This is Nobody."

    held: list[Facts] = []
    written(writer=BrokenWriter(lie), complaints=lambda text, facts, lines: held.append(facts) or ())
    assert held
    assert not any(facts.get("artist") == "Nobody" for facts in held)


def test_a_writer_is_not_given_what_was_told_lately() -> None:
    _, first = written()
    told = {fact.split("@")[0] for said in first.said.values() for fact in said.facts}
    assert told
    recent = Recent()
    for said in first.said.values():
        recent = recent.after(said)
    writer = MadeUpWriter("TITLE.")
    written(writer=writer, recent=recent)
    for said, (_, facts) in zip(first.said.values(), writer.asked, strict=True):
        assert not {fact.split("@")[0] for fact in said.facts} & set(facts)


def test_a_name_that_the_voice_cannot_say_is_not_spoken_of() -> None:
    names = {0: ("Band 0", "|~~~|"), 1: ("Band 椎名", "Harbour"), 2: ("( )", "( )"), 3: ("Band 3", "Low Tide")}
    tracks = {
        reference: replace(one, artist=names.get(number, (f"Band {number}", ""))[0], title=names[number][1])
        if number in names
        else one
        for number, (reference, one) in enumerate(REFERENCES.items())
    }
    spoken_names = 0
    for seed in range(20):
        plan, _ = written(replace(PLAN, seed=seed), tracks=tracks, can_say=partial(can_say, language="en"))
        for text in texts(plan):
            assert text is None or not any(part in text for part in ("|~~~|", "椎名", "( )", "  "))
            spoken_names += "Low Tide" in (text or "")
    assert spoken_names > 0
    assert plan.links()[1].facts["previous_title"] == "|~~~|"


def test_a_theme_with_a_name_that_the_voice_cannot_say_is_not_spoken_of() -> None:
    for seed in range(20):
        made = replace(PLAN, seed=seed, sets=tuple(replace(part, theme="songs by 椎名") for part in PLAN.sets))
        plan, _ = written(made, can_say=partial(can_say, language="en"))
        assert all(texts(plan))
        assert not any("椎名" in (text or "") for text in texts(plan))
