"""Lay songs and links out on one line."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from aidj.model import TalkSettings
from aidj.sequencing import follows
from aidj.timeline.beatmatch import why_not
from aidj.timeline.choosing import BREATH_S, CLASSICAL_BREATH_S, choose, natural, wished_gap_s
from aidj.timeline.cutting import HUSH_FADE_S, SKIP_FADE_S, after_skip, cut_short, faded_out, heard
from aidj.timeline.ducking import Duck, lowered, merged
from aidj.timeline.gains import PEAK_CEILING_DBTP, run_gain_db, song_gain_db
from aidj.timeline.handover import Handover
from aidj.timeline.judging import Side
from aidj.timeline.model import Band, Clip, Mark, Ramp, TempoStep, Timeline
from aidj.timeline.pins import (
    NOTED_SILENCE_S,
    SHORTEST_S,
    TIMING_NOTE,
    join_pinned,
    silence_note,
    transition_note,
    unheld_note,
)
from aidj.timeline.placed import OpenSong, Song, Start, Talk, name_of, song_mark
from aidj.timeline.places import PAUSE_S, Spot
from aidj.timeline.seams import Seam, cut_at, segue
from aidj.timeline.talk import TalkPlace, place_talk
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
_BEFORE_PIN = "said before a song that has to begin where it is pinned"


def lay_out(
    entries: Iterable[Song | Talk],
    *,
    rate: int,
    target_lufs: float,
    ceiling_dbtp: float = PEAK_CEILING_DBTP,
    handover: Handover | None = None,
    talk: TalkSettings | None = None,
) -> Timeline:
    """Return the timeline of a whole session; the marks of links and songs come in the order of the entries."""
    layout = Layout(rate=rate, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp, handover=handover, talk=talk)
    for entry in entries:
        layout.add(entry)
    return layout.finish()


class Layout:
    """A timeline that grows by one entry at a time; a song is settled when the one after it is known.

    It is causal: what comes later changes nothing of what is heard before the seam to it begins. A song with a `cut_s`
    is laid out as if it had none, up to there; then everything fades, and the next song begins.

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
    talk : TalkSettings, optional
        Where links stand, how far music is lowered under them, and how loud they are beside it.
    """

    def __init__(
        self,
        *,
        rate: int,
        target_lufs: float,
        ceiling_dbtp: float = PEAK_CEILING_DBTP,
        handover: Handover | None = None,
        talk: TalkSettings | None = None,
    ) -> None:
        self._rate = rate
        self._target_lufs = target_lufs
        self._ceiling_dbtp = ceiling_dbtp
        self._handover = handover or Handover()
        self._talk = talk or TalkSettings()
        self._clips: list[Clip] = []
        self._marks: list[Mark] = []
        self.notes: list[str] = []
        self._open: OpenSong | None = None
        self._talks: list[Talk] = []
        self._ducks: list[Duck] = []
        self._faded: list[Clip] = []
        """The songs up to the last one that was skipped, with all their ducks."""
        self._spoken_s = 0.0
        """When the last speech is over."""
        self._end_s = 0.0
        self._cut_s: float | None = None
        """When the song before was skipped, and the next may begin; None where it ended by itself."""

    def copy(self) -> Self:
        """Return a layout in the same state, that can be continued independently; takes no time to speak of."""
        twin = copy.copy(self)
        twin._clips, twin._marks, twin.notes = [*self._clips], [*self._marks], [*self.notes]
        twin._talks, twin._ducks, twin._faded = [*self._talks], [*self._ducks], [*self._faded]
        return twin

    def add(self, entry: Song | Talk) -> None:
        """Add the next song or link."""
        if isinstance(entry, Song):
            self._go_on(entry)
        else:
            self._talks.append(entry)

    def finish(self) -> Timeline:
        """Close the session and return it; the layout is used up."""
        self._go_on(None)
        ducks = merged(self._ducks)
        clips = [lowered(clip, ducks, self._rate) if clip.lane == "music" else clip for clip in self._clips]
        clips = [*self._faded, *clips]
        return Timeline(
            rate=self._rate,
            n_frames=self._frames(self._end_s + LEAD_OUT_S) if clips else 0,
            clips=tuple(sorted(clips, key=lambda clip: (clip.start_frames, clip.lane))),
            marks=tuple(self._marks),
        )

    def _go_on(self, song: Song | None) -> None:
        """Say what waits and begin a song, or end the session; a song that was skipped is faded out where it was."""
        cut_s = self._skipped_at_s()
        if self._open is None or cut_s is None:
            self._begin(song)
            return
        uncut = replace(self._open, song=replace(self._open.song, item=replace(self._open.song.item, cut_s=None)))
        ahead = self.copy()
        ahead._open = uncut
        ahead._begin(song)
        marks = ahead._marks[len(self._marks) :][: len(self._talks)]
        n_said = sum(mark.start_s < cut_s for mark in marks)
        if ahead._has_begun(song, cut_s, after_talk=0 < n_said == len(marks)):
            self._open = uncut
            self._begin(song)
            self._fade_out(cut_s)
        else:
            self._return_to(cut_s, ahead, n_said)
            self._begin(song)

    def _skipped_at_s(self) -> float | None:
        if self._open is None or self._open.song.item.cut_s is None:
            return None
        return self._on_frame(self._open.starts_s + self._open.song.item.cut_s)

    def _has_begun(self, song: Song | None, cut_s: float, *, after_talk: bool) -> bool:
        """Return whether what was just added was under way at a cut, or waits only for what is being said there."""
        if song is None or self._open is None:
            return after_talk
        starts_s = self._open.starts_s
        return starts_s <= cut_s or (after_talk and starts_s <= max(cut_s, self._spoken_s) + PAUSE_S)

    def _return_to(self, cut_s: float, ahead: Layout, n_said: int) -> None:
        """Take over what was under way at a cut, the first so many of the links that wait included; nothing else."""
        music = [clip for clip in ahead._clips if clip.lane == "music"]
        if ahead._open is not None and ahead._open.chain is not None:
            music.append(ahead._open.chain)
        n_spoken = sum(clip.lane == "voice" for clip in self._clips) + n_said
        voice = [clip for clip in ahead._clips if clip.lane == "voice"][:n_spoken]
        self._clips = [*music, *voice]
        self._marks = ahead._marks[: len(self._marks) + n_said]
        n_ducks = len(self._ducks) + n_said
        # Music that goes down for a word at the cut does so, even if the word is not said.
        self._ducks = ahead._ducks
        self._fade_out(cut_s)
        self._ducks = ahead._ducks[:n_ducks]
        if n_said:
            self._spoken_s = self._ducks[-1].end_s
        self._talks = self._talks[n_said:]
        self._open = None
        self._cut_s = cut_s

    def _fade_out(self, cut_s: float) -> None:
        """Fade all songs that are settled, from a moment on; nothing that is added later changes them."""
        start, length = self._frames(cut_s), self._frames(SKIP_FADE_S)
        ducks = merged(self._ducks)
        music = [lowered(clip, ducks, self._rate) for clip in self._clips if clip.lane == "music"]
        self._faded += [faded_out(clip, start, length) for clip in music]
        self._clips = [clip for clip in self._clips if clip.lane == "voice"]
        end_s = (start + length) / self._rate
        self._marks = [cut_short(mark, end_s) if mark.kind == "song" else mark for mark in self._marks]
        self._end_s = max((clip.end_frames for clip in (*self._faded, *self._clips)), default=0) / self._rate

    def _begin(self, song: Song | None) -> None:
        """Say what waits, and begin a song or end the session; the open song is settled."""
        if song is not None:
            self._add_song(song)
        else:
            self._speak_alone(self._talks)
            self._settle(None)
            self._talks = []
        self._cut_s = None

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
                at_s = max(start.quiet_by_s, self._spoken_s) + PAUSE_S
                self._speak(said, TalkPlace(speech_starts_s=at_s, song_starts_s=starts_s, why=(_BEFORE_PIN,)))
        if talk is not None and start.place is not None:
            self._speak(talk, start.place)
        ramps = self._opening_ramps(seam, starts_s, start.place)
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
        self._marks.append(song_mark(song, starts_s, seam, start.place))

    def _gain_db(self, song: Song) -> float:
        if len(song.run) > 1 and song.analysis.gain_db is None:
            return run_gain_db(song.run, self._target_lufs, self._ceiling_dbtp)
        return song_gain_db(song.analysis, self._target_lufs, self._ceiling_dbtp)

    def _opening_ramps(self, seam: Seam | None, starts_s: float, place: TalkPlace | None) -> tuple[Ramp, ...]:
        """Return the fade-in of a song."""
        if seam and seam.kind == "gapless":
            return ()
        fade_in_s = seam.fade_in_s if seam else 0.0
        if place is not None and place.speech_starts_s < starts_s < self._spoken_s:
            fade_in_s = TALK_FADE_IN_S
        shape = seam.shape if seam else "quarter_sine"
        fade_end = self._frames(starts_s + max(fade_in_s, EDGE_IN_S))
        return (Ramp(self._frames(starts_s), fade_end, 0.0, 1.0, shape),)

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
        follows_something = bool(self._clips or self._faded) or before is not None
        seam = self._seam(before, song, side, spoken=talk is not None) if before else None
        ended_s = self._end_s if self._cut_s is None else self._cut_s
        joins_at_s = before.at_s(seam.next_starts_s) if before and seam else max(LEAD_IN_S, ended_s)
        starts_s = max(joins_at_s, self._spoken_s)
        place: TalkPlace | None = None
        if talk is not None:
            apart = wish is not None and wish.kind == "gap"
            place = place_talk(self._spot(talk, song, side, starts_s), "gap" if apart else self._talk.placement)
            if talk.link.cut_s is None:
                starts_s = place.song_starts_s
            else:  # nothing waits for what is no longer said
                hushed_s = self._on_frame(place.speech_starts_s) + self._on_frame(talk.link.cut_s)
                starts_s = min(place.song_starts_s, max(starts_s, hushed_s))
        if self._cut_s is not None:
            return Start(seam=after_skip(starts_s, song.analysis.cue_in_s, self._cut_s), starts_s=starts_s, place=place)
        if before and starts_s != joins_at_s:
            seam = segue(before.song.analysis, song.analysis, before.on_file_s(starts_s))
        if follows_something:
            alone = before is not None and (before.song.untouched or song.untouched)
            why = "one of the two is to be left alone" if alone else "what is said before it takes its time"
            beats = why_not(before.song.analysis, song.analysis) if before else None
            self._note(transition_note(name_of(song), wish, seam, starts_s - joins_at_s, why, beats))
        return Start(seam=seam, starts_s=starts_s, place=place)

    def _spot(
        self, talk: Talk, song: Song | None, side: Side | None, joins_at_s: float, *, pinned: bool = False
    ) -> Spot:
        """Return what a link stands between: the open song, and the one to come if it comes at once."""
        before = self._open
        neighbours = song is not None and self._on_album(song)
        return Spot(
            speech_s=talk.speech.duration_s,
            free_from_s=max(self._spoken_s, LEAD_IN_S - PAUSE_S, self._cut_s or 0.0),
            joins_at_s=joins_at_s,
            before=before.side if before and not pinned else None,
            before_ends_s=before.ends_s if before and not pinned else 0.0,
            after=side,
            # Between two songs of an album run there is a gap for it, or nothing.
            before_alone=neighbours or (before is not None and before.song.untouched),
            after_alone=neighbours or (song is not None and song.untouched),
            pinned=pinned,
            breath_s=CLASSICAL_BREATH_S if before and before.song.classical else PAUSE_S,
        )

    def _on_album(self, song: Song) -> bool:
        """Return whether a song follows the open one on its album."""
        return self._open is not None and follows(self._open.song.track, song.track)

    def _apart(self, song: Song) -> bool:
        """Return whether a link before a song may stand over nothing at all of the song before."""
        wish = song.item.transition
        return self._talk.placement == "gap" or (wish is not None and wish.kind == "gap") or self._on_album(song)

    def _seam(self, before: OpenSong, song: Song, side: Side, *, spoken: bool) -> Seam:
        wish = song.item.transition
        cut = wish is not None and wish.kind == "gapless" and self._on_album(song)  # no room between whole files
        if spoken and (wish is None or wish.kind == "beatmix" or cut):
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
            elif (before.ends_s if self._apart(song) else before.quiet_at_s) <= quiet_by_s:
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
        spot = self._spot(last, song, Side(analysis=song.analysis, level_db=level_db), pin_s, pinned=True)
        place = place_talk(spot, "gap" if gap_s else self._talk.placement)
        if earlier and place.speech_starts_s >= pin_s:
            place = place_talk(spot, "gap")
        before_pin_s = pin_s - place.speech_starts_s
        return max(gap_s, earlier_s + PAUSE_S + before_pin_s if before_pin_s > 0 else 0.0), place

    def _earliest_pin_s(self, song: Song, level_db: float) -> float:
        """Return the first moment to which a song can be pinned, after what sounds before it."""
        earliest_s = max(self._end_s, self._spoken_s, LEAD_IN_S - PAUSE_S if self._talks else 0.0)
        if self._open:
            earliest_s = max(earliest_s, self._open.starts_s + SHORTEST_S)
        return earliest_s + self._lead(song, level_db, 0.0)[0]

    def _note(self, text: str | None) -> None:
        if text:
            self.notes.append(f"{TIMING_NOTE}{text}")

    def _speak_alone(self, talks: Iterable[Talk]) -> None:
        """Speak links that no song follows at once."""
        for talk in talks:
            self._speak(talk, place_talk(self._spot(talk, None, None, 0.0), self._talk.placement))

    def _speak(self, talk: Talk, place: TalkPlace) -> None:
        settings, speech = self._talk, talk.speech
        start = self._frames(place.speech_starts_s)
        clip = Clip(
            source=speech,
            lane="voice",
            start_frames=start,
            n_frames=len(speech.samples),
            gain=10 ** (settings.voice_db / 20),
        )
        starts_s, ends_s = start / self._rate, clip.end_frames / self._rate
        mark = Mark(
            kind="link",
            start_s=starts_s,
            end_s=ends_s,
            title=talk.presenter or "Presenter",
            why="; ".join(place.why),
            link_kind=talk.link.kind,
            text=speech.text,
            words=speech.words,
            presenter=talk.presenter,
        )
        cut_s = talk.link.cut_s
        if cut_s is not None and cut_s + HUSH_FADE_S < speech.duration_s:
            cut = start + self._frames(cut_s)
            clip = faded_out(clip, cut, self._frames(HUSH_FADE_S))
            text, words = heard(speech, cut_s)
            mark = cut_short(replace(mark, text=text, words=words), clip.end_frames / self._rate)
            ends_s = cut / self._rate
        self._clips.append(clip)
        self._marks.append(mark)
        self._ducks.append(
            Duck(
                start_s=starts_s,  # nothing is silent before the first word, and its time may be missing
                end_s=ends_s,
                # Half of the dip, but everywhere, does as much for the voices that need it so.
                duck_db=settings.duck_db + (settings.dip_db / 2 if talk.flat_duck else 0.0),
                dip_db=0.0 if talk.flat_duck else settings.dip_db,
            )
        )
        self._spoken_s = ends_s
        self._end_s = max(self._end_s, clip.end_frames / self._rate)

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
