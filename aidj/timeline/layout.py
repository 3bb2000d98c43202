"""Lay songs and links out on one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from aidj.sequencing import follows
from aidj.timeline.beatmatch import why_not
from aidj.timeline.choosing import BREATH_S, CLASSICAL_BREATH_S, choose, natural, wished_gap_s
from aidj.timeline.gains import PEAK_CEILING_DBTP, run_gain_db, song_gain_db
from aidj.timeline.handover import Handover
from aidj.timeline.judging import Side
from aidj.timeline.model import Band, Clip, Mark, Ramp, TempoStep, Timeline
from aidj.timeline.pins import (
    NOTED_SILENCE_S,
    SHORTEST_S,
    TIMING_NOTE,
    join_pinned,
    place_talk_at,
    silence_note,
    transition_note,
    unheld_note,
)
from aidj.timeline.placed import OpenSong, Song, Start, Talk, name_of, song_mark
from aidj.timeline.seams import Seam, cut_at, segue
from aidj.timeline.talk import (
    DUCK_ATTACK_S,
    DUCK_DB,
    DUCK_MARGIN_S,
    DUCK_RELEASE_S,
    PAUSE_S,
    TalkPlace,
    place_talk,
)
from aidj.timeline.tempo import NATIVE

EDGE_IN_S = 0.005
EDGE_OUT_S = 0.02
"""Every clip has at least so much fade: no click where a cue point cuts into sound, and no attack lost."""
TALK_FADE_IN_S = 0.5
"""Fade-in of a song that begins under speech."""
LEAD_IN_S = 0.3
"""Silence before the first word or note."""
LEAD_OUT_S = 0.5
"""Silence after the last."""
BASS_HZ = 180.0
"""Bass lines and bass drums lie below; of two songs laid beat on beat only one has them at a time."""

_NO_BASS = 1e-3

_DUCK = 10 ** (DUCK_DB / 20)


def lay_out(
    entries: Iterable[Song | Talk],
    *,
    rate: int,
    target_lufs: float,
    ceiling_dbtp: float = PEAK_CEILING_DBTP,
    handover: Handover | None = None,
) -> Timeline:
    """Return the timeline of a whole session; the marks of links and songs come in the order of the entries."""
    layout = Layout(rate=rate, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, handover=handover)
    for entry in entries:
        layout.add(entry)
    return layout.finish()


class Layout:
    """A timeline that grows by one entry at a time; a song is settled when the one after it is known.

    What could not be had of the plan's wishes, such as a transition or a pinned time, is said in `notes`; each begins
    with `TIMING_NOTE`.

    Parameters
    ----------
    rate : int
        Frames per second.
    target_lufs : float
        The loudness of every song.
    ceiling_dbtp : float
        The true peak that the mix will be held to.
    handover : Handover, optional
        How songs hand over where the plan wishes nothing else; by default chosen for each pair.
    """

    def __init__(
        self,
        *,
        rate: int,
        target_lufs: float,
        ceiling_dbtp: float = PEAK_CEILING_DBTP,
        handover: Handover | None = None,
    ) -> None:
        self._rate = rate
        self._target_lufs = target_lufs
        self._ceiling_dbtp = ceiling_dbtp
        self._handover = handover or Handover()
        self._clips: list[Clip] = []
        self._marks: list[Mark] = []
        self.notes: list[str] = []
        self._open: OpenSong | None = None
        self._talks: list[Talk] = []
        self._free_from_s = LEAD_IN_S - PAUSE_S
        """When the last speech or the ending of the last song has made room for the next word."""
        self._spoken_s = 0.0
        """When the last speech is over."""
        self._end_s = 0.0

    def add(self, entry: Song | Talk) -> None:
        """Add the next song or link."""
        if isinstance(entry, Song):
            self._add_song(entry)
        else:
            self._talks.append(entry)

    def finish(self) -> Timeline:
        """Close the session and return it; the layout is used up."""
        self._speak_alone(self._talks)
        self._settle(None)
        return Timeline(
            rate=self._rate,
            n_frames=self._frames(self._end_s + LEAD_OUT_S) if self._clips else 0,
            clips=tuple(sorted(self._clips, key=lambda clip: clip.start_frames)),
            marks=tuple(self._marks),
        )

    def _add_song(self, song: Song) -> None:
        gain_db = self._gain_db(song)
        side = Side(analysis=song.analysis, level_db=gain_db - self._target_lufs)
        earlier, talk = self._talks[:-1], self._talks[-1] if self._talks else None
        pin_s, earliest_s = song.item.pinned_s, self._earliest_pin_s(song, side.level_db)
        if pin_s is not None and earliest_s <= pin_s:
            start = self._pinned(song, side, pin_s)
        else:
            self._speak_alone(earlier)
            start = self._following(song, side, talk)
            if pin_s is not None:
                self._note(unheld_note(name_of(song), pin_s, start.starts_s, earliest_s))
        seam, starts_s = start.seam, self._on_frame(start.starts_s)
        before, ended_s = self._open, self._end_s
        if before and seam:
            ended_s = before.at_s(seam.ends_s)
        whole = seam is not None and seam.kind == "gapless" and talk is None
        chain = self._settle(seam, goes_on=whole and before is not None and before.gain_db == gain_db)
        if start.quiet_by_s is not None:
            for said in earlier:
                self._speak(said, max(start.quiet_by_s, self._spoken_s) + PAUSE_S)
        ramps = self._opening_ramps(seam, starts_s, start.place, talk)
        self._talks = []
        from_s = self._on_frame(seam.next_from_s if seam else song.analysis.cue_in_s)
        tempo = seam.tempo if seam else NATIVE
        self._open = OpenSong(
            song=song,
            starts_s=starts_s,
            from_s=from_s,
            tempo=tempo,
            gain_db=gain_db,
            level_db=side.level_db,
            ramps=ramps,
            bands=self._bass(before, seam, comes=True),
            mark=len(self._marks),
            busy_until_s=max(ended_s, starts_s + tempo.ends_s),
            chain=chain,
        )
        self._marks.append(song_mark(song, starts_s, seam, spoken=talk is not None))

    def _gain_db(self, song: Song) -> float:
        if len(song.run) > 1 and song.analysis.gain_db is None:
            return run_gain_db(song.run, self._target_lufs, self._ceiling_dbtp)
        return song_gain_db(song.analysis, self._target_lufs, self._ceiling_dbtp)

    def _opening_ramps(
        self, seam: Seam | None, starts_s: float, place: TalkPlace | None, talk: Talk | None
    ) -> tuple[Ramp, ...]:
        """Return the fade-in of a song and its duck, and speak the link before it."""
        fade_in_s = seam.fade_in_s if seam else 0.0
        ramps: tuple[Ramp, ...] = ()
        if talk is not None and place is not None:
            self._speak(talk, place.speech_starts_s)
            if place.ducked:
                fade_in_s = TALK_FADE_IN_S if starts_s > place.speech_starts_s else fade_in_s
                ramps = self._duck(place, self._spoken_s)
        if seam and seam.kind == "gapless":
            return ramps
        shape = seam.shape if seam else "quarter_sine"
        fade_end = self._frames(starts_s + max(fade_in_s, EDGE_IN_S))
        return (Ramp(self._frames(starts_s), fade_end, 0.0, 1.0, shape), *ramps)

    def _bass(self, before: OpenSong | None, seam: Seam | None, *, comes: bool) -> tuple[Band, ...]:
        """Return how a song's bass comes or goes where it is laid on another's beats: never both at once."""
        if before is None or seam is None or seam.swap_s is None:
            return ()
        start, end = (self._frames(before.at_s(moment)) for moment in seam.swap_s)
        from_gain, to_gain = (_NO_BASS, 1.0) if comes else (1.0, _NO_BASS)
        ramp = Ramp(start, end, from_gain, to_gain, "smooth_db")
        return (Band(filter="low_shelf", frequency_hz=BASS_HZ, ramps=(ramp,)),)

    def _following(self, song: Song, side: Side, talk: Talk | None) -> Start:
        """Begin a song where the one before it and the link between them have it begin."""
        before, wish = self._open, song.item.transition
        follows_something = bool(self._clips) or before is not None
        seam = self._seam(before, song, side, spoken=talk is not None) if before else None
        joins_at_s = before.at_s(seam.next_starts_s) if before and seam else max(LEAD_IN_S, self._end_s)
        if before:
            self._free_from_s = max(self._free_from_s, before.quiet_at_s)
        starts_s = max(joins_at_s, self._spoken_s)
        place: TalkPlace | None = None
        if talk is not None:
            speech_s = talk.speech.duration_s
            if wish is not None and wish.kind == "gap":
                speaks_s = self._free_from_s + PAUSE_S
                song_s = max(starts_s, speaks_s + speech_s + PAUSE_S)
                place = TalkPlace(speech_starts_s=speaks_s, song_starts_s=song_s, ducked=False)
            else:
                place = place_talk(
                    speech_s, song.analysis, side.level_db, free_from_s=self._free_from_s, joins_at_s=starts_s
                )
            starts_s = place.song_starts_s
        if before and starts_s != joins_at_s:
            seam = segue(before.song.analysis, song.analysis, before.on_file_s(starts_s))
        if follows_something:
            alone = before is not None and (before.song.untouched or song.untouched)
            why = "one of the two is to be left alone" if alone else "what is said before it takes its time"
            beats = why_not(before.song.analysis, song.analysis) if before else None
            self._note(transition_note(name_of(song), wish, seam, starts_s - joins_at_s, why, beats))
        return Start(seam=seam, starts_s=starts_s, place=place)

    def _seam(self, before: OpenSong, song: Song, side: Side, *, spoken: bool) -> Seam:
        wish = song.item.transition
        if spoken and (wish is None or wish.kind == "beatmix"):
            return natural(before.side, side)
        return choose(
            before.side,
            side,
            wish=wish,
            handover=self._handover,
            neighbours=follows(before.song.track, song.track),
            untouched=before.song.untouched or song.untouched,
            breath_s=CLASSICAL_BREATH_S if before.song.classical or song.classical else BREATH_S,
            mixed=not (before.song.run or song.run),
            same_recording=before.song.track.id == song.track.id,
            earliest_s=before.on_file_s(before.busy_until_s),
        )

    def _pinned(self, song: Song, side: Side, pin_s: float) -> Start:
        """Begin a song at its pinned time, and end early what would still sound."""
        before, wish = self._open, song.item.transition
        lead_s, place = self._lead(song, side.level_db, pin_s)
        quiet_by_s = pin_s - lead_s
        seam: Seam | None = None
        ended_s = max(self._end_s, self._spoken_s)
        if before:
            made, pinned_on_file_s = before.song.analysis, before.on_file_s(pin_s)
            if not self._talks:
                seam = join_pinned(before.side, side, wish, pinned_on_file_s)
            elif before.quiet_at_s <= quiet_by_s:
                seam = segue(made, song.analysis, pinned_on_file_s)
            else:
                seam = cut_at(made, song.analysis, before.on_file_s(quiet_by_s), pinned_on_file_s)
            ended_s = max(ended_s, before.at_s(seam.ends_s))
            self._note(transition_note(name_of(song), wish, seam, 0.0, "it has to begin where it is pinned"))
        silent_s = quiet_by_s - ended_s
        if silent_s > NOTED_SILENCE_S:
            self._note(silence_note(name_of(song), pin_s, silent_s))
        return Start(seam=seam, starts_s=pin_s, place=place, quiet_by_s=quiet_by_s)

    def _lead(self, song: Song, level_db: float, pin_s: float) -> tuple[float, TalkPlace | None]:
        """Return how long before a pin the song before has to be quiet, and where the last link stands."""
        gap_s = wished_gap_s(song.item.transition) if self._open else 0.0
        if not self._talks:
            return gap_s, None
        *earlier, last = self._talks
        earlier_s = sum(PAUSE_S + talk.speech.duration_s for talk in earlier)
        place = place_talk_at(last.speech.duration_s, song.analysis, level_db, song_starts_s=pin_s)
        if gap_s or (earlier and place.speech_starts_s > pin_s):
            speaks_s = pin_s - PAUSE_S - last.speech.duration_s
            place = TalkPlace(speech_starts_s=speaks_s, song_starts_s=pin_s, ducked=False)
        before_pin_s = pin_s - place.speech_starts_s
        return max(gap_s, earlier_s + PAUSE_S + before_pin_s if before_pin_s > 0 else 0.0), place

    def _earliest_pin_s(self, song: Song, level_db: float) -> float:
        """Return the first moment to which a song can be pinned, after what sounds before it."""
        earliest_s = max(self._end_s, self._spoken_s, self._free_from_s if self._talks else 0.0)
        if self._open:
            earliest_s = max(earliest_s, self._open.starts_s + SHORTEST_S)
        return earliest_s + self._lead(song, level_db, 0.0)[0]

    def _note(self, text: str | None) -> None:
        if text:
            self.notes.append(f"{TIMING_NOTE}{text}")

    def _duck(self, place: TalkPlace, ends_s: float) -> tuple[Ramp, ...]:
        release = self._ramp(ends_s, ends_s + DUCK_RELEASE_S, _DUCK, 1.0)
        if place.song_starts_s > place.speech_starts_s - DUCK_ATTACK_S - DUCK_MARGIN_S:
            return (release,)  # the song begins lowered
        down_s = place.speech_starts_s - DUCK_MARGIN_S
        # The two ramps multiply, so the way down and the way up each move by the whole depth.
        return (
            self._ramp(down_s - DUCK_ATTACK_S, down_s, 1.0, _DUCK),
            self._ramp(ends_s, ends_s + DUCK_RELEASE_S, 1.0, 1 / _DUCK),
        )

    def _ramp(self, start_s: float, end_s: float, from_gain: float, to_gain: float) -> Ramp:
        return Ramp(self._frames(start_s), self._frames(end_s), from_gain, to_gain, "smooth_db")

    def _speak_alone(self, talks: Iterable[Talk]) -> None:
        """Speak links that no song follows at once; the song before them is settled."""
        for talk in talks:
            if self._open:
                self._free_from_s = max(self._free_from_s, self._open.quiet_at_s)
            self._speak(talk, self._free_from_s + PAUSE_S)
            self._settle(None)

    def _speak(self, talk: Talk, starts_s: float) -> None:
        start = self._frames(starts_s)
        clip = Clip(source=talk.speech, lane="voice", start_frames=start, n_frames=len(talk.speech.samples))
        self._clips.append(clip)
        ends_s = clip.end_frames / self._rate
        self._marks.append(
            Mark(
                kind="link",
                start_s=start / self._rate,
                end_s=ends_s,
                title=talk.presenter or "Presenter",
                link_kind=talk.link.kind,
                text=talk.speech.text,
                words=talk.speech.words,
                presenter=talk.presenter,
            )
        )
        self._free_from_s = max(self._free_from_s, ends_s)
        self._spoken_s = ends_s
        self._end_s = max(self._end_s, ends_s)

    def _settle(self, seam: Seam | None, *, goes_on: bool = False) -> Clip | None:
        """Close the open song: at the seam, or, without one, at its own end. Return its clip if the next goes on in it.

        Parameters
        ----------
        goes_on : bool
            Whether the next song is the following file of the same clip, where the whole file is played.
        """
        if self._open is None:
            return None
        song, self._open = self._open, None
        analysis = song.song.analysis
        ends_s = song.at_s(seam.ends_s if seam else analysis.cue_out_s)
        start, end = self._frames(song.starts_s), self._frames(ends_s)
        ramps = song.ramps
        if seam is None or seam.kind != "gapless":
            fade_out_s = max(seam.fade_out_s if seam else 0.0, EDGE_OUT_S)
            shape = seam.shape if seam else "quarter_sine"
            ramps = (*ramps, Ramp(self._frames(ends_s - fade_out_s), end, 1.0, 0.0, shape))
        clip = self._clip(song, start, max(0, end - start), ramps, self._bass(song, seam, comes=False))
        self._marks[song.mark] = replace(self._marks[song.mark], end_s=end / self._rate)
        self._end_s = max(self._end_s, ends_s)
        if goes_on and seam is not None and seam.ends_s == analysis.duration_s and seam.next_from_s == 0.0:
            return clip
        self._clips.append(clip)
        return None

    def _clip(
        self, song: OpenSong, start: int, n_frames: int, ramps: tuple[Ramp, ...], bands: tuple[Band, ...]
    ) -> Clip:
        ramps = tuple(ramp for ramp in ramps if ramp.end_frames > ramp.start_frames)
        path = song.song.track.path
        if song.chain is not None:
            return replace(
                song.chain,
                then=(*song.chain.then, path),
                n_frames=start + n_frames - song.chain.start_frames,
                ramps=(*song.chain.ramps, *ramps),
                bands=(*song.chain.bands, *song.bands, *bands),
            )
        tempo = zip(song.tempo.starts_s, song.tempo.rates, strict=True)
        return Clip(
            source=path,
            lane="music",
            start_frames=start,
            n_frames=n_frames,
            source_start_frames=self._frames(song.from_s),
            gain=10 ** (song.gain_db / 20),
            ramps=ramps,
            tempo=tuple(TempoStep(start + self._frames(at_s), rate) for at_s, rate in tempo),
            bands=(*song.bands, *bands),
        )

    def _on_frame(self, seconds: float) -> float:
        return self._frames(seconds) / self._rate

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._rate)
