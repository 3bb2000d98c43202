"""What a listener can turn: the mix, its windows, and the rules that keep odd things out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aidj.model import Rotation

HygieneRule = Literal["sleep_noise", "children", "holiday", "binge", "podcast", "audiobook"]

HYGIENE_RULES: Mapping[HygieneRule, str] = {
    "sleep_noise": "white noise, rain and other sounds to sleep by stay out",
    "children": "children's songs stay out",
    "holiday": "holiday songs stay out outside their weeks",
    "binge": "what was only ever played within two days is no favourite, however often",
    "podcast": "podcasts stay out",
    "audiobook": "audiobooks stay out",
}
"""Each rule in words; all are on unless switched off."""


MAX_DIAL = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MixSettings:
    """What counts as new, forgotten and current, how much of each, and which rules hold."""

    dials: Mapping[Rotation, float] = field(default_factory=dict)
    """Factors on the share of a rotation, 0 to 10: 2 is twice as much, 0 is none; 1 where not named."""

    new_days: int = 90
    """How long a release, or a file newly added, counts as new."""
    new_offers: int = 4
    """How often a new release is offered without being heard."""
    new_rest_days: float = 5.0
    """Days between two offers of the same new release."""
    forgotten_days: int = 90
    """Silence that makes a favourite a forgotten one."""
    forgotten_min_days_heard: int = 3
    current_min_days_heard: int = 2

    rest_hours: float = 12.0
    """A song heard within so many hours rests: it is only taken when nothing else is left."""
    repeat_days: float = 30.0
    """A song that a session offered rests so long; in small libraries shorter, so that no more than three eighths of
    the songs rest."""
    skip_rest_days: float = 180.0
    """A song whose last play was a skip rests so long."""

    noise: float = 0.2
    """Scale of the Gumbel noise on the scores."""
    min_duration_s: float = 30.0
    """Shorter tracks (jingles, skits, silences) are not offered, unless there are no others."""

    hygiene: frozenset[HygieneRule] = frozenset(HYGIENE_RULES)
    """The rules that are on."""
    hemisphere: Literal["north", "south"] = "north"
    """Whose winter is meant."""
