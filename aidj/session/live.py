"""A session that is heard while it comes about: pulled block by block, and changed by what the listener asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from aidj.home import Home
from aidj.model import Plan, TalkLevel, TalkSettings, WriterSettings
from aidj.script import Writer
from aidj.scrobbling import Account
from aidj.selection import MixSettings, Query
from aidj.session.arguments import check_type, number, whole
from aidj.session.commands import (
    Ban,
    Banned,
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
    StopAfter,
)
from aidj.session.directing import Director
from aidj.session.events import Event, Problem
from aidj.session.planning import DEFAULT_PRESENTER
from aidj.session.playing import Player
from aidj.session.setup import Setup
from aidj.session.sharing import SHARED, Hold
from aidj.session.wishes import Wishes
from aidj.voice import Voice

_USUAL_TALK = TalkSettings()
_RATES = (8000, 384_000)
_WAIT_S = 600.0
_PIECE_S = 0.25


class Session:
    """A live session: read its samples, tell it what to do, ask what has happened.

    Every method may be called from any thread and returns at once; what it cannot take raises TypeError or ValueError
    there. Planning, analysis and speech are done on a thread
    of the session's own; nothing that is late there stops what sounds. Close it, or use it as a context manager.

    Parameters
    ----------
    home : Path or callable
        The data folder, or what opens it: called on the session's thread, as SQLite wants it.
    plan : Plan, optional
        A session planned before; by default it is planned here.
    resume : bool
        Whether to go on with the session that was broken off last. Where there is none, the session ends at once and
        says so.
    music : sequence of Path
        Folders that are scanned, and then measured, beside the session: it begins with the first song that is found.
        As a rule the same as `folders`.
    minutes : float, optional
        The length, more than 0 and at most 1440; None for endless.
    wishes, mix, folders
        What is asked for, see `aidj.plan_session`.
    presenter : str
        The name of a presenter, or the path of a presenter file.
    talk : TalkSettings
        How much is said, and where.
    disclose : bool, optional
        Whether the first link says that the voice is synthetic; None lets it do so in the first session ever heard.
    voice, writer
        Who speaks instead of the presenter's voice; who words the links before the lines are asked.
    translator : WriterSettings, optional
        A language model that reads requests where they are not understood offline: it gets their words only.
    clock : callable
        Tells the moment the session begins, with its zone; from there on time is counted in frames.
    seed : int, optional
        Another seed, another session; by default the date.
    rate : int
        Frames per second, 8,000 to 384,000.
    private : bool
        Whether nothing is written down of what was heard and said.
    scrobble : Account, optional
        An account at ListenBrainz that is told what is heard, in the background; `Settings.scrobble` has it.

    Raises
    ------
    TypeError, ValueError
        If one of them is of another type, or out of its range. What turns out later is told by a `Problem` event.
    """

    def __init__(
        self,
        home: Path | Callable[[], Home],
        plan: Plan | None = None,
        *,
        resume: bool = False,
        music: Sequence[Path] = (),
        minutes: float | None = None,
        wishes: Wishes | None = None,
        mix: MixSettings | None = None,
        folders: Sequence[Path] | None = None,
        presenter: str = DEFAULT_PRESENTER,
        talk: TalkSettings = _USUAL_TALK,
        disclose: bool | None = None,
        voice: Voice | None = None,
        writer: Writer | None = None,
        translator: WriterSettings | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        seed: int | None = None,
        rate: int = 44100,
        private: bool = False,
        scrobble: Account | None = None,
    ) -> None:
        began_at = clock()
        if began_at.tzinfo is None:
            raise ValueError("the clock needs a time zone")
        wishes = Wishes() if wishes is None else wishes
        check_type("wishes", wishes, Wishes)
        setup = Setup(
            home=home,
            plan=plan,
            resume=resume,
            music=music,
            minutes=wishes.minutes if minutes is None else minutes,
            wishes=wishes,
            mix=mix,
            folders=folders,
            presenter=presenter,
            talk=talk,
            disclose=disclose,
            voice=voice,
            writer=writer,
            translator=translator,
            seed=seed,
            began_at=began_at,
            private=private,
            scrobble=scrobble,
        )
        self._player = Player(whole("rate", rate, *_RATES))
        self._hold = Hold(home) if isinstance(home, Path) else None
        if self._hold is not None and self._hold.is_shared:
            self._player.tell(Problem(frame=0, text=SHARED))
        self._director = Director(setup, self._player)
        self._thread = threading.Thread(target=self._director.run, name="aidj-session", daemon=True)
        self._thread.start()

    # What is heard ----------------------------------------------------------------------------------------------------

    def read(self, n_frames: int, *, wait: bool = False) -> NDArray[np.float32]:
        """Return the next n_frames frames, float32, shape (n_frames, 2).

        Silence before the first song is ready, while paused, where nothing was ready in time (an `Underrun`), and
        behind the end.

        Parameters
        ----------
        wait : bool
            Wait until all that could still come into these frames is ready: for whoever reads faster than it sounds,
            such as a file.
        """
        if not wait:
            return self._player.read(n_frames)
        # In pieces: no more than a few songs are ever ready, and what comes after them is made while they are read.
        piece, pieces = round(_PIECE_S * self.rate), []
        for left in range(n_frames, 0, -piece) or [n_frames]:
            self._player.wait_until_sure(min(left, piece), _WAIT_S)
            pieces.append(self._player.read(min(left, piece)))
        return np.concatenate(pieces)

    @property
    def rate(self) -> int:
        """Frames per second."""
        return self._player.rate

    @property
    def frame(self) -> int:
        """How many frames have been read, pauses included."""
        return self._player.frame

    @property
    def ended(self) -> bool:
        """Whether the session is over, and all of it was read."""
        return self._player.ended

    @property
    def paused(self) -> bool:
        """Whether it stands still until `resume`."""
        return self._player.paused

    @property
    def plan(self) -> Plan | None:
        """The session as a document: as it was played so far, skips and all, and planned now; None before it is."""
        return self._director.plan

    def events(self, up_to_frame: int | None = None) -> tuple[Event, ...]:
        """Return what has become audible before a frame, in order, each once; by default in all that was read."""
        return self._player.events(up_to_frame)

    # What the listener asks -------------------------------------------------------------------------------------------

    def skip(self) -> None:
        """Fade this song out in a fifth of a second, into the next one."""
        self._ask(Skip())

    def previous(self) -> None:
        """Play this song again from its beginning; in its first seconds, the one before."""
        self._ask(Previous())

    def pause(self) -> None:
        """Stop here until `resume`."""
        self._player.pause(True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._player.pause(False)

    def like(self, track_id: str | None = None) -> None:
        """Say that this song is liked: more of it, and of its kind.

        Parameters
        ----------
        track_id : str, optional
            Which of the songs that have begun is meant; by default the one that is being read. Who shows songs as they
            are heard, or asks before, passes the one it has shown.
        """
        self._ask(Like(track_id))

    def dislike(self, track_id: str | None = None) -> None:
        """Leave this song, and let it rest for three months; `track_id` as for `like`."""
        self._ask(Dislike(track_id))

    def ban(self, what: Banned, days: int | None = 30, track_id: str | None = None) -> None:
        """Leave this song, and play it, or anything by its artist, no more for some days.

        Parameters
        ----------
        what : str
            "recording" or "artist".
        days : int, optional
            1 to 36,500; None for never again.
        track_id : str, optional
            As for `like`.
        """
        self._ask(Ban(what, days, track_id))

    def change_set(self) -> None:
        """Leave this set for another one."""
        self._ask(ChangeSet())

    def request(self, wishes: str | Query | Wishes) -> None:
        """Go on with what is asked for, after this song.

        Parameters
        ----------
        wishes : str, Query or Wishes
            In words, such as "something mellow from the nineties", or behind another request "less upbeat": what was
            understood, and what cannot be done, is told by an `Answered` event. Or as values.

        Raises
        ------
        TypeError, ValueError
            If it is none of these, or a length is not more than 0 and at most 1440 minutes.
        """
        self._ask(Request(wishes))

    def hush(self) -> None:
        """Stop what is being said; the music goes on."""
        self._ask(Hush())

    def talk_level(self, level: TalkLevel) -> None:
        """Have more, less or nothing said from now on: one of "silent", "rare", "normal" and "chatty".

        What comes into a set is known when it is planned.
        """
        self._ask(SetTalkLevel(level))

    def volume(self, volume_db: float) -> None:
        """Change the volume within a tenth of a second; at most 0 dB, and silence from -60 dB down."""
        self._player.set_volume(number("volume_db", volume_db))

    def stop(self, after: StopAfter = "now") -> None:
        """End the session: "now", with a short fade, or after this "song" or "set"."""
        self._ask(Stop(after))

    def close(self) -> None:
        """Let go of everything at once; what was heard is written down."""
        self._director.close()
        self._thread.join(_WAIT_S)
        self._player.close()
        if self._hold is not None:
            self._hold.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, command: Command) -> None:
        self._director.post(command)
