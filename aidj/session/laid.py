"""A plan as far as it has become sound: what was laid out of it, and when each part is heard."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aidj.model import Item, Link, Plan, Speech
from aidj.script import Said
from aidj.session.entries import Entry, numbered, with_entries
from aidj.timeline import Mark, Song, Talk, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A plan as far as it has become sound."""

    plan: Plan
    """With what is said in it."""
    timeline: Timeline
    placed: Mapping[int, Song | Talk]
    """What was laid out, by its place among the entries of the plan."""
    marks: Mapping[int, Mark]
    """From when to when it is heard, on the clock of the timeline."""
    said: Mapping[int, Said]
    """What the links say, by their place among the entries."""
    fixed: int
    """How many entries had begun before."""
    is_whole: bool
    """Whether all of the plan was laid out."""
    coming: frozenset[int]
    """The places of links that are left out because they are still being spoken."""
    notes: tuple[str, ...]
    """What is worth knowing about how it was laid out."""

    def start_frame(self, number: int) -> int:
        """Return the frame of the timeline at which an entry begins."""
        return round(self.marks[number].start_s * self.timeline.rate)

    def end_frame(self, number: int) -> int:
        """Return the frame of the timeline at which an entry is over."""
        return round(self.marks[number].end_s * self.timeline.rate)

    def begun(self, frame: int) -> int:
        """Return how many entries begin before a frame of the timeline, left out ones between them included."""
        return max((number + 1 for number in self.marks if self.start_frame(number) < frame), default=self.fixed)

    def passed(self) -> int:
        """Return how many entries are over where the timeline ends."""
        return max(self.fixed, max(self.marks, default=-1) + 1)

    def songs(self) -> list[int]:
        """Return the places of the songs laid out, in order."""
        return [number for number, what in self.placed.items() if isinstance(what, Song)]

    def sure_frame(self) -> int:
        """Return the frame up to which nothing that is still missing can change what is heard."""
        songs = self.songs()
        if not songs:
            return 0
        last = songs[-1]
        if self.coming:  # what is said between two songs may be laid over the end of the first
            last = max((number for number in songs if number < min(self.coming)), default=-1)
        return self.start_frame(last) if last in self.marks else 0

    def due_frame(self) -> int | None:
        """Return the frame at which a link that is still being spoken would be missed; None where none is."""
        behind = [number for number in self.songs() if self.coming and number > min(self.coming)]
        return self.start_frame(behind[0]) if behind and behind[0] in self.marks else None

    def filled(self, offset_s: float = 0.0) -> Plan:
        """Return the plan with when everything begins, and how long was spoken, by whom.

        Parameters
        ----------
        offset_s : float
            When the timeline begins, in seconds of the session.
        """
        pairs: list[tuple[int, Entry]] = []
        for number, (where, entry) in enumerate(numbered(self.plan)):
            mark = self.marks.get(number)
            if mark is not None:
                entry = replace(entry, starts_s=round(mark.start_s + offset_s, 3))
                if isinstance(entry, Item):
                    entry = replace(entry, joined=mark.joined)
                elif isinstance(what := self.placed.get(number), Talk):
                    entry = _spoken(entry, mark, what.speech)
            elif number >= self.fixed:
                entry = _not_placed(entry)
            pairs.append((where, entry))
        return with_entries(self.plan, pairs)


def _spoken(link: Link, mark: Mark, speech: Speech) -> Link:
    return replace(
        link,
        speech_s=round(mark.end_s - mark.start_s, 3),
        engine=speech.engine,
        voice=speech.voice,
        text_hash=hashlib.sha256(speech.text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _not_placed(entry: Entry) -> Entry:
    if isinstance(entry, Item):
        return replace(entry, starts_s=None, joined=None)
    return replace(entry, starts_s=None, speech_s=None, engine=None, voice=None, text_hash=None)
