"""A plan that becomes sound step by step, while its beginning is heard already.

What has begun stays as it is; loudness and the level of the voice are those of the first step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from aidj.errors import PlanError
from aidj.home import Home
from aidj.model import Analysis, Item, Link, Plan, Set, Speech, TalkSettings, Track, TrackRef
from aidj.script import Said
from aidj.session.committing import find_tracks, silent, unopenable
from aidj.session.link_writing import LinkWriting
from aidj.session.presenting import (
    Speaking,
    Warn,
    as_spoken,
    check_presenter,
    keeps_silent,
    telling_of,
    usable_voice,
    without_ducking,
)
from aidj.session.treatment import handover_of, songs_of, talk_of
from aidj.timeline import PEAK_CEILING_DBTP, Layout, Mark, Song, Talk, Timeline, common_target_lufs, room_s
from aidj.voice import Voice, VoiceLevel, load_presenter, prepare_speech, voice_level

Entry = Item | Link

_OPEN_SONGS = 3
"""So many songs that have begun are laid out anew with what comes."""


def entries_of(plan: Plan) -> list[Entry]:
    """Return the songs and links of a plan in order."""
    return [entry for part in plan.sets for entry in part.entries]


def set_numbers(plan: Plan) -> list[int]:
    """Return the number of each entry's set."""
    return [number for number, part in enumerate(plan.sets) for _ in part.entries]


def with_entries(plan: Plan, entries: Sequence[tuple[int, Entry]]) -> Plan:
    """Return a plan with other entries, each with the number of its set; sets that are left empty go."""
    sets: list[Set] = []
    for number, part in enumerate(plan.sets):
        if own := tuple(entry for where, entry in entries if where == number):
            sets.append(replace(part, entries=own))
    return replace(plan, sets=tuple(sets))


def numbered(plan: Plan) -> list[tuple[int, Entry]]:
    """Return the entries of a plan, each with the number of its set: what `with_entries` takes."""
    return list(zip(set_numbers(plan), entries_of(plan), strict=True))


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

    def start_frame(self, number: int) -> int:
        """Return the frame of the timeline at which an entry begins."""
        return round(self.marks[number].start_s * self.timeline.rate)

    def end_frame(self, number: int) -> int:
        """Return the frame of the timeline at which an entry is over."""
        return round(self.marks[number].end_s * self.timeline.rate)

    def begun(self, frame: int) -> int:
        """Return how many entries have begun by a frame of the timeline, left out ones between them included."""
        return max((number + 1 for number in self.marks if self.start_frame(number) <= frame), default=self.fixed)

    def songs(self) -> list[int]:
        """Return the places of the songs laid out, in order."""
        return [number for number, what in self.placed.items() if isinstance(what, Song)]


