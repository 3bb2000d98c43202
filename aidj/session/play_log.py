"""What was really played: written down as it becomes audible, and remembered while the session lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aidj.model import Item, Opinion, Plan, Track, Verdict
from aidj.script import Said
from aidj.selection import Outcome
from aidj.session.commands import Ban
from aidj.session.entries import entries_of
from aidj.session.recording import Recording, listen_after_s
from aidj.session.replanning import beginning_of

# Notes: what has become audible, as far as it is written down ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SongBegan:
    """A song begins."""

    number: int
    """Its place among the entries of the plan."""
    track: Track


@dataclass(frozen=True, slots=True, kw_only=True)
class SongHeard:
    """So much of a song was heard: noted when it counts as a listen, and once more when it is over."""

    number: int
    item: Item
    track: Track
    played_s: float
    unwanted: bool = False
    """Whether the listener did not want more of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSpoken:
    """The presenter begins to speak."""

    said: Said


class PlayLog:
    """Writes down what was heard and what the listener thinks of it, and knows how each song went."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._began: dict[int, datetime] = {}
        self._outcomes: dict[int, Outcome] = {}

    @property
    def outcomes(self) -> list[Outcome]:
        """What happened to the songs that were played, in their order."""
        return [self._outcomes[number] for number in sorted(self._outcomes)]

    def write(self, note: object, moment: datetime, plan: Plan) -> None:
        """Write one note down.

        Parameters
        ----------
        moment : datetime
            When it became audible.
        plan : Plan
            The session, as it was played so far and is planned now.
        """
        match note:
            case SongBegan(number=number, track=track):
                self._began[number] = moment
                self._recording.began(track, moment)
                songs = sum(isinstance(entry, Item) for entry in entries_of(plan)[: number + 1])
                self._recording.offered(beginning_of(plan, songs))
            case SongHeard():
                self._write_song(note, moment)
            case LinkSpoken(said=said):
                self._recording.said(plan, replace(said, said_at=moment))
            case _:
                raise TypeError(f"this is no note: {note!r}")

    def like(self, number: int, item: Item, track: Track, now: datetime) -> None:
        """Write down that a song is liked."""
        self._recording.opinion("like", track, now, artist=False, days=None)
        before = self._outcomes.get(number) or Outcome(rotation=item.rotation, played_s=0.0)
        self._outcomes[number] = replace(before, liked=True)

    def ban(self, track: Track, ban: Ban, now: datetime) -> Opinion:
        """Write down that a song, or anything by its artist, is not to be heard for a while, and return it."""
        verdict: Verdict = "ban" if ban.days is None else "rest"
        return self._recording.opinion(verdict, track, now, artist=ban.what == "artist", days=ban.days)

    def _write_song(self, heard: SongHeard, moment: datetime) -> None:
        is_listen = heard.played_s >= listen_after_s(heard.track)
        self._recording.heard(
            heard.track,
            self._began.get(heard.number, moment),
            heard.played_s,
            "listen" if is_listen else "skip" if heard.unwanted else "short",
        )
        self._outcomes[heard.number] = Outcome(
            rotation=heard.item.rotation,
            played_s=heard.played_s,
            skipped=heard.unwanted,
            liked=heard.number in self._outcomes and self._outcomes[heard.number].liked,
        )
