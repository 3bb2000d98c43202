"""The part of a live session that plans: it keeps what comes ready, does what the listener asks, and writes down what
was heard.

All of it happens on one thread, which has the data file to itself, and none of it takes long: what does, such as
planning a set, is done beside it (`Jobs`). What sounds meanwhile is the affair of `Player`.
"""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import CancelledError, Future

from aidj.errors import AidjError, LibraryError
from aidj.home import Home
from aidj.library import ScanReport
from aidj.model import Plan
from aidj.session import unfinished
from aidj.session.ahead import Measure, Scan, Tail
from aidj.session.commands import Command, Stop
from aidj.session.events import Ended, Problem
from aidj.session.jobs import Jobs
from aidj.session.obeying import Asked, Obeying
from aidj.session.on_air import SONGS_READY, OnAir
from aidj.session.play_log import PlayLog
from aidj.session.playing import Player
from aidj.session.presenting import Speaking
from aidj.session.programme import Programme
from aidj.session.recording import Recording
from aidj.session.setup import Setup
from aidj.session.upcoming import Upcoming
from aidj.voice import load_presenter

_SONGS_PLANNED = 6
"""An endless session is planned on when fewer are left."""
_QUICK_S = 20.0
"""Where nothing is planned behind a song that is over so soon, one is chosen at once."""
_TICK_S = 0.5
_SCAN_TICK_S = 0.1
_BARREN_STRETCHES = 3
_CHOOSE_PATIENCE_S = 2.0
_SCAN_PATIENCE_S = 5.0
"""While music is still being found, planning is tried again after so long."""
_PATIENCE_S = 15.0
"""What cannot be done is tried again for so much of the session."""
_HELD_S = 0.05
"""While something waits to be tried again, whoever reads faster than it sounds goes on by so much at a time."""

_log = logging.getLogger(__name__)


