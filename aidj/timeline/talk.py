"""Where a link is spoken: places are tried, those with a veto fall, and the cheapest is taken.

Nothing is ever spoken over singing, nor over a song of which nobody knows where it is sung, nor over an ending that is
no fading. Conventions: seconds on the session's clock, unless a name says otherwise; costs have no unit, about 1 is a
flaw one would notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aidj.model import TalkPlacement
from aidj.timeline.places import Place, Spot, places
from aidj.timeline.unsung import (
    MAX_BED_S,
    MAX_OVERLAP_S,
    MIN_OVERLAP_S,
    QUIET_OPENING_DB,
    TALK_FLOOR_DB,
    bed_s,
    loudest_db,
    may_be_sung,
    unsung_from_s,
    unsung_until_s,
)

TAIL_DB = -6.0
"""An ending must have fallen so far below the target, or the song, before a word is said over it."""
POST_S = (0.4, 1.0)
"""Speech that ends before the post ends so long before it: at least the first; up to the second costs nothing."""

_SUNG = "it would be spoken over singing"
_UNKNOWN = "nobody knows where the {} is sung"
_ALONE = "the {} is to be left alone"
_NO_FADE = "the song before does not fade out"
_TOO_LOUD = "the song before is still too loud"
_SHORT, _LONG = "too little of it would be over the music", "too much of it would be over the music"
_TOLERANCE_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPlace:
    """Where a link and the song after it begin, and why."""

    speech_starts_s: float
    song_starts_s: float
    """When the song's cue-in sounds; without a song after, when one could begin."""
    why: tuple[str, ...] = ()
    """Where it stands, and what spoke against the other places, in words."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    place: Place
    vetoes: tuple[str, ...]
    cost: float


def place_talk(spot: Spot, placement: TalkPlacement = "auto") -> TalkPlace:
    """Choose where a link stands.

    Parameters
    ----------
    spot : Spot
        What it stands between.
    placement : str
        ``gap`` keeps speech and music apart; ``over`` would rather have music under all of it.
    """
    tried = [_judge(place, spot, placement) for place in places(spot, apart=placement == "gap")]
    # The gap has never a veto: speech and music are apart there.
    allowed = [verdict for verdict in tried if not verdict.vetoes]
    best = min(allowed, key=lambda verdict: (verdict.cost, verdict.place.speech_starts_s))
    return TalkPlace(
        speech_starts_s=best.place.speech_starts_s,
        song_starts_s=best.place.song_starts_s,
        why=_reasons(best, tried, spot, placement),
    )


def _judge(place: Place, spot: Spot, placement: TalkPlacement) -> _Verdict:
    tail, opening = _Tail(place, spot), _Opening(place, spot)
    under_s = min(spot.speech_s, tail.heard_s + opening.heard_s)
    clear_s = spot.speech_s - under_s
    cost = {"auto": 0.12, "gap": 0.0, "over": 0.6}[placement] * clear_s
    cost += 0.5 * _dead_air_s(place, spot)
    cost += tail.cost() + opening.cost()
    return _Verdict(place, (*tail.vetoes(), *opening.vetoes()), cost)


def _dead_air_s(place: Place, spot: Spot) -> float:
    """Return for how long nothing is heard before and after the link, beyond a pause."""
    speech_ends_s = place.speech_starts_s + spot.speech_s
    before_s = min(place.speech_starts_s, place.song_starts_s) - spot.rung_out_s if spot.before else 0.0
    after_s = place.song_starts_s - speech_ends_s if spot.after else 0.0
    return max(0.0, before_s) + max(0.0, after_s)


class _Tail:
    """What of the song before sounds under a link."""

    def __init__(self, place: Place, spot: Spot) -> None:
        self._spot = spot
        self.heard_s = 0.0
        self._overlap = (0.0, 0.0)
        self._level_db = -120.0
        side = spot.before
        if side is None or place.speech_starts_s >= spot.before_ends_s - _TOLERANCE_S:
            return
        start_s = place.speech_starts_s - spot.tail_shift_s
        self._overlap = start_s, min(start_s + spot.speech_s, side.analysis.cue_out_s)
        self._level_db = max(-120.0, loudest_db(side, *self._overlap))
        heard_until_s = spot.rung_out_s - spot.tail_shift_s
        self.heard_s = max(0.0, min(heard_until_s, self._overlap[1]) - start_s)

    def vetoes(self) -> tuple[str, ...]:
        start_s, end_s = self._overlap
        side = self._spot.before
        if side is None or end_s <= start_s:
            return ()
        if self._spot.before_alone:
            return (_ALONE.format("song before"),)
        if may_be_sung(side.analysis, start_s, end_s):
            return (_SUNG,)
        if self._level_db <= TALK_FLOOR_DB:
            return ()  # it has rung out
        if unsung_from_s(side.analysis) is None:
            return (_UNKNOWN.format("song before"),)
        if side.analysis.ending not in ("fade", "long_tail"):
            return (_NO_FADE,)
        if self._level_db > TAIL_DB:
            return (_TOO_LOUD,)
        return _length_veto(end_s - start_s, MAX_OVERLAP_S)

    def cost(self) -> float:
        return 0.03 * max(0.0, self._level_db - TALK_FLOOR_DB)


class _Opening:
    """What of the song after sounds under a link."""

    def __init__(self, place: Place, spot: Spot) -> None:
        self._place, self._spot = place, spot
        self.heard_s = 0.0
        self._overlap = (0.0, 0.0)
        self._heard = False
        side = spot.after
        speech_ends_s = place.speech_starts_s + spot.speech_s
        if side is None or speech_ends_s <= place.song_starts_s + _TOLERANCE_S:
            return
        shift_s = side.analysis.cue_in_s - place.song_starts_s
        self._overlap = max(place.speech_starts_s, place.song_starts_s) + shift_s, speech_ends_s + shift_s
        self._heard = loudest_db(side, *self._overlap) > QUIET_OPENING_DB
        self.heard_s = self._overlap[1] - self._overlap[0] if self._heard else 0.0

    def vetoes(self) -> tuple[str, ...]:
        start_s, end_s = self._overlap
        side = self._spot.after
        if side is None or end_s <= start_s:
            return ()
        if self._spot.after_alone:
            return (_ALONE.format("song after"),)
        until_s = unsung_until_s(side.analysis)
        if until_s is not None and end_s > until_s - POST_S[0]:
            return (_SUNG,)
        if not self._heard:
            # It has hardly begun; but even what is soft may be a voice.
            return (_SUNG,) if until_s is None and may_be_sung(side.analysis, start_s, end_s) else ()
        if until_s is None:
            return (_UNKNOWN.format("song after"),)
        on_bed = end_s - side.analysis.cue_in_s <= bed_s(side.analysis)
        return _length_veto(end_s - start_s, MAX_BED_S if on_bed else MAX_OVERLAP_S)

    def cost(self) -> float:
        if not self._heard:
            return 0.0
        assert self._spot.after is not None
        speaks_s, begins_s = self._place.speech_starts_s, self._place.song_starts_s
        cost = 0.06 * max(0.0, speaks_s - max(begins_s, self._spot.rung_out_s) - 4.0)
        if self._place.kind == "bed":
            cost += 0.1
        elif begins_s <= speaks_s:
            cost += 0.5 * max(0.0, 1.5 - (speaks_s - begins_s))
        post_s = self._spot.after.analysis.intro_end_s
        if post_s is not None:
            cost += min(0.3, 0.03 * max(0.0, post_s - self._overlap[1] - POST_S[1]))
        return cost


def _length_veto(overlap_s: float, most_s: float) -> tuple[str, ...]:
    if overlap_s < MIN_OVERLAP_S - _TOLERANCE_S:
        return (_SHORT,)
    return (_LONG,) if overlap_s > most_s + _TOLERANCE_S else ()


# --- reasons ----------------------------------------------------------------------------------------------------------


def _reasons(best: _Verdict, tried: Sequence[_Verdict], spot: Spot, placement: TalkPlacement) -> tuple[str, ...]:
    """Say where the link stands, and what stood against the places over music."""
    reasons = [_words(best.place, spot)]
    if placement == "gap":
        return (*reasons, "speech and music are to be kept apart")
    kinds = ("opening",) if best.place.kind == "tail" else ("tail", "opening") if best.place.kind == "gap" else ()
    for kind in kinds:
        against = [verdict for verdict in tried if verdict.place.kind == kind]
        if against and all(verdict.vetoes for verdict in against):
            name = "the opening" if kind == "opening" else "the ending"
            reasons.append(f"not over {name}: {against[0].vetoes[0]}")
    return tuple(reasons)


def _words(place: Place, spot: Spot) -> str:
    if place.kind == "tail":
        return "said over the fading end of the song before"
    if place.kind == "gap":
        return "said where no song sounds" if spot.before or spot.after else "said by itself"
    post_s = spot.after.analysis.intro_end_s if spot.after else None
    to_post = ""
    if spot.after is not None and post_s is not None:
        left_s = post_s - spot.after.analysis.cue_in_s - (place.speech_starts_s + spot.speech_s - place.song_starts_s)
        to_post = f", {left_s:.1f} s before the singing"
    return {
        "opening": f"said over the opening{to_post}",
        "bed": f"said on the soft opening as on a bed{to_post}",
        "across": f"begun before the song and ended over its opening{to_post}",
    }[place.kind]
