"""What each key does: to the session, and to what is shown at once, before the session has got there."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from aidj.model import TALK_LEVELS, TalkLevel
from aidj.radio.cleaning import clean
from aidj.radio.helping import KeyHelp
from aidj.radio.keys import Press
from aidj.radio.requesting import RequestLine
from aidj.radio.state import RadioState, after, with_liked
from aidj.session import Paused, Resumed, Session

KEYS = (
    KeyHelp(keys="space", short="pause", text="Pause, and go on"),
    KeyHelp(keys="n →", short="skip", text="Go on to the next song"),
    KeyHelp(keys="c", short="other set", text="Leave this set for another one"),
    KeyHelp(keys="/ r", short="request", text="Ask for something in words; Enter sends it, Esc leaves"),
    KeyHelp(keys="l", short="like", text="More of this song, and of its kind"),
    KeyHelp(keys="h", short="hush", text="Stop what is being said"),
    KeyHelp(keys="q", short="quit", text="End now, with a short fade"),
    KeyHelp(keys="b ←", short="back", text="This song from its beginning; in its first seconds, the one before"),
    KeyHelp(keys="d", short="dislike", text="Leave this song, and let it rest for three months"),
    KeyHelp(keys="i", short="why", text="Why this song was chosen"),
    KeyHelp(keys="x", short="", text="Never again: this recording, or everything by the artist"),
    KeyHelp(keys="t T", short="", text="Less talk, more talk"),
    KeyHelp(keys="- +", short="", text="Softer, louder"),
    KeyHelp(keys="Q", short="", text="End after this song"),
    KeyHelp(keys="s", short="", text="End after this set"),
    KeyHelp(keys="?", short="keys", text="Show this list, or hide it"),
)
"""In the order of their weight: at the bottom of the screen there may be room for the first ones only."""
KEYS_OF_LINES = (
    *KEYS,
    KeyHelp(keys="w", short="", text="What plays, how far it is, and what comes next, as a line"),
)
"""Where there is no screen to look at."""
LOUDEST_DB, SOFTEST_DB, STEP_DB = 0.0, -60.0, 3.0

_TALK = {
    "silent": "Nothing is said any more.",
    "rare": "Talk: rare, a few times an hour.",
    "normal": "Talk: normal, about once in a few songs.",
    "chatty": "Talk: chatty, about every second song.",
}


class Controls:
    """Carries out what the listener asks, and says so.

    Parameters
    ----------
    session : Session
        What is asked.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.line: RequestLine | None = None
        """The request that is being typed."""
        self.shows_keys = False
        """Whether the list of keys is shown."""
        self.wants_redraw = False
        """Whether the screen is to be drawn anew. To be reset."""
        self.asks_where = False
        """Whether the listener asks what plays and how far it is: a screen shows it anyway. To be reset."""
        self.leaving: Literal["now", "song", "set"] | None = None
        """After what it is to end; ``now`` is up to whoever plays."""
        self._asks_ban = False
        self._asked_about: str | None = None
        """The song that was sounding when it was asked whether it is to be banned."""
        self._sent = RequestLine()
        self._said: list[str] = []

    def said(self) -> list[str]:
        """Return what has been said since the last time: the visible half of every key."""
        said, self._said = self._said, []
        return said

    def prompt(self, state: RadioState) -> str | None:
        """Return the question that is open, to be shown until it is answered."""
        if not self._asks_ban or state.playing is None:
            return None
        return f"Never again: r this recording, a everything by {_lead(state)}; Esc neither"

    def press(self, press: Press, state: RadioState, frame: int) -> RadioState:
        """Do what a key is for; return what is shown from now on."""
        if self.line is not None:
            return self._type(press, state)
        if self._asks_ban and self._asked_about != _track_id(state):
            self._asks_ban = False
            self._say("The song is over; nothing is banned.")
            return state
        if self._asks_ban:
            self._asks_ban = False
            if press.name in ("a", "r"):
                return self._ban(press.name, state)
            self._say("Nothing is banned.")
            if press.name in ("escape", "x"):
                return state
        match press.name:
            case "n" | "right":
                if state.playing is None and self._speaks(state, frame):
                    self._session.skip()
                    self._say(f"Skipping what is said{self._when()}")
                elif self._plays(state):
                    self._session.skip()
                    self._say(f"Skipping {_title(state)}{self._when()}")
            case "b" | "left":
                if self._plays(state):
                    self._session.previous()
                    self._say(f"Going back{self._when()}")
            case " " | "p":
                return self.pause(state, frame, paused=not self._session.paused)
            case "l":
                return self._like(state)
            case "d":
                if self._plays(state):
                    self._session.dislike(_track_id(state))
                    self._say(f"{_title(state)} rests for three months. Leaving it{self._when()}")
            case "x":
                self._asks_ban = self._plays(state)
                self._asked_about = _track_id(state)
                if question := self.prompt(state):
                    self._say(question)
            case "c":
                if self._plays(state):
                    self._session.change_set()
                    self._say("Another set is on its way …")
            case "h":
                self._session.hush()
                self._say("Hushed." if self._speaks(state, frame) else "Nothing is being said.")
            case "t" | "T":
                return self._talk(state, 1 if press.name == "T" else -1)
            case "+" | "=" | "-" | "_":
                step_db = STEP_DB if press.name in "+=" else -STEP_DB
                return self.volume(state, state.volume_db + step_db)
            case "/" | "r":
                self.line = self._sent
            case "?":
                self.shows_keys = not self.shows_keys
            case "escape":
                self.shows_keys = False
            case "i":
                if self._plays(state):
                    self._say(why(state))
            case "enter" | "w":
                self.asks_where = True
            case "ctrl+l":
                self.wants_redraw = True
            case "q" | "Q" | "s":
                self.leave({"q": "now", "Q": "song", "s": "set"}[press.name])  # type: ignore[arg-type]
        return state

    def pause(self, state: RadioState, frame: int, *, paused: bool) -> RadioState:
        """Stop where it is, or go on."""
        if paused == self._session.paused:
            return state
        if paused:
            self._session.pause()
            self._say("Paused. Space goes on.")
            return after(state, Paused(frame=frame))
        self._session.resume()
        self._say("Going on.")
        return after(state, Resumed(frame=frame))

    def volume(self, state: RadioState, volume_db: float) -> RadioState:
        """Set the volume, as far as it goes."""
        volume_db = min(LOUDEST_DB, max(SOFTEST_DB, volume_db))
        self._session.volume(volume_db)
        self._say(volume_words(volume_db))
        return replace(state, volume_db=volume_db)

    def leave(self, after_what: Literal["now", "song", "set"]) -> None:
        """End the session."""
        if after_what != "now":
            self._say(f"It ends after this {after_what}.")
        else:
            self._say("Ending …")
        self._session.stop(after_what)
        self.leaving = after_what

    def _type(self, press: Press, state: RadioState) -> RadioState:
        assert self.line is not None
        if press.name == "enter":
            text = self.line.text.strip()
            self._sent, self.line = self.line.sent(), None
            if text:
                self._session.request(text)
                self._say(f"Asking for “{clean(text)}” …")
            else:
                self._say("Nothing is asked for.")
        elif press.name == "escape":
            self._sent, self.line = replace(self._sent, text="", cursor=0), None
            self._say("Nothing is asked for.")
        else:
            self.line = self.line.after(press)
        return state

    def _like(self, state: RadioState) -> RadioState:
        if not self._plays(state):
            return state
        self._session.like(_track_id(state))
        self._say(f"Liked: {_title(state)}.")
        return with_liked(state)

    def _ban(self, key: str, state: RadioState) -> RadioState:
        if not self._plays(state):
            return state
        self._session.ban("artist" if key == "a" else "recording", days=None, track_id=_track_id(state))
        self._say(f"Never again: {_lead(state) if key == 'a' else _title(state)}. Leaving it{self._when()}")
        return state

    def _talk(self, state: RadioState, step: int) -> RadioState:
        at = TALK_LEVELS.index(state.talk) + step
        level: TalkLevel = TALK_LEVELS[min(len(TALK_LEVELS) - 1, max(0, at))]
        if level != state.talk:
            self._session.talk_level(level)
        self._say(_TALK[level])
        return replace(state, talk=level)

    def _plays(self, state: RadioState) -> bool:
        if state.playing is None:
            self._say("Nothing plays yet.")
        return state.playing is not None

    def _speaks(self, state: RadioState, frame: int) -> bool:
        return state.silent_s(frame, self._session.rate) <= 0

    def _when(self) -> str:
        """Return when what was asked for is heard, to end a sentence with."""
        return ", as soon as you go on (space)." if self._session.paused else " …"

    def _say(self, text: str) -> None:
        self._said.append(text)


def volume_words(volume_db: float) -> str:
    """Return how loud it is, in words."""
    if volume_db <= SOFTEST_DB:
        return "Volume: silent."
    return f"Volume: {volume_db:g} dB." if volume_db < LOUDEST_DB else "Volume: full."


def why(state: RadioState) -> str:
    """Return why the song that plays was chosen, in a sentence or two."""
    if state.playing is None:
        return ""
    item = state.playing.item
    reason = item.why or "it was asked for, or put in by hand"
    return clean("; ".join([reason, *(f"gave way for it: {rule}" for rule in item.rules)]))


def _title(state: RadioState) -> str:
    return f"“{clean(state.playing.track.title)}”" if state.playing else ""


def _track_id(state: RadioState) -> str | None:
    return state.playing.track.id if state.playing else None


def _lead(state: RadioState) -> str:
    return clean(state.playing.track.lead) if state.playing else ""
