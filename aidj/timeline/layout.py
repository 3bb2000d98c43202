"""Lay songs and links out on one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from aidj.model import Analysis, Item, Link, Speech, Track
from aidj.timeline.model import Clip, Mark, Ramp, Timeline
from aidj.timeline.seams import PEAK_CEILING_DBTP, Seam, join, join_at, quiet_end_s, song_gain_db
from aidj.timeline.talk import (
    DUCK_ATTACK_S,
    DUCK_DB,
    DUCK_MARGIN_S,
    DUCK_RELEASE_S,
    PAUSE_S,
    TalkPlace,
    place_talk,
)

EDGE_IN_S = 0.005
EDGE_OUT_S = 0.02
"""Every clip has at least so much fade: no click where a cue point cuts into sound, and no attack lost."""
TALK_FADE_IN_S = 0.5
"""Fade-in of a song that begins under speech."""
LEAD_IN_S = 0.3
"""Silence before the first word or note."""
LEAD_OUT_S = 0.5
"""Silence after the last."""

_DUCK = 10 ** (DUCK_DB / 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song ready to be placed."""

    item: Item
    track: Track
    analysis: Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A spoken link ready to be placed; its speech has the timeline's rate and the session's loudness."""

    link: Link
    speech: Speech
    presenter: str = ""


def lay_out(
    entries: Iterable[Song | Talk], *, rate: int, target_lufs: float, ceiling_dbtp: float = PEAK_CEILING_DBTP
) -> Timeline:
    """Return the timeline of a whole session; the marks of links and songs come in the order of the entries."""
    layout = Layout(rate=rate, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp)
    for entry in entries:
        layout.add(entry)
    return layout.finish()


class Layout:
    """A timeline that grows by one entry at a time; a song is settled when the one after it is known.

    Parameters
    ----------
    rate : int
        Frames per second.
    target_lufs : float
        The loudness of every song.
    ceiling_dbtp : float
        The true peak that the mix will be held to.
    """

    def __init__(self, *, rate: int, target_lufs: float, ceiling_dbtp: float = PEAK_CEILING_DBTP) -> None:
        self._rate = rate
        self._target_lufs = target_lufs
        self._ceiling_dbtp = ceiling_dbtp
        self._clips: list[Clip] = []
        self._marks: list[Mark] = []
        self._open: _OpenSong | None = None
        self._talk: Talk | None = None
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
            if self._talk is not None:
                self._speak_alone(self._talk)
                self._settle(None)
            self._talk = entry

    def finish(self) -> Timeline:
        """Close the session and return it; the layout is used up."""
        if self._talk is not None:
            self._speak_alone(self._talk)
            self._talk = None
        self._settle(None)
        return Timeline(
            rate=self._rate,
            n_frames=self._frames(self._end_s + LEAD_OUT_S) if self._clips else 0,
            clips=tuple(sorted(self._clips, key=lambda clip: clip.start_frames)),
            marks=tuple(self._marks),
        )

    def _add_song(self, song: Song) -> None:
        gain_db = song_gain_db(song.analysis, self._target_lufs, self._ceiling_dbtp)
        level_db = gain_db - self._target_lufs
        before = self._open
        seam = join(before.song.analysis, before.level_db, song.analysis, level_db) if before else None
        joins_at_s = before.at_s(seam.next_starts_s) if before and seam else max(LEAD_IN_S, self._end_s)
        if before:
            self._free_from_s = max(self._free_from_s, before.quiet_at_s)
        starts_s = max(joins_at_s, self._spoken_s)
        place: TalkPlace | None = None
        if self._talk is not None:
            speech_s = self._talk.speech.duration_s
            place = place_talk(speech_s, song.analysis, level_db, free_from_s=self._free_from_s, joins_at_s=starts_s)
            starts_s = place.song_starts_s
        if before and starts_s != joins_at_s:
            seam = join_at(before.song.analysis, song.analysis, before.on_file_s(starts_s))
        self._settle(seam)
        fade_in_s = seam.fade_in_s if seam else 0.0
        ramps: tuple[Ramp, ...] = ()
        if self._talk is not None and place is not None:
            self._speak(self._talk, place.speech_starts_s)
            fade_in_s = TALK_FADE_IN_S if place.ducked and starts_s > place.speech_starts_s else 0.0
            ramps = self._duck(place, self._spoken_s) if place.ducked else ()
            self._talk = None
        self._open = _OpenSong(
            song=song,
            starts_s=starts_s,
            gain_db=gain_db,
            level_db=level_db,
            fade_in_s=max(fade_in_s, EDGE_IN_S),
            ramps=ramps,
            mark=len(self._marks),
        )
        self._marks.append(_song_mark(song, self._frames(starts_s) / self._rate))

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

    def _speak_alone(self, talk: Talk) -> None:
        """Speak a link that no song follows."""
        if self._open:
            self._free_from_s = max(self._free_from_s, self._open.quiet_at_s)
        self._speak(talk, self._free_from_s + PAUSE_S)

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

    def _settle(self, seam: Seam | None) -> None:
        """Close the open song: at the seam, or, without one, at its own end."""
        if self._open is None:
            return
        song, self._open = self._open, None
        analysis = song.song.analysis
        ends_s = song.at_s(seam.ends_s if seam else analysis.cue_out_s)
        fade_out_s = max(seam.fade_out_s if seam else 0.0, EDGE_OUT_S)
        start, end = self._frames(song.starts_s), self._frames(ends_s)
        fades = (
            Ramp(start, self._frames(song.starts_s + song.fade_in_s), 0.0, 1.0, "quarter_sine"),
            Ramp(self._frames(ends_s - fade_out_s), end, 1.0, 0.0, "quarter_sine"),
        )
        self._clips.append(
            Clip(
                source=song.song.track.path,
                lane="music",
                start_frames=start,
                n_frames=max(0, end - start),
                source_start_frames=self._frames(analysis.cue_in_s),
                gain=10 ** (song.gain_db / 20),
                ramps=(*fades, *song.ramps),
            )
        )
        self._marks[song.mark] = replace(self._marks[song.mark], end_s=end / self._rate)
        self._end_s = max(self._end_s, ends_s)

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenSong:
    """A song whose end is not decided yet."""

    song: Song
    starts_s: float
    gain_db: float
    level_db: float
    fade_in_s: float
    ramps: tuple[Ramp, ...]
    mark: int

    def at_s(self, file_s: float) -> float:
        """Turn a moment on the song's clock into one on the session's."""
        return self.starts_s + file_s - self.song.analysis.cue_in_s

    def on_file_s(self, session_s: float) -> float:
        """Turn a moment on the session's clock into one on the song's."""
        return session_s - self.starts_s + self.song.analysis.cue_in_s

    @property
    def quiet_at_s(self) -> float:
        return self.at_s(quiet_end_s(self.song.analysis, self.level_db))


def _song_mark(song: Song, starts_s: float) -> Mark:
    track = song.track
    return Mark(
        kind="song",
        start_s=starts_s,
        end_s=starts_s,
        title=track.title,
        artist=track.artist,
        album=track.album,
        isrc=track.isrc,
        recording_mbid=track.recording_mbid,
        composer=track.composer,
        path=track.path,
        rotation=song.item.rotation,
        why=song.item.why,
    )
