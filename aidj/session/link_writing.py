"""Write the links of a plan for the songs that will be played.

A link is written right before it is spoken, from facts worked out for the songs that stand around it now.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aidj.model import Item, Link, Manner, Plan, Set, TalkSettings, Track, TrackRef
from aidj.script import (
    LINK_MAX_S,
    LINK_S,
    Facts,
    Lines,
    Recent,
    Said,
    Writer,
    as_said,
    disclosure,
    line_key,
    told_once,
    write_link,
)
from aidj.sequencing import Placed, theme_facts, true_facts
from aidj.session.foreign import called, failure

_log = logging.getLogger(__name__)

_SMALLEST_ROOM_S = 8.0
"""A song with so much room before its first singing is worth a link that fits over it; a longer one may begin before
the song."""
_TRIES = 3
"""Texts that do not hold, which a link is given before it is left unsaid."""

_BETWEEN_IDS = "+"
_WRITER = "writer:"
"""How the id begins of what no line says, but somebody else has worded."""

Complaints = Callable[[str, Facts, Lines], Sequence[str]]
"""Says what in a text is not covered by the facts, in words; nothing where all of it is."""


_SPOKEN_NAMES = (
    *("artist", "title", "album", "guests", "genre", "composer", "work", "movement", "label", "presenter"),
    *("previous_artist", "previous_title", "previous_album", "next_artist", "next_title"),
    *("year_artist", "shared_label"),
)
_THEME = ("theme", "theme_value", "theme_artist")


def _anything(name: str) -> bool:
    return True


def _none(text: str, facts: Facts, lines: Lines) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a presenter talks in a session, and what was said before it."""

    presenter: str
    """The name on air of who speaks now, whatever the plan was made for."""
    lines: Lines
    manner: Manner | None
    length_s: Callable[[str], float]
    """How many seconds a text takes to say."""
    talk: TalkSettings
    recent: Recent
    disclose: bool
    """Whether the first link that is said also says that the voice is synthetic."""
    complaints: Complaints = _none
    """Reads every text before it is said, except those written by hand."""
    can_say: Callable[[str], bool] = _anything
    """Whether the voice can say all of a name; what it cannot say is not spoken of."""
    writer: Writer | None = None
    """Who words the links; the lines say what it does not."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A link before it is written."""

    link: Link
    position: int
    """Of the song after it among all songs."""
    is_open: bool = False
    """Whether a text is to be found."""


