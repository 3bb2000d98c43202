"""From a plan to a timeline: find the songs, write and speak the links, lay everything out.

Whatever fails on the way costs itself and not the session: a file that is gone, a line that cannot be written, a voice
that does not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from aidj.errors import PlanError, VoiceError
from aidj.home import Home
from aidj.model import Analysis, Item, Link, Plan, Set, Speech, Track, TrackRef
from aidj.script import load_lines
from aidj.session.committing import LinkWriting, find_tracks, silent, unopenable
from aidj.session.treatment import handover_of, songs_of
from aidj.timeline import PEAK_CEILING_DBTP, TIMING_NOTE, Layout, Mark, Song, Talk, Timeline, common_target_lufs
from aidj.voice import Presenter, SilentVoice, Voice, load_presenter, make_voice, prepare_speech

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("Measuring", "Speaking", "Mixing"), how much of it is done, and of how much."""

LOUDNESS_NOTE = "About the loudness: "
"""How a note about it begins; like those of the timeline it is made anew each time."""
_SPEAKERS = 2
_REHEARSAL_RATE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """A plan that has become sound in all but the samples."""

    plan: Plan
    """The plan with what was said and where everything starts."""
    timeline: Timeline
    target_lufs: float
    """The loudness of every song: the plan's, or what all of them can be brought to."""
    warnings: tuple[str, ...]
    """What had to be left out, and why."""


def realise(
    home: Home,
    plan: Plan,
    *,
    rate: int,
    voice: Voice | None = None,
    disclose: bool = True,
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
    disclose : bool
        Whether the opening says that the voice is synthetic.
    ceiling_dbtp : float
        The true peak that the mix will be held to.

    Raises
    ------
    PlanError
        If a song of the plan is not in the library, or nothing of it can be played.
    ConfigError, ScriptError
        If the presenter or the lines are wrong.
    """
    return _Realising(home, plan, rate, voice, disclose, progress or _no_progress, ceiling_dbtp).run()


def rehearse(home: Home, plan: Plan, *, disclose: bool = True) -> Timeline:
    """Return about the timeline a plan will become: with its real texts, but nothing spoken.

    How long each text takes is estimated. Raises as `realise` does.
    """
    return _Realising(home, plan, _REHEARSAL_RATE, None, disclose, _no_progress, rehearsal=True).run().timeline


def _no_progress(what: str, done: int, of: int) -> None:
    pass


class _Realising:
    def __init__(
        self,
        home: Home,
        plan: Plan,
        rate: int,
        voice: Voice | None,
        disclose: bool,
        progress: Progress,
        ceiling_dbtp: float = PEAK_CEILING_DBTP,
        *,
        rehearsal: bool = False,
    ) -> None:
        self._home = home
        self._plan = plan
        self._rate = rate
        self._disclose = disclose
        self._progress = progress
        self._warnings: list[str] = []
        self._notes: list[str] = []
        self._presenter = load_presenter(plan.presenter, extra_folders=(home.voices_folder,)) if plan.links() else None
        self._voice = voice
        self._ceiling_dbtp = ceiling_dbtp
        self._rehearsal = rehearsal

    def run(self) -> Realised:
        tracks, unknown = find_tracks(self._home, self._plan)
        for error in unknown:
            self._warn(f"A song is left out. {error}")
        analyses = self._measure(list(tracks.values()))
        tracks = {reference: track for reference, track in tracks.items() if track.id in analyses}
        committed = self._written(tracks)
        entries = [entry for part in committed for entry in part.entries]
        songs = songs_of(entries, tracks, analyses)
        target_lufs = self._common_target(list(songs.values()))
        speeches = self._speak(entries, target_lufs)
        talks = {
            number: Talk(link=entry, speech=speeches[number], presenter=self._presenter_name)
            for number, entry in enumerate(entries)
            if isinstance(entry, Link) and number in speeches
        }
        placed: dict[int, Song | Talk] = {n: (songs | talks)[n] for n in sorted({*songs, *talks})}
        layout = Layout(
            rate=self._rate,
            target_lufs=target_lufs,
            ceiling_dbtp=self._ceiling_dbtp,
            handover=handover_of(self._plan),
        )
        for song_or_talk in placed.values():
            layout.add(song_or_talk)
        timeline = layout.finish()
        marks = dict(zip(placed, timeline.marks, strict=True))
        # What an earlier rendering said of the timing may have been mended since.
        before = [note for note in self._plan.notes if not note.startswith((TIMING_NOTE, LOUDNESS_NOTE))]
        notes = dict.fromkeys([*before, *self._warnings, *self._notes, *layout.notes])
        plan = replace(self._plan, sets=_filled(committed, marks), notes=tuple(notes))
        return Realised(plan=plan, timeline=timeline, target_lufs=target_lufs, warnings=tuple(self._warnings))

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

    def _written(self, tracks: Mapping[TrackRef, Track]) -> Sequence[Set]:
        if self._presenter is None:
            return self._plan.sets
        lines = load_lines(self._presenter.language, extra_folders=(self._home.voices_folder,))
        writing = LinkWriting(self._plan, tracks, lines, disclose=self._disclose)
        written = writing.sets()
        self._warnings += writing.warnings
        return written

    def _speak(self, entries: Sequence[Item | Link], target_lufs: float) -> dict[int, Speech]:
        """Return the speech of each link that could be spoken, by its place among the entries."""
        told = {n: entry.text for n, entry in enumerate(entries) if isinstance(entry, Link) and entry.text}
        if not told or self._presenter is None:
            return {}
        if self._rehearsal:
            silence = SilentVoice(pace_wpm=self._presenter.pace_wpm, rate=self._rate)
            return {number: silence.speak(text) for number, text in told.items()}
        voice = self._usable_voice(self._presenter)
        if voice is None:
            return {}

        def speak(text: str) -> Speech | VoiceError:
            try:
                return prepare_speech(voice.speak(text), rate=self._rate, target_lufs=target_lufs)
            except VoiceError as error:
                return error

        speeches: dict[int, Speech] = {}
        with ThreadPoolExecutor(_SPEAKERS, thread_name_prefix="aidj-voice") as pool:
            for done, (number, result) in enumerate(zip(told, pool.map(speak, told.values()), strict=True), start=1):
                if isinstance(result, VoiceError):
                    self._warn(f"A link is left out. {result}")
                else:
                    speeches[number] = result
                self._progress("Speaking", done, len(told))
        return speeches

    def _usable_voice(self, presenter: Presenter) -> Voice | None:
        try:
            voice = self._voice or make_voice(presenter, self._home.speech_folder)
            why_not = voice.probe()
        except VoiceError as error:
            why_not = str(error)
        if why_not:
            self._warn(f"Nothing is said in this session: {why_not}")
            return None
        return voice


def _filled(parts: Sequence[Set], marks: Mapping[int, Mark]) -> tuple[Set, ...]:
    """Write into the entries when they start and how long was spoken; `marks` go by place among all entries."""
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
            else:
                speech_s = round(mark.end_s - mark.start_s, 3) if mark else None
                entries.append(replace(entry, starts_s=starts_s, speech_s=speech_s))
        filled.append(replace(part, entries=tuple(entries)))
    return tuple(filled)
