"""From a plan to a timeline: find the songs, write and speak the links, lay everything out.

Whatever fails on the way costs itself and not the session: a file that is gone, a line that cannot be written, a voice
that does not answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aidj.errors import PlanError
from aidj.home import Home
from aidj.model import Analysis, Item, Link, Plan, Set, Speech, TalkSettings, Track, TrackRef
from aidj.script import Said, Writer
from aidj.session.committing import find_tracks, silent, unopenable
from aidj.session.link_writing import LinkWriting
from aidj.session.presenting import Speaking, check_presenter, is_silent, rehearsed, spoken, telling_of, without_ducking
from aidj.session.treatment import handover_of, songs_of, talk_of
from aidj.timeline import PEAK_CEILING_DBTP, TIMING_NOTE, Layout, Mark, Song, Talk, Timeline, common_target_lufs, room_s
from aidj.voice import Voice, load_presenter

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("Measuring", "Speaking", "Mixing"), how much of it is done, and of how much."""

LOUDNESS_NOTE = "About the loudness: "
"""How a note about it begins; like those of the timeline it is made anew each time."""
_USUAL_TALK = TalkSettings()
_REHEARSAL_RATE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """A plan that has become sound in all but the samples."""

    plan: Plan
    """The plan with what was said and where everything starts."""
    timeline: Timeline
    target_lufs: float
    """The loudness of every song: the plan's, or what all of them can be brought to."""
    said: tuple[Said, ...]
    """What is heard at the links, for `Memory.record` once the session has been rendered or played."""
    warnings: tuple[str, ...]
    """What had to be left out, and why."""


def realise(
    home: Home,
    plan: Plan,
    *,
    rate: int,
    voice: Voice | None = None,
    writer: Writer | None = None,
    talk: TalkSettings = _USUAL_TALK,
    disclose: bool | None = None,
    ceiling_dbtp: float = PEAK_CEILING_DBTP,
    progress: Progress | None = None,
) -> Realised:
    """Turn a plan into a timeline.

    Parameters
    ----------
    rate : int
        Frames per second.
    voice : Voice, optional
        Who speaks instead of the plan's presenter.
    writer : Writer, optional
        Who words the links, before the lines are asked.
    talk : TalkSettings
        How much is said, and where, as far as the plan does not say so itself.
    disclose : bool, optional
        Whether the first link says that the voice is synthetic; None lets it do so in the first session ever heard,
        and never where `talk` has it switched off.
    ceiling_dbtp : float
        The true peak that the mix will be held to.

    Raises
    ------
    PlanError
        If a song of the plan is not in the library, or nothing of it can be played.
    ConfigError, ScriptError
        If the presenter or the lines are wrong, or the presenter bears the name of an artist in the library.
    """
    speaking = Speaking(talk=talk_of(plan, talk), disclose=disclose, voice=voice, writer=writer)
    return _Realising(home, plan, rate, speaking, progress or _no_progress, ceiling_dbtp).run()


def rehearse(home: Home, plan: Plan, *, talk: TalkSettings = _USUAL_TALK, disclose: bool | None = None) -> Timeline:
    """Return about the timeline a plan will become: with the texts that its lines make, but nothing spoken.

    How long each text takes is estimated, and nothing of it is remembered. Raises as `realise` does.
    """
    speaking = Speaking(talk=talk_of(plan, talk), disclose=disclose)
    return _Realising(home, plan, _REHEARSAL_RATE, speaking, _no_progress, rehearsal=True).run().timeline


def _no_progress(what: str, done: int, of: int) -> None:
    pass


