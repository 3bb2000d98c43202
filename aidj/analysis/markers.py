"""What a person has set by hand about a recording, and how it is laid over what was measured."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.grid import with_rhythm
from aidj.errors import ConfigError
from aidj.model import Analysis, Ending, Key, MarkerSource, Singing, Tonality

_log = logging.getLogger(__name__)

SLACK_S = 0.25
"""A marker may lie so much behind the end: other decoders, and steps of 100 ms, count a little more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandSet:
    """What is set by hand; None where nothing is. Seconds count from the start of the file."""

    cue_in_s: float | None = None
    cue_out_s: float | None = None
    start_next_s: float | None = None
    intro_end_s: float | None = None
    """The post: the first singing."""
    ending: Ending | None = None
    fade_starts_s: float | None = None
    bpm: float | None = None
    first_beat_s: float | None = None
    """Any beat that begins a bar."""
    beats_per_bar: int | None = None
    key: Key | None = None
    sung_s: tuple[tuple[float, float], ...] | None = None
    """Start and end of each sung stretch, ascending; empty for instrumental music."""
    gain_db: float | None = None
    """The gain it is played at, in place of the one that brings it to a session's loudness."""
    leave_alone: bool | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two values that cannot both be true: the field that is pointed to, and what is wrong with it."""

    field: str
    wrong: str


def contradiction(hand: HandSet, duration_s: float = math.inf) -> Contradiction | None:
    """Return the first value that contradicts another one, or the length of the file; None if all can be true."""
    times = {
        name: value
        for name in ("cue_in_s", "start_next_s", "cue_out_s", "intro_end_s", "fade_starts_s", "first_beat_s")
        if (value := getattr(hand, name)) is not None
    }
    if hand.sung_s:
        times["sung_s"] = hand.sung_s[-1][1]
    for name, value in times.items():
        if value < 0 or (value == 0 and name in ("start_next_s", "cue_out_s", "fade_starts_s")):
            return Contradiction(name, f"is {value:g}, before anything can be heard")
        if value > duration_s + SLACK_S:
            return Contradiction(name, f"is {value:g}, but the file is only {duration_s:.2f} s long")
    for before, after in (("cue_in_s", "start_next_s"), ("cue_in_s", "cue_out_s"), ("cue_in_s", "fade_starts_s")):
        if before in times and after in times and times[before] >= times[after]:
            return Contradiction(after, f"is {times[after]:g}, which should come after {before} ({times[before]:g})")
    for before in ("start_next_s", "intro_end_s", "fade_starts_s"):
        if before in times and "cue_out_s" in times and times[before] > times["cue_out_s"]:
            return Contradiction(before, f"is {times[before]:g}, which lies behind cue_out_s ({times['cue_out_s']:g})")
    if hand.cue_in_s is not None and hand.cue_in_s >= duration_s:
        return Contradiction("cue_in_s", f"is {hand.cue_in_s:g}, but the file is only {duration_s:.2f} s long")
    if hand.fade_starts_s is not None and hand.ending not in (None, "fade"):
        return Contradiction("fade_starts_s", f"says that it fades, but ending is {hand.ending!r}")
    if hand.sung_s == () and hand.intro_end_s is not None:
        return Contradiction("intro_end_s", "says that somebody sings, but the music is called instrumental")
    if hand.sung_s and hand.intro_end_s is not None and abs(hand.intro_end_s - hand.sung_s[0][0]) > SLACK_S:
        first_s = hand.sung_s[0][0]
        return Contradiction("intro_end_s", f"is {hand.intro_end_s:g}, but the first of sung_s begins at {first_s:g}")
    return None


def apply(analysis: Analysis, hand: HandSet, source: MarkerSource, where: str) -> Analysis:
    """Return an analysis in which what was set by hand has taken the place of what was there.

    What is set here stands; a value that was there before and no longer fits gives way, so that afterwards
    ``0 <= cue_in_s < start_next_s <= cue_out_s <= duration_s`` still holds.

    Parameters
    ----------
    source : MarkerSource
        Who has set it, to be noted for each marker.
    where : str
        The file that says so, for messages.

    Raises
    ------
    ConfigError
        If the values contradict each other, or the length of the file.
    """
    if not hand:
        return analysis
    if wrong := contradiction(hand, analysis.duration_s):
        raise ConfigError(
            f"'{wrong.field}' {wrong.wrong}",
            where=where,
            cause="a slip of the pen, or it was written for another version of the file",
            hint="look at the recording with: aidj cue FILE",
        )
    sources: dict[str, MarkerSource] = {
        **analysis.marker_sources,
        **{_name(field.name): source for field in fields(hand) if getattr(hand, field.name) is not None},
    }
    # The order matters: singing follows the post, and everything lies between the cue points.
    made = replace(analysis, marker_sources=sources)
    made = _with_cues(made, hand)
    made = _with_ending(made, hand)
    made = with_rhythm(made, bpm=hand.bpm, first_beat_s=hand.first_beat_s, per_bar=hand.beats_per_bar, where=where)
    made = _with_singing(made, hand, source)
    if hand.key is not None:
        key = hand.key
        tonality = Tonality(
            key=key, confidence=1.0, opening=key, opening_confidence=1.0, closing=key, closing_confidence=1.0
        )
        made = replace(made, tonality=tonality)
    if hand.gain_db is not None:
        made = replace(made, gain_db=hand.gain_db)
    return made if hand.leave_alone is None else replace(made, leave_alone=hand.leave_alone)


def _name(field: str) -> str:
    """Return what a field is called among the marker sources."""
    return {"gain_db": "gain", "sung_s": "singing"}.get(field, field.removesuffix("_s"))


def _with_cues(analysis: Analysis, hand: HandSet) -> Analysis:
    end_s = analysis.duration_s
    cue_in_s, cue_out_s, start_next_s = analysis.cue_in_s, analysis.cue_out_s, analysis.start_next_s
    inside_s = [
        min(value, end_s) for value in (hand.start_next_s, hand.intro_end_s, hand.fade_starts_s) if value is not None
    ]
    if hand.cue_in_s is not None:
        cue_in_s = hand.cue_in_s
    if hand.cue_out_s is not None:
        cue_out_s = min(hand.cue_out_s, end_s)
    elif cue_out_s <= cue_in_s:
        cue_out_s = end_s
    else:
        cue_out_s = max(cue_out_s, *inside_s) if inside_s else cue_out_s
    if hand.start_next_s is not None:
        start_next_s = min(hand.start_next_s, end_s)
    if hand.cue_in_s is None and cue_in_s >= min([cue_out_s, *inside_s]):
        cue_in_s = 0.0
    if hand.start_next_s is None:
        start_next_s = min(start_next_s, cue_out_s)
        if start_next_s <= cue_in_s:
            start_next_s = cue_out_s
    return replace(analysis, cue_in_s=cue_in_s, cue_out_s=cue_out_s, start_next_s=start_next_s)


def _with_ending(analysis: Analysis, hand: HandSet) -> Analysis:
    fade_starts_s = analysis.fade_starts_s if hand.fade_starts_s is None else hand.fade_starts_s
    ending = hand.ending or ("fade" if hand.fade_starts_s is not None else analysis.ending)
    if ending != "fade" or (fade_starts_s is not None and not analysis.cue_in_s < fade_starts_s <= analysis.cue_out_s):
        fade_starts_s = None
    return replace(analysis, ending=ending, fade_starts_s=fade_starts_s)


def _with_singing(analysis: Analysis, hand: HandSet, source: MarkerSource) -> Analysis:
    singing, post_s = analysis.singing, analysis.intro_end_s
    sources = dict(analysis.marker_sources)
    if hand.sung_s is not None:
        ranges_s = np.array(hand.sung_s, np.float64).reshape(-1, 2)
        singing = Singing(ranges_s=ranges_s, confidence=1.0, source=source)
        post_s = hand.sung_s[0][0] if hand.sung_s else None
        sources["intro_end"] = source
    if hand.intro_end_s is not None:
        post_s = hand.intro_end_s
        if singing is not None and len(singing.ranges_s):
            singing = replace(singing, ranges_s=_from_post(singing.ranges_s, post_s))
    if post_s is not None and post_s > analysis.cue_out_s:
        post_s = None
    if post_s is None:
        sources.pop("intro_end", None)
    return replace(analysis, singing=singing, intro_end_s=post_s, marker_sources=sources)


def _from_post(ranges_s: NDArray[np.float64], post_s: float) -> NDArray[np.float64]:
    """Return ranges whose first begins at the post; more singing than there may be is the safe side to err on."""
    kept = ranges_s[ranges_s[:, 1] > post_s].copy()
    if len(kept):
        kept[0, 0] = post_s
    return kept


# --- tags -------------------------------------------------------------------------------------------------------------

TAGS: Mapping[str, str] = {
    "liqcuein": "cue_in_s",
    "liqcueout": "cue_out_s",
    "liqcrossstartnext": "start_next_s",
}
"""Liquidsoap's tags, as the library writes their names, and what they say.