class LinkWriting:
    """Writes the links of some sets, one after the other.

    A text written by hand stays, and so does one from an earlier rendering while its facts still hold. Songs that
    cannot be played stay in the sets, but no link knows of them.

    Parameters
    ----------
    tracks : mapping of TrackRef to Track
        The songs that will be played.
    rooms_s : mapping of track id to float
        How long one could speak over the opening of a song, where that is known.
    """

    def __init__(
        self,
        plan: Plan,
        tracks: Mapping[TrackRef, Track],
        telling: Telling,
        rooms_s: Mapping[str, float] | None = None,
    ) -> None:
        self._plan = plan
        self._tracks = tracks
        self._telling = telling
        self._rooms_s = rooms_s or {}
        self._disclose = telling.disclose
        self._songs = [
            Placed(track=tracks[item.track], rotation=item.rotation, terms=item.terms)
            for item in plan.items()
            if item.track in tracks
        ]
        by_kind = telling.lines.by_kind
        self._facts_of_line = {line.id: line.facts for lines in by_kind.values() for line in lines}
        self._disclosures = frozenset(line.id for line in by_kind.get("disclosure", ()))
        self.warnings: list[str] = []
        self.said: dict[int, Said] = {}
        """What was said at each link, by its number among all links; the moment is the session's own."""

    def sets(self, entries: int | None = None) -> list[Set]:
        """Return the sets with their links written.

        Parameters
        ----------
        entries : int, optional
            Only links among the first so many entries are written; the others stay as they are.
        """
        drafts = self._drafts(entries)
        recent = self._telling.recent
        links: list[Link] = []
        for number, draft in enumerate(drafts):
            link = draft.link
            if draft.is_open:
                kept_later = [self._as_said(later.link) for later in drafts[number + 1 :] if later.link.text]
                link = self._written(draft, number, _besides(recent, kept_later))
            link = self._disclosed(link, number)
            links.append(link)
            if link.text:
                self.said[number] = self._as_said(link)
                recent = recent.after(self.said[number])
        rest = iter(links)
        return [
            replace(part, entries=tuple(entry if isinstance(entry, Item) else next(rest) for entry in part.entries))
            for part in self._plan.sets
        ]

    def _drafts(self, entries: int | None) -> list[_Draft]:
        """Return every link with what is known at it now: those that keep a text, those that get none, and the rest."""
        drafts: list[_Draft] = []
        position = 0
        in_order = [(part, entry) for part in self._plan.sets for entry in part.entries]
        for number, (part, entry) in enumerate(in_order):
            if isinstance(entry, Item):
                position += entry.track in self._tracks
            elif entries is None or number < entries:
                drafts.append(self._draft(entry, part, position, len(drafts)))
            else:
                drafts.append(_Draft(entry, position))
        return drafts

    def _draft(self, link: Link, part: Set, position: int, number: int) -> _Draft:
        talk = self._telling.talk
        if talk.level == "silent":
            return _Draft(_unsaid(link), position)
        if link.text is not None and self._is_by_hand(link):
            return _Draft(link, position)
        if link.kind in talk.kinds_off:
            return _Draft(_unsaid(link), position)
        if link.kind == "closing" and position < len(self._songs):
            self.warnings.append(f"Link {number + 1} says goodbye before the last song; it is left unsaid.")
            return _Draft(_unsaid(link), position)
        facts = true_facts(
            link.kind,
            self._facts_of_set(link, part),
            self._songs,
            position,
            today=self._plan.planned_at.date(),
            personal=talk.personal,
        )
        if link.text is not None and facts == dict(link.facts) and self._is_ours(link):
            return _Draft(link, position)
        return _Draft(replace(_unsaid(link), facts=facts), position, is_open=True)

    def _facts_of_set(self, link: Link, part: Set) -> Mapping[str, str | int]:
        """Return a link's facts with those about its set as the set is now."""
        about = theme_facts(part)
        songs = sum(isinstance(entry, Item) and entry.track in self._tracks for entry in part.entries)
        told = {name: value for name, value in link.facts.items() if not name.startswith("theme")}
        if "songs" in told:
            told["songs"] = songs
        if "presenter" in told:
            told["presenter"] = self._telling.presenter
        return told | about if "theme" in link.facts else told

    def _written(self, draft: _Draft, number: int, recent: Recent) -> Link:
        """Return a link with the first text for it that holds; without one where there is none."""
        link, telling = draft.link, self._telling
        seconds = self._seconds(draft)
        untold = self._unspeakable(link.facts)
        by_writer = self._by_writer(link, number, recent, seconds, untold)
        if by_writer:
            return by_writer
        rng = random.Random(f"{self._plan.seed}/{number}")
        for _ in range(_TRIES):
            written = write_link(
                link.kind,
                link.facts,
                lines=telling.lines,
                rng=rng,
                length_s=telling.length_s,
                recent=recent,
                manner=telling.manner,
                seconds=seconds,
                untold=untold,
            )
            if written is None:
                break
            line = line_key(telling.lines.language, _BETWEEN_IDS.join(written.line_ids))
            if self._holds(written.text, link.facts, number):
                return replace(link, text=written.text, line=line)
            recent = _besides(recent, [self._as_said(replace(link, text=written.text, line=line))])
        self.warnings.append(f"Nothing is said at link {number + 1} ({link.kind}): no line fits what is known there.")
        return link

    def _unspeakable(self, facts: Facts) -> frozenset[str]:
        """Return the facts that hold names which the voice cannot say: left out, they would leave a hole behind."""
        can_say = self._telling.can_say
        names = {name for name in _SPOKEN_NAMES if name in facts and not can_say(str(facts[name]))}
        if any(name in facts and not can_say(str(facts[name])) for name in _THEME):
            names.update(name for name in facts if name.startswith("theme"))
        return frozenset(names)

    def _by_writer(
        self, link: Link, number: int, recent: Recent, seconds: tuple[float, float], untold: frozenset[str]
    ) -> Link | None:
        writer, lines = self._telling.writer, self._telling.lines
        if writer is None:
            return None
        news = {name: value for name, value in link.facts.items() if not told_once([name], link.facts) & recent.facts}
        news = {name: value for name, value in news.items() if name not in untold}
        text = self._worded(writer, link, number, news, seconds)
        if not text or not self._holds(text, news, number):
            return None
        if self._telling.length_s(text) > LINK_MAX_S:
            _log.info("Link %d: %s wrote more than there is time for; a line is said instead.", number + 1, writer.name)
            return None
        return replace(link, text=text, line=line_key(lines.language, f"{_WRITER}{writer.name}"))

    def _worded(self, writer: Writer, link: Link, number: int, news: Facts, seconds: tuple[float, float]) -> str | None:
        """Return what a writer says; None, and a warning, where it fails: it is a part of the embedding program."""
        lines, manner = self._telling.lines, self._telling.manner
        try:
            _ = writer.name
            text: object = writer.write(link.kind, dict(news), lines=lines, manner=manner, seconds=seconds)
            if text is None or isinstance(text, str):
                return text
            why = f"returned {type(text).__name__} in place of a text"
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _log.warning("A writer has failed", exc_info=True)
            why = f"failed ({failure(error)})"
        who = called("writer", writer)
        self.warnings.append(f"The {who} {why}: what is said at link {number + 1} is left to the lines.")
        return None

    def _holds(self, text: str, facts: Facts, number: int) -> bool:
        complaints = self._telling.complaints(text, facts, self._telling.lines)
        if complaints:
            _log.warning("Link %d: a text is refused: %s: %r", number + 1, "; ".join(complaints), text)
        return not complaints

    def _seconds(self, draft: _Draft) -> tuple[float, float]:
        """Return how long a link may be: as a rule so short that it fits over the opening of the song after it."""
        if draft.position >= len(self._songs):
            return LINK_S
        room_s = self._rooms_s.get(self._songs[draft.position].track.id, 0.0)
        return (0.0, min(room_s, LINK_S[1])) if room_s >= _SMALLEST_ROOM_S else LINK_S

    def _disclosed(self, link: Link, number: int) -> Link:
        """Let the first thing that is said also say that the voice is synthetic, unless it does already."""
        if not self._disclose or not link.text:
            return link
        self._disclose = False
        if self._as_said(link).disclosed:
            return link
        sentence = disclosure(self._telling.lines, random.Random(f"{self._plan.seed}/{number}/disclosure"))
        ids = _BETWEEN_IDS.join((*_line_ids(link), *sentence.line_ids))
        return replace(link, text=f"{link.text} {sentence.text}", line=line_key(self._telling.lines.language, ids))

    def _as_said(self, link: Link) -> Said:
        ids = _line_ids(link)
        told = {name for line_id in ids for name in self._facts_of_line.get(line_id, ())}
        if any(line_id.startswith(_WRITER) for line_id in ids):
            told = set(link.facts)
        return as_said(link.kind, link.text or "", ids, told, link.facts, self._telling.lines, self._plan.planned_at)

    def _is_by_hand(self, link: Link) -> bool:
        return all(line_id in self._disclosures for line_id in _line_ids(link))

    def _is_ours(self, link: Link) -> bool:
        """Return whether a text was made from the lines there are now, and not for a presenter of another language."""
        language = (link.line or "").partition("/")[0]
        return language == self._telling.lines.language and all(
            line_id in self._facts_of_line or line_id.startswith(_WRITER) for line_id in _line_ids(link)
        )


def _line_ids(link: Link) -> tuple[str, ...]:
    """Return the ids of the lines that a text was made from: none for a text written by hand."""
    return tuple(link.line.partition("/")[2].split(_BETWEEN_IDS)) if link.line else ()


def _unsaid(link: Link) -> Link:
    return replace(link, text=None, line=None, speech_s=None, engine=None, voice=None, text_hash=None, starts_s=None)


def _besides(recent: Recent, links: Iterable[Said]) -> Recent:
    """Return what is recent with the lines and facts of some more links, which are not the last ones."""
    more = tuple(links)
    facts = recent.facts.union(*(link.facts for link in more))
    return replace(recent, links=(*more, *recent.links), facts=facts)
