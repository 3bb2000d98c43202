"""Commit a plan to the songs that can be played, and write its links for them.

A link is written right before it is spoken, from facts worked out for the songs that stand around it now.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aidj.audio import open_source
from aidj.errors import AudioError, PlanError
from aidj.home import Home
from aidj.library import content_id
from aidj.model import Analysis, Item, Link, Plan, Set, Track, TrackRef
from aidj.names import match_key, title_key
from aidj.script import Lines, disclosure, write_line
from aidj.sequencing import Placed, true_facts


def find_tracks(home: Home, plan: Plan) -> tuple[dict[TrackRef, Track], list[PlanError]]:
    """Find the track of each song: by id, else by path, else by artist and title.

    Returns
    -------
    tracks, errors
        One error for each song that is not in the library.

    Raises
    ------
    PlanError
        If none of them is.
    """
    errors: list[PlanError] = []
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
            error = PlanError(
                f"Song {number} ({called}) is not in the library",
                where=str(reference.path) if reference.path else None,
                cause="the file was moved or deleted, its folder was never scanned, or the name is misspelt",
                hint="run `aidj scan FOLDER`, or take the song out of the plan",
            )
            errors.append(error)
            continue
        found[reference] = track
    if not found:
        if errors:
            raise errors[0]
        raise PlanError("The plan has no songs", hint="make one with: aidj plan -o session.yaml")
    return found, errors


def silent(tracks: Sequence[Track], analyses: Mapping[str, Analysis]) -> dict[str, AudioError]:
    """Return why some songs are not played although they could be: there is nothing to hear in them."""
    return {
        track.id: AudioError("The file is silent from beginning to end", where=str(track.path))
        for track in tracks
        if track.id in analyses and not math.isfinite(analyses[track.id].loudness_lufs)
    }


def unopenable(tracks: Sequence[Track]) -> dict[str, AudioError]:
    """Return why some songs cannot be played although they were measured before: gone, or another file by now."""
    errors = {}
    for track in tracks:
        try:
            open_source(track.path).close()
            with track.path.open("rb") as file:
                same = content_id(file, track.path.stat().st_size) == track.id
        except AudioError as error:
            errors[track.id] = error
        except OSError as error:
            errors[track.id] = AudioError(f"The file cannot be read ({error.strerror})", where=str(track.path))
        else:
            if not same:
                errors[track.id] = AudioError(
                    "The file has changed since it was scanned",
                    where=str(track.path),
                    cause="it was edited, replaced, or cut short",
                    hint="scan the library again",
                )
    return errors


class LinkWriting:
    """Writes the links of some sets, one after the other; no line twice.

    A text written by hand stays, and so does one from an earlier rendering while its facts still hold. Songs that
    cannot be played stay in the sets, but no link knows of them.

    Parameters
    ----------
    tracks : mapping of TrackRef to Track
        The songs that will be played.
    disclose : bool
        Whether the first link that is said also says that the voice is synthetic.
    """

    def __init__(self, plan: Plan, tracks: Mapping[TrackRef, Track], lines: Lines, *, disclose: bool) -> None:
        self._seed = plan.seed
        self._parts = plan.sets
        self._tracks = tracks
        self._lines = lines
        self._disclose = disclose
        self._used = {link.line for link in plan.links() if link.line}
        self._songs = [
            Placed(track=tracks[item.track], rotation=item.rotation, terms=item.terms)
            for part in plan.sets
            for item in part.entries
            if isinstance(item, Item) and item.track in tracks
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
                    position += entry.track in self._tracks
                    entries.append(entry)
                else:
                    entries.append(self._written(entry, part, position, number))
                    number += 1
            written.append(replace(part, entries=tuple(entries)))
        return written

    def _written(self, link: Link, part: Set, position: int, number: int) -> Link:
        rng = random.Random(f"{self._seed}/{number}")
        if link.text is not None and link.line is None:
            return self._disclosed(link, rng)
        if link.kind == "closing" and position < len(self._songs):
            self.warnings.append(f"Link {number + 1} says goodbye before the last song; it is left unsaid.")
            return replace(link, text=None, line=None)
        facts = true_facts(link.kind, self._facts_of_set(link, part), self._songs, position)
        if link.text is not None and facts == dict(link.facts):
            return self._disclosed(link, rng)
        self._used.discard(link.line or "")
        line = write_line(link.kind, facts, lines=self._lines, rng=rng, used=self._used)
        if line is None:
            self.warnings.append(
                f"Nothing is said at link {number + 1} ({link.kind}): no line fits what is known there."
            )
            return replace(link, facts=facts, text=None, line=None)
        self._used.add(line.line_id)
        return self._disclosed(replace(link, facts=facts, text=line.text, line=line.line_id), rng)

    def _disclosed(self, link: Link, rng: random.Random) -> Link:
        """Let the first thing that is said also say that the voice is synthetic, unless it does already."""
        if not self._disclose or not link.text:
            return link
        self._disclose = False
        sentences = {"".join(line.parts) for line in self._lines.by_kind.get("disclosure", ())}
        if any(sentence in link.text for sentence in sentences):
            return link
        return replace(link, text=f"{link.text} {disclosure(self._lines, rng).text}")

    def _facts_of_set(self, link: Link, part: Set) -> Mapping[str, str | int]:
        """Return a link's facts with those about its set as the set is now."""
        songs = sum(isinstance(entry, Item) and entry.track in self._tracks for entry in part.entries)
        now: dict[str, str | int] = {"theme": part.theme, "songs": songs}
        return {name: now.get(name, value) for name, value in link.facts.items()}
