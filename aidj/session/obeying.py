"""What each command does: to the plan that is on air, to the songs to come, and to what is remembered."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from aidj.errors import AidjError
from aidj.model import Item, LinkKind, Plan, Track
from aidj.selection import Query
from aidj.session.ahead import Tail
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
from aidj.session.edits import (
    Edited,
    go_back,
    has_next_set,
    hush,
    leave,
    leave_for_good,
    next_set,
    songs_begun,
    stop,
    turn_to,
)
from aidj.session.entries import entries_of
from aidj.session.events import Answered, Ended, PlanChanged, Problem
from aidj.session.jobs import Jobs
from aidj.session.laid import Laid
from aidj.session.on_air import OnAir
from aidj.session.play_log import PlayLog
from aidj.session.playing import Player
from aidj.session.reading import ReadRequest, in_words, wishes_of
from aidj.session.setup import Setup
from aidj.session.upcoming import Upcoming
from aidj.session.wishes import Wishes

if TYPE_CHECKING:
    from aidj.asking import Understood

DISLIKED_DAYS = 90

_NEAR_S = 10.0
"""A song that begins so soon is not planned away any more: its seam may be under way."""
_ATTEMPTS = 3
"""So often other songs are planned, where the next one begins meanwhile."""

Progress = Literal["done", "later", "working"]
"""Done with; to be tried again when more was heard; something is worked out for it beside the session."""


@dataclass(slots=True, kw_only=True)
class _Turning:
    """Other songs on their way."""

    kept: int
    tail: Future[Tail]
    attempts: int


@dataclass(slots=True, kw_only=True)
class Asked:
    """Something the listener has asked for, and how far that is."""

    command: Command
    song: int | None
    """The place of the song that was sounding then."""
    until_frame: int | None = None
    """Where it is given up; None until it was tried for the first time."""
    reading: Future[Understood] | None = None
    turning: _Turning | None = None
    is_noted: bool = False
    """Whether what the listener thinks is written down."""


class Obeying:
    """Does what the listener asks."""

    def __init__(
        self, setup: Setup, player: Player, air: OnAir, upcoming: Upcoming, log: PlayLog, jobs: Jobs, language: str
    ) -> None:
        self._setup = setup
        self._player = player
        self._air = air
        self._upcoming = upcoming
        self._log = log
        self._jobs = jobs
        self._language = language
        self._understood: Understood | None = None
        self.turned = 0
        """How often other songs took the place of those that were to come."""

    def obey(self, asked: Asked) -> Progress:
        """Do what was asked, or a part of it.

        Raises
        ------
        AidjError
            If it cannot be done at all.
        """
        match asked.command:
            case Skip():
                self._see_to_a_song()
                edit = partial(leave, song=asked.song, cuts=self._air.cuts, is_final=self._air.is_final)
                return _done(self._air.change(edit, unwanted=True))
            case Previous() if asked.song is not None:
                return _done(self._air.change(partial(go_back, unwanted=self._upcoming.banned_of(self._air.plan))))
            case Hush():
                self._air.change(hush)
            case Like(track_id):
                self._like(self._meant(asked, track_id))
            case Dislike(track_id):
                return self._ban(asked, Ban("recording", DISLIKED_DAYS, track_id))
            case Ban() as ban:
                return self._ban(asked, ban)
            case ChangeSet():
                return self._change_set(asked)
            case Request(wishes):
                return self._request(asked, wishes)
            case SetTalkLevel(level):
                self._upcoming.set_talk_level(level)
                self._air.plan = replace(self._air.plan, settings={**self._air.plan.settings, "talk": level})
                self._air.lay_out_more()
            case Stop(after):
                self._air.is_final = True
                self._air.ends = "stopped"
                if after == "now" and self._player.song is None:
                    self._player.end(Ended(frame=0, reason="stopped"))  # there is no song yet that could fade out
                    return "done"
                return _done(self._air.change(partial(stop, after=after)))
        return "done"

    # Opinions ---------------------------------------------------------------------------------------------------------

    def _like(self, song: int | None) -> None:
        if (found := self._song(song)) is not None:
            number, item, track = found
            self._log.like(number, item, track, self._setup.moment(self._player.read_s()))

    def _meant(self, asked: Asked, track_id: str | None) -> int | None:
        """Return the place of the song that is meant: the last one of that id which has begun."""
        if track_id is None or asked.song is None:
            return asked.song
        begun = entries_of(self._air.plan)[: asked.song + 1]
        places = [n for n, entry in enumerate(begun) if isinstance(entry, Item) and entry.track.id == track_id]
        return places[-1] if places else None

    def _ban(self, asked: Asked, ban: Ban) -> Progress:
        if not asked.is_noted:
            asked.song = self._meant(asked, ban.track_id)
            if (found := self._song(asked.song)) is None:
                return "done"
            opinion = self._log.ban(found[2], ban, self._setup.moment(self._player.read_s()))
            self._upcoming.ban(opinion)
            asked.is_noted = True
        self._see_to_a_song()
        edit = partial(
            leave_for_good,
            song=asked.song,
            cuts=self._air.cuts,
            is_final=self._air.is_final,
            without=self._upcoming.without_banned,
        )
        if not self._air.change(edit, unwanted=True):
            return "later"
        self._player.tell(PlanChanged(frame=0, why="something is not to be heard any more"))
        return "done"

    def _song(self, song: int | None) -> tuple[int, Item, Track] | None:
        """Return a song that has begun, by its place."""
        if song is None:
            return None
        item = entries_of(self._air.plan)[song]
        assert isinstance(item, Item)
        track = self._air.track(item)
        return (song, item, track) if track else None

    def _see_to_a_song(self) -> None:
        """Have a song to go on with, where what comes is still being planned."""
        begun = self._air.laid.begun(self._player.decided_frame())
        left = entries_of(self._upcoming.without_banned(self._air.plan, begun))[begun:]
        if not self._air.is_final and not any(isinstance(entry, Item) for entry in left):
            longer = self._upcoming.at_once(self._air.plan, read_s=self._player.read_s())
            self._air.plan = longer or self._air.plan

    # Other songs ------------------------------------------------------------------------------------------------------

    def _change_set(self, asked: Asked) -> Progress:
        why = "another set was asked for"
        at = self._player.decided_frame()
        if asked.turning is None and has_next_set(self._air.plan, self._air.laid, at):
            if not self._air.change(next_set, unwanted=True):
                return "later"
            self._player.tell(PlanChanged(frame=0, why=why))
            return "done"
        return self._turn(asked, kind="jump", why=why, at_once=True)

    def _request(self, asked: Asked, wishes: str | Query | Wishes) -> Progress:
        if asked.turning is None:
            if isinstance(wishes, str):
                if asked.reading is None:
                    asked.reading = self._jobs.submit(self._reading(wishes))
                if not asked.reading.done():
                    return "working"
                if (understood := self._answered(wishes, asked.reading.result())) is None:
                    return "done"
                wishes = wishes_of(understood)
            self._upcoming.ask_for(Wishes(query=wishes) if isinstance(wishes, Query) else wishes)
        return self._turn(asked, kind="set_change", why="it was asked for", at_once=False)

    def _reading(self, text: str) -> ReadRequest:
        return ReadRequest(
            text=text,
            language=self._language,
            now=self._setup.moment(self._player.read_s()),
            folders=self._setup.folders,
            refine=self._understood,
            translator=self._setup.translator,
        )

    def _answered(self, text: str, understood: Understood) -> Understood | None:
        """Tell the listener what was understood; return it, if it was anything."""
        self._player.tell(Answered(frame=0, asked=text, text=in_words(understood)))
        if understood.nothing:
            return None
        self._understood = understood
        return understood

    def _turn(self, asked: Asked, *, kind: LinkKind, why: str, at_once: bool) -> Progress:
        """Have what comes planned anew, and go on with it: after the sounding song, or, at once, in its place."""
        turning = asked.turning
        if turning is None:
            asked.turning = self._begun_turning(kind, at_once, _ATTEMPTS)
            return "working"
        if not turning.tail.done():
            return "working"
        try:
            tail = turning.tail.result()
        except AidjError as error:
            self._player.tell(Problem(frame=0, text=f"There is no more of what was asked for. {error}"))
            self._upcoming.ask_for(None)
            self._understood = None  # what is asked next does not go on from here
            return "done"
        kept = self._kept(at_once)
        if kept > turning.kept and turning.attempts > 1:
            asked.turning = self._begun_turning(kind, at_once, turning.attempts - 1)
            return "working"
        kept = max(kept, turning.kept)

        def edit(plan: Plan, laid: Laid, at: int) -> Edited | None:
            return turn_to(plan, laid, at, other=tail.behind(plan, kept), kept=kept, at_once=at_once)

        if not self._air.change(edit, unwanted=True):
            return "later"  # one song is about to follow the other
        self.turned += 1
        self._player.tell(PlanChanged(frame=0, why=why))
        return "done"

    def _begun_turning(self, kind: LinkKind, at_once: bool, attempts: int) -> _Turning:
        kept = self._kept(at_once)
        tail = self._upcoming.behind(self._air.plan, kept, kind=kind, read_s=self._player.read_s())
        return _Turning(kept=kept, tail=tail, attempts=attempts)

    def _kept(self, at_once: bool) -> int:
        """Return how many songs stay: those that have begun, or will before anything can be changed."""
        near_frames = 0 if at_once else round(_NEAR_S * self._player.rate)
        begun = self._air.laid.begun(self._player.decided_frame() + near_frames)
        return max(1, songs_begun(self._air.plan, begun))


def _done(is_done: bool) -> Progress:
    return "done" if is_done else "later"