class _Realising:
    def __init__(
        self,
        home: Home,
        plan: Plan,
        rate: int,
        speaking: Speaking,
        progress: Progress,
        ceiling_dbtp: float = PEAK_CEILING_DBTP,
        *,
        rehearsal: bool = False,
    ) -> None:
        self._home = home
        self._plan = plan
        self._rate = rate
        self._speaking = speaking
        self._progress = progress
        self._warnings: list[str] = []
        self._notes: list[str] = []
        self._presenter = load_presenter(plan.presenter, extra_folders=(home.voices_folder,)) if plan.links() else None
        self._ceiling_dbtp = ceiling_dbtp
        self._rehearsal = rehearsal

    def run(self) -> Realised:
        if self._presenter and not self._rehearsal:
            check_presenter(self._home, self._presenter)
        tracks, unknown = find_tracks(self._home, self._plan)
        for error in unknown:
            self._warn(f"A song is left out. {error}")
        analyses = self._measure(list(tracks.values()))
        tracks = {reference: track for reference, track in tracks.items() if track.id in analyses}
        committed, said = self._written(tracks, analyses)
        entries = [entry for part in committed for entry in part.entries]
        songs = songs_of(entries, tracks, analyses)
        target_lufs = self._common_target(list(songs.values()))
        speeches = self._speak(entries, target_lufs)
        talks = {
            number: Talk(
                link=entry, speech=speeches[number], presenter=self._presenter_name, flat_duck=self._ducks_flat
            )
            for number, entry in enumerate(entries)
            if isinstance(entry, Link) and number in speeches
        }
        talk = self._speaking.talk
        if speeches and all(map(is_silent, speeches.values())) and not self._rehearsal:
            talk = without_ducking(talk)
        placed: dict[int, Song | Talk] = {n: (songs | talks)[n] for n in sorted({*songs, *talks})}
        layout = Layout(
            rate=self._rate,
            target_lufs=target_lufs,
            ceiling_dbtp=self._ceiling_dbtp,
            handover=handover_of(self._plan),
            talk=talk,
        )
        for song_or_talk in placed.values():
            layout.add(song_or_talk)
        timeline = layout.finish()
        marks = dict(zip(placed, timeline.marks, strict=True))
        # What an earlier rendering said of the timing may have been mended since.
        before = [note for note in self._plan.notes if not note.startswith((TIMING_NOTE, LOUDNESS_NOTE))]
        notes = dict.fromkeys([*before, *self._warnings, *self._notes, *layout.notes])
        plan = replace(self._plan, sets=_filled(committed, marks, speeches), notes=tuple(notes))
        return Realised(
            plan=plan,
            timeline=timeline,
            target_lufs=target_lufs,
            said=tuple(
                replace(said[link], said_at=plan.planned_at + timedelta(seconds=entry.starts_s))
                for link, entry in enumerate(plan.links())
                if link in said and entry.starts_s is not None
            ),
            warnings=tuple(self._warnings),
        )

    def _common_target(self, songs: Sequence[Song]) -> float:
        """Return the loudness of the session, and say so where it is not the one asked for."""
        asked_lufs = self._plan.target_lufs
        runs = {song.track: song.run or (song.analysis,) for song in songs}
        target_lufs = common_target_lufs(list(runs.values()), asked_lufs, self._ceiling_dbtp)
        if target_lufs < asked_lufs:
            softest = min(runs, key=lambda track: common_target_lufs([runs[track]], asked_lufs, self._ceiling_dbtp))
            self._notes.append(
                f"{LOUDNESS_NOTE}The session is {asked_lufs - target_lufs:.1f} LU softer than {asked_lufs:g} LUFS: "
                f"{softest.title} is so soft, or has such high peaks, that it cannot be lifted further, and the other "
                "songs come down to it."
            )
        return target_lufs

    @property
    def _presenter_name(self) -> str:
        return self._presenter.name if self._presenter else ""

    @property
    def _ducks_flat(self) -> bool:
        return self._presenter is not None and self._presenter.sound.duck == "flat"

    def _warn(self, text: str) -> None:
        self._warnings.append(text)

    def _measure(self, tracks: Sequence[Track]) -> Mapping[str, Analysis]:
        analyses, failures = self._home.analyses.of(
            tracks, progress=lambda done, of, track: self._progress("Measuring", done, of)
        )
        failures = {**failures, **silent(tracks, analyses)}
        if not self._rehearsal:
            failures |= unopenable([track for track in tracks if track.id in analyses])
        analyses = {track_id: analysis for track_id, analysis in analyses.items() if track_id not in failures}
        for error in failures.values():
            self._warn(f"A song is left out. {error}")
        if not analyses:
            raise PlanError(
                "None of the songs in the plan can be played",
                cause="their files are damaged, or the drive is not connected",
                hint="scan the library again, or make another plan",
            )
        return analyses

    def _written(
        self, tracks: Mapping[TrackRef, Track], analyses: Mapping[str, Analysis]
    ) -> tuple[Sequence[Set], Mapping[int, Said]]:
        """Return the sets with their links written, and what the links say, by their number."""
        if self._presenter is None:
            return self._plan.sets, {}
        alone = {item.track for item in self._plan.items() if item.untouched}
        rooms_s = {
            track.id: room_s(analyses[track.id], untouched=reference in alone) for reference, track in tracks.items()
        }
        telling = telling_of(self._home, self._plan, self._presenter, self._speaking, self._warn)
        writing = LinkWriting(self._plan, tracks, telling, rooms_s)
        written = writing.sets()
        self._warnings += writing.warnings
        return written, writing.said

    def _speak(self, entries: Sequence[Item | Link], target_lufs: float) -> dict[int, Speech]:
        """Return the speech of each link that could be spoken, by its place among the entries."""
        texts = {n: entry.text for n, entry in enumerate(entries) if isinstance(entry, Link) and entry.text}
        if self._presenter is None:
            return {}
        if self._rehearsal:
            return rehearsed(texts, self._presenter, self._rate)
        return spoken(
            self._home,
            texts,
            self._presenter,
            self._speaking,
            rate=self._rate,
            target_lufs=target_lufs,
            warn=self._warn,
            progress=lambda done: self._progress("Speaking", done, len(texts)),
        )


def _filled(parts: Sequence[Set], marks: Mapping[int, Mark], speeches: Mapping[int, Speech]) -> tuple[Set, ...]:
    """Write into the entries when they start, how long was spoken and by whom; all go by place among the entries."""
    number = -1
    filled: list[Set] = []
    for part in parts:
        entries: list[Item | Link] = []
        for entry in part.entries:
            number += 1
            mark = marks.get(number)
            starts_s = round(mark.start_s, 3) if mark else None
            if isinstance(entry, Item):
                entries.append(replace(entry, starts_s=starts_s, joined=mark.joined if mark else None))
            elif mark:
                speech = speeches[number]
                spoken = replace(
                    entry,
                    starts_s=starts_s,
                    speech_s=round(mark.end_s - mark.start_s, 3),
                    engine=speech.engine,
                    voice=speech.voice,
                    text_hash=hashlib.sha256(speech.text.encode("utf-8", "surrogatepass")).hexdigest(),
                )
                entries.append(spoken)
            else:
                entries.append(replace(entry, starts_s=None, speech_s=None, engine=None, voice=None, text_hash=None))
        filled.append(replace(part, entries=tuple(entries)))
    return tuple(filled)
