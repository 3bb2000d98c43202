"""From a song that is placed, or a link that is spoken, to the clip that is mixed: its edges, its tempo, its bass."""

from __future__ import annotations

from dataclasses import replace

from aidj.timeline.model import Band, Clip, Ramp, TempoStep, frames_of
from aidj.timeline.placed import OpenSong, Talk
from aidj.timeline.seams import Seam

EDGE_IN_S = 0.005
EDGE_OUT_S = 0.02
"""Every clip has at least so much fade: no click where a cue point cuts into sound, and no attack lost."""
TALK_FADE_IN_S = 0.5
"""Fade-in of a song that begins under speech."""
BASS_HZ = 180.0
"""Bass lines and bass drums lie below; of two songs laid beat on beat only one has them at a time."""

_NO_BASS = 1e-3


def speech_clip(talk: Talk, starts_s: float, voice_db: float, rate: int) -> Clip:
    """Return the clip of a whole link."""
    return Clip(
        source=talk.speech,
        lane="voice",
        start_frames=frames_of(starts_s, rate),
        n_frames=len(talk.speech.samples),
        gain=10 ** (voice_db / 20),
    )


def fade_in(seam: Seam | None, starts_s: float, rate: int, *, under_speech: bool) -> tuple[Ramp, ...]:
    """Return how a song comes in at a moment of the session; `seam` is that to the song before it."""
    if seam and seam.kind == "gapless":
        return ()
    fade_in_s = seam.fade_in_s if seam else 0.0
    if under_speech:
        fade_in_s = TALK_FADE_IN_S
    shape = seam.shape if seam else "quarter_sine"
    fade_end = frames_of(starts_s + max(fade_in_s, EDGE_IN_S), rate)
    return (Ramp(frames_of(starts_s, rate), fade_end, 0.0, 1.0, shape),)


def bass(before: OpenSong | None, seam: Seam | None, rate: int, *, comes: bool) -> tuple[Band, ...]:
    """Return how a song's bass comes or goes where it is laid on another's beats: never both at once."""
    if before is None or seam is None or seam.swap_s is None:
        return ()
    start, end = (frames_of(before.at_s(moment), rate) for moment in seam.swap_s)
    from_gain, to_gain = (_NO_BASS, 1.0) if comes else (1.0, _NO_BASS)
    ramp = Ramp(start, end, from_gain, to_gain, "smooth_db")
    return (Band(filter="low_shelf", frequency_hz=BASS_HZ, ramps=(ramp,)),)


def song_clip(song: OpenSong, seam: Seam | None, ends_s: float, rate: int) -> Clip:
    """Return the clip of a song that is over at a moment of the session, as `seam` has it; None is its own end.

    A song that goes on in the clip of the one before it makes that clip longer.
    """
    start, end = frames_of(song.starts_s, rate), frames_of(ends_s, rate)
    n_frames = max(0, end - start)
    ramps = song.ramps
    if seam is None or seam.kind != "gapless":
        fade_out_s = max(seam.fade_out_s if seam else 0.0, EDGE_OUT_S)
        shape = seam.shape if seam else "quarter_sine"
        ramps = (*ramps, Ramp(frames_of(ends_s - fade_out_s, rate), end, 1.0, 0.0, shape))
    ramps = tuple(ramp for ramp in ramps if ramp.end_frames > ramp.start_frames)
    bands = (*song.bands, *bass(song, seam, rate, comes=False))
    path = song.song.track.path
    if song.chain is not None:
        return replace(
            song.chain,
            then=(*song.chain.then, path),
            n_frames=start + n_frames - song.chain.start_frames,
            ramps=(*song.chain.ramps, *ramps),
            bands=(*song.chain.bands, *bands),
        )
    tempo = zip(song.tempo.starts_s, song.tempo.rates, strict=True)
    return Clip(
        source=path,
        lane="music",
        start_frames=start,
        n_frames=n_frames,
        source_start_frames=frames_of(song.from_s, rate),
        gain=10 ** (song.gain_db / 20),
        ramps=ramps,
        tempo=tuple(TempoStep(start + frames_of(at_s, rate), factor) for at_s, factor in tempo),
        bands=bands,
    )