class Director:
    """Plans a live session ahead of its player."""

    _home: Home
    _recording: Recording
    _programme: Programme
    _air: OnAir
    _upcoming: Upcoming
    _play_log: PlayLog
    _obeying: Obeying

    def __init__(self, setup: Setup, player: Player) -> None:
        self._setup = setup
        self._player = player
        self._inbox: deque[Asked] = deque()
        self._waiting: list[Asked] = []
        """What could not be done yet."""
        self._closing = False
        self._jobs = Jobs(setup.home, changed=lambda: player.busy(0))
        self._library_jobs = Jobs(setup.home, background=True, changed=lambda: player.busy(0))
        """What is done about the library meanwhile."""
        self._stretch: Future[Tail] | None = None
        """What comes behind the plan, on its way."""
        self._scan: Future[ScanReport] | None = None
        """What is found of new music, on its way."""
        self._not_before_s = 0.0
        """Nothing is planned before so much was read: there was too little to choose from."""
        self._barren = 0
        """How often what was planned turned out to hold nothing that can be played."""
        self._not_chosen_before_s = 0.0
        """Nor is anything chosen at once: there was nothing."""
        self._turned = 0
        """How often other songs had taken the place of those to come when that was begun."""
        self._kept: tuple[int, Plan] | None = None
        """The song that sounded, and the plan, when that was kept for another session to go on with."""
        self._has_speech = False
        """Whether something was spoken since more was laid out last."""
        self._tried: tuple[int, int] | None = None
        """How many entries had begun and songs were left when more was laid out last."""

    # From any thread --------------------------------------------------------------------------------------------------

    def post(self, command: Command) -> None:
        """Have something done soon."""
        self._inbox.append(Asked(command=command, song=self._player.song))
        self._player.busy(1)

    def close(self) -> None:
        """Have the thread end."""
        self._closing = True
        self._player.busy(0)

    @property
    def plan(self) -> Plan | None:
        """The session as it was played so far and is planned now."""
        return self._air.plan if hasattr(self, "_air") else None

    # On its own thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Plan until the session has ended."""
        try:
            with self._setup.open_home() as home:
                self._home = home
                try:
                    if self._start():
                        self._go_on()
                finally:
                    self._recording.close()
                    if hasattr(self, "_programme"):
                        self._programme.close()
        except AidjError as error:
            self._fail(str(error))
        except Exception as error:  # whatever it is, a listener must not be left in silence without a word
            _log.exception("The session cannot go on")
            self._fail(f"Something unexpected went wrong: {error!r}")
        finally:
            self._player.end(Ended(frame=0, reason="closed"))
            self._jobs.close()
            self._library_jobs.close()

    def _go_on(self) -> None:
        seen = -1
        while not self._closing and not self._player.ended:
            self._write_down()
            self._obey()
            self._keep_ahead()
            self._keep_unfinished()
            seen = self._player.wait_for_change(seen, _TICK_S)
        self._write_down()
        if self._player.ended and not self._setup.private and self._air.ends != "stopped":
            unfinished.forget(self._home)  # it was played to its end

    def _fail(self, text: str) -> None:
        self._warn(text)
        self._player.end(Ended(frame=0, reason=text))

    def _warn(self, text: str) -> None:
        self._player.tell(Problem(frame=0, text=text))

    def _read_s(self) -> float:
        return self._player.frame / self._player.rate

    # Beginning --------------------------------------------------------------------------------------------------------

    def _start(self) -> bool:
        """Begin to play; return False if the session was closed before."""
        setup, player, home = self._setup, self._player, self._home
        self._recording = Recording(home, private=setup.private, warn=self._warn, scrobble=setup.scrobble)
        self._play_log = PlayLog(self._recording)
        self._upcoming = Upcoming(home, setup, self._play_log, self._jobs)
        if not self._find_music():
            return False
        plan, is_final = self._first_plan()
        if plan is None:
            return False
        presenter = load_presenter(plan.presenter, extra_folders=(home.voices_folder,))
        speaking = Speaking(
            talk=setup.talk,
            disclose=setup.disclose,
            voice=setup.voice,
            writer=setup.writer,
            private=setup.private,
        )
        programme = Programme(
            home, rate=player.rate, speaking=speaking, warn=self._warn, changed=self._spoken_meanwhile
        )
        self._programme = programme
        self._air = OnAir(plan, programme, player, is_final=is_final)
        self._obeying = Obeying(
            setup, player, self._air, self._upcoming, self._play_log, self._jobs, presenter.language
        )
        self._air.begin()
        if setup.music:
            self._library_jobs.submit(Measure(folders=tuple(setup.music)))
        return True

    def _spoken_meanwhile(self) -> None:
        self._has_speech = True
        self._player.busy(0)

    def _find_music(self) -> bool:
        """Have the folders scanned beside the session; return as soon as there is a song, or False if closed before."""
        setup = self._setup
        if not setup.music:
            return True
        self._scan = scan = self._library_jobs.submit(Scan(folders=tuple(setup.music), now=setup.began_at))
        scan.add_done_callback(self._tell_of_scan)
        seen = -1
        while not self._closing:
            if scan.done() or self._home.library.sample(1, seed=0, folders=setup.folders):
                return True
            seen = self._player.wait_for_change(seen, _SCAN_TICK_S)
        return False

    def _tell_of_scan(self, scan: Future[ScanReport]) -> None:
        if not scan.cancelled() and (error := scan.exception()) is not None and not self._closing:
            self._warn(str(error))

    def _first_plan(self) -> tuple[Plan | None, bool]:
        """Return the plan to begin with, and whether nothing will be added behind it; None if closed before."""
        setup = self._setup
        if setup.resume:
            left = unfinished.kept(self._home)
            if left is None:
                raise unfinished.nothing_kept(self._home)
            return left[0], not left[1]
        if setup.plan is not None:
            return setup.plan, True
        self._jobs.start()
        if (begun := self._upcoming.at_once(None, read_s=0.0)) is not None:
            return begun, False
        planned = self._upcoming.first()
        seen = -1
        while not planned.done():
            if self._closing:
                return None, True
            seen = self._player.wait_for_change(seen, _TICK_S)
        return planned.result(), setup.has_end

    # Keeping ahead ----------------------------------------------------------------------------------------------------

    def _keep_ahead(self) -> None:
        air = self._air
        self._take_in_stretch()
        if self._player.is_dry():
            self._begin_again()
            return
        begun = air.laid.begun(self._player.decided_frame())
        left = air.songs_ahead(begun)
        self._give_up_in_time(begun, left)
        if not air.is_final and left < _SONGS_PLANNED:
            self._plan_on()
            if not left and self._player.left_s() < _QUICK_S:
                self._choose_at_once()
                left = air.songs_ahead(begun)
        ready = sum(number >= begun for number in air.laid.songs())
        is_wanting = not air.laid.is_whole and ready < SONGS_READY and self._tried != (begun, left)
        if self._has_speech and air.laid.coming:
            self._has_speech = False
            if not air.lay_out_more():
                air.do_without()
        elif is_wanting:
            self._tried = begun, left
            air.lay_out_more()

    def _begin_again(self) -> None:
        """Go on after all that was ready has been played."""
        air = self._air
        begun = air.laid.passed()
        self._give_up_in_time(begun, air.songs_ahead(begun))
        if not air.is_final and not air.songs_ahead(begun):
            self._plan_on()
            self._choose_at_once()
        if air.songs_ahead(begun):
            air.run_dry()
            air.begin()
        elif air.is_final and not self._waiting:
            self._player.end(Ended(frame=0, reason=air.ends))

    def _give_up_in_time(self, begun: int, left: int) -> None:
        """Plan no more where again and again none of the songs can be played: the drive may be gone."""
        if left:
            self._barren = 0
        elif not self._air.is_final and self._air.drop_ahead(begun):
            self._barren += 1
            if self._barren >= _BARREN_STRETCHES:
                self._upcoming.ask_for(None)
                self._nothing_further(
                    LibraryError(
                        "None of the songs that were to come can be played",
                        cause="their files have gone, or the drive is not connected",
                        hint="connect it, or scan the library again",
                    )
                )

    def _choose_at_once(self) -> None:
        if self._read_s() < self._not_chosen_before_s:
            return
        self._not_chosen_before_s = self._read_s() + _CHOOSE_PATIENCE_S
        self._air.plan = self._upcoming.at_once(self._air.plan, read_s=self._read_s()) or self._air.plan

    def _plan_on(self) -> None:
        if self._stretch is None and self._read_s() >= self._not_before_s:
            plan = self._air.plan
            self._turned = self._obeying.turned
            self._stretch = self._upcoming.behind(plan, len(plan.items()), kind="set_change", read_s=self._read_s())

    def _take_in_stretch(self) -> None:
        """Put what was planned meanwhile behind the plan."""
        stretch, air = self._stretch, self._air
        if stretch is None or not stretch.done():
            return
        self._stretch = None
        if self._turned != self._obeying.turned or air.is_final:
            return  # that was for other songs than come now
        try:
            tail = stretch.result()
        except CancelledError:
            return
        except AidjError as error:
            self._nothing_further(error)
            return
        longer = tail.behind(air.plan, len(air.plan.items()))
        if len(longer.items()) == len(air.plan.items()):
            self._nothing_further(LibraryError("There is nothing more to play that was not played just now"))
            return
        air.plan = longer
        if self._setup.has_end and self._upcoming.asked is None:
            air.is_final = True
            air.lay_out_more()

    def _nothing_further(self, error: AidjError) -> None:
        if self._upcoming.asked is not None:
            self._upcoming.ask_for(None)  # what was asked for is played through: on as before
            return
        if self._scan is not None and not self._scan.done():
            self._not_before_s = self._read_s() + _SCAN_PATIENCE_S  # there will be more songs by then
            return
        self._warn(str(error))
        self._air.is_final = True
        self._air.ends = "there is nothing more to play"
        self._air.lay_out_more()

    # Writing down -----------------------------------------------------------------------------------------------------

    def _write_down(self) -> None:
        for note, frame in self._player.notes():
            self._play_log.write(note, self._setup.moment(frame / self._player.rate), self._air.plan)
            self._player.busy(-1)

    def _keep_unfinished(self) -> None:
        """Keep what is left of the session, whenever it is another rest than was kept."""
        number, plan = self._player.song, self._air.plan
        if self._setup.private or self._air.ends == "stopped" or number is None or (number, plan) == self._kept:
            return
        self._kept = number, plan
        try:
            unfinished.keep(self._home, plan, number, endless=not self._air.is_final)
        except AidjError as error:
            _log.warning("The session could not be gone on with later: %s", error)

    # What the listener asks -------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            self._try(asked)
        while self._inbox:
            asked = self._inbox.popleft()
            try:
                self._try(asked)
                self._hold_reader()  # before it may go on
            finally:
                self._player.busy(-1)
        self._hold_reader()

    def _try(self, asked: Asked) -> None:
        try:
            progress = self._obeying.obey(asked)
        except AidjError as error:
            self._warn(str(error))
            return
        if progress == "done":
            return
        frame = self._player.frame
        if progress == "working":
            asked.until_frame = None
        elif asked.until_frame is None:
            asked.until_frame = frame + round(_PATIENCE_S * self._player.rate)
        if asked.until_frame is None or frame < asked.until_frame or isinstance(asked.command, Stop):
            self._waiting.append(asked)
        else:
            self._warn("What was asked for could not be done: one song was about to follow the other. Ask again.")

    def _hold_reader(self) -> None:
        """Let whoever waits for what is sure read a little only, while something waits to be tried again.

        And nothing at all, while something is being worked out for a command.
        """
        here = self._player.frame
        limit: int | None = None
        if any(asked.until_frame is None for asked in self._waiting):
            limit = here
        elif self._waiting:
            limit = here + max(1, round(_HELD_S * self._player.rate))
        self._player.limit(limit)
