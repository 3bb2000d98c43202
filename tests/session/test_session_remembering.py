"""What a rendered session says is remembered, and said otherwise in the next one: real files, a real data file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from short_sessions import NOW, plan_of, songs_of, write_presenter
from songs import RATE

from aidj.errors import ConfigError, VoiceError
from aidj.home import Home
from aidj.model import Link, Plan, Speech, TalkSettings
from aidj.plan import load_plan
from aidj.session import realise, render
from aidj.session.realising import rehearse
from aidj.voice import ToneVoice


@pytest.fixture
def plan(home: Home) -> Plan:
    first, second, third = songs_of(home, 3)
    calendar = {"weekday": "Saturday", "daypart": "evening", "presenter": "Ella Tronic"}
    opening, intro, closing = (Link(kind=kind, facts=calendar) for kind in ("opening", "intro", "closing"))
    return plan_of(opening, first, second, intro, third, closing, title="Remembered", theme="songs to remember")


def words(plan: Plan) -> list[str | None]:
    return [link.text for link in plan.links()]


def lines(plan: Plan) -> set[str]:
    return {name for link in plan.links() if link.line for name in link.line.removeprefix("en/").split("+")}


def test_what_was_rendered_is_remembered_and_said_otherwise_the_next_day(
    home: Home, plan: Plan, tmp_path: Path
) -> None:
    first = render(home, plan, tmp_path / "a.wav", voice=ToneVoice())
    assert all(words(first.plan))
    assert home.said.count() == 3
    recent = home.said.recent(NOW + timedelta(days=1))
    assert [said.kind for said in recent.links] == ["opening", "intro", "closing"]
    for link, said in zip(first.plan.links(), recent.links, strict=True):
        assert link.starts_s is not None
        assert said.said_at == NOW + timedelta(seconds=link.starts_s)
    assert "synthetic" in (words(first.plan)[0] or "")
    # The same plan again, whatever was rendered since: the same words, and nothing is remembered twice.
    next_day = replace(plan, planned_at=NOW + timedelta(days=1), seed=8)
    second = render(home, next_day, tmp_path / "b.wav", voice=ToneVoice())
    assert "synthetic" not in " ".join(filter(None, words(second.plan)))
    assert lines(first.plan).isdisjoint(lines(second.plan))
    again = render(home, plan, tmp_path / "c.wav", voice=ToneVoice())
    assert words(again.plan) == words(first.plan)
    assert home.said.count() == 6
    from_file = render(home, load_plan(tmp_path / "b.plan.yaml"), tmp_path / "d.wav", voice=ToneVoice())
    assert words(from_file.plan) == words(second.plan)
    assert home.said.count() == 6
    # Forgotten, the next day's session says what it would have said as the first one.
    assert home.said.clear() == 6
    third = render(home, next_day, tmp_path / "e.wav", voice=ToneVoice())
    assert "synthetic" in (words(third.plan)[0] or "")


def test_a_plan_that_was_rendered_says_who_spoke(home: Home, plan: Plan) -> None:
    for link in realise(home, plan, rate=RATE, voice=ToneVoice()).plan.links():
        assert link.text
        assert link.text_hash == hashlib.sha256(link.text.encode()).hexdigest()
        assert (link.engine, link.voice) == ("tone", "tone")
        assert link.speech_s
        assert link.speech_s > 1


def test_planning_rehearsing_and_looking_remember_nothing(home: Home, plan: Plan) -> None:
    rehearse(home, plan)
    realised = realise(home, plan, rate=RATE, voice=ToneVoice())
    assert len(realised.said) == 3
    assert home.said.count() == 0


def test_the_disclosure_can_be_forced_and_switched_off(home: Home, plan: Plan, tmp_path: Path) -> None:
    def discloses(**how: object) -> bool:
        realised = realise(home, plan, rate=RATE, voice=ToneVoice(), **how)  # type: ignore[arg-type]
        return "synthetic" in (words(realised.plan)[0] or "")

    off = TalkSettings(disclose=False)
    assert discloses()
    assert not discloses(talk=off)
    assert discloses(talk=off, disclose=True)
    assert not discloses(disclose=False)
    render(home, replace(plan, planned_at=NOW - timedelta(days=1)), tmp_path / "a.wav", voice=ToneVoice())
    assert not discloses()
    assert discloses(disclose=True)


@dataclass(frozen=True, slots=True)
class Stumbling:
    """A voice that does not get one of the texts out."""

    name: str = "stumbling"
    voice: str = "made up"
    over: str = ""

    def speak(self, text: str) -> Speech:
        if self.over in text:
            raise VoiceError("The engine has crashed")
        return replace(ToneVoice().speak(text), engine=self.name, voice=self.voice)

    def probe(self) -> str | None:
        return None


def test_what_was_not_heard_is_not_remembered(home: Home, plan: Plan, tmp_path: Path) -> None:
    intro = words(realise(home, plan, rate=RATE, voice=ToneVoice()).plan)[1]
    assert intro
    rendered = render(home, plan, tmp_path / "a.wav", voice=Stumbling(over=intro))
    assert any("The engine has crashed" in warning for warning in rendered.warnings)
    assert [link.engine for link in rendered.plan.links()] == ["stumbling", None, "stumbling"]
    assert [link.text_hash is None for link in rendered.plan.links()] == [False, True, False]
    assert [said.kind for said in home.said.recent(NOW + timedelta(days=1)).links] == ["opening", "closing"]


def test_a_session_is_not_lost_with_its_memory(home: Home, plan: Plan, tmp_path: Path) -> None:
    home.connection.execute("DROP TABLE said_facts")
    rendered = render(home, plan, tmp_path / "a.wav", voice=ToneVoice())
    assert (tmp_path / "a.wav").is_file()
    assert all(words(rendered.plan))
    assert any("may be said again" in warning for warning in rendered.warnings)
    assert any("not remembered" in warning for warning in rendered.warnings)


def test_a_presenter_called_like_an_artist_is_refused(home: Home, plan: Plan, tmp_path: Path) -> None:
    artist = plan.items()[0].track.artist
    impostor = write_presenter(home, "impostor", name=artist.upper(), engine="silent", pace_wpm="150")
    with pytest.raises(ConfigError, match="bears the name of an artist"):
        realise(home, replace(plan, presenter=impostor), rate=RATE, voice=ToneVoice())
