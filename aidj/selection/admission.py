"""What may be chosen at all, and what is left out for which reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import LeftOut, Plays
from aidj.selection import wording
from aidj.selection.catalogue import Catalogue
from aidj.selection.holidays import in_season
from aidj.selection.hygiene import set_aside
from aidj.selection.opinions import Verdicts
from aidj.selection.query import Matches
from aidj.selection.settings import HYGIENE_RULES, HygieneRule, MixSettings

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The tracks that may be chosen, in the order of the catalogue."""

    admitted: Mask = field(compare=False)
    """Shape (n_tracks,)."""
    left_out: tuple[LeftOut, ...]
    """Each track counts once, under the first reason that holds."""


def admit(
    catalogue: Catalogue,
    verdicts: Verdicts,
    matches: Matches | None,
    *,
    listens: NDArray[np.int64],
    now: datetime,
    settings: MixSettings,
) -> Admission:
    """Leave out what a query does not ask for, what the listener does not want, what is no music, what is too short.

    What a query names by itself is let in whatever the hygiene rules say. Tracks that are too short stay where there
    are no others.

    Parameters
    ----------
    listens : ndarray, shape (n_tracks,)
        Of every track: the best known one is the example.
    """
    admitted = np.ones(len(catalogue), np.bool_)
    left_out: list[LeftOut] = []

    def leave_out(reason: str, which: Mask) -> None:
        numbers = np.flatnonzero(which & admitted)
        if len(numbers):
            track = catalogue.tracks[int(numbers[np.argmax(listens[numbers])])]
            left_out.append(LeftOut(reason=reason, tracks=len(numbers), example=f"{track.artist} – {track.title}"))
            admitted[numbers] = False

    if matches is not None:
        leave_out("outside what you asked for", ~matches.mask)
    leave_out("you asked never to hear it again", verdicts.banned)
    for until_s in np.unique(verdicts.rests_until[~np.isnan(verdicts.rests_until)]).tolist():
        leave_out(wording.rests_until(until_s, now), verdicts.rests_until == until_s)
    named = matches.named if matches is not None else np.zeros(len(catalogue), np.bool_)
    for rule, mask in hygiene_masks(catalogue, now, settings).items():
        leave_out(HYGIENE_RULES[rule], mask & ~named)
    short = (catalogue.duration_s < settings.min_duration_s) & (catalogue.work < 0)  # a movement is no jingle
    if (admitted & ~short).any():
        leave_out(f"shorter than {settings.min_duration_s:g} seconds", short)
    return Admission(admitted=admitted, left_out=tuple(left_out))


def hygiene_masks(catalogue: Catalogue, now: datetime, settings: MixSettings) -> Mapping[HygieneRule, Mask]:
    """Return which tracks each rule leaves out, shape (n_tracks,); binges are heard on and not among them.

    What a rule says of a library changes with the season at most, and reading every title takes a while: it is kept
    with the catalogue.
    """
    season = (in_season(now.date(), settings.hemisphere), settings.hemisphere)
    rules = [rule for rule in HYGIENE_RULES if rule in settings.hygiene and rule != "binge"]
    keys = {rule: ("hygiene", rule, season if rule == "holiday" else None) for rule in rules}
    missing = frozenset(rule for rule in rules if keys[rule] not in catalogue.kept)
    if missing:
        found = set_aside(catalogue.tracks, Plays.none(), now=now, rules=missing, hemisphere=settings.hemisphere)
        catalogue.kept.update({keys[rule]: found[rule] for rule in missing})
    return {rule: catalogue.kept[keys[rule]] for rule in rules}
