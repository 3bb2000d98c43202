"""A live session over real files on a virtual clock: the reader waits for the planner; time is counted in frames."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from songs import make_library, make_measured_home

from aidj.errors import VoiceError
from aidj.home import open_home
from aidj.mixing import mix
from aidj.model import Item, Link, Plan, Speech, TalkSettings
from aidj.plan import dump_plan, parse_plan
from aidj.selection import Query
from aidj.session import (
    Ended,
    Event,
    LinkStarted,
    PlanChanged,
    Problem,
    Session,
    SetChanged,
    Skipped,
    TrackStarted,
    Underrun,
    Word,
    plan_session,
    realise,
)
from aidj.session.on_air import SONGS_READY
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
BLOCK = RATE // 10
QUIET = 1e-4


@pytest.fixture
def plan(folder: Path) -> Plan:
    with open_home(folder) as home:
        return plan_session(home, minutes=4, now=NOW, seed=3)


class Listener:
    """Reads a session, and keeps what it heard."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.blocks: list[NDArray[np.float32]] = []
        self.events: list[Event] = []

    def listen(self, seconds: float = 3600.0) -> Listener:
        """Go on for so long, or to the end."""
        until = self.session.frame + round(seconds * RATE)
        while not self.session.ended and self.session.frame < until:
            self.blocks.append(self.session.read(min(BLOCK, until - self.session.frame), wait=True))
            self.events += self.session.events()
        return self

    def until(self, wanted: Callable[[Event], bool], seconds: float = 600.0) -> Event:
        """Go on until something happens."""
        seen, until = len(self.events), self.session.frame + seconds * RATE
        while self.session.frame < until and not self.session.ended:
            self.listen(0.1)
            if found := [event for event in self.events[seen:] if wanted(event)]:
                return found[0]
            seen = len(self.events)
        raise AssertionError(f"it did not happen: {self.events[-5:]}")

    def of(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    @property
    def songs(self) -> list[str]:
        return [event.track.title for event in self.events if isinstance(event, TrackStarted)]

    @property
    def samples(self) -> NDArray[np.float32]:
        return np.concatenate(self.blocks)

    def longest_gap_s(self) -> float:
        """The longest silence between two sounds."""
        loud = np.flatnonzero(np.abs(self.samples).max(axis=1) > QUIET)
        return float(np.diff(loud).max()) / RATE


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Listener]]:
    begun: list[Session] = []

    def begin(plan: Plan | None = None, **fields: object) -> Listener:
        options = {"voice": ToneVoice(), "clock": lambda: NOW, "rate": RATE, "seed": 3, **fields}
        begun.append(Session(folder, plan, **options))  # type: ignore[arg-type]
        return Listener(begun[-1])

    yield begin
    for session in begun:
        session.close()


def is_song(event: Event) -> bool:
    return isinstance(event, TrackStarted)


# The same as offline --------------------------------------------------------------------------------------------------


def test_without_a_command_it_sounds_like_the_rendered_session(
    folder: Path, plan: Plan, start: Callable[..., Listener]
) -> None:
    with open_home(folder) as home:
        offline = realise(home, plan, rate=RATE, voice=ToneVoice())
    whole = np.concatenate(list(mix(offline.timeline)))
    heard = start(plan).listen()
    np.testing.assert_array_equal(heard.samples[: len(whole)], whole)
    assert not np.any(heard.samples[len(whole) :])
    assert dump_plan(heard.session.plan or plan).count("starts") == dump_plan(offline.plan).count("starts")
    assert [e.starts_s for e in (heard.session.plan or plan).items()] == [e.starts_s for e in offline.plan.items()]
    assert [e.text for e in (heard.session.plan or plan).links()] == [e.text for e in offline.plan.links()]
    assert not heard.of(Underrun, Problem)


