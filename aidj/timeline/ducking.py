"""Music lowered under speech: down before the first word, up again after the last, and a dip where consonants are.

Whatever song sounds under a link is lowered, the one that ends as well as the one that begins. Ducks that lie close
together are one: music that comes up for a moment only to go down again is worse than music that stays down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aidj.timeline.model import Band, Clip, Ramp

DUCK_DB = -12.0
DIP_DB = -6.0
"""How music sounds under speech where nothing else is asked for: lowered, and further around `DIP_HZ`."""
DIP_HZ = 1800.0
DIP_OCTAVES = 2.54
"""A peak of Q 0.5."""
ATTACK_S = 0.6
MARGIN_S = 0.1
"""The duck is complete so long before the first word."""
RELEASE_S = 0.8
"""The way up, after the last word."""
MERGE_S = 1.5
"""Between words that lie less apart, music stays down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duck:
    """A stretch under which music is lowered, in seconds of the session."""

    start_s: float
    """The beginning of the first word."""
    end_s: float
    """The end of the last."""
    duck_db: float = DUCK_DB
    dip_db: float = DIP_DB


def merged(ducks: Sequence[Duck]) -> tuple[Duck, ...]:
    """Return ducks in order, those that lie close together as one, as deep as the deepest of them."""
    made: list[Duck] = []
    for duck in sorted(ducks, key=lambda duck: duck.start_s):
        if made and duck.start_s - made[-1].end_s < MERGE_S:
            last = made[-1]
            made[-1] = Duck(
                start_s=last.start_s,
                end_s=max(last.end_s, duck.end_s),
                duck_db=min(last.duck_db, duck.duck_db),
                dip_db=min(last.dip_db, duck.dip_db),
            )
        else:
            made.append(duck)
    return tuple(made)


def lowered(clip: Clip, ducks: Sequence[Duck], rate: int) -> Clip:
    """Return a clip of music with its ducks; `ducks` are merged. A clip that sounds under none is left as it is."""
    under = [duck for duck in ducks if _sounds(clip, duck, rate)]
    if not under:
        return clip
    ramps = [ramp for duck in under for ramp in _ramps(clip, duck, duck.duck_db, rate)]
    dips = [ramp for duck in under if duck.dip_db < 0 for ramp in _ramps(clip, duck, duck.dip_db, rate)]
    bands = (Band(filter="peak", frequency_hz=DIP_HZ, width_octaves=DIP_OCTAVES, ramps=tuple(dips)),) if dips else ()
    return replace(clip, ramps=(*clip.ramps, *ramps), bands=(*clip.bands, *bands))


def _sounds(clip: Clip, duck: Duck, rate: int) -> bool:
    return clip.start_frames < duck.end_s * rate and clip.end_frames > duck.start_s * rate


def _ramps(clip: Clip, duck: Duck, depth_db: float, rate: int) -> tuple[Ramp, ...]:
    """Return the way down and the way up, as far as the clip sounds there."""
    down_s = duck.start_s - MARGIN_S
    down = round((down_s - ATTACK_S) * rate), round(down_s * rate)
    up = round(duck.end_s * rate), round((duck.end_s + RELEASE_S) * rate)
    depth = 10 ** (depth_db / 20)
    if clip.end_frames <= up[0]:  # it ends lowered
        return (Ramp(*down, 1.0, depth, "smooth_db"),)
    if clip.start_frames >= down[1]:  # it begins lowered
        return (Ramp(*up, depth, 1.0, "smooth_db"),)
    # The two multiply, so the way down and the way up each move by the whole depth.
    return Ramp(*down, 1.0, depth, "smooth_db"), Ramp(*up, 1.0, 1 / depth, "smooth_db")
