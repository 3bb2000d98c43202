"""Songs and links on their way to the line: ready to be placed, placed but not settled."""

from __future__ import annotations

from dataclasses import dataclass

from aidj.model import Analysis, Item, Joined, Link, Speech, Track
from aidj.timeline.judging import Side
from aidj.timeline.model import Band, Clip, Mark, Ramp
from aidj.timeline.seams import Seam
from aidj.timeline.talk import TalkPlace
from aidj.timeline.tempo import TempoMap
from aidj.timeline.unsung import rung_out_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song ready to be placed."""

    item: Item
    track: Track
    analysis: Analysis
    run: tuple[Analysis, ...] = ()
    """The songs of an album that play one after the other, this one among them: they share one gain."""
    classical: bool = False
    """Whether it is let go before something follows."""
    untouched: bool = False
    """Whether nothing may be mixed into it: classical music, or the listener's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A spoken link ready to be placed; its speech has the timeline's rate and the session's loudness."""

    link: Link
    speech: Speech
    presenter: str = ""
    flat_duck: bool = False
    """Whether music is lowered everywhere alike under this voice, instead of most where consonants are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a song begins, and what sounds around it."""

    seam: Seam | None
    starts_s: float
    place: TalkPlace | None
    quiet_by_s: float | None = None
    """For a pinned song: when the one before it is quiet, and the links begin."""
    notes: tuple[str, ...] = ()
    """What could not be had of the plan's wishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSong:
    """A song whose end is not decided yet."""

    song: Song
    starts_s: float
    """On a frame of the session."""
    from_s: float
    """Where it begins on its own clock."""
    tempo: TempoMap
    gain_db: float
    level_db: float
    ramps: tuple[Ramp, ...]
    bands: tuple[Band, ...]
    mark: int
    busy_until_s: float
    """Until then its own beginning is under way: the song before still sounds, or the tempo is not its own yet."""
    chain: Clip | None = None
    """The clip of the songs that it goes on from without a break."""

    @property
    def side(self) -> Side:
        """What a seam sees of it."""
        return Side(analysis=self.song.analysis, level_db=self.level_db)

    def at_s(self, file_s: float) -> float:
        """Turn a moment on the song's clock into one on the session's."""
        return self.starts_s + self.tempo.session_s(file_s - self.from_s)

    def on_file_s(self, session_s: float) -> float:
        """Turn a moment on the session's clock into one on the song's."""
        return self.from_s + self.tempo.file_s(session_s - self.starts_s)

    @property
    def ends_s(self) -> float:
        """When its cue-out sounds, on the session's clock, if it is left to end by itself."""
        return self.at_s(self.song.analysis.cue_out_s)

    @property
    def quiet_at_s(self) -> float:
        """When its ending is as good as over, on the session's clock."""
        return self.at_s(rung_out_s(self.side, alone=self.song.untouched))


def name_of(song: Song) -> str:
    """Return a song's name as notes have it."""
    return " – ".join(filter(None, (song.track.artist, song.track.title)))


def song_mark(song: Song, starts_s: float, seam: Seam | None, spoken: TalkPlace | None) -> Mark:
    """Return the mark of a song whose end is not decided yet; `spoken` is where the link before it stands."""
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
        joined=_joined(seam, spoken),
    )


def _joined(seam: Seam | None, spoken: TalkPlace | None) -> Joined | None:
    if seam is None:
        return None
    why = ("something is said between the two", *spoken.why) if spoken is not None else seam.why
    return Joined(kind=seam.kind, overlap_s=round(seam.overlap_s, 3), why=why)