def test_all_of_it_may_be_read_at_once(plan: Plan, start: Callable[..., Listener]) -> None:
    """More songs than are ever ready, in one block."""
    in_blocks, at_once = start(plan).listen(), start(plan)
    samples = at_once.session.read(len(in_blocks.samples), wait=True)
    np.testing.assert_array_equal(samples, in_blocks.samples)
    assert at_once.session.ended
    assert [e for e in at_once.session.events() if is_song(e)] == in_blocks.of(TrackStarted)
    assert len(in_blocks.songs) > SONGS_READY + 1


@pytest.mark.parametrize("wait", [False, True])
def test_no_frames_and_fewer(plan: Plan, start: Callable[..., Listener], wait: bool) -> None:
    session = start(plan).session
    assert session.read(0, wait=wait).shape == (0, 2)
    with pytest.raises(ValueError, match="backwards"):
        session.read(-1, wait=wait)


def test_every_event_is_at_its_frame(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan).listen()
    played = heard.session.plan
    assert played
    frames = [event.frame for event in heard.events]
    assert frames == sorted(frames)
    assert heard.songs == [item.track.title for item in plan.items()]
    for event, item in zip(heard.of(TrackStarted), played.items(), strict=True):
        assert item.starts_s is not None
        assert abs(event.frame / RATE - item.starts_s) < 0.001
    links = [link for link in played.links() if link.text]
    assert [event.link.text for event in heard.of(LinkStarted) if isinstance(event, LinkStarted)] == [
        link.text for link in links
    ]
    said = " ".join(event.text for event in heard.events if isinstance(event, Word))
    assert said.split() == " ".join(link.text or "" for link in links).split()
    assert [event.theme for event in heard.events if isinstance(event, SetChanged)] == [p.theme for p in plan.sets]
    assert isinstance(heard.events[-1], Ended)
    assert heard.session.ended
    assert not np.any(heard.session.read(100))


