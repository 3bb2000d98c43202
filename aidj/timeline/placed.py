"""Songs and links on their way to the line: ready to be placed, placed but not settled."""

from __future__ import annotations

from dataclasses import dataclass

from aidj.model import Analysis, Item, Link, Speech, Track
from aidj.timeline.model import Mark, Ramp
from aidj.timeline.seams import Seam, quiet_end_s
from aidj.timeline.talk import TalkPlace


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a song begins, and what sounds around it."""

    seam: Seam | None
    starts_s: float
    place: TalkPlace | None
    quiet_by_s: float | None = None
    """For a pinned song: when the one before it is quiet, and the links begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSong:
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
        """When its ending has become quiet enough to speak, on the session's clock."""
        return self.at_s(quiet_end_s(self.song.analysis, self.level_db))


def name_of(song: Song) -> str:
    """Return a song's name as notes have it."""
    return " – ".join(filter(None, (song.track.artist, song.track.title)))


def song_mark(song: Song, starts_s: float) -> Mark:
    """Return the mark of a song whose end is not decided yet."""
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
