"""The supply of songs: always some that are ready ahead of what is heard, and a plan behind them.

An endless session is planned on as it is played. What is planned is worked out beside the session (`Jobs`); here it is
only asked for in time, and taken in when it is there.
"""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from functools import partial

from aidj.errors import AidjError, LibraryError
from aidj.library import ScanReport
from aidj.model import Item
from aidj.session.ahead import Tail
from aidj.session.edits import leave
from aidj.session.entries import entries_of
from aidj.session.events import Ended, Problem
from aidj.session.obeying import Obeying
from aidj.session.on_air import SONGS_READY, OnAir
from aidj.session.playing import Player, SongBroke
from aidj.session.setup import Setup
from aidj.session.upcoming import Upcoming

_SONGS_PLANNED = 6
"""An endless session is planned on when fewer are left."""
_QUICK_S = 20.0
"""Where nothing is planned behind a song that is over so soon, one is chosen at once."""
_BARREN_STRETCHES = 3
_CHOOSE_PATIENCE_S = 2.0
_LAYING_PATIENCE_S = 1.0
_SCAN_PATIENCE_S = 5.0
"""While music is still being found, planning is tried again after so long."""


class Supply:
    """Keeps a live session supplied with songs. Serves the thread that opened the home.

    Parameters
    ----------
    scan : Future, optional
        What is found of new music, on its way.
    """

    def __init__(
        self,
        setup: Setup,
        player: Player,
        air: OnAir,
        upcoming: Upcoming,
        obeying: Obeying,
        scan: Future[ScanReport] | None,
    ) -> None:
        self._setup = setup
        self._player = player
        self._air = air
        self._upcoming = upcoming
        self._obeying = obeying
        self._scan = scan
        self._stretch: Future[Tail] | None = None
        """What comes behind the plan, on its way."""
        self._turned = 0
        """How often other songs had taken the place of those to come when that was begun."""
        self._not_before_s = 0.0
        """Nothing is planned before so much was read: there was too little to choose from."""
        self._not_chosen_before_s = 0.0
        """Nor is anything chosen at once: there was nothing."""
        self._barren = 0
        """How often what was planned turned out to hold nothing that can be played."""
        self._broken: int | None = None
        """The place of a song that has fallen silent and is to be left."""
        self._laid_at: tuple[int, int] | None = None
        """How many entries had begun and songs were left when more was laid out last."""
        self._not_laid_before_s = 0.0
        """Nor is more laid out: it could not be done."""

    def keep_up(self, *, is_awaited: bool) -> None:
        """Do what is to be done now for the music to go on.

        Parameters
        ----------
        is_awaited : bool
            Whether the listener waits for something that may bring other songs: then the session does not end.
        """
        air = self._air
        self._take_in_stretch()
        self._leave_broken()
        if self._player.is_dry():
            self._begin_again(is_awaited=is_awaited)
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
        is_wanting = not air.laid.is_whole and ready < SONGS_READY and self._laid_at != (begun, left)
        if air.has_spoken():
            if not air.lay_out_more():
                air.do_without()
        elif is_wanting and self._player.read_s() >= self._not_laid_before_s:
            if air.lay_out_more():
                self._laid_at = begun, left
            else:
                self._not_laid_before_s = self._player.read_s() + _LAYING_PATIENCE_S

    def go_on_from(self, broke: SongBroke) -> None:
        """Leave a song that has fallen silent, as its file cannot be read any further."""
        song = self._player.song
        item = entries_of(self._air.plan)[song] if song is not None else None
        track = self._air.track(item) if isinstance(item, Item) else None
        if track is None or track.path not in broke.paths:
            return  # the next one sounds already
        self._player.tell(Problem(frame=0, text=f"A song is left. {broke.why}"))
        self._broken = song
        self._leave_broken()

    def _leave_broken(self) -> None:
        if self._broken is not None:
            edit = partial(leave, song=self._broken, cuts=self._air.cuts, is_final=self._air.is_final)
            if self._air.change(edit):
                self._broken = None

    def _begin_again(self, *, is_awaited: bool) -> None:
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
        elif air.is_final and not is_awaited:
            self._player.end(Ended(frame=0, reason=air.ends))

    def _give_up_in_time(self, begun: int, left: int) -> None:
        """Plan no more where again and again none of the songs can be played: the drive may be gone."""
        if left:
            self._barren = 0
        elif not self._air.is_final and self._air.drop_ahead(begun):
            self._barren += 1
            if self._barren >= _BARREN_STRETCHES:
                self._upcoming.ask_for(None)
                error = LibraryError(
                    "None of the songs that were to come can be played",
                    cause="their files have gone, or the drive is not connected",
                    hint="connect it, or scan the library again; then go on with this session (aidj radio --resume)",
                )
                self._nothing_further(error, is_fault=True)

    def _choose_at_once(self) -> None:
        read_s = self._player.read_s()
        if read_s >= self._not_chosen_before_s:
            self._not_chosen_before_s = read_s + _CHOOSE_PATIENCE_S
            self._air.plan = self._upcoming.at_once(self._air.plan, read_s=read_s) or self._air.plan

    def _plan_on(self) -> None:
        read_s = self._player.read_s()
        if self._stretch is None and read_s >= self._not_before_s:
            plan = self._air.plan
            self._turned = self._obeying.turned
            self._stretch = self._upcoming.behind(plan, len(plan.items()), kind="set_change", read_s=read_s)

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

    def _nothing_further(self, error: AidjError, *, is_fault: bool = False) -> None:
        if self._upcoming.asked is not None:
            self._upcoming.ask_for(None)  # what was asked for is played through: on as before
            return
        if self._scan is not None and not self._scan.done():
            self._not_before_s = self._player.read_s() + _SCAN_PATIENCE_S  # there will be more songs by then
            return
        self._player.tell(Problem(frame=0, text=str(error)))
        self._air.is_final = True
        self._air.ends = str(error) if is_fault else "there is nothing more to play"
        self._air.is_broken_off = is_fault
        self._air.lay_out_more()
