"""Planning on the demo library: the real way through the house, judged by the plan."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aidj.cli.wishing import minutes_until
from aidj.errors import PlanError
from aidj.history import read_history
from aidj.home import Home, open_home
from aidj.model import Candidate, Item, Link, Listen, Opinion, TalkSettings
from aidj.plan import dump_plan
from aidj.selection import MixSettings, Outcome, Query
from aidj.sequencing import PERSONAL_FACTS
from aidj.session import Wishes, plan_session, replan
from aidj.session.realising import rehearse

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def measured(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with the demo library, its history, and every song measured."""
    folder = tmp_path_factory.mktemp("home")
    with open_home(folder) as home:
        home.library.scan([demo_data / "demo" / "music"], now=NOW)
        home.history.add(read_history(demo_data / "demo" / "my_spotify_data.zip"))
        home.analyses.of(home.library.tracks())
    return folder


@pytest.fixture
def home(measured: Path, tmp_path: Path) -> Iterator[Home]:
    shutil.copytree(measured, tmp_path / "home")
    with open_home(tmp_path / "home") as opened:
        assert opened.library.tracks()
        yield opened


def test_the_same_question_has_the_same_answer_whatever_was_planned_for_later(home: Home) -> None:
    plan = plan_session(home, minutes=8, now=NOW)
    home.history.remember(plan)
    assert dump_plan(plan_session(home, minutes=8, now=NOW)) == dump_plan(plan)


def test_planning_again_sees_what_has_changed_meanwhile(home: Home) -> None:
    first = plan_session(home, minutes=8, now=NOW)
    assert gc.isenabled()
    with open_home(home.folder) as other:
        other.connection.execute("UPDATE library_files SET missing = 1 WHERE id = ?", (first.items()[0].track.id,))
        other.history.log(
            Listen(listened_at=NOW, artist=item.track.artist, title=item.track.title, source="here")
            for item in first.items()[1:3]
        )
    now = NOW + timedelta(minutes=1)
    again = plan_session(home, minutes=8, now=now)
    assert first.items()[0].track not in {item.track for item in again.items()}
    with open_home(home.folder) as other:
        assert dump_plan(plan_session(other, minutes=8, now=now)) == dump_plan(again)


def test_what_was_offered_yesterday_rests_today(home: Home) -> None:
    yesterday = plan_session(home, minutes=6, now=NOW - timedelta(days=1), seed=1)
    home.history.remember(yesterday)
    today = plan_session(home, minutes=6, now=NOW, seed=1)
    offered = {item.track.id for item in yesterday.items()}
    again = [item for item in today.items() if item.track.id in offered]
    assert len(again) < len(offered)
    assert all(item.rules for item in again if "resting" in item.terms)


def test_a_plan_says_on_what_it_rests(home: Home) -> None:
    plan = plan_session(home, minutes=10, now=NOW)
    assert plan.mix
    assert "listens" in plan.mix.basis
    assert sum(share.songs for share in plan.mix.shares.values()) == len(plan.items())
    assert sum(share.target for share in plan.mix.shares.values()) == pytest.approx(1, abs=1e-3)
    assert all(item.propensity and 0 < item.propensity <= 1 for item in plan.items())
    for part in plan.sets:
        assert part.theme_kind
        cost = dict(part.order_cost)
        assert cost.pop("total") == pytest.approx(sum(cost.values()), abs=1e-3)


def test_dials_and_rules_reach_the_plan(home: Home) -> None:
    none = plan_session(home, minutes=10, now=NOW, wishes=Wishes(dials={"forgotten_favourite": 0}))
    assert "forgotten_favourite" not in {item.rotation for item in none.items()}
    assert none.settings == {"dial_forgotten_favourite": 0}
    much = plan_session(home, minutes=10, now=NOW, wishes=Wishes(dials={"forgotten_favourite": 10}))
    assert sum(item.rotation == "forgotten_favourite" for item in much.items()) >= 4  # of eight: none follows another
    kept = plan_session(home, minutes=10, now=NOW, mix=MixSettings(dials={"forgotten_favourite": 0}))
    assert "forgotten_favourite" not in {item.rotation for item in kept.items()}


