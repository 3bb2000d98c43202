"""The part of a live session that plans: it keeps what comes ready, does what the listener asks, and writes down what
was heard.

All of it happens on one thread, which has the data file to itself; what sounds meanwhile is the affair of `Player`.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from aidj.errors import AidjError
from aidj.home import Home
from aidj.model import Item, Link, LinkKind, Opinion, Plan, TalkSettings, Track, Verdict
from aidj.names import lead_key, song_key
from aidj.script import Said, Writer
from aidj.selection import MixSettings, Outcome, Query
from aidj.session.commands import (
    Ban,
    ChangeSet,
    Command,
    Dislike,
    Hush,
    Like,
    Previous,
    Request,
    SetTalkLevel,
    Skip,
    Stop,
)
from aidj.session.entries import Entry, entries_of, numbered, set_numbers, with_entries
from aidj.session.events import (
    Ended,
    Event,
    LinkStarted,
    PlanChanged,
    Problem,
    SetChanged,
    Skipped,
    TrackStarted,
    Word,
)
from aidj.session.planning import plan_session
from aidj.session.playing import Cue, Player, Programmed, same_before
from aidj.session.presenting import Speaking
from aidj.session.programme import Laid, Programme
from aidj.session.recording import Recording, listen_after_s
from aidj.session.replanning import as_played, beginning_of, go_on
from aidj.session.wishes import Wishes
from aidj.timeline import Song
from aidj.voice import Voice

FIRST_STRETCH_MINUTES = 12.0
"""An endless session begins with so much, so that it begins soon."""
STRETCH_MINUTES = 30.0
"""From then on it is planned so much at a time."""
DISLIKED_DAYS = 90
RESTART_S = 3.0
"""Before that, "previous" is the song before; later, this one from its beginning."""

_SONGS_PLANNED = 6
"""An endless session is planned on when fewer are left."""
_SONGS_READY = 3
_TICK_S = 0.5
_FIRST_MARGINS_S = (0.03, 0.2)
"""How far ahead of what is decided a change is made, least and most: about as long as the last one took."""
_MORE_MARGINS_S = (0.25, 0.8)
"""How far where that was too little."""
_NEAR_S = 10.0
"""A song that begins so soon is not planned away any more: its seam may be under way."""
_PATIENCE = 40

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a live session is to be."""

    open_home: Callable[[], Home]
    plan: Plan | None
    minutes: float | None
    """None for endless."""
    wishes: Wishes
    mix: MixSettings | None
    folders: Sequence[Path] | None
    presenter: str
    talk: TalkSettings
    disclose: bool | None
    voice: Voice | None
    writer: Writer | None
    seed: int | None
    began_at: datetime
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """What has become audible, as far as it is written down."""

    what: str
    """``song`` and ``link`` for their beginnings, ``half`` when a song counts as heard, ``over`` for its end."""
    number: int
    item: Item | None = None
    track: Track | None = None
    said: Said | None = None
    played_s: float = 0.0


