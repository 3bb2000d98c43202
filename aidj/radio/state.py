"""What the radio shows, as a value: it follows the events of a session, and nothing else.

Every frame here is one that has been heard, so what is shown is never ahead of the sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from aidj.model import Item, Link, Plan, Rotation, TalkLevel, Track
from aidj.session import (
    Answered,
    Ended,
    Event,
    LinkStarted,
    Paused,
    PlanChanged,
    Problem,
    Resumed,
    SetChanged,
    Skipped,
    TrackStarted,
    Underrun,
    Word,
)

MOST_WARNINGS = 5
_UNDERRUN = "Nothing was ready to be played for a moment."
_GUESS_DELAY_S = 1.0
"""Where a voice gives no times of its words they are guessed, and shown so much later than guessed."""
_CHARS_PER_S = 14.0
"""How fast is spoken, where not even the length of the speech is known."""
_BETWEEN_S = 0.5
"""So long after the end of a song it is over; the breath before most songs is shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """The song that plays."""

    item: Item
    track: Track
    since: int
    """When it began, in frames that sounded."""
    plays_s: float
    """How long it is heard, as it is planned now."""
    planned_s: float
    """The same, as it was planned when it began."""
    liked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the presenter says, or said last."""

    link: Link
    since: int
    """When it began, in frames that sounded."""
    spoken_chars: int = 0
    """Up to where the words have come, as an offset into the text; 0 before the first one."""
    last_word: int = 0
    """When the last of them came, in frames that sounded."""
    before: Item | None = None
    """The song that it is said for; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line for the listener, and when it came."""

    frame: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A song that comes next, as it is planned now."""

    artist: str
    title: str
    rotation: Rotation
    why: str
    plays_s: float | None
    theme: str | None = None
    """Of the set that it begins; None where it goes on with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioState:
    """All that is shown; by itself the state before anything sounds."""

    playing: Playing | None = None
    said: Said | None = None
    theme: str = ""
    warnings: tuple[Note, ...] = ()
    """The last few, the newest last."""
    answer: Answered | None = None
    message: Note | None = None
    """What a key has done."""
    upcoming: tuple[Coming, ...] = ()
    ended: str | None = None
    """Why it has ended; None while it goes on."""
    volume_db: float = 0.0
    talk: TalkLevel = "normal"
    lost: bool = False
    """Whether the sound device has gone."""
    begun: int = 0
    """How many songs have begun."""
    silent_frames: int = 0
    """Frames in which nothing went on: pauses that are over, and gaps in the sound."""
    paused_at: int | None = None
    has_words: bool = False
    """Whether the voice tells the times of its words."""

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self.paused_at is not None

    def sounded(self, frame: int) -> int:
        """Return how many of the frames before one sounded: all but those of pauses and gaps."""
        return (frame if self.paused_at is None else min(frame, self.paused_at)) - self.silent_frames

    def position_s(self, frame: int, rate: int) -> float:
        """Return how much of the song has been heard, in seconds, at most its length; 0 while nothing plays."""
        since_s = self._since_s(frame, rate)
        return min(since_s, self.length_s()) if self.length_s() > 0 else since_s

    def length_s(self) -> float:
        """Return how long the song will be heard, in seconds; 0 where that is unknown."""
        return self.playing.plays_s if self.playing else 0.0

    def coming(self, frame: int, rate: int) -> Coming | None:
        """Return the song that is waited for; None while one plays, or where none is known.

        Before the first song, and where the presenter speaks between two.
        """
        if not self.upcoming or self.ended is not None:
            return None
        over_s = self._since_s(frame, rate) - self.length_s()
        if self.playing is not None and (self.length_s() <= 0 or over_s < _BETWEEN_S):
            return None
        return self.upcoming[0]

    def spoken_chars(self, frame: int, rate: int) -> int:
        """Return how much of the presenter's text has been heard, as an offset into it.

        By the words as they came. Where a voice tells no times of its words, by the length of the speech, a second
        late and never more than whole words.
        """
        if self.said is None or not self.said.link.text:
            return 0
        if self.has_words:
            return self.said.spoken_chars
        text, cut_s = self.said.link.text, self.said.link.cut_s
        speech_s = self.said.link.speech_s or len(text) / _CHARS_PER_S
        since_s = (self.sounded(frame) - self.said.since) / rate - _GUESS_DELAY_S
        since_s = since_s if cut_s is None else min(since_s, cut_s)
        if since_s >= speech_s:
            return len(text)
        return max(0, text.rfind(" ", 0, max(0, int(len(text) * since_s / speech_s)) + 1))

    def silent_s(self, frame: int, rate: int) -> float:
        """Return for how long the presenter has said nothing more, in seconds; 0 or less while something is said."""
        if self.said is None or not self.said.link.text:
            return inf
        link = self.said.link
        speech_s = link.speech_s or len(link.text or "") / _CHARS_PER_S
        speech_s += 0.0 if self.has_words else _GUESS_DELAY_S
        end = self.said.since + rate * (speech_s if link.cut_s is None else min(speech_s, link.cut_s))
        return (self.sounded(frame) - max(end, self.said.last_word)) / rate

    def _since_s(self, frame: int, rate: int) -> float:
        """Return how long ago the song began, in seconds that sounded."""
        return 0.0 if self.playing is None else max(0.0, (self.sounded(frame) - self.playing.since) / rate)


def after(state: RadioState, event: Event) -> RadioState:
    """Return the state after an event; one that shows nothing changes nothing."""
    match event:
        case TrackStarted():
            playing = Playing(
                item=event.item,
                track=event.track,
                since=state.sounded(event.frame),
                plays_s=event.plays_s,
                planned_s=event.plays_s,
            )
            said = state.said if state.said is not None and _is_said_for(state.said, event.item) else None
            return replace(state, playing=playing, said=said, begun=state.begun + 1, upcoming=state.upcoming[1:])
        case LinkStarted():
            return replace(state, said=Said(link=event.link, since=state.sounded(event.frame)))
        case Word() if state.said is not None:
            spoken = max(state.said.spoken_chars, event.start_char + event.length)
            said = replace(state.said, spoken_chars=spoken, last_word=state.sounded(event.frame))
            return replace(state, said=said, has_words=True)
        case SetChanged():
            return replace(state, theme=event.theme)
        case PlanChanged():
            return with_message(state, f"Other songs come next: {event.why}", event.frame)
        case Paused():
            return replace(state, paused_at=event.frame) if state.paused_at is None else state
        case Resumed():
            return _resumed(state, event.frame)
        case Answered():
            return replace(state, answer=event, message=None)  # in place of "Asking for ..."
        case Underrun():
            state = replace(state, silent_frames=state.silent_frames + event.frames)
            return with_warning(state, _UNDERRUN, event.frame)
        case Problem():
            return with_warning(state, event.text, event.frame)
        case Ended():
            return replace(_resumed(state, event.frame), ended=event.reason, upcoming=())
        case Skipped():
            return state  # the song that follows says it
        case _:
            return state


def with_plan(state: RadioState, plan: Plan | None, n: int = 10) -> RadioState:
    """Return the state with what a plan tells: the next n songs, the length of this one, and what is said for which."""
    if plan is None or n <= 0 or state.ended is not None:
        return state if state.ended is not None else replace(state, upcoming=())
    songs = [(part.theme if first else None, item) for part in plan.sets for first, item in _numbered(part.entries)]
    start = _place(state, [item for _, item in songs]) + 1
    upcoming = tuple(
        Coming(
            artist=item.track.artist,
            title=item.track.title or (item.track.path.stem if item.track.path else ""),
            rotation=item.rotation,
            why=item.why,
            plays_s=item.plays_s or item.track.duration_s,
            theme=theme,
        )
        for theme, item in songs[start : start + n]
    )
    entries = [entry for part in plan.sets for entry in part.entries]
    playing, said = state.playing, state.said
    if playing is not None and start > 0:
        playing = _measured(playing, entries, songs[start - 1][1])
    if said is not None:
        said = _placed(said, entries)
    if (upcoming, playing, said) == (state.upcoming, state.playing, state.said):
        return state
    return replace(state, upcoming=upcoming, playing=playing, said=said)


def with_message(state: RadioState, text: str, frame: int) -> RadioState:
    """Return the state with what a key has done."""
    return replace(state, message=Note(frame=frame, text=text))


def with_warning(state: RadioState, text: str, frame: int) -> RadioState:
    """Return the state with one more warning; the same one again is only moved to the end."""
    kept = tuple(note for note in state.warnings if note.text != text)
    return replace(state, warnings=(*kept, Note(frame=frame, text=text))[-MOST_WARNINGS:])


def with_liked(state: RadioState) -> RadioState:
    """Return the state with a mark that the song that plays is liked."""
    return state if state.playing is None else replace(state, playing=replace(state.playing, liked=True))


def _resumed(state: RadioState, frame: int) -> RadioState:
    if state.paused_at is None:
        return state
    stood = max(0, frame - state.paused_at)
    return replace(state, paused_at=None, silent_frames=state.silent_frames + stood)


def _numbered(entries: tuple[Item | Link, ...]) -> list[tuple[bool, Item]]:
    """Return the songs among the entries of a set, and whether each is its first."""
    return [(place == 0, item) for place, item in enumerate(entry for entry in entries if isinstance(entry, Item))]


def _measured(playing: Playing, entries: Sequence[Item | Link], own: Item) -> Playing:
    """Return the song that plays with its length as it is planned now: until it ends, or the next one begins."""
    if own.starts_s is None or own.starts_s != playing.item.starts_s:
        return playing
    at = next(n for n, entry in enumerate(entries) if entry is own)
    plays_s = playing.planned_s
    begins_s: list[float] = []  # of what follows, up to the next song
    for entry in entries[at + 1 :]:
        if entry.starts_s is None:
            break
        begins_s.append(entry.starts_s - own.starts_s)
        if isinstance(entry, Item):
            # Where the next song begins later than this one was to end, something is said between, or it plays longer.
            plays_s = begins_s[-1] if begins_s[-1] <= plays_s else max(plays_s, min(begins_s))
            break
    if own.cut_s is not None:
        plays_s = min(plays_s, own.cut_s)
    return playing if plays_s == playing.plays_s else replace(playing, plays_s=plays_s)


def _placed(said: Said, entries: Sequence[Item | Link]) -> Said:
    """Return what is said with the song that it is said for, and where it was hushed."""
    for at, entry in enumerate(entries):
        if isinstance(entry, Link) and (entry.starts_s, entry.text) == (said.link.starts_s, said.link.text):
            before = said.before or next((later for later in entries[at:] if isinstance(later, Item)), None)
            if (before, entry.cut_s) == (said.before, said.link.cut_s):
                return said
            return replace(said, before=before, link=replace(said.link, cut_s=entry.cut_s))
    return said


def _is_said_for(said: Said, item: Item) -> bool:
    """Return whether a link may stay when a song begins; what it was said for is known within a tenth of a second."""
    return said.before is None or said.before.track == item.track


def _place(state: RadioState, items: list[Item]) -> int:
    """Return the place of the song that plays among those of the plan; -1 before the first one.

    As many have begun as there are before it, unless the plan holds some from an earlier day: of the places where
    this song stands, the nearest one is meant.
    """
    counted = state.begun - 1
    if state.playing is None:
        return counted
    own = [place for place, item in enumerate(items) if _is_same(item, state.playing)]
    starts_s = state.playing.item.starts_s
    if starts_s is not None:
        own = [place for place in own if items[place].starts_s == starts_s] or own
    return min(own, key=lambda place: abs(place - counted), default=counted)


def _is_same(item: Item, playing: Playing) -> bool:
    ref = item.track
    if ref.id is not None:
        return ref.id == playing.track.id
    return ref == playing.item.track
