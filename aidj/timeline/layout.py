"""Lay songs and links out on one line: a song is settled when it is known what comes after it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from aidj.model import TalkSettings
from aidj.timeline.beginning import Before, alone, earliest_pin_s, following, pinned
from aidj.timeline.clips import bass, fade_in
from aidj.timeline.gains import PEAK_CEILING_DBTP, run_gain_db, song_gain_db
from aidj.timeline.handover import Handover
from aidj.timeline.judging import Side
from aidj.timeline.model import Clip, Timeline, on_frame
from aidj.timeline.pins import TIMING_NOTE, unheld_note
from aidj.timeline.placed import OpenSong, Song, Start, Talk, name_of, song_mark
from aidj.timeline.places import PAUSE_S
from aidj.timeline.seams import Seam
from aidj.timeline.settled import Settled
from aidj.timeline.talk import TalkPlace
from aidj.timeline.tempo import NATIVE

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
        self._settings = talk or TalkSettings()
        self.notes: list[str] = []
        self._settled = Settled(rate, self._settings)
        self._open: OpenSong | None = None
        self._talks: list[Talk] = []
        """The links that wait for what comes after them."""
        self._cut_s: float | None = None
        """When the song before was skipped, and the next may begin; None where it ended by itself."""

    def copy(self) -> Self:
        """Return a layout in the same state, that can be continued independently; takes no time to speak of."""
        twin = copy.copy(self)
        twin.notes, twin._talks, twin._settled = [*self.notes], [*self._talks], self._settled.copy()
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
        return self._settled.timeline()

    # --- songs and links ----------------------------------------------------------------------------------------------

    def _begin(self, song: Song | None) -> None:
        """Say what waits, and begin a song or end the session; the open song is settled."""
        if song is not None:
            self._add_song(song)
        else:
            self._speak_alone(self._talks)
            self._close(None)
        self._talks = []
        self._cut_s = None

    def _add_song(self, song: Song) -> None:
        gain_db = self._gain_db(song)
        side = Side(analysis=song.analysis, level_db=gain_db - self._target_lufs)
        start = self._start(song, side)
        self.notes += [f"{TIMING_NOTE}{note}" for note in start.notes]
        seam, starts_s = start.seam, on_frame(start.starts_s, self._rate)
        before, ended_s = self._open, self._settled.end_s
        if before and seam:
            ended_s = before.at_s(seam.ends_s)
        whole = seam is not None and seam.kind == "gapless" and not self._talks
        chain = self._close(seam, goes_on=whole and before is not None and before.gain_db == gain_db)
        self._speak_before(start, starts_s)
        begun_over = start.place is not None and start.place.speech_starts_s < starts_s < self._settled.spoken_s
        tempo = seam.tempo if seam else NATIVE
        self._open = OpenSong(
            song=song,
            starts_s=starts_s,
            from_s=on_frame(seam.next_from_s if seam else song.analysis.cue_in_s, self._rate),
            tempo=tempo,
            gain_db=gain_db,
            level_db=side.level_db,
            ramps=fade_in(seam, starts_s, self._rate, under_speech=begun_over),
            bands=bass(before, seam, self._rate, comes=True),
            mark=len(self._settled.marks),
            busy_until_s=max(ended_s, starts_s + tempo.ends_s),
            chain=chain,
        )
        self._settled.marks.append(song_mark(song, starts_s, seam, start.place))

    def _gain_db(self, song: Song) -> float:
        if len(song.run) > 1 and song.analysis.gain_db is None:
            return run_gain_db(song.run, self._target_lufs, self._ceiling_dbtp)
        return song_gain_db(song.analysis, self._target_lufs, self._ceiling_dbtp)

    def _start(self, song: Song, side: Side) -> Start:
        """Find where a song begins. If it cannot be held to a pin, all links but the last are said first."""
        pin_s = song.item.pinned_s
        earliest_s = earliest_pin_s(self._before(), song, side) if pin_s is not None else 0.0
        if pin_s is not None and earliest_s <= pin_s:
            return pinned(self._before(), song, side, pin_s)
        self._speak_alone(self._talks[:-1])
        start = following(self._before(), song, side)
        if pin_s is None:
            return start
        return replace(start, notes=(*start.notes, unheld_note(name_of(song), pin_s, start.starts_s, earliest_s)))

    def _before(self) -> Before:
        return Before(
            rate=self._rate,
            handover=self._handover,
            settings=self._settings,
            song=self._open,
            talks=tuple(self._talks),
            anything=self._open is not None or not self._settled.empty,
            end_s=self._settled.end_s,
            spoken_s=self._settled.spoken_s,
            cut_s=self._cut_s,
        )

    def _close(self, seam: Seam | None, *, goes_on: bool = False) -> Clip | None:
        """Settle the open song, if there is one; return its clip if the next song goes on in it."""
        song, self._open = self._open, None
        return None if song is None else self._settled.close(song, seam, goes_on=goes_on)

    def _speak_alone(self, talks: Iterable[Talk]) -> None:
        """Speak links that no song follows at once."""
        for talk in talks:
            self._settled.speak(talk, alone(self._before(), talk))

    def _speak_before(self, start: Start, starts_s: float) -> None:
        """Speak the last link where the song's start has it, and before a pinned song all that wait."""
        if start.quiet_by_s is not None:
            for talk in self._talks[:-1]:
                at_s = max(start.quiet_by_s, self._settled.spoken_s) + PAUSE_S
                place = TalkPlace(speech_starts_s=at_s, song_starts_s=starts_s, why=(_BEFORE_PIN,))
                self._settled.speak(talk, place)
        if start.place is not None:
            self._settled.speak(self._talks[-1], start.place)

    # --- skips --------------------------------------------------------------------------------------------------------

    def _go_on(self, song: Song | None) -> None:
        """Begin a song, or end the session; a song that was skipped is faded out where it was."""
        cut_s = self._skipped_at_s()
        if self._open is None or cut_s is None:
            self._begin(song)
            return
        uncut = replace(self._open, song=replace(self._open.song, item=replace(self._open.song.item, cut_s=None)))
        ahead = self.copy()
        ahead._open = uncut
        ahead._begin(song)
        marks = ahead._settled.marks[len(self._settled.marks) :][: len(self._talks)]
        n_said = sum(mark.start_s < cut_s for mark in marks)
        if ahead._has_begun(song, cut_s, after_talk=0 < n_said == len(marks)):
            self._open = uncut
            self._begin(song)
            self._settled.fade_out(cut_s)
        else:
            self._return_to(cut_s, ahead, n_said)
            self._begin(song)

    def _skipped_at_s(self) -> float | None:
        if self._open is None or self._open.song.item.cut_s is None:
            return None
        return on_frame(self._open.starts_s + self._open.song.item.cut_s, self._rate)

    def _has_begun(self, song: Song | None, cut_s: float, *, after_talk: bool) -> bool:
        """Return whether what was just added was under way at a cut, or waits only for what is being said there."""
        if song is None or self._open is None:
            return after_talk
        starts_s = self._open.starts_s
        return starts_s <= cut_s or (after_talk and starts_s <= max(cut_s, self._settled.spoken_s) + PAUSE_S)

    def _return_to(self, cut_s: float, ahead: Layout, n_said: int) -> None:
        """Take over what was under way at a cut, the first so many of the links that wait included; nothing else."""
        chain = ahead._open.chain if ahead._open is not None else None
        self._settled.take_over(ahead._settled, chain, n_said, cut_s)
        self._talks = self._talks[n_said:]
        self._open = None
        self._cut_s = cut_s
