"""What the radio shows, as a value: it follows the events of a session, and nothing else.

Every frame here is one that has been heard, so what is shown is never ahead of the sound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
_GUESS_DELAY_S = 1.0
"""Where a voice gives no times of its words they are guessed, and shown so much later than guessed."""
_CHARS_PER_S = 14.0
"""How fast is spoken, where not even the length of the speech is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """The song that plays."""

    item: Item
    track: Track
    since: int
    """When it began, in frames that sounded."""
    plays_s: float
    liked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the presenter says, or said last."""

    link: Link
    since: int
    """When it began, in frames that sounded."""
    spoken_chars: int = 0
    """Up to where the words have come, as an offset into the text; 0 before the first one."""


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
        """Return how much of the song has been heard, in seconds; 0 while nothing plays."""
        if self.playing is None:
            return 0.0
        return max(0.0, (self.sounded(frame) - self.playing.since) / rate)

    def length_s(self) -> float:
        """Return how long the song will be heard, in seconds; 0 where that is unknown."""
        return self.playing.plays_s if self.playing else 0.0

    def spoken_chars(self, frame: int, rate: int) -> int:
        """Return how much of the presenter's text has been heard, as an offset into it.

        By the words as they came. Where a voice tells no times of its words, by the length of the speech, a second
        late and never more than whole words.
        """
        if self.said is None or not self.said.link.text:
            return 0
        if self.has_words:
            return self.said.spoken_chars
        text = self.said.link.text
        speech_s = self.said.link.speech_s or len(text) / _CHARS_PER_S
        since_s = (self.sounded(frame) - self.said.since) / rate - _GUESS_DELAY_S
        if since_s >= speech_s:
            return len(text)
        return max(0, text.rfind(" ", 0, max(0, int(len(text) * since_s / speech_s)) + 1))


def after(state: RadioState, event: Event) -> RadioState:
    """Return the state after an event; one that shows nothing changes nothing."""
    match event:
        case TrackStarted():
            playing = Playing(
                item=event.item, track=event.track, since=state.sounded(event.frame), plays_s=event.plays_s
            )
            return replace(state, playing=playing, begun=state.begun + 1, upcoming=state.upcoming[1:])
        case LinkStarted():
            return replace(state, said=Said(link=event.link, since=state.sounded(event.frame)))
        case Word() if state.said is not None:
            spoken = max(state.said.spoken_chars, event.start_char + event.length)
            return replace(state, said=replace(state.said, spoken_chars=spoken), has_words=True)
        case SetChanged():
            return replace(state, theme=event.theme)
        case PlanChanged():
            return with_message(state, f"Other songs come next: {event.why}", event.frame)
        case Paused():
            return replace(state, paused_at=event.frame) if state.paused_at is None else state
        case Resumed():
            return _resumed(state, event.frame)
        case Answered():
            return replace(state, answer=event)
        case Underrun():
            return replace(state, silent_frames=state.silent_frames + event.frames)
        case Problem():
            return with_warning(state, event.text, event.frame)
        case Ended():
            return replace(_resumed(state, event.frame), ended=event.reason, upcoming=())
        case Skipped():
            return state  # the song that follows says it
        case _:
            return state


def with_plan(state: RadioState, plan: Plan | None, n: int = 10) -> RadioState:
    """Return the state with the next n songs of a plan behind the one that plays."""
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
    return state if upcoming == state.upcoming else replace(state, upcoming=upcoming)


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


def _place(state: RadioState, items: list[Item]) -> int:
    """Return the place of the song that plays among those of the plan; -1 before the first one.

    As many have begun as there are before it, unless the plan holds some from an earlier day: of the places where
    this song stands, the nearest one is meant.
    """
    counted = state.begun - 1
    if state.playing is None:
        return counted
    own = [place for place, item in enumerate(items) if _is_same(item, state.playing)]
    return min(own, key=lambda place: abs(place - counted), default=counted)


def _is_same(item: Item, playing: Playing) -> bool:
    ref = item.track
    if ref.id is not None:
        return ref.id == playing.track.id
    return ref == playing.item.track