def test_events_come_when_their_frame_has_come_and_only_once(plan: Plan, start: Callable[..., Listener]) -> None:
    session = start(plan).session
    session.read(20 * RATE, wait=True)
    first = session.events(RATE // 10)
    assert first == ()
    early = session.events(RATE)
    assert early
    assert all(event.frame < RATE for event in early)
    assert not {id(event) for event in early} & {id(event) for event in session.events()}
    assert session.events() == ()


# What the listener does -----------------------------------------------------------------------------------------------


def test_a_skip_fades_into_the_next_song(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    heard.until(is_song)
    heard.listen(15)
    pressed = heard.session.frame
    heard.session.skip()
    skipped = heard.until(lambda event: isinstance(event, Skipped))
    begun = heard.until(is_song) if not isinstance(heard.events[-1], TrackStarted) else heard.events[-1]
    assert isinstance(skipped, Skipped)
    assert skipped.item.track.title == heard.songs[0]
    assert skipped.frame - pressed < 0.3 * RATE
    assert abs(begun.frame - skipped.frame) < 0.3 * RATE
    assert heard.songs[1] == plan.items()[1].track.title
    heard.listen()
    assert heard.songs == [item.track.title for item in plan.items()]
    assert heard.longest_gap_s() < 0.6
    assert heard.session.plan
    assert heard.session.plan.items()[0].cut_s == pytest.approx(skipped.after_s, abs=0.002)


def test_two_skips_go_two_songs_on(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    heard.until(is_song)
    heard.listen(5)
    heard.session.skip()
    heard.session.skip()
    heard.listen(3)
    assert heard.songs == [item.track.title for item in plan.items()[:3]]
    assert len(heard.of(Skipped)) == 2


def test_many_skips_at_once_are_all_told(start: Callable[..., Listener]) -> None:
    heard = start()
    heard.until(is_song)
    heard.listen(3)
    for _ in range(6):
        heard.session.skip()
    heard.until(lambda event: isinstance(event, TrackStarted) and len(heard.songs) >= 7)
    heard.listen(3)
    plan = heard.session.plan
    assert plan is not None
    assert [e.item.track.title for e in heard.of(Skipped)] == [
        i.track.title for i in plan.items() if i.cut_s is not None
    ]  # type: ignore[attr-defined]
    assert heard.songs == [item.track.title for item in plan.items()][: len(heard.songs)]


@pytest.mark.parametrize("after_s", [0.05, 0.5, 1.0])
def test_words_over_a_song_that_is_left_before_them_are_not_said(
    start: Callable[..., Listener], after_s: float
) -> None:
    for seed in range(40):
        heard = start(seed=seed, minutes=None)
        heard.session.read(1, wait=True)
        plan = heard.session.plan
        assert plan is not None
        link, song = (*plan.sets[0].entries, None)[:2]
        assert song is not None
        if isinstance(link, Link) and link.starts_s and song.starts_s and link.starts_s > song.starts_s + after_s + 0.3:
            break
        heard.session.close()
    else:
        pytest.fail("no plan begins with words over a song")
    heard.until(is_song)
    heard.listen(after_s)
    heard.session.skip()
    heard.until(is_song)
    heard.listen(3)
    plan = heard.session.plan
    assert plan is not None
    assert parse_plan(dump_plan(plan)).links()[0].cut_s == 0.0
    assert not any(isinstance(e, LinkStarted) and e.link.text == link.text for e in heard.events)


def test_previous_is_this_song_again_or_the_one_before(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    heard.until(is_song)
    heard.listen(10)
    heard.session.previous()
    heard.until(is_song)
    assert heard.songs == [plan.items()[0].track.title] * 2
    heard.listen(10)
    heard.session.skip()
    heard.until(is_song)
    heard.session.previous()
    heard.until(is_song)
    titles = [item.track.title for item in plan.items()]
    assert heard.songs == [titles[0], titles[0], titles[1], titles[0]]
    heard.until(is_song)
    assert heard.songs[-1] == titles[2]


def test_a_pause_is_silence_and_goes_on_where_it_was(plan: Plan, start: Callable[..., Listener]) -> None:
    plain = start(plan).listen(60).samples
    heard = start(plan).listen(20)
    heard.session.pause()
    heard.listen(5)
    heard.session.resume()
    heard.listen(35)
    samples = heard.samples
    np.testing.assert_array_equal(samples[: 20 * RATE], plain[: 20 * RATE])
    assert not np.any(samples[20 * RATE + RATE // 10 : 25 * RATE])
    shift = 5 * RATE - round(0.03 * RATE)  # it fades out before it stops
    np.testing.assert_array_equal(samples[26 * RATE :], plain[26 * RATE - shift : 60 * RATE - shift])
    assert np.abs(np.diff(samples[:, 0])).max() <= np.abs(np.diff(plain[:, 0])).max() * 1.05
    later = [event for event in heard.events if event.frame > 26 * RATE]
    assert later


def test_the_volume_moves_without_a_step(plan: Plan, start: Callable[..., Listener]) -> None:
    plain = start(plan).listen(30).samples
    heard = start(plan).listen(20)
    heard.session.volume(-20)
    heard.listen(5)
    heard.session.volume(0)
    heard.listen(5)
    np.testing.assert_allclose(heard.samples[21 * RATE : 25 * RATE], plain[21 * RATE : 25 * RATE] / 10, atol=1e-6)
    np.testing.assert_allclose(heard.samples[26 * RATE :], plain[26 * RATE :], atol=1e-6)
    ratio = heard.samples[20 * RATE : 21 * RATE] / np.where(np.abs(plain) > 1e-3, plain, np.nan)[20 * RATE : 21 * RATE]
    gains = ratio[np.isfinite(ratio)]
    assert np.abs(np.diff(gains)).max() < 0.01
    with pytest.raises(ValueError, match="at most"):
        heard.session.volume(3)


def test_hush_stops_what_is_being_said_and_nothing_else(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    begun = heard.until(lambda event: isinstance(event, LinkStarted))
    heard.listen(1)
    heard.session.hush()
    heard.listen(20)
    words = [event for event in heard.events if isinstance(event, Word)]
    assert words
    assert words[-1].frame - begun.frame < 1.5 * RATE
    assert isinstance(begun, LinkStarted)
    assert len(words) < len((begun.link.text or "").split()) / 2
    assert heard.session.plan
    cut = heard.session.plan.links()[0].cut_s
    assert cut is not None
    assert 1 <= cut < 1.5
    assert heard.songs
    assert heard.longest_gap_s() < 0.6


@pytest.mark.parametrize("after", ["now", "song", "set"])
def test_it_stops_when_it_is_asked_to(plan: Plan, start: Callable[..., Listener], after: str) -> None:
    heard = start(plan)
    heard.until(is_song)
    heard.listen(10)
    pressed = heard.session.frame
    heard.session.stop(after)  # type: ignore[arg-type]
    heard.listen()
    assert isinstance(heard.events[-1], Ended)
    assert heard.events[-1].reason == "stopped"
    took_s = (heard.session.frame - pressed) / RATE
    first_set = [entry.track.title for entry in plan.sets[0].entries if isinstance(entry, Item)]
    if after == "now":
        assert took_s < 1.5
    if after != "set":
        assert heard.songs == first_set[:1]
    else:
        assert heard.songs == first_set
    assert np.abs(np.diff(heard.samples[pressed:, 0])).max() < 0.5


def test_nothing_is_said_any_more_once_that_is_asked_for(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    heard.until(is_song)
    heard.listen(10)
    said = len(heard.of(LinkStarted))
    heard.session.talk_level("silent")
    heard.listen()
    assert len(heard.of(LinkStarted)) == said
    with pytest.raises(ValueError, match="level"):
        heard.session.talk_level("loud")  # type: ignore[arg-type]


# What comes next ------------------------------------------------------------------------------------------------------


def test_another_set_comes_at_once(start: Callable[..., Listener]) -> None:
    heard = start(minutes=5)
    heard.until(is_song)
    heard.listen(10)
    heard.session.change_set()
    heard.until(lambda event: isinstance(event, PlanChanged))
    heard.until(is_song)
    assert len(heard.of(SetChanged)) == 2
    assert len(heard.of(Skipped)) == 1
    assert heard.session.plan
    assert "jump" in [link.kind for link in heard.session.plan.links()]
    heard.listen()
    assert len(set(heard.songs)) == len(heard.songs)
    assert heard.longest_gap_s() < 0.6


@pytest.mark.parametrize("key", ["skip", "previous", "change_set"])
def test_nobody_who_presses_a_key_has_to_hear_an_announcement_out(start: Callable[..., Listener], key: str) -> None:
    heard = start(voice=ToneVoice(pace_wpm=30))  # half a minute of it
    heard.until(is_song)
    heard.listen(8)
    heard.session.change_set()
    left = heard.until(lambda event: isinstance(event, LinkStarted) and event.link.kind == "jump")
    assert heard.session.plan
    first, announced = (item.track.title for item in heard.session.plan.items()[:2])
    heard.listen(1)
    getattr(heard.session, key)()
    heard.listen(3)
    assert not heard.of(Problem, Underrun)
    assert len(heard.of(Skipped)) == 1
    assert len([event for event in heard.of(Word) if event.frame > left.frame]) < 4
    following = heard.session.plan.items()[1].track.title
    if key == "skip":
        assert heard.songs == [first, following] == [first, announced]
    elif key == "previous":
        assert heard.songs == [first, following] == [first, first]
    else:
        assert following not in (first, announced)


def test_nor_the_opening(start: Callable[..., Listener]) -> None:
    heard = start(voice=ToneVoice(pace_wpm=30))
    heard.until(lambda event: isinstance(event, LinkStarted))
    heard.session.previous()  # there is nothing to go back to
    heard.listen(17)
    assert not heard.songs
    heard.session.skip()
    heard.listen(3)
    assert len(heard.songs) == 1
    assert not heard.of(Problem, Underrun, Skipped)


def test_what_is_asked_for_comes_after_this_song(start: Callable[..., Listener]) -> None:
    heard = start(minutes=5)
    heard.until(is_song)
    heard.listen(10)
    heard.session.request(Query(artists=("Test Artist 3",)))
    heard.until(lambda event: isinstance(event, PlanChanged))
    asked = heard.until(is_song)
    assert not heard.of(Skipped)
    assert isinstance(asked, TrackStarted)
    assert asked.track.artist == "Test Artist 3"
    heard.session.request(Query(artists=("Nobody Whatsoever",)))
    problem = heard.until(lambda event: isinstance(event, Problem))
    assert isinstance(problem, Problem)
    assert "Nobody" in problem.text or "played" in problem.text


@pytest.mark.parametrize("private", [False, True])
def test_who_is_banned_does_not_come_again(folder: Path, start: Callable[..., Listener], private: bool) -> None:
    heard = start(minutes=6, private=private)
    first = heard.until(is_song)
    heard.listen(5)
    heard.session.ban("artist", days=10)
    heard.listen()
    assert isinstance(first, TrackStarted)
    artists = [event.track.artist for event in heard.events if isinstance(event, TrackStarted)]
    assert artists.count(first.track.artist) == 1
    assert len(artists) > 3
    with open_home(folder) as home:
        opinions = home.history.opinions(NOW + timedelta(minutes=10))
        assert [opinion.artist for opinion in opinions] == ([] if private else [first.track.artist])
        assert home.history.opinions(NOW + timedelta(days=11)) == ()


def test_an_endless_session_goes_on_until_all_has_been_played(start: Callable[..., Listener]) -> None:
    heard = start(talk=TalkSettings(level="normal")).listen(8 * 60)
    assert not heard.session.ended
    assert len(heard.songs) > 12
    assert len(set(heard.songs)) == len(heard.songs)
    assert not heard.of(Underrun)
    assert heard.session.plan
    assert not any(link.kind == "closing" for link in heard.session.plan.links())
    assert not any("minutes" in link.facts for link in heard.session.plan.links())


# What is written down -------------------------------------------------------------------------------------------------


def test_what_is_heard_is_in_the_history_at_once(folder: Path, plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    first = heard.until(is_song)
    heard.listen(25)
    heard.session.like()
    heard.listen(1)

    def stored() -> list[tuple[str, str, float]]:
        with open_home(folder) as home:
            rows = home.connection.execute(
                "SELECT title, kind, played_s FROM listens JOIN heard ON heard.id = heard_id ORDER BY listened_at"
            )
            return [(row[0], ("listen", "skip", "short")[row[1]], row[2]) for row in rows]

    assert [row[:2] for row in stored()] == [(heard.songs[0], "listen")]
    heard.until(is_song)
    heard.listen(3)
    heard.session.skip()
    heard.until(is_song)
    heard.listen(1)
    assert [row[:2] for row in stored()] == [(heard.songs[0], "listen"), (heard.songs[1], "skip")]
    assert stored()[1][2] == pytest.approx(3, abs=0.5)
    with open_home(folder) as home:
        (liked,) = home.history.opinions(NOW + timedelta(hours=1))
        assert (liked.verdict, liked.title) == ("like", heard.songs[0])
        tracks = home.library.tracks()
        plays = home.history.plays(tracks)
        assert plays.listened_at[0] == int((NOW + timedelta(seconds=first.frame / RATE)).timestamp())
        assert plays.skipped.tolist() == [False, True]
        offered = home.history.offers(tracks, before=NOW + timedelta(hours=1))
        assert [tracks[number].title for number in offered.track] == heard.songs
        assert home.said.count() == len(heard.of(LinkStarted))


def test_a_private_session_leaves_no_trace(folder: Path, plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan, private=True)
    heard.until(is_song)
    heard.session.like()
    heard.listen()
    with open_home(folder) as home:
        assert home.history.summary().n_plays == 0
        assert home.history.opinions(NOW) == ()
        assert home.said.count() == 0
        assert len(home.history.offers(home.library.tracks(), before=NOW + timedelta(days=1)).track) == 0


# What goes wrong ------------------------------------------------------------------------------------------------------


def test_a_voice_that_fails_costs_the_links_and_not_the_music(plan: Plan, start: Callable[..., Listener]) -> None:
    class Broken(ToneVoice):
        def speak(self, text: str) -> Speech:
            raise VoiceError("It is hoarse")

    heard = start(plan, voice=Broken()).listen()
    assert heard.songs == [item.track.title for item in plan.items()]
    assert not heard.of(LinkStarted)
    assert any("hoarse" in event.text for event in heard.events if isinstance(event, Problem))


def test_a_file_that_is_gone_is_left_out(tmp_path: Path) -> None:
    folder = make_measured_home(tmp_path / "own", make_library(tmp_path / "music", count=6, seconds=20.0), now=NOW)
    with open_home(folder) as home:
        plan = plan_session(home, minutes=1.5, now=NOW, seed=3)
    assert len(plan.items()) > 2
    missing = plan.items()[1].track
    assert missing.path
    missing.path.unlink()
    with Session(folder, plan, voice=ToneVoice(), clock=lambda: NOW, rate=RATE) as session:
        heard = Listener(session).listen()
    assert heard.songs == [item.track.title for item in plan.items() if item.track.title != missing.title]
    assert any(isinstance(event, Problem) for event in heard.events)
    assert heard.longest_gap_s() < 0.6


def test_no_music_ends_it_with_a_reason(tmp_path: Path) -> None:
    with Session(tmp_path / "empty", clock=lambda: NOW, rate=RATE) as session:
        heard = Listener(session).listen(5)
    heard.events += session.events()
    assert session.ended
    assert any("no music" in event.text.lower() for event in heard.events if isinstance(event, Problem))
    assert isinstance(heard.events[-1], Ended)


def test_the_music_does_not_wait_for_a_voice_that_takes_its_time(start: Callable[..., Listener]) -> None:
    may_speak = threading.Event()
    may_speak.set()

    class Slow(ToneVoice):
        def speak(self, text: str) -> Speech:
            assert may_speak.wait(60)
            return ToneVoice().speak(text)

    heard = start(minutes=9, voice=Slow())
    heard.until(is_song)
    heard.listen(10)
    may_speak.clear()
    heard.session.talk_level("chatty")
    heard.session.request(Query(artists=("Test Artist 3", "Test Artist 4", "Test Artist 5", "Test Artist 6")))
    wanted = len(heard.songs) + 3
    since = len(heard.blocks)
    until = time.monotonic() + 120
    while len(heard.songs) < wanted and time.monotonic() < until:
        heard.blocks.append(heard.session.read(BLOCK))  # in its own time, waiting for nothing
        heard.events += heard.session.events()
        time.sleep(0.005)
    assert len(heard.songs) == wanted
    assert not heard.of(Underrun)
    loud = np.flatnonzero(np.abs(np.concatenate(heard.blocks[since:])).max(axis=1) > QUIET)
    assert np.diff(loud).max() / RATE < 0.6
    heard.session.skip()  # nor does the listener
    wanted += 1
    while len(heard.songs) < wanted and time.monotonic() < until:
        heard.blocks.append(heard.session.read(BLOCK))
        heard.events += heard.session.events()
        time.sleep(0.005)
    assert heard.of(Skipped)
    said = len(heard.of(LinkStarted))
    may_speak.set()
    heard.listen()
    assert len(heard.of(LinkStarted)) > said
    assert isinstance(heard.events[-1], Ended)


def test_commands_before_the_first_song_do_no_harm(plan: Plan, start: Callable[..., Listener]) -> None:
    heard = start(plan)
    for ask in (heard.session.skip, heard.session.like, heard.session.hush, heard.session.previous):
        ask()
    heard.session.ban("artist")
    time.sleep(0.2)
    heard.listen(30)
    assert heard.songs
    assert all(isinstance(link, Link) for link in plan.links())
