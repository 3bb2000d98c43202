"""The part of a live session that plans: it keeps what comes ready, does what the listener asks, and writes down what
was heard.

All of it happens on one thread, which has the data file to itself, and none of it takes long: what does, such as
planning a set, is done beside it (`Jobs`). What sounds meanwhile is the affair of `Player`.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future
from contextlib import ExitStack

from aidj.errors import AidjError
from aidj.home import Home
from aidj.library import ScanReport
from aidj.model import Plan
from aidj.session import unfinished
from aidj.session.ahead import Measure, Scan
from aidj.session.commands import Command
from aidj.session.events import Ended, Problem
from aidj.session.inbox import Inbox
from aidj.session.jobs import Jobs
from aidj.session.obeying import Obeying
from aidj.session.on_air import OnAir
from aidj.session.play_log import PlayLog
from aidj.session.playing import Player, SongBroke
from aidj.session.presenting import Speaking
from aidj.session.programme import Programme
from aidj.session.recording import Recording
from aidj.session.setup import Setup
from aidj.session.supply import Supply
from aidj.session.upcoming import Upcoming
from aidj.voice import load_presenter

_TICK_S = 0.5
_SCAN_TICK_S = 0.1
_OPENING_PATIENCE_S = 3.0

_log = logging.getLogger(__name__)


class Director:
    """Plans a live session ahead of its player."""

    _home: Home
    _upcoming: Upcoming
    _play_log: PlayLog
    _obeying: Obeying
    _supply: Supply

    def __init__(self, setup: Setup, player: Player) -> None:
        self._setup = setup
        self._player = player
        self._inbox = Inbox(player)
        self._air: OnAir | None = None
        self._closing = False
        self._jobs = Jobs(setup.home, changed=lambda: player.busy(0))
        self._library_jobs = Jobs(setup.home, background=True, changed=lambda: player.busy(0))
        """What is done about the library meanwhile."""
        self._scan: Future[ScanReport] | None = None
        """What is found of new music, on its way."""
        self._kept: tuple[int, Plan] | None = None
        """The song that sounded, and the plan, when that was kept for another session to go on with."""

    # From any thread --------------------------------------------------------------------------------------------------

    def post(self, command: Command) -> None:
        """Have something done soon."""
        self._inbox.post(command)

    def close(self) -> None:
        """Have the thread end."""
        self._closing = True
        self._player.busy(0)

    @property
    def plan(self) -> Plan | None:
        """The session as it was played so far and is planned now."""
        return self._air.plan if self._air else None

    # On its own thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Plan until the session has ended."""
        try:
            with self._setup.open_home() as home, ExitStack() as used:
                self._home = home
                if (air := self._start(used)) is not None:
                    self._go_on(air)
        except AidjError as error:
            self._fail(str(error))
        except Exception as error:  # whatever it is, a listener must not be left in silence without a word
            _log.exception("The session cannot go on")
            self._fail(f"Something unexpected went wrong: {error!r}")
        finally:
            self._player.end(Ended(frame=0, reason="closed"))
            self._jobs.close()
            self._library_jobs.close()

    def _go_on(self, air: OnAir) -> None:
        seen = -1
        while not self._closing and not self._player.ended:
            self._write_down(air)
            self._inbox.work_off(self._obeying)
            self._supply.keep_up(is_awaited=self._inbox.is_waiting)
            self._keep_unfinished(air)
            seen = self._player.wait_for_change(seen, _TICK_S)
        self._write_down(air)
        is_over = self._player.ended and air.ends != "stopped" and not air.is_broken_off
        if is_over and not self._setup.private:
            unfinished.forget(self._home)  # it was played to its end

    def _fail(self, text: str) -> None:
        self._warn(text)
        self._player.end(Ended(frame=0, reason=text))

    def _warn(self, text: str) -> None:
        self._player.tell(Problem(frame=0, text=text))

    # Beginning --------------------------------------------------------------------------------------------------------

    def _start(self, used: ExitStack) -> OnAir | None:
        """Begin to play; return None if the session was closed before.

        Parameters
        ----------
        used : ExitStack
            Is given what has to be let go of in the end.
        """
        setup, player, home = self._setup, self._player, self._home
        recording = Recording(home, private=setup.private, warn=self._warn, scrobble=setup.scrobble)
        used.callback(recording.close)
        self._play_log = PlayLog(recording)
        self._upcoming = Upcoming(home, setup, self._play_log, self._jobs)
        speaking = Speaking(
            talk=setup.talk,
            disclose=setup.disclose,
            voice=setup.voice,
            writer=setup.writer,
            private=setup.private,
            gives_up=self._gives_up,
        )
        programme = Programme(
            home, rate=player.rate, speaking=speaking, warn=self._warn, changed=lambda: player.busy(0)
        )
        used.callback(programme.close)
        if not self._find_music():
            return None
        plan, is_final = self._first_plan(programme)
        if plan is None:
            return None
        presenter = load_presenter(plan.presenter, extra_folders=(home.voices_folder,))
        self._air = air = OnAir(plan, programme, player, is_final=is_final)
        self._obeying = Obeying(setup, player, air, self._upcoming, self._play_log, self._jobs, presenter.language)
        self._supply = Supply(setup, player, air, self._upcoming, self._obeying, self._scan)
        air.begin()
        if setup.music:
            self._library_jobs.submit(Measure(folders=tuple(setup.music)))
        return air

    def _gives_up(self, waited_s: float) -> bool:
        """Return whether to begin without what has not been spoken yet: it will not come, or not in time."""
        return self._closing or (waited_s >= _OPENING_PATIENCE_S and not self._player.is_awaited)

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

    def _first_plan(self, programme: Programme) -> tuple[Plan | None, bool]:
        """Return the plan to begin with, and whether nothing will be added behind it; None if closed before."""
        setup = self._setup
        if setup.resume:
            left = unfinished.kept(self._home)
            if left is None:
                raise unfinished.nothing_kept(self._home)
            return left[0], not left[1]
        if setup.plan is not None:
            return setup.plan, True
        programme.get_ready(load_presenter(setup.presenter, extra_folders=(self._home.voices_folder,)))
        if (begun := self._upcoming.at_once(None, read_s=0.0)) is not None:
            return begun, False
        planned = self._upcoming.first()
        seen = -1
        while not planned.done():
            if self._closing:
                return None, True
            seen = self._player.wait_for_change(seen, _TICK_S)
        return planned.result(), setup.has_end

    # Writing down -----------------------------------------------------------------------------------------------------

    def _write_down(self, air: OnAir) -> None:
        for note, frame in self._player.notes():
            if isinstance(note, SongBroke):
                self._supply.go_on_from(note)
            else:
                self._play_log.write(note, self._setup.moment(frame / self._player.rate), air.plan)
            self._player.busy(-1)

    def _keep_unfinished(self, air: OnAir) -> None:
        """Keep what is left of the session, whenever it is another rest than was kept."""
        number, plan = self._player.song, air.plan
        if self._setup.private or air.ends == "stopped" or number is None or (number, plan) == self._kept:
            return
        self._kept = number, plan
        try:
            unfinished.keep(self._home, plan, number, endless=not air.is_final)
        except AidjError as error:
            _log.warning("The session could not be gone on with later: %s", error)