class Programme:
    """Lays out a plan that changes ahead of what is heard.

    Serves the thread that opened the home.
    """

    def __init__(
        self,
        home: Home,
        plan: Plan,
        *,
        rate: int,
        speaking: Speaking,
        warn: Warn,
        ceiling_dbtp: float = PEAK_CEILING_DBTP,
    ) -> None:
        self._home = home
        self._rate = rate
        self._speaking = speaking
        self._warn = warn
        self._ceiling_dbtp = ceiling_dbtp
        self._presenter = load_presenter(plan.presenter, extra_folders=(home.voices_folder,))
        check_presenter(home, self._presenter)
        self._voice: Voice | None = None
        self._asked_for_voice = False
        self._target_lufs: float | None = None
        self._levels: dict[tuple[str, str], VoiceLevel] | None = None
        self._tracks: dict[TrackRef, Track | None] = {}
        self._analyses: dict[str, Analysis] = {}
        self._speeches: dict[str, Speech | None] = {}
        self._said: dict[int, Said] = {}
        self._fixed: dict[int, Song | Talk | None] = {}
        self._fixed_entries: list[Entry] = []
        self._base: Layout | None = None
        self._in_base: list[int] = []
        self._base_ends = 0

    @property
    def target_lufs(self) -> float | None:
        """The loudness of every song; None before the first step."""
        return self._target_lufs

    def track(self, item: Item) -> Track | None:
        """Return the track of a song of the plan, if it can be played."""
        return self._tracks.get(item.track)

    def fix(self, laid: Laid, begun: int) -> None:
        """Keep the first entries of a plan as they were laid out: they are heard already."""
        entries = entries_of(laid.plan)
        for number in range(len(self._fixed_entries), begun):
            self._fixed[number] = laid.placed.get(number)
            if number in laid.said:
                self._said[number] = laid.said[number]
        self._fixed_entries = entries[:begun]
        self._forget(entries[begun:])

    def restart(self, begun: int) -> None:
        """Lay out what comes from an entry on as a new beginning, after silence."""
        self._base, self._in_base, self._base_ends = None, [], begun
        self._fixed = dict.fromkeys(self._fixed)

    def lay_out(self, plan: Plan, *, songs: int, is_final: bool) -> Laid:
        """Lay out a plan as far as some songs beyond those that have begun.

        Parameters
        ----------
        plan : Plan
            Begins with the entries that were fixed; a cut may have been written into them.
        songs : int
            How many more are laid out.
        is_final : bool
            Whether nothing will be added behind the plan.

        Raises
        ------
        PlanError
            If none of the songs can be played.
        ScriptError
            If there are no lines in the presenter's language, or they have a mistake.
        """
        tracks = self._playable(plan)
        if not tracks:
            raise PlanError(
                "None of the songs can be played",
                cause="their files are damaged, or the drive is not connected",
                hint="scan the library again",
            )
        talk = talk_of(plan, self._speaking.talk)
        plan, said = self._written(plan, tracks, talk)
        entries = entries_of(plan)
        ready = songs_of(entries, tracks, self._analyses)
        if self._target_lufs is None:
            runs = {song.track.id: song.run or (song.analysis,) for song in ready.values()}
            self._target_lufs = common_target_lufs(list(runs.values()), plan.target_lufs, self._ceiling_dbtp)
        speeches = self._spoken(entries)
        placed: dict[int, Song | Talk] = {}
        more, is_whole, fixed = songs, True, len(self._fixed_entries)
        for number, entry in enumerate(entries):
            if number < fixed:
                if (what := self._as_fixed(number, entry)) is not None:
                    placed[number] = what
                continue
            if more == 0:
                is_whole = False
                break
            if number in ready:
                placed[number] = ready[number]
                more -= 1
            elif number in speeches and isinstance(entry, Link):
                placed[number] = Talk(
                    link=entry,
                    speech=speeches[number],
                    presenter=self._presenter.name,
                    flat_duck=self._presenter.sound.duck == "flat",
                )
        if not is_whole or not is_final:
            is_whole = False
            while placed and isinstance(placed[last := max(placed)], Talk) and last >= fixed:
                del placed[last]  # spoken before the song that is not there yet
        timeline, marks = self._timeline(plan, placed, talk)
        return Laid(plan=plan, timeline=timeline, placed=placed, marks=marks, said=said, fixed=fixed, is_whole=is_whole)

    def _timeline(
        self, plan: Plan, placed: Mapping[int, Song | Talk], talk: TalkSettings
    ) -> tuple[Timeline, dict[int, Mark]]:
        if self._base is None:
            assert self._target_lufs is not None
            if self._voice is not None and keeps_silent(self._voice):
                talk = without_ducking(talk)
            self._base = Layout(
                rate=self._rate,
                target_lufs=self._target_lufs,
                ceiling_dbtp=self._ceiling_dbtp,
                handover=handover_of(plan),
                talk=talk,
            )
        songs = [number for number, what in self._fixed.items() if isinstance(what, Song)]
        # The last songs that have begun may still be cut, and so may what is said between them.
        for number in range(self._base_ends, songs[-_OPEN_SONGS] if len(songs) >= _OPEN_SONGS else 0):
            if number in placed:
                self._base.add(_over(placed[number]))
                self._in_base.append(number)
            self._fixed[number] = None
            self._base_ends = number + 1
        layout = self._base.copy()
        numbers = list(self._in_base)
        for number, what in placed.items():
            if number >= self._base_ends:
                layout.add(what)
                numbers.append(number)
        timeline = layout.finish()
        return timeline, dict(zip(numbers, timeline.marks, strict=True))

    def _as_fixed(self, number: int, entry: Entry) -> Song | Talk | None:
        what = self._fixed[number]
        if isinstance(what, Song) and isinstance(entry, Item):
            return replace(what, item=entry)
        if isinstance(what, Talk) and isinstance(entry, Link):
            return replace(what, link=entry)
        return None

    def _playable(self, plan: Plan) -> dict[TrackRef, Track]:
        """Return the songs that can be played, those not measured yet measured."""
        new = [item for item in plan.items() if item.track not in self._tracks]
        if new:
            try:
                found, unknown = find_tracks(self._home, replace(plan, sets=(Set(theme="", entries=tuple(new)),)))
            except PlanError as error:
                found, unknown = {}, [error]
            for missing in unknown:
                self._warn(f"A song is left out. {missing}")
            tracks = list(found.values())
            analyses, failures = self._home.analyses.of(tracks)
            failures = {**failures, **silent(tracks, analyses)}
            failures |= unopenable([track for track in tracks if track.id in analyses and track.id not in failures])
            for failure in failures.values():
                self._warn(f"A song is left out. {failure}")
            self._analyses |= {
                track_id: analysis for track_id, analysis in analyses.items() if track_id not in failures
            }
            for item in new:
                track = found.get(item.track)
                self._tracks[item.track] = track if track is not None and track.id not in failures else None
        return {item.track: track for item in plan.items() if (track := self._tracks[item.track]) is not None}

    def _written(
        self, plan: Plan, tracks: Mapping[TrackRef, Track], talk: TalkSettings
    ) -> tuple[Plan, dict[int, Said]]:
        """Return the plan with the links written that have not begun, and what the links say by their place."""
        alone = {item.track for item in plan.items() if item.untouched}
        rooms_s = {
            track.id: room_s(self._analyses[track.id], untouched=reference in alone)
            for reference, track in tracks.items()
        }
        telling = telling_of(self._home, plan, self._presenter, replace(self._speaking, talk=talk), self._warn)
        begun = len(self._fixed_entries)
        pairs = numbered(plan)
        # What was left unsaid is not written any more once its place has gone by.
        places = [
            number
            for number, (_, entry) in enumerate(pairs)
            if number >= begun or isinstance(entry, Item) or entry.text is not None
        ]
        writing = LinkWriting(with_entries(plan, [pairs[number] for number in places]), tracks, telling, rooms_s)
        written = [entry for part in writing.sets() for entry in part.entries]
        links = [number for number, entry in zip(places, written, strict=True) if isinstance(entry, Link)]
        said = {links[link]: what for link, what in writing.said.items()} | self._said
        for number, entry in zip(places, written, strict=True):
            if number >= begun:
                pairs[number] = (pairs[number][0], entry)
        return with_entries(plan, pairs), said

    def _spoken(self, entries: Sequence[Entry]) -> dict[int, Speech]:
        """Return the speech of each link that has not begun and could be spoken, by its place."""
        begun = len(self._fixed_entries)
        texts = {
            number: entry.text
            for number, entry in enumerate(entries)
            if isinstance(entry, Link) and entry.text and number >= begun
        }
        new = {number: text for number, text in texts.items() if text not in self._speeches}
        if new and not self._asked_for_voice:
            self._voice = usable_voice(self._home, self._presenter, self._speaking, self._warn)
            self._asked_for_voice = True
        if new and self._voice is not None:
            raw = as_spoken(self._voice, new, self._warn)
            assert self._target_lufs is not None
            ready = partial(prepare_speech, rate=self._rate, target_lufs=self._target_lufs, sound=self._presenter.sound)
            if self._levels is None:
                self._levels = self._measured_levels(list(raw.values()))
            for number, text in new.items():
                speech = raw.get(number)
                level = self._levels.get((speech.engine, speech.voice)) if speech else None
                self._speeches[text] = ready(speech, level=level) if speech else None
        return {number: speech for number, text in texts.items() if (speech := self._speeches.get(text)) is not None}

    def _measured_levels(self, speeches: Sequence[Speech]) -> dict[tuple[str, str], VoiceLevel]:
        assert self._target_lufs is not None
        said_by: dict[tuple[str, str], list[Speech]] = {}
        for speech in speeches:
            said_by.setdefault((speech.engine, speech.voice), []).append(speech)
        return {
            voice: voice_level(some, rate=self._rate, target_lufs=self._target_lufs, sound=self._presenter.sound)
            for voice, some in said_by.items()
        }

    def _forget(self, ahead: Sequence[Entry]) -> None:
        """Let go of what is neither sounding nor to come."""
        texts = {entry.text for entry in ahead if isinstance(entry, Link)}
        self._speeches = {text: speech for text, speech in self._speeches.items() if text in texts}


def _over(what: Song | Talk) -> Song | Talk:
    """Return what has been heard without its samples: where it stands still matters, and hours of speech are large."""
    if isinstance(what, Song):
        return what
    silence = np.broadcast_to(np.float32(0.0), what.speech.samples.shape)  # one number, whatever the length
    return replace(what, speech=replace(what.speech, samples=silence))