def test_bans_and_likes_count(home: Home) -> None:
    first = plan_session(home, minutes=10, now=NOW)
    banned = first.items()[0].track
    home.history.say(Opinion(verdict="ban", artist=banned.artist, title=banned.title, said_at=NOW))
    after = plan_session(home, minutes=10, now=NOW)
    assert banned.id not in {item.track.id for item in after.items()}
    assert after.mix
    assert any("never to hear" in part.reason for part in after.mix.left_out)


def test_a_query_narrows_a_session_down(home: Home) -> None:
    artist = home.library.tracks()[0].artists[0]
    plan = plan_session(home, minutes=3, now=NOW, wishes=Wishes(query=Query(artists=(artist,))))
    assert plan.items()
    assert all(artist in item.track.artist for item in plan.items())
    assert "query" in plan.settings
    with pytest.raises(PlanError, match="Nothing in the library"):
        plan_session(home, minutes=3, now=NOW, wishes=Wishes(query=Query(artists=("Nobody Whatsoever",))))


def test_an_album_is_played_whole_in_order_and_in_peace(home: Home) -> None:
    album = max(
        {track.album for track in home.library.tracks() if track.album},
        key=lambda name: sum(track.album == name for track in home.library.tracks()),
    )
    wishes = Wishes(query=Query(albums=(album,), whole_album=True))
    plan = plan_session(home, now=NOW, wishes=wishes)
    tracks = sorted(
        (track for track in home.library.tracks() if track.album == album),
        key=lambda t: (t.disc_number or 1, t.track_number or 0),
    )
    assert [item.track.id for item in plan.items()] == [track.id for track in tracks]
    assert len(tracks) >= 2
    (part,) = plan.sets
    first = next(number for number, entry in enumerate(part.entries) if isinstance(entry, Item))
    assert all(isinstance(entry, Item) for entry in part.entries[first : first + len(tracks)])
    assert {link.kind for link in plan.links()} <= {"opening", "closing"}
    assert all(item.transition and item.transition.kind == "gapless" for item in plan.items()[1:])


def test_a_moment_of_the_day_ends_a_session(home: Home) -> None:
    minutes = minutes_until("20:09", NOW)
    assert minutes == 9
    assert minutes_until("19:59", NOW) == 24 * 60 - 1
    plan = plan_session(home, minutes=minutes, now=NOW)
    assert abs(rehearse(home, plan).duration_s - 9 * 60) <= 30  # fourteen songs leave little choice