class Director:
    """Plans a live session ahead of its player."""

    def __init__(self, setup: Setup, player: Player) -> None:
        self._setup = setup
        self._player = player
        self._inbox: deque[tuple[Command, int | None]] = deque()
        self._later: list[tuple[Command, int | None, int]] = []
        self._closing = False
        self._home: Home
        self._programme: Programme
        self._recording: Recording
        self._plan: Plan
        self._laid: Laid
        self._wishes = setup.wishes
        self._is_final = setup.plan is not None or setup.minutes is not None
        self._reason = "the plan is over"
        self._offset_s = 0.0
        self._cuts: dict[int, bool] = {}
        """Songs that were left early, by their place, and whether because the listener did not want them."""
        self._outcomes: dict[int, Outcome] = {}
        self._began: dict[int, datetime] = {}
        self._banned: list[Opinion] = []
        """What is not to be heard any more, where that is not written down."""
        self._margin_s = _FIRST_MARGINS_S[0]
        self._tried: tuple[int, int] | None = None
        """How many entries had begun and songs were left when more was laid out last."""

    # From any thread --------------------------------------------------------------------------------------------------

    def post(self, command: Command) -> None:
        """Have something done soon."""
        self._inbox.append((command, self._player.song))
        self._player.busy(1)

    def close(self) -> None:
        """Have the thread end."""
        self._closing = True
        self._player.busy(0)

    @property
    def plan(self) -> Plan | None:
        """The session as it was played so far and is planned now."""
        return getattr(self, "_plan", None)

    # On its own thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Plan until the session has ended."""
        try:
            with self._setup.open_home() as home:
                self._home = home
                self._start()
                seen = -1
                while not self._closing and not self._player.ended:
                    self._write_down()
                    self._obey()
                    self._keep_ahead()
                    seen = self._player.wait_for_change(seen, _TICK_S)
                self._write_down()
        except AidjError as error:
            self._fail(str(error))
        except Exception as error:  # whatever it is, a listener must not be left in silence without a word
            _log.exception("The session cannot go on")
            self._fail(f"Something unexpected went wrong: {error!r}")
        finally:
            self._player.end(Ended(frame=0, reason="closed"))

    def _fail(self, text: str) -> None:
        self._player.tell(Problem(frame=0, text=text))
        self._player.end(Ended(frame=0, reason=text))

    def _warn(self, text: str) -> None:
        self._player.tell(Problem(frame=0, text=text))

    def _now(self) -> datetime:
        return self._moment(self._player.frame)

    def _moment(self, frame: int) -> datetime:
        return self._setup.began_at + timedelta(seconds=frame / self._player.rate)

    def _start(self) -> None:
        setup = self._setup
        plan = setup.plan
        if plan is None:
            plan = plan_session(
                self._home,
                minutes=setup.minutes if setup.minutes is not None else FIRST_STRETCH_MINUTES,
                now=setup.began_at,
                seed=setup.seed,
                folders=setup.folders,
                presenter=setup.presenter,
                wishes=self._wishes_now(plan),
                mix=setup.mix,
            )
            if not self._is_final:
                plan = _without_length(plan)
        self._plan = plan
        self._recording = Recording(self._home, private=setup.private, warn=self._warn)
        speaking = Speaking(talk=setup.talk, disclose=setup.disclose, voice=setup.voice, writer=setup.writer)
        self._programme = Programme(self._home, rate=self._player.rate, speaking=speaking, warn=self._warn)
        self._begin()

    def _wishes_now(self, plan: Plan | None) -> Wishes:
        talk = self._wishes.talk or self._setup.talk
        if not self._is_final:
            talk = replace(talk, kinds_off=talk.kinds_off | {"closing"})  # nobody knows when it will be
        return replace(self._wishes, talk=talk)

    def _begin(self) -> None:
        """Lay out and play what comes, after silence."""
        laid = self._programme.lay_out(self._plan, songs=_SONGS_READY, is_final=self._is_final)
        self._laid = laid
        self._player.begin(self._programmed(laid))
        self._plan = self._filled(laid)

    # Keeping ahead ----------------------------------------------------------------------------------------------------

    def _keep_ahead(self) -> None:
        if self._player.is_dry():
            self._begin_again()
            return
        begun = self._begun(self._player.decided_frame())
        left = sum(isinstance(entry, Item) for entry in entries_of(self._plan)[begun:])
        if not self._is_final and left < _SONGS_PLANNED:
            self._plan_on()
        ready = sum(number >= begun for number in self._laid.songs())
        if not self._laid.is_whole and ready < _SONGS_READY and self._tried != (attempt := (begun, left)):
            self._tried = attempt
            self._change(lambda at, begun: self._plan)

    def _begin_again(self) -> None:
        """Go on after all that was ready has been played."""
        begun = max(self._laid.marks, default=-1) + 1
        self._programme.fix(self._laid, begun)
        self._programme.restart(begun)
        self._offset_s += self._laid.timeline.duration_s
        if not self._is_final and not any(isinstance(entry, Item) for entry in entries_of(self._plan)[begun:]):
            self._plan_on()
        if any(isinstance(entry, Item) for entry in entries_of(self._plan)[begun:]):
            self._begin()
        else:
            self._player.end(Ended(frame=0, reason=self._reason))

    def _plan_on(self) -> None:
        longer = self._gone_on(len(self._plan.items()), kind="set_change")
        if longer is None and self._wishes is not self._setup.wishes:
            self._wishes = self._setup.wishes  # what was asked for is played through: on as before
            longer = self._gone_on(len(self._plan.items()), kind="set_change")
        if longer is None:
            self._is_final = True
            self._reason = "there is nothing more to play"
        else:
            self._plan = longer

    def _gone_on(self, kept: int, *, kind: LinkKind) -> Plan | None:
        """Return the plan with its first songs and others behind them; None, and a warning, where there are none."""
        setup = self._setup
        beginning = beginning_of(self._plan, kept)
        played = as_played(self._home, beginning)
        minutes = STRETCH_MINUTES
        if setup.minutes is not None:
            minutes = max(1.0, setup.minutes - self._player.frame / self._player.rate / 60)
        why = ""
        # After many hours a library may have been played through: then what is longest ago may come again.
        for last in (len(played), len(played) // 2):
            try:
                longer = go_on(
                    self._home,
                    beginning,
                    minutes=minutes,
                    now=self._now(),
                    outcomes=[self._outcomes[number] for number in sorted(self._outcomes)],
                    folders=setup.folders,
                    wishes=self._wishes_now(self._plan),
                    mix=setup.mix,
                    kind=kind,
                    played=played[len(played) - last :],
                )
                return self._without_banned(longer, len(entries_of(beginning)))
            except AidjError as error:
                why = why or str(error)
                if len(played) < 2 or self._wishes.query is not None:
                    break
        asked = self._wishes is not self._setup.wishes
        self._warn(f"There is no more of what was asked for. {why}" if asked else why)
        return None

    def _without_banned(self, plan: Plan, begun: int) -> Plan:
        unwanted = {(lead_key(o.artist), song_key(o.title) if o.title else "") for o in self._banned}

        def may_come(entry: Entry) -> bool:
            if isinstance(entry, Link) or (track := self._home.library.find(entry.track.id or "")) is None:
                return True
            lead = lead_key(track.lead)
            return unwanted.isdisjoint(((lead, ""), (lead, song_key(track.title))))

        if not unwanted:
            return plan
        return with_entries(plan, [pair for n, pair in enumerate(numbered(plan)) if n < begun or may_come(pair[1])])

    # Changing what is laid out ----------------------------------------------------------------------------------------

    def _begun(self, frame: int) -> int:
        return self._laid.begun(frame)

    def _change(self, edit: Callable[[int, int], Plan | None]) -> bool:
        """Change the plan ahead of what is heard; return whether that could be done.

        Parameters
        ----------
        edit : callable
            Given the first frame that changes and how many entries have begun by then, returns the plan that is to
            be; None where there is nothing to be done.
        """
        low_s, high_s = _FIRST_MARGINS_S
        for margin_s in (self._margin_s, *_MORE_MARGINS_S, None):
            since_s = time.perf_counter()
            # The last time whoever listens waits for the few milliseconds that it takes.
            with self._player.held() if margin_s is None else nullcontext():
                at = self._player.decided_frame() + round((margin_s or 0.0) * self._player.rate)
                begun = self._begun(at)
                plan = edit(at, begun)
                if plan is None:
                    return False
                self._programme.fix(self._laid, begun)
                laid = self._programme.lay_out(plan, songs=_SONGS_READY, is_final=self._is_final)
                if not same_before(self._laid.timeline, laid.timeline, at):
                    return False
                before, self._laid = self._laid, laid
                if self._player.swap(self._programmed(laid), from_frame=at):
                    self._plan = self._filled(laid)
                    self._margin_s = min(max(1.3 * (time.perf_counter() - since_s), low_s), high_s)
                    return True
                self._laid = before
        return False

    def _programmed(self, laid: Laid) -> Programmed:
        now = self._player.decided_frame()
        timeline = laid.timeline
        songs = laid.songs()
        return Programmed(
            timeline=replace(timeline, clips=tuple(clip for clip in timeline.clips if clip.end_frames > now - 1)),
            cues=tuple(self._cues(laid)),
            sure_frames=laid.start_frame(songs[-1]) if songs else 0,
            is_whole=laid.is_whole,
        )

    def _filled(self, laid: Laid) -> Plan:
        """Return the plan with when everything begins."""
        pairs: list[tuple[int, Entry]] = []
        for number, (where, entry) in enumerate(numbered(laid.plan)):
            if (mark := laid.marks.get(number)) is not None:
                entry = replace(entry, starts_s=round(mark.start_s + self._offset_s, 3))
                if isinstance(entry, Item):
                    entry = replace(entry, joined=mark.joined)
            pairs.append((where, entry))
        return with_entries(laid.plan, pairs)

    def _cues(self, laid: Laid) -> list[Cue]:
        plan = self._filled(laid)
        entries, sets = entries_of(plan), set_numbers(plan)
        cues: list[Cue] = []
        begins: dict[int, int] = {}  # a link may be spoken over its song, or not at all: which is heard first, tells
        for number in laid.placed:
            if number in laid.marks:
                start = laid.start_frame(number)
                begins[sets[number]] = min(start, begins.get(sets[number], start))
        for place, start in begins.items():
            cues.append(Cue(frame=start, event=SetChanged(frame=start, theme=plan.sets[place].theme)))
        for number, what in laid.placed.items():
            if number not in laid.marks:
                continue
            start, entry = laid.start_frame(number), entries[number]
            if isinstance(what, Song) and isinstance(entry, Item):
                cues += self._cues_of_song(laid, number, entry, what.track)
            elif isinstance(entry, Link):
                end = laid.end_frame(number)
                note = _Note(what="link", number=number, said=laid.said.get(number))
                cues.append(Cue(frame=start, event=LinkStarted(frame=start, link=entry), note=note))
                mark = laid.marks[number]
                for word in mark.words:
                    at = start + round(word.start_s * self._player.rate)
                    if at < end:
                        text = mark.text[word.start_char : word.start_char + word.length]
                        event = Word(frame=at, text=text, start_char=word.start_char, length=word.length)
                        cues.append(Cue(frame=at, event=event))
        if laid.is_whole:
            end = laid.timeline.n_frames
            cues.append(Cue(frame=end, event=Ended(frame=end, reason=self._reason)))
        return sorted(cues, key=lambda cue: cue.frame)

    def _cues_of_song(self, laid: Laid, number: int, item: Item, track: Track) -> list[Cue]:
        rate, start, end = self._player.rate, laid.start_frame(number), laid.end_frame(number)
        note = _Note(what="song", number=number, item=item, track=track)
        played_s = (end - start) / rate
        started = TrackStarted(frame=start, item=item, track=track, plays_s=round(played_s, 3))
        cues = [Cue(frame=start, event=started, note=note, song=number)]
        if (item.cut_s is not None and item.cut_s < played_s + 1e-6) or number in self._cuts:
            played_s = min(played_s, item.cut_s or 0.0)
            end = start + round(played_s * rate)
        if listen_after_s(track) <= played_s:
            half_s = listen_after_s(track)
            cues.append(Cue(frame=start + round(half_s * rate), note=replace(note, what="half", played_s=half_s)))
        event: Event | None = None
        if self._cuts.get(number) is not None and item.cut_s is not None:
            event = Skipped(frame=end, item=item, after_s=round(played_s, 3))
        cues.append(Cue(frame=end, event=event, note=replace(note, what="over", played_s=played_s)))
        return cues

    # Writing down what was heard --------------------------------------------------------------------------------------

    def _write_down(self) -> None:
        for note, frame in self._player.notes():
            assert isinstance(note, _Note)
            moment = self._moment(frame)
            if note.what == "link":
                if note.said is not None:
                    self._recording.said(self._plan, replace(note.said, said_at=moment))
            elif note.track is not None and note.item is not None:
                self._write_down_song(note, note.track, note.item, moment)
            self._player.busy(-1)

    def _write_down_song(self, note: _Note, track: Track, item: Item, moment: datetime) -> None:
        if note.what == "song":
            self._began[note.number] = moment
            heard = sum(isinstance(entry, Item) for entry in entries_of(self._plan)[: note.number + 1])
            self._recording.offered(beginning_of(self._plan, heard))
            return
        began_at = self._began.get(note.number, moment)
        unwanted = self._cuts.get(note.number, False) and note.what == "over"
        is_listen = note.played_s >= listen_after_s(track)
        self._recording.heard(
            track, began_at, note.played_s, "listen" if is_listen else "skip" if unwanted else "short"
        )
        liked = note.number in self._outcomes and self._outcomes[note.number].liked
        self._outcomes[note.number] = Outcome(
            rotation=item.rotation, played_s=note.played_s, skipped=unwanted, liked=liked
        )

    # What the listener asks -------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        again, self._later = self._later, []
        for command, song, tries in again:
            self._try(command, song, tries)
        while self._inbox:
            command, song = self._inbox.popleft()
            try:
                self._try(command, song, _PATIENCE)
            finally:
                self._player.busy(-1)

    def _try(self, command: Command, song: int | None, tries: int) -> None:
        try:
            done = self._do(command, song)
        except AidjError as error:
            self._warn(str(error))
            return
        if not done and (tries > 0 or isinstance(command, Stop)):
            self._later.append((command, song, tries - 1))
        elif not done:
            self._warn("What was asked for could not be done: one song was about to follow the other. Ask again.")

    def _do(self, command: Command, song: int | None) -> bool:
        """Do what was asked while a song was sounding; return False if it has to wait."""
        match command:
            case Skip():
                return self._leave(song)
            case Previous():
                return self._go_back(song)
            case Hush():
                self._hush()
            case Like():
                self._like(song)
            case Dislike():
                return self._ban(song, Ban("recording", DISLIKED_DAYS))
            case Ban():
                return self._ban(song, command)
            case ChangeSet():
                return self._other_songs(song, kind="jump", why="another set was asked for", at_once=True)
            case Request(wishes):
                asked = Wishes(query=wishes) if isinstance(wishes, Query) else wishes
                self._wishes = replace(asked, talk=asked.talk or self._wishes.talk)
                return self._other_songs(song, kind="set_change", why="it was asked for", at_once=False)
            case SetTalkLevel(level):
                self._wishes = replace(self._wishes, talk=replace(self._wishes.talk or self._setup.talk, level=level))
                self._plan = replace(self._plan, settings={**self._plan.settings, "talk": level})
                self._change(lambda at, begun: self._plan)
            case Stop(after):
                return self._stop(after)
        return True

    def _cut(self, plan: Plan, at: int, begun: int, *, unwanted: bool) -> tuple[list[tuple[int, Entry]], int] | None:
        """Return the entries of a plan with the sounding song faded out from a frame on, and that song's place.

        None where it is faded out already.
        """
        pairs = numbered(plan)
        number = _song_before(plan, begun)
        if number is None or number not in self._laid.marks:
            return None
        where, item = pairs[number]
        if not isinstance(item, Item) or item.cut_s is not None:
            return None
        self._cuts[number] = unwanted
        pairs[number] = (where, replace(item, cut_s=(at - self._laid.start_frame(number)) / self._player.rate))
        self._hushed(pairs, at, begun)
        return pairs, number

    def _hushed(self, pairs: list[tuple[int, Entry]], at: int, begun: int) -> bool:
        """Have what is being said fade out from a frame on; return False where nothing is."""
        for number in range(begun - 1, max(-1, begun - 4), -1):
            where, entry = pairs[number]
            if isinstance(entry, Link) and number in self._laid.marks and self._laid.end_frame(number) > at:
                if entry.cut_s is not None:
                    return False
                cut_s = (at - self._laid.start_frame(number)) / self._player.rate
                pairs[number] = (where, replace(entry, cut_s=cut_s))
                return True
        return False

    def _leave(self, song: int | None, *, unwanted: bool = True) -> bool:
        """Fade the sounding song out, into the next one."""
        settled = True

        def edit(at: int, begun: int) -> Plan | None:
            nonlocal settled
            number = _song_before(self._plan, begun)
            if number is not None and song is not None and number > song and song not in self._cuts:
                return None  # that one is over by itself
            cut = self._cut(self._plan, at, begun, unwanted=unwanted)
            if cut is None:
                settled = False
                return None
            pairs, number = cut
            after = next((n for n in range(number + 1, len(pairs)) if isinstance(pairs[n][1], Item)), len(pairs))
            kept = [
                (where, replace(entry, transition=None) if n == after and isinstance(entry, Item) else entry)
                for n, (where, entry) in enumerate(pairs)
                if not max(number + 1, begun) <= n < after
            ]
            return with_entries(self._plan, kept)

        done = self._change(edit)
        if not done:
            self._uncut()
        return done or settled

    def _uncut(self) -> None:
        """Forget cuts that did not come about."""
        entries = entries_of(self._plan)
        for number in [n for n in self._cuts if n < len(entries)]:
            entry = entries[number]
            if isinstance(entry, Item) and entry.cut_s is None:
                del self._cuts[number]

    def _go_back(self, song: int | None) -> bool:
        settled = True

        def edit(at: int, begun: int) -> Plan | None:
            nonlocal settled
            cut = self._cut(self._plan, at, begun, unwanted=False)
            if cut is None:
                settled = False
                return None
            pairs, number = cut
            where, item = pairs[number]
            assert isinstance(item, Item)
            again = item
            if (item.cut_s or 0.0) < RESTART_S:
                before = [entry for _, entry in pairs[:number] if isinstance(entry, Item)]
                again = before[-1] if before else item
            again = replace(
                again, rotation="request", why="asked for again", transition=None, cut_s=None, starts_s=None, rules=()
            )
            after = next((n for n in range(number + 1, len(pairs)) if isinstance(pairs[n][1], Item)), len(pairs))
            kept = [pair for n, pair in enumerate(pairs) if not max(number + 1, begun) <= n < after]
            place = max(number + 1, begun)
            return with_entries(self._plan, [*kept[:place], (where, again), *kept[place:]])

        done = self._change(edit)
        if not done:
            self._uncut()
        return done or settled

    def _hush(self) -> None:
        def edit(at: int, begun: int) -> Plan | None:
            pairs = numbered(self._plan)
            return with_entries(self._plan, pairs) if self._hushed(pairs, at, begun) else None

        self._change(edit)

    def _like(self, song: int | None) -> None:
        if (found := self._song(song)) is None:
            return
        number, item, track = found
        self._recording.opinion("like", track, self._now(), artist=False, days=None)
        before = self._outcomes.get(number) or Outcome(rotation=item.rotation, played_s=0.0)
        self._outcomes[number] = replace(before, liked=True)

    def _ban(self, song: int | None, ban: Ban) -> bool:
        if (found := self._song(song)) is None:
            return True
        _, _, track = found
        verdict: Verdict = "ban" if ban.days is None else "rest"
        opinion = self._recording.opinion(verdict, track, self._now(), artist=ban.what == "artist", days=ban.days)
        if self._setup.private:
            self._banned.append(opinion)
        return self._other_songs(song, kind="set_change", why="something is not to be heard any more", at_once=True)

    def _song(self, song: int | None) -> tuple[int, Item, Track] | None:
        """Return a song that has begun, by its place."""
        if song is None:
            return None
        item = entries_of(self._plan)[song]
        assert isinstance(item, Item)
        track = self._programme.track(item)
        return (song, item, track) if track else None

    def _other_songs(self, song: int | None, *, kind: LinkKind, why: str, at_once: bool) -> bool:
        """Plan what comes anew: after the sounding song, or, at once, in its place."""
        at = self._player.decided_frame()
        near = 0 if at_once else round(_NEAR_S * self._player.rate)
        for _ in range(3):
            kept = max(1, _songs_begun(self._plan, self._begun(at + near)))
            planned = self._gone_on(kept, kind=kind)
            if planned is None:
                return True
            other = planned

            def edit(at: int, begun: int, other: Plan = other, kept: int = kept) -> Plan | None:
                if _songs_begun(self._plan, begun) > kept:
                    return None
                if not at_once:
                    return other
                cut = self._cut(other, at, begun, unwanted=True)
                return with_entries(other, cut[0]) if cut else None

            if self._change(edit):
                self._player.tell(PlanChanged(frame=0, why=why))
                return True
            self._uncut()
            at = self._player.decided_frame()
            near = max(near, round(_NEAR_S * self._player.rate)) if not at_once else near
        return False  # one song is about to follow the other

    def _stop(self, after: str) -> bool:
        self._is_final = True
        self._reason = "stopped"

        def edit(at: int, begun: int) -> Plan | None:
            if after == "now":
                cut = self._cut(self._plan, at, begun, unwanted=False)
                pairs = cut[0] if cut else numbered(self._plan)
                return with_entries(self._plan, pairs[: max(begun, 1)])
            pairs = numbered(self._plan)
            last = max(begun, 1) - 1
            if after == "set":
                own = set_numbers(self._plan)
                last = max(n for n, number in enumerate(own) if number == own[last])
            while last < len(pairs) - 1 and not isinstance(pairs[last][1], Item):
                last += 1  # what is said before a song is said for it
            return with_entries(self._plan, pairs[: last + 1])

        return self._change(edit)


def _song_before(plan: Plan, begun: int) -> int | None:
    """Return the place of the last song among the first entries of a plan."""
    entries = entries_of(plan)[:begun]
    return next((number for number in range(len(entries) - 1, -1, -1) if isinstance(entries[number], Item)), None)


def _songs_begun(plan: Plan, begun: int) -> int:
    """Return how many songs the first entries of a plan hold, with the one that a link at their end speaks before."""
    entries = entries_of(plan)
    count = sum(isinstance(entry, Item) for entry in entries[:begun])
    return count + (begun > 0 and isinstance(entries[begun - 1], Link))


def _without_length(plan: Plan) -> Plan:
    """Return a plan whose links do not say how long it is."""
    pairs: list[tuple[int, Entry]] = []
    for where, entry in numbered(plan):
        if isinstance(entry, Link):
            entry = replace(entry, facts={name: value for name, value in entry.facts.items() if name != "minutes"})
        pairs.append((where, entry))
    return with_entries(plan, pairs)
