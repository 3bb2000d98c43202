"""Commit a plan to the songs that can be played, and write its links for them.

A link is written right before it is spoken, from facts worked out for the songs that stand around it now.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from aidj.audio import open_source
from aidj.errors import AudioError, PlanError
from aidj.home import Home
from aidj.model import Item, Link, Plan, Set, Track, TrackRef
from aidj.names import match_key, title_key
from aidj.script import Lines, disclosure, write_line
from aidj.sequencing import Placed, true_facts


def find_tracks(home: Home, plan: Plan) -> dict[TrackRef, Track]:
    """Find the track of each song: by id, else by path, else by artist and title.

    Raises
    ------
    PlanError
        If one of them is not in the library, or there is none.
    """
    by_name: dict[tuple[str, str], Track] = {}
    found: dict[TrackRef, Track] = {}
    for number, item in enumerate(plan.items(), start=1):
        reference = item.track
        track = home.library.find(reference.id) if reference.id else None
        if track is None and reference.path:
            track = home.library.find(reference.path)
        if track is None and reference.title:
            if not by_name:
                by_name = {(match_key(t.artist), title_key(t.title)): t for t in reversed(home.library.tracks())}
            track = by_name.get((match_key(reference.artist), title_key(reference.title)))
        if track is None:
            called = " – ".join(filter(None, (reference.artist, reference.title))) or str(reference.path)
            raise PlanError(
                f"Song {number} ({called}) is not in the library",
                where=str(reference.path) if reference.path else None,
                cause="the file was moved or deleted, its folder was never scanned, or the name is misspelt",
                hint="run `aidj scan FOLDER`, or take the song out of the plan",
            )
        found[reference] = track
    if not found:
        raise PlanError("The plan has no songs", hint="make one with: aidj plan -o session.yaml")
    return found


def unopenable(tracks: Sequence[Track]) -> dict[str, AudioError]:
    """Return why some songs cannot be opened although they were measured before."""
    errors = {}
    for track in tracks:
        try:
            open_source(track.path).close()
        except AudioError as error:
            errors[track.id] = error
    return errors


def playable_sets(plan: Plan, tracks: Mapping[TrackRef, Track], playable: Collection[str]) -> list[Set]:
    """Return the sets of a plan without the songs whose track ids are not among the playable ones."""
    return [
        replace(
            part,
            entries=tuple(
                entry for entry in part.entries if isinstance(entry, Link) or tracks[entry.track].id in playable
            ),
        )
        for part in plan.sets
    ]


class LinkWriting:
    """Writes the links of some sets, one after the other; no line twice.

    A text written by hand stays, and so does one from an earlier rendering while its facts still hold.
    """

    def __init__(
        self, plan: Plan, parts: Sequence[Set], tracks: Mapping[TrackRef, Track], lines: Lines, *, disclose: bool
    ) -> None:
        self._seed = plan.seed
        self._parts = parts
        self._lines = lines
        self._disclose = disclose
        self._used = {link.line for link in plan.links() if link.line}
        self._songs = [
            Placed(track=tracks[item.track], rotation=item.rotation, terms=item.terms)
            for part in parts
            for item in part.entries
            if isinstance(item, Item)
        ]
        self.warnings: list[str] = []

    def sets(self) -> list[Set]:
        """Return the sets with their links written."""
        position = number = 0
        written: list[Set] = []
        for part in self._parts:
            entries: list[Item | Link] = []
            for entry in part.entries:
                if isinstance(entry, Item):
                    position += 1
                    entries.append(entry)
                else:
                    entries.append(self._written(entry, part, position, number))
                    number += 1
            written.append(replace(part, entries=tuple(entries)))
        return written

    def _written(self, link: Link, part: Set, position: int, number: int) -> Link:
        facts = true_facts(link.kind, _facts_of_set(link, part), self._songs, position)
        by_hand = link.text is not None and link.line is None
        if by_hand or (link.text is not None and facts == dict(link.facts)):
            return link
        self._used.discard(link.line or "")
        rng = random.Random(f"{self._seed}/{number}")
        line = write_line(link.kind, facts, lines=self._lines, rng=rng, used=self._used)
        if line is None:
            self.warnings.append(
                f"Nothing is said at link {number + 1} ({link.kind}): no line fits what is known there."
            )
            return replace(link, facts=facts, text=None, line=None)
        self._used.add(line.line_id)
        text = line.text
        if link.kind == "opening" and self._disclose:
            text = f"{text} {disclosure(self._lines, rng).text}"
        return replace(link, facts=facts, text=text, line=line.line_id)


def _facts_of_set(link: Link, part: Set) -> Mapping[str, str | int]:
    """Return a link's facts with those about its set as the set is now."""
    songs = sum(isinstance(entry, Item) for entry in part.entries)
    now: dict[str, str | int] = {"theme": part.theme, "songs": songs}
    return {name: now.get(name, value) for name, value in link.facts.items()}