def test_no_history_is_said(demo_data: Path, tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        home.library.scan([demo_data / "demo" / "music"], now=NOW)
        plan = plan_session(home, minutes=5, now=NOW)
        assert plan.items()
        assert plan.mix
        assert "alone" in plan.mix.basis or "no listens" in plan.mix.basis


# Planning the rest anew -----------------------------------------------------------------------------------------------


def test_the_rest_is_planned_anew_after_two_skips(home: Home) -> None:
    plan = plan_session(home, minutes=14, now=NOW)
    outcomes = [Outcome(rotation=item.rotation, played_s=9.0, skipped=True) for item in plan.items()[:2]]
    for item in plan.items()[:2]:
        home.history.log(
            [
                Listen(
                    listened_at=NOW,
                    artist=item.track.artist,
                    title=item.track.title,
                    duration_s=item.track.duration_s,
                    played_s=9.0,
                    kind="skip",
                    source="aidj",
                )
            ]
        )
    later = NOW + timedelta(minutes=1)
    again = replan(home, plan, 2, now=later, outcomes=outcomes)
    assert [item.track for item in again.items()[:2]] == [item.track for item in plan.items()[:2]]
    ids = [item.track.id for item in again.items()]
    assert len(set(ids)) == len(ids)
    assert [link.kind for link in again.links()].count("opening") == 1
    assert "jump" in [link.kind for link in again.links()]
    assert [link.kind for link in again.links()].count("closing") == 1
    assert again.minutes == plan.minutes
    assert dump_plan(again) == dump_plan(replan(home, plan, 2, now=later, outcomes=outcomes))


def test_what_is_said_of_the_rest_is_what_was_asked_of_the_whole(home: Home) -> None:
    asked = TalkSettings(level="rare", personal=False, kinds_off=frozenset({"opening", "jump"}))
    plan = plan_session(home, minutes=14, now=NOW, wishes=Wishes(talk=asked))
    assert plan.settings == {"talk": "rare", "talk_placement": "auto", "talk_off": "opening, jump", "personal": "off"}
    assert [link.kind for link in plan.links()][-1] == "closing"
    assert "opening" not in [link.kind for link in plan.links()]
    assert not any(PERSONAL_FACTS & link.facts.keys() for link in plan.links())
    outcomes = [Outcome(rotation=item.rotation, played_s=9.0, skipped=True) for item in plan.items()[:2]]
    chatty = Wishes(talk=TalkSettings(level="chatty"))
    again = replan(home, plan, 2, now=NOW + timedelta(minutes=1), outcomes=outcomes, wishes=chatty)
    assert again.settings == plan.settings
    assert {link.kind for link in again.links()} <= {"set_change", "closing"}
    assert not any(PERSONAL_FACTS & link.facts.keys() for link in again.links())


def test_a_silent_session_stays_silent(home: Home) -> None:
    plan = plan_session(home, minutes=8, now=NOW, wishes=Wishes(talk=TalkSettings(level="silent")))
    assert not plan.links()
    assert not replan(home, plan, 1, now=NOW + timedelta(minutes=1)).links()
    by_hand = replace(plan, settings={})  # the links were taken out
    assert not replan(home, by_hand, 1, now=NOW + timedelta(minutes=1)).links()


def test_the_usual_talk_leaves_no_word_in_the_plan(home: Home) -> None:
    plan = plan_session(home, minutes=8, now=NOW)
    assert plan.settings == {}
    assert next(link.kind for link in plan.links()) == "opening"


def test_nothing_is_added_to_a_session_that_is_nearly_over(home: Home) -> None:
    plan = plan_session(home, minutes=5, now=NOW)
    played = len(plan.items())
    kept = replan(home, plan, played, now=NOW)
    assert [item.track for item in kept.items()] == [item.track for item in plan.items()]


def test_from_the_start_it_is_a_whole_session(home: Home) -> None:
    plan = plan_session(home, minutes=6, now=NOW)
    again = replan(home, replace(plan, seed=5), 0, now=NOW)
    assert again.items()
    assert isinstance(again.sets[0].entries[0], Link)


def test_more_of_nothing_is_said(home: Home) -> None:
    long_ago = NOW - timedelta(days=365 * 3)  # the demo's new releases came out long after
    plan = plan_session(home, minutes=5, now=long_ago, wishes=Wishes(dials={"new_release": 10.0}))
    assert any("More new releases were asked for" in note for note in plan.notes)


def test_nothing_left_says_why(home: Home) -> None:
    for name in {track.artists[0] for track in home.library.tracks()}:
        home.history.say(Opinion(verdict="ban", artist=name, said_at=NOW))
    with pytest.raises(PlanError, match="you asked never to hear it again"):
        plan_session(home, minutes=5, now=NOW)


def test_where_all_has_been_played_that_is_said(home: Home) -> None:
    played = [
        Candidate(track=track, rotation="deep_cut", score=0.0, terms={}, why="") for track in home.library.tracks()
    ]
    with pytest.raises(PlanError, match="Nothing is left to play that was not played already"):
        plan_session(home, minutes=8, now=NOW, played=played)
