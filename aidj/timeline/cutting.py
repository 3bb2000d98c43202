"""What the listener did not want to hear to its end: songs that are skipped, links that are hushed.

A cut changes nothing before it: whatever was laid out stays as it is, and is faded out from the cut on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aidj.model import Speech, Word
from aidj.timeline.model import Clip, Mark, Ramp
from aidj.timeline.seams import Seam

SKIP_FADE_S = 0.2
"""A skipped song is gone so soon after the cut; the next one is faded in meanwhile."""
HUSH_FADE_S = 0.1
"""A link that is hushed is gone so soon after the cut."""
SKIPPED = "skipped"
"""What a mark of something cut short says at the end of its reasons."""


def faded_out(clip: Clip, from_frames: int, fade_frames: int) -> Clip:
    """Return a clip faded out at equal power from a frame of the timeline on; as it is if it is over by then."""
    end = max(clip.start_frames, from_frames) + fade_frames
    if clip.end_frames <= end:
        return clip
    bands = (replace(band, ramps=_before(band.ramps, end)) for band in clip.bands)
    return replace(
        clip,
        n_frames=end - clip.start_frames,
        ramps=(*_before(clip.ramps, end), Ramp(end - fade_frames, end, 1.0, 0.0, "quarter_sine")),
        bands=tuple(band for band in bands if band.ramps),
    )


def _before(ramps: Sequence[Ramp], end_frames: int) -> tuple[Ramp, ...]:
    """Return the ramps but for those that would begin later."""
    return tuple(ramp for ramp in ramps if ramp.start_frames < end_frames or ramp.from_gain != 1.0)


def cut_short(mark: Mark, end_s: float) -> Mark:
    """Return the mark of what was cut and is over at a moment of the session; as it is if it ends before by itself."""
    if mark.end_s <= end_s:
        return mark
    return replace(mark, end_s=end_s, why=f"{mark.why}; {SKIPPED}" if mark.why else SKIPPED)


def heard(speech: Speech, cut_s: float) -> tuple[str, tuple[Word, ...]]:
    """Return what of a speech is said until it is cut: the text up to its last word, and the words' times."""
    if cut_s >= speech.duration_s:
        return speech.text, speech.words
    if not speech.words:
        end = round(len(speech.text) * cut_s / speech.duration_s)
        return speech.text[: max(speech.text.rfind(" ", 0, end + 1), 0)], ()
    words = tuple(word for word in speech.words if word.start_s < cut_s)
    return speech.text[: words[-1].start_char + words[-1].length] if words else "", words


def after_skip(starts_s: float, from_s: float, cut_s: float) -> Seam:
    """Return how a song begins after one that was skipped; all moments but `from_s` on the session's clock.

    Parameters
    ----------
    starts_s : float
        When it begins: at the cut, or later, where something is said in between.
    from_s : float
        Where it begins on its own clock.
    cut_s : float
        When the song before begins to fade.
    """
    at_once = starts_s < cut_s + SKIP_FADE_S
    return Seam(
        kind="crossfade" if at_once else "gap",
        next_starts_s=starts_s,
        next_from_s=from_s,
        ends_s=cut_s + SKIP_FADE_S,
        fade_in_s=SKIP_FADE_S if at_once else 0.0,
        why=("the song before was skipped",),
    )
