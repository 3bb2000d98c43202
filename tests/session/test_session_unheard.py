"""A session on a machine where no engine can speak: the music does not wait for silence, and nothing claims a voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from short_sessions import NOW, plan_of, songs_of, write_presenter
from songs import RATE

from aidj.errors import ConfigError, VoiceError
from aidj.home import Home
from aidj.model import Link, Plan, SpokenText, TalkSettings
from aidj.output import mix_tags
from aidj.plan import load_plan
from aidj.session import plan_session, realise, render
from aidj.session.presenting import Speaking
from aidj.session.programme import Programme
from aidj.timeline import Timeline
from aidj.voice import Delivery, Sound, ToneEngine, ToneVoice, engines, load_engine


@pytest.fixture
def plan(home: Home) -> Plan:
    first, second = songs_of(home, 2)
    opening, intro, closing = (Link(kind=kind, text=f"This is the {kind}.") for kind in ("opening", "intro", "closing"))
    return plan_of(opening, first, intro, second, closing, title="Unheard", theme="a")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """New workers do not find the wheel of espeak-ng."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "espeakng_loader.py").write_text('raise ImportError("hidden for a test")\n', encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    load_engine.cache_clear()
    if any(load_engine(name).probe(Delivery(language="en")) is None for name in ("espeak", "pyttsx3")):
        load_engine.cache_clear()
        pytest.skip("this system speaks by itself")
    yield
    load_engine.cache_clear()


def without_links(plan: Plan) -> Plan:
    return replace(plan, sets=tuple(replace(part, entries=plan.items()) for part in plan.sets))


@pytest.mark.usefixtures("no_engine")
def test_where_nobody_speaks_the_music_goes_on(home: Home, plan: Plan, tmp_path: Path) -> None:
    rendered = render(home, plan, tmp_path / "a.flac")
    warnings = [warning for warning in rendered.warnings if warning.startswith("Nothing is said in this session: ")]
    assert len(warnings) == 1
    assert "hidden for a test" in warnings[0]
    assert rendered.timeline == realise(home, without_links(plan), rate=rendered.timeline.rate).timeline
    samples, rate = soundfile.read(tmp_path / "a.flac")
    assert np.abs(samples[: 2 * rate]).max() > 0.01, "a song begins, not nine seconds of silence"
    with soundfile.SoundFile(tmp_path / "a.flac") as file:
        assert "synthetic" not in file.comment
    assert not (tmp_path / "a.vtt").exists(), "there is nothing to read"
    assert home.said.count() == 0
    links = load_plan(tmp_path / "a.plan.yaml").links()
    assert [(link.starts_s, link.engine) for link in links] == [(None, None)] * 3


@pytest.mark.usefixtures("no_engine")
def test_live_the_music_goes_on_too(home: Home, plan: Plan) -> None:
    warnings: list[str] = []
    programme = Programme(home, rate=RATE, speaking=Speaking(talk=TalkSettings()), warn=warnings.append)
    laid = programme.lay_out(plan, songs=2, is_final=True)
    assert laid.songs() == list(laid.placed) == [1, 3]
    programme.lay_out(plan, songs=2, is_final=True)
    assert [warning.split(":")[0] for warning in warnings] == ["Nothing is said in this session"]


@pytest.mark.parametrize("engine", ["captions", "silent"])
def test_captions_on_purpose_have_their_time_but_lower_nothing(home: Home, plan: Plan, engine: str) -> None:
    own = replace(plan, presenter=write_presenter(home, "nobody", engine=engine))
    talk = TalkSettings(placement="over")
    realised = realise(home, own, rate=RATE, talk=talk)
    assert not realised.warnings
    assert [mark.kind for mark in realised.timeline.marks].count("link") == 3
    assert len(realised.said) == 3
    assert not lowered_for_speech(realised.timeline, talk)
    assert lowered_for_speech(realise(home, own, rate=RATE, talk=talk, voice=ToneVoice()).timeline, talk)
    tags = mix_tags(realised.timeline, title="a", date=NOW.date())
    assert "synthetic_speech" not in tags
    assert "comment" not in tags


def lowered_for_speech(timeline: Timeline, talk: TalkSettings) -> bool:
    clips = [clip for clip in timeline.clips if clip.lane == "music"]
    gains = {round(ramp.to_gain, 4) for clip in clips for ramp in clip.ramps}
    return round(10 ** (talk.duck_db / 20), 4) in gains or any(clip.bands for clip in clips)


class Hoarse(ToneEngine):
    """Cannot say one of the texts."""

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Fail, or hum."""
        if "intro" in spoken.text:
            raise VoiceError("It is hoarse")
        return ToneEngine.synthesise(self, spoken, delivery)


def test_one_link_that_nobody_can_say_is_left_out(home: Home, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engines._BUILT_IN, "tone", Hoarse)
    monkeypatch.setattr(engines, "_FALL_BACKS", ("captions",))
    load_engine.cache_clear()
    try:
        realised = realise(home, replace(plan, presenter=write_presenter(home, "hoarse", engine="tone")), rate=RATE)
    finally:
        load_engine.cache_clear()
    assert [mark.link_kind for mark in realised.timeline.marks if mark.kind == "link"] == ["opening", "closing"]
    assert [said.kind for said in realised.said] == ["opening", "closing"]
    assert any("No speech engine could say it: This is the intro." in warning for warning in realised.warnings)


def test_no_session_is_planned_for_a_presenter_called_like_an_artist(home: Home) -> None:
    artist = home.library.tracks()[0].artist
    impostor = write_presenter(home, "impostor", name=artist.upper(), engine="captions")
    with pytest.raises(ConfigError, match="bears the name of an artist") as caught:
        plan_session(home, minutes=2, now=NOW, presenter=impostor)
    hint = caught.value.hint or ""
    other = hint.split("--presenter ")[1].split(",")[0]
    assert other != impostor
    assert plan_session(home, minutes=2, now=NOW, presenter=other).presenter == other
