"""What is settled of a session: clips, marks, and where music is lowered. It only grows, or is faded out at a skip."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Self

from aidj.model import TalkSettings
from aidj.timeline.clips import song_clip, speech_clip
from aidj.timeline.cutting import HUSH_FADE_S, SKIP_FADE_S, cut_short, faded_out, heard
from aidj.timeline.ducking import Duck, lowered, merged
from aidj.timeline.model import Clip, Mark, Timeline, frames_of
from aidj.timeline.placed import OpenSong, Talk
from aidj.timeline.seams import Seam
from aidj.timeline.talk import TalkPlace

LEAD_OUT_S = 0.5
"""Silence after the last word or note."""


class Settled:
    """The songs and links of a session whose ends are known.

    Parameters
    ----------
    rate : int
        Frames per second.
    settings : TalkSettings
        How loud links are, and how far music is lowered under them.
    """

    def __init__(self, rate: int, settings: TalkSettings) -> None:
        self._rate = rate
        self._settings = settings
        self._clips: list[Clip] = []
        self._ducks: list[Duck] = []
        self._faded: list[Clip] = []
        """The songs up to the last one that was skipped, with all their ducks."""
        self.marks: list[Mark] = []
        """In the order of the entries; that of a song which is not over yet ends where it begins."""
        self.spoken_s = 0.0
        """When the last speech is over."""
        self.end_s = 0.0
        """When all is over."""

    def copy(self) -> Self:
        """Return a twin that can be continued independently; takes no time to speak of."""
        twin = copy.copy(self)
        twin._clips, twin._ducks, twin._faded = [*self._clips], [*self._ducks], [*self._faded]
        twin.marks = [*self.marks]
        return twin

    @property
    def empty(self) -> bool:
        """Whether nothing is settled yet."""
        return not (self._clips or self._faded)

    def timeline(self) -> Timeline:
        """Return all of it, music lowered under speech."""
        clips = [*self._faded, *self._lowered(), *self._voices()]
        return Timeline(
            rate=self._rate,
            n_frames=frames_of(self.end_s + LEAD_OUT_S, self._rate) if clips else 0,
            clips=tuple(sorted(clips, key=lambda clip: (clip.start_frames, clip.lane))),
            marks=tuple(self.marks),
        )

    def speak(self, talk: Talk, place: TalkPlace) -> None:
        """Add a link: all of it, or, if it was hushed, what was heard."""
        settings, speech = self._settings, talk.speech
        clip = speech_clip(talk, place.speech_starts_s, settings.voice_db, self._rate)
        starts_s, ends_s = clip.start_frames / self._rate, clip.end_frames / self._rate
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
            cut = clip.start_frames + frames_of(cut_s, self._rate)
            clip = faded_out(clip, cut, frames_of(HUSH_FADE_S, self._rate))
            text, words = heard(speech, cut_s)
            mark = cut_short(replace(mark, text=text, words=words), clip.end_frames / self._rate)
            ends_s = cut / self._rate
        self._clips.append(clip)
        self.marks.append(mark)
        self._ducks.append(
            Duck(
                start_s=starts_s,  # nothing is silent before the first word, and its time may be missing
                end_s=ends_s,
                # Half of the dip, but everywhere, does as much for the voices that need it so.
                duck_db=settings.duck_db + (settings.dip_db / 2 if talk.flat_duck else 0.0),
                dip_db=0.0 if talk.flat_duck else settings.dip_db,
            )
        )
        self.spoken_s = ends_s
        self.end_s = max(self.end_s, clip.end_frames / self._rate)

    def close(self, song: OpenSong, seam: Seam | None, *, goes_on: bool) -> Clip | None:
        """Close a song: at the seam, or, without one, at its own end. Return its clip if the next goes on in it.

        Parameters
        ----------
        goes_on : bool
            Whether the next song is the following file of the same clip, where the whole file is played.
        """
        analysis = song.song.analysis
        ends_s = song.at_s(seam.ends_s if seam else analysis.cue_out_s)
        clip = song_clip(song, seam, ends_s, self._rate)
        end = frames_of(ends_s, self._rate)
        self.marks[song.mark] = replace(self.marks[song.mark], end_s=end / self._rate)
        self.end_s = max(self.end_s, ends_s)
        if goes_on and seam is not None and seam.ends_s == analysis.duration_s and seam.next_from_s == 0.0:
            return clip
        self._clips.append(clip)
        return None

    def take_over(self, ahead: Settled, chain: Clip | None, n_said: int, cut_s: float) -> None:
        """Take over what was under way at a cut from what went on without it, and fade its songs out.

        Parameters
        ----------
        ahead : Settled
            A copy of this one that has gone on.
        chain : Clip, optional
            The clip which the song to come would have gone on in there.
        n_said : int
            How many of the links that were added there had begun.
        cut_s : float
            The moment of the session at which the song was skipped.
        """
        music = ahead._songs() + ([chain] if chain is not None else [])
        self._clips = [*music, *ahead._voices()[: len(self._voices()) + n_said]]
        self.marks = ahead.marks[: len(self.marks) + n_said]
        n_ducks = len(self._ducks) + n_said
        # Music that goes down for a word at the cut does so, even if the word is not said.
        self._ducks = ahead._ducks
        self.fade_out(cut_s)
        self._ducks = ahead._ducks[:n_ducks]
        if n_said:
            self.spoken_s = self._ducks[-1].end_s

    def fade_out(self, cut_s: float) -> None:
        """Fade all songs from a moment on; nothing that is added later changes them."""
        start, length = frames_of(cut_s, self._rate), frames_of(SKIP_FADE_S, self._rate)
        self._faded += [faded_out(clip, start, length) for clip in self._lowered()]
        self._clips = self._voices()
        end_s = (start + length) / self._rate
        self.marks = [cut_short(mark, end_s) if mark.kind == "song" else mark for mark in self.marks]
        self.end_s = max((clip.end_frames for clip in (*self._faded, *self._clips)), default=0) / self._rate

    def _songs(self) -> list[Clip]:
        return [clip for clip in self._clips if clip.lane == "music"]

    def _voices(self) -> list[Clip]:
        return [clip for clip in self._clips if clip.lane == "voice"]

    def _lowered(self) -> list[Clip]:
        """Return the songs that were not faded out, lowered under all speech."""
        ducks = merged(self._ducks)
        return [lowered(clip, ducks, self._rate) for clip in self._songs()]
