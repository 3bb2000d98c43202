"""What energy and tempo can honestly say of a mood.

Only moods that are little else than energy and tempo stand here. Whether a song is sad, dark or romantic lies in its
harmony and words: such moods are taken from the files' MOOD tags alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Feel:
    """The ranges in which a mood lies; None where it does not matter."""

    energy: tuple[float, float] | None = None
    """0 to 1, both ends included."""
    tempo_bpm: tuple[float, float] | None = None


_CALM = Feel(energy=(0.0, 0.35))
_ENERGETIC = Feel(energy=(0.65, 1.0))

MOODS: Mapping[str, Feel] = {
    **dict.fromkeys(("calm", "mellow", "quiet", "relaxed", "relaxing", "gentle", "soft"), _CALM),
    **dict.fromkeys(("energetic", "lively", "loud", "powerful", "intense"), _ENERGETIC),
    "upbeat": Feel(energy=(0.5, 1.0), tempo_bpm=(110.0, 400.0)),
    "slow": Feel(tempo_bpm=(20.0, 90.0)),
    "fast": Feel(tempo_bpm=(130.0, 400.0)),
}
"""By `match_key` of the mood. The bounds are ours, a third off each end of the scale; a MOOD tag goes before them."""