Its fades (``liq_fade_in``, ``liq_fade_out``) are those that Liquidsoap is to make, not those in the recording, and
``liq_amplify`` is a gain to the target of whoever wrote it: both are decided here for each pair of songs.
"""

_SECONDS = re.compile(r"\+?(\d{1,6}(?:[.,]\d*)?|[.,]\d+)\s*(ms|s|sec|seconds)?\.?", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]?\d(?:[.,]\d+)?)")


def seconds_of(text: str) -> float | None:
    """Read a length or moment as tags have it: ``12.34``, ``12,34 s``, ``12340 ms``, ``1:02.5``; None if it is none."""
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
    if not (match := _SECONDS.fullmatch(text)):
        return None
    value = float(match[1].replace(",", "."))
    return value / 1000 if (match[2] or "").lower() == "ms" else value


def from_tags(tags: Mapping[str, str], where: str) -> HandSet:
    """Return what marker tags say; what is no time is left out, with a line in the log."""
    found: dict[str, float] = {}
    for tag, field in TAGS.items():
        if (text := tags.get(tag)) is None:
            continue
        value = seconds_of(text)
        if value is None:
            _log.info("%s: the tag %s is no time (%r), and is not used", where, tag, text[:40])
        else:
            found[field] = value
    return HandSet(**found)  # type: ignore[arg-type]
