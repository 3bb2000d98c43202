"""What a live session is to be, as one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from numbers import Integral
from pathlib import Path

from aidj.home import Home, open_home
from aidj.model import Plan, TalkSettings, WriterSettings
from aidj.script import Writer
from aidj.scrobbling import Account
from aidj.selection import MixSettings
from aidj.session.arguments import check_minutes, check_paths, check_type
from aidj.session.wishes import Wishes
from aidj.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a live session is to be. Raises TypeError or ValueError where it cannot be that."""

    home: Path | Callable[[], Home]
    """The data folder, or what opens it."""
    plan: Plan | None
    resume: bool
    """Whether to go on with the session that was broken off last."""
    music: Sequence[Path]
    """Folders to be scanned, and measured, beside the session."""
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
    translator: WriterSettings | None
    """The language model that reads requests where they are not understood offline."""
    seed: int | None
    began_at: datetime
    private: bool
    scrobble: Account | None
    """Whom what is heard is told; None for nobody."""

    def __post_init__(self) -> None:
        if not isinstance(self.home, Path) and not callable(self.home):
            raise TypeError(
                f"home is a pathlib.Path, or a callable that opens a data folder, not {type(self.home).__name__}"
            )
        check_type("plan", self.plan, Plan, or_none=True)
        check_paths("music", self.music)
        if self.folders is not None:
            check_paths("folders", self.folders)
        check_minutes(self.minutes)
        check_type("seed", self.seed, Integral, or_none=True)
        check_type("presenter", self.presenter, str)
        check_type("talk", self.talk, TalkSettings)

    def open_home(self) -> Home:
        """Open the data folder, for the thread that asks."""
        return open_home(self.home) if isinstance(self.home, Path) else self.home()

    @property
    def has_end(self) -> bool:
        """Whether it is known where the session ends; an endless one is planned on and on."""
        return self.plan is not None or self.minutes is not None

    def moment(self, read_s: float) -> datetime:
        """Return the moment at which so many seconds have been read: the clock of a session counts frames."""
        return self.began_at + timedelta(seconds=read_s)
